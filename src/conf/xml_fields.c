/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows' way through XML: how each kind is spelled, and the walk over a record. */
#include "conf/xml.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/nearest.h"

gboolean
dom_xml_parse_uint(const char *text, guint64 *ret_value)
{
    return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret_value, NULL);
}

gboolean
dom_xml_parse_number(const char *text, guint64 *ret_value)
{
    char *end;

    errno = 0;
    *ret_value = g_ascii_strtoull(text, &end, 0);
    return g_ascii_isdigit(*text) && *end == '\0' && errno == 0;
}

static gboolean
parse_words(const DomField *field, gpointer record, const char *text, const char *on,
            const char *off, GError **error)
{
    if (!g_str_equal(text, on) && !g_str_equal(text, off)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("'%s' is neither '%s' nor '%s'"), text,
                    on, off);
        return FALSE;
    }
    *DOM_MEMBER(record, field, DomTristate) =
        g_str_equal(text, on) ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    return TRUE;
}

static gboolean
is_on(const DomField *field, gconstpointer record)
{
    return *DOM_CONST_MEMBER(record, field, DomTristate) == DOM_TRISTATE_ON;
}

static gboolean
onoff_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return parse_words(field, record, text, "on", "off", error);
}

static char *
onoff_format(const DomField *field, gconstpointer record)
{
    return g_strdup(is_on(field, record) ? "on" : "off");
}

static gboolean
yesno_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return parse_words(field, record, text, "yes", "no", error);
}

static char *
yesno_format(const DomField *field, gconstpointer record)
{
    return g_strdup(is_on(field, record) ? "yes" : "no");
}

static gboolean
present_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    *DOM_MEMBER(record, field, DomTristate) = DOM_TRISTATE_ON;
    return TRUE;
}

static char *
present_format(const DomField *field, gconstpointer record)
{
    return is_on(field, record) ? g_strdup("") : NULL;
}

const DomXmlCodec dom_xml_onoff = { onoff_parse, onoff_format };
const DomXmlCodec dom_xml_yesno = { yesno_parse, yesno_format };
const DomXmlCodec dom_xml_present = { present_parse, present_format };

static gboolean
uint_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    DomUint value = { .set = TRUE };

    if (!dom_xml_parse_uint(text, &value.value)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("'%s' is not a number"), text);
        return FALSE;
    }
    *DOM_MEMBER(record, field, DomUint) = value;
    return TRUE;
}

static char *
uint_format(const DomField *field, gconstpointer record)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, DOM_CONST_MEMBER(record, field, DomUint)->value);
}

static gboolean
int_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    DomInt value = { .set = TRUE };

    if (!g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value.value, NULL)) {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("'%s' is not a number"), text);
        return FALSE;
    }
    *DOM_MEMBER(record, field, DomInt) = value;
    return TRUE;
}

static char *
int_format(const DomField *field, gconstpointer record)
{
    return g_strdup_printf("%" G_GINT64_FORMAT, DOM_CONST_MEMBER(record, field, DomInt)->value);
}

static gboolean
string_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    dom_field_clear(field, record);
    *DOM_MEMBER(record, field, char *) = g_strdup(text);
    return TRUE;
}

static char *
string_format(const DomField *field, gconstpointer record)
{
    return g_strdup(*DOM_CONST_MEMBER(record, field, char *));
}

/* A blank text is nothing: libvirt's tools write <kernel/> for none. */
static gboolean
text_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return *text != '\0' && string_parse(field, record, text, error);
}

gboolean
dom_xml_is_word(const char *text, const char *also)
{
    const char *at = text;

    while (g_ascii_isalnum(*at) || (*at != '\0' && strchr(also, *at) != NULL))
        at++;
    return at > text && *at == '\0';
}

gboolean
dom_xml_is_bare(const char *text, gboolean empty)
{
    g_autofree char *bare = g_strstrip(g_strdup(text));

    return (*text != '\0' || empty) && g_str_equal(bare, text);
}

void
dom_xml_check_bare(DomXml *xml, xmlNodePtr node, const char *path, gboolean empty)
{
    g_autofree char *text = dom_xml_peek(node, path);
    g_autofree char *key = g_strdup_printf("%s/%s", (const char *)node->name, path);

    if (text != NULL && !dom_xml_is_bare(text, empty))
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, key,
                       _("'%s': expected some text without blanks at its ends"), text);
}

gboolean
dom_xml_is_path(const char *text)
{
    return *text == '/' && text[1] != '\0' && strpbrk(text, "\r\n") == NULL;
}

static char *
path_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);

    return dom_xml_is_path(text) ? g_strdup(text) : NULL;
}

/* One that xl.cfg has no form for either has no way to Xen. */
static gboolean
device_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    if (strpbrk(text, ",\r\n") == NULL)
        return text_parse(field, record, text, error);
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                _("'%s' holds a comma or a line break: expected the name of a network device"),
                text);
    return FALSE;
}

static char *
device_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);

    return dom_xml_is_word(text, "_.-\\:/") ? g_strdup(text) : NULL;
}

static char *
line_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);

    return *text != '\0' && strpbrk(text, "\r\n") == NULL ? g_strdup(text) : NULL;
}

static char *
natural_format(const DomField *field, gconstpointer record)
{
    gint64 value = DOM_CONST_MEMBER(record, field, DomInt)->value;

    return value >= 0 && value <= G_MAXUINT32 ? int_format(field, record) : NULL;
}

static char *
ushort_format(const DomField *field, gconstpointer record)
{
    return DOM_CONST_MEMBER(record, field, DomUint)->value <= G_MAXUINT16
               ? uint_format(field, record)
               : NULL;
}

gboolean
dom_xml_is_address(const char *text)
{
    guchar bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

gboolean
dom_xml_is_mac(const char *text)
{
    for (guint i = 0; i < 17; i++) {
        if (i % 3 == 2 ? text[i] != ':' : !g_ascii_isxdigit(text[i]))
            return FALSE;
    }
    return text[17] == '\0';
}

/* A card's own address: that of a group has the lowest bit of the first byte set. */
static char *
mac_format(const DomField *field, gconstpointer record)
{
    const char *text = *DOM_CONST_MEMBER(record, field, char *);
    gboolean own = dom_xml_is_mac(text) && g_ascii_xdigit_value(text[1]) % 2 == 0;

    return own ? g_strdup(text) : NULL;
}

const DomXmlCodec dom_xml_line = { text_parse, line_format };
const DomXmlCodec dom_xml_mac = { string_parse, mac_format };
const DomXmlCodec dom_xml_natural = { int_parse, natural_format };
const DomXmlCodec dom_xml_ushort = { uint_parse, ushort_format };
const DomXmlCodec dom_xml_path = { text_parse, path_format };
const DomXmlCodec dom_xml_device = { device_parse, device_format };

static gboolean
enum_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    int value = dom_enum_from_name(field->enums, text, FALSE);

    if (value == 0) {
        g_autofree char *complaint = dom_enum_complaint(field->enums, text);

        g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID, complaint);
        return FALSE;
    }
    *DOM_MEMBER(record, field, int) = value;
    return TRUE;
}

static char *
enum_format(const DomField *field, gconstpointer record)
{
    return g_strdup(dom_enum_name(field->enums, *DOM_CONST_MEMBER(record, field, int)));
}

/* A list has no spelling of its own in XML: its row brings a codec, or has no path. */
static const DomXmlCodec *const kind_codecs[] = {
    [DOM_KIND_TRISTATE] = &dom_xml_yesno,
    [DOM_KIND_UINT] = &(const DomXmlCodec){ uint_parse, uint_format },
    [DOM_KIND_INT] = &(const DomXmlCodec){ int_parse, int_format },
    [DOM_KIND_STRING] = &(const DomXmlCodec){ string_parse, string_format },
    [DOM_KIND_ENUM] = &(const DomXmlCodec){ enum_parse, enum_format },
    [DOM_KIND_STRV] = NULL,
};

static const DomXmlCodec *
codec_of(const DomField *field)
{
    return field->xml != NULL ? field->xml : kind_codecs[field->kind];
}

/* The path of a device's row begins below the device's element. */
static void
report_field(DomXml *xml, xmlNodePtr base, const char *path, const GError *error)
{
    gboolean root = base == xmlDocGetRootElement(xml->doc);
    g_autofree char *key = root ? g_strdup(path) : g_strdup_printf("%s/%s", base->name, path);

    dom_xml_report(xml, DOM_SEVERITY_ERROR, base, key, "%s", error->message);
}

void
dom_xml_parse_fields(DomXml *xml, xmlNodePtr base, const DomRecord *record, gpointer data)
{
    g_auto(DomXmlReader) reader = { .base = base };

    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];
        const char *text = field->path != NULL ? dom_xml_read(&reader, field->path) : NULL;
        g_autoptr(GError) error = NULL;

        if (text == NULL)
            continue;
        if (codec_of(field)->parse(field, data, text, &error) || error != NULL)
            dom_xml_reader_claim(&reader, xml, field->path);
        if (error != NULL)
            report_field(xml, base, field->path, error);
    }
}

void
dom_xml_format_fields(DomXml *xml, xmlNodePtr base, const DomRecord *record, gconstpointer data)
{
    for (guint i = 0; i < record->n_fields; i++) {
        const DomField *field = &record->fields[i];
        g_autofree char *text = NULL;

        if (field->path == NULL || !dom_field_is_set(field, data))
            continue;
        text = codec_of(field)->format(field, data);
        dom_xml_set(base, field->path, text);
    }
}
