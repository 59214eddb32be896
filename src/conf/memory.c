/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/memory.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"
#include "conf/units.h"
#include "conf/xml.h"

static const DomField fields[] = {
    DOM_UINT_FIELD(DomMemory, target, NULL, .doc = N_("Memory the guest has at start")),
    DOM_UINT_FIELD(DomMemory, max, NULL, .doc = N_("Memory the guest can be given")),
    DOM_UINT_FIELD(DomMemory, shadow, NULL, .doc = N_("Memory for the guest's page tables")),
};

static gboolean
take_size(DomXml *xml, xmlNodePtr node, const char *element, DomUint *ret_kib, DomRest *rest)
{
    g_autofree char *unit_path = g_strconcat(element, "/@unit", NULL);
    g_autofree char *text = dom_xml_take(xml, node, element);
    g_autofree char *unit = dom_xml_take(xml, node, unit_path);
    g_autoptr(GError) error = NULL;

    if (text == NULL)
        return FALSE;
    if (!dom_units_parse_kib(g_strstrip(text), unit, &ret_kib->value, &error)) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, element, "%s", error->message);
        return FALSE;
    }
    ret_kib->set = TRUE;
    dom_xml_note(xml, node, element, rest, element);
    return TRUE;
}

/* Whether XML has room for the number, which has to be one of bytes, too. */
static gboolean
is_shown(const DomUint *kib)
{
    return kib->set && kib->value <= G_MAXUINT64 / 1024;
}

static void
set_size(xmlNodePtr node, const char *element, guint64 kib)
{
    g_autofree char *unit_path = g_strconcat(element, "/@unit", NULL);

    dom_xml_set_uint(node, element, kib);
    dom_xml_set(node, unit_path, "KiB");
}

/* <memory> is the maximum, <currentMemory> the target; alone, <memory> is both. */
static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomMemory *memory = record;
    DomUint all = { 0 };

    if (dom_xml_child(node, "memory") == NULL) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "memory",
                       _("the domain has no memory size: expected <memory unit='MiB'>N</memory>"));
        return;
    }
    if (!take_size(xml, node, "memory", &all, &memory->rest)) {
        /* for what is wrong in it */
        take_size(xml, node, "currentMemory", &memory->target, &memory->rest);
        return;
    }
    if (!take_size(xml, node, "currentMemory", &memory->target, &memory->rest)) {
        memory->target = all;
        return;
    }
    memory->max = all;
    if (memory->target.value <= all.value)
        return;
    dom_xml_report(
        xml, DOM_SEVERITY_WARNING, node, "currentMemory",
        _("this is more than <memory>, which is the most that the guest can have: it gets "
          "that, as from libvirt"));
    memory->target = all;
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomMemory *memory = record;
    guint64 target = is_shown(&memory->target) ? memory->target.value : DOM_MEMORY_DEFAULT;

    set_size(node, "memory", is_shown(&memory->max) ? memory->max.value : target);
    if (is_shown(&memory->max) && is_shown(&memory->target))
        set_size(node, "currentMemory", target);
}

const DomRecord dom_memory_record =
    DOM_RECORD(DomMemory, "memory", fields, .parse = parse, .format = format);
