/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv, the command. See xlconv(1). */
#include "xlconv/tool.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

#define CONVERSION(from, to, text, takes, from_form, to_form)                                      \
    {                                                                                              \
        from "2" to, "[FILE...]", text, xlc_tool_convert, (takes) | XLC_TAKES_OUTPUT,              \
            xlc_make_conversion, "." from, "." to, XLCONV_FORM_##from_form, XLCONV_FORM_##to_form  \
    }

static const XlcVerb verbs[] = {
    CONVERSION("cfg", "xml", N_("xl.cfg to libvirt domain XML"),
               XLC_TAKES_SECURE | XLC_TAKES_FROM | XLC_TAKES_XEN, CFG, XML),
    CONVERSION("xml", "cfg", N_("libvirt domain XML to xl.cfg"),
               XLC_TAKES_SECURE | XLC_TAKES_ONTO | XLC_TAKES_IN_PLACE | XLC_TAKES_XEN, XML, CFG),
    CONVERSION("cfg", "json", N_("xl.cfg to libxl's JSON, as Xen would get it"), XLC_TAKES_FROM,
               CFG, JSON),
    CONVERSION("xml", "json", N_("domain XML to libxl's JSON, as Xen would get it"), 0, XML, JSON),
    CONVERSION("json", "cfg", N_("libxl's JSON, or what xl list -l prints, to xl.cfg"),
               XLC_TAKES_SECURE | XLC_TAKES_ONTO | XLC_TAKES_IN_PLACE | XLC_TAKES_XEN |
                   XLC_TAKES_DOMAIN,
               JSON, CFG),
    CONVERSION("json", "xml", N_("libxl's JSON, or what xl list -l prints, to domain XML"),
               XLC_TAKES_SECURE | XLC_TAKES_XEN | XLC_TAKES_DOMAIN, JSON, XML),
    { "check", "[FILE...]", N_("say what is wrong with files of any kind"), xlc_tool_check,
      XLC_TAKES_FROM | XLC_TAKES_XEN },
    { "diff", "A B", N_("say what two files of any kind mean differently"), xlc_tool_diff,
      XLC_TAKES_SECURE | XLC_TAKES_FROM | XLC_TAKES_DOMAIN },
    { "fmt", "[FILE...]", N_("lay xl.cfg files out, with their comments and order"), xlc_tool_fmt,
      XLC_TAKES_IN_PLACE | XLC_TAKES_OUTPUT | XLC_TAKES_FROM, xlc_make_layout, ".cfg", ".cfg" },
    { "keys", "", N_("list the keys of xl.cfg and what becomes of them"), xlc_tool_keys,
      XLC_TAKES_FORMS },
};

/* An option. */
typedef struct {
    const char *name;
    char letter;
    GOptionArg kind;
    gsize offset; /* in XlcTool */
    guint takes;  /* XlcTakes; 0: every command */
    const char *doc;
    const char *argument;
    GOptionFlags flags;
} OptionRow;

#define FLAG(name, letter, member, takes, doc)                                                     \
    {                                                                                              \
        name, letter, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(XlcTool, member), takes, doc              \
    }
#define TEXT(name, letter, member, takes, doc, argument)                                           \
    {                                                                                              \
        name, letter, G_OPTION_ARG_STRING, G_STRUCT_OFFSET(XlcTool, member), takes, doc, argument  \
    }

static const OptionRow options[] = {
    FLAG("strict", 0, strict, 0, N_("refuse what would otherwise be a warning")),
    FLAG("secure", 0, secure, XLC_TAKES_SECURE, N_("keep passwords")),
    TEXT("onto", 0, onto, XLC_TAKES_ONTO, N_("change FILE where it differs and print it"),
         N_("FILE")),
    FLAG("in-place", 'i', in_place, XLC_TAKES_IN_PLACE,
         N_("write the result into the file that it changes")),
    TEXT("output", 'o', output, XLC_TAKES_OUTPUT, N_("write a file for each input into FOLDER"),
         N_("FOLDER")),
    FLAG("force", 0, force, XLC_TAKES_OUTPUT, N_("overwrite files in FOLDER")),
    TEXT("from", 0, from, XLC_TAKES_FROM, N_("how xl.cfg files are written: xl, or xm as of old"),
         N_("KIND")),
    TEXT("xen", 0, xen, XLC_TAKES_XEN, N_("report what Xen VERSION does not know"), N_("VERSION")),
    TEXT("domain", 0, domain, XLC_TAKES_DOMAIN, N_("of several guests take NAME"), N_("NAME")),
    TEXT("format", 0, format, 0, N_("how to show diagnostics: text or json"), N_("FORMAT")),
    { "man", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(XlcTool, man), XLC_TAKES_FORMS, NULL, NULL,
      G_OPTION_FLAG_HIDDEN },
    { "markdown", 0, G_OPTION_ARG_NONE, G_STRUCT_OFFSET(XlcTool, markdown), XLC_TAKES_FORMS, NULL,
      NULL, G_OPTION_FLAG_HIDDEN },
    FLAG("version", 0, show_version, 0, N_("print the version")),
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

void
xlc_tool_refuse(const char *file, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "%s: %s: %s\n", file, xlconv_severity_name(XLCONV_SEVERITY_ERROR), text);
}

static char *
verb_summary(void)
{
    GString *text = g_string_new(_("Commands:"));

    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        g_string_append_printf(text, "\n  %-9s %-9s %s", verbs[i].name, verbs[i].arguments,
                               _(verbs[i].doc));
    g_string_append(text,
                    _("\n\nWithout a file, standard input is read. The result goes to standard "
                      "output, what is to\nsay about it to standard error. Exit status: 0 "
                      "done, 1 refused, 2 wrong usage."));
    return g_string_free(text, FALSE);
}

static gboolean
is_given(const XlcTool *tool, const OptionRow *row)
{
    const char *member = (const char *)tool + row->offset;

    return row->kind == G_OPTION_ARG_NONE ? *(const gboolean *)member
                                          : *(char *const *)member != NULL;
}

/* FALSE, said, when an option is given that the command has no use for. */
static gboolean
check_options(const XlcVerb *verb, const XlcTool *tool)
{
    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].takes == 0 || (options[i].takes & verb->takes) ||
            !is_given(tool, &options[i]))
            continue;
        xlc_tool_say(_("%s has no option --%s"), verb->name, options[i].name);
        return FALSE;
    }
    if (tool->output != NULL && (tool->in_place || tool->onto != NULL)) {
        xlc_tool_say("%s", _("--output goes neither with --in-place nor with --onto"));
        return FALSE;
    }
    return TRUE;
}

static int
run_verb(const XlcTool *tool, char **arguments)
{
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (!g_str_equal(verbs[i].name, arguments[0]))
            continue;
        if (!check_options(&verbs[i], tool))
            return XLC_EXIT_USAGE;
        if (tool->output != NULL)
            return xlc_tool_batch(&verbs[i], tool, arguments + 1);
        return verbs[i].run(&verbs[i], tool, arguments + 1);
    }
    xlc_tool_say(_("there is no command '%s': try %s --help"), arguments[0], g_get_prgname());
    return XLC_EXIT_USAGE;
}

static GOptionContext *
make_context(XlcTool *tool)
{
    GOptionEntry entries[G_N_ELEMENTS(options) + 1] = { 0 };
    GOptionContext *context = g_option_context_new(_("COMMAND [FILE...]"));
    g_autofree char *summary = verb_summary();

    for (guint i = 0; i < G_N_ELEMENTS(options); i++) {
        entries[i].long_name = options[i].name;
        entries[i].short_name = options[i].letter;
        entries[i].arg = options[i].kind;
        entries[i].arg_data = (char *)tool + options[i].offset;
        entries[i].description = options[i].doc;
        entries[i].flags = options[i].flags;
        entries[i].arg_description = options[i].argument;
    }
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

/* FALSE when it is none. */
static gboolean
choose_kind(XlcTool *tool)
{
    tool->from_xm = g_strcmp0(tool->from, "xm") == 0;
    if (tool->from == NULL || tool->from_xm || g_str_equal(tool->from, "xl"))
        return TRUE;
    xlc_tool_say(_("there is no kind '%s': expected xl or xm"), tool->from);
    return FALSE;
}

/* FALSE when it is none. */
static gboolean
choose_version(XlcTool *tool)
{
    if (tool->xen == NULL || xlconv_xen_is_known(tool->xen))
        return TRUE;
    xlc_tool_say(_("'%s' is no version of Xen that is known here: expected 4.17 to 4.22"),
                 tool->xen);
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
    g_free(tool->from);
    g_free(tool->xen);
    g_free(tool->domain);
    g_free(tool->onto);
    g_free(tool->output);
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
    bindtextdomain(GETTEXT_PACKAGE, LOCALEDIR);
    textdomain(GETTEXT_PACKAGE);
    g_set_prgname("xlconv");
    context = make_context(&tool);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        xlc_tool_say(_("%s: try %s --help"), error->message, g_get_prgname());
        return XLC_EXIT_USAGE;
    }
    if (tool.show_version) {
        printf("xlconv %s\n", xlconv_version());
        return xlc_tool_flush();
    }
    if (argc < 2) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);

        fputs(help, stderr);
        return XLC_EXIT_USAGE;
    }
    if (!choose_kind(&tool) || !choose_version(&tool) || !choose_format(&tool))
        return XLC_EXIT_USAGE;
    result = run_verb(&tool, argv + 1);
    finish_json(&tool);
    return result;
}
