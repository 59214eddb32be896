/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "xlconv/devices.h"
#include "xlconv/values.h"

/* [DDDD:]BB:SS.F in hexadecimal; F may be '*'. Like xl this takes blanks in front of a number, but
 * not of the whole. *@ret_rest is what follows. */
static gboolean
parse_bdf(const char *text, DomPci *pci, const char **ret_rest)
{
    guint domain = 0, bus, slot, function = 0;
    int used = 0;

    if (text[strspn(text, "0123456789abcdefABCDEF")] != ':')
        return FALSE;
    if ((sscanf(text, "%x:%x:%x.%n", &domain, &bus, &slot, &used) != 3 || used == 0) &&
        (domain = 0, sscanf(text, "%x:%x.%n", &bus, &slot, &used) != 2 || used == 0))
        return FALSE;
    text += used;
    used = 1;
    pci->all_functions = *text == '*' ? DOM_TRISTATE_ON : DOM_TRISTATE_ABSENT;
    if (*text != '*' && sscanf(text, "%x%n", &function, &used) != 1)
        return FALSE;
    if (domain > 0xffff || bus > 0xff || slot > 0x1f || function > 7)
        return FALSE;
    *ret_rest = text + used;
    g_free(pci->bdf);
    pci->bdf = g_strdup_printf("%04x:%02x:%02x.%x", domain, bus, slot, function);
    return TRUE;
}

static gboolean
parse_vslot(const char *text, DomPci *pci, const char **ret_rest)
{
    guint slot;
    int used;

    if (sscanf(text, "%x%n", &slot, &used) != 1 || slot > 0x1f)
        return FALSE;
    *ret_rest = text + used;
    pci->vslot = (DomUint){ .value = slot, .set = TRUE };
    return TRUE;
}

/* "BDF" or "BDF@SLOT" and nothing else. */
static gboolean
parse_place(const char *text, DomPci *pci)
{
    const char *rest;

    if (!parse_bdf(text, pci, &rest))
        return FALSE;
    return *rest == '\0' || (*rest == '@' && parse_vslot(rest + 1, pci, &rest) && *rest == '\0');
}

/* xl looks at nothing behind a number; here it may be blanks. */
static gboolean
is_blank(const char *rest)
{
    return rest[strspn(rest, " \t")] == '\0';
}

/* The address stands first without a key, a guest slot behind '@'; both have keys as well. */
static gboolean
pci_take(const XlcSpecToken *token, gpointer record, char **ret_problem)
{
    DomPci *pci = record;
    const char *rest;

    if (token->value == NULL && token->column == 1) {
        if (!parse_place(token->key, pci))
            *ret_problem = g_strdup_printf(
                _("'%s' is no PCI device: expected [DDDD:]BB:SS.F or [DDDD:]BB:SS.F@SLOT"),
                token->key);
        return TRUE;
    }
    if (g_str_equal(token->key, "bdf") && token->value != NULL) {
        if (!parse_bdf(token->value, pci, &rest) || !is_blank(rest))
            *ret_problem =
                g_strdup_printf(_("'%s' is no PCI address: expected [DDDD:]BB:SS.F"), token->value);
        return TRUE;
    }
    if (g_str_equal(token->key, "vslot") && token->value != NULL) {
        if (!parse_vslot(token->value, pci, &rest) || !is_blank(rest))
            *ret_problem = g_strdup_printf(
                _("'%s' is no slot of the guest: expected a hexadecimal number up to 1f"),
                token->value);
        return TRUE;
    }
    return FALSE;
}

static void
pci_give(gconstpointer record, GString *item)
{
    const DomPci *pci = record;

    if (pci->bdf != NULL) {
        g_string_append(item, pci->bdf);
        if (pci->all_functions == DOM_TRISTATE_ON)
            item->str[item->len - 1] = '*';
    }
    if (pci->vslot.set)
        g_string_append_printf(item, "%svslot=%x", item->len > 0 ? "," : "",
                               (guint)pci->vslot.value);
}

static const XlcOption pci_rows[] = {
    { "permissive", .decimal = TRUE },
    { "msitranslate", .decimal = TRUE },
    { "power_mgmt", .decimal = TRUE },
    { "seize", .decimal = TRUE },
    { "rdm_policy" },
    { "name" },
};

static const char *const pci_others[] = { "bdf", "vslot", NULL };

static const XlcOptions pci_options = {
    .record = &dom_pci_record,
    .rows = pci_rows,
    .n_rows = G_N_ELEMENTS(pci_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
    .take = pci_take,
    .others = pci_others,
    .give = pci_give,
};

/* For xl a blank in front of an option is a part of its name. */
static const char *
blank_in_front(const char *item)
{
    const char *comma = strstr(item, ", ");

    if (*item == ' ')
        return item;
    return comma != NULL ? comma + 1 : NULL;
}

static void
refuse_blank(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *blank)
{
    XlcPosition at = xlc_doc_locate(reader->doc, value, (gsize)(blank - value->text));

    dom_report_add(reader->report, DOM_SEVERITY_ERROR, reader->line + at.line, at.column, key->key,
                   _("an item of pci takes no blank in front of an option: leave it out"));
}

/* xl wants an address or a name, not both. */
static gboolean
pci_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    const DomPci *pci = record;
    const char *blank = blank_in_front(value->text);

    if (blank != NULL) {
        refuse_blank(reader, key, value, blank);
        return FALSE;
    }
    if (!xlc_options_parse(&pci_options, reader, key, value, record))
        return FALSE;
    if ((pci->bdf != NULL) != (pci->name != NULL))
        return TRUE;
    xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
               _("expected the address or the name of a device, one of the two"));
    return FALSE;
}

/* What is no address would be read as options. */
static gboolean
is_plain_bdf(const char *bdf)
{
    DomPci pci = { 0 };
    const char *rest;
    gboolean plain = parse_bdf(bdf, &pci, &rest) && g_str_equal(bdf, pci.bdf);

    g_free(pci.bdf);
    return plain;
}

static char *
pci_format(gconstpointer record)
{
    const DomPci *pci = record;

    return pci->bdf == NULL || is_plain_bdf(pci->bdf) ? xlc_options_format(&pci_options, record)
                                                      : NULL;
}

static const char *const pci_names[] = { "bdf", "name", NULL };
static const char *const pci_carried[] = { "bdf", "name", NULL };

static const XlcDevices pci = {
    .list = DOM_TYPED_OFFSET(DomDef, pcis, GPtrArray *),
    .record = &dom_pci_record,
    .names = pci_names,
    .named_by_place = TRUE,
    .carried = pci_carried,
    .options = &pci_options,
    .parse = pci_parse,
    .format = pci_format,
};
XLC_DEVICES_CODEC(pci);

/* "type=virtio,device22" has a comma in its value. */
static gboolean
virtio_take(const XlcSpecToken *token, gpointer record, char **ret_problem)
{
    DomVirtio *virtio = record;
    g_autofree char *type = NULL;

    if (token->value != NULL || virtio->type == NULL || !g_str_equal(virtio->type, "virtio"))
        return FALSE;
    type = g_steal_pointer(&virtio->type);
    virtio->type = g_strconcat(type, ",", token->key, NULL);
    return TRUE;
}

static gboolean
has_comma(const DomVirtio *virtio)
{
    return virtio->type != NULL && g_str_has_prefix(virtio->type, "virtio,");
}

static const XlcOption virtio_rows[] = {
    { "backend" },
    { "type" },
    { "transport" },
    { "grant_usage" },
};

static const XlcOptions virtio_options = {
    .record = &dom_virtio_record,
    .rows = virtio_rows,
    .n_rows = G_N_ELEMENTS(virtio_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_FATAL,
    .take = virtio_take,
};

static gboolean
virtio_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    return xlc_options_parse(&virtio_options, reader, key, value, record);
}

/* Only this one type may hold a comma, so it is put behind the others by hand. */
static char *
virtio_format(gconstpointer record)
{
    DomVirtio plain = *(const DomVirtio *)record;
    g_autofree char *others = NULL;

    if (!has_comma(&plain))
        return xlc_options_format(&virtio_options, record);
    plain.type = NULL;
    others = xlc_options_format(&virtio_options, &plain);
    if (others == NULL)
        return NULL;
    return g_strconcat(others, *others != '\0' ? "," : "",
                       "type=", ((const DomVirtio *)record)->type, NULL);
}

static const char *const no_names[] = { NULL };

static const XlcDevices virtio = {
    .list = DOM_TYPED_OFFSET(DomDef, virtios, GPtrArray *),
    .record = &dom_virtio_record,
    .names = no_names,
    .carried = no_names,
    .options = &virtio_options,
    .parse = virtio_parse,
    .format = virtio_format,
};
XLC_DEVICES_CODEC(virtio);

/* The text is kept as it is, and the binding reads it as xl does. */
static const XlcSpecRow rdm_rows[] = {
    { "strategy", DOM_KIND_ENUM, N_("Which reserved regions count"), { "host" } },
    { "policy", DOM_KIND_ENUM, N_("What becomes of a conflict"), { "strict", "relaxed" } },
};

static void
rdm_options(GPtrArray *list)
{
    xlc_spec_options_add(list, rdm_rows, G_N_ELEMENTS(rdm_rows));
}

static const XlcKey keys[] = {
    XLC_BOOL("pci_permissive", hostdev.pci_permissive, XLC_ANY,
             .doc = N_("Let the guest write all of a device's configuration")),
    XLC_BOOL("pci_msitranslate", hostdev.pci_msitranslate, XLC_ANY,
             .doc = N_("Translate MSI to INTx")),
    XLC_BOOL("pci_power_mgmt", hostdev.pci_power_mgmt, XLC_ANY,
             .doc = N_("Let the guest manage a device's power")),
    XLC_BOOL("pci_seize", hostdev.pci_seize, XLC_ANY,
             .doc = N_("Take devices from dom0's drivers")),
    XLC_STRING("rdm", hostdev.rdm, XLC_HVM, .options = rdm_options,
               .doc = N_("Reserved device memory")),
    XLC_MIB("rdm_mem_boundary", hostdev.rdm_mem_boundary, XLC_HVM,
            .doc = N_("Where reserved device memory may collide, in MiB")),
    XLC_SPECIAL("pci", &pci_codec, XLC_ANY,
                .doc = N_("PCI devices of the host; see xl-pci-configuration(5)")),
    XLC_STRV("dtdev", hostdev.dtdev, XLC_ARM, .doc = N_("Device tree nodes of the host")),
    XLC_STRV("ioports", hostdev.ioports, XLC_ANY, .expect = xlc_expect_ioports,
             .doc = N_("I/O ports of the host")),
    XLC_STRV("irqs", hostdev.irqs, XLC_ANY, .expect = xlc_expect_irq,
             .doc = N_("Interrupts of the host")),
    XLC_STRV("iomem", hostdev.iomem, XLC_ANY, .expect = xlc_expect_iomem,
             .doc = N_("Device memory of the host")),
    XLC_SPECIAL("virtio", &virtio_codec, XLC_ARM, .since = "4.18",
                .doc = N_("Virtio devices of other domains")),
};

XLC_TOPIC(hostdev, keys);
