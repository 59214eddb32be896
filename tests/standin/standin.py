# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stock libvirtd with our module, on the stand-in for Xen. README.md shows a test.

The daemon runs in a mount namespace of its own: its /run, /var/lib, /var/log, /var/cache and
/etc/libvirt are folders of the test, which the test sees as folder/run and so on."""

import atexit
import contextlib
import ctypes
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import libvirt

import xen

PATIENCE = float(os.environ.get("STANDIN_PATIENCE", "60"))  # seconds; only a failure reaches it
LIBVIRTD = os.environ.get("STANDIN_LIBVIRTD", "/usr/sbin/libvirtd")
VIRTLOCKD = "/usr/sbin/virtlockd"
SANITIZER = os.environ.get("STANDIN_SANITIZER", "").split(":")  # libraries before all others
UNDER = shlex.split(os.environ.get("STANDIN_UNDER", ""))  # a program that runs the daemon
WATCHED = bool(SANITIZER[0] or UNDER)  # memory and time are not the daemon's own
FOLDERS = {"run": "/run", "lib": "/var/lib", "log": "/var/log", "cache": "/var/cache",
           "etc": "/etc/libvirt"}
CONFIG = """\
auth_unix_rw = "none"
auth_unix_ro = "none"
unix_sock_rw_perms = "0700"
host_uuid = "{host}"
log_outputs = "1:file:{folder}/libvirtd.log"
log_filters = "1:libxl 3:*"
"""
ENTER = """\
set -e
folder=$1; shift
{mounts}
{network}
exec "$@"
"""
PR_SET_PDEATHSIG = 1


def wait_for(condition, what="it"):
    """Looks again and again until condition() is true; returns its value."""
    end = time.monotonic() + PATIENCE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.002)


def die_with_parent():
    """Nothing outlives a test that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def xml(name, number=1, kind="xenpvh", memory=65536, vcpus=1, more="", devices=""):
    """A definition; the uuid ends in NUMBER. Memory in KiB. Kinds: xenpvh, xen (PV), hvm."""
    kernel = "<kernel>/boot/vmlinuz</kernel>" if kind != "hvm" else ""
    arch = "" if kind == "xen" else " arch='x86_64'"
    return f"""<domain type='xen'><name>{name}</name><uuid>{uuid(number)}</uuid>
      <memory unit='KiB'>{memory}</memory><vcpu>{vcpus}</vcpu>
      <os><type{arch}>{kind}</type>{kernel}</os>{more}<devices>{devices}</devices></domain>"""


def uuid(number):
    return f"11111111-2222-4333-8444-{number:012d}"


class Daemon:
    """A private libvirtd. Its folder is the test's."""

    def __init__(self, folder, world, host="3c4f66a4-1f13-4c25-a0b1-5f6d7a1b9e55"):
        self.folder = pathlib.Path(folder)
        self.world = world
        self.network = []  # commands that make the network which it has for itself; none: the host's
        self.modules = os.path.dirname(os.environ["STANDIN_MODULE"])
        self.process = None
        self.log = self.folder / "libvirtd.log"
        self.errors = self.folder / "stderr"
        self.socket = self.folder / "run/libvirt/libvirt-sock"
        self.uri = f"xen+unix:///system?socket={self.socket}"
        for name in FOLDERS:
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "run/lock").mkdir(exist_ok=True)
        (self.folder / "libvirtd.conf").write_text(CONFIG.format(folder=self.folder, host=host))

    def enter(self, *command):
        """What runs a command with the daemon's view of the machine."""
        mounts = "\n".join(f'mount --bind "$folder"/{name} {place}'
                           for name, place in FOLDERS.items())
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        net = ["--net"] if self.network else []
        script = ENTER.format(mounts=mounts, network="\n".join(self.network))
        return ["unshare", "--mount", *net, *user, "sh", "-c", script, "sh",
                str(self.folder), *command]

    def command(self):
        # LD_PRELOAD cannot have a blank in it, which the folders' names may
        preload = [pathlib.Path(library) for library in (*SANITIZER, os.environ["STANDIN"])
                   if library]
        folders = [str(library.parent) for library in preload]
        folders += filter(None, [os.environ.get("LD_LIBRARY_PATH")])
        # ThreadSanitizer wants its places in memory for itself
        steady = ["setarch", "-R"] if SANITIZER[0] else []
        return self.enter(*steady, "env", "LD_LIBRARY_PATH=" + ":".join(folders),
                          "LD_PRELOAD=" + ":".join(library.name for library in preload),
                          *UNDER, LIBVIRTD, "-f", str(self.folder / "libvirtd.conf"))

    def start(self):
        """Starts it and waits until it answers."""
        environment = dict(os.environ, STANDIN_DIR=str(self.world.folder), LC_ALL="C.UTF-8",
                           LIBVIRT_DRIVER_DIR=self.modules)
        self.socket.unlink(missing_ok=True)
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=errors, env=environment,
                                            preexec_fn=die_with_parent)
        wait_for(self.answers, "the daemon answers\n" + self.said())
        return self

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the daemon ended ({self.process.returncode}):\n{self.said()}")
        if not self.socket.exists():
            return False
        try:
            libvirt.open(self.uri).close()
            return True
        except libvirt.libvirtError as error:
            if error.get_error_code() == libvirt.VIR_ERR_SYSTEM_ERROR:
                return False
            raise

    def said(self):
        """What it logged and printed."""
        files = [path for path in (self.log, self.errors) if path.exists()]
        return "\n".join(path.read_text(errors="replace") for path in files)

    def keep(self, count):
        """Stores definitions of guest-0 and so on, before it starts."""
        store = self.folder / "etc/libxl"
        store.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (store / f"guest-{number}.xml").write_text(xml(f"guest-{number}", number + 1))

    def running(self):
        return self.process is not None and self.process.poll() is None

    def waits(self):
        """Where in the kernel each of its threads waits."""
        tasks = sorted(pathlib.Path(f"/proc/{self.process.pid}/task").iterdir())
        return ", ".join((task / "comm").read_text().strip() + " in " + (task / "wchan").read_text()
                         for task in tasks)

    def end(self, how, what):
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            waits = self.waits()
            self.process.kill()
            self.process.wait()
            raise AssertionError(
                f"the daemon does not end {what}; {waits}:\n{self.said()}") from None
        self.process = None
        return status

    def stop(self):
        """Ends it as systemd does. Guests run on."""
        status = self.end(signal.SIGTERM, "when asked to")
        if status not in (0, None):
            raise AssertionError(f"the daemon ended with status {status}:\n{self.said()}")

    def kill(self):
        """SIGKILL."""
        self.end(signal.SIGKILL, "when killed")

    def wait_killed(self):
        """Waits for a fault to kill it."""
        status = self.process.wait(PATIENCE)
        self.process = None
        if status != -signal.SIGKILL:
            raise AssertionError(f"the daemon ended with status {status}:\n{self.said()}")

    def nice_values(self, *names):
        """Of its threads and of programs that it runs, by their names."""
        found = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            children = (task / "children").read_text().split()
            for stat in [task / "stat"] + [pathlib.Path("/proc", child, "stat") for child in children]:
                name, rest = stat.read_text().split("(", 1)[1].rsplit(")", 1)
                found[name] = int(rest.split()[16])
        return {name: value for name, value in found.items() if name in names}

    def fds(self):
        """How many file descriptors it has."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def opened(self):
        """What they are, as the kernel names it."""
        names = []
        for path in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # it was closed this moment
                names.append(os.readlink(path))
        return names

    def threads(self):
        """The names of its threads."""
        names = []
        for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/comm"):
            with contextlib.suppress(OSError):  # it ended this moment
                names.append(path.read_text().strip())
        return names

    def memory(self):
        """KiB of its own memory, without what it shares with files."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            fields = dict(line.split(":", 1) for line in status)
        return int(fields["RssAnon"].split()[0])

    def start_lock_manager(self):
        """Its virtlockd, to be ended by the caller; before it starts."""
        (self.folder / "etc/libxl.conf").write_text('lock_manager = "lockd"\n')
        process = subprocess.Popen(
            self.enter(VIRTLOCKD, "-p", str(self.folder / "virtlockd.pid")),
            stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
        socket = self.folder / "run/libvirt/virtlockd-sock"
        wait_for(socket.exists, "virtlockd listens")
        return process

    def virsh(self, *arguments):
        """Runs virsh; returns what subprocess.run() does."""
        return subprocess.run(["virsh", "-c", self.uri, *map(str, arguments)], text=True,
                              capture_output=True, timeout=PATIENCE, check=False,
                              env=dict(os.environ, LC_ALL="C.UTF-8"))


class Events:
    """Lifecycle and reboot events of a connection, as words in the order they came."""

    KINDS = {libvirt.VIR_DOMAIN_EVENT_DEFINED: "defined",
             libvirt.VIR_DOMAIN_EVENT_UNDEFINED: "undefined",
             libvirt.VIR_DOMAIN_EVENT_STARTED: "started",
             libvirt.VIR_DOMAIN_EVENT_SUSPENDED: "suspended",
             libvirt.VIR_DOMAIN_EVENT_RESUMED: "resumed",
             libvirt.VIR_DOMAIN_EVENT_STOPPED: "stopped",
             libvirt.VIR_DOMAIN_EVENT_SHUTDOWN: "shutdown",
             libvirt.VIR_DOMAIN_EVENT_PMSUSPENDED: "asleep",
             libvirt.VIR_DOMAIN_EVENT_CRASHED: "crashed"}

    def __init__(self, connection):
        self.seen = []
        self.lock = threading.Lock()
        connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                          self.on_lifecycle, None)
        connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_REBOOT,
                                          self.on_reboot, None)

    def add(self, domain, word, detail):
        with self.lock:
            self.seen.append((domain.name(), word, detail))

    def on_lifecycle(self, _connection, domain, event, detail, _data):
        self.add(domain, self.KINDS.get(event, str(event)), detail)

    def on_reboot(self, _connection, domain, _data):
        self.add(domain, "reboot", 0)

    def of(self, name):
        """The words of one domain so far."""
        with self.lock:
            return [word for who, word, _ in self.seen if who == name]

    def details(self, name, word):
        with self.lock:
            return [detail for who, what, detail in self.seen if (who, what) == (name, word)]

    def wait(self, name, *words):
        """Waits until the domain's events are just these."""
        wait_for(lambda: len(self.of(name)) >= len(words), f"{words}; came: {self.of(name)}")
        if self.of(name) != list(words):
            raise AssertionError(f"events of {name}: {self.of(name)}, not {list(words)}")


def run_events():
    """libvirt's event loop, for the whole process."""
    libvirt.virEventRegisterDefaultImpl()
    libvirt.registerErrorHandler(lambda _data, _error: None, None)

    ended = threading.Event()

    def loop():
        while not ended.is_set():
            libvirt.virEventRunDefaultImpl()

    def end():
        # a callback in an interpreter that is half gone crashes
        ended.set()
        thread.join()

    # an empty loop would sleep for ever and not see what is added to it
    libvirt.virEventAddTimeout(50, lambda *_: None, None)
    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    atexit.register(end)


class Case(unittest.TestCase):
    """A test with a world of its own (self.xen) and a daemon on it (self.daemon, self.conn)."""

    maxDiff = None
    start_daemon = True
    last_words = ""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="standin-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.xen = xen.Xen(self.folder / "xen")
        self.daemon = Daemon(self.folder, self.xen)
        self.connections = []
        self.addCleanup(self.end)
        self.prepare()
        if self.start_daemon:
            self.daemon.start()
            self.conn = self.connect()

    def prepare(self):
        """What a test wants of the host before the daemon starts."""

    def end(self):
        self.xen.clear_faults()
        for connection in self.connections:
            try:
                connection.close()
            except libvirt.libvirtError:
                pass
        self.end_daemon(self.daemon)

    def end_daemon(self, daemon):
        """Stops it and looks through what it said."""
        try:
            daemon.stop()
        finally:
            daemon.kill()
        said = daemon.said()
        self.last_words += said[-8000:]
        for word in ("AddressSanitizer", "ThreadSanitizer", "runtime error:", "stand-in:"):
            if word in said.replace("stand-in: libxl_", "").replace("stand-in: xs_", ""):
                raise AssertionError(said)

    def run(self, result=None):
        """Shows the daemon's words when a test fails."""
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            print(self.last_words)

    def connect(self, daemon=None):
        """Another connection, closed at the end."""
        connection = libvirt.open((daemon or self.daemon).uri)
        self.connections.append(connection)
        return connection

    def restart(self):
        """Stops the daemon and starts it again; self.conn is a new connection."""
        self.conn.close()
        self.connections.remove(self.conn)
        self.daemon.stop()
        self.daemon.start()
        self.conn = self.connect()

    def events(self):
        return Events(self.connect())

    def define(self, name, number=1, **what):
        return self.conn.defineXML(xml(name, number, **what))

    def start(self, name, number=1, **what):
        """Defines and starts a domain."""
        domain = self.define(name, number, **what)
        domain.create()
        return domain

    def virsh(self, *arguments):
        """What virsh prints; it has to succeed."""
        done = self.daemon.virsh(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def assert_state(self, domain, state, reason=None):
        found = domain.state()
        self.assertEqual(found[0], state)
        if reason is not None:
            self.assertEqual(found[1], reason)

    def wait_state(self, domain, state):
        wait_for(lambda: domain.state()[0] == state,
                 f"{domain.name()} gets to state {state}; it is in {domain.state()}")

    def assert_fails(self, code, pattern, function, *arguments, **named):
        """The call fails with libvirt's error code and a message that matches; returns it."""
        with self.assertRaisesRegex(libvirt.libvirtError, pattern) as caught:
            function(*arguments, **named)
        self.assertEqual(caught.exception.get_error_code(), code, str(caught.exception))
        return str(caught.exception)


def main():
    run_events()
    unittest.main(verbosity=2)
