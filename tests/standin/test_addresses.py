# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where a guest can be reached: its agent's word, leases of libvirt's networks, neighbours of this host."""

import json
import os
import pathlib
import time
import unittest

import libvirt

import agent
import standin

MAC, OTHER = "00:16:3e:00:00:09", "00:16:3e:00:00:0a"
AGENT, LEASE, ARP = (libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE,
                     libvirt.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP)
MODULES = sorted(pathlib.Path("/usr/lib").glob("*/libvirt/connection-driver/libvirt_driver_network.so"))
NETWORK = "<network><name>lan</name><forward mode='bridge'/><bridge name='br9'/></network>"
CARDS = f"""<interface type='network'><mac address='{MAC}'/><source network='lan'/></interface>
            <interface type='bridge'><mac address='{OTHER}'/><source bridge='br9'/></interface>"""


def address(text, prefix=0, kind=libvirt.VIR_IP_ADDR_TYPE_IPV4):
    return {"addr": text, "prefix": prefix, "type": kind}


@unittest.skipUnless(MODULES, "libvirt's network driver is not installed")
class Addresses(standin.Case):
    def prepare(self):
        """A host with a bridge and libvirt's network driver, which has a network there."""
        self.daemon.network = ["ip link add br9 type bridge", "ip link set br9 up",
                               f"ip neigh add 192.0.2.9 lladdr {MAC} dev br9 nud permanent",
                               f"ip neigh add 192.0.2.10 lladdr {MAC} dev br9 nud permanent"]
        modules = self.folder / "modules"
        modules.mkdir()
        for module in (os.environ["STANDIN_MODULE"], MODULES[0]):
            (modules / pathlib.Path(module).name).symlink_to(module)
        self.daemon.modules = str(modules)

    def begin(self):
        self.conn.networkDefineXML(NETWORK).create()
        return self.start("guest", devices=CARDS + agent.CHANNEL)

    def lease(self, *leases):
        path = self.folder / "lib/libvirt/dnsmasq/br9.status"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([{"expiry-time": int(time.time()) + 3600, **lease} for lease in leases]))

    def test_neighbours(self):
        domain = self.begin()
        name = f"vif{domain.ID()}.0"
        found = domain.interfaceAddresses(ARP)
        self.assertEqual((list(found), found[name]["hwaddr"]), ([name], MAC))
        self.assertCountEqual(found[name]["addrs"], [address("192.0.2.9"), address("192.0.2.10")])
        self.assertRegex(self.virsh("domifaddr", "guest", "--source", "arp"), f"{name} +{MAC} +ipv4 +192.0.2.(9|10)/0")
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.interfaceAddresses, ARP)

    def test_leases(self):
        """With the names that the guest asked for, which is one more way to its own."""
        domain = self.begin()
        self.assertEqual(domain.interfaceAddresses(LEASE), {})
        self.assert_fails(libvirt.VIR_ERR_NO_HOSTNAME, "does not tell", domain.hostname,
                          libvirt.VIR_DOMAIN_GET_HOSTNAME_LEASE)
        self.lease({"ip-address": "192.0.2.5", "mac-address": MAC, "hostname": "web"},
                   {"ip-address": "192.0.2.6", "mac-address": OTHER},
                   {"ip-address": "2001:db8::5", "mac-address": MAC})
        found = domain.interfaceAddresses(LEASE)[f"vif{domain.ID()}.0"]
        self.assertEqual(found, {"hwaddr": MAC, "addrs": [address("192.0.2.5"),
                                                          address("2001:db8::5", 0, libvirt.VIR_IP_ADDR_TYPE_IPV6)]})
        self.assertRegex(self.virsh("domifaddr", "guest"), f"{MAC} +ipv4 +192.0.2.5/0")
        self.assertEqual(self.virsh("domhostname", "guest", "--source", "lease"), "web")
        network = self.conn.networkLookupByName("lan")
        network.destroy()
        network.undefine()
        self.assert_fails(libvirt.VIR_ERR_NO_NETWORK, "network 'lan'", domain.interfaceAddresses, LEASE)

    def test_agent(self):
        domain = self.begin()
        answer = [{"name": "lo"}, {"name": "eth0", "hardware-address": MAC, "ip-addresses": [
            {"ip-address-type": "ipv4", "ip-address": "192.0.2.5", "prefix": 24}]}, {"name": "eth0:1", "ip-addresses": [
                {"ip-address-type": "ipv6", "ip-address": "2001:db8::5", "prefix": 64}]}]
        with agent.Agent(self.daemon, standin.uuid(1), {"guest-network-get-interfaces": answer}) as ga:
            self.assertEqual(domain.interfaceAddresses(AGENT), {
                "lo": {"hwaddr": None, "addrs": None},
                "eth0": {"hwaddr": MAC, "addrs": [address("192.0.2.5", 24),
                                                  address("2001:db8::5", 64, libvirt.VIR_IP_ADDR_TYPE_IPV6)]}})
            self.assertRegex(self.virsh("domifaddr", "guest", "--source", "agent"), f"eth0 +{MAC} +ipv4 +192.0.2.5/24")
            for wrong in ({"name": 1}, {"name": "e", "ip-addresses": [{}]},
                          {"name": "e", "ip-addresses": [{"ip-address-type": "x", "ip-address": "y", "prefix": 1}]}):
                ga.answers["guest-network-get-interfaces"] = [wrong]
                self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "answer to guest-network-get-interfaces",
                                  domain.interfaceAddresses, AGENT)
        self.assert_fails(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "no source of addresses", domain.interfaceAddresses, 9)


if __name__ == "__main__":
    standin.main()
