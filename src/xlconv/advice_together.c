/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that are right one by one and do not go together. */
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "conf/disk_number.h"
#include "xlconv/advice_private.h"
#include "xlconv/compare.h"
#include "xlconv/key.h"

static void
check_memory(const XlcAdvice *advice)
{
    const DomMemory *memory = &advice->def->memory;

    if (memory->target.set && memory->max.set && memory->target.value > memory->max.value)
        xlc_advice_say(
            advice, DOM_SEVERITY_WARNING, "memory",
            _("this is more than maxmem: the guest cannot have it; raise maxmem or leave it out"));
}

guint64
xlc_advice_vcpus(const DomDef *def)
{
    if (def->cpu.maxvcpus.set)
        return def->cpu.maxvcpus.value;
    return MAX(def->cpu.vcpus.set ? def->cpu.vcpus.value : 1, dom_numa_vcpus(def));
}

static void
check_affinity(const XlcAdvice *advice, const char *key, char **list)
{
    guint64 most = xlc_advice_vcpus(advice->def);

    if (list != NULL && g_strv_length(list) > most)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, key,
                       _("this list has %u items, one for each virtual CPU, but there are only "
                         "%" PRIu64 "; xl ignores the rest"),
                       g_strv_length(list), most);
}

/* xl makes the masks before it counts the one that a guest has without a word. */
static void
check_counted(const XlcAdvice *advice)
{
    static const char *const keys[] = { "cpus", "cpus_soft" };
    const DomCpu *cpu = &advice->def->cpu;

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (!cpu->vcpus.set && !cpu->maxvcpus.set && dom_numa_named(advice->def) == 0 &&
            xlc_key_is_said(xlc_key_find(keys[i]), advice->def))
            xlc_advice_say(advice, DOM_SEVERITY_WARNING, keys[i],
                           _("xl ignores this without vcpus= or maxvcpus=: write vcpus = 1"));
    }
}

static void
check_cpus(const XlcAdvice *advice)
{
    check_affinity(advice, "cpus", advice->def->cpu.cpus_list);
    check_affinity(advice, "cpus_soft", advice->def->cpu.cpus_soft_list);
}

static void
check_macs(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < advice->def->nics->len; i++) {
        const DomNic *nic = advice->def->nics->pdata[i];

        if (nic->mac == NULL)
            continue;
        if (strlen(nic->mac) > 1 && g_ascii_xdigit_value(nic->mac[1]) & 1)
            xlc_advice_say_at(
                advice, DOM_SEVERITY_WARNING, "vif", xlc_doc_item(advice->doc, "vif", i), 0,
                _("%s is a multicast address, which no interface can have: Xen's own begin with "
                  "00:16:3e"),
                nic->mac);
        if (!g_hash_table_add(seen, nic->mac))
            xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "vif",
                              xlc_doc_item(advice->doc, "vif", i), 0,
                              _("two interfaces have the address %s"), nic->mac);
    }
}

static void
check_vdevs(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < advice->def->disks->len; i++) {
        const DomDisk *disk = advice->def->disks->pdata[i];

        if (disk->vdev == NULL)
            continue;
        if (!dom_disk_number(disk->vdev, NULL))
            xlc_advice_say_at(
                advice, DOM_SEVERITY_WARNING, "disk", xlc_doc_item(advice->doc, "disk", i), 0,
                _("this guest cannot start: '%s' is no disk that libxl can number: "
                  "expected xvda to xvdzz, hda to hdd, sda to sdp, with or without the "
                  "number of a partition"),
                disk->vdev);
        if (!g_hash_table_add(seen, disk->vdev))
            xlc_advice_say_at(
                advice, DOM_SEVERITY_WARNING, "disk", xlc_doc_item(advice->doc, "disk", i), 0,
                _("two disks are %s in the guest: give one of them another name"), disk->vdev);
    }
}

/* --- what xl does with keys for other guests, or other Xens --- */

static gboolean
is_pv(const XlcAdvice *advice)
{
    return dom_general_type(advice->def) == DOM_TYPE_PV;
}

static void
check_e820(const XlcAdvice *advice)
{
    if (is_pv(advice) && advice->def->pcis->len > 0 &&
        advice->def->features.e820_host == DOM_TRISTATE_OFF)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "e820_host",
                       _("xl makes this 1 for a PV guest that has PCI devices"));
}

static void
check_screen(const XlcAdvice *advice)
{
    const DomHead *head = &advice->def->graphics.head;

    if (is_pv(advice) && advice->def->vfbs->len == 0 && head->sdl == DOM_TRISTATE_ON)
        xlc_advice_say(
            advice, DOM_SEVERITY_WARNING, "sdl",
            _("xl gives a PV guest no screen for this alone: write vfb = [ \"sdl=1\" ]"));
}

/* The keys that make the screen of a PV guest where vfb= has no item, and do nothing beside one. */
static void
check_vfb(const XlcAdvice *advice)
{
    guint n_keys;
    const XlcKey *const *keys = xlc_key_all(&n_keys);

    for (guint i = 0; is_pv(advice) && advice->def->vfbs->len > 0 && i < n_keys; i++) {
        if ((keys[i]->flags & XLC_HEAD) && xlc_key_is_said(keys[i], advice->def))
            xlc_advice_say(advice, DOM_SEVERITY_WARNING, keys[i]->key,
                           _("beside vfb= xl does not use this: write it into the item of vfb"));
    }
}

/* xl leaves the choice to bios= then. */
static gboolean
is_overridden(const XlcDoc *doc, const char *key)
{
    const XlcEntry *firmware = xlc_doc_get(doc, "firmware");

    return firmware != NULL && xlc_doc_get(doc, key) != NULL &&
           !(g_str_equal(key, "bios") && firmware->value->kind != XLC_VALUE_LIST &&
             *firmware->value->text != '\0' && g_str_has_prefix("bios", firmware->value->text));
}

/* libxl looks for it; a script, another domain and QEMU's protocols know by themselves where it is.
 */
static gboolean
is_relative(const DomDisk *disk)
{
    return disk->target != NULL && *disk->target != '\0' && *disk->target != '/' &&
           strchr(disk->target, ':') == NULL && disk->script == NULL &&
           disk->backend_domain == NULL;
}

/* Whether it is an image by its format or name, and no device below /dev. */
static gboolean
is_image(const DomDisk *disk)
{
    static const char *const suffixes[] = { ".img",   ".iso", ".raw", ".qcow",
                                            ".qcow2", ".qed", ".vhd" };
    gboolean image = disk->cdrom == DOM_TRISTATE_ON || disk->format > DOM_DISK_FORMAT_RAW;

    for (guint i = 0; i < G_N_ELEMENTS(suffixes); i++)
        image |= g_str_has_suffix(disk->target, suffixes[i]);
    return image && disk->source != DOM_DISK_SOURCE_BLOCK;
}

static void
check_path(const XlcAdvice *advice, const DomDisk *disk, const XlcValue *item)
{
    if (is_image(disk))
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "disk", item, 0,
                          _("xl looks for '%s' in the folder where it is started: write the whole "
                            "path"),
                          disk->target);
    else
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "disk", item, 0,
                          _("xl looks for '%s' in the folder where it is started: write the "
                            "whole path, /dev/%s for a block device"),
                          disk->target, disk->target);
}

static void
check_paths(const XlcAdvice *advice)
{
    for (guint i = 0; i < advice->def->disks->len; i++) {
        const DomDisk *disk = advice->def->disks->pdata[i];

        if (is_relative(disk))
            check_path(advice, disk, xlc_doc_item(advice->doc, "disk", i));
    }
}

static void
check_firmware(const XlcAdvice *advice)
{
    static const char *const beaten[] = { "bios", "firmware_override" };

    for (guint i = 0; i < G_N_ELEMENTS(beaten); i++) {
        if (is_overridden(advice->doc, beaten[i]))
            xlc_advice_say(advice, DOM_SEVERITY_WARNING, beaten[i],
                           _("firmware= overrides this: leave one of them out"));
    }
}

static void
check_device_model(const XlcAdvice *advice)
{
    if (xlc_doc_get(advice->doc, "device_model_override") != NULL &&
        xlc_doc_get(advice->doc, "device_model_version") == NULL)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "device_model_override",
                       _("xl warns of a device model whose kind is not said: write "
                         "device_model_version = \"qemu-xen\" beside it"));
}

/* Both may stand there, and mean what the manual says; but it is not what seclabel alone means. */
static void
check_seclabels(const XlcAdvice *advice)
{
    const DomGeneral *general = &advice->def->general;

    if (general->seclabel != NULL && general->init_seclabel != NULL)
        xlc_advice_say(advice, DOM_SEVERITY_NOTE, "seclabel",
                       _("beside init_seclabel this is the label that the guest has once it is "
                         "built"));
}

/* Keys that do little, or will not for long. Credit and credit2, one of which runs by default, have
 * cpu_weight and cap alone. */
static void
check_remarks(const XlcAdvice *advice)
{
    static const struct {
        const char *key;
        DomSeverity severity;
        const char *text;
    } rows[] = {
        { "period", DOM_SEVERITY_NOTE, N_("only the scheduler RTDS reads this") },
        { "extratime", DOM_SEVERITY_NOTE, N_("only the scheduler RTDS reads this") },
        { "slice", DOM_SEVERITY_NOTE,
          N_("this is of the scheduler SEDF, which is gone since Xen 4.6: leave it out") },
        { "latency", DOM_SEVERITY_NOTE,
          N_("this is of the scheduler SEDF, which is gone since Xen 4.6: leave it out") },
        { "altp2mhvm", DOM_SEVERITY_WARNING,
          N_("this is deprecated: write altp2m = \"mixed\" for 1, and nothing for 0") },
        { "msr_relaxed", DOM_SEVERITY_WARNING,
          N_("this will be taken out of Xen: tell xen-devel@lists.xenproject.org which guest "
             "needs it") },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (xlc_doc_get(advice->doc, rows[i].key) != NULL)
            xlc_advice_say(advice, rows[i].severity, rows[i].key, "%s", _(rows[i].text));
    }
}

/* What stands behind a colon was QEMU's once; host: is in every guide. */
static void
check_usbdevice(const XlcAdvice *advice)
{
    const DomInput *input = &advice->def->input;
    char *single[] = { input->usbdevice, NULL };
    char *const *device = input->usbdevice_list != NULL ? input->usbdevice_list : single;

    for (; dom_general_type(advice->def) == DOM_TYPE_HVM && *device != NULL; device++) {
        if (!g_str_has_prefix(*device, "host:"))
            continue;
        xlc_advice_say(
            advice, DOM_SEVERITY_WARNING, "usbdevice",
            _("QEMU since 2.12 does not know '%s', and the guest does not start: expected "
              "usbdev = [ \"hostbus=BUS,hostaddr=ADDRESS\" ] in its place"),
            *device);
        return;
    }
}

static void (*const checks[])(const XlcAdvice *advice) = {
    check_memory,  check_counted,   check_cpus,         check_macs,     check_vdevs,
    check_e820,    check_screen,    check_vfb,          check_firmware, check_seclabels,
    check_remarks, check_usbdevice, check_device_model, check_paths,
};

void
xlc_advise_unwritten(const DomDef *def, const XlcDoc *doc, DomReport *report)
{
    XlcLocator locator = XLC_LOCATOR(doc, NULL);
    XlcAdvice advice = { .doc = doc, .locator = &locator, .def = def, .report = report };

    check_memory(&advice);
    check_cpus(&advice);
    check_macs(&advice);
    check_vdevs(&advice);
    check_paths(&advice);
    xlc_advise_devices(&advice);
    xlc_advise_start(&advice);
}

void
xlc_advise_together(const XlcAdvice *advice)
{
    for (guint i = 0; i < G_N_ELEMENTS(checks); i++)
        checks[i](advice);
    xlc_advise_devices(advice);
    xlc_advise_start(advice);
}
