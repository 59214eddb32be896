/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv diff: two inputs compared by meaning. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "xlconv/tool.h"
#include "xlconv/tool_report.h"

static const char *
colour_of(char sign)
{
    return sign == '-' ? "31" : sign == '+' ? "32" : NULL;
}

/* Prints each line of @text, in the colour of its sign. */
static void
print_diff(const char *text)
{
    gboolean colour = xlc_use_colour(STDOUT_FILENO);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL && line[1] != NULL; line++) {
        if (colour && colour_of(**line) != NULL)
            printf("\033[%sm%s\033[0m\n", colour_of(**line), *line);
        else
            printf("%s\n", *line);
    }
}

/* Like diff(1): trouble is not a difference. */
static XlconvGuest *
take(XlcInput *input, const char *name, const XlcTool *tool)
{
    g_autoptr(XlconvGuest) guest = NULL;
    XlconvSeverity limit = tool->strict ? XLCONV_SEVERITY_WARNING : XLCONV_SEVERITY_ERROR;

    if (xlc_input_read(input, name))
        guest = xlc_input_guest(input, xlc_input_form(input, tool), tool);
    if (guest != NULL && xlconv_report_count(input->report, limit) == 0)
        return g_steal_pointer(&guest);
    xlc_input_finish(input, tool);
    return NULL;
}

int
xlc_tool_diff(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    g_auto(XlcInput) input_a = { 0 };
    g_auto(XlcInput) input_b = { 0 };
    g_autoptr(XlconvGuest) a = NULL;
    g_autoptr(XlconvGuest) b = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    if (g_strv_length(files) != 2) {
        xlc_tool_say("%s", _("diff needs two files: xlconv diff A B"));
        return XLC_EXIT_USAGE;
    }
    a = take(&input_a, files[0], tool);
    b = take(&input_b, files[1], tool);
    if (a == NULL || b == NULL)
        return XLC_EXIT_USAGE;
    text = xlconv_guest_diff(a, b, tool->secure ? XLCONV_SECURE : 0, &error);
    if (text == NULL) {
        xlc_tool_say("%s", error->message);
        return XLC_EXIT_USAGE;
    }
    print_diff(text);
    if (xlc_tool_flush() != XLC_EXIT_DONE)
        return XLC_EXIT_USAGE;
    return *text != '\0' ? XLC_EXIT_REFUSED : XLC_EXIT_DONE;
}
