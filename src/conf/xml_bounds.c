/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml_bounds.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/xml_place.h"

/* Far more than any domain has; an element or an attribute takes some hundred times its bytes. */
#define MAX_MARKS (2 * 1024 * 1024)

/* Of one element. */
#define MAX_ATTRIBUTES 1024

/* What a text may begin with: a byte order mark; <?xml in EBCDIC, which libxml2 knows by itself. */
#define MARK   "\xef\xbb\xbf"
#define EBCDIC "\x4c\x6f\xa7\x94"

/* A text that is looked through. */
typedef struct {
    const char *text;
    DomReport *report;
} Reader;

static gboolean
refuse(const Reader *reader, const char *at, const char *message)
{
    guint line = 1;
    const char *begin = reader->text;

    for (const char *c = reader->text; c < at; c++) {
        if (*c == '\n') {
            line++;
            begin = c + 1;
        }
    }
    dom_report_add(reader->report, DOM_SEVERITY_ERROR, line, (guint)(at - begin) + 1, "XML", "%s",
                   message);
    return FALSE;
}

/* Each begins or ends with one of these bytes, which text may have as well; a shorter text cannot
 * have too many. */
static gboolean
check_marks(const Reader *reader)
{
    guint marks = 0;

    if (strnlen(reader->text, MAX_MARKS + 1) <= MAX_MARKS)
        return TRUE;
    for (const char *at = reader->text; *at != '\0'; at++) {
        marks += *at == '<' || *at == '=';
        if (marks > MAX_MARKS)
            return refuse(reader, at,
                          _("too many elements and attributes, more than any domain has"));
    }
    return TRUE;
}

/* Returns what follows the attributes of @tag; NULL, reported, when it is refused. */
static const char *
pass_tag(const Reader *reader, const char *tag)
{
    const char *at = dom_xml_behind_name(tag), *behind, *name;
    guint attributes = 0;
    gsize length;

    if (tag[1] == '!' && g_str_has_prefix(tag, "<!DOCTYPE")) {
        refuse(reader, tag, _("a document type is not accepted here: take out <!DOCTYPE ...>"));
        return NULL;
    }
    for (; (behind = dom_xml_next_attribute(at, &name, &length)) != NULL; at = behind) {
        if (++attributes > MAX_ATTRIBUTES) {
            refuse(reader, name, _("too many attributes of one element, more than any has"));
            return NULL;
        }
    }
    return at;
}

/* Encodings in which the bytes of markup mean nothing else; a name may go on behind a *. In others
 * (UTF-7, ISO-2022-JP, EBCDIC) libxml2 would see what is looked for here in vain. */
static const char *const encodings[] = { "utf-8",      "utf8",         "us-ascii", "ascii",
                                         "iso-8859-*", "windows-125*", "koi8-*",   "gb2312",
                                         "gbk",        "gb18030",      "big5",     "euc-*",
                                         "shift_jis" };

static gboolean
is_plain(const char *encoding)
{
    g_autofree char *folded = g_ascii_strdown(encoding, -1);

    for (guint i = 0; i < G_N_ELEMENTS(encodings); i++) {
        if (g_pattern_match_simple(encodings[i], folded))
            return TRUE;
    }
    return FALSE;
}

/* The name of the encoding in the declaration that ends at @end; NULL for none. */
static const char *
find_encoding(const char *text, const char *end)
{
    const char *at = g_strstr_len(text, end - text, "encoding");

    if (at == NULL)
        return NULL;
    at += strlen("encoding");
    return at + strspn(at, " \t\r\n=\"'");
}

static gboolean
refuse_encoding(const Reader *reader, const char *at, const char *encoding)
{
    g_autofree char *message =
        g_strdup_printf(_("the encoding '%s' is not read here: write the text as UTF-8"), encoding);

    return refuse(reader, at, message);
}

/* Of a byte that the encoding does not have libxml2 says that the document ends there; one that is
 * not UTF-8 it tells of by itself. @begin: behind a byte order mark. */
static gboolean
check_bytes(const Reader *reader, const char *begin, const char *encoding)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *message = NULL;
    g_autofree char *text = NULL;
    gsize read = 0;

    if (g_ascii_strncasecmp(encoding, "utf", 3) == 0)
        return TRUE;
    text = g_convert(begin, -1, "UTF-8", encoding, &read, NULL, &error);
    if (!g_error_matches(error, G_CONVERT_ERROR, G_CONVERT_ERROR_ILLEGAL_SEQUENCE) &&
        !g_error_matches(error, G_CONVERT_ERROR, G_CONVERT_ERROR_PARTIAL_INPUT))
        return TRUE;
    message =
        g_strdup_printf(_("the encoding '%s' does not have this byte: write the one that the "
                          "text is in into <?xml version='1.0' encoding='...'?>, which mostly "
                          "is UTF-8"),
                        encoding);
    return refuse(reader, begin + read, message);
}

static gboolean
check_encoding(const Reader *reader)
{
    const char *begin = reader->text + (g_str_has_prefix(reader->text, MARK) ? strlen(MARK) : 0);
    const char *end = g_str_has_prefix(begin, "<?xml") ? strstr(begin, "?>") : NULL;
    const char *at = end != NULL ? find_encoding(begin, end) : NULL;
    g_autofree char *encoding = at != NULL ? g_strndup(at, strcspn(at, "\"'?")) : NULL;

    if (g_str_has_prefix(begin, EBCDIC))
        return refuse_encoding(reader, begin, "EBCDIC");
    if (encoding != NULL && !is_plain(encoding))
        return refuse_encoding(reader, at, encoding);
    return encoding == NULL || check_bytes(reader, begin, encoding);
}

/* Whether a tag can be refused at all; most texts need not be passed tag by tag. */
static gboolean
is_doubtful(const char *text)
{
    const char *equals = strchr(text, '=');

    for (guint n = 0; equals != NULL && n < MAX_ATTRIBUTES; n++)
        equals = strchr(equals + 1, '=');
    return equals != NULL || strstr(text, "<!DOCTYPE") != NULL;
}

gboolean
dom_xml_check_bounds(const char *text, DomReport *report)
{
    const Reader reader = { .text = text, .report = report };

    if (!check_encoding(&reader) || !check_marks(&reader))
        return FALSE;
    for (const char *tag = is_doubtful(text) ? dom_xml_next_tag(text) : NULL, *behind; tag != NULL;
         tag = dom_xml_next_tag(behind)) {
        behind = pass_tag(&reader, tag);
        if (behind == NULL)
            return FALSE;
    }
    return TRUE;
}

gboolean
dom_xml_is_full(xmlNodePtr node)
{
    guint attributes = 0;

    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next)
        attributes++;
    return attributes >= MAX_ATTRIBUTES;
}
