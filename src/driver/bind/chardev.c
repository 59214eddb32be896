/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>

BIND_DEFINE_WORDS(vuart, libxl_vuart_type);

static const BindRow rows[] = {
    BIND_STRING(chardev.serial, b_info.u.hvm.serial, .guests = BIND_HVM),
    BIND_STRV(chardev.serial_list, b_info.u.hvm.serial_list, .guests = BIND_HVM),
    BIND_WORD(chardev.vuart, b_info.arch_arm.vuart, &vuart),
};

static const BindRow channel_rows[] = {
    BIND_DEVICE_STRING(DomChannel, name, libxl_device_channel, name),
    BIND_DEVICE_STRING(DomChannel, backend, libxl_device_channel, backend_domname),
};

static gboolean
fail_channel(const DomChannel *channel, const char *text, GError **error)
{
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, "channel %s: %s",
                channel->name != NULL ? channel->name : "", text);
    return FALSE;
}

static gboolean
apply_channel(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomChannel *channel = record;
    libxl_device_channel *target = device;

    switch (channel->connection) {
    case DOM_CHANNEL_ABSENT:
        return fail_channel(channel, _("no connection; say pty or socket"), error);
    case DOM_CHANNEL_PTY:
        libxl_device_channel_init_connection(target, LIBXL_CHANNEL_CONNECTION_PTY);
        return TRUE;
    case DOM_CHANNEL_SOCKET:
        if (channel->path == NULL)
            return fail_channel(channel, _("no path for the socket; give one"), error);
        libxl_device_channel_init_connection(target, LIBXL_CHANNEL_CONNECTION_SOCKET);
        target->u.socket.path = bind_strdup(channel->path);
        return TRUE;
    }
    g_return_val_if_reached(FALSE);
}

static void
read_channel(gconstpointer device, gpointer record)
{
    const libxl_device_channel *from = device;
    DomChannel *channel = record;

    if (from->connection == LIBXL_CHANNEL_CONNECTION_PTY)
        channel->connection = DOM_CHANNEL_PTY;
    if (from->connection == LIBXL_CHANNEL_CONNECTION_SOCKET) {
        channel->connection = DOM_CHANNEL_SOCKET;
        channel->path = g_strdup(from->u.socket.path);
    }
}

BIND_DEVICE_TYPE(libxl_device_channel);

static const BindList channels = {
    BIND_LIST_OF(channels, channels, libxl_device_channel),
    BIND_DEVID(libxl_device_channel),
    .record = &dom_channel_record,
    .rows = channel_rows,
    .n_rows = G_N_ELEMENTS(channel_rows),
    .apply = apply_channel,
    .read = read_channel,
};

static const BindList *const lists[] = { &channels, NULL };

const BindTopic bind_topic_chardev = {
    .name = "chardev",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .lists = lists,
};
