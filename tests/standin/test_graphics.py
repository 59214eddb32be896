# SPDX-License-Identifier: LGPL-2.1-or-later
"""The screen: its password, who looks at it, and where it is shown."""

import json
import os
import socket

import libvirt

import qemu
import standin

UNSUPPORTED, XML_ERROR = libvirt.VIR_ERR_OPERATION_UNSUPPORTED, libvirt.VIR_ERR_XML_ERROR
LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
SECURE, INACTIVE = libvirt.VIR_DOMAIN_XML_SECURE, libvirt.VIR_DOMAIN_XML_INACTIVE


def vnc(more="", inside=""):
    return f"<graphics type='vnc' {more}>{inside}</graphics>"


class Graphics(standin.Case):
    def native(self, domain, flags):
        """xl.cfg of the XML that a client with these flags gets."""
        return self.conn.domainXMLToNative("xen-xl", domain.XMLDesc(flags), 0)

    def test_password(self):
        """Changes in QEMU, in the guest's XML and in its definition, as the flags say."""
        domain = self.start("guest", kind="hvm", devices=vnc("autoport='yes' passwd='one'"))
        with qemu.Qemu(self.daemon, domain.ID()) as model:
            new = vnc("autoport='yes' passwd='two' passwdValidTo='2030-01-02T03:04:05' connected='disconnect'")
            domain.updateDeviceFlags(new, LIVE | CONFIG)
            self.assertEqual(model.told("set_password"),
                             [{"protocol": "vnc", "password": "two", "connected": "disconnect"}])
            self.assertEqual(model.told("expire_password"), [{"protocol": "vnc", "time": "1893553445"}])
            for flags in SECURE, SECURE | INACTIVE:
                text = domain.XMLDesc(flags)
                self.assertRegex(text, "passwd=.two.")
                self.assertRegex(text, "passwdValidTo=.2030-01-02T03:04:05.")
            self.assertNotIn("two", domain.XMLDesc())
            domain.updateDeviceFlags(vnc("autoport='yes' passwd='three'"), LIVE)
            self.assertIn("a password is left out", self.native(domain, 0))
            self.assertNotIn("left out", self.native(domain, SECURE))
            self.assertEqual(model.told("expire_password")[1:], [{"protocol": "vnc", "time": "never"}])
            self.assertNotIn("passwdValidTo", domain.XMLDesc(SECURE))
            self.assertRegex(domain.XMLDesc(SECURE | INACTIVE), "passwd=.two.")
            model.answers["set_password"] = qemu.Error("Could not set password")
            self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "Could not set password", domain.updateDeviceFlags,
                              vnc("autoport='yes' passwd='four'"), LIVE | CONFIG)
            self.assertNotIn("four", domain.XMLDesc(SECURE) + domain.XMLDesc(SECURE | INACTIVE))

    def test_password_of_what_xen_lacks(self):
        """A screen that Xen has none of is kept with its password, which is said to nobody who may not know it."""
        spice = "<graphics type='spice' port='5999' passwd='hidden'/>"
        pv = self.define("first", kind="xen", devices=spice)
        two = self.define("second", 2, kind="hvm", devices=vnc("autoport='yes'") + vnc("port='5998' passwd='hidden'"))
        for domain in pv, two:
            self.assertRegex(domain.XMLDesc(SECURE), "passwd=.hidden.")
            for flags in 0, INACTIVE:
                self.assertNotIn("hidden", domain.XMLDesc(flags))
                self.assertNotIn("hidden", self.native(domain, flags))
            # defined again as a client has it, as virsh edit does
            self.conn.defineXML(domain.XMLDesc(SECURE | INACTIVE))
            self.assertRegex(domain.XMLDesc(SECURE), "passwd=.hidden.")

    def test_what_stays(self):
        """Where VNC listens, and whether it asks, is settled at the start."""
        domain = self.start("guest", kind="hvm", devices=vnc("autoport='yes'"))
        with qemu.Qemu(self.daemon, domain.ID()) as model:
            for words, text, code in (
                    ("started without a password", vnc("autoport='yes' passwd='x'"), UNSUPPORTED),
                    ("only the password", vnc("port='5999'"), UNSUPPORTED),
                    ("only a VNC screen", "<graphics type='spice' port='5900'/>", UNSUPPORTED),
                    ("'tomorrow' is no time", vnc("passwd='x' passwdValidTo='tomorrow'"), XML_ERROR)):
                self.assert_fails(code, words, domain.updateDeviceFlags, text, LIVE)
            domain.updateDeviceFlags(vnc("port='5999' passwd='x'"), CONFIG)
            self.assertRegex(domain.XMLDesc(SECURE | INACTIVE), "port=.5999.")
            self.assertNotIn("5999", domain.XMLDesc(SECURE))
            self.assertEqual(model.commands, [])

    def test_password_ends(self):
        """From the start on; a guest whose password would not end does not run."""
        text = vnc("autoport='yes' passwd='one' passwdValidTo='2030-01-02T03:04:05'")
        domain = self.define("guest", kind="hvm", devices=text)
        self.assert_fails(UNSUPPORTED, "no device model", domain.create)
        self.assertEqual(self.xen.guests(), [])
        with qemu.Qemu(self.daemon, 2) as model:  # Xen does not give a number twice
            domain.create()
            self.assertEqual(model.told("expire_password"), [{"protocol": "vnc", "time": "1893553445"}])

    def told(self, domain, server):
        """What libxl was told of VNC or SPICE."""
        config = json.loads((self.xen.folder / f"userdata/{domain.ID()}.libxl-json").read_text())
        return config["b_info"]["type.hvm"][server]

    def listens(self, domain):
        return self.told(domain, "vnc")["listen"]

    def spice_port(self, domain):
        """As libxl and clients are told, which is not what the definition says."""
        port = self.told(domain, "spice")["port"]
        self.assertIn(f":{port}", self.virsh("domdisplay", domain.name()))
        self.assertRegex(domain.XMLDesc(), f'"spice" port="{port}" autoport="yes"')
        self.assertRegex(domain.XMLDesc(INACTIVE), '"spice" autoport="yes"')
        return port

    def test_spice_port(self):
        """Where nobody asked for a number each guest has its own, over a restart of the daemon, until it ends."""
        def guest(number):
            return self.start(f"guest-{number}", number, kind="hvm",
                              devices="<graphics type='spice' autoport='yes'/>")
        with socket.create_server(("127.0.0.1", 0)) as other:
            self.assertNotEqual(self.spice_port(guest(1)), other.getsockname()[1])
        ports = [self.spice_port(guest(2)), self.spice_port(self.conn.lookupByName("guest-1"))]
        self.restart()
        for name, port in ("guest-2", ports[0]), ("guest-1", ports[1]):
            self.assertEqual(self.spice_port(self.conn.lookupByName(name)), port)
        third = self.spice_port(guest(3))
        self.assertEqual(len({third, *ports}), 3)
        self.conn.lookupByName("guest-2").destroy()
        self.assertEqual(self.spice_port(guest(4)), ports[0])

    def test_listen(self):
        """On a socket; for nobody but the daemon; on a network's address, or the guest is not started."""
        for number, (text, where) in enumerate((
                (vnc("socket='/run/a.sock'"), "unix:/run/a.sock"),
                (vnc(inside="<listen type='none'/>"), f"unix:/run/libvirt/libxl/vnc-{standin.uuid(2)}.sock"))):
            domain = self.start(f"guest-{number}", number + 1, kind="hvm", devices=text)
            self.assertEqual(self.listens(domain), where)
        text = vnc(inside="<listen type='network' network='nosuch'/>")
        domain = self.define("third", 3, kind="hvm", devices=text)
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "network", domain.create)

    def look(self, mine, domain, model, name):
        """The client's end of the line reaches QEMU."""
        model.answers["add_client"] = lambda arguments: (os.write(model.fds["client"], b"RFB 003.008\n"), {})[1]
        theirs = name(domain)
        self.assertEqual((mine or theirs).recv(100), b"RFB 003.008\n")

    def test_open(self):
        """Over a descriptor that the client brings, or that it gets."""
        domain = self.start("guest", kind="hvm", devices=vnc("autoport='yes'") + "<graphics type='sdl'/>"
                            "<graphics type='spice' port='5901'/>")
        with qemu.Qemu(self.daemon, domain.ID()) as model:
            mine, theirs = socket.socketpair()
            with mine, theirs:
                self.look(mine, domain, model, lambda dom: dom.openGraphics(2, theirs.fileno(), 0))
            self.look(None, domain, model, lambda dom: socket.socket(
                fileno=dom.openGraphicsFD(0, libvirt.VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH)))
            self.assertEqual(model.told("add_client"), [
                {"protocol": "spice", "fdname": "client", "skipauth": False},
                {"protocol": "vnc", "fdname": "client", "skipauth": True}])
            self.assert_fails(UNSUPPORTED, "SDL", domain.openGraphicsFD, 1, 0)
            self.assert_fails(libvirt.VIR_ERR_INVALID_ARG, "no such screen", domain.openGraphicsFD, 3, 0)
        domain.destroy()
        self.assert_fails(libvirt.VIR_ERR_OPERATION_INVALID, "not running", domain.openGraphicsFD, 0, 0)


class Range(standin.Case):
    """The administrator says which ports screens may have."""

    def prepare(self):
        (self.folder / "etc/libxl.conf").write_text("remote_display_port_min = 6100\n"
                                                    "remote_display_port_max = 6101\n")

    def test_vnc(self):
        first, second, third = (self.define(f"guest-{number}", number, kind="hvm", devices=vnc("autoport='yes'"))
                                for number in (1, 2, 3))
        first.create()
        second.create()
        self.assertEqual(self.virsh("vncdisplay", "guest-1"), ":200")
        self.assertEqual(self.virsh("vncdisplay", "guest-2"), ":201")
        self.assertRegex(first.XMLDesc(INACTIVE), 'autoport="yes"')
        self.restart()
        first, third = self.conn.lookupByName("guest-1"), self.conn.lookupByName("guest-3")
        self.assert_fails(libvirt.VIR_ERR_OPERATION_FAILED, "6100 to 6101", third.create)
        first.reboot()
        standin.wait_for(lambda: max(self.conn.listDomainsID()) > 2, "it has been made anew")
        self.assertEqual(self.virsh("vncdisplay", "guest-1"), ":200")
        first.destroy()
        third.create()
        self.assertEqual(self.virsh("vncdisplay", "guest-3"), ":200")
        fixed = self.start("guest-4", 4, kind="hvm", devices=vnc("port='5907'"))
        self.assertEqual(self.virsh("vncdisplay", "guest-4"), ":7")
        fixed.destroy()


if __name__ == "__main__":
    standin.main()
