#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks and network cards come and go while a PV guest runs: what was attached is what it finds."""

from guest import Story
from lab import scenario

NAME = "pv"
MAC = "00:16:3e:77:00:99"
RAW = "/root/more.raw"
QCOW2 = "/root/more.qcow2"
QCOW2_DISK = ("attach-disk", NAME, QCOW2, "xvdc", "--targetbus", "xen", "--driver", "qemu",
              "--subdriver", "qcow2")
# In the guest: a condition holds, or a minute is over.
UNTIL = "i=0; until %s || [ $i -ge 60 ]; do sleep 1; i=$((i+1)); done; "
# The guest's words for a disk: its size in KiB, and its first line.
LOOK = "echo size-$(($(cat /sys/block/%s/size) / 2)) $(head -c 64 /dev/%s | tr -d '\\0' | head -n 1 | tr a-z A-Z)"


def guest_sees(results, lab, life, device, kib, label=""):
    look = UNTIL % ("[ -e /sys/block/%s/size ]" % device) + LOOK % (device, device)
    seen = life.ask(look, ("size-%d %s" % (kib, label)).strip())
    results.ok(seen, "the guest finds %s of %d KiB" % (device, kib), life.console.text()[-500:])


def guest_misses(results, life, path, what):
    look = UNTIL % ("[ ! -e %s ]" % path) + "[ -e %s ] || echo it-is-$((40+2))" % path
    results.ok(life.ask(look, "it-is-42"), "the guest has %s no more" % what,
               life.console.text()[-500:])


def xml_has(results, lab, word, live, stored, what):
    found = [word in lab.virsh("dumpxml", NAME, *more).out for more in ((), ("--inactive",))]
    results.equal(found, [live, stored], what)


def make_images(results, lab):
    made = lab.sh("truncate -s 8M %s && echo 'more room' | dd of=%s conv=notrunc 2>/dev/null &&"
                  " qemu-img create -q -f qcow2 %s 12M" % (RAW, RAW, QCOW2))
    results.need(made.status == 0, "images are made", made)


def raw_disk(results, lab, life):
    done = lab.virsh("attach-disk", NAME, RAW, "xvdb", "--targetbus", "xen", "--live", "--config")
    results.need(done.status == 0, "virsh attach-disk: a raw file", done)
    guest_sees(results, lab, life, "xvdb", 8192, "MORE ROOM")
    xml_has(results, lab, RAW, True, True, "guest and definition have it")
    results.has(lab.sh("xl block-list " + NAME).out, "51728", "xl lists it")


def restart(results, lab):
    lab.sh("systemctl kill -s KILL libvirtd")
    again = lab.sh("systemctl restart libvirtd && virsh -q -c xen:///system version")
    results.need(again.status == 0, "libvirtd starts after a kill", again)
    xml_has(results, lab, RAW, True, True, "and knows of the disk")


def without_qemu(results, lab):
    """libxl starts QEMU for a PV guest that has work for it at its start, and not later."""
    done = lab.virsh(*QCOW2_DISK)
    results.ok(done.status != 0, "a qcow2 file needs QEMU, which this guest was started without", done)
    results.has(done.err, "disk xvdc: .*device model", "as virsh says")
    done = lab.virsh(*QCOW2_DISK, "--config")
    results.need(done.status == 0, "the definition takes it", done)
    lab.virsh("destroy", NAME)


def qcow2_disk(results, lab, life):
    life.start()
    life.open_console()
    guest_sees(results, lab, life, "xvdc", 12288)
    done = lab.virsh("detach-disk", NAME, "xvdc", "--live", "--config")
    results.need(done.status == 0, "virsh detach-disk: live and stored", done)
    guest_misses(results, life, "/sys/block/xvdc", "xvdc")
    done = lab.virsh(*QCOW2_DISK)
    results.need(done.status == 0, "virsh attach-disk: a qcow2 file, which QEMU serves", done)
    guest_sees(results, lab, life, "xvdc", 12288)
    xml_has(results, lab, QCOW2, True, False, "only the guest has it")


def numbers(results, lab, life):
    """Of a disk that QEMU serves, and another size of it."""
    counted = lab.virsh("domblkstat", NAME, "xvdc")
    results.has(counted.out, r"xvdc rd_bytes [1-9]", "virsh domblkstat: QEMU counts what the guest reads")
    results.has(lab.virsh("domstats", "--block", NAME).out, r"block\.\d\.rd\.bytes=[1-9]", "virsh domstats, too")
    results.has(lab.virsh("domblkinfo", NAME, "xvdc").out, r"Capacity: +12582912", "virsh domblkinfo: its size")
    done = lab.virsh("blockresize", NAME, "xvdc", "20M")
    results.need(done.status == 0, "virsh blockresize", done)
    look = UNTIL % "[ $(cat /sys/block/xvdc/size) -eq 40960 ]" + "echo now-$(($(cat /sys/block/xvdc/size) / 2))"
    results.ok(life.ask(look, "now-20480"), "the guest sees the new size", life.console.text()[-500:])
    results.equal(lab.virsh("domblkerror", NAME).out.strip(), "No errors found", "virsh domblkerror")


def detach(results, lab, life):
    for device in "xvdb", "xvdc":
        done = lab.virsh("detach-disk", NAME, device, "--live")
        results.need(done.status == 0, "virsh detach-disk " + device, done)
        guest_misses(results, life, "/sys/block/" + device, device)
    xml_has(results, lab, RAW, False, True, "the definition keeps its disk")
    done = lab.virsh("detach-disk", NAME, "xvdb", "--config")
    results.need(done.status == 0, "virsh detach-disk --config", done)
    xml_has(results, lab, RAW, False, False, "and loses it then")


NETWORK = """<network><name>lan</name><forward mode='bridge'/><bridge name='xenbr0'/></network>"""


def network(results, lab):
    """A network of libvirt's, which is on the bridge."""
    attach = ("attach-interface", NAME, "network", "lan", "--mac", MAC, "--live")
    done = lab.virsh(*attach)
    results.ok(done.status != 0 and "'lan'" in done.err, "a network that is not there is named", done)
    lab.write("/root/lan.xml", NETWORK)
    lab.virsh("net-define", "/root/lan.xml")
    done = lab.virsh(*attach)
    results.ok("net-start" in done.err, "of one that is not active virsh says what to do", done)
    lab.virsh("net-start", "lan")
    done = lab.virsh(*attach)
    results.need(done.status == 0, "virsh attach-interface: a network", done)
    xml_has(results, lab, "network=\"lan\"", True, False, "the guest's XML names the network")


def card(results, lab, life):
    network(results, lab)
    look = UNTIL % ("grep -qi %s /sys/class/net/*/address" % MAC)
    seen = life.ask(look + "grep -il %s /sys/class/net/*/address" % MAC, "net/eth1/address")
    results.ok(seen, "the guest finds a card with that MAC address", life.console.text()[-500:])
    life.ask("ip address add 10.77.0.99/24 dev eth1; ip address del 10.77.0.11/24 dev eth0;"
             " ip link set eth1 up; echo up-$((40+2))", "up-42")
    life.network("10.77.0.99")
    done = lab.virsh("detach-interface", NAME, "network", "--mac", MAC, "--live")
    results.need(done.status == 0, "virsh detach-interface", done)
    guest_misses(results, life, "/sys/class/net/eth1", "the card")
    xml_has(results, lab, MAC, False, False, "nor has the XML")


def refused(results, lab):
    for what, arguments, word in (
            ("a target that is taken", (RAW, "xvda", "--targetbus", "xen"), "disk xvda already"),
            ("a file that is not there", ("/root/nosuch", "xvdd", "--targetbus", "xen"), "nosuch")):
        done = lab.virsh("attach-disk", NAME, *arguments)
        results.ok(done.status != 0 and word in done.err, "virsh attach-disk refuses " + what, done)
    results.ok("xvdd" not in lab.virsh("dumpxml", NAME).out, "nothing of it stays")


def story(results, lab):
    life = Story(results, lab, NAME)
    life.convert_and_define()
    life.start()
    life.open_console()
    make_images(results, lab)
    raw_disk(results, lab, life)
    restart(results, lab)
    without_qemu(results, lab)
    qcow2_disk(results, lab, life)
    numbers(results, lab, life)
    detach(results, lab, life)
    card(results, lab, life)
    refused(results, lab)
    lab.virsh("destroy", NAME)
    life.undefine()
    lab.sh("rm -f %s %s; virsh -q net-destroy lan; virsh -q net-undefine lan" % (RAW, QCOW2))


scenario(story)
