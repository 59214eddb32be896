/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"
#include "xlconv/numbers.h"

/* The old switch counts only where vga= is absent, which is read before. */
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
    if (xlc_doc_get(reader->doc, "vga") != NULL)
        return FALSE;
    def->video.vga = on ? DOM_VGA_STDVGA : DOM_VGA_CIRRUS;
    return TRUE;
}

static const XlcCodec stdvga_codec = { stdvga_parse, NULL, NULL, NULL };

static const XlcKey keys[] = {
    XLC_ENUM("vga", video.vga, DomVga, &dom_vga_names, XLC_HVM,
             .doc = N_("Emulated graphics card")),
    XLC_SPECIAL("stdvga", &stdvga_codec, XLC_HVM, .status = XLC_DEPRECATED, .instead = "vga",
                .doc = N_("Emulated graphics card, old switch")),
    XLC_MIB("videoram", video.videoram, XLC_HVM, .doc = N_("Memory of the graphics card, in MiB")),
    XLC_BOOL("nographic", video.nographic, XLC_HVM, .doc = N_("No graphics at all")),
    XLC_STRING("gfx_passthru", video.gfx_passthru, XLC_HVM,
               .doc = N_("Give the guest the host's card")),
    XLC_UNMAPPED("vdispl", XLC_ANY, N_("not converted yet; it is kept as it is"),
                 .doc = N_("PV displays")),
};

XLC_TOPIC(video, keys);
