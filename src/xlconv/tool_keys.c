/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv keys: the rows, for people: as a list, as docs/keys.md and as xlvirt-keys(7). */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "xlconv/tool.h"

/* What becomes of a key that is not simply mapped (transfer full); "" for one that is. */
static char *
status_text(const XlconvKey *key)
{
    switch (xlconv_key_status(key)) {
    case XLCONV_KEY_ALIAS:
        return g_strdup_printf(_("Written as %s."), xlconv_key_instead(key));
    case XLCONV_KEY_DEPRECATED:
        return g_strdup_printf(_("Deprecated: use %s."), xlconv_key_instead(key));
    case XLCONV_KEY_KEPT:
        return g_strdup(_("Kept as it is."));
    default:
        return g_strdup("");
    }
}

/* --- the list --- */

static void
list_key(const char *topic, const XlconvKey *key)
{
    g_autofree char *note = NULL;

    if (xlconv_key_instead(key) != NULL)
        note = g_strdup_printf(" (%s)", xlconv_key_instead(key));
    printf("%-33s %-9s %-10s %s%s\n", xlconv_key_name(key), topic,
           xlconv_key_status_name(xlconv_key_status(key)), xlconv_key_doc(key),
           note != NULL ? note : "");
}

/* --- markdown --- */

static void
markdown_head(void)
{
    fputs(
        "<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->\n"
        "# The keys of xl.cfg\n\n"
        "Made by `xlconv keys --markdown` from the rows that convert them. \"Guests\" are those "
        "that xl\nreads the key for; \"since\" names the Xen that brought it, where 4.17 did not "
        "have it.\n"
        "Where a value has options inside, they stand in a table of their own; how an item is put\n"
        "together is in xl.cfg(5), xl-disk-configuration(5) and their kin.\n",
        stdout);
}

static void
markdown_topic(const char *topic)
{
    printf("\n## %s\n\n| key | value | guests | since | |\n|---|---|---|---|---|\n", topic);
}

static void
markdown_key(const char *topic, const XlconvKey *key)
{
    g_autofree char *value = xlconv_key_value(key);
    g_autofree char *guests = xlconv_key_guests(key);
    g_autofree char *status = status_text(key);

    const char *since = xlconv_key_since(key);

    printf("| `%s` | %s | %s | %s | %s.%s%s |\n", xlconv_key_name(key), value,
           guests != NULL ? guests : _("all"), since != NULL ? since : "", xlconv_key_doc(key),
           *status != '\0' ? " " : "", status);
}

/* @text as a sentence at the end of a line (transfer full); "" for NULL. */
static char *
sentence(const char *text)
{
    return text != NULL ? g_strconcat(text, ".", NULL) : g_strdup("");
}

static void
markdown_option(const XlconvOption *option)
{
    const char *value = xlconv_option_value(option);
    const char *since = xlconv_option_since(option);
    g_autofree char *doc = sentence(xlconv_option_doc(option));

    printf("| `%s%s` | %s | %s | %s |\n", xlconv_option_name(option), value != NULL ? "=" : "",
           value != NULL ? value : "", since != NULL ? since : "", doc);
}

/* Behind the table of the topic's keys. */
static void
markdown_options(const XlconvKey *key)
{
    g_autoptr(GPtrArray) options = xlconv_key_options(key);

    if (options->len > 0)
        printf("\n| in `%s` | value | since | |\n|---|---|---|---|\n", xlconv_key_name(key));
    for (guint i = 0; i < options->len; i++)
        markdown_option(options->pdata[i]);
}

static void
markdown_topic_end(const char *topic)
{
    for (guint i = 0; i < xlconv_n_keys(); i++) {
        const XlconvKey *key = xlconv_key_get(i);

        if (g_str_equal(xlconv_key_topic(key), topic))
            markdown_options(key);
    }
}

/* --- the manual page --- */

/* Of the characters that mean something to roff. */
static const struct {
    char character;
    const char *escape;
} roff_escapes[] = { { '-', "\\-" }, { '\\', "\\e" }, { '"', "\\(dq" } };

/* Prints @text as roff. */
static void
put_roff(const char *text)
{
    for (; *text != '\0'; text++) {
        guint i = 0;

        while (i < G_N_ELEMENTS(roff_escapes) && roff_escapes[i].character != *text)
            i++;
        if (i < G_N_ELEMENTS(roff_escapes))
            fputs(roff_escapes[i].escape, stdout);
        else
            putchar(*text);
    }
}

static void
man_head(void)
{
    fputs(".\\\" SPDX-License-Identifier: LGPL-2.1-or-later\n"
          ".\\\" Made by xlconv keys --man from the rows that convert the keys.\n"
          ".TH XLVIRT\\-KEYS 7 \"\" xlvirt\n"
          ".SH NAME\n"
          "xlvirt\\-keys \\- the keys of xl.cfg and what becomes of them\n"
          ".SH DESCRIPTION\n"
          "xlvirt reads and writes every key that\n"
          ".BR xl (1)\n"
          "reads. What libvirt's domain XML has a place for is said there; the rest travels in\n"
          "<metadata> as xl.cfg text, which the driver applies. Each key is shown with its value,\n"
          "the kinds of guest that xl reads it for unless it is all, and the Xen that brought it\n"
          "where 4.17 did not have it. The options inside a value stand below its key; how items "
          "are\n"
          "put together is described in\n"
          ".BR xl.cfg (5),\n"
          ".BR xl\\-disk\\-configuration (5)\n"
          "and\n"
          ".BR xl\\-network\\-configuration (5).\n",
          stdout);
}

static void
man_topic(const char *topic)
{
    g_autofree char *title = g_ascii_strup(topic, -1);

    printf(".SH %s\n", title);
}

static void
man_option(const XlconvOption *option)
{
    const char *value = xlconv_option_value(option);
    g_autofree char *doc = sentence(xlconv_option_doc(option));

    fputs(".TP\n.BR ", stdout);
    put_roff(xlconv_option_name(option));
    if (value != NULL) {
        fputs(" \" = ", stdout);
        put_roff(value);
        putchar('"');
    }
    putchar('\n');
    put_roff(doc);
    puts(*doc != '\0' ? "" : "\\&");
    if (xlconv_option_since(option) != NULL)
        printf(_("Since Xen %s.\n"), xlconv_option_since(option));
}

static void
man_options(const XlconvKey *key)
{
    g_autoptr(GPtrArray) options = xlconv_key_options(key);

    if (options->len == 0)
        return;
    puts(".RS");
    for (guint i = 0; i < options->len; i++)
        man_option(options->pdata[i]);
    puts(".RE");
}

static void
man_key(const char *topic, const XlconvKey *key)
{
    g_autofree char *value = xlconv_key_value(key);
    g_autofree char *guests = xlconv_key_guests(key);
    g_autofree char *status = status_text(key);
    const char *since = xlconv_key_since(key);

    fputs(".TP\n.BR ", stdout);
    put_roff(xlconv_key_name(key));
    fputs(" \" = ", stdout);
    put_roff(value);
    fputs("\"\n", stdout);
    put_roff(xlconv_key_doc(key));
    fputs(".\n", stdout);
    if (*status != '\0')
        printf("%s\n", status);
    if (guests != NULL)
        printf(_("Guests: %s.\n"), guests);
    if (since != NULL)
        printf(_("Since Xen %s.\n"), since);
    man_options(key);
}

static void
man_tail(void)
{
    fputs(".SH SEE ALSO\n.BR xlconv (1),\n.BR xl.cfg (5)\n", stdout);
}

/* How the rows are shown. All but key may be NULL. */
typedef struct {
    void (*head)(void);
    void (*topic)(const char *topic);
    void (*key)(const char *topic, const XlconvKey *key);
    void (*topic_end)(const char *topic);
    void (*tail)(void);
} Form;

static const Form list = { NULL, NULL, list_key, NULL, NULL };
static const Form markdown = { markdown_head, markdown_topic, markdown_key, markdown_topic_end,
                               NULL };
static const Form man = { man_head, man_topic, man_key, NULL, man_tail };

/* The topic of the key at @index; NULL behind the last one. */
static const char *
topic_at(guint index)
{
    return index < xlconv_n_keys() ? xlconv_key_topic(xlconv_key_get(index)) : NULL;
}

static void
show(const Form *form)
{
    const char *topic = NULL;

    for (guint i = 0; i < xlconv_n_keys(); i++) {
        if (form->topic != NULL && topic != topic_at(i))
            form->topic(topic_at(i));
        topic = topic_at(i);
        form->key(topic, xlconv_key_get(i));
        if (form->topic_end != NULL && topic_at(i + 1) != topic)
            form->topic_end(topic);
    }
}

int
xlc_tool_keys(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    const Form *form = tool->man ? &man : tool->markdown ? &markdown : &list;

    if (files[0] != NULL) {
        xlc_tool_say(_("keys takes no file: '%s' is too many"), files[0]);
        return XLC_EXIT_USAGE;
    }
    if (form->head != NULL)
        form->head();
    show(form);
    if (form->tail != NULL)
        form->tail();
    return xlc_tool_flush();
}
