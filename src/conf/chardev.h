/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Emulated serial ports, in the words of QEMU's -serial. The PV console is always there. */
#pragma once

#include "conf/record.h"

typedef struct {
    DomRest rest;
    char *serial;       /* the one-port form */
    char **serial_list; /* the list form; only one of the two is set */
    char *vuart;        /* Arm */
} DomChardev;

typedef enum {
    DOM_CHANNEL_ABSENT,
    DOM_CHANNEL_PTY,
    DOM_CHANNEL_SOCKET,
    DOM_CHANNEL_LAST = DOM_CHANNEL_SOCKET,
} DomChannelConnection;

extern const DomEnum dom_channel_connection_names;

/* A PV channel: a console with a name. */
typedef struct {
    DomRest rest;
    DomChannelConnection connection; /* libxl wants one */
    char *name;
    char *path; /* of the socket */
    char *backend;
} DomChannel;

/* Whether @node, a <channel>, is one of Xen's that leads to a socket whose place is left to the
 * driver. Such a channel is no record: XML keeps it as it is. */
gboolean dom_channel_is_open(DomXmlNode *node);

/* How many serial ports @root has. */
guint dom_chardev_count_serials(DomXmlNode *root);
/* Moves each port of @root behind the first @n, which are those of the model, to where its number
 * has it: those of a kind that xl does not know are put back behind the others. */
void dom_chardev_settle(DomXmlNode *root, guint n);

extern const DomRecord dom_chardev_record;
extern const DomRecord dom_channel_record;
