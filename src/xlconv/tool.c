/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv, the command. See xlconv(1). */
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xlconv/key.h"
#include "xlconv/tool_report.h"
#include "xlconv/xlconv.h"
#ifdef XLC_WITH_JSON
#include "xlconv/tool_json.h"
#endif

enum { EXIT_DONE, EXIT_REFUSED, EXIT_USAGE };

typedef struct {
    gboolean strict;
    gboolean secure;
    gboolean version;
    char *format;  /* "text" or "json" */
    GString *json; /* diagnostics so far, with --format json; otherwise NULL */
} Options;

/* One input with what was said about it. */
typedef struct {
    const char *name; /* as given; "-" for standard input */
    char *text;
    gsize length;
    DomReport *report;
} Input;

static void
input_clear(Input *input)
{
    g_free(input->text);
    dom_report_free(input->report);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Input, input_clear)

static gboolean
read_stdin(Input *input, GError **error)
{
    g_autoptr(GIOChannel) channel = g_io_channel_unix_new(STDIN_FILENO);

    g_io_channel_set_encoding(channel, NULL, NULL);
    return g_io_channel_read_to_end(channel, &input->text, &input->length, error) ==
           G_IO_STATUS_NORMAL;
}

static gboolean
input_read(Input *input, const char *name)
{
    g_autoptr(GError) error = NULL;
    gboolean ok;

    input->name = name != NULL ? name : "-";
    input->report = dom_report_new(input->name);
    if (g_str_equal(input->name, "-"))
        ok = read_stdin(input, &error);
    else
        ok = g_file_get_contents(name, &input->text, &input->length, &error);
    if (!ok)
        dom_report_add(input->report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", error->message);
    return ok;
}

static void
print_report(const Input *input, const Options *options)
{
    if (options->json != NULL)
        xlc_report_append_json(input->report, options->json);
    else
        xlc_report_print(input->report, input->text);
}

/* Prints what was said. With --strict whatever was said refuses the input. */
static int
finish(const Input *input, const Options *options, const char *result)
{
    DomSeverity limit = options->strict ? DOM_SEVERITY_WARNING : DOM_SEVERITY_ERROR;

    print_report(input, options);
    if (dom_report_count(input->report, limit) > 0)
        return EXIT_REFUSED;
    if (result != NULL && fputs(result, stdout) == EOF) {
        fprintf(stderr, "%s: %s\n", g_get_prgname(), _("standard output cannot be written"));
        return EXIT_REFUSED;
    }
    return EXIT_DONE;
}

/* An error that no diagnostic has told yet. */
static void
tell(Input *input, const GError *error)
{
    if (error != NULL && dom_report_count(input->report, DOM_SEVERITY_ERROR) == 0)
        dom_report_add(input->report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", error->message);
}

typedef DomDef *Reader(Input *input, GError **error);
typedef char *Writer(const DomDef *def, Input *input, const Options *options, GError **error);

static DomDef *
read_cfg(Input *input, GError **error)
{
    return xlc_def_from_cfg(input->text, input->length, input->report, error);
}

static DomDef *
read_xml(Input *input, GError **error)
{
    return dom_def_parse_xml(input->text, &xlc_def_ops, input->report, error);
}

static DomFormatFlags
format_flags(const Options *options)
{
    return options->secure ? DOM_FORMAT_SECURE : 0;
}

static char *
write_xml(const DomDef *def, Input *input, const Options *options, GError **error)
{
    g_autoptr(DomDef) visible = dom_def_copy(def);

    dom_def_clear_secrets(visible);
    if (!options->secure && !dom_def_equal(def, visible))
        dom_report_add(input->report, DOM_SEVERITY_WARNING, 0, 0, "password",
                       _("a password is left out, and the console would be open to all: add "
                         "--secure to keep it"));
    return dom_def_format_xml(def, format_flags(options), &xlc_def_ops, error);
}

static char *
write_cfg(const DomDef *def, Input *input, const Options *options, GError **error)
{
    return xlc_def_to_cfg(def, format_flags(options), input->report, error);
}

#ifdef XLC_WITH_JSON
static char *
write_json(const DomDef *def, Input *input, const Options *options, GError **error)
{
    return xlc_json_from_def(def, error);
}
#else
static char *
write_json(const DomDef *def, Input *input, const Options *options, GError **error)
{
    g_set_error_literal(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                        _("this xlconv was built without libxenlight: build it where libxen-dev "
                          "is installed"));
    return NULL;
}
#endif

static int
convert(Reader *reader, Writer *writer, const Options *options, char **files)
{
    g_auto(Input) input = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = NULL;
    g_autofree char *result = NULL;

    if (files[0] != NULL && files[1] != NULL) {
        fprintf(stderr, _("%s: one file at a time: '%s' is too many\n"), g_get_prgname(), files[1]);
        return EXIT_USAGE;
    }
    if (input_read(&input, files[0]))
        def = reader(&input, &error);
    if (def != NULL)
        result = writer(def, &input, options, &error);
    tell(&input, error);
    return finish(&input, options, result);
}

static int
cfg2xml(const Options *options, char **files)
{
    return convert(read_cfg, write_xml, options, files);
}

static int
xml2cfg(const Options *options, char **files)
{
    return convert(read_xml, write_cfg, options, files);
}

static int
cfg2json(const Options *options, char **files)
{
    return convert(read_cfg, write_json, options, files);
}

static int
xml2json(const Options *options, char **files)
{
    return convert(read_xml, write_json, options, files);
}

/* XML begins with '<', which no xl.cfg can. */
static gboolean
is_xml(const Input *input)
{
    gsize blank = strspn(input->text, " \t\r\n");

    return input->text[blank] == '<';
}

static int
check_file(const Options *options, const char *file)
{
    g_auto(Input) input = { 0 };
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = NULL;

    if (input_read(&input, file))
        def = is_xml(&input) ? read_xml(&input, &error) : read_cfg(&input, &error);
    tell(&input, error);
    return finish(&input, options, NULL);
}

static int
check(const Options *options, char **files)
{
    int worst = EXIT_DONE;

    if (files[0] == NULL)
        return check_file(options, NULL);
    for (; *files != NULL; files++) {
        int result = check_file(options, *files);

        worst = MAX(worst, result);
    }
    return worst;
}

static void
print_key(const char *topic, const XlcKey *key)
{
    g_autofree char *note = NULL;

    if (key->instead != NULL)
        note = g_strdup_printf(" (%s)", key->instead);
    printf("%-33s %-9s %-10s %s%s\n", key->key, topic, xlc_status_name(key->status), _(key->doc),
           note != NULL ? note : "");
}

static int
keys(const Options *options, char **files)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            print_key(xlc_topics[t]->topic, &xlc_topics[t]->keys[k]);
    }
    return EXIT_DONE;
}

static const struct {
    const char *name;
    const char *arguments;
    const char *doc;
    int (*run)(const Options *options, char **files);
} verbs[] = {
    { "cfg2xml", "[FILE]", N_("xl.cfg to libvirt domain XML"), cfg2xml },
    { "xml2cfg", "[FILE]", N_("libvirt domain XML to xl.cfg"), xml2cfg },
    { "cfg2json", "[FILE]", N_("xl.cfg to libxl's JSON, as Xen would get it"), cfg2json },
    { "xml2json", "[FILE]", N_("domain XML to libxl's JSON, as Xen would get it"), xml2json },
    { "check", "FILE...", N_("say what is wrong with files of either kind"), check },
    { "keys", "", N_("list the keys of xl.cfg and what becomes of them"), keys },
};

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
run_verb(const Options *options, char **arguments)
{
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        if (g_str_equal(verbs[i].name, arguments[0]))
            return verbs[i].run(options, arguments + 1);
    }
    fprintf(stderr, _("%s: there is no command '%s': try %s --help\n"), g_get_prgname(),
            arguments[0], g_get_prgname());
    return EXIT_USAGE;
}

static GOptionContext *
make_context(Options *options)
{
    const GOptionEntry entries[] = {
        { "strict", 0, 0, G_OPTION_ARG_NONE, &options->strict,
          N_("refuse what would otherwise be a warning"), NULL },
        { "secure", 0, 0, G_OPTION_ARG_NONE, &options->secure, N_("keep passwords"), NULL },
        { "format", 0, 0, G_OPTION_ARG_STRING, &options->format,
          N_("how to show diagnostics: text or json"), N_("FORMAT") },
        { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, N_("print the version"), NULL },
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
choose_format(Options *options)
{
    if (options->format == NULL || g_str_equal(options->format, "text"))
        return TRUE;
    if (g_str_equal(options->format, "json")) {
        options->json = g_string_new(NULL);
        return TRUE;
    }
    fprintf(stderr, _("%s: there is no format '%s': expected text or json\n"), g_get_prgname(),
            options->format);
    return FALSE;
}

static void
finish_json(Options *options)
{
    if (options->json == NULL)
        return;
    fprintf(stderr, "[%s%s]\n", options->json->str, options->json->len > 0 ? "\n" : "");
    g_string_free(options->json, TRUE);
}

int
main(int argc, char **argv)
{
    Options options = { 0 };
    g_autoptr(GOptionContext) context = NULL;
    g_autoptr(GError) error = NULL;
    int result;

    setlocale(LC_ALL, "");
    textdomain(GETTEXT_PACKAGE);
    g_set_prgname("xlconv");
    context = make_context(&options);
    if (!g_option_context_parse(context, &argc, &argv, &error)) {
        fprintf(stderr, "xlconv: %s\n", error->message);
        return EXIT_USAGE;
    }
    if (options.version) {
        printf("xlconv %s\n", XLVIRT_VERSION);
        return EXIT_DONE;
    }
    if (argc < 2) {
        g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);

        fputs(help, stderr);
        return EXIT_USAGE;
    }
    if (!choose_format(&options))
        return EXIT_USAGE;
    result = run_verb(&options, argv + 1);
    finish_json(&options);
    g_free(options.format);
    return result;
}
