/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* The NUMA nodes of the host that a guest gets memory from. */

#include <libxl_utils.h>

#include "datatypes.h"
#include "virbitmap.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/bind/cpulist.h"
#include "driver/bind/topic.h"
#include "driver/change.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* In a definition they are CPUs that the guest prefers, all of some nodes: Xen takes a guest's
 * memory from the nodes of those. */
#define NODES "nodes:"

static gboolean
prefers_nodes(const DomCpu *cpu)
{
    return cpu->cpus_soft && g_str_has_prefix(cpu->cpus_soft, NODES);
}

/* Those that the host has; libxl_get_max_nodes() is how many Xen could have. */
static gboolean
count_nodes(DrvXen *xen, guint *ret_count, GError **error)
{
    int count = 0;
    libxl_numainfo *nodes = libxl_get_numainfo(xen->ctx, &count);
    libxl_numainfo_list_free(nodes, nodes ? count : 0);
    *ret_count = (guint)MAX(count, 1);
    return nodes || drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                 _("cannot read the NUMA nodes from Xen"));
}

static gboolean
read_nodes(DrvXen *xen, int id, char **ret_nodes, GError **error)
{
    libxl_bitmap nodes;
    guint count;
    if (!count_nodes(xen, &count, error)) {
        return FALSE;
    }
    libxl_bitmap_init(&nodes);
    bind_bitmap_alloc(&nodes, (guint)MAX(libxl_get_max_nodes(xen->ctx), (int)count));
    gboolean done = libxl_domain_get_nodeaffinity(xen->ctx, (uint32_t)id, &nodes) == 0;
    for (int node = (int)count; node < 8 * (int)nodes.size; node++) {
        libxl_bitmap_reset(&nodes, node);
    }
    if (done) {
        *ret_nodes = bind_cpulist_format(&nodes, 0);
    }
    libxl_bitmap_dispose(&nodes);
    return done || drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                _("Xen does not tell the NUMA nodes of domain %d"), id);
}

/* The stored definition's: all nodes when it names none. */
static gboolean
stored_nodes(DrvXen *xen, const DomDef *def, char **ret_nodes, GError **error)
{
    guint count;
    if (prefers_nodes(&def->cpu)) {
        *ret_nodes = g_strdup(def->cpu.cpus_soft + strlen(NODES));
        return TRUE;
    }
    if (!count_nodes(xen, &count, error)) {
        return FALSE;
    }
    *ret_nodes = count > 1 ? g_strdup_printf("0-%u", count - 1) : g_strdup("0");
    return TRUE;
}

/* Xen takes memory from other nodes when these have none left. */
static int
fill(virTypedParameterPtr params, int room, const char *nodes)
{
    if (virTypedParameterAssign(&params[0], VIR_DOMAIN_NUMA_MODE, VIR_TYPED_PARAM_INT,
                                VIR_DOMAIN_NUMATUNE_MEM_PREFERRED) < 0) {
        return -1;
    }
    if (room > 1 && virTypedParameterAssign(&params[1], VIR_DOMAIN_NUMA_NODESET,
                                            VIR_TYPED_PARAM_STRING, g_strdup(nodes)) < 0) {
        return -1;
    }
    return MIN(room, 2);
}

int
drv_domain_get_numa_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n_params,
                               unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autofree char *nodes = NULL;
    DrvDriver *driver = drv_driver_of(dom->conn);
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_TYPED_PARAM_STRING_OKAY,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetNumaParametersEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (*n_params == 0) {
        *n_params = 2;
        return 0;
    }
    g_autoptr(DomDef) def = drv_change_look(driver, domain, flags, &id, &error);
    g_autoptr(DrvXen) xen = def ? drv_xen_open(driver->hypervisor, &error) : NULL;
    if (!xen ||
        !(id < 0 ? stored_nodes(xen, def, &nodes, &error) : read_nodes(xen, id, &nodes, &error))) {
        return drv_raise(&error);
    }
    *n_params = fill(params, *n_params, nodes);
    return *n_params < 0 ? -1 : 0;
}

typedef struct {
    const char *wanted; /* as the client sent it */
    libxl_bitmap nodes;
    char *text; /* the same as a list; NULL: all nodes */
} Request;

static void
request_clear(Request *request)
{
    libxl_bitmap_dispose(&request->nodes);
    g_free(request->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static gboolean
parse_nodes(Request *request, guint count, GError **error)
{
    g_autoptr(virBitmap) wanted = virBitmapParseUnlimited(request->wanted);
    ssize_t last = wanted ? virBitmapLastSetBit(wanted) : -1;
    virResetLastError();
    if (last < 0 || last >= (ssize_t)count) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("numa_nodeset: expected a list like 0-1; this host has nodes 0 to %u"),
                        count - 1);
    }
    bind_bitmap_alloc(&request->nodes, count);
    for (ssize_t node = -1; (node = virBitmapNextSetBit(wanted, node)) >= 0;) {
        libxl_bitmap_set(&request->nodes, (int)node);
    }
    if (virBitmapCountBits(wanted) < count) {
        request->text = bind_cpulist_format(&request->nodes, 0);
    }
    return TRUE;
}

static gboolean
edit_nodes(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    if (target == DRV_CHANGE_LIVE) {
        return TRUE;
    }
    if (def->cpu.cpus_soft_list || (def->cpu.cpus_soft && !prefers_nodes(&def->cpu))) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("the definition of '%s' has cpus_soft, from which its NUMA nodes "
                          "follow: change it with virsh schedinfo --set cpus_soft=..."),
                        def->general.name);
    }
    g_free(def->cpu.cpus_soft);
    def->cpu.cpus_soft = request->text ? g_strconcat(NODES, request->text, NULL) : NULL;
    return TRUE;
}

static gboolean
apply_nodes(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    return libxl_domain_set_nodeaffinity(xen->ctx, domid, &request->nodes) == 0 ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen cannot change the NUMA nodes of domain '%s'"), def->general.name);
}

static const DrvChange change_nodes = { "numatune", edit_nodes, apply_nodes };

static gboolean
read_request(virTypedParameterPtr params, int n_params, Request *request, GError **error)
{
    for (int i = 0; i < n_params; i++) {
        gboolean preferred = g_str_equal(params[i].field, VIR_DOMAIN_NUMA_MODE) &&
                             params[i].type == VIR_TYPED_PARAM_INT &&
                             params[i].value.i == VIR_DOMAIN_NUMATUNE_MEM_PREFERRED;
        if (g_str_equal(params[i].field, VIR_DOMAIN_NUMA_NODESET) &&
            params[i].type == VIR_TYPED_PARAM_STRING) {
            request->wanted = params[i].value.s;
        } else if (!preferred) {
            return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            _("Xen cannot do this with parameter '%s': it has numa_nodeset, and "
                              "numa_mode is always preferred"),
                            params[i].field);
        }
    }
    return request->wanted || drv_fail(error, VIR_ERR_INVALID_ARG, _("numa_nodeset is missing"));
}

int
drv_domain_set_numa_parameters(virDomainPtr dom, virTypedParameterPtr params, int n_params,
                               unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Request) request = { 0 };
    guint count;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetNumaParametersEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(drv_driver_of(dom->conn)->hypervisor, &error);
    if (!xen || !read_request(params, n_params, &request, &error) ||
        !count_nodes(xen, &count, &error) || !parse_nodes(&request, count, &error) ||
        !drv_change_run(drv_driver_of(dom->conn), domain, &change_nodes, flags, &request, &error)) {
        return drv_raise(&error);
    }
    return 0;
}
