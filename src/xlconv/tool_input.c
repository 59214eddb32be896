/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs of the command: reading them, and saying what is to say about them. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "xlconv/doc.h"
#include "xlconv/layout.h"
#include "xlconv/tool.h"
#include "xlconv/tool_report.h"
#include "xlconv/xm.h"

void
xlc_input_clear(XlcInput *input)
{
    g_free(input->text);
    dom_report_free(input->report);
}

static gboolean
read_stdin(XlcInput *input, GError **error)
{
    g_autoptr(GIOChannel) channel = g_io_channel_unix_new(STDIN_FILENO);

    g_io_channel_set_encoding(channel, NULL, NULL);
    return g_io_channel_read_to_end(channel, &input->text, &input->length, error) ==
           G_IO_STATUS_NORMAL;
}

gboolean
xlc_input_read(XlcInput *input, const char *name)
{
    g_autoptr(GError) error = NULL;
    gboolean ok;

    input->name = name != NULL ? name : "-";
    input->report = dom_report_new(input->name);
    if (g_str_equal(input->name, "-"))
        ok = read_stdin(input, &error);
    else
        ok = g_file_get_contents(name, &input->text, &input->length, &error);
    xlc_input_tell(input, error);
    return ok;
}

/* The byte that @diagnostic is about. */
static char
byte_of(const XlcInput *input, const DomDiagnostic *diagnostic)
{
    const char *line = input->text;

    for (guint i = 1; i < diagnostic->line && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL || diagnostic->column == 0 || strlen(line) < diagnostic->column)
        return '\0';
    return line[diagnostic->column - 1];
}

/*
 * A file from Windows is wrong in every line, which is one thing to say. The rest of its errors are
 * found in its plain lines, which take the text's place.
 */
static void
take_plain_lines(XlcInput *input)
{
    g_autoptr(DomReport) found = dom_report_new(NULL);
    gboolean changed;
    char *plain;

    if (memchr(input->text, '\r', input->length) == NULL && *input->text != '\xef')
        return;
    plain = xlc_plain_lines(input->text, input->length, &changed);
    if (changed)
        xlc_doc_free(xlc_doc_parse_partial(input->text, input->length, found, NULL));
    for (guint i = 0; i < dom_report_size(found); i++) {
        const DomDiagnostic *diagnostic = dom_report_get(found, i);
        char byte = byte_of(input, diagnostic);

        if (diagnostic->severity != DOM_SEVERITY_ERROR || (byte != '\r' && byte != '\xef'))
            continue;
        dom_report_add(input->report, DOM_SEVERITY_ERROR, diagnostic->line, diagnostic->column,
                       NULL, "%s",
                       byte == '\r' ? _("lines end as on Windows, which xl refuses: xlconv fmt -i "
                                        "makes them plain")
                                    : _("the file begins with a byte order mark, which xl refuses: "
                                        "xlconv fmt -i takes it out"));
        g_free(input->text);
        input->text = plain;
        input->length = strlen(plain);
        return;
    }
    g_free(plain);
}

gboolean
xlc_input_take_cfg(XlcInput *input, const XlcTool *tool, GError **error)
{
    char *cfg;

    if (!tool->from_xm) {
        take_plain_lines(input);
        return TRUE;
    }
    cfg = xlc_xm_to_cfg(input->text, input->length, input->report, error);
    if (cfg == NULL)
        return FALSE;
    g_free(input->text);
    input->text = cfg;
    input->length = strlen(cfg);
    return TRUE;
}

DomDef *
xlc_input_cfg(XlcInput *input, const XlcTool *tool, GError **error)
{
    g_autoptr(DomDef) def = NULL;

    if (!xlc_input_take_cfg(input, tool, error))
        return NULL;
    def = xlc_def_from_cfg(input->text, input->length, input->report, error);
    return dom_report_count(input->report, DOM_SEVERITY_ERROR) == 0 ? g_steal_pointer(&def) : NULL;
}

DomDef *
xlc_input_xml(XlcInput *input, const XlcTool *tool, GError **error)
{
    return dom_def_parse_xml(input->text, &xlc_def_ops, input->report, error);
}

/* XML begins with '<', which no xl.cfg can. */
gboolean
xlc_input_is_xml(const XlcInput *input)
{
    gsize blank = strspn(input->text, " \t\r\n");

    return input->text[blank] == '<';
}

DomDef *
xlc_input_any(XlcInput *input, const XlcTool *tool, GError **error)
{
    return (xlc_input_is_xml(input) ? xlc_input_xml : xlc_input_cfg)(input, tool, error);
}

DomDef *
xlc_input_def(XlcInput *input, XlcInputReader *reader, const XlcTool *tool)
{
    g_autoptr(GError) error = NULL;
    DomDef *def = reader(input, tool, &error);

    xlc_input_tell(input, error);
    if (def != NULL && tool->version != 0) {
        g_autoptr(XlcDoc) doc = xlc_input_is_xml(input)
                                    ? NULL
                                    : xlc_doc_parse_partial(input->text, input->length, NULL, NULL);

        xlc_report_newer(def, tool->version, doc, input->report);
    }
    return def;
}

void
xlc_input_tell(XlcInput *input, const GError *error)
{
    if (error != NULL && dom_report_count(input->report, DOM_SEVERITY_ERROR) == 0)
        dom_report_add(input->report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", error->message);
}

static gint
by_line(gconstpointer a, gconstpointer b)
{
    const DomDiagnostic *one = *(const DomDiagnostic *const *)a;
    const DomDiagnostic *other = *(const DomDiagnostic *const *)b;
    guint line = one->line - 1, other_line = other->line - 1; /* none is the last */

    return line < other_line ? -1 : line > other_line;
}

void
xlc_input_sort(XlcInput *input)
{
    g_autoptr(DomReport) report = g_steal_pointer(&input->report);
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();

    for (guint i = 0; i < dom_report_size(report); i++)
        g_ptr_array_add(sorted, (gpointer)dom_report_get(report, i));
    g_ptr_array_sort(sorted, by_line);
    input->report = dom_report_new(input->name);
    for (guint i = 0; i < sorted->len; i++) {
        const DomDiagnostic *diagnostic = sorted->pdata[i];

        dom_report_add(input->report, diagnostic->severity, diagnostic->line, diagnostic->column,
                       diagnostic->key, "%s", diagnostic->text);
    }
}

int
xlc_input_finish(const XlcInput *input, const XlcTool *tool)
{
    DomSeverity limit = tool->strict ? DOM_SEVERITY_WARNING : DOM_SEVERITY_ERROR;

    if (tool->json != NULL)
        xlc_report_append_json(input->report, tool->json);
    else
        xlc_report_print(input->report, input->text);
    return dom_report_count(input->report, limit) > 0 ? XLC_EXIT_REFUSED : XLC_EXIT_DONE;
}
