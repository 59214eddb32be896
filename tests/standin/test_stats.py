# SPDX-License-Identifier: LGPL-2.1-or-later
"""Statistics of domains and of the host."""

import threading

import libvirt

import standin

ENFORCE = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS
NIC = "<interface type='bridge'><source bridge='xenbr0'/><mac address='00:16:3e:00:00:01'/></interface>"
DISK = "<disk type='block'><source dev='/dev/null'/><target dev='xvda'/></disk>"


class Stats(standin.Case):
    def prepare(self):
        self.xen.set_host(cpus=4, nodes=2, sockets=2, threads=1, memory=1 << 20)

    def of(self, name, stats=0, flags=0):
        """The numbers of one domain."""
        found = {domain.name(): numbers for domain, numbers in
                 self.conn.getAllDomainStats(stats, flags)}
        return found.get(name)

    def test_running(self):
        domain = self.start("guest", vcpus=2, devices=NIC + DISK)
        self.xen.set_cpu_time(domain.ID(), 7000)
        numbers = self.of("guest")
        self.assertEqual(numbers["state.state"], libvirt.VIR_DOMAIN_RUNNING)
        self.assertEqual(numbers["cpu.time"], 7000)
        self.assertEqual(numbers["balloon.maximum"], 65536)
        self.assertEqual((numbers["vcpu.current"], numbers["vcpu.maximum"]), (2, 2))
        self.assertEqual(numbers["vcpu.1.state"], libvirt.VIR_VCPU_RUNNING)
        self.assertEqual(numbers["net.count"], 1)
        self.assertEqual(numbers["net.0.name"], f"vif{domain.ID()}.0")
        self.assertEqual((numbers["block.count"], numbers["block.0.name"]), (1, "xvda"))
        self.assertIn("Domain-0", [d.name() for d, _ in self.conn.getAllDomainStats()])
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "nobody counts",
                          domain.interfaceStats, "00:16:3e:00:00:01")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "nobody counts",
                          domain.blockStats, "xvda")
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "no disk 'xvdz'", domain.blockStats, "xvdz")
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "no network card", domain.interfaceStats,
                          "vif99.0")

    def wait_remembered(self):
        """Until one more look at all domains asks xenstore one thing."""
        def remembered():
            before = self.xen.calls("xs_read")
            self.conn.getAllDomainStats()
            return self.xen.calls("xs_read") - before == 1
        standin.wait_for(remembered, "nothing is read again")

    def test_remembered(self):
        """What xenstore says is asked once, and again when it changed."""
        guests = [self.start(f"guest-{number}", number) for number in range(1, 9)]
        self.wait_remembered()
        domid = guests[3].ID()
        self.xen.write(f"/local/domain/{domid}/memory/static-max", "77777")
        self.assertEqual(self.of("guest-4")["balloon.maximum"], 77777)
        self.xen.write(f"/local/domain/{domid}/data/meminfo_free", "4096")
        self.assertEqual(self.of("guest-4")["balloon.unused"], 4096)
        self.assertEqual(guests[3].info()[1], 77777)
        self.xen.destroy(domid)
        self.wait_remembered()
        self.assertEqual(self.of("guest-5")["balloon.maximum"], 65536)

    def test_restless(self):
        """A guest that writes all the time is read, and keeps nobody busy with notices."""
        domid = self.start("guest").ID()
        for number in range(1, 40):
            self.xen.write(f"/local/domain/{domid}/data/meminfo_free", str(number))
            self.assertEqual(self.of("guest")["balloon.unused"], number)

    def test_unwatched(self):
        """Without watches all is read each time."""
        fault = self.xen.fail("xs_watch", times=-1)
        domid = self.start("guest").ID()
        for number in 70000, 80000:
            self.xen.write(f"/local/domain/{domid}/memory/static-max", str(number))
            self.assertEqual(self.of("guest")["balloon.maximum"], number)
        self.assertGreater(fault.hits(), 0)

    def test_few(self):
        """Whoever asks about one guest does not wait for a list of all."""
        domain = self.start("guest")
        self.xen.fail("libxl_list_domain", times=-1)
        asked = self.conn.domainListGetStats([domain, self.define("two", 2)])
        states = {found.name(): numbers["state.state"] for found, numbers in asked}
        self.assertEqual(states, {"guest": libvirt.VIR_DOMAIN_RUNNING,
                                  "two": libvirt.VIR_DOMAIN_SHUTOFF})
        self.assertEqual(asked[0][1]["vcpu.0.state"], libvirt.VIR_VCPU_RUNNING)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "does not list", self.of, "guest")

    def test_selected(self):
        """Groups, filters and lists of domains."""
        self.start("one")
        two = self.define("two", 2)
        self.assertEqual(set(self.of("one", libvirt.VIR_DOMAIN_STATS_CPU_TOTAL)), {"cpu.time"})
        self.assertEqual(self.of("two")["state.state"], libvirt.VIR_DOMAIN_SHUTOFF)
        self.assertIsNone(self.of("two", 0, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE))
        asked = self.conn.domainListGetStats([two], libvirt.VIR_DOMAIN_STATS_STATE, 0)
        self.assertEqual([domain.name() for domain, _ in asked], ["two"])
        self.assert_fails(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "no statistics", self.of, "one",
                          libvirt.VIR_DOMAIN_STATS_PERF, ENFORCE)
        self.assertNotIn("perf.cmt", self.of("one", libvirt.VIR_DOMAIN_STATS_PERF))

    def test_node(self):
        self.assertEqual(self.conn.getCPUMap()[:2], (4, [True] * 4))
        first = self.conn.getCPUStats(libvirt.VIR_NODE_CPU_STATS_ALL_CPUS)
        self.assertEqual(set(first), {"user", "kernel", "idle", "iowait"})
        standin.wait_for(lambda: self.conn.getCPUStats(3)["idle"] > first["idle"] / 4,
                         "CPU 3 was idle for a while")
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "CPUs 0 to 3", self.conn.getCPUStats, 4)
        memory = self.conn.getMemoryStats(libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS)
        self.assertEqual(memory["total"], 1 << 20)
        cell = self.conn.getMemoryStats(1)
        self.assertEqual(cell["total"], 1 << 19)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "cells 0 to 1", self.conn.getMemoryStats, 2)
        pages = self.conn.getFreePages([4], 0, 2)
        self.assertEqual(pages[1][4], cell["free"] // 4)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "2048 KiB",
                          self.conn.getFreePages, [2048], 0, 1)
        self.assertEqual(len(self.conn.getCellsFreeMemory(0, 8)), 2)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "cells 0 to 1",
                          self.conn.getCellsFreeMemory, 2, 1)
        info = self.conn.getInfo()
        self.assertEqual(info[4] * info[5] * info[6] * info[7], 4)
        self.xen.set_host(nodes=1)
        whole = self.conn.getMemoryStats(libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS)["total"]
        self.assertEqual(self.conn.getMemoryStats(0)["total"], whole)

    def test_frozen(self):
        """A guest that is being built, or that does not answer, delays nobody's statistics."""
        self.xen.hang("libxl_domain_create_new:built")
        self.define("guest")
        # a client's calls on one connection wait for each other
        starter = threading.Thread(target=self.connect().lookupByName("guest").create)
        starter.start()
        standin.wait_for(lambda: self.xen.guests(), "Xen has the guest")
        self.assertIsNotNone(self.of("guest"))
        self.xen.clear_faults()
        starter.join()


if __name__ == "__main__":
    standin.main()
