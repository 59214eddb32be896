/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/advice_private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "xlconv/key.h"
#include "xlconv/numbers.h"
#include "xlconv/uncarried.h"

void
xlc_advice_say_at(const XlcAdvice *advice, DomSeverity severity, const char *key,
                  const XlcValue *value, gsize offset, const char *format, ...)
{
    XlcPosition at = { 0 };
    g_autofree char *text = NULL;
    va_list args;

    if (value != advice->locator->value)
        *advice->locator = XLC_LOCATOR(advice->doc, value);
    if (value != NULL)
        at = xlc_locator_find(advice->locator, offset);
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dom_report_add(advice->report, severity, at.line, at.column, key, "%s", text);
}

void
xlc_advice_say(const XlcAdvice *advice, DomSeverity severity, const char *key, const char *format,
               ...)
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

/* A number that xl takes, but not as it looks. */
static void
advise_odd_number(const XlcAdvice *advice, const XlcKey *row, const char *text, gint64 number)
{
    if (xlc_number_is_octal(text))
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, row->key,
                       _("xl reads %s as octal, %" PRId64 ": write it without the zeros in front"),
                       text, number);
    else if (row->shape == XLC_SHAPE_BOOL && number != 0 && number != 1)
        xlc_advice_say(advice, DOM_SEVERITY_NOTE, row->key,
                       _("any number but 0 is true: write %s = 1"), row->key);
}

static void
advise_number(const XlcAdvice *advice, const XlcKey *row, const XlcEntry *entry)
{
    g_autofree char *better = NULL;
    gint64 number;

    if (entry->value->kind == XLC_VALUE_LIST)
        return;
    if (xlc_number_parse(entry->value->text, G_MININT64, G_MAXINT64, &number, NULL)) {
        advise_odd_number(advice, row, entry->value->text, number);
        return;
    }
    better = xlc_suggest(row->key, entry->value->text);
    if (better != NULL)
        xlc_advice_say(advice, DOM_SEVERITY_NOTE, row->key, _("write %s"), better);
}

static void
advise_list(const XlcAdvice *advice, const XlcKey *row, const XlcEntry *entry)
{
    g_autofree char *quoted = NULL;

    if (entry->value->kind == XLC_VALUE_LIST)
        return;
    quoted = xlc_writer_quote(entry->value->text);
    xlc_advice_say(advice, DOM_SEVERITY_NOTE, row->key, _("write %s = [ %s ]"), row->key, quoted);
}

/* A word that may be written as a number, for xl with a warning. */
static void
advise_word(const XlcAdvice *advice, const XlcKey *row)
{
    const XlcEntry *entry = xlc_doc_get(advice->doc, row->key);
    const DomEnum *names = row->field.enums;
    int value = advice->def != NULL ? *DOM_CONST_MEMBER(advice->def, &row->field, int) : 0;

    if (value != 0 && (row->flags & XLC_NUMBER_OLD) && entry->value->kind != XLC_VALUE_LIST &&
        dom_enum_from_name(names, entry->value->text, TRUE) == 0)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, row->key,
                       _("a number is deprecated here: write %s = \"%s\""), row->key,
                       dom_enum_name(names, value));
}

static gboolean
wants_list(const XlcKey *row)
{
    return row->shape == XLC_SHAPE_STRV || (row->codec != NULL && row->codec->devices);
}

static void
advise_value(const XlcAdvice *advice, const XlcKey *row, const XlcEntry *entry)
{
    if (wants_list(row))
        advise_list(advice, row, entry);
    else if (xlc_key_holds_number(row))
        advise_number(advice, row, entry);
    else if (row->shape == XLC_SHAPE_ENUM)
        advise_word(advice, row);
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
advise_guest(const XlcAdvice *advice, const XlcKey *row)
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
        xlc_advice_say(advice, DOM_SEVERITY_NOTE, row->key,
                       _("this counts for %s guests; this one is %s"), readers->str, own);
}

static void
advise_values(const XlcAdvice *advice)
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

/* What is wrong already is not told again. */
static void
advise_together(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) wrong = dom_report_wrong_keys(advice->report);
    g_autoptr(DomReport) found = dom_report_new(NULL);
    XlcAdvice quiet = *advice;

    quiet.report = found;
    xlc_advise_together(&quiet);
    for (guint i = 0; i < dom_report_size(found); i++) {
        const DomDiagnostic *d = dom_report_get(found, i);

        if (d->key == NULL || !g_hash_table_contains(wrong, d->key))
            dom_report_add(advice->report, d->severity, d->line, d->column, d->key, "%s", d->text);
    }
}

void
xlc_advise(const XlcDoc *doc, const DomReport *grammar, const DomDef *def, const XlcXen *xen,
           XlcCpuidComplaint *cpuid, DomReport *report)
{
    XlcLocator locator = XLC_LOCATOR(doc, NULL);
    XlcAdvice advice = {
        .doc = doc, .locator = &locator, .def = def, .report = report, .xen = xen, .cpuid = cpuid
    };

    xlc_advise_lines(xlc_doc_source(doc, NULL), grammar, report);
    xlc_report_uncarried(doc, DOM_SEVERITY_WARNING, report);
    advise_values(&advice);
    xlc_advise_texts(&advice);
    if (def != NULL)
        advise_together(&advice);
}
