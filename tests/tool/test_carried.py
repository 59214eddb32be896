# SPDX-License-Identifier: LGPL-2.1-or-later
"""What xl.cfg has no word for: comments that bring it back, and what has no place to come back to."""

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

    def test_old_targets(self):
        """Old tools write where the guest sees the disk, and whether it is emulated."""
        xml = self.write("old.xml", domain(disk("/dev/xvda", "<serial>one</serial>") + disk("ioemu:hdb")))
        cfg = self.run_tool("xml2cfg", xml)
        self.assertIn('"vdev=xvda,target=/a", "vdev=hdb,target=/b"', cfg)
        self.assertIn("<serial>one</serial>", self.run_tool("cfg2xml", text=cfg))

    def test_no_place(self):
        """libvirt has no name for this disk, so that nothing can be kept beside it; that is told."""
        xml = self.write("odd.xml", domain(disk("d0p1", "<serial>lost</serial>")))
        told = self.complaints("xml2cfg", xml)
        self.assertTrue(any("devices/disk/serial" in line and LEFT_OUT in line for line in told), told)

    def test_usb_by_port(self):
        """Xen knows devices by their numbers alone; the element stays as it is."""
        hostdev = "<hostdev mode='subsystem' type='usb'><source><address bus='1' port='1.2'/></source></hostdev>"
        xml = self.write("usb.xml", domain(hostdev))
        self.assertTrue(any("does not get this device" in line for line in self.complaints("xml2cfg", xml)))
        cfg = self.run_tool("xml2cfg", xml)
        self.assertNotIn("usbdev", cfg)
        self.assertRegex(self.run_tool("cfg2xml", text=cfg), '<address bus="1" port="1.2"/>')


if __name__ == "__main__":
    xlconv.main()
