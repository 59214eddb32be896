/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/*
 * The error domain of the converter. A message names the place inside its input where it can
 * ("column 7: ..."), the file name is added by whoever knows it.
 */

#define XLC_ERROR (xlc_error_quark())

/**
 * XlcError:
 * @XLC_ERROR_SYNTAX: the text breaks the grammar; xl would refuse it too
 * @XLC_ERROR_VALUE: well formed, but the value is not one that the key takes
 * @XLC_ERROR_LIMIT: larger, longer or deeper than xl can read
 * @XLC_ERROR_UNWRITABLE: a value that xl.cfg has no way to say
 */
typedef enum {
    XLC_ERROR_SYNTAX,
    XLC_ERROR_VALUE,
    XLC_ERROR_LIMIT,
    XLC_ERROR_UNWRITABLE,
} XlcError;

/* Safe from any thread. */
GQuark xlc_error_quark(void);
