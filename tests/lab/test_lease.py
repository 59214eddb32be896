#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two guests on one disk: with libvirt's virtlockd the second one does not start."""

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


def prepare(results, lab):
    lab.sh("truncate -s 1M /root/shared.raw; cp %s /root/libxl.conf.before" % SETTINGS)
    lab.write(SETTINGS, 'lock_manager = "lockd"\n')
    manager = lab.sh("systemctl start virtlockd.socket")
    results.need(manager.status == 0, "virtlockd listens", manager)
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


def story(results, lab):
    prepare(results, lab)
    try:
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
    finally:
        for name in NAMES:
            lab.virsh("destroy", name)
            lab.virsh("undefine", name, "--managed-save")
        lab.sh("mv /root/libxl.conf.before %s; rm -f /root/shared.raw" % SETTINGS)
        restart(results, lab, "restart")
        lab.sh("systemctl stop virtlockd.socket virtlockd.service")


scenario(story)
