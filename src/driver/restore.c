/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that bring a saved guest back. */

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "virlog.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/abi.h"
#include "driver/api.h"
#include "driver/define.h"
#include "driver/job.h"
#include "driver/model.h"
#include "driver/once.h"
#include "driver/save.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

VIR_LOG_INIT("libxl.restore");

#define RESTORE_FLAGS                                                                              \
    (VIR_DOMAIN_SAVE_BYPASS_CACHE | VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED |             \
     VIR_DOMAIN_SAVE_RESET_NVRAM)

/* Version of the streams that libxl has written since Xen 4.6. */
#define STREAM_VERSION 2

gboolean
drv_restore_stream(DrvXen *xen, libxl_domain_config *config, uint32_t *ret_domid, int fd)
{
    libxl_domain_restore_params params;
    libxl_domain_restore_params_init(&params);
    params.checkpointed_stream = LIBXL_CHECKPOINTED_STREAM_NONE;
    params.stream_version = STREAM_VERSION;
    int rc = libxl_domain_create_restore(xen->ctx, config, ret_domid, fd, -1, &params, NULL, NULL);
    libxl_domain_restore_params_dispose(&params);
    return rc == 0;
}

/* About how many bytes will come: the stream's own size, or the guest's memory. */
static guint64
expected_bytes(const DrvRestore *restore, const libxl_domain_config *config)
{
    const DrvImageHead *head = &restore->input->head;
    return head->stream_size && !head->format->number ? head->stream_size
                                                      : config->b_info.target_memkb * 1024;
}

/* What went wrong with the file says more than what libxl made of it. */
static gboolean
create(DrvXen *xen, DrvDomain *domain, libxl_domain_config *config, uint32_t *ret_domid,
       gpointer data, GError **error)
{
    const DrvRestore *restore = data;
    g_autoptr(GError) reading_error = NULL;
    int fd = -1;
    drv_job_measure(domain, VIR_DOMAIN_JOB_OPERATION_RESTORE, expected_bytes(restore, config));
    DrvReading *reading =
        drv_reading_begin(restore->input, restore->bypass_cache, drv_job_moved, domain, &fd, error);
    if (!reading) {
        return FALSE;
    }
    gboolean wanted = drv_job_allow_cancel(domain, drv_reading_stop, reading, error);
    gboolean built = wanted && drv_restore_stream(xen, config, ret_domid, fd);
    drv_job_forbid_cancel(domain);
    close(fd);
    gboolean read = drv_reading_end(reading, &reading_error);
    if (wanted && !built && !read) {
        g_propagate_prefixed_error(error, g_steal_pointer(&reading_error),
                                   _("cannot restore domain '%s' from %s: "), config->c_info.name,
                                   restore->input->path);
    } else if (wanted && !built) {
        drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                     _("Xen cannot restore domain '%s' from %s, which is kept"),
                     config->c_info.name, restore->input->path);
    }
    return built;
}

static void
begun(DrvDomain *domain, gpointer data)
{
    const DrvRestore *restore = data;
    if (!restore->used_up) {
        return;
    }
    if (g_unlink(restore->used_up) < 0 && errno != ENOENT) {
        VIR_ERROR("cannot remove %s, whose guest runs again: remove it, for starting from it once "
                  "more destroys data: %s",
                  restore->used_up, g_strerror(errno));
        return;
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->saved = FALSE;
}

const DrvOrigin drv_restore_origin = {
    .create = create,
    .begun = begun,
    .running = VIR_DOMAIN_RUNNING_RESTORED,
    .started = VIR_DOMAIN_EVENT_STARTED_RESTORED,
    .suspended = VIR_DOMAIN_EVENT_SUSPENDED_RESTORED,
};

DomDef *
drv_restore_def(const DrvInput *input, const char *dxml, GError **error)
{
    g_autoptr(DomDef) saved = drv_model_parse_xml(input->xml, error);
    if (!saved) {
        g_prefix_error(error, _("the definition in %s: "), input->path);
        return NULL;
    }
    g_autoptr(DomDef) other = dxml ? drv_model_parse_xml(dxml, error) : NULL;
    if (dxml && (!other || !drv_abi_check(saved, other, error))) {
        return NULL;
    }
    return dxml ? g_steal_pointer(&other) : g_steal_pointer(&saved);
}

DrvStartFlags
drv_restore_start_flags(const DrvInput *input, unsigned int flags)
{
    gboolean paused = input->head.state == DRV_IMAGE_STATE_PAUSED;
    if (flags & (VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)) {
        paused = (flags & VIR_DOMAIN_SAVE_PAUSED) != 0;
    }
    return paused ? DRV_START_PAUSED : 0;
}

/* The access check that belongs to the method. */
typedef int (*Check)(virConnectPtr conn, virDomainDef *def);

static int
restore(virConnectPtr conn, const char *from, const char *dxml, unsigned int flags, Check check)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvInput) input = drv_input_open(from, &error);
    g_autoptr(DomDef) def = input ? drv_restore_def(input, dxml, &error) : NULL;
    if (!def || !drv_define_identity(def, &who, &error)) {
        return drv_raise(&error);
    }
    if (check(conn, who->def) < 0) {
        return -1;
    }
    DrvRestore work = {
        .input = input,
        .bypass_cache = (flags & VIR_DOMAIN_SAVE_BYPASS_CACHE) != 0,
    };
    DrvOnce once = { "restore",
                     g_steal_pointer(&def),
                     &drv_restore_origin,
                     &work,
                     drv_restore_start_flags(input, flags),
                     FALSE };
    g_autoptr(DrvDomain) domain = drv_once_run(drv_driver_of(conn), &once, &error);
    dom_def_free(once.def);
    return domain ? 0 : drv_raise(&error);
}

int
drv_domain_restore_flags(virConnectPtr conn, const char *from, const char *dxml, unsigned int flags)
{
    virCheckFlags(RESTORE_FLAGS, -1);
    return restore(conn, from, dxml, flags, virDomainRestoreFlagsEnsureACL);
}

int
drv_domain_restore(virConnectPtr conn, const char *from)
{
    return restore(conn, from, NULL, 0, virDomainRestoreEnsureACL);
}

int
drv_domain_restore_params(virConnectPtr conn, virTypedParameterPtr params, int nparams,
                          unsigned int flags)
{
    const char *from = NULL;
    const char *dxml = NULL;
    virCheckFlags(RESTORE_FLAGS, -1);
    if (virTypedParamsValidate(params, nparams, VIR_DOMAIN_SAVE_PARAM_FILE, VIR_TYPED_PARAM_STRING,
                               VIR_DOMAIN_SAVE_PARAM_DXML, VIR_TYPED_PARAM_STRING, NULL) < 0 ||
        virTypedParamsGetString(params, nparams, VIR_DOMAIN_SAVE_PARAM_FILE, &from) < 0 ||
        virTypedParamsGetString(params, nparams, VIR_DOMAIN_SAVE_PARAM_DXML, &dxml) < 0) {
        return -1;
    }
    if (!from) {
        virReportError(VIR_ERR_INVALID_ARG, "%s",
                       _("a restore needs the parameter 'file', the saved guest"));
        return -1;
    }
    return restore(conn, from, dxml, flags, virDomainRestoreParamsEnsureACL);
}
