/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv, the command. See xlconv(1). */
#include "xlconv/tool.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

static const XlcVerb verbs[] = {
    { "cfg2xml", "[FILE]", N_("xl.cfg to libvirt domain XML"), xlc_tool_convert, xlc_input_cfg,
      xlc_output_xml },
    { "xml2cfg", "[FILE]", N_("libvirt domain XML to xl.cfg"), xlc_tool_convert, xlc_input_xml,
      xlc_output_cfg },
    { "cfg2json", "[FILE]", N_("xl.cfg to libxl's JSON, as Xen would get it"), xlc_tool_convert,
      xlc_input_cfg, xlc_output_json },
    { "xml2json", "[FILE]", N_("domain XML to libxl's JSON, as Xen would get it"), xlc_tool_convert,
      xlc_input_xml, xlc_output_json },
    { "check", "FILE...", N_("say what is wrong with files of either kind"), xlc_tool_check },
    { "keys", "", N_("list the keys of xl.cfg and what becomes of them"), xlc_tool_keys },
};

void
xlc_tool_say(const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "%s: %s\n", g_get_prgname(), text);
}

static char *
verb_summary(void)
{
    GString *text = g_string_new(_("Commands:"));

    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_string_append_printf(text, "\n  %-9s %-8s %s", verbs[i].name, verbs[i].arguments,
                               _(verbs[i].doc));
    g_string_append(text,
                    _("\n\nWithout a file, standard input is read. The result goes to standard "
                      "output, what is to\nsay about it to standard error. Exit status: 0 "
                      "done, 1 refused, 2 wrong usage."));
    return g_string_free(text, FALSE);
}

static int
run_verb(const XlcTool *tool, char **arguments)
{
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (g_str_equal(verbs[i].name, arguments[0]))
            return verbs[i].run(&verbs[i], tool, arguments + 1);
    }
    xlc_tool_say(_("there is no command '%s': try %s --help"), arguments[0], g_get_prgname());
    return XLC_EXIT_USAGE;
}

static GOptionContext *
make_context(XlcTool *tool)
{
    const GOptionEntry entries[] = {
        { "strict", 0, 0, G_OPTION_ARG_NONE, &tool->strict,
          N_("refuse what would otherwise be a warning"), NULL },
        { "secure", 0, 0, G_OPTION_ARG_NONE, &tool->secure, N_("keep passwords"), NULL },
        { "format", 0, 0, G_OPTION_ARG_STRING, &tool->format,
          N_("how to show diagnostics: text or json"), N_("FORMAT") },
        { "version", 0, 0, G_OPTION_ARG_NONE, &tool->version, N_("print the version"), NULL },
        { NULL, 0, 0, 0, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new(_("COMMAND [FILE...]"));
    g_autofree char *summary = verb_summary();

    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, entries, GETTEXT_PACKAGE);
    return context;
}

/* FALSE when the format is none. */
static gboolean
choose_format(XlcTool *tool)
{
    if (tool->format == NULL || g_str_equal(tool->format, "text"))
        return TRUE;
    if (g_str_equal(tool->format, "json")) {
        tool->json = g_string_new(NULL);
        return TRUE;
    }
    xlc_tool_say(_("there is no format '%s': expected text or json"), tool->format);
    return FALSE;
}

static void
finish_json(XlcTool *tool)
{
    if (tool->json == NULL)
        return;
    fprintf(stderr, "[%s%s]\n", tool->json->str, tool->json->len > 0 ? "\n" : "");
    g_string_free(tool->json, TRUE);
}

static void
tool_clear(XlcTool *tool)
{
    g_free(tool->format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XlcTool, tool_clear)

int
main(int argc, char **argv)
{
    g_auto(XlcTool) tool = { 0 };
    g_autoptr(GOptionContext) context = NULL;
    g_autoptr(GError) error = NULL;
    int result;

    setlocale(LC_ALL, "");
    textdomain(GETTEXT_PACKAGE);
    g_set_prgname("xlconv");
    context = make_context(&tool);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        xlc_tool_say("%s", error->message);
        return XLC_EXIT_USAGE;
    }
    if (tool.version) {
        printf("xlconv %s\n", XLVIRT_VERSION);
        return XLC_EXIT_DONE;
    }
    if (argc < 2) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);

        fputs(help, stderr);
        return XLC_EXIT_USAGE;
    }
    if (!choose_format(&tool))
        return XLC_EXIT_USAGE;
    result = run_verb(&tool, argv + 1);
    finish_json(&tool);
    return result;
}
