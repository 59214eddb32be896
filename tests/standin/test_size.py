# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemon needs for each defined domain. How that grows is seen in scale.py."""

import unittest

import standin

DOMAINS = 1_000
LIMIT = 10  # KiB for each


class Size(standin.Case):
    start_daemon = False

    def memory(self):
        """Of a daemon that has answered what touches every domain."""
        self.daemon.start()
        connection = self.connect()
        for _ in range(4):
            connection.listAllDomains()
        connection.getAllDomainStats()
        return self.daemon.memory()

    @unittest.skipIf(standin.WATCHED, "who watches needs memory too")
    def test_defined(self):
        """A defined domain takes less than 10 KiB, all answers included."""
        empty = self.memory()
        self.connections.pop().close()
        self.daemon.stop()
        self.daemon.keep(DOMAINS)
        self.assertLess((self.memory() - empty) / DOMAINS, LIMIT)


if __name__ == "__main__":
    standin.main()
