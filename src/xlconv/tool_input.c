/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs of the command: reading them, and saying what is to say about them. */
#include <string.h>
#include <unistd.h>

#include "xlconv/tool.h"
#include "xlconv/tool_report.h"

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

DomDef *
xlc_input_cfg(XlcInput *input, const XlcTool *tool, GError **error)
{
    return xlc_def_from_cfg(input->text, input->length, input->report, error);
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
    return def;
}

void
xlc_input_tell(XlcInput *input, const GError *error)
{
    if (error != NULL && dom_report_count(input->report, DOM_SEVERITY_ERROR) == 0)
        dom_report_add(input->report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", error->message);
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
