# SPDX-License-Identifier: LGPL-2.1-or-later
"""diff: two files compared by what they mean."""

import unittest

import xlconv

GUEST = """\
name = "web"
memory = 512
cmdline = "root=/dev/xvda1 quiet"
disk = [ "phy:/dev/a,xvda,w", "phy:/dev/b,xvdb,w" ]
"""


class Diff(xlconv.Case):
    def diff(self, old, new, *options, status=1):
        self.write("old", old)
        self.write("new", new)
        return self.run_tool("diff", "old", "new", *options, status=status)

    def test_same(self):
        self.assertEqual(self.diff(GUEST, GUEST, status=0), "")
        self.assertEqual(
            self.diff(
                GUEST,
                "# other\nroot='/dev/xvda1'; extra='quiet'\nmemory=0x200\n"
                "disk=['phy:/dev/a,xvda,w', 'vdev=xvdb,target=/dev/b',]\nname='web'",
                status=0,
            ),
            "",
        )

    def test_cfg_and_its_xml(self):
        self.assertEqual(self.diff(GUEST, self.run_tool("cfg2xml", text=GUEST), status=0), "")

    def test_joined_and_kept(self):
        """Where xl reads no number, += makes nothing else than =."""
        for key in "my_own", "acpi", "vif2", "device_model":
            for apart, whole in (("['a']", "['b']"), "['a', 'b']"), (("'a'", "'b'"), "'ab'"):
                joined = f"{GUEST}{key} = {apart[0]}\n{key} += {apart[1]}\n"
                self.assertEqual(self.diff(joined, f"{GUEST}{key} = {whole}\n", status=0), "")
        self.assertEqual(
            self.diff(GUEST + "acpi = 1\nacpi += 1\n", GUEST + "acpi = 11\n"),
            '@@ features @@\n+acpi = 1\n@@ kept @@\n-acpi += "11"\n',
        )

    def test_values_and_items(self):
        self.assertEqual(
            self.diff(
                GUEST,
                GUEST.replace("512", "1024").replace("web", "wob").replace("dev/b", "dev/c")
                + "vcpus=2\nmine=7\n",
            ),
            '@@ general @@\n-name = "web"\n+name = "wob"\n'
            "@@ memory @@\n-memory = 512\n+memory = 1024\n"
            "@@ cpu @@\n+vcpus = 2\n"
            '@@ disk @@\n disk = [\n     "vdev=xvda,target=/dev/a",\n'
            '-    "vdev=xvdb,target=/dev/b",\n+    "vdev=xvdb,target=/dev/c",\n ]\n'
            "@@ kept @@\n+mine = 7\n",
        )

    def test_item_gone(self):
        self.assertEqual(
            self.diff(GUEST, GUEST.replace('"phy:/dev/a,xvda,w", ', "")),
            '@@ disk @@\n disk = [\n-    "vdev=xvda,target=/dev/a",\n'
            '     "vdev=xvdb,target=/dev/b",\n ]\n',
        )

    def test_passwords(self):
        old = 'name="a"\ntype="hvm"\nvnc=1\nvncpasswd="one"\n'
        new = old.replace("one", "two")
        self.assertNotIn("one", self.diff(old, new))
        self.assertNotIn("two", self.diff(old, new))
        self.assertIn('+vncpasswd = "two"', self.diff(old, new, "--secure"))
        self.assertEqual(self.diff(old, old, status=0), "")

    def test_beyond_cfg(self):
        xml = self.run_tool("cfg2xml", text=GUEST)
        titled = xml.replace("<metadata>", "<title>T</title><metadata>")
        self.assertNotEqual(xml, titled)
        self.assertEqual(self.diff(xml, titled), "@@ no word in xl.cfg @@\n+# title: T\n")
        self.assertEqual(self.diff(GUEST, titled, status=0), "")

    def test_beyond_cfg_is_counted(self):
        """Of devices that say the same each counts."""
        one, two = ("<domain type='xen'><name>a</name><memory>65536</memory><os><type>hvm</type></os><devices>"
                    + "<redirdev bus='usb' type='spicevmc'/>" * count + "</devices></domain>" for count in (1, 2))
        line = '# devices/redirdev: <redirdev bus="usb" type="spicevmc"/>\n'
        self.assertEqual(self.diff(one, two), "@@ no word in xl.cfg @@\n+" + line)
        self.assertEqual(self.diff(two, one), "@@ no word in xl.cfg @@\n-" + line)
        self.assertEqual(self.diff(two, two, status=0), "")

    @unittest.skipUnless(xlconv.LIBXL, "built without libxl")
    def test_what_xl_passes_over(self):
        """What other kinds of guest are told, and part of a key that is there whole."""
        unread = 'ms_vm_genid="generate"', 'smbios=["oem=1"]', "hvm_pirq=1", 'viridian="all"', 'viridian=["all"]'
        for kind in "pv", "pvh":
            guest = f'name="a"\ntype="{kind}"\nkernel="/k"\ncmdline="c"\n'
            for line in *unread, 'root="x"', 'extra="x"':
                with self.subTest(kind, line=line):
                    self.assertEqual(self.diff(guest, guest + line, status=0), "")
        self.assertIn("cmdline", self.diff(guest.replace('cmdline="c"', ""), guest + 'root="x"'))
        for line in unread:
            self.assertIn(line.split("=")[0], self.diff('name="a"\ntype="hvm"', f'name="a"\ntype="hvm"\n{line}'))

    @unittest.skipUnless(xlconv.LIBXL, "built without libxl")
    def test_no_generation_id(self):
        guest = 'type = "hvm"\nname = "win"\n'
        self.assertEqual(self.diff(guest, guest + 'ms_vm_genid = "none"\n', status=0), "")

    @unittest.skipUnless(xlconv.LIBXL, "built without libxl")
    def test_generation_id(self):
        """One that stays is another than one that is made at each start, but xl makes that of a file."""
        cfg = 'type = "hvm"\nname = "win"\nms_vm_genid = "generate"\n'
        made = self.run_tool("cfg2xml", text=cfg)
        fixed = made.replace("<genid/>", "<genid>03020100-0504-0706-0809-0a0b0c0d0e0f</genid>")
        other = fixed.replace("0302", "0402")
        json = self.run_tool("xml2json", text=fixed)
        self.assertIn('"ms_vm_genid":[0,1,2,3,4', "".join(json.split()))
        for one in fixed, json:
            for two in made, other, made.replace("<genid/>", ""):
                self.assertIn("# genid: 03020100", self.diff(one, two))
        self.assertIn("-# genid: 03020100", self.diff(fixed, cfg))
        self.assertIn("+# genid: 04020100", self.diff(json, other))
        self.assertEqual(self.diff(fixed, self.run_tool("xml2cfg", text=fixed), status=0), "")
        self.assertEqual(self.diff(json, self.run_tool("json2xml", text=json), status=0), "")
        self.assertEqual(self.diff(json, self.run_tool("json2cfg", text=json), status=0), "")
        self.assertEqual(self.diff(json, cfg, status=0), "")

    def test_trouble(self):
        self.write("good", GUEST)
        self.write("bad", "name = web\n")
        self.assertIn("bad:1:8: error", self.complaints("diff", "good", "bad", status=2)[0])
        self.complaints("diff", "good", "missing", status=2)
        self.complaints("diff", "good", status=2)
        self.complaints("diff", "good", "good", "good", status=2)


if __name__ == "__main__":
    xlconv.main()
