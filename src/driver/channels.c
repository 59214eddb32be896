/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "conf/xml.h"
#include "conf/xml_text.h"
#include "driver/channels.h"

/* The schema's attributes and sources that need nothing of Xen stay where they are. */
static void
keep_rest(DomChannel *channel, xmlNodePtr node)
{
    for (xmlNodePtr child = dom_xml_child(node, NULL); child; child = dom_xml_next(child, NULL)) {
        if (!xmlStrEqual(child->name, BAD_CAST "source") &&
            !xmlStrEqual(child->name, BAD_CAST "target")) {
            g_autofree char *text = dom_xml_text(child, 0);
            dom_rest_add(&channel->rest, "", NULL, text);
        }
    }
}

/* Below a folder that is the daemon's. */
#define OWN DRV_STATE_DIR "/channel-"

gboolean
drv_channels_is_own(const DomDef *def, const char *path)
{
    g_autofree char *own = g_strdup_printf(OWN "%s-", def->general.uuid);
    return path && g_str_has_prefix(path, own);
}

static void
add_channel(DomDef *def, xmlNodePtr node)
{
    DomChannel *channel = dom_list_add(def->channels, &dom_channel_record);
    channel->connection = DOM_CHANNEL_SOCKET;
    channel->name = dom_xml_peek(node, "target/@name");
    channel->path = g_strdup_printf(OWN "%s-%u.sock", def->general.uuid, def->channels->len - 1);
    keep_rest(channel, node);
}

/* Moves the channel that @item is into the list. */
static gboolean
take_channel(DomDef *def, const DomRestItem *item)
{
    xmlDocPtr doc = dom_xml_rest_doc(item, "devices", "channel");
    xmlNodePtr node = doc ? xmlDocGetRootElement(doc) : NULL;
    gboolean open = node && dom_channel_is_open(node);
    if (open) {
        add_channel(def, node);
    }
    xmlFreeDoc(doc);
    return open;
}

void
drv_channels_resolve(DomDef *def)
{
    GPtrArray *items = def->metadata.rest.items;
    for (guint i = 0; items && i < items->len;) {
        if (take_channel(def, items->pdata[i])) {
            g_ptr_array_remove_index(items, i);
        } else {
            i++;
        }
    }
}

const char *
drv_channels_path(const DomDef *def, const char *name)
{
    for (guint i = 0; i < def->channels->len; i++) {
        const DomChannel *channel = def->channels->pdata[i];
        if (channel->connection == DOM_CHANNEL_SOCKET && g_strcmp0(channel->name, name) == 0) {
            return channel->path;
        }
    }
    return NULL;
}

void
drv_channels_number(libxl_domain_config *config)
{
    for (int i = 0; i < config->num_channels; i++) {
        config->channels[i].devid = i + 1;
    }
}
