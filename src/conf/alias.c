/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/alias.h"

#include <string.h>

#include "conf/def.h"
#include "conf/name.h"

gboolean
dom_alias_is_given(const char *alias)
{
    return alias != NULL && g_str_has_prefix(alias, "ua-");
}

/* What the user has named it, in its unknown XML (transfer full), or NULL. */
static char *
user_alias(const DomRest *rest)
{
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = rest->items->pdata[i];
        const char *name = item->attr == NULL && g_str_has_prefix(item->text, "<alias ")
                               ? strstr(item->text, "name=")
                               : NULL;

        if (name != NULL && strlen(name) > 6)
            return g_strndup(name + 6, strcspn(name + 6, "\"'"));
    }
    return NULL;
}

char *
dom_alias_of(const DomRecord *record, gconstpointer data, guint place)
{
    const DomName *name = dom_name_of(record);
    g_autofree char *text = name != NULL ? dom_name_text(name, data, "-") : NULL;
    char *alias = user_alias(data);

    if (alias != NULL || name == NULL)
        return alias;
    alias = text != NULL ? g_strconcat(name->alias, text, NULL)
                         : g_strdup_printf("%s%u", name->alias, place);
    /* no more than libvirt's schema has in an alias */
    return g_strcanon(alias, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '-');
}
