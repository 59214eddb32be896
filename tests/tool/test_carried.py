# SPDX-License-Identifier: LGPL-2.1-or-later
"""What xl.cfg has no word for: comments that bring it back, and what has no place to come back to."""

import re

import xlconv

LEFT_OUT = "is left out"


def domain(devices="", os=""):
    return ("<domain type='xen'><name>odd</name><memory unit='MiB'>64</memory>"
            f"<os><type>hvm</type>{os}</os><devices>{devices}</devices></domain>")


def disk(target, more=""):
    return f"<disk type='file' device='disk'><source file='/{target[-1]}'/><target dev='{target}'/>{more}</disk>"


class Carried(xlconv.Case):
    def read_back(self, count, bad):
        """The XML of a file with so many comments, of which some do not fit, and what is told of those."""
        lines = [f"#xml site{i}: {'x]]>' if i in bad else f'<site{i}/>'}" for i in range(count)]
        path = self.write("many.cfg", 'name = "odd"\ntype = "hvm"\nmemory = 64\n' + "\n".join(lines) + "\n")
        told = [line for line in self.complaints("cfg2xml", path) if LEFT_OUT in line]
        return self.run_tool("cfg2xml", path), told

    def test_many(self):
        """One that does not fit costs no other."""
        for bad in (), (0,), (300,), (17, 18, 250):
            with self.subTest(bad):
                text, told = self.read_back(301, bad)
                self.assertEqual([i for i in range(301) if f"<site{i}/>" not in text], list(bad))
                self.assertEqual(len(told), len(bad))

    def test_bad_alone(self):
        """A file of nothing else is answered as well."""
        text, told = self.read_back(20000, range(20000))
        self.assertNotIn("<site", text)
        self.assertEqual(len(told), 20000)

    def test_commas(self):
        """What the items of lists cannot say is told at its place, all in one run, by check as well."""
        xml = self.write("commas.xml", domain(
            "\n<interface type='bridge'><source bridge='b'/><script path='/a,b'/></interface>"
            "\n<channel type='pty'><target type='xen' name='c,d'/></channel>"
            "\n<filesystem type='mount'><source dir='/e,f'/><target dir='g,h'/></filesystem>\n"))
        for command in "xml2cfg", "check":
            with self.subTest(command):
                told = [line for line in self.complaints(command, xml, status=1) if "error:" in line]
                self.assertEqual([line.split(" error:")[0] for line in told],
                                 [f"{xml}:{place}:" for place in ("2:54", "3:40", "4:34", "4:54")])
                for line, value in zip(told, ("/a,b", "c,d", "/e,f", "g,h")):
                    self.assertIn(f"'{value}', its ", line)

    def test_stock_network(self):
        """libvirt's own network has a known bridge; of another, and of one whose bridge is named, that is told."""
        for network, bridge, told in (("default", "bridge=virbr0", 0), ("other", "", 1),
                                      ("default' bridge='br7", "bridge=br7", 0)):
            source = f"<source network='{network}'/>"
            xml = self.write("net.xml", domain(f"<interface type='network'>{source}</interface>"))
            with self.subTest(source):
                cfg = self.run_tool("xml2cfg", xml)
                self.assertIn(f'vif = [ "{bridge}" ]', cfg)
                self.assertEqual(len(self.complaints("xml2cfg", xml)), told)
                again = self.write("again.xml", self.run_tool("cfg2xml", text=cfg))
                self.assertEqual(self.run_tool("diff", xml, again), "")

    def test_nothing_that_xl_refuses(self):
        """xl would not read the file: it is not written."""
        cells = "<cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu><vcpu>2</vcpu>"
        xml = self.write("cells.xml", domain().replace("<devices>", cells + "<devices>"))
        # libxl is who counts the cells; a build without it only warns
        column = xml.read_text().index("<vcpu>") + 1
        refused = [f"{xml}:1:{column}: error: vcpu: maxvcpus is 1, less than vcpus, which is 2; raise it"]
        for command in "xml2cfg", "check":
            told = self.complaints(command, xml, status=1 if xlconv.LIBXL else 0)
            self.assertEqual([line for line in told if "error:" in line], refused if xlconv.LIBXL else [])
            self.assertIn("NUMA cells only 1 of them", "".join(told))

    def left_out(self, command, path):
        return [line.split(": ")[2] for line in self.complaints(command, path) if LEFT_OUT in line]

    def test_second_source(self):
        """Behind one that XML shows it is only unknown; behind one that it does not it would count."""
        source = "<source file='%s'/>"
        xml = self.write("two.xml", domain("<disk type='file' device='disk'>" + source % "images/a" + source % "/x" +
                                           "<target dev='xvda'/></disk>" + disk("xvdb", source % "/d")))
        self.assertEqual(self.left_out("xml2cfg", xml), ["source"])
        cfg, back = self.trips(self.run_tool("xml2cfg", xml))
        self.assertIn("target=images/a", cfg)
        self.assertNotIn('"/x"', back)
        self.assertIn('<source file="/d"/>', back)

    def test_second_metadata(self):
        note = "<metadata><a:note xmlns:a='urn:example:a'>%s</a:note></metadata>"
        xml = self.write("notes.xml", domain().replace("<memory", note % "one" + note % "two" + "<memory"))
        self.assertEqual(self.left_out("xml2cfg", xml), ["metadata"])
        _, back = self.trips(self.run_tool("xml2cfg", xml))
        self.assertIn(">one<", back)
        self.assertNotIn(">two<", back)

    def test_said_by_the_key(self):
        """A comment about what the item says itself."""
        cfg = self.write("said.cfg", 'name = "a"\nkernel = "/k"\nvif = [ "bridge=brs=2" ]\n'
                                     "#xml devices/interface[1]/source/@bridge: br3\n")
        self.assertEqual(self.left_out("cfg2xml", cfg), ["devices/interface[1]/source/@bridge"])

    def test_vlans_beside_no_port(self):
        """They are none for a Linux bridge, and are not to become some for a port."""
        vlan = "<vlan trunk='yes'><tag id='10'/><tag id='20'/></vlan>"
        xml = self.write("vlan.xml", domain("<interface type='bridge'><source bridge='ovs0'/>"
                                            f"<script path='vif-openvswitch'/>{vlan}</interface>"))
        cfg = self.run_tool("xml2cfg", xml)
        self.assertIn("/vlan: <vlan ", cfg)
        self.assertEqual(len(self.left_out("cfg2xml", self.write("vlan.cfg", cfg))), 1)

    def test_old_targets(self):
        """Old tools write where the guest sees the disk, and whether it is emulated."""
        xml = self.write("old.xml", domain(disk("/dev/xvda", "<serial>one</serial>") + disk("ioemu:hdb")))
        cfg = self.run_tool("xml2cfg", xml)
        self.assertIn('"vdev=xvda,target=/a", "vdev=hdb,target=/b"', cfg)
        self.assertIn("<serial>one</serial>", self.run_tool("cfg2xml", text=cfg))

    def test_odd_names(self):
        """libvirt has no name for such a disk; what stands beside it keeps its element all the same."""
        odd = disk("d0p1", "<iotune><read_bytes_sec>1000</read_bytes_sec></iotune><serial>odd</serial>")
        xml = self.write("odd.xml", domain(disk("d0p0") + odd + disk("xvdc", "<serial>usual</serial>")))
        told = self.complaints("xml2cfg", xml)
        self.assertFalse(any(LEFT_OUT in line for line in told), told)
        cfg, back = self.trips(self.run_tool("xml2cfg", xml))
        self.assertEqual(cfg.count("#xml devices/disk[target/@dev='d0p1']/"), 2)
        self.assertEqual(back.count("<disk "), 3)
        self.assertIn("<serial>odd</serial>", back)
        self.assertIn("<serial>usual</serial>", back)
        self.assertEqual(self.complaints("cfg2xml", text=cfg), [])

    def test_behind_odd_name(self):
        """A disk whose text is not in an element takes nothing from the one behind it."""
        xml = self.write("odd.xml", domain(disk("d0p0") + disk("xvdc", "<serial>usual</serial>")))
        cfg, back = self.trips(self.run_tool("xml2cfg", xml))
        self.assertIn("#xml devices/disk[target/@dev='xvdc']/serial: <serial>usual</serial>", cfg)
        self.assertEqual(back.count("<disk "), 1)
        self.assertEqual(self.run_tool("xml2cfg", text=back), cfg)

    def test_order_of_ports(self):
        """Ports that xl does not know stand among the others by their numbers; those of a kind keep their order."""
        port = "<serial type='%s'><target port='%d'/></serial>"
        for kinds in (("spicevmc", "pty"), ("pty", "dbus", "null", "qemu-vdagent"),
                      ("dbus", "spicevmc", "pty", "nmdm", "null")):
            xml = domain("".join(port % (kind, i) for i, kind in enumerate(kinds)))
            with self.subTest(kinds):
                cfg, back = self.trips(self.run_tool("xml2cfg", text=xml))
                self.assertEqual(re.findall(r'<serial type="([^"]*)">\s*<target port="(\d)"', back),
                                 [(kind, str(i)) for i, kind in enumerate(kinds)])
                self.assertEqual(self.complaints("cfg2xml", text=cfg), [])

    def test_odd_ports(self):
        """Nor has its schema a place that does not begin at the root; what is unknown beside one needs elements."""
        ports = ("<serial type='unix'><source mode='bind' path='a,b'/></serial>"
                 "<serial type='dev'><source path='ttyS0'/><alias name='ua-dev'/></serial>")
        xml = self.write("odd.xml", domain(ports))
        cfg, back = self.trips(self.run_tool("xml2cfg", xml))
        self.assertIn('serial = [ "unix:a,,b,server,nowait", "ttyS0" ]', cfg)
        self.assertIn('<source mode="bind" path="a,b"/>', back)
        self.assertRegex(back, r'<serial type="dev">\s*<source path="ttyS0"/>\s*<target port="1"/>\s*<alias')
        self.assertEqual(self.complaints("cfg2xml", text=cfg), [])
        bare = self.run_tool("xml2cfg", text=domain(ports.replace("<alias name='ua-dev'/>", "")))
        self.assertNotIn("<serial", self.trips(bare)[1])

    def test_ports_nowhere(self):
        """XML cannot say such ports; what is unknown elsewhere keeps its place beside them."""
        told = '#xml devices/disk[target/@dev=\'d0\']/serial: <serial>one</serial>\n#xml title: Hello\n'
        for ports in '"file:"', '"pipe:"', '""', '[ "pty", "file:" ]', '[ "unix:a", "" ]':
            keys = f'name = "odd"\ntype = "hvm"\nmemory = 64\ndisk = [ "/a,raw,d0" ]\nserial = {ports}\n'
            with self.subTest(ports):
                self.assertEqual(self.complaints("cfg2xml", text=keys + told), [])
                cfg, back = self.trips(keys + told)
                self.assertTrue(cfg.endswith(told), cfg)
                self.assertIn(f"serial = {ports}", cfg)
                self.assertIn("<serial>one</serial>", back)
                plain = self.run_tool("cfg2xml", text=keys)
                self.assertNotIn("<serial", plain)
                edited = plain.replace("<metadata>", "<title>Hello</title><metadata>")
                self.assertIn("<title>Hello</title>", self.trips(self.run_tool("xml2cfg", text=edited))[1])

    def test_colon_first(self):
        """XML takes such a name, which is of no namespace."""
        xml = domain().replace("<os>", "<os :one='1'>").replace("<devices>", "<features><:two/></features><devices>")
        cfg, back = self.trips(self.run_tool("xml2cfg", text=xml))
        self.assertIn("#xml os[1][type='hvm']/@:one: 1", cfg)
        self.assertIn("<:two/>", back)

    def test_device_gone(self):
        """None is made again for a part of it, without a type."""
        for comment in "serial/alias: <alias name='ua-one'/>", "serial/@tty: /dev/pts/1", "serial[1]/@tty: /dev/pts/1":
            text = f'name = "gone"\nkernel = "/k"\nmemory = 64\n#xml devices/{comment}\n'
            self.assertTrue(any(LEFT_OUT in line for line in self.complaints("cfg2xml", text=text)), comment)
            self.assertNotIn("<serial", self.run_tool("cfg2xml", text=text))

    def test_usb_by_port(self):
        """Xen knows devices by their numbers alone; the element stays as it is."""
        hostdev = "<hostdev mode='subsystem' type='usb'><source><address bus='1' port='1.2'/></source></hostdev>"
        xml = self.write("usb.xml", domain(hostdev))
        self.assertTrue(any("does not get this device" in line for line in self.complaints("xml2cfg", xml)))
        cfg = self.run_tool("xml2cfg", xml)
        self.assertNotIn("usbdev", cfg)
        self.assertRegex(self.run_tool("cfg2xml", text=cfg), '<address bus="1" port="1.2"/>')

    def check_no_key(self, comment):
        """What a file says stays, whatever such a comment has; that it is left out is told."""
        path = self.write("own.cfg", f'name = "odd"\nkernel = "/k"\nmemory = 64\nnomigrate = 1\n{comment}\n')
        self.assertTrue(any(LEFT_OUT in line for line in self.complaints("cfg2xml", path)), comment)
        cfg = path.read_text()
        for _ in range(2):
            cfg = self.run_tool("xml2cfg", text=self.run_tool("cfg2xml", text=cfg))
            keys = [line for line in cfg.splitlines() if not line.startswith("#")]
            self.assertNotIn("evil", "".join(keys))
            self.assertIn("nomigrate = 1", keys)

    def test_no_keys(self):
        """The element of ours is no unknown XML, under whatever prefix and however it is put there."""
        text = '>bootloader="/evil"\n#xml+ device_model_args=["-evil"]'
        other = '<x:cfg xmlns:x="urn:xlvirt:xl.cfg:1">evil = 1</x:cfg>'
        for comment in (f'metadata/xl:cfg: <xl:cfg xmlns:xl="urn:xlvirt:xl.cfg:1"{text}</xl:cfg>',
                        f'metadata/cfg: <cfg xmlns="urn:xlvirt:xl.cfg:1"{text}</cfg>',
                        f"metadata/a: {other}", f"metadata: <metadata>{other}</metadata>",
                        "metadata/cfg: evil = 1",
                        'metadata/cfg: <cfg>evil = 1</cfg>\n#xml metadata/cfg/@xmlns: urn:xlvirt:xl.cfg:1',
                        'metadata: <metadata xmlns:xl="urn:xlvirt:xl.cfg:1"/>\n'
                        "#xml metadata[2]/xl:cfg: evil = 1"):
            with self.subTest(comment):
                self.check_no_key("#xml " + comment)

    def test_second_of_ours(self):
        """Only the first counts, and the others do not come to life later."""
        ours = '<xl:cfg xmlns:xl="urn:xlvirt:xl.cfg:1">\n%s\n</xl:cfg>'
        second = ours % 'device_model_args = [ "-evil" ]'
        first = ours % "nomigrate = 1"
        for metadata in (f"<metadata>{first}{second}</metadata>",
                         f"<metadata>{first}</metadata><metadata>{second}</metadata>"):
            with self.subTest(metadata):
                path = self.write("two.xml", domain().replace("<os>", f"{metadata}<os>"))
                told = self.complaints("xml2cfg", path)
                self.assertTrue(any("metadata/xl:cfg" in line and LEFT_OUT in line for line in told), told)
                cfg = self.run_tool("xml2cfg", path)
                self.assertIn("nomigrate = 1", cfg)
                self.assertNotIn("evil", cfg)

    def trips(self, cfg, count=3):
        """A file and its XML after so many trips."""
        for _ in range(count):
            xml = self.run_tool("cfg2xml", text=cfg)
            cfg = self.run_tool("xml2cfg", text=xml)
        return cfg, xml

    def test_hvmloader(self):
        """A host's loader that a file names is its key alone; an element that is put beside it counts."""
        loader = "/usr/lib/xen/boot/hvmloader"
        for key in "firmware_override", "firmware":
            with self.subTest(key):
                path = self.write("hvm.cfg", f'name = "odd"\ntype = "hvm"\nmemory = 64\n{key} = "{loader}"\n')
                cfg, xml = self.trips(path.read_text())
                self.assertNotIn("<loader", xml)
                self.assertNotIn("#xml", cfg)
                self.assertIn(f'firmware_override = "{loader}"', cfg)
                self.write("hvm.xml", xml)
                changed = self.run_tool("xml2cfg", "--onto", path, "hvm.xml")
                self.assertEqual(changed, path.read_text())
        edited = self.write("edited.xml", xml.replace("</type>", "</type><loader type='rom'>/mine</loader>"))
        self.assertIn('firmware_override = "/mine"', self.run_tool("xml2cfg", edited))
        told = self.complaints("xml2cfg", edited)
        self.assertTrue(any("firmware_override" in line and LEFT_OUT in line for line in told), told)

    def test_policies(self):
        """Of two words for the same, the one that was said comes back, as long as the key says that."""
        words = {"sse2": "require", "pni": "forbid", "aes": "force", "nx": "forbid", "vmx": "require"}
        features = "".join(f"<feature policy='{word}' name='{name}'/>" for name, word in words.items())
        xml = domain().replace("<devices>", f"<cpu mode='host-passthrough'>{features}</cpu><devices>")
        told = self.complaints("xml2cfg", text=xml)
        self.assertEqual(sum("@policy: xl.cfg has no word" in line for line in told), 4, told)
        cfg = self.run_tool("xml2cfg", text=xml)
        again, back = self.trips(cfg)
        self.assertEqual(again, cfg)
        for name, word in words.items():
            self.assertIn(f'<feature policy="{word}" name="{name}"/>', back)
        other = cfg.replace("sse2=1", "sse2=0")
        self.assertNotEqual(other, cfg)
        self.assertIn('<feature policy="disable" name="sse2"/>', self.run_tool("cfg2xml", text=other))

    def test_memnode_modes(self):
        """libxl has one way to place a node; another that was asked for is kept, and told."""
        modes = "preferred", "interleave", "restrictive", "strict"
        nodes = "".join(f"<memnode cellid='{i}' mode='{mode}' nodeset='1'/>" for i, mode in enumerate(modes))
        cells = "".join(f"<cell id='{i}' cpus='{i}' memory='16' unit='MiB'/>" for i in range(4))
        xml = domain().replace("<os>", f"<vcpu>4</vcpu><numatune>{nodes}</numatune><os>").replace(
            "<devices>", f"<cpu><numa>{cells}</numa></cpu><devices>")
        told = self.complaints("xml2cfg", text=xml)
        self.assertEqual(sum("it is kept" in line and "memnode" in line for line in told), 3, told)
        cfg, back = self.trips(self.run_tool("xml2cfg", text=xml))
        self.assertEqual(cfg.count("pnode=1"), 4)
        for i, mode in enumerate(modes):
            self.assertIn(f'<memnode cellid="{i}" mode="{mode}" nodeset="1"/>', back)


# XML, an edit of the cfg that comes of it, and what the comments of it that go are about.
NIC = "<interface type='{}'><mac address='00:16:3e:00:00:01'/>{}</interface>"
MAC = "devices/interface[mac/@address='00:16:3e:00:00:01']"
NETWORK = "[@type='bridge']/source[1][@bridge='virbr0']/"
PCI = ("<hostdev mode='subsystem' type='pci' managed='yes'><source><address bus='2' slot='0' function='0'/></source>"
       "<address type='pci' domain='0' bus='0' slot='5' function='0' multifunction='on'/>{}</hostdev>")
SCSI_HOST = ("<hostdev mode='subsystem' type='scsi_host'><source protocol='vhost' wwpn='naa.5001405f6dc5b4c6'/>"
             "</hostdev>")
HELD = (
    ("<video><model type='qxl' ram='65536' vgamem='16384'/></video>",
     ('"qxl"', '"stdvga"'), ("video/model[1][@type='qxl']/@ram", "video/model[1][@type='qxl']/@vgamem")),
    (NIC.format("bridge", "<source bridge='br0'/><link state='down'/>"
                "<bandwidth><outbound average='100' peak='300'/></bandwidth>"),
     (",rate=102400B/s", ""), ("outbound[1]/@peak",)),
    (NIC.format("bridge", "<source bridge='br0'/><virtualport type='midonet'/><alias name='ua-a'/>"),
     (",bridge=br0", ""), ("[@type='bridge']/virtualport",)),
    (NIC.format("network", "<source network='default' portgroup='pg'/>"),
     ("bridge=virbr0", "bridge=br0"), (NETWORK + "@network", NETWORK + "@portgroup")),
    (NIC.format("network", "<source network='default' portgroup='pg'/>"),
     (",bridge=virbr0", ""), (NETWORK + "@network", NETWORK + "@portgroup")),
    (NIC.format("network", "<source network='other'/>"),
     ('01"', '01,bridge=br0"'), ("[@type='ethernet']/@type", "[@type='ethernet']/source/@network")),
    (NIC.format("user", ""), ('01"', '01,bridge=br0"'), ("[@type='ethernet']/@type",)),
    (NIC.format("bridge", "<source bridge='br0'/><vlan trunk='yes'><tag id='42'/><tag id='43'/></vlan>"),
     ("bridge=br0", "bridge=br0,vlan=7"), (MAC + "/vlan",)),
    ("<disk type='network' device='disk'><driver type='raw' cache='none'/>"
     "<source protocol='rbd' name='a/b'><auth username='c'><secret type='ceph' usage='d'/></auth></source>"
     "<target dev='xvda'/></disk>",
     (",backendtype=qdisk", ""), ("source[1][@protocol='rbd']/auth",)),
    ("<disk type='file' device='cdrom'><source file='/a.iso' startupPolicy='optional'/><target dev='hdc'/></disk>",
     ("target=/a.iso", "backendtype=qdisk,target=http://h/a.iso"), ("source[1]/@startupPolicy",)),
    ("<disk type='volume' device='disk'><source pool='p' volume='v'/><target dev='xvda'/></disk>",
     ("vnc = 0", "disk = [ 'vdev=xvda,target=/a' ]"), ("devices/disk",)),
    (PCI.format(""), ("vslot=5,", ""), ("address[1][@type='pci']/@multifunction",)),
    (PCI.format("<boot order='3'/>") + SCSI_HOST,
     ('pci = [ "0000:02:00.0,vslot=5,seize=1" ]', ""),
     ("devices/hostdev[1][@type='pci']/address[1][@type='pci']/@multifunction", "hostdev[1][@type='pci']/boot")),
    ("<graphics type='vnc'/>", ('type = "hvm"', 'type = "pvh"\nkernel = "/k"'), ("os[1][type='hvm']/bios",)),
)


class Held(xlconv.Case):
    """A comment holds as long as what it was about is of the kind that it was."""

    def held(self, xml, edit, gone):
        """The comments @gone, and no others, are left out after the @edit of what @xml becomes."""
        cfg = self.run_tool("xml2cfg", text=xml)
        self.assertEqual(self.complaints("cfg2xml", text=cfg), [])
        self.assertIn(edit[0], cfg)
        told = self.complaints("cfg2xml", text=cfg.replace(*edit))
        self.assertEqual(len(told), len(gone), told)
        for line, place in zip(told, gone):
            self.assertRegex(line, re.escape(place) + ": .*" + LEFT_OUT)

    def test_held(self):
        for device, edit, gone in HELD:
            with self.subTest(device):
                self.held("<domain type='xen'><name>a</name><memory>65536</memory><os><type>hvm</type>"
                          f"<bios useserial='yes'/></os><devices>{device}</devices></domain>", edit, gone)

    def test_clock(self):
        for offset in "timezone='Europe/Berlin'", "start='1700000000'":
            name = "timezone" if offset.startswith("t") else "absolute"
            place = "clock[1][@offset='utc']/@"
            self.held("<domain type='xen'><name>a</name><memory>65536</memory><os><type>hvm</type></os>"
                      f"<clock offset='{name}' {offset}><timer name='rtc' track='guest'/></clock></domain>",
                      ("vnc = 0", "localtime = 1"), (place + "offset", place + offset.split("=")[0]))

    def test_unrelated(self):
        """What was accepted before one that is not, or needs one behind it, stays."""
        text = ("type='pvh'\nname='a'\nkernel='/k'\nvif=['mac=00:16:3e:00:00:01']\n"
                f"#xml {MAC}/@type: network\n#xml {MAC}/link: <link state='down'/>\n"
                f"#xml {MAC}/source/@network: other\n#xml os[1][type='hvm']/type/@arch: i686\n")
        told = self.complaints("cfg2xml", text=text)
        self.assertEqual(len(told), 1, told)
        self.assertIn("os[1][type='hvm']/type/@arch", told[0])
        xml = self.run_tool("cfg2xml", text=text)
        self.assertIn('<interface type="network">', xml)
        self.assertIn('<link state="down"/>', xml)

    def test_no_element_goes(self):
        text = ("name='a'\nkernel='/k'\nvif=['mac=00:16:3e:00:00:01']\n#xml devices: x\n#xml os: y\n"
                f"#xml {MAC}/alias: <alias name='ua-a'/>\n#xml {MAC}/mac: z\n")
        told = self.complaints("cfg2xml", text=text)
        self.assertEqual([line.split(": ")[2] for line in told], ["devices", "os", MAC + "/mac"])
        self.assertIn("ua-a", self.run_tool("cfg2xml", text=text))

    def test_several_stand_together(self):
        xml = ("<domain type='xen'><name>a</name><memory unit='MiB'>64</memory>"
               "<memtune><hard_limit unit='KiB'>1000000</hard_limit></memtune><os><type>hvm</type></os>"
               "<seclabel type='static' model='flask'><label>system_u:system_r:domU_t</label></seclabel>"
               "<seclabel type='none' model='dac'/></domain>")
        back = self.run_tool("cfg2xml", text=self.run_tool("xml2cfg", text=xml))
        self.assertRegex(back, r"</seclabel>\s*<seclabel")

    def test_what_a_device_has_once(self):
        text = ("name='a'\nkernel='/k'\nvif=['mac=00:16:3e:00:00:01']\n"
                "#xml devices/interface[1]/alias: <alias name='ua-a'/>\n"
                "#xml devices/interface[1]/alias: <alias name='ua-b'/>\n")
        self.assertEqual(self.run_tool("cfg2xml", text=text).count("<alias"), 1)


class Nested(xlconv.Case):
    """A host has one of vmx and svm: who requires one means it, otherwise who takes one away takes both."""

    # vmx, svm, nestedhvm, how many of the two have a word of their own
    CASES = (("optional", "optional", 1, 0), ("disable", "disable", 0, 0), ("require", "force", 1, 2),
             ("disable", "optional", 0, 1), ("optional", "disable", 0, 1), ("require", "disable", 1, 2),
             ("forbid", "require", 1, 2), ("disable", "require", 1, 2))

    def test_policies(self):
        for vmx, svm, nested, told in self.CASES:
            features = "".join(f'<feature policy="{policy}" name="{name}"/>'
                               for policy, name in ((vmx, "vmx"), (svm, "svm")))
            xml = domain().replace("<devices>", f"<cpu mode='host-passthrough'>{features}</cpu><devices>")
            with self.subTest(vmx + ", " + svm):
                cfg = self.run_tool("xml2cfg", text=xml)
                self.assertIn(f"nestedhvm = {nested}\n", cfg)
                self.assertEqual(cfg.count("#xml cpu/feature"), told)
                self.assertEqual(len(self.complaints("xml2cfg", text=xml)), told)
                back = self.run_tool("cfg2xml", text=cfg)
                self.assertEqual(re.findall("<feature .*/>", back), re.findall("<feature .*?/>", features))

    def test_key_counts(self):
        """The comments of one that was on take nothing back when it is off."""
        text = 'name = "a"\ntype = "hvm"\nnestedhvm = 0\n' + "".join(
            f"#xml cpu/feature[@name='{name}']/@policy: require\n" for name in ("vmx", "svm"))
        xml = self.run_tool("cfg2xml", text=text)
        self.assertIn("nestedhvm = 0\n", self.run_tool("xml2cfg", text=xml))


class HostCard(xlconv.Case):
    """A card of the host's is no card on the default bridge; it is kept, and what to write is told."""

    CARD = ('<interface type="hostdev" managed="yes"><mac address="52:54:00:00:00:01"/><source><address type="pci" '
            'domain="0x0000" bus="0x03" slot="0x10" function="0x1"/></source><vlan><tag id="7"/></vlan></interface>')
    BRIDGED = '<interface type="bridge"><mac address="00:16:3e:00:00:02"/><source bridge="b"/></interface>'

    def test_kept(self):
        for devices, vif in ((self.CARD, None), (self.CARD + self.BRIDGED, "bridge=b"), (self.BRIDGED + self.CARD, "bridge=b")):
            with self.subTest(devices):
                xml = domain(devices)
                cfg = self.run_tool("xml2cfg", text=xml)
                self.assertEqual(re.findall(r'vif = \[ "(?:mac=[^,]*,)?(.*)" \]', cfg), [vif] if vif else [])
                self.assertEqual(cfg.count("00:16:3e"), 1 if vif else 0)
                self.assertIn("<hostdev mode='subsystem' type='pci'>", "".join(self.complaints("xml2cfg", text=xml)))
                back = self.write("back.xml", self.run_tool("cfg2xml", text=cfg))
                text = re.sub(r">\s+<", "><", back.read_text())
                self.assertIn(self.CARD, text)
                self.assertEqual(text.count("<interface"), devices.count("<interface"))
                self.assertEqual(self.run_tool("xml2cfg", back), cfg)


class Card(xlconv.Case):
    """The memory of a graphics card."""

    def test_two_memories(self):
        """What XML says of both is videoram together, and comes back; a videoram that was changed counts."""
        for said, videoram in (("ram='65536' vram='65536'", 128), ("ram='131072' vram='65536'", 192),
                                      ("vram='131072'", 128)):
            with self.subTest(said):
                xml = domain(f"<video><model type='qxl' {said}/></video>")
                cfg = self.run_tool("xml2cfg", text=xml)
                self.assertIn(f"videoram = {videoram}\n", cfg)
                self.assertEqual(len(self.complaints("xml2cfg", text=xml)), "131072' vram" in said)
                back = self.run_tool("cfg2xml", text=cfg)
                for word in said.replace("'", '"').split():
                    self.assertIn(" " + word, back)
                changed = self.run_tool("cfg2xml", text=cfg.replace(f"videoram = {videoram}", "videoram = 256"))
                self.assertIn('<model type="qxl" vram="262144"/>', changed)

    def test_too_little(self):
        """What check says of the file is told of the XML."""
        for model in "qxl' vram='65536", "cirrus' vram='4096", "vga' vram='9216":
            with self.subTest(model):
                told = self.complaints("xml2cfg", text=domain(f"<video><model type='{model}'/></video>"))
                self.assertEqual(len(told), 1, told)
                self.assertIn("this guest cannot start: this graphics card has at least", told[0])


class Boot(xlconv.Case):
    """The order of devices is boot= where letters can say it, and comes back as it was."""

    def guest(self, *orders, more="", os=""):
        """A guest that has a disk, another one, a CD-ROM drive and a card, in the order of @orders (0: none)."""
        boots = [f'<boot order="{order}"/>' if order else "" for order in orders]
        cdrom = f"<disk type='file' device='cdrom'><source file='/c'/><target dev='hdc'/>{boots[2]}<readonly/></disk>"
        return domain(disk("hdb", boots[1]) + disk("hda", boots[0]) + cdrom +
                      f"<interface type='bridge'><source bridge='b'/>{boots[3]}</interface>" + more, os)

    def test_letters(self):
        for orders, letters in (((2, 0, 1, 0), "dc"), ((0, 0, 0, 9), "n"), ((3, 0, 1, 2), "dnc"), ((10, 0, 9, 0), "dc")):
            with self.subTest(letters):
                xml = self.guest(*orders)
                cfg = self.run_tool("xml2cfg", text=xml)
                self.assertIn(f'boot = "{letters}"\n', cfg)
                self.assertEqual(self.complaints("xml2cfg", text=xml), [])
                back = self.run_tool("cfg2xml", text=cfg)
                # the first disk stands behind the other one
                self.assertEqual(re.findall("<boot .*?/>", back), re.findall("<boot .*?/>", xml))
                self.assertEqual(self.complaints("cfg2xml", text=cfg), [])

    def test_edited_key(self):
        """A boot= that says something else counts."""
        cfg = self.run_tool("xml2cfg", text=self.guest(2, 0, 1, 0)).replace('boot = "dc"', 'boot = "cd"')
        self.assertEqual(len(self.complaints("cfg2xml", text=cfg)), 2)
        self.assertEqual(re.findall("<boot .*?/>", self.run_tool("cfg2xml", text=cfg)),
                         ['<boot dev="hd"/>', '<boot dev="cdrom"/>'])

    def test_no_letters(self):
        """The second disk, a card of the host's: what is in front of those counts, and it is told."""
        host = "<hostdev mode='subsystem' type='pci'><source><address bus='1' slot='0' function='0'/></source>%s</hostdev>"
        for xml, letters in ((self.guest(0, 1, 2, 0), []), (self.guest(2, 3, 0, 1), ["nc"]),
                             (self.guest(2, 0, 3, 0, more=host % '<boot order="1"/>'), [])):
            with self.subTest(xml):
                cfg = self.run_tool("xml2cfg", text=xml)
                self.assertEqual(re.findall('boot = "(.*)"', cfg), letters)
                told = self.complaints("xml2cfg", text=xml)
                self.assertEqual(len(told), 1, told)
                self.assertIn("Xen boots no more than three of the first disk", told[0])
                self.assertEqual(self.run_tool("cfg2xml", text=cfg).count("<boot order"), xml.count("<boot order"))

    def test_one_place_for_two(self):
        """The first of them counts, whatever stands between them, and it is told which order that is."""
        for orders, letters in ((1, 0, 1, 0), "c"), ((2, 0, 1, 2), "dc"):
            with self.subTest(orders):
                xml = self.guest(*orders)
                told = self.complaints("xml2cfg", text=xml)
                self.assertEqual(len(told), 1, told)
                self.assertIn(f"order {max(orders)} is given twice, and the first device of them counts", told[0])
                cfg = self.run_tool("xml2cfg", text=xml)
                self.assertEqual(re.findall('boot = "(.*)"', cfg), [letters])
                self.assertEqual(self.run_tool("cfg2xml", text=cfg).count("<boot order"), xml.count("<boot order"))

    def test_both(self):
        """libvirt takes none that has both."""
        told = self.complaints("xml2cfg", text=self.guest(1, 0, 0, 0, os="<boot dev='cdrom'/>"))
        self.assertEqual(len(told), 1, told)
        self.assertIn(LEFT_OUT, told[0])


if __name__ == "__main__":
    xlconv.main()
