/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/key.h"
#include "xlconv/values.h"

/* xl compares the first characters only, in this order: "p" is PV, "" is HVM. */
static const struct {
    const char *name;
    DomType type;
} type_rows[] = { { "hvm", DOM_TYPE_HVM }, { "pv", DOM_TYPE_PV }, { "pvh", DOM_TYPE_PVH } };

static DomType
type_of(const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS(type_rows); i++) {
        if (g_str_has_prefix(type_rows[i].name, text))
            return type_rows[i].type;
    }
    return DOM_TYPE_ABSENT;
}

static gboolean
type_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);

    if (text == NULL)
        return FALSE;
    def->general.type = type_of(text);
    if (def->general.type == DOM_TYPE_ABSENT) {
        g_autofree char *complaint = dom_enum_complaint(&dom_type_names, text);

        xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value, "%s", complaint);
        /* the rest of the file is read as what was meant */
        def->general.type = (DomType)dom_enum_nearest(&dom_type_names, text);
        return def->general.type != DOM_TYPE_ABSENT;
    }
    if (!g_str_equal(text, dom_enum_name(&dom_type_names, (int)def->general.type)))
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, _("xl reads '%s' as %s"), text,
                   dom_enum_name(&dom_type_names, (int)def->general.type));
    return TRUE;
}

static void
type_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->general.type != DOM_TYPE_ABSENT)
        xlc_writer_string(writer, key->key, dom_enum_name(&dom_type_names, (int)def->general.type));
}

static void
type_clear(const XlcKey *key, DomDef *def)
{
    def->general.type = DOM_TYPE_ABSENT;
}

static const XlcCodec type_codec = { type_parse, type_format, type_clear, NULL };

/* The old spelling; it may stand beside type= only when both say the same. */
static gboolean
builder_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);
    DomType type;

    if (text == NULL)
        return FALSE;
    if (*text != '\0' && g_str_has_prefix("generic", text))
        type = DOM_TYPE_PV;
    else if (g_str_has_prefix("hvm", text))
        type = DOM_TYPE_HVM;
    else
        type = DOM_TYPE_ABSENT;
    if (type == DOM_TYPE_ABSENT ||
        (def->general.type != DOM_TYPE_ABSENT && def->general.type != type)) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value,
                   type == DOM_TYPE_ABSENT ? _("'%s' is none of generic, hvm")
                                           : _("'%s' contradicts type=: leave builder out"),
                   text);
        return FALSE;
    }
    def->general.type = type;
    if (!g_str_equal(text, type == DOM_TYPE_PV ? "generic" : "hvm"))
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, _("xl reads '%s' as %s"), text,
                   type == DOM_TYPE_PV ? "generic" : "hvm");
    return TRUE;
}

static const XlcCodec builder_codec = { builder_parse, NULL, NULL, NULL };

static gboolean
uuid_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);

    if (text == NULL)
        return FALSE;
    if (!g_uuid_string_is_valid(text)) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value,
                   _("'%s' is no UUID: expected 8-4-4-4-12 hexadecimal digits"), text);
        return FALSE;
    }
    g_free(def->general.uuid);
    def->general.uuid = g_ascii_strdown(text, -1);
    return TRUE;
}

static void
uuid_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->general.uuid != NULL)
        xlc_writer_string(writer, key->key, def->general.uuid);
}

static void
uuid_clear(const XlcKey *key, DomDef *def)
{
    g_clear_pointer(&def->general.uuid, g_free);
}

static const XlcCodec uuid_codec = { uuid_parse, uuid_format, uuid_clear, NULL };

static const XlcKey keys[] = {
    XLC_SPECIAL("type", &type_codec, XLC_ANY, .value = N_("one of pv, pvh, hvm"),
                .doc = N_("Kind of virtual machine")),
    XLC_SPECIAL("builder", &builder_codec, XLC_ANY, .status = XLC_DEPRECATED, .instead = "type",
                .value = N_("one of generic, hvm"),
                .doc = N_("Kind of virtual machine, old spelling")),
    XLC_STRING("name", general.name, XLC_ANY, .doc = N_("Name of the guest")),
    XLC_SPECIAL("uuid", &uuid_codec, XLC_ANY, .value = N_("8-4-4-4-12 hexadecimal digits"),
                .doc = N_("Identity of the guest")),
    XLC_STRING("pool", general.pool, XLC_ANY, .doc = N_("CPU pool the guest runs in")),
    XLC_STRING("init_seclabel", general.init_seclabel, XLC_ANY,
               .doc = N_("XSM label while the guest is built")),
    XLC_STRING("seclabel", general.seclabel, XLC_ANY, .doc = N_("XSM label of the guest")),
    XLC_BOOL("driver_domain", general.driver_domain, XLC_ANY,
             .doc = N_("The guest serves devices to others")),
    XLC_BOOL("nomigrate", general.nomigrate, XLC_ANY, .doc = N_("The guest cannot be migrated")),
    XLC_BOOL("xend_suspend_evtchn_compat", general.xend_suspend_evtchn_compat, XLC_ANY,
             .doc = N_("Suspend event channel as xend had it")),
    XLC_UINT("max_event_channels", general.max_event_channels, XLC_ANY,
             .doc = N_("Event channels the guest may have")),
    XLC_UINT("max_grant_frames", general.max_grant_frames, XLC_ANY, .flags = XLC_FATAL,
             .doc = N_("Grant table frames the guest may have")),
    XLC_UINT("max_maptrack_frames", general.max_maptrack_frames, XLC_ANY, .flags = XLC_FATAL,
             .doc = N_("Grant mapping frames the guest may have")),
    XLC_UINT("max_grant_version", general.max_grant_version, XLC_ANY, .flags = XLC_FATAL,
             .doc = N_("Highest grant table version of the guest")),
    XLC_UINT("xenstore_feature_mask", general.xenstore_feature_mask, XLC_ANY, .since = "4.21",
             .doc = N_("Xenstore features offered to the guest")),
    XLC_STRV("xenstore_quota", general.xenstore_quota, XLC_ANY, .expect = xlc_expect_xenstore_quota,
             .flags = XLC_FATAL, .since = "4.22",
             .doc = N_("Xenstore quota of the guest, NAME=NUMBER")),
};

XLC_TOPIC(general, keys);
