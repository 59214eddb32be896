/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxlconv from inside: what is behind the opaque objects of <xlconv/xlconv.h>. For the files of
 * the library, and for the driver, which works on the model; the command and any other program see
 * the public header alone.
 */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"
#include "xlconv/since.h"

#include <xlconv/xlconv.h>

struct XlconvGuest {
    DomDef *def; /* owned */
    XlconvForm form;
    char *text; /* what it was read from, owned, when that is xl.cfg; else NULL */
    gsize length;
    GPtrArray *lost; /* of char *: what JSON said and the def cannot; NULL for other forms */
};

/* The flags are handed on as they are. */
G_STATIC_ASSERT((int)XLCONV_SECURE == (int)DOM_FORMAT_SECURE);
G_STATIC_ASSERT((int)XLCONV_INACTIVE == (int)DOM_FORMAT_INACTIVE);

/* A report is a DomReport, and a diagnostic a DomDiagnostic, under another name. */
static inline DomReport *
xlc_lib_report(XlconvReport *report)
{
    return (DomReport *)report;
}

/* Turns @inner, an error of this project that it takes, into XLCONV_ERROR. */
void xlc_lib_raise(GError *inner, GError **error);

/* A copy (transfer full) that ends in a NUL, which the caller's bytes need not. */
char *xlc_lib_terminate(const char *text, gsize length);

/*
 * A file from Windows is wrong in every line, which is one thing to say: reports that, and returns
 * its plain lines (transfer full), in which the rest of its errors is to be found. NULL for a file
 * that is none.
 */
char *xlc_lib_plain_lines(const char *text, gsize length, DomReport *report);

/* As xlc_xm_to_cfg_partial(); @error is in the report, too. */
char *xlc_lib_read_xm(const char *text, gsize length, DomReport *report, GError **error);

/* Reports a text that has more than a byte for each character; TRUE for one. */
gboolean xlc_lib_refuse_wide(const char *text, gsize length, DomReport *report);

/* A guest of @def, which it takes, read from @form. */
XlconvGuest *xlc_lib_guest_new(DomDef *def, XlconvForm form);

/* The guests in libxl's JSON, of XlconvGuest (transfer full); NULL with DOM_ERROR. */
GPtrArray *xlc_lib_guests_from_json(const char *text, gsize length, DomReport *report,
                                    GError **error);
/*
 * xl binds a guest to libxl's configuration when it reads the file: what stops it there is an
 * error, reported at its place in @doc, which @def was read from; FALSE then. That the libxl here
 * lacks something is a note, unless @xen (NULL: any) is another one, which the guest may be for.
 * Only where the library has libxenlight.
 */
gboolean xlc_lib_check_start(const DomDef *def, const XlcDoc *doc, const XlcXen *xen,
                             DomReport *report);

/* Whether @text, the xl.cfg that was written of @def, is read again: FALSE for what
 * xlc_lib_check_start() would make an error of, reported at its place in the XML that @def was read
 * from, if it was. What else keeps the guest from starting is a warning. */
gboolean xlc_lib_check_written(const DomDef *def, const char *text, DomReport *report);
/* As xlc_lib_check_start(), where such a guest is of no use: whatever stops it is an error. */
void xlc_lib_refuse_start(const DomDef *def, const XlcDoc *doc, DomReport *report);

/* The same for what of @doc, whose errors @report has, makes sense: keys that are wrong already,
 * and what is missing, are not told again. */
void xlc_lib_check_rest(const XlcDoc *doc, DomReport *report);

/* What keeps it from being bound, of DomComplaint with DOM_ERROR_INVALID or _UNSUPPORTED (transfer
 * full); empty without libxenlight. */
GPtrArray *xlc_lib_complaints(const DomDef *def);

/* libxl's JSON (transfer full); NULL with DOM_ERROR. */
char *xlc_lib_guest_to_json(const DomDef *def, GError **error);

/* What JSON shows of @guest (transfer full): a USB device without a type, say, is nothing there.
 * NULL when it cannot be started. */
DomDef *xlc_lib_through_json(const XlconvGuest *guest);

/* What the xl.cfg file @cfg of @length bytes is to say once @guest is put onto it (transfer full):
 * what JSON has no word for, or spells out, is as the file has it where nobody edited it. What is
 * not is reported to @report. */
DomDef *xlc_lib_wanted(const XlconvGuest *guest, const char *cfg, gsize length, DomReport *report);

/* Whether the libxl that is here is that of @xen (NULL: any will do). */
gboolean xlc_lib_speaks_for(const XlcXen *xen);

/* What libxl does not understand of an item of cpuid= (translated), as bind_cpuid_complaint(); NULL
 * when nothing is wrong, or there is no libxl to ask. */
const char *xlc_lib_cpuid_complaint(const char *item, gboolean leaf);

/* bind_normal() and bind_forget_made_up() where the library has libxenlight; else a copy, and
 * nothing. */
DomDef *xlc_lib_normal(const DomDef *def, gboolean unheld_too);
void xlc_lib_forget_made_up(DomDef *def, const DomDef *named);
