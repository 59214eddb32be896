/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that start, stop and hold a guest; what they do to it is in guest.c. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/agent.h"
#include "driver/api.h"
#include "driver/define.h"
#include "driver/guest.h"
#include "driver/jobs.h"
#include "driver/managed.h"
#include "driver/migrate_move.h"
#include "driver/once.h"
#include "driver/owner.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* There is no NVRAM to reset. */
#define START_FLAGS                                                                                \
    (VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_BYPASS_CACHE | VIR_DOMAIN_START_FORCE_BOOT |       \
     VIR_DOMAIN_START_RESET_NVRAM | VIR_DOMAIN_START_AUTODESTROY)

typedef struct {
    DrvDriver *driver;
    unsigned int flags; /* the method's */
    gboolean aborted;   /* destroy: a job that ran */
} Call;

static gboolean
run(DrvDomain *domain, const char *what, DrvJobFunc func, Call *call, GError **error)
{
    return drv_jobs_run(call->driver, domain, what, func, call, error);
}

static gboolean
refuse_control(DrvDomain *domain, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->control) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' is the host's own: use the host's commands"), domain->name);
    }
    return TRUE;
}

static DrvStartFlags
start_flags(unsigned int flags)
{
    return flags & VIR_DOMAIN_START_PAUSED ? DRV_START_PAUSED : 0;
}

static gboolean
start_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Call *call = data;
    DrvManagedFlags managed =
        (call->flags & VIR_DOMAIN_START_FORCE_BOOT ? DRV_MANAGED_DROP : 0) |
        (call->flags & VIR_DOMAIN_START_BYPASS_CACHE ? DRV_MANAGED_BYPASS_CACHE : 0);
    return drv_managed_start(call->driver, domain, start_flags(call->flags), managed, error);
}

int
drv_domain_create_with_flags(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Call call = { drv_driver_of(dom->conn), flags };
    virCheckFlags(START_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainCreateWithFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!run(domain, "start", start_job, &call, &error)) {
        return drv_raise(&error);
    }
    if (flags & VIR_DOMAIN_START_AUTODESTROY) {
        drv_owner_set(domain, dom->conn);
    }
    DRV_DOMAIN_LOCKED(domain);
    dom->id = drv_domain_shown_id(domain);
    return 0;
}

int
drv_domain_create(virDomainPtr dom)
{
    return drv_domain_create_with_flags(dom, 0);
}

virDomainPtr
drv_domain_create_xml(virConnectPtr conn, const char *xml, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(START_FLAGS | VIR_DOMAIN_START_VALIDATE, NULL);
    gboolean validate = (flags & VIR_DOMAIN_START_VALIDATE) != 0;
    DrvOnce once = {
        .what = "create",
        .def = drv_define_parse(xml, validate, &error),
        .flags = start_flags(flags),
        .drop_saved = (flags & VIR_DOMAIN_START_FORCE_BOOT) != 0,
    };
    g_autoptr(DrvDomain) domain = NULL;
    if (once.def && drv_define_identity(once.def, &who, &error)) {
        if (virDomainCreateXMLEnsureACL(conn, who->def) < 0) {
            dom_def_free(once.def);
            return NULL;
        }
        domain = drv_once_run(drv_driver_of(conn), &once, &error);
    }
    dom_def_free(once.def);
    if (!domain) {
        drv_raise(&error);
        return NULL;
    }
    if (flags & VIR_DOMAIN_START_AUTODESTROY) {
        drv_owner_set(domain, conn);
    }
    return drv_domain_handle(conn, domain);
}

static gboolean
suspend_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Call *call = data;
    return refuse_control(domain, error) && drv_guest_pause(call->driver, domain, error);
}

int
drv_domain_suspend(virDomainPtr dom)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Call call = { drv_driver_of(dom->conn), 0 };
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSuspendEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, "suspend", suspend_job, &call, &error) ? 0 : drv_raise(&error);
}

static gboolean
resume_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Call *call = data;
    if (drv_move_is_left(domain)) {
        return drv_move_resume(call->driver, domain, FALSE, error);
    }
    return refuse_control(domain, error) && drv_guest_unpause(call->driver, domain, error);
}

int
drv_domain_resume(virDomainPtr dom)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Call call = { drv_driver_of(dom->conn), 0 };
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainResumeEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, "resume", resume_job, &call, &error) ? 0 : drv_raise(&error);
}

typedef int (*Signal)(libxl_ctx *ctx, uint32_t domid, const libxl_asyncop_how *how);

/* One way to ask a guest to stop. */
typedef struct {
    unsigned int paravirt; /* the method's flag for the request through xenstore */
    unsigned int acpi;     /* the method's flag for the power button */
    unsigned int agent;    /* the method's flag for the guest's agent */
    const char *mode;      /* the agent's word for it */
    Signal signal;
    libxl_trigger trigger;
    const char *failure;
} Request;

static const Request shutdown_request = { VIR_DOMAIN_SHUTDOWN_PARAVIRT,
                                          VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN,
                                          VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
                                          "powerdown",
                                          libxl_domain_shutdown,
                                          LIBXL_TRIGGER_POWER,
                                          N_("the guest cannot be asked to shut down") };

/* There is no ACPI button for a reboot; Xen resets the machine, as its reset button would. */
static const Request reboot_request = { VIR_DOMAIN_REBOOT_PARAVIRT,
                                        VIR_DOMAIN_REBOOT_ACPI_POWER_BTN,
                                        VIR_DOMAIN_REBOOT_GUEST_AGENT,
                                        "reboot",
                                        libxl_domain_reboot,
                                        LIBXL_TRIGGER_RESET,
                                        N_("the guest cannot be asked to reboot") };

typedef struct {
    Call call;
    const Request *request;
    int id; /* of the guest to ask */
    gboolean hvm;
} Ask;

/* Whether somebody works on the domain who must not be disturbed, a save for example. */
static gboolean
look_job(DrvDomain *domain, gpointer data, GError **error)
{
    Ask *ask = data;
    if (!refuse_control(domain, error)) {
        return FALSE;
    }
    ask->id = drv_domain_running_id(domain, error);
    DRV_DOMAIN_LOCKED(domain);
    ask->hvm = domain->def->general.type == DOM_TYPE_HVM;
    return ask->id >= 0;
}

static gboolean
is_gone(DrvDomain *domain, const Ask *ask)
{
    DRV_DOMAIN_LOCKED(domain);
    return domain->id != ask->id;
}

/*
 * A guest that is paused or hangs does not acknowledge the request, for which libxl waits a minute:
 * not in a job, which would keep everybody from resuming or destroying it. That it is gone by then
 * is what was wanted.
 */
static gboolean
ask_by_libxl(DrvDomain *domain, const Ask *ask, GError **error)
{
    const Request *request = ask->request;
    unsigned int flags = ask->call.flags;
    gboolean paravirt = flags == 0 || (flags & request->paravirt);
    gboolean acpi = (flags == 0 || (flags & request->acpi)) && ask->hvm;
    g_autoptr(DrvXen) xen = drv_xen_open(ask->call.driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    int rc = paravirt ? request->signal(xen->ctx, (uint32_t)ask->id, NULL) : ERROR_NOPARAVIRT;
    if (rc == ERROR_NOPARAVIRT && acpi) {
        rc = libxl_send_trigger(xen->ctx, (uint32_t)ask->id, request->trigger, 0, NULL);
    }
    if (rc == ERROR_NOPARAVIRT) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("%s: it has no Xen PV drivers, or no ACPI"), _(request->failure));
    }
    return rc == 0 || is_gone(domain, ask) ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, "%s", _(request->failure));
}

static gboolean
ask_agent(DrvDomain *domain, const Request *request, GError **error)
{
    virJSONValue *arguments = NULL;
    if (!refuse_control(domain, error)) {
        return FALSE;
    }
    virJSONValueObjectAdd(&arguments, "s:mode", request->mode, NULL);
    return drv_agent_order(domain, "guest-shutdown", arguments, error);
}

/* The agent, for which no job waits, comes before the other ways that are wanted beside it. */
static gboolean
ask_guest(DrvDomain *domain, const char *what, Ask *ask, GError **error)
{
    unsigned int agent = ask->call.flags & ask->request->agent;
    ask->call.flags &= ~agent;
    if (agent && ask->call.flags == 0) {
        return ask_agent(domain, ask->request, error);
    }
    return (agent && ask_agent(domain, ask->request, NULL)) ||
           (run(domain, what, look_job, &ask->call, error) && ask_by_libxl(domain, ask, error));
}

int
drv_domain_shutdown_flags(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Ask ask = { .call = { drv_driver_of(dom->conn), flags }, .request = &shutdown_request };
    virCheckFlags(VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN | VIR_DOMAIN_SHUTDOWN_PARAVIRT |
                      VIR_DOMAIN_SHUTDOWN_GUEST_AGENT,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainShutdownFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    return ask_guest(domain, "shutdown", &ask, &error) ? 0 : drv_raise(&error);
}

int
drv_domain_shutdown(virDomainPtr dom)
{
    return drv_domain_shutdown_flags(dom, 0);
}

int
drv_domain_reboot(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Ask ask = { .call = { drv_driver_of(dom->conn), flags }, .request = &reboot_request };
    virCheckFlags(VIR_DOMAIN_REBOOT_ACPI_POWER_BTN | VIR_DOMAIN_REBOOT_PARAVIRT |
                      VIR_DOMAIN_REBOOT_GUEST_AGENT,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainRebootEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    return ask_guest(domain, "reboot", &ask, &error) ? 0 : drv_raise(&error);
}

/* The job that was aborted may have been its end, of which only the dump was not over. */
static gboolean
has_ended(DrvDomain *domain, const Call *call)
{
    return call->aborted && drv_domain_running_id(domain, NULL) < 0;
}

static gboolean
destroy_job(DrvDomain *domain, gpointer data, GError **error)
{
    const Call *call = data;
    return has_ended(domain, call) ||
           (refuse_control(domain, error) &&
            drv_guest_destroy(call->driver, domain, VIR_DOMAIN_SHUTOFF_DESTROYED,
                              VIR_DOMAIN_EVENT_STOPPED_DESTROYED, error));
}

/* GRACEFUL asks for an end without loss of written data; libxl ends a guest's backends in order. */
int
drv_domain_destroy_flags(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    Call call = { drv_driver_of(dom->conn), flags };
    virCheckFlags(VIR_DOMAIN_DESTROY_GRACEFUL, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainDestroyFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    /* a save or a dump that takes long is not waited for */
    call.aborted = drv_job_cancel(domain, NULL);
    gboolean done = run(domain, "destroy", destroy_job, &call, &error) ||
                    (call.aborted && g_error_matches(error, DRV_ERROR, VIR_ERR_NO_DOMAIN));
    return done ? 0 : drv_raise(&error);
}

int
drv_domain_destroy(virDomainPtr dom)
{
    return drv_domain_destroy_flags(dom, 0);
}
