# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords: left out unless asked for, with a word, and never replaced by an open door."""

import xlconv

SPICE = 'type = "hvm"\nname = "a"\nvnc = 0\nspice = 1\nspiceport = 5900\nspicepasswd = "secret1"\n'
VNC = 'type = "hvm"\nname = "a"\nvncpasswd = "secret1"\nvnc = 1\n'


class Secure(xlconv.Case):
    def test_left_out(self):
        for cfg in SPICE, VNC:
            done = self.start("cfg2xml", text=cfg)
            self.assertNotIn("secret1", done.stdout)
            key = "spicepasswd" if cfg == SPICE else "vncpasswd"
            self.assertIn(f"warning: {key}: a password is left out, and the console would be open",
                          done.stderr)

    def test_each_by_its_key(self):
        """What a framebuffer holds inside an item, too."""
        both = SPICE + 'vncpasswd = "secret2"\n'
        vfb = 'type = "pv"\nname = "a"\nkernel = "/k"\nvfb = [ "vnc=1,vncpasswd=secret3" ]\n'
        for cfg, keys in ((both, ["vncpasswd", "spicepasswd"]), (vfb, ["vfb"])):
            lines = [line for line in self.complaints("cfg2xml", text=cfg) if "password" in line]
            self.assertEqual([line.split(": ")[2] for line in lines], keys)

    def test_not_open_afterwards(self):
        back = self.run_tool("xml2cfg", text=self.run_tool("cfg2xml", text=SPICE))
        self.assertIn("spice = 1\n", back)
        self.assertNotIn("spicedisable_ticketing", back)

    def test_withheld(self):
        """XML without its password says so, and what is made of it, until it has one again."""
        xml = self.run_tool("cfg2xml", text=VNC)
        self.assertEqual(xml.count("<xl:withheld "), 1)
        said = self.complaints("xml2cfg", text=xml)
        self.assertTrue(any("made without its password" in line for line in said), said)
        cfg = self.run_tool("xml2cfg", text=xml)
        self.assertIn("# a password is left out", cfg)
        again = self.run_tool("cfg2xml", "--secure", text=cfg)
        self.assertEqual(again.count("<xl:withheld "), 1)
        whole = self.run_tool("cfg2xml", "--secure", text=cfg + 'vncpasswd = "new"\n')
        self.assertNotIn("withheld", whole)
        self.assertNotIn("left out", self.run_tool("xml2cfg", "--secure", text=whole))

    def test_kept(self):
        for cfg in SPICE, VNC:
            xml = self.run_tool("cfg2xml", "--secure", text=cfg)
            self.assertIn("secret1", xml)
            self.assertEqual(self.run_tool("xml2cfg", "--secure", text=xml), cfg)


if __name__ == "__main__":
    xlconv.main()
