/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/def.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <string.h>

#include "conf/alias.h"
#include "conf/hyperv.h"
#include "conf/residual.h"
#include "conf/secret.h"
#include "conf/words.h"
#include "conf/xml.h"
#include "conf/xml_bounds.h"

/* Elements that only hold others. What is unknown in them is kept one by one. */
static const char *const groups[] = { "os", "features", "devices", "metadata" };

/* A device of the model and the element that it was read from. */
typedef struct {
    const DomRecord *record;
    xmlNodePtr node;
    gpointer data;
} Device;

static void
parse_topic(DomXml *xml, xmlNodePtr root, const DomSection *section, DomDef *def)
{
    gpointer data = dom_section_data(section, def);

    dom_xml_parse_fields(xml, root, section->record, data);
    if (section->record->parse != NULL)
        section->record->parse(xml, root, data, def);
}

/* Live data, unless a user gave it. */
static void
drop_alias(DomXml *xml, xmlNodePtr node)
{
    g_autofree char *alias = dom_xml_peek(node, "alias/@name");

    if (alias != NULL && !dom_alias_is_given(alias))
        dom_xml_claim(xml, node, "alias/@name");
}

/* Those of the devices that are no list of the model. */
static void
drop_aliases(DomXml *xml, xmlNodePtr devices)
{
    for (xmlNodePtr node = devices != NULL ? dom_xml_child(devices, NULL) : NULL; node != NULL;
         node = dom_xml_next(node, NULL)) {
        if (dom_xml_is_claimed(node))
            drop_alias(xml, node);
    }
}

/* Where texts with a comma stand, which many mini-languages of xl.cfg have no room for. */
static void
note_commas(DomXml *xml, xmlNodePtr node, const DomRecord *record, gpointer data)
{
    for (guint i = 0; xml->placed && i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];

        if (dom_field_breaking(field, data, DOM_FIELD_ITEM_BREAKS) != NULL)
            dom_xml_note(xml, node, field->path != NULL ? field->path : "", data, field->name);
    }
}

static gpointer
parse_device(DomXml *xml, xmlNodePtr node, const DomSection *section, DomDef *def)
{
    GPtrArray *list = dom_section_list(section, def);
    gpointer data = dom_list_add(list, section->record);

    ((DomRest *)data)->element = TRUE;
    xml->place = list->len - 1;
    dom_xml_own_node(xml, node);
    drop_alias(xml, node);
    dom_xml_parse_fields(xml, node, section->record, data);
    if (section->record->parse != NULL)
        section->record->parse(xml, node, data, def);
    dom_xml_note(xml, node, "", data, "");
    note_commas(xml, node, section->record, data);
    return data;
}

/* An element, and where it stands among its like. */
typedef struct {
    guint64 order;
    guint place; /* of two that say the same the first one comes first */
    xmlNodePtr node;
} Placed;

static gint
by_order(gconstpointer a, gconstpointer b)
{
    const Placed *one = a, *other = b;

    if (one->order != other->order)
        return one->order < other->order ? -1 : 1;
    return one->place < other->place ? -1 : 1;
}

/* The children @name of @parent as records stand in their list: an array of Placed (transfer
 * full). */
static GArray *
children_in_order(xmlNodePtr parent, const char *name, const DomRecord *record)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Placed));

    for (xmlNodePtr node = dom_xml_child(parent, name); node != NULL;
         node = dom_xml_next(node, name)) {
        Placed placed = { all->len, all->len, node };

        if (record->order != NULL)
            placed.order = record->order(node, all->len);
        g_array_append_val(all, placed);
    }
    if (record->order != NULL)
        g_array_sort(all, by_order);
    return all;
}

/* @found: of Device. */
static void
parse_devices(DomXml *xml, xmlNodePtr root, const DomSection *section, DomDef *def, GArray *found)
{
    const char *name = section->path != NULL ? strrchr(section->path, '/') + 1 : NULL;
    xmlNodePtr parent = name != NULL ? dom_xml_take_parent(xml, root, section->path) : NULL;

    g_autoptr(GArray) nodes = NULL;

    if (parent == NULL)
        return;
    nodes = children_in_order(parent, name, section->record);
    for (guint i = 0; i < nodes->len; i++) {
        xmlNodePtr node = g_array_index(nodes, Placed, i).node;
        Device device = { section->record, node, NULL };

        if (section->record->claims != NULL && !section->record->claims(def, node)) {
            if (section->record->refused != NULL)
                section->record->refused(xml, node);
            continue;
        }
        device.data = parse_device(xml, node, section, def);
        g_array_append_val(found, device);
    }
    if (section->record->listed != NULL)
        section->record->listed(xml, parent, def);
}

static void
collect_rests(DomXml *xml, xmlNodePtr root, DomDef *def, GArray *found)
{
    /* Live data that every export of a running guest has; a definition does not want it back. */
    dom_xml_claim(xml, root, "@type");
    dom_xml_claim(xml, root, "@id");
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        dom_xml_claim(xml, root, groups[i]);
    drop_aliases(xml, dom_xml_child(root, "devices"));
    dom_xml_collect_rest(xml, root, &def->metadata.rest);
    for (guint i = 0; i < found->len; i++) {
        const Device *device = &g_array_index(found, Device, i);

        /* A record begins with its rest. */
        dom_xml_collect_rest(xml, device->node, device->data);
    }
}

static gboolean
check_root(DomXml *xml, xmlNodePtr root)
{
    g_autofree char *type = NULL;

    if (!g_str_equal((const char *)root->name, "domain")) {
        dom_xml_report(xml, DOM_SEVERITY_ERROR, root, (const char *)root->name,
                       _("this is not a domain: expected <domain type='xen'>"));
        return FALSE;
    }
    type = dom_xml_peek(root, "@type");
    if (g_strcmp0(type, "xen") == 0)
        return TRUE;
    dom_xml_report(xml, DOM_SEVERITY_ERROR, root, "domain/@type",
                   _("'%s' guests do not run on Xen: expected <domain type='xen'>"),
                   type != NULL ? type : "");
    return FALSE;
}

static void
check_required(DomXml *xml, xmlNodePtr root, const DomDef *def)
{
    if (def->general.name == NULL || *def->general.name == '\0')
        dom_xml_report(xml, DOM_SEVERITY_ERROR, root, "name",
                       _("the domain has no name: expected <name>NAME</name>"));
}

static void
check_name(DomXml *xml, xmlNodePtr root, const DomDef *def)
{
    DomSeverity severity = xml->hosted ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING;
    const char *name = def->general.name;

    if (name != NULL && !dom_name_fits(name))
        dom_xml_report(xml, severity, root, "name",
                       _("'%s' has a '/' or a line break, which libvirt takes in no domain's name: "
                         "expected a name without one"),
                       name);
}

/* The devices that are there and were made of elements, each with what it is. Those that the
 * residual told anew, as a whole list, are not, wherever they lie. */
static GHashTable *
records_of(DomDef *def)
{
    GHashTable *records = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < dom_n_sections; i++) {
        GPtrArray *list = dom_sections[i].list ? dom_section_list(&dom_sections[i], def) : NULL;

        for (guint j = 0; list != NULL && j < list->len; j++) {
            if (((const DomRest *)list->pdata[j])->element)
                g_hash_table_insert(records, list->pdata[j], (gpointer)dom_sections[i].record);
        }
    }
    return records;
}

/* What is missing or does not go together, told at the element that it is about. */
static void
check_records(DomXml *xml, xmlNodePtr root, DomDef *def, GArray *found)
{
    g_autoptr(GHashTable) records = records_of(def);

    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (!section->list && section->record->check != NULL)
            section->record->check(xml, root, dom_section_const_data(section, def), def);
    }
    for (guint i = 0; i < found->len; i++) {
        const Device *device = &g_array_index(found, Device, i);

        if (device->record->check != NULL &&
            g_hash_table_lookup(records, device->data) == device->record)
            device->record->check(xml, device->node, device->data, def);
    }
}

/* Fills @def with what the standard elements say. */
static void
parse_sections(DomXml *xml, xmlNodePtr root, DomDef *def, GArray *found)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        if (dom_sections[i].list)
            parse_devices(xml, root, &dom_sections[i], def, found);
        else
            parse_topic(xml, root, &dom_sections[i], def);
    }
    dom_xml_index_clear(&xml->index);
    dom_words_check(xml, root);
}

/* Whether anything unknown was kept. */
static gboolean
has_rest(const DomDef *def)
{
    g_autoptr(GPtrArray) rests = dom_def_rests((DomDef *)def);
    gboolean has = FALSE;

    for (guint i = 0; i < rests->len && !has; i++)
        has = ((const DomRest *)rests->pdata[i])->items != NULL;
    return has;
}

/* Whether a device has a text that ends an item of xl.cfg's lists, which residual text is made of.
 */
static gboolean
has_breaks(const DomDef *def)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        GPtrArray *list = dom_sections[i].list ? dom_section_list(&dom_sections[i], def) : NULL;

        for (guint j = 0; list != NULL && j < list->len; j++) {
            if (dom_record_has_text(dom_sections[i].record, list->pdata[j], ",\r\n"))
                return TRUE;
        }
    }
    return FALSE;
}

static void
parse_root(DomXml *xml, xmlNodePtr root, DomDef *def, const DomDefOps *ops)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Device));
    guint before = xml->report != NULL ? dom_report_count(xml->report, DOM_SEVERITY_ERROR) : 0;
    xmlNodePtr cfg;

    if (!check_root(xml, root))
        return;
    parse_sections(xml, root, def, found);
    check_required(xml, root, def);
    cfg = ops != NULL ? dom_residual_claim(xml, root) : NULL;
    /* of a domain that is refused nothing is kept */
    if (xml->report == NULL || dom_report_count(xml->report, DOM_SEVERITY_ERROR) == before)
        collect_rests(xml, root, def, found);
    if (cfg != NULL) {
        dom_residual_apply(xml, cfg, def, ops);
        xml->doubtful |= has_rest(def);
    }
    xml->doubtful |= has_breaks(def);
    dom_numa_settle(def);
    dom_hyperv_settle(def->features.viridian_list, &def->features.rest);
    for (guint i = 0; i < def->disks->len; i++)
        dom_disk_settle(def->disks->pdata[i]);
    /* What the residual adds is not there when the standard elements are read by themselves. */
    if (ops != NULL) {
        check_name(xml, root, def);
        check_records(xml, root, def, found);
    }
}

/* What @error says (transfer full), but for the option by which the programmer could have limits
 * fall, which stay, and for bytes in more than one line. */
static char *
message_of(const xmlError *error)
{
    g_autofree char *message = g_strdup(error->message);
    char *advice = message != NULL ? strstr(message, " use XML_PARSE_HUGE") : NULL;

    if (message == NULL)
        return g_strdup(_("no XML document; expected <domain>"));
    if (g_str_has_prefix(message, "Input is not proper UTF-8"))
        return g_strdup(_("this byte is not UTF-8: write the text as UTF-8, or its encoding into "
                          "<?xml version='1.0' encoding='...'?>"));
    if (advice != NULL)
        *advice = '\0';
    return g_strchomp(g_steal_pointer(&message));
}

/*
 * libxml2 goes on behind an error. The others of the same line mostly follow from it, as does an
 * end of the document that comes too early when elements were lost.
 */
static void
take_error(gpointer data, const xmlError *error)
{
    const xmlParserCtxt *ctxt = data;
    DomReport *report = ctxt->_private;
    guint n = dom_report_size(report);
    guint last = n > 0 ? dom_report_get(report, n - 1)->line : 0;
    g_autofree char *message = message_of(error);

    if (error->level < XML_ERR_ERROR || (last > 0 && (guint)error->line <= last) ||
        (n > 0 && error->code == XML_ERR_DOCUMENT_END))
        return;
    dom_report_add(report, DOM_SEVERITY_ERROR, (guint)error->line, (guint)error->int2, "XML", "%s",
                   message);
}

static void
report_errors(const DomReport *found, DomReport *report)
{
    if (dom_report_size(found) == 0)
        dom_report_add(report, DOM_SEVERITY_ERROR, 1, 1, "XML", "%s",
                       _("no XML document; expected <domain>"));
    dom_report_append(report, found, 0);
}

#define OPTIONS                                                                                    \
    (XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES |             \
     XML_PARSE_NOBLANKS | XML_PARSE_COMPACT)

/*
 * Read where it stands: libxml2 copies a text, and until 2.11 makes room behind it for more at each
 * step near its end, which takes a sixth of the time. What is declared to be in another encoding
 * needs the copy.
 */
static xmlDocPtr
read_in_place(xmlParserCtxtPtr ctxt, const char *text)
{
    xmlDocPtr doc;

    xmlCtxtUseOptions(ctxt, OPTIONS);
    G_GNUC_BEGIN_IGNORE_DEPRECATIONS
    inputPush(ctxt, xmlNewStringInputStream(ctxt, BAD_CAST text));
    G_GNUC_END_IGNORE_DEPRECATIONS
    xmlParseDocument(ctxt);
    doc = g_steal_pointer(&ctxt->myDoc);
    if (!ctxt->wellFormed)
        g_clear_pointer(&doc, xmlFreeDoc);
    return doc;
}

static xmlDocPtr
read_text(xmlParserCtxtPtr ctxt, const char *text)
{
    if (LIBXML_VERSION < 21100 && text[0] == '<' && text[1] != '?')
        return read_in_place(ctxt, text);
    return xmlCtxtReadMemory(ctxt, text, (int)strlen(text), NULL, NULL, OPTIONS);
}

static xmlDocPtr
read_document(const char *text, DomReport *report)
{
    g_autoptr(DomReport) found = dom_report_new(NULL);
    xmlParserCtxtPtr ctxt;
    xmlDocPtr doc;

    if (!dom_xml_check_bounds(text, report))
        return NULL;
    ctxt = xmlNewParserCtxt();
    ctxt->_private = found;
    ctxt->sax->serror = (xmlStructuredErrorFunc)take_error;
    doc = read_text(ctxt, text);
    if (doc == NULL)
        report_errors(found, report);
    xmlFreeParserCtxt(ctxt);
    if (doc != NULL && doc->intSubset != NULL) {
        /* However it got past dom_xml_check_bounds(). */
        dom_report_add(report, DOM_SEVERITY_ERROR, 1, 1, "XML",
                       _("a document type is not accepted here: take out <!DOCTYPE ...>"));
        g_clear_pointer(&doc, xmlFreeDoc);
    }
    return doc;
}

/* The errors of @report beyond @before of them as an error; TRUE when there are none. */
static gboolean
check_report(DomReport *report, guint before, DomError code, GError **error)
{
    g_autofree char *lines = NULL;

    dom_report_sort(report);
    if (dom_report_count(report, DOM_SEVERITY_ERROR) == before)
        return TRUE;
    lines = dom_report_format(report, DOM_SEVERITY_ERROR);
    g_set_error_literal(error, DOM_ERROR, (gint)code, lines);
    return FALSE;
}

/* The same of XML that was written here: whoever asked for it knows no place in it, and one reason
 * will do. */
static gboolean
check_written(const DomReport *report, DomError code, GError **error)
{
    for (guint i = 0; i < dom_report_size(report); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(report, i);

        if (diagnostic->severity != DOM_SEVERITY_ERROR)
            continue;
        g_set_error(error, DOM_ERROR, (gint)code, _("XML cannot say this: %s: %s"), diagnostic->key,
                    diagnostic->text);
        return FALSE;
    }
    return TRUE;
}

gboolean
dom_xml_is_readable(const char *text, GError **error)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    xmlDocPtr doc = read_document(text, report);

    xmlFreeDoc(doc);
    return check_written(report, DOM_ERROR_SYNTAX, error);
}

DomDef *
dom_xml_project(xmlDocPtr doc, GError **error)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def = dom_def_new();
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(Device));
    DomXml xml = { .doc = doc, .report = report };

    parse_sections(&xml, xmlDocGetRootElement(doc), def, found);
    return check_written(report, DOM_ERROR_INVALID, error) ? g_steal_pointer(&def) : NULL;
}

DomDef *
dom_def_read_xml(const char *text, const DomDefOps *ops, DomReport *report, gboolean *ret_doubtful,
                 GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    g_autoptr(DomDef) def = dom_def_new();
    DomXml xml = { .source = text,
                   .report = report != NULL ? report : own,
                   .hosted = ops != NULL && ops->hosted,
                   .placed = report != NULL };
    guint before = dom_report_count(xml.report, DOM_SEVERITY_ERROR);
    DomError code = DOM_ERROR_SYNTAX;

    xml.doc = read_document(text, xml.report);
    if (xml.doc != NULL) {
        xmlNodePtr root = xmlDocGetRootElement(xml.doc);

        code = DOM_ERROR_INVALID;
        if (root != NULL)
            parse_root(&xml, root, def, ops);
        dom_def_settle_secrets(def);
        dom_xml_places_free(xml.places);
        g_clear_pointer(&xml.disk_names, g_hash_table_unref);
        xmlFreeDoc(xml.doc);
    }
    *ret_doubtful = xml.doubtful;
    return check_report(xml.report, before, code, error) ? g_steal_pointer(&def) : NULL;
}
