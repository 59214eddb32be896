# SPDX-License-Identifier: LGPL-2.1-or-later
"""A domain gets another name, running or not."""

import libvirt

import standin
import xen

FAILED, INVALID = libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_OPERATION_INVALID


class Rename(standin.Case):
    def stored(self):
        """Names of the files of definitions and of running guests."""
        return (sorted(path.stem for path in (self.folder / "etc/libxl").glob("*.xml")),
                sorted(path.stem for path in (self.folder / "etc/libxl/autostart").glob("*.xml")),
                sorted(path.stem for path in (self.folder / "run/libvirt/libxl").glob("*.xml")))

    def domid(self):
        """Now; a client's handle keeps the one it had."""
        return self.conn.lookupByName("new").ID()

    def test_off(self):
        domain = self.define("old")
        domain.setAutostart(1)
        events = self.events()
        self.virsh("domrename", "old", "new")
        self.assertEqual(self.conn.lookupByName("new").UUIDString(), standin.uuid(1))
        self.assert_fails(libvirt.VIR_ERR_NO_DOMAIN, "old", self.conn.lookupByName, "old")
        self.assertIn("<name>new</name>", self.conn.lookupByName("new").XMLDesc())
        events.wait("old", "undefined")
        events.wait("new", "defined")
        self.assertEqual(events.details("old", "undefined"),
                         [libvirt.VIR_DOMAIN_EVENT_UNDEFINED_RENAMED])
        self.assertEqual(events.details("new", "defined"),
                         [libvirt.VIR_DOMAIN_EVENT_DEFINED_RENAMED])
        self.assertEqual(self.stored(), (["new"], ["new"], []))
        self.restart()
        self.assertTrue(self.conn.lookupByName("new").autostart())

    def test_running(self):
        """The guest goes on under its new name, for Xen and for the next daemon too."""
        domain = self.start("old")
        domid = domain.ID()
        domain.rename("new")
        self.assertEqual(self.xen.guest(domid).name, "new")
        self.assertEqual(self.stored(), (["new"], [], ["new"]))
        self.restart()
        domain = self.conn.lookupByName("new")
        self.assertEqual(domain.ID(), domid)
        self.xen.stop(domid, xen.REBOOT)
        standin.wait_for(lambda: self.domid() not in (-1, domid), "it starts anew")
        self.assertEqual(self.xen.guest(self.domid()).name, "new")
        self.assertEqual([domain.name() for domain in self.conn.listAllDomains()
                          if domain.name() != "Domain-0"], ["new"])

    def test_transient(self):
        domain = self.conn.createXML(standin.xml("old"))
        domain.rename("new")
        self.assertEqual(self.stored(), ([], [], ["new"]))
        self.assertEqual(self.conn.lookupByName("new").ID(), domain.ID())

    def test_refused(self):
        domain = self.start("old")
        self.define("other", 2)
        self.assert_fails(FAILED, "'other'", domain.rename, "other")
        self.assert_fails(FAILED, "'old'", domain.rename, "old")
        for name in "a/b", "z\nz", "..":
            self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "no '/' and no line break", domain.rename, name)
        self.assert_fails(INVALID, "Domain-0 keeps", self.conn.lookupByName("Domain-0").rename, "x")
        self.xen.fail("libxl_domain_rename")
        self.assert_fails(FAILED, "'new'", domain.rename, "new")
        self.assertEqual(self.xen.guest(domain.ID()).name, "old")
        domain.managedSave()
        self.assert_fails(INVALID, "managedsave-remove", domain.rename, "new")
        self.assertEqual(self.stored(), (["old", "other"], [], []))
        connection = libvirt.openReadOnly(self.daemon.uri)
        self.connections.append(connection)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_DENIED, "read only",
                          connection.lookupByName("old").rename, "new")

    def test_no_room(self):
        """When the new file cannot be written, everything is called what it was before."""
        domain = self.start("old")
        # the file is written beside its place and renamed to it
        (self.folder / "etc/libxl/new.xml").mkdir()
        self.assert_fails(FAILED, "new.xml", domain.rename, "new")
        self.assertEqual(self.conn.lookupByName("old").ID(), domain.ID())
        self.assertEqual(self.xen.guest(domain.ID()).name, "old")
        self.assertIn("<name>old</name>", domain.XMLDesc())
        self.assertTrue((self.folder / "etc/libxl/old.xml").is_file())


if __name__ == "__main__":
    standin.main()
