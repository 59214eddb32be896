# SPDX-License-Identifier: LGPL-2.1-or-later
"""Memory, vCPUs, pinning and scheduling, of guests that run and of definitions."""

import threading

import libvirt

import standin
import xen

LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
BOTH = LIVE | CONFIG
MAXIMUM = libvirt.VIR_DOMAIN_MEM_MAXIMUM
VCPU_MAXIMUM = libvirt.VIR_DOMAIN_VCPU_MAXIMUM
INVALID = libvirt.VIR_ERR_OPERATION_INVALID
ARGUMENT = libvirt.VIR_ERR_INVALID_ARG
# KiB that Xen keeps of a guest's memory for pages of its own.
SLACK = 16


class Tune(standin.Case):
    def stored(self, domain):
        return domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)

    def told(self, event):
        """The events of one kind that come from now on, as their last arguments."""
        seen = []
        connection = self.connect()
        connection.domainEventRegisterAny(
            None, event, lambda _connection, _domain, what, _data: seen.append(what), None)
        return seen

    def test_memory(self):
        """Live, stored and both; the maximum stays when the target goes down."""
        domain = self.start("guest", memory=65536)
        told = self.told(libvirt.VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE)
        domain.setMemory(32768)
        self.assertEqual(self.xen.guest(domain.ID()).target, 32768)
        self.assertEqual(domain.info()[1], 65536)
        self.assertAlmostEqual(domain.info()[2], 32768, delta=SLACK)
        self.assertIn("<currentMemory unit='KiB'>32768<", domain.XMLDesc().replace('"', "'"))
        self.assertNotIn("currentMemory", self.stored(domain))
        standin.wait_for(lambda: told == [32768], "the event")
        domain.setMemoryFlags(49152, BOTH)
        self.assertEqual(self.xen.guest(domain.ID()).target, 49152)
        self.assertIn(">49152<", self.stored(domain))
        stats = domain.memoryStats()
        self.assertAlmostEqual(stats["actual"], 49152, delta=SLACK)
        self.assertEqual(stats["available"], stats["actual"])
        self.xen.write(f"/local/domain/{domain.ID()}/data/meminfo_free", "1000")
        self.assertEqual(domain.memoryStats()["unused"], 1000)
        self.restart()
        self.assertIn(">49152<", self.stored(self.conn.lookupByName("guest")))

    def test_memory_refused(self):
        domain = self.define("guest", memory=65536)
        self.assert_fails(INVALID, "not running", domain.setMemory, 32768)
        self.assert_fails(INVALID, "not running", domain.memoryStats)
        self.assert_fails(ARGUMENT, "at most 65536 KiB", domain.setMemoryFlags, 65537, CONFIG)
        domain.create()
        self.assert_fails(ARGUMENT, "at most 65536 KiB", domain.setMemory, 65537)
        self.assert_fails(ARGUMENT, "has 65536 KiB", domain.setMemoryFlags, 1024, LIVE | MAXIMUM)
        self.xen.fail("libxl_set_memory_target", "NOMEM")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "'guest' 32768 KiB",
                          domain.setMemoryFlags, 32768, BOTH)
        self.assertNotIn(">32768<", self.stored(domain))
        other = self.conn.createXML(standin.xml("other", 2))
        self.assert_fails(INVALID, "no stored definition", other.setMemoryFlags, 32768, CONFIG)

    def test_max_memory(self):
        domain = self.start("guest", memory=65536)
        domain.setMaxMemory(131072)
        self.assertEqual(domain.maxMemory(), 131072)
        domain.setMemory(100000)
        self.assertEqual(self.xen.guest(domain.ID()).target, 100000)
        self.assert_fails(ARGUMENT, "this host has 67108864", domain.setMaxMemory, 67108865)
        self.assertEqual(domain.maxMemory(), 131072)
        domain.setMemoryFlags(32768, CONFIG | MAXIMUM)
        domain.destroy()
        self.assertEqual(domain.info()[1:3], [32768, 32768])

    def test_vcpus(self):
        domain = self.start("guest", vcpus=4)
        domain.setVcpus(2)
        self.assertEqual(self.xen.guest(domain.ID()).online, 2)
        self.assertEqual(domain.vcpusFlags(), 2)
        self.assertEqual(domain.vcpusFlags(CONFIG), 4)
        self.assertEqual(domain.vcpusFlags(VCPU_MAXIMUM), 4)
        self.assertEqual(domain.maxVcpus(), 4)
        domain.setVcpu("2", 1)
        self.assertEqual(self.xen.guest(domain.ID()).online, 3)
        domain.setVcpusFlags(3, CONFIG)
        self.assertEqual(domain.vcpusFlags(CONFIG), 3)
        domain.setVcpusFlags(8, CONFIG | VCPU_MAXIMUM)
        self.assertEqual(domain.vcpusFlags(CONFIG | VCPU_MAXIMUM), 8)
        self.assertEqual([vcpu[1] for vcpu in domain.vcpus()[0]], [libvirt.VIR_VCPU_RUNNING] * 3)
        stats = self.conn.domainListGetStats([domain], libvirt.VIR_DOMAIN_STATS_VCPU, 0)[0][1]
        self.assertEqual(stats["vcpu.3.state"], libvirt.VIR_VCPU_OFFLINE)

    def test_vcpus_refused(self):
        domain = self.define("guest", vcpus=4)
        self.assert_fails(INVALID, "not running", domain.setVcpus, 2)
        self.assert_fails(INVALID, "not running", domain.vcpus)
        self.assert_fails(ARGUMENT, "at most 4", domain.setVcpusFlags, 5, CONFIG)
        self.assert_fails(ARGUMENT, "at most 128", domain.setVcpusFlags, 4000,
                          CONFIG | VCPU_MAXIMUM)
        domain.create()
        self.assert_fails(INVALID, "use --config", domain.setVcpusFlags, 2, BOTH | VCPU_MAXIMUM)
        self.assert_fails(ARGUMENT, "vCPU 0", domain.setVcpu, "0", 0)
        self.assert_fails(ARGUMENT, "vCPUs 0 to 3", domain.setVcpu, "4", 1)
        self.assert_fails(ARGUMENT, "list like", domain.setVcpu, "one", 1)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "first vCPUs",
                          domain.setVcpu, "1", 0, CONFIG)
        domain.setVcpu("3", 0, CONFIG)
        self.assertEqual(domain.vcpusFlags(CONFIG), 3)

    def test_pins(self):
        domain = self.start("guest", vcpus=2)
        told = self.told(libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE)
        domain.pinVcpuFlags(1, (False, True, True, False), BOTH)
        for flags in (LIVE, CONFIG):
            self.assertEqual(domain.vcpuPinInfo(flags),
                             [(True,) * 4, (False, True, True, False)])
        self.assertRegex(self.stored(domain), "vcpupin vcpu=.1. cpuset=.1-2.")
        standin.wait_for(lambda: told == [{"cputune.vcpupin1": "1-2"}], "the event")
        domain.pinVcpu(1, (True,) * 4)
        self.assertNotIn("vcpupin", domain.XMLDesc())
        self.assert_fails(ARGUMENT, "vCPUs 0 to 1", domain.pinVcpu, 2, (True,))
        self.assert_fails(ARGUMENT, "needs a CPU", domain.pinVcpu, 1, (False,) * 4)
        self.assertEqual(domain.getCPUStats(True)[0].keys(), {"cpu_time"})
        self.assertEqual(len(domain.getCPUStats(False)), 2)

    def test_schedule(self):
        domain = self.start("guest", vcpus=2)
        self.assertEqual(domain.schedulerType(), ("credit2", 4))
        told = self.told(libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE)
        self.virsh("schedinfo", "guest", "weight=512", "cap=150", "--live", "--config")
        standin.wait_for(lambda: told == [{"cputune.cpu_shares": 512, "cputune.global_quota": 150000}], "the event")
        wanted = {"weight": 512, "cap": 150}
        self.assertEqual(domain.schedulerParameters(), wanted)
        self.assertEqual(domain.schedulerParametersFlags(CONFIG),
                         dict(wanted, pool="Pool-0", cpus_soft="all"))
        domain.destroy()
        self.assertEqual(domain.schedulerParameters(), wanted)
        domain.create()
        self.assertEqual(domain.schedulerParameters(), wanted)
        self.assert_fails(ARGUMENT, "1 to 65535", domain.setSchedulerParameters, {"weight": 70000})
        self.assert_fails(ARGUMENT, "0 .none. to 200", domain.setSchedulerParameters, {"cap": 201})

    def soft(self, domain, flags=0):
        return domain.schedulerParametersFlags(flags)["cpus_soft"]

    def test_soft_affinity(self):
        """The CPUs that vCPUs prefer: of all, one by one, live and stored."""
        domain = self.start("guest", vcpus=2)
        self.virsh("schedinfo", "guest", "--set", "cpus_soft=0-2,^1", "--live")
        self.assertEqual(self.soft(domain), "0,2")
        self.assertRegex(domain.XMLDesc(), r"cpus_soft = .0-2,\^1")
        self.assertEqual(self.soft(domain, CONFIG), "all")
        self.virsh("schedinfo", "guest", "cpus_soft=1:3", "weight=300", "--live", "--config")
        self.assertEqual(self.soft(domain), "0:0,2 1:3")
        self.assertEqual(self.soft(domain, CONFIG), "0:all 1:3")
        self.assertEqual(domain.vcpuPinInfo(LIVE), [(True,) * 4] * 2)
        domain.destroy()
        domain.create()
        self.assertEqual(self.soft(domain), "0:all 1:3")
        self.virsh("schedinfo", "guest", "cpus_soft=all", "--live", "--config")
        self.assertEqual((self.soft(domain), self.soft(domain, CONFIG)), ("all", "all"))
        self.assertNotIn("cpus_soft", domain.XMLDesc())

    def test_soft_affinity_refused(self):
        domain = self.start("guest", vcpus=2)
        for text, why in (("2:0", "vCPUs 0 to 1"), ("some", "some"), (" ", "list of CPUs"),
                          ("9", "no CPU of this host, which has 0 to 3"),
                          ("0:0 99999999999999:1", "vCPUs 0 to 1")):
            for flags in (LIVE, CONFIG):
                self.assert_fails(ARGUMENT, why, domain.setSchedulerParametersFlags,
                                  {"cpus_soft": text}, flags)
        self.xen.fail("libxl_set_vcpuaffinity_all")
        failed = self.daemon.virsh("schedinfo", "guest", "cpus_soft=0", "--live", "--config")
        self.assertIn("CPUs that domain 'guest' prefers", failed.stderr)
        self.assertEqual((self.soft(domain), self.soft(domain, CONFIG)), ("all", "all"))

    def test_read_only(self):
        self.start("guest")
        connection = libvirt.openReadOnly(self.daemon.uri)
        self.connections.append(connection)
        domain = connection.lookupByName("guest")
        self.assertEqual(domain.info()[1], 65536)
        denied = libvirt.VIR_ERR_OPERATION_DENIED
        self.assert_fails(denied, "read only", domain.setMemory, 32768)
        self.assert_fails(denied, "read only", domain.setVcpus, 1)
        self.assert_fails(denied, "read only", domain.pinVcpu, 0, (True,))
        self.assert_fails(denied, "read only", domain.setSchedulerParameters, {"weight": 5})

    def test_frozen(self):
        """A change that hangs keeps nobody from looking."""
        domain = self.start("guest", vcpus=2)
        hung = self.xen.hang("libxl_set_vcpuonline")
        other = self.connect().lookupByName("guest")
        thread = threading.Thread(target=other.setVcpus, args=(1,))
        thread.start()
        standin.wait_for(hung.hits, "the change hangs")
        self.assertEqual(domain.vcpusFlags(), 2)
        self.assertEqual(domain.info()[3], 2)
        hung.release()
        thread.join()
        self.assertEqual(domain.vcpusFlags(), 1)


class Numa(standin.Case):
    """A host with two NUMA nodes."""

    def prepare(self):
        self.xen.set_host(cpus=4, nodes=2)

    def test_nodes(self):
        domain = self.start("guest")
        preferred = libvirt.VIR_DOMAIN_NUMATUNE_MEM_PREFERRED
        self.assertEqual(domain.numaParameters(),
                         {"numa_mode": preferred, "numa_nodeset": "0-1"})
        domain.setNumaParameters({"numa_nodeset": "1", "numa_mode": preferred})
        self.assertEqual(domain.numaParameters(LIVE)["numa_nodeset"], "1")
        self.assertRegex(self.virsh("numatune", "guest"), r"numa_nodeset +: 1\b")
        for nodes in ("2", "one"):
            self.assert_fails(ARGUMENT, "nodes 0 to 1", domain.setNumaParameters,
                              {"numa_nodeset": nodes})
        strict = {"numa_nodeset": "0", "numa_mode": libvirt.VIR_DOMAIN_NUMATUNE_MEM_STRICT}
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "always preferred",
                          domain.setNumaParameters, strict)
        self.assertEqual(domain.numaParameters()["numa_nodeset"], "1")
        self.xen.fail("libxl_domain_set_nodeaffinity")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "NUMA nodes of domain 'guest'",
                          domain.setNumaParameters, {"numa_nodeset": "0"})


    def test_nodes_stored(self):
        """A definition prefers the CPUs of its nodes, from which Xen takes the memory then."""
        domain = self.define("guest")
        self.assertEqual(domain.numaParameters(CONFIG)["numa_nodeset"], "0-1")
        domain.setNumaParameters({"numa_nodeset": "1"}, CONFIG)
        self.assertEqual(domain.numaParameters(CONFIG)["numa_nodeset"], "1")
        self.assertRegex(domain.XMLDesc(), "cpus_soft = .nodes:1")
        domain.setNumaParameters({"numa_nodeset": "0-1"}, CONFIG)
        self.assertNotIn("cpus_soft", domain.XMLDesc())
        domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, "<cfg>cpus_soft = '0'</cfg>", "xl",
                           "urn:xlvirt:xl.cfg:1")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "has cpus_soft",
                          domain.setNumaParameters, {"numa_nodeset": "0"}, CONFIG)


class Pools(standin.Case):
    """A host with two CPU pools of different schedulers."""

    def prepare(self):
        self.xen.set_pool(0, "Pool-0", xen.CREDIT2, 0, 2)
        self.xen.set_pool(1, "fast", xen.RTDS, 2, 2)

    def pool(self, domain, flags=0):
        return domain.schedulerParametersFlags(flags)["pool"]

    def test_move(self):
        """A guest moves while it runs, its definition from the next start on."""
        domain = self.start("guest")
        self.assertRegex(self.virsh("schedinfo", "guest", "--live"), r"pool +: Pool-0\b")
        self.virsh("schedinfo", "guest", "--set", "pool=fast", "--live")
        self.assertEqual(domain.schedulerType(), ("rtds", 5))
        self.assertEqual(self.pool(domain), "fast")
        self.assertEqual(self.pool(domain, CONFIG), "Pool-0")
        self.assertRegex(domain.XMLDesc(), "pool = .fast")
        self.assertNotIn("fast", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.virsh("schedinfo", "guest", "--set", "pool=1", "--config")
        self.assertEqual(self.pool(domain, CONFIG), "fast")
        domain.destroy()
        self.assertEqual(domain.schedulerType(), ("rtds", 5))
        domain.create()
        self.assertEqual(self.pool(domain, LIVE), "fast")

    def test_move_with_more(self):
        """The parameters are those of the scheduler that the guest moves to."""
        domain = self.start("guest")
        self.assert_fails(ARGUMENT, "'rtds' has no parameter 'weight'",
                          domain.setSchedulerParametersFlags, {"pool": "fast", "weight": 512}, LIVE)
        self.assertEqual(self.pool(domain), "Pool-0")
        domain.setSchedulerParametersFlags({"pool": "fast"}, LIVE)
        domain.setSchedulerParametersFlags({"pool": "Pool-0"}, LIVE)
        self.assertEqual(domain.schedulerType()[0], "credit2")

    def test_refused(self):
        domain = self.start("guest")
        self.assert_fails(ARGUMENT, "no CPU pool 'slow'", domain.setSchedulerParametersFlags,
                          {"pool": "slow"}, LIVE)
        self.xen.fail("libxl_cpupool_movedomain")
        failed = self.daemon.virsh("schedinfo", "guest", "--set", "pool=fast", "--live", "--config")
        self.assertIn("to CPU pool 1", failed.stderr)
        self.assertEqual(self.pool(domain, LIVE), "Pool-0")
        self.assertEqual(self.pool(domain, CONFIG), "Pool-0")


class RealTime(standin.Case):
    """A host whose scheduler is rtds."""

    def prepare(self):
        self.xen.set_pool(0, "Pool-0", xen.RTDS, 0, 4)

    def test_rtds(self):
        domain = self.start("guest", vcpus=2)
        self.assertEqual(domain.schedulerType(), ("rtds", 5))
        domain.setSchedulerParameters({"period": 20000, "budget": 5000})
        found = domain.schedulerParameters()
        self.assertEqual((found["period"], found["budget"]), (20000, 5000))
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "no place for 'budget'",
                          domain.setSchedulerParametersFlags, {"budget": 5000}, CONFIG)

    def test_network_rate(self):
        """Of what a guest sends, live in xenstore, where dom0's kernel looks; and stored."""
        text = ("<interface type='bridge'><mac address='00:16:3e:00:00:01'/><source bridge='xenbr0'/>"
                "<bandwidth><outbound average='100'/></bandwidth></interface>")
        domain = self.start("guest", devices=text)
        name = f"vif{domain.ID()}.0"
        node = f"/local/domain/0/backend/vif/{domain.ID()}/0/"
        self.assertEqual(domain.interfaceParameters(name)["outbound.average"], 100)
        change = {"outbound.average": 200}
        live, config = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
        unsupported = libvirt.VIR_ERR_OPERATION_UNSUPPORTED
        self.assert_fails(unsupported, "dom0 does not serve", domain.setInterfaceParameters, name, change, live)
        self.xen.write(node + "frontend", "x")
        self.virsh("domiftune", "guest", name, "--outbound", "200", "--live")
        self.assertEqual(self.xen.read(node + "rate"), "10240,50000")
        self.assertEqual([domain.interfaceParameters("00:16:3E:00:00:01", flags)["outbound.average"]
                          for flags in (live, config)], [200, 100])
        domain.setInterfaceParameters("00:16:3e:00:00:01", {"outbound.average": 0}, config)
        self.assertNotIn("bandwidth", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
        self.assertIn('average="200"', domain.XMLDesc())
        domain.setInterfaceParameters(name, {"outbound.average": 0}, live)
        self.assertIsNone(self.xen.read(node + "rate"))
        self.assert_fails(unsupported, "inbound.average", domain.setInterfaceParameters, name,
                          {"inbound.average": 5}, live)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "no network card", domain.setInterfaceParameters, "vif9.9",
                          change, live)


if __name__ == "__main__":
    standin.main()
