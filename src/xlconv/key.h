/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Key rows: how one key of xl.cfg is spelled and which member of the model it fills.
 *
 *     XLC_BOOL("hap", features.hap, XLC_HVM | XLC_PVH, .doc = N_("Hardware assisted paging")),
 *
 * Both walks, the list of keys and the tests go over the same rows. A row whose member has another
 * type than its shape's does not compile. What needs more than a shape brings a codec: a pair.
 */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"
#include "xlconv/writer.h"

/* Which guests xl reads a key for. */
typedef enum {
    XLC_PV = 1 << 0,
    XLC_PVH = 1 << 1,
    XLC_HVM = 1 << 2,
    XLC_ARM = 1 << 3,
    XLC_ANY = XLC_PV | XLC_PVH | XLC_HVM,
} XlcGuests;

typedef enum {
    XLC_MAPPED,     /* read and written */
    XLC_ALIAS,      /* read into another key's member, written as that key */
    XLC_DEPRECATED, /* as XLC_ALIAS, and the reader says what to write instead */
    XLC_KEPT,       /* not understood, but carried as it is */
} XlcStatus;

typedef enum {
    XLC_SHAPE_BOOL, /* a number: 0 is off, any other is on */
    XLC_SHAPE_UINT, /* a number that is not negative */
    XLC_SHAPE_MIB,  /* the same, in MiB; the member is in KiB */
    XLC_SHAPE_INT,
    XLC_SHAPE_STRING,
    XLC_SHAPE_ENUM,
    XLC_SHAPE_STRV, /* a list of strings */
    XLC_SHAPE_CODEC,
} XlcShape;

typedef enum {
    XLC_FOLD = 1 << 0,              /* enum: upper and lower case are the same */
    XLC_NUMERIC = 1 << 1,           /* enum: its number counts too, from 0 */
    XLC_FATAL = 1 << 2,             /* a bad value makes xl refuse the file, not only the key */
    XLC_REFUSED_ELSEWHERE = 1 << 3, /* xl refuses the key for guests that it is not for */
    XLC_FATAL_NEGATIVE = 1 << 4,    /* a negative number makes xl refuse the file */
    XLC_NUMBER_OLD = 1 << 5,        /* enum: the number is deprecated */
    XLC_UNREAD_ELSEWHERE = 1 << 6,  /* xl never sees the key for guests that it is not for */
    XLC_IMPLIED = 1 << 7, /* no element says it by itself, so that only text can deny it */
    XLC_SWITCH = 1 << 8,  /* codec: a text there is a number as that of a bool */
    XLC_HEAD = 1 << 9,    /* for a PV guest xl reads it only to make the framebuffer of vfb.h */
} XlcKeyFlags;

typedef struct XlcKey XlcKey;
typedef struct XlcDevices XlcDevices; /* devices.h */

/* One walk over a document. */
typedef struct {
    const XlcDoc *doc;
    DomReport *report; /* borrowed, may be NULL */
    gboolean patch;    /* the text is residual: list items change devices that are there already */
    guint line;        /* added to each line: where the text stands in a larger file */
    gboolean *taken;   /* by xlc_key_index(): whether the row took its entry so far */
    /* patch: sets of the XlcKey whose elements were taken back, of those whose elements have
     * changed since the text was written, of those that an element says now, which counts, and of
     * those that did nothing for the kind of guest that the text was written for */
    GHashTable *emptied;
    GHashTable *stale;
    GHashTable *outdated;
    GHashTable *woken;
    GHashTable *items; /* patch: by what item each device was said, an XlcValue */
} XlcReader;

/*
 * parse: fills @def from @entry. FALSE when the value is nothing it can take: it has been reported,
 *        and the assignment is kept as it is.
 * format: writes the assignment, or nothing when the member is absent.
 * clear: makes the member absent again.
 * patch: optional; writes only what makes @projected like @def, for lists of devices.
 * whole: beside patch; whether that must be the whole list, all of @projected taken back first.
 * same: optional; whether both models certainly say the same, found without writing it.
 * devices: where the value is a list of devices; else NULL.
 * record: what an item of the list becomes; NULL where it is no list of records.
 * bare: optional, beside patch; whether @def has nothing that a list could be added to.
 */
typedef struct {
    gboolean (*parse)(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def);
    void (*format)(const XlcKey *key, const DomDef *def, XlcWriter *writer);
    void (*clear)(const XlcKey *key, DomDef *def);
    void (*patch)(const XlcKey *key, const DomDef *def, const DomDef *projected, XlcWriter *writer);
    gboolean (*whole)(const DomDef *def, const DomDef *projected);
    gboolean (*same)(const DomDef *def, const DomDef *projected);
    const XlcDevices *devices;
    const DomRecord *const *record;
    gboolean (*bare)(const DomDef *def);
} XlcCodec;

struct XlcKey {
    const char *key;
    XlcShape shape;
    DomField field; /* the member, with its offset in DomDef; unused by codecs and kept keys */
    const XlcCodec *codec;
    XlcGuests guests;
    XlcStatus status;
    guint flags;         /* XlcKeyFlags */
    const char *instead; /* alias, deprecated: what to write */
    /* What stands before its value in that key, of which it says a part (aliases in the order of
     * their rows, with a blank between them); NULL: it says all of it, or in other words. */
    const char *part;
    /* In residual text it counts while the elements say of this key what they said; NULL: of none.
     * That of an alias or a deprecated key is what it stands instead of. */
    const char *beside;
    const char *since; /* the Xen that brought it; NULL: 4.17 or before */
    /* In MiB: what is written, in KiB; NULL: the member. */
    guint64 (*kib)(const DomDef *def);
    /* Texts that xl takes, of values.h; NULL: any. */
    const char *(*expect)(const char *text);
    /* Adds the options that stand inside its value to @list, of XlcSpecOption (spec.h). NULL: those
     * of its devices, or none. */
    void (*options)(GPtrArray *list);
    const char *why; /* kept: why it is not understood; translatable */
    /* What becomes of a guest whose file has a value that xl ignores; translatable, may be NULL. */
    const char *otherwise;
    const char *value; /* what may stand there, where its shape does not say it; translatable */
    const char *doc;   /* one line, translatable */
};

#define XLC_FIELD(member, ctype, field_kind, ...)                                                  \
    .field = { .name = #member,                                                                    \
               .kind = (field_kind),                                                               \
               .offset = DOM_TYPED_OFFSET(DomDef, member, ctype),                                  \
               __VA_ARGS__ }
#define XLC_BOOL(name, member, who, ...)                                                           \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_BOOL, .guests = (who),                                   \
        XLC_FIELD(member, DomTristate, DOM_KIND_TRISTATE), __VA_ARGS__                             \
    }
#define XLC_UINT(name, member, who, ...)                                                           \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_UINT, .guests = (who),                                   \
        XLC_FIELD(member, DomUint, DOM_KIND_UINT), __VA_ARGS__                                     \
    }
#define XLC_MIB(name, member, who, ...)                                                            \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_MIB, .guests = (who),                                    \
        XLC_FIELD(member, DomUint, DOM_KIND_UINT), __VA_ARGS__                                     \
    }
#define XLC_INT(name, member, who, ...)                                                            \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_INT, .guests = (who),                                    \
        XLC_FIELD(member, DomInt, DOM_KIND_INT), __VA_ARGS__                                       \
    }
#define XLC_STRING(name, member, who, ...)                                                         \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_STRING, .guests = (who),                                 \
        XLC_FIELD(member, char *, DOM_KIND_STRING), __VA_ARGS__                                    \
    }
#define XLC_ENUM(name, member, etype, names, who, ...)                                             \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_ENUM, .guests = (who),                                   \
        XLC_FIELD(member, etype, DOM_KIND_ENUM, .enums = (names)), __VA_ARGS__                     \
    }
#define XLC_STRV(name, member, who, ...)                                                           \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_STRV, .guests = (who),                                   \
        XLC_FIELD(member, char **, DOM_KIND_STRV), __VA_ARGS__                                     \
    }
#define XLC_SPECIAL(name, pair, who, ...)                                                          \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_CODEC, .codec = (pair), .guests = (who), __VA_ARGS__     \
    }
#define XLC_UNMAPPED(name, who, reason, ...)                                                       \
    {                                                                                              \
        .key = (name), .shape = XLC_SHAPE_CODEC, .guests = (who), .status = XLC_KEPT,              \
        .why = (reason), __VA_ARGS__                                                               \
    }

/* The rows of one topic. */
typedef struct {
    const char *topic;
    const XlcKey *keys;
    guint n_keys;
} XlcTopic;

/* All topics, in the order in which keys are read and written. */
extern const XlcTopic *const xlc_topics[];
extern const guint xlc_n_topics;

#define XLC_TOPIC(word, rows)                                                                      \
    const XlcTopic xlc_topic_##word = { .topic = #word,                                            \
                                        .keys = (rows),                                            \
                                        .n_keys = G_N_ELEMENTS(rows) }

extern const XlcTopic xlc_topic_general;
extern const XlcTopic xlc_topic_os;
extern const XlcTopic xlc_topic_cpu;
extern const XlcTopic xlc_topic_memory;
extern const XlcTopic xlc_topic_sched;
extern const XlcTopic xlc_topic_features;
extern const XlcTopic xlc_topic_clock;
extern const XlcTopic xlc_topic_events;
extern const XlcTopic xlc_topic_disk;
extern const XlcTopic xlc_topic_nic;
extern const XlcTopic xlc_topic_chardev;
extern const XlcTopic xlc_topic_graphics;
extern const XlcTopic xlc_topic_video;
extern const XlcTopic xlc_topic_input;
extern const XlcTopic xlc_topic_hostdev;
extern const XlcTopic xlc_topic_numa;
extern const XlcTopic xlc_topic_usb;
extern const XlcTopic xlc_topic_tpm;
extern const XlcTopic xlc_topic_fs;

/* The row of @name, or NULL. */
const XlcKey *xlc_key_find(const char *name);
/* All rows of all topics, in that order (@ret_n of them, borrowed). */
const XlcKey *const *xlc_key_all(guint *ret_n);
/* The place of the row of @name among them, or -1. */
int xlc_key_index(const char *name);
/* Whether what stands there is one number, a switch among them. */
gboolean xlc_key_holds_number(const XlcKey *key);
/* The row whose items become @record, or NULL. */
const XlcKey *xlc_key_of_record(const DomRecord *record);
/* The known key that is most like @name, or NULL when none is near. */
const char *xlc_key_nearest(const char *name);
/* "mapped", "alias", ...; not translated. */
const char *xlc_status_name(XlcStatus status);

/* Generic by shape, else by codec. */
gboolean xlc_key_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry, DomDef *def);
void xlc_key_format(const XlcKey *key, const DomDef *def, XlcWriter *writer);
/* Whether xlc_key_format() writes the same for both models, as far as can be seen without writing.
 */
gboolean xlc_key_same(const XlcKey *key, const DomDef *a, const DomDef *b);
void xlc_key_clear(const XlcKey *key, DomDef *def);
/* Whether xl reads it for such a guest. Keys of Arm are read for every guest. */
gboolean xlc_key_is_read(const XlcKey *key, const DomDef *def);

/* Reports on @value at its place. */
void xlc_report(XlcReader *reader, DomSeverity severity, const XlcKey *key, const XlcValue *value,
                const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Reports that residual text of the key does not count any more. */
void xlc_key_report_outdated(XlcReader *reader, const XlcKey *key, const XlcEntry *entry);

/* The text of an atom; NULL, reported, when @value is a list. */
const char *xlc_take_atom(XlcReader *reader, const XlcKey *key, const XlcValue *value);
/* A list of atoms (transfer full); NULL, reported, when @value is not one. */
char **xlc_take_strv(XlcReader *reader, const XlcKey *key, const XlcValue *value);
