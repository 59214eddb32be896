# SPDX-License-Identifier: LGPL-2.1-or-later
"""A domain's life, from definition to its removal, by python3-libvirt and by virsh."""

import re
import signal
import threading

import libvirt

import standin
import xen


class Life(standin.Case):
    def test_what_no_xen_takes(self):
        """Is told when it is defined, and not at the start."""
        for words, text in (
                ("ioports: 'zz'", standin.xml("guest", more="<metadata><c:cfg xmlns:c='urn:xlvirt:xl.cfg:1'>"
                                              "ioports=['zz']</c:cfg></metadata>")),
                ("kernel or a bootloader", standin.xml("guest").replace("<kernel>/boot/vmlinuz</kernel>", "")),
                ("at most 65536", standin.xml("guest", vcpus=9999999999))):
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, words, self.conn.defineXML, text)
        self.assertEqual(self.conn.listDefinedDomains(), [])

    def test_what_never_fits(self):
        """No memory at all, and two disks in one place."""
        disk = "<disk type='file'><source file='/a'/><target dev='xvda'/></disk>"
        for words, text in (
                ("memory: the domain has none",
                 re.sub("<memory.*</memory>", "<memory>0</memory>", standin.xml("guest"))),
                ("two disks are xvda", standin.xml("guest", devices=disk * 2))):
            for refuses in self.conn.defineXML, self.conn.createXML:
                self.assert_fails(libvirt.VIR_ERR_XML_ERROR, words, refuses, text)

    def test_what_libvirt_refuses(self):
        """Elements that the model keeps unread have values that libvirt can read; nothing is
        refused that Xen's tools write and libvirt does not know."""
        wrong = {"'foo'": "<cpu mode='foo'/>", "vcpupin": "<cputune><vcpupin vcpu='x' cpuset='1'/></cputune>",
                 "libvirt cannot read.*'heavy'": "<memtune><hard_limit>heavy</hard_limit></memtune>",
                 "timer": "<clock offset='utc'><timer name='sundial'/></clock>"}
        devices = {"graphics": "<graphics type='foo'/>",
                   "tray": "<disk type='file' device='cdrom'><source file='/a'/>"
                           "<target dev='xvda' tray='ajar'/></disk>",
                   "wheel": "<console type='pty'><target type='wheel'/></console>"}
        for refuses in self.conn.defineXML, self.conn.createXML:
            for word, text in wrong.items():
                self.assert_fails(libvirt.VIR_ERR_XML_ERROR, word, refuses, standin.xml("guest", more=text))
            for word, text in devices.items():
                self.assert_fails(libvirt.VIR_ERR_XML_ERROR, word, refuses, standin.xml("guest", devices=text))
        self.assertEqual(self.conn.listDefinedDomains(), [])
        self.define("guest", devices="<graphics type='qubes'/><disk type='file'><source file='/a'/>"
                    "<target dev='/dev/xvda'/></disk>",
                    more="<cpu><numa><cell id='0' cpus='0' memory='1024'><distances>"
                    "<sibling id='0' value='7'/></distances></cell></numa></cpu>")

    def test_what_this_host_is_not(self):
        """Another processor, a disk that libxl cannot number: with their places."""
        foreign = standin.xml("guest").replace("arch='x86_64'", "arch='aarch64'")
        odd = standin.xml("guest", devices="<disk type='file'><source file='/a'/><target dev='foo'/></disk>")
        swapped = standin.xml("guest", devices="<disk type='block'><source file='/a'/><target dev='xvda'/></disk>")
        for refuses in self.conn.defineXML, self.conn.createXML:
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, r":\d+: error: os/type/@arch.*aarch64", refuses, foreign)
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, r":\d+: error: disk/target/@dev.*foo", refuses, odd)
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, r":\d+: error: disk/source: a disk of type='block'", refuses, swapped)
        self.assertEqual(self.conn.listDefinedDomains(), [])

    def test_interface_name(self):
        """The one that libxl chose is told while the guest runs, and is not kept."""
        card = "<interface type='bridge'><source bridge='br0'/></interface>"
        domain = self.start("guest", devices=card + card)
        names = [f"vif{domain.ID()}.{number}" for number in range(2)]
        for name in names:
            self.assertIn(f'<target dev="{name}"/>', domain.XMLDesc())
            self.assertNotIn(name, domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.conn.defineXML(domain.XMLDesc())
        self.assertNotIn("vif", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.restart()
        self.assertIn(names[1], self.conn.lookupByName("guest").XMLDesc())

    def test_memory_beyond_all(self):
        """xl.cfg's negative numbers mean sizes that no machine has."""
        text = standin.xml("guest", more="<metadata><c:cfg xmlns:c='urn:xlvirt:xl.cfg:1' "
                           "shown='memory = 64'>memory='-5'</c:cfg></metadata>")
        for refuses in self.conn.defineXML, self.conn.createXML:
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "18446744073709546496 KiB", refuses, text)

    def test_name_with_slash(self):
        """Is refused with its place, and where it comes from xl.cfg, too."""
        text = standin.xml("web/one")
        for refuses in self.conn.defineXML, self.conn.createXML:
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "1:.*name: 'web/one' has a '/'", refuses, text)
        hidden = standin.xml("guest", more="<metadata><c:cfg xmlns:c='urn:xlvirt:xl.cfg:1' "
                             "shown='name = \"guest\"'>name='../x'</c:cfg></metadata>")
        self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "'../x' has a '/'", self.conn.defineXML, hidden)
        self.assertEqual(self.conn.listDefinedDomains(), [])

    def test_whole_life(self):
        """Each step is seen in the state, in Xen and in the events."""
        events = self.events()
        domain = self.define("guest", vcpus=2)
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        domain.create()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        domid = domain.ID()
        self.assertEqual(self.xen.guests(), [domid])
        self.assertEqual(self.xen.guest(domid).uuid, domain.UUIDString())
        self.assertEqual(self.xen.guest(domid).vcpus, 2)
        domain.suspend()
        self.assertTrue(self.xen.guest(domid).paused)
        self.assert_state(domain, libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER)
        domain.resume()
        self.assertFalse(self.xen.guest(domid).paused)
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_UNPAUSED)
        domain.shutdown()
        self.wait_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        standin.wait_for(lambda: not self.xen.guests(), "Xen has no guest")
        domain.undefine()
        self.assertEqual(self.conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_PERSISTENT
                                                  | libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE), [])
        events.wait("guest", "defined", "started", "suspended", "resumed", "stopped", "undefined")

    def test_destroy(self):
        domain = self.start("guest")
        events = self.events()
        domain.destroy()
        self.assertEqual(self.xen.guests(), [])
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED)
        events.wait("guest", "stopped")
        self.assertEqual(events.details("guest", "stopped"),
                         [libvirt.VIR_DOMAIN_EVENT_STOPPED_DESTROYED])

    def test_reboot(self):
        """The guest comes back with another domid."""
        domain = self.start("guest")
        events = self.events()
        before = domain.ID()
        domain.reboot()
        standin.wait_for(lambda: "started" in events.of("guest"), "the guest is back")
        events.wait("guest", "reboot", "stopped", "started")
        after = self.conn.lookupByName("guest").ID()
        self.assertNotEqual(after, before)
        self.assertEqual(self.xen.guests(), [after])
        self.wait_state(domain, libvirt.VIR_DOMAIN_RUNNING)

    def test_request_that_nobody_hears(self):
        """A guest that does not acknowledge is waited for by who asked, and can be resumed and destroyed."""
        for number, (point, way) in enumerate((("libxl_domain_shutdown", "shutdown"), ("libxl_domain_reboot", "reboot"))):
            domain = self.start(f"guest-{number}", number + 1)
            hung = self.xen.hang(point)
            asking = threading.Thread(target=self.daemon.virsh, args=(way, domain.name()))
            asking.start()
            standin.wait_for(hung.hits, "the guest is asked")
            domain.suspend()
            domain.resume()
            self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
            domain.destroy()
            self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
            self.assertTrue(asking.is_alive())
            hung.release()
            asking.join()
            self.assertEqual(self.xen.guests(), [])

    def test_end_during_reboot(self):
        """A daemon that is told to end while it makes a guest anew makes it, and then ends."""
        domain = self.start("guest")
        hung = self.xen.hang("libxl_domain_create_new:built")
        self.xen.stop(domain.ID(), xen.REBOOT)
        standin.wait_for(hung.hits, "the guest is being made")
        self.daemon.process.send_signal(signal.SIGTERM)
        standin.wait_for(lambda: "xl-watcher" not in self.daemon.threads(), "it is about to end")
        hung.release()
        self.daemon.stop()
        self.assertEqual(len(self.xen.guests()), 1)

    def test_autodestroy(self):
        """A guest that ends with the connection that started it, over a reboot and among others."""
        stays = self.start("stays", 3)
        owner, ends = self.connect(), self.define("ends")
        owner.lookupByName("ends").createWithFlags(libvirt.VIR_DOMAIN_START_AUTODESTROY)
        owner.createXML(standin.xml("once", 2), libvirt.VIR_DOMAIN_START_AUTODESTROY)
        events = self.events()
        self.xen.stop(owner.lookupByName("once").ID(), xen.REBOOT)
        standin.wait_for(lambda: "started" in events.of("once"), "the guest is back")
        self.assertEqual(len(self.xen.guests()), 3)
        owner.close()
        standin.wait_for(lambda: self.xen.guests() == [stays.ID()], "its guests are gone")
        self.wait_state(ends, libvirt.VIR_DOMAIN_SHUTOFF)
        self.assertEqual(self.xen.by_name("once"), [])
        ends.create()
        self.connect().close()
        self.assert_state(ends, libvirt.VIR_DOMAIN_RUNNING)

    def test_autostart(self):
        """With the machine's start: each time, or the next time."""
        always, once = self.define("always", 1), self.define("once", 2)
        self.define("never", 3)
        always.setAutostart(1)
        link = self.folder / "etc/libxl/autostart/once.xml.once"
        if hasattr(once, "setAutostartOnce"):
            once.setAutostartOnce(1)
            self.assertTrue(once.autostartOnce())
        else:
            link.symlink_to("/etc/libvirt/libxl/once.xml")
        for expected in {"always", "once"}, {"always"}:
            (self.folder / "run/libvirt/libxl/autostarted").unlink()
            self.restart()
            standin.wait_for(lambda: self.running() == expected, f"they run: {expected}")
            self.assertFalse(link.is_symlink())
            for name in expected:
                self.conn.lookupByName(name).destroy()

    def running(self):
        return {domain.name() for domain in self.conn.listAllDomains() if domain.ID() > 0}

    def test_transient(self):
        """A transient domain is forgotten when it stops, and kept over a reboot."""
        domain = self.conn.createXML(standin.xml("guest"))
        self.assertFalse(domain.isPersistent())
        self.xen.stop(domain.ID(), xen.REBOOT)
        standin.wait_for(lambda: self.conn.lookupByName("guest").ID() not in (domain.ID(), -1),
                         "the guest is back")
        self.xen.stop(self.conn.lookupByName("guest").ID(), xen.POWEROFF)
        standin.wait_for(lambda: "guest" not in [d.name() for d in self.conn.listAllDomains()],
                         "the guest is forgotten")
        self.assertEqual(self.xen.guests(), [])

    def test_virsh(self):
        """The same through virsh."""
        path = self.folder / "guest.xml"
        path.write_text(standin.xml("guest", kind="xen"))
        self.virsh("define", path)
        self.virsh("start", "--paused", "guest")
        self.assertEqual(self.virsh("domstate", "guest"), "paused")
        self.virsh("resume", "guest")
        self.assertEqual(self.virsh("domstate", "guest"), "running")
        self.assertIn("guest", self.virsh("list", "--name").split())
        self.virsh("shutdown", "guest")
        standin.wait_for(lambda: self.virsh("domstate", "guest") == "shut off", "it shuts down")
        self.virsh("undefine", "guest")
        self.assertNotIn("guest", self.virsh("list", "--all", "--name").split())

    def test_destroyed_by_xl(self):
        """What xl does to a domain is seen."""
        domain = self.start("guest")
        events = self.events()
        self.xen.destroy(domain.ID())
        events.wait("guest", "stopped")
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)

    def test_guest_crashes(self):
        """on_crash is destroy when the definition says nothing."""
        domain = self.start("guest")
        events = self.events()
        self.xen.stop(domain.ID(), xen.CRASH)
        events.wait("guest", "stopped")
        self.assertEqual(events.details("guest", "stopped"),
                         [libvirt.VIR_DOMAIN_EVENT_STOPPED_CRASHED])
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED)

    def test_rename_restart(self):
        """What is left of a crashed guest is listed as another domain, which somebody ends."""
        domain = self.conn.defineXML(standin.xml("guest", more="<on_crash>rename-restart</on_crash>"))
        domain.create()
        before, events = domain.ID(), self.events()
        self.xen.stop(before, xen.CRASH)
        standin.wait_for(lambda: "started" in events.of("guest"), "the guest is made anew")
        aside = standin.wait_for(lambda: self.aside("guest-"), "what is left is listed")
        self.assertEqual(aside.ID(), before)
        self.assertNotEqual(aside.UUIDString(), domain.UUIDString())
        self.assert_state(aside, libvirt.VIR_DOMAIN_CRASHED)
        events.wait(aside.name(), "crashed")
        domain.destroy()
        self.assertFalse(aside.isPersistent())
        self.restart()
        self.assertEqual(self.conn.lookupByName("guest").UUIDString(), standin.uuid(1))
        standin.wait_for(lambda: self.aside("guest-"), "it is listed again").destroy()
        self.assertIsNone(self.aside("guest-"))
        self.assertEqual(self.xen.guests(), [])

    def aside(self, prefix):
        found = [domain for domain in self.conn.listAllDomains() if domain.name().startswith(prefix)]
        return found[0] if found else None

    def test_frozen_guest(self):
        """Asking a guest that does not answer returns at once; destroy ends it."""
        self.xen.set_boot(manner=xen.IGNORES)
        domain = self.start("guest")
        domain.shutdown()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        domain.destroy()
        self.assertEqual(self.xen.guests(), [])

    def test_guest_without_drivers(self):
        """Only an HVM guest has a power button to press."""
        self.xen.set_boot(manner=xen.ALIEN)
        domain = self.start("pvh", 1)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "PV drivers", domain.shutdown)
        hvm = self.start("hvm", 2, kind="hvm")
        hvm.shutdown()
        self.wait_state(hvm, libvirt.VIR_DOMAIN_SHUTOFF)

    def test_host_too_small(self):
        """A guest that does not fit is refused with what there is."""
        domain = self.define("big", memory=1 << 30)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "64512 MiB are free", domain.create)
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        self.assertEqual(self.xen.guests(), [])

    def test_xen_fails(self):
        """libxl's own words reach the client, and nothing is left of the guest."""
        self.xen.fail("libxl_domain_create_new:made")
        domain = self.define("guest")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "'guest'.*fails as told", domain.create)
        self.assertEqual(domain.state(), [libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_FAILED])
        self.assertEqual(self.xen.guests(), [])
        domain.create()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)

    def test_hanging_create(self):
        """While one guest is built, all else is answered."""
        hung = self.define("hung", 1)
        other = self.start("other", 2)
        fault = self.xen.hang("libxl_domain_create_new:made")
        creation = threading.Thread(target=hung.create)
        creation.start()
        standin.wait_for(fault.hits, "the build hangs")
        conn = self.connect()
        self.assertIn("hung", [domain.name() for domain in conn.listAllDomains()])
        conn.lookupByName("hung").info()
        conn.lookupByName("hung").XMLDesc()
        conn.lookupByName("other").suspend()
        conn.lookupByName("other").destroy()
        self.assertTrue(creation.is_alive())
        fault.release()
        creation.join(standin.PATIENCE)
        self.assert_state(hung, libvirt.VIR_DOMAIN_RUNNING)
        self.assert_state(other, libvirt.VIR_DOMAIN_SHUTOFF)

    def test_daemon_killed(self):
        """Guests run on while there is no daemon, and are found again."""
        domain = self.start("guest")
        domid = domain.ID()
        self.daemon.kill()
        self.assertEqual(self.xen.guests(), [domid])
        self.daemon.start()
        domain = self.connect().lookupByName("guest")
        self.assertEqual(domain.ID(), domid)
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        self.assertTrue(domain.isPersistent())


class NoXen(standin.Case):
    start_daemon = False

    def test_no_xen(self):
        """The daemon runs without Xen, and says what is missing."""
        (self.xen.folder / "capabilities").unlink()
        with self.assertRaisesRegex(libvirt.libvirtError, "does not run on Xen"):
            self.daemon.start()
        self.assertTrue(self.daemon.running())
        (self.xen.folder / "capabilities").write_text(xen.CAPABILITIES)
        self.assertEqual(self.connect().getType(), "Xen")


if __name__ == "__main__":
    standin.main()
