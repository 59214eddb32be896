/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows: one member of the model and the libxl field it fills. Generic by kind and in both
 * directions; what is left is a topic's pair of hooks.
 *
 *     static const BindRow rows[] = {
 *         BIND_DEFBOOL(features.hap, c_info.hap),
 *         BIND_DEFBOOL(features.pae, b_info.u.hvm.pae, .guests = BIND_HVM),
 *     };
 *
 * The macros do not compile when either side has another type than the kind's.
 */
#pragma once

#include "driver/bind/bind.h"

/* Guest types whose config has the field; u.hvm and u.pv share their bytes. 0 is all of them. */
typedef enum {
    BIND_PV = 1 << DOM_TYPE_PV,
    BIND_PVH = 1 << DOM_TYPE_PVH,
    BIND_HVM = 1 << DOM_TYPE_HVM,
} BindGuests;

typedef struct BindRow BindRow;

/*
 * A pair. apply leaves the field as libxl initialised it when the member is absent; read makes the
 * member absent when the field is as in @blank.
 */
typedef struct {
    gboolean (*apply)(const BindRow *row, gconstpointer member, gpointer field, GError **error);
    void (*read)(const BindRow *row, gconstpointer field, gconstpointer blank, gpointer member);
} BindKind;

extern const BindKind bind_kind_defbool; /* DomTristate - libxl_defbool */
extern const BindKind bind_kind_flag;    /* DomTristate - bool or int */
extern const BindKind bind_kind_uint;    /* DomUint - integer of any width */
extern const BindKind bind_kind_int;     /* DomInt - integer of any width, taken as signed */
extern const BindKind bind_kind_string;  /* char * - malloc'ed char * */
extern const BindKind bind_kind_strv;    /* char ** - libxl_string_list */
extern const BindKind bind_kind_enum;    /* enum - libxl's enum, see BindValues */
extern const BindKind bind_kind_word;    /* char * - libxl's enum, see BindWords */

/* libxl's value for each of an enum's; [0] is unused, since 0 is absent. */
typedef struct {
    const int *values;
    guint count;
} BindValues;

/* A pair of libxl's own for the words of one of its enums; 0 when the word is right. */
typedef struct {
    int (*parse)(const char *text, int *value);
    const char *(*format)(int value);
} BindWords;

/* Defines @name for libxl's enum @type. */
#define BIND_DEFINE_WORDS(name, type)                                                              \
    static int name##_parse(const char *text, int *value)                                          \
    {                                                                                              \
        type found;                                                                                \
        int status = type##_from_string(text, &found);                                             \
                                                                                                   \
        if (status == 0)                                                                           \
            *value = (int)found;                                                                   \
        return status;                                                                             \
    }                                                                                              \
    static const char *name##_format(int value)                                                    \
    {                                                                                              \
        return type##_to_string((type)value);                                                      \
    }                                                                                              \
    static const BindWords name = { name##_parse, name##_format }

/* In a table of values: this version of libxl has none. */
#define BIND_NO_VALUE G_MININT

#define BIND_VALUES(array, last)                                                                   \
    {                                                                                              \
        .values = (array),                                                                         \
        .count =                                                                                   \
            G_N_ELEMENTS(array) + 0 * sizeof(char[G_N_ELEMENTS(array) == (last) + 1 ? 1 : -1]),    \
    }

struct BindRow {
    const char *name; /* of the member, for messages */
    const BindKind *kind;
    gsize member; /* offset in DomDef, or in a device's record */
    gsize field;  /* offset in libxl_domain_config, or in libxl's device */
    gsize width;  /* of an integer field, in bytes */
    guint guests; /* BindGuests; 0 is all */
    const BindValues *values;
    const BindWords *words;
};

#define BIND_ROW_OF(word, record, path, ctype, target, place, width_, ...)                         \
    {                                                                                              \
        .name = #path, .kind = &bind_kind_##word, .member = DOM_TYPED_OFFSET(record, path, ctype), \
        .field = offsetof(target, place), .width = (width_), __VA_ARGS__                           \
    }

#define BIND_TYPED_WIDTH(target, place, ftype)                                                     \
    (sizeof(ftype) +                                                                               \
     0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((target *)0)->place), ftype) ? 1     \
                                                                                           : -1]))
/* Refuses what is not an integer: the cast does, or the comparison. */
#define BIND_INTEGER_WIDTH(target, place)                                                          \
    (sizeof(((target *)0)->place) +                                                                \
     0 * sizeof(char[(__typeof__(((target *)0)->place))1.5 == 1 ? 1 : -1]))

/* Rows of a device: @record is the model's struct, @target libxl's. */
#define BIND_DEVICE_DEFBOOL(record, path, target, place, ...)                                      \
    BIND_ROW_OF(defbool, record, path, DomTristate, target, place,                                 \
                BIND_TYPED_WIDTH(target, place, libxl_defbool), __VA_ARGS__)
#define BIND_DEVICE_FLAG(record, path, target, place, ...)                                         \
    BIND_ROW_OF(flag, record, path, DomTristate, target, place, BIND_INTEGER_WIDTH(target, place), \
                __VA_ARGS__)
#define BIND_DEVICE_UINT(record, path, target, place, ...)                                         \
    BIND_ROW_OF(uint, record, path, DomUint, target, place, BIND_INTEGER_WIDTH(target, place),     \
                __VA_ARGS__)
#define BIND_DEVICE_INT(record, path, target, place, ...)                                          \
    BIND_ROW_OF(int, record, path, DomInt, target, place, BIND_INTEGER_WIDTH(target, place),       \
                __VA_ARGS__)
#define BIND_DEVICE_STRING(record, path, target, place, ...)                                       \
    BIND_ROW_OF(string, record, path, char *, target, place,                                       \
                BIND_TYPED_WIDTH(target, place, char *), __VA_ARGS__)
#define BIND_DEVICE_ENUM(record, path, etype, target, place, table, ...)                           \
    BIND_ROW_OF(enum, record, path, etype, target, place, BIND_INTEGER_WIDTH(target, place),       \
                .values = (table), __VA_ARGS__)

/* Rows of a topic: from DomDef to libxl_domain_config. */
#define BIND_DEFBOOL(path, place, ...)                                                             \
    BIND_DEVICE_DEFBOOL(DomDef, path, libxl_domain_config, place, __VA_ARGS__)
#define BIND_UINT(path, place, ...)                                                                \
    BIND_DEVICE_UINT(DomDef, path, libxl_domain_config, place, __VA_ARGS__)
#define BIND_INT(path, place, ...)                                                                 \
    BIND_DEVICE_INT(DomDef, path, libxl_domain_config, place, __VA_ARGS__)
#define BIND_STRING(path, place, ...)                                                              \
    BIND_DEVICE_STRING(DomDef, path, libxl_domain_config, place, __VA_ARGS__)
#define BIND_STRV(path, place, ...)                                                                \
    BIND_ROW_OF(strv, DomDef, path, char **, libxl_domain_config, place,                           \
                BIND_TYPED_WIDTH(libxl_domain_config, place, libxl_string_list), __VA_ARGS__)
#define BIND_ENUM(path, etype, place, table, ...)                                                  \
    BIND_DEVICE_ENUM(DomDef, path, etype, libxl_domain_config, place, table, __VA_ARGS__)

#define BIND_WORD(path, place, table, ...)                                                         \
    BIND_ROW_OF(word, DomDef, path, char *, libxl_domain_config, place,                            \
                BIND_INTEGER_WIDTH(libxl_domain_config, place), .words = (table), __VA_ARGS__)

/* Walks @rows for a guest of @type. @record and @target are what the offsets count from. */
gboolean bind_rows_apply(const BindRow *rows, guint n_rows, DomType type, gconstpointer record,
                         gpointer target, GError **error);
void bind_rows_read(const BindRow *rows, guint n_rows, DomType type, gconstpointer target,
                    gconstpointer blank, gpointer record);
