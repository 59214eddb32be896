/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domain XML as a tree that remembers what was understood.
 *
 * A place is named by a path below a base element: "os/kernel" (the element's text),
 * "vcpu/@current" (an attribute), "clock/timer[@name='tsc']/@mode" (the first timer of that name).
 * Reading a place claims it; what nobody claimed is kept as the record's rest and put back on
 * writing. Writing a place makes the elements it needs, predicates included.
 *
 * Private to src/conf.
 */
#pragma once

#include <libxml/tree.h>

#include "conf/record.h"
#include "conf/report.h"
#include "conf/xml_index.h"
#include "conf/xml_place.h"

struct DomXml {
    xmlDocPtr doc;
    const char *source;     /* reading: the text, to find places; borrowed */
    DomXmlPlaces *places;   /* reading: made with the first report */
    DomReport *report;      /* reading: where errors go; borrowed */
    guint flags;            /* writing: DomFormatFlags */
    gboolean hosted;        /* reading: DomDefOps.hosted */
    gboolean placed;        /* reading: what is kept remembers its place */
    DomXmlIndex index;      /* reading: for hooks that look outside of their element */
    guint place;            /* of the record in its list, while its hooks run */
    GHashTable *disk_names; /* reading: of the disks that are checked, made with the first one */
    gboolean doubtful;      /* reading: what is kept may be something else where it is put back */
};

/* The text at @path (transfer full), claimed; NULL when it is not there. */
char *dom_xml_take(DomXml *xml, xmlNodePtr base, const char *path);
/* The same without a claim. */
char *dom_xml_peek(xmlNodePtr base, const char *path);

/*
 * Reads many places below one element, as the rows of a table: neighbours that begin with the same
 * step look for that once, and texts are not copied. Nothing may change the tree meanwhile.
 *
 *     g_auto(DomXmlReader) reader = { .base = node };
 */
typedef struct {
    xmlNodePtr base;
    const char *step; /* begins with the step that was looked for last */
    gsize length;     /* of that step; 0: none yet */
    xmlNodePtr node;  /* what it means, or NULL */
    xmlNodePtr found; /* the element or attribute that the last text is of */
    char *made;       /* that text, where the tree has it in pieces */
} DomXmlReader;

/* As dom_xml_peek(), but borrowed until the next call. */
const char *dom_xml_read(DomXmlReader *reader, const char *path);
/* Marks the place that was read last, @path again, as understood; it was there. */
void dom_xml_reader_claim(DomXmlReader *reader, DomXml *xml, const char *path);
void dom_xml_reader_clear(DomXmlReader *reader);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DomXmlReader, dom_xml_reader_clear)

/* Whether the text at @path is @text; NULL: whether there is none. */
gboolean dom_xml_is(xmlNodePtr base, const char *path, const char *text);

/* The element at @path (without an @attribute step), or NULL. Not claimed. */
xmlNodePtr dom_xml_find(xmlNodePtr base, const char *path);
/* Marks all that @path passes through as understood. */
void dom_xml_claim(DomXml *xml, xmlNodePtr base, const char *path);
/* The element that the last step of @path, which has no brackets, stands in; NULL when it is not
 * there. What is there of the way to it is marked. */
xmlNodePtr dom_xml_take_parent(DomXml *xml, xmlNodePtr base, const char *path);
/* Marks @node and all of @places (ended by NULL) below it. */
void dom_xml_claim_all(DomXml *xml, xmlNodePtr node, const char *const *places);
/* Whether @node holds nothing but what stands at @places, which have no brackets. Text does not
 * count. */
gboolean dom_xml_holds_only(xmlNodePtr node, const char *const *places);
/* Marks one element (not its attributes or children), or one attribute (NULL is fine). */
void dom_xml_claim_node(DomXml *xml, xmlNodePtr node);
void dom_xml_claim_attr(DomXml *xml, xmlAttrPtr attr);
/* Marks an element as that of a device, whose record keeps what is unknown in it. */
void dom_xml_own_node(DomXml *xml, xmlNodePtr node);
/* Marks an element as one more of the device whose element stands in front of it, behind which it
 * is written again. What is unknown in it is kept with the root. */
void dom_xml_view_node(DomXml *xml, xmlNodePtr node);
/* Marks an element as understood and not to be written: nothing in it is kept. */
void dom_xml_waive_node(DomXml *xml, xmlNodePtr node);
/* Marks an element that is kept as unknown XML is, and that nothing more is to be said about. */
void dom_xml_know_node(DomXml *xml, xmlNodePtr node);
gboolean dom_xml_is_known(xmlNodePtr node);
/* Whether an element or attribute is marked in any way but the last; whether an element is a device's; whether
 * it is one more of a device; whether it is not to be written. */
gboolean dom_xml_is_claimed(xmlNodePtr node);
gboolean dom_xml_is_owned(xmlNodePtr node);
gboolean dom_xml_is_view(xmlNodePtr node);
gboolean dom_xml_is_waived(xmlNodePtr node);
/* The first child element of @parent named @name (any, for NULL), and the next one like it. */
xmlNodePtr dom_xml_child(xmlNodePtr parent, const char *name);
xmlNodePtr dom_xml_next(xmlNodePtr node, const char *name);

/*
 * Reports an error or warning. @key is the place as a user would name it, a path from @node or from
 * @node's own name on ("disk/target/@dev"): the report has the position of what is there of it.
 */
void dom_xml_report(DomXml *xml, DomSeverity severity, xmlNodePtr node, const char *key,
                    const char *format, ...) G_GNUC_PRINTF(5, 6);

/* The position that such a report would have; 0, 0 where there is none. */
void dom_xml_locate(DomXml *xml, xmlNodePtr node, const char *key, guint *ret_line,
                    guint *ret_column);

/* Makes the element at @path, with its predicates, where it is missing; returns it. */
xmlNodePtr dom_xml_ensure(xmlNodePtr base, const char *path);
/* Always a new element for the last step of @path. */
xmlNodePtr dom_xml_append(xmlNodePtr base, const char *path);
/* Sets the text at @path. NULL @text does nothing. */
void dom_xml_set(xmlNodePtr base, const char *path, const char *text);
void dom_xml_set_uint(xmlNodePtr base, const char *path, guint64 value);

/* Runs the rows of @record both ways. */
void dom_xml_parse_fields(DomXml *xml, xmlNodePtr base, const DomRecord *record, gpointer data);
void dom_xml_format_fields(DomXml *xml, xmlNodePtr base, const DomRecord *record,
                           gconstpointer data);

/* Keeps what was not claimed below @base, except below the elements of devices. */
void dom_xml_collect_rest(DomXml *xml, xmlNodePtr base, DomRest *rest);
/* Keeps one attribute of @node, for @path below the base, where it will be written, and claims it.
 */
void dom_xml_keep_attr(DomXml *xml, xmlNodePtr node, const char *attr, const char *path,
                       DomRest *rest);
/* The same, and nothing is told. */
void dom_xml_keep_known_attr(DomXml *xml, xmlNodePtr node, const char *attr, const char *path,
                             DomRest *rest);
/* dom_rest_add(), with the position that a report about @key of @node would have. */
void dom_xml_keep(DomXml *xml, xmlNodePtr node, const char *key, DomRest *rest, const char *path,
                  const char *attr, const char *text);
/* The same of an element at @path below the base that is written with what @node says, and that was
 * not there. */
void dom_xml_keep_none(DomXml *xml, xmlNodePtr node, DomRest *rest, const char *path);
/* Notes in @rest, under @name, where the place @key below @node is, when places are wanted and it
 * is there. */
void dom_xml_note(DomXml *xml, xmlNodePtr node, const char *key, DomRest *rest, const char *name);
/* The element as a document by itself (transfer full), for dom_xml_keep(). */
char *dom_xml_element_text(xmlNodePtr node);
/* The element @name that @item keeps for the element at @path; NULL: it keeps something else.
 * (transfer full) */
xmlDocPtr dom_xml_rest_doc(const DomRestItem *item, const char *path, const char *name);
/* Puts it back. */
void dom_xml_restore_rest(xmlNodePtr base, const DomRest *rest);
/* Adds the element that @text is to @parent; FALSE when it is none, or has a document type. */
gboolean dom_xml_add_element(xmlNodePtr parent, const char *text);

/* All elements for residual xl.cfg text below the <metadata> of @root, in their order, those of a
 * <metadata> too many among them (transfer container). See metadata.h. */
GPtrArray *dom_xml_residuals(xmlNodePtr root);

/*
 * The model that the standard elements of @doc describe by themselves, a tree that was written from
 * a model and is not text yet. Unknown XML is not looked at. NULL with DOM_ERROR_INVALID.
 */
DomDef *dom_xml_project(xmlDocPtr doc, GError **error);

/* Whether @text is a document that dom_def_parse_xml() looks at; DOM_ERROR_SYNTAX when not. */
gboolean dom_xml_is_readable(const char *text, GError **error);

/* Spellings that many rows share. */
extern const DomXmlCodec dom_xml_onoff;
extern const DomXmlCodec dom_xml_yesno;
extern const DomXmlCodec
    dom_xml_present; /* the element's being there says on; off cannot be said */

/* Strings that the schema wants in a form; any other text cannot be said there. */
extern const DomXmlCodec dom_xml_path;    /* an absolute path */
extern const DomXmlCodec dom_xml_device;  /* the name of a network device */
extern const DomXmlCodec dom_xml_line;    /* some text without a line break */
extern const DomXmlCodec dom_xml_mac;     /* the hardware address of one card */
extern const DomXmlCodec dom_xml_natural; /* an int that is an unsigned number of 32 bits */
extern const DomXmlCodec dom_xml_ushort;  /* a uint of 16 bits */
extern const DomXmlCodec dom_xml_uuid;    /* with its dashes in the model, with or without in XML */

/* Whether @text has no blanks at its ends, which xl takes off, and is not empty, unless it may be
 * (@empty). */
gboolean dom_xml_is_bare(const char *text, gboolean empty);
/* Reports the text at @path when it is not. */
void dom_xml_check_bare(DomXml *xml, xmlNodePtr node, const char *path, gboolean empty);

/* An absolute path as the schema has it: longer than "/", and without a line break. */
gboolean dom_xml_is_path(const char *text);
/* An address of IPv4 or IPv6, without the name of a link. (GLib takes ":" for one.) */
gboolean dom_xml_is_address(const char *text);
/* Six pairs of hexadecimal digits, as in "00:16:3e:01:02:03". */
gboolean dom_xml_is_mac(const char *text);
/* Whether @text is ASCII letters, digits and bytes of @also, and not empty. */
gboolean dom_xml_is_word(const char *text, const char *also);

/* The GRegex (borrowed) of a literal, made once: making one takes longer than all else in a row. */
#define DOM_XML_REGEX(literal)                                                                     \
    ({                                                                                             \
        static GRegex *made;                                                                       \
        if (g_once_init_enter(&made))                                                              \
            g_once_init_leave(&made, g_regex_new("" literal, G_REGEX_DOLLAR_ENDONLY, 0, NULL));    \
        made;                                                                                      \
    })

gboolean dom_xml_parse_uint(const char *text, guint64 *ret_value);
/* The same in hexadecimal behind 0x and octal behind 0, where libvirt takes those too. */
gboolean dom_xml_parse_number(const char *text, guint64 *ret_value);
