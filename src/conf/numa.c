/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/numa.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "conf/cpulist.h"
#include "conf/def.h"
#include "conf/units.h"
#include "conf/xml.h"

static const DomField fields[] = {
    DOM_UINT_FIELD(DomVnode, pnode, NULL, .doc = N_("Node of the host")),
    DOM_UINT_FIELD(DomVnode, size, NULL, .doc = N_("Memory of the node")),
    DOM_STRING_FIELD(DomVnode, vcpus, "@cpus", .doc = N_("Virtual CPUs of the node")),
    DOM_STRING_FIELD(DomVnode, vdistances, NULL, .doc = N_("Distances to all nodes")),
};

static guint
index_of(const DomDef *def, gconstpointer record)
{
    guint index = 0;

    g_ptr_array_find(def->vnodes, record, &index);
    return index;
}

/* The cell's place in <numatune>, which stands apart from it. */
static char *
memnode_path(guint index)
{
    return g_strdup_printf("numatune/memnode[@cellid='%u']", index);
}

static void
parse_pnode(DomXml *xml, xmlNodePtr node, DomVnode *vnode, guint index)
{
    xmlNodePtr root = xmlDocGetRootElement(node->doc);
    g_autofree char *path = memnode_path(index);
    g_autofree char *nodeset_path = g_strconcat(path, "/@nodeset", NULL);
    g_autofree char *mode_path = g_strconcat(path, "/@mode", NULL);
    g_autofree char *nodeset = dom_xml_peek(root, nodeset_path);

    if (nodeset == NULL || !dom_xml_parse_uint(nodeset, &vnode->pnode.value))
        return;
    vnode->pnode.set = TRUE;
    dom_xml_claim(xml, root, nodeset_path);
    dom_xml_claim(xml, root, mode_path);
}

static void
parse_size(DomXml *xml, xmlNodePtr node, DomVnode *vnode)
{
    g_autofree char *text = dom_xml_take(xml, node, "@memory");
    g_autofree char *unit = dom_xml_take(xml, node, "@unit");
    g_autoptr(GError) error = NULL;

    if (text == NULL)
        return;
    /* The schema wants a size; 0 stands for none. */
    if (dom_units_parse_kib(text, unit, &vnode->size.value, &error))
        vnode->size.set = vnode->size.value > 0;
    else
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "cpu/numa/cell/@memory", "%s",
                       error->message);
}

/* One <sibling> for each cell, in order, or none: anything else stays unknown XML. */
static void
parse_distances(DomXml *xml, xmlNodePtr node, DomVnode *vnode)
{
    xmlNodePtr distances = dom_xml_child(node, "distances");
    g_autoptr(GString) list = g_string_new(NULL);
    guint64 expected = 0, id;

    if (distances == NULL)
        return;
    for (xmlNodePtr s = dom_xml_child(distances, "sibling"); s != NULL;
         s = dom_xml_next(s, "sibling")) {
        g_autofree char *id_text = dom_xml_peek(s, "@id");
        g_autofree char *value = dom_xml_peek(s, "@value");

        if (id_text == NULL || value == NULL || !dom_xml_parse_uint(id_text, &id) ||
            id != expected++)
            return;
        g_string_append_printf(list, "%s%s", list->len > 0 ? "," : "", value);
    }
    dom_xml_claim_node(xml, distances);
    for (xmlNodePtr s = dom_xml_child(distances, "sibling"); s != NULL;
         s = dom_xml_next(s, "sibling")) {
        dom_xml_claim_node(xml, s);
        dom_xml_claim(xml, s, "@id");
        dom_xml_claim(xml, s, "@value");
    }
    vnode->vdistances = list->len > 0 ? g_strdup(list->str) : NULL;
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

/* How many CPUs a cell names; *@end is set to the one after the highest when that is more. */
static guint64
count_vcpus(const DomVnode *vnode, guint64 *end)
{
    g_auto(GStrv) items = g_strsplit(vnode->vcpus != NULL ? vnode->vcpus : "", ",", -1);
    guint64 count = 0;
    DomCpuRange range;

    for (char **item = items; *item != NULL; item++) {
        if (!dom_cpu_range_parse(*item, &range) || range.last > DOM_CPU_VCPUS_MAX)
            continue;
        count += range.last - range.first + 1;
        *end = MAX(*end, range.last + 1);
    }
    return count;
}

guint64
dom_numa_vcpus(const DomDef *def)
{
    guint64 count = 0;
    guint64 end = 0;

    for (guint i = 0; i < def->vnodes->len; i++)
        count += count_vcpus(def->vnodes->pdata[i], &end);
    return MIN(MAX(count, end), DOM_CPU_VCPUS_MAX);
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
follow_cells(DomXml *xml, xmlNodePtr node, DomDef *def)
{
    guint64 kib = dom_numa_total(def, 1);
    DomMemory *memory = &def->memory;

    if (dom_xml_next(node, "cell") != NULL || kib == 0 || adds_up(def, kib))
        return;
    dom_xml_report(xml, DOM_SEVERITY_WARNING, xmlDocGetRootElement(node->doc), "memory",
                   _("the NUMA cells have %" PRIu64 " KiB together, and the guest gets "
                     "that, as from libvirt"),
                   kib);
    if (memory->max.set)
        memory->max.value = kib;
    if (!memory->max.set || memory->target.value > kib)
        memory->target = (DomUint){ .value = kib, .set = TRUE };
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    dom_xml_claim(xml, node, "@id");
    parse_size(xml, node, record);
    parse_distances(xml, node, record);
    parse_pnode(xml, node, record, index_of(def, record));
    follow_cells(xml, node, def);
}

static gboolean
is_number_list(const char *text)
{
    return g_regex_match(DOM_XML_REGEX("^[0-9]+(,[0-9]+)*$"), text, 0, NULL);
}

static void
format_distances(xmlNodePtr node, const DomVnode *vnode)
{
    g_auto(GStrv) values = g_strsplit(vnode->vdistances, ",", -1);

    for (guint i = 0; is_number_list(vnode->vdistances) && values[i] != NULL; i++) {
        xmlNodePtr sibling = dom_xml_append(node, "distances/sibling");

        dom_xml_set_uint(sibling, "@id", i);
        dom_xml_set(sibling, "@value", values[i]);
    }
}

static void
format_pnode(xmlNodePtr node, const DomVnode *vnode, guint index)
{
    g_autofree char *path = memnode_path(index);
    xmlNodePtr memnode = dom_xml_ensure(xmlDocGetRootElement(node->doc), path);

    dom_xml_set(memnode, "@mode", "strict");
    dom_xml_set_uint(memnode, "@nodeset", vnode->pnode.value);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomVnode *vnode = record;
    guint index = index_of(def, record);

    dom_xml_set_uint(node, "@id", index);
    dom_xml_set_uint(node, "@memory", vnode->size.value);
    dom_xml_set(node, "@unit", "KiB");
    if (vnode->vdistances != NULL)
        format_distances(node, vnode);
    if (vnode->pnode.set)
        format_pnode(node, vnode, index);
}

const DomRecord dom_vnode_record =
    DOM_RECORD(DomVnode, "numa", fields, .parse = parse, .format = format);
