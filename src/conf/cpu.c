/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/cpu.h"

#include <glib/gi18n-lib.h>

#include "conf/cpuid.h"
#include "conf/cpulist.h"
#include "conf/xml.h"

/* xl's word for all CPUs. */
#define ANYWHERE "all"

#define ITEM     "[0-9]+(-[0-9]+)?"

/* A cpuset means the same in both languages while it is plain numbers and ranges, and single CPUs
 * that are taken out of those before them. */
static gboolean
is_plain_set(const char *text)
{
    return g_regex_match(DOM_XML_REGEX("^" ITEM "(,(" ITEM "|\\^[0-9]+))*$"), text, 0, NULL);
}

/* What is wrong with a list of CPUs (transfer full), or NULL. */
static char *
cpuset_complaint(const char *text)
{
    g_autofree char *wrong = dom_cpulist_wrong_item(text);

    return wrong != NULL
               ? g_strdup_printf(_("%s is neither a CPU number, a range like 0-3, nor all"), wrong)
               : NULL;
}

static gboolean
cpuset_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    g_autofree char *complaint = cpuset_complaint(text);

    dom_field_clear(field, record);
    if (complaint != NULL) {
        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID, complaint);
        return FALSE;
    }
    *DOM_MEMBER(record, field, char *) = g_strdup(text);
    return TRUE;
}

static char *
cpuset_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);

    return is_plain_set(text) ? g_strdup(text) : NULL;
}

static const DomXmlCodec cpuset = { cpuset_parse, cpuset_format };

static const DomField fields[] = {
    DOM_UINT_FIELD(DomCpu, vcpus, NULL, .doc = N_("Virtual CPUs that are online at start")),
    DOM_UINT_FIELD(DomCpu, maxvcpus, NULL, .doc = N_("Virtual CPUs the guest can have")),
    DOM_STRING_FIELD(DomCpu, cpus, "vcpu/@cpuset", .xml = &cpuset,
                     .doc = N_("CPUs the guest may run on")),
    DOM_STRV_FIELD(DomCpu, cpus_list, NULL, .doc = N_("CPUs each virtual CPU may run on")),
    DOM_STRING_FIELD(DomCpu, cpus_soft, NULL, .doc = N_("CPUs the guest should run on")),
    DOM_STRV_FIELD(DomCpu, cpus_soft_list, NULL, .doc = N_("CPUs each virtual CPU should run on")),
    DOM_TRISTATE_FIELD(DomCpu, nestedhvm, NULL,
                       .doc = N_("The guest can run virtual machines itself")),
    DOM_TRISTATE_FIELD(DomCpu, nx, NULL, .doc = N_("Show the no-execute bit")),
    DOM_STRING_FIELD(DomCpu, cpuid, NULL, .doc = N_("Changes to CPUID, by feature name")),
    DOM_STRV_FIELD(DomCpu, cpuid_list, NULL, .doc = N_("Changes to CPUID, by leaf")),
};

static gboolean
take_count(DomXml *xml, xmlNodePtr node, const char *path, DomUint *ret_count)
{
    g_autofree char *text = dom_xml_take(xml, node, path);

    if (text == NULL)
        return FALSE;
    if (!dom_xml_parse_uint(g_strstrip(text), &ret_count->value) || ret_count->value == 0) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, path,
                       _("'%s' is not a number of virtual CPUs: expected 1 or more"), text);
        return FALSE;
    }
    ret_count->set = TRUE;
    return TRUE;
}

/* More virtual CPUs than any guest has; a number beyond is a mistake. */
#define MAX_VCPUS 4096

/* Notes the <vcpupin> that makes the list as long as it is. */
static void
set_pin(DomXml *xml, xmlNodePtr pin, DomRest *rest, GPtrArray *pins, guint vcpu, const char *set)
{
    if (pins->len <= vcpu) {
        g_ptr_array_set_size(pins, (gint)vcpu + 1);
        dom_xml_note(xml, pin, "@vcpu", rest, "cputune/vcpupin");
    }
    if (pins->pdata[vcpu] != NULL)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, pin, "cputune/vcpupin/@vcpu",
                       _("virtual CPU %u is pinned twice, and this counts: leave the other "
                         "<vcpupin> of it out"),
                       vcpu);
    g_free(pins->pdata[vcpu]);
    pins->pdata[vcpu] = g_strdup(set);
}

/* The sets of <vcpupin> by vCPU, NULL where there is none; NULL when one is not understood. */
static GPtrArray *
read_pins(DomXml *xml, xmlNodePtr tune, DomRest *rest)
{
    g_autoptr(GPtrArray) pins = g_ptr_array_new_with_free_func(g_free);
    guint64 vcpu;

    for (xmlNodePtr pin = dom_xml_child(tune, "vcpupin"); pin != NULL;
         pin = dom_xml_next(pin, "vcpupin")) {
        g_autofree char *number = dom_xml_peek(pin, "@vcpu");
        g_autofree char *set = dom_xml_peek(pin, "@cpuset");

        if (number == NULL || set == NULL || !dom_xml_parse_uint(number, &vcpu) ||
            vcpu >= MAX_VCPUS)
            return NULL;
        set_pin(xml, pin, rest, pins, (guint)vcpu, set);
    }
    return g_steal_pointer(&pins);
}

/* A vCPU without a pin runs where vcpu/@cpuset says, or anywhere. */
static char **
fill_pins(GPtrArray *pins, const char *others, const DomUint *vcpus)
{
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    guint count = pins->len;

    if (others != NULL && vcpus->set)
        count = MAX(count, (guint)MIN(vcpus->value, MAX_VCPUS));
    for (guint i = 0; i < count; i++) {
        const char *set = i < pins->len ? pins->pdata[i] : NULL;

        g_strv_builder_add(list, set != NULL ? set : others != NULL ? others : ANYWHERE);
    }
    return g_strv_builder_end(list);
}

static void
check_pins(DomXml *xml, xmlNodePtr tune)
{
    for (xmlNodePtr pin = dom_xml_child(tune, "vcpupin"); pin != NULL;
         pin = dom_xml_next(pin, "vcpupin")) {
        g_autofree char *set = dom_xml_peek(pin, "@cpuset");
        g_autofree char *complaint = set != NULL ? cpuset_complaint(set) : NULL;

        if (complaint != NULL)
            dom_xml_report(xml, DOM_SEVERITY_ERROR, pin, "@cpuset", "%s", complaint);
    }
}

static void
parse_pins(DomXml *xml, xmlNodePtr node, DomCpu *cpu)
{
    xmlNodePtr tune = dom_xml_child(node, "cputune");
    g_autoptr(GPtrArray) pins = NULL;
    g_autofree char *others = NULL;

    if (tune == NULL || dom_xml_child(tune, "vcpupin") == NULL)
        return;
    check_pins(xml, tune);
    pins = read_pins(xml, tune, &cpu->rest);
    if (pins == NULL)
        return;
    dom_xml_claim(xml, node, "cputune");
    for (xmlNodePtr pin = dom_xml_child(tune, "vcpupin"); pin != NULL;
         pin = dom_xml_next(pin, "vcpupin")) {
        dom_xml_claim_node(xml, pin);
        dom_xml_claim(xml, pin, "@vcpu");
        dom_xml_claim(xml, pin, "@cpuset");
    }
    /* libvirt's guest of which nobody counted them has one, and xl pins none where none are counted
     */
    if (!cpu->vcpus.set && !cpu->maxvcpus.set && dom_xml_find(node, "cpu/numa/cell") == NULL)
        cpu->vcpus = (DomUint){ .value = 1, .set = TRUE };
    others = g_steal_pointer(&cpu->cpus);
    cpu->cpus_list = fill_pins(pins, others, cpu->maxvcpus.set ? &cpu->maxvcpus : &cpu->vcpus);
}

/* All of them, or none when one cannot be said. The last says how many they are. */
static gboolean
can_pin(char **list)
{
    for (char **set = list; *set != NULL; set++) {
        if (!is_plain_set(*set) && (set[1] == NULL || !g_str_equal(*set, ANYWHERE)))
            return FALSE;
    }
    return TRUE;
}

static void
format_pins(xmlNodePtr node, char **list)
{
    if (!can_pin(list))
        return;
    for (guint i = 0; list[i] != NULL; i++) {
        xmlNodePtr pin;

        if (g_str_equal(list[i], ANYWHERE))
            continue;
        pin = dom_xml_append(node, "cputune/vcpupin");
        dom_xml_set_uint(pin, "@vcpu", i);
        dom_xml_set(pin, "@cpuset", list[i]);
    }
}

/* <vcpu current='2'>4</vcpu> is vcpus=2, maxvcpus=4; without current= all are online. */
static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomCpu *cpu = record;
    DomUint all = { 0 };
    g_autofree char *placement = dom_xml_peek(node, "vcpu/@placement");

    dom_cpuid_parse(xml, node, def);
    if (!take_count(xml, node, "vcpu", &all)) {
        parse_pins(xml, node, cpu);
        return;
    }
    /* The default, which libvirt's tools always write. */
    if (g_strcmp0(placement, "static") == 0)
        dom_xml_claim(xml, node, "vcpu/@placement");
    if (take_count(xml, node, "vcpu/@current", &cpu->vcpus))
        cpu->maxvcpus = all;
    else
        cpu->vcpus = all;
    parse_pins(xml, node, cpu);
    dom_xml_note(xml, node, "vcpu", &cpu->rest, "vcpu");
    if (all.value > DOM_CPU_VCPUS_MAX)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "vcpu", _("at most %d vcpus are possible"),
                       DOM_CPU_VCPUS_MAX);
    else if (cpu->maxvcpus.set && cpu->maxvcpus.value < cpu->vcpus.value)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "vcpu/@current",
                       _("more virtual CPUs are online than the guest has: lower current= or raise "
                         "the number"));
}

/* None at all, which xl takes, is nothing that XML can say, nor is more than 16 bits count. A guest
 * with cells has all of their vCPUs, in xl and in libvirt, which wants that told. */
static void
format_counts(DomXmlNode *node, const DomCpu *cpu, guint64 in_cells)
{
    gboolean some = cpu->vcpus.set && cpu->vcpus.value > 0;
    guint64 vcpus = some ? cpu->vcpus.value : 1;
    guint64 most = cpu->maxvcpus.set ? cpu->maxvcpus.value : in_cells > vcpus ? in_cells : 0;

    if (MAX(most, vcpus) > G_MAXUINT16)
        return;
    if (most > 0) {
        dom_xml_set_uint(node, "vcpu", most);
        dom_xml_set_uint(node, "vcpu/@current", vcpus);
    } else if (some || cpu->cpus != NULL) {
        dom_xml_set_uint(node, "vcpu", vcpus);
    }
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomCpu *cpu = record;

    format_counts(node, cpu, dom_numa_vcpus(def));
    if (cpu->cpus_list != NULL)
        format_pins(node, cpu->cpus_list);
    dom_cpuid_format(node, def);
}

const DomRecord dom_cpu_record =
    DOM_RECORD(DomCpu, "cpu", fields, .parse = parse, .format = format);
