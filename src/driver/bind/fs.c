/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

#ifdef BIND_HAVE_P9_TYPE
static const int type_values[] = {
    [DOM_P9_TYPE_UNKNOWN] = LIBXL_P9_TYPE_UNKNOWN,
    [DOM_P9_TYPE_QEMU] = LIBXL_P9_TYPE_QEMU,
    [DOM_P9_TYPE_XEN_9PFSD] = LIBXL_P9_TYPE_XEN_9PFSD,
};
static const BindValues types = BIND_VALUES(type_values, DOM_P9_TYPE_LAST);
#endif

static const BindRow rows[] = {
    BIND_DEVICE_STRING(DomP9, tag, libxl_device_p9, tag),
    BIND_DEVICE_STRING(DomP9, path, libxl_device_p9, path),
    BIND_DEVICE_STRING(DomP9, security_model, libxl_device_p9, security_model),
    BIND_DEVICE_STRING(DomP9, backend, libxl_device_p9, backend_domname),
#ifdef BIND_HAVE_P9_TYPE
    BIND_DEVICE_ENUM(DomP9, type, DomP9Type, libxl_device_p9, type, &types),
    BIND_DEVICE_UINT(DomP9, max_files, libxl_device_p9, max_files),
    BIND_DEVICE_UINT(DomP9, max_open_files, libxl_device_p9, max_open_files),
    BIND_DEVICE_UINT(DomP9, max_space, libxl_device_p9, max_space),
    BIND_DEVICE_FLAG(DomP9, auto_delete, libxl_device_p9, auto_delete),
#endif
};

#ifdef BIND_HAVE_P9_TYPE
/* Since 4.19 what is missing has a default, which depends on the type: libxl sets it. */
static gboolean
check_version(const DomP9 *p9, GError **error)
{
    return TRUE;
}
#else
/* xl before 4.19 refuses the words, so that nobody takes a share for a limited one; what may be
 * missing beside them is a later Xen's to say. */
static gboolean
check_version(const DomP9 *p9, GError **error)
{
    if (p9->type != DOM_P9_TYPE_ABSENT || p9->max_files.set || p9->max_open_files.set ||
        p9->max_space.set || p9->auto_delete != DOM_TRISTATE_ABSENT) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                    _("p9 %s: this version of Xen knows neither type, limits nor auto-delete; "
                      "leave them out"),
                    p9->tag != NULL ? p9->tag : "");
        return FALSE;
    }
    if (p9->tag == NULL || p9->path == NULL || p9->security_model == NULL) {
        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID,
                            _("p9: a shared folder needs tag, path and security_model"));
        return FALSE;
    }
    return TRUE;
}
#endif

static gboolean
apply(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    return check_version(record, error);
}

BIND_DEVICE_TYPE(libxl_device_p9);

static const BindList p9s = {
    BIND_LIST_OF(p9s, p9s, libxl_device_p9),
    .record = &dom_p9_record,
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
};

static const BindList *const lists[] = { &p9s, NULL };

const BindTopic bind_topic_fs = { .name = "fs", .lists = lists };
