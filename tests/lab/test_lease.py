#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two guests on one disk: with either of libvirt's lock managers the second one does not start."""

import re

from lab import scenario, wait_for

CFG = """
type = "pv"
name = "%s"
memory = 96
kernel = "/var/lib/xlvirt/guest/vmlinux"
ramdisk = "/var/lib/xlvirt/guest/initrd"
cmdline = "console=hvc0 hostname=%s"
disk = [ "/root/shared.raw,raw,xvda,rw" ]
"""
SETTINGS = "/etc/libvirt/libxl.conf"
NAMES = ("one", "two")


def restart(results, lab, what):
    again = lab.sh("systemctl %s libvirtd && virsh -q -c xen:///system version" % what)
    results.need(again.status == 0, "libvirtd: " + what, again)


LEASES = "/var/lib/libvirt/sanlock"
LOCKSPACE = LEASES + "/__LIBVIRT__DISKS__"


def lockd_up(results, lab):
    manager = lab.sh("systemctl start virtlockd.socket")
    results.need(manager.status == 0, "virtlockd listens", manager)


def lockd_down(lab):
    lab.sh("systemctl stop virtlockd.socket virtlockd.service")


def sanlock_up(results, lab):
    """Without a watchdog, which the lab's machine does not have."""
    lab.write("/etc/libvirt/libxl-sanlock.conf", 'auto_disk_leases = 1\nhost_id = 1\nio_timeout = 5\n'
              'disk_lease_dir = "%s"\nuser = "sanlock"\ngroup = "sanlock"\n' % LEASES)
    lab.sh("mkdir -p %s && chown sanlock: %s" % (LEASES, LEASES))
    manager = lab.sh("systemd-run --quiet --collect --unit=lab-sanlock --property=KillMode=process sanlock daemon -D -w 0")
    results.need(manager.status == 0, "sanlock is started", manager)
    results.need(wait_for(lambda: lab.sh("sanlock client status").status == 0, 60), "and answers")


def sanlock_down(lab):
    lab.sh("systemctl kill -s KILL lab-sanlock; rm -rf %s" % LEASES)


MANAGERS = {"lockd": (lockd_up, lockd_down), "sanlock": (sanlock_up, sanlock_down)}


def prepare(results, lab, manager):
    lab.sh("truncate -s 1M /root/shared.raw; cp %s /root/libxl.conf.before" % SETTINGS)
    lab.write(SETTINGS, 'lock_manager = "%s"\n' % manager)
    MANAGERS[manager][0](results, lab)
    restart(results, lab, "restart")
    for name in NAMES:
        lab.write("/root/%s.cfg" % name, CFG % (name, name))
        made = lab.sh("xlconv cfg2xml /root/%s.cfg >/root/%s.xml" % (name, name))
        results.need(made.status == 0, "xlconv converts", made)
        defined = lab.virsh("define", "/root/%s.xml" % name)
        results.need(defined.status == 0, "virsh define", defined)


def start(results, lab, name):
    started = lab.virsh("start", name)
    results.need(started.status == 0, "virsh start " + name, started)


def busy(results, lab, name, why):
    started = lab.virsh("start", name)
    results.ok(started.status != 0, "%s does not start: %s" % (name, why), started)
    results.has(started.err, "gets no lease on its disks", "and virsh says why")
    results.equal(lab.sh("xl list | grep -c '^%s '" % name).out.strip(), "0", "Xen has nothing of it")


def holders(lab):
    return lab.sh("ls /run/libvirt/libxl/ | grep -c '^lease-.*[.]pid$'").out.strip()


def holder(lab):
    """The process that holds the leases of the guest that runs, and its id when they are really held."""
    pid = lab.sh("cat /run/libvirt/libxl/lease-*.pid").out.strip()
    status = lab.sh("sanlock client status")
    return pid if pid and re.search(r"(?m)^r .* p %s$" % pid, status.out) else None


def killed(results, lab):
    """sanlock gives the leases of a process that is gone to whoever asks."""
    before = holder(lab)
    results.ok(before, "sanlock knows who holds the leases", lab.sh("sanlock client status"))
    lab.sh("kill -s KILL %s" % before)
    again = wait_for(lambda: holder(lab) not in (None, before), 120)
    results.ok(again, "they are taken again when that one is killed", lab.sh("sanlock client status"))
    results.equal(lab.state("one"), "running", "and the guest runs on")
    busy(results, lab, "two", "one holds them again")


def lose(results, lab):
    """A host that is cut off from its leases ends the guest, as nobody keeps another host from it."""
    results.equal(holders(lab), "1", "a process holds the leases")
    lab.sh("truncate -s 0 " + LOCKSPACE)
    off = wait_for(lambda: lab.state("one") == "shut off", 300)
    results.ok(off, "when they are lost the guest is ended", lab.sh("sanlock client log_dump | tail -n 40"))
    results.equal(lab.sh("xl list | grep -c '^one '").out.strip(), "0", "and Xen has it no more")
    results.equal(holders(lab), "0", "nor is there a process for it")


def share(results, lab):
    start(results, lab, "one")
    busy(results, lab, "two", "one runs")
    lab.sh("systemctl kill -s KILL libvirtd")
    restart(results, lab, "restart")
    busy(results, lab, "two", "one still runs, the daemon was killed")
    lab.virsh("managedsave", "one")
    start(results, lab, "two")
    busy(results, lab, "one", "two has the disk while one was saved")
    lab.sh("xl destroy two")
    off = wait_for(lambda: lab.state("two") == "shut off", 60)
    results.need(off, "xl ends two", lab.state("two"))
    start(results, lab, "one")
    busy(results, lab, "two", "one is back from its file")


def with_manager(results, lab, manager):
    try:
        prepare(results, lab, manager)
        share(results, lab)
        if manager == "sanlock":
            killed(results, lab)
            lose(results, lab)
    finally:
        for name in NAMES:
            lab.virsh("destroy", name)
            lab.virsh("undefine", name, "--managed-save")
        lab.sh("mv /root/libxl.conf.before %s; rm -f /root/shared.raw" % SETTINGS)
        restart(results, lab, "restart")
        MANAGERS[manager][1](lab)


def story(results, lab):
    for manager in MANAGERS:
        with_manager(results, lab, manager)


scenario(story)
