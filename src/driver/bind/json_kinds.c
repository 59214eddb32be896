/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of values in libxl's JSON. Each fills one place; place is inside what libxl frees. */
#include "driver/bind/json_read.h"
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <libxl_utils.h>
#include <string.h>

static void
wrong(BindJsonReader *reader, const BindJsonNode *node, const char *expected)
{
    bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("expected %s"), expected);
}

/* The text of a string node; anything else is reported as not being @expected. */
static const char *
text_of(BindJsonReader *reader, const BindJsonNode *node, const char *expected)
{
    if (node->type == BIND_JSON_STRING)
        return node->text;
    wrong(reader, node, expected);
    return NULL;
}

static const BindJsonNode *
item_of(const BindJsonNode *node, guint index)
{
    return g_ptr_array_index(node->items, index);
}

void
bind_json_read_bool(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                    gpointer place)
{
    if (node->type == BIND_JSON_BOOL)
        *(bool *)place = node->on;
    else
        wrong(reader, node, _("true or false"));
}

/* libxl writes its third state with words; true and false are what everybody else writes. */
void
bind_json_read_defbool(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                       gpointer place)
{
    const char *text = node->type == BIND_JSON_STRING ? node->text : "";

    if (node->type == BIND_JSON_BOOL)
        libxl_defbool_set(place, node->on);
    else if (g_str_equal(text, "True") || g_str_equal(text, "False"))
        libxl_defbool_set(place, text[0] == 'T');
    else if (!g_str_equal(text, "<default>"))
        wrong(reader, node, _("\"True\", \"False\" or \"<default>\""));
}

void
bind_json_read_int(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                   gpointer place)
{
    gint64 number;

    if (node->type == BIND_JSON_NUMBER &&
        g_ascii_string_to_signed(node->text, 10, G_MININT32, G_MAXINT32, &number, NULL))
        *(int *)place = (int)number;
    else
        wrong(reader, node, _("a number without a fraction that fits into 32 bits"));
}

void
bind_json_read_uint(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                    gpointer place)
{
    guint64 max = row->size < sizeof(guint64) ? (1ULL << (8 * row->size)) - 1 : G_MAXUINT64;
    guint64 number;

    if (node->type == BIND_JSON_NUMBER &&
        g_ascii_string_to_unsigned(node->text, 10, 0, max, &number, NULL))
        memcpy(place, &number, row->size);
    else
        bind_json_report(reader, DOM_SEVERITY_ERROR, node,
                         _("expected a number from 0 to %" PRIu64), max);
}

static void
replace(char **place, const char *text)
{
    free(*place);
    *place = bind_strdup(text);
}

/* null is what libxl writes for no string. */
void
bind_json_read_string(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                      gpointer place)
{
    if (node->type == BIND_JSON_NULL)
        replace(place, NULL);
    else if (text_of(reader, node, _("a string")) != NULL)
        replace(place, node->text);
}

/* @n strings and the NULL that ends them. */
static char **
new_strings(BindJsonReader *reader, const BindJsonNode *node, gsize n)
{
    char **strings;

    if (!bind_json_reserve(reader, node, (n + 1) * sizeof(char *)))
        return NULL;
    strings = calloc(n + 1, sizeof(char *));
    if (strings == NULL)
        g_error("out of memory");
    return strings;
}

void
bind_json_read_strings(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                       gpointer place)
{
    char **strings;

    if (node->type != BIND_JSON_LIST) {
        wrong(reader, node, _("a list of strings"));
        return;
    }
    if (node->items->len == 0 || (strings = new_strings(reader, node, node->items->len)) == NULL)
        return;
    *(libxl_string_list *)place = strings;
    for (guint i = 0; i < node->items->len; i++) {
        const char *text = text_of(reader, item_of(node, i), _("a string"));

        *strings++ = bind_strdup(text != NULL ? text : "");
    }
}

void
bind_json_read_pairs(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                     gpointer place)
{
    char **strings;

    if (node->type != BIND_JSON_MAP) {
        wrong(reader, node, _("an object with strings"));
        return;
    }
    if (node->items->len == 0 ||
        (strings = new_strings(reader, node, 2 * (gsize)node->items->len)) == NULL)
        return;
    *(libxl_key_value_list *)place = strings;
    for (guint i = 0; i < node->items->len; i++) {
        const BindJsonNode *item = item_of(node, i);
        const char *text =
            item->type == BIND_JSON_NULL ? NULL : text_of(reader, item, _("a string"));

        *strings++ = bind_strdup(item->name);
        *strings++ = bind_strdup(text);
    }
}

void
bind_json_read_enum(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                    gpointer place)
{
    const char *text;

    /* what libxl writes for a value that it has no word for, as xl makes one of rdm= */
    if (node->type == BIND_JSON_NULL)
        return;
    text = text_of(reader, node, _("a word"));
    if (text != NULL && row->words->parse(text, place) != 0)
        bind_json_report(reader, DOM_SEVERITY_ERROR, node,
                         _("this version of Xen does not know the word '%s'"), text);
}

/* The number of a bit, bounded; -1 when it is none. */
static int
bit_of(BindJsonReader *reader, const BindJsonNode *node)
{
    guint64 bit;

    if (node->type == BIND_JSON_NUMBER &&
        g_ascii_string_to_unsigned(node->text, 10, 0, DOM_CPU_VCPUS_MAX - 1, &bit, NULL))
        return (int)bit;
    bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("expected a number below %d"),
                     DOM_CPU_VCPUS_MAX);
    return -1;
}

/* A list of the bits that are set, in any order. */
void
bind_json_read_bitmap(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                      gpointer place)
{
    int last = -1;

    if (node->type != BIND_JSON_LIST) {
        wrong(reader, node, _("a list of numbers"));
        return;
    }
    for (guint i = 0; i < node->items->len; i++)
        last = MAX(last, bit_of(reader, item_of(node, i)));
    if (last < 0 || !bind_json_reserve(reader, node, (gsize)last / 8 + 1))
        return;
    bind_bitmap_alloc(place, (guint)last + 1);
    for (guint i = 0; i < node->items->len; i++) {
        const BindJsonNode *item = item_of(node, i);

        if (item->type == BIND_JSON_NUMBER)
            libxl_bitmap_set(place, (int)g_ascii_strtoull(item->text, NULL, 10));
    }
}

void
bind_json_read_uuid(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                    gpointer place)
{
    const char *text = text_of(reader, node, _("a UUID"));
    g_autoptr(GError) error = NULL;

    if (text != NULL && !bind_uuid_apply(text, place, &error))
        bind_json_report(reader, DOM_SEVERITY_ERROR, node, "%s", error->message);
}

void
bind_json_read_mac(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                   gpointer place)
{
    const char *text = text_of(reader, node, _("a MAC address"));
    g_autoptr(GError) error = NULL;

    if (text != NULL && !bind_mac_apply(text, place, &error))
        bind_json_report(reader, DOM_SEVERITY_ERROR, node, "%s", error->message);
}

void
bind_json_read_genid(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                     gpointer place)
{
    libxl_ms_vm_genid *genid = place;
    gboolean ok = node->type == BIND_JSON_LIST && node->items->len == LIBXL_MS_VM_GENID_LEN;

    for (guint i = 0; ok && i < LIBXL_MS_VM_GENID_LEN; i++) {
        const BindJsonNode *item = item_of(node, i);
        guint64 byte;

        ok = item->type == BIND_JSON_NUMBER &&
             g_ascii_string_to_unsigned(item->text, 10, 0, G_MAXUINT8, &byte, NULL);
        if (ok)
            genid->bytes[i] = (uint8_t)byte;
    }
    if (!ok)
        bind_json_report(reader, DOM_SEVERITY_ERROR, node, _("expected a list of %d bytes"),
                         LIBXL_MS_VM_GENID_LEN);
}

/* Adds @separator and the number @name of @leaf; FALSE when it is not one. */
static gboolean
add_number(const BindJsonNode *leaf, const char *name, const char *separator, GString *line)
{
    const BindJsonNode *number = bind_json_member(leaf, name);

    if (number == NULL || number->type != BIND_JSON_NUMBER ||
        !g_ascii_string_to_unsigned(number->text, 10, 0, G_MAXUINT32, NULL, NULL))
        return FALSE;
    g_string_append_printf(line, "%s%s", separator, number->text);
    return TRUE;
}

/* Adds the bits of a register, unless @leaf leaves it out. */
static gboolean
add_register(const BindJsonNode *leaf, const char *name, char *separator, GString *line)
{
    const BindJsonNode *bits = bind_json_member(leaf, name);

    if (bits == NULL)
        return TRUE;
    if (bits->type != BIND_JSON_STRING || strlen(bits->text) != 32 ||
        strspn(bits->text, "01xks") != 32)
        return FALSE;
    g_string_append_printf(line, "%c%s=%s", *separator, name, bits->text);
    *separator = ',';
    return TRUE;
}

/* One leaf in the form that libxl_cpuid_parse_config_xend reads: "leaf,subleaf:eax=bits,...". */
static gboolean
format_leaf(const BindJsonNode *leaf, GString *line)
{
    static const char *const registers[] = { "eax", "ebx", "ecx", "edx" };
    char separator = ':';

    if (!add_number(leaf, "leaf", "", line) ||
        (bind_json_member(leaf, "subleaf") != NULL && !add_number(leaf, "subleaf", ",", line)))
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(registers); i++) {
        if (!add_register(leaf, registers[i], &separator, line))
            return FALSE;
    }
    return TRUE;
}

/* One without registers says nothing: xl leaves it behind where it ignored an item. */
static gboolean
says_something(const GString *line)
{
    return strchr(line->str, ':') != NULL;
}

static void
read_leaf(BindJsonReader *reader, const BindJsonNode *leaf, libxl_cpuid_policy_list *policy)
{
    g_autoptr(GString) line = g_string_new(NULL);

    gboolean right = format_leaf(leaf, line);

    if (right && !says_something(line))
        bind_json_report(reader, DOM_SEVERITY_WARNING, leaf,
                         _("this leaf sets no register, and xl.cfg has no way to say that; it is "
                           "left out"));
    else if (!right || libxl_cpuid_parse_config_xend(policy, line->str) != 0)
        wrong(reader, leaf, _("a number named leaf and registers of 32 of the characters 01xks"));
}

/* A list of leaves; since Xen 4.17 an object that has it beside a list of MSRs. */
void
bind_json_read_cpuid(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                     gpointer place)
{
    const BindJsonNode *leaves =
        node->type == BIND_JSON_MAP ? bind_json_member(node, "cpuid") : node;
    const BindJsonNode *msr = bind_json_member(node, "msr");

    if (leaves == NULL || leaves->type != BIND_JSON_LIST) {
        wrong(reader, node, _("a list of CPUID leaves"));
        return;
    }
    for (guint i = 0; i < leaves->items->len; i++) {
        gsize length = bind_json_enter(reader, item_of(leaves, i), i);

        read_leaf(reader, item_of(leaves, i), place);
        bind_json_leave(reader, length);
    }
    if (msr != NULL && (msr->type != BIND_JSON_LIST || msr->items->len > 0))
        bind_json_report(reader, DOM_SEVERITY_WARNING, msr,
                         _("xl.cfg has no way to set an MSR; it is left out"));
}
