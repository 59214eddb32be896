/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml_bounds.h"

#include <glib/gi18n-lib.h>

#include "conf/xml_place.h"

/* Far more than any domain has; an element or an attribute takes some hundred times its bytes. */
#define MAX_MARKS (2 * 1024 * 1024)

/* Of one element. */
#define MAX_ATTRIBUTES 1024

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

/* Each begins or ends with one of these bytes, which text may have as well. */
static gboolean
check_marks(const Reader *reader)
{
    guint marks = 0;

    for (const char *at = reader->text; *at != '\0'; at++) {
        marks += *at == '<' || *at == '=';
        if (marks > MAX_MARKS)
            return refuse(reader, at,
                          _("too many elements and attributes, more than any domain has"));
    }
    return TRUE;
}

static gboolean
check_tag(const Reader *reader, const char *tag)
{
    const char *at = dom_xml_behind_name(tag), *behind, *name;
    guint attributes = 0;
    gsize length;

    if (g_str_has_prefix(tag, "<!DOCTYPE"))
        return refuse(reader, tag,
                      _("a document type is not accepted here: take out <!DOCTYPE ...>"));
    for (; (behind = dom_xml_next_attribute(at, &name, &length)) != NULL; at = behind) {
        if (++attributes > MAX_ATTRIBUTES)
            return refuse(reader, name, _("too many attributes of one element, more than any has"));
    }
    return TRUE;
}

gboolean
dom_xml_check_bounds(const char *text, DomReport *report)
{
    const Reader reader = { .text = text, .report = report };

    if (!check_marks(&reader))
        return FALSE;
    for (const char *tag = dom_xml_next_tag(text); tag != NULL;
         tag = dom_xml_next_tag(dom_xml_skip_tag(tag))) {
        if (!check_tag(&reader, tag))
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
