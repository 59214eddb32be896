#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What managers do to a running PV guest beside starting and stopping it: notes, another name,
sleep, NMI, reset, lifecycle actions."""

import re

from guest import Story
from lab import scenario, wait_for

URN = "urn:example:owner"


def answers(story, word):
    return story.ask("echo %s-$((6*7))" % word, "%s-42" % word)


def notes(results, lab, name):
    results.equal(lab.virsh("desc", name, "--live", "--config", "--title", "Web").status, 0,
                  "virsh desc --title")
    results.equal(lab.virsh("desc", name, "--title").out.strip(), "Web", "and it is told again")
    done = lab.virsh("metadata", name, "--live", "--uri", URN, "--key", "o", "--set",
                     "<owner><name>Ada</name></owner>")
    results.ok(done.status == 0, "virsh metadata --set", done)
    results.has(lab.virsh("metadata", name, "--uri", URN).out, "Ada", "and it is told again")
    results.has(lab.virsh("dumpxml", name).out, "o:owner", "virsh dumpxml has it")


def tell(results, lab, story):
    """What Xen and the guest's tools tell."""
    name = story.name
    shown = lab.virsh("dominfo", name)
    results.ok(shown.status == 0, "virsh dominfo", shown)
    results.has(lab.virsh("domhostname", name).err, "guest tools", "nothing tells its hostname")
    lab.sh("xenstore-write /local/domain/%d/data/host_name web" % lab.domid(name))
    results.equal(lab.virsh("domhostname", name).out.strip(), "web", "virsh domhostname")
    nodes = lab.virsh("numatune", name)
    results.has(nodes.out, r"numa_nodeset +: 0\b", "virsh numatune")
    again = lab.virsh("numatune", name, "--nodeset", "0", "--live")
    results.ok(again.status == 0, "virsh numatune --nodeset 0", again)
    pool = lab.virsh("schedinfo", name, "--live")
    results.has(pool.out, r"pool +: Pool-0\b", "virsh schedinfo tells its CPU pool")
    for machine in ("xenpv", "xenpvh", "xenfv"):
        caps = lab.virsh("domcapabilities", "--machine", machine)
        paths = re.findall(r"<path>(.*?)</path>|<value>(/.*?)</value>", caps.out)
        missing = [path for path in map("".join, paths) if lab.sh("test -e " + path).status != 0]
        results.equal(missing, [], "virsh domcapabilities --machine %s: paths that exist" % machine)


def sleep(results, lab, story):
    name, domid = story.name, lab.domid(story.name)
    done = lab.virsh("dompmsuspend", name, "mem")
    results.need(done.status == 0, "virsh dompmsuspend mem", done)
    results.equal(lab.state(name), "pmsuspended", "it sleeps")
    results.has(lab.virsh("resume", name).err, "dompmwakeup", "virsh resume names what wakes it")
    done = lab.virsh("dompmwakeup", name)
    results.need(done.status == 0, "virsh dompmwakeup", done)
    results.equal(lab.state(name), "running", "it is awake")
    results.equal(lab.domid(name), domid, "with the id that it had")
    results.ok(answers(story, "awake"), "the guest answers", story.console.text()[-500:])


def rename(results, lab, story):
    old, domid = story.name, lab.domid(story.name)
    done = lab.virsh("domrename", old, "renamed")
    results.need(done.status == 0, "virsh domrename of the running guest", done)
    results.equal(lab.domid("renamed"), domid, "it runs on under its new name")
    results.equal(lab.sh("xl domname %d" % domid).out.strip(), "renamed", "xl has it too")
    results.ok(answers(story, "renamed"), "the guest answers", story.console.text()[-500:])
    taken = lab.virsh("domrename", "renamed", "Domain-0")
    results.has(taken.err, "Domain-0", "a name that is taken is refused")
    back = lab.sh("xl rename %d %s" % (domid, old))
    results.ok(back.status == 0, "xl rename gives it the old one", back)
    seen = wait_for(lambda: lab.domid(old) == domid, 30)
    results.ok(seen, "virsh sees that", lab.virsh("list", "--all"))


def reset(results, lab, story):
    name, before = story.name, lab.domid(story.name)
    banners = lab.banners(name)
    done = lab.virsh("reset", name)
    results.need(done.status == 0, "virsh reset", done)
    story.see_banner(banners + 1, "the guest is up again")
    results.ok(lab.domid(name) > before, "with a new id", lab.domid(name))
    seen = wait_for(lambda: re.search("event 'reboot'.*%s" % name, story.events.text()), 30)
    results.ok(seen, "virsh event saw the reboot", story.events.text()[-800:])


def actions(results, lab, story):
    name = story.name
    done = lab.virsh("set-lifecycle-action", name, "reboot", "destroy", "--live")
    results.ok(done.status == 0, "virsh set-lifecycle-action reboot destroy", done)
    results.equal(lab.virsh("reboot", name).status, 0, "virsh reboot")
    off = wait_for(lambda: lab.state(name) == "shut off", 120)
    results.ok(off, "the guest stops in place of rebooting", lab.state(name))


def manage(results, lab):
    story = Story(results, lab, "pv")
    lab.forget("renamed")
    story.convert_and_define()
    story.start()
    story.open_console()
    notes(results, lab, "pv")
    tell(results, lab, story)
    sleep(results, lab, story)
    rename(results, lab, story)
    nmi = lab.virsh("inject-nmi", "pv")
    results.ok(nmi.status == 0, "virsh inject-nmi", nmi)
    reset(results, lab, story)
    actions(results, lab, story)
    story.undefine()


scenario(manage)
