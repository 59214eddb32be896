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
    int number; /* set_number */
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

static const XlcDiskWord format_words[] = {
    { "", XLC_DISK_FORMAT_RAW },        { "raw", XLC_DISK_FORMAT_RAW },
    { "qcow", XLC_DISK_FORMAT_QCOW },   { "qcow2", XLC_DISK_FORMAT_QCOW2 },
    { "vhd", XLC_DISK_FORMAT_VHD },     { "qed", XLC_DISK_FORMAT_QED },
    { "empty", XLC_DISK_FORMAT_EMPTY }, { NULL, 0 },
};

static const XlcDiskWord access_words[] = {
    { "", XLC_DISK_ACCESS_READ_WRITE },   { "r", XLC_DISK_ACCESS_READ_ONLY },
    { "ro", XLC_DISK_ACCESS_READ_ONLY },  { "w", XLC_DISK_ACCESS_READ_WRITE },
    { "rw", XLC_DISK_ACCESS_READ_WRITE }, { NULL, 0 },
};

static const XlcDiskWord backend_words[] = {
    { "phy", XLC_DISK_BACKEND_PHY },
    { "tap", XLC_DISK_BACKEND_TAP },
    { "qdisk", XLC_DISK_BACKEND_QDISK },
    { "standalone", XLC_DISK_BACKEND_STANDALONE },
    { NULL, 0 },
};

static const XlcDiskWord specification_words[] = {
    { "xen", XLC_DISK_SPECIFICATION_XEN },
    { "virtio", XLC_DISK_SPECIFICATION_VIRTIO },
    { NULL, 0 },
};

#define MEMBER(name) .member = G_STRUCT_OFFSET(XlcDiskSpec, name)
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
    ENUM("format=", format, format_words),
    FLAG("cdrom", devtype, XLC_DISK_TYPE_CDROM),
    FLAG("devtype=cdrom", devtype, XLC_DISK_TYPE_CDROM),
    FLAG("devtype=disk", devtype, XLC_DISK_TYPE_DISK),
    { "devtype=", refuse_devtype },
    { "access=", set_access, access_words, MEMBER(access) },
    STRING("backend=", backend),
    ENUM("backendtype=", backendtype, backend_words),
    ENUM("specification=", specification, specification_words),
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

static const Option format_option = ENUM("format=", format, format_words);
static const Option access_option = { "access=", set_access, access_words, MEMBER(access) };

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
        gsize word = strlen(option->word);
        gsize value = 0;
        gsize match;

        if (*p != *option->word || strncmp(p, option->word, word) != 0)
            continue;
        if (option->word[word - 1] == '=')
            value = strcspn(p + word, ",");
        match = word + value + (p[word + value] == ',');
        take_longer(best, (Match){ match, match, { p + word, value }, option, option->handle });
    }
}

static void
match_target(const char *p, Match *best)
{
    static const Option target = STRING("target=", target);
    gsize word = strlen(target.word);
    gsize match;
    gsize value;

    if (strncmp(p, target.word, word) != 0)
        return;
    match = word + line_length(p + word);
    value = match - word;
    if (value > 0 && p[match - 1] == ',')
        value--;
    take_longer(best, (Match){ match, match, { p + word, value }, &target, set_string });
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

/* All four places are taken: an option that lacks its value, or anything. */
static void
refuse_surplus(Parse *parse, Slice value)
{
    g_autofree char *word = g_strndup(value.at, value.length);
    g_autoptr(GPtrArray) known = known_options();
    g_autofree char *complaint = xlc_disk_value_complaint(known, word);

    if (complaint != NULL)
        fail(parse, column_of(parse, value), "%s", complaint);
    else
        fail(parse, column_of(parse, value),
             _("\"%s\" is one value too many: expected target,format,vdev,access or key=value"),
             word);
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

/* A prefix of the xm days. */
typedef struct {
    const char *word;
    XlcDiskFormat format;
    gboolean script; /* sets script=block-WORD */
} Prefix;

static const Prefix prefixes[] = {
    { "raw", XLC_DISK_FORMAT_RAW },
    { "qcow", XLC_DISK_FORMAT_QCOW },
    { "qcow2", XLC_DISK_FORMAT_QCOW2 },
    { "vhd", XLC_DISK_FORMAT_VHD },
    { "iscsi", .script = TRUE },
    { "nbd", .script = TRUE },
    { "enbd", .script = TRUE },
    { "drbd", .script = TRUE },
    { "tapdisk" },
    { "tap" },
    { "tap2" },
    { "aio" },
    { "ioemu" },
    { "file" },
    { "phy" },
};

static const Prefix *
find_prefix(Slice word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (slice_is(word, prefixes[i].word))
            return &prefixes[i];
    }
    return NULL;
}

static void
apply_prefix(Parse *parse, const Option *option G_GNUC_UNUSED, Slice value)
{
    const Prefix *prefix = find_prefix(value);

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

static const char *
word_for(const XlcDiskWord *words, int value)
{
    for (; words->word; words++) {
        if (*words->word && words->value == value)
            return words->word;
    }
    return NULL;
}

const char *
xlc_disk_format_name(XlcDiskFormat format)
{
    return word_for(format_words, format);
}

const char *
xlc_disk_backend_name(XlcDiskBackend backend)
{
    return word_for(backend_words, backend);
}

const char *
xlc_disk_access_name(XlcDiskAccess access)
{
    return access == XLC_DISK_ACCESS_READ_WRITE ? "rw" : word_for(access_words, access);
}

const char *
xlc_disk_specification_name(XlcDiskSpecification specification)
{
    return word_for(specification_words, specification);
}
