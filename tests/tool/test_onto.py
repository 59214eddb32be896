# SPDX-License-Identifier: LGPL-2.1-or-later
"""xml2cfg --onto: a file is changed where it differs, and nowhere else."""

import difflib
import re
import unittest

import xlconv

GUEST = """\
# My guest
name = 'web'    # the name
memory = 0x200
vcpus="2"; maxvcpus=4
root = "/dev/xvda1"
extra = "quiet"
builder = "generic"

disk = [
    # the system
    'phy:/dev/vg/root,xvda,w',    # root
    'phy:/dev/vg/data,xvdb,w',    # data

    'phy:/dev/vg/swap,xvdc,w'     # swap
]
vif = [ 'mac=00:16:3e:00:00:01,bridge=br0', 'mac=00:16:3e:00:00:02,bridge=br0' ]
on_crash = 'destroy' # on purpose
my_own = 5
# the end
"""


class Onto(xlconv.Case):
    """Each test gives the lines that must go and those that must come."""

    def changed(self, guest, wanted, *options):
        """The lines of @guest that differ when it is made to mean @wanted, with - and +."""
        old = self.write("old.cfg", guest)
        xml = self.write(
            "new.xml",
            self.run_tool("cfg2xml", "--secure", self.write("new.cfg", wanted)),
        )
        new = self.run_tool("xml2cfg", "--onto", old, xml, *options)
        lines = difflib.unified_diff(guest.splitlines(), new.splitlines(), n=0, lineterm="")
        return [line for line in lines if not line.startswith(("---", "+++", "@@"))]

    def test_nothing(self):
        self.assertEqual(self.changed(GUEST, GUEST), [])
        for end in "", "\n", "\n\n":
            old = self.write("old.cfg", GUEST + "vif = [ '' ]" + end)
            xml = self.write("new.xml", self.run_tool("cfg2xml", "--secure", old))
            self.assertEqual(self.run_tool("xml2cfg", "--secure", "--onto", old, xml), old.read_text())

    def test_kept_number(self):
        """A key that is only kept has another value in quotes than without, whether xl knows it or not."""
        for key in "vncviewer", "my_other":
            self.assertEqual(
                self.changed(f"{GUEST}{key} = 'word'\n", f"{GUEST}{key} = 17\n"),
                [f"-{key} = 'word'", f"+{key} = 17"],
            )

    def test_kept_and_joined(self):
        """Where xl reads no number, += makes nothing else than =, and the file stays as it is."""
        for key in "my_other", "acpi", "vif2":
            joined, whole = f"{GUEST}{key} = [ 'a' ]\n{key} += [ 'b' ]\n", f"{GUEST}{key} = [ 'a', 'b' ]\n"
            self.assertEqual(self.changed(joined, whole), [])
            self.assertEqual(self.changed(whole, joined), [])
        guest = GUEST + "cmdline = 'c'\n"
        self.assertEqual(self.changed(f"{guest}extra += 'b'\n", guest.replace('"quiet"', '"quietb"')), [])

    def test_screen_beside_keys(self):
        """The keys that did nothing beside a framebuffer make none where it goes."""
        guest = "name = 'a'\nkernel = '/k'\n"
        old = self.write("old.cfg", guest + "vnc = 1\nvnclisten = '0.0.0.0'\nvfb = [ 'vnc=1' ]\n")
        xml = self.run_tool("cfg2xml", old)
        xml = self.write("new.xml", re.sub(" *<graphics.*\n", "", xml))
        self.assertEqual(self.run_tool("xml2cfg", "--onto", old, xml), guest)

    def test_withheld_password(self):
        """XML without the password that the file has takes nothing away, nor adds a remark."""
        guest = "name = 'a'\ntype = 'hvm'\nvnc = 1\nvncpasswd = 'hush'\n"
        old = self.write("old.cfg", guest)
        xml = self.write("new.xml", self.run_tool("cfg2xml", old))
        self.assertIn("xl:withheld", xml.read_text())
        self.assertEqual(self.run_tool("xml2cfg", "--onto", old, xml), guest)

    def test_first_item_comes(self):
        """A comment above the first item is its own where the second one has another, and else that of all."""
        head = 'name = "a"\nkernel = "/k"\nvif = [\n'
        one, two = "    'mac=00:16:3e:00:00:0%d',\n" % 1, "    'mac=00:16:3e:00:00:0%d',\n" % 2
        new = "    'mac=00:16:3e:00:00:09,bridge=br9',\n"
        for old, wanted in (
                ("    # lan\n" + one + "    # dmz\n" + two, new + "    # lan\n" + one + "    # dmz\n" + two),
                ("    # cards\n" + one + two, "    # cards\n" + new + one + two),
                ("    # card\n" + one, "    # card\n" + new + one)):
            lines = self.changed(head + old + "]\n", head + wanted + "]\n")
            self.assertEqual(lines, ["+" + new.rstrip("\n")])
            made = self.run_tool("xml2cfg", "--onto", self.folder / "old.cfg", self.folder / "new.xml")
            self.assertEqual(made, head + wanted + "]\n")

    def test_options_in_order(self):
        """Of an item the option alone changes that differs; blanks, order and defaults stay."""
        head = 'name = "a"\ntype = "hvm"\n'
        for old, wanted, new in (
                ('disk = [ "format=qcow2, vdev=xvdb, access=rw, target=/b" ]',
                 'disk = [ "/c,qcow2,xvdb" ]',
                 'disk = [ "format=qcow2, vdev=xvdb, access=rw, target=/c" ]'),
                ("vif = [ 'bridge=br0, mac=00:16:3e:00:00:01,model=e1000', 'mac=00:16:3e:00:00:02' ]",
                 "vif = [ 'mac=00:16:3e:00:00:01,bridge=br0,model=rtl8139,rate=1MB/s', 'mac=00:16:3e:00:00:02' ]",
                 "vif = [ 'bridge=br0, mac=00:16:3e:00:00:01,model=rtl8139,rate=1MB/s', 'mac=00:16:3e:00:00:02' ]"),
                ('usbctrl = [ "ports=4,type=qusb,version=2" ]', 'usbctrl = [ "type=qusb,ports=6" ]',
                 'usbctrl = [ "ports=6,type=qusb" ]'),
                ('pci = [ "01:00.0,seize=1,permissive=1" ]', 'pci = [ "01:00.0,seize=0,permissive=1" ]',
                 'pci = [ "01:00.0,seize=0,permissive=1" ]'),
                # one that has to be in front: the whole item is written anew
                ('disk = [ "vdev=xvdb,access=ro,target=/b" ]', 'disk = [ "vdev=xvdb,script=s,access=ro,target=/b" ]',
                 'disk = [ "vdev=xvdb,access=r,script=s,target=/b" ]')):
            self.assertEqual(self.changed(head + old + "\n", head + wanted + "\n"), ["-" + old, "+" + new])

    def test_no_newline_at_end(self):
        guest = 'name = "a"\nvcpus = 2'
        self.assertEqual(self.changed(guest, guest), [])
        self.assertEqual(
            self.changed(guest, 'name="a"\nvcpus=2\nmemory=99'), ["+memory = 99"]
        )

    def test_value(self):
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("0x200", "1024").replace('"2"', "3")),
            ["-memory = 0x200", '-vcpus="2"; maxvcpus=4', "+memory = 1024", '+vcpus="3"; maxvcpus=4'],
        )

    def test_string_keeps_its_quotes_and_comment(self):
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("'destroy'", "'preserve'")),
            ["-on_crash = 'destroy' # on purpose", "+on_crash = 'preserve' # on purpose"],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("'web'", '"o\'web"')),
            ["-name = 'web'    # the name", '+name = "o\'web"    # the name'],
        )

    def test_alias_becomes_its_key(self):
        """root= can say no command line that does not begin with it, and extra= not half of one."""
        head = "name='a'\nkernel='/k'\n"
        self.assertEqual(self.changed(head + "root = '/dev/xvda1'\n", head + "cmdline = 'quiet'\n"),
                         ["-root = '/dev/xvda1'", '+cmdline = "quiet"'])

    def test_parts_of_the_command_line(self):
        """Of root= and extra= the one changes, with its comment, that is to say something else."""
        head = "name='a'\nkernel='/k'\n"
        root, extra = "root = '/dev/xvda1'  # where", "extra = 'quiet ro'  # how"
        for old, cmdline, new in (
                ((root, extra), "root=/dev/xvda1 debug ro", (root, "extra = 'debug ro'  # how")),
                ((root, extra), "root=/dev/sda2 quiet ro", ("root = '/dev/sda2'  # where", extra)),
                ((root, extra), "root=/dev/sda2 debug", ("root = '/dev/sda2'  # where", "extra = 'debug'  # how")),
                ((root, extra), "root=/dev/xvda1", (root,)),
                ((root, extra), "quiet ro", (extra,)),
                ((extra, root), "root=/dev/sda2 quiet ro", (extra, "root = '/dev/sda2'  # where")),
                ((root,), "root=/dev/sda2", ("root = '/dev/sda2'  # where",)),
                ((extra,), "quiet", ("extra = 'quiet'  # how",)),
                ((root, extra), "", ())):
            with self.subTest(cmdline, old=old):
                guest = self.write("old.cfg", head + "".join(f"{line}\n" for line in old))
                wanted = self.run_tool("cfg2xml", text=f"{head}cmdline='{cmdline}'\n" if cmdline else head)
                self.assertEqual(self.run_tool("xml2cfg", "--onto", guest, text=wanted),
                                 head + "".join(f"{line}\n" for line in new))

    def test_key_that_spoke_for_another(self):
        """firmware= of an HVM guest is its bios; a PVH guest with a kernel must not have one."""
        self.assertEqual(
            self.changed(
                "name='a'\ntype='hvm'\nfirmware='uefi'\nmemory=64\n",
                "name='a'\ntype='pvh'\nkernel='/k'\nmemory=64\n",
            ),
            ["-type='hvm'", "-firmware='uefi'", "+type='pvh'", "+kernel = \"/k\""],
        )

    def test_alias_that_is_not_concerned(self):
        """Who changes the screen leaves the spelling of all else alone, and the comments there."""
        guest = ("name = 'a'\nbuilder = 'hvm'\nfirmware = 'uefi'    # OVMF\nstdvga = 1    # large\n"
                 "vnc = 1\n{}\nmemory = 64\n")
        spice = ["vnc = 0", "spice = 1", "spiceport = 5900", "spicedisable_ticketing = 1"]
        for gone in "vncunused = 0", "vncdisplay = 3", "vnclisten = '::1'":
            with self.subTest(gone):
                self.assertEqual(self.changed(guest.format(gone), guest.replace("vnc = 1\n{}", "\n".join(spice))),
                                 ["-vnc = 1", f"-{gone}", *(f"+{line}" for line in spice)])

    def test_alias_beside_one_that_spoke_for_another(self):
        """A text that could not be read with one alias keeps the others."""
        same = "root = '/dev/xvda1'    # one\nextra = 'quiet'    # two\n"
        self.assertEqual(
            self.changed("name='a'\ntype='hvm'\nfirmware='uefi'\nmemory=64\n" + same,
                         "name='a'\ntype='pvh'\nkernel='/k'\nmemory=64\n" + same),
            ["-type='hvm'", "-firmware='uefi'", "+type='pvh'", '+kernel = "/k"'],
        )

    def test_removed(self):
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("on_crash = 'destroy' # on purpose\n", "")),
            ["-on_crash = 'destroy' # on purpose"],
        )

    def test_removed_between_semicolons(self):
        guest = 'name = "a"; vcpus = 2; memory = 64 # all\n'
        self.assertEqual(
            self.changed(guest, 'name = "a"; memory = 64'),
            ["-" + guest.rstrip(), '+name = "a"; memory = 64 # all'],
        )

    def test_removed_behind_the_last_semicolon(self):
        for guest, wanted, new in (
                ("vcpus=2;maxvcpus=4 # y", "vcpus=2", "vcpus=2 # y"),
                ("vcpus=2 ; maxvcpus=4", "vcpus=2", "vcpus=2"),
                ("vcpus=2; maxvcpus=4; maxmem=128", "vcpus=2", "vcpus=2"),
                ("vcpus=2; maxvcpus=4; maxmem=128;", "vcpus=2", "vcpus=2;"),
                ("vcpus=2; maxvcpus=4; maxmem=128; memory=64", "vcpus=2; memory=64", "vcpus=2; memory=64"),
                ("memory=64; maxmem=128 # y\nvcpus=2", "vcpus=2", "# y")):
            with self.subTest(guest):
                old = "name='a'\n" + guest + "\n"
                lines = self.changed(old, "name='a'\n" + wanted + "\n")
                self.assertEqual([line.strip() for line in lines],
                                 ["-" + guest.split("\n")[0], "+" + (" " if new == "# y" else "") + new])

    def test_all_of_a_line_removed(self):
        """Nothing is left of it, and what is said of several keys stays."""
        for line, new in ("maxvcpus=4; maxmem=128;", []), ("maxvcpus=4; maxmem=128", []), (
                "maxvcpus=4;  # y", []), ("maxvcpus=4; maxmem=128;  # y", ["+  # y"]):
            with self.subTest(line):
                self.assertEqual(self.changed(f"name='a'\nvcpus=2\n{line}\n", "name='a'\nvcpus=2\n"), ["-" + line, *new])

    def test_overridden_goes_too(self):
        self.assertEqual(
            self.changed('name="a"\nvcpus=2\nvcpus=3\n', 'name="a"\n'), ["-vcpus=2", "-vcpus=3"]
        )
        self.assertEqual(
            self.changed('name="a"\nvcpus=2\nvcpus=3\n', 'name="a"\nvcpus=4\n'),
            ["-vcpus=3", "+vcpus=4"],
        )

    def test_joined(self):
        self.assertEqual(
            self.changed('name="a"\ncmdline="b"\ncmdline+=" c"\n', 'name="a"\ncmdline="d"\n'),
            ['-cmdline="b"', '-cmdline+=" c"', '+cmdline="d"'],
        )
        self.assertEqual(
            self.changed(
                "name='a'\ndisk=['/a,,xvda']\ndisk+=['/b,,xvdb']\n",
                "name='a'\ndisk=['/a,,xvda','/c,,xvdb','/d,,xvdc']\n",
            ),
            [
                "-disk+=['/b,,xvdb']",
                "+disk+=['/c,,xvdb', '/d,raw,xvdc']",
            ],
        )

    def test_added_behind_its_topic(self):
        self.assertEqual(
            self.changed(GUEST, GUEST + "maxmem = 2048\npool = 'one'\nnestedhvm = 0\n"),
            ["+pool = \"one\"", "+maxmem = 2048", "+nestedhvm = 0"],
        )
        guest = "memory = 5; disk = [\n'/a,,xvda'\n]\nname = 'a'\n"
        self.assertEqual(self.changed(guest, guest + "maxmem = 9\n"), ["+maxmem = 9"])

    def test_kept_key(self):
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("my_own = 5", "my_own = 6\nyours = [ 1, 2 ]")),
            ["-my_own = 5", "+my_own = 6", "+yours = [ 1, 2 ]"],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("my_own = 5\n", "")), ["-my_own = 5"]
        )

    def test_bad_value_is_replaced(self):
        self.assertEqual(
            self.changed('name="a"\nacpi="on"\n', 'name="a"\nacpi=1\n'),
            ['-acpi="on"', '+acpi="1"'],
        )

    def test_items(self):
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("vg/data", "vg/moredata")),
            [
                "-    'phy:/dev/vg/data,xvdb,w',    # data",
                "+    'vdev=xvdb,target=/dev/vg/moredata',    # data",
            ],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("    'phy:/dev/vg/root,xvda,w',    # root\n", "")),
            ["-    'phy:/dev/vg/root,xvda,w',    # root"],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("    'phy:/dev/vg/swap,xvdc,w'     # swap\n", "")),
            ["-    'phy:/dev/vg/swap,xvdc,w'     # swap"],
        )

    def test_items_on_the_lines_of_brackets(self):
        """A comment goes with the item on whose line it is, and the brackets stay on the lines of the first and
        the last item."""
        head = 'name = "a"\ntype = "hvm"\n'
        items = {name: (f"'/{name},raw,xvd{name},rw'", f"   # of {name}") for name in "abc"}
        items["d"] = "'/d,raw,xvdd'", ""

        def listed(names, last="", brackets=("[ ", " ]")):
            return "".join(
                f"{'         ' if i > 0 else 'disk = ' + brackets[0]}{items[name][0]}"
                f"{',' if i + 1 < len(names) else last + brackets[1]}{items[name][1]}\n"
                for i, name in enumerate(names))

        for last in "", ",":
            old = self.write("old.cfg", head + listed("abc", last) + "vcpus = 1\n")
            for names in ("bac", "acb", "cba", "bca", "bc", "ac", "ab", "a", "b", "c", "ca", "dabc", "adbc", "abdc",
                          "abcd", "acbd"):
                with self.subTest(names, last=last):
                    wanted = self.run_tool("cfg2xml", text=f"{head}{listed(names)}vcpus = 1\n")
                    self.assertEqual(self.run_tool("xml2cfg", "--onto", old, text=wanted),
                                     head + listed(names, last) + "vcpus = 1\n")

    def test_lines_of_several_items(self):
        """A line goes with the last of its items, and no blank is left behind the others."""
        head = "name = 'a'\ntype = 'hvm'\n"
        one, two, three, new = (f"'mac=00:16:3e:00:00:0{i}'" for i in (1, 2, 3, 4))
        for old, wanted, lines in (
                (["vif = [", f"  {one}, {two}, # lan", f"  {three}", "]"], [three], ["vif = [", f"  {three}", "]"]),
                (["vif = [", f"  {one}, {two},", f"  {three}", "]"], [one, three], ["vif = [", f"  {one},", f"  {three}", "]"]),
                (["vif = [", f"  {one},", f"  {two}, {three} # dmz", "]"], [one, two], ["vif = [", f"  {one},", f"  {two}, # dmz", "]"]),
                ([f"vif = [ {one}, {two}, # lan", f"        {three} ] # dmz"], [three], [f"vif = [ {three} ] # dmz"]),
                ([f"vif = [ {one}, {two}, # lan", f"        {three} ] # dmz"], [one, new, two, three],
                 [f"vif = [ {one}, {new}, {two}, # lan", f"        {three} ] # dmz"])):
            with self.subTest(old, wanted=wanted):
                file = self.write("old.cfg", head + "\n".join(old) + "\n")
                xml = self.run_tool("cfg2xml", text=f"{head}vif = [ {', '.join(wanted)} ]\n")
                self.assertEqual(self.run_tool("xml2cfg", "--onto", file, text=xml), head + "\n".join(lines) + "\n")

    def test_item_and_its_comment(self):
        """The first item stands behind the bracket, and its comment goes along; one of two items stays."""
        head = "name='a'\nvif = ["
        one, two = ("'mac=00:16:3e:00:00:01',", "'mac=00:16:3e:00:00:02',")
        for guest, new in (
                (f" {one} # lan\n  {two} # dmz\n]", f" {two} # dmz\n]"),
                (f"{one}\n  # the other\n  {two}\n]", f"\n  # the other\n  {two}\n]"),
                (f" {one} {two} # both\n]", f" {two} # both\n]")):
            with self.subTest(guest):
                old = self.write("old.cfg", head + guest + "\n")
                xml = self.run_tool("cfg2xml", text=f"{head}{two}]\n")
                self.assertEqual(self.run_tool("xml2cfg", "--onto", old, text=xml), head + new + "\n")

    def test_items_with_a_comma_in_front(self):
        """Each item's comma is on the line of the next one, and none is left alone."""
        lines = ["vif = [ 'mac=00:16:3e:00:00:01' # one", "      , 'mac=00:16:3e:00:00:02' # two",
                 "      , 'mac=00:16:3e:00:00:03' # three", "      ]"]
        cards = [line.split("'")[1] for line in lines[:3]]
        for gone in (0,), (1,), (2,), (0, 1), (1, 2), (0, 2):
            with self.subTest(gone):
                left = [card for i, card in enumerate(cards) if i not in gone]
                old = self.write("old.cfg", "name='a'\nkernel='/k'\n" + "\n".join(lines) + "\n")
                xml = self.run_tool("cfg2xml", text=f"name='a'\nkernel='/k'\nvif = {left}\n")
                new = self.start("xml2cfg", "--onto", old, text=xml)
                self.assertEqual((new.returncode, new.stderr), (0, ""))
                self.assertEqual(re.findall("mac=[^']*' # ([a-z]*)", new.stdout),
                                 [line.split("# ")[1] for i, line in enumerate(lines[:3]) if i not in gone])
                self.assertNotRegex(new.stdout, r",\s*[],]")
                self.assertEqual(self.run_tool("diff", self.write("new.cfg", new.stdout), self.write("new.xml", xml)), "")

    def test_lines_of_items_that_go(self):
        """No empty line, comma or odd indent is left."""
        one, two, three = (f"mac=00:16:3e:00:00:0{i}" for i in (1, 2, 3))
        for lines, wanted, new in (
                ([f"vif = [ '{one}'", f"      , '{two}'", f"      , '{three}'", "      ]"], [two, three],
                 [f"vif = [ '{two}'", f"      , '{three}'", "      ]"]),
                ([f"vif = [ '{one}' # one", f"      , '{two}' ]"], [two], [f"vif = [ '{two}' ]"]),
                ([f"vif = [ '{one}'", f"      , '{two}' ] # all"], [one], [f"vif = [ '{one}' ] # all"]),
                ([f"vif = [ '{one}' # one", f"      , '{two}' ]"], [one], [f"vif = [ '{one}' ] # one"]),
                (["vif = [", f"        '{one}'", f"      , '{two}'", "]"], [two], ["vif = [", f"        '{two}'", "]"]),
                ([f"vif = [ '{one}', # one", f"        '{two}' ]"], [one], [f"vif = [ '{one}' ] # one"])):
            with self.subTest(lines=lines, wanted=wanted):
                self.assertEqual(self.moved(lines, wanted), new)

    def test_item_added(self):
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("# swap", ", '/x,,xvdd', '/y,,xvde'")),
            [
                "-    'phy:/dev/vg/swap,xvdc,w'     # swap",
                "+    'phy:/dev/vg/swap,xvdc,w',     # swap",
                "+    '/x,raw,xvdd',",
                "+    '/y,raw,xvde'",
            ],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("    # the system", "'/x,,xvdd',")),
            ["+    '/x,raw,xvdd',"],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace("# data", "'/x,,xvdd',")),
            ["+    '/x,raw,xvdd',"],
        )

    def test_pci_device_with_another_address(self):
        """Its options stay in its item, as they are spelled there."""
        guest = "name='a'\ntype='hvm'\npci = ['01:00.0,msitranslate=1,rdm_policy=relaxed']  # sound\n"
        xml = self.run_tool("cfg2xml", text=guest).replace('bus="0x01"', 'bus="0x02"')
        self.assertEqual(self.run_tool("xml2cfg", "--onto", self.write("old.cfg", guest), text=xml),
                         guest.replace("01:00.0", "0000:02:00.0"))

    def test_devices_with_other_names(self):
        """Each stays in its place of the list, with all that is said of it there."""
        head = "name='a'\ntype='hvm'\n"
        for lines, named in (
                (["pci = ['01:00.0,msitranslate=1', # sound", "       '02:00.0,rdm_policy=relaxed'] # disks"],
                 ((' bus="0x01"', ' bus="0x05"', "01:00", "0000:05:00"), (' bus="0x02"', ' bus="0x06"', "02:00", "0000:06:00"))),
                (["vif = ['mac=00:16:3e:00:00:01,script=x,rate=10Mb/s', # lan",
                  "       'mac=00:16:3e:00:00:02, rate=5MB/s'] # dmz"],
                 (('s="00:16:3e:00:00:01', 's="00:16:3e:00:00:11', "00:01", "00:11"),
                  ('s="00:16:3e:00:00:02', 's="00:16:3e:00:00:12', "00:02", "00:12")))):
            with self.subTest(lines):
                guest = head + "\n".join(lines) + "\n"
                xml, wanted = self.run_tool("cfg2xml", text=guest), guest
                for old, new, said, says in named:
                    xml, wanted = xml.replace(old, new), wanted.replace(said, says)
                done = self.start("xml2cfg", "--onto", self.write("old.cfg", guest), text=xml)
                self.assertEqual((done.stdout, done.stderr), (wanted, ""))

    def test_screen_that_goes(self):
        """What an item leaves out, and its element spells out, is nothing that goes with it."""
        head, one, two = 'name = "a"\ntype = "pv"\nkernel = "/k"\n', '"vnclisten=1.1.1.1"', '"vnclisten=2.2.2.2"'
        old = self.write("old.cfg", head + f"vfb = [ {one}, {two} ]\n")
        xml = re.sub(' *<graphics [^>]*"1.1.1.1">.*?</graphics>\n', "", self.run_tool("cfg2xml", old), flags=re.S)
        made = self.run_tool("xml2cfg", "--strict", "--onto", old, self.write("new.xml", xml))
        self.assertEqual(made, head + f"vfb = [ {two} ]\n")

    def test_item_moved(self):
        self.assertEqual(
            self.changed(
                "name='a'\ndisk=['phy:/a,xvda,w','phy:/b,xvdb,w','phy:/c,xvdc,w']\n",
                "name='a'\ndisk=['phy:/c,xvdc,w','phy:/a,xvda,w','phy:/b,xvdb,w']\n",
            ),
            [
                "-disk=['phy:/a,xvda,w','phy:/b,xvdb,w','phy:/c,xvdc,w']",
                "+disk=['phy:/c,xvdc,w','phy:/a,xvda,w','phy:/b,xvdb,w']",
            ],
        )

    def moved(self, lines, wanted):
        """The lines of the list when its cards are to be those of @wanted."""
        head = "name='a'\nkernel='/k'\n"
        old = self.write("old.cfg", head + "\n".join(lines) + "\n")
        xml = self.run_tool("cfg2xml", text=f"{head}vif = {wanted}\n")
        new = self.run_tool("xml2cfg", "--onto", old, text=xml)
        self.assertEqual(self.run_tool("diff", self.write("new.cfg", new), self.write("new.xml", xml)), "")
        return new[len(head):].splitlines()

    def test_comments_of_items_that_move(self):
        """Those above and behind an item go where it goes, also when its name is another there, and others come and go."""
        cards = [f"mac=00:16:3e:00:00:0{i},bridge=b{i}" for i in range(1, 4)]
        one, two, three = ([f"  # above {i}", f"  '{card}', # behind {i}"] for i, card in enumerate(cards, 1))
        new = [[line.replace("3e:00", "3e:99") for line in item] for item in (one, two, three)]
        other = "mac=00:16:3e:00:00:09,bridge=b9,model=e1000"
        for wanted in ([two, one, three], [three, one, two], [three, two, one], [two, one], [three, one],
                       [new[1], new[0], three], [new[2], one, new[1]], [new[1], new[0]], [two, [f"  '{other}',"], one]):
            with self.subTest(wanted=wanted):
                found = self.moved(["vif = [", *one, *two, *three, "]"], [item[-1].split("'")[1] for item in wanted])
                # what stands above one that goes stays
                left = {item[0] for item in (one, two, three)} - {item[0] for item in wanted}
                self.assertEqual([line for line in found if line not in left], ["vif = [", *sum(wanted, []), "]"])

    def test_comments_of_items_behind_commas_that_move(self):
        first, second = "mac=00:16:3e:00:00:01", "mac=00:16:3e:00:00:02"
        self.assertEqual(
            self.moved([f"vif = [ '{first}' # one", f"      , '{second}' # two", "      ]"], [second, first]),
            [f"vif = [ '{second}' # two", f"      , '{first}' # one", "      ]"])
        # where nothing is said of the other items, what is said behind the bracket is about all of them
        self.assertEqual(self.moved([f"vif = [ '{first}',", f"        '{second}' ] # all"], [second, first]),
                         [f"vif = [ '{second}',", f"        '{first}' ] # all"])
        self.assertEqual(self.moved(["vif = [ # lan", f" '{first}',", f" '{second}' ] # two"], [second, first]),
                         ["vif = [ # lan", f" '{second}', # two", f" '{first}' ]"])

    def test_items_in_one_line(self):
        one = "'mac=00:16:3e:00:00:01,bridge=br0'"
        two = "'mac=00:16:3e:00:00:02,bridge=br0'"
        line = f"vif = [ {one}, {two} ]"
        self.assertEqual(
            self.changed(GUEST, GUEST.replace(f", {two}", "")),
            ["-" + line, f"+vif = [ {one} ]"],
        )
        self.assertEqual(
            self.changed(GUEST, GUEST.replace(f"{one}, ", "")),
            ["-" + line, f"+vif = [ {two} ]"],
        )
        self.assertEqual(self.changed(GUEST, GUEST.replace(line, "")), ["-" + line])
        three = two.replace("02", "03")
        self.assertEqual(
            self.changed(GUEST, GUEST.replace(f"{two}", f"{two}, {three}")),
            ["-" + line, f"+vif = [ {one}, {two}, {three} ]"],
        )

    def test_list_in_other_shape(self):
        self.assertEqual(
            self.changed("name='a'\ntype='hvm'\nserial='pty'\n",
                         "name='a'\ntype='hvm'\nserial=['pty','null']\n"),
            ["-serial='pty'", '+serial=[ "pty", "null" ]'],
        )

    def test_password_stays(self):
        guest = "name='a'\ntype='hvm'\nvnc=1\nvncpasswd='s3cret'\n"
        self.assertEqual(self.changed(guest, "name='a'\ntype='hvm'\nvnc=1\n"), [])
        self.assertEqual(
            self.changed(guest, "name='a'\ntype='hvm'\nvnc=1\n", "--secure"),
            ["-vncpasswd='s3cret'"],
        )

    def test_comment_for_what_has_no_word(self):
        self.write("old.cfg", "name='a'\n")
        self.write(
            "new.xml",
            "<domain type='xen'><name>a</name><title>T</title><memory>65536</memory>"
            "<os><type>linux</type></os></domain>",
        )
        new = self.run_tool("xml2cfg", "--onto", "old.cfg", "new.xml")
        self.assertTrue(new.endswith("#xml title: T\n"), new)
        self.write("old.cfg", new)
        self.assertEqual(self.run_tool("xml2cfg", "--onto", "old.cfg", "new.xml"), new)
        self.assertIn("<title>T</title>", self.run_tool("cfg2xml", "old.cfg"))

    def test_comment_that_no_longer_holds(self):
        self.write("old.cfg", "name='a'\n#xml title: Old\n#xml description: of\n#xml+ two\n# mine\n")
        self.write(
            "new.xml",
            "<domain type='xen'><name>a</name><description>of\ntwo</description>"
            "<memory>65536</memory><os><type>linux</type></os></domain>",
        )
        new = self.run_tool("xml2cfg", "--onto", "old.cfg", "new.xml")
        self.assertNotIn("Old", new)
        self.assertIn("#xml description: of\n#xml+ two\n# mine\n", new)

    def test_comments_that_are_alike(self):
        """Devices that say the same are as many as before, and as many as the XML has."""
        devices = {
            "rng": "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
            "redirdev": "<redirdev bus='usb' type='spicevmc'/>",
            "controller": "<controller type='pci' model='pcie-root-port'/>",
        }
        for word, device in devices.items():
            for before, after in (0, 3), (2, 2), (3, 1), (1, 4):
                with self.subTest(word, before=before, after=after):
                    xml = [f"<domain type='xen'><name>a</name><memory>65536</memory><os><type>hvm</type></os>"
                           f"<devices>{device * count}</devices></domain>" for count in (before, after)]
                    old = self.write("old.cfg", self.run_tool("xml2cfg", text=xml[0]))
                    new = self.run_tool("xml2cfg", "--onto", old, text=xml[1])
                    self.assertEqual(new.count(f"#xml devices/{word}"), after)
                    self.assertEqual(self.run_tool("cfg2xml", text=new).count(f"<{word} "), after)
                    if before == after:
                        self.assertEqual(new, old.read_text())

    def test_in_place(self):
        self.write("old.cfg", "name = 'a' # first\n")
        xml = self.run_tool("cfg2xml", text="name='b'\n")
        self.assertEqual(self.run_tool("xml2cfg", "--onto", "old.cfg", "-i", text=xml), "")
        self.assertEqual((self.folder / "old.cfg").read_text(), "name = 'b' # first\n")

    def test_in_place_through_a_link(self):
        old, link = self.write("old.cfg", "name = 'a' # first\n"), self.folder / "link.cfg"
        link.symlink_to("old.cfg")
        xml = self.run_tool("cfg2xml", text="name='b'\n")
        self.run_tool("xml2cfg", "--onto", "link.cfg", "-i", text=xml)
        self.assertTrue(link.is_symlink())
        self.assertEqual(old.read_text(), "name = 'b' # first\n")

    def test_refused(self):
        self.write("old.cfg", "name = a\n")
        xml = self.run_tool("cfg2xml", text="name='b'\n")
        lines = self.complaints("xml2cfg", "--onto", "old.cfg", "-i", text=xml, status=1)
        self.assertIn("old.cfg:1:8: error: name:", lines[0])
        self.assertEqual((self.folder / "old.cfg").read_text(), "name = a\n")
        self.complaints("xml2cfg", "-i", text=xml, status=2)
        self.complaints("cfg2xml", "--onto", "old.cfg", text="name='a'", status=2)

    @unittest.skipUnless(xlconv.LIBXL, "libxl is who counts")
    def test_guest_that_xl_would_refuse(self):
        old = self.write("old.cfg", "name = 'b'\ntype = 'hvm'\n")
        xml = ("<domain type='xen'><name>b</name><memory>65536</memory><vcpu current='1'>3</vcpu><os><type>hvm</type></os>"
               "<cpu><numa><cell id='0' cpus='0-3' memory='65536'/></numa></cpu></domain>")
        lines = self.complaints("xml2cfg", "--onto", "old.cfg", "-i", text=xml, status=1)
        self.assertRegex(lines[0], "^-:1:56: error: vcpu: maxvcpus is 3")
        self.assertIn("nothing was changed", lines[1])
        self.assertEqual(old.read_text(), "name = 'b'\ntype = 'hvm'\n")

    @unittest.skipUnless(xlconv.LIBXL, "libxl is who counts")
    def test_nodes_of_a_large_host(self):
        xml = ("<domain type='xen'><name>b</name><memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os>"
               "<numatune><memnode cellid='0' mode='strict' nodeset='{}'/></numatune>"
               "<cpu><numa><cell id='0' cpus='0' memory='65536'/></numa></cpu></domain>")
        self.assertIn("pnode=63", self.run_tool("xml2cfg", text=xml.format(63)))
        self.complaints("xml2cfg", text=xml.format(64), status=1)

    def test_every_golden_file(self):
        """Each onto itself keeps every byte; each onto its neighbour is done, or says why not."""
        before, done = None, 0
        for path in xlconv.golden():
            text = path.read_bytes()
            made = self.start("cfg2xml", "--secure", path)
            # comments that say nothing do not come back
            if made.returncode != 0 or "this comment is left out" in made.stderr:
                continue
            xml = self.write("new.xml", made.stdout)
            same = self.start("xml2cfg", "--secure", "--onto", path, xml)
            self.assertEqual(same.stdout.encode(), text, path)
            if before is not None:
                self.write("changed.cfg", self.run_tool("xml2cfg", "--secure", "--onto", before, xml))
            before, done = path, done + 1
        self.assertGreater(done, len(xlconv.golden()) // 3)


if __name__ == "__main__":
    xlconv.main()
