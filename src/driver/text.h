/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Translation of this project's messages. libvirt's internal.h defines the same macros for
 * libvirt's own catalogue; here ours win, whatever was included before.
 */

#include "internal.h"

#include <glib.h>

#undef _
#undef N_
#define _(text)  g_dgettext(GETTEXT_PACKAGE, text)
#define N_(text) text
