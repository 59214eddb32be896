# SPDX-License-Identifier: LGPL-2.1-or-later
"""The world of the stand-in as a test sees it: guests, their manners, and faults (control.h)."""

import ctypes
import os
import pathlib
import shutil
import uuid as uuids

OBEYS, IGNORES, ALIEN = range(3)
POWEROFF, REBOOT, SUSPEND, CRASH, WATCHDOG, SOFT_RESET = range(6)
PV, HVM, PVH = 2, 1, 3
CREDIT, CREDIT2, RTDS = 5, 6, 8
ERRORS = {"FAIL": -3, "NOMEM": -5, "INVAL": -6, "GUEST_TIMEDOUT": -8, "TIMEDOUT": -9,
          "NOPARAVIRT": -10, "LOCK_FAIL": -15, "DOMAIN_NOTFOUND": -21, "ABORTED": -22}
FAIL, HANG, KILL, STOP, GONE = range(5)
CAPABILITIES = "control_d\n"


class Guest(ctypes.Structure):
    """StandinGuest of control.h."""

    _fields_ = [("raw_name", ctypes.c_char * 128), ("raw_uuid", ctypes.c_uint8 * 16),
                ("type", ctypes.c_int), ("paused", ctypes.c_int), ("shutdown", ctypes.c_int),
                ("reason", ctypes.c_int), ("target", ctypes.c_uint64), ("max", ctypes.c_uint64),
                ("vcpus", ctypes.c_uint32), ("online", ctypes.c_uint32),
                ("triggers", ctypes.c_uint32 * 7)]

    @property
    def name(self):
        return self.raw_name.decode()

    @property
    def uuid(self):
        return str(uuids.UUID(bytes=bytes(self.raw_uuid)))


class Fault:
    """Something that goes wrong at a point; made by the methods of Xen."""

    def __init__(self, xen, number):
        self.xen = xen
        self.number = number

    def hits(self):
        """How many calls it hit so far."""
        return self.xen.library.standin_fault_hits(self.number)

    def release(self):
        """Calls that hang go on; nobody is hit any more."""
        self.xen.library.standin_fault_release(self.number)


class Xen:
    """A world in a folder. It is there without a daemon, and outlives one."""

    def __init__(self, folder, second=False):
        """A SECOND one beside the first has the library for itself; it is for looking and faults."""
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        (self.folder / "capabilities").write_text(CAPABILITIES)
        os.environ["STANDIN_DIR"] = str(self.folder)
        library = os.environ["STANDIN"]
        if second:
            library = shutil.copy(library, self.folder / "library.so")
        self.library = ctypes.CDLL(library)
        self.library.standin_leave()
        self.guests()  # from now on it knows its world
        self.library.standin_guest_create.argtypes = [
            ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint64, ctypes.c_uint32]
        self.library.standin_set_host.argtypes = [ctypes.c_uint32] * 4 + [ctypes.c_uint64]
        self.library.standin_guest_set_cpu_time.argtypes = [ctypes.c_uint32, ctypes.c_uint64]

    def set_host(self, cpus=4, nodes=1, sockets=1, threads=1, memory=64 << 20):
        """The machine; before the daemon starts. Memory in KiB."""
        assert self.library.standin_set_host(cpus, nodes, sockets, threads, memory)

    def set_pool(self, number, name, scheduler, first_cpu, cpus):
        """A cpupool; number 0 is the one that guests start in."""
        assert self.library.standin_set_pool(number, name.encode(), scheduler, first_cpu, cpus)

    def set_flask(self, labels, enforcing=False):
        """Whether guests have security labels."""
        self.library.standin_set_flask(labels, enforcing)

    def set_shadow(self, shadow):
        """Whether Xen has shadow page tables."""
        self.library.standin_set_shadow(shadow)

    def set_muted(self, muted):
        """Whether nobody hears of domains that come and go."""
        self.library.standin_set_muted(muted)

    def set_boot(self, manner=OBEYS, stop=POWEROFF, stops=0):
        """What guests that start from now on are like; the first STOPS of them stop at once."""
        self.library.standin_set_boot(manner, stop, stops)

    def boot_stops(self):
        """How many of them are still to come."""
        return self.library.standin_boot_stops()

    def guests(self):
        """The domids of all guests."""
        domids = (ctypes.c_uint32 * 2048)()
        return list(domids[:self.library.standin_guests(domids, 2048)])

    def guest(self, domid):
        """The Guest, or None."""
        guest = Guest()
        return guest if self.library.standin_guest_read(domid, ctypes.byref(guest)) else None

    def by_name(self, name):
        """Domids of guests of the name, to find one that is there twice."""
        found = [(domid, self.guest(domid)) for domid in self.guests()]
        return [domid for domid, guest in found if guest and guest.name == name]

    def create(self, name, uuid, kind=PVH, memory=65536, vcpus=1):
        """Does what xl create does; returns the domid. Memory in KiB."""
        domid = self.library.standin_guest_create(name.encode(), uuids.UUID(uuid).bytes, kind,
                                                  memory, vcpus)
        assert domid > 0, domid
        return domid

    def stop(self, domid, reason=POWEROFF):
        """The guest stops by itself."""
        assert self.library.standin_guest_stop(domid, reason)

    def destroy(self, domid):
        """Does what xl destroy does."""
        assert self.library.standin_guest_destroy(domid)

    def pause(self, domid, paused=True):
        """Does what xl pause or xl unpause does."""
        assert self.library.standin_guest_pause(domid, paused)

    def set_manner(self, domid, manner):
        """How it takes requests: OBEYS, IGNORES, ALIEN (no PV drivers)."""
        assert self.library.standin_guest_set_manner(domid, manner)

    def set_cpu_time(self, domid, nanoseconds):
        assert self.library.standin_guest_set_cpu_time(domid, nanoseconds)

    def node(self, path):
        """The file that holds the value of a node of xenstore."""
        return self.folder / "store" / path.lstrip("/") / "="

    def read(self, path):
        """A value in xenstore, or None."""
        try:
            return self.node(path).read_text()
        except OSError:
            return None

    def devices(self, domid, kind):
        """Name to backing of the guest's devices; kinds: disk, nic, pci."""
        folder = self.node(f"/local/domain/{domid}/device/{kind}").parent
        return {path.name: (path / "=").read_text() for path in folder.glob("*") if path.is_dir()}

    def write(self, path, value):
        """Writes a value, as a guest would."""
        self.node(path).parent.mkdir(parents=True, exist_ok=True)
        self.node(path).write_text(value)

    def calls(self, point):
        """How often the point was passed."""
        return self.library.standin_calls(point.encode())

    def arm(self, point, action, value=0, domid=-1, skip=0, times=1):
        number = self.library.standin_fault_arm(point.encode(), action, value, domid, skip, times)
        assert number >= 0, "too many faults"
        return Fault(self, number)

    def fail(self, point, error="FAIL", **which):
        """The call fails. In all of these, which: domid=N, skip=N calls that pass before,
        times=N calls that are hit (-1: all)."""
        return self.arm(point, FAIL, ERRORS[error], **which)

    def hang(self, point, **which):
        """The call waits for Fault.release()."""
        return self.arm(point, HANG, **which)

    def kill(self, point, **which):
        """The daemon is killed there."""
        return self.arm(point, KILL, **which)

    def stop_at(self, point, reason=CRASH, **which):
        """The guest stops there by itself."""
        return self.arm(point, STOP, reason, **which)

    def destroy_at(self, point, **which):
        """The guest is destroyed there, as by xl."""
        return self.arm(point, GONE, **which)

    def clear_faults(self):
        """All that hangs goes on, and all goes well from now on."""
        self.library.standin_faults_clear()
