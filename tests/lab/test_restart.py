#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A restart of libvirtd forgets nothing: neither definitions nor running guests.

The guests are without devices: what they do inside does not matter here.
"""

from lab import scenario

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

    stopped = lab.virsh("destroy", "stays")
    results.ok(stopped.status == 0, "virsh destroy works on the guest found again", stopped)
    results.equal(lab.state("stays"), "shut off", "it is shut off")
    for name in ("stays", "sleeps"):
        undone = lab.virsh("undefine", name)
        results.ok(undone.status == 0, "virsh undefine %s" % name, undone)


scenario(story)
