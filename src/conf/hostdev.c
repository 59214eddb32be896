/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/hostdev.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "conf/def.h"
#include "conf/xml.h"

static const char *const rdm_texts[] = { NULL, "strict", "relaxed" };
const DomEnum dom_rdm_policy_names = DOM_ENUM(rdm_texts, DOM_RDM_LAST);

/* The value of the option at @text when it is @name; or NULL. */
static const char *
value_of(const char *text, const char *name)
{
    gsize length = strlen(name);

    return g_str_has_prefix(text, name) && text[length] == '=' ? text + length + 1 : NULL;
}

static gboolean
is_word(const char *text, gsize length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* Whether xl goes on behind the option at @text, which ends at @end. */
static gboolean
rdm_option(const char *text, const char *end, gboolean *ret_strategy, const char **ret_unknown)
{
    const char *strategy = value_of(text, "strategy");
    const char *policy = value_of(text, "policy");

    *ret_strategy |= strategy != NULL;
    if (strategy != NULL)
        return is_word(strategy, (gsize)(end - strategy), "host");
    if (policy == NULL && text != end)
        *ret_unknown = text;
    return policy != NULL && !is_word(policy, (gsize)(end - policy), rdm_texts[DOM_RDM_STRICT]) &&
           !is_word(policy, (gsize)(end - policy), rdm_texts[DOM_RDM_RELAXED]);
}

gboolean
dom_rdm_read(const char *text, const char **ret_unknown)
{
    gboolean strategy = FALSE;
    const char *unknown = NULL;
    const char *end;

    do {
        end = text + strcspn(text, ",");
        if (!rdm_option(text, end, &strategy, &unknown))
            break;
        text = end + 1;
    } while (*end != '\0');
    if (ret_unknown != NULL)
        *ret_unknown = unknown;
    return strategy && *end == '\0' && text == end + 1;
}

#define ONOFF(type, member, text) DOM_TRISTATE_FIELD(type, member, NULL, .doc = (text))
#define LIST(member, text)        DOM_STRV_FIELD(DomHostdev, member, NULL, .doc = (text))

static const DomField fields[] = {
    ONOFF(DomHostdev, pci_permissive, N_("Let the guest write all of a device's configuration")),
    ONOFF(DomHostdev, pci_msitranslate, N_("Translate MSI to INTx")),
    ONOFF(DomHostdev, pci_power_mgmt, N_("Let the guest manage a device's power")),
    ONOFF(DomHostdev, pci_seize, N_("Take devices from dom0's drivers")),
    DOM_STRING_FIELD(DomHostdev, rdm, NULL, .doc = N_("Reserved device memory")),
    DOM_UINT_FIELD(DomHostdev, rdm_mem_boundary, NULL,
                   .doc = N_("Where reserved device memory may collide")),
    LIST(ioports, N_("I/O ports of the host")),
    LIST(irqs, N_("Interrupts of the host")),
    LIST(iomem, N_("Device memory of the host")),
    LIST(dtdev, N_("Device tree nodes of the host")),
};

const DomRecord dom_hostdev_record = DOM_RECORD(DomHostdev, "hostdev", fields, );

static const DomField pci_fields[] = {
    DOM_STRING_FIELD(DomPci, bdf, NULL, .doc = N_("Address of the device in the host")),
    ONOFF(DomPci, all_functions, N_("All functions of the device")),
    DOM_UINT_FIELD(DomPci, vslot, NULL, .doc = N_("Slot of the device in the guest")),
    ONOFF(DomPci, permissive, N_("Let the guest write all of the configuration")),
    ONOFF(DomPci, msitranslate, N_("Translate MSI to INTx")),
    ONOFF(DomPci, power_mgmt, N_("Let the guest manage the device's power")),
    DOM_TRISTATE_FIELD(DomPci, seize, "@managed", .xml = &dom_xml_yesno,
                       .doc = N_("Take the device from dom0's driver")),
    DOM_ENUM_FIELD(DomPci, rdm_policy, DomRdmPolicy, &dom_rdm_policy_names, NULL,
                   .doc = N_("How reserved memory of the device is treated")),
    DOM_STRING_FIELD(DomPci, name, NULL, .doc = N_("Name of the assignable device")),
};

static gboolean
pci_claims(const DomDef *def, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    return g_strcmp0(type, "pci") == 0;
}

/* A device that goes by name has no address that XML could show. */
static gboolean
pci_shown(const DomDef *def, gconstpointer record)
{
    return ((const DomPci *)record)->bdf != NULL;
}

/* A part of a PCI address; libvirt reads the number in any base, decimal without a prefix. FALSE
 * when it is not there. */
static gboolean
take_part(DomXml *xml, xmlNodePtr node, const char *path, guint most, guint *ret_number)
{
    g_autofree char *text = dom_xml_take(xml, node, path);
    guint64 number;

    if (text == NULL)
        return FALSE;
    if (!dom_xml_parse_number(text, &number) || number > most) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, path,
                       _("'%s' is no such part of a PCI address: expected a number up to 0x%x; a "
                         "hexadecimal one begins with 0x"),
                       text, most);
        return TRUE;
    }
    *ret_number = (guint)number;
    return TRUE;
}

static void
parse_source(DomXml *xml, xmlNodePtr node, DomPci *pci)
{
    guint domain = 0, bus = 0, slot = 0, function = 0;
    g_autofree char *filtering = dom_xml_take(xml, node, "source/@writeFiltering");

    take_part(xml, node, "source/address/@domain", 0xffff, &domain);
    dom_xml_claim(xml, node, "source/address/@type");
    if (!take_part(xml, node, "source/address/@bus", 0xff, &bus) |
        !take_part(xml, node, "source/address/@slot", 0x1f, &slot) |
        !take_part(xml, node, "source/address/@function", 7, &function)) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "hostdev/source/address",
                       _("the PCI device has no address: expected bus, slot and function"));
        return;
    }
    pci->bdf = g_strdup_printf("%04x:%02x:%02x.%x", domain, bus, slot, function);
    if (filtering != NULL)
        pci->permissive = g_str_equal(filtering, "no") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

/* Whether the model can write the guest's address again: another bus stays unknown XML, and so does
 * what stands beside a slot that is not there. */
static gboolean
is_guest_address(xmlNodePtr address)
{
    static const char *const places[] = { "@type", "@domain", "@bus", "@function", NULL };
    g_autofree char *bus = dom_xml_peek(address, "@bus");

    if (bus != NULL && g_ascii_strtoull(bus, NULL, 0) != 0)
        return FALSE;
    return dom_xml_find(address, "@slot") != NULL || dom_xml_holds_only(address, places);
}

/* Only the slot can be chosen. */
static void
parse_guest_address(DomXml *xml, xmlNodePtr node, DomPci *pci)
{
    xmlNodePtr address = dom_xml_find(node, "address[@type='pci']");
    guint slot = 0;

    if (address == NULL || !is_guest_address(address))
        return;
    dom_xml_claim(xml, node, "address[@type='pci']");
    dom_xml_claim(xml, address, "@domain");
    dom_xml_claim(xml, address, "@bus");
    dom_xml_claim(xml, address, "@function");
    if (take_part(xml, address, "@slot", 0x1f, &slot))
        pci->vslot = (DomUint){ .value = slot, .set = TRUE };
}

/* There is no other driver than Xen's. */
static void
keep_driver(DomXml *xml, xmlNodePtr node, DomPci *pci)
{
    static const char *const places[] = { "@name", NULL };
    xmlNodePtr driver = dom_xml_child(node, "driver");
    g_autofree char *name = driver != NULL ? dom_xml_peek(driver, "@name") : NULL;

    if (g_strcmp0(name, "xen") != 0 || !dom_xml_holds_only(driver, places))
        return;
    dom_xml_claim(xml, node, "driver/@name");
    dom_xml_keep(xml, node, "driver/@name", &pci->rest, "driver", "name", name);
}

static void
pci_parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomPci *pci = record;

    dom_xml_claim(xml, node, "@mode");
    dom_xml_claim(xml, node, "@type");
    parse_source(xml, node, pci);
    parse_guest_address(xml, node, pci);
    keep_driver(xml, node, pci);
}

static void
set_hex(xmlNodePtr node, const char *path, int digits, guint number)
{
    g_autofree char *text = g_strdup_printf("0x%0*x", digits, number);

    dom_xml_set(node, path, text);
}

static void
pci_format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomPci *pci = record;
    guint domain, bus, slot, function;

    dom_xml_set(node, "@mode", "subsystem");
    dom_xml_set(node, "@type", "pci");
    if (sscanf(pci->bdf, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
        return;
    if (pci->permissive != DOM_TRISTATE_ABSENT)
        dom_xml_set(node, "source/@writeFiltering",
                    pci->permissive == DOM_TRISTATE_ON ? "no" : "yes");
    set_hex(node, "source/address/@domain", 4, domain);
    set_hex(node, "source/address/@bus", 2, bus);
    set_hex(node, "source/address/@slot", 2, slot);
    set_hex(node, "source/address/@function", 1, function);
    if (pci->vslot.set) {
        set_hex(node, "address[@type='pci']/@domain", 4, 0);
        set_hex(node, "address[@type='pci']/@bus", 2, 0);
        set_hex(node, "address[@type='pci']/@slot", 2, (guint)pci->vslot.value);
        set_hex(node, "address[@type='pci']/@function", 1, 0);
    }
}

const DomRecord dom_pci_record =
    DOM_RECORD(DomPci, "hostdev", pci_fields, .parse = pci_parse, .format = pci_format,
               .claims = pci_claims, .shown = pci_shown);

static const char *const transport_texts[] = { NULL, "unknown", "mmio" };
const DomEnum dom_virtio_transport_names = DOM_ENUM(transport_texts, DOM_VIRTIO_TRANSPORT_LAST);

static const DomField virtio_fields[] = {
    DOM_STRING_FIELD(DomVirtio, backend, NULL, .doc = N_("Domain that serves the device")),
    DOM_STRING_FIELD(DomVirtio, type, NULL, .doc = N_("Kind of device")),
    DOM_ENUM_FIELD(DomVirtio, transport, DomVirtioTransport, &dom_virtio_transport_names, NULL,
                   .doc = N_("How the guest reaches the device")),
    ONOFF(DomVirtio, grant_usage, N_("The backend maps grants only")),
};

const DomRecord dom_virtio_record = DOM_RECORD(DomVirtio, "hostdev", virtio_fields, );
