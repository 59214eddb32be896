/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/tpm.h"

#include <glib/gi18n-lib.h>

static const DomField fields[] = {
    DOM_STRING_FIELD(DomVtpm, backend, NULL, .doc = N_("Domain that serves the TPM")),
    DOM_STRING_FIELD(DomVtpm, uuid, NULL, .doc = N_("Identity of the TPM")),
};

const DomRecord dom_vtpm_record = DOM_RECORD(DomVtpm, "tpm", fields, );
