/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/hyperv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/xml.h"

#define DEFAULTS "defaults"
#define ALL      "all"
#define HYPERV   "features/hyperv"

/* Xen's groups in libxl's order, and the elements that say the same. The base group is what Xen
 * always offers beside any other: relaxed timing and the index of the vCPU among it. */
static const struct {
    const char *group;
    const char *elements[2];
} rows[] = {
    { "base", { "relaxed", "vpindex" } },
    { "freq", { "frequencies" } },
    { "time_ref_count", { NULL } },
    { "reference_tsc", { NULL } },
    { "hcall_remote_tlb_flush", { "tlbflush" } },
    { "apic_assist", { "vapic" } },
    { "crash_ctl", { NULL } },
    { "synic", { "synic" } },
    { "stimer", { "stimer" } },
    { "hcall_ipi", { "ipi" } },
    { "ex_processor_masks", { NULL } },
    { "no_vp_limit", { NULL } },
    { "cpu_hotplug", { NULL } },
};
#define N_GROUPS ((int)G_N_ELEMENTS(rows))
#define BASE     0

static gboolean
is_off(const char *item)
{
    return *item == '!';
}

/* The group of an item, or -1. */
static int
group_of(const char *item)
{
    for (int i = 0; i < N_GROUPS; i++) {
        if (g_ascii_strcasecmp(rows[i].group, item + is_off(item)) == 0)
            return i;
    }
    return -1;
}

const char *
dom_hyperv_word(guint index)
{
    static const char *const words[] = { DEFAULTS, ALL };

    if (index < G_N_ELEMENTS(words))
        return words[index];
    index -= G_N_ELEMENTS(words);
    return index < N_GROUPS ? rows[index].group : NULL;
}

gboolean
dom_hyperv_is_item(const char *item)
{
    return g_str_equal(item, DEFAULTS) || g_str_equal(item, ALL) || group_of(item) >= 0;
}

/* The place of an item: defaults, what is on, what is off. -1: the item has none. */
static int
rank_of(const char *item)
{
    int group = group_of(item);

    if (g_str_equal(item, DEFAULTS))
        return 0;
    return group >= 0 ? 1 + group + (is_off(item) ? N_GROUPS : 0) : -1;
}

static gboolean
names_group(char *const *list, int group)
{
    for (; list != NULL && *list != NULL; list++) {
        if (group_of(*list) == group)
            return TRUE;
    }
    return FALSE;
}

/* Whether the order of the items says nothing: groups of Xen's, each of them once. */
static gboolean
is_plain(char *const *list)
{
    gboolean defaults = FALSE;

    for (; *list != NULL; list++) {
        int rank = rank_of(*list);

        if (rank < 0 || (rank == 0 ? defaults : names_group(list + 1, group_of(*list))))
            return FALSE;
        defaults |= rank == 0;
    }
    return TRUE;
}

char **
dom_hyperv_sorted(char *const *list)
{
    g_autoptr(GStrvBuilder) sorted = g_strv_builder_new();

    if (!is_plain(list))
        return g_strdupv((char **)list);
    for (int rank = 0; rank <= 2 * N_GROUPS; rank++) {
        for (char *const *item = list; *item != NULL; item++) {
            g_autofree char *lower = g_ascii_strdown(*item, -1);

            if (rank_of(*item) == rank)
                g_strv_builder_add(sorted, lower);
        }
    }
    return g_strv_builder_end(sorted);
}

char **
dom_hyperv_joined(char *const *list, char *const *more, gboolean wordless)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) joined = NULL;

    g_strv_builder_addv(builder, (const char **)list);
    for (; *more != NULL; more++) {
        int group = group_of(*more);

        if (group < 0 ? wordless || g_strv_contains((const char *const *)list, *more)
                      : names_group(list, group) || (wordless && rows[group].elements[0] != NULL))
            continue;
        g_strv_builder_add(builder, *more);
    }
    joined = g_strv_builder_end(builder);
    return dom_hyperv_sorted(joined);
}

char **
dom_hyperv_rest(char *const *list, char *const *other)
{
    g_autoptr(GStrvBuilder) rest = g_strv_builder_new();

    for (; *list != NULL; list++) {
        if (!g_strv_contains((const char *const *)other, *list))
            g_strv_builder_add(rest, *list);
    }
    return g_strv_builder_end(rest);
}

static DomTristate
parse_element(DomXml *xml, xmlNodePtr element)
{
    g_autofree char *state = dom_xml_peek(element, "@state");

    if (g_strcmp0(state, "on") != 0 && g_strcmp0(state, "off") != 0)
        return DOM_TRISTATE_ABSENT;
    dom_xml_claim_node(xml, element);
    dom_xml_claim(xml, element, "@state");
    return g_str_equal(state, "on") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

static void
report_together(DomXml *xml, xmlNodePtr element, DomTristate said)
{
    dom_xml_report(xml, DOM_SEVERITY_WARNING, element, HYPERV,
                   said == DOM_TRISTATE_ON
                       ? _("Xen has relaxed and vpindex together or not at all; both are on")
                       : _("Xen has relaxed and vpindex together or not at all; both are off"));
}

/* What <hyperv> says of @group. Where elements disagree the group is on, since Xen has them
 * together or not at all. */
static DomTristate
parse_group(DomXml *xml, xmlNodePtr hyperv, int group)
{
    DomTristate said = DOM_TRISTATE_ABSENT;
    xmlNodePtr last = NULL;
    gboolean all_agree = TRUE;

    for (guint i = 0; i < G_N_ELEMENTS(rows[group].elements); i++) {
        const char *name = rows[group].elements[i];
        xmlNodePtr element = name != NULL ? dom_xml_child(hyperv, name) : NULL;
        DomTristate state = element != NULL ? parse_element(xml, element) : DOM_TRISTATE_ABSENT;

        all_agree &= name == NULL || i == 0 || state == said;
        last = state != DOM_TRISTATE_ABSENT ? element : last;
        said = MAX(said, state);
    }
    if (!all_agree)
        report_together(xml, last, said);
    return said;
}

/* Xen has no group without the base. */
static void
add_base(GPtrArray *list, gboolean defaults)
{
    gboolean needed = FALSE;

    for (guint i = 0; i < list->len; i++)
        needed |= !is_off(list->pdata[i]);
    if (needed && !defaults)
        g_ptr_array_insert(list, 0, g_strdup(rows[BASE].group));
}

/* Of a group in the list all elements are written. */
static void
keep_lacking(DomXml *xml, xmlNodePtr hyperv, const GPtrArray *list, DomRest *rest)
{
    for (guint i = 0; i < list->len; i++) {
        int group = group_of(list->pdata[i]);

        for (guint j = 0; j < G_N_ELEMENTS(rows[group].elements); j++) {
            const char *name = rows[group].elements[j];
            g_autofree char *path = g_strconcat(HYPERV, "/", name, NULL);

            if (name != NULL && dom_xml_child(hyperv, name) == NULL)
                dom_xml_keep_none(xml, hyperv, rest, path);
        }
    }
}

char **
dom_hyperv_parse(DomXml *xml, xmlNodePtr root, gboolean defaults, DomRest *rest)
{
    xmlNodePtr hyperv = dom_xml_find(root, HYPERV);
    g_autofree char *mode = hyperv != NULL ? dom_xml_peek(hyperv, "@mode") : NULL;
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    gboolean base = FALSE;

    if (hyperv == NULL)
        return NULL;
    dom_xml_claim(xml, root, HYPERV "/@mode");
    if (g_strcmp0(mode, "passthrough") == 0)
        return g_strdupv((char *[]){ (char *)ALL, NULL });
    for (int group = 0; group < N_GROUPS; group++) {
        DomTristate said = parse_group(xml, hyperv, group);

        base |= group == BASE && said != DOM_TRISTATE_ABSENT;
        if (said != DOM_TRISTATE_ABSENT)
            g_ptr_array_add(list, g_strdup_printf("%s%s", said == DOM_TRISTATE_OFF ? "!" : "",
                                                  rows[group].group));
    }
    if (list->len == 0)
        return NULL;
    if (!base)
        add_base(list, defaults);
    keep_lacking(xml, hyperv, list, rest);
    if (defaults)
        g_ptr_array_insert(list, 0, g_strdup(DEFAULTS));
    g_ptr_array_add(list, NULL);
    return dom_hyperv_sorted((char *const *)list->pdata);
}

void
dom_hyperv_settle(char *const *list, DomRest *rest)
{
    for (int group = 0; rest->items != NULL && group < N_GROUPS; group++) {
        for (guint i = 0; !names_group(list, group) && i < G_N_ELEMENTS(rows[group].elements);
             i++) {
            g_autofree char *path = g_strconcat(HYPERV, "/", rows[group].elements[i], NULL);

            dom_rest_forget_none(rest, path);
        }
    }
}

static void
format_group(xmlNodePtr root, const char *item)
{
    int group = group_of(item);
    xmlNodePtr hyperv;

    if (group < 0 || rows[group].elements[0] == NULL)
        return;
    hyperv = dom_xml_ensure(root, HYPERV);
    dom_xml_set(hyperv, "@mode", "custom");
    for (guint i = 0; i < G_N_ELEMENTS(rows[group].elements); i++) {
        if (rows[group].elements[i] != NULL)
            dom_xml_set(dom_xml_append(hyperv, rows[group].elements[i]), "@state",
                        is_off(item) ? "off" : "on");
    }
}

void
dom_hyperv_format(xmlNodePtr root, char *const *list)
{
    if (g_strv_length((char **)list) == 1 && g_str_equal(list[0], ALL)) {
        dom_xml_set(root, HYPERV "/@mode", "passthrough");
        return;
    }
    if (!is_plain(list))
        return;
    if (g_strv_contains((const char *const *)list, DEFAULTS))
        dom_xml_set(root, "features/viridian", "");
    for (; *list != NULL; list++)
        format_group(root, *list);
}
