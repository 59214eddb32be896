/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What of a tree was understood. */
#include "conf/xml.h"

/* What a tree's elements and attributes are marked with, in the member that libxml2 leaves to its
 * users. */
static const char claimed[] = "claimed", owned[] = "owned", view[] = "view", waived[] = "waived",
                  known[] = "known";

static void
claim(void **mark)
{
    if (*mark == NULL)
        *mark = (void *)claimed;
}

void
dom_xml_claim_node(DomXml *xml, xmlNodePtr node)
{
    claim(&node->_private);
}

void
dom_xml_claim_attr(DomXml *xml, xmlAttrPtr attr)
{
    if (attr != NULL)
        claim(&attr->_private);
}

void
dom_xml_own_node(DomXml *xml, xmlNodePtr node)
{
    node->_private = (void *)owned;
}

void
dom_xml_view_node(DomXml *xml, xmlNodePtr node)
{
    node->_private = (void *)view;
}

gboolean
dom_xml_is_view(xmlNodePtr node)
{
    return node->_private == view;
}

void
dom_xml_waive_node(DomXml *xml, xmlNodePtr node)
{
    node->_private = (void *)waived;
}

gboolean
dom_xml_is_waived(xmlNodePtr node)
{
    return node->_private == waived;
}

void
dom_xml_know_node(DomXml *xml, xmlNodePtr node)
{
    node->_private = (void *)known;
}

gboolean
dom_xml_is_known(xmlNodePtr node)
{
    return node->_private == known;
}

gboolean
dom_xml_is_claimed(xmlNodePtr node)
{
    return node->_private != NULL && node->_private != known;
}

gboolean
dom_xml_is_owned(xmlNodePtr node)
{
    return node->_private == owned;
}
