/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xlconv keys: the rows, for people. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "xlconv/key.h"
#include "xlconv/tool.h"

static void
print_key(const char *topic, const XlcKey *key)
{
    g_autofree char *note = NULL;

    if (key->instead != NULL)
        note = g_strdup_printf(" (%s)", key->instead);
    printf("%-33s %-9s %-10s %s%s\n", key->key, topic, xlc_status_name(key->status), _(key->doc),
           note != NULL ? note : "");
}

int
xlc_tool_keys(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            print_key(xlc_topics[t]->topic, &xlc_topics[t]->keys[k]);
    }
    return XLC_EXIT_DONE;
}
