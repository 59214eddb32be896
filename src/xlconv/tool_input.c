/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inputs of the command: reading them, and saying what is to say about them. */
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "xlconv/tool.h"
#include "xlconv/tool_report.h"

void
xlc_input_clear(XlcInput *input)
{
    g_free(input->text);
    xlconv_report_free(input->report);
}

static const struct {
    GFileError code;
    const char *text;
} file_problems[] = {
    { G_FILE_ERROR_NOENT, N_("there is no such file or folder: check the name") },
    { G_FILE_ERROR_NOTDIR, N_("a part of the path is no folder: check the name") },
    { G_FILE_ERROR_ISDIR,
      N_("this is a folder: name its files, or convert them all with --output FOLDER") },
    { G_FILE_ERROR_ACCES, N_("permission denied: ask its owner, or run this as root") },
    { G_FILE_ERROR_PERM, N_("permission denied: ask its owner, or run this as root") },
    { G_FILE_ERROR_NOSPC, N_("the disk is full: make room") },
    { G_FILE_ERROR_ROFS, N_("nothing can be written there: choose another place") },
};

static const char *
file_problem(int code)
{
    for (guint i = 0; i < G_N_ELEMENTS(file_problems); i++) {
        if ((int)file_problems[i].code == code)
            return _(file_problems[i].text);
    }
    return NULL;
}

char *
xlc_tool_errno_text(int error)
{
    const char *text = file_problem((int)g_file_error_from_errno(error));

    return g_strdup(text != NULL ? text : g_strerror(error));
}

char *
xlc_tool_error_text(const GError *error)
{
    const char *text = error->domain == G_FILE_ERROR ? file_problem(error->code) : NULL;

    return g_strdup(text != NULL ? text : error->message);
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
    input->report = xlconv_report_new(input->name);
    if (g_str_equal(input->name, "-"))
        ok = read_stdin(input, &error);
    else
        ok = g_file_get_contents(name, &input->text, &input->length, &error);
    if (!ok) {
        g_autofree char *problem = xlc_tool_error_text(error);

        xlc_input_refuse(input, "%s", problem);
    }
    return ok;
}

/* xm's files look like xl's. */
static XlconvForm
form_meant(XlconvForm form, const XlcTool *tool)
{
    return form == XLCONV_FORM_CFG && tool->from_xm ? XLCONV_FORM_XM : form;
}

XlconvForm
xlc_input_form(const XlcInput *input, const XlcTool *tool)
{
    return form_meant(xlconv_form_guess(input->text, input->length), tool);
}

gboolean
xlc_input_is_list(const XlcInput *input)
{
    /* the bytes of a byte order mark are in no text of JSON's */
    return input->text[strspn(input->text, " \t\r\n\xef\xbb\xbf")] == '[';
}

/* "a, b, c" (transfer full). */
static char *
guest_names(GPtrArray *guests)
{
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < guests->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "",
                               xlconv_guest_name(guests->pdata[i]));
    return g_string_free(names, FALSE);
}

/* Leaves the guest that --domain names. FALSE, reported, when there is none or more than one. */
static gboolean
choose_domain(XlcInput *input, const XlcTool *tool, GPtrArray *guests)
{
    g_autofree char *names = guest_names(guests);

    for (guint i = guests->len; tool->domain != NULL && i-- > 0;) {
        if (g_strcmp0(xlconv_guest_name(guests->pdata[i]), tool->domain) != 0)
            g_ptr_array_remove_index(guests, i);
    }
    if (tool->domain == NULL || guests->len == 1)
        return TRUE;
    xlc_input_refuse(input,
                     guests->len == 0 ? _("there is no guest '%s' here, but: %s")
                                      : _("there are several guests '%s' here: %s"),
                     tool->domain, names);
    return FALSE;
}

GPtrArray *
xlc_input_guests(XlcInput *input, XlconvForm form, const XlcTool *tool)
{
    g_autoptr(GPtrArray) guests = NULL;

    guests = xlconv_guests_parse(form_meant(form, tool), input->text, input->length, input->report,
                                 NULL);
    if (guests == NULL || xlconv_report_count(input->report, XLCONV_SEVERITY_ERROR) > 0 ||
        !choose_domain(input, tool, guests))
        return NULL;
    for (guint i = 0; tool->xen != NULL && i < guests->len; i++)
        xlconv_guest_check_xen(guests->pdata[i], tool->xen, input->report);
    return g_steal_pointer(&guests);
}

XlconvGuest *
xlc_input_guest(XlcInput *input, XlconvForm form, const XlcTool *tool)
{
    g_autoptr(GPtrArray) guests = xlc_input_guests(input, form, tool);
    g_autofree char *names = NULL;

    if (guests == NULL)
        return NULL;
    if (guests->len == 1)
        return g_ptr_array_steal_index(guests, 0);
    names = guest_names(guests);
    if (guests->len == 0)
        xlc_input_refuse(
            input, "%s",
            _("there is no guest here: expected one, or what xl list -l prints of some"));
    else
        xlc_input_refuse(input,
                         _("there are %u guests here: choose one with --domain, or convert all of "
                           "them with --output FOLDER: %s"),
                         guests->len, names);
    return NULL;
}

void
xlc_input_tell(XlcInput *input, const GError *error)
{
    if (error != NULL && xlconv_report_count(input->report, XLCONV_SEVERITY_ERROR) == 0)
        xlconv_report_add(input->report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, error->message);
}

void
xlc_input_refuse(XlcInput *input, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    xlconv_report_add(input->report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, text);
}

int
xlc_input_finish(XlcInput *input, const XlcTool *tool)
{
    gboolean wrong = xlconv_report_count(input->report, XLCONV_SEVERITY_ERROR) > 0;

    if (tool->strict && !wrong && xlconv_report_count(input->report, XLCONV_SEVERITY_WARNING) > 0) {
        xlc_input_refuse(input, "%s", _("refused, since --strict makes errors of warnings"));
        wrong = TRUE;
    }
    if (tool->json != NULL)
        xlc_report_append_json(input->report, tool->json);
    else
        xlc_report_print(input->report, input->text);
    return wrong ? XLC_EXIT_REFUSED : XLC_EXIT_DONE;
}
