/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/advice.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "xlconv/key.h"
#include "xlconv/numbers.h"

typedef struct {
    const XlcDoc *doc;
    const DomDef *def;
    DomReport *report;
} Advice;

static void say(const Advice *advice, DomSeverity severity, const char *key, const char *format,
                ...) G_GNUC_PRINTF(4, 5);

/* At the value of @key. */
static void
say(const Advice *advice, DomSeverity severity, const char *key, const char *format, ...)
{
    const XlcEntry *entry = xlc_doc_get(advice->doc, key);
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dom_report_add(advice->report, severity, entry != NULL ? entry->value->start.line : 0,
                   entry != NULL ? entry->value->start.column : 0, key, "%s", text);
}

/* --- values that a key cannot take --- */

static void
advise_number(const Advice *advice, const XlcKey *row, const XlcEntry *entry)
{
    g_autofree char *better = NULL;
    gint64 number;

    if (entry->value->kind == XLC_VALUE_LIST ||
        xlc_number_parse(entry->value->text, G_MININT64, G_MAXINT64, &number, NULL))
        return;
    better = xlc_suggest(row->key, entry->value->text);
    if (better != NULL)
        say(advice, DOM_SEVERITY_NOTE, row->key, _("write %s"), better);
}

static void
advise_list(const Advice *advice, const XlcKey *row, const XlcEntry *entry)
{
    g_autofree char *quoted = NULL;

    if (entry->value->kind == XLC_VALUE_LIST)
        return;
    quoted = xlc_writer_quote(entry->value->text);
    say(advice, DOM_SEVERITY_NOTE, row->key, _("write %s = [ %s ]"), row->key, quoted);
}

static gboolean
wants_list(const XlcKey *row)
{
    return row->shape == XLC_SHAPE_STRV || (row->codec != NULL && row->codec->devices);
}

static void
advise_value(const Advice *advice, const XlcKey *row, const XlcEntry *entry)
{
    if (wants_list(row))
        advise_list(advice, row, entry);
    else if (row->shape == XLC_SHAPE_BOOL || row->shape == XLC_SHAPE_UINT ||
             row->shape == XLC_SHAPE_MIB || row->shape == XLC_SHAPE_INT)
        advise_number(advice, row, entry);
}

static const struct {
    DomType type;
    XlcGuests guests;
    const char *name;
} guest_types[] = {
    { DOM_TYPE_PV, XLC_PV, "pv" },
    { DOM_TYPE_PVH, XLC_PVH, "pvh" },
    { DOM_TYPE_HVM, XLC_HVM, "hvm" },
};

static void
advise_guest(const Advice *advice, const XlcKey *row)
{
    g_autoptr(GString) readers = g_string_new(NULL);
    const char *own = NULL;

    /* What Arm guests are is not in the file. */
    if (advice->def == NULL || (row->guests & XLC_ARM) || row->status == XLC_KEPT)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(guest_types); i++) {
        if (row->guests & guest_types[i].guests)
            g_string_append_printf(readers, "%s%s", readers->len > 0 ? ", " : "",
                                   guest_types[i].name);
        else if (guest_types[i].type == dom_general_type(advice->def))
            own = guest_types[i].name;
    }
    if (own != NULL)
        say(advice, DOM_SEVERITY_NOTE, row->key, _("this counts for %s guests; this one is %s"),
            readers->str, own);
}

static void
advise_values(const Advice *advice)
{
    for (guint i = 0; i < xlc_doc_n_entries(advice->doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(advice->doc, i);
        const XlcKey *row = xlc_key_find(entry->key);

        if (row == NULL)
            continue;
        advise_value(advice, row, entry);
        advise_guest(advice, row);
    }
}

/* --- values that do not go together --- */

static void
check_memory(const Advice *advice)
{
    const DomMemory *memory = &advice->def->memory;

    if (memory->target.set && memory->max.set && memory->target.value > memory->max.value)
        say(advice, DOM_SEVERITY_WARNING, "memory",
            _("this is more than maxmem: the guest cannot have it; raise maxmem or leave it out"));
}

static guint64
most_vcpus(const DomDef *def)
{
    if (def->cpu.maxvcpus.set)
        return def->cpu.maxvcpus.value;
    return def->cpu.vcpus.set ? def->cpu.vcpus.value : 1;
}

static void
check_affinity(const Advice *advice, const char *key, char **list)
{
    guint64 most = most_vcpus(advice->def);

    if (list != NULL && g_strv_length(list) > most)
        say(advice, DOM_SEVERITY_WARNING, key,
            _("this list has %u items, one for each virtual CPU, but there are only "
              "%" PRIu64 "; xl ignores the rest"),
            g_strv_length(list), most);
}

static void
check_cpus(const Advice *advice)
{
    check_affinity(advice, "cpus", advice->def->cpu.cpus_list);
    check_affinity(advice, "cpus_soft", advice->def->cpu.cpus_soft_list);
}

static void
check_macs(const Advice *advice)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < advice->def->nics->len; i++) {
        const DomNic *nic = advice->def->nics->pdata[i];

        if (nic->mac == NULL)
            continue;
        if (strlen(nic->mac) > 1 && g_ascii_xdigit_value(nic->mac[1]) & 1)
            say(advice, DOM_SEVERITY_WARNING, "vif",
                _("%s is a multicast address, which no interface can have: Xen's own begin with "
                  "00:16:3e"),
                nic->mac);
        if (!g_hash_table_add(seen, nic->mac))
            say(advice, DOM_SEVERITY_WARNING, "vif", _("two interfaces have the address %s"),
                nic->mac);
    }
}

static void
check_vdevs(const Advice *advice)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < advice->def->disks->len; i++) {
        const DomDisk *disk = advice->def->disks->pdata[i];

        if (disk->vdev != NULL && !g_hash_table_add(seen, disk->vdev))
            say(advice, DOM_SEVERITY_WARNING, "disk", _("two disks are %s in the guest"),
                disk->vdev);
    }
}

static void (*const checks[])(const Advice *advice) = {
    check_memory,
    check_cpus,
    check_macs,
    check_vdevs,
};

/* --- lines that are no xl.cfg --- */

/* A place in a text that only moves on, so that a walk over all errors is linear. */
typedef struct {
    const char *at; /* begin of a line; NULL behind the last */
    guint line;
} Cursor;

/* The text of @line (transfer full), which is not above the one before; NULL when there is none. */
static char *
line_text(Cursor *cursor, guint line)
{
    for (; cursor->line < line && cursor->at != NULL; cursor->line++) {
        cursor->at = strchr(cursor->at, '\n');
        cursor->at = cursor->at != NULL ? cursor->at + 1 : NULL;
    }
    return cursor->at != NULL ? g_strndup(cursor->at, strcspn(cursor->at, "\n")) : NULL;
}

/* "key = word", with nothing behind it but a comment: what was meant (transfer full), or NULL. */
static char *
suggest_for_line(const char *line)
{
    g_autoptr(GRegex) regex = g_regex_new(
        "^\\s*([a-z][a-z0-9_.]*)\\s*=\\s*([^\\s\"'\\[#;]+)\\s*(#.*)?$", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *key = NULL;
    g_autofree char *word = NULL;

    if (!g_regex_match(regex, line, 0, &match))
        return NULL;
    key = g_match_info_fetch(match, 1);
    word = g_match_info_fetch(match, 2);
    return xlc_suggest(key, word);
}

static void
advise_line(Cursor *cursor, guint line, DomReport *report)
{
    g_autofree char *source = line_text(cursor, line);
    g_autofree char *better = NULL;
    const char *hint;

    if (source == NULL)
        return;
    hint = xlc_python_hint(source);
    better = hint == NULL ? suggest_for_line(source) : NULL;
    if (hint != NULL)
        dom_report_add(report, DOM_SEVERITY_NOTE, line, 0, NULL, "%s", hint);
    else if (better != NULL)
        dom_report_add(report, DOM_SEVERITY_NOTE, line, 0, NULL, _("write %s"), better);
}

/* One hint for each line that the grammar refused. */
static void
advise_lines(const char *text, DomReport *grammar, DomReport *report)
{
    Cursor cursor = { .at = text, .line = 1 };

    for (guint i = 0; i < dom_report_size(grammar); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(grammar, i);

        if (diagnostic->severity == DOM_SEVERITY_ERROR)
            advise_line(&cursor, diagnostic->line, report);
    }
}

void
xlc_advise(const char *text, gsize length, const DomDef *def, DomReport *report)
{
    g_autoptr(DomReport) grammar = dom_report_new(NULL);
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(text, length, grammar, NULL);
    Advice advice = { .doc = doc, .def = def, .report = report };

    advise_lines(text, grammar, report);
    advise_values(&advice);
    for (guint i = 0; def != NULL && i < G_N_ELEMENTS(checks); i++)
        checks[i](&advice);
}
