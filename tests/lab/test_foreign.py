#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests that xl made, beside libvirt: they appear, change, are worked with, adopted, and end."""

import re

from lab import scenario, wait_for

NAME = "by-xl"
CFG = """
type = "pv"
name = "by-xl"
memory = 128
maxmem = 160
vcpus = 1
maxvcpus = 2
kernel = "/var/lib/xlvirt/guest/vmlinux"
ramdisk = "/var/lib/xlvirt/guest/initrd"
cmdline = "console=hvc0 hostname=by-xl"
xend_suspend_evtchn_compat = 1
"""


def number(lab, name, element):
    """The number in an element of the domain's XML; what virsh said when there is none."""
    shown = lab.virsh("dumpxml", name)
    found = re.search(r"<%s[^>]*>(\d+)<" % element, shown.out)
    return int(found.group(1)) if found else str(shown)


def create(results, lab):
    """Xen keeps a name until all of its guest is gone, which is after virsh says so."""
    wait_for(lambda: lab.sh("xl domid " + NAME).status != 0, 60)
    made = lab.sh("xl create /root/by-xl.cfg")
    results.need(made.status == 0, "xl create", made)


def appears(results, lab):
    create(results, lab)
    results.need(wait_for(lambda: NAME in lab.names(), 30), "virsh lists the guest", lab.names())
    results.ok(wait_for(lambda: lab.state(NAME) == "running", 30), "it runs", lab.state(NAME))
    info = lab.virsh("dominfo", NAME).out
    results.has(info, r"Persistent: +no", "it is transient")
    xml = str(lab.virsh("dumpxml", NAME))
    results.has(xml, r"hostname=by-xl", "its XML has the command line")
    results.has(xml, r"xend_suspend_evtchn_compat = 1", "and what only xl.cfg can say")
    results.equal(number(lab, NAME, "memory"), 160 * 1024, "and its maximum memory")
    results.equal(number(lab, NAME, "currentMemory"), 128 * 1024, "and its memory")


def changes(results, lab):
    lab.sh("xl pause " + NAME)
    results.ok(wait_for(lambda: lab.state(NAME) == "paused", 30), "xl pause is seen")
    lab.sh("xl unpause " + NAME)
    results.ok(wait_for(lambda: lab.state(NAME) == "running", 30), "xl unpause is seen")
    lab.sh("xl mem-set %s 144" % NAME)
    seen = wait_for(lambda: number(lab, NAME, "currentMemory") == 144 * 1024, 60)
    results.ok(seen, "xl mem-set is seen", lab.virsh("dumpxml", NAME))
    lab.sh("xl vcpu-set %s 2" % NAME)
    both = wait_for(lambda: re.search(r"<vcpu[^>]*>2</vcpu>", lab.virsh("dumpxml", NAME).out), 30)
    results.ok(both, "xl vcpu-set is seen", lab.virsh("dumpxml", NAME))
    lab.sh("xl rename %s other-name" % NAME)
    results.ok(wait_for(lambda: "other-name" in lab.names(), 30), "xl rename is seen", lab.names())
    results.ok(NAME not in lab.names(), "the old name is gone", lab.names())
    lab.sh("xl rename other-name " + NAME)
    results.ok(wait_for(lambda: NAME in lab.names(), 30), "and seen again", lab.names())


def works(results, lab):
    suspended = lab.virsh("suspend", NAME)
    results.ok(suspended.status == 0, "virsh suspend", suspended)
    results.has(lab.sh("xl list " + NAME).out, r"\s[-rb]{2}p---\s", "xl sees it paused")
    resumed = lab.virsh("resume", NAME)
    results.ok(resumed.status == 0, "virsh resume", resumed)


def restart(results, lab):
    before = lab.domid(NAME)
    again = lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.need(again.status == 0, "libvirtd restarts", again)
    found = wait_for(lambda: lab.domid(NAME) == before, 30)
    results.ok(found, "the guest is listed again", lab.names())


def reboot(results, lab, banners):
    """xl's own process restarts its guest, and nobody else does. One that is not up would not hear."""
    up = wait_for(lambda: lab.banners(NAME) > banners)
    results.need(up, "the guest is up", lab.written(NAME)[-1000:])
    before = lab.domid(NAME)
    asked = lab.virsh("reboot", NAME)
    results.ok(asked.status == 0, "virsh reboot", asked)
    anew = wait_for(lambda: (lab.domid(NAME) or 0) > before and lab.state(NAME) == "running")
    results.need(anew, "it is there with a new id", "%s, was %s" % (lab.domid(NAME), before))
    listed = lab.sh("xl list | grep -c " + NAME).out.strip()
    results.equal(listed, "1", "once")


def adopt(results, lab):
    lab.write("/root/by-xl.xml", lab.virsh("dumpxml", "--inactive", "--security-info", NAME).out)
    defined = lab.virsh("define", "/root/by-xl.xml")
    results.need(defined.status == 0, "virsh define adopts it", defined)
    results.has(lab.virsh("dominfo", NAME).out, r"Persistent: +yes", "it is persistent")
    destroyed = lab.virsh("destroy", NAME)
    results.ok(destroyed.status == 0, "virsh destroy", destroyed)
    results.equal(lab.state(NAME), "shut off", "it is shut off and stays on the list")
    left = lab.sh("xl domid " + NAME)
    results.ok(left.status != 0, "xl knows it no more", left)
    started = lab.virsh("start", NAME)
    results.ok(started.status == 0, "virsh starts what xl had made", started)
    lab.sh("xl destroy " + NAME)
    off = wait_for(lambda: lab.state(NAME) == "shut off", 30)
    results.ok(off, "xl destroy is seen", lab.state(NAME))


def same_name(results, lab):
    """A definition of that name with another uuid is there: the guest is shown all the same."""
    create(results, lab)
    domid = wait_for(lambda: lab.sh("xl domid " + NAME).out.strip(), 60)
    results.need(domid, "xl tells its domid")
    other = "%s-%s" % (NAME, domid)
    results.ok(wait_for(lambda: other in lab.names(), 30), "virsh lists it as " + other, lab.names())
    lab.sh("xl destroy " + domid)
    gone = wait_for(lambda: other not in lab.names(), 30)
    results.ok(gone, "and no more when it is gone", lab.names())


def story(results, lab):
    lab.forget(NAME)
    lab.write("/root/by-xl.cfg", CFG)
    appears(results, lab)
    events = lab.events()
    for part in (changes, works, adopt, same_name):
        part(results, lab)
    told = events.text()
    for word in ("Suspended", "Resumed", "Renamed", "balloon-change", "Stopped", "Started"):
        results.has(told, word, "virsh event told of " + word)
    undone = lab.virsh("undefine", NAME)
    results.ok(undone.status == 0, "virsh undefine", undone)
    banners = lab.banners(NAME)
    appears(results, lab)
    restart(results, lab)
    reboot(results, lab, banners)
    lab.sh("xl destroy " + NAME)
    gone = wait_for(lambda: NAME not in lab.names(), 30)
    results.ok(gone, "a transient guest that xl destroys is gone", lab.names())


scenario(story)
