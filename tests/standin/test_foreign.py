# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests that others made on the same Xen: seen, described, adopted, gone."""

import libvirt

import standin
import xen

UUID = "6c1f0b52-3b1e-4f4e-9d5a-%012d"


class Foreign(standin.Case):
    def find(self, name):
        try:
            return self.conn.lookupByName(name)
        except libvirt.libvirtError:
            return None

    def wait_there(self, name):
        standin.wait_for(lambda: self.find(name), f"{name} is listed")
        return self.find(name)

    def wait_gone(self, name):
        standin.wait_for(lambda: not self.find(name), f"{name} is gone")

    def test_described_at_once(self):
        """Whenever it is first seen, its XML can be had, of each kind and number of vCPUs."""
        for number in range(1, 21):
            kind = (xen.PVH, xen.PV, xen.HVM)[number % 3]
            domid = self.xen.create("by-xl", UUID % number, kind=kind, vcpus=number % 5 + 1)
            text = self.wait_there("by-xl").XMLDesc(0)
            self.assertIn(f"<domain type='xen' id='{domid}'>", text.replace('"', "'"))
            self.assertIn(f">{number % 5 + 1}</vcpu>", text)
            self.xen.destroy(domid)
            self.wait_gone("by-xl")

    def test_pause_is_seen(self):
        domid = self.xen.create("by-xl", UUID % 1)
        domain = self.wait_there("by-xl")
        self.wait_state(domain, libvirt.VIR_DOMAIN_RUNNING)  # xl makes it paused
        events = self.events()
        self.xen.pause(domid)
        self.wait_state(domain, libvirt.VIR_DOMAIN_PAUSED)
        self.xen.pause(domid, False)
        self.wait_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        events.wait("by-xl", "suspended", "resumed")

    def test_found_again(self):
        """A daemon that starts anew lists it as before, once."""
        domid = self.xen.create("by-xl", UUID % 1)
        before = self.wait_there("by-xl").XMLDesc(0)
        self.restart()
        domain = self.wait_there("by-xl")
        self.assertEqual((domain.ID(), domain.XMLDesc(0)), (domid, before))
        self.assertEqual(len(self.conn.listAllDomains()), 2)

    def test_adopted(self):
        """What defines its XML makes it stay when it has ended, and start again."""
        domid = self.xen.create("by-xl", UUID % 1, kind=xen.HVM)
        domain = self.wait_there("by-xl")
        self.assertFalse(domain.isPersistent())
        self.conn.defineXML(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.assertTrue(domain.isPersistent())
        self.xen.destroy(domid)
        self.wait_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        domain.create()
        self.assertNotEqual(domain.ID(), domid)

    def test_remnant(self):
        """What xl put aside of a guest does not become the guest, nor change its definition."""
        self.define("guest", 7)
        self.conn.close()
        self.daemon.stop()
        self.xen.stop(self.xen.create("guest-aside", standin.uuid(7)), xen.CRASH)
        self.daemon.start()
        self.conn = self.connect()
        standin.wait_for(lambda: "xl destroy" in self.daemon.said(), "the daemon says so")
        self.assertFalse(self.conn.lookupByName("guest").isActive())
        self.assertEqual(self.conn.lookupByUUIDString(standin.uuid(7)).name(), "guest")

    def test_name_is_taken(self):
        """Two of one name are told apart by the domid."""
        self.define("guest")
        domid = self.xen.create("guest", UUID % 9)
        self.wait_there(f"guest-{domid}")
        self.xen.destroy(domid)
        self.wait_gone(f"guest-{domid}")
        self.assertFalse(self.find("guest").isActive())


if __name__ == "__main__":
    standin.main()
