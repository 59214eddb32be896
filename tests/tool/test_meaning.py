# SPDX-License-Identifier: LGPL-2.1-or-later
"""diff where libxl is: what Xen gets of two files, whatever they say it with."""

import json

import xlconv

HEAD = 'name = "web"\nkernel = "/k"\n'
HVM = 'name = "web"\ntype = "hvm"\n'

# Two files that start the same guest.
SAME = [
    ('disk = ["/x,,xvda,w"]', 'disk = ["vdev=xvda,target=/x"]'),
    ('disk = ["/x,raw,xvda,rw"]', 'disk = ["format=raw,vdev=xvda,access=w,target=/x"]'),
    ('disk = [",hdc:cdrom,r"]', 'disk = ["vdev=hdc,devtype=cdrom,format=empty"]'),
    ('disk = ["vdev=hdc,cdrom,target="]', 'disk = ["vdev=hdc,cdrom"]'),
    ('type = "pv"', ""),
    ('builder = "generic"', ""),
    ('on_poweroff = "destroy"\non_reboot = "restart"', ""),
    ("memory = 64", "memory = 64\nmaxmem = 64"),
    ('cpus = "0-3"', 'cpus = "3,0,1,2"'),
    ('pci = ["01:00.0"]', 'pci = ["0000:01:00.0"]'),
    ('vfb = ["vnc=1"]', "vnc = 1"),
    ('vif = ["rate=8Mb/s"]', 'vif = ["rate=1MB/s@50ms"]'),
    ("pae = 1", ""),  # for other guests
]

# Two files that do not, and what is told.
DIFFERENT = [
    ('type = "pvh"', "", '@@ general @@\n-type = "pvh"\n+type = "pv"\n'),
    ('on_reboot = "destroy"', "", '@@ events @@\n-on_reboot = "destroy"\n'),
    ('uuid = "6a2b1c3d-0011-2233-4455-66778899aabb"', "",
     '@@ general @@\n-uuid = "6a2b1c3d-0011-2233-4455-66778899aabb"\n'),
    # xl's own, and a key of nobody's
    ("vncviewer = 1\nmine = 2", "", "@@ kept @@\n-mine = 2\n-vncviewer = 1\n"),
    # newer than libxl 4.17, so that this is in its config or told as it is
    ('xenstore_quota = ["nodes=5"]', "", '@@ general @@\n-xenstore_quota = [ "nodes=5" ]\n'),
    ('vif = ["vlan=3"]', 'vif = ["vlan=4"]',
     '@@ nic @@\n vif = [\n-    "vlan=3",\n+    "vlan=4",\n ]\n'),
]


class Meaning(xlconv.Case):
    def diff(self, a, b, *options, status=0):
        self.write("a", a)
        self.write("b", b)
        return self.run_tool("diff", "a", "b", *options, status=status)

    def config(self, text):
        return json.loads(self.run_tool("cfg2json", text=text))

    def test_same(self):
        for a, b in SAME:
            with self.subTest(a):
                self.assertEqual(self.diff(HEAD + a, HEAD + b), "")

    def test_different(self):
        for a, b, told in DIFFERENT:
            with self.subTest(a):
                self.assertEqual(self.diff(HEAD + a, HEAD + b, status=1), told)

    def test_guest_that_cannot_start(self):
        # no kernel, which the disk has nothing to do with
        name = 'name = "web"\n'
        self.assertEqual(self.diff(name + SAME[0][0], name + SAME[0][1]), "")
        self.assertEqual(self.diff(name + "nomigrate = 1", name, status=1),
                         "@@ general @@\n-nomigrate = 1\n")

    def test_own_json(self):
        for path in xlconv.golden() + sorted(xlconv.ROOT.glob("examples/*.cfg")):
            with self.subTest(path.name):
                done = self.start("cfg2json", path)
                if done.returncode == 0:
                    self.write("json", done.stdout)
                    self.assertEqual(self.run_tool("diff", path, "json"), "")
                    self.assertEqual(self.run_tool("diff", "json", path), "")

    def test_made_up(self):
        text = HEAD + 'vif = ["bridge=br0"]\n'
        config = self.config(text)
        config["c_info"]["uuid"] = "6a2b1c3d-0011-2233-4455-66778899aabb"
        config["nics"][0]["mac"] = "00:16:3e:01:02:03"
        self.assertEqual(self.diff(text, json.dumps(config)), "")
        other = json.dumps(config).replace("01:02:03", "01:02:04")
        self.assertIn("mac=00:16:3e:01:02:04", self.diff(json.dumps(config), other, status=1))
        self.assertIn("mac=00:16:3e:01:02:04",
                      self.diff(text.replace("br0", "br0,mac=00:16:3e:01:02:03"), other, status=1))

    def test_beyond_cfg(self):
        text = HVM + "memory = 64\n"
        config = self.config(text)
        config["b_info"]["claim_mode"] = "False"
        told = "@@ no word in xl.cfg @@\n+# b_info.claim_mode: False\n"
        self.assertEqual(self.diff(text, json.dumps(config), status=1), told)
        listing = json.dumps([{"domid": 3, "config": config}])
        self.assertEqual(self.diff(text, listing, status=1), told)
        self.assertEqual(self.diff(json.dumps(config), listing), "")


if __name__ == "__main__":
    xlconv.main()
