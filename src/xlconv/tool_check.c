/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv check */
#include "xlconv/tool.h"

static int
check_file(const XlcTool *tool, const char *file)
{
    g_auto(XlcInput) input = { 0 };

    if (xlc_input_read(&input, file))
        xlconv_check(xlc_input_form(&input, tool), input.text, input.length, tool->xen,
                     input.report);
    return xlc_input_finish(&input, tool);
}

int
xlc_tool_check(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    int worst = XLC_EXIT_DONE;

    if (files[0] == NULL)
        return check_file(tool, NULL);
    for (; *files != NULL; files++) {
        int status = check_file(tool, *files);

        worst = MAX(worst, status);
    }
    return worst;
}
