/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/numa.h"

#include "driver/bind/cpulist.h"
#include "driver/bind/topic.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <libxl_utils.h>
#include <string.h>

static const BindRow node_rows[] = {
    BIND_DEVICE_UINT(DomVnode, pnode, libxl_vnode_info, pnode),
    BIND_DEVICE_UINT(DomVnode, size, libxl_vnode_info, memkb),
};

static gboolean
set_range(const char *item, libxl_bitmap *vcpus)
{
    gulong first, last;

    if (!dom_numa_range_parse(item, &first, &last))
        return FALSE;
    for (gulong vcpu = first; vcpu <= last && vcpu < DOM_CPU_VCPUS_MAX; vcpu++)
        libxl_bitmap_set(vcpus, (int)vcpu);
    return TRUE;
}

static gboolean
apply_vcpus(const DomVnode *node, libxl_vnode_info *info, GError **error)
{
    g_auto(GStrv) items = g_strsplit(node->vcpus != NULL ? node->vcpus : "", ",", -1);

    if (node->vcpus == NULL)
        return TRUE;
    bind_bitmap_alloc(&info->vcpus, DOM_CPU_VCPUS_MAX);
    for (guint i = 0; items[i] != NULL; i++) {
        if (items[i][0] != '\0' && !set_range(items[i], &info->vcpus)) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("vnuma: vcpus=%s: expected numbers and ranges like 0-1,4"), node->vcpus);
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
read_distance(const char *text, uint32_t *ret_distance)
{
    char *end;
    gulong number;

    errno = 0;
    number = strtoul(text, &end, 10);
    *ret_distance = (uint32_t)number;
    return end != text && *end == '\0' && errno == 0 && number <= G_MAXUINT32;
}

/* One distance for each node of the guest; those that are not given are 0, and libxl's business. */
static gboolean
apply_distances(const DomVnode *node, guint n_nodes, libxl_vnode_info *info, GError **error)
{
    g_auto(GStrv) items = g_strsplit(node->vdistances != NULL ? node->vdistances : "", ",", -1);
    guint n_items = g_strv_length(items);

    for (guint i = 0; i < MAX(n_nodes, n_items); i++) {
        uint32_t number = 0;

        if (i < n_items && !read_distance(items[i], &number)) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("vnuma: vdistances=%s: expected numbers"), node->vdistances);
            return FALSE;
        }
        if (i < n_nodes)
            *(uint32_t *)bind_array_add((gpointer *)&info->distances, &info->num_distances,
                                        sizeof(number)) = number;
    }
    return TRUE;
}

static gboolean
check_pnode(const BindContext *context, const DomVnode *node, GError **error)
{
    if (!node->pnode.set || node->pnode.value < context->host->nnodes)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("vnuma: pnode is %" PRIu64 ", but the host has %u nodes"), node->pnode.value,
                context->host->nnodes);
    return FALSE;
}

/* Xen keeps the distances of all nodes to all others in one page. */
#define MOST_NODES 32

static gboolean
check_count(const BindContext *context, GError **error)
{
    guint n = context->def->vnodes->len;

    if (n <= MOST_NODES)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                _("vnuma: %u nodes, but Xen takes %d at most"), n, MOST_NODES);
    return FALSE;
}

static gboolean
apply_node(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomVnode *node = record;
    libxl_vnode_info *info = device;

    return check_count(context, error) && check_pnode(context, node, error) &&
           apply_vcpus(node, info, error) &&
           apply_distances(node, context->def->vnodes->len, info, error);
}

static char *
format_distances(const libxl_vnode_info *info)
{
    GString *text = g_string_new(NULL);
    gboolean given = FALSE;

    for (int i = 0; i < info->num_distances; i++) {
        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", info->distances[i]);
        given |= info->distances[i] != 0;
    }
    return g_string_free(text, !given);
}

static void
read_node(gconstpointer device, gpointer record)
{
    const libxl_vnode_info *info = device;
    DomVnode *node = record;

    if (info->vcpus.size > 0)
        node->vcpus = bind_cpulist_format(&info->vcpus, 0);
    node->vdistances = format_distances(info);
}

BIND_DEVICE_TYPE(libxl_vnode_info);

static const BindList nodes = {
    .list = DOM_TYPED_OFFSET(DomDef, vnodes, GPtrArray *),
    .array = DOM_TYPED_OFFSET(libxl_domain_config, b_info.vnuma_nodes, libxl_vnode_info *),
    .count = DOM_TYPED_OFFSET(libxl_domain_config, b_info.num_vnuma_nodes, int),
    .size = sizeof(libxl_vnode_info),
    .init = libxl_vnode_info_init_any,
    .dispose = libxl_vnode_info_dispose_any,
    .record = &dom_vnode_record,
    .rows = node_rows,
    .n_rows = G_N_ELEMENTS(node_rows),
    .apply = apply_node,
    .read = read_node,
};

static const BindList *const lists[] = { &nodes, NULL };

guint
bind_numa_vcpus(const libxl_domain_build_info *b_info)
{
    guint n = 0;

    for (int i = 0; i < b_info->num_vnuma_nodes; i++)
        n += (guint)libxl_bitmap_count_set(&b_info->vnuma_nodes[i].vcpus);
    return n;
}

/* xl counts the sizes that are given; without any there is no memory. */
static uint64_t
total_memory(const libxl_domain_build_info *b_info)
{
    uint64_t sum = 0;

    for (int i = 0; i < b_info->num_vnuma_nodes; i++) {
        if (b_info->vnuma_nodes[i].memkb != LIBXL_MEMKB_DEFAULT)
            sum += b_info->vnuma_nodes[i].memkb;
    }
    return sum;
}

static gboolean
has_pnode(const DomDef *def)
{
    for (guint i = 0; i < def->vnodes->len; i++) {
        if (((const DomVnode *)g_ptr_array_index(def->vnodes, i))->pnode.set)
            return TRUE;
    }
    return FALSE;
}

/* The nodes' memory is the guest's most memory; a node of the host switches off xl's own choice. */
static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const DomMemory *memory = &context->def->memory;
    libxl_domain_build_info *b_info = &config->b_info;

    if (b_info->num_vnuma_nodes == 0)
        return TRUE;
    if (memory->max.set && memory->max.value != total_memory(b_info)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("maxmem is %" PRIu64 " KiB, but the nodes of vnuma have "
                      "%" PRIu64 " KiB; make them equal"),
                    memory->max.value, (guint64)total_memory(b_info));
        return FALSE;
    }
    b_info->max_memkb = total_memory(b_info);
    if (has_pnode(context->def))
        libxl_defbool_set(&b_info->numa_placement, false);
    return TRUE;
}

/* pnode 0 is the one that libxl starts with, so a 0 that was given shows elsewhere. */
static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    const libxl_domain_build_info *b_info = &config->b_info;
    DomVnode *first;

    if (def->vnodes->len == 0)
        return;
    first = g_ptr_array_index(def->vnodes, 0);
    if (b_info->max_memkb == total_memory(b_info))
        def->memory.max = (DomUint){ 0 };
    if (!has_pnode(def) && !libxl_defbool_is_default(b_info->numa_placement))
        first->pnode = (DomUint){ .value = 0, .set = TRUE };
}

const BindTopic bind_topic_numa = {
    .name = "numa",
    .lists = lists,
    .apply = apply,
    .read = read_config,
};
