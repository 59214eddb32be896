/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/cpuid.h"

#include <glib/gi18n-lib.h>
#include <libxl_json.h>
#include <string.h>
#include <yajl/yajl_tree.h>

static void
apply_text(const char *text, libxl_cpuid_policy_list *policy)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    guint first = 0;

    while (items[first] != NULL && items[first][0] == '\0')
        first++;
    if (g_strcmp0(items[first], "host") != 0)
        return;
    for (guint i = first + 1; items[i] != NULL; i++) {
        if (items[i][0] != '\0')
            libxl_cpuid_parse_config(policy, items[i]);
    }
}

void
bind_cpuid_apply(const char *text, char *const *list, libxl_cpuid_policy_list *policy)
{
    if (text != NULL)
        apply_text(text, policy);
    for (; list != NULL && *list != NULL; list++)
        libxl_cpuid_parse_config_xend(policy, *list);
}

/* By the numbers that libxl gives them. */
static const char *const item_complaints[] = {
    NULL,
    N_("there is no = here: expected FLAG=VALUE; xl ignores it"),
    N_("libxl knows no such flag; xl ignores it"),
    N_("a flag is none of 1, 0, x, k, s; xl ignores it"),
};
static const char *const leaf_complaints[] = {
    NULL,
    N_("this begins with no number of a leaf; xl ignores it"),
    N_("the comma is followed by no number of a leaf; xl ignores it"),
    N_("expected LEAF:REGISTER=BITS, with a colon; xl ignores this"),
    N_("expected a register eax, ebx, ecx or edx; xl ignores this"),
    N_("a register has 32 bits, of 0, 1, x, k and s; xl ignores this"),
};

const char *
bind_cpuid_complaint(const char *item, gboolean leaf)
{
    const char *const *complaints = leaf ? leaf_complaints : item_complaints;
    guint count = leaf ? G_N_ELEMENTS(leaf_complaints) : G_N_ELEMENTS(item_complaints);
    libxl_cpuid_policy_list policy = NULL;
    int status = (leaf ? libxl_cpuid_parse_config_xend : libxl_cpuid_parse_config)(&policy, item);

    libxl_cpuid_dispose(&policy);
    if (status == 0)
        return NULL;
    return status > 0 && (guint)status < count ? _(complaints[status])
                                               : _("libxl does not understand this; xl ignores it");
}

/* The policy is opaque; its JSON is libxl's public view of it. */
static yajl_val
policy_tree(const libxl_cpuid_policy_list *policy)
{
    yajl_gen generator = yajl_gen_alloc(NULL);
    const unsigned char *text;
    size_t length;
    yajl_val tree = NULL;

    g_return_val_if_fail(generator != NULL, NULL);
    if (libxl_cpuid_policy_list_gen_json(generator, (libxl_cpuid_policy_list *)policy) ==
            yajl_gen_status_ok &&
        yajl_gen_get_buf(generator, &text, &length) == yajl_gen_status_ok)
        tree = yajl_tree_parse((const char *)text, NULL, 0);
    yajl_gen_free(generator);
    return tree;
}

static yajl_val
member(yajl_val object, const char *name)
{
    const char *path[] = { name, NULL };

    return yajl_tree_get(object, path, yajl_t_any);
}

static char *
format_leaf(yajl_val leaf)
{
    static const char *const registers[] = { "eax", "ebx", "ecx", "edx" };
    GString *line = g_string_new(NULL);
    yajl_val subleaf = member(leaf, "subleaf");
    char separator = ':';

    g_string_append_printf(line, "0x%llx", YAJL_GET_INTEGER(member(leaf, "leaf")));
    if (YAJL_IS_INTEGER(subleaf))
        g_string_append_printf(line, ",0x%llx", YAJL_GET_INTEGER(subleaf));
    for (guint i = 0; i < G_N_ELEMENTS(registers); i++) {
        const char *bits = YAJL_GET_STRING(member(leaf, registers[i]));

        if (bits == NULL)
            continue;
        g_string_append_printf(line, "%c%s=%s", separator, registers[i], bits);
        separator = ',';
    }
    return g_string_free(line, FALSE);
}

char **
bind_cpuid_read(const libxl_cpuid_policy_list *policy)
{
    yajl_val tree = policy_tree(policy);
    yajl_val leaves = YAJL_IS_OBJECT(tree) ? member(tree, "cpuid") : tree;
    char **list = NULL;

    if (YAJL_IS_ARRAY(leaves) && YAJL_GET_ARRAY(leaves)->len > 0) {
        gsize n = YAJL_GET_ARRAY(leaves)->len;

        list = g_new0(char *, n + 1);
        for (gsize i = 0; i < n; i++)
            list[i] = format_leaf(YAJL_GET_ARRAY(leaves)->values[i]);
    }
    yajl_tree_free(tree);
    return list;
}
