/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/alias.h"

#include <string.h>

#include "conf/def.h"

static const struct {
    const DomRecord *record;
    const char *prefix;
    const char *member; /* what names the device */
} rows[] = {
    { &dom_disk_record, "disk-", "vdev" },       { &dom_nic_record, "net-", "mac" },
    { &dom_pci_record, "hostdev-", "bdf" },      { &dom_p9_record, "fs-", "tag" },
    { &dom_channel_record, "channel-", "name" },
};

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
dom_alias_of(const DomRecord *record, gconstpointer data)
{
    char *alias = user_alias(data);

    for (guint i = 0; alias == NULL && i < G_N_ELEMENTS(rows); i++) {
        const DomField *field =
            rows[i].record == record ? dom_record_find(record, rows[i].member) : NULL;

        if (field == NULL || !dom_field_is_set(field, data))
            continue;
        alias = g_strconcat(rows[i].prefix, *DOM_CONST_MEMBER(data, field, char *), NULL);
        /* no more than libvirt's schema has in an alias */
        g_strcanon(alias, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '-');
    }
    return alias;
}
