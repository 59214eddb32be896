#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest that counts aloud is saved and brought back, in each way virsh has: it goes on counting.

A kill of the daemon in the middle of a save loses neither the guest nor its image.
"""

import re

from guest import Story
from lab import scenario, wait_for

NAME = "pv"
IMAGE = "/root/pv.saved"


def last_tick(lab):
    """The last number that the guest counted to, from Xen's own log of its console."""
    ticks = re.findall(r"tick (\d+)\b", lab.written(NAME))
    return int(ticks[-1]) if ticks else 0


def goes_on(results, lab, before, boots):
    counted = wait_for(lambda: last_tick(lab) > before + 1)
    results.ok(counted, "it goes on counting where it was", "%s, was %s" % (last_tick(lab), before))
    results.equal(lab.banners(NAME), boots, "and did not boot anew")


def save(results, lab, *options):
    saved = lab.virsh("save", NAME, IMAGE, *options)
    results.need(saved.status == 0, " ".join(("virsh save",) + options), saved)
    results.equal(lab.state(NAME), "shut off", "it is off")


def restore(results, lab, *options):
    before = last_tick(lab)
    restored = lab.virsh("restore", IMAGE, *options)
    results.need(restored.status == 0, " ".join(("virsh restore",) + options), restored)
    return before


def plain(results, lab):
    save(results, lab)
    shown = lab.virsh("save-image-dumpxml", IMAGE)
    results.has(shown.out, "<name>%s</name>" % NAME, "the image's XML can be read")
    before = restore(results, lab)
    results.equal(lab.state(NAME), "running", "it runs")
    goes_on(results, lab, before, 1)


def paused(results, lab):
    save(results, lab, "--paused")
    before = restore(results, lab)
    results.equal(lab.state(NAME), "paused", "it comes back paused, as it was saved")
    lab.virsh("resume", NAME)
    goes_on(results, lab, before, 1)


def managed(results, lab):
    saved = lab.virsh("managedsave", NAME)
    results.need(saved.status == 0, "virsh managedsave", saved)
    results.has(lab.virsh("list", "--all", "--managed-save").out, NAME + " +saved", "it is listed as saved")
    before = last_tick(lab)
    started = lab.virsh("start", NAME)
    results.need(started.status == 0, "virsh start brings it back", started)
    goes_on(results, lab, before, 1)
    results.has(lab.virsh("dominfo", NAME).out, r"Managed save: +no", "its image is used up")


def killed(results, lab):
    """The daemon dies over a save: the guest runs on, or is off and its image is whole."""
    before = last_tick(lab)
    lab.sh("rm -f %s; (virsh -c xen:///system save %s %s >/dev/null 2>&1 &)" % (IMAGE, NAME, IMAGE))
    begun = wait_for(lambda: lab.sh("ls %s*" % IMAGE).status == 0, 60)
    results.need(begun, "a save has begun")
    lab.sh("systemctl kill -s KILL libvirtd")
    again = lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.need(again.status == 0, "libvirtd starts after a kill in the middle of it", again)
    settled = wait_for(lambda: lab.state(NAME) in ("running", "shut off"), 120)
    results.need(settled, "the guest runs or is off", lab.state(NAME))
    if lab.state(NAME) == "shut off":
        restore(results, lab)
    goes_on(results, lab, before, 1)


def story(results, lab):
    life = Story(results, lab, NAME)
    life.convert_and_define()
    life.start()
    life.open_console()
    counting = life.ask("count", r"tick 2\b")
    results.need(counting, "the guest counts aloud", life.console.text()[-500:])
    for part in (plain, paused, managed, killed):
        part(results, lab)
    lab.virsh("destroy", NAME)
    life.undefine()
    lab.sh("rm -f " + IMAGE)


scenario(story)
