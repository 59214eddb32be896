/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xlconv, the command, from inside: what its files share. A command is an XlcVerb row in tool.c;
 * its work is in the file of its concept (tool_convert.c, tool_check.c, ...). Of the converter it
 * knows what any program does, libxlconv's public header.
 */
#pragma once

#include <xlconv/xlconv.h>

/* Exit statuses; the worst of several inputs counts. */
enum { XLC_EXIT_DONE, XLC_EXIT_REFUSED, XLC_EXIT_USAGE };

/* Options that not every command takes; a bit each, for XlcVerb. */
typedef enum {
    XLC_TAKES_SECURE = 1 << 0,
    XLC_TAKES_ONTO = 1 << 1,
    XLC_TAKES_IN_PLACE = 1 << 2,
    XLC_TAKES_OUTPUT = 1 << 3,
    XLC_TAKES_FROM = 1 << 4,
    XLC_TAKES_XEN = 1 << 5,
    XLC_TAKES_FORMS = 1 << 6,
    XLC_TAKES_DOMAIN = 1 << 7,
} XlcTakes;

/* The options, as given on the command line. */
typedef struct {
    gboolean strict;
    gboolean secure;
    gboolean show_version;
    gboolean man;      /* keys: as a manual page */
    gboolean markdown; /* keys: as docs/keys.md */
    gboolean in_place; /* the result goes into the file that it changes */
    gboolean force;    /* overwrite files of the folder */
    char *output;      /* the folder for a result of each input */
    char *onto;        /* the file to change, instead of writing a new one */
    char *from;        /* how cfg files are written: "xl", "xm", or NULL for xl */
    gboolean from_xm;  /* the same */
    char *xen;         /* the Xen that is to understand the result; NULL: any */
    char *domain;      /* the guest that counts, in an input with several; NULL: all */
    char *format;      /* of diagnostics: "text", "json", or NULL for text */
    GString *json;     /* diagnostics so far, with --format json; otherwise NULL */
} XlcTool;

/* Prints "xlconv: TEXT" to standard error. */
void xlc_tool_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* --- tool_write.c --- */

/* Whether all that was printed to standard output has got there; says when not. The status. */
int xlc_tool_flush(void);

/* Prints @text to standard output, or for a @file into that. Says what went wrong. The status. */
int xlc_tool_write(const XlcTool *tool, const char *file, const char *text);

/* --- tool_input.c --- */

/* One input with what was said about it. */
typedef struct {
    const char *name; /* as given; "-" for standard input; borrowed */
    char *text;       /* ends in a NUL beyond its length */
    gsize length;
    XlconvReport *report;
} XlcInput;

void xlc_input_clear(XlcInput *input);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XlcInput, xlc_input_clear)

/* Reads @name, or standard input for NULL and "-". FALSE when it cannot be read; reported. */
gboolean xlc_input_read(XlcInput *input, const char *name);

/* What it looks like, or what --from says. */
XlconvForm xlc_input_form(const XlcInput *input, const XlcTool *tool);

/* Whether it looks like a list, as `xl list -l` prints one, and not like one guest. */
gboolean xlc_input_is_list(const XlcInput *input);

/*
 * The guests of the input, of XlconvGuest (transfer full), or the one that --domain names; what
 * --xen does not know is reported. NULL, reported, when anything was wrong.
 */
GPtrArray *xlc_input_guests(XlcInput *input, XlconvForm form, const XlcTool *tool);

/* The same where there may be only one (transfer full). */
XlconvGuest *xlc_input_guest(XlcInput *input, XlconvForm form, const XlcTool *tool);

/* Puts @error (may be NULL) into the report, unless the report has told of an error already. */
void xlc_input_tell(XlcInput *input, const GError *error);

/* Puts an error of its own into the report. */
void xlc_input_refuse(XlcInput *input, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Prints what was said. With --strict whatever was said refuses the input. Returns the status. */
int xlc_input_finish(XlcInput *input, const XlcTool *tool);

/* Says "FILE: error: TEXT" to standard error: of a file that has no report. */
void xlc_tool_refuse(const char *file, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* What is wrong with a file or a folder and what to do about it (transfer full), after errno or, in
 * the domain G_FILE_ERROR, an error's code. */
char *xlc_tool_errno_text(int error);
char *xlc_tool_error_text(const GError *error);

/* --- verbs: the status; @files is NULL-terminated --- */

typedef struct XlcVerb XlcVerb;
typedef int XlcVerbRun(const XlcVerb *verb, const XlcTool *tool, char **files);

/* A text that an input becomes. */
typedef struct {
    char *name; /* of the file that it belongs into, without ending; NULL: the input's */
    char *text;
} XlcResult;

/* @name is copied, @text taken. */
XlcResult *xlc_result_new(const char *name, char *text);

/* Adds what one input becomes, of XlcResult, to @results. FALSE, reported, when it cannot. */
typedef gboolean XlcMake(const XlcVerb *verb, const XlcTool *tool, XlcInput *input,
                         GPtrArray *results);

struct XlcVerb {
    const char *name;
    const char *arguments;
    const char *doc;
    XlcVerbRun *run;
    guint takes; /* XlcTakes */
    /* Of those that make a text of each input: */
    XlcMake *make;
    const char *from_suffix; /* of file names, ".cfg" */
    const char *to_suffix;
    XlconvForm from; /* of conversions */
    XlconvForm to;
};

XlcVerbRun xlc_tool_convert;
XlcVerbRun xlc_tool_check;
XlcVerbRun xlc_tool_diff;
XlcVerbRun xlc_tool_fmt;
XlcVerbRun xlc_tool_keys;

/* Runs the verb's make for each file, into tool->output. */
XlcVerbRun xlc_tool_batch;

XlcMake xlc_make_conversion;
XlcMake xlc_make_layout;
