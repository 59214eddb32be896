# SPDX-License-Identifier: LGPL-2.1-or-later
"""Names of CPU models, and CPUs against the host's."""

import re

import libvirt

import standin

HOST = "<cpu><arch>x86_64</arch><model>{}</model></cpu>"
OLD = "<cpu match='exact'><model>486</model></cpu>"
# Intel's and AMD's virtualization: no machine has both
NEVER = ("<cpu match='exact'><model>486</model><feature policy='require' name='vmx'/>"
         "<feature policy='require' name='svm'/></cpu>")
ARGUMENT = libvirt.VIR_ERR_INVALID_ARG


class Cpu(standin.Case):
    def test_names(self):
        names = self.conn.getCPUModelNames("x86_64")
        self.assertIn("Penryn", names)
        self.assertIn("EPYC", names)
        self.assertIn("Penryn", self.virsh("cpu-models", "x86_64"))
        self.assert_fails(ARGUMENT, "architecture 'vax'", self.conn.getCPUModelNames, "vax")

    def host(self):
        """The host's CPU of the capabilities; None where libvirt has no name for it."""
        found = re.search(r"<cpu>.*?</cpu>", self.conn.getCapabilities(), re.S)
        return found.group() if found and "<model>" in found.group() else None

    def test_compare(self):
        host = self.host()
        if not host:
            self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "no name for this machine",
                              self.conn.compareCPU, OLD)
            return
        self.assertEqual(self.conn.compareCPU(host), libvirt.VIR_CPU_COMPARE_IDENTICAL)
        for machine in (None, "xenpv", "xenpvh", "xenfv"):
            compare = self.conn.compareHypervisorCPU
            self.assertEqual(compare(None, None, machine, "xen", OLD),
                             libvirt.VIR_CPU_COMPARE_SUPERSET)
            self.assertEqual(compare(None, None, machine, None, NEVER),
                             libvirt.VIR_CPU_COMPARE_INCOMPATIBLE)
        self.assert_fails(libvirt.VIR_ERR_CPU_INCOMPATIBLE, "CPU", self.conn.compareCPU, NEVER,
                          libvirt.VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE)
        self.assert_fails(ARGUMENT, "machine 'pc'", self.conn.compareHypervisorCPU, None, None,
                          "pc", None, OLD)
        self.assert_fails(ARGUMENT, "type 'kvm'", self.conn.compareHypervisorCPU, None, None,
                          None, "kvm", OLD)

    def test_baseline(self):
        both = [HOST.format("Penryn"), HOST.format("Westmere")]
        found = self.conn.baselineCPU(both)
        self.assertIn(">Penryn</model>", found)
        self.assertNotIn("sse4.1", found)
        expand = libvirt.VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES
        self.assertIn("sse4.1", self.conn.baselineCPU(both, expand))
        self.assertIn(">Penryn</model>",
                      self.conn.baselineHypervisorCPU(None, "x86_64", None, "xen", both))
        self.assert_fails(ARGUMENT, "architecture 's390x'", self.conn.baselineHypervisorCPU, None,
                          "s390x", None, None, both)
        self.assert_fails(libvirt.VIR_ERR_XML_ERROR, "CPU model", self.conn.baselineCPU,
                          ["<cpu><arch>x86_64</arch></cpu>"])


if __name__ == "__main__":
    standin.main()
