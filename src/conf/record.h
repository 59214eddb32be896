/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A record: one struct of the model with its rows, and the hooks for what rows cannot say.
 *
 * A record lives in DomDef either once (a topic: DomFeatures) or in a list (a device: DomDisk). Its
 * struct begins with a DomRest member named rest.
 */
#pragma once

#include "conf/field.h"

typedef struct DomDef DomDef;
typedef struct DomXml DomXml;
typedef struct _xmlNode DomXmlNode; /* libxml2's xmlNode */

/* The text of what is not there: an element at the item's path that is written without being asked
 * for. */
#define DOM_REST_NONE "<!-- none -->"

/*
 * XML that the model has no member for, kept so that it comes back where it was. Owned by the
 * record below whose element it stood.
 */
typedef struct {
    char *path; /* of the parent element below the record's base; "" is the base itself */
    char *attr; /* attribute name (with prefix), or NULL for an element */
    char *text; /* the attribute's value, or the element as XML text */
    guint line; /* where it stood in the text that was read with a report; 0: nobody knows */
    guint column;
} DomRestItem;

typedef struct {
    GPtrArray *items;   /* of DomRestItem; NULL while there is none */
    GHashTable *places; /* see dom_rest_note(); NULL while there is none; shared by copies */
    gboolean element;   /* the record was made of an element of the text that is read; not copied */
} DomRest;

/* Returns the new item (borrowed). */
DomRestItem *dom_rest_add(DomRest *rest, const char *path, const char *attr, const char *text);
void dom_rest_clear(DomRest *rest);
/* Takes all items out, which are the caller's then, one by one; dom_rest_put() puts one back,
 * behind the others; dom_rest_drop() frees the last one that was put. */
void dom_rest_release(DomRest *rest);
void dom_rest_put(DomRest *rest, DomRestItem *item);
void dom_rest_drop(DomRest *rest);
/* Whether @item says that there is no element at its path. */
gboolean dom_rest_is_none(const DomRestItem *item);
/* Frees such an item, for an element that is not written after all. */
void dom_rest_forget_none(DomRest *rest, const char *path);
/* Whether @item is an element @name below the element at @path. */
gboolean dom_rest_is_element(const DomRestItem *item, const char *path, const char *name);
/* Whether such an element is kept. */
gboolean dom_rest_has_element(const DomRest *rest, const char *path, const char *name);
/* Where what @key says stood in the text that was read, for reports about what is written of it. No
 * part of the record's value. */
void dom_rest_note(DomRest *rest, const char *key, guint line, guint column);
/* 0, 0 where nobody noted it. */
void dom_rest_noted(const DomRest *rest, const char *key, guint *ret_line, guint *ret_column);
void dom_rest_copy(DomRest *to, const DomRest *from);
gboolean dom_rest_equal(const DomRest *a, const DomRest *b);

typedef struct {
    const char *name; /* the topic's word, for messages and tests */
    gsize size;
    const DomField *fields;
    guint n_fields;

    /* Hooks, all optional. They run after the rows. parse reports what is wrong into the DomXml. */
    void (*parse)(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def);
    void (*format)(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def);
    /* Reading, after all of the document: reports what is missing or cannot be. */
    void (*check)(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def);
    /* For lists: whether @node (whose name fits) becomes such a record, and whether @record becomes
     * a node. NULL: always. */
    gboolean (*claims)(const DomDef *def, DomXmlNode *node);
    gboolean (*shown)(const DomDef *def, gconstpointer record);
    /* Whether @record, which is not shown, can be a node that libvirt's schema does not have; NULL:
     * never. See dom_section_shows(). */
    gboolean (*odd)(gconstpointer record);
    /* For lists: where @node, child @place of those, stands among them; the least comes first.
     * NULL: in the order of the text. */
    guint64 (*order)(DomXmlNode *node, guint place);
    /* For lists: after the last one was read, all of them in @parent. */
    void (*listed)(DomXml *xml, DomXmlNode *parent, DomDef *def);
    /* Reading: says what it means for the guest that claims() left @node out. */
    void (*refused)(DomXml *xml, DomXmlNode *node);
} DomRecord;

#define DOM_RECORD(type, topic, rows, ...)                                                         \
    {                                                                                              \
        .name = (topic), .size = sizeof(type), .fields = (rows),                                   \
        .n_fields = G_N_ELEMENTS(rows) +                                                           \
                    0 * sizeof(char[DOM_TYPED_OFFSET(type, rest, DomRest) == 0 ? 1 : -1]),         \
        __VA_ARGS__                                                                                \
    }

/* Why something else cannot take a model, and which device of a list that is about. */
typedef struct {
    GError *error;
    const DomRecord *record; /* the list's; NULL: it is about no device */
    guint index;             /* in that list */
} DomComplaint;

/* NULL is fine. */
void dom_complaint_free(DomComplaint *complaint);

gpointer dom_record_new(const DomRecord *record);
/* Clears what @data owns; not @data itself, since a topic is embedded. */
void dom_record_clear(const DomRecord *record, gpointer data);
void dom_record_copy(const DomRecord *record, gpointer to, gconstpointer from);
gboolean dom_record_equal(const DomRecord *record, gconstpointer a, gconstpointer b);
/* Whether @data, a device, has what XML alone can say: unknown XML, or a member that xl.cfg has no
 * word for. */
gboolean dom_record_needs_xml(const DomRecord *record, gconstpointer data);
/* Whether a text of @data has one of @characters. */
gboolean dom_record_has_text(const DomRecord *record, gconstpointer data, const char *characters);
/* The row of member @name, or NULL. */
const DomField *dom_record_find(const DomRecord *record, const char *name);
