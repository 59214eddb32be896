# SPDX-License-Identifier: LGPL-2.1-or-later
"""Disks: what is counted, how large they are, what is on them; with QEMU's part of the answers."""

import struct

import libvirt

import qemu
import standin

INVALID, UNSUPPORTED = libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_OPERATION_UNSUPPORTED
MIB = 1024 * 1024


def disk(path, vdev="xvda", driver="qemu' type='raw", more=""):
    return (f"<disk type='file' device='disk'><driver name='{driver}'/><source file='{path}'/>"
            f"<target dev='{vdev}'/>{more}</disk>")


def block(node, file, drive="", status="ok", size=8 * MIB):
    """An item of query-block."""
    return {"device": drive, "qdev": f"/machine/{node}", "io-status": status, "locked": False,
            "removable": False, "type": "unknown",
            "inserted": {"node-name": node, "file": file, "drv": "raw", "ro": False,
                         "image": {"filename": file, "format": "raw", "virtual-size": size, "actual-size": size // 2}}}


def stats(node, factor):
    """An item of query-blockstats."""
    names = ("rd_operations", "rd_bytes", "wr_operations", "wr_bytes", "flush_operations", "rd_total_time_ns",
             "wr_total_time_ns", "flush_total_time_ns")
    return {"node-name": node, "stats": {name: factor * (i + 1) for i, name in enumerate(names)}}


class Block(standin.Case):
    def image(self, name, content=b""):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def model(self, domain, *items, **answers):
        listed = {"query-block": [item for item in items if "inserted" in item or "device" in item],
                  "query-blockstats": [item for item in items if "stats" in item]}
        return qemu.Qemu(self.daemon, domain.ID(), {**listed, **answers})

    def test_counts(self):
        """An HVM guest's disk is one, though QEMU has it twice; others' numbers are not in it."""
        image, other = self.image("a.img"), self.image("b.img")
        domain = self.start("guest", kind="hvm", devices=disk(image) + disk(other, "xvdb"))
        empty = {"device": "ide1-cd0", "removable": True, "locked": False, "type": "unknown"}
        with self.model(domain, block("xvda-raw", str(image)), block("#block1", str(image), "ide0-hd0"), empty,
                        block("xvdb-raw", str(other)), stats("xvda-raw", 100), stats("#block1", 1),
                        stats("xvdb-raw", 1000)) as model:
            self.assertEqual(domain.blockStats("xvda"), (101, 202, 303, 404, -1))
            self.assertEqual(domain.blockStats(str(other))[:2], (1000, 2000))
            self.assertEqual(domain.blockStats("")[0], 1101)
            found = domain.blockStatsFlags("xvda")
            self.assertEqual((found["flush_operations"], found["rd_total_times"], found["flush_total_times"]),
                             (505, 606, 808))
            asked = model.clients
            found = self.conn.domainListGetStats([domain], libvirt.VIR_DOMAIN_STATS_BLOCK)[0][1]
            self.assertEqual(model.clients, asked + 1)
            self.assertEqual((found["block.count"], found["block.0.rd.reqs"], found["block.1.wr.times"]), (2, 101, 7000))
            self.assertEqual((found["block.0.capacity"], found["block.0.physical"]), (8 * MIB, 4 * MIB))
            self.assert_fails(INVALID, "no disk 'xvdz'", domain.blockStats, "xvdz")
        self.assert_fails(UNSUPPORTED, "nobody counts", domain.blockStats, "xvda")

    def test_deaf_model(self):
        """All together cost the numbers of all guests a second, and nothing with NOWAIT."""
        domains, models = [], []
        for number in range(1, 5):
            domain = self.start(f"guest-{number}", number, kind="hvm", devices=disk(self.image(f"{number}.img")))
            domains.append(domain)
            models.append(qemu.Qemu(self.daemon, domain.ID(), deaf=True))
        for flags in 0, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT:
            found = self.conn.domainListGetStats(domains, libvirt.VIR_DOMAIN_STATS_BLOCK, flags)
            self.assertEqual([record["block.count"] for _, record in found], [1] * 4)
            self.assertNotIn("block.0.rd.reqs", found[0][1])
        self.assert_fails(libvirt.VIR_ERR_OPERATION_TIMEOUT, "in time", domain.blockStats, "xvda")
        self.assertEqual([model.clients for model in models], [1, 0, 0, 1])
        for model in models:
            model.__exit__()

    def test_info(self):
        """The image's own word for its size, running or not."""
        raw = self.image("raw.img", bytes(3 * MIB))
        qcow = self.image("a.qcow2", struct.pack(">4sIQIIQ", b"QFI\xfb", 3, 0, 0, 16, 64 * MIB).ljust(MIB, b"\0"))
        domain = self.define("guest", kind="xen", devices=disk(raw) + disk(qcow, "xvdb", "qemu' type='qcow2"))
        for _ in range(2):
            self.assertEqual(domain.blockInfo("xvda")[0], 3 * MIB)
            capacity, _allocated, physical = domain.blockInfo(str(qcow))
            self.assertEqual((capacity, physical), (64 * MIB, MIB))
            domain.create() if not domain.isActive() else None
        self.assert_fails(INVALID, "no disk 'xvdc'", domain.blockInfo, "xvdc")
        raw.unlink()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot open .*raw.img: No such file", domain.blockInfo,
                          "xvda")

    def test_network_disk(self):
        """Only who has it open knows its size."""
        source = ("<disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd' name='x'>"
                  "<host name='h' port='10809'/></source><target dev='xvda'/></disk>")
        domain = self.define("guest", kind="xen", devices=source)
        self.assert_fails(UNSUPPORTED, "no file or block device", domain.blockInfo, "xvda")
        domain.create()
        with self.model(domain, block("xvda-raw", "nbd://h:10809/x", size=16 * MIB)):
            self.assertEqual(domain.blockInfo("xvda"), [16 * MIB, 8 * MIB, 8 * MIB])

    def test_resize(self):
        image = self.image("a.img", bytes(MIB))
        cd = disk(self.image("cd.iso"), "hdc").replace("device='disk'", "device='cdrom'")
        domain = self.start("guest", kind="hvm", devices=disk(image) + cd)
        with self.model(domain, block("xvda-raw", str(image)), block("#block1", str(image), "ide0-hd0")) as model:
            domain.blockResize("xvda", 4096)
            both = [{"node-name": node, "size": 4 * MIB} for node in ("xvda-raw", "#block1")]
            self.assertEqual(model.told("block_resize"), both)
            self.virsh("blockresize", "guest", image, "5000000b")
            self.assertEqual(model.told("block_resize")[2]["size"], 5000000)
            self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "hdc is read-only", domain.blockResize, "hdc", 4096)
            model.answers["block_resize"] = qemu.Error("Image is in use")
            self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "Image is in use", domain.blockResize, "xvda", 4096)
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.blockResize, "xvda", 4096)

    def test_peek(self):
        """Into raw disks, within their bounds."""
        raw, qcow = self.image("raw.img", bytes(512) + b"boot" + bytes(512)), self.image("a.qcow2", b"QFI\xfb")
        domain = self.define("guest", kind="xen", devices=disk(raw) + disk(qcow, "xvdb", "qemu' type='qcow2"))
        self.assertEqual(domain.blockPeek("xvda", 510, 8), b"\0\0boot\0\0")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "ends before", domain.blockPeek, "xvda", 1024, 8)
        self.assert_fails(UNSUPPORTED, "only raw", domain.blockPeek, "xvdb", 0, 4)

    def test_errors(self):
        """Of either of QEMU's two disks of one of the guest's."""
        image, other = self.image("a.img"), self.image("b.img")
        domain = self.start("guest", kind="hvm", devices=disk(image) + disk(other, "xvdb"))
        self.assertEqual(domain.diskErrors(), {})
        with self.model(domain, block("xvda-raw", str(image)), block("#b", str(image), "ide0-hd0", "nospace"),
                        block("xvdb-raw", str(other), status="failed")):
            self.assertEqual(domain.diskErrors(), {"xvda": libvirt.VIR_DOMAIN_DISK_ERROR_NO_SPACE,
                                                   "xvdb": libvirt.VIR_DOMAIN_DISK_ERROR_UNSPEC})

    def test_limits(self):
        """Set at the start, changed live and stored; only QEMU has them."""
        image = self.image("a.img")
        tune = "<iotune><total_bytes_sec>1000</total_bytes_sec></iotune>"
        domain = self.define("guest", kind="hvm", devices=disk(image, more=tune))
        heard = []
        self.conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_TUNABLE,
                                         lambda _conn, _dom, params, _data: heard.append(params), None)
        self.assert_fails(UNSUPPORTED, "no device model", domain.create)
        qdisks = block("xvda-raw", str(image)), block("#block1", str(image), "ide0-hd0")
        told = {"bps": 1000, "bps_rd": 0, "bps_wr": 0, "iops": 0, "iops_rd": 0, "iops_wr": 0}
        with qemu.Qemu(self.daemon, 2, {"query-block": qdisks, "query-blockstats": []}) as model:
            domain.create()
            self.assertEqual(model.told("block_set_io_throttle"), [{"id": "/machine/xvda-raw", **told},
                                                                   {"device": "ide0-hd0", **told}])
            self.assertEqual(domain.blockIoTune("xvda")["total_bytes_sec"], 1000)
            self.virsh("blkdeviotune", "guest", "xvda", "--read-bytes-sec", 5, "--total-iops-sec-max", 9,
                       "--total-iops-sec", 7, "--group-name", "a&b", "--live")
            self.assertEqual(model.told("block_set_io_throttle")[-1],
                             {"device": "ide0-hd0", "bps": 0, "bps_rd": 5, "bps_wr": 0, "iops": 7, "iops_rd": 0,
                              "iops_wr": 0, "iops_max": 9, "group": "a&b"})
            found = domain.blockIoTune("xvda", libvirt.VIR_DOMAIN_AFFECT_LIVE)
            self.assertEqual((found["total_bytes_sec"], found["read_bytes_sec"], found["group_name"]), (0, 5, "a&b"))
            self.assertEqual(domain.blockIoTune("xvda", libvirt.VIR_DOMAIN_AFFECT_CONFIG)["total_bytes_sec"], 1000)
            standin.wait_for(lambda: heard, "the event")
            self.assertEqual(heard[0], {"blkdeviotune.disk": "xvda", "blkdeviotune.read_bytes_sec": 5,
                                        "blkdeviotune.total_iops_sec": 7, "blkdeviotune.total_iops_sec_max": 9,
                                        "blkdeviotune.group_name": "a&b"})
            model.answers["block_set_io_throttle"] = qemu.Error("bps/iops/max values must be within")
            for code, words, params in (
                    (libvirt.VIR_ERR_OPERATION_FAILED, "must be within", {"total_bytes_sec": 1}),
                    (INVALID, "both directions", {"total_bytes_sec": 1, "read_bytes_sec": 1})):
                self.assert_fails(code, words, domain.setBlockIoTune, "xvda", params,
                                  libvirt.VIR_DOMAIN_AFFECT_LIVE)
            model.answers["query-block"] = []
            self.assert_fails(UNSUPPORTED, "limits are QEMU's", domain.setBlockIoTune, "xvda", {"total_bytes_sec": 1})
        domain.setBlockIoTune("xvda", {"total_bytes_sec": 0}, libvirt.VIR_DOMAIN_AFFECT_CONFIG)
        self.assertNotIn("iotune", domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))

    def test_threshold(self):
        """Set where the image itself is written; what QEMU tells of that place is told of the disk."""
        image, other = self.image("a.qcow2", b"QFI\xfb"), self.image("b.img")
        speaker = self.enterContext(qemu.events(self.daemon, standin.uuid(1)))
        domain = self.start("guest", kind="hvm", devices=disk(image, driver="qemu' type='qcow2") + disk(other, "xvdb"))
        standin.wait_for(lambda: speaker.told("qmp_capabilities"), "the driver listens")
        heard = []
        self.conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD,
                                         lambda _conn, _dom, *what: heard.append(what), None)
        nodes = [{"node-name": name, "drv": drv, "file": str(file)} for name, drv, file in (
            ("xvda-qcow2", "qcow2", image), ("#block1", "file", image), ("#block2", "qcow2", image),
            ("#block3", "host_device", image), ("xvdb-raw", "raw", other), ("#block4", "mirror_top", other))]
        with self.model(domain, block("xvda-qcow2", str(image)), block("#block2", str(image), "ide0-hd0"),
                        block("xvdb-raw", str(other)), **{"query-named-block-nodes": nodes}) as model:
            self.virsh("domblkthreshold", "guest", "xvda", "1MiB")
            self.assertEqual(model.told("block-set-write-threshold"),
                             [{"node-name": node, "write-threshold": MIB} for node in ("#block1", "#block3")])
            self.assert_fails(UNSUPPORTED, "thresholds are QEMU's", domain.setBlockThreshold, "xvdb", MIB)
            self.assert_fails(INVALID, "no disk 'xvdc'", domain.setBlockThreshold, "xvdc", MIB)
            model.answers["block-set-write-threshold"] = qemu.Error("too far")
            self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "too far", domain.setBlockThreshold, "xvda", MIB)
            for node in "#block9", "#block4", "#block3":
                speaker.tell("BLOCK_WRITE_THRESHOLD",
                             **{"node-name": node, "amount-exceeded": 512, "write-threshold": MIB})
            standin.wait_for(lambda: heard, "the event")
        self.assertEqual(heard, [("xvda", str(image), MIB, 512, None)])
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.setBlockThreshold, "xvda", MIB)

    def test_limits_of_what_comes(self):
        """A disk comes with its limits, or not at all."""
        image = self.image("b.img")
        text = disk(image, "xvdb", more="<iotune><write_iops_sec>3</write_iops_sec></iotune>")
        domain = self.start("guest", kind="hvm")
        refuse = qemu.Error("no")
        with self.model(domain, block("xvdb-raw", str(image)), block_set_io_throttle=refuse) as model:
            self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "no", domain.attachDevice, text)
            self.assertEqual(self.xen.devices(domain.ID(), "disk"), {})
            self.assertNotIn("xvdb", domain.XMLDesc())
            model.answers["block_set_io_throttle"] = {}
            domain.attachDevice(text)
            self.assertEqual(model.told("block_set_io_throttle")[-1]["iops_wr"], 3)
            self.assertEqual(list(self.xen.devices(domain.ID(), "disk")), ["xvdb"])


if __name__ == "__main__":
    standin.main()
