#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""PCI devices of the machine go to guests and come back: what was given is what the guest finds."""

from guest import Story
from lab import scenario, wait_for

# The lab's random number generator, which Domain-0 drives, and its second network card, which
# Domain-0 has no driver for.
DEVICE, NODE, KIND = "0000:00:1c.0", "pci_0000_00_1c_0", "0x1af4:0x1005"
CARD_NODE = "pci_0000_00_1d_0"
HOSTDEV = """<hostdev mode='subsystem' type='pci' managed='yes'>
  <source><address domain='0x0000' bus='0x00' slot='0x1c' function='0x0'/></source>
</hostdev>"""


def driver(lab):
    """Who drives the device now."""
    return lab.sh("basename $(readlink /sys/bus/pci/devices/%s/driver)" % DEVICE).out.strip()


def is_home(results, lab, when):
    found = wait_for(lambda: driver(lab) == "virtio-pci", 60)
    results.ok(found, "Domain-0 has the device again " + when, driver(lab))


def guest_sees(results, life, kind):
    look = ("i=0; until grep -q %s /sys/bus/pci/devices/*/device || [ $i -ge 60 ]; do sleep 1; i=$((i+1)); done;"
            " echo it-is $(grep -l %s /sys/bus/pci/devices/*/device)" % (kind[7:], kind[7:]))
    seen = life.ask(look, r"it-is /sys/bus/pci/devices/")
    results.ok(seen, "the guest finds the device", life.console.text()[-500:])


def guest_misses(results, life, kind):
    look = ("i=0; while grep -q %s /sys/bus/pci/devices/*/device && [ $i -lt 60 ]; do sleep 1; i=$((i+1)); done;"
            " grep -q %s /sys/bus/pci/devices/*/device || echo gone-$((40+2))" % (kind[7:], kind[7:]))
    results.ok(life.ask(look, "gone-42"), "the guest has it no more", life.console.text()[-500:])


def node(results, lab):
    """By hand, as virsh nodedev-* does it."""
    for guest in "pv", "pvh", "hvm":
        lab.forget(guest)
    lab.sh("modprobe -r xen-pciback")
    results.equal(driver(lab), "virtio-pci", "Domain-0 drives the device")
    done = lab.virsh("nodedev-detach", NODE)
    results.ok(done.status != 0 and "xen-pciback" in done.err, "without xen-pciback virsh says so", done)
    lab.sh("modprobe xen-pciback")
    done = lab.virsh("nodedev-detach", NODE)
    results.need(done.status == 0, "virsh nodedev-detach", done)
    results.has(lab.sh("xl pci-assignable-list").out, DEVICE, "the device is ready for guests")
    done = lab.virsh("nodedev-reattach", NODE)
    results.need(done.status == 0, "virsh nodedev-reattach", done)
    is_home(results, lab, "by virsh")
    done = lab.virsh("nodedev-reset", CARD_NODE)
    results.ok(done.status == 0, "virsh nodedev-reset", done)
    done = lab.virsh("nodedev-reset", NODE)
    results.ok("be reset by itself" in done.err, "a device without reset is refused", done)


def pv(results, lab):
    life = Story(results, lab, "pv")
    life.convert_and_define()
    lab.write("/root/hostdev.xml", HOSTDEV)
    done = lab.virsh("attach-device", "pv", "/root/hostdev.xml", "--config")
    results.need(done.status == 0, "virsh attach-device --config", done)
    life.start()
    results.has(lab.written("pv"), "pci: 0000:00:00.0 " + KIND, "the guest starts with the device")
    results.equal(driver(lab), "pciback", "which Domain-0 has no more")
    life.open_console()
    refused(results, lab)
    done = lab.virsh("detach-device", "pv", "/root/hostdev.xml", "--live")
    results.need(done.status == 0, "virsh detach-device --live", done)
    guest_misses(results, life, KIND)
    is_home(results, lab, "after it")
    done = lab.virsh("attach-device", "pv", "/root/hostdev.xml", "--live")
    results.need(done.status == 0, "virsh attach-device --live", done)
    guest_sees(results, life, KIND)
    lab.sh("systemctl kill -s KILL libvirtd; systemctl restart libvirtd; virsh -q -c xen:///system version")
    results.equal(driver(lab), "pciback", "the guest keeps it over a kill of libvirtd")
    results.ok("hostdev-0000-00-1c-0" in lab.virsh("dumpxml", "pv").out, "and the XML has it")
    lab.virsh("destroy", "pv")
    is_home(results, lab, "after virsh destroy")
    life.undefine()


def refused(results, lab):
    """The device is taken: neither Domain-0 nor another guest gets it."""
    done = lab.virsh("nodedev-reattach", NODE)
    results.ok(done.status != 0 and "detach it there first" in done.err, "virsh nodedev-reattach is refused", done)
    other = Story(results, lab, "pvh")
    other.convert_and_define()
    lab.virsh("attach-device", "pvh", "/root/hostdev.xml", "--config")
    done = lab.virsh("start", "pvh")
    results.ok(done.status != 0 and DEVICE in done.err, "another guest does not get it", done)
    results.equal(driver(lab), "pciback", "and the first one keeps it")
    other.undefine()


def hvm(results, lab):
    life = Story(results, lab, "hvm")
    life.convert_and_define()
    lab.virsh("attach-device", "hvm", "/root/hostdev.xml", "--config")
    life.start()
    results.has(lab.written("hvm"), "pci: .* " + KIND, "an HVM guest starts with the device")
    life.open_console()
    life.reboot_from_inside()
    results.equal(lab.written("hvm").count(KIND), 2, "and has it after a reboot")
    life.shutdown()
    is_home(results, lab, "when it is off")
    life.undefine()


def story(results, lab):
    node(results, lab)
    pv(results, lab)
    hvm(results, lab)
    lab.sh("rm -f /root/hostdev.xml; modprobe -r xen-pciback")


scenario(story)
