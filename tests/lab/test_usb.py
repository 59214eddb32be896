#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""USB devices of the machine go to guests and come back: what was given is what the guest finds."""

import re

from guest import Story
from lab import scenario, wait_for

# The lab's serial line, which Domain-0 has a driver for, and two devices of one vendor and product.
SERIAL, TABLET, MOUSE = "QEMU USB SERIAL", "QEMU USB Tablet", "QEMU USB Mouse"
DRIVER = "ftdi_sio"
LOOK = r"""for d in /sys/bus/usb/devices/*; do
    [ -e $d/product ] && echo "$(cat $d/busnum) $(cat $d/devnum)" \
        "$(basename "$(readlink $d/${d##*/}:1.0/driver)")" "$(cat $d/product)"
done"""


def at_host(lab, product):
    """Bus, address and driver of the host's device; None when it is not plugged in."""
    found = re.search(r"(?m)^(\d+) (\d+) (\w*) *%s$" % product, lab.sh(LOOK).out)
    return found.groups() if found else None


def hostdev(place):
    return ("<hostdev mode='subsystem' type='usb'><source><address bus='%s' device='%s'/></source></hostdev>"
            % place[:2])


def by_name(vendor, product):
    return ("<hostdev mode='subsystem' type='usb'><source><vendor id='0x%s'/><product id='0x%s'/></source></hostdev>"
            % (vendor, product))


def alias(place):
    return "hostdev-usb-%s-%s" % place[:2]


def change(lab, verb, guest, xml, *flags):
    lab.write("/root/usb.xml", xml)
    return lab.virsh(verb, guest, "/root/usb.xml", *flags)


def is_home(results, lab, when):
    found = wait_for(lambda: (at_host(lab, SERIAL) or "...")[2] == DRIVER, 60)
    results.ok(found, "Domain-0 has the serial line again " + when, lab.sh(LOOK).out)


def is_away(results, lab, when):
    place = at_host(lab, SERIAL)
    results.ok(place and place[2] != DRIVER, "Domain-0 has it no more " + when, place)


def guest_sees(results, life, product, there=True):
    """Names come from the device itself, over the guest's controller."""
    look = ("usb >/dev/null; i=0; while ! grep -qs '%s' /sys/bus/usb/devices/*/product; do"
            " i=$((i+1)); [ $i -gt 60 ] && break; sleep 1; done; echo had-$((i < 61))")
    miss = ("i=0; while grep -qs '%s' /sys/bus/usb/devices/*/product; do"
            " i=$((i+1)); [ $i -gt 60 ] && break; sleep 1; done; echo had-$((i < 61))")
    seen = life.ask((look if there else miss) % product, r"had-\d")
    results.ok(seen and seen.group(0) == "had-1", "the guest %s %s" % ("finds" if there else "has no more", product),
               life.console.text()[-700:])


def says_event(results, life, kind, name):
    pattern = "event 'device-%s' for domain '%s': %s" % (kind, life.name, name)
    results.ok(life.events.expect(pattern, seconds=60), "virsh event: " + kind, life.events.text()[-700:])


def refused(results, lab):
    """What cannot be meant is said before anything is changed."""
    done = change(lab, "attach-device", "hvm", by_name("0627", "0001"), "--config")
    results.ok("has 2 USB devices 0627:0001" in done.err, "two devices of a name are told apart", done)
    done = change(lab, "attach-device", "hvm", by_name("dead", "beef"), "--config")
    results.ok("no USB device dead:beef" in done.err, "one that is not there is refused", done)


def cold(results, lab, life):
    """A definition names a device and no controller."""
    done = change(lab, "attach-device", "hvm", by_name("0403", "6001"), "--config")
    results.need(done.status == 0, "virsh attach-device --config by vendor and product", done)
    life.start()
    is_away(results, lab, "while the guest has it")
    life.open_console()
    guest_sees(results, life, SERIAL)
    guest_sees(results, life, "QEMU USB Tablet")  # its own, which QEMU emulates
    shown = lab.virsh("dumpxml", "hvm").out
    for name in "usb-0", alias(at_host(lab, SERIAL)):
        results.has(shown, "<alias name=.%s." % name, "the XML has " + name)


def hot(results, lab, life):
    mouse = at_host(lab, MOUSE)
    done = change(lab, "attach-device", "hvm", hostdev(mouse), "--live")
    results.need(done.status == 0, "virsh attach-device --live by bus and address", done)
    says_event(results, life, "added", alias(mouse))
    guest_sees(results, life, MOUSE)
    done = change(lab, "attach-device", "hvm", hostdev(mouse), "--live")
    results.ok("already" in done.err, "a second time is refused", done)
    kept = lab.virsh("dumpxml", "hvm").out
    # the daemon alone: the guests' QEMUs are in its control group
    lab.sh("systemctl kill --kill-whom=main -s KILL libvirtd; systemctl restart libvirtd; virsh -q -c xen:///system version")
    results.equal(lab.virsh("dumpxml", "hvm").out, kept, "a kill of libvirtd changes nothing in the XML")
    life.open_console()
    life.events = lab.events()
    done = lab.virsh("detach-device-alias", "hvm", alias(mouse), "--live")
    results.need(done.status == 0, "virsh detach-device-alias", done)
    says_event(results, life, "removed", alias(mouse))
    guest_sees(results, life, MOUSE, False)


def conflicts(results, lab):
    """Another guest does not get it, and hears who has it."""
    other = Story(results, lab, "pvh")
    other.convert_and_define()
    serial = at_host(lab, SERIAL)
    change(lab, "attach-device", "pvh", hostdev(serial), "--config")
    done = lab.virsh("start", "pvh")
    results.ok("domain 'hvm' has the USB device %s.%s" % serial[:2] in done.err, "another guest does not get it", done)
    other.undefine()
    done = change(lab, "attach-device", "hvm", hostdev(("7", "77")), "--live")
    results.ok("USB device 7.77: Xen cannot attach it (the host has none" in done.err,
               "one that is not plugged in is refused", done)


def of_xl(results, lab):
    mouse = at_host(lab, MOUSE)
    done = lab.sh("xl usbdev-attach hvm hostbus=%s hostaddr=%s" % mouse[:2])
    results.need(done.status == 0, "xl usbdev-attach", done)
    lab.sh("systemctl restart libvirtd; virsh -q -c xen:///system version")
    seen = wait_for(lambda: alias(mouse) in lab.virsh("dumpxml", "hvm").out, 60)
    results.ok(seen, "the XML has what xl attached", lab.virsh("dumpxml", "hvm").out)
    done = lab.virsh("detach-device-alias", "hvm", alias(mouse), "--live")
    results.need(done.status == 0, "and virsh takes it away", done)


def pulled_out(results, lab):
    """libxl gives no guest any USB device while one has a device that is pulled out."""
    old, mouse = at_host(lab, SERIAL), at_host(lab, MOUSE)
    if not lab.monitor("device_del", id="serial"):
        print("# the lab's folder has too long a name for a monitor: nothing is pulled out")
        return
    results.need(wait_for(lambda: not at_host(lab, SERIAL), 60), "the serial line is pulled out")
    done = change(lab, "attach-device", "hvm", hostdev(mouse), "--live")
    results.ok(done.status == 0, "other devices can be attached all the same", done)
    done = lab.virsh("detach-device-alias", "hvm", alias(mouse), "--live")
    results.ok(done.status == 0, "and detached", done)
    results.ok(alias(old) not in lab.virsh("dumpxml", "hvm").out, "the XML has what is pulled out no more")
    lab.monitor("device_add", driver="usb-serial", bus="usb.0", id="serial", chardev="line", **{"always-plugged": True})
    is_home(results, lab, "when it is plugged in")
    done = change(lab, "attach-device", "hvm", hostdev(at_host(lab, SERIAL)), "--live")
    results.need(done.status == 0, "it can be attached again", done)
    is_away(results, lab, "then")


def hvm(results, lab):
    life = Story(results, lab, "hvm")
    life.convert_and_define()
    refused(results, lab)
    cold(results, lab, life)
    hot(results, lab, life)
    conflicts(results, lab)
    of_xl(results, lab)
    pulled_out(results, lab)
    life.open_console()
    life.reboot_from_inside()
    is_away(results, lab, "after a reboot")
    life.open_console()
    guest_sees(results, life, SERIAL)
    life.destroy()
    is_home(results, lab, "after virsh destroy")
    life.undefine()


def pv(results, lab):
    """Debian's kernel has no driver for PV USB; QEMU offers it."""
    life = Story(results, lab, "pv")
    life.convert_and_define()
    life.start()
    done = change(lab, "attach-device", "pv", hostdev(at_host(lab, SERIAL)), "--live")
    results.ok("device model" in done.err, "a PV guest without QEMU gets none while it runs", done)
    is_home(results, lab, "after it")
    life.destroy()
    behind_qemu(results, lab)
    life.undefine()


def behind_qemu(results, lab):
    """A framebuffer brings the guest a QEMU, which takes the device for it."""
    serial = at_host(lab, SERIAL)
    more = "<graphics type='vnc'/><controller type='usb' index='0' ports='4'/>" + hostdev(serial)
    lab.write("/root/usb.xml", lab.virsh("dumpxml", "pv").out.replace("</devices>", more + "</devices>"))
    lab.virsh("define", "/root/usb.xml")
    done = lab.virsh("start", "pv")
    results.need(done.status == 0, "a PV guest with a framebuffer and a USB device starts", done)
    # 2: QEMU waits for the guest's driver
    state = "xenstore-read /local/domain/0/backend/qusb/%s/0/state" % lab.domid("pv")
    found = wait_for(lambda: lab.sh(state).out.strip() == "2", 60)
    results.ok(found, "QEMU serves its controller", lab.sh(state))
    is_away(results, lab, "while QEMU holds it")
    done = lab.virsh("detach-device-alias", "pv", alias(serial), "--live")
    results.need(done.status == 0, "virsh detach-device-alias", done)
    is_home(results, lab, "after it")
    done = lab.virsh("detach-device-alias", "pv", "usb-0", "--live")
    results.need(done.status == 0, "a controller that no driver serves goes as well", done)
    results.ok("<controller" not in lab.virsh("dumpxml", "pv").out, "and the XML has it no more")
    lab.virsh("destroy", "pv")


def story(results, lab):
    for guest in "hvm", "pvh", "pv":
        lab.forget(guest)
    results.need(wait_for(lambda: at_host(lab, SERIAL), 60), "Domain-0 has USB devices", lab.sh(LOOK).out)
    hvm(results, lab)
    pv(results, lab)
    lab.sh("rm -f /root/usb.xml")


scenario(story)
