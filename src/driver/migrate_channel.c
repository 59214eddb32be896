/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/error.h"
#include "driver/migrate_channel.h"
#include "driver/text.h"

struct DrvChannel {
    DrvChannelPlan plan; /* fixed */
    gboolean out;        /* fixed; it is the source's end */
    gint stopped;        /* atomic */
};

static DrvChannel *
channel_new(const DrvChannelPlan *plan, gboolean out)
{
    DrvChannel *channel = g_new0(DrvChannel, 1);
    channel->plan = *plan;
    channel->out = out;
    return channel;
}

DrvChannel *
drv_channel_out(const DrvChannelPlan *plan, GError **error)
{
    return channel_new(plan, TRUE);
}

DrvChannel *
drv_channel_in(const DrvChannelPlan *plan, GError **error)
{
    return channel_new(plan, FALSE);
}

int
drv_channel_fd(const DrvChannel *channel)
{
    return drv_link_fd(channel->plan.link);
}

guint64
drv_channel_moved(DrvChannel *channel)
{
    const DrvLink *link = channel->plan.link;
    return channel->out ? drv_link_sent(link) : drv_link_received(link);
}

void
drv_channel_limit(DrvChannel *channel, guint64 speed)
{
    drv_link_limit(channel->plan.link, speed);
}

void
drv_channel_stop(gpointer data)
{
    DrvChannel *channel = data;
    g_atomic_int_set(&channel->stopped, TRUE);
    drv_link_cut(channel->plan.link);
}

gboolean
drv_channel_end(DrvChannel *channel, gboolean all, GError **error)
{
    if (g_atomic_int_get(&channel->stopped)) {
        return drv_fail(error, VIR_ERR_OPERATION_ABORTED, _("aborted by the client"));
    }
    return all || !drv_link_is_broken(channel->plan.link) ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED, _("the other host hung up"));
}

void
drv_channel_free(DrvChannel *channel)
{
    g_free(channel);
}
