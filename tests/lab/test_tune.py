#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory, vCPUs, pinning and scheduler of a running PV guest and of Domain-0, against what xl and
the guest itself see."""

import re

from guest import Story
from lab import scenario, wait_for


def xl_row(lab, command, first):
    """The words of the line of an xl table that begins with the word first."""
    for line in lab.sh(command).out.splitlines():
        words = line.split()
        if words and words[0] == first:
            return words
    return []


def dominfo(lab, guest, key):
    found = re.search(r"^%s:\s+(\d+)" % re.escape(key), lab.virsh("dominfo", guest).out, re.M)
    return int(found.group(1)) if found else None


def guest_number(story, command):
    """A number that a command in the guest prints between marks."""
    start = len(story.console.text())
    story.console.send("echo mark-$(%s)-end" % command)
    found = story.console.expect(r"mark-(\d+)-end", start, 60)
    return int(found.group(1)) if found else None


def guest_memory(story):
    return guest_number(story, "sed -n 's/^MemTotal: *//p' /proc/meminfo | sed 's/ kB//'")


def guest_cpus(story):
    return guest_number(story, "grep -c ^processor /proc/cpuinfo")


def memory(results, lab, story):
    name = story.name
    before = dominfo(lab, name, "Used memory")
    full = guest_memory(story)
    results.need(full, "the guest says how much memory it has", story.console.text()[-500:])
    less = before - 48 * 1024
    done = lab.virsh("setmem", name, str(less))
    results.ok(done.status == 0, "virsh setmem takes 48 MiB from it", done)
    shrunk = wait_for(lambda: guest_memory(story) <= full - 40 * 1024, 60)
    results.ok(shrunk, "the guest sees less memory", guest_memory(story))
    gone = wait_for(lambda: dominfo(lab, name, "Used memory") <= less, 60)
    results.ok(gone, "virsh dominfo too", lab.virsh("dominfo", name))
    results.has(lab.virsh("dumpxml", name).out, r"<currentMemory unit=.KiB.>%d<" % less,
                "virsh dumpxml has the new size")
    results.has(lab.virsh("dommemstat", name).out, r"actual %d" % less, "virsh dommemstat too")
    too_much = lab.virsh("setmem", name, str(before + 1024 * 1024))
    results.has(too_much.err, r"at most %d KiB" % dominfo(lab, name, "Max memory"),
                "more than the maximum is refused")
    xl_sets = lab.sh("xl mem-set %s %dk" % (name, before))
    results.ok(xl_sets.status == 0, "xl mem-set gives it back", xl_sets)
    grown = wait_for(lambda: guest_memory(story) >= full - 4 * 1024, 60)
    results.ok(grown, "the guest has it again", guest_memory(story))
    results.has(lab.virsh("dumpxml", name).out, r">%d<" % before, "and virsh knows")
    stored = lab.virsh("setmem", name, str(less), "--config")
    results.ok(stored.status == 0, "virsh setmem --config", stored)
    results.has(lab.virsh("dumpxml", "--inactive", name).out, r"<currentMemory unit=.KiB.>%d<" % less,
                "the definition has it")


# A CPU that Xen gives back is there for Linux, and used when udev or somebody else turns it on.
ONLINE = "echo 1 >/sys/devices/system/cpu/cpu1/online"


def online_in_guest(story):
    story.console.send(ONLINE)
    return guest_cpus(story) == 2


def vcpus(results, lab, story):
    name = story.name
    results.equal(guest_cpus(story), 2, "the guest has two CPUs")
    done = lab.virsh("setvcpus", name, "1")
    results.ok(done.status == 0, "virsh setvcpus 1", done)
    results.ok(wait_for(lambda: guest_cpus(story) == 1, 60), "the guest sees one", guest_cpus(story))
    results.equal(lab.virsh("vcpucount", name, "--current", "--live").out.strip(), "1",
                  "virsh vcpucount too")
    again = lab.virsh("setvcpu", name, "1", "--enable")
    results.ok(again.status == 0, "virsh setvcpu 1 --enable", again)
    results.ok(wait_for(lambda: online_in_guest(story), 60), "the guest sees two", guest_cpus(story))
    results.has(lab.virsh("setvcpus", name, "9").err, r"at most 2 vCPUs", "nine are refused")
    results.equal(lab.virsh("setvcpus", name, "1", "--config").status, 0, "virsh setvcpus --config")
    results.has(lab.virsh("dumpxml", "--inactive", name).out, r"<vcpu current=.1.>2<",
                "the definition has it")


def pins(results, lab, story):
    name = story.name
    done = lab.virsh("vcpupin", name, "1", "0", "--live", "--config")
    results.ok(done.status == 0, "virsh vcpupin 1 0", done)
    listed = [line.split() for line in lab.sh("xl vcpu-list " + name).out.splitlines()[1:]]
    hard = {words[2]: words[6] for words in listed if len(words) > 8}
    results.equal(hard, {"0": "all", "1": "0"}, "xl vcpu-list has the pin")
    results.has(lab.virsh("vcpupin", name).out, r"1 +0\n", "virsh vcpupin shows it")
    for form in ((), ("--inactive",)):
        results.has(lab.virsh("dumpxml", *form, name).out, r"<vcpupin vcpu=.1. cpuset=.0./>",
                    "virsh dumpxml %shas it" % " ".join(form + ("",)))
    results.has(lab.virsh("vcpuinfo", name).out, r"VCPU: +1\n", "virsh vcpuinfo lists both")
    results.ok(wait_for(lambda: "cputune.vcpupin1: 0" in story.events.text(), 30),
               "an event tells", story.events.text()[-500:])
    results.has(lab.virsh("vcpupin", name, "7", "0").err, r"(?i)vcpu", "there is no vCPU 7")
    results.has(lab.virsh("cpu-stats", name, "--total").out, r"cpu_time", "virsh cpu-stats")


def schedule(results, lab, story):
    name = story.name
    shown = lab.virsh("schedinfo", name)
    scheduler = re.search(r"Scheduler +: (\S+)", shown.out)
    results.need(scheduler, "virsh schedinfo names the scheduler", shown)
    done = lab.virsh("schedinfo", name, "--set", "weight=512", "--set", "cap=50", "--live",
                     "--config")
    results.ok(done.status == 0, "virsh schedinfo --set", done)
    row = xl_row(lab, "xl sched-%s -d %s" % (scheduler.group(1), name), name)
    results.equal(row[2:4], ["512", "50"], "xl sched-%s agrees" % scheduler.group(1))
    results.has(lab.virsh("schedinfo", name, "--config").out, r"weight +: 512\ncap +: 50",
                "the definition has it")
    soft = lab.virsh("schedinfo", name, "--set", "cpus_soft=0:1 1:0", "--live", "--config")
    results.ok(soft.status == 0, "virsh schedinfo --set cpus_soft", soft)
    listed = [line.split() for line in lab.sh("xl vcpu-list " + name).out.splitlines()[1:]]
    preferred = {words[2]: words[8] for words in listed if len(words) > 8}
    results.equal(preferred, {"0": "1", "1": "0"}, "xl vcpu-list has the soft affinity")
    results.has(lab.virsh("schedinfo", name, "--config").out, r"cpus_soft +: 0:1 1:0\n",
                "the definition has it")
    xl_sets = lab.sh("xl vcpu-pin %s all - all" % name)
    results.ok(xl_sets.status == 0, "xl takes it back", xl_sets)
    results.has(lab.virsh("schedinfo", name, "--live").out, r"cpus_soft +: all\n", "virsh sees it")
    refused = lab.virsh("schedinfo", name, "--set", "weight=70000")
    results.has(refused.err, r"1 to 65535", "a weight too large is refused")


def statistics(results, lab, story):
    """All guests' numbers, and the host's."""
    name, domid = story.name, lab.domid(story.name)
    answer = lab.sh("busybox ping -c 3 -W 20 10.77.0.11")
    results.ok(answer.status == 0, "dom0 reaches the guest", answer)
    numbers = dict(re.findall(r"^  ([\w.]+)=(.*)$", lab.virsh("domstats", name).out, re.M))
    results.equal(numbers.get("state.state"), "1", "virsh domstats: it runs")
    results.ok(int(numbers.get("cpu.time", 0)) > 10**9, "it used time", numbers)
    results.equal(numbers.get("vcpu.maximum"), "2", "it has two vCPUs")
    results.equal(numbers.get("net.0.name"), "vif%d.0" % domid, "its card has its name")
    results.ok(int(numbers.get("net.0.tx.pkts", 0)) >= 3, "it sent packets", numbers)
    results.equal(numbers.get("block.0.name"), "xvda", "its disk too")
    results.has(lab.virsh("domstats").out, r"'Domain-0'", "Domain-0 has numbers")
    seen = lab.virsh("domifstat", name, "vif%d.0" % domid)
    results.has(seen.out, r"rx_packets [1-9]", "virsh domifstat")
    idle = re.search(r"^idle:\s+(\d+)", lab.virsh("nodecpustats").out, re.M)
    results.need(idle, "virsh nodecpustats", lab.virsh("nodecpustats"))
    more = wait_for(lambda: int(re.search(r"^idle:\s+(\d+)", lab.virsh("nodecpustats").out, re.M)
                                .group(1)) > int(idle.group(1)), 60)
    results.ok(more, "and the idle time goes on")
    total = re.search(r"^total_memory +: (\d+)", lab.sh("xl info").out, re.M)
    node = re.search(r"^total *: +(\d+) KiB", lab.virsh("nodememstats").out, re.M)
    same = total and node and abs(int(node.group(1)) // 1024 - int(total.group(1))) <= 1
    results.ok(same, "virsh nodememstats agrees with xl info", lab.virsh("nodememstats"))
    results.has(lab.virsh("nodecpumap").out, r"CPUs online: +2", "virsh nodecpumap")


def control(results, lab):
    """Domain-0's own, always as it is now."""
    before = dominfo(lab, "Domain-0", "Used memory")
    results.need(before, "virsh dominfo Domain-0", lab.virsh("dominfo", "Domain-0"))
    cpus = dominfo(lab, "Domain-0", "CPU(s)")
    less = before - 32 * 1024
    done = lab.virsh("setmem", "Domain-0", str(less))
    results.ok(done.status == 0, "virsh setmem Domain-0", done)
    shrunk = wait_for(lambda: dominfo(lab, "Domain-0", "Used memory") <= less + 1024, 60)
    results.ok(shrunk, "it has less memory", lab.virsh("dominfo", "Domain-0"))
    back = lab.virsh("setmem", "Domain-0", str(before))
    results.ok(back.status == 0, "and takes it back", back)
    if cpus == 2:
        results.equal(lab.virsh("setvcpus", "Domain-0", str(cpus - 1)).status, 0,
                      "virsh setvcpus Domain-0")
        fewer = wait_for(lambda: dominfo(lab, "Domain-0", "CPU(s)") == cpus - 1, 60)
        results.ok(fewer, "it uses one CPU less", lab.virsh("dominfo", "Domain-0"))
        results.equal(lab.virsh("setvcpus", "Domain-0", str(cpus)).status, 0, "and all again")
        results.ok(wait_for(lambda: lab.sh(ONLINE).status == 0, 60), "the kernel turns it on")
        all_again = wait_for(lambda: dominfo(lab, "Domain-0", "CPU(s)") == cpus, 60)
        results.ok(all_again, "it uses all", lab.virsh("dominfo", "Domain-0"))
    stored = lab.virsh("setmem", "Domain-0", str(before), "--config")
    results.has(stored.err, r"no stored definition", "it has no definition to change")


def tune(results, lab):
    story = Story(results, lab, "pv")
    story.convert_and_define()
    results.equal(lab.virsh("setvcpus", "pv", "2", "--maximum", "--config").status, 0,
                  "virsh setvcpus --maximum --config")
    results.equal(lab.virsh("setvcpus", "pv", "2", "--config").status, 0, "and both in use")
    story.start()
    story.open_console()
    memory(results, lab, story)
    vcpus(results, lab, story)
    pins(results, lab, story)
    schedule(results, lab, story)
    statistics(results, lab, story)
    control(results, lab)
    lab.virsh("destroy", "pv")
    story.undefine()


scenario(tune)
