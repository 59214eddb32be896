/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/spec_vif.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/error.h"
#include "xlconv/numbers.h"

typedef struct {
    const char *text; /* the whole spec */
    XlcVifSpec *spec;
    GPtrArray *issues;
    GHashTable *seen; /* the options so far, borrowed */
    GError *error;    /* the first one */
} Parse;

typedef struct Option Option;
struct Option {
    const char *key;
    void (*parse)(Parse *parse, const Option *option, const XlcSpecToken *token);
    DomKind kind;
    gsize member;
    const char *model; /* the member of a DomNic that it ends in, for its documentation */
    const char *doc;   /* one of its own, translatable */
};

static void
option_free(gpointer data)
{
    XlcVifOption *option = data;

    g_free(option->key);
    g_free(option->value);
    g_free(option);
}

XlcVifSpec *
xlc_vif_spec_new(void)
{
    XlcVifSpec *spec = g_new0(XlcVifSpec, 1);

    spec->colo = g_ptr_array_new_with_free_func(option_free);
    spec->unknown = g_ptr_array_new_with_free_func(option_free);
    return spec;
}

void
xlc_vif_spec_add_option(GPtrArray *options, const char *key, const char *value)
{
    XlcVifOption *option = g_new0(XlcVifOption, 1);

    option->key = g_strdup(key);
    option->value = g_strdup(value);
    g_ptr_array_add(options, option);
}

static void
warn(Parse *parse, guint column, const char *text)
{
    xlc_spec_issue(parse->issues, DOM_SEVERITY_WARNING, column, "%s", text);
}

static void
fail(Parse *parse, const XlcSpecToken *token, const char *text)
{
    xlc_spec_issue(parse->issues, DOM_SEVERITY_ERROR, token->value_column, "%s", text);
    if (!parse->error)
        g_set_error(&parse->error, XLC_ERROR, XLC_ERROR_VALUE, _("column %u: %s"),
                    token->value_column, text);
}

static void
set_string(Parse *parse, const Option *option, const XlcSpecToken *token)
{
    char **member = &G_STRUCT_MEMBER(char *, parse->spec, option->member);

    g_free(*member);
    *member = g_strdup(token->value);
}

static void
set_netdev(Parse *parse, const Option *option, const XlcSpecToken *token)
{
    warn(parse, token->column, _("netdev is the old name of gatewaydev"));
    set_string(parse, option, token);
}

static void
set_accel(Parse *parse, const Option *option, const XlcSpecToken *token)
{
    warn(parse, token->column, _("xl ignores accel"));
    set_string(parse, option, token);
}

static const char *const types[] = { [XLC_VIF_TYPE_VIF] = "vif", [XLC_VIF_TYPE_IOEMU] = "ioemu" };

static void
set_type(Parse *parse, const Option *option G_GNUC_UNUSED, const XlcSpecToken *token)
{
    for (guint i = XLC_VIF_TYPE_VIF; i < G_N_ELEMENTS(types); i++) {
        if (g_str_equal(token->value, types[i])) {
            parse->spec->type = (XlcVifType)i;
            return;
        }
    }
    warn(parse, token->value_column, _("unknown type, ignored by xl; expected vif or ioemu"));
}

/*
 * xl reads six hexadecimal numbers with one byte of any kind between them. It does not look for the
 * end of the option there: the comma counts as such a byte too, and a short address goes on in the
 * next option. What was read before an error stays.
 */
static void
set_mac(Parse *parse, const Option *option G_GNUC_UNUSED, const XlcSpecToken *token)
{
    const char *p = parse->text + token->value_column - 1;
    const char *end = p + strcspn(p, ",");
    gboolean good = strlen(token->value) == strlen("00:16:3e:00:00:00");

    for (guint i = 0; i < G_N_ELEMENTS(parse->spec->mac); i++) {
        guint number;
        char *rest;

        number = (guint)g_ascii_strtoull(p, &rest, 16);
        if (rest == p || number > 255) {
            good = FALSE;
            break;
        }
        parse->spec->has_mac = TRUE;
        parse->spec->mac[i] = number;
        good = good && rest == p + 2 && rest <= end;
        if (*rest == '\0' && i < 5) {
            good = FALSE;
            break;
        }
        p = rest + 1;
    }
    if (!good)
        warn(parse, token->value_column,
             _("not a MAC address, xl takes from it what it can: expected six pairs of "
               "hexadecimal digits, as in 00:16:3e:01:02:03"));
}

/* The manual says microseconds of a bare number; it has no m and u without an s either. */
static void
warn_interval(Parse *parse, const XlcSpecToken *token)
{
    const char *at = strchr(token->value, '@');
    char last = token->value[strlen(token->value) - 1];

    if (at == NULL || last == 's')
        return;
    if (g_ascii_isdigit(last))
        xlc_spec_issue(parse->issues, DOM_SEVERITY_WARNING,
                       token->value_column + (guint)(at + 1 - token->value),
                       _("xl reads an interval without a unit as seconds: write %ss, or %sus where "
                         "microseconds are meant"),
                       at + 1, at + 1);
    else
        xlc_spec_issue(parse->issues, DOM_SEVERITY_WARNING,
                       token->value_column + (guint)(at + 1 - token->value),
                       _("the unit is not a whole one; xl reads this as %ss: write %ss"), at + 1,
                       at + 1);
}

static void
set_rate(Parse *parse, const Option *option, const XlcSpecToken *token)
{
    g_autoptr(GError) error = NULL;

    if (!xlc_vif_rate_parse(token->value, &parse->spec->rate_parsed, &error)) {
        fail(parse, token, error->message);
        return;
    }
    warn_interval(parse, token);
    set_string(parse, option, token);
}

static gboolean
parse_int(Parse *parse, const XlcSpecToken *token, int *ret_number)
{
    g_autoptr(GError) error = NULL;
    const char *rest;
    guint64 number;

    if (!xlc_number_parse_decimal(token->value, &number, &rest, &error)) {
        fail(parse, token, error->message);
        return FALSE;
    }
    if (*rest != '\0')
        warn(parse, token->value_column + (rest - token->value),
             _("xl ignores what follows the number"));
    if (number > G_MAXINT)
        warn(parse, token->value_column, _("the number does not fit and is cut off by xl"));
    *ret_number = (int)number;
    return TRUE;
}

static void
set_devid(Parse *parse, const Option *option G_GNUC_UNUSED, const XlcSpecToken *token)
{
    if (parse_int(parse, token, &parse->spec->devid))
        parse->spec->has_devid = TRUE;
}

static void
set_mtu(Parse *parse, const Option *option G_GNUC_UNUSED, const XlcSpecToken *token)
{
    if (parse_int(parse, token, &parse->spec->mtu))
        parse->spec->has_mtu = TRUE;
}

#define MEMBER(name) .member = G_STRUCT_OFFSET(XlcVifSpec, name)
#define STRING(key, name, shown)                                                                   \
    {                                                                                              \
        key, set_string, DOM_KIND_STRING, MEMBER(name), .model = (shown)                           \
    }

static const Option options[] = {
    { "type", set_type, DOM_KIND_ENUM, .model = "type" },
    { "mac", set_mac, DOM_KIND_STRING, .model = "mac" },
    STRING("bridge", bridge, "bridge"),
    { "netdev", set_netdev, DOM_KIND_STRING, MEMBER(gatewaydev),
      .doc = N_("Old name of gatewaydev") },
    STRING("gatewaydev", gatewaydev, "gatewaydev"),
    STRING("ip", ip, "ip"),
    STRING("script", script, "script"),
    STRING("backend", backend, "backend_domain"),
    STRING("vifname", vifname, "ifname"),
    STRING("model", model, "model"),
    { "rate", set_rate, DOM_KIND_STRING, MEMBER(rate), .model = "rate" },
    { "accel", set_accel, DOM_KIND_STRING, MEMBER(accel), .doc = N_("Ignored by xl") },
    { "devid", set_devid, DOM_KIND_INT, .model = "devid" },
    { "mtu", set_mtu, DOM_KIND_INT, .model = "mtu" },
    STRING("vlan", vlan, "vlan"),
};

/* The options of COLO, which is unstable and not documented: kept as text. */
static const char *const colo_keys[] = {
    "forwarddev",
    "colo_sock_mirror_id",
    "colo_sock_mirror_ip",
    "colo_sock_mirror_port",
    "colo_sock_compare_sec_in_id",
    "colo_sock_compare_sec_in_ip",
    "colo_sock_compare_sec_in_port",
    "colo_sock_redirector0_id",
    "colo_sock_redirector0_ip",
    "colo_sock_redirector0_port",
    "colo_sock_redirector1_id",
    "colo_sock_redirector1_ip",
    "colo_sock_redirector1_port",
    "colo_sock_redirector2_id",
    "colo_sock_redirector2_ip",
    "colo_sock_redirector2_port",
    "colo_sock_compare_pri_in_id",
    "colo_sock_compare_pri_in_ip",
    "colo_sock_compare_pri_in_port",
    "colo_sock_compare_notify_id",
    "colo_sock_compare_notify_ip",
    "colo_sock_compare_notify_port",
    "colo_filter_mirror_queue",
    "colo_filter_mirror_outdev",
    "colo_filter_redirector0_queue",
    "colo_filter_redirector0_indev",
    "colo_filter_redirector0_outdev",
    "colo_filter_redirector1_queue",
    "colo_filter_redirector1_indev",
    "colo_filter_redirector1_outdev",
    "colo_compare_pri_in",
    "colo_compare_sec_in",
    "colo_compare_out",
    "colo_compare_notify_dev",
    "colo_sock_sec_redirector0_id",
    "colo_sock_sec_redirector0_ip",
    "colo_sock_sec_redirector0_port",
    "colo_sock_sec_redirector1_id",
    "colo_sock_sec_redirector1_ip",
    "colo_sock_sec_redirector1_port",
    "colo_filter_sec_redirector0_queue",
    "colo_filter_sec_redirector0_indev",
    "colo_filter_sec_redirector0_outdev",
    "colo_filter_sec_redirector1_queue",
    "colo_filter_sec_redirector1_indev",
    "colo_filter_sec_redirector1_outdev",
    "colo_filter_sec_rewriter0_queue",
    "colo_checkpoint_host",
    "colo_checkpoint_port",
    NULL,
};

gboolean
xlc_vif_is_colo_key(const char *key)
{
    return g_strv_contains(colo_keys, key);
}

static const Option *
find_option(const char *key)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        if (g_str_equal(options[i].key, key))
            return &options[i];
    }
    return NULL;
}

static const struct {
    const char *word;
    XlcTristate trusted;
} flags[] = { { "trusted", XLC_TRI_YES }, { "untrusted", XLC_TRI_NO } };

static XlcTristate
find_flag(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (g_str_equal(flags[i].word, word))
            return flags[i].trusted;
    }
    return XLC_TRI_ABSENT;
}

/* "; did you mean 'WORD'?" and the like. The options of COLO are too many to be named, but one may
 * have been meant. */
static char *
unknown_hint(const XlcSpecToken *token)
{
    const char *words[G_N_ELEMENTS(flags) + G_N_ELEMENTS(options) + 1] = { NULL };
    DomNearest nearest = DOM_NEAREST(token->key);

    for (guint i = 0; i < G_N_ELEMENTS(flags); i++)
        words[i] = flags[i].word;
    for (guint i = 0; i < G_N_ELEMENTS(options); i++)
        words[G_N_ELEMENTS(flags) + i] = options[i].key;
    for (const char *const *key = colo_keys; *key != NULL; key++)
        dom_nearest_try(&nearest, *key);
    return nearest.word != NULL ? dom_nearest_hint(&nearest) : dom_words_hint(token->key, words);
}

static void
warn_unknown(Parse *parse, const XlcSpecToken *token)
{
    g_autofree char *text = NULL;

    if (find_flag(token->key) != XLC_TRI_ABSENT) {
        text = xlc_spec_takes_no_value(token->key, _("trusted or untrusted"));
    } else if (find_option(token->key) != NULL || xlc_vif_is_colo_key(token->key)) {
        text = xlc_spec_needs_value(token->key);
    } else {
        g_autofree char *hint = unknown_hint(token);

        xlc_spec_issue(parse->issues, DOM_SEVERITY_WARNING, token->column,
                       _("unknown vif option \"%s\", ignored by xl%s"), token->key, hint);
        return;
    }
    xlc_spec_issue(parse->issues, DOM_SEVERITY_WARNING, token->column, _("%s; xl ignores it"),
                   text);
}

/* Warns of the second of two options that say the same, as both words of a flag do. */
static void
note_option(Parse *parse, const XlcSpecToken *token, const char *word)
{
    g_autofree char *text = xlc_spec_repeated(parse->seen, word);

    if (text != NULL)
        warn(parse, token->column, text);
}

static void
parse_token(Parse *parse, const XlcSpecToken *token)
{
    const Option *option = token->value ? find_option(token->key) : NULL;
    XlcTristate flag = token->value ? XLC_TRI_ABSENT : find_flag(token->key);

    if (option) {
        note_option(parse, token, option->key);
        option->parse(parse, option, token);
    } else if (token->value && xlc_vif_is_colo_key(token->key)) {
        note_option(parse, token, token->key);
        xlc_vif_spec_add_option(parse->spec->colo, token->key, token->value);
    } else if (flag != XLC_TRI_ABSENT) {
        note_option(parse, token, flags[0].word);
        parse->spec->trusted = flag;
    } else {
        if (*token->key != '\0' || token->value)
            xlc_vif_spec_add_option(parse->spec->unknown, token->key, token->value);
        warn_unknown(parse, token);
    }
}

XlcVifSpec *
xlc_vif_spec_parse(const char *text, GPtrArray *issues, GError **error)
{
    g_autoptr(XlcSpecTokens) tokens = xlc_spec_split(text);
    g_autoptr(XlcVifSpec) spec = xlc_vif_spec_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Parse parse = { .text = text, .spec = spec, .issues = issues, .seen = seen };

    for (guint i = 0; i < tokens->n_tokens; i++)
        parse_token(&parse, &tokens->tokens[i]);
    if (parse.error) {
        g_propagate_error(error, parse.error);
        return NULL;
    }
    return g_steal_pointer(&spec);
}

static void
list_flags(GPtrArray *list)
{
    for (gsize i = 0; i < G_N_ELEMENTS(flags); i++) {
        XlcSpecOption *listed = xlc_spec_options_get(list, flags[i].word, strlen(flags[i].word));

        listed->flag = TRUE;
        listed->member = "trusted";
        listed->opposite = i > 0 ? flags[0].word : NULL;
    }
}

void
xlc_vif_options(GPtrArray *list)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options); i++) {
        XlcSpecOption *listed = xlc_spec_options_get(list, options[i].key, strlen(options[i].key));

        listed->kind = options[i].kind;
        listed->member = options[i].model;
        listed->doc = options[i].doc;
        for (guint w = XLC_VIF_TYPE_VIF; w < G_N_ELEMENTS(types) && listed->kind == DOM_KIND_ENUM;
             w++)
            xlc_spec_option_add_word(listed, types[w]);
    }
    list_flags(list);
    for (const char *const *key = colo_keys; *key != NULL; key++)
        xlc_spec_options_get(list, *key, strlen(*key))->doc = N_("COLO proxy setting");
}
