# SPDX-License-Identifier: LGPL-2.1-or-later
"""Passwords: left out unless asked for, with a word, and never replaced by an open door."""

import re

import xlconv

SPICE = 'type = "hvm"\nname = "a"\nvnc = 0\nspice = 1\nspiceport = 5900\nspicepasswd = "secret1"\n'
VNC = 'type = "hvm"\nname = "a"\nvncpasswd = "secret1"\nvnc = 1\n'


class Secure(xlconv.Case):
    def test_left_out(self):
        for cfg in SPICE, VNC:
            done = self.start("cfg2xml", text=cfg)
            self.assertNotIn("secret1", done.stdout)
            key = "spicepasswd" if cfg == SPICE else "vncpasswd"
            line = cfg.split("passwd")[0].count("\n") + 1
            self.assertIn(f"-:{line}:{len(key) + 4}: warning: {key}: a password is left out, and the "
                          "console would be open", done.stderr)

    def test_withheld_onto(self):
        """XML that was made without its password says nothing of the one in the file."""
        cfg = self.write("a.cfg", VNC)
        xml = self.write("a.xml", self.start("cfg2xml", cfg).stdout)
        done = self.start("xml2cfg", "--secure", "--onto", cfg, xml)
        self.assertEqual((done.returncode, done.stdout), (0, VNC))
        self.assertIn("passwords of the file stay as they are", done.stderr)

    def test_onto_each_screen(self):
        """Each screen keeps its own password, wherever it stands in XML made without them."""
        def item(display, password):
            return f"vnc=1,vncdisplay={display},vncunused=0{password and ',vncpasswd='}{password}"

        one, two = item(1, "secret1"), item(2, "secret2")
        cfg = self.write("a.cfg", f'name = "a"\nkernel = "/k"\nmemory = 64\nvfb = [ "{one}", "{two}" ]\n')
        whole = self.start("cfg2xml", cfg).stdout
        first, second = (line + "\n" for line in whole.split("\n") if "<graphics" in line)
        other = first.replace("5901", "5909")
        for now, items in (
            (second + first, (two, one)),
            (second, (two,)),
            (first, (one,)),
            (other + first + second, (item(9, ""), one, two)),
            (other + second, (item(9, "secret1"), two)),
            (second + other, (two, item(9, "secret1"))),
        ):
            with self.subTest(now):
                xml = self.write("a.xml", whole.replace(first + second, now))
                said = ", ".join(f'"{text}"' for text in items)
                self.assertIn(f"vfb = [ {said} ]\n", self.start("xml2cfg", "--onto", cfg, xml).stdout)

    def test_onto_the_screen_that_is_most_like_it(self):
        """An open screen gets no password, nor loses one its own, when another one comes and it is edited."""
        cfg = self.write("a.cfg", 'name = "a"\ntype = "pv"\nkernel = "/k"\nvfb = [\n'
                         '    "vnc=1,vnclisten=1.1.1.1,vncdisplay=1,vncunused=0,vncpasswd=ONE",\n'
                         '    "vnc=1,vnclisten=3.3.3.3,vncdisplay=3,vncunused=0",\n]\n')
        whole = self.start("cfg2xml", cfg).stdout
        first, second = re.findall("    <graphics.*?</graphics>\n", whole, flags=re.S)
        edited, new = first.replace("1.1.1.1", "127.0.0.1"), first.replace("1.1.1.1", "9.9.9.9").replace("5901", "5909")
        moved = second.replace("3.3.3.3", "4.4.4.4")
        for now in new + edited + second, new + edited, moved + edited:
            with self.subTest(now):
                xml = self.write("a.xml", whole.replace(first + second, now))
                made = self.start("xml2cfg", "--onto", cfg, xml).stdout
                self.assertEqual(re.findall('"(.*ONE.*)"', made),
                                 ["vnc=1,vnclisten=127.0.0.1,vncdisplay=1,vncunused=0,vncpasswd=ONE"])

    def test_onto_a_screen_of_another_kind(self):
        """The password of the only screen goes along, and where that is not to be told a warning says what is open."""
        head, vnc = 'name = "a"\nkernel = "/k"\nmemory = 64\n', 'vnc = 1\nvnclisten = "0.0.0.0"\n'
        spice = "spice = 1\nspiceport = 5900\n"
        hvm, pv = head + 'type = "hvm"\n', head + 'type = "pv"\n'
        vfb = pv + 'vfb = [ "vnc=1,vnclisten=0.0.0.0%s" ]\n'
        with_vnc, with_spice = hvm + vnc + "%s", hvm + "vnc = 0\n" + spice + "%s"
        password, hidden = 'vncpasswd = "secret%d"\n', 'spicepasswd = "secret%d"\n'
        for old, new, said in (
            (vfb % ",vncpasswd=secret1", with_vnc % password, '\nvncpasswd = "secret1"\n'),
            (with_vnc % password, vfb % ",vncpasswd=secret9", ",vncpasswd=secret1"),
            (with_vnc % password, with_spice % hidden, '\nspicepasswd = "secret1"\n'),
            (with_spice % hidden, with_vnc % password, '\nvncpasswd = "secret1"\n'),
            (hvm + vnc + spice + hidden, with_vnc % password, None),
            (pv + 'vfb = [ "vncpasswd=secret1", "vncpasswd=secret2" ]\n', with_vnc % password, None),
            (with_vnc % "", with_vnc % password, None),
        ):
            with self.subTest((old, new)):
                cfg = self.write("a.cfg", old.replace("%d", "1"))
                xml = self.start("cfg2xml", self.write("b.cfg", new.replace("%d", "9"))).stdout
                self.assertIn("xl:withheld", xml)
                xml = self.write("a.xml", xml.replace("; spicedisable_ticketing = 1", ""))
                made = self.start("xml2cfg", "--onto", cfg, xml)
                self.assertEqual(made.returncode, 0, made.stderr)
                if said is None:
                    self.assertIn("the console would be open to all", made.stderr)
                    self.assertNotIn("stay as they are", made.stderr)
                    continue
                self.assertIn(said, made.stdout)
                self.assertEqual(made.stdout.count("secret1"), 1)
                self.assertNotIn("spicedisable_ticketing", made.stdout)
                self.assertNotIn("withheld", made.stdout)
                self.assertIn("goes to the screen in the place of its own", made.stderr)

    def test_of_kept_elements(self):
        """A screen that Xen has none of is kept, and its password shown to nobody who did not ask."""
        xml = ("<domain type='xen'><name>a</name><memory>65536</memory><vcpu>1</vcpu><os><type>linux</type>"
               "<kernel>/k</kernel></os><devices><graphics type='spice' port='5900' passwd='%s'/></devices></domain>")
        one, two = self.write("1.xml", xml % "secret1"), self.write("2.xml", xml % "secret2")
        whole = self.start("xml2cfg", "--secure", one).stdout
        self.assertIn('#xml devices/graphics: <graphics type="spice" port="5900" passwd="secret1"/>\n', whole)
        cfg = self.write("a.cfg", whole)
        shown = self.start("cfg2xml", cfg)
        made = self.write("a.xml", shown.stdout)
        for done in self.start("xml2cfg", one), shown, self.start("diff", one, two):
            self.assertNotIn("secret1", done.stdout)
        for done in self.start("xml2cfg", one), shown:
            self.assertIn("devices/graphics: a password is left out", done.stderr)
        self.assertIn("they differ", self.start("diff", one, two).stdout)
        self.assertIn("secret1", self.start("diff", "--secure", one, two).stdout)
        self.assertEqual(self.start("xml2cfg", "--onto", cfg, made).stdout, whole)

    def test_each_by_its_key(self):
        """What a framebuffer holds inside an item, too."""
        both = SPICE + 'vncpasswd = "secret2"\n'
        vfb = 'type = "pv"\nname = "a"\nkernel = "/k"\nvfb = [ "vnc=1,vncpasswd=secret3" ]\n'
        made = VNC.replace("hvm", "pv") + 'kernel = "/k"\n'
        for cfg, places in (
            (both, ["-:6:15: warning: spicepasswd", "-:7:13: warning: vncpasswd"]),
            (vfb, ["-:4:16: warning: vfb"]),
            (made, ["-:3:13: warning: vncpasswd"]),
        ):
            lines = [line for line in self.complaints("cfg2xml", text=cfg) if "password" in line]
            self.assertEqual([": ".join(line.split(": ")[:3]) for line in lines], places)

    def test_of_xml(self):
        """Of XML the key that it would have is told, at the attribute."""
        two = ('<domain type="xen"><name>a</name><memory>1024</memory><os><type>linux</type><kernel>/k'
               '</kernel></os><devices>\n<graphics type="vnc" passwd="s1"/>\n'
               '<graphics type="vnc" passwd="s2"/>\n</devices></domain>\n')
        for xml, keys in (
            (self.run_tool("cfg2xml", "--secure", text=VNC), ["vncpasswd"]),
            (self.run_tool("cfg2xml", "--secure", text=SPICE), ["spicepasswd"]),
            (two, ["vfb", "vfb"]),
        ):
            places = [f"-:{number}:{line.index('passwd=') + 1}"
                      for number, line in enumerate(xml.split("\n"), 1) if "passwd=" in line]
            said = [line for line in self.complaints("xml2cfg", text=xml) if "password" in line]
            self.assertEqual([": ".join(line.split(": ")[:3]) for line in said],
                             [f"{place}: warning: {key}" for place, key in zip(places, keys, strict=True)])

    def test_lines_in_messages(self):
        """Messages end in logs: the line that one is about is shown without the password, and points where it did."""
        vfb = 'type = "pv"\nname = "a"\nkernel = "/k"\nvfb = [ "vnc=1,vncpasswd=se cret,typo=1" ]\n'
        xml = ('<domain type="xen"><name>a</name><memory>1024</memory><os><type>hvm</type></os><devices>'
               "<graphics type='vnc' passwd='se\"cret' typo='x'/></devices></domain>")
        made = '{"c_info": {"type": "hvm", "name": "a"}, "b_info": {"typo": 1, "vnc": {"passwd": "se\\"cret"}}}'
        for verb, text in (("cfg2xml", VNC), ("cfg2xml", SPICE), ("cfg2xml", vfb), ("check", vfb), ("xml2cfg", xml),
                           *(("check", f'name = "a"\ntype = "hvm"\nvncpasswd = {value}\n') for value in (
                               "secret1", '[ "secret1" ]', '"se" \'cret1\'', '"""secret1"""', '"secret1')),
                           *([("json2cfg", made)] if xlconv.LIBXL else [])):
            with self.subTest(verb, text=text):
                said = self.start(verb, text=text).stderr
                self.assertRegex(said, r"passwd.*\*\*")
                self.assertNotRegex(said, "cret")
        at = self.start("check", text=vfb).stderr.splitlines()
        self.assertEqual([line.index("^") for line in at[2::3]], [at[1].index("typo")])

    def test_kept_words(self):
        """What XML says and xl.cfg need not say is kept, and told at its place."""
        xml = ('<domain type="xen"><name>a</name><memory>1024</memory>\n'
               '<os><type>hvm</type></os>\n<cpu mode="host-passthrough">\n'
               '<feature policy="require" name="aes"/>\n</cpu></domain>\n')
        self.assertTrue(self.complaints("xml2cfg", text=xml)[0].startswith(
            "-:4:10: warning: cpu/feature[@name='aes']/@policy: xl.cfg has no word"))

    def test_empty(self):
        """libxl takes an empty password of VNC's for none; with one of SPICE's nobody gets in."""
        vnc, spice = (cfg.replace("secret1", "") for cfg in (VNC, SPICE))
        vfb = 'name = "a"\nkernel = "/k"\nvfb = [ "vnc=1,vncpasswd=" ]\n'
        for cfg in vnc, vfb:
            done = self.start("cfg2xml", text=cfg)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            back = self.start("xml2cfg", text=done.stdout)
            self.assertEqual((back.returncode, back.stderr), (0, ""))
            self.assertIn("vncpasswd", back.stdout)
        self.assertIn("-:6:15: warning: spicepasswd", self.complaints("cfg2xml", text=spice)[0])

    def test_not_open_afterwards(self):
        back = self.run_tool("xml2cfg", text=self.run_tool("cfg2xml", text=SPICE))
        self.assertIn("spice = 1\n", back)
        self.assertNotIn("spicedisable_ticketing", back)

    def test_withheld(self):
        """XML without its password says so, and what is made of it, until it has one again."""
        xml = self.run_tool("cfg2xml", text=VNC)
        self.assertEqual(xml.count("<xl:withheld "), 1)
        line = xml.split("<xl:withheld")[0].count("\n") + 1
        said = self.complaints("xml2cfg", text=xml)
        self.assertTrue(any(text.startswith(f"-:{line}:5: warning: metadata/xl:withheld: this XML was "
                                            "made without its password") for text in said), said)
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
