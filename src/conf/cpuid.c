/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/cpuid.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/xml.h"

/* Features that libvirt and xl name differently. */
static const struct {
    const char *libvirt;
    const char *xl;
} names[] = {
    { "clflush", "clfsh" },
    { "cid", "cntxid" },
    { "cmp_legacy", "cmplegacy" },
    { "cr8legacy", "altmovcr8" },
    { "cx16", "cmpxchg16" },
    { "cx8", "cmpxchg8" },
    { "ds_cpl", "dscpl" },
    { "fxsr_opt", "ffxsr" },
    { "ht", "htt" },
    { "lahf_lm", "lahfsahf" },
    { "nodeid_msr", "nodeid" },
    { "pclmuldq", "pclmulqdq" },
    { "pdpe1gb", "page1gb" },
    { "pn", "psn" },
    { "pni", "sse3" },
    { "sep", "sysenter" },
    { "spec-ctrl", "ibrsb" },
};

/* The first row of a value is the one to write. */
static const struct {
    const char *policy;
    char value;
} policies[] = {
    { "force", '1' },  { "require", '1' },  { "disable", '0' },
    { "forbid", '0' }, { "optional", 'x' },
};

static const char *const nested_names[] = { "vmx", "svm", NULL };

static gboolean
is_nested(const char *name)
{
    return g_strv_contains(nested_names, name);
}

/* A switch of its own for HVM guests; for others it is one of cpuid's. */
#define NO_EXECUTE "nx"

static gboolean
is_switch(const DomDef *def, const char *name, char value)
{
    return is_nested(name) ||
           (g_str_equal(name, NO_EXECUTE) && value != 'x' && dom_general_type(def) == DOM_TYPE_HVM);
}

#define PREFIX "host"

static const char *
xl_name(const char *libvirt)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i].libvirt, libvirt))
            return names[i].xl;
    }
    return libvirt;
}

static const char *
libvirt_name(const char *xl)
{
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i].xl, xl))
            return names[i].libvirt;
    }
    return xl;
}

static char
value_of(const char *policy)
{
    for (guint i = 0; policy != NULL && i < G_N_ELEMENTS(policies); i++) {
        if (g_str_equal(policies[i].policy, policy))
            return policies[i].value;
    }
    return '\0';
}

static const char *
policy_of(char value)
{
    for (guint i = 0; i < G_N_ELEMENTS(policies); i++) {
        if (policies[i].value == value)
            return policies[i].policy;
    }
    return NULL;
}

/* @name (NULL: none) as libvirt takes it. */
static gboolean
check_name(DomXml *xml, xmlNodePtr node, const char *name)
{
    if (name == NULL)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "cpu/feature",
                       _("the feature has no name: expected <feature policy='...' name='NAME'/>"));
    else if (!dom_xml_is_word(name, "_.-"))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "cpu/feature/@name",
                       _("'%s' is no name of a feature: expected one of letters, digits, '-', '_' "
                         "and '.'"),
                       name);
    else
        return TRUE;
    return FALSE;
}

/* A host has one of vmx and svm, and it is not known here which. One that is required is meant;
 * then one that is taken away counts before one that is offered, in whatever order they stand. */
static void
parse_nested(DomDef *def, xmlNodePtr cpu)
{
    static const char order[] = "10x"; /* the first counts */
    gsize first = strlen(order);

    for (xmlNodePtr node = dom_xml_child(cpu, "feature"); node != NULL;
         node = dom_xml_next(node, "feature")) {
        g_autofree char *name = dom_xml_peek(node, "@name");
        g_autofree char *policy = dom_xml_peek(node, "@policy");
        char value[] = { value_of(policy), '\0' };

        if (name != NULL && is_nested(name) && value[0] != '\0')
            first = MIN(first, strcspn(order, value));
    }
    if (order[first] != '\0')
        def->cpu.nestedhvm = order[first] == '0' ? DOM_TRISTATE_OFF : DOM_TRISTATE_ON;
}

static void
parse_feature(DomXml *xml, xmlNodePtr node, DomDef *def, GString *cpuid)
{
    g_autofree char *name = dom_xml_peek(node, "@name");
    g_autofree char *policy = dom_xml_peek(node, "@policy");
    char value = value_of(policy);

    if (!check_name(xml, node, name) || value == '\0')
        return;
    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@name");
    dom_xml_claim(xml, node, "@policy");
    if (!is_switch(def, name, value))
        g_string_append_printf(cpuid, ",%s=%c", xl_name(name), value);
    else if (g_str_equal(name, NO_EXECUTE))
        def->cpu.nx = value == '0' ? DOM_TRISTATE_OFF : DOM_TRISTATE_ON;
}

/* NAME=VALUE with a name that comes back as it is, and a value that a policy says. */
static gboolean
can_say(const DomDef *def, const char *item)
{
    const char *equals = strchr(item, '=');
    g_autofree char *name = g_strndup(item, equals != NULL ? (gsize)(equals - item) : 0);

    return g_regex_match(DOM_XML_REGEX("^[a-zA-Z0-9_-]+=[01x]$"), item, 0, NULL) &&
           !is_switch(def, name, equals[1]) && g_str_equal(xl_name(libvirt_name(name)), name);
}

static gboolean
can_say_all(const DomDef *def, char **items)
{
    if (items[0] == NULL || !g_str_equal(items[0], PREFIX))
        return FALSE;
    for (char **item = items + 1; *item != NULL; item++) {
        if (!can_say(def, *item))
            return FALSE;
    }
    return TRUE;
}

/* What format writes of a feature: of vmx and svm the same, for whichever the host has. */
static const char *
written_policy(const DomDef *def, const char *name, char value)
{
    if (is_nested(name))
        return def->cpu.nestedhvm == DOM_TRISTATE_ON ? "optional" : "disable";
    return policy_of(value);
}

/* How many features of @cpu there are by the name that xl has for them. */
static GHashTable *
count_names(xmlNodePtr cpu)
{
    GHashTable *counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (xmlNodePtr node = dom_xml_child(cpu, "feature"); node != NULL;
         node = dom_xml_next(node, "feature")) {
        g_autofree char *name = dom_xml_peek(node, "@name");
        const char *xl = name != NULL ? xl_name(name) : "";
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, xl));

        g_hash_table_insert(counts, g_strdup(xl), GUINT_TO_POINTER(n + 1));
    }
    return counts;
}

/* Twins are told from each other by nothing. @all: whether every feature is written. */
static void
keep_policy(DomXml *xml, xmlNodePtr node, GHashTable *counts, gboolean all, DomDef *def)
{
    g_autofree char *name = dom_xml_peek(node, "@name");
    g_autofree char *policy = dom_xml_peek(node, "@policy");
    const char *xl = name != NULL ? xl_name(name) : "";
    const char *written =
        value_of(policy) != '\0' ? written_policy(def, xl, value_of(policy)) : NULL;
    g_autofree char *path = g_strdup_printf("cpu/feature[@name='%s']", libvirt_name(xl));

    if (written == NULL || g_str_equal(written, policy) || !(all || is_nested(xl)) ||
        GPOINTER_TO_UINT(g_hash_table_lookup(counts, xl)) != 1)
        return;
    dom_xml_keep(xml, node, "feature/@policy", &def->cpu.rest, path, "policy", policy);
}

/* Xen does the same for the words of a value; the XML keeps the one that it had, and so it does for
 * vmx and svm where the two differ. */
static void
keep_policies(DomXml *xml, xmlNodePtr cpu, GHashTable *counts, DomDef *def)
{
    g_auto(GStrv) items = g_strsplit(def->cpu.cpuid, ",", -1);
    gboolean all = can_say_all(def, items);

    for (xmlNodePtr node = dom_xml_child(cpu, "feature"); node != NULL;
         node = dom_xml_next(node, "feature"))
        keep_policy(xml, node, counts, all, def);
}

/* Both of vmx and svm are written. */
static void
keep_nested(DomXml *xml, xmlNodePtr cpu, GHashTable *counts, DomDef *def)
{
    for (const char *const *name = nested_names;
         def->cpu.nestedhvm != DOM_TRISTATE_ABSENT && *name != NULL; name++) {
        g_autofree char *path = g_strdup_printf("cpu/feature[@name='%s']", *name);

        if (!g_hash_table_contains(counts, *name))
            dom_xml_keep_none(xml, cpu, &def->cpu.rest, path);
    }
}

static void
parse_migratable(DomXml *xml, xmlNodePtr node, DomDef *def)
{
    g_autofree char *migratable = dom_xml_take(xml, node, "@migratable");

    if (migratable != NULL)
        def->general.nomigrate =
            g_str_equal(migratable, "off") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
}

void
dom_cpuid_parse(DomXml *xml, xmlNodePtr root, DomDef *def)
{
    xmlNodePtr node = dom_xml_child(root, "cpu");
    g_autofree char *mode = node != NULL ? dom_xml_peek(node, "@mode") : NULL;
    g_autofree char *check = node != NULL ? dom_xml_peek(node, "@check") : NULL;
    g_autoptr(GString) cpuid = g_string_new(PREFIX);
    g_autoptr(GHashTable) counts = NULL;

    if (g_strcmp0(mode, "host-passthrough") != 0)
        return;
    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@mode");
    /* Which tools of libvirt write without being asked. */
    if (g_strcmp0(check, "none") == 0)
        dom_xml_claim(xml, node, "@check");
    parse_migratable(xml, node, def);
    for (xmlNodePtr feature = dom_xml_child(node, "feature"); feature != NULL;
         feature = dom_xml_next(feature, "feature"))
        parse_feature(xml, feature, def, cpuid);
    parse_nested(def, node);
    def->cpu.cpuid = g_strdup(cpuid->str);
    counts = count_names(node);
    keep_policies(xml, node, counts, def);
    keep_nested(xml, node, counts, def);
}

static xmlNodePtr
ensure_cpu(xmlNodePtr root)
{
    dom_xml_set(root, "cpu/@mode", "host-passthrough");
    return dom_xml_child(root, "cpu");
}

static void
add_feature(xmlNodePtr root, const char *policy, const char *name)
{
    xmlNodePtr feature = dom_xml_append(ensure_cpu(root), "feature");

    dom_xml_set(feature, "@policy", policy);
    dom_xml_set(feature, "@name", name);
}

static void
format_features(xmlNodePtr root, const DomDef *def)
{
    g_auto(GStrv) items = g_strsplit(def->cpu.cpuid, ",", -1);

    if (!can_say_all(def, items))
        return;
    ensure_cpu(root);
    for (char **item = items + 1; *item != NULL; item++) {
        g_auto(GStrv) pair = g_strsplit(*item, "=", 2);

        add_feature(root, policy_of(*pair[1]), libvirt_name(pair[0]));
    }
}

void
dom_cpuid_format(xmlNodePtr root, const DomDef *def)
{
    if (def->general.nomigrate != DOM_TRISTATE_ABSENT)
        dom_xml_set(ensure_cpu(root), "@migratable",
                    def->general.nomigrate == DOM_TRISTATE_ON ? "off" : "on");
    if (def->cpu.cpuid != NULL)
        format_features(root, def);
    if (def->cpu.nx != DOM_TRISTATE_ABSENT && dom_general_type(def) == DOM_TYPE_HVM)
        add_feature(root, policy_of(def->cpu.nx == DOM_TRISTATE_ON ? '1' : '0'), NO_EXECUTE);
    /* Whichever of them the host has. */
    for (const char *const *name = nested_names;
         def->cpu.nestedhvm != DOM_TRISTATE_ABSENT && *name != NULL; name++)
        add_feature(root, written_policy(def, *name, '\0'), *name);
}
