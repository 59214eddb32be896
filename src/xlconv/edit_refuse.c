/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_refuse.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/compare.h"
#include "xlconv/convert.h"
#include "xlconv/error.h"

static void
add_differing(const DomDef *meant, const DomDef *want, GPtrArray *keys)
{
    g_autoptr(GPtrArray) differences = xlc_compare(meant, want, NULL);

    for (guint i = 0; differences != NULL && i < differences->len; i++)
        g_ptr_array_add(keys, g_strdup(((const XlcDifference *)differences->pdata[i])->key));
}

static void
add_wrong(const DomReport *report, GPtrArray *keys)
{
    g_autoptr(GHashTable) wrong = dom_report_wrong_keys(report);
    g_autoptr(GList) sorted = g_list_sort(g_hash_table_get_keys(wrong), (GCompareFunc)strcmp);

    for (GList *key = sorted; key != NULL; key = key->next)
        g_ptr_array_add(keys, g_strdup(key->data));
}

/* "kernel, disk" (transfer full); "" where no key is to blame. */
static char *
keys_in_the_way(const char *text, const DomDef *want)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) meant = xlc_def_from_cfg(text, strlen(text), report, NULL);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);

    if (meant != NULL)
        add_differing(meant, want, keys);
    else
        add_wrong(report, keys);
    g_ptr_array_add(keys, NULL);
    return g_strjoinv(", ", (char **)keys->pdata);
}

void
xlc_edit_refuse(const char *text, const DomDef *want, GError **error)
{
    g_autofree char *keys = error != NULL ? keys_in_the_way(text, want) : NULL;

    if (keys == NULL)
        return;
    if (*keys == '\0')
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                            _("this file cannot be changed to say that: convert to a new one"));
    else
        g_set_error(
            error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
            _("this file cannot be changed to say that, and what stands in the way is %s: take "
              "that out first, or convert to a new one"),
            keys);
}
