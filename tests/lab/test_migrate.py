#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests move between two hosts, count aloud all the way, and are never there twice or not at all."""

import re

from guest import Story
from lab import scenario, wait_for
from peer import URI, Peer


def ticks(text):
    return [int(number) for number in re.findall(r"\btick (\d+)\r?\n", text)]


def running(lab, name):
    return lab.state(name) == "running"


def is_there_once(results, where, elsewhere, name, what):
    """By virsh and by xl."""
    found = [running(where, name), name in elsewhere.virsh("list", "--name").out.split()]
    results.equal(found, [True, False], what)
    left = elsewhere.sh("xl domid " + name)
    results.ok(left.status != 0, "Xen has nothing of it on the other host", left)


def goes_on(results, lab, name, last, what):
    """It counts from where it was: no tick is lost, and none doubled."""
    seen = wait_for(lambda: len(ticks(lab.written(name))) > 3, 120)
    found = ticks(lab.written(name))
    results.ok(seen and found[0] in (last, last + 1, last + 2) and found == list(range(found[0], found[0] + len(found))),
               what, "last: %s, then: %s\n%s" % (last, found, lab.written(name)[-500:]))


def live(results, lab, peer):
    """There and back: led by virsh, then by the daemon."""
    name = "pvh"
    life = Story(results, lab, name)
    life.convert_and_define()
    peer.forget(name)
    life.start()
    life.open_console()
    counting = life.ask("count", r"tick 2\b")
    results.need(counting, "the guest counts aloud", life.console.text()[-500:])
    uuid = lab.virsh("domuuid", name).out
    moved = lab.virsh("migrate", "--live", "--persistent", "--undefinesource", "--verbose", name, URI)
    results.need(moved.status == 0, "virsh migrate --live", moved)
    is_there_once(results, peer, lab, name, "the guest runs there and nowhere else")
    results.equal(peer.virsh("domuuid", name).out, uuid, "it is the same")
    goes_on(results, peer, name, ticks(lab.written(name))[-1], "it counts on, no tick is lost or doubled")
    results.ok(name not in lab.names(), "its definition has gone there, too", lab.names())
    wanted = r"'%s': Suspended Migrated(.|\n)*'%s': Stopped Migrated(.|\n)*'%s': Undefined" % (name, name, name)
    results.ok(life.events.expect(wanted, seconds=60), "virsh event saw it leave", life.events.text()[-1000:])
    lab.sh("rm -f /var/log/xen/console/guest-%s.log" % name)
    back = peer.virsh("migrate", "--live", "--p2p", name, URI.replace("peer", "here"))
    results.need(back.status == 0, "virsh migrate --p2p, back", back)
    is_there_once(results, lab, peer, name, "the guest runs here and nowhere else")
    goes_on(results, lab, name, ticks(peer.written(name))[-1], "it counts on again")
    return life


def failure(results, lab, peer):
    """The destination's daemon is killed while the guest's memory is on its way."""
    name = "pvh"
    moving = lab.background("virsh", "-c", "xen:///system", "migrate", "--live", "--verbose", name, URI, tty=True)
    results.ok(moving.expect(r"\[ *[1-9]\d* %\]"), "the guest is on its way", moving.text())
    peer.sh("systemctl kill --kill-whom=main -s KILL libvirtd")
    results.ok(moving.expect("error: "), "virsh migrate fails when the other daemon is killed", moving.text()[-500:])
    peer.sh("systemctl restart libvirtd; virsh -q -c xen:///system version")
    results.ok(wait_for(lambda: running(lab, name), 60), "the guest runs where it was", lab.virsh("domstate", name))
    gone = wait_for(lambda: peer.sh("xl domid " + name).status != 0, 60)
    results.ok(gone, "and nothing of it is on the other host", peer.sh("xl list"))
    before = ticks(lab.written(name))[-1]
    results.ok(wait_for(lambda: ticks(lab.written(name))[-1] > before + 2, 60), "it goes on counting")
    results.has(lab.virsh("domjobinfo", name).out, "Job type: +None", "no job is left")


def cancel(results, lab, peer):
    name = "pvh"
    moving = lab.background("virsh", "-c", "xen:///system", "migrate", "--live", "--verbose", name, URI, tty=True)
    results.ok(moving.expect(r"\[ *[1-9]\d* %\]"), "the guest is on its way again", moving.text())
    results.equal(lab.virsh("domjobabort", name).status, 0, "virsh domjobabort")
    results.ok(moving.expect("error: "), "virsh migrate ends", moving.text()[-500:])
    is_there_once(results, lab, peer, name, "the guest runs where it was")


def without_shadow(results, lab, peer):
    """Debian's Xen cannot tell which pages of a PV guest change."""
    name = "pv"
    life = Story(results, lab, name)
    life.convert_and_define()
    peer.forget(name)
    life.start()
    refused = lab.virsh("migrate", "--live", name, URI)
    results.ok(refused.status != 0 and running(lab, name), "a PV guest does not move live, and runs on", refused)
    moved = lab.virsh("migrate", name, URI)
    results.need(moved.status == 0, "stopped it moves", moved)
    is_there_once(results, peer, lab, name, "the PV guest runs there and nowhere else")
    results.ok(name in lab.names(), "its definition stays", lab.names())
    peer.virsh("destroy", name)
    life.undefine()


def story(results, lab):
    with Peer(results, lab) as peer:
        life = live(results, lab, peer)
        cancel(results, lab, peer)
        failure(results, lab, peer)
        lab.virsh("destroy", "pvh")
        life.lab.forget("pvh")
        without_shadow(results, lab, peer)


scenario(story)
