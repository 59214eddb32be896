# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way of the memory from one daemon to the other: how fast, through what."""

import time

import libvirt

import standin
import test_migrate
from test_migrate import LIVE, Call, Two

MEBIBYTE = 1 << 20
PAGES = MEBIBYTE // 4096


COMPRESSED = libvirt.VIR_MIGRATE_COMPRESSED
METHOD = libvirt.VIR_MIGRATE_PARAM_COMPRESSION


class Stream(Two):
    def setUp(self):
        super().setUp()
        self.domain = self.start("guest")

    def send_much(self, mebibytes):
        """The guest's stream has that many MiB; other guests', too."""
        self.xen.write("/standin/pages", str(mebibytes * PAGES))

    def call(self, **params):
        here, there = self.connect(), self.connect(self.daemon_there)
        return Call(self.migrate, here.lookupByName("guest"), LIVE, there, **params)

    def sent(self):
        return self.domain.jobStats().get("memory_processed", 0)

    def completed(self):
        done = self.domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
        return done["memory_processed"]


class Speed(Stream):
    def test_limits(self):
        """At the start, for the domain, and while it runs."""
        self.send_much(64)
        for limit in ({libvirt.VIR_MIGRATE_PARAM_BANDWIDTH: 1}, {}):
            with self.subTest(limit=limit):
                self.domain.migrateSetMaxSpeed(0 if limit else 1)
                began = time.monotonic()
                call = self.call(**limit)
                standin.wait_for(lambda: self.sent() > 2 * MEBIBYTE, "some has been sent")
                self.assertGreater(time.monotonic() - began, 1)
                self.assertLess(self.sent(), 60 * MEBIBYTE)
                self.assertEqual(self.domain.jobStats()["operation"],
                                 libvirt.VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT)
                coming = self.there.lookupByName("guest")
                self.assertNotEqual(coming.jobInfo()[0], libvirt.VIR_DOMAIN_JOB_NONE)
                self.domain.migrateSetMaxSpeed(0)
                self.assertIsNone(call.code())
                self.assertGreaterEqual(self.completed(), 64 * MEBIBYTE)
                self.back(self.assert_went())
                self.domain = self.conn.lookupByName("guest")

    def test_abort(self):
        """What waits for its turn does not hold up the end."""
        self.send_much(64)
        self.domain.migrateSetMaxSpeed(1)
        call = self.call()
        standin.wait_for(lambda: self.sent() > 0, "some has been sent")
        self.domain.abortJob()
        self.assertEqual(call.code(), libvirt.VIR_ERR_OPERATION_ABORTED)
        self.assert_stayed(self.domain)

    def test_virsh(self):
        """What is set is told, also of a domain that does not run, and is kept in bounds."""
        self.define("off", 2)
        self.assertEqual(self.virsh("migrate-getspeed", "off"), "0")
        self.virsh("migrate-setspeed", "off", "77")
        self.assertEqual(self.virsh("migrate-getspeed", "off"), "77")
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "too high",
                          self.domain.migrateSetMaxSpeed, 1 << 50)
        self.assertEqual(self.domain.migrateGetMaxSpeed(), 0)
        self.virsh("migrate", "--live", "--bandwidth", "1000", *self.peer_options(),
                   *self.way_options(), "guest", self.daemon_there.uri)
        self.assert_went()

    def peer_options(self):
        return ["--p2p"] if self.peer else []


class TunnelSpeed(Speed):
    """The driver itself keeps the limit of what goes through the daemons' connection."""

    peer = True
    way = libvirt.VIR_MIGRATE_TUNNELLED


class Compressed(Stream):
    def test_methods(self):
        """The memory comes out as it went in, and is counted as it is."""
        self.send_much(8)
        for method in ({}, {METHOD: "zstd"}, {METHOD: "lz4"}):
            with self.subTest(method=method):
                self.migrate(self.domain, LIVE | COMPRESSED, **method)
                self.assertGreaterEqual(self.completed(), 8 * MEBIBYTE)
                self.back(self.assert_went(), LIVE | COMPRESSED)
                self.assertEqual(self.ports(), [])

    def test_refused(self):
        """By name, and before anything is done."""
        for flags, method, pattern in ((COMPRESSED, "xbzrle", "'xbzrle': expected one of zstd, lz4"),
                                       (COMPRESSED, "raw", "'raw': expected"),
                                       (0, "zstd", "--compressed")):
            with self.assertRaisesRegex(libvirt.libvirtError, pattern):
                self.migrate(self.domain, LIVE | flags, **{METHOD: method})
        self.assert_stayed(self.domain, libvirt.VIR_DOMAIN_RUNNING_BOOTED)


class CompressedTunnel(Compressed):
    peer = True
    way = libvirt.VIR_MIGRATE_TUNNELLED


class CompressedFaults(test_migrate.Faults):
    """All that holds for a stream that no program has in its hands."""

    way = COMPRESSED

    test_abort_there = None  # half of what goes in has not to have come out

    def is_cut(self, before):
        return self.daemon.fds() < before


if __name__ == "__main__":
    standin.main()
