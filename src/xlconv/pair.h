/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys that take one text or a list of texts, kept apart in two members of which one is set:
 *
 *     static const XlcPair cpus = XLC_PAIR(cpu.cpus, cpu.cpus_list);
 *     XLC_PAIR_CODEC(cpus);   // makes cpus_codec
 */
#pragma once

#include "xlconv/key.h"

typedef struct {
    gsize one;  /* offset in DomDef of a char * */
    gsize list; /* offset in DomDef of a char ** */
} XlcPair;

#define XLC_PAIR(single, many)                                                                     \
    {                                                                                              \
        .one = DOM_TYPED_OFFSET(DomDef, single, char *),                                           \
        .list = DOM_TYPED_OFFSET(DomDef, many, char **),                                           \
    }

gboolean xlc_pair_parse(const XlcPair *pair, XlcReader *reader, const XlcKey *key,
                        const XlcEntry *entry, DomDef *def);
void xlc_pair_format(const XlcPair *pair, const XlcKey *key, const DomDef *def, XlcWriter *writer);
void xlc_pair_clear(const XlcPair *pair, DomDef *def);
gboolean xlc_pair_same(const XlcPair *pair, const DomDef *a, const DomDef *b);

#define XLC_PAIR_CODEC(name)                                                                       \
    static gboolean name##_parse(XlcReader *reader, const XlcKey *key, const XlcEntry *entry,      \
                                 DomDef *def)                                                      \
    {                                                                                              \
        return xlc_pair_parse(&name, reader, key, entry, def);                                     \
    }                                                                                              \
    static void name##_format(const XlcKey *key, const DomDef *def, XlcWriter *writer)             \
    {                                                                                              \
        xlc_pair_format(&name, key, def, writer);                                                  \
    }                                                                                              \
    static void name##_clear(const XlcKey *key, DomDef *def)                                       \
    {                                                                                              \
        xlc_pair_clear(&name, def);                                                                \
    }                                                                                              \
    static gboolean name##_same(const DomDef *a, const DomDef *b)                                  \
    {                                                                                              \
        return xlc_pair_same(&name, a, b);                                                         \
    }                                                                                              \
    static const XlcCodec name##_codec = { name##_parse, name##_format, name##_clear,              \
                                           .same = name##_same }
