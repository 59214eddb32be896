/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/lease_holder.h"

#include <signal.h>

#include "locking/domain_lock.h"
#include "vircommand.h"
#include "virerror.h"
#include "virlog.h"
#include "virpidfile.h"
#include "viruuid.h"

#include "driver/driver.h"
#include "driver/error.h"

VIR_LOG_INIT("libxl.lease_holder");

/* The one that tells whose a lease is by a process; lockd goes by the guest's uuid. */
#define BY_PROCESS "sanlock"

typedef struct {
    virLockManagerPlugin *leases;
    const char *uri;
    virDomainObj *guest;
} Holder;

gboolean
drv_lease_holder_is_needed(virLockManagerPlugin *leases)
{
    return g_str_equal(virLockManagerPluginGetName(leases), BY_PROCESS);
}

static char *
pid_path(const virDomainObj *guest)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    virUUIDFormat(guest->def->uuid, uuid);
    return g_strdup_printf(DRV_STATE_DIR "/lease-%s.pid", uuid);
}

gboolean
drv_lease_holder_find(virDomainObj *guest)
{
    g_autofree char *path = pid_path(guest);
    gboolean found = virPidFileReadPathIfLocked(path, &guest->pid) == 0 && guest->pid > 0;
    virResetLastError();
    return found;
}

/* In the process that becomes the holder, where alone it can be made known. Its socket to the
 * manager stays open, and is what tells that it lives. */
static int
make_known(gpointer data)
{
    Holder *holder = data;
    int socket = -1;
    holder->guest->pid = getpid();
    return virDomainLockProcessStart(holder->leases, holder->uri, holder->guest, true, &socket);
}

/* The child's error comes by the handshake, before it becomes the program. */
static gboolean
run(virCommand *command, GError **error)
{
    virCommandRequireHandshake(command);
    return (virCommandRun(command, NULL) == 0 && virCommandHandshakeWait(command) == 0 &&
            virCommandHandshakeNotify(command) == 0) ||
           drv_fail_from_libvirt(error);
}

static gboolean
start(Holder *holder, GError **error)
{
    g_autofree char *path = pid_path(holder->guest);
    g_autoptr(virCommand) command = virCommandNewArgList("sleep", "infinity", NULL);
    virCommandSetPidFile(command, path);
    virCommandSetPreExecHook(command, make_known, holder);
    virCommandDaemonize(command);
    if (run(command, error)) {
        return TRUE;
    }
    g_prefix_error(error, _("sanlock was not told who holds its leases; is its service running? "));
    ignore_value(virPidFileDeletePath(path));
    return FALSE;
}

gboolean
drv_lease_holder_ensure(virLockManagerPlugin *leases, const char *uri, virDomainObj *guest,
                        GError **error)
{
    Holder holder = { leases, uri, guest };
    if (drv_lease_holder_find(guest)) {
        return TRUE;
    }
    if (!start(&holder, error)) {
        return FALSE;
    }
    return drv_lease_holder_find(guest) ||
           drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("the process that should hold the leases of domain '%s' ended at once"),
                    guest->def->name);
}

void
drv_lease_holder_end(virLockManagerPlugin *leases, virDomainObj *guest)
{
    g_autofree char *path = pid_path(guest);
    g_autofree char *held = NULL;
    gboolean lives = guest->pid > 0;
    if (lives && virDomainLockProcessInquire(leases, guest, &held) == 0 && held) {
        return;
    }
    virResetLastError();
    if (lives && kill(guest->pid, SIGTERM) < 0) {
        VIR_WARN("process %d, which held the leases of domain '%s', does not end", (int)guest->pid,
                 guest->def->name);
    }
    ignore_value(virPidFileDeletePath(path));
}
