/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A virtual TPM served by a vtpm domain. libvirt's <tpm> has no such backend. */
#pragma once

#include "conf/record.h"

typedef struct {
    DomRest rest;
    char *backend; /* the vtpm domain; libxl wants one */
    char *uuid;
} DomVtpm;

extern const DomRecord dom_vtpm_record;
