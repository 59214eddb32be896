/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keys that hold a list of devices, an item in a mini-language for each: disk, vif, vfb.
 *
 * As residual text an item changes the device that is there already, found by what names it (a
 * disk's vdev, an interface's MAC address) or else by its place in the list. Where that does not do
 * (a device that XML cannot show, a member that XML had to spell out) the text is the whole list.
 * What becomes of it once somebody has changed the elements is merge.h's.
 */
#pragma once

#include "xlconv/key.h"
#include "xlconv/options.h"

/* What residual text says of @member goes with what the elements say of @of: it counts while they
 * still say that. */
typedef struct {
    const char *member; /* NULL ends a list of these */
    const char *of;
} XlcTie;

struct XlcDevices {
    gsize list; /* offset in DomDef of the GPtrArray */
    const DomRecord *record;
    const char *const *names;   /* members that name a device, the first one that is set counts */
    gboolean named_by_place;    /* by the host's place that it is in: see merge_match.c */
    const char *const *carried; /* members an item cannot do without; a patch only fills them in */
    /* Optional: whether an item for @record can do without the carried @member after all. */
    gboolean (*spares)(gconstpointer record, const char *member);
    /* Optional: whether @shown has of the carried @member what XML can show of @record's, which
     * says more; a patch then changes it. */
    gboolean (*refines)(gconstpointer record, gconstpointer shown, const char *member);
    const XlcTie *ties; /* optional */
    /* Optional: of the devices of @list, which were read from elements, parts those that two made
     * of @before (NULL for one that nobody knows) have left standing side by side. */
    void (*part)(GPtrArray *list, const GPtrArray *before);
    const XlcOptions *options; /* the items' language; NULL: one that no rows say */
    /* A pair of one's own; NULL: that of @options. parse: reads an item into the fresh @record.
     * FALSE, reported at @value, when it cannot be used. */
    gboolean (*parse)(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record);
    /* One item (transfer full), or NULL when the record holds what xl.cfg cannot say. */
    char *(*format)(gconstpointer record);
};

/* The list in @def (borrowed), and its section. */
GPtrArray *xlc_devices_list(const XlcDevices *devices, const DomDef *def);
const DomSection *xlc_devices_section(const XlcDevices *devices);
/* The member that names @record; NULL for one without a name. */
const DomField *xlc_devices_naming_field(const XlcDevices *devices, gconstpointer record);
/* Whether both say the same in xl.cfg's words. */
gboolean xlc_devices_equal(const XlcDevices *devices, gconstpointer a, gconstpointer b);
/* NULL is fine. */
void xlc_devices_discard(const XlcDevices *devices, gpointer record);
/* Whether an item can say @record. */
gboolean xlc_devices_can_say(const XlcDevices *devices, gconstpointer record);
/* "mac=00:16:3e:00:00:01", of one of the members that name such devices (transfer full); NULL for a
 * record, NULL is fine, that does not have it. */
char *xlc_devices_name(const XlcDevices *devices, const char *member, gconstpointer record);
/* A record of one item (transfer full); NULL, reported, when it cannot be used. */
gpointer xlc_devices_parse_item(const XlcDevices *devices, XlcReader *reader, const XlcKey *key,
                                const XlcValue *item);
gboolean xlc_devices_parse(const XlcDevices *devices, XlcReader *reader, const XlcKey *key,
                           const XlcEntry *entry, DomDef *def);
void xlc_devices_format(const XlcDevices *devices, const XlcKey *key, const DomDef *def,
                        XlcWriter *writer);
/* Reports an error for each device that has no form in xl.cfg, where it stood in XML. FALSE for
 * none. */
gboolean xlc_devices_report_refused(const XlcDevices *devices, const XlcKey *key, const DomDef *def,
                                    DomReport *report);
/* Why @device, the one with that number from 1, has none (transfer full). */
char *xlc_devices_why_refused(const XlcDevices *devices, gconstpointer device, guint number);
void xlc_devices_clear(const XlcDevices *devices, DomDef *def);
gboolean xlc_devices_whole(const XlcDevices *devices, const DomDef *def, const DomDef *projected);
gboolean xlc_devices_same(const XlcDevices *devices, const DomDef *def, const DomDef *projected);
void xlc_devices_patch(const XlcDevices *devices, const XlcKey *key, const DomDef *def,
                       const DomDef *projected, XlcWriter *writer);

#define XLC_DEVICES_CODEC(name)                                                                    \
    static gboolean name##_read(XlcReader *reader, const XlcKey *key, const XlcEntry *entry,       \
                                DomDef *def)                                                       \
    {                                                                                              \
        return xlc_devices_parse(&name, reader, key, entry, def);                                  \
    }                                                                                              \
    static void name##_write(const XlcKey *key, const DomDef *def, XlcWriter *writer)              \
    {                                                                                              \
        xlc_devices_format(&name, key, def, writer);                                               \
    }                                                                                              \
    static void name##_clear(const XlcKey *key, DomDef *def)                                       \
    {                                                                                              \
        xlc_devices_clear(&name, def);                                                             \
    }                                                                                              \
    static void name##_patch(const XlcKey *key, const DomDef *def, const DomDef *projected,        \
                             XlcWriter *writer)                                                    \
    {                                                                                              \
        xlc_devices_patch(&name, key, def, projected, writer);                                     \
    }                                                                                              \
    static gboolean name##_whole(const DomDef *def, const DomDef *projected)                       \
    {                                                                                              \
        return xlc_devices_whole(&name, def, projected);                                           \
    }                                                                                              \
    static gboolean name##_same(const DomDef *def, const DomDef *projected)                        \
    {                                                                                              \
        return xlc_devices_same(&name, def, projected);                                            \
    }                                                                                              \
    static const XlcCodec name##_codec = {                                                         \
        name##_read,  name##_write, name##_clear, name##_patch,                                    \
        name##_whole, name##_same,  &name,        &name.record                                     \
    }
