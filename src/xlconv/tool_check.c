/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv check */
#include "xlconv/advice.h"
#include "xlconv/tool.h"

static int
check_file(const XlcTool *tool, const char *file)
{
    g_auto(XlcInput) input = { 0 };
    g_autoptr(DomDef) def = NULL;

    if (xlc_input_read(&input, file))
        def = xlc_input_def(&input, xlc_input_any, tool);
    if (input.text != NULL && !xlc_input_is_xml(&input) && (def != NULL || !tool->from_xm))
        xlc_advise(input.text, input.length, def, input.report);
    xlc_input_sort(&input);
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
