/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The model: one description of a guest, shared by everything that reads or writes one.
 *
 *     g_autoptr(DomDef) def = dom_def_parse_xml(text, ops, report, &error);
 *     g_print("%s\n", def->general.name);
 *
 * A DomDef is plain data without a lock: whoever holds it says who may touch it.
 */
#pragma once

#include "conf/general.h"
#include "conf/os.h"
#include "conf/cpu.h"
#include "conf/memory.h"
#include "conf/sched.h"
#include "conf/clock.h"
#include "conf/features.h"
#include "conf/events.h"
#include "conf/disk.h"
#include "conf/nic.h"
#include "conf/chardev.h"
#include "conf/graphics.h"
#include "conf/video.h"
#include "conf/input.h"
#include "conf/hostdev.h"
#include "conf/usb.h"
#include "conf/tpm.h"
#include "conf/fs.h"
#include "conf/numa.h"
#include "conf/metadata.h"
#include "conf/report.h"

#define DOM_ERROR (dom_error_quark())
typedef enum {
    DOM_ERROR_SYNTAX,      /* not XML, or not xl.cfg, at all */
    DOM_ERROR_INVALID,     /* a value that cannot be, or one that is missing */
    DOM_ERROR_UNSUPPORTED, /* right, but not something Xen or this version can do */
} DomError;
GQuark dom_error_quark(void);

/* Where the things of a running guest are. Shown in its XML; never part of a definition. */
typedef struct {
    int id;              /* domain id; -1: not running */
    char *console_tty;   /* PV console */
    char **serial_ttys;  /* per serial port; an empty string where it has none */
    char **channel_ttys; /* the same per channel */
    int vnc_port;        /* 0: none */
    gboolean leased;     /* leases on its disks are held */
    int restart;         /* domain id of the guest that it is made anew of; 0: of none */
    int vnc_kept;        /* port that the driver keeps for it; 0: none */
    int spice_kept;      /* the same */
} DomLive;

/* Writing: whether what a running guest has is told, too. */
gboolean dom_def_is_live(const DomXml *xml, const DomDef *def);

struct DomDef {
    DomGeneral general;
    DomMemory memory;
    DomCpu cpu;
    DomSched sched;
    DomOs os;
    DomFeatures features;
    DomClock clock;
    DomEvents events;
    DomVideo video;
    DomInput input;
    DomChardev chardev;
    DomGraphics graphics;
    DomHostdev hostdev;
    GPtrArray *vnodes;   /* of DomVnode */
    GPtrArray *disks;    /* of DomDisk */
    GPtrArray *nics;     /* of DomNic */
    GPtrArray *pvcalls;  /* of DomPvcalls */
    GPtrArray *channels; /* of DomChannel */
    GPtrArray *vkbs;     /* of DomVkb */
    GPtrArray *vsnds;    /* of DomVsnd */
    GPtrArray *vfbs;     /* of DomVfb */
    GPtrArray *vdispls;  /* of DomVdispl */
    GPtrArray *pcis;     /* of DomPci */
    GPtrArray *usbctrls; /* of DomUsbctrl */
    GPtrArray *usbdevs;  /* of DomUsbdev */
    GPtrArray *virtios;  /* of DomVirtio */
    GPtrArray *vtpms;    /* of DomVtpm */
    GPtrArray *p9s;      /* of DomP9 */
    DomMetadata metadata;
    DomLive live;
};

/* One place of the model: a topic embedded in DomDef, or a list of devices. */
typedef struct {
    const char *topic;
    const DomRecord *record;
    gsize offset; /* in DomDef: of the record itself, or of the GPtrArray */
    gboolean list;
    const char *path; /* lists: parent element and element name, "devices/disk" */
} DomSection;

extern const DomSection dom_sections[];
extern const guint dom_n_sections;

/* The record's address in @def, for a topic; the list's GPtrArray, for devices. */
gpointer dom_section_data(const DomSection *section, DomDef *def);
gconstpointer dom_section_const_data(const DomSection *section, const DomDef *def);
GPtrArray *dom_section_list(const DomSection *section, const DomDef *def);
/* Whether both have the same there. */
gboolean dom_section_equal(const DomSection *section, const DomDef *a, const DomDef *b);

/* Whether a device of @section has an element. An odd one (a disk whose name libvirt's schema does
 * not have, as "d0") is told in residual text, unless unknown XML came with any of its kind: that
 * has to have a place. @odd: whether they all have one, see dom_section_shows_odd(). */
gboolean dom_section_shows(const DomSection *section, const DomDef *def, gconstpointer device,
                           gboolean odd);
gboolean dom_section_shows_odd(const DomSection *section, const DomDef *def);

/* All records' unknown XML, in the order of sections: of DomRest, borrowed (transfer container). */
GPtrArray *dom_def_rests(DomDef *def);

DomDef *dom_def_new(void);
DomDef *dom_def_copy(const DomDef *def);
/* Whether both describe the same guest; DomLive does not count. */
gboolean dom_def_equal(const DomDef *a, const DomDef *b);
/* NULL is fine. */
void dom_def_free(DomDef *def);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DomDef, dom_def_free)

/* Makes a device of @record, appends it to @list and returns it (owned by the list). */
gpointer dom_list_add(GPtrArray *list, const DomRecord *record);
/* Makes @list hold copies of the devices of @from, in place of its own. */
void dom_list_copy(GPtrArray *list, const GPtrArray *from, const DomRecord *record);

typedef enum {
    DOM_FORMAT_SECURE = 1 << 0,   /* show passwords */
    DOM_FORMAT_INACTIVE = 1 << 1, /* leave out DomLive */
    DOM_FORMAT_ODD = 1 << 2,      /* show odd devices, too */
} DomFormatFlags;

/*
 * Reads <domain> XML. Every error and every element that the model does not know goes to @report
 * (may be NULL) with its line; unknown XML is kept in the DomDef. @ops (may be NULL: the residual
 * text is then not understood and kept as unknown XML) reads xl.cfg text in <metadata>.
 * NULL with DOM_ERROR when anything was wrong; the message has one line per error.
 */
DomDef *dom_def_parse_xml(const char *xml, const DomDefOps *ops, DomReport *report, GError **error);
/* The first half of it, for src/conf: *@ret_doubtful says whether what was kept may be something else
 * where it is written again. */
DomDef *dom_def_read_xml(const char *xml, const DomDefOps *ops, DomReport *report,
                         gboolean *ret_doubtful, GError **error);

/*
 * Writes <domain> XML (transfer full). With NULL @ops what the schema cannot say is left out.
 * Fails with DOM_ERROR_INVALID when the model holds text that XML cannot (control characters).
 */
char *dom_def_format_xml(const DomDef *def, DomFormatFlags flags, const DomDefOps *ops,
                         GError **error);

/* The first byte of @text that XML has no place for: no UTF-8, a control character, or one that is
 * no character. NULL when all of it can be written. Any thread. */
const char *dom_xml_uncarried(const char *text);
/* What to say of it (translated). */
const char *dom_xml_uncarried_text(const char *byte);
