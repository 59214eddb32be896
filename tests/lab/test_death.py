#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest that crashes is dealt with as its definition says, and one whose device model ends under
it is reported.

The guests are without devices. SysRq makes the kernel of one crash; the other has nothing to boot
from, which its device model does not mind.
"""

import re

from lab import scenario, wait_for

NAME = "dies"
DUMPS = "/var/lib/libvirt/libxl/dump"
CFG = """
type = "pv"
name = "dies"
memory = 96
kernel = "/var/lib/xlvirt/guest/vmlinux"
ramdisk = "/var/lib/xlvirt/guest/initrd"
extra = "console=hvc0 hostname=dies sysrq_always_enabled"
"""
HVM = """
type = "hvm"
name = "bodiless"
memory = 64
"""


def define(results, lab, name, cfg):
    lab.forget(name)
    lab.write("/root/%s.cfg" % name, cfg)
    defined = lab.sh(
        "virsh -q -c xen:///system domxml-from-native xen-xl /root/{0}.cfg >/root/{0}.xml &&"
        " virsh -q -c xen:///system define /root/{0}.xml".format(name)
    )
    results.need(defined.status == 0, "virsh define %s" % name, defined)


def boot(results, lab):
    banners = lab.banners(NAME)
    started = lab.virsh("start", NAME)
    results.need(started.status == 0, "virsh start", started)
    up = wait_for(lambda: lab.banners(NAME) > banners)
    results.need(up, "the guest is up", lab.written(NAME)[-2000:])


def crash(results, lab, action):
    chosen = lab.virsh("set-lifecycle-action", NAME, "crash", action, "--live")
    results.need(chosen.status == 0, "virsh set-lifecycle-action crash %s" % action, chosen)
    lab.sh("xl sysrq %s c" % NAME)


def cores(lab):
    return lab.sh("ls %s 2>/dev/null | grep '^%s-'" % (DUMPS, NAME)).out.split()


def is_off(results, lab, text):
    off = wait_for(lambda: lab.state(NAME) == "shut off")
    results.need(off, text, lab.virsh("list", "--all"))
    why = lab.virsh("domstate", "--reason", NAME).out.strip()
    results.equal(why, "shut off (crashed)", "virsh says why")


def preserved(results, lab):
    boot(results, lab)
    crash(results, lab, "preserve")
    kept = wait_for(lambda: lab.state(NAME) == "crashed")
    results.need(kept, "a crashed guest is kept where it is", lab.state(NAME))
    results.ok(lab.domid(NAME) is not None, "with its id")
    ended = lab.virsh("destroy", NAME)
    results.ok(ended.status == 0, "virsh destroy ends it", ended)


def dumped(results, lab):
    boot(results, lab)
    crash(results, lab, "coredump-destroy")
    is_off(results, lab, "a crashed guest is dumped and ended")
    found = cores(lab)
    results.equal(len(found), 1, "there is one core")
    kind = lab.sh("head -c 4 %s/%s | tail -c 3" % (DUMPS, "".join(found[:1])))
    results.equal(kind.out, "ELF", "it is one")


def restarted(results, lab):
    boot(results, lab)
    banners, before = lab.banners(NAME), lab.domid(NAME)
    crash(results, lab, "coredump-restart")
    up = wait_for(lambda: lab.banners(NAME) > banners)
    results.need(up, "a crashed guest is dumped and made anew", lab.written(NAME)[-2000:])
    results.equal(len(cores(lab)), 2, "there is another core")
    results.ok(lab.domid(NAME) != before, "the guest has another id")
    crash(results, lab, "destroy")
    is_off(results, lab, "and the next time it is ended")


def renamed(results, lab):
    boot(results, lab)
    before = lab.domid(NAME)
    crash(results, lab, "rename-restart")
    again = wait_for(lambda: lab.domid(NAME) not in (before, None))
    results.need(again, "a crashed guest is put aside and made anew", lab.sh("xl list"))
    aside = wait_for(lambda: [name for name in lab.names() if name.startswith(NAME + "-")], 60)
    results.equal(len(aside), 1, "what is left of it is listed under a name of its own")
    for name in aside + [NAME]:
        ended = lab.virsh("destroy", name)
        results.ok(ended.status == 0, "virsh destroy %s" % name.partition("-")[0], ended)


def told_of_crashes(results, events):
    for event in ("Crashed Panicked", "Stopped Crashed"):
        said = "'lifecycle' for domain '%s': %s" % (NAME, event)
        found = wait_for(lambda: said in events.text(), 60)
        results.ok(found, "virsh event told of " + event, events.text())


def processed(lab, name):
    """MiB that the running job has moved."""
    found = re.search(r"Data processed: +([0-9.]+) MiB", lab.virsh("domjobinfo", name).out)
    return float(found.group(1)) if found else 0


def dump_aborted(results, lab, name):
    """Behind its memory libxl goes on looking for more, for minutes, and writes nothing."""
    core = "/root/%s.core" % name
    looks = [0]

    def stands_still():
        looks.append(processed(lab, name))
        return looks[-1] > 0 and looks[-3:] == looks[-1:] * 3

    dumping = lab.background("virsh", "-c", "xen:///system", "dump", name, core)
    results.need(wait_for(stands_still), "all of the guest's memory is in the core", dumping.text())
    ended = lab.virsh("domjobabort", name)
    results.ok(ended.status == 0, "virsh domjobabort", ended)
    results.ok(dumping.expect("aborted"), "virsh dump says so", dumping.text())
    results.ok(wait_for(lambda: lab.state(name) == "running", 60), "the guest runs on", lab.state(name))
    results.ok(lab.sh("ls %s*" % core).status != 0, "and nothing is left of the core")


def bodiless(results, lab, events):
    define(results, lab, "bodiless", HVM)
    started = lab.virsh("start", "bodiless")
    results.need(started.status == 0, "virsh start an HVM guest", started)
    # what follows from its start may still be a job
    fine = wait_for(lambda: lab.virsh("domcontrol", "bodiless").out.startswith("ok"), 60)
    results.ok(fine, "virsh domcontrol is content", lab.virsh("domcontrol", "bodiless"))
    dump_aborted(results, lab, "bodiless")
    lab.sh("kill -KILL $(xenstore-read /local/domain/%s/image/device-model-pid)" % lab.domid("bodiless"))
    told = wait_for(lambda: "'control-error' for domain 'bodiless'" in events.text(), 60)
    results.ok(told, "virsh event tells that its device model is gone", events.text())
    results.has(lab.virsh("domcontrol", "bodiless").out, "^error", "virsh domcontrol too")
    ended = lab.virsh("destroy", "bodiless")
    results.ok(ended.status == 0, "virsh destroy ends it all the same", ended)
    lab.virsh("undefine", "bodiless")


def story(results, lab):
    define(results, lab, NAME, CFG)
    lab.sh("rm -f %s/%s-*" % (DUMPS, NAME))
    events = lab.events()
    for part in (preserved, dumped, restarted, renamed):
        part(results, lab)
    told_of_crashes(results, events)
    bodiless(results, lab, events)
    lab.virsh("undefine", NAME)
    lab.sh("rm -f %s/%s-*" % (DUMPS, NAME))


scenario(story)
