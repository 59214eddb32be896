#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the driver takes beside xl on real Xen: numbers to read, no test.

    meson test --benchmark -C build --verbose lab
    tests/bench/lab.py [halt] [examples] [look] [latency]

It runs in the lab of XLVIRT_LAB_NAME (default: bench), which it boots and stops unless it runs already,
and puts the build's module into it. What is held against each other is measured in turns, in one run.
Times are milliseconds, medians; docs/performance.md says what they are aimed at. XLVIRT_BENCH_ROUNDS and
XLVIRT_BENCH_GUESTS make it shorter or longer.
"""

import os
import statistics
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lab"))
os.environ.setdefault("XLVIRT_LAB_NAME", "bench")

from lab import BUILD, ROOT, Lab, xlconv  # noqa: E402  the path comes first

PROBE = os.path.join(BUILD, "tests", "bench", "probe")
SCRIPT = os.path.join(ROOT, "scripts", "lab")
FOLDER = "/root/bench"
KERNEL = FOLDER + "/halt-kernel"
# No device, no script, no device model: what is left is the work of Xen, libxl and who asks it.
HALT = 'type = "pvh"\nname = "halt"\nkernel = "%s"\nmemory = 8\nvcpus = 1\n' % KERNEL
EXAMPLES = "pv", "pvh", "hvm"
CREATE_ROUNDS = int(os.environ.get("XLVIRT_BENCH_ROUNDS", "7"))
LOOK_ROUNDS = 9
GUESTS = [int(n) for n in os.environ.get("XLVIRT_BENCH_GUESTS", "10 50 100").split()]
SAMPLES = 100
LATENCY_ROUNDS = 5
TRIES = 3


class Bench:
    def __init__(self, lab):
        self.lab = lab

    def probe(self, *arguments):
        """Runs the probe in the lab; returns its numbers by label."""
        for _ in range(TRIES):
            outcome = self.lab.sh(" ".join([FOLDER + "/probe", *map(str, arguments)]), seconds=1800)
            if outcome.status == 0:
                return numbers(outcome.out)
            print("# once more: %s" % outcome.err.strip(), flush=True)
        sys.exit("the probe fails: %s" % " ".join(map(str, arguments)))

    def start_pv(self, who, paths):
        """A guest to be saved."""
        command = "xl create -q " + paths[0] if who == "xl" else "virsh -c xen:///system create " + paths[1]
        outcome = self.lab.sh(command)
        if outcome.status != 0:
            sys.exit("the guest to be saved does not start: %s" % outcome)

    def put_cfg(self, name, text):
        """Puts a guest into the lab as xl and virsh read it; returns the two paths."""
        paths = ["%s/%s.%s" % (FOLDER, name, kind) for kind in ("cfg", "xml")]
        self.lab.write(paths[0], text)
        with tempfile.NamedTemporaryFile("w", suffix=".cfg", encoding="utf-8") as cfg:
            cfg.write(text)
            cfg.flush()
            self.lab.write(paths[1], xlconv("cfg2xml", cfg.name).out)
        return paths

    def example(self, name):
        with open(os.path.join(ROOT, "examples", name + ".cfg"), encoding="utf-8") as source:
            return self.put_cfg(name, source.read())


def numbers(text):
    found = {}
    for line in text.splitlines():
        label, value = line.split()
        found.setdefault(label, []).append(float(value))
    return found


def middle(values):
    return statistics.median(values)


def late(values):
    """The 99th percentile."""
    return statistics.quantiles(values, n=100)[98]


def halt_kernel():
    """A kernel for PVH that would halt: a program header for its two instructions, one for Xen's note."""
    base, code = 0x100000, b"\xf4\xeb\xfd"
    note = struct.pack("<III4sI", 4, 4, 18, b"Xen", base)
    start = 64 + 2 * 56
    head = struct.pack("<4sBBBxxxxxxxxxHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 2, 62, 1, base, 64, 0, 0,
                       64, 56, 2, 64, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 5, start, base, base, 4, 4096, 4)
    told = struct.pack("<IIQQQQQQ", 4, 4, start + 4, 0, 0, len(note), len(note), 4)
    return head + load + told + code.ljust(4, b"\0") + note


def create(bench, name, paths):
    """A guest from the start to the end of the command."""
    found = bench.probe("create", CREATE_ROUNDS, name, *paths)
    xl = middle(found["xl"])
    for label in ("virsh", "call"):
        print("create %-4s xl %.0f %s %.0f: %.3f times"
              % (name, xl, label, middle(found[label]), middle(found[label]) / xl), flush=True)


def halt(bench):
    create(bench, "halt", bench.put_cfg("halt", HALT))


def examples(bench):
    for name in EXAMPLES:
        create(bench, name, bench.example(name))


def look(bench):
    """The cost of one more guest, from what the fewest and the most guests take."""
    rows = {}
    for count in GUESTS:
        bench.probe("fill", count, KERNEL)
        rows[count] = {label: middle(values)
                       for label, values in bench.probe("look", LOOK_ROUNDS).items()}
        print("look %4d guests: %s" % (count, told(rows[count])), flush=True)
    few, many = min(GUESTS), max(GUESTS)
    each = {label: (rows[many][label] - rows[few][label]) / (many - few) for label in rows[few]}
    print("look per guest:    %s" % told(each))
    print("look against xl:   %s"
          % told({label: value / each["xl-list"] for label, value in each.items()}), flush=True)
    bench.probe("empty")


def told(row):
    return " ".join("%s %.2f" % pair for pair in row.items())


def latency(bench):
    """Questions about a small guest: in quiet, while virsh saves a PV guest, and while xl does, whose load
    on the processors is the same and which asks nothing of the driver."""
    paths = bench.example("pv")
    image = FOLDER + "/pv.save"
    bench.probe("fill", 1, KERNEL)
    times = {"quiet": {}, "virsh": {}, "xl": {}}
    for _ in range(LATENCY_ROUNDS):
        for who, command in (("virsh", "virsh -c xen:///system"), ("xl", "xl")):
            collect(times["quiet"], bench.probe("still", "small-1", SAMPLES))
            bench.start_pv(who, paths)
            collect(times[who], bench.probe("during", "small-1", command, "save", "pv", image))
    for label in times["quiet"]:
        quiet = late(times["quiet"][label])
        for who, found in times.items():
            print("latency %-8s %-5s middle %.1f, 99 of 100 below %.1f: %.2f times (%d questions)"
                  % (label, who, middle(found[label]), late(found[label]),
                     late(found[label]) / quiet, len(found[label])), flush=True)
    bench.probe("empty")


def collect(into, found):
    for label, values in found.items():
        into.setdefault(label, []).extend(values)


PARTS = {"halt": halt, "examples": examples, "look": look, "latency": latency}


def put(lab):
    """The probe and the small guests' kernel."""
    lab.sh("rm -rf {0}; mkdir {0}".format(FOLDER))
    kernel = os.path.join(BUILD, "tests", "bench", "halt-kernel")
    with open(kernel, "wb") as out:
        out.write(halt_kernel())
    subprocess.run([SCRIPT, "copy", PROBE, kernel, FOLDER], check=True)


def main():
    parts = sys.argv[1:] or list(PARTS)
    own = subprocess.run([SCRIPT, "status"], stdout=subprocess.DEVNULL, check=False).returncode != 0
    subprocess.run([SCRIPT, "up"], check=True)
    try:
        subprocess.run([SCRIPT, "deploy"], check=True)
        lab = Lab()
        put(lab)
        for part in parts:
            PARTS[part](Bench(lab))
        lab.close()
    finally:
        if own:
            subprocess.run([SCRIPT, "down"], check=True)


if __name__ == "__main__":
    main()
