/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/ranges.h"

static const BindRow rows[] = {
    BIND_UINT(hostdev.rdm_mem_boundary, b_info.u.hvm.rdm_mem_boundary_memkb, .guests = BIND_HVM),
};

static const int rdm_values[] = {
    [DOM_RDM_STRICT] = LIBXL_RDM_RESERVE_POLICY_STRICT,
    [DOM_RDM_RELAXED] = LIBXL_RDM_RESERVE_POLICY_RELAXED,
};
static const BindValues rdm_policy = BIND_VALUES(rdm_values, DOM_RDM_LAST);

#define FLAG(path) BIND_DEVICE_FLAG(DomPci, path, libxl_device_pci, path)

static const BindRow pci_rows[] = {
    FLAG(permissive),
    FLAG(msitranslate),
    FLAG(power_mgmt),
    FLAG(seize),
    BIND_DEVICE_ENUM(DomPci, rdm_policy, DomRdmPolicy, libxl_device_pci, rdm_policy, &rdm_policy),
    BIND_DEVICE_STRING(DomPci, name, libxl_device_pci, name),
};

#define ALL_FUNCTIONS ((uint32_t)~0)

static gboolean
apply_bdf(const DomPci *pci, libxl_device_pci *device, GError **error)
{
    guint domain, bus, slot, function;
    int end = 0;

    if (pci->bdf == NULL || pci->name != NULL)
        return TRUE;
    if (sscanf(pci->bdf, "%4x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) != 4 ||
        pci->bdf[end] != '\0' || slot > 0x1f || function > 7) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("PCI address %s: expected DDDD:BB:SS.F in hexadecimal digits"), pci->bdf);
        return FALSE;
    }
    device->domain = (int)domain;
    device->bus = (uint8_t)bus;
    device->dev = (uint8_t)slot;
    if (pci->all_functions == DOM_TRISTATE_ON) {
        device->vfunc_mask = ALL_FUNCTIONS;
    } else {
        device->vfunc_mask = 1;
        device->func = (uint8_t)function;
    }
    return TRUE;
}

static void
apply_default(bool *flag, DomTristate own, DomTristate common)
{
    if (own == DOM_TRISTATE_ABSENT && common != DOM_TRISTATE_ABSENT)
        *flag = common == DOM_TRISTATE_ON;
}

/* Settings of all devices count where a device has none of its own. */
static gboolean
apply_pci(const BindContext *context, gconstpointer record, gpointer target, GError **error)
{
    const DomPci *pci = record;
    const DomHostdev *common = &context->def->hostdev;
    libxl_device_pci *device = target;

    apply_default(&device->permissive, pci->permissive, common->pci_permissive);
    apply_default(&device->msitranslate, pci->msitranslate, common->pci_msitranslate);
    apply_default(&device->power_mgmt, pci->power_mgmt, common->pci_power_mgmt);
    apply_default(&device->seize, pci->seize, common->pci_seize);
    /* a policy for the whole guest is HVM's alone; elsewhere xl reads zero bytes, which are strict
     */
    if (pci->rdm_policy == DOM_RDM_ABSENT && context->type != DOM_TYPE_HVM)
        device->rdm_policy = LIBXL_RDM_RESERVE_POLICY_STRICT;
    if (pci->vslot.set)
        device->vdevfn = (uint32_t)(pci->vslot.value << 3);
    return apply_bdf(pci, device, error);
}

static void
read_pci(gconstpointer device, gpointer record)
{
    const libxl_device_pci *from = device;
    DomPci *pci = record;

    if (from->name == NULL)
        pci->bdf = g_strdup_printf("%04x:%02x:%02x.%x", (guint)from->domain, from->bus, from->dev,
                                   from->func);
    if (from->vfunc_mask == ALL_FUNCTIONS)
        pci->all_functions = DOM_TRISTATE_ON;
    if (from->vdevfn != 0)
        pci->vslot = (DomUint){ .value = from->vdevfn >> 3, .set = TRUE };
}

BIND_DEVICE_TYPE(libxl_device_pci);

static const BindList pcis = {
    BIND_LIST_OF(pcis, pcidevs, libxl_device_pci),
    .record = &dom_pci_record,
    .rows = pci_rows,
    .n_rows = G_N_ELEMENTS(pci_rows),
    .apply = apply_pci,
    .read = read_pci,
};

#ifdef BIND_HAVE_VIRTIO
static const int transport_values[] = {
    [DOM_VIRTIO_TRANSPORT_UNKNOWN] = LIBXL_VIRTIO_TRANSPORT_UNKNOWN,
    [DOM_VIRTIO_TRANSPORT_MMIO] = LIBXL_VIRTIO_TRANSPORT_MMIO,
};
static const BindValues transports = BIND_VALUES(transport_values, DOM_VIRTIO_TRANSPORT_LAST);

static const BindRow virtio_rows[] = {
    BIND_DEVICE_STRING(DomVirtio, backend, libxl_device_virtio, backend_domname),
    BIND_DEVICE_STRING(DomVirtio, type, libxl_device_virtio, type),
    BIND_DEVICE_ENUM(DomVirtio, transport, DomVirtioTransport, libxl_device_virtio, transport,
                     &transports),
    BIND_DEVICE_DEFBOOL(DomVirtio, grant_usage, libxl_device_virtio, grant_usage),
};

BIND_DEVICE_TYPE(libxl_device_virtio);

static const BindList virtios = {
    BIND_LIST_OF(virtios, virtios, libxl_device_virtio),
    BIND_DEVID(libxl_device_virtio),
    .record = &dom_virtio_record,
    .rows = virtio_rows,
    .n_rows = G_N_ELEMENTS(virtio_rows),
};
#endif

static const BindList *const lists[] = {
    &pcis,
#ifdef BIND_HAVE_VIRTIO
    &virtios,
#endif
    NULL,
};

static gboolean
fail_item(const char *key, const char *item, const char *expected, GError **error)
{
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("%s: '%s' is wrong: expected %s"), key, item,
                expected);
    return FALSE;
}

/* A range the wrong way round has nearly 4 billion ports, which Xen refuses. */
static gboolean
apply_ioport(const char *item, libxl_domain_build_info *b_info, GError **error)
{
    guint32 first, last;
    libxl_ioport_range *range;

    if (!dom_range_ioports(item, &first, &last))
        return fail_item("ioports", item, _("a hexadecimal number or range"), error);
    range = bind_array_add((gpointer *)&b_info->ioports, &b_info->num_ioports, sizeof(*range));
    range->first = first;
    range->number = last - first + 1;
    return TRUE;
}

static gboolean
apply_irq(const char *item, libxl_domain_build_info *b_info, GError **error)
{
    guint32 number;
    uint32_t *irq;

    if (!dom_range_irq(item, &number))
        return fail_item("irqs", item, _("a decimal number"), error);
    irq = bind_array_add((gpointer *)&b_info->irqs, &b_info->num_irqs, sizeof(*irq));
    *irq = number;
    return TRUE;
}

static gboolean
apply_iomem(const char *item, libxl_domain_build_info *b_info, GError **error)
{
    libxl_iomem_range parsed, *range;

    libxl_iomem_range_init(&parsed);
    if (!dom_range_iomem(item, &parsed.start, &parsed.number, &parsed.gfn))
        return fail_item("iomem", item, _("START,COUNT or START,COUNT@GFN in hexadecimal numbers"),
                         error);
    range = bind_array_add((gpointer *)&b_info->iomem, &b_info->num_iomem, sizeof(*range));
    *range = parsed;
    return TRUE;
}

static gboolean
apply_items(char *const *items, libxl_domain_build_info *b_info,
            gboolean (*apply_item)(const char *item, libxl_domain_build_info *b_info,
                                   GError **error),
            GError **error)
{
    for (; items != NULL && *items != NULL; items++) {
        if (!apply_item(*items, b_info, error))
            return FALSE;
    }
    return TRUE;
}

static void
apply_dtdevs(char *const *paths, libxl_domain_config *config)
{
    for (; paths != NULL && *paths != NULL; paths++) {
        libxl_device_dtdev *device =
            bind_array_add((gpointer *)&config->dtdevs, &config->num_dtdevs, sizeof(*device));

        libxl_device_dtdev_init(device);
        device->path = bind_strdup(*paths);
    }
}

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const DomHostdev *hostdev = &context->def->hostdev;
    libxl_domain_build_info *b_info = &config->b_info;

    /* a guest that starts under xl must start the same way here */
    if (context->type == DOM_TYPE_HVM && hostdev->rdm != NULL && dom_rdm_read(hostdev->rdm, NULL))
        b_info->u.hvm.rdm.strategy = LIBXL_RDM_RESERVE_STRATEGY_HOST;
    /* a PV guest with devices needs the host's memory map */
    if (context->type == DOM_TYPE_PV && config->num_pcidevs > 0)
        libxl_defbool_set(&b_info->u.pv.e820_host, true);
    apply_dtdevs(hostdev->dtdev, config);
    return apply_items(hostdev->ioports, b_info, apply_ioport, error) &&
           apply_items(hostdev->irqs, b_info, apply_irq, error) &&
           apply_items(hostdev->iomem, b_info, apply_iomem, error);
}

/* @n strings of @format for each index (transfer full); NULL for none. */
static char **
read_items(const libxl_domain_config *config, int n,
           char *(*format)(const libxl_domain_config *config, int index))
{
    char **items = n > 0 ? g_new0(char *, (gsize)n + 1) : NULL;

    for (int i = 0; i < n; i++)
        items[i] = format(config, i);
    return items;
}

static char *
format_ioport(const libxl_domain_config *config, int index)
{
    const libxl_ioport_range *range = &config->b_info.ioports[index];

    if (range->number == 1)
        return g_strdup_printf("%x", range->first);
    return g_strdup_printf("%x-%x", range->first, range->first + range->number - 1);
}

static char *
format_irq(const libxl_domain_config *config, int index)
{
    return g_strdup_printf("%u", config->b_info.irqs[index]);
}

static char *
format_iomem(const libxl_domain_config *config, int index)
{
    const libxl_iomem_range *range = &config->b_info.iomem[index];
    libxl_iomem_range blank;
    GString *text = g_string_new(NULL);

    libxl_iomem_range_init(&blank);
    g_string_printf(text, "%" G_GINT64_MODIFIER "x,%" G_GINT64_MODIFIER "x", range->start,
                    range->number);
    if (range->gfn != blank.gfn)
        g_string_append_printf(text, "@%" G_GINT64_MODIFIER "x", range->gfn);
    return g_string_free(text, FALSE);
}

static char *
format_dtdev(const libxl_domain_config *config, int index)
{
    return g_strdup(config->dtdevs[index].path);
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    const libxl_domain_build_info *b_info = &config->b_info;
    DomHostdev *hostdev = &def->hostdev;

    if (config->c_info.type == LIBXL_DOMAIN_TYPE_HVM &&
        b_info->u.hvm.rdm.strategy == LIBXL_RDM_RESERVE_STRATEGY_HOST)
        hostdev->rdm = g_strdup("strategy=host");
    hostdev->ioports = read_items(config, b_info->num_ioports, format_ioport);
    hostdev->irqs = read_items(config, b_info->num_irqs, format_irq);
    hostdev->iomem = read_items(config, b_info->num_iomem, format_iomem);
    hostdev->dtdev = read_items(config, config->num_dtdevs, format_dtdev);
}

const BindTopic bind_topic_hostdev = {
    .name = "hostdev",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .lists = lists,
    .apply = apply,
    .read = read_config,
};
