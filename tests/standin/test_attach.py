# SPDX-License-Identifier: LGPL-2.1-or-later
"""Devices that come, change and go: on the guest, in its definition, or both."""

import concurrent.futures

import libvirt

import standin

LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
INACTIVE = libvirt.VIR_DOMAIN_XML_INACTIVE
INVALID, FAILED = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_OPERATION_FAILED
MISSING, UNSUPPORTED = libvirt.VIR_ERR_DEVICE_MISSING, libvirt.VIR_ERR_OPERATION_UNSUPPORTED
MAC = "00:16:3e:12:34:56"
NIC = f"<interface type='bridge'><mac address='{MAC}'/><source bridge='br7'/></interface>"
PCI = """<hostdev mode='subsystem' type='pci' managed='yes'><source>
    <address domain='0' bus='3' slot='1' function='0'/></source></hostdev>"""


class Case(standin.Case):
    def setUp(self):
        super().setUp()
        self.files = {}

    def disk(self, target, name="a.raw", device="disk", bus="xen"):
        """XML of a disk on a file that is there; without a NAME, of an empty drive."""
        source = ""
        if name:
            path = self.folder / name
            path.write_bytes(bytes(4096))
            source = f"<source file='{path}'/>"
        return (f"<disk type='file' device='{device}'><driver name='qemu' type='raw'/>{source}"
                f"<target dev='{target}' bus='{bus}'/></disk>")

    def disks(self, domain):
        return self.xen.devices(domain.ID(), "disk")

    def again(self, name="guest"):
        self.daemon.wait_killed()
        self.conn.close()
        self.connections.remove(self.conn)
        self.xen.clear_faults()
        self.daemon.start()
        self.conn = self.connect()
        return self.conn.lookupByName(name)

    def killed(self, call, *arguments, name="guest"):
        with self.assertRaises(libvirt.libvirtError):
            call(*arguments)
        return self.again(name)

    def hear(self):
        """A list that gets (added, name, alias) for each device that comes or goes."""
        seen = []
        listener = self.connect()
        added = libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_ADDED
        for event in added, libvirt.VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED:
            listener.domainEventRegisterAny(None, event, lambda _conn, who, alias, kind: seen.append(
                (kind, who.name(), alias)), event == added)
        return seen

    def wait_shows(self, domain, text, live, stored):
        standin.wait_for(lambda: (text in domain.XMLDesc()) == live, f"{text}: {live}")
        self.assert_shows(domain, text, live, stored)

    def assert_shows(self, domain, text, live, stored):
        """Whether the text is in the XML of the guest, and of the definition."""
        self.assertEqual((text in domain.XMLDesc(), text in domain.XMLDesc(INACTIVE)),
                         (live, stored))


class Attach(Case):
    def test_live(self):
        domain = self.start("guest")
        domain.attachDevice(self.disk("xvdb"))
        self.assertEqual(self.disks(domain), {"xvdb": str(self.folder / "a.raw")})
        self.assert_shows(domain, "xvdb", True, False)
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assert_shows(domain, "xvdb", True, False)
        domain.detachDevice(self.disk("xvdb"))
        self.assertEqual(self.disks(domain), {})
        self.assert_shows(domain, "xvdb", False, False)

    def test_both(self):
        domain = self.start("guest")
        domain.attachDeviceFlags(NIC, LIVE | CONFIG)
        self.assertEqual(self.xen.devices(domain.ID(), "nic"), {MAC: "br7"})
        self.assert_shows(domain, MAC, True, True)
        domain.destroy()
        domain.create()
        self.assertEqual(self.xen.devices(domain.ID(), "nic"), {MAC: "br7"})
        domain.detachDeviceFlags(NIC, LIVE | CONFIG)
        self.assertEqual(self.xen.devices(domain.ID(), "nic"), {})
        self.assert_shows(domain, MAC, False, False)

    def test_config(self):
        domain = self.start("guest")
        domain.attachDeviceFlags(self.disk("xvdb"), CONFIG)
        self.assertEqual(self.disks(domain), {})
        self.assert_shows(domain, "xvdb", False, True)
        self.restart()
        domain = self.conn.lookupByName("guest")
        domain.destroy()
        domain.detachDeviceFlags(self.disk("xvdb"))
        self.assert_shows(domain, "xvdb", False, False)

    def test_virsh(self):
        """As people do it."""
        domain = self.start("guest")
        path = self.folder / "b.raw"
        path.write_bytes(bytes(4096))
        self.virsh("attach-disk", "guest", path, "xvdc", "--targetbus", "xen", "--live", "--config")
        self.assertIn("xvdc", self.virsh("domblklist", "guest"))
        self.assertEqual(list(self.disks(domain)), ["xvdc"])
        self.virsh("detach-disk", "guest", "xvdc", "--live", "--config")
        self.assertEqual(self.disks(domain), {})
        self.virsh("attach-interface", "guest", "bridge", "br1", "--mac", MAC)
        self.assertEqual(self.xen.devices(domain.ID(), "nic"), {MAC: "br1"})
        self.virsh("detach-interface", "guest", "bridge", "--mac", MAC)
        self.assertEqual(self.xen.devices(domain.ID(), "nic"), {})

    def test_mac_is_made_once(self):
        """Guest and definition have the same one."""
        domain = self.start("guest")
        domain.attachDeviceFlags("<interface type='bridge'><source bridge='br7'/></interface>",
                                 LIVE | CONFIG)
        mac, = self.xen.devices(domain.ID(), "nic")
        self.assertTrue(mac.startswith("00:16:3e:"))
        self.assert_shows(domain, mac, True, True)

    def test_pci(self):
        domain = self.start("guest", kind="hvm")
        domain.attachDevice(PCI)
        self.assertEqual(list(self.xen.devices(domain.ID(), "pci")), ["0000:03:01.0"])
        domain.detachDevice(PCI)
        self.assertEqual(self.xen.devices(domain.ID(), "pci"), {})

    def test_alias_and_events(self):
        """A device has one name for clients, from its coming to its going, over a restart."""
        domain = self.start("guest", devices=self.disk("xvda"))
        self.assertIn("<alias name=\"disk-xvda\"/>", domain.XMLDesc())
        self.assertNotIn("alias", domain.XMLDesc(INACTIVE))
        seen = self.hear()
        alias = "net-" + MAC.replace(":", "-")
        domain.attachDeviceFlags(NIC, LIVE | CONFIG)
        standin.wait_for(lambda: seen == [(True, "guest", alias)], f"an event; came: {seen}")
        self.assertIn(alias, domain.XMLDesc())
        domain.attachDeviceFlags(self.disk("xvdb"), CONFIG)
        self.assert_fails(MISSING, "'nosuch'", domain.detachDeviceAlias, "nosuch")
        domain.detachDeviceAlias(alias, LIVE | CONFIG)
        standin.wait_for(lambda: seen[1:] == [(False, "guest", alias)], f"two events; came: {seen}")
        self.assert_shows(domain, MAC, False, False)
        domain.detachDeviceAlias("disk-xvdb", CONFIG)
        self.assert_shows(domain, "xvdb", False, False)

    def test_network_that_nobody_knows(self):
        """A card is on the network that its XML names, or the guest is not started."""
        xml = f"<interface type='network'><mac address='{MAC}'/><source network='nosuch'/></interface>"
        domain = self.define("guest", devices=xml)
        self.assert_fails(INVALID, "network", domain.create)
        self.assertEqual(self.xen.guests(), [])
        other = self.start("other", 2)
        self.assert_fails(INVALID, "network", other.attachDevice, xml)
        self.assertEqual(self.xen.devices(other.ID(), "nic"), {})

    def test_alias_of_the_user(self):
        xml = self.disk("xvdb").replace("</disk>", "<alias name='ua-data'/></disk>")
        domain = self.start("guest", devices=xml)
        self.assert_shows(domain, "ua-data", True, True)
        self.assertNotIn("disk-xvdb", domain.XMLDesc())
        domain.detachDeviceAlias("ua-data", LIVE | CONFIG)
        self.assertEqual(self.disks(domain), {})

    def test_refused(self):
        """What makes no sense changes nothing."""
        domain = self.start("guest", devices=self.disk("xvda"))
        before = domain.XMLDesc(), domain.XMLDesc(INACTIVE)
        both = LIVE | CONFIG
        for code, words, call, xml in (
                (INVALID, "disk xvda already", domain.attachDeviceFlags, self.disk("xvda")),
                (MISSING, "no disk xvdz", domain.detachDeviceFlags, self.disk("xvdz")),
                (MISSING, "no interface " + MAC, domain.detachDeviceFlags, NIC),
                (MISSING, "no interface", domain.updateDeviceFlags, NIC),
                (UNSUPPORTED, "virsh edit", domain.attachDeviceFlags,
                 "<sound model='ac97'/>"),
                (UNSUPPORTED, "expected one", domain.attachDeviceFlags, NIC + self.disk("xvdb")),
                (libvirt.VIR_ERR_XML_ERROR, "(?s)1:.*", domain.attachDeviceFlags, "<disk"),
                (libvirt.VIR_ERR_XML_ERROR, "MAC", domain.attachDeviceFlags,
                 NIC.replace(MAC, "nonsense")),
                (libvirt.VIR_ERR_XML_ERROR, "libvirt cannot read.*'sideways'", domain.attachDeviceFlags,
                 NIC.replace("<mac", "<rom bar='sideways'/><mac"))):
            self.assert_fails(code, words, call, xml, both)
        self.assertEqual((domain.XMLDesc(), domain.XMLDesc(INACTIVE)), before)
        domain.destroy()
        self.assert_fails(INVALID, "not running", domain.attachDevice, NIC)
        self.assert_fails(INVALID, "stored definition",
                          self.conn.createXML(standin.xml("transient", 2)).attachDeviceFlags, NIC, CONFIG)

    def test_libxl_fails(self):
        """Then neither the guest nor its definition has changed."""
        domain = self.start("guest", devices=self.disk("xvda"))
        before = domain.XMLDesc(), domain.XMLDesc(INACTIVE)
        self.xen.fail("libxl_device_nic_add")
        self.assert_fails(FAILED, f"interface {MAC}: Xen cannot attach", domain.attachDeviceFlags, NIC,
                          LIVE | CONFIG)
        self.xen.fail("libxl_device_disk_remove")
        self.assert_fails(FAILED, "disk xvda: Xen cannot detach", domain.detachDeviceFlags,
                          self.disk("xvda"), LIVE | CONFIG)
        self.assertEqual((domain.XMLDesc(), domain.XMLDesc(INACTIVE)), before)

    def test_controller(self):
        """The hard disks of an HVM guest share one, which no disk that comes later can choose."""
        sata = self.disk("hdb", bus="sata")
        ide = self.start("ide", kind="hvm", devices=self.disk("hda", "b.raw", bus="ide"))
        before = ide.XMLDesc(INACTIVE)
        for flags in LIVE, CONFIG:
            self.assert_fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "disk hdb cannot be on SATA",
                              ide.attachDeviceFlags, sata, flags)
        self.assertEqual(ide.XMLDesc(INACTIVE), before)
        ahci = self.start("ahci", 2, kind="hvm", devices=self.disk("hda", "c.raw", bus="sata"))
        ahci.attachDeviceFlags(sata, LIVE | CONFIG)
        self.assert_shows(ahci, 'dev="hdb" bus="sata"', True, True)

    def test_missing_image(self):
        domain = self.start("guest")
        xml = self.disk("xvdb").replace("a.raw", "nosuch.raw")
        self.assert_fails(FAILED, "nosuch.raw", domain.attachDevice, xml)
        self.assertEqual(self.disks(domain), {})

    def test_others_do_not_wait(self):
        """A guest that does not let a device go costs its caller time, and nobody else."""
        domain = self.start("guest", devices=self.disk("xvda"))
        other = self.start("other", 2)
        xml = self.disk("xvda")
        self.xen.hang("libxl_device_disk_remove")
        with concurrent.futures.ThreadPoolExecutor() as pool:
            work = pool.submit(self.connect().lookupByName("guest").detachDevice, xml)
            standin.wait_for(lambda: self.xen.calls("libxl_device_disk_remove"))
            self.assertIn("xvda", domain.XMLDesc())
            other.attachDevice(NIC)
            active = self.conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
            self.assertEqual(len(active), 3)
            self.xen.clear_faults()
            work.result()
        self.assertNotIn("xvda", domain.XMLDesc())


class Killed(Case):
    """The daemon dies in the middle: the next one shows what the guest has."""

    def test_attached(self):
        domain = self.start("guest")
        self.xen.kill("libxl_device_disk_add:done")
        domain = self.killed(domain.attachDeviceFlags, self.disk("xvdb"), LIVE | CONFIG)
        self.assertEqual(list(self.disks(domain)), ["xvdb"])
        self.wait_shows(domain, "xvdb", True, False)
        self.assertIn("a.raw", domain.XMLDesc())
        domain.detachDevice(self.disk("xvdb"))
        self.assertEqual(self.disks(domain), {})

    def test_detached(self):
        domain = self.start("guest", devices=self.disk("xvdb") + NIC)
        self.xen.kill("libxl_device_disk_remove:done")
        domain = self.killed(domain.detachDeviceFlags, self.disk("xvdb"), LIVE | CONFIG)
        self.wait_shows(domain, "xvdb", False, True)
        self.assert_shows(domain, MAC, True, True)

    def test_not_begun(self):
        domain = self.start("guest", devices=self.disk("xvda"))
        self.xen.kill("libxl_device_nic_add")
        domain = self.killed(domain.attachDevice, NIC)
        self.assert_shows(domain, MAC, False, False)
        self.assert_shows(domain, "xvda", True, True)


class Update(Case):
    def drive(self, name):
        return self.disk("hdc", name, "cdrom", "ide")

    def test_medium(self):
        domain = self.start("guest", kind="hvm", devices=self.drive("one.iso"))
        domain.updateDeviceFlags(self.drive("two.iso"), LIVE | CONFIG)
        self.assertTrue(self.disks(domain)["hdc"].endswith("two.iso"))
        self.assert_shows(domain, "two.iso", True, True)
        domain.updateDeviceFlags(self.drive(None), LIVE)
        self.assertEqual(self.disks(domain)["hdc"], "")
        self.assert_shows(domain, "two.iso", False, True)
        self.virsh("change-media", "guest", "hdc", self.folder / "one.iso", "--live")
        self.assertTrue(self.disks(domain)["hdc"].endswith("one.iso"))
        self.xen.fail("libxl_cdrom_insert")
        self.assert_fails(FAILED, "change its medium", domain.updateDeviceFlags, self.drive(None), LIVE)
        self.assert_shows(domain, "one.iso", True, False)

    def test_nothing_else(self):
        """libxl changes nothing else while the guest runs; the definition can be changed."""
        domain = self.start("guest", devices=self.disk("xvda") + NIC)
        for xml in self.disk("xvda", "b.raw"), NIC.replace("br7", "br8"):
            self.assert_fails(UNSUPPORTED, "--config", domain.updateDeviceFlags, xml, LIVE)
            domain.updateDeviceFlags(xml, CONFIG)
        self.assert_shows(domain, "br8", False, True)
        self.assert_shows(domain, "b.raw", False, True)


class Aliases(Case):
    def test_every_device(self):
        """Live XML names each device, and a definition made of it has no names."""
        domain = self.start("guest", kind="hvm", devices=self.disk("xvda") + """
            <serial type='pty'/><console type='pty'/><input type='tablet' bus='usb'/>
            <video><model type='vga'/></video><sound model='ac97'/>""")
        live = domain.XMLDesc()
        for alias in "disk-xvda", "serial-0", "console-0", "input-0", "video-0", "sound-0":
            self.assertIn(f'<alias name="{alias}"/>', live)
        self.conn.defineXML(live)
        self.assertNotIn("<alias", domain.XMLDesc(INACTIVE))
        self.assert_fails(MISSING, "sound-0", domain.detachDeviceAlias, "sound-0", LIVE)
        self.restart()
        self.assertEqual(self.conn.lookupByName("guest").XMLDesc(), live)


if __name__ == "__main__":
    standin.main()
