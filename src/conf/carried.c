/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/carried_place.h"

#include <glib/gi18n-lib.h>
#include <libxml/parser.h>
#include <string.h>

#include "conf/xml.h"
#include "conf/xml_bounds.h"

/* Without the indentation. */
#define READ_BARE (DOM_CARRIED_READ | XML_PARSE_NOBLANKS)

DomCarried *
dom_carried_new(const char *place, const char *text)
{
    DomCarried *carried = g_new0(DomCarried, 1);

    carried->place = g_strdup(place);
    carried->text = g_strdup(text);
    return carried;
}

void
dom_carried_free(DomCarried *carried)
{
    if (carried == NULL)
        return;
    g_free(carried->place);
    g_free(carried->text);
    g_free(carried);
}

char *
dom_carried_escape(const char *text)
{
    GString *escaped = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text == '&')
            g_string_append(escaped, "&amp;");
        else if (*text == '<')
            g_string_append(escaped, "&lt;");
        else if (*text == '\r')
            g_string_append(escaped, "&#13;");
        else if (*text == '>' && g_str_has_suffix(escaped->str, "]]"))
            g_string_append(escaped, "&gt;");
        else
            g_string_append_c(escaped, *text);
    }
    return g_string_free(escaped, FALSE);
}

/* What the content @text means (transfer full), or NULL when it is none. */
static char *
unescape(const char *text)
{
    g_autofree char *whole = g_strconcat("<text>", text, "</text>", NULL);
    xmlDocPtr doc = dom_xml_check_bounds(whole, NULL)
                        ? xmlReadMemory(whole, (int)strlen(whole), NULL, NULL, DOM_CARRIED_READ)
                        : NULL;
    xmlNodePtr root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    char *plain = root != NULL && dom_xml_child(root, NULL) == NULL ? dom_xml_peek(root, "") : NULL;

    xmlFreeDoc(doc);
    return plain;
}

static gboolean
set_content(DomCarriedTree *tree, xmlNodePtr node, const char *attr, const char *text)
{
    g_autofree char *plain = unescape(text);

    if (*attr == '\0')
        dom_xml_index_forget_content(&tree->index, node);
    dom_xml_set(node, attr, plain);
    return plain != NULL;
}

/* Where an item goes. */
typedef struct {
    char *path;        /* of the element that has it or is to have it */
    xmlNodePtr node;   /* what is there of that; NULL: not what has to be */
    const char *steps; /* behind @node, in @path */
    const char *attr;  /* "@name"; "" for the element's text */
    gboolean child;
    gboolean none; /* the element goes */
} Target;

static void
target_clear(gpointer data)
{
    g_free(((Target *)data)->path);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Target, target_clear)

static gboolean
is_content(const Target *target)
{
    return !target->child && !target->none && *target->attr == '\0';
}

static Target
target_of(DomCarriedTree *tree, const char *place, const DomCarried *item)
{
    const char *last = dom_carried_last_step(place);
    gboolean attr = *last == '@';
    gboolean child = dom_carried_is_element(item);
    gsize above = last > place ? (gsize)(last - place) - 1 : 0;
    Target target = { .attr = attr ? last : "", .child = child };

    target.none = dom_carried_is_none(item);
    target.path = g_strndup(place, child || attr ? above : strlen(place));
    target.node = dom_carried_resolve(tree, target.path, &target.steps);
    return target;
}

static char *
element_name(const char *text)
{
    return g_strndup(text + 1, strcspn(text + 1, " \t\r\n/>"));
}

/* An element's place ends in its name. */
static gboolean
names_element(const DomCarried *item)
{
    const char *last = dom_carried_last_step(item->place);
    gsize length = strcspn(last, "[");
    g_autofree char *name = element_name(item->text);

    return length == strlen(name) && strncmp(last, name, length) == 0;
}

/* Whether the device @text, of @element, is a disk of a name that another one has. */
static gboolean
is_twin(DomCarriedTree *tree, const char *element, const char *text)
{
    g_autofree char *name = NULL;
    xmlDocPtr doc = NULL;

    if (g_str_equal(element, "disk") && dom_xml_check_bounds(text, NULL))
        doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, DOM_CARRIED_READ);
    name = doc != NULL ? dom_xml_peek(xmlDocGetRootElement(doc), "target/@dev") : NULL;
    xmlFreeDoc(doc);
    return name != NULL && dom_carried_named(tree, "devices/disk", "target/@dev", name) != NULL;
}

/* What a device has once, also of what nobody here knows. */
static const char *const once[] = { "address", "alias", "boot", "driver", "link", NULL };

/* Whether one of ours, which may have come since @item was written, leaves no room for it: the
 * first of its name. */
static gboolean
is_taken(DomCarriedTree *tree, const DomCarried *item, const Target *target)
{
    xmlNodePtr node = dom_xml_index_find(&tree->index, target->node, target->steps);
    g_autofree char *name = element_name(item->text);

    if (g_str_equal(target->path, "devices"))
        return is_twin(tree, name, item->text);
    return node != NULL && node != tree->root && !g_str_has_suffix(item->place, "]") &&
           !dom_carried_may_be_several(name) && dom_xml_child(node, name) != NULL;
}

static gboolean
is_fit(DomCarriedTree *tree, const DomCarried *item, const Target *target)
{
    return target->node != NULL &&
           (!target->child || (names_element(item) && !is_taken(tree, item, target)));
}

static gboolean
put_element(xmlNodePtr node, const char *text)
{
    g_autofree char *name = element_name(text);

    return !(g_strv_contains(once, name) && dom_xml_child(node, name) != NULL) &&
           dom_xml_add_element(node, text);
}

/* No element goes yet, since others are to be put there. */
static gboolean
put(DomCarriedTree *tree, const DomCarried *item, const Target *target)
{
    xmlNodePtr node = dom_xml_index_ensure(&tree->index, target->node, target->steps);

    if (node == NULL)
        return FALSE;
    if (target->child)
        return put_element(node, item->text);
    if (is_content(target) ? dom_xml_child(node, NULL) != NULL : dom_xml_is_full(node))
        return FALSE;
    return set_content(tree, node, target->attr, item->text);
}

/* All are looked for before any is put: it is our text that they were written for. */
static GArray *
find_targets(DomCarriedTree *tree, GPtrArray *items)
{
    GArray *targets = g_array_sized_new(FALSE, TRUE, sizeof(Target), items->len);

    g_array_set_clear_func(targets, target_clear);
    for (guint i = 0; i < items->len; i++) {
        const DomCarried *item = items->pdata[i];
        Target target = { .attr = "" };

        if (dom_carried_is_place(item->place))
            target = target_of(tree, item->place, item);
        if (!is_fit(tree, item, &target))
            target.node = NULL;
        g_array_append_val(targets, target);
    }
    return targets;
}

static gboolean
refuse(const DomCarried *item, GError **error)
{
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("%s: there is no such place, or this is no XML for it"), item->place);
    return FALSE;
}

/* Those of @items that are the text of an element, or the others. */
static gboolean
put_some(DomCarriedTree *tree, GPtrArray *items, GArray *targets, gboolean content, GError **error)
{
    for (guint i = 0; i < items->len; i++) {
        const DomCarried *item = items->pdata[i];
        const Target *target = &g_array_index(targets, Target, i);

        if (!target->none && is_content(target) == content &&
            (target->node == NULL || !put(tree, item, target)))
            return refuse(item, error);
    }
    return TRUE;
}

/* Those of @items that are not to be there; one may stand in another. */
static gboolean
take_out(DomCarriedTree *tree, GPtrArray *items, GArray *targets, GError **error)
{
    g_autoptr(GHashTable) nodes = g_hash_table_new(NULL, NULL);
    GHashTableIter iter;
    gpointer node;

    for (guint i = 0; i < items->len; i++) {
        const Target *target = &g_array_index(targets, Target, i);

        if (!target->none)
            continue;
        node = target->node != NULL ? dom_xml_index_find(&tree->index, target->node, target->steps)
                                    : NULL;
        if (node == NULL || node == tree->root)
            return refuse(items->pdata[i], error);
        g_hash_table_add(nodes, node);
    }
    for (g_hash_table_iter_init(&iter, nodes); g_hash_table_iter_next(&iter, &node, NULL);)
        xmlUnlinkNode(node);
    for (g_hash_table_iter_init(&iter, nodes); g_hash_table_iter_next(&iter, &node, NULL);)
        xmlFreeNode(node);
    return TRUE;
}

/* The text of an element comes first: it cannot be put where others put elements. */
static gboolean
put_all(DomCarriedTree *tree, GPtrArray *items, GError **error)
{
    g_autoptr(GArray) targets = find_targets(tree, items);

    return put_some(tree, items, targets, TRUE, error) &&
           put_some(tree, items, targets, FALSE, error) && take_out(tree, items, targets, error);
}

/* What elements for residual xl.cfg text @doc has, as text (transfer full). */
static char *
residuals_of(xmlDocPtr doc)
{
    xmlNodePtr root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    g_autoptr(GPtrArray) found = root != NULL ? dom_xml_residuals(root) : NULL;
    GString *text = g_string_new(NULL);

    for (guint i = 0; found != NULL && i < found->len; i++) {
        g_autofree char *element = dom_xml_element_text(found->pdata[i]);

        g_string_append(text, element);
    }
    return g_string_free(text, FALSE);
}

/* Those elements are keys and no unknown XML: none may come, go or change. It is the written text
 * that tells, since a name or an attribute may become a namespace in it. */
static gboolean
check_residuals(const char *text, const char *before, GError **error)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, DOM_CARRIED_READ);
    g_autofree char *after = residuals_of(doc);
    gboolean same = doc != NULL && g_str_equal(before, after);

    xmlFreeDoc(doc);
    if (!same)
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("%s: there is no such place, or this is no XML for it"), "metadata/xl:cfg");
    return same;
}

/* The schema has those of which there are several one behind the other. */
static void
bring_together(xmlNodePtr root)
{
    g_autoptr(GHashTable) last = g_hash_table_new(g_str_hash, g_str_equal);
    xmlNodePtr next;

    for (xmlNodePtr node = dom_xml_child(root, NULL); node != NULL; node = next) {
        const char *name = (const char *)node->name;
        xmlNodePtr before = g_hash_table_lookup(last, name);

        next = dom_xml_next(node, NULL);
        if (!dom_carried_may_be_several(name))
            continue;
        if (before != NULL)
            xmlAddNextSibling(before, node);
        g_hash_table_insert(last, (gpointer)name, node);
    }
}

static char *
put_in_text(const char *text, GPtrArray *items, GError **error)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, DOM_CARRIED_READ);
    DomCarriedTree tree;
    g_autofree char *before = residuals_of(doc);
    xmlChar *whole = NULL;
    char *result = NULL;
    int length;

    dom_carried_tree_init(&tree, xmlDocGetRootElement(doc));
    if (put_all(&tree, items, error)) {
        bring_together(tree.root);
        xmlDocDumpMemory(doc, &whole, &length);
        if (check_residuals((const char *)whole, before, error))
            result = g_strdup((const char *)whole);
        xmlFree(whole);
    }
    dom_carried_tree_clear(&tree);
    xmlFreeDoc(doc);
    return result;
}

char *
dom_carried_base(const DomDef *def, const DomDefOps *ops, GError **error)
{
    const DomFormatFlags flags = DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE;
    char *text = dom_def_format_xml(def, flags | DOM_FORMAT_ODD, ops, NULL);

    /* an odd device that cannot be read back costs the places of such devices alone */
    return text != NULL ? text : dom_def_format_xml(def, flags, ops, error);
}

/* @text as it would be written. */
static char *
normal_text(const char *text)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, READ_BARE);
    xmlNodePtr root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    char *normal = root != NULL ? dom_xml_element_text(root) : NULL;

    xmlFreeDoc(doc);
    return normal;
}

static gboolean
has_child(DomCarriedTree *tree, xmlNodePtr node, const char *text)
{
    g_autofree char *wanted = normal_text(text);
    GHashTable *texts = g_hash_table_lookup(tree->texts, node);

    if (texts == NULL) {
        texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(tree->texts, node, texts);
        for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
             child = dom_xml_next(child, NULL))
            g_hash_table_add(texts, dom_xml_element_text(child));
    }
    return wanted != NULL && g_hash_table_contains(texts, wanted);
}

static gboolean
is_in_place(DomCarriedTree *tree, const DomCarried *item)
{
    g_autofree char *place = dom_carried_unbound(item->place);
    g_auto(Target) target = target_of(tree, place, item);
    g_autofree char *plain = target.child ? NULL : unescape(item->text);
    xmlNodePtr node =
        target.node != NULL ? dom_xml_index_find(&tree->index, target.node, target.steps) : NULL;

    if (node == NULL || target.none)
        return node == NULL && target.none;
    return target.child ? has_child(tree, node, item->text) : dom_xml_is(node, target.attr, plain);
}

/* "@index=3" or "<serial>A</serial>" of each piece of unknown XML. */
static GHashTable *
rests_of(DomDef *def)
{
    g_autoptr(GPtrArray) rests = dom_def_rests(def);
    GHashTable *found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < rests->len; i++) {
        const GPtrArray *items = ((const DomRest *)rests->pdata[i])->items;

        for (guint j = 0; items != NULL && j < items->len; j++) {
            const DomRestItem *item = items->pdata[j];

            if (dom_rest_is_none(item))
                continue;
            g_hash_table_add(found, item->attr != NULL
                                        ? g_strconcat("@", item->attr, "=", item->text, NULL)
                                        : g_strdup(item->text));
        }
    }
    return found;
}

static gboolean
is_rest(GHashTable *rests, const DomCarried *item)
{
    const char *last = dom_carried_last_step(item->place);
    g_autofree char *plain = *last == '@' ? unescape(item->text) : NULL;
    g_autofree char *said = plain != NULL ? g_strconcat(last, "=", plain, NULL) : NULL;

    return g_hash_table_contains(rests, said != NULL ? said : item->text);
}

/* The first of @items that is neither unknown to the model nor where it was put: an attribute may
 * be the very name by which others find its element. */
static const DomCarried *
find_missing(GPtrArray *items, DomDef *def, xmlNodePtr root)
{
    g_autoptr(GHashTable) rests = rests_of(def);
    const DomCarried *missing = NULL;
    DomCarriedTree tree;

    dom_carried_tree_init(&tree, root);
    for (guint i = 0; i < items->len && missing == NULL; i++) {
        if (!is_rest(rests, items->pdata[i]) && !is_in_place(&tree, items->pdata[i]))
            missing = items->pdata[i];
    }
    dom_carried_tree_clear(&tree);
    return missing;
}

/* What residual text says, too, can be put where it would be, and is not kept. */
static gboolean
check_kept(GPtrArray *items, DomDef *def, const DomDefOps *ops, GError **error)
{
    g_autofree char *text = dom_carried_base(def, ops, error);
    xmlDocPtr doc =
        text != NULL ? xmlReadMemory(text, (int)strlen(text), NULL, NULL, READ_BARE) : NULL;
    const DomCarried *missing;

    if (doc == NULL)
        return FALSE;
    missing = find_missing(items, def, xmlDocGetRootElement(doc));
    xmlFreeDoc(doc);
    if (missing != NULL)
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("%s: there is no such place, or this is no XML for it"), missing->place);
    return missing == NULL;
}

DomDef *
dom_carried_put(const char *base, GPtrArray *items, const DomDefOps *ops, GError **error)
{
    g_autofree char *text = put_in_text(base, items, error);
    g_autoptr(DomDef) def = text != NULL ? dom_def_parse_xml(text, ops, NULL, error) : NULL;

    return def != NULL && check_kept(items, def, ops, error) ? g_steal_pointer(&def) : NULL;
}
