/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/xml_text.h"

static int
append(gpointer text, const char *bytes, int length)
{
    g_string_append_len(text, bytes, length);
    return length;
}

char *
dom_xml_text(xmlNodePtr node, int options)
{
    GString *text = g_string_new(NULL);
    xmlSaveCtxtPtr save = xmlSaveToIO(append, NULL, text, "UTF-8", options);

    xmlSaveTree(save, node);
    xmlSaveClose(save);
    return g_string_free(text, FALSE);
}
