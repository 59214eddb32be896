/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libxlconv: guests of Xen as xl.cfg(5), as libvirt domain XML and as libxl's JSON.
 *
 *     g_autoptr(XlconvReport) report = xlconv_report_new("web.cfg");
 *     g_autoptr(XlconvGuest) guest =
 *         xlconv_guest_parse(XLCONV_FORM_CFG, text, length, report, &error);
 *     g_autofree char *xml =
 *         guest != NULL ? xlconv_guest_format(guest, XLCONV_FORM_XML, 0, report, &error) : NULL;
 *
 * Nothing is lost on the way: what a form has no place for is carried along (xl.cfg text in
 * <metadata> of the XML, comments in xl.cfg) or reported.
 *
 * The library reads no file, asks no network, clock, random source or hypervisor, and never prints.
 *
 * Errors are GError, last; a function returns NULL if and only if it sets it. Messages are
 * translated (the caller's locale), say what to do, and have a line for each error of the text.
 *
 * Ownership: what a function returns belongs to the caller unless it is a const pointer, which
 * lives as long as the object it was asked of. Text is freed with g_free(). Lengths are in bytes.
 *
 * Threads: every function may run in any number of threads at once, as long as no two of them use
 * the same report, and none changes or frees an object that another uses. A guest does not change.
 *
 * Stability: symbols are versioned. A later 0.x may add some and never takes one away or changes
 * one; enumerations may grow, so that a switch over them needs a default.
 */
#ifndef XLCONV_H
#define XLCONV_H

#include <glib.h>

G_BEGIN_DECLS

/* The version of the library that runs, "0.1.0". Static. */
const char *xlconv_version(void);

/* --- errors --- */

#define XLCONV_ERROR (xlconv_error_quark())

/**
 * XlconvError:
 * @XLCONV_ERROR_SYNTAX: the text breaks the grammar of its form
 * @XLCONV_ERROR_INVALID: well formed, but with a value that cannot be, or without one that must be
 * @XLCONV_ERROR_UNSUPPORTED: right, but not something that this library, or this Xen, can do
 * @XLCONV_ERROR_UNWRITABLE: the guest holds what the form cannot say
 */
typedef enum {
    XLCONV_ERROR_SYNTAX,
    XLCONV_ERROR_INVALID,
    XLCONV_ERROR_UNSUPPORTED,
    XLCONV_ERROR_UNWRITABLE,
} XlconvError;

GQuark xlconv_error_quark(void);

/* --- reports: what is to say about a text, with its places --- */

/* A list of diagnostics about one text, in the order of their lines. One thread at a time. */
typedef struct XlconvReport XlconvReport;

/* One of them. Belongs to its report and lives until something is added to that. */
typedef struct XlconvDiagnostic XlconvDiagnostic;

/**
 * XlconvSeverity:
 * @XLCONV_SEVERITY_NOTE: advice
 * @XLCONV_SEVERITY_WARNING: something is ignored, left out or not understood
 * @XLCONV_SEVERITY_ERROR: the text is refused
 */
typedef enum {
    XLCONV_SEVERITY_NOTE,
    XLCONV_SEVERITY_WARNING,
    XLCONV_SEVERITY_ERROR,
} XlconvSeverity;

/* Makes an empty report. @file (copied) names the text in each diagnostic; NULL is "-". */
XlconvReport *xlconv_report_new(const char *file);

/* NULL is fine. */
void xlconv_report_free(XlconvReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlconvReport, xlconv_report_free)

/*
 * Adds a diagnostic of the caller's own at the end. @line and @column count from 1, in bytes; 0
 * where there is none. @key may be NULL; the texts are copied.
 */
void xlconv_report_add(XlconvReport *report, XlconvSeverity severity, guint line, guint column,
                       const char *key, const char *text);

/* How many diagnostics there are, and how many are at least that severe. */
guint xlconv_report_size(const XlconvReport *report);
guint xlconv_report_count(const XlconvReport *report, XlconvSeverity at_least);

/* The one at @index, below xlconv_report_size(). */
const XlconvDiagnostic *xlconv_report_get(const XlconvReport *report, guint index);

XlconvSeverity xlconv_diagnostic_severity(const XlconvDiagnostic *diagnostic);
const char *xlconv_diagnostic_file(const XlconvDiagnostic *diagnostic);
guint xlconv_diagnostic_line(const XlconvDiagnostic *diagnostic);   /* from 1; 0: none */
guint xlconv_diagnostic_column(const XlconvDiagnostic *diagnostic); /* from 1, bytes; 0: none */
/* The key of xl.cfg, or the path in XML or JSON; NULL where the text says all. */
const char *xlconv_diagnostic_key(const XlconvDiagnostic *diagnostic);
const char *xlconv_diagnostic_text(const XlconvDiagnostic *diagnostic);

/* One line "file:line:column: severity: key: text", without a newline. */
char *xlconv_diagnostic_format(const XlconvDiagnostic *diagnostic);

/* "note", "warning" or "error". Not translated: tools read it. Static. */
const char *xlconv_severity_name(XlconvSeverity severity);

/* --- guests --- */

/* One guest, whatever it was read from. */
typedef struct XlconvGuest XlconvGuest;

/**
 * XlconvForm:
 * @XLCONV_FORM_CFG: xl.cfg(5), as `xl create` reads it
 * @XLCONV_FORM_XML: a libvirt <domain>
 * @XLCONV_FORM_JSON: libxl's JSON: a configuration as `xl -N create` prints it, or what
 *     `xl list -l` prints, a list of them in which domain 0 is passed over
 * @XLCONV_FORM_XM: a file of the old xm, which were Python, as far as it is data. It is only read:
 *     the guest is one of XLCONV_FORM_CFG
 */
typedef enum {
    XLCONV_FORM_CFG,
    XLCONV_FORM_XML,
    XLCONV_FORM_JSON,
    XLCONV_FORM_XM,
} XlconvForm;

/**
 * XlconvFlags:
 * @XLCONV_SECURE: with passwords. Without it cfg and XML have none, and the report says so where
 *     one was left out. JSON is what Xen gets, passwords and all.
 * @XLCONV_INACTIVE: XML without what only a running guest has, its id and its ttys
 */
typedef enum {
    XLCONV_SECURE = 1 << 0,
    XLCONV_INACTIVE = 1 << 1,
} XlconvFlags;

/* What @text looks like: XML begins with <, JSON with { or [, neither of which xl.cfg can. */
XlconvForm xlconv_form_guess(const char *text, gsize length);

/* Whether the form can be read and written: JSON only where the library has libxenlight, xm's never. */
gboolean xlconv_form_is_supported(XlconvForm form);

/*
 * Reads @length bytes of @text, which describes one guest, as xl, libvirt or libxl would. Any bytes
 * may come in; sizes and depths are bounded. Every error goes to @report (may be NULL), as does
 * what is ignored or unknown.
 *
 * NULL with XLCONV_ERROR_SYNTAX or _INVALID when anything was wrong, with _UNSUPPORTED for a form
 * that is not supported.
 */
XlconvGuest *xlconv_guest_parse(XlconvForm form, const char *text, gsize length,
                                XlconvReport *report, GError **error);

/* As xlconv_guest_parse(), for a text with any number of guests, of which only JSON has another
 * than one. The array frees its guests. */
GPtrArray *xlconv_guests_parse(XlconvForm form, const char *text, gsize length,
                               XlconvReport *report, GError **error);

/* NULL is fine. */
void xlconv_guest_free(XlconvGuest *guest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlconvGuest, xlconv_guest_free)

/* The guest's name. */
const char *xlconv_guest_name(const XlconvGuest *guest);

/*
 * Writes @guest. Reading the text gives the same guest again. What is left out or becomes a comment
 * is reported to @report (may be NULL). @flags is a set of XlconvFlags.
 *
 * NULL with XLCONV_ERROR_UNWRITABLE or _INVALID for what the form cannot say (XML has no control
 * characters), with _UNSUPPORTED or _INVALID for a guest that this Xen cannot start, when it is to
 * be JSON.
 */
char *xlconv_guest_format(const XlconvGuest *guest, XlconvForm form, guint flags,
                          XlconvReport *report, GError **error);

/*
 * Returns: @cfg of @length bytes, an xl.cfg file, changed so that it describes @guest, and nothing
 * else: what means the same keeps its bytes, its place and its comments. What is wrong with @cfg
 * goes to @cfg_report, what cannot be said of @guest to @report (either may be NULL). Without
 * XLCONV_SECURE passwords of the file stay as they are.
 */
char *xlconv_guest_onto(const XlconvGuest *guest, const char *cfg, gsize length, guint flags,
                        XlconvReport *cfg_report, XlconvReport *report, GError **error);

/*
 * What two guests mean differently, for people: lines that begin with '-' (of @a) or '+' (of @b),
 * below lines "@@ topic @@"; lines that begin with a blank are around them. "" when both mean the
 * same: Xen gets the same of both, and what it does not get (xl's own keys) is the same, too. How a
 * value was spelled and where it stood does not count. What xl.cfg has no word for is compared when
 * both were read from XML, and shown when one was read from JSON; what JSON has no place for is not
 * held against JSON. Without XLCONV_SECURE passwords are compared, not shown.
 */
char *xlconv_guest_diff(const XlconvGuest *a, const XlconvGuest *b, guint flags, GError **error);

/* Whether @xen, like "4.18" or "4.18.1", is a version whose keys are told apart (4.17 to 4.22). */
gboolean xlconv_xen_is_known(const char *xen);

/*
 * Reports, as warnings, each key and option of @guest that Xen @xen, a known version, does not
 * understand; with its place for a guest that was read from xl.cfg.
 */
void xlconv_guest_check_xen(const XlconvGuest *guest, const char *xen, XlconvReport *report);

/*
 * Reports all that is to say about @text: what xlconv_guests_parse() says, what @xen (NULL: any)
 * does not know, and advice: what xl accepts but was surely not meant, and what to write for what
 * it does not accept.
 */
void xlconv_check(XlconvForm form, const char *text, gsize length, const char *xen,
                  XlconvReport *report);

/* --- xl.cfg files as text --- */

/*
 * Lays @cfg out: one statement a line, one way of quotes and blanks, Windows line ends made plain;
 * comments and the order of everything stay. NULL with XLCONV_ERROR_SYNTAX.
 */
char *xlconv_cfg_layout(const char *cfg, gsize length, XlconvReport *report, GError **error);

/*
 * A configuration file of the old xm, which were Python, as xl.cfg, line for line. NULL with
 * XLCONV_ERROR_SYNTAX for one that is more than data (imports, functions, conditions).
 */
char *xlconv_cfg_from_xm(const char *xm, gsize length, XlconvReport *report, GError **error);

/* --- the keys of xl.cfg --- */

/* A key that is known. Static, like all that it is asked for, unless freed below. */
typedef struct XlconvKey XlconvKey;

/**
 * XlconvKeyStatus:
 * @XLCONV_KEY_MAPPED: read and written
 * @XLCONV_KEY_ALIAS: read, and written as another key
 * @XLCONV_KEY_DEPRECATED: the same, and reported
 * @XLCONV_KEY_KEPT: not understood, but carried as it is
 */
typedef enum {
    XLCONV_KEY_MAPPED,
    XLCONV_KEY_ALIAS,
    XLCONV_KEY_DEPRECATED,
    XLCONV_KEY_KEPT,
} XlconvKeyStatus;

/* How many there are, and the one at @index, topic by topic. */
guint xlconv_n_keys(void);
const XlconvKey *xlconv_key_get(guint index);

const char *xlconv_key_name(const XlconvKey *key);  /* "memory" */
const char *xlconv_key_topic(const XlconvKey *key); /* "memory", "disk", ... */
const char *xlconv_key_doc(const XlconvKey *key);   /* one line, translated */
XlconvKeyStatus xlconv_key_status(const XlconvKey *key);
/* What to write instead of an alias or a deprecated key; NULL for others. */
const char *xlconv_key_instead(const XlconvKey *key);
/* The Xen that brought it, "4.18"; NULL: 4.17 or before. */
const char *xlconv_key_since(const XlconvKey *key);
/* What may stand behind the =, for people, translated (transfer full). */
char *xlconv_key_value(const XlconvKey *key);
/* The kinds of guest that xl reads it for, "PV, HVM" (transfer full); NULL: all. */
char *xlconv_key_guests(const XlconvKey *key);

/* A word of the closed list that stands inside the value of a key, as vdev= does in the items of
 * disk. Lives as long as its array. */
typedef struct XlconvOption XlconvOption;

/*
 * The options of a key, of XlconvOption, for people: what stands inside the items of a list of
 * devices and the like (transfer full; the array frees its elements). Empty for a key whose value
 * is one thing. The features that cpuid= takes are libxenlight's, and not listed.
 */
GPtrArray *xlconv_key_options(const XlconvKey *key);

const char *xlconv_option_name(const XlconvOption *option); /* "vdev" */
/* What may stand behind its =, translated; NULL for one that stands alone. */
const char *xlconv_option_value(const XlconvOption *option);
/* One line, translated; NULL where the name says all. */
const char *xlconv_option_doc(const XlconvOption *option);
/* The Xen that brought it, "4.19"; NULL: the key's own. */
const char *xlconv_option_since(const XlconvOption *option);

/* "mapped", "alias", "deprecated" or "kept". Not translated. Static. */
const char *xlconv_key_status_name(XlconvKeyStatus status);

G_END_DECLS

#endif
