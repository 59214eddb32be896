/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the model to libxl's libxl_domain_config and back: what `xl create` would have handed to
 * libxl for the same file, all that xl itself adds included. Pure functions: no libvirt, no libxl
 * context, no Xen; two calls may run at once.
 *
 *     libxl_domain_config config;
 *     if (bind_domain_config(def, host, &config, &error)) {
 *         libxl_domain_create_new(ctx, &config, ...);
 *         libxl_domain_config_dispose(&config);
 *     }
 *
 * One topic, one file, one table of rows (row.h), each row working in both directions.
 */
#pragma once

#include "conf/def.h"

#include <libxl.h>

/*
 * What xl asks the host and its xl.conf(5). Strings are borrowed; NULL is what an empty xl.conf
 * says.
 */
typedef struct {
    guint ncpus;            /* CPUs beyond it vanish from an affinity, as in xl */
    guint nnodes;           /* NUMA nodes */
    const guint *cpu_nodes; /* the node of each of the ncpus CPUs; NULL: nodes of equal size */
    const char *vif_script; /* vif.default.script and its sisters */
    const char *vif_bridge;
    const char *vif_gatewaydev;
    const char *vif_backend;
    const char *blkdev_start;
    gboolean claim_mode;
    gboolean run_hotplug_scripts;
    guint32 max_grant_frames; /* LIBXL_MAX_GRANT_DEFAULT: Xen decides */
    guint32 max_maptrack_frames;
    int max_grant_version; /* negative: Xen decides */
} BindHost;

/* A host of 256 CPUs in 8 nodes with an empty xl.conf; where a host is asked for and none is at
 * hand. */
extern const BindHost bind_host_any;

/*
 * Fills @ret_config from @def. @ret_config need not be initialised; on success the caller disposes
 * of it with libxl_domain_config_dispose, on failure nothing is left to dispose of. A def without
 * uuid gives a config whose uuid is all zero: the caller makes one. A NULL @host is bind_host_any.
 *
 * Fails with DOM_ERROR_INVALID for what xl refuses too (no kernel for a PV guest, more vcpus than
 * maxvcpus, an empty affinity), with DOM_ERROR_UNSUPPORTED for what this Xen lacks.
 */
gboolean bind_domain_config(const DomDef *def, const BindHost *host,
                            libxl_domain_config *ret_config, GError **error);

/*
 * Makes a model (transfer full) from what libxl knows of a guest, for guests that xl made. What xl
 * adds by itself comes back as absent, so that binding the result gives @config again. What the
 * model cannot hold is left out.
 */
DomDef *bind_def_from_config(const libxl_domain_config *config, GError **error);

/*
 * What Xen gets of @def, as a model (transfer full): two that are equal start the same guest. What
 * xl refuses is as it was. With @unheld_too what the libxl at hand has no place for is in it as it
 * was, else it is left out.
 */
DomDef *bind_normal(const DomDef *def, gboolean unheld_too);
/* Whether the libxl at hand has a place for @member of @record. */
gboolean bind_holds(const DomRecord *record, const char *member);
/* Clears in @def what libxl makes at each start of a guest that does not name it, as @named. */
void bind_forget_made_up(DomDef *def, const DomDef *named);

/* Whether bind_domain_config() makes something of @def on some host, however many CPUs it has. */
gboolean bind_def_check(const DomDef *def, GError **error);

/* All that it would complain about, of DomComplaint: the first of each topic (transfer full). */
GPtrArray *bind_def_complaints(const DomDef *def);

/* The JSON that `xl list -l` and `xl -N create` print of it (transfer full). */
char *bind_config_to_json(libxl_domain_config *config, GError **error);

/* The same of what bind_domain_config makes of @def for bind_host_any (transfer full). */
char *bind_def_to_json(const DomDef *def, GError **error);

/*
 * Reads libxl's JSON, @length bytes of @text: a configuration as bind_config_to_json and
 * `xl -N create` print it, or what `xl list -l` prints, a list of objects with domid and config, in
 * which domain 0 is passed over. libxl's own reader needs a running Xen, this one does not.
 *
 * @report (may be NULL) gets every error with its line and column; a member that this version of
 * libxl does not know, or that xl.cfg cannot say, as a warning; what xl adds by itself and the JSON
 * has not, as a note.
 * NULL with DOM_ERROR when anything was wrong; the message has one line per error.
 */
GPtrArray *bind_defs_from_json(const char *text, gsize length, DomReport *report,
                               GError **error); /* of DomDef (transfer full) */

/* A guest, and what xl.cfg cannot say of it, as "b_info.PLACE: VALUE" (char *). */
typedef struct {
    DomDef *def;
    GPtrArray *lost;
} BindJsonGuest;

/* The same, of BindJsonGuest (transfer full). */
GPtrArray *bind_guests_from_json(const char *text, gsize length, DomReport *report, GError **error);

/* The same for a text with exactly one guest (transfer full). */
DomDef *bind_def_from_json(const char *text, gsize length, DomReport *report, GError **error);
