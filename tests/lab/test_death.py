#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What on_crash says is done when a guest's kernel panics, and clients are told."""

import re

from lab import scenario, wait_for

NAME = "mortal"
CFG = """
type = "pv"
name = "mortal"
memory = 128
kernel = "/var/lib/xlvirt/guest/vmlinux"
ramdisk = "/var/lib/xlvirt/guest/initrd"
cmdline = "console=hvc0 hostname=mortal"
on_crash = "%s"
"""
UUID = "0c7c3f5e-5a3f-4d67-8a3a-6f1b7a0e9d11"


def start(results, lab, action):
    """Defines the guest with that on_crash, starts it, and waits for its shell."""
    lab.write("/root/mortal.cfg", CFG % action)
    lab.sh("rm -f /var/log/xen/console/guest-mortal.log")
    made = lab.sh(
        "xlconv cfg2xml /root/mortal.cfg | sed 's#<name>#<uuid>%s</uuid><name>#' >/root/mortal.xml"
        " && virsh -c xen:///system define /root/mortal.xml && virsh -c xen:///system start mortal" % UUID
    )
    results.need(made.status == 0, "a guest with on_crash=%s starts" % action, made)


def crash(results, lab):
    console = lab.console(NAME)
    results.need(console.expect("Escape character", seconds=120), "virsh console connects")

    def at_shell():
        console.send("echo shell-$((40+2))")
        return console.expect("shell-42", seconds=3)

    results.need(wait_for(at_shell), "its shell answers", console.text()[-500:])
    before = lab.domid(NAME)
    console.send("echo c >/proc/sysrq-trigger")
    return before


def preserve(results, lab):
    start(results, lab, "preserve")
    before = crash(results, lab)
    dead = wait_for(lambda: lab.state(NAME) == "crashed")
    results.ok(dead, "preserve: it is shown as crashed", lab.state(NAME))
    results.equal(lab.domid(NAME), before, "and kept")
    gone = lab.virsh("destroy", NAME)
    results.ok(gone.status == 0, "until virsh destroy", gone)


def dump(results, lab):
    lab.sh("rm -f /var/lib/libvirt/libxl/dump/mortal*")
    start(results, lab, "coredump-destroy")
    crash(results, lab)
    off = wait_for(lambda: lab.state(NAME) == "shut off")
    results.ok(off, "coredump-destroy: it is shut off", lab.state(NAME))
    results.has(lab.virsh("domstate", "--reason", NAME).out, "crashed", "because it crashed")
    files = lab.sh("head -c 4 /var/lib/libvirt/libxl/dump/mortal*").out
    results.ok("ELF" in files, "and there is a core dump of it", files)
    lab.sh("rm -f /var/lib/libvirt/libxl/dump/mortal*")


def rename(results, lab):
    start(results, lab, "rename-restart")
    before = crash(results, lab)
    anew = wait_for(lambda: (lab.domid(NAME) or 0) > before and lab.state(NAME) == "running")
    results.need(anew, "rename-restart: it runs again with a new id", lab.state(NAME))
    pattern = r"mortal-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d"
    kept = wait_for(lambda: re.search(pattern, lab.virsh("list", "--all", "--name").out), 60)
    results.need(kept, "what is left of it is listed under another name", lab.names())
    results.equal(lab.state(kept.group(0)), "crashed", "as crashed")
    gone = lab.virsh("destroy", kept.group(0))
    results.ok(gone.status == 0, "until virsh destroy", gone)


def story(results, lab):
    lab.forget(NAME)
    events = lab.events()
    for part in (preserve, dump, rename):
        part(results, lab)
    told = events.text()
    results.has(told, r"'mortal': Crashed Panicked", "virsh event told of the crash")
    results.has(told, r"'mortal': Stopped Crashed", "and of the ends by it")
    lab.virsh("destroy", NAME)
    undone = lab.virsh("undefine", NAME)
    results.ok(undone.status == 0, "virsh undefine", undone)


scenario(story)
