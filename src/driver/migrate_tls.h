/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* TLS between the two hosts of a migration, with libvirt's certificates: the source is the client,
 * and each shows the other its own. Any thread, nothing locked. */

#include "internal.h"
#include "rpc/virnettlscontext.h"

#include <glib.h>

/*
 * What one's side needs, from @folder (cacert.pem and servercert.pem, serverkey.pem or
 * clientcert.pem, clientkey.pem), or where libvirt has them when it is NULL. NULL with @error when
 * they are not there, or not to be used. (transfer full)
 */
virNetTLSContext *drv_tls_context(const char *folder, gboolean server, GError **error);

/*
 * Begins a session through the connected socket @fd and looks whether the other side is one that
 * the certificates allow; @host (NULL on the server) is the name that its certificate has to have.
 * Ends when @stop_fd (an eventfd) is written to: OPERATION_ABORTED. NULL with @error. (transfer
 * full)
 */
virNetTLSSession *drv_tls_begin(virNetTLSContext *context, int fd, const char *host, int stop_fd,
                                GError **error);
