# SPDX-License-Identifier: LGPL-2.1-or-later
"""Guests that move from one daemon to another. Whatever goes wrong, one of them runs, and only one."""

import functools
import os
import pathlib
import socket
import subprocess
import threading

import libvirt

import standin
import xen

RUNNING = libvirt.VIR_DOMAIN_RUNNING
PAUSED = libvirt.VIR_DOMAIN_PAUSED
SHUTOFF = libvirt.VIR_DOMAIN_SHUTOFF
LIVE = libvirt.VIR_MIGRATE_LIVE
SEND = "libxl_domain_suspend:pages"
RECEIVE = "libxl_domain_create_restore:pages"
URI = "tcp://127.0.0.1"
CONNECTED, LISTENS = "01", "0A"  # TCP_ESTABLISHED and TCP_LISTEN in /proc/net/tcp
DISK = """<disk type='file' device='disk'><driver name='file'/><source file='{}'/>
          <target dev='xvda' bus='xen'/></disk>"""
PCI = """<hostdev mode='subsystem' type='pci' managed='yes'><source>
    <address domain='0' bus='3' slot='1' function='0'/></source></hostdev>"""
HOOK = """#!/bin/sh
echo "$2 $3" >>{log}
[ "$2" != migrate ] || {{ {migrate}; }}
"""


class Two(standin.Case):
    """Two hosts: the guest leaves self.conn, self.xen for self.there, self.xen_there."""

    def setUp(self):
        super().setUp()
        folder = self.folder / "there"
        folder.mkdir()
        self.xen_there = xen.Xen(folder / "xen", second=True)
        os.environ["STANDIN_DIR"] = str(self.xen.folder)
        self.daemon_there = standin.Daemon(folder, self.xen_there,
                                           host="3c4f66a4-1f13-4c25-a0b1-5f6d7a1b9e66")
        self.addCleanup(self.end_there)
        self.prepare_there()
        self.daemon_there.start()
        self.there = self.connect(self.daemon_there)

    def prepare_there(self):
        """What a test wants of the other host before its daemon starts."""

    def end_there(self):
        self.xen_there.clear_faults()
        self.xen.clear_faults()
        self.end_daemon(self.daemon_there)

    peer = False  # the daemon leads, and not its client
    way = 0  # flags of the way of the memory

    def migrate(self, domain, flags=LIVE, there=None, uri=None, **params):
        """Returns the guest where it is now."""
        flags |= 0 if flags & libvirt.VIR_MIGRATE_OFFLINE else self.way
        if not flags & libvirt.VIR_MIGRATE_TUNNELLED:
            params = {libvirt.VIR_MIGRATE_PARAM_URI: URI, **params}
        there = there or self.there
        if not self.peer:
            return domain.migrate3(there, params, flags)
        domain.migrateToURI3(uri or self.daemon_there.uri, params,
                             flags | libvirt.VIR_MIGRATE_PEER2PEER)
        return there.lookupByName(params.get(libvirt.VIR_MIGRATE_PARAM_DEST_NAME, domain.name()))

    def back(self, domain, flags=LIVE):
        return self.migrate(domain, flags, self.conn, self.daemon.uri)

    def live_guests(self):
        """Worlds and domids of the guests that run."""
        found = [(world, domid, world.guest(domid)) for world in (self.xen, self.xen_there)
                 for domid in world.guests()]
        return [(world, domid) for world, domid, guest in found
                if guest and not guest.paused and not guest.shutdown]

    def names(self, connection):
        return [domain.name() for domain in connection.listAllDomains()
                if domain.name() != "Domain-0"]

    def assert_stayed(self, domain, reason=libvirt.VIR_DOMAIN_RUNNING_MIGRATION_CANCELED):
        """It runs here, and nothing of it is there."""
        self.assert_state(domain, RUNNING, reason)
        self.assertEqual(self.live_guests(), [(self.xen, domain.ID())])
        standin.wait_for(lambda: not self.xen_there.guests(), "nothing is left there")
        standin.wait_for(lambda: not self.names(self.there), "nobody waits for it there")
        self.assert_idle(domain)

    def assert_went(self, flags=0):
        """It runs there, and nothing of it is here."""
        domain = self.there.lookupByName("guest")
        self.assert_state(domain, RUNNING)
        self.assertEqual(self.live_guests(), [(self.xen_there, domain.ID())])
        standin.wait_for(lambda: not self.xen.guests(), "nothing is left here")
        self.assert_idle(domain)
        return domain

    def assert_idle(self, domain):
        """No job is stuck: another one can be done."""
        self.wait_idle(domain)
        domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_TITLE, "idle", None, None,
                           libvirt.VIR_DOMAIN_AFFECT_LIVE)

    def wait_idle(self, domain):
        standin.wait_for(lambda: domain.jobInfo()[0] == libvirt.VIR_DOMAIN_JOB_NONE,
                         "the job is over")

    def virsh_migrate(self, *options):
        """Begins it in a process of its own."""
        process = subprocess.Popen(
            ["virsh", "-c", self.daemon.uri, "migrate", *options, *(["--p2p"] if self.peer else []),
             "guest", self.daemon_there.uri, *self.way_options()], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=dict(os.environ, LC_ALL="C.UTF-8"), preexec_fn=standin.die_with_parent)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def way_options(self):
        """The same for virsh."""
        tunnelled = self.way & libvirt.VIR_MIGRATE_TUNNELLED
        compressed = self.way & libvirt.VIR_MIGRATE_COMPRESSED
        return [*(["--tunnelled"] if tunnelled else ["--migrateuri", URI]),
                *(["--compressed"] if compressed else [])]

    def ports(self, state=LISTENS):
        """Those of migrations at which one of the two daemons listens."""
        ours = self.daemon.opened() + self.daemon_there.opened()
        lines = [line.split() for line in
                 pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return [int(line[1].split(":")[1], 16) for line in lines
                if line[3] == state and f"socket:[{line[9]}]" in ours]


class Live(Two):
    def test_live(self):
        """With events on both sides and numbers of the job; a transient guest is gone here."""
        here, there = self.events(), standin.Events(self.connect(self.daemon_there))
        domain = self.conn.createXML(standin.xml("guest"))
        moved = self.migrate(domain)
        self.assertEqual(moved.UUIDString(), standin.uuid(1))
        self.assert_went()
        self.assert_state(moved, RUNNING, libvirt.VIR_DOMAIN_RUNNING_MIGRATED)
        self.assertFalse(moved.isPersistent())
        self.assertEqual(self.names(self.conn), [])
        here.wait("guest", "started", "suspended", "stopped")
        self.assertEqual(here.details("guest", "suspended"),
                         [libvirt.VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED])
        self.assertEqual(here.details("guest", "stopped"),
                         [libvirt.VIR_DOMAIN_EVENT_STOPPED_MIGRATED])
        there.wait("guest", "started", "resumed")
        self.assertEqual(there.details("guest", "started"),
                         [libvirt.VIR_DOMAIN_EVENT_STARTED_MIGRATED])
        self.assertEqual(there.details("guest", "resumed"),
                         [libvirt.VIR_DOMAIN_EVENT_RESUMED_MIGRATED])
        self.assertEqual(self.ports(), [])

    def test_back_and_forth(self):
        """A persistent guest stays defined where it was, and can come back."""
        domain = self.start("guest")
        for _ in range(2):
            moved = self.migrate(domain, 0)
            self.assert_state(domain, SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_MIGRATED)
            done = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
            self.assertEqual(done["type"], libvirt.VIR_DOMAIN_JOB_COMPLETED)
            self.assertEqual(done["operation"], libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
            self.assertGreaterEqual(done["data_processed"], 64 * 4096)
            self.back(moved)
            self.assert_state(domain, RUNNING, libvirt.VIR_DOMAIN_RUNNING_MIGRATED)
            self.assertEqual(self.names(self.there), [])
            self.assert_idle(domain)

    def test_virsh(self):
        """All that an administrator says, with a port that is asked for by number."""
        self.start("guest")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.virsh("migrate", *(["--p2p"] if self.peer else []), "--live", "--persistent", "--undefinesource", "--unsafe",
                   "--abort-on-error", "--change-protection", "--dname", "moved",
                   "--migrateuri", f"{URI}:{port}", "guest", self.daemon_there.uri)
        self.assertEqual(self.names(self.conn), [])
        self.assertFalse((self.folder / "etc/libxl/guest.xml").exists())
        domain = self.there.lookupByName("moved")
        self.assert_state(domain, RUNNING)
        self.assertTrue(domain.isPersistent())
        self.assertTrue((self.folder / "there/etc/libxl/moved.xml").exists())
        domain.destroy()
        domain.create()

    def test_events_of_definitions(self):
        here, there = self.events(), standin.Events(self.connect(self.daemon_there))
        domain = self.start("guest")
        stored = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE).replace("<domain ", "<domain ", 1)
        stored = stored.replace("</domain>", "<title>stored</title></domain>")
        self.migrate(domain, LIVE | libvirt.VIR_MIGRATE_PERSIST_DEST
                     | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE,
                     **{libvirt.VIR_MIGRATE_PARAM_PERSIST_XML: stored})
        here.wait("guest", "defined", "started", "suspended", "stopped", "undefined")
        standin.wait_for(lambda: len(there.of("guest")) == 3, "events there")
        self.assertEqual(sorted(there.of("guest")), ["defined", "resumed", "started"])
        moved = self.assert_went()
        self.assertIn("stored", moved.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))

    def test_paused(self):
        """A paused guest comes paused, and so does one that is to."""
        domain = self.start("guest")
        domain.suspend()
        moved = self.migrate(domain)
        self.assert_state(moved, PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER)
        self.assertEqual(self.live_guests(), [])
        self.assertTrue(self.xen_there.guest(moved.ID()).paused)
        moved.resume()
        self.assert_went()
        back = self.back(moved, LIVE | libvirt.VIR_MIGRATE_PAUSED)
        self.assert_state(back, PAUSED)

    def test_other_definition(self):
        """The destination may have other backends, not another machine."""
        paths = [self.folder / name for name in ("one.raw", "two.raw")]
        for path in paths:
            path.write_bytes(bytes(4096))
        domain = self.start("guest", devices=DISK.format(paths[0]))
        text = domain.XMLDesc().replace("one.raw", "two.raw")
        other = text.replace("65536", "131072")
        dest = libvirt.VIR_MIGRATE_PARAM_DEST_XML
        self.assert_fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "maximum memory", self.migrate,
                          domain, LIVE, **{dest: other})
        self.assert_stayed(domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        moved = self.migrate(domain, LIVE, **{dest: text})
        self.assertIn("two.raw", moved.XMLDesc())
        self.assertNotIn("one.raw", moved.XMLDesc())

    def test_refused(self):
        """By name, and before anything is done."""
        domain = self.start("guest")
        for flag, name in ((libvirt.VIR_MIGRATE_PARALLEL, "PARALLEL.*one stream"),
                           (libvirt.VIR_MIGRATE_NON_SHARED_DISK, "NON_SHARED_DISK.*same disks")):
            self.assert_fails(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, name, self.migrate, domain,
                              LIVE | flag)
        for uri in ("tcp://", "udp://127.0.0.1", "tcp://127.0.0.1:99999"):
            self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "no place to migrate to", self.migrate,
                              domain, LIVE, **{libvirt.VIR_MIGRATE_PARAM_URI: uri})
        self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "cannot be the name", self.migrate, domain,
                          LIVE, **{libvirt.VIR_MIGRATE_PARAM_DEST_NAME: "../../guest"})
        self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "no line break", self.migrate, domain,
                          LIVE, **{libvirt.VIR_MIGRATE_PARAM_DEST_NAME: "z\nz"})
        self.assert_stayed(domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        off = self.define("off", 2)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "runs or is paused", self.migrate, off)
        fixed = self.conn.createXML(standin.xml(
            "fixed", 3, more="<cpu mode='host-passthrough' migratable='off'/>"))
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "nomigrate", self.migrate, fixed)
        bound = self.start("bound", 4, kind="hvm", devices=PCI)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "devices of this host", self.migrate,
                          bound)

    def test_pv(self):
        """A PV guest cannot move while it runs where Xen has no shadow page tables, which is known
        before."""
        domain = self.start("guest", kind="xen")
        self.xen.set_shadow(False)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "shadow.*without --live",
                          self.migrate, domain)
        self.assert_stayed(domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        self.migrate(domain, 0)
        self.assert_went()

    def test_localhost(self):
        """A destination that takes itself for localhost is told to say where it is."""
        domain = self.start("guest")
        name = socket.gethostname()
        if name.startswith("localhost"):
            self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "localhost", domain.migrate3,
                              self.there, {}, LIVE)
        self.assert_state(domain, RUNNING)


class Faults(Two):
    # where the destination may hang and the source does not wait for it
    points_at_the_end = ("libxl_domain_create_restore:built", "libxl_domain_unpause")
    asks = False  # the source asks the next daemon there, and not the last one's legacy

    def setUp(self):
        super().setUp()
        self.domain = self.start("guest")
        self.told = 0

    def fails(self, code, pattern, flags=LIVE, **params):
        return self.assert_fails(code, pattern, self.migrate, self.domain, flags, **params)

    def call(self, flags=LIVE, **params):
        """Migrates in the background, over connections of its own."""
        here, there = self.connect(), self.connect(self.daemon_there)
        return Call(self.migrate, here.lookupByName("guest"), flags, there, **params)

    def test_destination_refuses(self):
        """Its name is taken, its memory is used up, its script says no."""
        booted = libvirt.VIR_DOMAIN_RUNNING_BOOTED
        other = self.there.defineXML(standin.xml("guest", 7))
        self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "")
        other.undefine()
        self.assert_stayed(self.domain, booted)
        self.xen_there.fail("libxl_domain_create_restore")
        for flags in (LIVE, 0):
            self.xen_there.fail("libxl_domain_create_restore")
            self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "", flags)
            self.assert_stayed(self.domain, None)  # libxl may or may not have begun to send
        self.xen_there.clear_faults()
        self.migrate(self.domain)
        self.assert_went()

    def test_nobody_listens(self):
        """The port is closed, or the call is for somebody else."""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            uri = f"{URI}:{taken.getsockname()[1]}"
            self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot listen",
                      **{libvirt.VIR_MIGRATE_PARAM_URI: uri})
        self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "no connection to port",
                  **{libvirt.VIR_MIGRATE_PARAM_URI: "tcp://127.0.0.77",
                     libvirt.VIR_MIGRATE_PARAM_LISTEN_ADDRESS: "127.0.0.1"})
        self.assert_stayed(self.domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "not known here",
                  **{libvirt.VIR_MIGRATE_PARAM_URI: "tcp://no..host"})
        self.assert_stayed(self.domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)
        self.assertEqual(self.ports(), [])

    def test_port_is_lost(self):
        """Another program may take a port between the look at it and its use; then it is the next."""
        lost = self.xen_there.folder / "port-lost"
        lost.touch()
        self.migrate(self.domain)
        self.assertFalse(lost.exists())
        self.assert_went()

    def test_steps_fail(self):
        """libxl fails at each of its steps, here or there, for a guest that runs or is paused."""
        for world, point in ((self.xen, "libxl_domain_suspend"), (self.xen, SEND),
                             (self.xen_there, "libxl_domain_create_restore:made"),
                             (self.xen_there, RECEIVE),
                             (self.xen_there, "libxl_domain_create_restore:built"),
                             (self.xen_there, "libxl_domain_unpause")):
            for flags in (LIVE, 0, LIVE | libvirt.VIR_MIGRATE_PERSIST_DEST):
                with self.subTest(point=point, flags=flags):
                    world.fail(point)
                    self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "", flags)
                    self.assert_stayed(self.domain)
        self.domain.suspend()
        self.xen_there.fail(RECEIVE)
        self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "")
        self.assert_state(self.domain, PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER)
        self.assertEqual(self.live_guests(), [])
        self.domain.resume()
        self.assertEqual(self.live_guests(), [(self.xen, self.domain.ID())])

    def test_abort(self):
        """Shows how far it is, and ends when somebody wants it to."""
        fault = self.xen.hang(SEND)
        call = self.call()
        standin.wait_for(fault.hits, "it is half sent")
        standin.wait_for(lambda: self.domain.jobInfo()[4] > 0, "bytes have been counted")
        stats = self.domain.jobStats()
        self.assertEqual(stats["operation"], libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
        self.assertEqual(stats["memory_total"], 65536 * 1024)
        self.assert_state(self.domain, RUNNING)
        self.domain.abortJob()
        fault.release()
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_ABORTED)
        self.assert_stayed(self.domain)

    def test_abort_there(self):
        """Whoever waits for it may give it up, too."""
        sending = self.xen.hang(SEND)  # else all of it may be on its way already
        fault = self.xen_there.hang(RECEIVE)
        call = self.call()
        standin.wait_for(lambda: sending.hits() and fault.hits(), "it is half there")
        coming = self.there.lookupByName("guest")
        self.assertEqual(coming.jobStats()["operation"],
                         libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN)
        coming.abortJob()
        fault.release()
        standin.wait_for(lambda: not self.xen_there.guests(), "it is given up there")
        sending.release()
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_FAILED)
        self.assert_stayed(self.domain)

    def test_destroyed_here(self):
        """An end that is wanted is one."""
        fault = self.xen.hang(SEND)
        call = self.call()
        standin.wait_for(fault.hits, "it is half sent")
        other = self.connect()
        before = self.daemon.fds()
        end = Call(other.lookupByName("guest").destroy)
        standin.wait_for(lambda: self.is_cut(before), "the stream is cut")
        fault.release()
        self.assertIsNone(end.code())
        self.assertIsNotNone(call.code())
        self.assertEqual(self.xen.guests() + self.xen_there.guests(), [])

    def is_cut(self, _before):
        """Whether the way of the memory is closed, on the source that had so many descriptors."""
        return not self.ports(CONNECTED)

    def kill_there(self, point, flags=LIVE):
        """The other daemon is killed at the point; a new one is there afterwards."""
        self.xen_there.kill(point)
        call = self.call(flags)
        self.daemon_there.wait_killed()
        if not self.asks:
            self.assertIsNotNone(call.code())
        self.forget(self.there)
        self.daemon_there.start()
        self.there = self.connect(self.daemon_there)
        self.assertIsNotNone(call.code())

    def forget(self, connection):
        self.connections.remove(connection)

    def test_destination_killed(self):
        for point in ("libxl_domain_create_restore:made", RECEIVE,
                      "libxl_domain_create_restore:built"):
            with self.subTest(point=point):
                self.kill_there(point)
                self.assert_stayed(self.domain)

    def test_destination_killed_at_the_end(self):
        """It has said that it takes the guest: the next daemon lets it run, and here it ends."""
        self.kill_there("libxl_domain_unpause", LIVE | libvirt.VIR_MIGRATE_PERSIST_DEST)
        self.assert_went()
        self.assert_state(self.domain, SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_MIGRATED)

    def kill_here(self, point, flags=LIVE):
        self.xen.kill(point)
        call = self.call(flags)
        self.daemon.wait_killed()
        call.join(standin.PATIENCE)
        self.forget(self.conn)
        self.daemon.start()
        self.conn = self.connect()
        self.domain = self.conn.lookupByName("guest")

    def test_source_killed(self):
        """The guest goes on; half of one is not kept."""
        for flags in (LIVE, 0):
            with self.subTest(flags=flags):
                domid = self.domain.ID()
                self.kill_here(SEND, flags)
                standin.wait_for(lambda: not self.xen.guest(domid).shutdown, "the guest goes on")
                self.wait_state(self.domain, RUNNING)
                self.assertEqual(self.live_guests(), [(self.xen, domid)])
                standin.wait_for(lambda: not self.xen_there.guests(), "nothing is left there")
                standin.wait_for(lambda: not self.names(self.there), "nobody waits for it there")
                self.assert_idle(self.domain)

    def test_source_killed_at_the_end(self):
        """What is left of the guest is ended by the next daemon."""
        self.kill_here("libxl_domain_destroy")
        self.wait_state(self.domain, SHUTOFF)
        self.assert_went()

    def test_client_killed(self):
        """While it is sent: it stays."""
        fault = self.xen.hang(SEND)
        client = self.virsh_migrate("--live")
        standin.wait_for(fault.hits, "it is half sent")
        client.kill()
        standin.wait_for(lambda: not self.xen_there.guests(), "the destination gives it up")
        fault.release()
        self.wait_state(self.domain, RUNNING)
        self.wait_idle(self.domain)
        self.assert_stayed(self.domain)

    def test_client_killed_at_the_end(self):
        """When it is all there: the destination was told to take it, and does."""
        for point in self.points_at_the_end:
            with self.subTest(point=point):
                self.bring_back()
                fault = self.xen_there.hang(point)
                client = self.virsh_migrate("--live")
                standin.wait_for(fault.hits, "it is there")
                standin.wait_for(lambda: self.domain.state()[0] == PAUSED, "it was sent")
                if point == "libxl_domain_create_restore:built":
                    standin.wait_for(self.finishes, "the client says that it was sent")
                client.kill()
                client.wait()
                fault.release()
                self.wait_state(self.domain, SHUTOFF)
                self.assert_went()

    def bring_back(self):
        """The guest is here, whatever was before."""
        if not self.domain.isActive():
            self.there.lookupByName("guest").destroy()
            self.domain.create()
        self.domain = self.conn.lookupByName("guest")
        self.told = self.count_told()

    def count_told(self):
        return self.daemon_there.said().count("'guest' was sent")

    def finishes(self):
        """Whether the client has said to the other daemon that all was sent."""
        return self.count_told() > self.told

    def test_never_sent(self):
        """A destination whose client goes away does not wait for the guest."""
        fault = self.xen.hang("libxl_domain_info", domid=self.domain.ID())
        client = self.virsh_migrate("--live")
        standin.wait_for(fault.hits, "it is about to be sent")
        self.assertEqual(self.names(self.there), ["guest"])
        self.assertEqual(len(self.ports()), 1)
        client.kill()
        standin.wait_for(lambda: not self.names(self.there), "nobody waits for it")
        self.assertEqual(self.ports(), [])
        fault.release()
        self.wait_idle(self.domain)
        # the source need not have heard of it by then, and libxl have tried to send
        self.assert_stayed(self.domain, None)

    def test_ends_on_the_way(self):
        """A guest that ends while it is sent has ended, and clients hear so."""
        self.xen.stop_at("libxl_domain_suspend", xen.POWEROFF, domid=self.domain.ID())
        self.xen_there.fail(RECEIVE)
        # through a tunnel the source may be the first to see that nobody takes it
        self.fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot take over|takes no more of it")
        self.wait_state(self.domain, SHUTOFF)
        self.assert_state(self.domain, SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN)
        self.assertEqual(self.xen.guests(), [])
        standin.wait_for(lambda: not self.xen_there.guests(), "nothing is left there")


class Offline(Two):
    flags = (libvirt.VIR_MIGRATE_OFFLINE | libvirt.VIR_MIGRATE_PERSIST_DEST
             | libvirt.VIR_MIGRATE_UNDEFINE_SOURCE)

    def test_offline(self):
        """The definition moves, with its events, under another name if that is wanted."""
        here, there = self.events(), standin.Events(self.connect(self.daemon_there))
        domain = self.define("guest", memory=131072)
        moved = self.migrate(domain, self.flags, **{libvirt.VIR_MIGRATE_PARAM_DEST_NAME: "moved"})
        self.assertEqual(moved.name(), "moved")
        self.assertTrue(moved.isPersistent())
        self.assertEqual(moved.info()[1], 131072)
        self.assertEqual(self.names(self.conn), [])
        here.wait("guest", "defined", "undefined")
        there.wait("moved", "defined")
        back = self.back(moved, self.flags & ~libvirt.VIR_MIGRATE_UNDEFINE_SOURCE)
        self.assertEqual((self.names(self.conn), self.names(self.there)), (["moved"], ["moved"]))
        self.assert_idle_off(back)
        back.create()

    def assert_idle_off(self, domain):
        self.wait_idle(domain)
        self.assertEqual(domain.name(), "moved")

    def test_stays(self):
        """What cannot be stored there stays here; what runs, or is saved, is not offline."""
        domain = self.define("guest")
        other = self.there.defineXML(standin.xml("guest", 7))
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "", self.migrate, domain, self.flags)
        self.assertEqual(self.names(self.conn), ["guest"])
        other.undefine()
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "--persistent", self.migrate, domain,
                          libvirt.VIR_MIGRATE_OFFLINE)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "--live or --offline", self.migrate, domain,
                          self.flags | LIVE)
        domain.create()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "it runs", self.migrate, domain,
                          self.flags)
        domain.managedSave()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "managed save", self.migrate, domain,
                          self.flags)
        self.assertEqual(self.names(self.there), [])


class Script(Two):
    def prepare_there(self):
        self.log = self.folder / "there/hooks.log"
        (self.folder / "there/etc/hooks").mkdir()
        self.set_script("sed s/one.raw/two.raw/")

    def set_script(self, command):
        path = self.folder / "there/etc/hooks/libxl"
        path.write_text(HOOK.format(log=self.log, migrate=command))
        path.chmod(0o755)

    def test_script(self):
        """The administrator's script may give the guest other backends, or refuse it."""
        for name in ("one.raw", "two.raw"):
            (self.folder / name).write_bytes(bytes(4096))
        domain = self.start("guest", devices=DISK.format(self.folder / "one.raw"))
        booted = libvirt.VIR_DOMAIN_RUNNING_BOOTED
        self.set_script("cat >/dev/null; echo not today >&2; exit 1")
        self.assert_fails(libvirt.VIR_ERR_HOOK_SCRIPT_FAILED, "not today", self.migrate, domain)
        self.assert_stayed(domain, booted)
        self.set_script("sed s/65536/131072/")
        self.assert_fails(libvirt.VIR_ERR_CONFIG_UNSUPPORTED, "hooks/libxl.*maximum memory",
                          self.migrate, domain)
        self.assert_stayed(domain, booted)
        self.log.unlink()
        self.set_script("sed s/one.raw/two.raw/")
        moved = self.migrate(domain)
        self.assertIn("two.raw", moved.XMLDesc())
        self.assertEqual(self.log.read_text().splitlines(),
                         ["migrate begin", "prepare begin", "start begin", "started begin"])


class Leases(Two):
    def prepare(self):
        self.manage(self.daemon)
        self.disk = self.folder / "disk.raw"
        self.disk.write_bytes(bytes(4096))

    def prepare_there(self):
        self.manage(self.daemon_there)

    def manage(self, daemon):
        manager = daemon.start_lock_manager()
        self.addCleanup(manager.wait)
        self.addCleanup(manager.terminate)

    def test_lease(self):
        """The lease goes with the guest, and stays where the guest stays."""
        domain = self.start("guest", devices=DISK.format(self.disk))
        others = [connection.defineXML(standin.xml("other", 2, devices=DISK.format(self.disk)))
                  for connection in (self.conn, self.there)]
        for point in (RECEIVE, "libxl_domain_unpause"):
            self.xen_there.fail(point)
            self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "", self.migrate, domain)
            self.assert_state(domain, RUNNING)
            self.assert_busy(others)
        self.xen_there.clear_faults()
        self.migrate(domain)
        self.assert_busy(others)
        self.there.lookupByName("guest").destroy()
        for other in others:
            other.create()
            other.destroy()

    def assert_busy(self, others):
        for other in others:
            self.assert_fails(libvirt.VIR_ERR_RESOURCE_BUSY, "no lease", other.create)


class Call(threading.Thread):
    """A call in the background; error is what it raised."""

    def __init__(self, function, *arguments, **named):
        super().__init__(daemon=True)
        self.function, self.error = functools.partial(function, *arguments, **named), None
        self.start()

    def run(self):
        try:
            self.function()
        except libvirt.libvirtError as error:
            self.error = error

    def code(self):
        self.join(standin.PATIENCE)
        return self.error.get_error_code() if self.error else None


if __name__ == "__main__":
    standin.main()
