/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virmacaddr.h"

#include "conf/alias.h"
#include "driver/bind/bind.h"
#include "driver/capabilities.h"
#include "driver/device.h"
#include "driver/error.h"
#include "driver/model.h"
#include "driver/parser.h"
#include "driver/text.h"
#include "driver/usb_host.h"

static const unsigned char xen_prefix[VIR_MAC_PREFIX_BUFLEN] = { 0x00, 0x16, 0x3e };

static GPtrArray *
list_of(DomDeviceKind kind, const DomDef *def)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];
        if (section->list && section->record == dom_names[kind].record) {
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
    const char *parent = strstr(xml, DOM_METADATA_NS) ? "metadata" : "devices";
    return g_strdup_printf("<domain type='xen'><name>x</name><memory>65536</memory><os>%s</os>"
                           "<%s>%s</%s></domain>",
                           types[dom_general_type(def)], parent, xml, parent);
}

DomDef *
drv_device_guest(const DomDef *def, const char *xml, GError **error)
{
    g_autofree char *text = wrap(def, xml);
    return drv_model_parse_xml(text, error);
}

gboolean
drv_device_accepts(const DomDef *def, const char *xml, GError **error)
{
    g_autofree char *text = wrap(def, xml);
    return drv_parser_accepts(text, error);
}

/* How many devices there are; of what kind the last one is. */
static guint
count_devices(DrvDevice *device)
{
    guint found = 0;
    DomDeviceKind kind = DOM_DEVICE_DISK;
    for (int i = 0; i <= DOM_DEVICE_LAST; i++) {
        device->kind = (DomDeviceKind)i;
        guint n = list_of(device->kind, device->def)->len;
        kind = n > 0 ? (DomDeviceKind)i : kind;
        found += n;
    }
    device->kind = kind;
    return found;
}

static gboolean
has_name(DomDeviceKind kind, gconstpointer record)
{
    g_autofree char *text = dom_name_text(&dom_names[kind], record, "");
    return text != NULL;
}

/* The place in @list of the device that is named as @record, or without a name the one at @place;
 * -1: there is none. */
static int
find(DomDeviceKind kind, const GPtrArray *list, gconstpointer record, int place)
{
    for (guint i = 0; i < list->len; i++) {
        if (dom_name_same(&dom_names[kind], list->pdata[i], record)) {
            return (int)i;
        }
    }
    if (has_name(kind, record)) {
        return -1;
    }
    if (place < 0) {
        return list->len == 1 ? 0 : -1;
    }
    return place < (int)list->len ? place : -1;
}

static gpointer
copy_record(DomDeviceKind kind, gconstpointer record)
{
    gpointer copy = dom_record_new(dom_names[kind].record);
    dom_record_copy(dom_names[kind].record, copy, record);
    return copy;
}

static void
free_record(DomDeviceKind kind, gpointer record)
{
    dom_record_clear(dom_names[kind].record, record);
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
    if (device->kind == DOM_DEVICE_NIC && !has_name(device->kind, drv_device_record(device))) {
        make_mac(drv_device_record(device));
    }
    return !dom_names[device->kind].needed || has_name(device->kind, drv_device_record(device)) ||
           drv_fail(error, VIR_ERR_XML_ERROR, _("the %s has nothing to name it by"),
                    _(dom_names[device->kind].word));
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
    g_autofree char *told = drv_usb_host_resolve(DRV_USB_HOST_DEVICES, xml, error);
    g_autofree char *text = told ? wrap(def, told) : NULL;
    device.def = text ? drv_model_parse_xml(text, error) : NULL;
    if (!device.def) {
        return FALSE;
    }
    if (count_devices(&device) != 1) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("expected one device of those that a guest has a list of (disk, "
                          "interface, hostdev, USB controller, filesystem, channel, graphics), or "
                          "<xl:cfg> with one item of xl.cfg's list; change the definition for "
                          "others (virsh edit)"));
    }
    if (!check_name(&device, error)) {
        return FALSE;
    }
    name_guest(&device, def);
    device.place = dom_usb_xml_index(xml);
    *ret_device = device;
    device.def = NULL;
    return TRUE;
}

/* The place of the device with that alias; -1: there is none. */
static int
find_alias(DomDeviceKind kind, const DomDef *def, const char *alias)
{
    GPtrArray *list = list_of(kind, def);
    for (guint i = 0; i < list->len; i++) {
        g_autofree char *its = dom_alias_of(dom_names[kind].record, list->pdata[i], i);
        if (g_strcmp0(its, alias) == 0) {
            return (int)i;
        }
    }
    return -1;
}

gboolean
drv_device_by_alias(const DomDef *def, const char *alias, DrvDevice *ret_device, GError **error)
{
    for (int i = 0; i <= DOM_DEVICE_LAST; i++) {
        DrvDevice device = { .kind = (DomDeviceKind)i };
        device.place = find_alias(device.kind, def, alias);
        g_autofree char *text = device.place >= 0 ? wrap(def, "") : NULL;
        device.def = text ? drv_model_parse_xml(text, error) : NULL;
        if (device.def) {
            gconstpointer record = list_of(device.kind, def)->pdata[device.place];
            g_ptr_array_add(list_of(device.kind, device.def), copy_record(device.kind, record));
            name_guest(&device, def);
            *ret_device = device;
            return TRUE;
        }
    }
    return drv_fail(error, VIR_ERR_DEVICE_MISSING,
                    _("domain '%s' has no device with the alias '%s' that can go"),
                    def->general.name, alias);
}

char *
drv_device_alias(const DrvDevice *device)
{
    return dom_alias_of(dom_names[device->kind].record, drv_device_record(device),
                        (guint)MAX(device->place, 0));
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
    const DomName *name = &dom_names[device->kind];
    g_autofree char *text = dom_name_text(name, drv_device_record(device), ".");
    if (text) {
        return g_strdup_printf("%s %s", _(name->word), text);
    }
    return device->place >= 0 ? g_strdup_printf("%s %d", _(name->word), device->place)
                              : g_strdup(_(name->word));
}

/* The same of both as libxl would tell them: a sound card has many spellings. */
static int
find_normal(const DrvDevice *device, const DomDef *def)
{
    g_autoptr(DomDef) one = bind_normal(device->def, FALSE);
    g_autoptr(DomDef) all = bind_normal(def, FALSE);
    const GPtrArray *list = list_of(device->kind, all), *own = list_of(device->kind, one);
    gboolean same = own->len == 1 && list->len == list_of(device->kind, def)->len;
    return same ? find(device->kind, list, own->pdata[0], device->place) : -1;
}

int
drv_device_find(const DrvDevice *device, const DomDef *def)
{
    const GPtrArray *list = list_of(device->kind, def);
    int place = find(device->kind, list, drv_device_record(device), device->place);
    return place >= 0 ? place : find_normal(device, def);
}

guint
drv_device_count(const DrvDevice *device, const DomDef *def)
{
    return list_of(device->kind, def)->len;
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

/* Whether one of the name, or of the number, is there. */
static gboolean
is_taken(const DrvDevice *device, const DomDef *def)
{
    gboolean told = device->place >= 0 || has_name(device->kind, drv_device_record(device));
    return told && drv_device_find(device, def) >= 0;
}

/* An HVM guest has one kind of controller for all its emulated hard disks. */
static gboolean
fits_controller(const DrvDevice *device, const DomDef *def, GError **error)
{
    gboolean sata = device->kind == DOM_DEVICE_DISK && dom_general_type(def) == DOM_TYPE_HVM &&
                    device->def->input.hdtype == DOM_HDTYPE_AHCI;
    if (!sata || def->input.hdtype == DOM_HDTYPE_AHCI) {
        return TRUE;
    }
    g_autofree char *title = drv_device_title(device);
    return drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                    _("%s cannot be on SATA: domain '%s' has an IDE controller, and Xen gives all of "
                      "hda to hdd the same; write bus='ide', or change the bus of them all while "
                      "the guest is off (virsh edit)"),
                    title, def->general.name);
}

gboolean
drv_device_insert(const DrvDevice *device, DomDef *def, GError **error)
{
    GPtrArray *list = list_of(device->kind, def);
    g_autofree char *title = drv_device_title(device);
    if (is_taken(device, def)) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' has %s already"),
                        def->general.name, title);
    }
    if (device->place > (int)list->len && !has_name(device->kind, drv_device_record(device))) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' cannot have %s: the next one is number %u"),
                        def->general.name, title, list->len);
    }
    if (!fits_controller(device, def, error)) {
        return FALSE;
    }
    g_ptr_array_add(list, copy_record(device->kind, drv_device_record(device)));
    return TRUE;
}

/* A USB controller is what devices mean by its number: it goes after them, and after those that
 * have a higher number. */
static gboolean
is_free(const DrvDevice *device, const DomDef *def, int place)
{
    if (device->kind != DOM_DEVICE_USBCTRL) {
        return TRUE;
    }
    for (guint i = 0; i < def->usbdevs->len; i++) {
        const DomUsbdev *dev = def->usbdevs->pdata[i];
        if (dev->controller.set && dev->controller.value == place) {
            return FALSE;
        }
    }
    return place + 1 == (int)def->usbctrls->len;
}

gboolean
drv_device_take_out(const DrvDevice *device, DomDef *def, int place, GError **error)
{
    if (!is_free(device, def, place)) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("USB controller %d of domain '%s' cannot go: detach its devices and the "
                          "controllers after it first"),
                        place, def->general.name);
    }
    free_record(device->kind, g_ptr_array_remove_index(list_of(device->kind, def), (guint)place));
    return TRUE;
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

/* Whether it can be held against libxl's: by a name, or by a number as all of its kind. */
static gboolean
is_told(DomDeviceKind kind, gconstpointer record)
{
    return !dom_names[kind].names[0][0] || has_name(kind, record);
}

/* Those of @list that @truth has not are gone. @names: as @list, and libxl would tell it so. */
static gboolean
drop_lost(DomDeviceKind kind, GPtrArray *list, const GPtrArray *names, const GPtrArray *truth)
{
    guint before = list->len;
    for (guint i = list->len; i-- > 0;) {
        if (is_told(kind, names->pdata[i]) && find(kind, truth, names->pdata[i], (int)i) < 0) {
            free_record(kind, g_ptr_array_remove_index(list, i));
        }
    }
    return list->len != before;
}

static gboolean
add_found(DomDeviceKind kind, GPtrArray *list, const GPtrArray *names, const GPtrArray *truth)
{
    guint before = list->len;
    for (guint i = 0; i < truth->len; i++) {
        if (is_told(kind, truth->pdata[i]) && find(kind, names, truth->pdata[i], (int)i) < 0) {
            g_ptr_array_add(list, copy_record(kind, truth->pdata[i]));
        }
    }
    return list->len != before;
}

gboolean
drv_device_settle(DomDeviceKind kind, DomDef *def, const DomDef *normal, const DomDef *truth)
{
    GPtrArray *list = list_of(kind, def), *found = list_of(kind, truth);
    g_autoptr(DomDef) before = dom_def_copy(def);
    gboolean same = list_of(kind, normal)->len == list->len;
    const GPtrArray *names = list_of(kind, same ? normal : before);
    gboolean lost = drop_lost(kind, list, names, found);
    return add_found(kind, list, names, found) || lost;
}
