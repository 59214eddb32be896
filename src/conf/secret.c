/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/secret.h"

#include <libxml/tree.h>
#include <string.h>

#include "conf/metadata.h"
#include "conf/xml.h"

#define PASSWORD "passwd"

/* Takes the password of @screen; FALSE when it has none, or an empty one, which lets everybody in.
 */
static gboolean
take_password(xmlNodePtr screen)
{
    g_autofree char *password = dom_xml_peek(screen, "@" PASSWORD);

    return password != NULL && *password != '\0' && xmlUnsetProp(screen, BAD_CAST PASSWORD) == 0;
}

char *
dom_rest_without_secret(const DomRestItem *item)
{
    xmlDocPtr doc =
        strstr(item->text, PASSWORD) != NULL ? dom_xml_rest_doc(item, "devices", "graphics") : NULL;
    xmlNodePtr screen = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
    char *text = screen != NULL && take_password(screen) ? dom_xml_element_text(screen) : NULL;

    xmlFreeDoc(doc);
    return text;
}

/* A record begins with its rest. */
static const GPtrArray *
kept(gconstpointer data)
{
    return ((const DomRest *)data)->items;
}

gboolean
dom_record_has_secrets(const DomRecord *record, gconstpointer data)
{
    const GPtrArray *items = kept(data);

    for (guint i = 0; i < record->n_fields; i++) {
        if (dom_field_is_secret(&record->fields[i], data))
            return TRUE;
    }
    for (guint i = 0; items != NULL && i < items->len; i++) {
        g_autofree char *without = dom_rest_without_secret(items->pdata[i]);

        if (without != NULL)
            return TRUE;
    }
    return FALSE;
}

void
dom_record_clear_secrets(const DomRecord *record, gpointer data)
{
    const GPtrArray *items = kept(data);

    for (guint i = 0; i < record->n_fields; i++) {
        if (dom_field_is_secret(&record->fields[i], data))
            dom_field_clear(&record->fields[i], data);
    }
    for (guint i = 0; items != NULL && i < items->len; i++) {
        DomRestItem *item = items->pdata[i];
        char *without = dom_rest_without_secret(item);

        if (without == NULL)
            continue;
        g_free(item->text);
        item->text = without;
    }
}

void
dom_def_clear_secrets(DomDef *def)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (!section->list) {
            dom_record_clear_secrets(section->record, dom_section_data(section, def));
            continue;
        }
        for (guint j = 0; j < dom_section_list(section, def)->len; j++)
            dom_record_clear_secrets(section->record, dom_section_list(section, def)->pdata[j]);
    }
}

gboolean
dom_def_has_secrets(const DomDef *def)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];
        GPtrArray *list = section->list ? dom_section_list(section, def) : NULL;

        if (list == NULL &&
            dom_record_has_secrets(section->record, dom_section_const_data(section, def)))
            return TRUE;
        for (guint j = 0; list != NULL && j < list->len; j++) {
            if (dom_record_has_secrets(section->record, list->pdata[j]))
                return TRUE;
        }
    }
    return FALSE;
}

#define WITHHELD "<xl:withheld xmlns:xl=\"" DOM_METADATA_NS "\">password</xl:withheld>"

static gboolean
is_withheld(const DomRestItem *item)
{
    return item->attr == NULL && g_str_equal(item->path, "metadata") &&
           g_str_has_prefix(item->text, "<xl:withheld ") && strstr(item->text, DOM_METADATA_NS);
}

const DomRestItem *
dom_def_withheld(const DomDef *def)
{
    const GPtrArray *items = def->metadata.rest.items;

    for (guint i = 0; items != NULL && i < items->len; i++) {
        if (is_withheld(items->pdata[i]))
            return items->pdata[i];
    }
    return NULL;
}

void
dom_def_withhold_secrets(DomDef *def)
{
    dom_def_clear_secrets(def);
    if (dom_def_withheld(def) == NULL)
        dom_rest_add(&def->metadata.rest, "metadata", NULL, WITHHELD);
}

void
dom_def_settle_secrets(DomDef *def)
{
    GPtrArray *items = def->metadata.rest.items;

    for (guint i = items != NULL && dom_def_has_secrets(def) ? items->len : 0; i > 0; i--) {
        if (is_withheld(items->pdata[i - 1]))
            g_ptr_array_remove_index(items, i - 1);
    }
}
