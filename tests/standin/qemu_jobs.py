# SPDX-License-Identifier: LGPL-2.1-or-later
"""The block jobs of a device model that only talks, and the images of its disks.

    disk = qemu_jobs.Disk("xvda-qcow2", [("/a.qcow2", "qcow2"), ("/base.img", "raw")])
    with qemu_jobs.Jobs(self.daemon, standin.uuid(1), 1, [disk]) as jobs:
        domain = self.start("guest", ...)
        domain.blockPull("xvda")
        jobs.finish("xlvirt.pull.xvda")

A job does nothing by itself: the test says when it is ready and when it is over."""

import libvirt

import qemu

MIB = 1024 * 1024
KINDS = {"block-stream": "stream", "drive-mirror": "mirror", "block-commit": "commit"}


class Disk:
    """A disk at a node, with its image and those behind it."""

    def __init__(self, node, chain, drive="", vdev=None):
        self.node, self.chain, self.drive, self.vdev = node, list(chain), drive, vdev
        self.path = f"/machine/{node}"  # where its device is, whatever its node is called later

    def item(self):
        """Of query-block."""
        image = {}
        for file, form in reversed(self.chain):
            behind = {"backing-image": image} if image else {}
            image = {"filename": file, "format": form, "virtual-size": 8 * MIB, "actual-size": MIB, **behind}
        return {"device": self.drive, "qdev": self.path, "locked": False, "removable": False, "type": "unknown",
                "inserted": {"node-name": self.node, "file": self.chain[0][0], "drv": self.chain[0][1], "ro": False,
                             "image": image}}


class Jobs:
    def __init__(self, daemon, uuid, domid, disks):
        self.daemon, self.disks, self.jobs, self.asked = daemon, list(disks), {}, {}
        self.answers = {"query-block": lambda _: [disk.item() for disk in self.disks], "query-blockstats": [],
                        "query-block-jobs": lambda _: list(self.jobs.values()), "qom-get": self.ask_device,
                        "block-job-cancel": self.cancel, "block-job-set-speed": self.set_speed,
                        "block-job-complete": self.complete, "job-dismiss": self.dismiss}
        for command in KINDS:
            self.answers[command] = lambda arguments, command=command: self.begin(command, arguments)
        self.model = qemu.Qemu(daemon, domid, self.answers)
        self.line = qemu.events(daemon, uuid, self.answers)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.line.__exit__()
        self.model.__exit__()

    def told(self, name):
        return self.model.told(name)

    def listened(self):
        """How often somebody has begun to listen."""
        return len(self.line.told("query-block-jobs"))

    def ask_device(self, arguments):
        """The disk's name, with the number of the partition that it is: none."""
        for disk in self.disks:
            if disk.path == arguments["path"] and disk.vdev:
                return disk.vdev + "0"
        raise qemu.Error("Property not found")

    def begin(self, command, arguments):
        name = arguments["job-id"]
        if name in self.jobs:
            raise qemu.Error("Job ID already in use")
        self.asked[name] = arguments
        self.jobs[name] = {"device": name, "type": KINDS[command], "offset": 0, "len": 8 * MIB, "ready": False,
                           "speed": arguments.get("speed", 0), "status": "running", "busy": True, "paused": False}
        self.change(name, "created")
        return {}

    def tell(self, event, **data):
        try:
            self.line.tell(event, **data)
        except OSError:
            pass  # nobody listens

    def change(self, name, status):
        self.jobs[name]["status"] = status
        self.tell("JOB_STATUS_CHANGE", id=name, status=status)

    def moved(self, name, done):
        self.jobs[name]["offset"] = done

    def ready(self, name):
        self.jobs[name].update(offset=8 * MIB, ready=True)
        self.change(name, "ready")
        self.tell("BLOCK_JOB_READY", device=name, type=self.jobs[name]["type"])

    def finish(self, name, error=None):
        job = self.jobs[name]
        job.update(ready=False, **({"error": error} if error else {"offset": job["len"]}))
        self.change(name, "concluded")

    def cancel(self, arguments):
        name = arguments["device"]
        self.finish(name, None if self.jobs[name]["ready"] else "Operation canceled")
        return {}

    def set_speed(self, arguments):
        self.jobs[arguments["device"]]["speed"] = arguments["speed"]
        return {}

    def complete(self, arguments):
        """The guest goes on with the copy."""
        name = arguments["device"]
        asked = self.asked[name]
        disk = next(disk for disk in self.disks if disk.node == asked["device"])
        if self.jobs[name]["type"] == "mirror":
            disk.node, disk.chain = asked["node-name"], [(asked["target"], asked["format"])]
        else:
            at = [file for file, _ in disk.chain].index(asked["base"])
            disk.node, disk.chain = "#block1", disk.chain[at:]
        self.finish(name)
        return {}

    def dismiss(self, arguments):
        name = arguments["id"]
        self.change(name, "null")
        del self.jobs[name]
        return {}


def listen(conn):
    """What clients hear of block jobs: ("xvda", type, status), and the same by the image."""
    heard = []
    for number in libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB, libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2:
        conn.domainEventRegisterAny(None, number, lambda _conn, _dom, *what: heard.append(what[:3]), None)
    return heard
