/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"
#include "xlconv/numbers.h"
#include "xlconv/vfb.h"

#define HEAD(option)                                                                               \
    {                                                                                              \
        option, .member = "head." option, .decimal = TRUE                                          \
    }

static const XlcOption vfb_rows[] = {
    HEAD("vnc"),    HEAD("vnclisten"), HEAD("vncpasswd"), HEAD("vncdisplay"), HEAD("vncunused"),
    HEAD("keymap"), HEAD("sdl"),       HEAD("opengl"),    HEAD("display"),    HEAD("xauthority"),
};

static const XlcOptions vfb_options = {
    .record = &dom_vfb_record,
    .rows = vfb_rows,
    .n_rows = G_N_ELEMENTS(vfb_rows),
    .unknown = XLC_ODD_SKIPPED,
    .bare = XLC_ODD_STOPS,
};

static const char *const no_names[] = { NULL };

/* "ADDRESS:DISPLAY" of vnclisten is both to the element, so that who edits one means both. */
static const XlcTie ties[] = { { "head.vnclisten", "head.vncdisplay" },
                               { "head.vncdisplay", "head.vnclisten" },
                               { NULL } };

static const XlcDevices vfb = {
    .list = DOM_TYPED_OFFSET(DomDef, vfbs, GPtrArray *),
    .record = &dom_vfb_record,
    .names = no_names,
    .carried = no_names,
    .ties = ties,
    .part = xlc_vfb_part,
    .options = &vfb_options,
};
XLC_DEVICES_CODEC(vfb);

/* Stands last among the keys of the screen, so that they can be gathered. */
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
    if (on && !reader->patch && xlc_vfb_is_to_make(def))
        xlc_vfb_gather(def);
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
    XLC_STRING("vnclisten", graphics.head.vnclisten, SCREEN, .flags = XLC_HEAD,
               .beside = "vncdisplay", .doc = N_("Address that VNC listens on")),
    XLC_INT("vncdisplay", graphics.head.vncdisplay, SCREEN, .flags = XLC_HEAD,
            .doc = N_("VNC display; its port is 5900 more")),
    XLC_BOOL("vncunused", graphics.head.vncunused, SCREEN, .flags = XLC_HEAD,
             .doc = N_("Take the next display that is free")),
    XLC_STRING("vncpasswd", graphics.head.vncpasswd, SCREEN, .flags = XLC_HEAD,
               .field.flags = DOM_FIELD_SECRET | DOM_FIELD_EMPTY_IS_NONE,
               .doc = N_("VNC password")),
    XLC_STRING("keymap", graphics.head.keymap, SCREEN, .flags = XLC_HEAD,
               .doc = N_("Keyboard layout")),
    XLC_BOOL("sdl", graphics.head.sdl, SCREEN, .flags = XLC_HEAD,
             .doc = N_("Show the screen in an SDL window")),
    XLC_BOOL("opengl", graphics.head.opengl, SCREEN, .flags = XLC_HEAD,
             .doc = N_("Draw the SDL window with OpenGL")),
    XLC_STRING("display", graphics.head.display, SCREEN, .flags = XLC_HEAD,
               .doc = N_("X display of the SDL window")),
    XLC_STRING("xauthority", graphics.head.xauthority, SCREEN, .flags = XLC_HEAD,
               .doc = N_("X authority file for the SDL window")),
    XLC_SPECIAL("vnc", &vnc_codec, SCREEN, .flags = XLC_SWITCH | XLC_HEAD, .value = N_("0 or 1"),
                .doc = N_("Show the screen by VNC")),
    XLC_BOOL("spice", graphics.spice, XLC_HVM, .doc = N_("Show the screen by SPICE")),
    XLC_STRING("spicehost", graphics.spicehost, XLC_HVM,
               .doc = N_("Address that SPICE listens on")),
    XLC_INT("spiceport", graphics.spiceport, XLC_HVM, .doc = N_("Port that SPICE listens on")),
    XLC_INT("spicetls_port", graphics.spicetls_port, XLC_HVM,
            .doc = N_("TLS port that SPICE listens on")),
    XLC_BOOL("spicedisable_ticketing", graphics.spicedisable_ticketing, XLC_HVM,
             .doc = N_("Let SPICE clients in without a password")),
    XLC_STRING("spicepasswd", graphics.spicepasswd, XLC_HVM, .field.flags = DOM_FIELD_SECRET,
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
    XLC_UNMAPPED(
        "vncviewer", XLC_ANY,
        N_("xl ignores this key: a viewer is started by xl create -V; it is kept as it is"),
        .value = N_("anything"), .doc = N_("Start a VNC viewer, long gone")),
};

XLC_TOPIC(graphics, keys);
