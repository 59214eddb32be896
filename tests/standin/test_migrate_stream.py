# SPDX-License-Identifier: LGPL-2.1-or-later
"""The way of the memory from one daemon to the other: how fast, through what."""

import time

import libvirt

import standin
from test_migrate import LIVE, SEND, Call, Two

MEBIBYTE = 1 << 20
PAGES = MEBIBYTE // 4096


class Speed(Two):
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
                standin.wait_for(lambda: coming.jobInfo()[0] != libvirt.VIR_DOMAIN_JOB_NONE,
                                 "it comes")
                self.domain.migrateSetMaxSpeed(0)
                self.assertIsNone(call.code())
                done = self.domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
                self.assertGreaterEqual(done["memory_processed"], 64 * MEBIBYTE)
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
        """What is set is told, also of a domain that does not run, and goes when it does."""
        self.define("off", 2)
        self.assertEqual(self.virsh("migrate-getspeed", "off"), "0")
        self.virsh("migrate-setspeed", "off", "77")
        self.assertEqual(self.virsh("migrate-getspeed", "off"), "77")
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "too high",
                          self.domain.migrateSetMaxSpeed, 1 << 50)
        self.assertEqual(self.domain.migrateGetMaxSpeed(), 0)
        self.virsh("migrate", "--live", "--bandwidth", "1000", "--migrateuri", "tcp://127.0.0.1",
                   "guest", self.daemon_there.uri)
        self.assert_went()


if __name__ == "__main__":
    standin.main()
