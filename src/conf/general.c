/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/general.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/xml.h"

static const char *const type_texts[] = { NULL, "pv", "pvh", "hvm" };
const DomEnum dom_type_names = DOM_ENUM(type_texts, DOM_TYPE_LAST);

/* libvirt takes a UUID without its dashes too, and xl only with them. */
static gboolean
uuid_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    static const gssize dashes[] = { 8, 13, 18, 23 };
    g_autofree char *given = g_strstrip(g_ascii_strdown(text, -1));
    GString *uuid = g_string_sized_new(strlen(given) + G_N_ELEMENTS(dashes));

    for (const char *c = given; *c != '\0'; c++) {
        if (*c != '-')
            g_string_append_c(uuid, *c);
    }
    if (uuid->len == 32) {
        for (guint i = 0; i < G_N_ELEMENTS(dashes); i++)
            g_string_insert_c(uuid, dashes[i], '-');
    } else {
        g_string_assign(uuid, text);
    }
    if (!g_uuid_string_is_valid(uuid->str)) {
        g_string_free(uuid, TRUE);
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("'%s' is no UUID: expected 8-4-4-4-12 hexadecimal digits"), text);
        return FALSE;
    }
    dom_field_clear(field, record);
    *DOM_MEMBER(record, field, char *) = g_string_free(uuid, FALSE);
    return TRUE;
}

static char *
uuid_format(const DomField *field, gconstpointer record)
{
    return g_strdup(*DOM_CONST_MEMBER(record, field, char *));
}

static gboolean
name_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    dom_field_clear(field, record);
    *DOM_MEMBER(record, field, char *) = g_strdup(text);
    return TRUE;
}

/* The one element that no domain can do without: of a name that libvirt's schema does not take it
 * shows what it can, and residual text says the rest. */
static char *
name_format(const DomField *field, gconstpointer record)
{
    return g_strdelimit(g_strdup(*DOM_CONST_MEMBER(record, field, char *)), "\n", ' ');
}

const DomXmlCodec dom_xml_uuid = { uuid_parse, uuid_format };

static const DomXmlCodec name_codec = { name_parse, name_format };

static const DomField fields[] = {
    DOM_STRING_FIELD(DomGeneral, name, "name", .xml = &name_codec, .doc = N_("Name of the guest")),
    DOM_STRING_FIELD(DomGeneral, uuid, "uuid", .xml = &dom_xml_uuid,
                     .doc = N_("Identity of the guest")),
    DOM_ENUM_FIELD(DomGeneral, type, DomType, &dom_type_names, NULL,
                   .doc = N_("Kind of virtual machine")),
    DOM_STRING_FIELD(DomGeneral, title, "title", .doc = N_("One line for people")),
    DOM_STRING_FIELD(DomGeneral, description, "description", .doc = N_("Text for people")),
    DOM_STRING_FIELD(DomGeneral, pool, NULL, .doc = N_("CPU pool the guest runs in")),
    DOM_STRING_FIELD(DomGeneral, seclabel, NULL, .doc = N_("XSM label of the running guest")),
    DOM_STRING_FIELD(DomGeneral, init_seclabel, NULL,
                     .doc = N_("XSM label while the guest is built")),
    DOM_TRISTATE_FIELD(DomGeneral, driver_domain, NULL,
                       .doc = N_("The guest serves devices to others")),
    DOM_TRISTATE_FIELD(DomGeneral, nomigrate, NULL, .doc = N_("The guest cannot be migrated")),
    DOM_TRISTATE_FIELD(DomGeneral, xend_suspend_evtchn_compat, NULL,
                       .doc = N_("Suspend event channel as xend had it")),
    DOM_UINT_FIELD(DomGeneral, max_event_channels,
                   "devices/controller[@type='xenbus']/@maxEventChannels",
                   .doc = N_("Event channels the guest may have")),
    DOM_UINT_FIELD(DomGeneral, max_grant_frames,
                   "devices/controller[@type='xenbus']/@maxGrantFrames",
                   .doc = N_("Grant table frames the guest may have")),
    DOM_UINT_FIELD(DomGeneral, max_maptrack_frames, NULL,
                   .doc = N_("Grant mapping frames the guest may have")),
    DOM_UINT_FIELD(DomGeneral, max_grant_version, NULL,
                   .doc = N_("Highest grant table version of the guest")),
    DOM_UINT_FIELD(DomGeneral, xenstore_feature_mask, NULL,
                   .doc = N_("Xenstore features offered to the guest")),
    DOM_STRV_FIELD(DomGeneral, xenstore_quota, NULL, .doc = N_("Xenstore quota of the guest")),
};

/* How each type stands in <os><type machine=...>; libvirt writes PV as "linux". */
typedef struct {
    const char *text;
    const char *machine;
    DomType type;
} TypeRow;

static const TypeRow type_rows[] = {
    { "linux", "xenpv", DOM_TYPE_PV },
    { "xen", "xenpv", DOM_TYPE_PV },
    { "xenpvh", "xenpvh", DOM_TYPE_PVH },
    { "hvm", "xenfv", DOM_TYPE_HVM },
};

/* With init_seclabel= beside it seclabel= means another label, which XML does not know. */
#define FLASK "seclabel[@model='flask']"

static void
parse_seclabel(DomXml *xml, xmlNodePtr node, DomGeneral *general)
{
    if (!dom_xml_is(node, FLASK "/@type", "static"))
        return;
    dom_xml_claim(xml, node, FLASK "/@type");
    /* Xen has nothing to label anew, and what an element says of it is the element's alone */
    if (dom_xml_is(node, FLASK "/@relabel", "no"))
        dom_xml_claim(xml, node, FLASK "/@relabel");
    else
        dom_xml_keep_known_attr(xml, dom_xml_find(node, FLASK), "relabel", FLASK, &general->rest);
    general->seclabel = dom_xml_take(xml, node, FLASK "/label");
}

static void
format_seclabel(xmlNodePtr node, const DomGeneral *general)
{
    if (general->seclabel == NULL || general->init_seclabel != NULL)
        return;
    dom_xml_set(node, FLASK "/@type", "static");
    dom_xml_set(node, FLASK "/@relabel", "no");
    dom_xml_set(node, FLASK "/label", general->seclabel);
}

/* Whether the type may stand beside the machine. */
static gboolean
is_machine_of(const char *text, const char *machine)
{
    gboolean known = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS(type_rows); i++) {
        if (!g_str_equal(type_rows[i].machine, machine))
            continue;
        known = TRUE;
        if (g_str_equal(type_rows[i].text, text))
            return TRUE;
    }
    /* PV and PVH are told apart by the machine where the type is only "xen" */
    return !known || (g_str_equal(machine, "xenpvh") && !g_str_equal(text, "hvm"));
}

/* Xen runs the guest on the processors that there are, whichever the name in its XML. */
#define ARCH "x86_64"

static void
parse_arch(DomXml *xml, xmlNodePtr node, DomGeneral *general)
{
    g_autofree char *arch = dom_xml_take(xml, node, "os/type/@arch");

    /* Xen on x86 runs guests of 32 bits, too */
    if (xml->hosted && arch != NULL && !g_str_equal(arch, ARCH) && !g_str_equal(arch, "i686"))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "os/type/@arch",
                       _("this host runs guests of x86_64 and i686, and not of '%s'"), arch);
    if (arch != NULL && !g_str_equal(arch, ARCH))
        dom_xml_keep(xml, node, "os/type/@arch", &general->rest, "os/type", "arch", arch);
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomGeneral *general = record;
    g_autofree char *text = dom_xml_take(xml, node, "os/type");
    g_autofree char *machine = dom_xml_take(xml, node, "os/type/@machine");

    if (general->title != NULL)
        dom_xml_note(xml, node, "title", &general->rest, "title");
    if (general->description != NULL)
        dom_xml_note(xml, node, "description", &general->rest, "description");
    parse_seclabel(xml, node, general);
    parse_arch(xml, node, general);
    for (guint i = 0; text != NULL && i < G_N_ELEMENTS(type_rows); i++) {
        if (g_str_equal(text, type_rows[i].text) && general->type == DOM_TYPE_ABSENT)
            general->type = type_rows[i].type;
    }
    /* The machine tells PV and PVH apart where the type is only "xen". */
    if (general->type == DOM_TYPE_PV && g_strcmp0(machine, "xenpvh") == 0)
        general->type = DOM_TYPE_PVH;
    if (text != NULL && machine != NULL && general->type != DOM_TYPE_ABSENT &&
        !is_machine_of(text, machine))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "os/type/@machine",
                       _("a guest of type '%s' has another machine than '%s'"), text, machine);
    /* A boot loader in dom0 makes a PV guest, and <os> may then be missing. */
    if (text == NULL && dom_xml_child(node, "bootloader") != NULL)
        return;
    if (general->type == DOM_TYPE_ABSENT)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "os/type",
                       _("'%s' is no guest type: expected hvm, xen (PV) or xenpvh"),
                       text != NULL ? text : "");
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    format_seclabel(node, record);
    for (guint i = 0; i < G_N_ELEMENTS(type_rows); i++) {
        if (type_rows[i].type != dom_general_type(def))
            continue;
        dom_xml_set(node, "os/type", type_rows[i].text);
        dom_xml_set(node, "os/type/@arch", ARCH);
        dom_xml_set(node, "os/type/@machine", type_rows[i].machine);
        return;
    }
}

const DomRecord dom_general_record =
    DOM_RECORD(DomGeneral, "general", fields, .parse = parse, .format = format);

DomType
dom_general_type(const DomDef *def)
{
    return def->general.type != DOM_TYPE_ABSENT ? def->general.type : DOM_TYPE_PV;
}

gboolean
dom_name_fits(const char *name)
{
    return strpbrk(name, "/\n") == NULL;
}
