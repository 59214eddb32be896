/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdlib.h>

/* Says what is wrong and aborts: libFuzzer keeps the input of an abort, not that of g_error(). */
#define fuzz_fail(...)                                                                             \
    do {                                                                                           \
        g_printerr(__VA_ARGS__);                                                                   \
        abort();                                                                                   \
    } while (0)
