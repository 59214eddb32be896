#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The host shuts down and starts: libvirt-guests.service takes its guests along.

The service is libvirt's own, with Debian's settings but for what is done with the guests.
"""

import re

from guest import Story
from lab import scenario, wait_for

NAME = "pv"
SETTINGS = "/etc/default/libvirt-guests"
SERVICE = "libvirt-guests.service"


def last_tick(lab):
    ticks = re.findall(r"tick (\d+)\b", lab.written(NAME))
    return int(ticks[-1]) if ticks else 0


def settle(results, lab, what):
    lab.write(SETTINGS, "URIS=xen:///system\nON_BOOT=start\nON_SHUTDOWN=%s\nSHUTDOWN_TIMEOUT=120\n" % what)
    begun = lab.sh("systemctl unmask %s; systemctl start %s" % (SERVICE, SERVICE))
    results.need(begun.status == 0, "the service starts", begun)


def go_down(results, lab, what):
    ended = lab.sh("systemctl stop " + SERVICE)
    results.need(ended.status == 0, "the host goes down: guests are to %s" % what, ended)
    results.equal(lab.state(NAME), "shut off", "the guest is off")


def come_up(results, lab):
    begun = lab.sh("systemctl start " + SERVICE)
    results.need(begun.status == 0, "the host is up again", begun)
    up = wait_for(lambda: lab.state(NAME) == "running", 60)
    results.need(up, "the guest runs", lab.state(NAME))


def suspended(results, lab):
    settle(results, lab, "suspend")
    go_down(results, lab, "suspend")
    results.has(lab.virsh("list", "--all", "--managed-save").out, NAME + " +saved", "its memory is saved")
    before = last_tick(lab)
    come_up(results, lab)
    counted = wait_for(lambda: last_tick(lab) > before + 1)
    results.ok(counted, "it goes on counting where it was", "%s, was %s" % (last_tick(lab), before))
    results.equal(lab.banners(NAME), 1, "and did not boot anew")
    lab.sh("systemctl stop %s; virsh -q -c xen:///system start %s" % (SERVICE, NAME))


def shut_down(results, lab):
    settle(results, lab, "shutdown")
    go_down(results, lab, "shutdown")
    results.ok("saved" not in lab.virsh("list", "--all", "--managed-save").out, "nothing is saved")
    come_up(results, lab)
    booted = wait_for(lambda: lab.banners(NAME) == 2, 120)
    results.ok(booted, "it has booted anew", lab.banners(NAME))


def restarted(results, lab):
    """libvirtd's own stop, which comes before the guests' when it is updated, costs no guest."""
    before = lab.virsh("domid", NAME).out.strip()
    again = lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.need(again.status == 0, "libvirtd restarts", again)
    results.equal(lab.virsh("domid", NAME).out.strip(), before, "the guest is the same one")


def story(results, lab):
    life = Story(results, lab, NAME)
    life.convert_and_define()
    life.start()
    life.open_console()
    counting = life.ask("count", r"tick 2\b")
    results.need(counting, "the guest counts aloud", life.console.text()[-500:])
    try:
        for part in (suspended, shut_down, restarted):
            part(results, lab)
    finally:
        lab.sh("systemctl mask --now %s; rm -f %s" % (SERVICE, SETTINGS))
    lab.virsh("destroy", NAME)
    life.undefine()


scenario(story)
