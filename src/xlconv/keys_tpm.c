/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"

static const XlcOption rows[] = { { "backend" }, { "uuid" } };

static const XlcOptions options = {
    .record = &dom_vtpm_record,
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_STOPS,
};

static gboolean
parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    const DomVtpm *vtpm = record;

    if (!xlc_options_parse(&options, reader, key, value, record))
        return FALSE;
    if (vtpm->backend == NULL)
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
                   _("the TPM has no backend: expected backend=DOMAIN"));
    else if (vtpm->uuid != NULL && !g_uuid_string_is_valid(vtpm->uuid))
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value, _("'%s' is no UUID"), vtpm->uuid);
    else
        return TRUE;
    return FALSE;
}

static const char *const no_names[] = { NULL };

static const XlcDevices vtpm = {
    .list = DOM_TYPED_OFFSET(DomDef, vtpms, GPtrArray *),
    .record = &dom_vtpm_record,
    .names = no_names,
    .carried = no_names,
    .options = &options,
    .parse = parse,
};
XLC_DEVICES_CODEC(vtpm);

static const XlcKey keys[] = {
    XLC_SPECIAL("vtpm", &vtpm_codec, XLC_ANY, .doc = N_("Virtual TPMs")),
};

XLC_TOPIC(tpm, keys);
