/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "conf/cpulist.h"
#include "conf/nearest.h"
#include "xlconv/devices.h"
#include "xlconv/numbers.h"
#include "xlconv/spec.h"

/* The options of a node are items of a list of their own: [ "pnode=0", "size=512", ... ]. */
static void
set_number(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *text,
           guint64 scale, DomUint *ret_number)
{
    guint64 number;

    if (!xlc_number_parse_decimal(text, &number, NULL, NULL) || number > G_MAXUINT64 / scale) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value, _("'%s' is not a number"), text);
        return;
    }
    *ret_number = (DomUint){ .value = number * scale, .set = TRUE };
}

static void
set_text(char **member, const char *text)
{
    g_free(*member);
    *member = g_strdup(text);
}

static void
warn_unknown(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *option)
{
    static const char *const words[] = { "pnode", "size", "vcpus", "vdistances", NULL };
    g_autofree char *hint = dom_words_hint(option, words);

    xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
               _("'%s' is no option of a node; xl ignores it%s"), option, hint);
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
set_vcpus(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *text,
          DomVnode *vnode)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);

    for (char **item = items; *item != NULL; item++) {
        if (!check_item(reader, key, value, *item)) {
            xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
                       _("vcpus=%s: expected numbers and ranges like 0-1,4"), text);
            return;
        }
    }
    set_text(&vnode->vcpus, text);
}

static void
take_option(XlcReader *reader, const XlcKey *key, const XlcValue *value, DomVnode *vnode,
            const XlcSpecToken *option)
{
    if (g_str_equal(option->key, "pnode"))
        set_number(reader, key, value, option->value, 1, &vnode->pnode);
    else if (g_str_equal(option->key, "size"))
        set_number(reader, key, value, option->value, 1024, &vnode->size);
    else if (g_str_equal(option->key, "vcpus"))
        set_vcpus(reader, key, value, option->value, vnode);
    else if (g_str_equal(option->key, "vdistances"))
        set_text(&vnode->vdistances, option->value);
    else
        warn_unknown(reader, key, value, option->key);
}

/* What is wrong with one option keeps nobody from looking at the others. */
static void
take_node(XlcReader *reader, const XlcKey *key, const XlcValue *value, DomVnode *vnode)
{
    for (guint i = 0; i < value->n_items; i++) {
        const XlcValue *item = value->items[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcSpecTokens) tokens = NULL;

        if (item->kind == XLC_VALUE_LIST)
            continue;
        tokens = xlc_spec_split_pair(item->text, &error);
        if (tokens == NULL) {
            xlc_report(reader, DOM_SEVERITY_ERROR, key, item, "%s", error->message);
            continue;
        }
        take_option(reader, key, item, vnode, &tokens->tokens[0]);
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
            take_node(reader, key, item, node_at(reader, def, i));
    }
    return TRUE;
}

static void
add_option(XlcWriter *writer, const char *name, const char *text)
{
    g_autofree char *item = text != NULL ? g_strconcat(name, "=", text, NULL) : NULL;

    if (item != NULL)
        xlc_writer_item_string(writer, item);
}

static void
add_number(XlcWriter *writer, const char *name, const DomUint *number, guint64 scale)
{
    g_autofree char *text =
        g_strdup_printf("%" G_GUINT64_FORMAT, (number->value + scale - 1) / scale);

    add_option(writer, name, number->set ? text : NULL);
}

static void
write_node(XlcWriter *writer, const DomVnode *vnode)
{
    xlc_writer_item_open(writer);
    add_number(writer, "pnode", &vnode->pnode, 1);
    add_number(writer, "size", &vnode->size, 1024);
    add_option(writer, "vcpus", vnode->vcpus);
    add_option(writer, "vdistances", vnode->vdistances);
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

static const XlcKey keys[] = {
    XLC_SPECIAL("vnuma", &vnuma_codec, XLC_PVH | XLC_HVM, .doc = N_("Virtual NUMA nodes")),
};

XLC_TOPIC(numa, keys);
