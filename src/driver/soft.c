/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxl_utils.h>
#include <stdlib.h>

#include "driver/affinity.h"
#include "driver/bind/cpulist.h"
#include "driver/domain.h"
#include "driver/host.h"
#include "driver/soft.h"
#include "driver/text.h"
#include "driver/vcpu.h"

#define ALL_VCPUS -1

/* One word of a request. */
typedef struct {
    int vcpu; /* or ALL_VCPUS */
    char *text;
    libxl_bitmap cpus;
} Choice;

struct DrvSoft {
    GArray *choices; /* of Choice, in the order in which they count */
};

static void
choice_clear(gpointer data)
{
    Choice *choice = data;
    libxl_bitmap_dispose(&choice->cpus);
    g_free(choice->text);
}

void
drv_soft_free(DrvSoft *soft)
{
    g_array_unref(soft->choices);
    g_free(soft);
}

/* The lists of a guest's vCPUs in one text. */
static char *
join(GPtrArray *lists)
{
    g_autoptr(GString) text = g_string_new(NULL);
    gboolean same = TRUE;
    for (guint i = 1; i < lists->len; i++) {
        same = same && g_str_equal(lists->pdata[i], lists->pdata[0]);
    }
    if (same && lists->len > 0) {
        return g_strdup(lists->pdata[0]);
    }
    for (guint i = 0; i < lists->len; i++) {
        g_string_append_printf(text, "%s%u:%s", i > 0 ? " " : "", i, (char *)lists->pdata[i]);
    }
    return g_strdup(text->str);
}

static gboolean
lists_from_xen(GPtrArray *lists, DrvXen *xen, int id, GError **error)
{
    g_auto(DrvVcpus) vcpus = { 0 };
    if (!drv_vcpus_read(&vcpus, xen, id, error)) {
        return FALSE;
    }
    for (int i = 0; i < vcpus.count; i++) {
        g_ptr_array_add(lists,
                        bind_cpulist_format(&vcpus.infos[i].cpumap_soft, (guint)vcpus.host_cpus));
    }
    return TRUE;
}

char *
drv_soft_tell(DrvXen *xen, int id, const DomDef *def, GError **error)
{
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func(g_free);
    if (id >= 0) {
        return lists_from_xen(lists, xen, id, error) ? join(lists) : NULL;
    }
    for (guint i = 0; i < drv_def_max_vcpus(def); i++) {
        g_ptr_array_add(lists, g_strdup(drv_affinity_get(&def->cpu, DRV_AFFINITY_SOFT, i)));
    }
    return join(lists);
}

/* "3:0-1" is of vCPU 3; "nodes:0" is a list of CPUs. */
static const char *
take_vcpu(const char *word, int *ret_vcpu)
{
    const char *end = word + strspn(word, "0123456789");
    guint64 vcpu;
    *ret_vcpu = ALL_VCPUS;
    if (end == word || *end != ':') {
        return word;
    }
    g_autofree char *digits = g_strndup(word, (gsize)(end - word));
    gboolean fits = g_ascii_string_to_unsigned(digits, 10, 0, G_MAXINT, &vcpu, NULL);
    *ret_vcpu = fits ? (int)vcpu : G_MAXINT;
    return end + 1;
}

static gboolean
take_word(DrvSoft *soft, const char *word, const DrvHost *host, GError **error)
{
    g_autoptr(GError) why = NULL;
    Choice choice = { 0 };
    const char *cpus = take_vcpu(word, &choice.vcpu);
    if (!bind_cpulist_parse(cpus, &host->host, &choice.cpus, &why)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, "%s: %s", DRV_SOFT_PARAMETER, why->message);
    }
    choice.text = g_strdup(cpus);
    g_array_append_val(soft->choices, choice);
    return !libxl_bitmap_is_empty(&choice.cpus) ||
           drv_fail(error, VIR_ERR_INVALID_ARG,
                    _("%s: '%s' is no CPU of this host, which has 0 to %u"), DRV_SOFT_PARAMETER,
                    cpus, host->host.ncpus - 1);
}

DrvSoft *
drv_soft_parse(DrvXen *xen, const char *text, GError **error)
{
    g_autoptr(DrvSoft) soft = g_new0(DrvSoft, 1);
    g_auto(DrvHost) host = { 0 };
    g_auto(GStrv) words = g_strsplit_set(text, " \t\n", -1);
    soft->choices = g_array_new(FALSE, FALSE, sizeof(Choice));
    g_array_set_clear_func(soft->choices, choice_clear);
    drv_host_read(&host, xen);
    for (char **word = words; *word; word++) {
        if (**word && !take_word(soft, *word, &host, error)) {
            return NULL;
        }
    }
    if (soft->choices->len == 0) {
        drv_fail(error, VIR_ERR_INVALID_ARG,
                 _("%s: expected a list of CPUs like 0-3, or all for no preference"),
                 DRV_SOFT_PARAMETER);
        return NULL;
    }
    return g_steal_pointer(&soft);
}

gboolean
drv_soft_edit(const DrvSoft *soft, DomDef *def, GError **error)
{
    guint n_vcpus = drv_def_max_vcpus(def);
    for (guint i = 0; i < soft->choices->len; i++) {
        const Choice *choice = &g_array_index(soft->choices, Choice, i);
        if (choice->vcpu == ALL_VCPUS) {
            drv_affinity_set_all(&def->cpu, DRV_AFFINITY_SOFT, choice->text);
        } else if ((guint)choice->vcpu < n_vcpus) {
            drv_affinity_set(&def->cpu, DRV_AFFINITY_SOFT, n_vcpus, (guint)choice->vcpu,
                             choice->text);
        } else {
            return drv_fail(error, VIR_ERR_INVALID_ARG, _("%s: domain '%s' has vCPUs 0 to %u"),
                            DRV_SOFT_PARAMETER, def->general.name, n_vcpus - 1);
        }
    }
    return TRUE;
}

gboolean
drv_soft_apply(const DrvSoft *soft, DrvXen *xen, uint32_t domid, const DomDef *def, GError **error)
{
    for (guint i = 0; i < soft->choices->len; i++) {
        const Choice *choice = &g_array_index(soft->choices, Choice, i);
        int rc = choice->vcpu == ALL_VCPUS
                     ? libxl_set_vcpuaffinity_all(xen->ctx, domid, drv_def_max_vcpus(def), NULL,
                                                  &choice->cpus)
                     : libxl_set_vcpuaffinity(xen->ctx, domid, (uint32_t)choice->vcpu, NULL,
                                              &choice->cpus);
        if (rc != 0) {
            return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                                _("Xen does not take '%s' as CPUs that domain '%s' prefers"),
                                choice->text, def->general.name);
        }
    }
    return TRUE;
}
