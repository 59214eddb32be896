/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xlconv, the command, from inside: what its files share. A command is an XlcVerb row in tool.c;
 * its work is in the file of its concept (tool_convert.c, tool_check.c, ...).
 */
#pragma once

#include "xlconv/since.h"
#include "xlconv/xlconv.h"

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
    XlcXen version;    /* the same; 0: any */
    char *format;      /* of diagnostics: "text", "json", or NULL for text */
    GString *json;     /* diagnostics so far, with --format json; otherwise NULL */
} XlcTool;

/* Prints "xlconv: TEXT" to standard error. */
void xlc_tool_say(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Prints @text to standard output, or for a @file into that. Says what went wrong. The status. */
int xlc_tool_write(const XlcTool *tool, const char *file, const char *text);

/* --- tool_input.c --- */

typedef struct XlcInput XlcInput;

/* What an input is written in. */
typedef DomDef *XlcInputReader(XlcInput *input, const XlcTool *tool, GError **error);

/* One input with what was said about it. */
struct XlcInput {
    const char *name; /* as given; "-" for standard input; borrowed */
    char *text;
    gsize length;
    DomReport *report;
};

void xlc_input_clear(XlcInput *input);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XlcInput, xlc_input_clear)

/* Reads @name, or standard input for NULL and "-". FALSE when it cannot be read; reported. */
gboolean xlc_input_read(XlcInput *input, const char *name);

XlcInputReader xlc_input_cfg;
XlcInputReader xlc_input_xml;
/* Finds out what it is. */
XlcInputReader xlc_input_any;

/* Whether it looks like XML. */
gboolean xlc_input_is_xml(const XlcInput *input);

/*
 * Makes the text of a cfg input plain xl.cfg, whatever it was written in; what is wrong about that
 * is reported. FALSE with @error when it cannot be.
 */
gboolean xlc_input_take_cfg(XlcInput *input, const XlcTool *tool, GError **error);

/* Puts what was said into the order of the lines; what has no line comes last. */
void xlc_input_sort(XlcInput *input);

/* As @reader, with each error, and with what tool->version does not know, in the report. */
DomDef *xlc_input_def(XlcInput *input, XlcInputReader *reader, const XlcTool *tool);

/* Puts @error (may be NULL) into the report, unless the report has told of an error already. */
void xlc_input_tell(XlcInput *input, const GError *error);

/* Prints what was said. With --strict whatever was said refuses the input. Returns the status. */
int xlc_input_finish(const XlcInput *input, const XlcTool *tool);

/* --- verbs: the status; @files is NULL-terminated --- */

typedef struct XlcVerb XlcVerb;
typedef int XlcVerbRun(const XlcVerb *verb, const XlcTool *tool, char **files);
/* What one input becomes (transfer full); NULL, reported, when it cannot. */
typedef char *XlcMake(const XlcVerb *verb, const XlcTool *tool, XlcInput *input);
typedef char *XlcOutputWriter(const DomDef *def, XlcInput *input, const XlcTool *tool,
                              GError **error);

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
    XlcInputReader *read; /* for xlc_make_conversion */
    XlcOutputWriter *write;
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

XlcOutputWriter xlc_output_xml;
XlcOutputWriter xlc_output_cfg;
XlcOutputWriter xlc_output_json;
