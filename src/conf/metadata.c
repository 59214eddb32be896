/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/metadata.h"

#include <glib/gi18n-lib.h>

static const DomField fields[] = {
    DOM_STRV_FIELD(DomMetadata, unmapped, NULL,
                   .doc = N_("Assignments of xl.cfg that are not understood")),
};

const DomRecord dom_metadata_record = DOM_RECORD(DomMetadata, "metadata", fields, );
