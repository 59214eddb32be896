# SPDX-License-Identifier: LGPL-2.1-or-later
"""check: what is wrong, and what was surely meant."""

import json
import unittest

import xlconv

MISTYPED = """\
<domain type='xen'>
  <name>a</name>
  <memory>65536</memory>
  <memmory>65536</memmory>
  <os>
    <type arch='x86_64' machine='xenfv'>hvm</type>
    <bootmenue enable='yes'/>
  </os>
  <features>
    <viridiann/>
    <smm state='on'/>
    <hyperv>
      <relaxt state='on'/>
    </hyperv>
  </features>
  <devices>
    <dsk/>
    <frobnicator/>
    <disk type='file' device='disk'>
      <driver name='qemuu' type='raw'/>
      <source file='/a'/>
      <target dev='xvda'/>
      <sharable/>
    </disk>
    <interface type='bridge'>
      <source bridge='br0'/>
      <skript path='x'/>
    </interface>
  </devices>
</domain>
"""
XML = "<domain type='xen'><name>a</name></domain>\n"
MEANT = [
    (4, "memmory", "'memory'?"),
    (7, "os/bootmenue", "'bootmenu'?"),
    (10, "features/viridiann", "'viridian'?"),
    (11, "features/smm", ""),
    (13, "features/hyperv/relaxt", "'relaxed'?"),
    (17, "devices/dsk", "'disk'?"),
    (18, "devices/frobnicator", ""),
    (20, "disk/driver/@name", "'qemu'?"),
    (23, "disk/sharable", "'shareable'?"),
    (27, "interface/skript", "'script'?"),
]


class Check(xlconv.Case):
    def check(self, text, status=0):
        """What is said, as "line: severity: text". A guest that could start has a kernel too."""
        if status == 0 and "kernel" not in text:
            text = text + ("" if text.endswith("\n") else "\n") + "kernel='/k'\n"
        path = self.write("x", text)
        lines = self.complaints("check", path, status=status)
        found = []
        for line in lines:
            place, severity, rest = line.removeprefix(str(path)).split(": ", 2)
            found.append(f"{place.split(':')[1] if ':' in place else ''} {severity}: {rest}")
        return found

    def assertSaid(self, text, *wanted, status=0):
        found = self.check(text, status)
        for one in wanted:
            self.assertTrue(any(one in line for line in found), (one, found))

    def assertSilent(self, text):
        self.assertEqual(self.check(text), [])

    def test_size_of_node_twice(self):
        """The guest would have both sizes, and its node the last: it cannot start, and is refused here."""
        said = self.complaints("check", status=1, text='name = "a"\ntype = "hvm"\n'
                               'vnuma = [ [ "size=64", "vcpus=0", "size=32" ] ]\n')
        self.assertIn(":3:35: error: vnuma: the node has its size twice", said[0])

    def test_good(self):
        self.assertSilent(
            "name='a'\nmemory=512\nmaxmem=1024\nvcpus=2\ncpus=['0','1']\n"
            "vif=['mac=00:16:3e:00:00:01','mac=00:16:3e:00:00:02']\ndisk=['/a,raw,xvda,rw']\n"
        )

    def test_byte_order_mark_of_xml(self):
        text = "<domain type='xen'><name>a</name><memory>65536</memory><os><type>hvm</type></os></domain>"
        path = self.write("marked.xml", b"\xef\xbb\xbf" + text.encode())
        self.assertEqual(self.complaints("check", path, status=0), [])

    def test_sizes(self):
        for word, mib in ("4G", 4096), ("512MB", 512), ("1.5 g", 1536), ("2048 ", 2048), ("1TiB", 1 << 20):
            self.assertSaid(f"name='a'\nmemory=\"{word}\"", f"2 note: memory: write memory = {mib}")
        self.assertSaid("name='a'\nmemory = 4G\n", "2 note: memory: write memory = 4096", status=1)
        self.assertSaid("name='a'\nvcpus='2 '\n", "2 note: vcpus: write vcpus = 2")

    def test_huge_numbers(self):
        # what xl 4.17 does not know as we do is not in tests/check, which it judges
        self.assertSaid("name='a'\nmemory='-1'", "2 warning: memory: -1 is negative, and xl makes a huge")
        self.assertSaid("name='a'\ntype='hvm'\nsmbios='x=y'", "3 error: smbios: this is one value", status=1)
        # here xl comes to no end
        self.assertSaid(f"name='a'\ntype='hvm'\nvnuma=[['vcpus=0-{2 ** 64}']]",
                        f"3 error: vnuma: vcpus=0-{2 ** 64}: expected numbers and ranges", status=1)

    def test_before_xen_4_18(self):
        # ... whose xl reads these otherwise
        for value, column, what in (("p9=['tag=a,path= /a,security_model=none']", 17, "blank"),
                                    ("p9=['tag=a ,path=/a,security_model=none']", 11, "blank"),
                                    ("channel=['connection=pty,name=x=y']", 32, "=")):
            text = f"name='a'\ntype='hvm'\n{value}\n"
            said = [line for line in self.complaints("check", "-", text=text) if "4.18" in line]
            self.assertEqual(len(said), 1, value)
            self.assertRegex(said[0], rf"^-:3:{column}: warning: \w+: Xen before 4.18 .* this {what}")
        self.assertSilent("name='a'\ntype='hvm'\n"
                          "channel=['connection=pty , name= x']\n"
                          "p9=['tag=a, path=/a b, security_model=none']\n")

    def test_switches(self):
        for word, number in ("on", 1), ("yes", 1), ("True", 1), ("off", 0), ("Disabled", 0):
            self.assertSaid(
                f"name='a'\ntype='hvm'\nacpi='{word}'", f"3 note: acpi: write acpi = {number}"
            )
            self.assertSaid(f"name='a'\nacpi={word}\n", f"2 note: acpi: write acpi = {number}", status=1)

    def test_list(self):
        self.assertSaid(
            "name='a'\nvif='bridge=br0'\n", '2 note: vif: write vif = [ "bridge=br0" ]'
        )

    def test_duplicate_and_unknown(self):
        self.assertSaid(
            "name='a'\nvcpus=1\nvcpu=3\nvcpus=2\n",
            "2 warning: vcpus: a later assignment in line 4",
            "3 warning: vcpu: xl does not know this key, which is kept as it is; did you mean 'vcpus'?",
        )

    def test_deprecated(self):
        self.assertSaid("name='a'\nbuilder='hvm'\n", "2 warning: builder: this key is deprecated: use type")

    def test_what_does_not_go_together(self):
        self.assertSaid("name='a'\nmemory=2048\nmaxmem=1024\n", "2 warning: memory: this is more than maxmem")
        self.assertSaid("name='a'\nvcpus=2\ncpus=['0','1','2']\n", "3 warning: cpus: this list has 3 items")
        self.assertSaid("name='a'\nmaxvcpus=1\ncpus_soft=['0','1']\n", "3 warning: cpus_soft:")
        self.assertSaid("name='a'\ndisk=['/a,,xvda','/b,,xvda']\n", "2 warning: disk: two disks are xvda")
        self.assertSaid(
            "name='a'\nvif=['mac=00:16:3e:00:00:01','mac=00:16:3e:00:00:01']\n",
            "2 warning: vif: two interfaces have the address 00:16:3e:00:00:01",
        )
        self.assertSaid("name='a'\ntype='pv'\nboot='c'\n", "3 note: boot: this counts for hvm guests")

    def test_mac(self):
        self.assertSaid("name='a'\nvif=['mac=00:16:3e:zz:00:01']\n", "2 warning: vif: not a MAC address")
        self.assertSaid("name='a'\nvif=['mac=01:16:3e:00:00:01']\n", "2 warning: vif: 01:16:3e:00:00:01 is a multicast")

    def test_windows_lines_once(self):
        found = self.check("name='a'\r\n# c\r\nvcpus=2\r\nacpi='on'\r\n", status=1)
        self.assertEqual(len([line for line in found if "error" in line]), 1, found)
        self.assertIn("1 error: name: lines end as on Windows", found[0])
        self.assertSaid("name='a'\r\nacpi='on'\r\n", "2 note: acpi: write acpi = 1", status=1)
        self.assertSilent("name='a' # harmless\r\n")
        self.assertSaid("\ufeffname='a'\n", "1 error: the file begins with a byte order mark", status=1)

    def test_name(self):
        self.assertSaid('name = ""', "1 error: name: the guest's name is empty: expected name = ", status=1)
        self.assertSaid("memory = 64", "1 error: name: the guest has no name: expected name = ", status=1)

    def test_what_xl_refuses(self):
        """A value that xl refuses is an error at its place, for the conversions, too."""
        of_xl = ("ioports = ['zz']", "irqs = ['x']", "iomem = ['x']", "viridian = ['x']", "mca_caps = ['x']",
                 "max_grant_frames = '99999999999'", "maxvcpus = 2; vcpus = 3")
        # what xl has from the libxl that it runs with; a build without one converts it
        of_libxl = "p9 = ['tag=a']", "vnclisten = 'a:5'; vncdisplay = 3"
        for value in of_xl + (of_libxl if xlconv.LIBXL else ()):
            text = "name = 'a'\ntype = 'hvm'\nmemory = 64\n" + value + "\n"
            key = value.split()[0]
            for verb in ("check", "cfg2xml") + (("cfg2json",) if xlconv.LIBXL else ()):
                errors = [line for line in self.complaints(verb, "-", text=text, status=1)
                          if ": error: " in line]
                self.assertRegex(errors[0], rf"^-:4:\d+: error: {key}: (?!{key}: )")

    def test_python(self):
        hints = {
            "import os": "no modules",
            "def f(x):": "no functions",
            "    return 1": "no functions",
            "if arch == 'x':": "no conditions",
            "else:": "no conditions",
            "for i in range(4):": "no loops",
            "print 'hello'": "only read",
            "arch = os.uname()[4]": "calls no functions",
            "memory = 4 * 1024": "does not calculate",
            "kernel = '/usr/' + lib": "joins no texts",
            "kernel = lib + '/x'": "joins no texts",
            "disk = [ 'phy:%s' % vol ]": "fills in no %s",
            "vif = ( 'a', 'b' )": "no tuples",
            "usb = None": "no None",
            'x = """a"""': "no triple quotes",
            "builder = hvm": 'write builder = "hvm"',
            "acpi = True": "write acpi = 1",
        }
        found = self.check("name='a'\n" + "\n".join(hints) + "\n", status=1)
        for number, hint in enumerate(hints.values(), 2):
            self.assertTrue(
                any(line.startswith(f"{number} note: ") and hint in line for line in found),
                (number, hint, found),
            )

    def test_in_order_of_lines(self):
        lines = [int(line.split()[0]) for line in self.check("vcpu=3\nacpi='on'\nname='a'\nvif='x'\nfoo=1\n")]
        self.assertEqual(lines, sorted(lines))

    def test_json(self):
        done = self.start("check", "--format", "json", "-", text="name='a'\nacpi='on'\nkernel='/k'\n")
        said = json.loads(done.stderr)
        self.assertEqual([one["severity"] for one in said], ["warning", "note"])
        self.assertEqual(said[1]["text"], "write acpi = 1")

    def test_strict_counts_no_notes(self):
        self.run_tool("check", "--strict", "-", text="name='a'\ntype='pv'\nboot='c'\nkernel='/k'\n")
        said = self.complaints("check", "--strict", "-", text="name='a'\nacpi='on'\n", status=1)
        self.assertTrue(said[-1].startswith("-: error: refused, since --strict"), said)

    def test_switches(self):
        for key in "acpi", "vnc", "viridian", "stdvga":
            for word in "true", "'yes'":
                said = self.start("check", "-", text="name='a'\ntype='hvm'\n%s = %s\n" % (key, word)).stderr
                self.assertIn("note: %s: write %s = 1\n" % (key, key), said)

    def test_relative_paths(self):
        """libxl looks for a disk where xl was started, and for what was xm's phy: in no /dev."""
        disks = "['phy:vg0/a,xvda,w', 'b.img,raw,xvdb,w', 'vdev=xvdc,backendtype=qdisk,target=rbd:pool/c', 'vdev=hdc,cdrom']"
        said = self.complaints("check", "-", text="name='a'\ntype='hvm'\ndisk = %s\n" % disks)
        found = [line for line in said if "where it is started" in line]
        self.assertEqual(len(found), 2, said)
        self.assertIn("/dev/vg0/a for a block device", found[0])

    def test_windows_files(self):
        said = self.complaints("check", "-", text="\ufeffname='a'\r\nkernel='/k'\r\n", status=1)
        self.assertRegex(said[0], "^-:1:1: error: the file begins with a byte order mark")
        self.assertRegex(said[1], "^-:.*: error: .*lines end as on Windows")

    def test_devices_of_all_forms(self):
        """Two cards with one address, and a disk that is nowhere, are told of whatever says them."""
        keys = ("name='a'\nkernel='/k'\ndisk=['a.img,raw,xvda,w']\n"
                "vif=['mac=00:16:3e:00:00:01','mac=00:16:3e:00:00:01']\n")
        for form in ["cfg", "xml", "json"] if xlconv.LIBXL else ["cfg", "xml"]:
            text = keys if form == "cfg" else self.run_tool("cfg2" + form, text=keys)
            said = self.complaints("check", self.write("guest." + form, text))
            self.assertEqual(sorted(line.split(": ")[2] for line in said),
                             ["devices/disk", "devices/interface"] if form == "xml" else ["disk", "vif"], said)

    def test_taken_twice_of_all_forms(self):
        """A place on a controller, a device of the host, and what two disks write to."""
        keys = ("name='a'\ntype='hvm'\ndisk=['/a,raw,hda,w','/b,raw,xvda,w','/b,raw,xvdb,w']\n"
                "pci=['00:1b.0','0000:00:1b.0']\n")
        for form in ["cfg", "xml", "json"] if xlconv.LIBXL else ["cfg", "xml"]:
            text = keys if form == "cfg" else self.run_tool("cfg2" + form, text=keys)
            said = self.complaints("check", self.write("guest." + form, text))
            said = [line.replace("devices/hostdev: ", "pci: ").replace("devices/disk: ", "disk: ") for line in said]
            self.assertEqual([line.split(": ", 2)[2] for line in said], [
                "disk: this guest cannot start: hda and xvda have the same place on the controller that QEMU emulates: "
                "give one of them another letter",
                "disk: two disks write to '/b', and each destroys what the other wrote: leave one of them out, or give "
                "it another target",
                "pci: this guest cannot start: the device 0000:00:1b.0 is here twice: leave one of them out"])

    def test_places_of_devices_in_xml(self):
        """What is told of a device is told at its element, of whichever of its like it is."""
        keys = ("name='a'\ntype='hvm'\ndisk=['/a,raw,xvda,w','/b,raw,xvdb,w','/b,raw,xvdf,w','/c,raw,hdb,w']\n"
                "vif=['mac=00:16:3e:00:00:01','mac=00:16:3e:00:00:01']\npci=['00:1b.0','00:1c.*','00:1c.2']\n")
        xml = self.run_tool("cfg2xml", text=keys)
        at = [number for number, line in enumerate(xml.split("\n"), 1)
              if line.lstrip().startswith(("<disk ", "<interface ", "<hostdev "))]
        for command in "check", "xml2cfg":
            said = self.complaints(command, self.write("a.xml", xml))
            self.assertEqual([line.split(": ")[:3] for line in said], [
                [f"{self.folder}/a.xml:{at[place]}:5", "warning", "devices/" + element]
                for place, element in ((2, "disk"), (3, "disk"), (5, "interface"), (8, "hostdev"))])

    def test_readonly_disks(self):
        """What libxl refuses to give to QEMU, and what QEMU has, or is not asked for."""
        for disk, hdtype, told in (("hda", "ide", "xvde"), ("xvdd", "ide", "xvde"), ("d1p0", "ide", "xvde"),
                                   ("xvde", "ide", None), ("xvde", "ahci", "xvdg"), ("xvdg", "ahci", None),
                                   ("sda", "ide", None), ("hdc,cdrom", "ide", None), ("hda,backend=b", "ide", None)):
            text = f"name='a'\ntype='%s'\nhdtype='{hdtype}'\ndisk=['vdev={disk},access=ro,target=/a']\n"
            with self.subTest(disk, hdtype=hdtype):
                said = [line for line in self.check(text % "hvm") if "read-only" in line]
                self.assertEqual(len(said), 1 if told else 0, said)
                self.assertTrue(not told or f"{disk} is a read-only hard disk" in said[0] and
                                f"call it {told} or later" in said[0], said)
                self.assertFalse([line for line in self.check(text % "pvh") if "read-only" in line])

    def test_functions_of_a_device(self):
        """One beside all of them, in either order; those of other devices are nobody's."""
        for pci, told in (("'00:1b.*','00:1b.1'", "0000:00:1b.1 is here with 0000:00:1b.*"),
                          ("'00:1b.0','00:1b.*'", "0000:00:1b.0 is here with 0000:00:1b.*"),
                          ("'00:1b.*','00:1b.*'", "0000:00:1b.* is here twice"),
                          ("'00:1b.*','00:1c.1'", None), ("'00:1b.0','00:1b.1'", None)):
            with self.subTest(pci):
                said = [line for line in self.check(f"name='a'\npci=[{pci}]\n") if " pci: " in line]
                self.assertEqual(len(said), 1 if told else 0, said)
                self.assertTrue(not told or told in said[0], said)

    def test_places_of_disks(self):
        """Which are on one controller, and how many it has; what stands on none is nobody's neighbour."""
        for disks, hdtype, told in (("hdb xvdb", "ide", "hdb and xvdb"), ("xvda1 xvda2", "ide", "xvda1 and xvda2"),
                                    ("d1p0 xvdb", "ide", "d1p0 and xvdb"), ("hda sda", "ide", None),
                                    ("xvda hdb", "ide", None), ("hda 51712", "ide", None), ("xvde d4p1", "ide", None),
                                    ("xvde d4p1", "ahci", "xvde and d4p1"), ("xvdg d6p1", "ahci", None),
                                    ("hda xvda,cdrom", "ide", "hda and xvda"), ("hda xvda,cdrom", "ahci", None),
                                    ("hdc,cdrom sdc,cdrom", "ahci", "hdc and sdc"),
                                    ("hda xvda,backend=b", "ide", None), ("hda xvda,script=block-x", "ide", None)):
            items = ",".join(f"'vdev={disk},target=/{number}'" for number, disk in enumerate(disks.split()))
            text = f"name='a'\ntype='%s'\nhdtype='{hdtype}'\ndisk=[{items}]\n"
            with self.subTest(disks, hdtype=hdtype):
                said = [line for line in self.check(text % "hvm") if "have the same place" in line]
                self.assertEqual([line.split(": ")[3].split(" have")[0] for line in said], [told] if told else [])
                self.assertFalse([line for line in self.check(text % "pvh") if "have the same place" in line])

    def test_targets_of_disks(self):
        """One target is no harm where one disk alone writes to it, or where it is another thing."""
        for second, told in (("xvdb,target=/a", True), ("xvdb,access=ro,target=/a", False), ("xvdb,cdrom,target=/a", False),
                             ("xvdb,backend=b,target=/a", False), ("xvdb,script=block-x,target=/a", False)):
            with self.subTest(second):
                said = self.check(f"name='a'\ndisk=['vdev=xvda,target=/a','vdev={second}']\n")
                self.assertEqual(any("two disks write to '/a'" in line for line in said), told, said)

    def test_pins_of_no_virtual_cpu(self):
        """As of a list of cpus that is too long, at the <vcpupin> that makes it so, whatever order they are in."""
        pins = "".join(f"\n<vcpupin vcpu='{vcpu}' cpuset='1'/>" for vcpu in (0, 5, 2))
        xml = self.write("a.xml", "<domain type='xen'><name>a</name><memory>65536</memory><vcpu>%d</vcpu><cputune>" + pins +
                         "</cputune><os><type>linux</type><kernel>/k</kernel></os></domain>")
        text = xml.read_text()
        for command in "check", "xml2cfg":
            xml.write_text(text % 2)
            said = self.complaints(command, xml)
            self.assertEqual(len(said), 1, said)
            self.assertIn(":3:10: warning: cputune/vcpupin: this list has 6 items", said[0])
            xml.write_text(text % 6)
            self.assertEqual(self.complaints(command, xml), [])

    def test_memory_above_maxmem_of_all_forms(self):
        keys = "name='a'\nkernel='/k'\nmemory=512\nmaxmem=256\n"
        for form, key in [("cfg", "memory"), ("xml", "currentMemory")] + [("json", "memory")] * xlconv.LIBXL:
            text = keys if form == "cfg" else self.run_tool("cfg2" + form, text=keys)
            said = self.complaints("check", self.write("guest." + form, text))
            self.assertEqual([line.split(": ")[2] for line in said], [key], said)

    @unittest.skipUnless(xlconv.LIBXL, "JSON is libxl's")
    def test_long_lists_of_json(self):
        guest = json.loads(self.run_tool("cfg2json", text="name='a'\nkernel='/k'\nvcpus=2\ncpus=['0','1']\n"))
        for vcpus, told in ([[0], [1]], 0), ([[0], [1], [2]], 1):
            guest["b_info"]["vcpu_hard_affinity"] = vcpus
            said = self.complaints("check", self.write("guest.json", json.dumps(guest)))
            self.assertEqual(sum("warning: cpus: this list has 3 items" in line for line in said), told, said)

    def test_list_for_the_vcpus_of_nodes(self):
        """vnuma= says how many there are, where vcpus= does not."""
        self.assertSilent("name='a'\ntype='hvm'\nmemory=512\ncpus=['0','1','2','3']\n"
                          "vnuma=[['pnode=0','size=512','vcpus=0-3','vdistances=10']]\n")

    def test_firmware_that_leaves_the_choice(self):
        text = "name='a'\ntype='hvm'\nbios='ovmf'\nfirmware='%s'\n"
        self.assertEqual(self.complaints("check", "-", text=text % "bios"), [])
        self.assertIn("firmware= overrides this", self.complaints("check", "-", text=text % "uefi")[0])

    def test_xml_and_several(self):
        xml = self.run_tool("cfg2xml", text="name='a'\nkernel='/k'\n")
        self.write("good.xml", xml)
        self.write("bad.cfg", "name=a\n")
        self.run_tool("check", "good.xml")
        self.assertIn("bad.cfg:1:6", self.complaints("check", "good.xml", "bad.cfg", status=1)[0])

    def test_what_does_not_start(self):
        """Of XML and JSON, too, and when they are converted."""
        keys = "name='a'\ntype='hvm'\nmemory=64\ncmdline='quiet'\nhap=0\nnestedhvm=1\n"
        for form in ["xml", "json"] if xlconv.LIBXL else ["xml"]:
            guest = self.write("guest." + form, self.run_tool("cfg2" + form, text=keys))
            for command in "check", form + "2cfg":
                said = self.start(command, guest).stderr
                for key, why in ("cmdline", "this is for a kernel of its own"), ("hap", "nestedhvm= needs hap"):
                    self.assertRegex(said, r"(?m)guest[.]%s:.* warning: %s: this guest cannot start: %s" % (form, key, why))

    @unittest.skipUnless(xlconv.LIBXL, "libxl is who counts")
    def test_what_xl_would_refuse(self):
        """Of XML, too, all that a conversion refuses is told, at the place that says it."""
        cells = "<cpu><numa>\n<cell id='0' cpus='0-3' memory='%s'/></numa></cpu>"
        ours = "<metadata><xl:cfg xmlns:xl='urn:xlvirt:xl.cfg:1'>%s</xl:cfg></metadata>\n"
        node = "<numatune><memnode cellid='0' mode='strict' nodeset='300'/></numatune>"
        for more, place, text in (
            ("<vcpu current='1'>3</vcpu>" + cells % 65536, "2:1: error: vcpu", "maxvcpus is 3, but the nodes of vnuma"),
            (ours % "" + "<vcpu>6</vcpu>" + cells % 65536, "3:1: error: vcpu", "maxvcpus is 4, less than vcpus"),
            (ours % "\n maxvcpus = 2\n" + "<vcpu>6</vcpu>", "3:13: error: maxvcpus", "maxvcpus is 2, less than vcpus"),
            (ours % "maxvcpus = 2" + "<vcpu>6</vcpu>", "2: error: maxvcpus", "maxvcpus is 2, less than vcpus"),
            ("<vcpu>4</vcpu>" + cells % 0, "1:35: error: memory", "maxmem is 65536 KiB, but the nodes of vnuma"),
            (node + cells % 65536, "3:1: error: cpu/numa/cell", "vnuma: pnode is 300"),
        ):
            xml = self.write("a.xml", "<domain type='xen'><name>a</name> <memory>65536</memory>"
                                      f"<currentMemory>1024</currentMemory>\n{more}<os><type>hvm</type></os></domain>")
            for command in "check", "xml2cfg":
                with self.subTest(more, command=command):
                    said = [line for line in self.complaints(command, xml, status=1) if "error:" in line]
                    self.assertEqual(len(said), 1, said)
                    self.assertTrue(said[0].startswith(f"{xml}:{place}: {text}"), said)

    def test_wide(self):
        """Files of Windows in encodings of more than a byte for each character."""
        for text in XML, '<?xml version="1.0" encoding="UTF-16"?>' + XML, "name = 'a'\n":
            for encoding, name in ("utf-16", "UTF-16"), ("utf-32", "UTF-32"):
                self.write("a", text.encode(encoding))
                for verb in "check", "xml2cfg" if "<" in text else "cfg2xml":
                    self.assertEqual(self.complaints(verb, "a", status=1),
                                     [f"a: error: the text is in {name}; expected UTF-8: iconv -f {name} "
                                      "-t UTF-8 FILE writes it so"])
        for encoding in "utf-16-le", "utf-16-be":
            self.assertIn("in UTF-16", self.complaints("check", self.write("a", XML.encode(encoding)), status=1)[0])

    def test_mistyped_elements(self):
        """Those that no schema knows: each is told with what was meant, where that is plain."""
        self.write("a.xml", MISTYPED)
        said = []
        for line in self.complaints("check", "a.xml"):
            place, _, key, text = line.split(": ", 3)
            hint = text.split("; did you mean ")[1] if "; did you mean " in text else ""
            self.assertIn("is kept as it is", text)
            said.append((int(place.split(":")[1]), key, hint))
        self.assertEqual(said, MEANT)


if __name__ == "__main__":
    xlconv.main()
