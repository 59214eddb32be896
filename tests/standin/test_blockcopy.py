# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks that are copied, or whose images are merged, and guests that go on with another image."""

import json
import xml.etree.ElementTree as ElementTree

import libvirt

import qemu
import qemu_jobs
import standin
from qemu_jobs import MIB

INVALID, UNSUPPORTED = libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_OPERATION_UNSUPPORTED
FAILED, STATE = libvirt.VIR_ERR_OPERATION_FAILED, libvirt.VIR_ERR_OPERATION_INVALID
COPY = "xlvirt.copy.xvda"
TYPE = libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_COPY
PIVOT = libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT
ASYNC = libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC


class Blockcopy(standin.Case):
    def begin(self, three=False):
        """A persistent guest whose disk is two images, or three."""
        self.top, self.base, self.copy = (str(self.folder / name) for name in ("top.qcow2", "base.img", "copy.img"))
        for path, text in (self.top, b"QFI\xfb"), (self.base, b""):
            with open(path, "wb") as file:
                file.write(text)
        self.middle = str(self.folder / "middle.qcow2")
        chain = [(self.top, "qcow2"), (self.base, "raw")]
        if three:
            chain.insert(1, (self.middle, "qcow2"))
        disk = qemu_jobs.Disk("xvda-qcow2", chain, vdev="xvda")
        jobs = qemu_jobs.Jobs(self.daemon, standin.uuid(1), 1, [disk])
        self.addCleanup(jobs.__exit__)
        domain = self.define("guest", kind="xen", devices=(
            f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{self.top}'/>"
            f"<backingStore type='file'><format type='raw'/><source file='{self.base}'/></backingStore>"
            "<target dev='xvda'/></disk>"))
        domain.create()
        standin.wait_for(jobs.listened, "the driver listens")
        return domain, jobs

    def to(self, path, form="raw", more=""):
        return f"<disk type='file'><source file='{path}'/><driver type='{form}'/>{more}</disk>"

    def expect(self, heard, *statuses, kind=TYPE):
        """Events by the disk's name, in order; each comes by the image, too."""
        standin.wait_for(lambda: len(heard) >= 2 * len(statuses), f"{statuses}; came: {heard}")
        self.assertEqual([what for what in heard if what[0] == "xvda"], [("xvda", kind, status) for status in statuses])
        heard.clear()

    def source(self, domain, flags=0):
        disk = ElementTree.fromstring(domain.XMLDesc(flags)).find("devices/disk")
        return disk.find("source").get("file"), disk.find("driver").get("type")

    def record(self, domain):
        """What libxl keeps of the disk."""
        config = json.loads((self.xen.folder / f"userdata/{domain.ID()}.libxl-json").read_text().rstrip("\0"))
        return config["disks"][0]["pdev_path"], config["disks"][0]["format"]

    def assert_on(self, domain, path, form):
        """All books say that the disk is on it."""
        for flags in 0, libvirt.VIR_DOMAIN_XML_INACTIVE:
            self.assertEqual(self.source(domain, flags), (path, form))
        self.assertEqual(self.record(domain), (path, form))

    def test_pivot(self):
        """The guest goes on with the copy, and all that is written about it says so."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        domain.blockCopy("xvda", self.to(self.copy), {
            libvirt.VIR_DOMAIN_BLOCK_COPY_BANDWIDTH: 1000, libvirt.VIR_DOMAIN_BLOCK_COPY_GRANULARITY: 65536,
            libvirt.VIR_DOMAIN_BLOCK_COPY_BUF_SIZE: MIB}, libvirt.VIR_DOMAIN_BLOCK_COPY_TRANSIENT_JOB)
        self.assertEqual(jobs.told("drive-mirror"), [{
            "job-id": COPY, "device": "xvda-qcow2", "auto-dismiss": False, "node-name": "xvda-copy-1",
            "target": self.copy, "format": "raw", "sync": "full", "mode": "absolute-paths", "speed": 1000,
            "granularity": 65536, "buf-size": MIB}])
        jobs.moved(COPY, 8 * MIB)
        self.assertEqual(domain.blockJobInfo("xvda")["cur"], 8 * MIB - 1)
        self.assert_fails(libvirt.VIR_ERR_BLOCK_COPY_ACTIVE, "not copied yet", domain.blockJobAbort, "xvda", PIVOT)
        self.assert_fails(libvirt.VIR_ERR_BLOCK_COPY_ACTIVE, "a block job already, 'copy'", domain.blockPull, "xvda")
        jobs.ready(COPY)
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_READY)
        self.assertEqual(domain.blockJobInfo("xvda"), {"type": TYPE, "bandwidth": 1, "cur": 8 * MIB, "end": 8 * MIB})
        self.assert_on(domain, self.top, "qcow2")
        domain.blockJobAbort("xvda", PIVOT)
        self.assert_on(domain, self.copy, "raw")
        self.assertNotIn(self.base, domain.XMLDesc())
        self.assertEqual(jobs.told("blockdev-del"), [{"node-name": "xvda-qcow2"}])
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED)
        self.restart()
        domain = self.conn.lookupByName("guest")
        self.assert_on(domain, self.copy, "raw")
        # and back, under another name
        domain.blockRebase("xvda", str(self.folder / "b.img"), 0, libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY)
        self.assertEqual((jobs.told("drive-mirror")[1]["device"], jobs.told("drive-mirror")[1]["node-name"]),
                         ("xvda-copy-1", "xvda-copy-2"))

    def test_virsh(self):
        """virsh's own way: by events and by looking."""
        domain, jobs = self.begin()
        jobs.model.answers["drive-mirror"] = lambda arguments: (jobs.begin("drive-mirror", arguments), jobs.ready(COPY),
                                                                {})[2]
        said = self.virsh("blockcopy", "guest", "xvda", self.copy, "--format", "raw", "--wait", "--pivot",
                          "--transient-job")
        self.assertIn("Successfully pivoted", said)
        self.assert_on(domain, self.copy, "raw")

    def test_abort(self):
        """The copy is kept as it was then, or thrown away; the guest stays where it is."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        domain.blockCopy("xvda", self.to(self.copy))
        domain.blockJobAbort("xvda")
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED)
        domain.blockCopy("xvda", self.to(self.copy))
        jobs.ready(COPY)
        # the driver hears of it from QEMU, and not by the call that ends it
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_READY)
        domain.blockJobAbort("xvda")
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED)
        self.assert_on(domain, self.top, "qcow2")

    def test_pivot_fails(self):
        """QEMU's failure at the end, and a record of libxl's that cannot be changed."""
        domain, jobs = self.begin()
        domain.blockPull("xvda")
        self.assert_fails(STATE, "no other image to go on with", domain.blockJobAbort, "xvda", PIVOT)
        domain.blockJobAbort("xvda")
        domain.blockCopy("xvda", self.to(self.copy))
        jobs.ready(COPY)
        path = self.xen.folder / f"userdata/{domain.ID()}.libxl-json"
        record = path.read_text()
        path.write_text(record.replace('"xvda"', '"xvdb"'))
        self.assert_fails(UNSUPPORTED, "libxl's record of the guest.*abort the job", domain.blockJobAbort, "xvda", PIVOT)
        self.assertEqual(jobs.told("block-job-complete"), [])
        path.write_text(record)
        jobs.model.answers["block-job-complete"] = lambda _: (jobs.finish(COPY, "Input/output error"), {})[1]
        self.assert_fails(FAILED, "xvda is still on .*top.qcow2", domain.blockJobAbort, "xvda", PIVOT)
        self.assert_on(domain, self.top, "qcow2")

    def test_another_image(self):
        """A QEMU that a guest has taken over cannot have a file of its choice as the disk."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        domain.blockCopy("xvda", self.to(self.copy))
        for chain in [("/etc/shadow", "raw")], [(self.copy, "qcow2"), ("/etc/shadow", "raw")]:
            if COPY not in jobs.jobs:
                jobs.begin("drive-mirror", {"job-id": COPY})
            jobs.disks[0].node, jobs.disks[0].chain = "xvda-copy-1", chain
            jobs.finish(COPY)
            standin.wait_for(lambda: not jobs.jobs, "the job is dismissed")
            self.assertNotIn("shadow", domain.XMLDesc() + domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))
            if chain[0][0] == "/etc/shadow":
                self.assert_on(domain, self.top, "qcow2")
                self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED)
        self.assert_on(domain, self.copy, "raw")

    def test_next_daemon(self):
        """The one that gave the order is killed before it can write down what followed."""
        domain, jobs = self.begin()
        domain.blockCopy("xvda", self.to(self.copy))
        jobs.ready(COPY)
        domain.blockJobAbort("xvda", PIVOT | ASYNC)
        standin.wait_for(lambda: self.source(domain) == (self.copy, "raw"), "an order that nobody waits for")
        second = str(self.folder / "second.qcow2")
        domain.blockCopy("xvda", self.to(second, "qcow2"))
        self.daemon.kill()
        jobs.complete({"device": COPY})
        self.restart()
        domain = self.conn.lookupByName("guest")
        standin.wait_for(lambda: not jobs.jobs, "the job is dismissed")
        self.assert_on(domain, second, "qcow2")

    def test_destinations(self):
        """What can be copied to, and what not."""
        domain, jobs = self.begin()
        shallow, reuse = libvirt.VIR_DOMAIN_BLOCK_COPY_SHALLOW, libvirt.VIR_DOMAIN_BLOCK_COPY_REUSE_EXT
        full = self.folder / "full.img"
        full.write_bytes(b"data")
        for code, words, xml, flags in (
                (STATE, "there already and not empty", self.to(full), 0),
                (FAILED, "cannot copy to .*copy.img: No such file", self.to(self.copy), reuse),
                (FAILED, "cannot copy to /dev/nowhere: No such file", self.to("/dev/nowhere").replace(
                    "file", "block", 1).replace(" file=", " dev="), 0),
                (INVALID, "is disk xvda of the guest itself", self.to(self.top, "qcow2"), reuse),
                (INVALID, "a raw copy cannot have", self.to(self.copy), shallow),
                (INVALID, "file or block device of this host",
                 "<disk type='network'><driver type='raw'/><source protocol='nbd' name='x'><host name='h' port='1'/>"
                 "</source></disk>", 0)):
            self.assert_fails(code, words, lambda: domain.blockCopy("xvda", xml, {}, flags))
        self.assert_fails(INVALID, "power of 2", lambda: domain.blockCopy(
            "xvda", self.to(self.copy), {libvirt.VIR_DOMAIN_BLOCK_COPY_GRANULARITY: 3}))
        self.assert_fails(INVALID, "no absolute path", domain.blockRebase, "xvda", "nbd:h:1", 0,
                          libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY)
        (self.folder / "empty.img").write_bytes(b"")
        self.assert_fails(INVALID, "is no block device", domain.blockRebase, "xvda", str(self.folder / "empty.img"), 0,
                          libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY | libvirt.VIR_DOMAIN_BLOCK_REBASE_COPY_DEV)
        jobs.model.answers["drive-mirror"] = qemu.Error("Could not create '/x/y': No such file or directory")
        self.assert_fails(FAILED, "Could not create '/x/y'", domain.blockCopy, "xvda", self.to("/x/y"))
        self.assertEqual(len(jobs.told("drive-mirror")), 1)
        jobs.model.answers["drive-mirror"] = jobs.answers["drive-mirror"]
        domain.blockCopy("xvda", self.to(full, "qcow2"), {}, shallow | reuse |
                         libvirt.VIR_DOMAIN_BLOCK_COPY_SYNCHRONOUS_WRITES)
        asked = jobs.told("drive-mirror")[1]
        self.assertEqual((asked["format"], asked["sync"], asked["mode"], asked["copy-mode"]),
                         ("qcow2", "top", "existing", "write-blocking"))

    def test_active_commit(self):
        """What the guest writes goes into the image behind, with which the guest goes on."""
        domain, jobs = self.begin()
        name, active = "xlvirt.active-commit.xvda", libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE
        heard = qemu_jobs.listen(self.conn)
        self.assert_fails(INVALID, "the guest writes to .*--active", domain.blockCommit, "xvda", None, None, 0)
        domain.blockCommit("xvda", None, None, 2, active)
        self.assertEqual(jobs.told("block-commit"), [{"job-id": name, "device": "xvda-qcow2", "auto-dismiss": False,
                                                      "base": self.base, "speed": 2 * MIB}])
        jobs.ready(name)
        kind = libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_READY, kind=kind)
        domain.blockJobAbort("xvda")
        self.assert_on(domain, self.top, "qcow2")
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED, kind=kind)
        domain.blockCommit("xvda", None, self.top, 0, active)
        jobs.ready(name)
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_READY, kind=kind)
        domain.blockJobAbort("xvda", PIVOT)
        self.assert_on(domain, self.base, "raw")
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED, kind=kind)
        # the disk is still found, whatever QEMU calls its node now
        self.assert_fails(INVALID, "behind .*base.img there is no other image", domain.blockCommit, "xvda", None, None,
                          0, active)
        domain.blockCopy("xvda", self.to(self.copy))
        self.assertEqual((jobs.told("drive-mirror")[0]["device"], jobs.told("drive-mirror")[0]["node-name"]),
                         ("#block1", "xvda-copy-1"))

    def test_commit(self):
        """From an image behind into another one, to the end."""
        domain, jobs = self.begin(three=True)
        name, heard = "xlvirt.commit.xvda", qemu_jobs.listen(self.conn)
        shallow, active = libvirt.VIR_DOMAIN_BLOCK_COMMIT_SHALLOW, libvirt.VIR_DOMAIN_BLOCK_COMMIT_ACTIVE
        for code, words, base, top, flags in (
                (INVALID, "behind .*middle.qcow2 there is no .*top.qcow2", self.top, self.middle, 0),
                (INVALID, "right behind .*top.qcow2 is not .*base.img", self.base, None, shallow | active),
                (INVALID, "is not on /x: expected one of", None, "/x", 0),
                (UNSUPPORTED, "does not delete images", None, self.middle, libvirt.VIR_DOMAIN_BLOCK_COMMIT_DELETE)):
            self.assert_fails(code, words, domain.blockCommit, "xvda", base, top, 0, flags)
        domain.blockCommit("xvda", self.base, self.middle, 0)
        self.assertEqual(jobs.told("block-commit"), [{"job-id": name, "device": "xvda-qcow2", "auto-dismiss": False,
                                                      "base": self.base, "top": self.middle}])
        jobs.finish(name)
        self.expect(heard, libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED, kind=libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT)
        self.assert_on(domain, self.top, "qcow2")
        domain.blockCommit("xvda", None, None, 0, shallow | active)
        self.assertEqual(jobs.told("block-commit")[1]["base"], self.middle)
        domain.blockJobAbort("xvda")
        jobs.disks[0].chain[2] = (self.base, "vmdk")
        self.assert_fails(UNSUPPORTED, "has the format vmdk", domain.blockCommit, "xvda", None, None, 0, active)

    def test_rebase(self):
        """Without a copy it is a pull, of what is above an image."""
        domain, jobs = self.begin()
        domain.blockRebase("xvda", self.base, 1)
        self.assertEqual(jobs.told("block-stream")[0]["base"], self.base)
        domain.blockJobAbort("xvda")
        self.assert_fails(INVALID, f"is not on /x: expected one of {self.top}, {self.base}", domain.blockRebase, "xvda",
                          "/x")


if __name__ == "__main__":
    standin.main()
