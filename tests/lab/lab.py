# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the scenarios share: results, the running lab, guests' consoles, libvirt's events.

A scenario is one script tests/lab/test_NAME.py. It makes a Results, says what it found with
ok() and equal(), and ends with finish(). Standard library only.
"""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("XLVIRT_BUILD", os.path.join(ROOT, "build"))
IN_RELEASE = os.path.join(ROOT, "scripts", "lib", "in-release")
XLCONV = os.path.join(BUILD, "src", "xlconv", "xlconv")
MODULE = os.path.join(BUILD, "src", "driver", "libvirt_driver_libxl.so")

# The commands of virsh that read or write files, connect to other machines, or tell what they are connected to.
IN_THE_LAB = frozenset((
    "attach-device", "blockcopy", "create", "define", "detach-device", "domxml-from-native", "domxml-to-native",
    "managedsave", "migrate", "net-define", "restore", "save", "save-image-edit", "screenshot", "update-device", "uri",
))

# An emulated processor that others use too: generous, and only ever reached by a failure.
PATIENCE = float(os.environ.get("XLVIRT_LAB_PATIENCE", "600"))


class GiveUp(Exception):
    """What a scenario cannot go on without has failed; its line is already printed."""


class Results:
    """Prints one TAP line per check and counts them."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def ok(self, passed, name, diagnosis=""):
        self.count += 1
        print("%s %d - %s" % ("ok" if passed else "not ok", self.count, name), flush=True)
        if not passed:
            self.failed += 1
            for line in str(diagnosis).splitlines():
                print("#   " + line, flush=True)
        return passed

    def equal(self, found, wanted, name):
        return self.ok(found == wanted, name, "found:  %r\nwanted: %r" % (found, wanted))

    def has(self, text, pattern, name):
        return self.ok(re.search(pattern, text), name, "no match for %r in:\n%s" % (pattern, text))

    def need(self, passed, name, diagnosis=""):
        """ok(), for what all the rest rests on."""
        if not self.ok(passed, name, diagnosis):
            raise GiveUp()

    def finish(self):
        print("1..%d" % self.count)
        sys.exit(1 if self.failed else 0)


def scenario(story, with_lab=True):
    """Runs story(results, lab) and turns what it raises into a failed check."""
    results = Results()
    lab = Lab() if with_lab else None
    try:
        story(results, lab)
    except GiveUp:
        pass
    except subprocess.TimeoutExpired as error:
        results.ok(False, "commands end in time", error)
    finally:
        if lab and results.failed:
            print("# Xen's last words:\n" + lab.sh("xl list; xl dmesg | tail -n 40").out, flush=True)
        if lab:
            lab.close()
    results.finish()


def wait_for(condition, seconds=None):
    """Polls condition() until it is true and returns its value; its last value after seconds."""
    deadline = time.monotonic() + (seconds or PATIENCE)
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.3)


class Outcome:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    def __str__(self):
        return "exit status %d\n%s%s" % (self.status, self.out, self.err)


def run(command, text=None, seconds=None):
    process = subprocess.run(
        command,
        input=text,
        stdin=subprocess.DEVNULL if text is None else None,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds or PATIENCE,
        check=False,
    )
    return Outcome(process)


def xlconv(*arguments):
    """The build's xlconv, which may want the libraries of another release."""
    return run([IN_RELEASE, XLCONV, *arguments])


class Lab:
    """The running lab, as scripts/lab reaches it."""

    def __init__(self, name=None):
        """The one of that name, or that XLVIRT_LAB_NAME names."""
        other = ["env", "XLVIRT_LAB_NAME=" + name] if name else []
        found = run(other + [os.path.join(ROOT, "scripts", "lab"), "ssh-config"])
        if found.status != 0:
            sys.exit("Bail out! " + found.err.strip())
        self.config = found.out.strip()
        self.daemon = os.path.join(os.path.dirname(self.config), "libvirt.sock")
        self.open = []

    def close(self):
        for thing in self.open:
            thing.close()

    def ssh_command(self, *options):
        return ["ssh", "-F", self.config, *options, "lab"]

    def sh(self, script, text=None, seconds=None):
        """Runs a shell script in the lab's dom0."""
        return run(self.ssh_command() + [script], text, seconds)

    def virsh(self, *arguments, seconds=None):
        """Where that can be, on this machine, on which it starts much faster."""
        if arguments[0] in IN_THE_LAB or not os.path.exists(self.daemon):
            return self.sh("virsh -c xen:///system " + shlex.join(arguments), seconds=seconds)
        uri = "xen+unix:///system?socket=" + self.daemon
        return run(["env", "LC_ALL=C.UTF-8", "virsh", "-c", uri, *arguments], seconds=seconds)

    def write(self, path, text):
        outcome = self.sh("cat >" + shlex.quote(path), text)
        if outcome.status != 0:
            raise GiveUp()

    def state(self, guest):
        return self.virsh("domstate", guest).out.strip()

    def domid(self, guest):
        """The guest's id as virsh says it: a number, or None."""
        found = self.virsh("domid", guest).out.strip()
        return int(found) if found.isdigit() else None

    def names(self):
        return self.virsh("list", "--all", "--name").out.split()

    def forget(self, guest):
        """Removes what an earlier, broken run may have left."""
        self.sh(
            "virsh -c xen:///system destroy {0}; virsh -c xen:///system undefine {0};"
            "xl destroy {0}; rm -f /var/log/xen/console/guest-{0}.log".format(guest)
        )

    def written(self, guest):
        """All that the guest wrote on its Xen console so far."""
        return self.sh("cat /var/log/xen/console/guest-%s.log" % shlex.quote(guest)).out

    def banners(self, guest):
        """How often the guest said that it is up."""
        path = shlex.quote("/var/log/xen/console/guest-%s.log" % guest)
        found = self.sh("grep -a -c 'guest is up' " + path).out.strip()
        return int(found) if found.isdigit() else 0

    def parsed(self, path):
        """What xl itself makes of a cfg in the lab: a JSON value, or the outcome of a failure."""
        outcome = self.sh("xl -N create " + shlex.quote(path))
        start = outcome.out.find("{")
        if outcome.status != 0 or start < 0:
            return outcome
        return json.JSONDecoder().raw_decode(outcome.out[start:])[0]

    def monitor(self, command, **arguments):
        """A command of the monitor of the QEMU that the lab runs on; None when there is no monitor."""
        path = os.path.join(os.path.dirname(self.config), "monitor")
        if not os.path.exists(path):
            return None
        with socket.socket(socket.AF_UNIX) as line, line.makefile("rw", encoding="utf-8") as stream:
            line.settimeout(PATIENCE)
            line.connect(path)
            for each in {"execute": "qmp_capabilities"}, {"execute": command, "arguments": arguments}:
                stream.write(json.dumps(each) + "\n")
                stream.flush()
                answer = {}
                while not {"return", "error"} & answer.keys():
                    answer = json.loads(stream.readline())
            return answer

    def background(self, *command, tty=False):
        pipe = Pipe(self.ssh_command(*(["-tt"] if tty else [])) + [shlex.join(command)])
        self.open.append(pipe)
        return pipe

    def console(self, guest):
        return self.background("virsh", "-c", "xen:///system", "console", guest, tty=True)

    def events(self):
        pipe = self.background(
            "virsh", "-c", "xen:///system", "event", "--all", "--loop", "--timestamp", tty=True
        )
        return pipe


class Pipe:
    """A command in the background, whose output is read as it comes."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        self.lock = threading.Lock()
        self.arrived = []  # pairs of time and text; guarded by lock
        threading.Thread(target=self.collect, daemon=True).start()

    def ended(self):
        return self.process.poll() is not None

    def collect(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return
            with self.lock:
                self.arrived.append((time.monotonic(), data.decode("utf-8", "replace")))

    def pieces(self):
        with self.lock:
            return list(self.arrived)

    def text(self):
        return "".join(text for _, text in self.pieces())

    def send(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def expect(self, pattern, start=0, seconds=None):
        """Waits for pattern in what arrived from character start on; returns the match."""
        expression = re.compile(pattern)
        return wait_for(lambda: expression.search(self.text(), start), seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
