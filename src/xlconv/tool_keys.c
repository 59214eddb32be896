/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv keys: the rows, for people: as a list, as docs/keys.md and as xlvirt-keys(7). */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "xlconv/key.h"
#include "xlconv/tool.h"

static const char *const shape_texts[] = {
    [XLC_SHAPE_BOOL] = N_("0 or 1"),        [XLC_SHAPE_UINT] = N_("number"),
    [XLC_SHAPE_MIB] = N_("number of MiB"),  [XLC_SHAPE_INT] = N_("number"),
    [XLC_SHAPE_STRING] = N_("text"),        [XLC_SHAPE_ENUM] = N_("one of"),
    [XLC_SHAPE_STRV] = N_("list of texts"), [XLC_SHAPE_CODEC] = N_("as in xl.cfg(5)"),
};

/* What may stand behind the = (transfer full). */
static char *
value_text(const XlcKey *key)
{
    if (key->shape == XLC_SHAPE_ENUM) {
        g_autofree char *names = dom_enum_list(key->field.enums);

        return g_strdup_printf("%s %s", _(shape_texts[key->shape]), names);
    }
    if (key->codec != NULL && key->codec->devices)
        return g_strdup(_("list of devices, as in xl.cfg(5)"));
    return g_strdup(_(shape_texts[key->shape]));
}

static const struct {
    XlcGuests guest;
    const char *name;
} guest_names[] = {
    { XLC_PV, "PV" },
    { XLC_PVH, "PVH" },
    { XLC_HVM, "HVM" },
    { XLC_ARM, "Arm" },
};

/* "PV, HVM"; "all" (transfer full). */
static char *
guests_text(const XlcKey *key)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if ((key->guests & XLC_ANY) == XLC_ANY)
        return g_strdup(_("all"));
    for (guint i = 0; i < G_N_ELEMENTS(guest_names); i++) {
        if (key->guests & guest_names[i].guest)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", guest_names[i].name);
    }
    return g_strdup(text->str);
}

/* What becomes of a key that is not simply mapped (transfer full); "" for one that is. */
static char *
status_text(const XlcKey *key)
{
    switch (key->status) {
    case XLC_MAPPED:
        break;
    case XLC_ALIAS:
        return g_strdup_printf(_("Written as %s."), key->instead);
    case XLC_DEPRECATED:
        return g_strdup_printf(_("Deprecated: use %s."), key->instead);
    case XLC_KEPT:
        return g_strdup(_("Kept as it is."));
    }
    return g_strdup("");
}

/* --- the list --- */

static void
list_key(const char *topic, const XlcKey *key)
{
    g_autofree char *note = NULL;

    if (key->instead != NULL)
        note = g_strdup_printf(" (%s)", key->instead);
    printf("%-33s %-9s %-10s %s%s\n", key->key, topic, xlc_status_name(key->status), _(key->doc),
           note != NULL ? note : "");
}

/* --- markdown --- */

static void
markdown_head(void)
{
    fputs("# The keys of xl.cfg\n\n"
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
markdown_key(const char *topic, const XlcKey *key)
{
    g_autofree char *value = value_text(key);
    g_autofree char *guests = guests_text(key);
    g_autofree char *status = status_text(key);

    printf("| `%s` | %s | %s | %s | %s.%s%s |\n", key->key, value, guests,
           key->since != NULL ? key->since : "", _(key->doc), *status != '\0' ? " " : "", status);
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
man_key(const char *topic, const XlcKey *key)
{
    g_autofree char *value = value_text(key);
    g_autofree char *guests = guests_text(key);
    g_autofree char *status = status_text(key);
    gboolean all = (key->guests & XLC_ANY) == XLC_ANY;

    fputs(".TP\n.BR ", stdout);
    put_roff(key->key);
    fputs(" \" = ", stdout);
    put_roff(value);
    fputs("\"\n", stdout);
    put_roff(_(key->doc));
    fputs(".\n", stdout);
    if (*status != '\0')
        printf("%s\n", status);
    if (!all)
        printf(_("Guests: %s.\n"), guests);
    if (key->since != NULL)
        printf(_("Since Xen %s.\n"), key->since);
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
    void (*key)(const char *topic, const XlcKey *key);
    void (*tail)(void);
} Form;

static const Form list = { NULL, NULL, list_key, NULL };
static const Form markdown = { markdown_head, markdown_topic, markdown_key, NULL };
static const Form man = { man_head, man_topic, man_key, man_tail };

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
    for (guint t = 0; t < xlc_n_topics; t++) {
        if (form->topic != NULL)
            form->topic(xlc_topics[t]->topic);
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            form->key(xlc_topics[t]->topic, &xlc_topics[t]->keys[k]);
    }
    if (form->tail != NULL)
        form->tail();
    return XLC_EXIT_DONE;
}
