/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/*
 * How much a guest's network card may send. dom0's kernel keeps a credit for each card, which it
 * reads from xenstore when it changes (xen-netback's "rate"); there is none for what a guest
 * receives.
 */

#include <errno.h>
#include <string.h>
#include <xenstore.h>

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/change.h"
#include "driver/traffic.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    DrvDriver *driver;
    const char *device; /* its name in dom0 or its MAC address */
    guint64 average;    /* KiB per second; 0: without end */
    gboolean given;
} Request;

static DomNic *
need_nic(const DomDef *def, int id, const char *device, GError **error)
{
    int index = drv_traffic_find_nic(def, id, device);
    if (index < 0) {
        drv_fail(error, VIR_ERR_INVALID_ARG, _("domain '%s' has no network card '%s'"),
                 def->general.name, device);
        return NULL;
    }
    return g_ptr_array_index(def->nics, index);
}

static gboolean
edit_rate(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    int id = target == DRV_CHANGE_LIVE ? def->live.id : -1;
    DomNic *nic = need_nic(def, id, request->device, error);
    if (!nic) {
        return FALSE;
    }
    if (request->given) {
        dom_nic_set_average(nic, request->average);
    }
    return TRUE;
}

static gboolean
write_rate(DrvDriver *driver, int id, guint devid, const DomNic *nic)
{
    g_autofree char *path = g_strdup_printf("/local/domain/0/backend/vif/%d/%u/rate", id, devid);
    g_autofree char *value = g_strdup_printf("%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT,
                                             nic->rate.value, nic->rate_interval.value);
    struct xs_handle *store = drv_hypervisor_store(driver->hypervisor);
    return nic->rate.set ? xs_write(store, XBT_NULL, path, value, (unsigned int)strlen(value))
                         : xs_rm(store, XBT_NULL, path);
}

/* A card that another domain serves has its rate there, where it is not ours to change. */
static gboolean
apply_rate(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    const Request *request = data;
    int index = drv_traffic_find_nic(def, (int)domid, request->device);
    g_autoptr(DomDef) changed = dom_def_copy(def);
    DomNic *nic = g_ptr_array_index(changed->nics, index);
    guint devid = nic->devid.set ? (guint)nic->devid.value : (guint)index;
    g_autofree char *frontend =
        drv_hypervisor_read(request->driver->hypervisor,
                            "/local/domain/0/backend/vif/%d/%u/frontend", (int)domid, devid);
    if (!frontend) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("dom0 does not serve the network card '%s': its rate is changed with "
                          "--config"),
                        request->device);
    }
    if (!request->given) {
        return TRUE;
    }
    dom_nic_set_average(nic, request->average);
    return write_rate(request->driver, (int)domid, devid, nic) ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("xenstore does not take the rate of '%s': %s"), request->device,
                    g_strerror(errno));
}

static const DrvChange change_rate = { "domiftune", edit_rate, apply_rate };

/* What is asked of the other direction, and of peaks, cannot be had. 0 asks for nothing. */
static gboolean
read_request(virTypedParameterPtr params, int n, Request *request, GError **error)
{
    for (int i = 0; i < n; i++) {
        if (params[i].type != VIR_TYPED_PARAM_UINT) {
            return drv_fail(error, VIR_ERR_INVALID_ARG,
                            _("parameter '%s' has to be an unsigned int"), params[i].field);
        }
        if (g_str_equal(params[i].field, VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE)) {
            request->average = params[i].value.ui;
            request->given = TRUE;
        } else if (params[i].value.ui > 0) {
            return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            _("Xen limits only what a guest sends, by its average "
                              "(outbound.average), not '%s'"),
                            params[i].field);
        }
    }
    return TRUE;
}

int
drv_domain_set_interface_parameters(virDomainPtr dom, const char *device,
                                    virTypedParameterPtr params, int n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetInterfaceParametersEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    Request request = { .driver = drv_driver_of(dom->conn), .device = device };
    return read_request(params, n_params, &request, &error) &&
                   drv_change_run(request.driver, domain, &change_rate, flags, &request, &error)
               ? 0
               : drv_raise(&error);
}

static const char *const names[] = {
    VIR_DOMAIN_BANDWIDTH_IN_AVERAGE,  VIR_DOMAIN_BANDWIDTH_IN_PEAK,
    VIR_DOMAIN_BANDWIDTH_IN_BURST,    VIR_DOMAIN_BANDWIDTH_IN_FLOOR,
    VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, VIR_DOMAIN_BANDWIDTH_OUT_PEAK,
    VIR_DOMAIN_BANDWIDTH_OUT_BURST,
};

int
drv_domain_get_interface_parameters(virDomainPtr dom, const char *device,
                                    virTypedParameterPtr params, int *n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_TYPED_PARAM_STRING_OKAY,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetInterfaceParametersEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (*n_params == 0) {
        *n_params = G_N_ELEMENTS(names);
        return 0;
    }
    g_autoptr(DomDef) def = drv_change_look(drv_driver_of(dom->conn), domain, flags, &id, &error);
    const DomNic *nic = def ? need_nic(def, id, device, &error) : NULL;
    if (!nic) {
        return drv_raise(&error);
    }
    *n_params = MIN(*n_params, (int)G_N_ELEMENTS(names));
    for (int i = 0; i < *n_params; i++) {
        guint64 value =
            g_str_equal(names[i], VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE) ? dom_nic_average(nic) : 0;
        if (virTypedParameterAssign(&params[i], names[i], VIR_TYPED_PARAM_UINT,
                                    (unsigned int)MIN(value, G_MAXUINT)) < 0) {
            return -1;
        }
    }
    return 0;
}
