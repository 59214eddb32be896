/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv fmt: the layout of files. */
#include <glib/gi18n.h>
#include <string.h>

#include "xlconv/tool.h"

/* Windows lines are no error here: they are laid out. */
static char *
lay_out(const XlcTool *tool, XlcInput *input)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cfg = NULL;
    char *text = NULL;

    if (tool->from_xm)
        cfg = xlconv_cfg_from_xm(input->text, input->length, input->report, &error);
    if (error == NULL)
        text = xlconv_cfg_layout(cfg != NULL ? cfg : input->text,
                                 cfg != NULL ? strlen(cfg) : input->length, input->report, &error);
    xlc_input_tell(input, error);
    return text;
}

gboolean
xlc_make_layout(const XlcVerb *verb, const XlcTool *tool, XlcInput *input, GPtrArray *results)
{
    char *text = lay_out(tool, input);

    if (text != NULL)
        g_ptr_array_add(results, xlc_result_new(NULL, text));
    return text != NULL;
}

static int
format_file(const XlcTool *tool, const char *file)
{
    g_auto(XlcInput) input = { 0 };
    g_autofree char *text = NULL;
    int status;

    if (xlc_input_read(&input, file))
        text = lay_out(tool, &input);
    status = xlc_input_finish(&input, tool);
    if (status != XLC_EXIT_DONE || text == NULL)
        return status;
    if (tool->in_place && strlen(text) == input.length &&
        memcmp(text, input.text, input.length) == 0)
        return XLC_EXIT_DONE;
    return xlc_tool_write(tool, tool->in_place ? file : NULL, text);
}

int
xlc_tool_fmt(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    guint count = g_strv_length(files);
    int worst = XLC_EXIT_DONE;

    if (!tool->in_place && count > 1) {
        xlc_tool_say("%s", _("several files need --in-place or --output FOLDER"));
        return XLC_EXIT_USAGE;
    }
    if (tool->in_place && count == 0) {
        xlc_tool_say("%s", _("--in-place needs a file"));
        return XLC_EXIT_USAGE;
    }
    if (count == 0)
        return format_file(tool, NULL);
    for (; *files != NULL; files++) {
        int status = format_file(tool, *files);

        worst = MAX(worst, status);
    }
    return worst;
}
