/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "schema.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>

struct Schema {
    xmlRelaxNGPtr grammar;
};

static void
collect(void *data, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(data, format, args);
    va_end(args);
}

Schema *
schema_new(const char *path)
{
    xmlRelaxNGParserCtxtPtr parser;
    Schema *schema;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return NULL;
    schema = g_new0(Schema, 1);
    parser = xmlRelaxNGNewParserCtxt(path);
    schema->grammar = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    if (schema->grammar == NULL)
        g_clear_pointer(&schema, g_free);
    return schema;
}

void
schema_free(Schema *schema)
{
    if (schema == NULL)
        return;
    xmlRelaxNGFree(schema->grammar);
    g_free(schema);
}

gboolean
schema_validate(Schema *schema, const char *xml, char **ret_text)
{
    g_autoptr(GString) text = g_string_new(NULL);
    xmlDocPtr doc = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
    xmlRelaxNGValidCtxtPtr context;
    gboolean valid;

    if (doc == NULL) {
        *ret_text = g_strdup("not well-formed");
        return FALSE;
    }
    context = xmlRelaxNGNewValidCtxt(schema->grammar);
    xmlRelaxNGSetValidErrors(context, collect, collect, text);
    valid = xmlRelaxNGValidateDoc(context, doc) == 0;
    xmlRelaxNGFreeValidCtxt(context);
    xmlFreeDoc(doc);
    if (!valid)
        *ret_text = g_strdup(text->str);
    return valid;
}
