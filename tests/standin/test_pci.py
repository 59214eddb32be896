# SPDX-License-Identifier: LGPL-2.1-or-later
"""PCI devices between Domain-0 and guests: who has them, and who gets them back."""

import libvirt

import standin
import xen

INVALID, FAILED = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_OPERATION_FAILED
BDF = "0000:03:01.0"
OTHER = "0000:03:02.0"


def hostdev(bdf=BDF, managed="yes"):
    domain, bus, rest = bdf.split(":")
    slot, function = rest.split(".")
    return (f"<hostdev mode='subsystem' type='pci' managed='{managed}'><source><address "
            f"domain='0x{domain}' bus='0x{bus}' slot='0x{slot}' function='0x{function}'/></source></hostdev>")


class Pci(standin.Case):
    def bound(self):
        """What is bound to xen-pciback."""
        folder = self.xen.node("/standin/pciback").parent
        return sorted(path.name for path in folder.glob("*") if path.is_dir())

    def noted(self):
        folder = self.xen.node("/libvirt/pci").parent
        return sorted(path.name for path in folder.glob("*") if path.is_dir())

    def of(self, domain):
        return sorted(self.xen.devices(domain.ID(), "pci"))

    def reborn(self, before):
        """The guest, when it has another id than before."""
        domain = self.conn.lookupByName("guest")
        return domain if domain.ID() not in (-1, before) else None

    def assert_home(self):
        standin.wait_for(lambda: not self.bound(), "the device is back with Domain-0")
        standin.wait_for(lambda: not self.noted(), "and is noted no more")

    def test_attach_and_detach(self):
        """A managed device comes from Domain-0 and goes back there."""
        domain = self.start("guest", kind="hvm")
        domain.attachDevice(hostdev())
        self.assertEqual((self.of(domain), self.bound()), ([BDF], [BDF]))
        domain.attachDevice(hostdev(OTHER))
        domain.detachDevice(hostdev())
        self.assertEqual((self.of(domain), self.bound()), ([OTHER], [OTHER]))
        domain.destroy()
        self.assert_home()

    def test_unmanaged(self):
        """One that is not ready for guests is refused; one that is stays ready."""
        domain = self.start("guest", kind="hvm")
        self.assert_fails(FAILED, "cannot attach", domain.attachDevice, hostdev(managed="no"))
        self.xen.write("/standin/pciback/" + BDF, "")
        domain.attachDevice(hostdev(managed="no"))
        domain.destroy()
        self.assertEqual(self.bound(), [BDF])

    def test_ready_before(self):
        """What the administrator made ready stays so, managed or not."""
        self.xen.write("/standin/pciback/" + BDF, "")
        domain = self.start("guest", kind="hvm", devices=hostdev())
        self.assertEqual((self.of(domain), self.noted()), ([BDF], []))
        domain.destroy()
        self.assertEqual(self.bound(), [BDF])

    def test_life(self):
        """From the start to the end, by whomever; over a reboot it stays."""
        for end in (lambda domain: domain.destroy(), lambda domain: self.xen.destroy(domain.ID()),
                    lambda domain: self.xen.stop(domain.ID(), xen.POWEROFF)):
            domain = self.start("guest", kind="hvm", devices=hostdev())
            self.assertEqual(self.of(domain), [BDF])
            released = self.xen.calls("libxl_device_pci_assignable_remove")
            before = domain.ID()
            self.xen.stop(before, xen.REBOOT)
            domain = standin.wait_for(lambda: self.reborn(before), "the guest is back")
            self.assertEqual(self.of(domain), [BDF])
            self.assertEqual(self.xen.calls("libxl_device_pci_assignable_remove"), released)
            end(domain)
            self.assert_home()
            standin.wait_for(lambda: not self.conn.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)[1:],
                             "the guest is off")

    def test_failures(self):
        """A device is back when the guest does not start, or does not get it."""
        domain = self.define("guest", kind="hvm", devices=hostdev())
        self.xen.fail("libxl_domain_create_new")
        self.assert_fails(FAILED, "guest", domain.create)
        self.assert_home()
        self.xen.fail("libxl_device_pci_assignable_add")
        self.assert_fails(FAILED, BDF + " from Domain-0", domain.create)
        self.assert_home()
        other = self.start("other", 2, kind="hvm")
        self.xen.fail("libxl_device_pci_add")
        self.assert_fails(FAILED, "cannot attach", other.attachDevice, hostdev())
        self.assert_home()

    def test_two_guests(self):
        """A device that a guest has is not taken from it."""
        first = self.start("first", 1, kind="hvm", devices=hostdev())
        second = self.define("second", 2, kind="hvm", devices=hostdev())
        text = f"id {first.ID()} has the PCI device {BDF}"
        self.assert_fails(INVALID, text, second.create)
        third = self.start("third", 3, kind="hvm")
        self.assert_fails(INVALID, text, third.attachDevice, hostdev())
        self.assertEqual((self.of(first), self.bound()), ([BDF], [BDF]))
        first.destroy()
        self.assert_home()

    def test_restart(self):
        """A guest keeps it over a restart; one that ended meanwhile gives it back."""
        domain = self.start("guest", kind="hvm", devices=hostdev())
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assertEqual((self.of(domain), self.noted()), ([BDF], ["pci_0000_03_01_0"]))
        self.daemon.kill()
        self.xen.destroy(domain.ID())
        self.restart()
        self.assert_home()

    def test_killed(self):
        """The daemon is killed with a device on its way."""
        domain = self.define("guest", kind="hvm", devices=hostdev())
        self.xen.kill("libxl_domain_create_new")
        with self.assertRaises(libvirt.libvirtError):
            domain.create()
        self.daemon.wait_killed()
        self.assertEqual(self.bound(), [BDF])
        self.restart()
        self.assert_home()


if __name__ == "__main__":
    standin.main()
