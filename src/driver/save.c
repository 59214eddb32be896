/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that save a guest; the way back is in restore.c. */

#include <string.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/abi.h"
#include "driver/api.h"
#include "driver/events.h"
#include "driver/jobs.h"
#include "driver/managed.h"
#include "driver/model.h"
#include "driver/output.h"
#include "driver/save.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.save");

#define SAVE_FLAGS (VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)

/* A save that is wanted. */
typedef struct {
    DrvDriver *driver;
    const char *path; /* NULL: a managed save */
    const char *dxml; /* or NULL */
    unsigned int flags;
} Save;

/* A save that is being done. */
typedef struct {
    const Save *save;
    DrvDomain *domain;
    int id;
    gboolean was_paused;
    DomDef *def; /* what ran; owned */
    char *path;  /* owned */
    char *xml;   /* for the image; owned */
    DrvImageHead head;
    DrvOutput *output;
} Saving;

static void
saving_clear(Saving *saving)
{
    dom_def_free(saving->def);
    g_free(saving->path);
    g_free(saving->xml);
    drv_output_free(saving->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Saving, saving_clear)

/* Whether the domain can be saved, and what of it is needed. */
static gboolean
look(Saving *saving, GError **error)
{
    DrvDomain *domain = saving->domain;
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id < 0 || domain->control ||
        (domain->state != VIR_DOMAIN_RUNNING && domain->state != VIR_DOMAIN_PAUSED)) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' cannot be saved: it is no guest that runs or is paused"),
                        domain->name);
    }
    if (!saving->save->path && !domain->persistent) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("transient domain '%s' has nothing to be started from its managed save "
                          "image by: use virsh save"),
                        domain->name);
    }
    saving->id = domain->id;
    saving->was_paused = domain->state == VIR_DOMAIN_PAUSED;
    saving->def = dom_def_copy(domain->def);
    saving->path =
        saving->save->path ? g_strdup(saving->save->path) : drv_managed_path(domain->name);
    return TRUE;
}

char *
drv_save_xml(const DomDef *def, const char *dxml, GError **error)
{
    g_autoptr(DomDef) other = NULL;
    if (dxml) {
        other = drv_model_parse_xml(dxml, error);
        if (!other || !drv_abi_check(def, other, error)) {
            return NULL;
        }
    }
    return drv_model_format_xml(other ? other : def, DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE,
                                error);
}

static void
make_head(Saving *saving)
{
    unsigned int flags = saving->save->flags;
    gboolean paused = saving->was_paused ? !(flags & VIR_DOMAIN_SAVE_RUNNING)
                                         : (flags & VIR_DOMAIN_SAVE_PAUSED) != 0;
    saving->head = (DrvImageHead){
        .format = saving->save->driver->settings->save_image_format,
        .state = paused ? DRV_IMAGE_STATE_PAUSED : DRV_IMAGE_STATE_RUNNING,
        .xml_size = (guint32)strlen(saving->xml) + 1,
    };
}

static gboolean
put_head(Saving *saving, GError **error)
{
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    DrvOutputPlan plan = {
        .path = saving->path,
        .notes = DRV_STATE_DIR,
        .name = saving->def->general.name,
        .format = saving->head.format,
        .bypass_cache = (saving->save->flags & VIR_DOMAIN_SAVE_BYPASS_CACHE) != 0,
        .moved = drv_job_moved,
        .data = saving->domain,
    };
    saving->output = drv_output_open(&plan, error);
    drv_image_head_write(&saving->head, bytes);
    return saving->output && drv_output_put(saving->output, bytes, sizeof(bytes), error) &&
           drv_output_put(saving->output, saving->xml, saving->head.xml_size, error);
}

gboolean
drv_save_unpause(DrvXen *xen, int id, GError **error)
{
    return libxl_domain_unpause(xen->ctx, (uint32_t)id, NULL) == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen does not let the paused guest run to be saved"));
}

/* The guest is asked to stop, which one that is paused would not hear: it runs for that moment.
 * PAUSED in the state file tells the next daemon that the stop is ours. */
static gboolean
hold(Saving *saving, DrvXen *xen, GError **error)
{
    if (saving->was_paused) {
        return drv_save_unpause(xen, saving->id, error);
    }
    drv_guest_set_state(saving->save->driver, saving->domain, VIR_DOMAIN_PAUSED,
                        VIR_DOMAIN_PAUSED_SAVE);
    drv_event_lifecycle(saving->save->driver, saving->domain, saving->id,
                        VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return TRUE;
}

/* The stream into the file. What went wrong with the file says more than what libxl made of it. */
static gboolean
stream(Saving *saving, DrvXen *xen, int fd, GError **error)
{
    g_autoptr(GError) writing = NULL;
    gboolean sent = drv_job_allow_cancel(saving->domain, drv_output_stop, saving->output, error);
    gboolean wanted = sent;
    if (wanted) {
        xen->gives_way = TRUE;
        sent = libxl_domain_suspend(xen->ctx, (uint32_t)saving->id, fd, 0, NULL) == 0;
    }
    close(fd);
    gboolean written = drv_output_end(saving->output, &saving->head.stream_size, &writing);
    drv_job_forbid_cancel(saving->domain);
    if (wanted && !written) {
        g_propagate_prefixed_error(error, g_steal_pointer(&writing),
                                   _("cannot save domain '%s' to %s: "), saving->def->general.name,
                                   saving->path);
    } else if (wanted && !sent) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error, _("Xen cannot save domain '%s'"),
                     saving->def->general.name);
    }
    return sent && written;
}

/* All of the image, on the disk. Only now is it a saved guest to anybody. */
static gboolean
write_image(Saving *saving, DrvXen *xen, GError **error)
{
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    int fd = drv_output_begin(saving->output, error);
    if (fd < 0 || !stream(saving, xen, fd, error)) {
        return FALSE;
    }
    drv_image_head_write(&saving->head, bytes);
    return drv_output_rewrite(saving->output, bytes, sizeof(bytes), error) &&
           drv_output_commit(saving->output, error);
}

static void
go_on(Saving *saving)
{
    g_autoptr(GError) error = NULL;
    if (!drv_save_resume(saving->save->driver, saving->domain, saving->was_paused,
                         VIR_DOMAIN_RUNNING_SAVE_CANCELED, &error)) {
        VIR_ERROR("%s", error->message);
    }
}

static void
note_managed(Saving *saving)
{
    DRV_DOMAIN_LOCKED(saving->domain);
    saving->domain->saved = !saving->save->path;
}

/* The guest must not go on now: its image would be wrong. */
static gboolean
end_guest(Saving *saving, GError **error)
{
    g_autoptr(GError) ending = NULL;
    DrvDriver *driver = saving->save->driver;
    note_managed(saving);
    if (drv_guest_destroy(driver, saving->domain, VIR_DOMAIN_SHUTOFF_SAVED,
                          VIR_DOMAIN_EVENT_STOPPED_SAVED, &ending)) {
        return TRUE;
    }
    drv_guest_set_state(driver, saving->domain, VIR_DOMAIN_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN);
    return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("domain '%s' is saved in %s, but what is left of it does not go away; end it "
                      "with: virsh destroy: %s"),
                    saving->def->general.name, saving->path, ending->message);
}

static gboolean
save_job(DrvDomain *domain, gpointer data, GError **error)
{
    g_auto(Saving) saving = { .save = data, .domain = domain };
    if (!look(&saving, error)) {
        return FALSE;
    }
    saving.xml = drv_save_xml(saving.def, saving.save->dxml, error);
    if (!saving.xml) {
        return FALSE;
    }
    make_head(&saving);
    g_autoptr(DrvXen) xen = drv_xen_open(saving.save->driver->hypervisor, error);
    if (!xen || !put_head(&saving, error)) {
        return FALSE;
    }
    drv_jobs_measure(domain, VIR_DOMAIN_JOB_OPERATION_SAVE, xen, saving.id);
    if (!hold(&saving, xen, error) || !write_image(&saving, xen, error)) {
        go_on(&saving);
        return FALSE;
    }
    return end_guest(&saving, error);
}

/* Stops its CPUs first, so that a guest that is to be paused does not run in between. Xen counts
 * pauses, so there must be only one. */
static gboolean
wake(DrvXen *xen, int id, gboolean paused)
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    gboolean there = libxl_domain_info(xen->ctx, &info, (uint32_t)id) == 0;
    gboolean stopped =
        there && info.shutdown && info.shutdown_reason == LIBXL_SHUTDOWN_REASON_SUSPEND;
    if (paused && there && !info.paused && libxl_domain_pause(xen->ctx, (uint32_t)id, NULL) != 0) {
        VIR_WARN("Xen cannot pause domain %d: %s", id, drv_xen_words(xen));
    }
    libxl_dominfo_dispose(&info);
    return !stopped || libxl_domain_resume(xen->ctx, (uint32_t)id, 1, NULL) == 0;
}

gboolean
drv_save_resume(DrvDriver *driver, DrvDomain *domain, gboolean paused, int reason, GError **error)
{
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(driver->hypervisor, error) : NULL;
    if (!xen) {
        return FALSE;
    }
    if (!wake(xen, id, paused)) {
        drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_SUSPENDED,
                            VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR);
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("the guest with id %d stopped to be saved and does not go on"), id);
    }
    if (paused) {
        drv_guest_set_state(driver, domain, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER);
        return TRUE;
    }
    drv_guest_set_state(driver, domain, VIR_DOMAIN_RUNNING, reason);
    drv_event_lifecycle(driver, domain, id, VIR_DOMAIN_EVENT_RESUMED,
                        VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
    return TRUE;
}

static int
run(DrvDomain *domain, Save *save)
{
    g_autoptr(GError) error = NULL;
    return drv_jobs_run(save->driver, domain, "save", save_job, save, &error) ? 0
                                                                              : drv_raise(&error);
}

int
drv_domain_save_flags(virDomainPtr dom, const char *to, const char *dxml, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    Save request = { drv_driver_of(dom->conn), to, dxml, flags };
    virCheckFlags(SAVE_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSaveFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, &request);
}

int
drv_domain_save(virDomainPtr dom, const char *to)
{
    g_autoptr(DrvIdentity) who = NULL;
    Save request = { drv_driver_of(dom->conn), to, NULL, 0 };
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSaveEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, &request);
}

/* Without a file it is a managed save. */
int
drv_domain_save_params(virDomainPtr dom, virTypedParameterPtr params, int nparams,
                       unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    Save request = { drv_driver_of(dom->conn), NULL, NULL, flags };
    virCheckFlags(SAVE_FLAGS, -1);
    if (virTypedParamsValidate(params, nparams, VIR_DOMAIN_SAVE_PARAM_FILE, VIR_TYPED_PARAM_STRING,
                               VIR_DOMAIN_SAVE_PARAM_DXML, VIR_TYPED_PARAM_STRING, NULL) < 0 ||
        virTypedParamsGetString(params, nparams, VIR_DOMAIN_SAVE_PARAM_FILE, &request.path) < 0 ||
        virTypedParamsGetString(params, nparams, VIR_DOMAIN_SAVE_PARAM_DXML, &request.dxml) < 0) {
        return -1;
    }
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSaveParamsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, &request);
}

int
drv_domain_managed_save(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    Save request = { drv_driver_of(dom->conn), NULL, NULL, flags };
    virCheckFlags(SAVE_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainManagedSaveEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, &request);
}
