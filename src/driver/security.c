/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Labels that Xen's security module (XSM with FLASK) gives to guests. Most Xens have none. */

#include "datatypes.h"
#include "virerror.h"
#include "virstring.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* The label of a domain (transfer full), or NULL: it has none, or is gone. */
static char *
read_label(DrvXen *xen, int id)
{
    libxl_dominfo info;
    libxl_dominfo_init(&info);
    char *label =
        libxl_domain_info(xen->ctx, &info, (uint32_t)id) == 0 ? g_strdup(info.ssid_label) : NULL;
    libxl_dominfo_dispose(&info);
    return label;
}

int
drv_node_get_security_model(virConnectPtr conn, virSecurityModelPtr model)
{
    g_autoptr(GError) error = NULL;
    if (virNodeGetSecurityModelEnsureACL(conn) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(conn)->hypervisor, &error);
    if (!xen) {
        return drv_raise(&error);
    }
    g_autofree char *label = read_label(xen, 0);
    memset(model, 0, sizeof(*model));
    if (label) {
        ignore_value(virStrcpyStatic(model->model, "flask"));
    }
    return 0;
}

/* @label of the guest; of one that does not run it is empty. */
static gboolean
fill_label(DrvDriver *driver, DrvDomain *domain, virSecurityLabelPtr label, GError **error)
{
    int id = drv_domain_running_id(domain, NULL);
    memset(label, 0, sizeof(*label));
    if (id < 0) {
        return TRUE;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    g_autofree char *text = read_label(xen, id);
    if (text && virStrcpyStatic(label->label, text) < 0) {
        return drv_fail(error, VIR_ERR_INTERNAL_ERROR,
                        _("the security label of '%s' is too long: %s"), domain->name, text);
    }
    label->enforcing = text && libxl_flask_getenforce(xen->ctx) == 1;
    return TRUE;
}

int
drv_domain_get_security_label(virDomainPtr dom, virSecurityLabelPtr label)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetSecurityLabelEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return fill_label(drv_driver_of(dom->conn), domain, label, &error) ? 0 : drv_raise(&error);
}

/* The one label there is, or none. */
int
drv_domain_get_security_label_list(virDomainPtr dom, virSecurityLabelPtr *labels)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autofree virSecurityLabelPtr one = g_new0(virSecurityLabel, 1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetSecurityLabelListEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!fill_label(drv_driver_of(dom->conn), domain, one, &error)) {
        return drv_raise(&error);
    }
    int count = *one->label != '\0';
    *labels = count ? g_steal_pointer(&one) : NULL;
    return count;
}
