/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virmacaddr.h"

#include "conf/alias.h"
#include "driver/capabilities.h"
#include "driver/device.h"
#include "driver/error.h"
#include "driver/model.h"
#include "driver/text.h"

static const char *const disk_names[] = { "vdev", NULL };
static const char *const nic_names[] = { "mac", NULL };
static const char *const pci_names[] = { "bdf", "name", NULL };

typedef struct {
    const DomRecord *record;
    const char *const *names; /* members that name one; the first that is set counts */
    const char *word;         /* for messages; translatable */
} Kind;

static const Kind kinds[] = {
    [DRV_DEVICE_DISK] = { &dom_disk_record, disk_names, N_("disk") },
    [DRV_DEVICE_NIC] = { &dom_nic_record, nic_names, N_("interface") },
    [DRV_DEVICE_PCI] = { &dom_pci_record, pci_names, N_("PCI device") },
};

static const unsigned char xen_prefix[VIR_MAC_PREFIX_BUFLEN] = { 0x00, 0x16, 0x3e };

static GPtrArray *
list_of(DrvDeviceKind kind, const DomDef *def)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];
        if (section->list && section->record == kinds[kind].record) {
            return dom_section_list(section, def);
        }
    }
    g_return_val_if_reached(NULL);
}

/* @xml in the smallest guest of @def's type. Lines are counted as in @xml. */
static char *
wrap(const DomDef *def, const char *xml)
{
    static const char *const types[] = {
        [DOM_TYPE_PV] = "<type>linux</type><kernel>/</kernel>",
        [DOM_TYPE_PVH] = "<type>xenpvh</type><kernel>/</kernel>",
        [DOM_TYPE_HVM] = "<type>hvm</type>",
    };
    return g_strdup_printf("<domain type='xen'><name>x</name><memory>65536</memory><os>%s</os>"
                           "<devices>%s</devices></domain>",
                           types[dom_general_type(def)], xml);
}

DomDef *
drv_device_guest(const DomDef *def, const char *xml, GError **error)
{
    g_autofree char *text = wrap(def, xml);
    return drv_model_parse_xml(text, error);
}

/* How many devices of a kind that can come and go. */
static guint
count_devices(DrvDevice *device)
{
    guint found = 0;
    DrvDeviceKind kind = DRV_DEVICE_DISK;
    for (int i = 0; i <= DRV_DEVICE_LAST; i++) {
        device->kind = (DrvDeviceKind)i;
        guint n = list_of(device->kind, device->def)->len;
        kind = n > 0 ? (DrvDeviceKind)i : kind;
        found += n;
    }
    device->kind = kind;
    return found;
}

static const DomField *
naming_field(DrvDeviceKind kind, gconstpointer record)
{
    for (const char *const *name = kinds[kind].names; *name; name++) {
        const DomField *field = dom_record_find(kinds[kind].record, *name);
        if (dom_field_is_set(field, record)) {
            return field;
        }
    }
    return NULL;
}

/* The place in @list of the device with @record's name; -1: there is none. */
static int
find(DrvDeviceKind kind, const GPtrArray *list, gconstpointer record)
{
    const DomField *field = naming_field(kind, record);
    for (guint i = 0; field && i < list->len; i++) {
        if (dom_field_equal(field, list->pdata[i], record)) {
            return (int)i;
        }
    }
    return -1;
}

static gpointer
copy_record(DrvDeviceKind kind, gconstpointer record)
{
    gpointer copy = dom_record_new(kinds[kind].record);
    dom_record_copy(kinds[kind].record, copy, record);
    return copy;
}

static void
free_record(DrvDeviceKind kind, gpointer record)
{
    dom_record_clear(kinds[kind].record, record);
    g_free(record);
}

static void
make_mac(DomNic *nic)
{
    char text[VIR_MAC_STRING_BUFLEN];
    virMacAddr mac;
    virMacAddrGenerate(xen_prefix, &mac);
    nic->mac = g_strdup(virMacAddrFormat(&mac, text));
}

static gboolean
check_name(const DrvDevice *device, GError **error)
{
    if (device->kind == DRV_DEVICE_NIC && !naming_field(device->kind, drv_device_record(device))) {
        make_mac(drv_device_record(device));
    }
    return naming_field(device->kind, drv_device_record(device)) ||
           drv_fail(error, VIR_ERR_XML_ERROR, _("the %s has nothing to name it by"),
                    _(kinds[device->kind].word));
}

/* The guest around the device is the one that it is for. */
static void
name_guest(DrvDevice *device, const DomDef *def)
{
    g_free(device->def->general.name);
    device->def->general.name = g_strdup(def->general.name);
    g_free(device->def->general.uuid);
    device->def->general.uuid = g_strdup(def->general.uuid);
}

gboolean
drv_device_parse(const DomDef *def, const char *xml, DrvDevice *ret_device, GError **error)
{
    g_auto(DrvDevice) device = { 0 };
    g_autofree char *text = wrap(def, xml);
    device.def = drv_model_parse_xml(text, error);
    if (!device.def) {
        return FALSE;
    }
    if (count_devices(&device) != 1) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("expected one <disk>, <interface> or PCI <hostdev>: no other device can "
                          "be attached or detached here; change the definition (virsh edit)"));
    }
    if (!check_name(&device, error)) {
        return FALSE;
    }
    name_guest(&device, def);
    *ret_device = device;
    device.def = NULL;
    return TRUE;
}

static gpointer
find_alias(DrvDeviceKind kind, const DomDef *def, const char *alias)
{
    GPtrArray *list = list_of(kind, def);
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *its = dom_alias_of(kinds[kind].record, list->pdata[i], i);
        if (g_strcmp0(its, alias) == 0) {
            return list->pdata[i];
        }
    }
    return NULL;
}

gboolean
drv_device_by_alias(const DomDef *def, const char *alias, DrvDevice *ret_device, GError **error)
{
    for (int i = 0; i <= DRV_DEVICE_LAST; i++) {
        DrvDevice device = { .kind = (DrvDeviceKind)i };
        gpointer record = find_alias(device.kind, def, alias);
        g_autofree char *text = record ? wrap(def, "") : NULL;
        device.def = text ? drv_model_parse_xml(text, error) : NULL;
        if (device.def) {
            g_ptr_array_add(list_of(device.kind, device.def), copy_record(device.kind, record));
            name_guest(&device, def);
            *ret_device = device;
            return TRUE;
        }
    }
    return drv_fail(error, VIR_ERR_DEVICE_MISSING,
                    _("domain '%s' has no device with the alias '%s' that can go while it runs"),
                    def->general.name, alias);
}

char *
drv_device_alias(const DrvDevice *device)
{
    return dom_alias_of(kinds[device->kind].record, drv_device_record(device), 0);
}

void
drv_device_clear(DrvDevice *device)
{
    g_clear_pointer(&device->def, dom_def_free);
}

gpointer
drv_device_record(const DrvDevice *device)
{
    return g_ptr_array_index(list_of(device->kind, device->def), 0);
}

char *
drv_device_title(const DrvDevice *device)
{
    const DomField *field = naming_field(device->kind, drv_device_record(device));
    return g_strdup_printf("%s %s", _(kinds[device->kind].word),
                           *DOM_CONST_MEMBER(drv_device_record(device), field, char *));
}

int
drv_device_find(const DrvDevice *device, const DomDef *def)
{
    return find(device->kind, list_of(device->kind, def), drv_device_record(device));
}

int
drv_device_need(const DrvDevice *device, const DomDef *def, GError **error)
{
    int place = drv_device_find(device, def);
    if (place < 0) {
        g_autofree char *title = drv_device_title(device);
        drv_fail(error, VIR_ERR_DEVICE_MISSING, _("domain '%s' has no %s"), def->general.name,
                 title);
    }
    return place;
}

gboolean
drv_device_insert(const DrvDevice *device, DomDef *def, GError **error)
{
    if (drv_device_find(device, def) >= 0) {
        g_autofree char *title = drv_device_title(device);
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' has %s already"),
                        def->general.name, title);
    }
    g_ptr_array_add(list_of(device->kind, def),
                    copy_record(device->kind, drv_device_record(device)));
    return TRUE;
}

void
drv_device_take_out(const DrvDevice *device, DomDef *def, int place)
{
    free_record(device->kind, g_ptr_array_remove_index(list_of(device->kind, def), (guint)place));
}

void
drv_device_replace(const DrvDevice *device, DomDef *def, int place)
{
    GPtrArray *list = list_of(device->kind, def);
    free_record(device->kind, list->pdata[place]);
    list->pdata[place] = copy_record(device->kind, drv_device_record(device));
}

void
drv_device_become(DrvDevice *device, const DomDef *def, int place)
{
    GPtrArray *own = list_of(device->kind, device->def);
    free_record(device->kind, own->pdata[0]);
    own->pdata[0] = copy_record(device->kind, list_of(device->kind, def)->pdata[place]);
}

/* Those of @list that @truth has not are gone. */
static gboolean
drop_lost(DrvDeviceKind kind, GPtrArray *list, const GPtrArray *truth)
{
    guint before = list->len;
    for (guint i = list->len; i-- > 0;) {
        if (naming_field(kind, list->pdata[i]) && find(kind, truth, list->pdata[i]) < 0) {
            free_record(kind, g_ptr_array_remove_index(list, i));
        }
    }
    return list->len != before;
}

static gboolean
add_found(DrvDeviceKind kind, GPtrArray *list, const GPtrArray *truth)
{
    guint before = list->len;
    for (guint i = 0; i < truth->len; i++) {
        if (naming_field(kind, truth->pdata[i]) && find(kind, list, truth->pdata[i]) < 0) {
            g_ptr_array_add(list, copy_record(kind, truth->pdata[i]));
        }
    }
    return list->len != before;
}

gboolean
drv_device_settle(DomDef *def, const DomDef *truth)
{
    gboolean changed = FALSE;
    for (int i = 0; i <= DRV_DEVICE_LAST; i++) {
        DrvDeviceKind kind = (DrvDeviceKind)i;
        GPtrArray *list = list_of(kind, def), *found = list_of(kind, truth);
        gboolean lost = drop_lost(kind, list, found);
        changed = add_found(kind, list, found) || lost || changed;
    }
    return changed;
}
