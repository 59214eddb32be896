/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/cpulist.h"
#include "driver/bind/cpuid.h"
#include "driver/bind/numa.h"
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <libxl_utils.h>

static const BindRow rows[] = {
    BIND_UINT(cpu.maxvcpus, b_info.max_vcpus),
    BIND_DEFBOOL(cpu.nestedhvm, b_info.nested_hvm),
    BIND_DEFBOOL(cpu.nx, b_info.u.hvm.nx, .guests = BIND_HVM),
};

static gboolean
fail_vcpus(guint64 most, guint64 vcpus, GError **error)
{
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("maxvcpus is %" PRIu64 ", less than vcpus, which is "
                  "%" PRIu64 "; raise it"),
                most, vcpus);
    return FALSE;
}

/* maxvcpus, or the vCPUs of the virtual NUMA nodes, or vcpus, or 0 when nobody counted them. */
static gboolean
apply_maxvcpus(const DomDef *def, libxl_domain_build_info *b_info, GError **error)
{
    const DomCpu *cpu = &def->cpu;
    guint64 nodes = dom_numa_named(def);

    if (b_info->num_vnuma_nodes > 0 && cpu->maxvcpus.value > 0 && cpu->maxvcpus.value != nodes) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("maxvcpus is %" PRIu64 ", but the nodes of vnuma have %" PRIu64 " "
                      "vCPUs; make them equal"),
                    cpu->maxvcpus.value, nodes);
        return FALSE;
    }
    if (nodes > 0)
        b_info->max_vcpus = (int)nodes;
    else if (cpu->vcpus.set && !cpu->maxvcpus.set)
        b_info->max_vcpus = (int)cpu->vcpus.value;
    return TRUE;
}

static gboolean
check_most(const char *key, const DomUint *vcpus, GError **error)
{
    if (!vcpus->set || vcpus->value <= DOM_CPU_VCPUS_MAX)
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("%s: at most %d vcpus are possible"), key,
                DOM_CPU_VCPUS_MAX);
    return FALSE;
}

static gboolean
apply_vcpus(const DomDef *def, libxl_domain_build_info *b_info, GError **error)
{
    const DomCpu *cpu = &def->cpu;
    guint64 vcpus = cpu->vcpus.set ? cpu->vcpus.value : 1;

    if (!check_most("vcpus", &cpu->vcpus, error) || !check_most("maxvcpus", &cpu->maxvcpus, error))
        return FALSE;
    if (!apply_maxvcpus(def, b_info, error))
        return FALSE;
    if (b_info->max_vcpus > 0 && (guint64)b_info->max_vcpus < vcpus)
        return fail_vcpus((guint64)b_info->max_vcpus, vcpus, error);
    if (!cpu->vcpus.set)
        return TRUE;
    bind_bitmap_alloc(&b_info->avail_vcpus, (guint)vcpus);
    for (guint i = 0; i < vcpus; i++)
        libxl_bitmap_set(&b_info->avail_vcpus, (int)i);
    return TRUE;
}

static void
copy_bitmap(libxl_bitmap *to, const libxl_bitmap *from)
{
    bind_bitmap_alloc(to, 8 * from->size);
    memcpy(to->map, from->map, from->size);
}

/*
 * One map for each vCPU. The array belongs to libxl's config from the start, so that its dispose
 * frees a half-filled one.
 */
static gboolean
apply_affinity(const char *text, char *const *list, const BindContext *context, int max_vcpus,
               libxl_bitmap **maps, int *count, GError **error)
{
    int n = list != NULL ? (int)MIN(g_strv_length((char **)list), (guint)max_vcpus) : max_vcpus;
    libxl_bitmap first;

    libxl_bitmap_init(&first);
    if (list == NULL && !bind_cpulist_parse(text, context->host, &first, error))
        return FALSE;
    for (int i = 0; i < n; i++) {
        libxl_bitmap *map = bind_array_add((gpointer *)maps, count, sizeof(*map));

        libxl_bitmap_init(map);
        if (list == NULL)
            copy_bitmap(map, &first);
        else if (!bind_cpulist_parse(list[i], context->host, map, error))
            return FALSE;
    }
    libxl_bitmap_dispose(&first);
    return TRUE;
}

static gboolean
check_hard_affinity(const libxl_domain_build_info *b_info, GError **error)
{
    for (int i = 0; i < b_info->num_vcpu_hard_affinity; i++) {
        if (libxl_bitmap_is_empty(&b_info->vcpu_hard_affinity[i])) {
            g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                        _("cpus leaves no CPU of this host to vCPU %d; name one that it has"), i);
            return FALSE;
        }
    }
    return TRUE;
}

/* A list, and soft affinity in any form, switch off xl's choice of NUMA nodes. */
static gboolean
apply_affinities(const BindContext *context, libxl_domain_build_info *b_info, GError **error)
{
    const DomCpu *cpu = &context->def->cpu;
    gboolean hard = cpu->cpus != NULL || cpu->cpus_list != NULL;
    gboolean soft = cpu->cpus_soft != NULL || cpu->cpus_soft_list != NULL;

    if (hard &&
        !apply_affinity(cpu->cpus, cpu->cpus_list, context, b_info->max_vcpus,
                        &b_info->vcpu_hard_affinity, &b_info->num_vcpu_hard_affinity, error)) {
        g_prefix_error_literal(error, "cpus: ");
        return FALSE;
    }
    if (soft &&
        !apply_affinity(cpu->cpus_soft, cpu->cpus_soft_list, context, b_info->max_vcpus,
                        &b_info->vcpu_soft_affinity, &b_info->num_vcpu_soft_affinity, error)) {
        g_prefix_error_literal(error, "cpus_soft: ");
        return FALSE;
    }
    if (cpu->cpus_list != NULL || soft)
        libxl_defbool_set(&b_info->numa_placement, false);
    return check_hard_affinity(b_info, error);
}

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    const DomCpu *cpu = &context->def->cpu;
    libxl_domain_build_info *b_info = &config->b_info;

    if (!apply_vcpus(context->def, b_info, error) || !apply_affinities(context, b_info, error))
        return FALSE;
    bind_cpuid_apply(cpu->cpuid, cpu->cpuid_list, &b_info->cpuid);
    return TRUE;
}

/* A bitmap ends with a byte: the bits behind the last vCPU mean nothing. */
static guint64
count_available(const libxl_domain_build_info *b_info)
{
    int end = b_info->max_vcpus > 0 ? b_info->max_vcpus : (int)b_info->avail_vcpus.size * 8;
    guint64 count = 0;

    for (int i = 0; i < end; i++)
        count += (guint64)libxl_bitmap_test(&b_info->avail_vcpus, i);
    return count;
}

static void
read_vcpus(const libxl_domain_build_info *b_info, DomCpu *cpu)
{
    guint64 vcpus = count_available(b_info);

    if (b_info->avail_vcpus.size > 0)
        cpu->vcpus = (DomUint){ .value = vcpus, .set = TRUE };
    if ((b_info->max_vcpus > 0 && (int)bind_numa_vcpus(b_info) == b_info->max_vcpus) ||
        (cpu->vcpus.set && cpu->maxvcpus.set && cpu->maxvcpus.value == vcpus))
        cpu->maxvcpus = (DomUint){ 0 };
}

/* libxl gives a guest of which nobody counted them one vCPU, and xl.cfg says the CPUs of those that
 * are counted. */
static void
count_pinned(const libxl_domain_build_info *b_info, DomCpu *cpu)
{
    gboolean pinned = b_info->num_vcpu_hard_affinity > 0 || b_info->num_vcpu_soft_affinity > 0;

    if (pinned && b_info->max_vcpus == 0 && bind_numa_vcpus(b_info) == 0 && !cpu->vcpus.set)
        cpu->vcpus = (DomUint){ .value = 1, .set = TRUE };
}

static gboolean
all_equal(const libxl_bitmap *maps, int n)
{
    for (int i = 1; i < n; i++) {
        if (!libxl_bitmap_equal(&maps[0], &maps[i], 0))
            return FALSE;
    }
    return TRUE;
}

/* The one-line form when it says the same. */
static void
read_affinity(const libxl_bitmap *maps, int n, gboolean line, char **ret_text, char ***ret_list)
{
    if (n == 0)
        return;
    if (line && all_equal(maps, n)) {
        *ret_text = bind_cpulist_format(&maps[0], 0);
        return;
    }
    *ret_list = g_new0(char *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        (*ret_list)[i] = bind_cpulist_format(&maps[i], 0);
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    const libxl_domain_build_info *b_info = &config->b_info;
    DomCpu *cpu = &def->cpu;
    int hard = b_info->num_vcpu_hard_affinity;
    int soft = b_info->num_vcpu_soft_affinity;
    int most;
    gboolean listed = soft == 0 && !libxl_defbool_is_default(b_info->numa_placement) &&
                      !libxl_defbool_val(b_info->numa_placement);

    read_vcpus(b_info, cpu);
    count_pinned(b_info, cpu);
    most = b_info->max_vcpus > 0 ? b_info->max_vcpus : (int)cpu->vcpus.value;
    read_affinity(b_info->vcpu_hard_affinity, hard, hard == most && !listed, &cpu->cpus,
                  &cpu->cpus_list);
    /* an empty list says that much, and nothing of CPUs */
    if (listed && hard == 0)
        cpu->cpus_list = g_new0(char *, 1);
    read_affinity(b_info->vcpu_soft_affinity, soft, soft == most, &cpu->cpus_soft,
                  &cpu->cpus_soft_list);
    cpu->cpuid_list = bind_cpuid_read(&b_info->cpuid);
}

const BindTopic bind_topic_cpu = {
    .name = "cpu",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_config,
};
