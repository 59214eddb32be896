/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/domain.h"
#include "driver/error.h"
#include "driver/text.h"

gboolean
drv_def_uuid(const DomDef *def, unsigned char *ret_uuid)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    if (!def->general.uuid || virUUIDParse(def->general.uuid, uuid) < 0) {
        return FALSE;
    }
    memcpy(ret_uuid, uuid, VIR_UUID_BUFLEN);
    return TRUE;
}

DrvDomain *
drv_domain_new(DomDef *def, GError **error)
{
    g_autoptr(DomDef) owned = def;
    g_autoptr(DrvDomain) domain = g_new0(DrvDomain, 1);
    domain->refs = 1;
    g_mutex_init(&domain->lock);
    g_cond_init(&domain->job_over);
    domain->id = -1;
    domain->last_id = -1;
    domain->settled_id = -1;
    domain->agent.call_fd = -1;
    domain->agent_timeout = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT;
    domain->state = VIR_DOMAIN_SHUTOFF;
    domain->reason = VIR_DOMAIN_SHUTOFF_UNKNOWN;
    if (!owned->general.name || !*owned->general.name) {
        drv_fail(error, VIR_ERR_XML_ERROR, _("the definition has no <name>"));
        return NULL;
    }
    if (!drv_def_uuid(owned, domain->uuid)) {
        drv_fail(error, VIR_ERR_XML_ERROR, _("domain '%s' has no valid <uuid>"),
                 owned->general.name);
        return NULL;
    }
    domain->consoles = drv_consoles_new();
    domain->name = g_strdup(owned->general.name);
    domain->def = g_steal_pointer(&owned);
    return g_steal_pointer(&domain);
}

DrvDomain *
drv_domain_ref(DrvDomain *domain)
{
    g_atomic_int_inc(&domain->refs);
    return domain;
}

void
drv_domain_unref(DrvDomain *domain)
{
    if (!domain || !g_atomic_int_dec_and_test(&domain->refs)) {
        return;
    }
    drv_consoles_free(domain->consoles);
    dom_def_free(domain->def);
    dom_def_free(domain->next);
    g_free(domain->name);
    g_cond_clear(&domain->job_over);
    g_mutex_clear(&domain->lock);
    g_free(domain);
}

DomDef *
drv_domain_copy_def(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return dom_def_copy(domain->def);
}

DrvIdentity *
drv_domain_identity(DrvDomain *domain)
{
    DrvIdentity *identity = g_new0(DrvIdentity, 1);
    identity->def = g_new0(virDomainDef, 1);
    memcpy(identity->def->uuid, domain->uuid, VIR_UUID_BUFLEN);
    DRV_DOMAIN_LOCKED(domain);
    identity->def->id = drv_domain_shown_id(domain);
    identity->def->name = g_strdup(domain->name);
    return identity;
}

void
drv_identity_free(DrvIdentity *identity)
{
    if (!identity) {
        return;
    }
    g_free(identity->def->name);
    g_free(identity->def);
    g_free(identity);
}

const DomDef *
drv_domain_stored_def(const DrvDomain *domain)
{
    return domain->next ? domain->next : domain->def;
}

static gboolean
is_active(const DrvDomain *domain)
{
    return drv_domain_shown_id(domain) >= 0;
}

static gboolean
is_persistent(const DrvDomain *domain)
{
    return domain->persistent;
}

static gboolean
is_autostart(const DrvDomain *domain)
{
    return domain->autostart[DRV_AUTOSTART_ALWAYS];
}

static gboolean
is_saved(const DrvDomain *domain)
{
    return domain->saved;
}

/* Snapshots and checkpoints: no domain has one. */
static gboolean
is_never(const DrvDomain *domain)
{
    return FALSE;
}

/* Each row is a pair of flags, of which a caller gives one to select by the property. */
static const struct {
    unsigned int with;
    unsigned int without;
    gboolean (*has)(const DrvDomain *domain);
} filters[] = {
    { VIR_CONNECT_LIST_DOMAINS_ACTIVE, VIR_CONNECT_LIST_DOMAINS_INACTIVE, is_active },
    { VIR_CONNECT_LIST_DOMAINS_PERSISTENT, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, is_persistent },
    { VIR_CONNECT_LIST_DOMAINS_AUTOSTART, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART, is_autostart },
    { VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE, is_saved },
    { VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT, VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, is_never },
    { VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT, VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT, is_never },
};

static gboolean
state_matches(int state, unsigned int flags)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
        return (flags & VIR_CONNECT_LIST_DOMAINS_RUNNING) != 0;
    case VIR_DOMAIN_PAUSED:
        return (flags & VIR_CONNECT_LIST_DOMAINS_PAUSED) != 0;
    case VIR_DOMAIN_SHUTOFF:
        return (flags & VIR_CONNECT_LIST_DOMAINS_SHUTOFF) != 0;
    }
    return (flags & VIR_CONNECT_LIST_DOMAINS_OTHER) != 0;
}

gboolean
drv_domain_matches(const DrvDomain *domain, unsigned int flags)
{
    const unsigned int states = VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED |
                                VIR_CONNECT_LIST_DOMAINS_SHUTOFF | VIR_CONNECT_LIST_DOMAINS_OTHER;
    for (gsize i = 0; i < G_N_ELEMENTS(filters); i++) {
        unsigned int asked = flags & (filters[i].with | filters[i].without);
        unsigned int is = filters[i].has(domain) ? filters[i].with : filters[i].without;
        if (asked && !(asked & is)) {
            return FALSE;
        }
    }
    return !(flags & states) || state_matches(domain->state, flags);
}

void
drv_domain_did_not_start(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->state == VIR_DOMAIN_SHUTOFF && domain->reason != VIR_DOMAIN_SHUTOFF_SAVED) {
        domain->reason = VIR_DOMAIN_SHUTOFF_FAILED;
    }
}

int
drv_domain_shown_id(const DrvDomain *domain)
{
    return domain->id >= 0 ? domain->id : domain->last_id;
}

gboolean
drv_domain_fail_absent(const DrvDomain *domain, GError **error)
{
    return domain->last_id >= 0
               ? drv_fail(error, VIR_ERR_OPERATION_INVALID,
                          _("domain '%s' restarts: try again when its new guest is there"),
                          domain->name)
               : drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' is not running"),
                          domain->name);
}

gboolean
drv_domain_is_held(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->state == VIR_DOMAIN_PAUSED && domain->reason == VIR_DOMAIN_PAUSED_USER;
}

int
drv_domain_running_id(DrvDomain *domain, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id < 0) {
        drv_domain_fail_absent(domain, error);
    }
    return domain->id;
}

guint64
drv_def_memory(const DomDef *def)
{
    return def->memory.target.set ? def->memory.target.value : DOM_MEMORY_DEFAULT;
}

guint64
drv_def_max_memory(const DomDef *def)
{
    return def->memory.max.set ? def->memory.max.value : drv_def_memory(def);
}

guint
drv_def_vcpus(const DomDef *def)
{
    return def->cpu.vcpus.set ? (guint)def->cpu.vcpus.value : 1;
}

guint
drv_def_max_vcpus(const DomDef *def)
{
    return def->cpu.maxvcpus.set ? (guint)def->cpu.maxvcpus.value : drv_def_vcpus(def);
}
