/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <sys/socket.h>

#include "virerror.h"

#include "driver/error.h"
#include "driver/migrate_tls.h"
#include "driver/poll_until.h"
#include "driver/text.h"

/* For all of the greeting; ms. */
#define GREETING_WAIT (30 * 1000)

virNetTLSContext *
drv_tls_context(const char *folder, gboolean server, GError **error)
{
    virNetTLSContext *context =
        server ? virNetTLSContextNewServerPath(folder, false, NULL, NULL, true, true)
               : virNetTLSContextNewClientPath(folder, false, NULL, true, true);
    if (!context) {
        drv_fail_from_libvirt(error);
        g_prefix_error(error, _("no TLS without this host's certificates: "));
    }
    return context;
}

static ssize_t
push(const char *bytes, size_t size, void *fd)
{
    return send(GPOINTER_TO_INT(fd), bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static ssize_t
pull(char *bytes, size_t size, void *fd)
{
    return recv(GPOINTER_TO_INT(fd), bytes, size, MSG_DONTWAIT);
}

/* For what the greeting waits for. */
static gboolean
wait_for(virNetTLSSession *session, int fd, int stop_fd, gint64 end, GError **error)
{
    gboolean reads = virNetTLSSessionGetHandshakeStatus(session) == VIR_NET_TLS_HANDSHAKE_RECVING;
    struct pollfd fds[] = {
        { .fd = stop_fd, .events = POLLIN },
        { .fd = fd, .events = reads ? POLLIN : POLLOUT },
    };
    int ready = drv_poll_until(fds, G_N_ELEMENTS(fds), end);
    if (ready > 0 && fds[0].revents) {
        return drv_fail(error, VIR_ERR_OPERATION_ABORTED, _("aborted by the client"));
    }
    return ready > 0 ||
           drv_fail(error, VIR_ERR_OPERATION_TIMEOUT,
                    _("the other host does not answer with TLS: see that both are told to use it"));
}

static gboolean
greet(virNetTLSSession *session, int fd, int stop_fd, GError **error)
{
    int rc;
    gint64 end = g_get_monotonic_time() + GREETING_WAIT * G_TIME_SPAN_MILLISECOND;
    while ((rc = virNetTLSSessionHandshake(session)) > 0) {
        if (!wait_for(session, fd, stop_fd, end, error)) {
            return FALSE;
        }
    }
    return rc == 0 || drv_fail_from_libvirt(error);
}

virNetTLSSession *
drv_tls_begin(virNetTLSContext *context, int fd, const char *host, int stop_fd, GError **error)
{
    virNetTLSSession *session = virNetTLSSessionNew(context, host);
    if (!session) {
        drv_fail_from_libvirt(error);
        return NULL;
    }
    virNetTLSSessionSetIOCallbacks(session, push, pull, GINT_TO_POINTER(fd));
    if (greet(session, fd, stop_fd, error) &&
        (virNetTLSContextCheckCertificate(context, session) == 0 || drv_fail_from_libvirt(error))) {
        return session;
    }
    virObjectUnref(session);
    return NULL;
}
