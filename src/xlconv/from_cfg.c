/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/from_cfg.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/cpulist.h"
#include "xlconv/carried.h"
#include "xlconv/convert.h"
#include "xlconv/kept.h"
#include "xlconv/retired.h"

/* What was meant by a key that xl does not know (transfer full); NULL when nobody can tell. */
static char *
unknown_hint(const char *key)
{
    const char *retired = xlc_key_retired(key);
    const char *nearest = xlc_key_nearest(key);

    if (retired != NULL)
        return g_strdup(retired);
    return nearest != NULL ? g_strdup_printf(_("did you mean '%s'?"), nearest) : NULL;
}

static void
report_unknown(XlcReader *reader, const XlcEntry *entry)
{
    const XlcAssignment *last = xlc_entry_last(entry);
    g_autofree char *hint = unknown_hint(entry->key);
    guint line = reader->line + last->start.line;

    if (hint != NULL)
        dom_report_add(reader->report, DOM_SEVERITY_WARNING, line, last->start.column, entry->key,
                       _("xl does not know this key, which is kept as it is; %s"), hint);
    else
        dom_report_add(reader->report, DOM_SEVERITY_WARNING, line, last->start.column, entry->key,
                       _("xl does not know this key; it is kept as it is"));
}

static void
report_duplicate(XlcReader *reader, const XlcEntry *entry)
{
    for (guint i = 0; i < entry->first_used; i++) {
        const XlcAssignment *over = entry->assignments[i];

        dom_report_add(reader->report, DOM_SEVERITY_WARNING, reader->line + over->start.line,
                       over->start.column, entry->key,
                       _("a later assignment in line %u overrides this one"),
                       reader->line + xlc_entry_last(entry)->start.line);
    }
}

/* The assignment as text of its own, with the value that counts. */
static char *
assignment_text(const XlcEntry *entry)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    char *text;

    xlc_kept_put(writer, entry);
    text = xlc_writer_finish(writer, NULL, NULL);
    return text != NULL ? g_strchomp(text) : NULL;
}

/* In the order of rows, whatever that of the text. What a row did not take, as an alias that had
 * nothing to say, is kept. @places: the row of each entry, or -1. */
static void
read_known(XlcReader *reader, const int *places, DomDef *def)
{
    guint n_rows;
    const XlcKey *const *rows = xlc_key_all(&n_rows);
    g_autofree const XlcEntry **entries = g_new0(const XlcEntry *, n_rows);

    for (guint i = 0; i < xlc_doc_n_entries(reader->doc); i++) {
        if (places[i] >= 0)
            entries[places[i]] = xlc_doc_entry(reader->doc, i);
    }
    for (guint k = 0; k < n_rows; k++) {
        if (entries[k] == NULL)
            continue;
        report_duplicate(reader, entries[k]);
        reader->taken[k] = xlc_key_parse(reader, rows[k], entries[k], def);
    }
}

/* What xl ignored, of a key that another one filled: written again it could only get in the way. */
static void
report_beaten(XlcReader *reader, const XlcEntry *entry)
{
    const XlcAssignment *last = xlc_entry_last(entry);

    dom_report_add(reader->report, DOM_SEVERITY_WARNING, reader->line + last->start.line,
                   last->start.column, entry->key,
                   _("another assignment says this; this one is left out"));
}

/* Whether an assignment is to be kept; says why where it is not what somebody meant. */
static gboolean
is_kept(XlcReader *reader, const XlcEntry *entry, int place, const DomDef *def)
{
    if (place >= 0 && reader->taken[place])
        return FALSE;
    if (place < 0 && !reader->patch)
        report_unknown(reader, entry);
    if (!xlc_kept_is_beaten(def, entry->key))
        return TRUE;
    report_beaten(reader, entry);
    return FALSE;
}

/* Assignments that were kept before give way to new ones of the same key. */
static void
keep(DomDef *def, GHashTable *keys, char **texts)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    char **old = def->metadata.unmapped;

    for (char **line = old; line != NULL && *line != NULL; line++) {
        g_autofree char *key = xlc_kept_key(*line);

        if (!g_hash_table_contains(keys, key))
            g_strv_builder_add(builder, *line);
    }
    g_strv_builder_addv(builder, (const char **)texts);
    def->metadata.unmapped = g_strv_builder_end(builder);
    g_strfreev(old);
}

static void
keep_others(XlcReader *reader, const int *places, DomDef *def)
{
    g_autoptr(GHashTable) keys = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) texts = NULL;

    for (guint i = 0; i < xlc_doc_n_entries(reader->doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(reader->doc, i);
        g_autofree char *text = NULL;

        if (!is_kept(reader, entry, places[i], def))
            continue;
        text = assignment_text(entry);
        g_hash_table_add(keys, (gpointer)entry->key);
        if (text != NULL)
            g_strv_builder_add(builder, text);
    }
    texts = g_strv_builder_end(builder);
    if (*texts != NULL)
        keep(def, keys, texts);
}

static void
report_at(XlcReader *reader, DomSeverity severity, const char *key, const char *text)
{
    const XlcEntry *entry = xlc_doc_get(reader->doc, key);
    XlcPosition at = entry != NULL ? xlc_entry_last(entry)->value->start
                                   : (XlcPosition){ .line = 1, .column = 1 };

    dom_report_add(reader->report, severity, reader->line + at.line, at.column, key, "%s", text);
}

static void
check_cpulist(XlcReader *reader, const char *key, const char *text)
{
    g_autofree char *wrong = text != NULL ? dom_cpulist_wrong_item(text) : NULL;
    g_autofree char *said = NULL;

    /* what the document does not say was judged where it is said */
    if (wrong == NULL || xlc_doc_get(reader->doc, key) == NULL)
        return;
    said = g_strdup_printf(_("%s is neither a CPU number, a range like 0-3, nor all"), wrong);
    report_at(reader, DOM_SEVERITY_ERROR, key, said);
}

/* xl looks at as many items of a list as the file says that the guest has vCPUs. */
static void
check_cpulists(XlcReader *reader, const DomCpu *cpu)
{
    const DomUint *most = cpu->maxvcpus.set ? &cpu->maxvcpus : &cpu->vcpus;
    guint64 vcpus = most->set ? most->value : 0;
    const struct {
        const char *key;
        const char *text;
        char *const *list;
    } rows[] = {
        { "cpus", cpu->cpus, cpu->cpus_list },
        { "cpus_soft", cpu->cpus_soft, cpu->cpus_soft_list },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_cpulist(reader, rows[i].key, rows[i].text);
        for (guint64 k = 0; rows[i].list != NULL && rows[i].list[k] != NULL && k < vcpus; k++)
            check_cpulist(reader, rows[i].key, rows[i].list[k]);
    }
}

/* To xl 0 is what it begins with: nobody counted. */
static void
forget_no_vcpus(XlcReader *reader, DomCpu *cpu)
{
    if (!cpu->maxvcpus.set || cpu->maxvcpus.value > 0)
        return;
    cpu->maxvcpus = (DomUint){ 0 };
    report_at(reader, DOM_SEVERITY_WARNING, "maxvcpus",
              _("xl takes 0 for no number, and the guest can have as many as vcpus says: leave it "
                "out, or write how many"));
}

/* The row of each entry; -1 for a key that xl does not know. */
static int *
find_places(const XlcDoc *doc)
{
    guint n = xlc_doc_n_entries(doc);
    int *places = g_new(int, n);

    for (guint i = 0; i < n; i++)
        places[i] = xlc_key_index(xlc_doc_entry(doc, i)->key);
    return places;
}

void
xlc_read(XlcReader *reader, DomDef *def)
{
    guint n_rows;
    g_autofree int *places = find_places(reader->doc);
    g_autofree gboolean *taken = NULL;

    xlc_key_all(&n_rows);
    taken = g_new0(gboolean, n_rows);
    reader->taken = taken;
    read_known(reader, places, def);
    keep_others(reader, places, def);
    reader->taken = NULL;
    forget_no_vcpus(reader, &def->cpu);
    check_cpulists(reader, &def->cpu);
}

/* What xl refuses in a file whose values are right one by one. */
static void
check(XlcReader *reader, const DomDef *def)
{
    if (def->general.name == NULL || *def->general.name == '\0')
        report_at(reader, DOM_SEVERITY_ERROR, "name",
                  def->general.name != NULL
                      ? _("the guest's name is empty: expected name = \"NAME\"")
                      : _("the guest has no name: expected name = \"NAME\""));
    if (def->cpu.maxvcpus.set && def->cpu.vcpus.set &&
        def->cpu.maxvcpus.value < def->cpu.vcpus.value)
        report_at(reader, DOM_SEVERITY_ERROR, "maxvcpus",
                  _("this is less than vcpus: raise it or leave it out"));
}

static DomDef *
read_doc(const XlcDoc *doc, gboolean broken, DomReport *report, GError **error)
{
    XlcReader reader = { .doc = doc, .report = report };
    guint before = dom_report_count(report, DOM_SEVERITY_ERROR);
    g_autoptr(DomDef) def = dom_def_new();

    xlc_read(&reader, def);
    if (!broken)
        check(&reader, def);
    dom_report_sort(report);
    if (dom_report_count(report, DOM_SEVERITY_ERROR) > before) {
        g_autofree char *lines = dom_report_format(report, DOM_SEVERITY_ERROR);

        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID, lines);
        return NULL;
    }
    return g_steal_pointer(&def);
}

DomDef *
xlc_def_from_doc(const XlcDoc *doc, gboolean broken, DomReport *report, GError **error)
{
    g_autoptr(DomDef) def = read_doc(doc, broken, report, broken ? NULL : error);
    g_autofree char *lines = NULL;

    if (!broken)
        return g_steal_pointer(&def);
    lines = dom_report_format(report, DOM_SEVERITY_ERROR);
    g_set_error_literal(error, XLC_ERROR, XLC_ERROR_SYNTAX, lines);
    return NULL;
}

DomDef *
xlc_def_sensible(const XlcDoc *doc)
{
    XlcReader reader = { .doc = doc };
    DomDef *def = dom_def_new();

    xlc_read(&reader, def);
    return def;
}

DomDef *
xlc_def_as_xl(const char *text, gsize length, DomReport *report, GError **error)
{
    g_autoptr(DomReport) own = report == NULL ? dom_report_new(NULL) : NULL;
    DomReport *used = report != NULL ? report : own;
    gboolean broken;
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(text, length, used, &broken);

    return xlc_def_from_doc(doc, broken, used, error);
}

DomDef *
xlc_def_from_cfg(const char *text, gsize length, DomReport *report, GError **error)
{
    DomDef *def = xlc_def_as_xl(text, length, report, error);

    if (def == NULL)
        return NULL;
    def = xlc_carried_read(def, text, length, report);
    if (report != NULL)
        dom_report_sort(report);
    return def;
}
