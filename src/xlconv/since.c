/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/since.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/compare.h"

/* Options of list items that came later than their key. */
static const struct {
    const char *key;
    gsize list; /* offset in DomDef of the GPtrArray */
    const DomRecord *record;
    const char *member;
    const char *option;
    const char *since;
    const char *off; /* how a tristate says no; NULL: with the option's value */
} options[] = {
    { "disk", DOM_TYPED_OFFSET(DomDef, disks, GPtrArray *), &dom_disk_record, "trusted", "trusted",
      "4.19", "untrusted" },
    { "disk", DOM_TYPED_OFFSET(DomDef, disks, GPtrArray *), &dom_disk_record, "grant_usage",
      "grant_usage", "4.19" },
    { "vif", DOM_TYPED_OFFSET(DomDef, nics, GPtrArray *), &dom_nic_record, "vlan", "vlan", "4.19" },
    { "p9", DOM_TYPED_OFFSET(DomDef, p9s, GPtrArray *), &dom_p9_record, "type", "type", "4.19" },
    { "p9", DOM_TYPED_OFFSET(DomDef, p9s, GPtrArray *), &dom_p9_record, "max_files", "max-files",
      "4.19" },
    { "p9", DOM_TYPED_OFFSET(DomDef, p9s, GPtrArray *), &dom_p9_record, "max_open_files",
      "max-open-files", "4.19" },
    { "p9", DOM_TYPED_OFFSET(DomDef, p9s, GPtrArray *), &dom_p9_record, "max_space", "max-space",
      "4.19" },
    { "p9", DOM_TYPED_OFFSET(DomDef, p9s, GPtrArray *), &dom_p9_record, "auto_delete",
      "auto-delete", "4.19" },
};

/* Values that came later than their key, or went away. */
static const struct {
    const char *key;
    gsize member; /* offset in DomDef of the string */
    const char *word;
    const char *since; /* NULL: it was always there */
    const char *gone;  /* NULL: it still is */
} words[] = {
    { "tee", DOM_TYPED_OFFSET(DomDef, features.tee, char *), "ffa", "4.18", NULL },
    { "device_model_version", DOM_TYPED_OFFSET(DomDef, os.device_model_version, char *),
      "qemu-xen-traditional", NULL, "4.21" },
};

typedef struct {
    const DomDef *def;
    XlcXen xen;
    const XlcDoc *doc;
    DomReport *report;
} Walk;

gboolean
xlc_xen_parse(const char *text, XlcXen *ret_xen)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    guint n = g_strv_length(parts);
    guint64 numbers[3] = { 0 }, version;

    if (n < 2 || n > 3)
        return FALSE;
    for (guint i = 0; i < n; i++) {
        if (!g_ascii_string_to_unsigned(parts[i], 10, 0, 99, &numbers[i], NULL))
            return FALSE;
    }
    version = numbers[0] * 100 + numbers[1];
    if (version < XLC_XEN_OLDEST || version > XLC_XEN_NEWEST)
        return FALSE;
    *ret_xen = (XlcXen)version;
    return TRUE;
}

const char *
xlc_option_since(const char *key, const char *option)
{
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (g_str_equal(options[i].key, key) &&
            (g_str_equal(options[i].option, option) || g_strcmp0(options[i].off, option) == 0))
            return options[i].since;
    }
    return NULL;
}

static gboolean
is_newer(const Walk *walk, const char *since)
{
    XlcXen xen;

    return since != NULL && xlc_xen_parse(since, &xen) && xen > walk->xen;
}

static void warn(const Walk *walk, const char *key, const XlcValue *value, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static void
warn(const Walk *walk, const char *key, const XlcValue *value, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dom_report_add(walk->report, DOM_SEVERITY_WARNING, value != NULL ? value->start.line : 0,
                   value != NULL ? value->start.column : 0, key, "%s", text);
}

static const XlcValue *
value_of(const Walk *walk, const char *key)
{
    const XlcEntry *entry = walk->doc != NULL ? xlc_doc_get(walk->doc, key) : NULL;

    return entry != NULL ? entry->value : NULL;
}

static void
check_key(const Walk *walk, const XlcKey *key)
{
    g_autofree char *text = NULL;

    if (!is_newer(walk, key->since))
        return;
    text = xlc_key_text(key, walk->def, NULL);
    if (text == NULL || *text != '\0')
        warn(walk, key->key, value_of(walk, key->key),
             _("Xen %u.%u does not know this key and ignores it: it came with %s"), walk->xen / 100,
             walk->xen % 100, key->since);
}

/* The option of row @row as @record's item has it. */
static const char *
option_name(guint row, gconstpointer record)
{
    const DomField *field = dom_record_find(options[row].record, options[row].member);

    return options[row].off != NULL &&
                   *DOM_CONST_MEMBER(record, field, DomTristate) == DOM_TRISTATE_OFF
               ? options[row].off
               : options[row].option;
}

static void
warn_option(const Walk *walk, guint row, guint index, gconstpointer record)
{
    const char *key = options[row].key;
    const char *option = option_name(row, record);
    const XlcValue *item = walk->doc != NULL ? xlc_doc_item(walk->doc, key, index) : NULL;
    XlcPosition at = { 0 };

    if (item != NULL)
        at = xlc_doc_locate_option(walk->doc, item, option);
    dom_report_add(walk->report, DOM_SEVERITY_WARNING, at.line, at.column, key,
                   _("Xen %u.%u does not know the option %s and would ignore it, read it as "
                     "something else or refuse the file: it came with %s"),
                   walk->xen / 100, walk->xen % 100, option, options[row].since);
}

static void
check_option(const Walk *walk, guint row)
{
    GPtrArray *list = *(GPtrArray *const *)((const char *)walk->def + options[row].list);
    const DomField *field = dom_record_find(options[row].record, options[row].member);

    if (!is_newer(walk, options[row].since))
        return;
    for (guint i = 0; i < list->len; i++) {
        if (dom_field_is_set(field, list->pdata[i]))
            warn_option(walk, row, i, list->pdata[i]);
    }
}

/* Whether @def has the word of row @row. */
static gboolean
has_word(const DomDef *def, guint row)
{
    const char *word = *(char *const *)((const char *)def + words[row].member);

    return g_strcmp0(word, words[row].word) == 0;
}

static void
check_word(const Walk *walk, guint row)
{
    const XlcValue *value = value_of(walk, words[row].key);

    if (!has_word(walk->def, row))
        return;
    if (is_newer(walk, words[row].since))
        warn(walk, words[row].key, value,
             _("Xen %u.%u does not know '%s' and refuses the file: it came with %s"),
             walk->xen / 100, walk->xen % 100, words[row].word, words[row].since);
    if (words[row].gone != NULL && !is_newer(walk, words[row].gone))
        warn(walk, words[row].key, value,
             _("Xen %u.%u has no traditional QEMU any more and refuses the file: leave this out"),
             walk->xen / 100, walk->xen % 100);
}

void
xlc_report_gone(const DomDef *def, const XlcDoc *doc, DomReport *report)
{
    const Walk walk = { .def = def, .doc = doc, .report = report };

    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].gone != NULL && has_word(def, i))
            warn(&walk, words[i].key, value_of(&walk, words[i].key),
                 _("Xen since %s has no traditional QEMU any more and refuses the file: leave this "
                   "out"),
                 words[i].gone);
    }
}

void
xlc_report_newer(const DomDef *def, XlcXen xen, const XlcDoc *doc, DomReport *report)
{
    Walk walk = { def, xen, doc, report };

    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            check_key(&walk, &xlc_topics[t]->keys[k]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        check_option(&walk, i);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        check_word(&walk, i);
}
