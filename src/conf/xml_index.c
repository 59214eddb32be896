/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml_index.h"

#include <string.h>

#include "conf/xml.h"

/* Of no more children a walk finds one as fast, and costs no tables. */
#define FEW 16

/* The elements of one parent, as far as they were read. */
typedef struct {
    xmlNodePtr last;   /* that was read; NULL: none was */
    GHashTable *names; /* name to GPtrArray of all of that name */
    GHashTable *bound; /* the same of those in a namespace alone */
    GHashTable *kinds; /* "feature[@name" to Values */
} Children;

/* The elements of one name by an attribute of theirs. */
typedef struct {
    GHashTable *first; /* value to the first that has it */
    guint read;        /* how many of that name it knows */
} Values;

/* A step of a path, taken apart. */
typedef struct {
    char *name;
    char *attr; /* NULL: by position */
    char *value;
    guint position; /* from 1 */
} Step;

static void
values_free(gpointer data)
{
    Values *values = data;

    g_hash_table_unref(values->first);
    g_free(values);
}

static Children *
children_new(void)
{
    Children *children = g_new0(Children, 1);
    GDestroyNotify unref = (GDestroyNotify)g_ptr_array_unref;

    children->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref);
    children->bound = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref);
    children->kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, values_free);
    return children;
}

static void
children_free(gpointer data)
{
    Children *children = data;

    g_hash_table_unref(children->names);
    g_hash_table_unref(children->bound);
    g_hash_table_unref(children->kinds);
    g_free(children);
}

void
dom_xml_index_clear(DomXmlIndex *index)
{
    g_clear_pointer(&index->parents, g_hash_table_unref);
}

static void
step_clear(Step *step)
{
    g_free(step->name);
    g_free(step->attr);
    g_free(step->value);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Step, step_clear)

/* name, name[@attr='value'] or name[position]. */
static void
step_parse(Step *step, const char *text)
{
    gsize length = strcspn(text, "[");
    const char *behind = text + length;
    const char *equals = strchr(behind, '=');

    step->name = g_strndup(text, length);
    if (equals != NULL) {
        step->attr = g_strndup(behind + 2, (gsize)(equals - behind) - 2);
        step->value = g_strndup(equals + 2, strlen(equals) - 4);
    }
    step->position = *behind == '[' ? (guint)g_ascii_strtoull(behind + 1, NULL, 10) : 1;
}

static void
add_to(GHashTable *lists, xmlNodePtr node)
{
    GPtrArray *list = g_hash_table_lookup(lists, node->name);

    if (list == NULL) {
        list = g_ptr_array_new();
        g_hash_table_insert(lists, g_strdup((const char *)node->name), list);
    }
    g_ptr_array_add(list, node);
}

/* Reads what was added since the last time. */
static void
catch_up(Children *children, xmlNodePtr parent)
{
    xmlNodePtr node = children->last != NULL ? children->last->next : parent->children;

    for (; node != NULL; node = node->next) {
        children->last = node;
        if (node->type != XML_ELEMENT_NODE)
            continue;
        add_to(children->names, node);
        if (node->ns != NULL)
            add_to(children->bound, node);
    }
}

static gboolean
has_few(xmlNodePtr parent)
{
    guint count = 0;

    for (xmlNodePtr node = parent->children; node != NULL && count <= FEW; node = node->next)
        count++;
    return count <= FEW;
}

static Children *
children_of(DomXmlIndex *index, xmlNodePtr parent)
{
    Children *children;

    if (index->parents == NULL)
        index->parents = g_hash_table_new_full(NULL, NULL, NULL, children_free);
    children = g_hash_table_lookup(index->parents, parent);
    if (children == NULL) {
        children = children_new();
        g_hash_table_insert(index->parents, parent, children);
    }
    catch_up(children, parent);
    return children;
}

static void
values_read(Values *values, const char *attr, GPtrArray *list)
{
    g_autofree char *path = g_strconcat("@", attr, NULL);

    for (; values->read < list->len; values->read++) {
        xmlNodePtr node = list->pdata[values->read];
        g_autofree char *value = dom_xml_peek(node, path);

        if (value != NULL && !g_hash_table_contains(values->first, value))
            g_hash_table_insert(values->first, g_steal_pointer(&value), node);
    }
}

static xmlNodePtr
find_by_value(Children *children, const Step *step, GPtrArray *list)
{
    g_autofree char *kind = g_strconcat(step->name, "[@", step->attr, NULL);
    Values *values = g_hash_table_lookup(children->kinds, kind);

    if (values == NULL) {
        values = g_new0(Values, 1);
        values->first = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(children->kinds, g_steal_pointer(&kind), values);
    }
    values_read(values, step->attr, list);
    return g_hash_table_lookup(values->first, step->value);
}

static xmlNodePtr
find_in(Children *children, const Step *step, GPtrArray *list)
{
    if (list == NULL || step->attr != NULL)
        return list != NULL ? find_by_value(children, step, list) : NULL;
    return step->position - 1 < list->len ? list->pdata[step->position - 1] : NULL;
}

/* The child of @parent that @text, one step, means. With a prefix it means those in a namespace by
 * their name, and those of just that name in none; when there are both, it is left to a walk. */
static xmlNodePtr
find_step(DomXmlIndex *index, xmlNodePtr parent, const char *text)
{
    g_auto(Step) step = { NULL };
    const char *colon;
    Children *children;
    GPtrArray *list, *bound;

    if (has_few(parent))
        return dom_xml_find(parent, text);
    step_parse(&step, text);
    children = children_of(index, parent);
    colon = strchr(step.name, ':');
    list = g_hash_table_lookup(children->names, step.name);
    bound = colon != NULL ? g_hash_table_lookup(children->bound, colon + 1) : NULL;
    if (colon != NULL && (bound != NULL || step.attr != NULL))
        return list == NULL && step.attr == NULL ? find_in(children, &step, bound)
                                                 : dom_xml_find(parent, text);
    return find_in(children, &step, list);
}

/* A slash in a value is none that dom_xml_append() looks behind. */
static xmlNodePtr
make_step(xmlNodePtr parent, const char *step)
{
    return strchr(step, '/') != NULL ? dom_xml_ensure(parent, step) : dom_xml_append(parent, step);
}

static const char *
step_end(const char *path)
{
    const char *end = path + strcspn(path, "/[");

    return *end == '[' ? strchr(end, ']') + 1 : end;
}

static xmlNodePtr
walk(DomXmlIndex *index, xmlNodePtr node, const char *path, gboolean make)
{
    while (node != NULL && *path != '\0' && *path != '@') {
        const char *end = step_end(path);
        g_autofree char *step = g_strndup(path, (gsize)(end - path));
        xmlNodePtr found = find_step(index, node, step);

        node = found == NULL && make ? make_step(node, step) : found;
        path = *end == '/' ? end + 1 : end;
    }
    return node;
}

xmlNodePtr
dom_xml_index_find(DomXmlIndex *index, xmlNodePtr base, const char *path)
{
    return walk(index, base, path, FALSE);
}

xmlNodePtr
dom_xml_index_ensure(DomXmlIndex *index, xmlNodePtr base, const char *path)
{
    return walk(index, base, path, TRUE);
}

void
dom_xml_index_forget_content(DomXmlIndex *index, xmlNodePtr node)
{
    if (index->parents == NULL)
        return;
    g_hash_table_remove(index->parents, node);
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL))
        dom_xml_index_forget_content(index, child);
}

static gboolean
is_by_attribute(gpointer kind, gpointer values, gpointer attr)
{
    return g_str_equal(strstr(kind, "[@") + 2, attr);
}

void
dom_xml_index_forget_attribute(DomXmlIndex *index, xmlNodePtr node, const char *attr)
{
    Children *children =
        index->parents != NULL ? g_hash_table_lookup(index->parents, node->parent) : NULL;

    if (children != NULL)
        g_hash_table_foreach_remove(children->kinds, is_by_attribute, (gpointer)attr);
}
