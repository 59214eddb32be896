#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""On a machine without Xen, a libvirtd with our module serves its other drivers and says why
xen:///system is not there.

This one runs on the host, which is such a machine, with a daemon of its own: its sockets, log and
driver folder are in a temporary folder, and no other libvirtd notices it. The daemon is the
release's, from its root file system where that is not the machine's own.
"""

import os
import shutil
import subprocess
import tempfile

from lab import MODULE, run, scenario, wait_for

CONF = """
unix_sock_dir = "%s"
unix_sock_rw_perms = "0700"
auth_unix_rw = "none"
log_outputs = "2:file:%s/log"
"""

# The daemon has to be privileged, or the driver has a simpler reason not to be there.
AS_ROOT = [] if os.geteuid() == 0 else ["sudo", "-n"]


def start_daemon(folder):
    os.mkdir(os.path.join(folder, "drivers"))
    shutil.copy(MODULE, os.path.join(folder, "drivers"))
    conf = os.path.join(folder, "libvirtd.conf")
    with open(conf, "w", encoding="utf-8") as target:
        target.write(CONF % (folder, folder))
    command = AS_ROOT + ["env", "LIBVIRT_DRIVER_DIR=%s/drivers" % folder, "/usr/sbin/libvirtd"]
    command += ["--config", conf, "--pid-file", os.path.join(folder, "pid")]
    with open(os.path.join(folder, "output"), "wb") as output:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)


def end_daemon(daemon, signal):
    run(AS_ROOT + ["sh", "-c", "kill -%s %d" % (signal, daemon.pid)])


def stop_daemon(daemon):
    if daemon.poll() is None:
        end_daemon(daemon, "TERM")
    try:
        daemon.wait(30)
    except subprocess.TimeoutExpired:
        end_daemon(daemon, "KILL")
        daemon.wait()


def read(folder, name):
    return run(AS_ROOT + ["cat", os.path.join(folder, name)]).out


def look(results, daemon, folder):
    socket = os.path.join(folder, "libvirt-sock")
    up = wait_for(lambda: os.path.exists(socket) or daemon.poll() is not None, 60)
    results.need(up and daemon.poll() is None, "libvirtd starts", read(folder, "output"))

    def virsh(driver, *arguments):
        uri = "%s?socket=%s" % (driver, socket)
        return run(AS_ROOT + ["virsh", "-c", uri, *arguments], seconds=60)

    other = virsh("test+unix:///default", "list", "--all")
    results.has(str(other), r"1 +test +running", "it serves test:///default")
    xen = virsh("xen+unix:///system", "list", "--all")
    results.ok(xen.status != 0, "xen:///system cannot be opened", xen)
    results.has(xen.err, r"(?i)\bxen\b.*(dom0|hypervisor|xenstore)", "the client is told why")
    results.has(read(folder, "log"), r"no xen:///system", "and so is the daemon's log")
    again = virsh("test+unix:///default", "version")
    results.ok(again.status == 0 and daemon.poll() is None, "libvirtd goes on serving", again)


def story(results, _lab):
    if not results.ok(
        not os.path.exists("/proc/xen/capabilities"), "this machine is without Xen, as it has to be"
    ):
        return
    folder = tempfile.mkdtemp(prefix="xlvirt-no-xen-")
    daemon = start_daemon(folder)
    try:
        look(results, daemon, folder)
    finally:
        stop_daemon(daemon)
        run(AS_ROOT + ["rm", "-rf", folder])


scenario(story, with_lab=False)
