/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/video.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "conf/alias.h"
#include "conf/def.h"
#include "conf/xml.h"

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

#define MODEL "devices/video/model"

/* One head is what every card here has, and to libvirt the only card is the first. Among several
 * one that is called so comes back as it was. */
static void
claim_heads(DomXml *xml, xmlNodePtr node, DomVideo *video)
{
    static const char *const places[] = { MODEL "/@heads", MODEL "/@primary" };

    if (dom_xml_find(node, "devices/video[2]") != NULL && dom_xml_is(node, places[1], "yes"))
        dom_xml_keep_known_attr(xml, dom_xml_find(node, MODEL), "primary", MODEL, &video->rest);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        if (dom_xml_is(node, places[i], "1") || dom_xml_is(node, places[i], "yes"))
            dom_xml_claim(xml, node, places[i]);
    }
}

/* QXL has two memories, and libxl gives each half of videoram. libvirt's @ram says the one, and
 * @vram the other; without it @vram is all of it, as in the in-tree driver. Both come back as they
 * were. */
static void
parse_halves(DomXml *xml, xmlNodePtr node, DomVideo *video)
{
    g_autofree char *text = dom_xml_peek(node, MODEL "/@ram");
    xmlNodePtr model = dom_xml_find(node, MODEL);
    guint64 ram;

    if (video->vga != DOM_VGA_QXL || !video->videoram.set || text == NULL ||
        !dom_xml_parse_uint(text, &ram) || ram > G_MAXUINT32)
        return;
    if (ram != video->videoram.value)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, MODEL "/@ram",
                       _("Xen makes both memories of this card of one size: ram and vram are half "
                         "of what they are together"));
    dom_xml_keep_known_attr(xml, model, "ram", MODEL, &video->rest);
    dom_xml_keep_known_attr(xml, model, "vram", MODEL, &video->rest);
    /* xl.cfg counts in MiB */
    video->videoram.value = (video->videoram.value + ram + 1023) / 1024 * 1024;
}

/* The framebuffer of a PV guest is one with its graphics, so a card that libvirt makes of it says
 * nothing. One that says more comes back as it was. */
static gboolean
is_framebuffer(xmlNodePtr card)
{
    static const char *const places[] = { "model/@type",    "model/@vram", "model/@heads",
                                          "model/@primary", "alias/@name", NULL };
    static const struct {
        const char *place, *value;
    } usual[] = { { "model/@vram", "4096" }, { "model/@heads", "1" }, { "model/@primary", "yes" } };
    g_autofree char *alias = dom_xml_peek(card, "alias/@name");
    gboolean same = dom_xml_is(card, "model/@type", "xen") && dom_xml_holds_only(card, places) &&
                    !dom_alias_is_given(alias);

    for (guint i = 0; same && i < G_N_ELEMENTS(usual); i++) {
        g_autofree char *text = dom_xml_peek(card, usual[i].place);

        same = text == NULL || g_str_equal(text, usual[i].value);
    }
    return same;
}

static void
waive_framebuffers(DomXml *xml, xmlNodePtr node)
{
    xmlNodePtr devices = dom_xml_child(node, "devices");

    for (xmlNodePtr card = devices != NULL ? dom_xml_child(devices, "video") : NULL; card != NULL;
         card = dom_xml_next(card, "video")) {
        if (is_framebuffer(card))
            dom_xml_waive_node(xml, card);
    }
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomVideo *video = record;
    g_autofree char *vram = NULL;

    if (video->vga == DOM_VGA_ABSENT) {
        if (dom_general_type(def) != DOM_TYPE_HVM)
            waive_framebuffers(xml, node);
        return;
    }
    vram = dom_xml_take(xml, node, MODEL "/@vram");
    claim_heads(xml, node, video);
    if (vram != NULL && dom_xml_parse_uint(vram, &video->videoram.value))
        video->videoram.set = TRUE;
    parse_halves(xml, node, video);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomVideo *video = record;

    if (!video->videoram.set || video->videoram.value > G_MAXUINT32 ||
        (video->vga == DOM_VGA_ABSENT && dom_general_type(def) != DOM_TYPE_HVM))
        return;
    /* The card that libxl takes, since its memory cannot stand without one. */
    if (video->vga == DOM_VGA_ABSENT)
        dom_xml_set(node, MODEL "/@type", dom_enum_name(&vga_xml_names, DOM_VGA_CIRRUS));
    dom_xml_set_uint(node, MODEL "/@vram", video->videoram.value);
}

/* In MiB, by DomVga; 0: anything will do. */
static const guint least_videoram[] = {
    [DOM_VGA_ABSENT] = 8, [DOM_VGA_STDVGA] = 16, [DOM_VGA_CIRRUS] = 8,
    [DOM_VGA_QXL] = 128,  [DOM_VGA_NONE] = 0,
};

guint
dom_video_lacks(const DomDef *def)
{
    const DomVideo *video = &def->video;
    guint least = least_videoram[video->vga];

    return video->videoram.set && video->videoram.value < (guint64)least * 1024 &&
                   dom_general_type(def) == DOM_TYPE_HVM && !dom_os_is_traditional(&def->os)
               ? least
               : 0;
}

static void
check(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    guint least = dom_video_lacks(def);

    if (least > 0)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, MODEL "/@vram",
                       _("this guest cannot start: this graphics card has at least %u MiB"), least);
}

const DomRecord dom_video_record =
    DOM_RECORD(DomVideo, "video", fields, .parse = parse, .format = format, .check = check);

gboolean
dom_video_connector(const char *item, guint *ret_width, guint *ret_height, gboolean *ret_last)
{
    const char *colon = strchr(item, ':');
    int n;

    *ret_width = *ret_height = 0;
    if (colon == NULL || colon == item)
        return FALSE;
    n = sscanf(colon + 1, "%ux%u", ret_width, ret_height);
    *ret_last = n == 0;
    return n == 2 || n == 0;
}

static const DomField vdispl_fields[] = {
    DOM_STRING_FIELD(DomVdispl, backend, NULL, .doc = N_("Domain that serves the display")),
    DOM_TRISTATE_FIELD(DomVdispl, be_alloc, NULL, .doc = N_("The backend allocates the buffers")),
    DOM_STRING_FIELD(DomVdispl, connectors, NULL, .doc = N_("Screens of the display")),
};

const DomRecord dom_vdispl_record = DOM_RECORD(DomVdispl, "video", vdispl_fields, );
