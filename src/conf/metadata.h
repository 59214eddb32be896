/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libvirt's schema has no place for, carried in <metadata> as xl.cfg text:
 *
 *     <metadata>
 *       <xl:cfg xmlns:xl="urn:xlvirt:xl.cfg:1" implicit="acpi = 1">
 *     oos = 0
 *       </xl:cfg>
 *     </metadata>
 *
 * The text is computed, not listed by hand: the model is shown in standard elements, these are read
 * back, and what did not come back is the residual. "implicit" holds assignments that the standard
 * elements had to spell out though the model leaves them to Xen's defaults; they are taken back
 * while the elements still say just that. "shown" holds what else the elements said of the keys in
 * the text, which counts only as far as they still say that: who edits an element means it. Where
 * the text has what xl ignores for that kind of guest it says the kind, too.
 *
 * This folder does not know xl.cfg, so it asks the one who does through DomDefOps.
 */
#pragma once

#include "conf/record.h"
#include "conf/report.h"

#define DOM_METADATA_NS "urn:xlvirt:xl.cfg:1"

/* A residual as it stands in XML. Borrowed. */
typedef struct {
    const char *text;
    const char *implicit;       /* NULL: nothing to take back */
    const char *shown;          /* NULL: the elements said nothing of it */
    guint line;                 /* where @text begins */
    gboolean placed;            /* the keys of @text are noted in the metadata's rest by name */
    DomReport *report;          /* for what is wrong with @text, with places in the document */
    DomReport *implicit_report; /* for what is wrong with @implicit, with places in that alone */
    DomReport *shown_report;    /* the same for @shown */
} DomResidual;

/* A residual to be written (transfer full): xl.cfg text, NULL for none. */
typedef struct {
    char *text;
    char *implicit;
    char *shown;
} DomResidualText;

void dom_residual_text_clear(DomResidualText *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DomResidualText, dom_residual_text_clear)

typedef struct {
    /*
     * Finds what makes @projected equal to @def: assignments to apply, assignments of @projected to
     * take back, and what it says besides.
     */
    gboolean (*residual)(const DomDef *def, const DomDef *projected, DomResidualText *ret_text,
                         GError **error);
    /* The inverse: changes @def, fresh from standard elements. FALSE when something was wrong,
     * which was reported. */
    gboolean (*apply)(DomDef *def, const DomResidual *residual);
    /* Reading: the XML is to become a domain of this host's libvirt, so what libvirt refuses in one
     * is an error and not a warning. */
    gboolean hosted;
} DomDefOps;

typedef struct {
    DomRest rest;
    char **unmapped; /* "key = value" assignments of xl.cfg that no row knows, kept as they were */
} DomMetadata;

extern const DomRecord dom_metadata_record;
