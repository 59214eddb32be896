/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/nic.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/nic_vlan.h"
#include "conf/words.h"
#include "conf/xml.h"

static const char *const type_texts[] = { NULL, "vif", "ioemu" };
const DomEnum dom_nic_type_names = DOM_ENUM(type_texts, DOM_NIC_TYPE_LAST);

/* libxl's own choice: as a name that somebody gave, it would be another guest's soon. */
static gboolean
is_chosen(const char *name)
{
    return g_regex_match(DOM_XML_REGEX("^vif[0-9]+\\.[0-9]+$"), name, 0, NULL);
}

static gboolean
ifname_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return is_chosen(text) || dom_xml_device.parse(field, record, text, error);
}

static char *
ifname_format(const DomField *field, gconstpointer record)
{
    return is_chosen(*DOM_CONST_MEMBER(record, field, char *))
               ? NULL
               : dom_xml_device.format(field, record);
}

static const DomXmlCodec ifname = { ifname_parse, ifname_format };

#define STRING(member, where, text) DOM_STRING_FIELD(DomNic, member, where, .doc = (text))

static const DomField fields[] = {
    DOM_STRING_FIELD(DomNic, mac, "mac/@address", .xml = &dom_xml_mac,
                     .doc = N_("Hardware address")),
    DOM_STRING_FIELD(DomNic, bridge, "source/@bridge", .xml = &dom_xml_device,
                     .doc = N_("Bridge in the backend domain")),
    STRING(gatewaydev, NULL, N_("Device that routed traffic leaves by")),
    DOM_STRING_FIELD(DomNic, network, "source/@network", .flags = DOM_FIELD_XML_ONLY,
                     .doc = N_("Network of libvirt's network driver")),
    DOM_ENUM_FIELD(DomNic, type, DomNicType, &dom_nic_type_names, NULL,
                   .doc = N_("Whether an emulated card stands beside the PV one")),
    STRING(model, NULL, N_("Emulated card")),
    DOM_STRING_FIELD(DomNic, ifname, "target/@dev", .xml = &ifname,
                     .doc = N_("Name of the interface in the backend domain")),
    DOM_STRING_FIELD(DomNic, script, "script/@path", .xml = &dom_xml_line,
                     .doc = N_("Script that connects the interface")),
    STRING(ip, NULL, N_("Addresses for the script")),
    DOM_STRING_FIELD(DomNic, backend_domain, "backenddomain/@name", .xml = &dom_xml_line,
                     .doc = N_("Domain that serves the interface")),
    DOM_UINT_FIELD(DomNic, rate, NULL, .doc = N_("Most bytes per interval the guest can send")),
    DOM_UINT_FIELD(DomNic, rate_interval, NULL, .doc = N_("How often the credit is renewed")),
    DOM_INT_FIELD(DomNic, devid, NULL, .doc = N_("Number of the device")),
    DOM_UINT_FIELD(DomNic, mtu, "mtu/@size", .xml = &dom_xml_ushort, .doc = N_("Largest packet")),
    STRING(vlan, NULL, N_("VLANs of the bridge port")),
    DOM_TRISTATE_FIELD(DomNic, trusted, NULL, .doc = N_("The guest trusts the backend")),
    DOM_STRV_FIELD(DomNic, options, NULL, .doc = N_("COLO proxy settings and unknown options")),
};

/* Without a bridge that XML shows the script decides, which is what libvirt calls ethernet. */
static const char *
interface_type(xmlNodePtr node)
{
    if (dom_xml_find(node, "source/@network") != NULL)
        return "network";
    return dom_xml_find(node, "source/@bridge") != NULL ? "bridge" : "ethernet";
}

/* What libvirt needs beside a type, where Xen would leave it to the script. */
static const struct {
    const char *type;
    const char *place;
    const char *text;
} sources[] = {
    { "bridge", "source/@bridge",
      N_("the interface names no bridge: expected <source bridge='xenbr0'/>, or type='ethernet' to "
         "leave it to the script") },
    { "network", "source/@network",
      N_("the interface names no network: expected <source network='default'/>") },
};

static gboolean
is_type_of_xen(const char *type)
{
    gboolean known = type == NULL || g_str_equal(type, "ethernet");

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        known |= g_strcmp0(type, sources[i].type) == 0;
    return known;
}

/* A type that the source does not go with is kept as unknown XML, unless it is an error. */
static void
claim_type(DomXml *xml, xmlNodePtr node, const char *type)
{
    gboolean known = g_strcmp0(type, interface_type(node)) == 0;

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++)
        known |= g_strcmp0(type, sources[i].type) == 0;
    if (known)
        dom_xml_claim(xml, node, "@type");
}

/* What takes the place of interfaces that are QEMU's, not Xen's. */
static void
report_type(DomXml *xml, xmlNodePtr node, const char *type, const DomNic *nic)
{
    if (is_type_of_xen(type) || !dom_words_has(node, "@type"))
        return;
    if (nic->bridge != NULL || nic->script != NULL)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "interface/@type",
                       _("Xen has no interface of type '%s': the guest gets one that its bridge or "
                         "script connects"),
                       type);
    else
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "interface/@type",
                       _("Xen has no interface of type '%s': the guest gets one on the default "
                         "bridge of the host, unless <source bridge='...'/> names another"),
                       type);
}

static void
parse_model(DomXml *xml, xmlNodePtr node, DomNic *nic)
{
    g_autofree char *model = dom_xml_take(xml, node, "model/@type");

    if (g_strcmp0(model, "netfront") == 0)
        nic->type = DOM_NIC_TYPE_VIF;
    else
        nic->model = g_steal_pointer(&model);
}

static gboolean
is_prefix(const char *text, const char *address)
{
    guint64 value;

    return dom_xml_parse_uint(text, &value) && value <= (strchr(address, ':') != NULL ? 128 : 32);
}

/* The script gets what is told here as words of a list. */
static gboolean
check_address(DomXml *xml, xmlNodePtr ip, const char *address, const char *prefix)
{
    const char *wrong = !dom_xml_is_address(address)                    ? address
                        : prefix != NULL && !is_prefix(prefix, address) ? prefix
                                                                        : NULL;

    if (wrong != NULL)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, ip, wrong == address ? "ip/@address" : "ip/@prefix",
                       _("'%s' is none: expected an address like 192.0.2.1, and a prefix up to 32, "
                         "or up to 128 for IPv6"),
                       wrong);
    return wrong == NULL;
}

static void
parse_addresses(DomXml *xml, xmlNodePtr node, DomNic *nic)
{
    GString *list = g_string_new(NULL);

    for (xmlNodePtr ip = dom_xml_child(node, "ip"); ip != NULL; ip = dom_xml_next(ip, "ip")) {
        g_autofree char *address = dom_xml_take(xml, ip, "@address");
        g_autofree char *prefix = dom_xml_take(xml, ip, "@prefix");

        if (address == NULL || !check_address(xml, ip, address, prefix))
            continue;
        dom_xml_claim_node(xml, ip);
        dom_xml_claim(xml, ip, "@family");
        g_string_append_printf(list, "%s%s%s%s", list->len > 0 ? " " : "", address,
                               prefix != NULL ? "/" : "", prefix != NULL ? prefix : "");
    }
    nic->ip = list->len > 0 ? g_strdup(list->str) : NULL;
    g_string_free(list, TRUE);
}

/* As far as a credit of 32 bits goes. */
#define MOST_AVERAGE 83886079

#define RENEWALS     (G_USEC_PER_SEC / DOM_NIC_RATE_INTERVAL)

/* xl.cfg counts to 32 bits, and so spells higher rates in Kb/s alone. */
#define COARSE_STEP 125

/* libvirt's average is in KiB per second; xl's credit is in bytes for each interval. */
static guint64
rate_of_average(guint64 average)
{
    guint64 bytes = average * 1024;

    if (bytes > G_MAXUINT32)
        bytes += (COARSE_STEP - bytes % COARSE_STEP) % COARSE_STEP;
    return bytes / RENEWALS;
}

static void
set_rate(DomNic *nic, guint64 average)
{
    nic->rate = (DomUint){ .value = rate_of_average(average), .set = TRUE };
    nic->rate_interval = (DomUint){ .value = DOM_NIC_RATE_INTERVAL, .set = TRUE };
}

void
dom_nic_set_average(DomNic *nic, guint64 average)
{
    set_rate(nic, average);
    if (average == 0)
        nic->rate = nic->rate_interval = (DomUint){ 0 };
}

/* The network that libvirt is installed with, and its bridge. */
#define STOCK_NETWORK "default"
#define STOCK_BRIDGE  "virbr0"

const char *
dom_nic_bridge(const DomNic *nic)
{
    if (nic->bridge == NULL && g_strcmp0(nic->network, STOCK_NETWORK) == 0)
        return STOCK_BRIDGE;
    return nic->bridge;
}

void
dom_nic_settle(DomNic *nic)
{
    if (g_strcmp0(nic->network, STOCK_NETWORK) == 0 && g_strcmp0(nic->bridge, STOCK_BRIDGE) == 0)
        g_clear_pointer(&nic->bridge, g_free);
}

guint64
dom_nic_average(const DomNic *nic)
{
    guint64 interval = MAX(1, nic->rate_interval.value);
    guint64 per_second = nic->rate.value * (G_USEC_PER_SEC / MIN(interval, G_USEC_PER_SEC));

    return nic->rate.set ? per_second / 1024 + (per_second % 1024 != 0) : 0;
}

static void
parse_rate(DomXml *xml, xmlNodePtr node, DomNic *nic)
{
    g_autofree char *text = dom_xml_take(xml, node, "bandwidth/outbound/@average");
    guint64 average;

    if (text == NULL)
        return;
    if (!dom_xml_parse_uint(text, &average) || average > MOST_AVERAGE) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "interface/bandwidth/outbound/@average",
                       _("'%s' is no rate: expected a number of KiB per second up to %d"), text,
                       MOST_AVERAGE);
        return;
    }
    set_rate(nic, average);
}

/* A credit that no average yields, or another interval, is told as residual. */
static void
format_rate(xmlNodePtr node, const DomNic *nic)
{
    guint64 average = (nic->rate.value * RENEWALS + RENEWALS - 1) / 1024;

    if (nic->rate.set && nic->rate_interval.value == DOM_NIC_RATE_INTERVAL && average > 0 &&
        nic->rate.value < G_MAXUINT32 && rate_of_average(average) == nic->rate.value)
        dom_xml_set_uint(node, "bandwidth/outbound/@average", average);
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomNic *nic = record;
    g_autofree char *type = dom_xml_peek(node, "@type");

    parse_rate(xml, node, nic);
    if (nic->network != NULL)
        dom_xml_note(xml, node, "source/@network", &nic->rest, "source/@network");
    if (nic->rate.set)
        dom_xml_note(xml, node, "bandwidth", &nic->rest, "bandwidth");
    parse_model(xml, node, nic);
    parse_addresses(xml, node, nic);
    dom_nic_parse_vlan(xml, node, nic);
    if (nic->mac != NULL) {
        g_autofree char *mac = g_steal_pointer(&nic->mac);

        nic->mac = g_ascii_strdown(mac, -1);
    }
    claim_type(xml, node, type);
    report_type(xml, node, type, nic);
}

static gboolean
format_address(xmlNodePtr node, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "/", 2);
    xmlNodePtr ip;

    if (parts[0] == NULL || !dom_xml_is_address(parts[0]) ||
        (parts[1] != NULL && !is_prefix(parts[1], parts[0])))
        return FALSE;
    ip = dom_xml_append(node, "ip");
    dom_xml_set(ip, "@address", parts[0]);
    dom_xml_set(ip, "@family", strchr(parts[0], ':') != NULL ? "ipv6" : "ipv4");
    dom_xml_set(ip, "@prefix", parts[1]);
    return TRUE;
}

/* The script may take other words than addresses; then the list is told as residual. */
static void
format_addresses(xmlNodePtr node, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (char **word = words; *word != NULL; word++) {
        if (!format_address(node, *word))
            return;
    }
}

char *
dom_nic_live_name(const DomDef *def, int id, guint index)
{
    const DomNic *nic = def->nics->pdata[index];

    if (nic->ifname != NULL)
        return g_strdup(nic->ifname);
    return g_strdup_printf("vif%d.%d", id, nic->devid.set ? (int)nic->devid.value : (int)index);
}

static void
format_live_name(DomXml *xml, xmlNodePtr node, const DomNic *nic, const DomDef *def)
{
    g_autofree char *name = NULL;
    guint index;

    if (!dom_def_is_live(xml, def) || !g_ptr_array_find(def->nics, nic, &index))
        return;
    name = dom_nic_live_name(def, def->live.id, index);
    dom_xml_set(node, "target/@dev", name);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomNic *nic = record;

    format_live_name(xml, node, nic, def);

    dom_xml_set(node, "@type", interface_type(node));
    if (nic->model != NULL && dom_xml_is_word(nic->model, "-_"))
        dom_xml_set(node, "model/@type", nic->model);
    else if (nic->model == NULL && nic->type == DOM_NIC_TYPE_VIF)
        dom_xml_set(node, "model/@type", "netfront");
    if (nic->ip != NULL)
        format_addresses(node, nic->ip);
    format_rate(node, nic);
    dom_nic_format_vlan(node, nic);
}

static void
check(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomNic *nic = record;
    g_autofree char *type = dom_xml_peek(node, "@type");

    for (guint i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_autofree char *source = dom_xml_peek(node, sources[i].place);

        if (g_strcmp0(type, sources[i].type) == 0 && (source == NULL || *source == '\0'))
            dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "interface/source", "%s",
                           _(sources[i].text));
    }
    /* lower case, as parse() makes it */
    if (nic->mac != NULL && dom_xml_is_mac(nic->mac) && strchr("13579bdf", nic->mac[1]) != NULL &&
        dom_xml_find(node, "mac/@address") != NULL)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "interface/mac/@address",
                       _("'%s' is the address of a group: the second digit of a card's own is "
                         "even"),
                       nic->mac);
    if (nic->mac != NULL && !dom_xml_is_mac(nic->mac))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "interface/mac/@address",
                       _("'%s' is no MAC address: expected six pairs of hexadecimal digits, as in "
                         "00:16:3e:01:02:03"),
                       nic->mac);
}

/* A card of the host's is a PCI device to Xen, and none on a bridge. */
static gboolean
claims(const DomDef *def, DomXmlNode *node)
{
    return !dom_xml_is(node, "@type", "hostdev");
}

static void
refused(DomXml *xml, DomXmlNode *node)
{
    dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "interface/@type",
                   _("the guest does not get this card: Xen knows it as a PCI device, so write its "
                     "address into <hostdev mode='subsystem' type='pci'>, which is pci= of "
                     "xl.cfg"));
}

const DomRecord dom_nic_record = DOM_RECORD(DomNic, "nic", fields, .parse = parse, .format = format,
                                            .check = check, .claims = claims, .refused = refused);

static const DomField pvcalls_fields[] = {
    DOM_STRING_FIELD(DomPvcalls, backend, NULL, .doc = N_("Domain that makes the calls")),
};

const DomRecord dom_pvcalls_record = DOM_RECORD(DomPvcalls, "nic", pvcalls_fields, );
