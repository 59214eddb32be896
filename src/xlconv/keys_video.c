/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/devices.h"
#include "xlconv/numbers.h"
#include "xlconv/values.h"

/* Whether vga= stands there, which is read before this; a list is none. */
static gboolean
has_vga(const XlcReader *reader, const DomDef *def)
{
    const XlcEntry *vga = xlc_doc_get(reader->doc, "vga");

    return (vga != NULL && vga->value->kind != XLC_VALUE_LIST) ||
           (reader->patch && def->video.vga != DOM_VGA_ABSENT);
}

/* The old switch counts only where vga= is absent. */
static gboolean
stdvga_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    g_autoptr(GError) error = NULL;
    gboolean on;

    if (!xlc_entry_bool(entry, &on, &error)) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, _("%s; xl ignores this key"),
                   error->message);
        return FALSE;
    }
    if (has_vga(reader, def))
        return FALSE;
    def->video.vga = on ? DOM_VGA_STDVGA : DOM_VGA_CIRRUS;
    return TRUE;
}

static const XlcCodec stdvga_codec = { stdvga_parse, NULL, NULL, NULL };

static const XlcOption vdispl_rows[] = {
    { "backend" },
    { "be-alloc", .member = "be_alloc" },
    { "connectors" },
};

static const XlcOptions vdispl_options = {
    .record = &dom_vdispl_record,
    .rows = vdispl_rows,
    .n_rows = G_N_ELEMENTS(vdispl_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
};

static void
warn_connector(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *item,
               guint width, guint height)
{
    g_autofree char *reads =
        g_strdup_printf("%.*s:%ux%u", (int)strcspn(item, ":"), item, width, height);

    if (!g_str_equal(item, reads))
        xlc_report(reader, DOM_SEVERITY_WARNING, key, value, _("xl reads '%s' as %s"), item, reads);
}

/* "id:WxH;id:WxH". A connector without a colon would crash xl. */
static gboolean
check_connectors(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *text)
{
    g_auto(GStrv) items = g_strsplit(text, ";", -1);
    gboolean found = FALSE;
    gboolean last = FALSE;
    guint width, height;

    for (guint i = 0; items[i] != NULL; i++) {
        if (*items[i] == '\0')
            continue;
        if (last) {
            xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
                       _("xl reads no screen from '%s' on, behind one without a size"), items[i]);
            break;
        }
        if (!dom_video_connector(items[i], &width, &height, &last))
            return FALSE;
        warn_connector(reader, key, value, items[i], width, height);
        found = TRUE;
    }
    return found;
}

static gboolean
vdispl_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    const DomVdispl *vdispl = record;

    if (!xlc_options_parse(&vdispl_options, reader, key, value, record))
        return FALSE;
    if (vdispl->connectors != NULL && check_connectors(reader, key, value, vdispl->connectors))
        return TRUE;
    xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
               _("the display has no screens: expected connectors=ID:WIDTHxHEIGHT;..."));
    return FALSE;
}

static const char *const no_names[] = { NULL };

static const XlcDevices vdispl = {
    .list = DOM_TYPED_OFFSET(DomDef, vdispls, GPtrArray *),
    .record = &dom_vdispl_record,
    .names = no_names,
    .carried = no_names,
    .options = &vdispl_options,
    .parse = vdispl_parse,
};
XLC_DEVICES_CODEC(vdispl);

static const XlcKey keys[] = {
    XLC_ENUM("vga", video.vga, DomVga, &dom_vga_names, XLC_HVM,
             .doc = N_("Emulated graphics card")),
    XLC_SPECIAL("stdvga", &stdvga_codec, XLC_HVM, .status = XLC_DEPRECATED, .instead = "vga",
                .flags = XLC_SWITCH, .value = N_("0 or 1"), .doc = N_("Emulated graphics card, old switch")),
    XLC_MIB("videoram", video.videoram, XLC_HVM, .doc = N_("Memory of the graphics card, in MiB")),
    XLC_BOOL("nographic", video.nographic, XLC_HVM, .doc = N_("No graphics at all")),
    XLC_STRING("gfx_passthru", video.gfx_passthru, XLC_HVM, .expect = xlc_expect_gfx_passthru,
               .doc = N_("Give the guest the host's card")),
    XLC_SPECIAL("vdispl", &vdispl_codec, XLC_ANY, .doc = N_("PV displays")),
};

XLC_TOPIC(video, keys);
