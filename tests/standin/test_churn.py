# SPDX-License-Identifier: LGPL-2.1-or-later
"""Many clients at once: what comes and goes under readers is never told wrongly, lost or leaked. With
XLVIRT_CHURN_ROUNDS for as long as one likes; memory is looked at then, too."""

import os
import threading

import libvirt

import standin

WORKERS = 4
ROUNDS = int(os.environ.get("XLVIRT_CHURN_ROUNDS", "25"))
LONG = 500  # rounds, from which on what is lost shows in the daemon's memory
MOST_GROWTH = 1024  # KiB
LIBVIRTD_WORKERS = 20
# What a reader may meet: a domain that has just gone, or has just stopped.
PASSING = (libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_OPERATION_INVALID)


class Churn(standin.Case):
    def prepare(self):
        self.failures = []
        self.over = threading.Event()

    def guarded(self, work, *arguments):
        """A thread whose exceptions fail the test."""
        def run():
            try:
                work(*arguments)
            except Exception as error:  # pylint: disable=broad-except
                self.failures.append(f"{threading.current_thread().name}: {error!r}")

        thread = threading.Thread(target=run, name=f"{work.__name__} {arguments[1:]}")
        thread.start()
        return thread

    def come_and_go(self, connection, prefix, number):
        """Half of the guests are defined, half are transient; each is paused and ended."""
        for turn in range(ROUNDS):
            name = f"{prefix}-{number}-{turn}"
            xml = standin.xml(name, 1000000 * number + turn + 1)
            if turn % 2:
                domain = connection.createXML(xml)
            else:
                domain = connection.defineXML(xml)
                domain.create()
            domain.suspend()
            assert domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED
            domain.resume()
            domain.destroy()
            if not turn % 2:
                domain.undefine()

    def read(self, connection, stays):
        """One guest is always there; each other is whole, or gone."""
        while not self.over.is_set():
            names = [domain.name() for domain in connection.listAllDomains()]
            assert "stays" in names and len(names) == len(set(names)), names
            assert connection.lookupByUUIDString(stays).name() == "stays"
            for domain in connection.listAllDomains():
                try:
                    assert f"<name>{domain.name()}</name>" in domain.XMLDesc()
                    domain.info()
                except libvirt.libvirtError as error:
                    if error.get_error_code() not in PASSING or domain.name() == "stays":
                        raise
            connection.getAllDomainStats()

    def test_churn(self):
        stays, events = self.start("stays").UUIDString(), self.events()
        self.churn("first", stays, events)  # what is made once is there
        fds, threads, memory = self.daemon.fds(), len(self.daemon.threads()), self.daemon.memory()
        self.churn("second", stays, events)
        if ROUNDS >= LONG:
            threads += LIBVIRTD_WORKERS  # it makes more of them when they happen to be busy, and keeps them
        if ROUNDS >= LONG and not standin.WATCHED:
            self.assertLess(self.daemon.memory() - memory, MOST_GROWTH)
        # the daemon notices a moment later that a client has gone
        standin.wait_for(lambda: self.daemon.fds() <= fds, f"no more than {fds} descriptors")
        standin.wait_for(lambda: len(self.daemon.threads()) <= threads, f"{threads} threads")

    def churn(self, prefix, stays, events):
        self.over.clear()
        connections = [libvirt.open(self.daemon.uri) for _ in range(WORKERS + 2)]
        readers = [self.guarded(self.read, connection, stays) for connection in connections[:2]]
        workers = [self.guarded(self.come_and_go, connection, prefix, number)
                   for number, connection in enumerate(connections[2:], 1)]
        for worker in workers:
            worker.join()
        self.over.set()
        for reader in readers:
            reader.join()
        self.assertEqual(self.failures, [])
        self.assertEqual(sorted(domain.name() for domain in self.conn.listAllDomains()),
                         ["Domain-0", "stays"])
        for number in range(1, WORKERS + 1):
            for turn in range(ROUNDS):
                words = ["started", "suspended", "resumed", "stopped"]
                if not turn % 2:
                    words = ["defined", *words, "undefined"]
                events.wait(f"{prefix}-{number}-{turn}", *words)
        for connection in connections:
            connection.close()


if __name__ == "__main__":
    standin.main()
