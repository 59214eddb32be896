# SPDX-License-Identifier: LGPL-2.1-or-later
"""Leases on disks, from libvirt's own virtlockd."""

import libvirt

import standin
import xen

RUNNING = libvirt.VIR_DOMAIN_RUNNING
SHUTOFF = libvirt.VIR_DOMAIN_SHUTOFF


class Lockd(standin.Case):
    def prepare(self):
        self.manager = self.daemon.start_lock_manager()
        self.addCleanup(self.stop_manager)
        self.disk = self.folder / "disk.raw"
        self.disk.write_bytes(bytes(4096))
        (self.folder / "space/files").mkdir(parents=True)
        (self.folder / "etc/libxl-lockd.conf").write_text(f'file_lockspace_dir = "{self.folder}/space/files"\n')

    def lease_xml(self, key):
        (self.folder / "space/files" / key).touch()  # the manager makes none of a name
        return f"""<lease><lockspace>files</lockspace><key>{key}</key>
            <target path='{self.folder}/space' offset='0'/></lease>"""

    def stop_manager(self):
        self.manager.terminate()
        self.manager.wait()

    def disk_xml(self, more=""):
        return f"""<disk type='file' device='disk'><driver name='file'/>
            <source file='{self.disk}'/><target dev='xvda' bus='xen'/>{more}</disk>"""

    def define_on_disk(self, name, number, more=""):
        return self.define(name, number, devices=self.disk_xml(more))

    def assert_busy(self, domain):
        self.assert_fails(libvirt.VIR_ERR_RESOURCE_BUSY, f"'{domain.name()}' gets no lease",
                          domain.create)
        self.assert_state(domain, SHUTOFF)

    def pair(self):
        return self.define_on_disk("one", 1), self.define_on_disk("two", 2)

    def test_one_at_a_time(self):
        """A second guest does not start on the disk until the first is gone, however it goes."""
        one, two = self.pair()
        one.create()
        self.assert_busy(two)
        self.assertEqual(len(self.xen.guests()), 1)
        one.destroy()
        two.create()
        self.assert_busy(one)
        self.xen.stop(two.ID(), xen.POWEROFF)
        self.wait_state(two, SHUTOFF)
        one.create()
        self.assert_busy(two)

    def test_reboot_keeps_it(self):
        one, two = self.pair()
        one.create()
        before = one.ID()
        self.xen.stop(before, xen.REBOOT)
        standin.wait_for(lambda: self.conn.lookupByName("one").ID() not in (-1, before),
                         "it is up again")
        self.wait_state(one, RUNNING)
        self.assert_busy(two)

    def test_saved(self):
        """While it lies in a file the disk is free; it comes back when the disk is."""
        one, two = self.pair()
        one.create()
        one.managedSave()
        two.create()
        self.assert_fails(libvirt.VIR_ERR_RESOURCE_BUSY, "gets no lease", one.create)
        self.assertTrue(one.hasManagedSaveImage())
        two.destroy()
        one.create()
        self.assert_busy(two)

    def test_failed_start(self):
        """Nothing is held for a guest that was not let run, nor taken from the one that holds it."""
        one, two = self.pair()
        self.xen.fail("libxl_domain_unpause")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "does not let it run", one.create)
        self.xen.clear_faults()
        two.create()
        self.assert_busy(one)
        self.xen.fail("libxl_domain_create_new")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot start", one.create)
        self.xen.clear_faults()
        self.assert_busy(one)

    def test_daemon_killed(self):
        """The guest runs on, and so does its lease."""
        one, two = self.pair()
        one.create()
        domid = one.ID()
        self.conn.close()
        self.connections.remove(self.conn)
        self.daemon.kill()
        self.daemon.start()
        self.conn = self.connect()
        one, two = self.conn.lookupByName("one"), self.conn.lookupByName("two")
        self.assert_busy(two)
        self.assertEqual(one.ID(), domid)
        self.conn.close()
        self.connections.remove(self.conn)
        self.daemon.kill()
        self.xen.stop(domid, xen.POWEROFF)
        self.daemon.start()
        self.conn = self.connect()
        one, two = self.conn.lookupByName("one"), self.conn.lookupByName("two")
        self.wait_state(one, SHUTOFF)
        two.create()
        self.assert_busy(one)

    def test_attached(self):
        """A disk that comes while the guest runs is leased as long as it is there."""
        one, two = self.define("one", 1), self.define_on_disk("two", 2)
        one.create()
        xml = self.disk_xml()
        one.attachDevice(xml)
        self.assert_busy(two)
        one.detachDevice(xml)
        two.create()
        self.assert_fails(libvirt.VIR_ERR_RESOURCE_BUSY, "gets no lease", one.attachDevice, xml)
        two.destroy()
        one.attachDevice(xml)
        one.destroy()
        two.create()

    def test_shared(self):
        """Two guests may share a disk that both say is shareable, or only read."""
        for number, more in enumerate(["<shareable/>", "<readonly/>"]):
            pair = [self.define_on_disk(f"{name}{number}", 2 * number + index, more)
                    for index, name in enumerate(["a", "b"], start=1)]
            for domain in pair:
                domain.create()
                self.assert_state(domain, RUNNING)
            for domain in pair:
                domain.destroy()

    def test_named(self):
        """What a definition names is leased like a disk."""
        one, two, other = (self.define(name, number, devices=self.lease_xml(key))
                           for number, (name, key) in enumerate((("one", "a"), ("two", "a"), ("other", "b")), 1))
        one.create()
        other.create()
        self.assert_busy(two)
        self.assertIn("<key>a</key>", one.XMLDesc())
        one.destroy()
        two.create()
        self.assert_busy(one)


class NoManager(standin.Case):
    start_daemon = False

    def test_missing(self):
        """Guests are not started without the manager that the administrator wants."""
        (self.folder / "etc/libxl.conf").write_text('lock_manager = "nosuch"\n')
        with self.assertRaisesRegex(libvirt.libvirtError, "'nosuch' of libxl.conf"):
            self.daemon.start()

    def test_not_running(self):
        (self.folder / "etc/libxl.conf").write_text('lock_manager = "lockd"\n')
        self.daemon.start()
        self.conn = self.connect()
        domain = self.define("guest")
        with self.assertRaisesRegex(libvirt.libvirtError, "gets no lease.*virtlockd"):
            domain.create()
        self.assert_state(domain, SHUTOFF)
        self.assertEqual(self.xen.guests(), [])


if __name__ == "__main__":
    standin.main()
