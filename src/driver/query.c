/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that only look. They answer at once, whatever job the domain is in. */

#include <libxl_utils.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/addresses.h"
#include "driver/agent.h"
#include "driver/api.h"
#include "driver/channels.h"
#include "driver/guest.h"
#include "driver/live.h"
#include "driver/model.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

int
drv_domain_is_active(virDomainPtr dom)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainIsActiveEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return who->def->id >= 0;
}

int
drv_domain_is_persistent(virDomainPtr dom)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainIsPersistentEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    return domain->persistent;
}

int
drv_domain_is_updated(virDomainPtr dom)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainIsUpdatedEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return 0;
}

/* libvirt's names of the three ways to run; PV is "xen" in the public API. */
static const char *
os_type(DomType type)
{
    switch (type) {
    case DOM_TYPE_HVM:
        return "hvm";
    case DOM_TYPE_PVH:
        return "xenpvh";
    case DOM_TYPE_ABSENT:
    case DOM_TYPE_PV:
        break;
    }
    return "xen";
}

char *
drv_domain_get_os_type(virDomainPtr dom)
{
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetOSTypeEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    DRV_DOMAIN_LOCKED(domain);
    return g_strdup(os_type(domain->def->general.type));
}

/* A guest that ended this moment is answered from what is known of it. Who works on it (@changing)
 * may hold it for a moment, which is no pause. */
static void
read_live_info(DrvDriver *driver, int id, gboolean changing, virDomainInfoPtr info)
{
    g_auto(DrvLive) live = { 0 };
    if (!drv_live_read(&live, driver, id)) {
        return;
    }
    info->cpuTime = live.cpu_time;
    info->memory = live.current;
    info->maxMem = live.max;
    info->nrVirtCpu = (unsigned short)libxl_bitmap_count_set(&live.cpus);
    if (!live.ended && !changing && info->state == VIR_DOMAIN_RUNNING) {
        info->state = live.paused ? VIR_DOMAIN_PAUSED : VIR_DOMAIN_RUNNING;
    }
}

int
drv_domain_get_info(virDomainPtr dom, virDomainInfoPtr info)
{
    int id;
    gboolean changing;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    {
        DRV_DOMAIN_LOCKED(domain);
        id = domain->id;
        changing = domain->job != NULL;
        info->state = (unsigned char)domain->state;
        info->cpuTime = 0;
        info->maxMem = drv_def_max_memory(domain->def);
        info->memory = drv_def_memory(domain->def);
        info->nrVirtCpu = (unsigned short)drv_def_vcpus(domain->def);
    }
    if (id >= 0) {
        read_live_info(drv_driver_of(dom->conn), id, changing, info);
    }
    return 0;
}

int
drv_domain_get_state(virDomainPtr dom, int *state, int *reason, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetStateEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    *state = domain->state;
    if (reason) {
        *reason = domain->reason;
    }
    return 0;
}

int
drv_domain_get_control_info(virDomainPtr dom, virDomainControlInfoPtr info, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetControlInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    gboolean lost = domain->id >= 0 && domain->model == DRV_MODEL_TOLD;
    info->state = lost          ? VIR_DOMAIN_CONTROL_ERROR
                  : domain->job ? VIR_DOMAIN_CONTROL_JOB
                                : VIR_DOMAIN_CONTROL_OK;
    info->details = lost ? VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR : 0;
    info->stateTime = 0;
    return 0;
}

/* As the guest's tools tell; NULL when none do. (transfer full) */
static char *
told_hostname(DrvDriver *driver, int id)
{
    static const char *const keys[] = { "data/host_name_dns", "data/host_name" };
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_autofree char *name =
            drv_hypervisor_read(driver->hypervisor, "/local/domain/%d/%s", id, keys[i]);
        if (name && *g_strstrip(name)) {
            return g_steal_pointer(&name);
        }
    }
    return NULL;
}

/* As its agent tells. NULL with @error. (transfer full) */
static char *
agent_hostname(DrvDomain *domain, GError **error)
{
    static const char command[] = "guest-get-host-name";
    g_autoptr(virJSONValue) said =
        drv_agent_request(domain, command, NULL, VIR_JSON_TYPE_OBJECT, error);
    const char *name = said ? virJSONValueObjectGetString(said, "host-name") : NULL;
    if (said && !name) {
        drv_agent_fail_answer(command, error);
    }
    return g_strdup(name);
}

/* The one source that @flags name; without any first that which waits for nobody. NULL: none, with
 * @error where there is more to say about it. (transfer full) */
static char *
find_hostname(DrvDriver *driver, DrvDomain *domain, unsigned int flags, GError **error)
{
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    gboolean agent = drv_channels_path(def, DRV_CHANNELS_AGENT) != NULL;
    int id = drv_domain_running_id(domain, error);
    if (id < 0) {
        return NULL;
    }
    if (flags & VIR_DOMAIN_GET_HOSTNAME_LEASE) {
        return drv_addresses_leased_name(def, error);
    }
    if (agent && (flags & VIR_DOMAIN_GET_HOSTNAME_AGENT)) {
        return agent_hostname(domain, error);
    }
    char *name = told_hostname(driver, id);
    return name || !agent ? name : agent_hostname(domain, error);
}

char *
drv_domain_get_hostname(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_GET_HOSTNAME_AGENT | VIR_DOMAIN_GET_HOSTNAME_LEASE, NULL);
    VIR_EXCLUSIVE_FLAGS_RET(VIR_DOMAIN_GET_HOSTNAME_AGENT, VIR_DOMAIN_GET_HOSTNAME_LEASE, NULL);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetHostnameEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    char *name = find_hostname(drv_driver_of(dom->conn), domain, flags, &error);
    if (!name) {
        if (!error) {
            drv_fail(&error, VIR_ERR_NO_HOSTNAME,
                     _("domain '%s' does not tell its name: it has no guest tools that do"),
                     who->def->name);
        }
        drv_raise(&error);
    }
    return name;
}

/* What people should know of a guest whose QEMU or agent somebody gave orders. */
static const struct {
    guint taint;
    const char *message;
} taints[] = {
    { DRV_TAINT_MONITOR, N_("tainted: custom monitor control commands issued") },
    { DRV_TAINT_AGENT, N_("tainted: custom guest agent control commands issued") },
};

int
drv_domain_get_messages(virDomainPtr dom, char ***messages, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_MESSAGE_DEPRECATION | VIR_DOMAIN_MESSAGE_TAINTING, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetMessagesEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    *messages = g_new0(char *, G_N_ELEMENTS(taints) + 1);
    DRV_DOMAIN_LOCKED(domain);
    gboolean wanted =
        drv_domain_shown_id(domain) >= 0 && (!flags || (flags & VIR_DOMAIN_MESSAGE_TAINTING));
    int count = 0;
    for (gsize i = 0; wanted && i < G_N_ELEMENTS(taints); i++) {
        if (domain->tainted & taints[i].taint) {
            (*messages)[count++] = g_strdup(_(taints[i].message));
        }
    }
    return count;
}

/* @ret_id: the domid of the guest whose numbers are wanted beside; -1: none. */
static DomDef *
copy_for_xml(DrvDomain *domain, unsigned int flags, int *ret_id)
{
    DRV_DOMAIN_LOCKED(domain);
    int shown = flags & VIR_DOMAIN_XML_INACTIVE ? -1 : drv_domain_shown_id(domain);
    DomDef *def = dom_def_copy(shown >= 0 ? domain->def : drv_domain_stored_def(domain));
    def->live.id = shown;
    *ret_id = shown >= 0 ? domain->id : -1;
    return def;
}

char *
drv_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_UPDATE_CPU |
                      VIR_DOMAIN_XML_MIGRATABLE,
                  NULL);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetXMLDescEnsureACL(dom->conn, who->def, flags) < 0) {
        return NULL;
    }
    int id;
    g_autoptr(DomDef) def = copy_for_xml(domain, flags, &id);
    if (id >= 0) {
        drv_live_fill(drv_driver_of(dom->conn), id, def);
        drv_live_refresh(drv_driver_of(dom->conn), id, def);
    }
    DomFormatFlags format = (flags & VIR_DOMAIN_XML_SECURE ? DOM_FORMAT_SECURE : 0) |
                            (def->live.id < 0 ? DOM_FORMAT_INACTIVE : 0);
    char *xml = drv_model_format_xml(def, format, &error);
    if (!xml) {
        drv_raise(&error);
    }
    return xml;
}
