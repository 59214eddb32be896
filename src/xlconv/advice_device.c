/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices of a guest cannot have, or not beside one another. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/disk_number.h"
#include "xlconv/advice_private.h"

/* --- places on the controllers that QEMU emulates --- */

typedef enum {
    CONTROLLER_IDE,
    CONTROLLER_AHCI,
    CONTROLLERS,
} Controller;

/* So many disks has each; those behind them, PV drivers alone find. */
static const guint n_places[CONTROLLERS] = { 4, 6 };

/* Whether libxl may leave the disk to PV drivers, because dom0 does not reach what backs it. */
static gboolean
is_elsewhere(const DomDisk *disk)
{
    return disk->backend_domain != NULL || disk->script != NULL ||
           disk->specification == DOM_DISK_SPECIFICATION_VIRTIO;
}

static gboolean
is_empty(const DomDisk *disk)
{
    return disk->target == NULL || *disk->target == '\0';
}

/* FALSE when the disk is on neither; sda to sdp are on one of SCSI, unless they are CD-ROM drives.
 */
static gboolean
find_place(const DomDef *def, const DomDisk *disk, Controller *ret_controller, guint *ret_place)
{
    gboolean cdrom = disk->cdrom == DOM_TRISTATE_ON;

    if (disk->vdev == NULL || is_elsewhere(disk) ||
        (!cdrom && g_str_has_prefix(disk->vdev, "sd")) || !dom_disk_letter(disk->vdev, ret_place))
        return FALSE;
    *ret_controller =
        !cdrom && def->input.hdtype == DOM_HDTYPE_AHCI ? CONTROLLER_AHCI : CONTROLLER_IDE;
    return *ret_place < n_places[*ret_controller];
}

/* Disks of one name are told of as such. */
static void
check_place(const XlcAdvice *advice, const DomDisk *disk, const char *other, const XlcValue *item)
{
    if (other != NULL && !g_str_equal(other, disk->vdev))
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "disk", item, 0,
                          _("this guest cannot start: %s and %s have the same place on the "
                            "controller that QEMU emulates: give one of them another letter"),
                          other, disk->vdev);
}

static void
check_places(const XlcAdvice *advice)
{
    const char *taken[CONTROLLERS][6] = { { NULL } };
    Controller controller;
    guint place;

    if (dom_general_type(advice->def) != DOM_TYPE_HVM)
        return;
    for (guint i = 0; i < advice->def->disks->len; i++) {
        const DomDisk *disk = advice->def->disks->pdata[i];

        if (!find_place(advice->def, disk, &controller, &place))
            continue;
        check_place(advice, disk, taken[controller][place], xlc_doc_item(advice->doc, "disk", i));
        taken[controller][place] = disk->vdev;
    }
}

/* libxl gives QEMU no read-only hard disk on either; the one of SCSI takes them. */
static void
check_readonly(const XlcAdvice *advice)
{
    static const char *const behind[CONTROLLERS] = { "xvde", "xvdg" };
    Controller controller;
    guint place;

    if (dom_general_type(advice->def) != DOM_TYPE_HVM || dom_os_is_traditional(&advice->def->os))
        return;
    for (guint i = 0; i < advice->def->disks->len; i++) {
        const DomDisk *disk = advice->def->disks->pdata[i];

        if (disk->readonly != DOM_TRISTATE_ON || disk->cdrom == DOM_TRISTATE_ON || is_empty(disk) ||
            !find_place(advice->def, disk, &controller, &place))
            continue;
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "disk",
                          xlc_doc_item(advice->doc, "disk", i), 0,
                          _("this guest cannot start: %s is a read-only hard disk, which QEMU does "
                            "not emulate: let it be written, make it a CD-ROM drive, or call it %s "
                            "or later, which PV drivers alone find"),
                          disk->vdev, behind[controller]);
    }
}

/* --- what disks write to --- */

/* A script, and another domain, may make two things of one name. */
static gboolean
writes(const DomDisk *disk)
{
    return !is_empty(disk) && disk->script == NULL && disk->backend_domain == NULL &&
           disk->cdrom != DOM_TRISTATE_ON && disk->readonly != DOM_TRISTATE_ON;
}

static void
check_targets(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < advice->def->disks->len; i++) {
        const DomDisk *disk = advice->def->disks->pdata[i];

        if (writes(disk) && !g_hash_table_add(seen, disk->target))
            xlc_advice_say_at(
                advice, DOM_SEVERITY_WARNING, "disk", xlc_doc_item(advice->doc, "disk", i), 0,
                _("two disks write to '%s', and each destroys what the other wrote: leave one of "
                  "them out, or give it another target"),
                disk->target);
    }
}

/* --- devices of the host --- */

/* "0000:00:1b.*" of "0000:00:1b.1" (transfer full). */
static char *
all_functions(const char *bdf)
{
    return g_strdup_printf("%.*s.*", (int)strcspn(bdf, "."), bdf);
}

/* What the guest is given by it (transfer full); NULL for a device that goes by name. */
static char *
given(const DomPci *pci)
{
    return pci->bdf != NULL && pci->all_functions == DOM_TRISTATE_ON ? all_functions(pci->bdf)
                                                                     : g_strdup(pci->bdf);
}

static void
check_pcis(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < advice->def->pcis->len; i++) {
        char *device = given(advice->def->pcis->pdata[i]);

        if (device != NULL && !g_hash_table_add(seen, device))
            xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "pci",
                              xlc_doc_item(advice->doc, "pci", i), 0,
                              _("this guest cannot start: the device %s is here twice: leave one "
                                "of them out"),
                              device);
    }
}

/* What is given with all its functions, as "0000:00:1b.*". */
static GHashTable *
whole_devices(GPtrArray *pcis)
{
    GHashTable *whole = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < pcis->len; i++) {
        const DomPci *pci = pcis->pdata[i];

        if (pci->bdf != NULL && pci->all_functions == DOM_TRISTATE_ON)
            g_hash_table_add(whole, given(pci));
    }
    return whole;
}

/* A function beside all those of its device. */
static void
check_functions(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) whole = whole_devices(advice->def->pcis);

    for (guint i = 0; i < advice->def->pcis->len && g_hash_table_size(whole) > 0; i++) {
        const DomPci *pci = advice->def->pcis->pdata[i];
        g_autofree char *all = pci->bdf != NULL ? all_functions(pci->bdf) : NULL;

        if (all == NULL || pci->all_functions == DOM_TRISTATE_ON ||
            !g_hash_table_contains(whole, all))
            continue;
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "pci", xlc_doc_item(advice->doc, "pci", i),
                          0,
                          _("this guest cannot start: the function %s is here with %s, too: leave "
                            "one of them out"),
                          pci->bdf, all);
    }
}

void
xlc_advise_devices(const XlcAdvice *advice)
{
    check_places(advice);
    check_readonly(advice);
    check_targets(advice);
    check_pcis(advice);
    check_functions(advice);
}
