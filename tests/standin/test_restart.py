# SPDX-License-Identifier: LGPL-2.1-or-later
"""Between the two lives of a guest that is made anew, which clients see as one."""

import re
import threading

import libvirt

import standin
import xen

RUNNING, SHUTOFF = libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_SHUTOFF
BOOTED, FAILED = libvirt.VIR_DOMAIN_RUNNING_BOOTED, libvirt.VIR_DOMAIN_SHUTOFF_FAILED
INVALID = libvirt.VIR_ERR_OPERATION_INVALID
ACTIVE, INACTIVE = libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE, libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE
LISTED_RUNNING = libvirt.VIR_CONNECT_LIST_DOMAINS_RUNNING
# where a restart may take long, in its order
STEPS = ("libxl_domain_destroy", "libxl_domain_destroy:gone", "libxl_domain_create_new",
         "libxl_domain_create_new:made", "libxl_domain_create_new:built", "libxl_domain_unpause")
GONE = STEPS[2]  # Xen has no guest there


class Restart(standin.Case):
    def named(self, flags):
        return [domain.name() for domain in self.conn.listAllDomains(flags)]

    def assert_active(self, name="guest"):
        """By every way to ask. Returns its id."""
        domain = self.conn.lookupByName(name)
        domid = domain.ID()
        self.assertGreater(domid, 0)
        self.assertTrue(domain.isActive())
        self.assert_state(domain, RUNNING, BOOTED)
        self.assertEqual(domain.info()[0], RUNNING)
        self.assertIn(domid, self.conn.listDomainsID())
        self.assertEqual(self.conn.lookupByID(domid).name(), name)
        self.assertNotIn(name, self.conn.listDefinedDomains())
        for flags, listed in (ACTIVE, True), (INACTIVE, False), (LISTED_RUNNING, True):
            self.assertEqual(name in self.named(flags), listed)
        self.assertIn(f' id="{domid}"', domain.XMLDesc())
        return domid

    def stopped_at(self, point, domid, reason=xen.REBOOT):
        """The guest stops and its restart hangs at the point."""
        hung = self.xen.hang(point)
        self.xen.stop(domid, reason)
        standin.wait_for(hung.hits, f"the restart is at {point}")
        return hung

    def back(self, before, name="guest"):
        """Waits until the new guest runs; its id."""
        return standin.wait_for(lambda: self.conn.lookupByName(name).ID() != before
                                and self.conn.lookupByName(name).ID(), "the guest is back")

    def test_active_at_each_step(self):
        """The guest is active under the old id or the new one, wherever the restart is."""
        before = self.start("guest").ID()
        for step in STEPS:
            hung = self.stopped_at(step, before)
            shown = self.assert_active()
            self.assertEqual(shown == before, step != STEPS[-1])
            hung.release()
            before = self.back(before)
            self.assert_active()

    def test_generation_id(self):
        """It is made when the guest starts, and is the same after a restart; the definition goes on asking for one."""
        domain = self.start("guest", kind="hvm", more="<genid/>")
        made = re.search("<genid>[-0-9a-f]{36}</genid>", domain.XMLDesc()).group()
        self.assertIn("<genid/>", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        before = domain.ID()
        self.xen.stop(before, xen.REBOOT)
        self.back(before)
        self.assertIn(made, domain.XMLDesc())
        domain.destroy()
        domain.create()
        self.assertNotIn(made, domain.XMLDesc())
        self.assertRegex(domain.XMLDesc(), "<genid>[-0-9a-f]{36}</genid>")

    def test_virsh(self):
        """What a cluster's monitor asks."""
        before = self.start("guest").ID()
        hung = self.stopped_at(GONE, before)
        self.assertEqual(self.xen.guests(), [])
        self.assertEqual(self.virsh("domstate", "guest", "--reason"), "running (booted)")
        self.assertEqual(self.virsh("domid", "guest"), str(before))
        self.assertIn("guest", self.virsh("list", "--name").split())
        self.assertRegex(self.virsh("list", "--state-running"), rf"{before} +guest +running")
        self.assertRegex(self.virsh("dominfo", "guest"), rf"Id: +{before}\n(?s:.*)State: +running")
        hung.release()
        self.back(before)

    def test_each_way(self):
        """Whatever makes it anew: its crash, a soft reset that Xen cannot do, or a client."""
        domain = self.conn.createXML(standin.xml("guest", more="<on_crash>restart</on_crash>"))
        before = domain.ID()
        self.xen.fail("libxl_domain_soft_reset")
        for reason in xen.CRASH, xen.SOFT_RESET:
            hung = self.stopped_at(GONE, before, reason)
            self.assertEqual(self.assert_active(), before)
            hung.release()
            before = self.back(before)
        domain.suspend()
        hung = self.xen.hang(GONE)
        asking = threading.Thread(target=self.connect().lookupByName("guest").reset)
        asking.start()
        standin.wait_for(hung.hits, "the guest is made anew")
        self.assertEqual(self.assert_active(), before)
        hung.release()
        asking.join()
        self.assert_state(self.conn.lookupByName("guest"), libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER)

    def test_numbers(self):
        """Numbers that are Xen's are missing meanwhile, the others are what the guest ran with."""
        other = self.start("other", 2)
        domain = self.start("guest", vcpus=2)
        domain.setVcpusFlags(1, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
        hung = self.stopped_at(GONE, domain.ID())
        stats = {found.name(): numbers for found, numbers in
                 self.conn.getAllDomainStats(0, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING)}
        self.assertEqual(stats["guest"]["state.state"], RUNNING)
        self.assertNotIn("cpu.time", stats["guest"])
        self.assertIn("cpu.time", stats[other.name()])
        found = self.conn.domainListGetStats([domain, other], libvirt.VIR_DOMAIN_STATS_CPU_TOTAL)
        self.assertEqual(sorted(len(numbers) for _, numbers in found), [0, 1])
        self.assertEqual(domain.vcpusFlags(), 2)
        self.assertEqual(domain.maxMemory(), 65536)
        self.assertEqual(domain.info()[1:3], [65536, 65536])
        self.assertEqual(domain.securityLabel(), ["", False])
        for refused in domain.memoryStats, domain.vcpus, lambda: domain.interfaceStats("vif1.0"):
            self.assert_fails(INVALID, "'guest' restarts", refused)
        hung.release()
        self.back(domain.ID())
        self.assertIn("cpu.time", self.conn.domainListGetStats([domain])[0][1])

    def test_destroy(self):
        """Waits for the new guest and ends that."""
        domain = self.start("guest")
        hung = self.stopped_at(GONE, domain.ID())
        ending = threading.Thread(target=self.connect().lookupByName("guest").destroy)
        ending.start()
        self.assert_active()
        self.assertTrue(ending.is_alive())
        hung.release()
        ending.join()
        self.assert_state(domain, SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED)
        self.assertEqual(self.conn.lookupByName("guest").ID(), -1)
        self.assertEqual(self.xen.guests(), [])

    def test_failure(self):
        """The guest is off then, and clients are told so; a transient one is no longer there."""
        kept = self.start("kept", 1)
        passing = self.conn.createXML(standin.xml("passing", 2))
        for point in "libxl_domain_create_new:made", "libxl_domain_unpause":
            for domain in kept, passing:
                name, before = domain.name(), self.conn.lookupByName(domain.name()).ID()
                events = self.events()
                self.xen.fail(point, "NOMEM", times=-1)
                hung = self.stopped_at(GONE, before)
                self.assertEqual(self.assert_active(name), before)
                hung.release()
                events.wait(name, "reboot", "stopped", "stopped")
                self.assertEqual(events.details(name, "stopped")[1], libvirt.VIR_DOMAIN_EVENT_STOPPED_FAILED)
                standin.wait_for(lambda: name not in self.named(ACTIVE), "it is off")
                self.assertNotIn(before, self.conn.listDomainsID())
                self.assertEqual(self.xen.guests(), [passing.ID()] if name == "kept" else [])
                self.xen.clear_faults()
            self.assertEqual([name for name in self.named(0) if name != "Domain-0"], ["kept"])
            self.assert_state(kept, SHUTOFF, FAILED)
            kept.create()
            passing = self.conn.createXML(standin.xml("passing", 2))

    def test_second_try(self):
        """A guest that Xen built and did not let run at first is not off meanwhile, and is made from what ran."""
        domain = self.conn.createXML(standin.xml("guest", vcpus=2))
        events = self.events()
        self.xen.fail("libxl_domain_unpause")
        hung = self.xen.hang(GONE, skip=1)
        self.xen.stop(domain.ID(), xen.REBOOT)
        standin.wait_for(hung.hits, "it is made once more")
        self.assert_active()
        hung.release()
        events.wait("guest", "reboot", "stopped", "started")
        self.assertEqual(self.xen.guest(self.assert_active()).vcpus, 2)

    def killed_at(self, point, domid, reason=xen.REBOOT):
        """The daemon is killed while the restart is at the point, and another one started."""
        self.stopped_at(point, domid, reason)
        self.assert_active("kept")
        self.daemon.kill()
        self.xen.clear_faults()
        self.daemon.start()
        self.conn = self.connect()

    def test_killed(self):
        """The next daemon ends what was begun."""
        before = self.start("kept").ID()
        for point in STEPS:
            self.killed_at(point, before)
            before = standin.wait_for(lambda: self.alone(before), f"the guest is back, killed at {point}")
            self.assert_active("kept")

    def alone(self, before):
        """The id of the guest, when it is a new one and Xen has no other."""
        domid = self.conn.lookupByName("kept").ID()
        return domid if domid != before and self.xen.guests() == [domid] else None

    def test_killed_beside_remnant(self):
        """One that crashed and is put aside is made anew by the next daemon."""
        before = self.start("kept", more="<on_crash>rename-restart</on_crash>").ID()
        self.killed_at(GONE, before, xen.CRASH)
        self.back(before, "kept")
        self.assertEqual(self.xen.guests(), [before, self.assert_active("kept")])

    def test_reboot_beside_remnant(self):
        """Is told as a reboot."""
        domain = self.start("guest", more="<on_reboot>rename-restart</on_reboot>")
        events = self.events()
        self.xen.stop(domain.ID(), xen.REBOOT)
        events.wait("guest", "reboot", "stopped", "started")

    def test_remnant(self):
        """What is put aside of a crashed guest is listed when its id is no longer the guest's."""
        before = self.conn.createXML(standin.xml("guest", more="<on_crash>rename-restart</on_crash>")).ID()
        hung = self.stopped_at(GONE, before, xen.CRASH)
        looked = self.xen.calls("libxl_list_domain")
        standin.wait_for(lambda: self.xen.calls("libxl_list_domain") > looked + 2, "all is looked at")
        self.assertEqual(self.assert_active(), before)
        self.assertEqual(self.conn.listDomainsID().count(before), 1)
        hung.release()
        self.back(before)
        standin.wait_for(lambda: before in self.conn.listDomainsID(), "what is left is listed")
        self.assertNotEqual(self.conn.lookupByID(before).name(), "guest")


if __name__ == "__main__":
    standin.main()
