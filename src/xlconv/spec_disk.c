/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/spec_disk_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/error.h"

/*
 * xl reads disk specs with a scanner made by flex, so the rule with the longest match wins, and of
 * equal ones the first. Newlines make that visible: some rules stop at one and some do not. The
 * same is done here: every rule says how long its match is.
 */

typedef struct {
    const char *at;
    gsize length;
} Slice;

typedef struct {
    const char *text;
    XlcDiskSpec *spec;
    GPtrArray *issues;
    GError *error; /* the first one */
    gboolean prefix;
    gboolean access;
    gboolean stop;
} Parse;

typedef struct Option Option;
struct Option {
    const char *word; /* with the = if a value follows */
    void (*handle)(Parse *parse, const Option *option, Slice value);
    const XlcDiskWord *words; /* set_enum */
    gsize member;
    int number;        /* set_number */
    const char *model; /* the member of a DomDisk that it ends in, for its documentation */
    const char *doc;   /* one of its own, translatable */
};

static guint
column_of(const Parse *parse, Slice slice)
{
    return slice.at - parse->text + 1;
}

G_GNUC_PRINTF(3, 4)
static void
fail(Parse *parse, guint column, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    xlc_spec_issue(parse->issues, DOM_SEVERITY_ERROR, column, "%s", text);
    if (!parse->error)
        g_set_error(&parse->error, XLC_ERROR, XLC_ERROR_SYNTAX, _("column %u: %s"), column, text);
}

static gboolean
slice_is(Slice slice, const char *word)
{
    return strlen(word) == slice.length && memcmp(slice.at, word, slice.length) == 0;
}

static const XlcDiskWord *
find_word(const XlcDiskWord *words, Slice value)
{
    for (; words->word; words++) {
        if (slice_is(value, words->word))
            return words;
    }
    return NULL;
}

static void
fail_respecified(Parse *parse, Slice value, const char *option)
{
    fail(parse, column_of(parse, value), _("%.*s was already given: expected it once"),
         (int)strcspn(option, "="), option);
}

static void
set_enum(Parse *parse, const Option *option, Slice value)
{
    int *member = &G_STRUCT_MEMBER(int, parse->spec, option->member);
    const XlcDiskWord *found = find_word(option->words, value);

    if (!found) {
        g_autofree char *word = g_strndup(value.at, value.length);
        g_autofree char *expected = xlc_disk_words_expected(option->words, word);

        fail(parse, column_of(parse, value), _("unknown %.*s \"%s\": expected %s"),
             (int)strcspn(option->word, "="), option->word, word, expected);
    } else if (*member != 0 && *member != found->value) {
        fail_respecified(parse, value, option->word);
    } else {
        *member = found->value;
    }
}

static void
set_access(Parse *parse, const Option *option, Slice value)
{
    parse->spec->access = XLC_DISK_ACCESS_ABSENT;
    set_enum(parse, option, value);
}

static void
set_number(Parse *parse, const Option *option, Slice value G_GNUC_UNUSED)
{
    G_STRUCT_MEMBER(int, parse->spec, option->member) = option->number;
}

/* An empty string may be overwritten, as in xl. */
static void
save_string(Parse *parse, const char *name, char **member, Slice value)
{
    if (*member && **member) {
        fail_respecified(parse, value, name);
        return;
    }
    g_free(*member);
    *member = g_strndup(value.at, value.length);
}

static void
set_string(Parse *parse, const Option *option, Slice value)
{
    save_string(parse, option->word, &G_STRUCT_MEMBER(char *, parse->spec, option->member), value);
}

static void
set_port(Parse *parse, const Option *option, Slice value)
{
    g_autofree char *text = g_strndup(value.at, value.length);
    int port = (int)g_ascii_strtoll(text, NULL, 10); /* xl: atoi() */

    if (port == 0)
        fail(parse, column_of(parse, value), _("bad colo-port \"%s\": expected a port number"),
             text);
    else
        G_STRUCT_MEMBER(int, parse->spec, option->member) = port;
}

static void
refuse_devtype(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    fail(parse, column_of(parse, value), _("unknown devtype \"%.*s\": expected cdrom or disk"),
         (int)value.length, value.at);
}

#define MEMBER(name) .member = G_STRUCT_OFFSET(XlcDiskSpec, name), .model = #name
#define MEMBER_AS(name, model_name)                                                                \
    .member = G_STRUCT_OFFSET(XlcDiskSpec, name), .model = (model_name)
#define ENUM(word, name, table)                                                                    \
    {                                                                                              \
        word, set_enum, .words = table, MEMBER(name)                                               \
    }
#define STRING(word, name)                                                                         \
    {                                                                                              \
        word, set_string, MEMBER(name)                                                             \
    }
#define FLAG(word, name, value)                                                                    \
    {                                                                                              \
        word, set_number, MEMBER(name), .number = value                                            \
    }

/* Of two that match as long, the first wins. */
static const Option options[] = {
    ENUM("format=", format, xlc_disk_format_words),
    { "cdrom", set_number, MEMBER_AS(devtype, "cdrom"), .number = XLC_DISK_TYPE_CDROM },
    { "devtype=cdrom", set_number, MEMBER_AS(devtype, NULL), .number = XLC_DISK_TYPE_CDROM,
      .doc = N_("Kind of drive") },
    { "devtype=disk", set_number, MEMBER_AS(devtype, NULL), .number = XLC_DISK_TYPE_DISK },
    { "devtype=", refuse_devtype },
    { "access=", set_access, xlc_disk_access_words, MEMBER_AS(access, NULL),
      .doc = N_("Whether the guest can write") },
    { "backend=", set_string, MEMBER_AS(backend, "backend_domain") },
    { "backendtype=", set_enum, xlc_disk_backend_words, MEMBER_AS(backendtype, "backend") },
    ENUM("specification=", specification, xlc_disk_specification_words),
    STRING("vdev=", vdev),
    STRING("script=", script),
    FLAG("direct-io-safe", direct_io_safe, TRUE),
    FLAG("discard", discard, XLC_TRI_YES),
    FLAG("no-discard", discard, XLC_TRI_NO),
    FLAG("colo", colo, XLC_TRI_YES),
    FLAG("no-colo", colo, XLC_TRI_NO),
    STRING("colo-host=", colo_host),
    { "colo-port=", set_port, MEMBER(colo_port) },
    STRING("colo-export=", colo_export),
    STRING("active-disk=", active_disk),
    STRING("hidden-disk=", hidden_disk),
    FLAG("trusted", trusted, XLC_TRI_YES),
    FLAG("untrusted", trusted, XLC_TRI_NO),
    FLAG("grant_usage=1", grant_usage, XLC_TRI_YES),
    FLAG("grant_usage=0", grant_usage, XLC_TRI_NO),
};

static const Option format_option = ENUM("format=", format, xlc_disk_format_words);
static const Option target_option = STRING("target=", target);
static const Option access_option = { "access=", set_access, xlc_disk_access_words,
                                      MEMBER(access) };

G_STATIC_ASSERT(sizeof(XlcTristate) == sizeof(int));
G_STATIC_ASSERT(sizeof(XlcDiskFormat) == sizeof(int));

/* What a rule would take: the whole match decides, the head is consumed. */
typedef struct {
    gsize match;
    gsize head;
    Slice value;
    const Option *option;
    void (*apply)(Parse *parse, const Option *option, Slice value);
} Match;

static void
take_longer(Match *best, Match other)
{
    if (other.match > best->match)
        *best = other;
}

static gsize
line_length(const char *p)
{
    return strcspn(p, "\n");
}

/* Bytes of a word: a-z, then a-z and 0-9, and - if @dash. */
static gsize
word_length(const char *p, gboolean dash)
{
    gsize n = 0;

    if (!g_ascii_islower(*p))
        return 0;
    while (g_ascii_islower(p[n]) || g_ascii_isdigit(p[n]) || (dash && p[n] == '-'))
        n++;
    return n;
}

static void
skip_blank(Parse *parse G_GNUC_UNUSED, const Option *option G_GNUC_UNUSED,
           Slice value G_GNUC_UNUSED)
{
}

static void
match_blank(const char *p, Match *best)
{
    gsize head = strspn(p, " \t\n");

    if (head > 0)
        take_longer(best, (Match){ head + line_length(p + head), head, .apply = skip_blank });
}

static void
match_options(const char *p, Match *best)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        const Option *option = &options[i];
        gsize word, match, value = 0;

        if (*p != *option->word || !g_str_has_prefix(p, option->word))
            continue;
        word = strlen(option->word);
        if (option->word[word - 1] == '=')
            value = strcspn(p + word, ",");
        match = word + value + (p[word + value] == ',');
        take_longer(best, (Match){ match, match, { p + word, value }, option, option->handle });
    }
}

static void
match_target(const char *p, Match *best)
{
    gsize word = strlen(target_option.word);
    gsize match;
    gsize value;

    if (strncmp(p, target_option.word, word) != 0)
        return;
    match = word + line_length(p + word);
    value = match - word;
    if (value > 0 && p[match - 1] == ',')
        value--;
    take_longer(best, (Match){ match, match, { p + word, value }, &target_option, set_string });
}

static GPtrArray *
known_options(void)
{
    GPtrArray *known = g_ptr_array_new();

    for (gsize i = 0; i < G_N_ELEMENTS(options); i++)
        g_ptr_array_add(known, (gpointer)options[i].word);
    return known;
}

static void
refuse_unknown(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    g_autofree char *word = g_strndup(value.at, value.length);
    g_autoptr(GPtrArray) known = known_options();
    g_autofree char *complaint = xlc_disk_option_complaint(known, word);

    fail(parse, column_of(parse, value), "%s", complaint);
}

/* All four places are taken. */
static void
refuse_surplus(Parse *parse, Slice value)
{
    g_autofree char *word = g_strndup(value.at, value.length);
    g_autoptr(GPtrArray) known = known_options();
    g_autofree char *complaint = xlc_disk_surplus_complaint(known, word);

    fail(parse, column_of(parse, value), "%s", complaint);
    parse->stop = TRUE;
}

static void
match_unknown(const char *p, Match *best)
{
    gsize word = word_length(p, TRUE);
    gsize match;

    if (word == 0 || p[word] != '=' || p[word + 1] == '\0' || p[word + 1] == ',')
        return;
    match = word + 2;
    match += p[match] == ',';
    /* xl goes on inside the value; since the spec is lost anyway, go on behind it */
    take_longer(best, (Match){ match, strcspn(p, ","), { p, word }, .apply = refuse_unknown });
}

static const XlcDiskPrefix *
find_prefix(Slice word)
{
    for (const XlcDiskPrefix *prefix = xlc_disk_prefixes; prefix->word != NULL; prefix++) {
        if (slice_is(word, prefix->word))
            return prefix;
    }
    return NULL;
}

static void
apply_prefix(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    const XlcDiskPrefix *prefix = find_prefix(value);

    parse->prefix = TRUE;
    parse->spec->deprecated = TRUE;
    xlc_spec_issue(parse->issues, DOM_SEVERITY_NOTE, column_of(parse, value),
                   _("the prefix %s: is old syntax%s"), prefix->word,
                   prefix->format || prefix->script ? "" : _(" and has no effect"));
    if (prefix->format)
        set_enum(parse, &format_option, value);
    if (prefix->script) {
        g_autofree char *script = g_strconcat("block-", prefix->word, NULL);

        if (parse->spec->script && *parse->spec->script)
            fail_respecified(parse, value, "script=");
        else
            save_string(parse, "script=", &parse->spec->script, (Slice){ script, strlen(script) });
    }
}

static void
refuse_prefix(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    fail(parse, column_of(parse, value),
         _("unknown prefix \"%.*s:\": give a target with a colon as target=, last in the spec"),
         (int)value.length, value.at);
    parse->stop = TRUE;
}

static void
match_prefix(const char *p, Match *best)
{
    gsize word = word_length(p, FALSE);
    gsize head;

    if (word == 0 || p[word] != ':')
        return;
    head = word + 1;
    if (find_prefix((Slice){ p, word }))
        take_longer(
            best,
            (Match){ head + line_length(p + head), head, { p, word }, .apply = apply_prefix });
    if (p[head] != '\0' && !g_ascii_islower(p[head]) && !g_ascii_isdigit(p[head]))
        take_longer(best, (Match){ head + 1 + line_length(p + head + 1),
                                   head,
                                   { p, word },
                                   .apply = refuse_prefix });
    else
        take_longer(best, (Match){ head, head, { p, word }, .apply = refuse_prefix });
}

/* "hdc:cdrom". Returns FALSE, with nothing done, when there is no colon. */
static gboolean
set_vdev_and_type(Parse *parse, Slice value)
{
    const char *colon = g_strrstr_len(value.at, value.length, ":");
    Slice type;

    if (!colon)
        return FALSE;
    parse->spec->deprecated = TRUE;
    type = (Slice){ colon + 1, value.length - (colon + 1 - value.at) };
    save_string(parse, "vdev=", &parse->spec->vdev, (Slice){ value.at, colon - value.at });
    if (slice_is(type, "cdrom"))
        parse->spec->devtype = XLC_DISK_TYPE_CDROM;
    else if (slice_is(type, "disk"))
        parse->spec->devtype = XLC_DISK_TYPE_DISK;
    else
        refuse_devtype(parse, NULL, type);
    return TRUE;
}

static void
apply_positional(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    XlcDiskSpec *spec = parse->spec;

    if (parse->error) {
        /* the slots may have moved: more errors would only mislead */
    } else if (!spec->target) {
        save_string(parse, "target=", &spec->target, value);
    } else if (!parse->prefix && spec->format == XLC_DISK_FORMAT_ABSENT) {
        if (*spec->target == '\0' && set_vdev_and_type(parse, value))
            spec->format = XLC_DISK_FORMAT_EMPTY;
        else
            set_enum(parse, &format_option, value);
    } else if (!spec->vdev) {
        if (!set_vdev_and_type(parse, value))
            save_string(parse, "vdev=", &spec->vdev, value);
    } else if (!parse->access) {
        parse->access = TRUE;
        set_access(parse, &access_option, value);
    } else {
        refuse_surplus(parse, value);
    }
}

static void
match_positional(const char *p, Match *best)
{
    gsize value = strcspn(p, "=,");
    gsize match = value + (p[value] == ',');

    if (match > 0)
        take_longer(best, (Match){ match, match, { p, value }, .apply = apply_positional });
}

/* What no rule takes. At the very end xl lets it pass, as it does with a stray byte in a file. */
static void
refuse_equals(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    if (value.at[1] == '\0')
        xlc_spec_issue(parse->issues, DOM_SEVERITY_WARNING, column_of(parse, value),
                       _("stray = at the end, ignored by xl"));
    else
        fail(parse, column_of(parse, value),
             _("unexpected =: give a target that has one as target=, last in the spec"));
    parse->stop = TRUE;
}

static gsize
step(Parse *parse, const char *p)
{
    Match best = { 0 };

    match_blank(p, &best);
    match_options(p, &best);
    match_target(p, &best);
    match_unknown(p, &best);
    match_prefix(p, &best);
    match_positional(p, &best);
    take_longer(&best, (Match){ 1, 1, { p, 1 }, .apply = refuse_equals });
    best.apply(parse, best.option, best.value);
    return best.head;
}

static void
check_complete(Parse *parse)
{
    const XlcDiskSpec *spec = parse->spec;
    guint column = strlen(parse->text) + 1;

    if (parse->error)
        return;
    if (!spec->vdev)
        fail(parse, column, _("no vdev: expected the name of the guest's device, as in vdev=xvda"));
    else if (!spec->target && spec->devtype != XLC_DISK_TYPE_CDROM)
        fail(parse, column, _("no target: expected the path of the disk, as in target=/dev/vg/lv"));
}

XlcDiskSpec *
xlc_disk_spec_parse(const char *text, GPtrArray *issues, GError **error)
{
    g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_new();
    Parse parse = { .text = text, .spec = spec, .issues = issues };

    for (const char *p = text; *p && !parse.stop;)
        p += step(&parse, p);
    check_complete(&parse);
    if (parse.error) {
        g_propagate_error(error, parse.error);
        return NULL;
    }
    return g_steal_pointer(&spec);
}

/* The kind of what stands behind its =, where that is not one word. */
static void
list_value(XlcSpecOption *listed, const Option *option)
{
    const XlcDiskWord *word = option->words;

    if (option->handle == set_port)
        listed->kind = DOM_KIND_INT;
    for (; word != NULL && word->word != NULL; word++) {
        if (*word->word != '\0')
            xlc_spec_option_add_word(listed, word->word);
    }
}

static void
list_option(GPtrArray *list, const Option *option)
{
    gsize length = strcspn(option->word, "=");
    const char *value = option->word + length;
    XlcSpecOption *listed = xlc_spec_options_get(list, option->word, length);

    if (option->model != NULL)
        listed->member = option->model;
    if (option->doc != NULL)
        listed->doc = option->doc;
    if (*value == '\0')
        listed->flag = TRUE;
    else if (value[1] != '\0')
        xlc_spec_option_add_word(listed, value + 1);
    else
        list_value(listed, option);
}

void
xlc_disk_options(GPtrArray *list)
{
    const XlcSpecOption *last = NULL;

    list_option(list, &target_option);
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        XlcSpecOption *listed;

        list_option(list, &options[i]);
        listed = list->pdata[list->len - 1];
        if (last != NULL && listed != last && listed->flag && last->flag &&
            g_strcmp0(listed->member, last->member) == 0)
            listed->opposite = last->name;
        last = listed;
    }
    for (const XlcDiskPrefix *prefix = xlc_disk_prefixes; prefix->word != NULL; prefix++)
        xlc_disk_list_prefix(list, prefix);
}
