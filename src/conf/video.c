/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/video.h"

#include <glib/gi18n-lib.h>

static const char *const vga_texts[] = { NULL, "stdvga", "cirrus", "qxl", "none" };
const DomEnum dom_vga_names = DOM_ENUM(vga_texts, DOM_VGA_LAST);

/* libvirt's words for the cards, in the same order. */
static const char *const vga_xml_texts[] = { NULL, "vga", "cirrus", "qxl", "none" };
static const DomEnum vga_xml_names = DOM_ENUM(vga_xml_texts, DOM_VGA_LAST);

static gboolean
vga_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    int value = dom_enum_from_name(&vga_xml_names, text, FALSE);

    if (value == 0)
        return FALSE;
    *DOM_MEMBER(record, field, int) = value;
    return TRUE;
}

static char *
vga_format(const DomField *field, gconstpointer record)
{
    return g_strdup(dom_enum_name(&vga_xml_names, *DOM_CONST_MEMBER(record, field, int)));
}

static const DomXmlCodec vga = { vga_parse, vga_format };

static const DomField fields[] = {
    DOM_ENUM_FIELD(DomVideo, vga, DomVga, &dom_vga_names, "devices/video/model/@type", .xml = &vga,
                   .doc = N_("Emulated graphics card")),
    DOM_UINT_FIELD(DomVideo, videoram, NULL, .doc = N_("Memory of the graphics card")),
    DOM_TRISTATE_FIELD(DomVideo, nographic, NULL, .doc = N_("No graphics at all")),
    DOM_STRING_FIELD(DomVideo, gfx_passthru, NULL, .doc = N_("Give the guest the host's card")),
};

const DomRecord dom_video_record = DOM_RECORD(DomVideo, "video", fields, );

static const DomField vdispl_fields[] = {
    DOM_STRING_FIELD(DomVdispl, backend, NULL, .doc = N_("Domain that serves the display")),
    DOM_TRISTATE_FIELD(DomVdispl, be_alloc, NULL, .doc = N_("The backend allocates the buffers")),
    DOM_STRING_FIELD(DomVdispl, connectors, NULL, .doc = N_("Screens of the display")),
};

const DomRecord dom_vdispl_record = DOM_RECORD(DomVdispl, "video", vdispl_fields, );
