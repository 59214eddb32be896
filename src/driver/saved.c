/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods about the files of saved guests: what is in them, and in its place another definition. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/abi.h"
#include "driver/api.h"
#include "driver/define.h"
#include "driver/job.h"
#include "driver/managed.h"
#include "driver/model.h"
#include "driver/output.h"
#include "driver/save.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

int
drv_domain_has_managed_save_image(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainHasManagedSaveImageEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    DRV_DOMAIN_LOCKED(domain);
    return domain->saved;
}

static gboolean
remove_job(DrvDomain *domain, gpointer driver, GError **error)
{
    return drv_managed_remove(driver, domain, error);
}

int
drv_domain_managed_save_remove(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainManagedSaveRemoveEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return drv_job_run(domain, "remove managed save", DRV_JOB_PATIENCE, remove_job,
                       drv_driver_of(dom->conn), &error)
               ? 0
               : drv_raise(&error);
}

static char *
format(const DomDef *def, unsigned int flags, GError **error)
{
    DomFormatFlags secure = flags & VIR_DOMAIN_SAVE_IMAGE_XML_SECURE ? DOM_FORMAT_SECURE : 0;
    return drv_model_format_xml(def, DOM_FORMAT_INACTIVE | secure, error);
}

char *
drv_domain_save_image_get_xml_desc(virConnectPtr conn, const char *file, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, NULL);
    g_autoptr(DrvInput) input = drv_input_open(file, &error);
    g_autoptr(DomDef) def = input ? drv_restore_def(input, NULL, &error) : NULL;
    char *xml = NULL;
    if (def && drv_define_identity(def, &who, &error)) {
        if (virDomainSaveImageGetXMLDescEnsureACL(conn, who->def) < 0) {
            return NULL;
        }
        xml = format(def, flags, &error);
    }
    if (!xml) {
        drv_raise(&error);
    }
    return xml;
}

/* A managed image, for its domain. */
static DrvInput *
open_managed(DrvDomain *domain, const char *name, GError **error)
{
    g_autofree char *path = drv_managed_path(name);
    {
        DRV_DOMAIN_LOCKED(domain);
        if (!domain->saved) {
            drv_fail(error, VIR_ERR_OPERATION_INVALID, _("domain '%s' has no managed save image"),
                     domain->name);
            return NULL;
        }
    }
    return drv_input_open(path, error);
}

char *
drv_domain_managed_save_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_SAVE_IMAGE_XML_SECURE, NULL);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainManagedSaveGetXMLDescEnsureACL(dom->conn, who->def, flags) < 0) {
        return NULL;
    }
    g_autoptr(DrvInput) input = open_managed(domain, who->def->name, &error);
    g_autoptr(DomDef) def = input ? drv_restore_def(input, NULL, &error) : NULL;
    char *xml = def ? format(def, flags, &error) : NULL;
    if (!xml) {
        drv_raise(&error);
    }
    return xml;
}

/* An image that gets another definition. */
typedef struct {
    DrvInput *input;
    DrvIdentity *who; /* whose image */
    const char *dxml;
    unsigned int flags; /* VIR_DOMAIN_SAVE_RUNNING, _PAUSED */
} Edit;

/* As it stands in the file, compressed or not. */
static gboolean
copy_stream(const DrvInput *input, DrvOutput *output, GError **error)
{
    g_autofree guint8 *bytes = g_malloc(1024 * 1024);
    gssize n;
    while ((n = read(input->fd, bytes, 1024 * 1024)) != 0) {
        if (n < 0 && errno != EINTR) {
            return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot read %s: %s"), input->path,
                            g_strerror(errno));
        }
        if (n > 0 && !drv_output_put(output, bytes, (gsize)n, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
write_edited(const Edit *edit, const char *xml, GError **error)
{
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    DrvImageHead head = edit->input->head;
    /* the guest's own name is for a save of it */
    g_autofree char *name = g_strconcat(edit->who->def->name, ".edited", NULL);
    DrvOutputPlan plan = {
        .path = edit->input->path,
        .notes = DRV_STATE_DIR,
        .name = name,
        .format = head.format,
    };
    head.xml_size = (guint32)strlen(xml) + 1;
    head.state = drv_restore_start_flags(edit->input, edit->flags) & DRV_START_PAUSED
                     ? DRV_IMAGE_STATE_PAUSED
                     : DRV_IMAGE_STATE_RUNNING;
    drv_image_head_write(&head, bytes);
    g_autoptr(DrvOutput) output = drv_output_open(&plan, error);
    return output && drv_output_put(output, bytes, sizeof(bytes), error) &&
           drv_output_put(output, xml, head.xml_size, error) &&
           copy_stream(edit->input, output, error) && drv_output_commit(output, error);
}

/* The whole file is written anew, so that it is the old one or the new one at any time and the
 * definition may grow. */
static gboolean
apply(const Edit *edit, GError **error)
{
    g_autoptr(DomDef) def = drv_restore_def(edit->input, edit->dxml, error);
    g_autofree char *xml =
        def ? drv_model_format_xml(def, DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE, error) : NULL;
    return xml && write_edited(edit, xml, error);
}

#define EDIT_FLAGS (VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)

int
drv_domain_save_image_define_xml(virConnectPtr conn, const char *file, const char *dxml,
                                 unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(EDIT_FLAGS, -1);
    g_autoptr(DrvInput) input = drv_input_open(file, &error);
    g_autoptr(DomDef) def = input ? drv_restore_def(input, NULL, &error) : NULL;
    if (!def || !drv_define_identity(def, &who, &error)) {
        return drv_raise(&error);
    }
    if (virDomainSaveImageDefineXMLEnsureACL(conn, who->def) < 0) {
        return -1;
    }
    Edit edit = { input, who, dxml, flags };
    return apply(&edit, &error) ? 0 : drv_raise(&error);
}

static gboolean
edit_job(DrvDomain *domain, gpointer data, GError **error)
{
    Edit *edit = data;
    g_autoptr(DrvInput) input = open_managed(domain, edit->who->def->name, error);
    edit->input = input;
    return input && apply(edit, error);
}

int
drv_domain_managed_save_define_xml(virDomainPtr dom, const char *dxml, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(EDIT_FLAGS, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainManagedSaveDefineXMLEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    Edit edit = { NULL, who, dxml, flags };
    return drv_job_run(domain, "edit managed save", DRV_JOB_PATIENCE, edit_job, &edit, &error)
               ? 0
               : drv_raise(&error);
}
