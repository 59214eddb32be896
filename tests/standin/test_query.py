# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a guest, its tools and Xen tell of it."""

import os
import re

import libvirt

import standin

NO_NAME, INVALID = libvirt.VIR_ERR_NO_HOSTNAME, libvirt.VIR_ERR_OPERATION_INVALID


class Query(standin.Case):
    def test_hostname(self):
        domain = self.define("guest")
        self.assert_fails(INVALID, "not running", domain.hostname)
        domain.create()
        self.assert_fails(NO_NAME, "'guest' does not tell", domain.hostname)
        path = f"/local/domain/{domain.ID()}/data/host_name"
        self.xen.write(path, "WEB\n")
        self.assertEqual(domain.hostname(), "WEB")
        self.xen.write(path + "_dns", "web.example")
        self.assertEqual(self.virsh("domhostname", "guest", "--source", "agent"), "web.example")

    def test_messages(self):
        self.assertEqual(self.define("guest").messages(), [])
        self.assertNotIn("Messages", self.virsh("dominfo", "guest"))

    def test_security_label(self):
        domain = self.start("guest")
        self.assertEqual(self.conn.getSecurityModel(), ["", ""])
        self.assertEqual(domain.securityLabel(), ["", False])
        self.xen.set_flask(True)
        self.assertEqual(self.conn.getSecurityModel(), ["flask", ""])
        self.assertEqual(domain.securityLabel(), ["system_u:system_r:domU_t", False])
        self.xen.set_flask(True, enforcing=True)
        self.assertRegex(self.virsh("dominfo", "guest"), r"domU_t \(enforcing\)")
        self.assertEqual(domain.securityLabelList(), [["system_u:system_r:domU_t", True]])
        domain.destroy()
        self.assertEqual(domain.securityLabel(), ["", False])
        self.assertEqual(domain.securityLabelList(), [])

    def test_perf_without(self):
        """Most CPUs, and Xen as it is booted, count nothing."""
        domain = self.start("guest")
        self.assertEqual(domain.perfEvents(), {"cmt": False, "mbmt": False, "mbml": False})
        self.assert_fails(libvirt.VIR_ERR_OPERATION_UNSUPPORTED, "psr=cmt", domain.setPerfEvents,
                          {"cmt": True})

    def test_domain_capabilities(self):
        """Each kind of guest has its devices; no path is told that is not there."""
        for machine, some, none in (
                ("xenpv", ("<value>pty</value>", "<value>xen</value>"), ("<value>ide</value>",)),
                ("xenpvh", ("<filesystem supported='yes'>",), ("<redirdev supported='yes'>",)),
                ("xenfv", ("<value>ide</value>", "<redirdev supported='yes'>",
                           "<hyperv supported='yes'>", "<value>fdc</value>"), ())):
            found = self.conn.getDomainCapabilities(None, "x86_64", machine, "xen")
            for text in some:
                self.assertIn(text, found)
            for text in none:
                self.assertNotIn(text, found)
            self.assertIn("<mode name='host-passthrough' supported='yes'>", found)
            for path in re.findall(r"<path>(.*?)</path>|<value>(/.*?)</value>", found):
                self.assertTrue(os.path.exists("".join(path)), path)
        self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "'/bogus' is no program", self.conn.getDomainCapabilities,
                          "/bogus", "x86_64", "xenfv", "xen")


class Counting(standin.Case):
    """A machine whose CPU counts cache and memory traffic."""

    def prepare(self):
        os.environ["STANDIN_PSR"] = "1"
        self.addCleanup(os.environ.pop, "STANDIN_PSR")

    def test_perf(self):
        domain = self.start("guest")
        self.assertFalse(domain.perfEvents()["cmt"])
        domain.setPerfEvents({"cmt": True})
        self.assertEqual(domain.perfEvents(), {"cmt": True, "mbmt": False, "mbml": False})
        self.assertFalse(domain.perfEvents(libvirt.VIR_DOMAIN_AFFECT_CONFIG)["cmt"])
        self.assert_fails(libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, "together", domain.setPerfEvents,
                          {"cmt": True, "mbmt": False})
        self.xen.fail("libxl_psr_cmt_detach")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "'guest'", domain.setPerfEvents,
                          {"cmt": False})
        domain.setPerfEvents({"cmt": False})
        self.assertFalse(domain.perfEvents()["cmt"])
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.setPerfEvents,
                          {"cmt": True})


if __name__ == "__main__":
    standin.main()
