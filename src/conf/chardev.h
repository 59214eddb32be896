/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Emulated serial ports, in the words of QEMU's -serial. The PV console is always there. */
#pragma once

#include "conf/record.h"

typedef struct {
    DomRest rest;
    char *serial;       /* the one-port form */
    char **serial_list; /* the list form; only one of the two is set */
} DomChardev;

extern const DomRecord dom_chardev_record;
