/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <stdlib.h>

#include "xlconv/devices.h"
#include "xlconv/numbers.h"
#include "xlconv/spec.h"

/* Options of a vfb item; each is the member of DomHead with the same name. */
static const char *const vfb_options[] = { "vnc",       "vnclisten", "vncpasswd", "vncdisplay",
                                           "vncunused", "keymap",    "sdl",       "opengl",
                                           "display",   "xauthority" };

static const DomField *
vfb_field(const char *option)
{
    g_autofree char *member = g_strconcat("head.", option, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(vfb_options); i++) {
        if (g_str_equal(vfb_options[i], option))
            return dom_record_find(&dom_vfb_record, member);
    }
    return NULL;
}

/* xl reads the numbers of a vfb item with atoi: what is none is 0. */
static void
set_member(const DomField *field, gpointer record, const char *text)
{
    dom_field_clear(field, record);
    if (field->kind == DOM_KIND_STRING)
        *DOM_MEMBER(record, field, char *) = g_strdup(text);
    else if (field->kind == DOM_KIND_INT)
        *DOM_MEMBER(record, field, DomInt) = (DomInt){ .value = atoi(text), .set = TRUE };
    else
        *DOM_MEMBER(record, field, DomTristate) =
            atoi(text) != 0 ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

static gboolean
vfb_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    g_autoptr(XlcSpecTokens) tokens = xlc_spec_split(value->text);

    for (guint i = 0; i < tokens->n_tokens; i++) {
        const XlcSpecToken *token = &tokens->tokens[i];
        const DomField *field = vfb_field(token->key);

        if (token->value == NULL) {
            xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
                       _("'%s' has no value; xl ignores it and all behind it in this item"),
                       token->key);
            break;
        }
        if (field != NULL)
            set_member(field, record, token->value);
        else
            xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
                       _("xl does not know the option '%s' and ignores it"), token->key);
    }
    return TRUE;
}

static char *
member_text(const DomField *field, gconstpointer record)
{
    if (field->kind == DOM_KIND_STRING)
        return g_strdup(*DOM_CONST_MEMBER(record, field, char *));
    if (field->kind == DOM_KIND_INT)
        return g_strdup_printf("%" G_GINT64_FORMAT, DOM_CONST_MEMBER(record, field, DomInt)->value);
    return g_strdup(*DOM_CONST_MEMBER(record, field, DomTristate) == DOM_TRISTATE_ON ? "1" : "0");
}

static char *
vfb_format(gconstpointer record)
{
    GString *item = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(vfb_options); i++) {
        const DomField *field = vfb_field(vfb_options[i]);
        g_autofree char *text = NULL;

        if (!dom_field_is_set(field, record))
            continue;
        text = member_text(field, record);
        g_string_append_printf(item, "%s%s=%s", item->len > 0 ? "," : "", vfb_options[i], text);
    }
    return g_string_free(item, FALSE);
}

static const char *const no_names[] = { NULL };

static const XlcDevices vfb = {
    .list = DOM_TYPED_OFFSET(DomDef, vfbs, GPtrArray *),
    .record = &dom_vfb_record,
    .names = no_names,
    .carried = no_names,
    .parse = vfb_parse,
    .format = vfb_format,
};
XLC_DEVICES_CODEC(vfb);

/* A PV guest with vnc=1 and no vfb= gets one framebuffer with the settings beside it. */
static void
make_vfb(DomDef *def)
{
    DomVfb *made = dom_list_add(def->vfbs, &dom_vfb_record);

    made->head = def->graphics.head;
    def->graphics.head = (DomHead){ 0 };
}

/* Stands last among the keys of the screen, so that make_vfb() finds them all. */
static gboolean
vnc_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    g_autoptr(GError) error = NULL;
    gboolean on;

    if (!xlc_entry_bool(entry, &on, &error)) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, _("%s; xl ignores this key"),
                   error->message);
        return FALSE;
    }
    def->graphics.head.vnc = on ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    if (on && !reader->patch && dom_general_type(def) == DOM_TYPE_PV &&
        xlc_doc_get(reader->doc, "vfb") == NULL)
        make_vfb(def);
    return TRUE;
}

static void
vnc_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->graphics.head.vnc != DOM_TRISTATE_ABSENT)
        xlc_writer_unsigned(writer, key->key, def->graphics.head.vnc == DOM_TRISTATE_ON);
}

static void
vnc_clear(const XlcKey *key, DomDef *def)
{
    def->graphics.head.vnc = DOM_TRISTATE_ABSENT;
}

static const XlcCodec vnc_codec = { vnc_parse, vnc_format, vnc_clear, NULL };

#define SCREEN (XLC_PV | XLC_HVM)

static const XlcKey keys[] = {
    XLC_SPECIAL("vfb", &vfb_codec, XLC_PV | XLC_PVH, .doc = N_("PV framebuffers")),
    XLC_STRING("vnclisten", graphics.head.vnclisten, SCREEN,
               .doc = N_("Address that VNC listens on")),
    XLC_INT("vncdisplay", graphics.head.vncdisplay, SCREEN,
            .doc = N_("VNC display; its port is 5900 more")),
    XLC_BOOL("vncunused", graphics.head.vncunused, SCREEN,
             .doc = N_("Take the next display that is free")),
    XLC_STRING("vncpasswd", graphics.head.vncpasswd, SCREEN, .flags = XLC_SECRET,
               .doc = N_("VNC password")),
    XLC_STRING("keymap", graphics.head.keymap, SCREEN, .doc = N_("Keyboard layout")),
    XLC_BOOL("sdl", graphics.head.sdl, SCREEN, .doc = N_("Show the screen in an SDL window")),
    XLC_BOOL("opengl", graphics.head.opengl, SCREEN, .doc = N_("Draw the SDL window with OpenGL")),
    XLC_STRING("display", graphics.head.display, SCREEN, .doc = N_("X display of the SDL window")),
    XLC_STRING("xauthority", graphics.head.xauthority, SCREEN,
               .doc = N_("X authority file for the SDL window")),
    XLC_SPECIAL("vnc", &vnc_codec, SCREEN, .doc = N_("Show the screen by VNC")),
    XLC_BOOL("spice", graphics.spice, XLC_HVM, .doc = N_("Show the screen by SPICE")),
    XLC_STRING("spicehost", graphics.spicehost, XLC_HVM,
               .doc = N_("Address that SPICE listens on")),
    XLC_INT("spiceport", graphics.spiceport, XLC_HVM, .doc = N_("Port that SPICE listens on")),
    XLC_INT("spicetls_port", graphics.spicetls_port, XLC_HVM,
            .doc = N_("TLS port that SPICE listens on")),
    XLC_BOOL("spicedisable_ticketing", graphics.spicedisable_ticketing, XLC_HVM,
             .doc = N_("Let SPICE clients in without a password")),
    XLC_STRING("spicepasswd", graphics.spicepasswd, XLC_HVM, .flags = XLC_SECRET,
               .doc = N_("SPICE password")),
    XLC_BOOL("spiceagent_mouse", graphics.spiceagent_mouse, XLC_HVM,
             .doc = N_("The SPICE agent moves the pointer")),
    XLC_BOOL("spicevdagent", graphics.spicevdagent, XLC_HVM,
             .doc = N_("Offer the SPICE agent channel")),
    XLC_BOOL("spice_clipboard_sharing", graphics.spice_clipboard_sharing, XLC_HVM,
             .doc = N_("Share the clipboard by SPICE")),
    XLC_INT("spiceusbredirection", graphics.spiceusbredirection, XLC_HVM,
            .doc = N_("USB devices that SPICE clients may give")),
    XLC_STRING("spice_image_compression", graphics.spice_image_compression, XLC_HVM,
               .doc = N_("How SPICE packs images")),
    XLC_STRING("spice_streaming_video", graphics.spice_streaming_video, XLC_HVM,
               .doc = N_("How SPICE streams video")),
    XLC_UNMAPPED("vncviewer", XLC_ANY, N_("xl ignores this key; it is kept as it is"),
                 .doc = N_("Start a VNC viewer, long gone")),
};

XLC_TOPIC(graphics, keys);
