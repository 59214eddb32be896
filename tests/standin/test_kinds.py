# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices of every kind that a guest has a list of: those that libxl can give to a guest that runs, and
those that a definition alone can have."""

import json
import typing

import libvirt

import qemu
import standin
import test_attach

LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
INACTIVE = libvirt.VIR_DOMAIN_XML_INACTIVE
INVALID, FAILED = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_OPERATION_FAILED
MISSING, UNSUPPORTED = libvirt.VIR_ERR_DEVICE_MISSING, libvirt.VIR_ERR_OPERATION_UNSUPPORTED
UUID = "9b2c7f00-33d1-4f31-8b59-8f3f6f0f9a77"


def cfg(item):
    """What libvirt has no element for, in xl.cfg's words."""
    return f"<xl:cfg xmlns:xl='urn:xlvirt:xl.cfg:1'>{item}</xl:cfg>"


class Kind(typing.NamedTuple):
    word: str  # libxl's
    xml: str
    text: str  # stands in a definition that has it
    alias: str
    change: tuple = None  # text and its replacement
    title: str = None


def usb(bus, device, more=""):
    return (f"<hostdev mode='subsystem' type='usb'><source><address bus='{bus}' device='{device}'/>"
            f"</source>{more}</hostdev>")


CONTROLLER = "<controller type='usb' index='{}' ports='{}'/>"
COME_AND_GO = (
    Kind("usbctrl", CONTROLLER.format(0, 4), 'ports="4"', "usb-0", ("'4'", "'7'"), "USB controller 0"),
    Kind("usbdev", usb(1, 2), 'device="2"', "hostdev-usb-1-2", None, "USB device 1.2"),
    Kind("vtpm", cfg(f"vtpm = [ 'backend=mgr,uuid={UUID}' ]"), UUID, "tpm-" + UUID,
         ("mgr", "other"), "TPM " + UUID),
    Kind("vkb", cfg("vkb = [ 'backend-type=linux,unique-id=kbd7' ]"), "kbd7", "vkb-kbd7",
         ("linux", "qemu"), "PV keyboard kbd7"),
    Kind("vsnd", cfg("vsnd = [[ 'card, short-name=Front', 'pcm, name=dev1', "
                     "'stream, unique-id=s7, type=p' ]]"),
         "unique-id=s7", "vsnd-card--short-name-Front-pcm--name-dev1-stream--unique-id-s7--type-p"),
    Kind("vdispl", cfg("vdispl = [ 'backend=0,connectors=id7:800x600' ]"), "id7:800x600",
         "vdispl-id7-800x600", ("backend=0", "backend=0,be-alloc=1"), "PV display id7:800x600"),
)
STAY = (
    Kind("p9", "<filesystem type='mount' accessmode='mapped'><source dir='/srv'/><target dir='tag7'/>"
         "</filesystem>", "tag7", "fs-tag7", ("/srv", "/mnt"), "filesystem tag7"),
    Kind("channel", "<channel type='pty'><target type='xen' name='c7'/></channel>", 'name="c7"', "channel-c7",
         None, "channel c7"),
    Kind("pvcalls", cfg("pvcalls = [ 'backend=calls7' ]"), "calls7", "pvcalls-calls7",
         None, "PV calls calls7"),
    Kind("vfb", "<graphics type='vnc' port='5907'/>", '<graphics type="vnc"', "graphics-0", ("5907", "5909"),
         "framebuffer"),
)


class Kinds(test_attach.Case):
    def each(self, kinds, check):
        """Calls CHECK with each kind and a guest for it."""
        for number, kind in enumerate(kinds, 1):
            with self.subTest(kind.word):
                check(kind, self.start(kind.word, number, kind="xen"))

    def count(self, domain, kind):
        return len(self.xen.devices(domain.ID(), kind.word))

    def test_live(self):
        """It comes and goes, clients hear of it, and a new daemon knows it by the same alias."""
        seen = self.hear()

        def check(kind, domain):
            domain.attachDevice(kind.xml)
            self.assertEqual(self.count(domain, kind), 1)
            self.assert_shows(domain, kind.text, True, False)
            event = True, kind.word, kind.alias
            standin.wait_for(lambda: event in seen, f"{event}; came: {seen}")
            self.assert_fails(INVALID, "already", domain.attachDevice, kind.xml)
            domain.detachDevice(kind.xml)
            self.assertEqual(self.count(domain, kind), 0)
            self.assert_shows(domain, kind.text, False, False)
            event = False, kind.word, kind.alias
            standin.wait_for(lambda: event in seen, f"{event}; came: {seen}")

        self.each(COME_AND_GO, check)

    def test_both_and_alias(self):
        def check(kind, domain):
            domain.attachDeviceFlags(kind.xml, LIVE | CONFIG)
            self.assert_shows(domain, kind.text, True, True)
            domain.destroy()
            domain.create()
            self.assertEqual(self.count(domain, kind), 1)

        self.each(COME_AND_GO, check)
        self.restart()
        for kind in COME_AND_GO:
            with self.subTest(kind.word):
                domain = self.conn.lookupByName(kind.word)
                self.assert_shows(domain, kind.text, True, True)
                domain.detachDeviceAlias(kind.alias, LIVE | CONFIG)
                self.assertEqual(self.count(domain, kind), 0)
                self.assert_shows(domain, kind.text, False, False)

    def test_config(self):
        """A definition takes every kind, by XML and by alias."""
        def check(kind, domain):
            domain.destroy()
            for remove, what in (domain.detachDeviceFlags, kind.xml), (domain.detachDeviceAlias, kind.alias):
                domain.attachDeviceFlags(kind.xml, CONFIG)
                self.assertIn(kind.text, domain.XMLDesc())
                remove(what, CONFIG)
                self.assertNotIn(kind.text, domain.XMLDesc())
                self.assert_fails(MISSING, kind.word, remove, what, CONFIG)

        self.each(COME_AND_GO + STAY, check)

    def test_update(self):
        def check(kind, domain):
            if not kind.change:
                return
            domain.attachDeviceFlags(kind.xml, CONFIG)
            xml = kind.xml.replace(*kind.change)
            before = domain.XMLDesc(INACTIVE)
            domain.updateDeviceFlags(xml, CONFIG)
            self.assertNotEqual(domain.XMLDesc(INACTIVE), before)
            domain.updateDeviceFlags(kind.xml, CONFIG)
            self.assertEqual(domain.XMLDesc(INACTIVE), before)

        self.each(COME_AND_GO + STAY, check)

    def test_no_update_live(self):
        def check(kind, domain):
            domain.attachDevice(kind.xml)
            self.assert_fails(UNSUPPORTED, "--config", domain.updateDeviceFlags, kind.xml, LIVE)

        self.each(COME_AND_GO, check)

    def test_stay(self):
        """What Xen cannot do while the guest runs is refused, and changes no definition either."""
        def check(kind, domain):
            for flags in LIVE, LIVE | CONFIG:
                self.assert_fails(UNSUPPORTED, f"{kind.title}.*: Xen can neither.*--config",
                                  domain.attachDeviceFlags, kind.xml, flags)
            self.assert_shows(domain, kind.text, False, False)
            domain.attachDeviceFlags(kind.xml, CONFIG)
            domain.destroy()
            domain.create()
            self.assert_shows(domain, kind.text, True, True)
            self.assert_fails(UNSUPPORTED, kind.title, domain.detachDeviceFlags, kind.xml, LIVE | CONFIG)
            self.assert_fails(UNSUPPORTED, kind.title, domain.detachDeviceAlias, kind.alias, LIVE)
            self.assert_shows(domain, kind.text, True, True)

        self.each(STAY, check)

    def test_libxl_fails(self):
        def check(kind, domain):
            title = kind.title or "PV sound card"
            self.xen.fail(f"libxl_device_{kind.word}_add")
            self.assert_fails(FAILED, f"{title}: Xen cannot attach|{title} .*: Xen cannot attach",
                              domain.attachDeviceFlags, kind.xml, LIVE | CONFIG)
            self.assert_shows(domain, kind.text, False, False)
            domain.attachDeviceFlags(kind.xml, LIVE | CONFIG)
            self.xen.fail(f"libxl_device_{kind.word}_remove")
            self.assert_fails(FAILED, "Xen cannot detach", domain.detachDeviceFlags, kind.xml,
                              LIVE | CONFIG)
            self.assert_shows(domain, kind.text, True, True)

        self.each(COME_AND_GO, check)

    def test_killed(self):
        """Between libxl's change and the note of it: the next daemon shows what the guest has."""
        def check(kind, domain):
            self.xen.kill(f"libxl_device_{kind.word}_add:done")
            domain = self.killed(domain.attachDeviceFlags, kind.xml, LIVE | CONFIG, name=kind.word)
            self.wait_shows(domain, kind.text, True, False)
            self.xen.kill(f"libxl_device_{kind.word}_remove:done")
            domain = self.killed(domain.detachDevice, kind.xml, name=kind.word)
            self.wait_shows(domain, kind.text, False, False)

        self.each(COME_AND_GO, check)

    def test_started_with(self):
        """What the definition has goes from the guest, too, and stays gone after a kill."""
        def check(kind, domain):
            domain.attachDeviceFlags(kind.xml, CONFIG)
            domain.destroy()
            domain.create()
            self.restart()
            domain = self.conn.lookupByName(kind.word)
            self.assert_shows(domain, kind.text, True, True)
            self.xen.kill(f"libxl_device_{kind.word}_remove:done")
            domain = self.killed(domain.detachDevice, kind.xml, name=kind.word)
            self.wait_shows(domain, kind.text, False, True)

        self.each(COME_AND_GO, check)


class Usb(test_attach.Case):
    def test_controller_of_libxl(self):
        """A device without a controller gets one, which the guest's XML has then."""
        domain = self.start("guest", kind="xen")
        domain.attachDevice(usb(1, 2))
        self.assert_shows(domain, '<controller ', True, False)
        domain.detachDevice(usb(1, 2))
        domain.detachDevice("<controller type='usb' index='0'/>")
        self.assertEqual(self.xen.devices(domain.ID(), "usbctrl"), {})

    def test_not_plugged_in(self):
        """One that is told by vendor and product has to be there."""
        domain = self.start("guest", kind="hvm")
        names = "<vendor id='0xfffe'/><product id='0xfffe'/>"
        xml = f"<hostdev mode='subsystem' type='usb'><source>{names}</source></hostdev>"
        self.assert_fails(MISSING, "no USB device fffe:fffe", domain.attachDeviceFlags, xml, LIVE | CONFIG)

    def controllers(self, domain):
        """By number, as libxl has them."""
        return {number: json.loads(text) for number, text in self.xen.devices(domain.ID(), "usbctrl").items()}

    def test_controller_of_qemu(self):
        """An HVM guest gets one that QEMU makes, for devices of any speed, at its start or later."""
        cold = self.start("cold", 1, kind="hvm", devices=usb(1, 2))
        hot = self.start("hot", 2, kind="hvm")
        self.xen.fail("libxl_device_usbdev_add")
        self.assert_fails(FAILED, "the host has none: plug it in", hot.attachDevice, usb(1, 3))
        self.assertEqual(self.controllers(hot), {})
        hot.attachDevice(usb(1, 3))
        hot.attachDevice(usb(1, 4))
        for domain in cold, hot:
            made = self.controllers(domain)
            self.assertEqual([(name, each["type"], each["version"]) for name, each in made.items()],
                             [("0", "devicemodel", 3)])
            self.assert_shows(domain, '<controller ', True, False)

    def test_taken(self):
        """Who has a device is told, before anything is done."""
        first = self.start("first", 1, kind="xen", devices=CONTROLLER.format(0, 4) + usb(1, 2))
        second = self.start("second", 2, kind="xen")
        third = self.define("third", 3, kind="xen", devices=usb(1, 2))
        told = "domain 'first' has the USB device 1.2: detach it there first"
        self.assert_fails(INVALID, told, second.attachDevice, usb(1, 2))
        self.assert_fails(INVALID, told, third.create)
        first.detachDevice(usb(1, 2))
        second.attachDevice(usb(1, 2))

    def test_pulled_out(self):
        """A device that the host has no more goes from its guest, so that libxl knows who has what."""
        places = {"port": "1", "parent_bus": "/machine/peripheral/xenusb-0/xenusb-0.0"}
        answers = {"qom-list": [{"name": name, "type": "child<x>"} for name in ("xenusb-0", "type", "xenusb-1-2")],
                   "qom-get": lambda arguments: places[arguments["property"]]}
        first = self.start("first", 1, kind="hvm", devices=usb(1, 2))
        second = self.start("second", 2, kind="xen")
        with qemu.Qemu(self.daemon, first.ID(), answers):
            second.attachDevice(usb(1, 3))
            self.assertEqual(self.xen.devices(first.ID(), "usbdev"), {})
            first.detachDevice(usb(1, 2))
        self.assert_shows(first, 'device="2"', False, True)

    def test_went_all_the_same(self):
        """libxl says that a controller does not go whose backend is slow, and it goes."""
        domain = self.start("guest", kind="xen", devices=CONTROLLER.format(0, 4))
        self.xen.fail("libxl_device_usbctrl_remove:done")
        domain.detachDeviceAlias("usb-0", LIVE)
        self.assert_shows(domain, 'ports="4"', False, True)

    def test_numbers(self):
        """A controller keeps its number: the last goes first, and after its devices."""
        domain = self.start("guest", kind="xen")
        both = LIVE | CONFIG
        for number in 0, 1:
            domain.attachDeviceFlags(CONTROLLER.format(number, 3 + number), both)
        self.assert_fails(INVALID, "USB controller 1 already", domain.attachDeviceFlags,
                          CONTROLLER.format(1, 2), both)
        self.assert_fails(INVALID, "next one is number 2", domain.attachDeviceFlags,
                          CONTROLLER.format(3, 2), both)
        device = usb(1, 2, "<address type='usb' bus='1' port='1'/>")
        domain.attachDeviceFlags(device, both)
        for number in 0, 1:
            self.assert_fails(INVALID, f"USB controller {number} .* cannot go", domain.detachDeviceAlias,
                              f"usb-{number}", both)
        domain.detachDeviceFlags(usb(1, 2), both)
        domain.detachDeviceAlias("usb-1", both)
        self.assertEqual(list(self.xen.devices(domain.ID(), "usbctrl")), ["0"])
        self.assert_shows(domain, 'ports="3"', True, True)
        self.assert_shows(domain, 'ports="4"', False, False)

    def test_what_goes_with_a_controller(self):
        """libxl takes the devices behind it away; the guest's XML says so."""
        domain = self.start("guest", kind="xen", devices=CONTROLLER.format(0, 4) + usb(1, 2))
        domain.detachDeviceAlias("usb-0", LIVE)
        self.assert_shows(domain, 'device="2"', False, True)


if __name__ == "__main__":
    standin.main()
