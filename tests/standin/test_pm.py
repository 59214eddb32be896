# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests that sleep."""

import libvirt

import standin
import xen

INVALID, UNSUPPORTED = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED
MEMORY, DISK = libvirt.VIR_NODE_SUSPEND_TARGET_MEM, libvirt.VIR_NODE_SUSPEND_TARGET_DISK


class Sleep(standin.Case):
    def asleep(self, domain):
        self.assert_state(domain, libvirt.VIR_DOMAIN_PMSUSPENDED)
        self.assertEqual(self.xen.guest(domain.ID()).reason, xen.SUSPEND)

    def test_sleep(self):
        """It sleeps while the daemon is away too, and wakes where it was."""
        domain = self.start("guest")
        events = self.events()
        self.virsh("dompmsuspend", "guest", "mem")
        self.asleep(domain)
        self.assertEqual(self.virsh("domstate", "guest"), "pmsuspended")
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.asleep(domain)
        for refused in (domain.suspend, domain.resume):
            self.assert_fails(INVALID, "dompmwakeup", refused)
        later = self.events()
        self.virsh("dompmwakeup", "guest")
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_RUNNING_WAKEUP)
        self.assertFalse(self.xen.guest(domain.ID()).shutdown)
        events.wait("guest", "asleep")
        later.wait("guest", "started")
        self.assertEqual(later.details("guest", "started"),
                         [libvirt.VIR_DOMAIN_EVENT_STARTED_WAKEUP])

    def test_ends_asleep(self):
        domain = self.start("guest")
        domain.pMSuspendForDuration(MEMORY, 0)
        domain.destroy()
        self.assert_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        domain.create()
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)

    def test_refused(self):
        domain = self.define("guest")
        self.assert_fails(INVALID, "not running", domain.pMSuspendForDuration, MEMORY, 0)
        self.assert_fails(INVALID, "not running", domain.pMWakeup)
        domain.create()
        self.assert_fails(INVALID, "does not sleep", domain.pMWakeup)
        self.assert_fails(UNSUPPORTED, "managedsave", domain.pMSuspendForDuration, DISK, 0)
        self.assert_fails(UNSUPPORTED, "duration", domain.pMSuspendForDuration, MEMORY, 60)
        self.xen.fail("libxl_domain_suspend_only", "GUEST_TIMEDOUT")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "does not go to sleep",
                          domain.pMSuspendForDuration, MEMORY, 0)
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        domain.suspend()
        self.assert_fails(INVALID, "no guest whose CPUs run", domain.pMSuspendForDuration, MEMORY,
                          0)
        control = self.conn.lookupByName("Domain-0")
        self.assert_fails(INVALID, "no guest", control.pMSuspendForDuration, MEMORY, 0)


if __name__ == "__main__":
    standin.main()
