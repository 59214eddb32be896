/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"

static const XlcOption rows[] = {
    { "tag" },
    { "path" },
    { "security_model" },
    { "backend" },
    { "type" },
    { "max-files", .member = "max_files" },
    { "max-open-files", .member = "max_open_files" },
    { "max-space", .member = "max_space", .bits = 64 },
    { "auto-delete", .member = "auto_delete" },
};

static const XlcOptions options = {
    .record = &dom_p9_record,
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .trimmed = TRUE,
    .empties = TRUE, /* to Xen 4.17 */
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
};

static const char *const names[] = { "tag", NULL };
static const char *const carried[] = { "tag", NULL };

static const XlcDevices p9 = {
    .list = DOM_TYPED_OFFSET(DomDef, p9s, GPtrArray *),
    .record = &dom_p9_record,
    .names = names,
    .carried = carried,
    .options = &options,
};
XLC_DEVICES_CODEC(p9);

static const XlcKey keys[] = {
    XLC_SPECIAL("p9", &p9_codec, XLC_ANY, .doc = N_("Shared folders")),
};

XLC_TOPIC(fs, keys);
