/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands that read an input in one form and print it in another. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "xlconv/edit.h"
#include "xlconv/tool.h"
#ifdef XLC_WITH_JSON
#include "xlconv/tool_json.h"
#endif

static DomFormatFlags
format_flags(const XlcTool *tool)
{
    return tool->secure ? DOM_FORMAT_SECURE : 0;
}

char *
xlc_output_xml(const DomDef *def, XlcInput *input, const XlcTool *tool, GError **error)
{
    g_autoptr(DomDef) visible = dom_def_copy(def);

    dom_def_clear_secrets(visible);
    if (!tool->secure && !dom_def_equal(def, visible))
        dom_report_add(input->report, DOM_SEVERITY_WARNING, 0, 0, "password",
                       _("a password is left out, and the console would be open to all: add "
                         "--secure to keep it"));
    return dom_def_format_xml(def, format_flags(tool), &xlc_def_ops, error);
}

/* The file to change is an input too; what is wrong with it is shown when it cannot be changed. */
static char *
write_onto(const DomDef *def, XlcInput *input, const XlcTool *tool, GError **error)
{
    g_auto(XlcInput) old = { 0 };
    g_autoptr(GError) wrong = NULL;
    char *text = NULL;

    if (xlc_input_read(&old, tool->onto))
        text = xlc_edit_onto(old.text, old.length, def, format_flags(tool), old.report,
                             input->report, &wrong);
    xlc_input_tell(&old, wrong);
    if (text != NULL)
        return text;
    xlc_input_finish(&old, tool);
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, _("nothing was changed in '%s'"), tool->onto);
    return NULL;
}

char *
xlc_output_cfg(const DomDef *def, XlcInput *input, const XlcTool *tool, GError **error)
{
    if (tool->onto != NULL)
        return write_onto(def, input, tool, error);
    return xlc_def_to_cfg(def, format_flags(tool), input->report, error);
}

#ifdef XLC_WITH_JSON
char *
xlc_output_json(const DomDef *def, XlcInput *input, const XlcTool *tool, GError **error)
{
    return xlc_json_from_def(def, error);
}
#else
char *
xlc_output_json(const DomDef *def, XlcInput *input, const XlcTool *tool, GError **error)
{
    g_set_error_literal(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                        _("this xlconv was built without libxenlight: build it where libxen-dev "
                          "is installed"));
    return NULL;
}
#endif

char *
xlc_make_conversion(const XlcVerb *verb, const XlcTool *tool, XlcInput *input)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = xlc_input_def(input, verb->read, tool);
    char *text = def != NULL ? verb->write(def, input, tool, &error) : NULL;

    xlc_input_tell(input, error);
    return text;
}

int
xlc_tool_convert(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    g_auto(XlcInput) input = { 0 };
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
        text = xlc_make_conversion(verb, tool, &input);
    status = xlc_input_finish(&input, tool);
    if (status != XLC_EXIT_DONE || text == NULL)
        return status;
    return xlc_tool_write(tool, tool->in_place ? tool->onto : NULL, text);
}
