/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/cpulist.h"
#include "conf/nearest.h"
#include "xlconv/devices.h"
#include "xlconv/numbers.h"
#include "xlconv/spec.h"

/* The options of a node are items of a list of their own: [ "pnode=0", "size=512", ... ]. */
typedef struct NodeOption NodeOption;

/* Where an option of a node stands. */
typedef struct {
    XlcReader *reader;
    const XlcKey *key;
    const XlcValue *value;
    guint n_nodes;
    gboolean again; /* the node has had the option before */
} Place;

struct NodeOption {
    const char *name; /* and that of the member of a DomVnode */
    void (*set)(const Place *place, const NodeOption *option, const char *text, DomVnode *vnode);
    gsize member;
    guint64 scale; /* what the member counts of the option's unit */
};

/* In the option's unit, rounded up. */
static guint64
in_unit(const NodeOption *option, const DomUint *member)
{
    return (member->value + option->scale - 1) / option->scale;
}

/* What residual text can say of a cell's size may be less than its element does. */
static void
set_number(const Place *place, const NodeOption *option, const char *text, DomVnode *vnode)
{
    DomUint *member = &G_STRUCT_MEMBER(DomUint, vnode, option->member);
    guint64 number;

    if (place->again && option->scale > 1) {
        xlc_report(
            place->reader, DOM_SEVERITY_ERROR, place->key, place->value,
            _("the node has its size twice: xl gives the guest both and the node the last, and "
              "the guest does not start; write it once"));
        return;
    }
    if (!xlc_number_parse_decimal(text, &number, NULL, NULL) ||
        number > G_MAXUINT64 / option->scale) {
        xlc_report(place->reader, DOM_SEVERITY_ERROR, place->key, place->value,
                   _("'%s' is not a number"), text);
        return;
    }
    if (!member->set || in_unit(option, member) != number)
        *member = (DomUint){ .value = number * option->scale, .set = TRUE };
}

static void
set_text(const Place *place, const NodeOption *option, const char *text, DomVnode *vnode)
{
    char **member = &G_STRUCT_MEMBER(char *, vnode, option->member);

    g_free(*member);
    *member = g_strdup(text);
}

/* More of them than there are nodes xl writes into memory that is not theirs. Fewer leave what the
 * node has said before of the others. */
static void
set_distances(const Place *place, const NodeOption *option, const char *text, DomVnode *vnode)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    g_auto(GStrv) before = g_strsplit(place->again ? vnode->vdistances : "", ",", -1);
    guint n = g_strv_length(items);
    g_autofree char *left = n < g_strv_length(before) ? g_strjoinv(",", before + n) : NULL;
    g_autofree char *joined = left != NULL ? g_strconcat(text, ",", left, NULL) : NULL;

    if (n > place->n_nodes)
        xlc_report(
            place->reader, DOM_SEVERITY_WARNING, place->key, place->value,
            _("vdistances=%s: there are more distances than nodes, with which xl damages its "
              "own memory: leave those of missing nodes out"),
            text);
    set_text(place, option, joined != NULL ? joined : text, vnode);
}

static gboolean
is_range(const char *item)
{
    DomCpuRange range;

    return dom_cpu_range_parse(item, &range) && !range.all && !range.off && !range.nodes;
}

/* FALSE for what xl does not come to an end with; of other texts it reads what it can. */
static gboolean
check_item(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *item)
{
    g_autofree char *stripped = g_strstrip(g_strdup(item));
    g_autofree char *reads = NULL;
    gulong first, last;

    if (!dom_numa_range_parse(item, &first, &last))
        return FALSE;
    if (is_range(stripped) || *item == '\0')
        return TRUE;
    reads = first == last ? g_strdup_printf("%lu", first) : g_strdup_printf("%lu-%lu", first, last);
    xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
               _("'%s' is neither a number nor a range; xl reads %s"), stripped,
               first > last ? _("nothing") : reads);
    return TRUE;
}

static void
set_vcpus(const Place *place, const NodeOption *option, const char *text, DomVnode *vnode)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    g_autofree char *joined = NULL;

    for (char **item = items; *item != NULL; item++) {
        if (!check_item(place->reader, place->key, place->value, *item)) {
            xlc_report(place->reader, DOM_SEVERITY_ERROR, place->key, place->value,
                       _("vcpus=%s: expected numbers and ranges like 0-1,4"), text);
            return;
        }
    }
    joined = place->again ? g_strconcat(vnode->vcpus, ",", text, NULL) : NULL;
    set_text(place, option, joined != NULL ? joined : text, vnode);
}

#define NUMBER(member, scale)                                                                      \
    {                                                                                              \
#member, set_number, DOM_TYPED_OFFSET(DomVnode, member, DomUint), scale                    \
    }
#define TEXT(member, set)                                                                          \
    {                                                                                              \
#member, set, DOM_TYPED_OFFSET(DomVnode, member, char *), 0                                \
    }

/* In the order in which they are written. */
static const NodeOption node_options[] = {
    NUMBER(pnode, 1),
    NUMBER(size, 1024),
    TEXT(vcpus, set_vcpus),
    TEXT(vdistances, set_distances),
};

static void
warn_unknown(const Place *place, const char *option)
{
    const char *words[G_N_ELEMENTS(node_options) + 1] = { NULL };
    g_autofree char *hint = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(node_options); i++)
        words[i] = node_options[i].name;
    hint = dom_words_hint(option, words);
    xlc_report(place->reader, DOM_SEVERITY_WARNING, place->key, place->value,
               _("'%s' is no option of a node; xl ignores it%s"), option, hint);
}

/* @had: whether the node has had each of node_options. */
static void
take_option(Place *place, const XlcSpecToken *token, gboolean *had, DomVnode *vnode)
{
    for (guint i = 0; i < G_N_ELEMENTS(node_options); i++) {
        if (g_str_equal(node_options[i].name, token->key)) {
            place->again =
                had[i] && dom_field_is_set(dom_record_find(&dom_vnode_record, token->key), vnode);
            had[i] = TRUE;
            node_options[i].set(place, &node_options[i], token->value, vnode);
            return;
        }
    }
    warn_unknown(place, token->key);
}

/* What is wrong with one option keeps nobody from looking at the others. */
static void
take_node(const Place *nodes, const XlcValue *value, DomVnode *vnode)
{
    gboolean had[G_N_ELEMENTS(node_options)] = { FALSE };

    for (guint i = 0; i < value->n_items; i++) {
        const XlcValue *item = value->items[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcSpecTokens) tokens = NULL;
        Place place;

        if (item->kind == XLC_VALUE_LIST)
            continue;
        tokens = xlc_spec_split_pair(item->text, &error);
        if (tokens == NULL) {
            xlc_report(nodes->reader, DOM_SEVERITY_ERROR, nodes->key, item, "%s", error->message);
            continue;
        }
        place = *nodes;
        place.value = item;
        take_option(&place, &tokens->tokens[0], had, vnode);
    }
}

/* The node that item @index changes or makes: residual text only completes the cells. */
static DomVnode *
node_at(XlcReader *reader, DomDef *def, guint index)
{
    if (reader->patch && index < def->vnodes->len)
        return def->vnodes->pdata[index];
    return dom_list_add(def->vnodes, &dom_vnode_record);
}

static gboolean
parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const Place nodes = { reader, key, NULL, entry->value->n_items, FALSE };

    if (entry->value->kind != XLC_VALUE_LIST) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
                   _("this is one value; expected a list of lists; xl ignores this key"));
        return FALSE;
    }
    for (guint i = 0; i < entry->value->n_items; i++) {
        const XlcValue *item = entry->value->items[i];

        if (item->kind != XLC_VALUE_LIST)
            xlc_report(reader, DOM_SEVERITY_ERROR, key, item,
                       _("a node is a list: expected [ \"size=MIB\", \"vcpus=LIST\", ... ]"));
        else
            take_node(&nodes, item, node_at(reader, def, i));
    }
    return TRUE;
}

static void
write_option(XlcWriter *writer, const NodeOption *option, const DomVnode *vnode)
{
    const DomField *field = dom_record_find(&dom_vnode_record, option->name);
    g_autofree char *item = NULL;

    if (!dom_field_is_set(field, vnode))
        return;
    if (field->kind == DOM_KIND_UINT)
        item = g_strdup_printf("%s=%" G_GUINT64_FORMAT, option->name,
                               in_unit(option, DOM_CONST_MEMBER(vnode, field, DomUint)));
    else
        item = g_strconcat(option->name, "=", *DOM_CONST_MEMBER(vnode, field, char *), NULL);
    xlc_writer_item_string(writer, item);
}

static void
write_node(XlcWriter *writer, const DomVnode *vnode)
{
    xlc_writer_item_open(writer);
    for (guint i = 0; i < G_N_ELEMENTS(node_options); i++)
        write_option(writer, &node_options[i], vnode);
    xlc_writer_close(writer);
}

static void
format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (def->vnodes->len == 0)
        return;
    xlc_writer_open(writer, key->key);
    for (guint i = 0; i < def->vnodes->len; i++)
        write_node(writer, def->vnodes->pdata[i]);
    xlc_writer_close(writer);
}

static void
clear(const XlcKey *key, DomDef *def)
{
    for (guint i = 0; i < def->vnodes->len; i++) {
        dom_record_clear(&dom_vnode_record, def->vnodes->pdata[i]);
        g_free(def->vnodes->pdata[i]);
    }
    g_ptr_array_set_size(def->vnodes, 0);
}

static const DomRecord *const node_record = &dom_vnode_record;

static const XlcCodec vnuma_codec = { parse, format, clear, .record = &node_record };

static void
list_options(GPtrArray *list)
{
    for (guint i = 0; i < G_N_ELEMENTS(node_options); i++) {
        const char *name = node_options[i].name;
        XlcSpecOption *listed = xlc_spec_options_get(list, name, strlen(name));

        listed->kind = dom_record_find(&dom_vnode_record, name)->kind;
        listed->member = name;
    }
}

static const XlcKey keys[] = {
    XLC_SPECIAL("vnuma", &vnuma_codec, XLC_PVH | XLC_HVM, .options = list_options,
                .value = N_("list of nodes, each a list of the options below"),
                .doc = N_("Virtual NUMA nodes")),
};

XLC_TOPIC(numa, keys);
