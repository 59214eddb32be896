#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A restart of libvirtd forgets nothing: neither definitions nor running guests.

The guests are without devices: what they do inside does not matter here.
"""

from lab import scenario, wait_for

CFG = """
type = "pv"
name = "%s"
memory = 128
kernel = "/var/lib/xlvirt/guest/vmlinux"
ramdisk = "/var/lib/xlvirt/guest/initrd"
cmdline = "console=hvc0 hostname=%s"
"""


def define(results, lab, name):
    lab.forget(name)
    lab.write("/root/%s.cfg" % name, CFG % (name, name))
    xml = lab.virsh("domxml-from-native", "xen-xl", "/root/%s.cfg" % name)
    lab.write("/root/%s.xml" % name, xml.out)
    defined = lab.virsh("define", "/root/%s.xml" % name)
    results.need(defined.status == 0, "virsh define %s" % name, defined)


HOOK = "/etc/libvirt/hooks/libxl"
# it is the daemon's child
KILLS = """#!/bin/sh
echo "$2" >>/run/hook.log
[ "$2" != prepare ] || [ ! -e /run/hook.kill ] || { rm /run/hook.kill; kill -9 $PPID; }
"""


def missed(results, lab):
    """The guest ends while there is no daemon; the next one tells, also the administrator's script."""
    lab.sh("systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd; xl destroy stays; rm -f /run/hook.log")
    told = lab.sh(
        "systemctl start libvirtd &&"
        " virsh -c xen:///system event --domain stays --event lifecycle --timeout 20"
    )
    results.has(told.out, "Stopped Destroyed", "a client that comes at once hears of the end")
    results.equal(lab.virsh("domstate", "stays", "--reason").out.strip(), "shut off (destroyed)", "its reason is known")
    results.equal(lab.sh("cat /run/hook.log").out.split(), ["stopped", "release"], "the script frees what it had made ready")


def cut_reset(results, lab):
    """The daemon is killed between the two lives of a guest; the next one makes the second."""
    lab.virsh("start", "stays")
    before = lab.domid("stays")
    lab.sh("touch /run/hook.kill")
    lab.virsh("reset", "stays")
    lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.ok(wait_for(lambda: lab.domid("stays") not in (None, before)), "the guest is made anew")
    results.equal(lab.state("stays"), "running", "and runs")


def story(results, lab):
    define(results, lab, "stays")
    define(results, lab, "sleeps")
    started = lab.virsh("start", "stays")
    results.need(started.status == 0, "virsh start stays", started)
    before = lab.domid("stays"), lab.virsh("dumpxml", "stays").out
    sleeping = lab.virsh("dumpxml", "sleeps").out

    restarted = lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.need(restarted.status == 0, "libvirtd restarts", restarted)
    results.equal(lab.state("stays"), "running", "the running guest is still running")
    after = lab.domid("stays"), lab.virsh("dumpxml", "stays").out
    results.equal(after, before, "with the same id and the same XML")
    results.equal(lab.state("sleeps"), "shut off", "the other one is still defined")
    results.equal(lab.virsh("dumpxml", "sleeps").out, sleeping, "with the same XML")

    lab.sh("mkdir -p /etc/libvirt/hooks")
    lab.write(HOOK, KILLS)
    lab.sh("chmod 755 %s; systemctl restart libvirtd && virsh -q -c xen:///system version" % HOOK)
    try:
        missed(results, lab)
        cut_reset(results, lab)
    finally:
        lab.sh("rm -f %s; systemctl restart libvirtd && virsh -q -c xen:///system version" % HOOK)

    stopped = lab.virsh("destroy", "stays")
    results.ok(stopped.status == 0, "virsh destroy works on the guest found again", stopped)
    results.equal(lab.state("stays"), "shut off", "it is shut off")
    for name in ("stays", "sleeps"):
        undone = lab.virsh("undefine", name)
        results.ok(undone.status == 0, "virsh undefine %s" % name, undone)


scenario(story)
