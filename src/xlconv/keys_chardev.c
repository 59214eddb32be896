/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"
#include "xlconv/pair.h"
#include "xlconv/values.h"

static const XlcPair serial = XLC_PAIR(chardev.serial, chardev.serial_list);
XLC_PAIR_CODEC(serial);

static const XlcOption channel_rows[] = {
    { "connection", .exact_case = TRUE },
    { "name" },
    { "path" },
    { "backend" },
};

static const XlcOptions channel_options = {
    .record = &dom_channel_record,
    .rows = channel_rows,
    .n_rows = G_N_ELEMENTS(channel_rows),
    .trimmed = TRUE,
    .unknown = XLC_ODD_SKIPPED,
    .bare = XLC_ODD_FATAL,
};

static gboolean
channel_parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    const DomChannel *channel = record;

    if (!xlc_options_parse(&channel_options, reader, key, value, record))
        return FALSE;
    if (reader->patch)
        return TRUE;
    if (channel->connection == DOM_CHANNEL_ABSENT)
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
                   _("the channel leads nowhere: expected connection=pty or connection=socket"));
    else if (channel->connection == DOM_CHANNEL_SOCKET && channel->path == NULL)
        xlc_report(reader, DOM_SEVERITY_ERROR, key, value,
                   _("the socket has no place: expected path=FILE"));
    else
        return TRUE;
    return FALSE;
}

/* xl wants to know where the channel leads, and the place of a socket. */
static char *
channel_format(gconstpointer record)
{
    const DomChannel *channel = record;

    if (channel->connection == DOM_CHANNEL_ABSENT ||
        (channel->connection == DOM_CHANNEL_SOCKET && channel->path == NULL))
        return NULL;
    return xlc_options_format(&channel_options, record);
}

static const char *const channel_names[] = { "name", NULL };
static const char *const channel_carried[] = { "name", "connection", "path", NULL };

static const XlcDevices channel = {
    .list = DOM_TYPED_OFFSET(DomDef, channels, GPtrArray *),
    .record = &dom_channel_record,
    .names = channel_names,
    .carried = channel_carried,
    .options = &channel_options,
    .parse = channel_parse,
    .format = channel_format,
};
XLC_DEVICES_CODEC(channel);

static const XlcKey keys[] = {
    XLC_SPECIAL("serial", &serial_codec, XLC_HVM,
                .value = N_("where a port leads, or a list of that, one for each port"),
                .doc = N_("Where the serial ports lead")),
    XLC_SPECIAL("channel", &channel_codec, XLC_ANY, .doc = N_("Channels between guest and host")),
    XLC_STRING("vuart", chardev.vuart, XLC_ARM, .expect = xlc_expect_vuart,
               .doc = N_("Serial port of an Arm guest")),
};

XLC_TOPIC(chardev, keys);
