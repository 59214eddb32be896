/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Core dumps: a guest's memory as an ELF file, as libxl writes it. */

#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/dump.h"
#include "driver/dumper.h"
#include "driver/events.h"
#include "driver/jobs.h"
#include "driver/guest.h"
#include "driver/output.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.dump");

/* A dump of Xen has the memory and nothing else, which is what MEMORY_ONLY asks for. */
#define DUMP_FLAGS                                                                                 \
    (VIR_DUMP_CRASH | VIR_DUMP_LIVE | VIR_DUMP_BYPASS_CACHE | VIR_DUMP_RESET | VIR_DUMP_MEMORY_ONLY)

typedef struct {
    DrvDriver *driver;
    const char *path;
    unsigned int flags;
} Dump;

typedef struct {
    const Dump *dump;
    DrvDomain *domain;
    int id;
    gboolean held; /* paused for the dump, and to go on after it */
    char *name;    /* owned */
} Dumping;

static gboolean
look(Dumping *dumping, GError **error)
{
    DrvDomain *domain = dumping->domain;
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id < 0 || domain->control) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' is no guest that runs: there is nothing to dump"),
                        domain->name);
    }
    dumping->id = domain->id;
    dumping->name = g_strdup(domain->name);
    dumping->held = domain->state == VIR_DOMAIN_RUNNING && !(dumping->dump->flags & VIR_DUMP_LIVE);
    return TRUE;
}

static gboolean
hold(const Dumping *dumping, DrvXen *xen, GError **error)
{
    if (!dumping->held) {
        return TRUE;
    }
    if (libxl_domain_pause(xen->ctx, (uint32_t)dumping->id, NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("Xen cannot pause domain '%s' for the dump"), dumping->name);
    }
    drv_guest_set_state(dumping->dump->driver, dumping->domain, VIR_DOMAIN_PAUSED,
                        VIR_DOMAIN_PAUSED_DUMP);
    drv_event_lifecycle(dumping->dump->driver, dumping->domain, dumping->id,
                        VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
    return TRUE;
}

static gboolean
let_go(const Dumping *dumping, GError **error)
{
    return !dumping->held || drv_guest_unpause(dumping->dump->driver, dumping->domain, error);
}

/* The job may have been aborted before it could be. */
static gboolean
wait_for(const DrvCore *core, DrvDumper *dumper, GError **error)
{
    gboolean wanted = drv_job_allow_cancel(core->domain, drv_dumper_stop, dumper, error);
    if (!wanted) {
        drv_dumper_stop(dumper);
    }
    gboolean dumped = drv_dumper_wait(dumper, wanted ? error : NULL);
    drv_job_forbid_cancel(core->domain);
    return dumped;
}

/* What is wrong with the file is the reason where both are. */
static gboolean
write_core(const DrvCore *core, DrvOutput *output, int fd, GError **error)
{
    g_autoptr(GError) writing = NULL;
    g_autoptr(GError) dumping = NULL;
    DrvDumper *dumper = drv_dumper_begin(core->driver->hypervisor, core->id, fd, &dumping);
    close(fd);
    gboolean dumped = dumper && wait_for(core, dumper, &dumping);
    gboolean written = drv_output_end(output, NULL, &writing);
    drv_dumper_free(dumper);
    if (!dumped || !written) {
        GError *reason = written ? g_steal_pointer(&dumping) : g_steal_pointer(&writing);
        g_propagate_prefixed_error(error, reason, _("cannot dump domain '%s' to %s: "), core->name,
                                   core->path);
    }
    return dumped && written;
}

gboolean
drv_core_write(const DrvCore *core, GError **error)
{
    DrvOutputPlan plan = {
        .path = core->path,
        .notes = DRV_STATE_DIR,
        .name = core->name,
        .format = core->driver->settings->dump_image_format,
        .bypass_cache = core->bypass_cache,
        .drain = TRUE,
        .moved = drv_job_moved,
        .data = core->domain,
    };
    g_autoptr(DrvOutput) output = drv_output_open(&plan, error);
    int fd = output ? drv_output_begin(output, error) : -1;
    return fd >= 0 && write_core(core, output, fd, error) && drv_output_commit(output, error);
}

static gboolean
write_file(const Dumping *dumping, GError **error)
{
    const Dump *dump = dumping->dump;
    DrvCore core = { dump->driver,  dumping->domain, dumping->id,
                     dumping->name, dump->path,      (dump->flags & VIR_DUMP_BYPASS_CACHE) != 0 };
    return drv_core_write(&core, error);
}

/* What becomes of the guest whose memory is safe. */
static gboolean
afterwards(const Dumping *dumping, GError **error)
{
    const Dump *dump = dumping->dump;
    if (dump->flags & VIR_DUMP_CRASH) {
        return drv_guest_destroy(dump->driver, dumping->domain, VIR_DOMAIN_SHUTOFF_CRASHED,
                                 VIR_DOMAIN_EVENT_STOPPED_CRASHED, error);
    }
    if (dump->flags & VIR_DUMP_RESET) {
        drv_event_reboot(dump->driver, dumping->domain, dumping->id);
        return drv_guest_restart(dump->driver, dumping->domain, VIR_DOMAIN_EVENT_STOPPED_DESTROYED,
                                 error);
    }
    return let_go(dumping, error);
}

static gboolean
dump_guest(const Dumping *dumping, GError **error)
{
    g_autoptr(GError) going = NULL;
    g_autoptr(DrvXen) xen = drv_xen_open(dumping->dump->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    drv_jobs_measure(dumping->domain, VIR_DOMAIN_JOB_OPERATION_DUMP, xen, dumping->id);
    if (!hold(dumping, xen, error)) {
        return FALSE;
    }
    if (write_file(dumping, error)) {
        return afterwards(dumping, error);
    }
    if (!let_go(dumping, &going)) {
        VIR_ERROR("%s", going->message);
    }
    return FALSE;
}

static gboolean
dump_job(DrvDomain *domain, gpointer data, GError **error)
{
    Dumping dumping = { .dump = data, .domain = domain };
    gboolean dumped = look(&dumping, error) && dump_guest(&dumping, error);
    g_free(dumping.name);
    return dumped;
}

static int
run(DrvDomain *domain, Dump *dump)
{
    g_autoptr(GError) error = NULL;
    return drv_jobs_run(dump->driver, domain, "dump", dump_job, dump, &error) ? 0
                                                                              : drv_raise(&error);
}

int
drv_domain_core_dump(virDomainPtr dom, const char *to, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    Dump dump = { drv_driver_of(dom->conn), to, flags };
    virCheckFlags(DUMP_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainCoreDumpEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return run(domain, &dump);
}

int
drv_domain_core_dump_with_format(virDomainPtr dom, const char *to, unsigned int dump_format,
                                 unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    Dump dump = { drv_driver_of(dom->conn), to, flags };
    virCheckFlags(DUMP_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainCoreDumpWithFormatEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (dump_format != VIR_DOMAIN_CORE_DUMP_FORMAT_RAW) {
        static const char *const names[] = { "raw", "kdump-zlib", "kdump-lzo", "kdump-snappy",
                                             "win-dmp" };
        virReportError(VIR_ERR_OPERATION_UNSUPPORTED,
                       _("Xen writes core dumps as raw ELF and not in the format %s"),
                       dump_format < G_N_ELEMENTS(names) ? names[dump_format] : "?");
        return -1;
    }
    return run(domain, &dump);
}
