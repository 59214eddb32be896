/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rows that say how libxl's JSON fills libxl's structs: one for each member, written by
 * json_rows.py from libxl's header, so no member of any version is missing. json_kinds.c has the
 * kinds, json_read.c walks.
 */
#pragma once

#include "driver/bind/json_tree.h"
#include "driver/bind/row.h"

typedef struct BindJsonRow BindJsonRow;
typedef struct BindJsonRecord BindJsonRecord;

/* One reading. */
typedef struct {
    DomReport *report; /* owned by the caller; never NULL */
    GString *path;     /* of the value at hand: config.c_info.name */
    gsize memory;      /* bytes that are still left for lists and bitmaps */
} BindJsonReader;

/* What all lists and bitmaps of one configuration may take. */
#define BIND_JSON_MEMORY_MAX (64 * 1024 * 1024)

/* Fills @place, which libxl has initialised. What is wrong with @node goes to the report. */
typedef void BindJsonKind(BindJsonReader *reader, const BindJsonRow *row, const BindJsonNode *node,
                          gpointer place);

struct BindJsonRow {
    const char *name;
    BindJsonKind *read;
    gsize place; /* offset of the member; of an array, of the pointer to it */
    gsize size;  /* of the member, or of one element */
    gsize count; /* offset of an array's length, an int */
    gboolean array;
    const BindWords *words;       /* of an enum */
    const BindJsonRecord *record; /* of a struct */
};

/* The union of a struct. In JSON it is one member named KEY.BRANCH, which also sets the key. */
typedef struct {
    const char *key;
    const BindWords *words;
    void (*choose)(gpointer data, int value); /* once for a struct that init has made */
    const BindJsonRow *branches;
    guint n_branches;
} BindJsonChoice;

struct BindJsonRecord {
    const BindJsonRow *rows;
    guint n_rows;
    void (*init)(gpointer data); /* NULL: the struct around it does */
    const BindJsonChoice *choice;
};

#define BIND_JSON_ROW(name_, kind, target, place_, ...)                                            \
    {                                                                                              \
        .name = (name_), .read = bind_json_read_##kind, .place = offsetof(target, place_),         \
        .size = sizeof(((target *)0)->place_), __VA_ARGS__                                         \
    }
#define BIND_JSON_ARRAY(name_, kind, target, place_, count_, ...)                                  \
    {                                                                                              \
        .name = (name_), .read = bind_json_read_##kind, .place = offsetof(target, place_),         \
        .size = sizeof(*((target *)0)->place_), .array = TRUE, .count = offsetof(target, count_),  \
        __VA_ARGS__                                                                                \
    }
/* A struct without a type of its own: its rows count from the struct around it. */
#define BIND_JSON_PART(name_, part)                                                                \
    {                                                                                              \
        .name = (name_), .read = bind_json_read_record, .record = &(part)                          \
    }

BindJsonKind bind_json_read_bool;
BindJsonKind bind_json_read_defbool;
BindJsonKind bind_json_read_int;
BindJsonKind bind_json_read_uint;
BindJsonKind bind_json_read_string;
BindJsonKind bind_json_read_strings;
BindJsonKind bind_json_read_pairs;
BindJsonKind bind_json_read_enum;
BindJsonKind bind_json_read_bitmap;
BindJsonKind bind_json_read_uuid;
BindJsonKind bind_json_read_mac;
BindJsonKind bind_json_read_genid;
BindJsonKind bind_json_read_cpuid;
BindJsonKind bind_json_read_record;

/* The rows of libxl_domain_config. */
extern const BindJsonRecord *const bind_json_config;

/* Reports a diagnostic about @node, whose name or place ends the reader's path. */
void bind_json_report(BindJsonReader *reader, DomSeverity severity, const BindJsonNode *node,
                      const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Whether @bytes are left for a list or a bitmap; reports it when not. */
gboolean bind_json_reserve(BindJsonReader *reader, const BindJsonNode *node, gsize bytes);

/* Adds ".NAME" to the path, or "[index]" for a node without a name; the length to go back to. */
gsize bind_json_enter(BindJsonReader *reader, const BindJsonNode *node, guint index);
void bind_json_leave(BindJsonReader *reader, gsize length);

/*
 * Fills @config, which need not be initialised, from @node; dispose of it in any case. What is
 * wrong, and what libxl of this version does not know, goes to the reader's report.
 */
void bind_json_read_config(BindJsonReader *reader, const BindJsonNode *node,
                           libxl_domain_config *config);
