/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/key.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/numbers.h"
#include "xlconv/vfb.h"

void
xlc_report(XlcReader *reader, DomSeverity severity, const XlcKey *key, const XlcValue *value,
           const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    dom_report_add(reader->report, severity, reader->line + value->start.line, value->start.column,
                   key->key, "%s", text);
}

/* xl ignores a key with a bad value, unless it refuses the whole file. */
static void
report_bad(XlcReader *reader, const XlcKey *key, const XlcValue *value, const char *what)
{
    if (key->flags & XLC_FATAL)
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value, "%s", what);
    else if (key->otherwise != NULL)
        xlc_report(reader, DOM_SEVERITY_WARNING, key, value, _("%s; xl ignores this key, and %s"),
                   what, _(key->otherwise));
    else
        xlc_report(reader, DOM_SEVERITY_WARNING, key, value, _("%s; xl ignores this key"), what);
}

const char *
xlc_take_atom(XlcReader *reader, const XlcKey *key, const XlcValue *value)
{
    if (value->kind != XLC_VALUE_LIST)
        return value->text;
    report_bad(reader, key, value, _("this is a list; expected one value"));
    return NULL;
}

char **
xlc_take_strv(XlcReader *reader, const XlcKey *key, const XlcValue *value)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    if (value->kind != XLC_VALUE_LIST) {
        report_bad(reader, key, value, _("this is one value; expected a list [ ... ]"));
        return NULL;
    }
    for (guint i = 0; i < value->n_items; i++) {
        if (value->items[i]->kind == XLC_VALUE_LIST) {
            xlc_report(reader, DOM_SEVERITY_WARNING, key, value->items[i],
                       _("a list stands inside the list, and xl stops reading there"));
            break;
        }
        g_strv_builder_add(builder, value->items[i]->text);
    }
    return g_strv_builder_end(builder);
}

static gboolean
is_for(const XlcKey *key, const DomDef *def)
{
    static const XlcGuests guests[] = {
        [DOM_TYPE_PV] = XLC_PV, [DOM_TYPE_PVH] = XLC_PVH, [DOM_TYPE_HVM] = XLC_HVM
    };

    return (key->guests & guests[dom_general_type(def)]) != 0;
}

static gboolean
take_number(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, gint64 min, gint64 max,
            gint64 *ret_number)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *what = NULL;

    if (xlc_entry_number(entry, min, max, ret_number, &error))
        return TRUE;
    what = key->shape == XLC_SHAPE_MIB && entry->value->kind != XLC_VALUE_LIST && !entry->no_number
               ? g_strdup_printf(_("%s; expected MiB"), error->message)
               : g_strdup(error->message);
    report_bad(reader, key, entry->value, what);
    return FALSE;
}

/* A number as xl takes it for @key: some keys have bounds, the others take any, fitting or not. */
static gboolean
take_any(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, const DomDef *def,
         gint64 *ret_number)
{
    if (key->flags & XLC_FATAL)
        return take_number(reader, key, entry, 0, G_MAXINT32, ret_number);
    if (!take_number(reader, key, entry, G_MININT64, G_MAXINT64, ret_number))
        return FALSE;
    if (*ret_number >= 0 || !(key->flags & XLC_FATAL_NEGATIVE) || !is_for(key, def))
        return TRUE;
    xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value,
               _("%s is negative, which xl refuses: expected 0 or more"), entry->value->text);
    return FALSE;
}

/* xl puts a number where fewer bits have room, and goes on with @kept. */
static void
report_cut(XlcReader *reader, const XlcKey *key, const XlcValue *value, gint64 number, gint64 kept)
{
    if (number != kept)
        xlc_report(reader, DOM_SEVERITY_WARNING, key, value,
                   _("%s does not fit, and xl makes %" PRId64 " of it"), value->text, kept);
}

static gboolean
parse_bool(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    gint64 number;

    if (!take_number(reader, key, entry, G_MININT64, G_MAXINT64, &number))
        return FALSE;
    *DOM_MEMBER(def, &key->field, DomTristate) = number != 0 ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    return TRUE;
}

static void
format_bool(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    DomTristate value = *DOM_CONST_MEMBER(def, &key->field, DomTristate);

    xlc_writer_atom(writer, key->key, value == DOM_TRISTATE_ON ? "1" : "0");
}

static gboolean
parse_uint(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    gint64 number, kept;

    if (!take_any(reader, key, entry, def, &number))
        return FALSE;
    kept = key->flags & XLC_FATAL_NEGATIVE ? number : (gint64)(guint32)number;
    report_cut(reader, key, entry->value, number, kept);
    *DOM_MEMBER(def, &key->field, DomUint) = (DomUint){ .value = (guint64)kept, .set = TRUE };
    return TRUE;
}

static void
format_uint(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    xlc_writer_unsigned(writer, key->key, DOM_CONST_MEMBER(def, &key->field, DomUint)->value);
}

/* xl hands a negative number on as the huge one that has the same bits; so does the member. */
static gboolean
parse_mib(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    gint64 number;
    guint64 kib;

    if (!take_any(reader, key, entry, def, &number))
        return FALSE;
    kib = (guint64)number * 1024;
    if (number < 0)
        xlc_report(
            reader, DOM_SEVERITY_WARNING, key, entry->value,
            _("%s is negative, and xl makes a huge number of it, with which no guest starts: "
              "expected 0 or more"),
            entry->value->text);
    else
        report_cut(reader, key, entry->value, number, (gint64)kib / 1024);
    *DOM_MEMBER(def, &key->field, DomUint) = (DomUint){ .value = kib, .set = TRUE };
    return TRUE;
}

/* xl.cfg counts in MiB: what is no multiple is rounded up, so that the guest has no less. */
static void
format_mib(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    guint64 member = DOM_CONST_MEMBER(def, &key->field, DomUint)->value;
    gint64 kib = (gint64)(key->kib != NULL ? key->kib(def) : member);

    xlc_writer_integer(writer, key->key, kib / 1024 + (kib % 1024 > 0));
}

static gboolean
parse_int(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    gint64 number;

    if (!take_any(reader, key, entry, def, &number))
        return FALSE;
    report_cut(reader, key, entry->value, number, (gint32)number);
    *DOM_MEMBER(def, &key->field, DomInt) = (DomInt){ .value = (gint32)number, .set = TRUE };
    return TRUE;
}

static void
format_int(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    xlc_writer_integer(writer, key->key, DOM_CONST_MEMBER(def, &key->field, DomInt)->value);
}

static gboolean
parse_string(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);

    if (text == NULL)
        return FALSE;
    dom_field_clear(&key->field, def);
    *DOM_MEMBER(def, &key->field, char *) = g_strdup(text);
    return TRUE;
}

static void
format_string(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    xlc_writer_string(writer, key->key, *DOM_CONST_MEMBER(def, &key->field, char *));
}

/* The enum value that a number stands for, where the key takes numbers; 0 for none. */
static int
enum_from_number(const XlcKey *key, const char *text)
{
    gint64 number;

    if (!(key->flags & XLC_NUMERIC) ||
        !xlc_number_parse(text, 0, (gint64)key->field.enums->count - 2, &number, NULL))
        return 0;
    return (int)number + 1;
}

static gboolean
parse_enum(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    const char *text = xlc_take_atom(reader, key, entry->value);
    int value;

    if (text == NULL)
        return FALSE;
    value = dom_enum_from_name(key->field.enums, text, (key->flags & XLC_FOLD) != 0);
    if (value == 0)
        value = enum_from_number(key, text);
    if (value == 0) {
        g_autofree char *complaint = dom_enum_complaint(key->field.enums, text);

        xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value, "%s", complaint);
        return FALSE;
    }
    *DOM_MEMBER(def, &key->field, int) = value;
    return TRUE;
}

static void
format_enum(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    int value = *DOM_CONST_MEMBER(def, &key->field, int);

    xlc_writer_string(writer, key->key, dom_enum_name(key->field.enums, value));
}

static gboolean
parse_strv(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    char **list = xlc_take_strv(reader, key, entry->value);

    if (list == NULL)
        return FALSE;
    dom_field_clear(&key->field, def);
    *DOM_MEMBER(def, &key->field, char **) = list;
    return TRUE;
}

static void
format_strv(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    xlc_writer_open(writer, key->key);
    for (char *const *item = *DOM_CONST_MEMBER(def, &key->field, char **); *item != NULL; item++)
        xlc_writer_item_string(writer, *item);
    xlc_writer_close(writer);
}

static const struct {
    gboolean (*parse)(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def);
    void (*format)(const XlcKey *key, const DomDef *def, XlcWriter *writer);
} shapes[] = {
    [XLC_SHAPE_BOOL] = { parse_bool, format_bool },
    [XLC_SHAPE_UINT] = { parse_uint, format_uint },
    [XLC_SHAPE_MIB] = { parse_mib, format_mib },
    [XLC_SHAPE_INT] = { parse_int, format_int },
    [XLC_SHAPE_STRING] = { parse_string, format_string },
    [XLC_SHAPE_ENUM] = { parse_enum, format_enum },
    [XLC_SHAPE_STRV] = { parse_strv, format_strv },
};

/* An enum is looked at only for the guests that it is for; xl does not see it for the others. */
static gboolean
parse_shape(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    gboolean unread = key->shape == XLC_SHAPE_ENUM || (key->flags & XLC_UNREAD_ELSEWHERE);
    XlcReader quiet = { .doc = reader->doc };

    return shapes[key->shape].parse(unread && !is_for(key, def) ? &quiet : reader, key, entry, def);
}

/* xl refuses the file for it, so the value has been taken all the same: others may be wrong, too.
 */
static void
check_text(XlcReader *reader, const XlcKey *key, const XlcValue *value)
{
    const char *expected = key->expect(value->text);

    if (expected != NULL)
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value, _("'%s' is wrong: expected %s"),
                   value->text, expected);
}

gboolean
xlc_key_is_read(const XlcKey *key, const DomDef *def)
{
    if ((key->flags & XLC_HEAD) && dom_general_type(def) == DOM_TYPE_PV)
        return xlc_vfb_is_to_make(def);
    return (key->guests & XLC_ARM) || is_for(key, def);
}

static void
check_texts(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, const DomDef *def)
{
    const XlcValue *value = entry->value;

    if (key->expect == NULL || !xlc_key_is_read(key, def))
        return;
    if (value->kind != XLC_VALUE_LIST && key->shape != XLC_SHAPE_CODEC)
        check_text(reader, key, value);
    for (guint i = 0; value->kind == XLC_VALUE_LIST && i < value->n_items; i++) {
        if (value->items[i]->kind != XLC_VALUE_LIST)
            check_text(reader, key, value->items[i]);
        else
            xlc_report(reader, DOM_SEVERITY_ERROR, key, value->items[i],
                       _("this is a list; expected one value"));
    }
}

static gboolean
parse_value(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    if (key->shape == XLC_SHAPE_CODEC ? !key->codec->parse(reader, key, entry, def)
                                      : !parse_shape(reader, key, entry, def))
        return FALSE;
    check_texts(reader, key, entry, def);
    return TRUE;
}

/* Whether the row takes the value at all. */
static gboolean
is_taken(const XlcReader *reader, const XlcKey *key, const XlcEntry *entry, const DomDef *def)
{
    g_autoptr(DomDef) trial = dom_def_copy(def);
    XlcReader quiet = *reader;

    quiet.report = NULL;
    return parse_value(&quiet, key, entry, trial);
}

void
xlc_key_report_outdated(XlcReader *reader, const XlcKey *key, const XlcEntry *entry)
{
    xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
               _("an element says otherwise, and counts: this is left out"));
}

/* Whether the element that is there now takes the place of the text. */
static gboolean
is_outdated(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, const DomDef *def)
{
    if (!reader->patch || !g_hash_table_contains(reader->outdated, key) ||
        !is_taken(reader, key, entry, def))
        return FALSE;
    xlc_key_report_outdated(reader, key, entry);
    return TRUE;
}

/* Whether the text was written for a kind of guest for which xl ignores it. */
static gboolean
is_woken(XlcReader *reader, const XlcKey *key, const XlcEntry *entry)
{
    if (!reader->patch || !g_hash_table_contains(reader->woken, key))
        return FALSE;
    xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
               _("xl ignores this for the kind of guest that it was written for, and not for this "
                 "one: it is left out; write it anew if it is meant"));
    return TRUE;
}

gboolean
xlc_key_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def)
{
    if (is_woken(reader, key, entry))
        return TRUE;
    if (key->status == XLC_DEPRECATED)
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value,
                   _("this key is deprecated: use %s"), key->instead);
    if (key->status == XLC_KEPT) {
        xlc_report(reader, DOM_SEVERITY_WARNING, key, entry->value, "%s", _(key->why));
        return FALSE;
    }
    if ((key->flags & XLC_REFUSED_ELSEWHERE) && !is_for(key, def) &&
        entry->value->kind != XLC_VALUE_LIST) {
        xlc_report(reader, DOM_SEVERITY_ERROR, key, entry->value,
                   _("xl refuses this key for a guest of this type: leave it out"));
        return FALSE;
    }
    return is_outdated(reader, key, entry, def) || parse_value(reader, key, entry, def);
}

void
xlc_key_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)
{
    if (key->status != XLC_MAPPED)
        return;
    if (key->shape == XLC_SHAPE_CODEC)
        key->codec->format(key, def, writer);
    else if (dom_field_is_set(&key->field, def))
        shapes[key->shape].format(key, def, writer);
}

gboolean
xlc_key_same(const XlcKey *key, const DomDef *a, const DomDef *b)
{
    if (key->shape != XLC_SHAPE_CODEC)
        return dom_field_equal(&key->field, a, b);
    return key->codec != NULL && key->codec->same != NULL && key->codec->same(a, b);
}

void
xlc_key_clear(const XlcKey *key, DomDef *def)
{
    if (key->shape != XLC_SHAPE_CODEC)
        dom_field_clear(&key->field, def);
    else if (key->codec != NULL && key->codec->clear != NULL)
        key->codec->clear(key, def);
}

gboolean
xlc_key_holds_number(const XlcKey *key)
{
    return key->shape == XLC_SHAPE_MIB || key->shape == XLC_SHAPE_UINT ||
           key->shape == XLC_SHAPE_INT || key->shape == XLC_SHAPE_BOOL || (key->flags & XLC_SWITCH);
}
