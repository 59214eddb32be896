/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "domain_conf.h"
#include "locking/domain_lock.h"
#include "viralloc.h"
#include "virerror.h"
#include "virlog.h"

#include "conf/xml.h"
#include "driver/define.h"
#include "driver/lease.h"
#include "driver/storage.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.lease");

/* Where the manager's own settings are: libxl-lockd.conf, libxl-sanlock.conf. */
#define CONFIG_DIR "/etc/libvirt"

#define URI        "xen:///system"

gboolean
drv_lease_open(const char *name, DrvLeases **ret_leases, GError **error)
{
    *ret_leases = NULL;
    if (!name) {
        return TRUE;
    }
    *ret_leases = virLockManagerPluginNew(name, "libxl", CONFIG_DIR, 0);
    if (*ret_leases) {
        return TRUE;
    }
    drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
             _("the lock manager '%s' of libxl.conf cannot be used: %s"), name,
             virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}

void
drv_lease_close(DrvLeases *leases)
{
    virLockManagerPluginUnref(leases);
}

/* A disk for the lock manager, which looks at nothing else of it. */
static virDomainDiskDef *
make_disk(const DomDisk *disk)
{
    virDomainDiskDef *face = virDomainDiskDefNew(NULL);
    face->src->type =
        g_str_has_prefix(disk->target, "/dev/") ? VIR_STORAGE_TYPE_BLOCK : VIR_STORAGE_TYPE_FILE;
    face->src->path = g_strdup(disk->target);
    face->src->readonly = disk->readonly == DOM_TRISTATE_ON || disk->cdrom == DOM_TRISTATE_ON;
    face->src->shared = dom_rest_has_element(&disk->rest, "", "shareable");
    return face;
}

/* A lease by itself; NULL: @item is none. libvirt's parser has seen it when it was defined. */
static virDomainLeaseDef *
make_lease(const DomRestItem *item)
{
    g_autoptr(xmlDoc) doc = dom_xml_rest_doc(item, "devices", "lease");
    xmlNodePtr node = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!node) {
        return NULL;
    }
    g_autofree char *offset = dom_xml_peek(node, "target/@offset");
    virDomainLeaseDef *lease = g_new0(virDomainLeaseDef, 1);
    lease->lockspace = dom_xml_peek(node, "lockspace");
    lease->key = dom_xml_peek(node, "key");
    lease->path = dom_xml_peek(node, "target/@path");
    lease->offset = offset ? g_ascii_strtoull(offset, NULL, 10) : 0;
    return lease;
}

static void
add_leases(const DomDef *def, virDomainDef *face)
{
    const GPtrArray *items = def->metadata.rest.items;
    face->leases = g_new0(virDomainLeaseDef *, items ? items->len + 1 : 1);
    for (guint i = 0; items && i < items->len; i++) {
        virDomainLeaseDef *lease = make_lease(items->pdata[i]);
        if (lease) {
            face->leases[face->nleases++] = lease;
        }
    }
}

/* The guest as the lock manager sees it: name, uuid, id, leases and the disks of this machine. */
static gboolean
make_face(const DomDef *def, virDomainDef *face, GError **error)
{
    *face = (virDomainDef){ .id = def->live.id, .name = def->general.name };
    if (!drv_def_uuid(def, face->uuid)) {
        return drv_fail(error, VIR_ERR_XML_ERROR, _("'%s' is not a uuid"), def->general.uuid);
    }
    face->disks = g_new0(virDomainDiskDef *, def->disks->len + 1);
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        if (drv_storage_is_here(disk)) {
            face->disks[face->ndisks++] = make_disk(disk);
        }
    }
    add_leases(def, face);
    return TRUE;
}

static void
clear_face(virDomainDef *face)
{
    for (gsize i = 0; i < face->ndisks; i++) {
        virDomainDiskDefFree(face->disks[i]);
    }
    g_free(face->disks);
    for (gsize i = 0; i < face->nleases; i++) {
        virDomainLeaseDefFree(face->leases[i]);
    }
    g_free(face->leases);
}

gboolean
drv_lease_take(DrvDriver *driver, DomDef *def, GError **error)
{
    virDomainDef face;
    virDomainObj object = { .def = &face };
    if (!driver->leases) {
        return TRUE;
    }
    if (!make_face(def, &face, error)) {
        return FALSE;
    }
    /* it is made known first, as one that does not run */
    def->live.leased = virDomainLockProcessStart(driver->leases, URI, &object, true, NULL) == 0 &&
                       virDomainLockProcessResume(driver->leases, URI, &object, NULL) == 0;
    clear_face(&face);
    if (def->live.leased) {
        return TRUE;
    }
    drv_fail_from_libvirt(error);
    g_prefix_error(error,
                   _("domain '%s' gets no lease on its disks or what its <lease> names, which "
                     "another guest may use: "),
                   def->general.name);
    return FALSE;
}

void
drv_lease_drop(DrvDriver *driver, DomDef *def)
{
    virDomainDef face;
    virDomainObj object = { .def = &face };
    g_autofree char *state = NULL;
    if (!def->live.leased || !driver->leases || !make_face(def, &face, NULL)) {
        return;
    }
    if (virDomainLockProcessPause(driver->leases, &object, &state) < 0) {
        VIR_WARN("the leases on the disks of domain '%s' are still held: %s", def->general.name,
                 virGetLastErrorMessage());
        virResetLastError();
    }
    def->live.leased = FALSE;
    clear_face(&face);
}
