# SPDX-License-Identifier: LGPL-2.1-or-later
"""--xen: what an older Xen does not know is reported."""

import xlconv

NEW = """\
name = "a"
type = "hvm"
hvm_pirq = 1
altp2m_count = 4
disk = [ "/a,raw,xvda,rw", "vdev=xvdb,trusted,target=/b" ]
vif = [ "bridge=br0,vlan=5" ]
p9 = [ "tag=t,path=/p,security_model=none,type=xen_9pfsd" ]
"""


class Xen(xlconv.Case):
    def keys(self, version, *arguments, status=0):
        lines = self.complaints("check", "--xen", version, *arguments, "-", text=NEW, status=status)
        return [line.split(": ")[2] for line in lines if ": Xen " in line or "it came with" in line]

    def test_each_version(self):
        self.assertEqual(self.keys("4.17"), ["hvm_pirq", "altp2m_count", "disk", "vif", "p9"])
        self.assertEqual(self.keys("4.18.5"), ["hvm_pirq", "altp2m_count", "disk", "vif", "p9"])
        self.assertEqual(self.keys("4.19"), ["altp2m_count"])
        self.assertEqual(self.keys("4.20.2"), ["altp2m_count"])
        self.assertEqual(self.keys("4.21"), [])
        self.assertEqual(self.keys("4.22"), [])

    def test_libxl_of_another_xen(self):
        """The libxl that is here says nothing about what another Xen takes."""
        text = "name = 'a'\ntype = 'hvm'\nmemory = 64\nhvm_pirq = 1\ncpuid = 'host,nosuch=1'\n"
        self.write("x", text)
        here = [version for version in ("4.17", "4.18", "4.19", "4.20", "4.21", "4.22")
                if any("nosuch" in line for line in self.complaints("check", "--xen", version, "x"))]
        self.assertLessEqual(len(here), 1)
        self.assertEqual(bool(here), any("nosuch" in line for line in self.complaints("check", "x")))
        for version in "4.21", "4.22":
            self.assertFalse([line for line in self.complaints("check", "--xen", version, "x")
                              if "hvm_pirq" in line])

    def test_place(self):
        self.write("x", NEW)
        lines = self.complaints("check", "--xen", "4.17", "x")
        self.assertTrue(lines[0].startswith("x:3:12: warning: hvm_pirq: Xen 4.17 does not know"))
        self.assertTrue(lines[2].startswith("x:5:39: warning: disk: Xen 4.17 does not know the option trusted"))

    def test_place_of_an_option(self):
        text = ('name="a"\ntype="hvm"\nvif=["vlan=1"]\np9=["tag=a,path=/type,type=xen_9pfsd"]\n'
                'disk=["/a,raw,xvda,w", "/b,raw,xvdb,w,untrusted"]\n')
        lines = [line for line in self.complaints("check", "--xen", "4.17", "-", text=text)
                 if "the option" in line]
        self.assertEqual([line.split(" and would ")[0] for line in lines],
                         ["-:3:7: warning: vif: Xen 4.17 does not know the option vlan",
                          "-:4:23: warning: p9: Xen 4.17 does not know the option type",
                          "-:5:39: warning: disk: Xen 4.17 does not know the option untrusted"])

    def test_conversions(self):
        self.write("x", NEW)
        xml = self.run_tool("cfg2xml", "--xen", "4.17", "x")
        self.complaints("cfg2xml", "--strict", "--xen", "4.17", "x", status=1)
        lines = self.complaints("xml2cfg", "--xen", "4.19", text=xml)
        self.assertTrue(any("altp2m_count: Xen 4.19 does not know" in line for line in lines), lines)

    def test_what_went_away(self):
        text = "name='a'\ntype='hvm'\ndevice_model_version='qemu-xen-traditional'\n"
        self.assertEqual(self.complaints("check", "--xen", "4.20", "-", text=text), [])
        self.assertIn("traditional", self.complaints("check", "--xen", "4.21", "-", text=text)[0])

    def test_what_went_away_from_any(self):
        text = "name='a'\ntype='hvm'\ndevice_model_version='qemu-xen-traditional'\n"
        self.assertIn("-:3:22: warning: device_model_version: Xen since 4.21 has no traditional",
                      self.complaints("check", "-", text=text)[0])
        said = "-: warning: device_model_version: Xen since 4.21 has no traditional"
        xml = self.run_tool("cfg2xml", "-", text=text)
        self.assertIn(said, "\n".join(self.complaints("check", "-", text=xml)))
        if xlconv.LIBXL:
            json = '{"c_info": {"type": "hvm", "name": "a"}, "b_info": {"type.hvm": {}, ' \
                   '"device_model_version": "qemu_xen_traditional"}}'
            self.assertIn(said, "\n".join(self.complaints("check", "-", text=json)))

    def test_what_was_mended(self):
        text = ("name='a'\nkernel='/k'\np9=['tag=t,path=/p ,security_model=none']\n"
                "channel=['connection=socket,path=/a=b,name=c']\n")
        for version, found in ("4.17", 2), ("4.18", 0), ("4.22", 0):
            said = self.complaints("check", "--xen", version, "-", text=text)
            self.assertEqual(sum("Xen before 4.18" in line for line in said), found, said)
        said = self.complaints("check", "-", text=text)
        self.assertEqual(sum("Xen before 4.18" in line for line in said), 2, said)

    def test_later_word(self):
        xml = self.run_tool("cfg2xml", "-", text="name='a'\nkernel='/k'\ntee='ffa'\n")
        self.assertIn("tee: Xen 4.17", self.complaints("xml2cfg", "--xen", "4.17", text=xml)[0])
        self.assertEqual(self.complaints("xml2cfg", "--xen", "4.18", text=xml), [])

    def test_no_version(self):
        for version in "4.16", "4.23", "4.99", "5.0", "4", "new", "4.17.1.2", "4.x", "":
            said = self.complaints("check", "--xen", version, "-", text="name='a'", status=2)
            self.assertIn(f"'{version}' is no version of Xen that is known here: expected 4.17 to 4.22", said[0])
        self.complaints("diff", "--xen", "4.17", "x", "x", status=2)


if __name__ == "__main__":
    xlconv.main()
