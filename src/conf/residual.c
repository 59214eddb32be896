/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/residual.h"

#include <glib/gi18n-lib.h>

/* Takes @node out, and says so: @text is translated. */
static void
leave_out(DomXml *xml, DomSeverity severity, xmlNodePtr node, const char *key, const char *text)
{
    dom_xml_report(xml, severity, node, key, "%s", text);
    dom_xml_places_complete(xml->places);
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* The element is ours alone: what else stands in it would not come back in its place. */
static void
drop_strange(DomXml *xml, xmlNodePtr cfg)
{
    xmlNodePtr next;

    for (xmlAttrPtr attr = cfg->properties; attr != NULL; attr = attr->next) {
        dom_xml_claim_attr(xml, attr);
        if (!g_str_equal((const char *)attr->name, "implicit") &&
            !g_str_equal((const char *)attr->name, "shown"))
            dom_xml_report(xml, DOM_SEVERITY_WARNING, cfg, "metadata/xl:cfg",
                           _("attribute '%s' is not known here; it is left out"),
                           (const char *)attr->name);
    }
    for (xmlNodePtr child = dom_xml_child(cfg, NULL); child != NULL; child = next) {
        next = dom_xml_next(child, NULL);
        leave_out(xml, DOM_SEVERITY_WARNING, child, "metadata/xl:cfg",
                  _("an element has no meaning in this text; it is left out"));
    }
}

/* Kept as unknown XML it would stand in front of the one that counts the next time. */
static void
refuse_second(DomXml *xml, xmlNodePtr cfg)
{
    leave_out(xml, xml->hosted ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING, cfg, "metadata/xl:cfg",
              _("a domain has one such element, the first in its first <metadata>: this one is "
                "left out; put its text into that one"));
}

/* libvirt reads the first one alone. */
static void
drop_second_metadata(DomXml *xml, xmlNodePtr root)
{
    xmlNodePtr metadata = dom_xml_child(root, "metadata");

    for (xmlNodePtr next;
         metadata != NULL && (next = dom_xml_next(metadata, "metadata")) != NULL;) {
        leave_out(xml, DOM_SEVERITY_WARNING, next, "metadata",
                  _("a domain has one <metadata>: this one is left out; put what is in it into "
                    "the first one"));
    }
}

/* Without a namespace it would be text that nobody reads, until it stands where there is one. */
static void
refuse_unbound(DomXml *xml, xmlNodePtr root)
{
    xmlNodePtr metadata = dom_xml_child(root, "metadata");
    xmlNodePtr node = metadata != NULL ? dom_xml_child(metadata, NULL) : NULL;

    for (; node != NULL; node = dom_xml_next(node, NULL)) {
        if (node->ns == NULL && g_str_equal((const char *)node->name, "xl:cfg"))
            dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "metadata/xl:cfg",
                           _("nothing says what xl: is: expected <xl:cfg xmlns:xl='%s'>"),
                           DOM_METADATA_NS);
    }
}

xmlNodePtr
dom_residual_claim(DomXml *xml, xmlNodePtr root)
{
    g_autoptr(GPtrArray) all = dom_xml_residuals(root);
    xmlNodePtr first = all->len > 0 ? all->pdata[0] : NULL;
    gboolean counts = first != NULL && first->parent == dom_xml_child(root, "metadata");

    for (guint i = counts ? 1 : 0; i < all->len; i++)
        refuse_second(xml, all->pdata[i]);
    drop_second_metadata(xml, root);
    refuse_unbound(xml, root);
    if (!counts)
        return NULL;
    dom_xml_claim_node(xml, first);
    drop_strange(xml, first);
    return first;
}

/* The attribute may be spelled with entities, so that its own place is the nearest one there is. */
static void
report_attribute(DomXml *xml, xmlNodePtr cfg, const char *name, const DomReport *found)
{
    g_autofree char *key = g_strconcat("xl:cfg/@", name, NULL);
    guint line, column;

    if (dom_report_size(found) == 0)
        return;
    dom_xml_locate(xml, cfg, key, &line, &column);
    for (guint i = 0; i < dom_report_size(found); i++) {
        const DomDiagnostic *said = dom_report_get(found, i);

        dom_report_add(xml->report, said->severity, line, column, said->key,
                       _("the attribute %s, column %u: %s"), name, said->column, said->text);
    }
}

/* In its first line the text begins somewhere behind its tag, and nobody knows where. */
static void
report_text(DomXml *xml, guint first, const DomReport *found)
{
    for (guint i = 0; i < dom_report_size(found); i++) {
        const DomDiagnostic *said = dom_report_get(found, i);

        dom_report_add(xml->report, said->severity, said->line,
                       said->line != first ? said->column : 0, said->key, "%s", said->text);
    }
}

void
dom_residual_apply(DomXml *xml, xmlNodePtr cfg, DomDef *def, const DomDefOps *ops)
{
    g_autofree char *text = dom_xml_peek(cfg, "");
    g_autofree char *implicit = dom_xml_peek(cfg, "@implicit");
    g_autofree char *shown = dom_xml_peek(cfg, "@shown");
    g_autoptr(DomReport) in_text = dom_report_new(NULL);
    g_autoptr(DomReport) in_implicit = dom_report_new(NULL);
    g_autoptr(DomReport) in_shown = dom_report_new(NULL);
    const DomResidual residual = { .text = text,
                                   .implicit = implicit,
                                   .shown = shown,
                                   .line = (guint)MAX(xmlGetLineNo(cfg), 0),
                                   .placed = xml->placed,
                                   .report = in_text,
                                   .implicit_report = in_implicit,
                                   .shown_report = in_shown };

    ops->apply(def, &residual);
    report_text(xml, residual.line, in_text);
    report_attribute(xml, cfg, "implicit", in_implicit);
    report_attribute(xml, cfg, "shown", in_shown);
}
