#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real guest agent in a PV guest, over a PV channel: what virsh asks, it does."""

import re
import time

from guest import Story
from lab import scenario, wait_for

NAME = "pv"
CHANNEL = "<channel type='unix'><target type='xen' name='org.qemu.guest_agent.0'/></channel>"

# The guests' RAM disk with the agent, its libraries, and the word that it shuts a guest down with.
# It goes on when the agent has its answer, as that of a real system does.
# One archive: Xen unpacks the first of several and drops the rest.
MAKE_RAM_DISK = """
set -e
folder=$(mktemp -d)
cd "$folder"
zcat /var/lib/xlvirt/guest/initrd | busybox cpio -id 2>/dev/null
for file in $(command -v qemu-ga) $(ldd "$(command -v qemu-ga)" | grep -o '/[^ ]*'); do
    cp -L --parents "$file" .
done
printf '#!/bin/sh\\n/bin/busybox poweroff -d 2 &\\n' >sbin/shutdown
chmod 755 sbin/shutdown
find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >/root/agent.initrd
rm -rf "$folder"
"""


def define(results, lab, life):
    life.convert_and_define()
    made = lab.sh(MAKE_RAM_DISK)
    results.need(made.status == 0, "a RAM disk with the agent", made)
    xml = lab.virsh("dumpxml", "--inactive", NAME).out
    xml = re.sub("<initrd>.*</initrd>", "<initrd>/root/agent.initrd</initrd>", xml)
    lab.write("/root/agent.xml", xml.replace("</devices>", CHANNEL + "</devices>"))
    defined = lab.virsh("define", "/root/agent.xml")
    results.need(defined.status == 0, "virsh define takes the agent's channel", defined)


def nobody(results, lab):
    """The channel is there, and nobody answers on it."""
    began = time.monotonic()
    done = lab.virsh("qemu-agent-command", NAME, '{"execute":"guest-ping"}')
    results.ok(done.status != 0 and "agent" in done.err, "without an agent virsh says so", done)
    results.ok(time.monotonic() - began < 60, "and does not wait for ever")
    results.equal(lab.state(NAME), "running", "the guest is none the worse")


def begin(results, lab, life):
    started = life.ask("PATH=$PATH:/usr/sbin; mkdir -p /run; qemu-ga -d -m isa-serial -p /dev/hvc1 -t /run"
                       " -f /run/qga.pid; echo begun-$?", r"begun-\d+")
    results.need(started and started.group(0) == "begun-0", "the agent starts in the guest",
                 life.console.text()[-500:])
    answers = wait_for(lambda: lab.virsh("qemu-agent-command", NAME, '{"execute":"guest-ping"}').status == 0, 60)
    results.need(answers, "and answers", lab.virsh("qemu-agent-command", NAME, '{"execute":"guest-ping"}'))


def heard(results, life, word, count, what):
    """A client that waits for events has heard it COUNT times."""
    pattern = "agent-lifecycle.*'%s'.* '%s' reason" % (NAME, word)
    told = wait_for(lambda: len(re.findall(pattern, life.events.text())) == count, 60)
    results.ok(told, what, life.events.text())


def questions(results, lab):
    results.has(lab.virsh("domifaddr", NAME, "--source", "agent").out,
                r"eth0 +00:16:3e:77:00:11 +ipv4 +10\.77\.0\.11/24", "virsh domifaddr --source agent")
    results.equal(lab.virsh("domhostname", NAME, "--source", "agent").out.strip(), NAME, "virsh domhostname")
    info = lab.virsh("guestinfo", NAME)
    results.has(info.out, r"hostname +: pv", "virsh guestinfo: the name")
    results.has(lab.virsh("guestvcpus", NAME).out, r"vcpus +: 0-1", "virsh guestvcpus")
    ours, theirs = (int(lab.sh(word).out.strip() or 0) for word in (
        "date +%s", "virsh -c xen:///system domtime pv | grep -o '[0-9]*'"))
    results.ok(abs(theirs - ours) < 120, "virsh domtime: the guest's clock", (ours, theirs))
    results.has(lab.virsh("domfsfreeze", NAME).out, r"Froze \d+ filesystem", "virsh domfsfreeze")
    results.has(lab.virsh("domfsthaw", NAME).out, r"Thawed \d+ filesystem", "virsh domfsthaw")
    results.equal(lab.virsh("domfsinfo", NAME).status, 0, "virsh domfsinfo")


def vcpus(results, lab, life):
    done = lab.virsh("setvcpus", NAME, "1", "--guest")
    results.ok(done.status == 0, "virsh setvcpus --guest", done)
    results.ok(life.ask("echo cpus-$(grep -c ^processor /proc/cpuinfo)", "cpus-1"), "the guest takes one CPU out of use",
               life.console.text()[-300:])
    lab.virsh("setvcpus", NAME, "2", "--guest")
    results.ok(life.ask("echo cpus-$(grep -c ^processor /proc/cpuinfo)", "cpus-2"), "and takes it back",
               life.console.text()[-300:])


def restart(results, lab, life):
    """QEMU, which holds the channel, is libvirtd's child, and outlives it."""
    lab.sh("systemctl kill --kill-whom=main -s KILL libvirtd; systemctl restart libvirtd; virsh -q -c xen:///system version")
    done = lab.virsh("qemu-agent-command", NAME, '{"execute":"guest-ping"}')
    results.ok(done.status == 0, "the agent is reached after a kill of libvirtd", done)
    life.open_console()


def silent(results, lab, life):
    """An agent that does not answer costs who asks it a while, and nobody else."""
    life.events = lab.events()  # the daemon was restarted
    life.ask("kill -STOP $(cat /run/qga.pid); echo stopped-$((40+2))", "stopped-42")
    asked = lab.background("virsh", "-c", "xen:///system", "qemu-agent-command", NAME, '{"execute":"guest-ping"}',
                           "--timeout", "40")
    listed = lab.virsh("list", "--all")
    results.ok(listed.status == 0 and not asked.ended(), "virsh list does not wait for it", listed)
    results.ok(asked.expect("agent", seconds=120), "who asked is told", asked.text())
    heard(results, life, "disconnected", 1, "clients are told that it does not answer")
    life.ask("kill -CONT $(cat /run/qga.pid); echo going-$((40+2))", "going-42")
    answers = wait_for(lambda: lab.virsh("qemu-agent-command", NAME, '{"execute":"guest-ping"}').status == 0, 60)
    results.ok(answers, "it answers again when it can")


def shutdown(results, lab):
    done = lab.virsh("shutdown", NAME, "--mode", "agent")
    results.ok(done.status == 0, "virsh shutdown --mode agent", done)
    results.ok(wait_for(lambda: lab.state(NAME) == "shut off"), "the guest shuts down", lab.state(NAME))


def story(results, lab):
    life = Story(results, lab, NAME)
    define(results, lab, life)
    life.start()
    life.open_console()
    nobody(results, lab)
    begin(results, lab, life)
    heard(results, life, "connected", 1, "clients are told that it is there")
    questions(results, lab)
    vcpus(results, lab, life)
    restart(results, lab, life)
    silent(results, lab, life)
    shutdown(results, lab)
    life.undefine()
    lab.sh("rm -f /root/agent.initrd /root/agent.xml")


scenario(story)
