/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/numa.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "conf/cpulist.h"
#include "conf/def.h"
#include "conf/units.h"
#include "conf/xml.h"

#define ITEM "[0-9]+(-[0-9]+)?"

/* Whether @text is a list of CPUs as vnuma takes it; *@ret_off: libvirt's words for taking some out
 * again are in it, which xl has none for, or one is named twice, which xl would count twice. */
static gboolean
is_list(const char *text, gboolean *ret_off)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    g_autofree guint8 *named = g_new0(guint8, DOM_CPU_VCPUS_MAX);

    *ret_off = FALSE;
    for (char **item = items; *item != NULL; item++) {
        DomCpuRange range;

        if (!dom_cpu_range_parse(*item, &range) || range.all || range.nodes ||
            range.last >= DOM_CPU_VCPUS_MAX)
            return FALSE;
        *ret_off |= range.off;
        for (guint i = range.first; i <= range.last; i++)
            *ret_off |= named[i]++ > 0;
    }
    return g_regex_match(DOM_XML_REGEX("^\\^?" ITEM "(,\\^?" ITEM ")*$"), text, 0, NULL);
}

/* "0-3,^2" is "0,1,3" (transfer full). */
static char *
without_off(const char *text)
{
    g_autofree guint8 *set = g_new0(guint8, DOM_CPU_VCPUS_MAX);
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    GString *list = g_string_new(NULL);
    DomCpuRange range;

    for (char **item = items; *item != NULL; item++) {
        if (dom_cpu_range_parse(*item, &range))
            memset(set + range.first, !range.off, range.last - range.first + 1);
    }
    for (guint i = 0; i < DOM_CPU_VCPUS_MAX; i++) {
        if (set[i] != 0)
            g_string_append_printf(list, "%s%u", list->len > 0 ? "," : "", i);
    }
    return g_string_free(list, FALSE);
}

static gboolean
cpus_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    gboolean off;

    if (!is_list(text, &off)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("'%s' is no list of CPUs: expected numbers and ranges like 0-1,4"), text);
        return FALSE;
    }
    g_free(*DOM_MEMBER(record, field, char *));
    *DOM_MEMBER(record, field, char *) = off ? without_off(text) : g_strdup(text);
    return TRUE;
}

static char *
cpus_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);
    gboolean off;

    return is_list(text, &off) && !off ? g_strdup(text) : NULL;
}

static const DomXmlCodec cpus = { cpus_parse, cpus_format };

static const DomField fields[] = {
    DOM_UINT_FIELD(DomVnode, pnode, NULL, .doc = N_("Node of the host")),
    DOM_UINT_FIELD(DomVnode, size, NULL, .doc = N_("Memory of the node")),
    DOM_STRING_FIELD(DomVnode, vcpus, "@cpus", .xml = &cpus, .doc = N_("Virtual CPUs of the node")),
    DOM_STRING_FIELD(DomVnode, vdistances, NULL, .doc = N_("Distances to all nodes")),
};

/* The cell's place in <numatune>, which stands apart from it. */
static char *
memnode_path(guint index)
{
    return g_strdup_printf("numatune/memnode[@cellid='%u']", index);
}

/* What libxl does with a node of the host. Another word of libvirt's is kept beside it. */
#define ONLY_MODE "strict"

static void
parse_pnode(DomXml *xml, xmlNodePtr node, DomVnode *vnode, guint index, DomRest *rest)
{
    static const char *const places[] = { "@cellid", "@nodeset", NULL };
    g_autofree char *path = memnode_path(index);
    xmlNodePtr memnode = dom_xml_index_find(&xml->index, xmlDocGetRootElement(node->doc), path);
    g_autofree char *nodeset = memnode != NULL ? dom_xml_peek(memnode, "@nodeset") : NULL;
    g_autofree char *mode = memnode != NULL ? dom_xml_peek(memnode, "@mode") : NULL;

    if (nodeset == NULL || !dom_xml_parse_uint(nodeset, &vnode->pnode.value))
        return;
    vnode->pnode.set = TRUE;
    dom_xml_claim_node(xml, memnode->parent);
    dom_xml_claim_all(xml, memnode, places);
    if (mode == NULL || g_str_equal(mode, ONLY_MODE))
        dom_xml_claim(xml, memnode, "@mode");
    else
        dom_xml_keep_attr(xml, memnode, "mode", path, rest);
}

static void
parse_size(DomXml *xml, xmlNodePtr node, DomVnode *vnode)
{
    g_autofree char *text = dom_xml_take(xml, node, "@memory");
    g_autofree char *unit = dom_xml_take(xml, node, "@unit");
    g_autoptr(GError) error = NULL;

    if (text == NULL) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "cpu/numa/cell/@memory",
                       _("the cell has no memory: expected memory='KIB'"));
        return;
    }
    /* The schema wants a size; 0 stands for none. */
    if (dom_units_parse_kib(text, unit, &vnode->size.value, &error))
        vnode->size.set = vnode->size.value > 0;
    else
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "cpu/numa/cell/@memory", "%s",
                       error->message);
    if (vnode->size.set && vnode->size.value % 1024 != 0)
        dom_xml_note(xml, node, "@memory", &vnode->rest, "@memory");
}

/* As far as the schema goes. */
static gboolean
is_distance(const char *text)
{
    guint64 value;

    return dom_xml_parse_uint(text, &value) && value >= 10 && value <= G_MAXUINT8;
}

/* The value of each <sibling> by its number, from 0 on (transfer full); NULL when one is missing,
 * there twice or no distance. */
static GPtrArray *
sibling_values(xmlNodePtr distances)
{
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func(g_free);
    guint64 id;

    for (xmlNodePtr s = dom_xml_child(distances, "sibling"); s != NULL;
         s = dom_xml_next(s, "sibling"))
        g_ptr_array_add(values, NULL);
    for (xmlNodePtr s = dom_xml_child(distances, "sibling"); s != NULL;
         s = dom_xml_next(s, "sibling")) {
        g_autofree char *id_text = dom_xml_peek(s, "@id");
        g_autofree char *value = dom_xml_peek(s, "@value");

        if (id_text == NULL || value == NULL || !dom_xml_parse_uint(id_text, &id) ||
            id >= values->len || values->pdata[id] != NULL || !is_distance(value))
            return NULL;
        values->pdata[id] = g_steal_pointer(&value);
    }
    g_ptr_array_add(values, NULL);
    return g_steal_pointer(&values);
}

/* One <sibling> for each cell or none: anything else stays unknown XML. */
static void
parse_distances(DomXml *xml, xmlNodePtr node, DomVnode *vnode)
{
    xmlNodePtr distances = dom_xml_child(node, "distances");
    g_autoptr(GPtrArray) values = distances != NULL ? sibling_values(distances) : NULL;

    if (values == NULL)
        return;
    dom_xml_claim_node(xml, distances);
    for (xmlNodePtr s = dom_xml_child(distances, "sibling"); s != NULL;
         s = dom_xml_next(s, "sibling")) {
        dom_xml_claim_node(xml, s);
        dom_xml_claim(xml, s, "@id");
        dom_xml_claim(xml, s, "@value");
    }
    if (values->len > 1)
        vnode->vdistances = g_strjoinv(",", (char **)values->pdata);
}

guint64
dom_numa_total(const DomDef *def, guint unit)
{
    guint64 kib = 0;

    for (guint i = 0; i < def->vnodes->len; i++) {
        guint64 size = ((const DomVnode *)def->vnodes->pdata[i])->size.value;

        if (size == 0 || size > (guint64)G_MAXUINT32 * 1024)
            return 0;
        kib += (size + unit - 1) / unit * unit;
    }
    return kib;
}

gboolean
dom_numa_range_parse(const char *item, gulong *ret_first, gulong *ret_last)
{
    char *end;

    *ret_first = strtoul(item, &end, 10);
    *ret_last = end != item && *end == '-' ? strtoul(end + 1, NULL, 10) : *ret_first;
    return *ret_first != G_MAXULONG && *ret_last != G_MAXULONG;
}

/* What cells name together. */
typedef struct {
    guint64 count;
    guint64 end;                         /* the one after the highest */
    guint8 times[DOM_CPU_VCPUS_MAX + 1]; /* each: 0, 1, or 2 for more */
} Named;

static void
add_range(Named *named, gulong first, gulong last)
{
    named->count += last - first + 1;
    named->end = MAX(named->end, last + 1);
    for (gulong i = first; i <= last; i++)
        named->times[i] = MIN(named->times[i] + 1, 2);
}

static void
add_cell(Named *named, const DomVnode *vnode)
{
    g_auto(GStrv) items = g_strsplit(vnode->vcpus != NULL ? vnode->vcpus : "", ",", -1);
    gulong first, last;

    for (char **item = items; *item != NULL; item++) {
        if (**item != '\0' && dom_numa_range_parse(*item, &first, &last) && first <= last &&
            last <= DOM_CPU_VCPUS_MAX)
            add_range(named, first, last);
    }
}

static void
read_named(const DomDef *def, Named *ret_named)
{
    *ret_named = (Named){ 0 };
    for (guint i = 0; i < def->vnodes->len; i++)
        add_cell(ret_named, def->vnodes->pdata[i]);
}

guint64
dom_numa_named(const DomDef *def)
{
    Named named;

    read_named(def, &named);
    return named.count;
}

guint64
dom_numa_vcpus(const DomDef *def)
{
    Named named;

    if (def->vnodes->len == 0)
        return 0;
    read_named(def, &named);
    return MIN(MAX(named.count, named.end), DOM_CPU_VCPUS_MAX);
}

int
dom_numa_wrong_vcpu(const DomDef *def, gboolean *ret_twice)
{
    Named named;

    read_named(def, &named);
    for (guint i = 0; i < MIN(named.count, DOM_CPU_VCPUS_MAX); i++) {
        *ret_twice = named.times[i] > 1;
        if (named.times[i] != 1)
            return (int)i;
    }
    return -1;
}

/* Memory by itself may be a MiB less for each cell, which is what rounding takes from it. */
static gboolean
adds_up(const DomDef *def, guint64 kib)
{
    const DomMemory *memory = &def->memory;

    if (memory->max.set)
        return memory->max.value == kib;
    return memory->target.value <= kib &&
           kib - memory->target.value <= 1024 * (guint64)def->vnodes->len;
}

/* libvirt's guests have what their cells have, whatever <memory> says. */
static void
follow_cells(DomXml *xml, DomXmlNode *cells, DomDef *def)
{
    guint64 kib = dom_numa_total(def, 1);
    DomMemory *memory = &def->memory;

    if (kib == 0 || adds_up(def, kib))
        return;
    dom_xml_report(xml, DOM_SEVERITY_WARNING, xmlDocGetRootElement(cells->doc), "memory",
                   _("the NUMA cells have %" PRIu64 " KiB together, and the guest gets "
                     "that, as from libvirt"),
                   kib);
    if (memory->max.set)
        memory->max.value = kib;
    if (!memory->max.set || memory->target.value > kib)
        memory->target = (DomUint){ .value = kib, .set = TRUE };
}

static guint64
whole_mib(guint64 kib)
{
    return (kib + 1023) / 1024 * 1024;
}

void
dom_numa_settle(DomDef *def)
{
    DomMemory *memory = &def->memory;
    guint64 kib = dom_numa_total(def, 1);

    if (kib == 0 || adds_up(def, kib))
        return;
    memory->target.value = whole_mib(memory->target.value);
    memory->max.value = whole_mib(memory->max.value);
}

/* Without a number a cell has that of its place. */
static guint64
order(DomXmlNode *node, guint place)
{
    g_autofree char *text = dom_xml_peek(node, "@id");
    guint64 id;

    return text != NULL && dom_xml_parse_uint(text, &id) ? id : place;
}

static void
parse_id(DomXml *xml, xmlNodePtr node, guint place)
{
    g_autofree char *text = dom_xml_take(xml, node, "@id");
    guint64 id;

    if (text != NULL && (!dom_xml_parse_uint(text, &id) || id != place))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "cpu/numa/cell/@id",
                       _("'%s': expected %u, since cells are numbered from 0 on, each once"), text,
                       place);
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    parse_id(xml, node, xml->place);
    parse_size(xml, node, record);
    parse_distances(xml, node, record);
    parse_pnode(xml, node, record, xml->place, &def->metadata.rest);
}

static gboolean
are_distances(char *const *values)
{
    for (; *values != NULL; values++) {
        if (!is_distance(*values))
            return FALSE;
    }
    return TRUE;
}

static void
format_distances(xmlNodePtr node, const DomVnode *vnode)
{
    g_auto(GStrv) values = g_strsplit(vnode->vdistances, ",", -1);

    for (guint i = 0; are_distances(values) && values[i] != NULL; i++) {
        xmlNodePtr sibling = dom_xml_append(node, "distances/sibling");

        dom_xml_set_uint(sibling, "@id", i);
        dom_xml_set(sibling, "@value", values[i]);
    }
}

static void
format_pnode(xmlNodePtr node, const DomVnode *vnode, guint index)
{
    g_autofree char *path = memnode_path(index);
    xmlNodePtr memnode = dom_xml_append(xmlDocGetRootElement(node->doc), path);

    dom_xml_set(memnode, "@mode", ONLY_MODE);
    dom_xml_set_uint(memnode, "@nodeset", vnode->pnode.value);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomVnode *vnode = record;

    dom_xml_set_uint(node, "@id", xml->place);
    dom_xml_set_uint(node, "@memory", vnode->size.value);
    dom_xml_set(node, "@unit", "KiB");
    if (vnode->vdistances != NULL)
        format_distances(node, vnode);
    if (vnode->pnode.set)
        format_pnode(node, vnode, xml->place);
}

/* libvirt lets virtual CPUs be in no cell; libxl builds no such guest. Cells without any are none
 * of its concern. Told once, for all cells. */
static void
check(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomUint *most = def->cpu.maxvcpus.set ? &def->cpu.maxvcpus : &def->cpu.vcpus;
    guint64 count;

    if (record != def->vnodes->pdata[0])
        return;
    count = dom_numa_named(def);
    if (most->set && count > 0 && most->value > count)
        dom_xml_report(xml, xml->hosted ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING,
                       xmlDocGetRootElement(node->doc), "vcpu",
                       _("this guest cannot start: it has %" PRIu64 " virtual CPUs, and the NUMA "
                         "cells only %" PRIu64 " of them; put each one into the cpus= of a cell"),
                       most->value, count);
}

const DomRecord dom_vnode_record =
    DOM_RECORD(DomVnode, "numa", fields, .parse = parse, .format = format, .check = check,
               .order = order, .listed = follow_cells);
