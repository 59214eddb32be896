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
    fputs("<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->\n"
          "# The keys of xl.cfg\n\n"
          "Made by `xlconv keys --markdown` from the rows that convert them. \"Guests\" are those "
          "that xl\nreads the key for; \"since\" names the Xen that brought it, where 4.17 did not "
          "have it.\n",
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

/* --- the manual page --- */

/* Prints @text as roff. */
static void
put_roff(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\')
            fputs(*text == '-' ? "\\-" : "\\e", stdout);
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
          "where 4.17 did not have it. The items of device lists are described in\n"
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
    void (*tail)(void);
} Form;

static const Form list = { NULL, NULL, list_key, NULL };
static const Form markdown = { markdown_head, markdown_topic, markdown_key, NULL };
static const Form man = { man_head, man_topic, man_key, man_tail };

int
xlc_tool_keys(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    const char *topic = NULL;
    const Form *form = tool->man ? &man : tool->markdown ? &markdown : &list;

    if (files[0] != NULL) {
        xlc_tool_say(_("keys takes no file: '%s' is too many"), files[0]);
        return XLC_EXIT_USAGE;
    }
    if (form->head != NULL)
        form->head();
    for (guint i = 0; i < xlconv_n_keys(); i++) {
        const XlconvKey *key = xlconv_key_get(i);

        if (form->topic != NULL && topic != xlconv_key_topic(key))
            form->topic(xlconv_key_topic(key));
        topic = xlconv_key_topic(key);
        form->key(topic, key);
    }
    if (form->tail != NULL)
        form->tail();
    return XLC_EXIT_DONE;
}
