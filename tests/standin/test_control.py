# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest whose device model ends under it."""

import subprocess

import libvirt

import standin

ERROR = libvirt.VIR_DOMAIN_CONTROL_ERROR
NODES = "/local/domain/{}/image/device-model-pid", "/local/domain/0/device-model/{}/state"


class Control(standin.Case):
    def start_with_model(self, name, number):
        """A guest with a process in the place of QEMU, found by a daemon that has just started."""
        domain = self.start(name, number, kind="hvm")
        model = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(model.wait)
        self.addCleanup(model.kill)
        for path, value in zip(NODES, (str(model.pid), "running")):
            self.xen.write(path.format(domain.ID()), value)
        return domain, model

    def told(self):
        """Names of domains of which CONTROL_ERROR came."""
        names = []
        self.conn.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_CONTROL_ERROR,
                                         lambda _conn, domain, _data: names.append(domain.name()),
                                         None)
        return names

    def wait_fine(self, domain):
        """The daemon may be looking at the guest at this moment, which is a job."""
        standin.wait_for(lambda: domain.controlInfo()[0] == libvirt.VIR_DOMAIN_CONTROL_OK, "ok")

    def test_model_dies(self):
        first, dies = self.start_with_model("dies", 1)
        self.start_with_model("stays", 2)
        self.restart()
        names = self.told()
        domain = self.conn.lookupByName("dies")
        self.wait_fine(domain)
        dies.kill()
        standin.wait_for(lambda: names, "the event")
        self.assertEqual(domain.controlInfo()[:2],
                         [ERROR, libvirt.VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR])
        self.assertEqual(self.virsh("domcontrol", "dies").split()[0], "error:")
        self.wait_fine(self.conn.lookupByName("stays"))
        self.assert_state(domain, libvirt.VIR_DOMAIN_RUNNING)
        domain.destroy()
        domain.create()
        self.wait_fine(domain)
        self.assertEqual(names, ["dies"])

    def test_ended_by_libxl(self):
        """libxl takes a device model off its books before it ends it."""
        domain, ends = self.start_with_model("ends", 1)
        _, dies = self.start_with_model("dies", 2)
        self.restart()
        names = self.told()
        self.xen.node(NODES[1].format(domain.ID())).unlink()
        ends.kill()
        ends.wait()
        dies.kill()
        standin.wait_for(lambda: names, "the other's event")
        self.assertEqual(names, ["dies"])
        self.wait_fine(self.conn.lookupByName("ends"))


if __name__ == "__main__":
    standin.main()
