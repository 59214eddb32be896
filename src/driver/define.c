/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Definitions that stay: define, undefine, start with the daemon. */

#include "datatypes.h"
#include "virerror.h"
#include "virxml.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/bind/bind.h"
#include "driver/define.h"
#include "driver/events.h"
#include "driver/job.h"
#include "driver/managed.h"
#include "driver/model.h"
#include "driver/parser.h"
#include "driver/serials.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* Against libvirt's own schema, as it does for its other drivers. */
static gboolean
check_schema(const char *xml, GError **error)
{
    g_autoptr(xmlDoc) doc =
        virXMLParse(NULL, xml, _("(domain_definition)"), "domain", NULL, "domain.rng", true);
    return doc || drv_fail_from_libvirt(error);
}

/* More than any machine has, in KiB: what xl.cfg's negative numbers become lies above. */
#define MOST_MEMORY (G_GUINT64_CONSTANT(1) << 50)

/* libxl would try, and reckon with sums that have no room. */
static gboolean
check_memory(const DomDef *def, GError **error)
{
    guint64 most = MAX(def->memory.max.value, def->memory.target.value);
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT, most);
    return most <= MOST_MEMORY ||
           drv_fail(
               error, VIR_ERR_XML_ERROR,
               _("memory: %s KiB is more than any machine has; a negative number in xl.cfg text "
                 "becomes such a size"),
               text);
}

static gboolean
check_some_memory(const DomDef *def, GError **error)
{
    const DomMemory *memory = &def->memory;
    gboolean none = (memory->max.set && memory->max.value == 0) ||
                    (memory->target.set && memory->target.value == 0);
    return !none || drv_fail(error, VIR_ERR_XML_ERROR,
                             _("memory: the domain has none: expected a size above 0, as in "
                               "<memory unit='MiB'>512</memory>"));
}

/* libxl would start neither: the second one finds its place taken. */
static gboolean
check_disks(const DomDef *def, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = def->disks->pdata[i];
        if (disk->vdev && !g_hash_table_add(seen, disk->vdev)) {
            return drv_fail(error, VIR_ERR_XML_ERROR,
                            _("disk: two disks are %s in the guest: give one of them another "
                              "<target dev='...'/>"),
                            disk->vdev);
        }
    }
    return TRUE;
}

/* A value that keeps the guest from starting on any host is told when it is defined. What this Xen
 * lacks, another may have by the next start. */
static gboolean
check_bound(const DomDef *def, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    if (bind_def_check(def, &wrong) || !g_error_matches(wrong, DOM_ERROR, DOM_ERROR_INVALID)) {
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&wrong));
    return FALSE;
}

DomDef *
drv_define_parse(const char *xml, gboolean validate, GError **error)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    char text[VIR_UUID_STRING_BUFLEN];
    g_autoptr(DomDef) def = drv_model_parse_xml(xml, error);
    if (!def || !check_memory(def, error) || !check_some_memory(def, error) ||
        !check_disks(def, error) || !drv_serials_check(def, error) || !check_bound(def, error) ||
        !drv_parser_accepts(xml, error) || (validate && !check_schema(xml, error))) {
        return NULL;
    }
    if (!def->general.uuid) {
        if (virUUIDGenerate(uuid) < 0) {
            drv_fail(error, VIR_ERR_INTERNAL_ERROR, _("cannot make a uuid"));
            return NULL;
        }
        virUUIDFormat(uuid, text);
        def->general.uuid = g_strdup(text);
    }
    return g_steal_pointer(&def);
}

gboolean
drv_define_identity(const DomDef *def, DrvIdentity **ret_identity, GError **error)
{
    g_autoptr(DrvIdentity) who = g_new0(DrvIdentity, 1);
    who->def = g_new0(virDomainDef, 1);
    who->def->id = -1;
    who->def->name = g_strdup(def->general.name);
    if (!drv_def_uuid(def, who->def->uuid)) {
        return drv_fail(error, VIR_ERR_XML_ERROR, _("'%s' is not a uuid"), def->general.uuid);
    }
    *ret_identity = g_steal_pointer(&who);
    return TRUE;
}

typedef struct {
    DrvDriver *driver;
    DomDef *def; /* owned until the job takes it */
    int detail;  /* of the event DEFINED */
} Define;

static gboolean
check_same_name(DrvDomain *domain, const DomDef *def, GError **error)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    DRV_DOMAIN_LOCKED(domain);
    if (domain->control) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID, _("Domain-0 cannot be defined"));
    }
    if (!g_str_equal(domain->name, def->general.name)) {
        virUUIDFormat(domain->uuid, uuid);
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("domain '%s' is already defined with uuid %s"), domain->name, uuid);
    }
    return TRUE;
}

gboolean
drv_define_keep(DrvDriver *driver, DrvDomain *domain, DomDef **def, int *ret_detail, GError **error)
{
    if (!check_same_name(domain, *def, error) ||
        !drv_store_save_definition(driver->store, *def, error)) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    *ret_detail =
        domain->persistent ? VIR_DOMAIN_EVENT_DEFINED_UPDATED : VIR_DOMAIN_EVENT_DEFINED_ADDED;
    domain->persistent = TRUE;
    DomDef **slot = domain->id >= 0 ? &domain->next : &domain->def;
    dom_def_free(*slot);
    *slot = g_steal_pointer(def);
    return TRUE;
}

static gboolean
define_job(DrvDomain *domain, gpointer data, GError **error)
{
    Define *define = data;
    return drv_define_keep(define->driver, domain, &define->def, &define->detail, error);
}

/* The domain with the definition's uuid, which is put on the list when it is new. */
static DrvDomain *
find_or_add(DrvDriver *driver, const DomDef *def, gboolean *ret_added, GError **error)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    *ret_added = FALSE;
    DrvDomain *found = drv_def_uuid(def, uuid) ? drv_domains_by_uuid(driver->domains, uuid) : NULL;
    if (found) {
        return found;
    }
    g_autoptr(DrvDomain) domain = drv_domain_new(dom_def_copy(def), error);
    if (!domain || !drv_domains_add(driver->domains, domain, error)) {
        return NULL;
    }
    *ret_added = TRUE;
    return g_steal_pointer(&domain);
}

DrvDomain *
drv_define_domain(DrvDriver *driver, DomDef *def, GError **error)
{
    gboolean added;
    Define define = { driver, def, 0 };
    g_autoptr(DrvDomain) domain = find_or_add(driver, def, &added, error);
    gboolean done =
        domain && drv_job_run(domain, "define", DRV_JOB_PATIENCE, define_job, &define, error);
    if (!done && domain && added) {
        drv_domains_remove(driver->domains, domain);
    }
    dom_def_free(define.def);
    if (!done) {
        return NULL;
    }
    drv_event_lifecycle(driver, domain, -1, VIR_DOMAIN_EVENT_DEFINED, define.detail);
    return g_steal_pointer(&domain);
}

virDomainPtr
drv_domain_define_xml_flags(virConnectPtr conn, const char *xml, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_DEFINE_VALIDATE, NULL);
    g_autoptr(DomDef) def =
        drv_define_parse(xml, (flags & VIR_DOMAIN_DEFINE_VALIDATE) != 0, &error);
    if (!def || !drv_define_identity(def, &who, &error)) {
        drv_raise(&error);
        return NULL;
    }
    if (virDomainDefineXMLFlagsEnsureACL(conn, who->def) < 0) {
        return NULL;
    }
    g_autoptr(DrvDomain) domain =
        drv_define_domain(drv_driver_of(conn), g_steal_pointer(&def), &error);
    if (!domain) {
        drv_raise(&error);
        return NULL;
    }
    return drv_domain_handle(conn, domain);
}

virDomainPtr
drv_domain_define_xml(virConnectPtr conn, const char *xml)
{
    return drv_domain_define_xml_flags(conn, xml, 0);
}

typedef struct {
    DrvDriver *driver;
    unsigned int flags; /* the method's */
} Undefine;

gboolean
drv_define_drop(DrvDriver *driver, DrvDomain *domain, gboolean managed_too, GError **error)
{
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    {
        DRV_DOMAIN_LOCKED(domain);
        if (domain->control || !domain->persistent) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("domain '%s' has no stored definition to remove"), domain->name);
        }
        if (domain->saved && !managed_too) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("domain '%s' has a managed save image: remove that too (virsh "
                              "undefine --managed-save) or first"),
                            domain->name);
        }
    }
    if (!drv_managed_remove(driver, domain, error) ||
        !drv_store_delete_definition(driver->store, who->def->name, error)) {
        return FALSE;
    }
    gboolean running;
    {
        DRV_DOMAIN_LOCKED(domain);
        running = domain->id >= 0;
        domain->persistent = FALSE;
        memset(domain->autostart, 0, sizeof(domain->autostart));
        g_clear_pointer(&domain->next, dom_def_free);
    }
    if (!running) {
        drv_domains_remove(driver->domains, domain);
    }
    drv_event_lifecycle(driver, domain, -1, VIR_DOMAIN_EVENT_UNDEFINED,
                        VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    return TRUE;
}

static gboolean
undefine_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Undefine *undefine = data;
    return drv_define_drop(undefine->driver, domain,
                           (undefine->flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE) != 0, error);
}

/* Beside managed save images a guest has none of the things that these would remove or keep. */
#define UNDEFINE_FLAGS                                                                             \
    (VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |                   \
     VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM |                                  \
     VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_TPM |                          \
     VIR_DOMAIN_UNDEFINE_KEEP_TPM)

int
drv_domain_undefine_flags(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Undefine undefine = { drv_driver_of(dom->conn), flags };
    virCheckFlags(UNDEFINE_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainUndefineFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return drv_job_run(domain, "undefine", DRV_JOB_PATIENCE, undefine_job, &undefine, &error)
               ? 0
               : drv_raise(&error);
}

int
drv_domain_undefine(virDomainPtr dom)
{
    return drv_domain_undefine_flags(dom, 0);
}
