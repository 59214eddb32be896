/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands that read an input in one form and print it in another. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "xlconv/tool.h"

static guint
format_flags(const XlcTool *tool)
{
    return tool->secure ? XLCONV_SECURE : 0;
}

/* The file to change is an input too; what is wrong with it is shown when it cannot be changed. */
static char *
write_onto(const XlconvGuest *guest, XlcInput *input, const XlcTool *tool)
{
    g_auto(XlcInput) old = { 0 };
    g_autoptr(GError) wrong = NULL;
    char *text = NULL;

    if (xlc_input_read(&old, tool->onto))
        text = xlconv_guest_onto(guest, old.text, old.length, format_flags(tool), old.report,
                                 input->report, &wrong);
    if (xlconv_report_count(input->report, XLCONV_SEVERITY_ERROR) == 0)
        xlc_input_tell(&old, wrong);
    if (text != NULL)
        return text;
    xlc_input_finish(&old, tool);
    xlc_input_refuse(input, _("nothing was changed in '%s'"), tool->onto);
    return NULL;
}

static char *
write_guest(const XlcVerb *verb, const XlconvGuest *guest, XlcInput *input, const XlcTool *tool)
{
    g_autoptr(GError) error = NULL;
    char *text;

    if (tool->onto != NULL)
        return write_onto(guest, input, tool);
    text = xlconv_guest_format(guest, verb->to, format_flags(tool), input->report, &error);
    xlc_input_tell(input, error);
    return text;
}

/* A list of guests makes a file for each, by its name; anything else one, by the input's. */
gboolean
xlc_make_conversion(const XlcVerb *verb, const XlcTool *tool, XlcInput *input, GPtrArray *results)
{
    g_autoptr(GPtrArray) guests = xlc_input_guests(input, verb->from, tool);
    gboolean named = verb->from == XLCONV_FORM_JSON && xlc_input_is_list(input);

    if (guests == NULL)
        return FALSE;
    for (guint i = 0; i < guests->len; i++) {
        const XlconvGuest *guest = guests->pdata[i];
        char *text = write_guest(verb, guest, input, tool);

        if (text == NULL)
            return FALSE;
        g_ptr_array_add(results, xlc_result_new(named ? xlconv_guest_name(guest) : NULL, text));
    }
    return TRUE;
}

int
xlc_tool_convert(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    g_auto(XlcInput) input = { 0 };
    g_autoptr(XlconvGuest) guest = NULL;
    g_autofree char *text = NULL;
    int status;

    if (files[0] != NULL && files[1] != NULL) {
        xlc_tool_say(_("several files need --output FOLDER: '%s' is too many"), files[1]);
        return XLC_EXIT_USAGE;
    }
    if (tool->in_place && tool->onto == NULL) {
        xlc_tool_say(_("%s --in-place needs --onto FILE"), verb->name);
        return XLC_EXIT_USAGE;
    }
    if (xlc_input_read(&input, files[0]))
        guest = xlc_input_guest(&input, verb->from, tool);
    if (guest != NULL)
        text = write_guest(verb, guest, &input, tool);
    status = xlc_input_finish(&input, tool);
    if (status != XLC_EXIT_DONE || text == NULL)
        return status;
    return xlc_tool_write(tool, tool->in_place ? tool->onto : NULL, text);
}
