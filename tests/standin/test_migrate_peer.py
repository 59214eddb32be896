# SPDX-License-Identifier: LGPL-2.1-or-later
"""Migrations that the daemon leads itself: all that holds for those of a client, and what differs."""

import libvirt

import standin
import test_migrate
from test_migrate import LIVE, SEND

PAUSED = libvirt.VIR_DOMAIN_PAUSED
RUNNING = libvirt.VIR_DOMAIN_RUNNING
SHUTOFF = libvirt.VIR_DOMAIN_SHUTOFF


class Live(test_migrate.Live):
    peer = True

    def test_no_daemon(self):
        """There is nobody to speak to."""
        domain = self.start("guest")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "no connection to the destination",
                          self.migrate, domain, LIVE, uri="xen+unix:///system?socket=/no/where")
        self.assert_stayed(domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)


class Faults(test_migrate.Faults):
    """The same without a client that leads: it may go, and the guest with it, to the other host."""

    peer = True

    def test_client_killed(self):
        for point in (SEND, "libxl_domain_info"):
            with self.subTest(point=point):
                self.bring_back()
                fault = self.xen.hang(point, domid=self.domain.ID())
                client = self.virsh_migrate("--live")
                standin.wait_for(fault.hits, "it is half sent")
                client.kill()
                client.wait()
                fault.release()
                self.wait_state(self.domain, SHUTOFF)
                self.assert_went()

    test_never_sent = None

    def test_source_killed_when_sent(self):
        """The destination takes what it was told to take; what is here stays stopped, until
        somebody says what is to become of it."""
        for point in self.points_at_the_end:
            with self.subTest(point=point):
                self.bring_back()
                self.kill_waiting_source(point)
                self.assert_state(self.domain, PAUSED, libvirt.VIR_DOMAIN_PAUSED_MIGRATION)
                there = self.there.lookupByName("guest")
                self.wait_state(there, RUNNING)
                self.assertEqual(self.live_guests(), [(self.xen_there, there.ID())])
                self.domain.destroy()
                self.assert_went()
        self.bring_back()
        self.kill_waiting_source("libxl_domain_unpause")
        self.there.lookupByName("guest").destroy()
        self.domain.resume()
        self.assert_stayed(self.domain)

    def kill_waiting_source(self, point):
        fault = self.xen_there.hang(point)
        call = self.call()
        standin.wait_for(fault.hits, "it is there")
        standin.wait_for(self.finishes, "the other daemon is told that it was sent")
        self.daemon.kill()
        call.join(standin.PATIENCE)
        fault.release()
        self.forget(self.conn)
        self.daemon.start()
        self.conn = self.connect()
        self.domain = self.conn.lookupByName("guest")


class Offline(test_migrate.Offline):
    peer = True


if __name__ == "__main__":
    standin.main()
