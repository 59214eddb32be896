# SPDX-License-Identifier: LGPL-2.1-or-later
"""What QEMU does for a guest: keys, screen shots, and commands by hand."""

import concurrent.futures
import json

import libvirt
import libvirt_qemu

import qemu
import standin

INVALID, FAILED = libvirt.VIR_ERR_OPERATION_INVALID, libvirt.VIR_ERR_OPERATION_FAILED


class Monitor(standin.Case):
    def test_keys(self):
        domain = self.start("guest", kind="hvm")
        self.virsh("send-key", "guest", "KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")
        self.assertEqual(self.xen.read(f"/local/domain/{domain.ID()}/keys"), "0x1d-0x38-0xd3 100")
        domain.sendKey(libvirt.VIR_KEYCODE_SET_WIN32, 20, [0x41], 1, 0)
        self.assertEqual(self.xen.read(f"/local/domain/{domain.ID()}/keys"), "0x1e 20")
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "code 9999", domain.sendKey, 0, 0, [9999], 1, 0)
        self.assert_fails(FAILED, "invalid parameter", domain.sendKey, libvirt.VIR_KEYCODE_SET_QNUM, 0,
                          [0x1c], 1, 0)
        domain.destroy()
        self.assert_fails(INVALID, "not running", domain.sendKey, 0, 0, [30], 1, 0)

    def test_screenshot(self):
        domain = self.start("guest", kind="hvm")
        path = self.folder / "screen.ppm"
        self.virsh("screenshot", "guest", "--file", path)
        self.assertEqual(path.read_text(), "P6 1 1 255 abc")
        self.assertEqual(list((self.folder / "run/libvirt/libxl").glob("screen.*")), [])
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "one screen", domain.screenshot,
                          self.conn.newStream(), 1)
        self.xen.fail("libxl_qemu_monitor_command")
        self.assert_fails(FAILED, "QEMU does not answer", domain.screenshot, self.conn.newStream(), 0)
        self.assertEqual(list((self.folder / "run/libvirt/libxl").glob("screen.*")), [])

    def test_command(self):
        """By hand, which taints the guest as long as it runs."""
        domain = self.start("guest", kind="hvm")
        domain.sendKey(0, 0, [30], 1, 0)
        self.assertEqual(domain.messages(), [])
        self.assertEqual(self.virsh("qemu-monitor-command", "guest", "--hmp", "info status").strip(),
                         "VM status: running")
        self.assertIn("tainted", domain.messages()[0])
        self.assertEqual(domain.messages(libvirt.VIR_DOMAIN_MESSAGE_DEPRECATION), [])
        domain.destroy()
        domain.create()
        self.assertEqual(domain.messages(), [])

    def test_machine_command(self):
        """Passed on as it is, and so is the answer; events between are not answers."""
        domain = self.start("guest", kind="hvm")
        refuse = qemu.Error("no such thing")
        with qemu.Qemu(self.daemon, domain.ID(), {"query-name": {"name": "guest"}, "eject": refuse},
                       events=[qemu.EVENT]) as model:
            answer = self.virsh("qemu-monitor-command", "guest", '{"execute":"query-name","id":"a"}')
            self.assertEqual(json.loads(answer), {"return": {"name": "guest"}, "id": "a"})
            answer = json.loads(libvirt_qemu.qemuMonitorCommand(domain, '{"execute":\n"eject"}', 0))
            self.assertEqual(answer["error"]["desc"], "no such thing")
            self.assertEqual(model.clients, 2)
            self.assertIn("tainted", domain.messages()[0])
            deep = '{"execute":' + "[" * 64 + "]" * 64 + "}"
            for broken in "[]", "{", "info status", deep:
                self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "no JSON object.*--hmp",
                                  libvirt_qemu.qemuMonitorCommand, domain, broken, 0)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "no device model",
                          libvirt_qemu.qemuMonitorCommand, domain, '{"execute":"stop"}', 0)

    def test_deaf_model(self):
        """Costs its caller a timeout, and nobody else anything."""
        domain = self.start("guest", kind="hvm")
        same = self.connect().lookupByName("guest")  # a client's calls on one connection wait for each other
        with (concurrent.futures.ThreadPoolExecutor() as pool,
              qemu.Qemu(self.daemon, domain.ID(), deaf=True) as model):
            asking = pool.submit(libvirt_qemu.qemuMonitorCommand, domain, '{"execute":"stop"}', 0)
            standin.wait_for(lambda: model.clients == 1, "the driver is talking to QEMU")
            self.assert_state(same, libvirt.VIR_DOMAIN_RUNNING)
            self.assertIn("guest", self.virsh("list"))
            self.assertFalse(asking.done())
            self.assert_fails(libvirt.VIR_ERR_OPERATION_TIMEOUT, "in time", asking.result)
        self.assertEqual(domain.messages(), [])


if __name__ == "__main__":
    standin.main()
