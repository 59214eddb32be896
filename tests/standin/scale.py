# SPDX-License-Identifier: LGPL-2.1-or-later
"""How the daemon's time and memory grow with the number of domains: numbers to read.

    meson test --benchmark -C build --verbose scale

Each line is one number of domains: seconds to start the daemon, beyond those of an empty one, to list, to
look up 1,000 by name and to read all statistics; KiB of the daemon's memory for each domain, before and after
these: the C library keeps for later what an answer took.
"""

import pathlib
import shutil
import tempfile
import time

import libvirt

import standin
import xen

DEFINED = 100, 1_000, 10_000
RUNNING = 100, 1_000


def timed(work, repeat=3):
    """The least of some runs: what a busy machine adds is not ours."""
    best = float("inf")
    for _ in range(repeat):
        began = time.monotonic()
        work()
        best = min(best, time.monotonic() - began)
    return best


def look_up(conn, count):
    for number in range(1000):
        conn.lookupByName(f"guest-{number % count}")


def report(what, count, start, conn, daemon, empty):
    memory = [daemon.memory()]
    columns = (timed(conn.listAllDomains), timed(lambda: look_up(conn, count), 1),
               timed(conn.getAllDomainStats))
    memory.append(daemon.memory())
    at_rest, after = ((kib - empty) / count for kib in memory)
    print(f"{count:6} {what}: start {start:.3f} list {columns[0]:.4f} look-up {columns[1]:.3f} "
          f"domstats {columns[2]:.3f} memory {at_rest:.1f} {after:.1f}", flush=True)


def with_daemon(work):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="scale-"))
    daemon = standin.Daemon(folder, xen.Xen(folder / "xen"))
    try:
        work(folder, daemon)
    finally:
        daemon.stop()
        shutil.rmtree(folder)


def empty_daemon():
    """Seconds that a daemon without domains takes to start, and its memory in KiB."""
    found = []

    def measure(_folder, daemon):
        found.append(timed(daemon.start, 1))
        libvirt.open(daemon.uri).listAllDomains()
        found.append(daemon.memory())

    with_daemon(measure)
    return found


def defined(count, empty):
    def measure(_folder, daemon):
        daemon.keep(count)
        start = timed(daemon.start, 1)
        report("defined", count, start - empty[0], libvirt.open(daemon.uri), daemon, empty[1])

    with_daemon(measure)


def running(count, empty):
    def measure(_folder, daemon):
        daemon.start()
        conn = libvirt.open(daemon.uri)
        for number in range(count):
            conn.createXML(standin.xml(f"guest-{number}", number + 1))
        conn.close()
        daemon.stop()
        start = timed(daemon.start, 1)
        report("running", count, start - empty[0], libvirt.open(daemon.uri), daemon, empty[1])

    with_daemon(measure)


def main():
    standin.run_events()
    empty = empty_daemon()
    for count in DEFINED:
        defined(count, empty)
    for count in RUNNING:
        running(count, empty)


main()
