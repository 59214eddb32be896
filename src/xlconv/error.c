/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/error.h"

G_DEFINE_QUARK(xlc - error - quark, xlc_error)
