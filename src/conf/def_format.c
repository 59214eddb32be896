/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/def.h"

#include <glib/gi18n-lib.h>
#include <libxml/parserInternals.h>
#include <string.h>

#include "conf/alias.h"
#include "conf/graphics_listen.h"
#include "conf/os_boot.h"
#include "conf/secret.h"
#include "conf/xml.h"
#include "conf/xml_text.h"

static void
format_topic(DomXml *xml, xmlNodePtr root, const DomSection *section, const DomDef *def)
{
    gconstpointer data = dom_section_const_data(section, def);

    dom_xml_format_fields(xml, root, section->record, data);
    if (section->record->format != NULL)
        section->record->format(xml, root, data, def);
}

gboolean
dom_def_is_live(const DomXml *xml, const DomDef *def)
{
    return def->live.id >= 0 && !(xml->flags & DOM_FORMAT_INACTIVE);
}

/* Whether libvirt's schema has an alias there. */
static gboolean
has_alias(xmlNodePtr node)
{
    static const char *const none[] = { "emulator", "graphics", "audio", NULL };

    return !g_strv_contains(none, (const char *)node->name);
}

static void
add_alias(xmlNodePtr node, const DomRecord *record, gconstpointer data, guint place)
{
    g_autofree char *alias = has_alias(node) ? dom_alias_of(record, data, place) : NULL;

    if (alias != NULL && dom_xml_child(node, "alias") == NULL)
        dom_xml_set(node, "alias/@name", alias);
}

static void
format_devices(DomXml *xml, xmlNodePtr root, const DomSection *section, const DomDef *def)
{
    GPtrArray *list = dom_section_list(section, def);
    gboolean odd = (xml->flags & DOM_FORMAT_ODD) != 0 || dom_section_shows_odd(section, def);

    for (guint i = 0; section->path != NULL && i < list->len; i++) {
        gconstpointer data = list->pdata[i];
        xmlNodePtr node;

        if (!dom_section_shows(section, def, data, odd))
            continue;
        node = dom_xml_append(root, section->path);
        xml->place = i;
        dom_xml_format_fields(xml, node, section->record, data);
        if (section->record->format != NULL)
            section->record->format(xml, node, data, def);
        dom_xml_restore_rest(node, (const DomRest *)data);
        if (dom_def_is_live(xml, def))
            add_alias(node, section->record, data, i);
    }
}

/* The devices that there are (transfer container). */
static GPtrArray *
list_devices(xmlNodePtr root)
{
    GPtrArray *nodes = g_ptr_array_new();
    xmlNodePtr devices = dom_xml_child(root, "devices");

    for (xmlNodePtr node = devices != NULL ? dom_xml_child(devices, NULL) : NULL; node != NULL;
         node = dom_xml_next(node, NULL))
        g_ptr_array_add(nodes, node);
    return nodes;
}

/* The n-th of its kind, for devices that are no list of the model: they do not come or go. */
static void
number_devices(const GPtrArray *nodes)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < nodes->len; i++) {
        xmlNodePtr node = nodes->pdata[i];
        gpointer word = (gpointer)node->name;
        guint number = GPOINTER_TO_UINT(g_hash_table_lookup(counts, word));
        g_autofree char *alias = g_strdup_printf("%s-%u", (const char *)word, number);

        if (!has_alias(node) || dom_xml_child(node, "alias") != NULL)
            continue;
        g_hash_table_insert(counts, word, GUINT_TO_POINTER(number + 1));
        dom_xml_set(node, "alias/@name", alias);
    }
}

static void
format_root(DomXml *xml, xmlNodePtr root, const DomDef *def)
{
    g_autoptr(GPtrArray) devices = NULL;
    guint serials;

    xmlNewProp(root, BAD_CAST "type", BAD_CAST "xen");
    if (dom_def_is_live(xml, def))
        dom_xml_set_uint(root, "@id", (guint64)def->live.id);
    for (guint i = 0; i < dom_n_sections; i++) {
        if (dom_sections[i].list)
            format_devices(xml, root, &dom_sections[i], def);
        else
            format_topic(xml, root, &dom_sections[i], def);
    }
    if (dom_def_is_live(xml, def))
        devices = list_devices(root);
    serials = dom_chardev_count_serials(root);
    for (guint i = 0; i < dom_n_sections; i++) {
        if (!dom_sections[i].list)
            dom_xml_restore_rest(root, dom_section_const_data(&dom_sections[i], def));
    }
    dom_chardev_settle(root, serials);
    dom_listen_settle(root);
    dom_os_boot_settle(root);
    if (devices != NULL)
        number_devices(devices);
}

/* The order in which libvirt writes elements; what is not here comes last, as it came. */
static const char *const order[] = {
    "name",
    "uuid",
    "genid",
    "title",
    "description",
    "metadata",
    "maxMemory",
    "memory",
    "currentMemory",
    "memoryBacking",
    "vcpu",
    "vcpus",
    "cputune",
    "numatune",
    "resource",
    "sysinfo",
    "bootloader",
    "bootloader_args",
    "os",
    "features",
    "cpu",
    "clock",
    "on_poweroff",
    "on_reboot",
    "on_crash",
    "pm",
    "devices",
    /* below devices */
    "emulator",
    "disk",
    "controller",
    "interface",
    "serial",
    "parallel",
    "console",
    "channel",
    "input",
    "graphics",
    "sound",
    "video",
    "hostdev",
    "memballoon",
    /* below disk, interface and hostdev */
    "driver",
    "mac",
    "source",
    "teaming",
    "bandwidth",
    "target",
    "readonly",
    "ip",
    "script",
    "backenddomain",
    "model",
    "mtu",
    /* below the source of a USB device */
    "vendor",
    "product",
    /* below os */
    "type",
    "loader",
    "nvram",
    "kernel",
    "initrd",
    "cmdline",
    "boot",
};

static gpointer
make_ranks(gpointer unused)
{
    GHashTable *ranks = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < G_N_ELEMENTS(order); i++)
        g_hash_table_insert(ranks, (gpointer)order[i], GUINT_TO_POINTER(i + 1));
    return ranks;
}

/* What is not in the order, 0 in the table, wraps to the largest. */
static guint
rank_of(xmlNodePtr node)
{
    static GOnce once = G_ONCE_INIT;
    GHashTable *ranks = g_once(&once, make_ranks, NULL);

    return GPOINTER_TO_UINT(g_hash_table_lookup(ranks, node->name)) - 1;
}

typedef struct {
    xmlNodePtr node;
    guint rank;
} Ranked;

static int
compare_rank(gconstpointer a, gconstpointer b)
{
    guint x = ((const Ranked *)a)->rank, y = ((const Ranked *)b)->rank;

    return x < y ? -1 : x > y;
}

/* g_array_sort is stable, so equals keep their order. @children: of Ranked, to work with. */
static void
sort_children(xmlNodePtr parent, GArray *children)
{
    gboolean sorted = TRUE;
    guint last = 0;

    g_array_set_size(children, 0);
    for (xmlNodePtr node = dom_xml_child(parent, NULL); node != NULL;
         node = dom_xml_next(node, NULL)) {
        Ranked child = { node, rank_of(node) };

        g_array_append_val(children, child);
        sorted = sorted && child.rank >= last;
        last = child.rank;
    }
    if (sorted)
        return;
    g_array_sort(children, compare_rank);
    for (guint i = 0; i < children->len; i++) {
        xmlNodePtr node = g_array_index(children, Ranked, i).node;

        xmlUnlinkNode(node);
        xmlAddChild(parent, node);
    }
}

/* @projected: devices of the model are marked; in others, kept as they are, nothing is moved. */
static void
sort_tree(xmlNodePtr root, gboolean projected)
{
    xmlNodePtr devices = dom_xml_child(root, "devices");
    xmlNodePtr os = dom_xml_child(root, "os");
    g_autoptr(GArray) children = g_array_sized_new(FALSE, FALSE, sizeof(Ranked), 16);

    sort_children(root, children);
    if (os != NULL)
        sort_children(os, children);
    if (devices == NULL)
        return;
    sort_children(devices, children);
    for (xmlNodePtr node = dom_xml_child(devices, NULL); node != NULL;
         node = dom_xml_next(node, NULL)) {
        static const char *const names[] = { "disk", "interface", "hostdev", NULL };
        gboolean sorted = g_strv_contains(names, (const char *)node->name);

        if (!sorted || (projected && !dom_xml_is_owned(node)))
            continue;
        sort_children(node, children);
        if (g_str_equal((const char *)node->name, "hostdev") &&
            dom_xml_child(node, "source") != NULL)
            sort_children(dom_xml_child(node, "source"), children);
    }
}

void
dom_residual_text_clear(DomResidualText *text)
{
    g_free(text->text);
    g_free(text->implicit);
    g_free(text->shown);
    *text = (DomResidualText){ NULL };
}

static void
add_residual(xmlDocPtr doc, const DomResidualText *residual)
{
    const char *text = residual->text;
    xmlNodePtr metadata = dom_xml_ensure(xmlDocGetRootElement(doc), "metadata");
    xmlNodePtr cfg = xmlNewChild(metadata, NULL, BAD_CAST "cfg", NULL);
    g_autofree char *body = g_strconcat("\n", text != NULL ? text : "", NULL);

    xmlSetNs(cfg, xmlNewNs(cfg, BAD_CAST DOM_METADATA_NS, BAD_CAST "xl"));
    if (residual->implicit != NULL)
        xmlNewProp(cfg, BAD_CAST "implicit", BAD_CAST residual->implicit);
    if (residual->shown != NULL)
        xmlNewProp(cfg, BAD_CAST "shown", BAD_CAST residual->shown);
    if (text != NULL)
        xmlAddChild(cfg, xmlNewText(BAD_CAST body));
}

/* Whether a byte or a character's number is a control character that XML has no place for. */
static gboolean
is_control(guint64 number)
{
    return number > 0 && number < ' ' && number != '\t' && number != '\n' && number != '\r';
}

/* U+FFFE and U+FFFF, which are no characters. */
static gboolean
is_noncharacter(const char *at)
{
    return g_str_has_prefix(at, "\xef\xbf\xbe") || g_str_has_prefix(at, "\xef\xbf\xbf");
}

/* Behind what nobody has to look at twice, which is all of most texts. */
static const char *
skip_ascii(const char *text)
{
    while ((*text >= ' ' && *text <= '~') || *text == '\n')
        text++;
    return text;
}

const char *
dom_xml_uncarried(const char *text)
{
    const char *begin = skip_ascii(text), *end;

    g_utf8_validate(begin, -1, &end);
    for (const char *at = begin; at < end; at++) {
        if (is_control((guchar)*at) || ((guchar)*at == 0xef && is_noncharacter(at)))
            return at;
    }
    return *end != '\0' ? end : NULL;
}

const char *
dom_xml_uncarried_text(const char *byte)
{
    if ((guchar)*byte < ' ')
        return _("a control character, which XML cannot carry: take it out");
    if (is_noncharacter(byte))
        return _("U+FFFE or U+FFFF, which XML cannot carry: take it out");
    return _("a byte that is not UTF-8, which XML cannot carry: write it in UTF-8");
}

/* The number of "&#13;" or "&#xD;", which @text begins with; 0 when that is another reference. */
static guint64
reference_number(const char *text)
{
    if (text[1] != '#')
        return 0;
    return text[2] == 'x' ? g_ascii_strtoull(text + 3, NULL, 16)
                          : g_ascii_strtoull(text + 2, NULL, 10);
}

/* What libxml2 wrote all the same: control characters raw, or as a reference that no reader
 * accepts. */
static const char *
find_uncarried(const char *xml)
{
    const char *raw = dom_xml_uncarried(xml);

    if (raw != NULL)
        return dom_xml_uncarried_text(raw);
    for (const char *at = strchr(xml, '&'); at != NULL; at = strchr(at + 1, '&')) {
        if (is_control(reference_number(at)))
            return dom_xml_uncarried_text("\1");
    }
    return NULL;
}

static gboolean
check_text(const char *xml, GError **error)
{
    const char *what = find_uncarried(xml);

    if (what != NULL)
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("a value cannot be written: %s"), what);
    return what == NULL;
}

/* libxml2 writes longer texts than it reads. */
static gboolean
check_length(const char *xml, GError **error)
{
    return strlen(xml) <= XML_MAX_TEXT_LENGTH || dom_xml_is_readable(xml, error);
}

/* Reads what the elements show of @def and says in metadata what did not come back. */
static gboolean
format_residual(xmlDocPtr doc, const DomDef *def, const DomDefOps *ops, GError **error)
{
    g_auto(DomResidualText) residual = { NULL };
    g_autoptr(DomDef) projected = dom_xml_project(doc, error);

    if (projected == NULL || !ops->residual(def, projected, &residual, error))
        return FALSE;
    if (residual.text != NULL || residual.implicit != NULL)
        add_residual(doc, &residual);
    return TRUE;
}

static char *
format_def(const DomDef *def, guint flags, const DomDefOps *ops, GError **error)
{
    xmlDocPtr doc = xmlNewDoc(BAD_CAST "1.0");
    xmlNodePtr root = xmlNewDocNode(doc, NULL, BAD_CAST "domain", NULL);
    DomXml xml = { .doc = doc, .flags = flags };
    char *text = NULL;

    xmlDocSetRootElement(doc, root);
    format_root(&xml, root, def);
    if (ops == NULL || format_residual(doc, def, ops, error)) {
        sort_tree(root, ops != NULL);
        text = dom_xml_text((xmlNodePtr)doc, XML_SAVE_FORMAT | XML_SAVE_NO_DECL);
    }
    xmlFreeDoc(doc);
    if (text != NULL && (!check_text(text, error) || !check_length(text, error)))
        g_clear_pointer(&text, g_free);
    return text;
}

char *
dom_def_format_xml(const DomDef *def, DomFormatFlags flags, const DomDefOps *ops, GError **error)
{
    g_autoptr(DomDef) visible = NULL;

    if ((flags & DOM_FORMAT_SECURE) || !dom_def_has_secrets(def))
        return format_def(def, flags, ops, error);
    visible = dom_def_copy(def);
    dom_def_withhold_secrets(visible);
    return format_def(visible, flags, ops, error);
}
