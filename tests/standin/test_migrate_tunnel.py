# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory that goes through the connection of the two daemons: what fails there, and who has the guest."""

import libvirt

import standin
import test_migrate_peer
from test_migrate import LIVE

TUNNELLED = libvirt.VIR_MIGRATE_TUNNELLED


class Faults(test_migrate_peer.Faults):
    """All that holds for those with a connection of their own."""

    way = TUNNELLED
    asks = True
    points_at_the_end = ("libxl_domain_unpause",)  # the tunnel ends when the destination has all

    test_nobody_listens = None
    test_port_is_lost = None

    def is_cut(self, before):
        return self.daemon.fds() < before

    def test_nobody_answers(self):
        """Who has the guest cannot be known: it does not run twice."""
        self.xen_there.kill("libxl_domain_unpause")
        call = self.call()
        self.daemon_there.wait_killed()
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_FAILED)
        self.assert_state(self.domain, libvirt.VIR_DOMAIN_PAUSED,
                          libvirt.VIR_DOMAIN_PAUSED_MIGRATION)
        self.assertEqual(self.live_guests(), [])
        self.forget(self.there)
        self.daemon_there.start()
        self.there = self.connect(self.daemon_there)
        self.domain.destroy()
        self.assert_went()

    def test_no_port(self):
        """Nobody listens anywhere, and an address is refused."""
        address = {libvirt.VIR_MIGRATE_PARAM_LISTEN_ADDRESS: "127.0.0.1"}
        self.fails(libvirt.VIR_ERR_INVALID_ARG, "leave out.*listen-address", LIVE, **address)
        fault = self.xen_there.hang("libxl_domain_create_restore:built")
        call = self.call()
        standin.wait_for(fault.hits, "it is there")
        self.assertEqual(self.ports(), [])
        fault.release()
        self.assertIsNone(call.code())
        self.assert_went()


if __name__ == "__main__":
    standin.main()
