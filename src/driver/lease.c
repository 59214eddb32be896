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
#include "driver/lease_holder.h"
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

/* What becomes of the guest when its leases are lost: libvirt's schema has more words than sanlock
 * takes, which refuses those. By itself it would only end the holder. */
static virDomainLockFailureAction
action_of(const DomDef *def)
{
    const GPtrArray *items = def->metadata.rest.items;
    for (guint i = 0; items && i < items->len; i++) {
        g_autoptr(xmlDoc) doc = dom_xml_rest_doc(items->pdata[i], "", "on_lockfailure");
        g_autofree char *word = doc ? dom_xml_peek(xmlDocGetRootElement(doc), "") : NULL;
        int action = word ? virDomainLockFailureTypeFromString(word) : -1;
        if (action > VIR_DOMAIN_LOCK_FAILURE_DEFAULT) {
            return action;
        }
    }
    return VIR_DOMAIN_LOCK_FAILURE_POWEROFF;
}

/* The guest as the lock manager sees it: name, uuid, id, leases and the disks of this machine. */
static gboolean
make_face(const DomDef *def, virDomainDef *face, GError **error)
{
    *face = (virDomainDef){ .id = def->live.id,
                            .name = def->general.name,
                            .onLockFailure = action_of(def) };
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

/* It is made known first, as one that does not run. */
static gboolean
acquire(DrvLeases *leases, virDomainObj *guest, GError **error)
{
    if (drv_lease_holder_is_needed(leases)) {
        if (!drv_lease_holder_ensure(leases, URI, guest, error)) {
            return FALSE;
        }
    } else if (virDomainLockProcessStart(leases, URI, guest, true, NULL) < 0) {
        return drv_fail_from_libvirt(error);
    }
    return virDomainLockProcessResume(leases, URI, guest, NULL) == 0 ||
           drv_fail_from_libvirt(error);
}

static void
end_holder(DrvLeases *leases, virDomainObj *guest)
{
    if (drv_lease_holder_is_needed(leases)) {
        drv_lease_holder_end(leases, guest);
    }
}

gboolean
drv_lease_take(DrvDriver *driver, DomDef *def, GError **error)
{
    virDomainDef face;
    virDomainObj guest = { .def = &face };
    if (!driver->leases) {
        return TRUE;
    }
    if (!make_face(def, &face, error)) {
        return FALSE;
    }
    def->live.leased = acquire(driver->leases, &guest, error);
    if (!def->live.leased) {
        end_holder(driver->leases, &guest);
        g_prefix_error(error,
                       _("domain '%s' gets no lease on its disks or what its <lease> names, which "
                         "another guest may use: "),
                       def->general.name);
    }
    clear_face(&face);
    return def->live.leased;
}

gboolean
drv_lease_has_holders(DrvDriver *driver)
{
    return driver->leases && drv_lease_holder_is_needed(driver->leases);
}

pid_t
drv_lease_holder(const unsigned char *uuid)
{
    virDomainDef face = { .id = -1 };
    virDomainObj guest = { .def = &face };
    memcpy(face.uuid, uuid, VIR_UUID_BUFLEN);
    return drv_lease_holder_find(&guest) ? guest.pid : 0;
}

void
drv_lease_renew(DrvDriver *driver, DomDef *def)
{
    g_autoptr(GError) error = NULL;
    unsigned char uuid[VIR_UUID_BUFLEN];
    if (!def->live.leased || !drv_lease_has_holders(driver) || !drv_def_uuid(def, uuid) ||
        drv_lease_holder(uuid) > 0) {
        return;
    }
    VIR_WARN("who held the leases of domain '%s' was killed", def->general.name);
    if (!drv_lease_take(driver, def, &error)) {
        VIR_ERROR("domain '%s' runs without leases, end it if its disks are used elsewhere: %s",
                  def->general.name, error->message);
    }
}

static gboolean
release(DrvLeases *leases, virDomainObj *guest)
{
    g_autofree char *state = NULL;
    return virDomainLockProcessPause(leases, guest, &state) == 0;
}

void
drv_lease_drop(DrvDriver *driver, DomDef *def)
{
    virDomainDef face;
    virDomainObj guest = { .def = &face };
    if (!def->live.leased || !driver->leases || !make_face(def, &face, NULL)) {
        return;
    }
    /* the leases of a holder that is gone are gone with it */
    gboolean held = !drv_lease_holder_is_needed(driver->leases) || drv_lease_holder_find(&guest);
    if (held && !release(driver->leases, &guest)) {
        VIR_WARN("the leases on the disks of domain '%s' are still held: %s", def->general.name,
                 virGetLastErrorMessage());
        virResetLastError();
    }
    end_holder(driver->leases, &guest);
    def->live.leased = FALSE;
    clear_face(&face);
}
