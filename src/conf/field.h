/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows: how one member of the model is stored, compared and spelled in domain XML.
 *
 * Each struct of the model is described by a DomRecord, a table of DomField rows. Everything
 * generic (copy, equality, XML parse and format, random values) walks the rows; a member without a
 * row does not exist. Every kind has a third state: absent, which stays absent.
 *
 *     static const DomField fields[] = {
 *         DOM_TRISTATE_FIELD(DomFeatures, hap, "features/hap/@state", .xml = &dom_xml_onoff,
 *                            .doc = N_("Hardware assisted paging")),
 *     };
 *
 * The row macros do not compile when the member has another type than the kind's.
 */
#pragma once

#include <glib.h>
#include <stddef.h>

typedef enum {
    DOM_TRISTATE_ABSENT,
    DOM_TRISTATE_OFF,
    DOM_TRISTATE_ON,
} DomTristate;

typedef struct {
    guint64 value;
    gboolean set;
} DomUint;

typedef struct {
    gint64 value;
    gboolean set;
} DomInt;

typedef enum {
    DOM_KIND_TRISTATE, /* DomTristate */
    DOM_KIND_UINT,     /* DomUint */
    DOM_KIND_INT,      /* DomInt */
    DOM_KIND_STRING,   /* char *, owned; NULL is absent, "" is not */
    DOM_KIND_ENUM,     /* an enum whose value 0 is absent */
    DOM_KIND_STRV,     /* char **, owned; NULL is absent, an empty list is not */
} DomKind;

/* Text of an enum: names[value]; names[0] is NULL, since value 0 is absent. */
typedef struct {
    const char *const *names;
    guint count;
} DomEnum;

#define DOM_ENUM(text_array, last)                                                                 \
    {                                                                                              \
        .names = (text_array),                                                                     \
        .count = G_N_ELEMENTS(text_array) +                                                        \
                 0 * sizeof(char[G_N_ELEMENTS(text_array) == (last) + 1 ? 1 : -1]),                \
    }

/* The value whose text is @name, or 0. With @fold, upper and lower case are the same. */
int dom_enum_from_name(const DomEnum *names, const char *name, gboolean fold);

/* The text of @value (borrowed); NULL for 0. */
const char *dom_enum_name(const DomEnum *names, int value);

/* All names joined by ", " for messages (transfer full). */
char *dom_enum_list(const DomEnum *names);

typedef struct DomField DomField;

/*
 * How XML text spells a value. A pair: parse(format(x)) is x.
 *
 * parse: fills the member of @record from @text (never NULL; "" for an empty element). FALSE with
 *        @error set when the text is wrong; FALSE without when it is right but nothing this member
 *        can hold: the XML is then kept as unknown.
 * format: text (transfer full), or NULL when this value cannot be said at this place. It then
 *         travels as xl.cfg text in <metadata>.
 */
typedef struct {
    gboolean (*parse)(const DomField *field, gpointer record, const char *text, GError **error);
    char *(*format)(const DomField *field, gconstpointer record);
} DomXmlCodec;

typedef enum {
    DOM_FIELD_SECRET = 1 << 0, /* shown only when asked for securely */
    DOM_FIELD_LIVE = 1 << 1,   /* says where a running guest's thing is; never in a definition */
    DOM_FIELD_EMPTY_IS_NONE = 1 << 2, /* to libxl an empty text is none */
    DOM_FIELD_XML_ONLY = 1 << 3,      /* of a device: xl.cfg has no word for it */
} DomFieldFlags;

struct DomField {
    const char *name;       /* the member's name */
    DomKind kind;           /* the member's type */
    gsize offset;           /* of the member in its record */
    const char *path;       /* place in XML below the record's base, see conf/xml.h; NULL: none, or
                               one that the record's own hooks handle */
    const DomXmlCodec *xml; /* NULL: the kind's own spelling */
    const DomEnum *enums;   /* for DOM_KIND_ENUM */
    DomFieldFlags flags;
    const char *doc; /* one line, translatable */
};

#define DOM_TYPED_OFFSET(type, member, ctype)                                                      \
    (offsetof(type, member) +                                                                      \
     0 * sizeof(                                                                                   \
             char[__builtin_types_compatible_p(__typeof__(((type *)0)->member), ctype) ? 1 : -1]))

#define DOM_FIELD_OF(type, member, ctype, field_kind, where, ...)                                  \
    {                                                                                              \
        .name = #member, .kind = (field_kind), .offset = DOM_TYPED_OFFSET(type, member, ctype),    \
        .path = (where), __VA_ARGS__                                                               \
    }
#define DOM_TRISTATE_FIELD(type, member, where, ...)                                               \
    DOM_FIELD_OF(type, member, DomTristate, DOM_KIND_TRISTATE, where, __VA_ARGS__)
#define DOM_UINT_FIELD(type, member, where, ...)                                                   \
    DOM_FIELD_OF(type, member, DomUint, DOM_KIND_UINT, where, __VA_ARGS__)
#define DOM_INT_FIELD(type, member, where, ...)                                                    \
    DOM_FIELD_OF(type, member, DomInt, DOM_KIND_INT, where, __VA_ARGS__)
#define DOM_STRING_FIELD(type, member, where, ...)                                                 \
    DOM_FIELD_OF(type, member, char *, DOM_KIND_STRING, where, __VA_ARGS__)
#define DOM_STRV_FIELD(type, member, where, ...)                                                   \
    DOM_FIELD_OF(type, member, char **, DOM_KIND_STRV, where, __VA_ARGS__)
#define DOM_ENUM_FIELD(type, member, etype, names, where, ...)                                     \
    DOM_FIELD_OF(type, member, etype, DOM_KIND_ENUM, where, .enums = (names), __VA_ARGS__)

/* The member's address in @record, for code that knows the kind. */
#define DOM_MEMBER(record, field, ctype) ((ctype *)((char *)(record) + (field)->offset))
#define DOM_CONST_MEMBER(record, field, ctype)                                                     \
    ((__typeof__(ctype) const *)((const char *)(record) + (field)->offset))

gboolean dom_field_is_set(const DomField *field, gconstpointer record);
/* Whether it is set to what a password hides; an empty one that lets everybody in is no secret. */
gboolean dom_field_is_secret(const DomField *field, gconstpointer record);
/* The text of a string that holds one of the characters @breaks; else NULL. Borrowed. */
const char *dom_field_breaking(const DomField *field, gconstpointer record, const char *breaks);
/* What no item of a list of xl.cfg can hold: it goes to its comma, and the list to its line's end. */
#define DOM_FIELD_ITEM_BREAKS ",\r\n"
gboolean dom_field_equal(const DomField *field, gconstpointer a, gconstpointer b);
void dom_field_clear(const DomField *field, gpointer record);
/* Replaces the member of @to by a copy of that of @from. */
void dom_field_copy(const DomField *field, gpointer to, gconstpointer from);
