/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Texts that xl reads otherwise than they look. */
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/advice_private.h"
#include "xlconv/key.h"
#include "xlconv/numbers.h"

/* What a rule says about one text; at most once. */
typedef void Rule(const XlcAdvice *advice, const char *key, const XlcValue *atom);

/* Calls @rule for the atom, or for each of the list and of the lists in it. */
static void
for_each_atom(const XlcAdvice *advice, const char *key, const XlcValue *value, Rule *rule)
{
    if (value->kind == XLC_VALUE_STRING)
        rule(advice, key, value);
    for (guint i = 0; value->kind == XLC_VALUE_LIST && i < value->n_items; i++)
        for_each_atom(advice, key, value->items[i], rule);
}

/* \101 and its kind are swallowed. */
static void
advise_escapes(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *source = xlc_doc_source(advice->doc, NULL);
    gsize end = atom->end.offset - 1;

    for (gsize i = atom->start.offset + 1; !atom->joined && i < end;) {
        gsize wrote;
        char byte;
        gsize n = xlc_lexer_step(source + i, end - i, &byte, &wrote);

        if (n == 0)
            return;
        if (wrote == 0) {
            dom_report_add(advice->report, DOM_SEVERITY_WARNING, atom->start.line,
                           atom->start.column + (guint)(i - atom->start.offset), key,
                           _("xl makes nothing of a numeric escape: write the byte itself"));
            return;
        }
        i += n;
    }
}

/* The first blank that is behind an option or around its =, or NULL. */
static const char *
find_blank(const char *text)
{
    const char *behind;

    for (const char *p = strchr(text, ' '); p != NULL; p = strchr(behind, ' ')) {
        behind = p + strspn(p, " ");
        if (*behind == ',' || *behind == '=' || *behind == '\0' || (p > text && p[-1] == '='))
            return p;
    }
    return NULL;
}

/* xl drops blanks in front of an option, but no others. */
static void
advise_blanks(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *blank = find_blank(atom->text);

    if (blank != NULL)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, (gsize)(blank - atom->text),
                          _("xl takes this blank for a part of the value: leave it out"));
}

/* Here it drops them all since Xen 4.18. */
static void
advise_old_blanks(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *blank = find_blank(atom->text);

    if (blank != NULL)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, (gsize)(blank - atom->text),
                          _("Xen before 4.18 takes this blank for a part of the value: leave it "
                            "out"));
}

/* To Xen before 4.18 each = of a channel parts an option. */
static void
advise_old_equals(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *text = atom->text;

    for (const char *p = strpbrk(text, "=,"); p != NULL; p = strpbrk(p + 1, "=,")) {
        const char *next = p + 1 + strcspn(p + 1, "=,");

        if (*p != '=' || *next != '=')
            continue;
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, (gsize)(next - text),
                          _("Xen before 4.18 does not take this = for a part of the value: leave "
                            "it out"));
        return;
    }
}

/* The first item that counts takes CPUs away where there are none yet. */
static void
advise_exclusion(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *text = atom->text + strspn(atom->text, ",");

    if (*text == '^')
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, (gsize)(text - atom->text),
                          _("the items count from left to right, and what this one takes away a "
                            "later one gives back: write it last"));
}

static const char *
ask_libxl(const XlcAdvice *advice, const char *item, gboolean leaf)
{
    return advice->cpuid != NULL ? advice->cpuid(item, leaf) : NULL;
}

/* One flag of cpuid, @length bytes at @offset. */
static void
advise_flag(const XlcAdvice *advice, const char *key, const XlcValue *atom, gsize offset,
            gsize length)
{
    g_autofree char *flag = g_strndup(atom->text + offset, length);
    const char *blank = strchr(flag, ' ');
    const char *complaint = blank == NULL ? ask_libxl(advice, flag, FALSE) : NULL;

    if (blank != NULL)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, offset + (gsize)(blank - flag),
                          _("xl takes this blank for a part of the flag's name: leave it out"));
    else if (complaint != NULL)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, offset, "%s", complaint);
}

/* "host,flag=value,...": without the first word xl looks at nothing. */
static void
advise_flags(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *text = atom->text;
    gsize at = strspn(text, ",");

    if (text[at] != '\0' &&
        (strcspn(text + at, ",") != 4 || !g_str_has_prefix(text + at, "host"))) {
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, at,
                          _("expected \"host\" first; xl ignores all of this"));
        return;
    }
    for (at += strcspn(text + at, ","); text[at] != '\0';) {
        gsize length;

        at += strspn(text + at, ",");
        length = strcspn(text + at, ",");
        if (length > 0)
            advise_flag(advice, key, atom, at, length);
        at += length;
    }
}

static void
advise_cpuid(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *complaint;

    if (xlc_doc_get(advice->doc, key)->value->kind != XLC_VALUE_LIST) {
        advise_flags(advice, key, atom);
        return;
    }
    complaint = ask_libxl(advice, atom->text, TRUE);
    if (complaint != NULL)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, 0, "%s", complaint);
}

static void
advise_ports(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *dash = strchr(atom->text, '-');

    if (dash != NULL &&
        g_ascii_strtoull(dash + 1, NULL, 16) < g_ascii_strtoull(atom->text, NULL, 16))
        xlc_advice_say_at(
            advice, DOM_SEVERITY_WARNING, key, atom, 0,
            _("this range is the wrong way round, and xl makes nearly 4 billion ports of "
              "it, which Xen refuses"));
}

static void
advise_rdm(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    static const char *const options[] = { "strategy", "policy", NULL };
    const char *unknown;

    if (advice->def != NULL && advice->def->hostdev.rdm == NULL)
        return;
    dom_rdm_read(atom->text, &unknown);
    if (unknown != NULL) {
        g_autofree char *name = g_strndup(unknown, strcspn(unknown, "=,"));
        g_autofree char *hint = dom_words_hint(name, options);

        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, key, atom, (gsize)(unknown - atom->text),
                          _("xl ignores all of rdm: it has no option '%s'%s"), name, hint);
    }
    xlc_advice_say(advice, DOM_SEVERITY_WARNING, key,
                   _("xl does not read this rightly since Xen 4.15: with a right policy= it "
                     "ignores all of it, and without one the policy is left to chance; use "
                     "rdm_policy= of the items of pci"));
}

/* A switch that may be a word, too. */
static void
advise_gfx_passthru(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    gint64 number;

    if (xlc_number_parse(atom->text, G_MININT64, G_MAXINT64, &number, NULL) && number != 0 &&
        number != 1)
        xlc_advice_say_at(advice, DOM_SEVERITY_NOTE, key, atom, 0,
                          _("any number but 0 is true: write %s = 1"), key);
}

#define FOR_XM _("written for the old xm: write %s, or read the file with --from xm")

static void
advise_builder(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    if (g_str_equal(atom->text, "linux"))
        xlc_advice_say(advice, DOM_SEVERITY_NOTE, key, FOR_XM, "type = \"pv\"");
}

static void
advise_screen_type(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    static const struct {
        const char *old;
        const char *better;
    } types[] = { { "type=vnc", "vnc=1" }, { "type=sdl", "sdl=1,vnc=0" } };

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        const char *found = xlc_find_word(atom->text, types[i].old);

        if (found != NULL)
            xlc_advice_say_at(advice, DOM_SEVERITY_NOTE, key, atom, (gsize)(found - atom->text),
                              FOR_XM, types[i].better);
    }
}

static void
advise_shared(const XlcAdvice *advice, const char *key, const XlcValue *atom)
{
    const char *found = strstr(atom->text, ",w!");

    if (found != NULL && (found[3] == '\0' || found[3] == ','))
        xlc_advice_say_at(advice, DOM_SEVERITY_NOTE, key, atom, (gsize)(found - atom->text) + 1,
                          FOR_XM, "w");
}

typedef struct {
    const char *key; /* NULL: any */
    Rule *rule;
    XlcXen mended; /* Xen since which it is so no more; 0: it is still */
} Row;

static const Row rules[] = {
    { NULL, advise_escapes },
    { "builder", advise_builder },
    { "vfb", advise_screen_type },
    { "disk", advise_shared },
    { "cpus", advise_exclusion },
    { "cpus_soft", advise_exclusion },
    { "cpuid", advise_cpuid },
    { "ioports", advise_ports },
    { "rdm", advise_rdm },
    { "vif", advise_blanks },
    { "vfb", advise_blanks },
    { "disk", advise_blanks },
    { "vtpm", advise_blanks },
    { "pvcalls", advise_blanks },
    { "usbctrl", advise_blanks },
    { "usbdev", advise_blanks },
    { "vkb", advise_blanks },
    { "vdispl", advise_blanks },
    { "virtio", advise_blanks },
    { "pci", advise_blanks },
    { "p9", advise_old_blanks, 418 },
    { "channel", advise_old_equals, 418 },
    { "gfx_passthru", advise_gfx_passthru },
};

static gboolean
counts(const Row *row, const XlcXen *xen)
{
    return row->mended == 0 || xen == NULL || *xen < row->mended;
}

void
xlc_advise_texts(const XlcAdvice *advice)
{
    for (guint i = 0; i < xlc_doc_n_entries(advice->doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(advice->doc, i);

        for (guint r = 0; r < G_N_ELEMENTS(rules); r++) {
            if (counts(&rules[r], advice->xen) &&
                (rules[r].key == NULL || g_str_equal(rules[r].key, entry->key)))
                for_each_atom(advice, entry->key, entry->value, rules[r].rule);
        }
    }
}
