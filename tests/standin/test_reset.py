# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reset, NMI, and what a guest does when it stops."""

import libvirt

import standin
import xen

LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
INVALID, ARGUMENT = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_INVALID_ARG
POWEROFF, REBOOT, CRASH = (libvirt.VIR_DOMAIN_LIFECYCLE_POWEROFF,
                           libvirt.VIR_DOMAIN_LIFECYCLE_REBOOT,
                           libvirt.VIR_DOMAIN_LIFECYCLE_CRASH)
NMI = 3  # libxl_trigger


class Reset(standin.Case):
    def domid(self):
        """Now; a client's handle keeps the one it had."""
        return self.conn.lookupByName("guest").ID()

    def test_reset(self):
        """A frozen guest is made anew, with what it ran with and not with its next definition."""
        domain = self.start("guest", vcpus=2)
        domid = domain.ID()
        self.xen.set_manner(domid, xen.IGNORES)
        domain.setVcpusFlags(1, CONFIG)
        events = self.events()
        domain.reset()
        self.assertNotIn(self.domid(), (-1, domid))
        self.assertIsNone(self.xen.guest(domid))
        self.assertEqual(self.xen.guest(self.domid()).online, 2)
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        events.wait("guest", "reboot", "stopped", "started")

    def test_reset_paused(self):
        """It does not run behind the back of who paused it."""
        domain = self.start("guest")
        domid = domain.ID()
        domain.suspend()
        events = self.events()
        domain.reset()
        self.assertNotIn(self.domid(), (-1, domid))
        self.assert_state(domain, libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER)
        self.assertTrue(self.xen.guest(self.domid()).paused)
        events.wait("guest", "reboot", "stopped", "started", "suspended")
        domain.resume()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)

    def test_reset_transient(self):
        domain = self.conn.createXML(standin.xml("guest"))
        domain.reset()
        self.assertNotIn(self.domid(), (-1, domain.ID()))

    def test_reset_refused(self):
        domain = self.define("guest")
        self.assert_fails(INVALID, "not running", domain.reset)
        self.assert_fails(INVALID, "host's own", self.conn.lookupByName("Domain-0").reset)
        self.xen.create("theirs", standin.uuid(9))
        theirs = standin.wait_for(lambda: self.find("theirs"), "the guest is on the list")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "made by xl", theirs.reset)
        domain.create()
        self.xen.fail("libxl_domain_create_new", times=-1)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "'guest'", domain.reset)
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_FAILED)

    def find(self, name):
        return next((domain for domain in self.conn.listAllDomains() if domain.name() == name),
                    None)

    def test_nmi(self):
        domain = self.define("guest", kind="hvm")
        self.assert_fails(INVALID, "not running", domain.injectNMI)
        domain.create()
        domain.injectNMI()
        self.assertEqual(self.xen.guest(domain.ID()).triggers[NMI], 1)
        self.assert_fails(INVALID, "sent no NMI", self.conn.lookupByName("Domain-0").injectNMI)
        self.xen.fail("libxl_send_trigger")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "NMI to domain", domain.injectNMI)

    def test_actions(self):
        """What runs obeys at once, what is stored from the next start on."""
        domain = self.start("guest")
        self.virsh("set-lifecycle-action", "guest", "reboot", "destroy", "--live")
        self.virsh("set-lifecycle-action", "guest", "poweroff", "restart", "--config")
        self.assertIn("<on_reboot>destroy</on_reboot>", domain.XMLDesc())
        self.assertNotIn("<on_poweroff>restart", domain.XMLDesc())
        stored = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
        self.assertIn("<on_poweroff>restart</on_poweroff>", stored)
        self.assertNotIn("<on_reboot>destroy", stored)
        self.xen.stop(domain.ID(), xen.REBOOT)
        self.wait_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        domain.create()
        first = domain.ID()
        self.xen.stop(first, xen.POWEROFF)
        standin.wait_for(lambda: self.domid() not in (-1, first), "it starts anew")
        domain.setLifecycleAction(POWEROFF, libvirt.VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY,
                                  LIVE | CONFIG)
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.xen.stop(domain.ID(), xen.POWEROFF)
        self.wait_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)

    def test_actions_refused(self):
        domain = self.define("guest")
        dump = libvirt.VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY
        domain.setLifecycleAction(CRASH, dump)
        self.assertIn("<on_crash>coredump-destroy</on_crash>", domain.XMLDesc())
        self.assert_fails(INVALID, "not running", domain.setLifecycleAction, REBOOT, 0, LIVE)
        connection = libvirt.openReadOnly(self.daemon.uri)
        self.connections.append(connection)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_DENIED, "read only",
                          connection.lookupByName("guest").setLifecycleAction, REBOOT, 0)


if __name__ == "__main__":
    standin.main()
