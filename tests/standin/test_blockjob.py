# SPDX-License-Identifier: LGPL-2.1-or-later
"""Block jobs: what QEMU does with the images of a disk while the guest runs."""

import threading

import libvirt

import qemu
import qemu_jobs
import standin
from qemu_jobs import MIB

INVALID, UNSUPPORTED = libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_OPERATION_UNSUPPORTED
FAILED = libvirt.VIR_ERR_OPERATION_FAILED
PULL = "xlvirt.pull.xvda"
TYPE = libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL
IS_COMPLETED, IS_FAILED, IS_CANCELED = (libvirt.VIR_DOMAIN_BLOCK_JOB_COMPLETED, libvirt.VIR_DOMAIN_BLOCK_JOB_FAILED,
                                        libvirt.VIR_DOMAIN_BLOCK_JOB_CANCELED)


class Blockjob(standin.Case):
    def begin(self, kind="xen"):
        """A guest whose disk is two images."""
        self.top, self.base = self.folder / "top.qcow2", self.folder / "base.img"
        self.top.write_bytes(b"QFI\xfb")
        self.base.write_bytes(b"")
        disk = qemu_jobs.Disk("xvda-qcow2", [(str(self.top), "qcow2"), (str(self.base), "raw")])
        jobs = qemu_jobs.Jobs(self.daemon, standin.uuid(1), 1, [disk])
        self.addCleanup(jobs.__exit__)
        domain = self.start("guest", kind=kind, devices=(
            f"<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{self.top}'/>"
            "<target dev='xvda'/></disk>"))
        standin.wait_for(jobs.listened, "the driver listens")
        return domain, jobs

    def expect(self, heard, status, kind=TYPE):
        """The event of the disk's name and that of its image."""
        standin.wait_for(lambda: len(heard) >= 2, f"two events; came: {heard}")
        self.assertCountEqual(heard, [("xvda", kind, status), (str(self.top), kind, status)])
        heard.clear()

    def test_pull(self):
        """To its end, which clients are told; then there is no job."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        self.assertEqual(domain.blockJobInfo("xvda"), {})
        domain.blockPull("xvda", 3)
        self.assertEqual(jobs.told("block-stream"), [{"job-id": PULL, "device": "xvda-qcow2", "auto-dismiss": False,
                                                      "speed": 3 * MIB}])
        info = domain.blockJobInfo(str(self.top))
        self.assertEqual(info, {"type": TYPE, "bandwidth": 3, "cur": 0, "end": 8 * MIB})
        domain.blockJobSetSpeed("xvda", 5000, libvirt.VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES)
        in_bytes = libvirt.VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES
        self.assertEqual(domain.blockJobInfo("xvda", in_bytes)["bandwidth"], 5000)
        self.assertEqual(domain.blockJobInfo("xvda")["bandwidth"], 1)
        jobs.moved(PULL, 8 * MIB)
        self.assertEqual(domain.blockJobInfo("xvda")["cur"], 8 * MIB - 1)
        jobs.finish(PULL)
        self.expect(heard, IS_COMPLETED)
        self.assertEqual(jobs.told("job-dismiss"), [{"id": PULL}])
        self.assertEqual(domain.blockJobInfo("xvda"), {})

    def test_virsh(self):
        """virsh waits for the end and says so."""
        _domain, jobs = self.begin()
        begun = threading.Thread(target=lambda: (standin.wait_for(lambda: PULL in jobs.jobs), jobs.finish(PULL)))
        begun.start()
        self.assertIn("Pull complete", self.virsh("blockpull", "guest", "xvda", "--wait"))
        begun.join()

    def test_abort(self):
        """The call returns when the job is gone, or at once."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        domain.blockPull("xvda")
        domain.blockJobAbort("xvda")
        self.assertEqual(jobs.jobs, {})
        self.expect(heard, IS_CANCELED)
        domain.blockPull("xvda")
        domain.blockJobAbort("xvda", libvirt.VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC)
        self.expect(heard, IS_CANCELED)
        for order in domain.blockJobAbort, lambda disk: domain.blockJobSetSpeed(disk, 1):
            self.assert_fails(INVALID, "xvda has no block job", order, "xvda")

    def test_trouble(self):
        """QEMU's own words, at the beginning and in between."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        jobs.model.answers["block-stream"] = qemu.Error("Block node is read-only")
        self.assert_fails(FAILED, "QEMU refuses block-stream: Block node is read-only", domain.blockPull, "xvda")
        jobs.model.answers["block-stream"] = jobs.answers["block-stream"]
        domain.blockPull("xvda")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "has a block job already, 'pull'", domain.blockPull, "xvda")
        jobs.finish(PULL, "No space left on device")
        self.expect(heard, IS_FAILED)

    def test_unseen(self):
        """One that ended while nobody listened does not keep the next from its name."""
        domain, jobs = self.begin()
        domain.blockPull("xvda")
        jobs.jobs[PULL]["status"] = "concluded"
        domain.blockPull("xvda")
        self.assertEqual(jobs.told("job-dismiss"), [{"id": PULL}])
        self.assertEqual(len(jobs.told("block-stream")), 2)

    def test_not_these(self):
        """A disk that QEMU does not serve, or that it has twice."""
        domain, jobs = self.begin("hvm")
        self.assert_fails(INVALID, "no disk 'xvdz'", domain.blockPull, "xvdz")
        chain = [(str(self.top), "qcow2")]
        pv, emulated = jobs.disks[0], qemu_jobs.Disk("#block7", chain, "ide0-hd0")
        for disks, code, words in (([], UNSUPPORTED, "dom0's kernel serves it"),
                                   ([emulated], UNSUPPORTED, "an emulated disk only"),
                                   ([pv, emulated], libvirt.VIR_ERR_OPERATION_INVALID, "open twice")):
            jobs.disks = disks
            self.assert_fails(code, words, domain.blockPull, "xvda")
        # the name of a node in the place of the first says nothing: its device does
        jobs.disks = [qemu_jobs.Disk("#block9", chain, vdev="xvda")]
        domain.blockPull("xvda")
        self.assertEqual(jobs.told("block-stream")[0]["device"], "#block9")
        self.assert_fails(libvirt.VIR_ERR_OVERFLOW, "no disk is that fast", domain.blockJobSetSpeed, "xvda", 2 ** 62)
        jobs.__exit__()
        self.assert_fails(UNSUPPORTED, "no device model", domain.blockPull, "xvda")
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.blockPull, "xvda")

    def test_deaf(self):
        """Nobody else waits for a QEMU that does not answer, and who asked it not for long."""
        domain, jobs = self.begin()
        jobs.model.__exit__()
        deaf = qemu.Qemu(self.daemon, domain.ID(), deaf=True)
        self.addCleanup(deaf.__exit__)
        begun = threading.Thread(target=self.assert_fails, args=(libvirt.VIR_ERR_OPERATION_TIMEOUT, "in time",
                                                                 domain.blockPull, "xvda"))
        begun.start()
        standin.wait_for(lambda: deaf.clients, "QEMU is called")
        other = self.connect()  # a client's calls on one connection wait for each other
        self.assertIn("xvda", other.lookupByName("guest").XMLDesc())
        other.defineXML(standin.xml("other", 2)).create()
        self.assertTrue(begun.is_alive())
        begun.join()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_TIMEOUT, "in time", domain.blockJobInfo, "xvda")

    def test_death(self):
        """With QEMU the job ends, and it has failed."""
        domain, jobs = self.begin()
        heard = qemu_jobs.listen(self.conn)
        domain.blockPull("xvda")
        jobs.line.__exit__()
        self.expect(heard, IS_FAILED)

    def test_next_daemon(self):
        """Finds the job that runs, and sees to the one that has ended meanwhile."""
        domain, jobs = self.begin()
        domain.blockPull("xvda")
        before = jobs.listened()
        self.daemon.kill()
        self.restart()
        standin.wait_for(lambda: jobs.listened() > before, "the next daemon listens")
        domain = self.conn.lookupByName("guest")
        heard = qemu_jobs.listen(self.conn)
        self.assertEqual(domain.blockJobInfo("xvda")["type"], TYPE)
        jobs.finish(PULL)
        self.expect(heard, IS_COMPLETED)
        domain.blockPull("xvda")
        self.daemon.kill()
        jobs.jobs[PULL]["status"] = "concluded"
        self.restart()
        standin.wait_for(lambda: len(jobs.told("job-dismiss")) == 2, "the job is dismissed")


if __name__ == "__main__":
    standin.main()
