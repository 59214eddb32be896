# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the guest's agent tells and does: file systems, users, clock, processors, addresses, the end."""

import base64

import libvirt

import agent
import standin
import xen

FAILED, ARGUMENT = libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_INVALID_ARG
UNSUPPORTED, NOT_TAKEN = libvirt.VIR_ERR_OPERATION_UNSUPPORTED, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED
DISK = "<disk type='file' device='disk'><source file='/d/{0}'/><target dev='{0}'/></disk>"
UNKNOWN = agent.Error("The command has not been found", "CommandNotFound")
ROOT = {"name": "xvda2", "mountpoint": "/", "type": "ext4", "total-bytes": 1000, "used-bytes": 300,
        "disk": [{"bus-type": "unknown", "bus": 0, "target": 0, "unit": 0, "dev": "/dev/xvda2", "serial": "s1",
                  "pci-controller": {"domain": -1, "bus": -1, "slot": -1, "function": -1}}]}
DATA = {"name": "dm-0", "mountpoint": "/srv", "type": "xfs",
        "disk": [{"bus-type": "unknown", "dev": "/dev/xvdb"}, {"bus-type": "unknown", "dev": "/dev/xvdb1"},
                 {"bus-type": "unknown", "dev": "/dev/xvdba"}]}
PROC = {"name": "proc", "mountpoint": "/proc", "type": "proc", "disk": []}
INTERFACES = [{"name": "lo", "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "127.0.0.1", "prefix": 8}]},
              {"name": "eth0", "hardware-address": "00:16:3e:00:00:01",
               "ip-addresses": [{"ip-address-type": "ipv4", "ip-address": "192.0.2.5", "prefix": 24}]},
              {"name": "eth0:1", "hardware-address": "00:16:3e:00:00:01",
               "ip-addresses": [{"ip-address-type": "ipv6", "ip-address": "2001:db8::5", "prefix": 64}]}]
INFO = {"guest-get-users": [{"user": "ann", "login-time": 1500.25}, {"user": "bob", "domain": "D", "login-time": 2}],
        "guest-get-osinfo": {"id": "debian", "name": "Debian", "kernel-release": "6.1"},
        "guest-get-timezone": {"zone": "CET", "offset": 3600},
        "guest-get-host-name": {"host-name": "web.example"},
        "guest-get-fsinfo": [PROC, ROOT],
        "guest-get-disks": [{"name": "/dev/xvda", "partition": False, "dependencies": [], "alias": "root"},
                            {"name": "/dev/xvda2", "partition": True, "dependencies": ["/dev/xvda"],
                             "address": ROOT["disk"][0]}],
        "guest-network-get-interfaces": INTERFACES}


class Guest(standin.Case):
    def begin(self, answers=(), number=1, **what):
        what["devices"] = agent.CHANNEL + what.get("devices", "")
        domain = self.start(f"guest-{number}", number, **what)
        model = agent.Agent(self.daemon, standin.uuid(number), answers)
        self.addCleanup(model.__exit__)
        return domain, model

    def assert_malformed(self, model, command, answers, function, *arguments):
        """Each is an error, and the daemon goes on."""
        for answer in answers:
            with self.subTest(answer=answer):
                model.answers[command] = answer
                self.assert_fails(FAILED, f"answer to {command} is not what", function, *arguments)

    def test_freeze(self):
        domain, model = self.begin({"guest-fsfreeze-freeze": 3, "guest-fsfreeze-freeze-list": 1,
                                    "guest-fsfreeze-thaw": 3})
        self.assertIn("3 filesystem(s)", self.virsh("domfsfreeze", "guest-1"))
        self.assertEqual(domain.fsFreeze(["/", "/srv"]), 1)
        self.assertEqual(model.told("guest-fsfreeze-freeze-list"), [{"mountpoints": ["/", "/srv"]}])
        self.assertIn("3 filesystem(s)", self.virsh("domfsthaw", "guest-1"))
        self.assert_fails(NOT_TAKEN, "leave the mount points out", domain.fsThaw, ["/"])
        model.answers["guest-fsfreeze-freeze"] = agent.Error("frozen already")
        self.assert_fails(FAILED, "frozen already", domain.fsFreeze)
        self.assert_malformed(model, "guest-fsfreeze-freeze", ("3", -1, 1.5, [], None), domain.fsFreeze)

    def test_trim(self):
        domain, model = self.begin()
        self.virsh("domfstrim", "guest-1", "--minimum", "4096")
        self.assertEqual(model.told("guest-fstrim"), [{"minimum": 4096}])
        self.assert_fails(NOT_TAKEN, "leave the mount point out", domain.fSTrim, "/", 0)
        model.answers["guest-fstrim"] = UNKNOWN
        self.assert_fails(UNSUPPORTED, "not been found", domain.fSTrim, None, 0)

    def test_file_systems(self):
        """In the order of mounting, with the disks of the definition."""
        domain, model = self.begin({"guest-get-fsinfo": [DATA, PROC, ROOT]},
                                   devices=DISK.format("xvda") + DISK.format("sdb"))
        self.assertEqual(domain.fsInfo(), [("/", "xvda2", "ext4", ["xvda"]), ("/proc", "proc", "proc", []),
                                           ("/srv", "dm-0", "xfs", ["sdb"])])
        self.assertRegex(self.virsh("domfsinfo", "guest-1"), r"/srv +dm-0 +xfs +sdb")
        self.assert_malformed(model, "guest-get-fsinfo", ([{}], [1], [{"name": "x", "mountpoint": "/"}], {}),
                              domain.fsInfo)

    def test_time(self):
        domain, model = self.begin({"guest-get-time": 1_700_000_000_000_000_042})
        self.assertEqual(domain.getTime(), {"seconds": 1_700_000_000, "nseconds": 42})
        self.assertIn("1700000000", self.virsh("domtime", "guest-1"))
        domain.setTime({"seconds": 12, "nseconds": 34})
        self.virsh("domtime", "guest-1", "--time", "99")
        domain.setTime({"seconds": 0, "nseconds": 0}, libvirt.VIR_DOMAIN_TIME_SYNC)
        self.assertEqual(model.told("guest-set-time"), [{"time": 12_000_000_034}, {"time": 99_000_000_000}, None])
        self.assert_fails(ARGUMENT, "no time that a guest", domain.setTime, {"seconds": 2**62, "nseconds": 0})
        self.assert_malformed(model, "guest-get-time", (-1, "now"), domain.getTime)

    def test_users(self):
        """Keys, and passwords that nobody reads on the way."""
        domain, model = self.begin({"guest-ssh-get-authorized-keys": {"keys": ["ssh-ed25519 A", "ssh-rsa B"]}})
        self.virsh("set-user-password", "guest-1", "ann", "se cret")
        domain.setUserPassword("bob", "$6$x", libvirt.VIR_DOMAIN_PASSWORD_ENCRYPTED)
        told = model.told("guest-set-user-password")
        self.assertEqual([(one["username"], base64.b64decode(one["password"]), one["crypted"]) for one in told],
                         [("ann", b"se cret", False), ("bob", b"$6$x", True)])
        self.assertEqual(domain.authorizedSSHKeysGet("ann"), ["ssh-ed25519 A", "ssh-rsa B"])
        self.assertIn("ssh-ed25519 A", self.virsh("get-user-sshkeys", "guest-1", "ann"))
        self.assertEqual(model.told("guest-ssh-get-authorized-keys"), 2 * [{"username": "ann"}])
        for flags in (0, libvirt.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND,
                      libvirt.VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE):
            domain.authorizedSSHKeysSet("ann", ["k"], flags)
        self.assertEqual([one["reset"] for one in model.told("guest-ssh-add-authorized-keys")], [True, False])
        self.assertEqual(model.told("guest-ssh-remove-authorized-keys"), [{"username": "ann", "keys": ["k"]}])
        self.assert_malformed(model, "guest-ssh-get-authorized-keys", ({}, {"keys": [1]}, {"keys": "k"}),
                              domain.authorizedSSHKeysGet, "ann")

    def test_info(self):
        """All that the agent knows, or what is asked for; in one conversation."""
        domain, model = self.begin(INFO, devices=DISK.format("xvda"))
        found = domain.guestInfo()
        self.assertEqual(model.askers, 1)
        for name, value in {"user.count": 2, "user.0.name": "ann", "user.0.login-time": 1_500_250, "user.1.domain": "D",
                            "os.id": "debian", "os.kernel-release": "6.1", "timezone.name": "CET",
                            "timezone.offset": 3600, "hostname": "web.example", "fs.count": 2,
                            "fs.0.mountpoint": "/", "fs.0.fstype": "ext4", "fs.0.total-bytes": 1000,
                            "fs.0.used-bytes": 300, "fs.0.disk.count": 1, "fs.0.disk.0.alias": "xvda",
                            "fs.0.disk.0.serial": "s1", "fs.0.disk.0.device": "/dev/xvda2", "fs.1.disk.count": 0,
                            "disk.count": 2, "disk.0.alias": "xvda", "disk.0.guest_alias": "root",
                            "disk.1.partition": True, "disk.1.dependency.0.name": "/dev/xvda", "disk.1.serial": "s1",
                            "if.count": 2, "if.1.name": "eth0", "if.1.hwaddr": "00:16:3e:00:00:01",
                            "if.1.addr.count": 2, "if.1.addr.1.type": "ipv6", "if.1.addr.1.addr": "2001:db8::5",
                            "if.1.addr.0.prefix": 24}.items():
            self.assertEqual(found.get(name), value, name)
        self.assertIn("hostname            : web.example", self.virsh("guestinfo", "guest-1", "--hostname"))
        model.answers["guest-get-disks"] = UNKNOWN
        self.assertNotIn("disk.count", domain.guestInfo())
        self.assert_fails(UNSUPPORTED, "guest-get-disks", domain.guestInfo, libvirt.VIR_DOMAIN_GUEST_INFO_DISKS)
        self.assert_fails(ARGUMENT, "nothing of the kind 0x80000", domain.guestInfo, 0x80000)
        for kind, command in ((libvirt.VIR_DOMAIN_GUEST_INFO_USERS, "guest-get-users"),
                              (libvirt.VIR_DOMAIN_GUEST_INFO_DISKS, "guest-get-disks"),
                              (libvirt.VIR_DOMAIN_GUEST_INFO_FILESYSTEM, "guest-get-fsinfo"),
                              (libvirt.VIR_DOMAIN_GUEST_INFO_INTERFACES, "guest-network-get-interfaces")):
            self.assert_malformed(model, command, ([{}], [7], [[]], {}), domain.guestInfo, kind)
        self.assert_malformed(model, "guest-get-users", ([{"user": "x", "login-time": 1e300}],), domain.guestInfo,
                              libvirt.VIR_DOMAIN_GUEST_INFO_USERS)

    def test_vcpus(self):
        """Those that the guest's kernel uses."""
        state = [{"logical-id": i, "online": i < 3, "can-offline": i > 0} for i in range(4)]

        def change(arguments):
            for one in arguments["vcpus"]:
                state[one["logical-id"]]["online"] = one["online"]
                return 1  # and stops there

        domain, model = self.begin({"guest-get-vcpus": lambda _: state, "guest-set-vcpus": change}, vcpus=4)
        self.assertEqual(domain.guestVcpus(), {"vcpus": "0-3", "online": "0-2", "offlinable": "1-3"})
        domain.setGuestVcpus("1-2", 0)
        self.assertEqual(domain.guestVcpus()["online"], "0")
        self.assertEqual(len(model.told("guest-set-vcpus")), 2)
        self.virsh("setvcpus", "guest-1", "4", "--guest")
        self.assertEqual(domain.guestVcpus()["online"], "0-3")
        self.virsh("setvcpus", "guest-1", "2", "--guest")
        self.assertEqual(domain.guestVcpus()["online"], "0-1")
        self.assertEqual(self.virsh("vcpucount", "guest-1", "--guest"), "2")
        self.assert_fails(ARGUMENT, "cannot use 5", domain.setVcpusFlags, 5, libvirt.VIR_DOMAIN_VCPU_GUEST)
        self.assert_fails(UNSUPPORTED, "without its vCPU 0", domain.setGuestVcpus, "0", 0)
        self.assert_fails(ARGUMENT, "has no vCPUs 4-5", domain.setGuestVcpus, "3-5", 1)
        self.assert_fails(ARGUMENT, "expected vcpumap", domain.setGuestVcpus, "x", 1)
        for answer in 0, 2, -1, "1":
            model.answers["guest-set-vcpus"] = answer
            self.assert_fails(FAILED, "answer to guest-set-vcpus", domain.setGuestVcpus, "3", 1)
        self.assert_malformed(model, "guest-get-vcpus",
                              ([{}], [{"logical-id": 4096, "online": True}], [{"logical-id": -1, "online": True}]),
                              domain.setGuestVcpus, "1", 1)
        self.assertIn("answer to guest-get-vcpus", self.daemon.virsh("guestvcpus", "guest-1").stderr)

    def test_hostname(self):
        """The guest's tools tell it in xenstore, its agent when asked."""
        domain, model = self.begin({"guest-get-host-name": {"host-name": "web.example"}})
        self.assertEqual(self.virsh("domhostname", "guest-1"), "web.example")
        self.xen.write(f"/local/domain/{domain.ID()}/data/host_name", "told")
        self.assertEqual(domain.hostname(), "told")
        self.assertEqual(self.virsh("domhostname", "guest-1", "--source", "agent"), "web.example")
        self.assert_malformed(model, "guest-get-host-name", ({}, {"host-name": 1}), domain.hostname,
                              libvirt.VIR_DOMAIN_GET_HOSTNAME_AGENT)

    def test_end(self):
        """Asked through the agent, the guest shuts down or reboots, and an agent that refuses is heard."""
        domain, model = self.begin()

        def end(arguments):
            self.xen.stop(domain.ID(), {"powerdown": xen.POWEROFF, "reboot": xen.REBOOT}[arguments["mode"]])
            return agent.NOTHING

        model.answers["guest-shutdown"] = agent.Error("no permission")
        self.assert_fails(FAILED, "no permission", domain.shutdownFlags, libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT)
        self.assert_fails(FAILED, "no permission", domain.reboot, libvirt.VIR_DOMAIN_REBOOT_GUEST_AGENT)
        model.answers["guest-shutdown"] = end
        before = domain.ID()
        self.virsh("reboot", "guest-1", "--mode", "agent")

        def again():
            found = self.conn.lookupByName("guest-1")
            return found if found.ID() > before else None

        domain = standin.wait_for(again, "the reboot")
        standin.wait_for(lambda: domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING, "it runs")
        self.virsh("shutdown", "guest-1", "--mode", "agent")
        self.wait_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        self.assertEqual([told["mode"] for told in model.told("guest-shutdown")],
                         ["powerdown", "reboot", "reboot", "powerdown"])

    def test_end_without_agent(self):
        """With another way beside it, that is taken."""
        domain = self.start("plain", 2)
        self.assert_fails(NOT_TAKEN, "no channel", domain.shutdownFlags, libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT)
        domain.shutdownFlags(libvirt.VIR_DOMAIN_SHUTDOWN_GUEST_AGENT | libvirt.VIR_DOMAIN_SHUTDOWN_PARAVIRT)


if __name__ == "__main__":
    standin.main()
