#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The administrator's script is told each step of a guest's life, and may refuse a start.

libvirtd looks for the script when it starts; libxl.conf is read then too, so that memory for a
guest that does not fit is tried here as well.
"""

from lab import scenario, wait_for

NAME = "hooked"
HOOK = "/etc/libvirt/hooks/libxl"
LOG = "/run/hook.log"
SCRIPT = """#!/bin/sh
echo "$1 $2 $3 $(grep -c '<domain')" >>/run/hook.log
[ "$2" != prepare ] || [ ! -e /run/hook.refuse ] || { echo "not today" >&2; exit 1; }
"""
CFG = """
type = "pv"
name = "hooked"
memory = %d
kernel = "/var/lib/xlvirt/guest/vmlinux"
ramdisk = "/var/lib/xlvirt/guest/initrd"
cmdline = "console=hvc0 hostname=hooked"
"""


def restart(results, lab):
    again = lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.need(again.status == 0, "libvirtd restarts", again)


def define(results, lab, memory):
    lab.write("/root/hooked.cfg", CFG % memory)
    made = lab.sh(
        "xlconv cfg2xml /root/hooked.cfg >/root/hooked.xml &&"
        " sed -i 's#<name>#<uuid>7a1e51c4-7f5e-4a57-9d42-3d1f6d5b0a01</uuid><name>#' /root/hooked.xml"
    )
    results.need(made.status == 0, "xlconv converts", made)
    defined = lab.virsh("define", "/root/hooked.xml")
    results.need(defined.status == 0, "virsh define", defined)


def steps(results, lab):
    started = lab.virsh("start", NAME)
    results.need(started.status == 0, "virsh start", started)
    lab.virsh("destroy", NAME)
    told = lab.sh("cat " + LOG).out.splitlines()
    wanted = [
        "hooked %s 1" % step
        for step in ("prepare begin", "start begin", "started begin", "stopped end", "release end")
    ]
    results.equal(told, wanted, "the script was told all steps, with the XML")


def refusal(results, lab):
    lab.sh("touch /run/hook.refuse")
    started = lab.virsh("start", NAME)
    results.ok(started.status != 0, "a script that says no ends the start", started)
    results.has(started.err, "not today", "with its words")
    results.equal(lab.state(NAME), "shut off", "and the guest stays off")
    lab.sh("rm -f /run/hook.refuse")


def room(results, lab):
    """A guest larger than what is free: Domain-0 gives the rest, when libxl.conf lets it."""
    free = int(lab.sh("xl info free_memory").out)
    define(results, lab, free + 100)
    refused = lab.virsh("start", NAME)
    results.ok(refused.status != 0, "a guest that does not fit does not start", refused)
    lab.sh("echo 'autoballoon = 1' >>/etc/libvirt/libxl.conf")
    restart(results, lab)
    started = lab.virsh("start", NAME)
    results.ok(started.status == 0, "with autoballoon it does", started)
    lab.virsh("destroy", NAME)


def story(results, lab):
    lab.forget(NAME)
    lab.sh("cp /etc/libvirt/libxl.conf /root/libxl.conf.kept; mkdir -p /etc/libvirt/hooks; rm -f " + LOG)
    lab.write(HOOK, SCRIPT)
    lab.sh("chmod 755 " + HOOK)
    try:
        restart(results, lab)
        define(results, lab, 128)
        steps(results, lab)
        refusal(results, lab)
        room(results, lab)
    finally:
        lab.sh("rm -f %s; cp /root/libxl.conf.kept /etc/libvirt/libxl.conf; xl mem-set 0 2048" % HOOK)
        restart(results, lab)
        lab.forget(NAME)


scenario(story)
