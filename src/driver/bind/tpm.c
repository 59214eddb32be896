/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

static const BindRow rows[] = {
    BIND_DEVICE_STRING(DomVtpm, backend, libxl_device_vtpm, backend_domname),
};

static gboolean
apply(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomVtpm *vtpm = record;

    if (vtpm->backend == NULL) {
        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID,
                            _("vtpm: no backend; name the domain that serves it"));
        return FALSE;
    }
    return bind_uuid_apply(vtpm->uuid, &((libxl_device_vtpm *)device)->uuid, error);
}

static void
read_device(gconstpointer device, gpointer record)
{
    ((DomVtpm *)record)->uuid = bind_uuid_read(&((const libxl_device_vtpm *)device)->uuid);
}

BIND_DEVICE_TYPE(libxl_device_vtpm);

static const BindList vtpms = {
    BIND_LIST_OF(vtpms, vtpms, libxl_device_vtpm),
    BIND_DEVID(libxl_device_vtpm),
    .record = &dom_vtpm_record,
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_device,
};

static const BindList *const lists[] = { &vtpms, NULL };

const BindTopic bind_topic_tpm = { .name = "tpm", .lists = lists };
