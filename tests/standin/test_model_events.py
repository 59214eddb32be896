# SPDX-License-Identifier: LGPL-2.1-or-later
"""What QEMU tells by itself, as clients hear it."""

import json

import libvirt
import libvirt_qemu

import qemu
import standin

DISK = ("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/>"
        "<target dev='xvda'/></disk><disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
        "<source file='{image}'/><target dev='hdc'/></disk>")
KINDS = {"graphics": libvirt.VIR_DOMAIN_EVENT_ID_GRAPHICS, "tray": libvirt.VIR_DOMAIN_EVENT_ID_TRAY_CHANGE,
         "error": libvirt.VIR_DOMAIN_EVENT_ID_IO_ERROR, "reason": libvirt.VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON,
         "threshold": libvirt.VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD, "watchdog": libvirt.VIR_DOMAIN_EVENT_ID_WATCHDOG,
         "clock": libvirt.VIR_DOMAIN_EVENT_ID_RTC_CHANGE}


class ModelEvents(standin.Case):
    def listen(self):
        """(kind, what came with it) of each event so far."""
        heard = []
        for kind, number in KINDS.items():
            self.conn.domainEventRegisterAny(None, number, lambda _conn, _dom, *what: heard.append(what), kind)
        return heard

    def expect(self, heard, *what):
        """Just these, in any order; (arguments..., kind)."""
        standin.wait_for(lambda: len(heard) >= len(what), f"{what}; came: {heard}")
        self.assertCountEqual(heard, what)
        heard.clear()

    def begin(self, daemon_events):
        self.image = self.folder / "a.qcow2"
        self.image.write_bytes(b"QFI\xfb")
        domain = self.start("guest", kind="hvm", devices=DISK.format(image=self.image))
        standin.wait_for(lambda: daemon_events.told("qmp_capabilities"), "the driver listens")
        return domain

    def test_prepared(self):
        """QEMU is told to open the socket, unless it lives in a domain of its own."""
        domain = self.start("guest", kind="hvm")
        config = json.loads((self.xen.folder / f"userdata/{domain.ID()}.libxl-json").read_text())
        self.assertEqual(config["b_info"]["extra"], [
            "-chardev", f"socket,id=xlvirt,path=/run/libvirt/libxl/qmp-{standin.uuid(1)}.sock,server=on,wait=off",
            "-mon", "chardev=xlvirt,mode=control"])
        self.assertNotIn("chardev", domain.XMLDesc())

    def test_socket_left(self):
        """What QEMU leaves behind, or the failed start of one, goes with the guest."""
        left = self.folder / f"run/libvirt/libxl/qmp-{standin.uuid(1)}.sock"
        domain = self.start("guest", kind="hvm")
        left.write_text("")
        domain.destroy()
        self.assertFalse(left.exists())
        left.write_text("")
        self.xen.fail("libxl_domain_create_new")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "cannot start", domain.create)
        self.assertFalse(left.exists())

    def test_told(self):
        """Each means what libvirt has a word for; what it has none for means nothing."""
        heard = self.listen()
        with qemu.events(self.daemon, standin.uuid(1)) as model:
            domain = self.begin(model)
            server = {"auth": "vnc", "family": "ipv4", "host": "127.0.0.1", "service": "5900"}
            client = {"family": "ipv6", "host": "::1", "service": "40000", "x509_dname": "CN=me"}
            model.tell("VNC_CONNECTED", server=server, client=client)
            self.expect(heard, (libvirt.VIR_DOMAIN_EVENT_GRAPHICS_CONNECT,
                                {"family": 0, "node": "127.0.0.1", "service": "5900"},
                                {"family": 1, "node": "::1", "service": "40000"}, "vnc",
                                [("x509dname", "CN=me")], "graphics"))
            model.tell("SPICE_DISCONNECTED")
            standin.wait_for(lambda: heard, "a disconnect")
            self.assertEqual(heard.pop()[0], libvirt.VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT)
            model.tell("DEVICE_TRAY_MOVED", **{"device": "", "id": "ide-5632", "tray-open": True})
            self.expect(heard, ("disk-hdc", libvirt.VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN, "tray"))
            model.tell("BLOCK_IO_ERROR", **{"device": "", "node-name": "xvda-qcow2", "operation": "write",
                                            "action": "report", "nospace": True, "reason": "No space left on device"})
            error = (str(self.image), "disk-xvda", libvirt.VIR_DOMAIN_EVENT_IO_ERROR_REPORT)
            self.expect(heard, error + ("error",), error + ("enospc", "reason"))
            model.tell("BLOCK_WRITE_THRESHOLD", **{"node-name": "xvda-qcow2", "amount-exceeded": 3, "write-threshold": 9})
            self.expect(heard, ("xvda", str(self.image), 9, 3, "threshold"))
            model.tell("WATCHDOG", action="poweroff")
            self.expect(heard, (libvirt.VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF, "watchdog"))
            for event, data in (("STOP", {}), ("WATCHDOG", {"action": "dance"}), ("BLOCK_WRITE_THRESHOLD", {}),
                                ("DEVICE_TRAY_MOVED", {"id": "ide-5632"})):
                model.tell(event, **data)
            model.client.sendall(b'{"event":\r\n[]\r\nnothing\r\n')
            model.tell("RTC_CHANGE", offset=-7)
            self.expect(heard, (-7, "clock"))
            self.assertTrue(domain.isActive())

    def test_watched(self):
        """A client that watches the monitor hears all as it came."""
        heard = []
        with qemu.events(self.daemon, standin.uuid(1)) as model:
            domain = self.begin(model)
            watch = libvirt_qemu.qemuMonitorEventRegister(
                self.conn, domain, "^S.*", lambda _conn, dom, *what: heard.append((dom.name(), *what)), None,
                libvirt_qemu.VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX)
            model.tell("RESUME")
            model.tell("STOP", why="so")
            standin.wait_for(lambda: heard, "the event")
            name, event, seconds, micros, details = heard[0][:5]
            self.assertEqual((len(heard), name, event, seconds, micros), (1, "guest", "STOP", 5, 6))
            self.assertEqual(json.loads(details), {"why": "so"})
            libvirt_qemu.qemuMonitorEventDeregister(self.conn, watch)

    def test_next_daemon(self):
        """Listens to guests that ran before it; QEMU without end is not listened to."""
        with qemu.events(self.daemon, standin.uuid(1)) as model:
            self.begin(model)
            before = len(model.told("qmp_capabilities"))
            self.restart()
            standin.wait_for(lambda: len(model.told("qmp_capabilities")) > before, "the next daemon listens")
            memory = self.daemon.memory()
            try:
                for _ in range(64):
                    model.client.sendall(b"x" * (1024 * 1024))
                self.fail("64 MiB without the end of a line were taken")
            except OSError:
                pass
            if not standin.WATCHED:
                self.assertLess(self.daemon.memory() - memory, 16 * 1024)
            self.assertEqual(self.conn.lookupByName("guest").isActive(), 1)


if __name__ == "__main__":
    standin.main()
