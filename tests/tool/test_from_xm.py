# SPDX-License-Identifier: LGPL-2.1-or-later
"""--from xm: files of the old xm, as far as they are data."""

import random

import xlconv

# What an xm file says, and the xl.cfg for it.
PAIRS = [
    ("acpi = True", "acpi = 1"),
    ("acpi=False;pae=True", "acpi = 0\npae = 1"),
    ("usb = None", ""),
    ("a = 0x1F; b = 0X1f; c = 0o17; d = 0b101; e = 5L; f = 010", "a = 0x1f\nb = 0x1f\nc = 017\nd = 5\ne = 5\nf = 010"),
    ("a = -5", 'a = "-5"'),
    ("a = +5", "a = 5"),
    ("a = 'x' \"y\"", 'a = "xy"'),
    ("a = 'x' \\\n  'y'\nb = 1", 'a = "xy"\n\nb = 1'),
    ("a = ('x'\n  # why\n  'y') # c", 'a = "xy"\n# why\n# c'),
    ('a = """x\ny"""', 'a = "x\\ny"'),
    ("a = r'x\\d' u'\\u00e4' b'\\x41' '\\101\\q'", 'a = "x\\\\däAA\\\\q"'),
    ("a = ( 'x', )", 'a = [ "x" ]'),
    ("a = ( 'x', 'y' )", 'a = [ "x", "y" ]'),
    ("a = ()", "a = []"),
    ("a = (('x'))", 'a = "x"'),
    ("a = [ ('x') ]", 'a = [ "x" ]'),
    ("a = [ 'x' 'y', 1, True, [ 'z' ] ]", 'a = [ "xy", 1, 1, [ "z" ] ]'),
    ("a += [ 'x' ]", 'a += [ "x" ]'),
    ("# only a comment", "# only a comment"),
    ("a = 1 # c", "a = 1  # c"),
    ("Name = 'x'\nb = 1", "b = 1"),
]

# What xm said in other words than xl.
MEANINGS = [
    ("builder = 'linux'", 'type = "pv"'),
    ("builder = 'hvm'", 'type = "hvm"'),
    ("type = 'pv'; builder = 'linux'", 'type = "pv"\nbuilder = "generic"'),
    ("vfb = [ 'type=sdl' ]", 'vfb = [ "sdl=1,vnc=0" ]'),
    ("vfb = [ 'sdl=1' ]", 'vfb = [ "vnc=0,sdl=1" ]'),
    ("vfb = [ 'type=sdl', 'type=vnc,vncpasswd=a' ]", 'vfb = [ "sdl=1,vnc=0", "vnc=1,vncpasswd=a" ]'),
    ("vfb = [ 'type=vfb,vnc=1' ]", 'vfb = [ "type=vfb,vnc=1" ]'),
    ("type = 'hvm'; vnc = 0; vfb = [ 'type=vnc,keymap=fr' ]", 'type = "hvm"\nvnc = "1"\nkeymap = "fr"'),
    ("type = 'hvm'; sdl = 1", 'type = "hvm"\nsdl = 1\nvnc = 0'),
    ("disk = [ 'phy:vg0/a,xvda,w!' ]", 'disk = [ "phy:/dev/vg0/a,xvda,w" ]'),
    ("disk = [ 'phy:a,xvda,r' ]", 'disk = [ "phy:/dev/a,xvda,r" ]'),
    ("disk = [ 'phy:a , xvda , w' ]", 'disk = [ "phy:/dev/a,xvda,w" ]'),
    ("disk = [ 'phy:a,xvda' ]", 'disk = [ "phy:/dev/a,xvda" ]'),
    ("disk = [ 'phy:a,hdc:cdrom,r' ]", 'disk = [ "phy:/dev/a,hdc:cdrom,r" ]'),
    ("disk = [ 'phy:/dev/a,xvda,r,dd,x86_32-abi' ]", 'disk = [ "phy:/dev/a,xvda,r,backend=dd" ]'),
    ("disk = [ 'phy:/dev/a,xvda,r,backend=dd' ]", 'disk = [ "phy:/dev/a,xvda,r,backend=dd" ]'),
    ("nics = 2", 'vif = [ "", "" ]'),
    ("nics = 2; vif = [ 'bridge=a', ]", 'vif = [ "bridge=a", "" ]'),
    ("nics = 2; vif = []", 'vif = [ "", "" ]'),
    ("nics = 1; vif = [ 'bridge=a' ]", 'vif = [ "bridge=a" ]'),
    ("dhcp = 'dhcp'", 'extra = "ip=:::::eth0:dhcp"'),
    (
        "extra = 'ro'; ip = '10.0.0.2'; netmask = '255.0.0.0'; gateway = '10.0.0.1'; hostname = 'a'",
        'extra = "ip=10.0.0.2::10.0.0.1:255.0.0.0:a:eth0:off ro"',
    ),
    ("nfs_server = '10.0.0.1'; nfs_root = '/a'", 'extra = "nfsroot=10.0.0.1:/a"'),
    ("type = 'hvm'; dhcp = 'dhcp'", 'type = "hvm"\ndhcp = "dhcp"'),
    ("dhcp = 'off'; dhcp = 'dhcp'", 'extra = "ip=:::::eth0:dhcp"'),
    ("netmask = '255.0.0.0'", 'netmask = "255.0.0.0"'),
    ("cpu = 2", 'cpus = [ "2" ]'),
    ("cpu = -1", ""),
    ("cpu_cap = 50", "cap = 50"),
    ("bootargs = '-q  --kernel=a'", 'bootloader_args = [ "-q", "--kernel=a" ]'),
    ("nographic = 1", "nographics = 1"),
    ("irq = [ 7 ]", "irqs = [ 7 ]"),
    ("netif = 1", "driver_domain = 1"),
    ("netif = 0", "netif = 0"),
    ("serial = ''", ""),
    ("serial = 'pty'; serial = ''", ""),
    ("serial = 'pty'", 'serial = "pty"'),
]

BAD = {
    "import os": "no modules",
    "if x:": "no conditions",
    "a = hvm": "expected data",
    "a = 4 * 1024": "does not calculate",
    "a = 'x' + 'y'": "joins no texts",
    "a = '%s' % b": "fills in no %s",
    "a = f(1)": "calls no functions",
    "a = 1.5": "whole number",
    "a = 'x": "no end",
    "a = [ 'x'": "no end",
    "a = { 'x': 1 }": "no dictionaries",
    "a": "KEY = VALUE",
    "a = ": "expected a value",
    ";": "KEY = VALUE",
    "a = [ None ]": "expected data",
    "a = '\\0'": "NUL",
    "a = [ 1 2 ]": "comma",
    "a = " + "[" * 200: "too deep",
}


class FromXm(xlconv.Case):
    def test_data(self):
        for old, new in PAIRS:
            with self.subTest(old):
                self.assertEqual(self.run_tool("fmt", "--from", "xm", text=old).strip(), new)

    def test_meanings(self):
        for old, new in MEANINGS:
            with self.subTest(old):
                made = self.run_tool("fmt", "--from", "xm", text=old)
                self.assertEqual("\n".join(line for line in made.splitlines() if line), new)
                self.assertEqual(self.run_tool("fmt", "--from", "xm", text=made), made)

    def test_block_devices(self):
        """A disk as most xm files have it is one that xl reads, too."""
        for spec in "phy:vg/a,xvda,w", "phy:vg/a,xvda,w!", "phy:vg/a,hdc:cdrom,r", "phy:vg/a,0x301,w", "phy:vg/a,xvda":
            made = self.run_tool("fmt", "--from", "xm", text=f"name='a'\nkernel='/k'\ndisk=['{spec}']\n")
            with self.subTest(spec):
                self.assertRegex(self.run_tool("cfg2xml", text=made), '[="]/dev/vg/a"')

    def test_meaning_is_said(self):
        lines = self.complaints("check", "--from", "xm", "-", text="name = 'a'\nkernel = '/k'\nbuilder = 'linux'")
        self.assertEqual(lines[0], '-:3:1: note: builder: written for xm: read as type = "pv"')
        self.assertIn("--from xm", "".join(self.complaints("check", text="name='a'\nbuilder='linux'", status=1)))

    def test_no_password_is_said(self):
        for kind in "pv", "hvm":
            text = f"name='a'\nkernel='/k'\ntype='{kind}'\nvfb=['type=vnc,vncpasswd=' 'hush']"
            self.assertNotIn("hush", "\n".join(self.complaints("fmt", "--from", "xm", text=text)))

    def test_no_data(self):
        for old, hint in BAD.items():
            with self.subTest(old):
                line = self.complaints("fmt", "--from", "xm", text="b = 1\n" + old, status=1)[0]
                self.assertTrue(line.startswith("-:2:"), line)
                self.assertIn(hint, line)

    def test_all_errors_in_one_run(self):
        lines = self.complaints("check", "--from", "xm", "-", text="\n".join(BAD) + "\nname='a'", status=1)
        self.assertGreater(len([line for line in lines if ": error:" in line]), 8)

    def test_values_of_what_is_no_data(self):
        """What can be read of a file that is more than data is looked at, too."""
        text = "name = 'x'\nkernel = '/k'\nacpi = foo()\nvcpus = 'x'\non_crash = 'bad'\ntype = g(\n"
        for command in ("check",), ("cfg2xml",), ("cfg2json",):
            lines = self.complaints(*command, "--from", "xm", "-", text=text, status=1)
            places = [line.split(":")[1] for line in lines if line.startswith("-:")]
            self.assertEqual(places, ["3", "4", "5", "6"], lines)
        self.assertEqual(len(self.complaints("fmt", "--from", "xm", "-", text=text, status=1)), 2)

    def test_lines_keep_their_numbers(self):
        text = "name = ('a'\n'b')\nVM = [ 1,\n2 ]\nkernel = '/a' \\\n '/b'\nacpi = 'on'\n"
        self.assertTrue(
            any(line.startswith("-:7:") and "acpi" in line
                for line in self.complaints("check", "--from", "xm", "-", text=text))
        )

    def test_guest(self):
        self.assertIn(
            "<name>ab</name>", self.run_tool("cfg2xml", "--from", "xm", text="name = 'a' 'b'\nacpi = True")
        )
        self.write("old", "name = 'a' 'b'\r\nvcpus = 2L\r\n")
        self.write("new", "name = 'ab'\nvcpus = 2\n")
        self.run_tool("diff", "--from", "xm", "old", "new")

    def test_kind(self):
        self.run_tool("check", "--from", "xl", "-", text="name='a'")
        self.complaints("check", "--from", "vmx", "-", text="name='a'", status=2)
        self.complaints("xml2cfg", "--from", "xm", "-", text="", status=2)

    def test_xl_files_are_xm_files(self):
        """But for what Python writes in another way and what xm had other words for, which is noted, an xl.cfg file means
        the same to both."""
        for path in xlconv.golden()[::2]:
            done = self.start("fmt", path)
            both = self.start("fmt", "--from", "xm", path)
            if done.returncode == 0 and both.returncode == 0 and "written for xm" not in both.stderr:
                self.write("one", done.stdout)
                self.write("two", both.stdout)
                self.assertIn(self.start("diff", "one", "two").returncode, (0, 2), path)

    def test_rubbish(self):
        """Whatever comes, there is a result or an error."""
        seed = random.randrange(1 << 32)
        random_ = random.Random(seed)
        words = ["a", "=", "'", '"', '"""', "[", "]", "(", ")", ",", "\\", "\n", " ", "#", ";", "1", "-", "True", "None", "u'", "\t", "+="]
        for _ in range(20 if xlconv.SANITIZED else 80):
            text = "".join(random_.choices(words, k=random_.randrange(1, 30)))
            self.assertIn(self.start("fmt", "--from", "xm", text=text).returncode, (0, 1), (seed, text))


if __name__ == "__main__":
    xlconv.main()
