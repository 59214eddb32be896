# SPDX-License-Identifier: LGPL-2.1-or-later
"""JSON of libxl as input: one guest, and the list that xl list -l prints."""

import json

import xlconv

CFG = 'type = "pvh"\nname = "{}"\nkernel = "/boot/{}"\nmemory = 512\n'


class Json(xlconv.Case):
    def guest(self, name):
        """The JSON of a guest, as an object."""
        return json.loads(self.run_tool("cfg2json", text=CFG.format(name, name)))

    def listing(self, *names):
        """What xl list -l prints for domain 0 and guests of these names."""
        control = {"c_info": {"type": "pv", "name": "Domain-0"}, "b_info": {}}
        return json.dumps(
            [{"domid": 0, "config": control}]
            + [{"domid": i, "config": self.guest(name)} for i, name in enumerate(names, 1)],
            indent=4,
        )

    def test_one(self):
        text = json.dumps(self.guest("web"))
        self.assertEqual(self.run_tool("json2cfg", text=text), CFG.format("web", "web"))
        self.assertIn("<name>web</name>", self.run_tool("json2xml", text=text))

    def test_interval_without_rate(self):
        """Less than a byte per interval is a rate of 0, which libxl leaves out."""
        cfg = CFG.format("web", "web") + 'vif = [ "rate=5Kb/s@20us" ]\n'
        text = self.run_tool("cfg2json", text=cfg)
        self.assertNotIn("rate_bytes", text)
        self.assertIn("rate=1b/s@20us", self.run_tool("json2cfg", text=text))
        self.write("web.cfg", cfg)
        self.assertEqual(self.run_tool("json2cfg", "--onto", "web.cfg", text=text), cfg)

    def test_list_of_one(self):
        self.assertEqual(self.run_tool("json2cfg", text=self.listing("web")), CFG.format("web", "web"))

    def test_byte_order_mark(self):
        self.write("all.json", "\ufeff" + self.listing("web", "db"))
        self.assertIn("all.json:2:5: note: [0]: domain 0", self.complaints("check", "all.json")[0])
        self.run_tool("json2cfg", "-o", "out", "all.json")
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         ["db.cfg", "web.cfg"])
        self.write("bad.json", "\ufeff{x")
        self.assertIn("bad.json:1:6: error: ", self.complaints("check", "bad.json", status=1)[0])

    def test_list_of_several(self):
        text = self.listing("web", "db")
        said = self.complaints("json2cfg", text=text, status=1)
        self.assertIn("there are 2 guests here: choose one with --domain", said[-1])
        self.assertIn("web, db", said[-1])
        self.assertEqual(self.run_tool("json2cfg", "--domain", "db", text=text), CFG.format("db", "db"))
        said = self.complaints("json2cfg", "--domain", "mail", text=text, status=1)
        self.assertIn("there is no guest 'mail' here, but: web, db", said[-1])
        said = self.complaints("json2cfg", text=self.listing(), status=1)
        self.assertIn("there is no guest here", said[-1])

    def test_domain_0(self):
        # the configuration that xen-init-dom0 leaves, to which libxl adds the name and the memory
        stub = {
            "c_info": {"type": "pv", "name": "Domain-0", "uuid": "00000000-0000-0000-0000-000000000000"},
            "b_info": {
                "max_memkb": 1048576, "target_memkb": 1048575, "sched_params": {}, "type.pv": {},
                "arch_arm": {}, "arch_x86": {},
            },
        }
        text = json.dumps([{"domid": 0, "config": stub}, {"domid": 7, "config": self.guest("web")}], indent=4)
        self.assertEqual(self.run_tool("json2cfg", text=text), CFG.format("web", "web"))
        self.assertIn("domain 0 is no guest", self.complaints("json2cfg", text=text)[0])
        self.assertIn("there is no guest here", self.complaints(
            "json2cfg", text=json.dumps([{"domid": 0, "config": stub}]), status=1)[-1])

    def test_empty_name(self):
        text = self.listing("web", "db").replace('"name": "db"', '"name": ""')
        for verb in "json2cfg", "json2xml", "check":
            said = self.complaints(verb, text=text, status=1)
            self.assertRegex(
                next(line for line in said if "error" in line),
                r'^-:\d+:\d+: error: \[2\]\.config\.c_info\.name: the guest\'s name is empty: expected "name": "NAME"$',
            )

    def test_without_a_number(self):
        # as xl prints one guest that it has not made
        text = json.dumps({"domid": None, "config": self.guest("web")})
        self.assertEqual(self.run_tool("json2cfg", text=text), CFG.format("web", "web"))

    def test_without_a_configuration(self):
        text = json.dumps([{"domid": 3, "config": None}, {"domid": 7, "config": self.guest("web")}])
        self.assertEqual(self.run_tool("json2cfg", text=text), CFG.format("web", "web"))
        self.assertIn("[0]: libxl keeps no configuration", self.complaints("json2cfg", text=text)[0])

    def test_folder(self):
        self.write("all.json", self.listing("web", "db"))
        self.write("mail.json", json.dumps(self.guest("post")))
        said = self.complaints("json2xml", "-o", "out", "all.json", "mail.json")
        self.assertIn("2 files: 3 written, ", said[-1])
        self.assertEqual(
            sorted(path.name for path in (self.folder / "out").iterdir()),
            ["db.xml", "mail.xml", "web.xml"],
        )
        said = self.complaints("json2xml", "-o", "out", "all.json", status=1)
        self.assertIn("out/web.xml: error: it is there already", said[1])
        self.run_tool("json2cfg", "-o", "one", "--domain", "db", "all.json")
        self.assertEqual([path.name for path in (self.folder / "one").iterdir()], ["db.cfg"])

    def test_names_that_are_no_files(self):
        self.write("all.json", self.listing("web", "../evil", "..", "db"))
        said = self.complaints("json2cfg", "-o", "out", "all.json", status=1)
        self.assertIn("all.json: error: '../evil' is no name for a file", said[1])
        self.assertIn("all.json: error: '..' is no name for a file", said[2])
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         ["db.cfg", "web.cfg"])
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["all.json", "out"])

    def test_same_name_twice(self):
        self.write("all.json", self.listing("web", "web"))
        said = self.complaints("json2cfg", "-o", "out", "--force", "all.json", status=1)
        self.assertIn("out/web.cfg: error: two inputs would become this file", said[1])

    def test_places(self):
        guest = self.guest("web")
        guest["b_info"]["turbo"] = 1
        guest["b_info"]["exec_ssidref"] = 7
        text = json.dumps(guest, indent=1)
        line = text[: text.index('"turbo"')].count("\n") + 1
        self.write("x.json", text)
        said = self.complaints("check", "x.json")
        self.assertIn(f"x.json:{line}:12: warning: b_info.turbo: ", said[0])
        self.assertIn(f"x.json:{line + 1}:19: warning: b_info.exec_ssidref: ", said[1])
        self.complaints("json2cfg", "--strict", "x.json", status=1)
        self.write("x.json", '{"c_info": {\n "type": "vax"}}')
        self.assertIn("x.json:2:10: error: c_info.type: ", self.complaints("check", "x.json", status=1)[0])

    def test_what_libxl_has_no_room_for(self):
        """Told once, at the option that it is about."""
        self.write("w.cfg", 'name="t"\ntype="hvm"\nvnuma=[["pnode=0","size=64"],["size=64" , "pnode=9999999999"]]\n')
        for verb, severity in ("check", "warning"), ("cfg2json", "error"):
            said = [line for line in self.complaints(verb, "w.cfg", status=int(severity == "error"))
                    if "too large" in line]
            self.assertTrue(said[0].startswith(f"w.cfg:3:44: {severity}: vnuma: this guest cannot start: "
                                               "pnode is too large"), said)
            self.assertEqual(len(said), 1)
        self.write("w.cfg", 'name="t"\ntype="hvm"\nvcpus=2\nmaxvcpus=2097151\n')
        self.assertEqual(self.complaints("cfg2json", "w.cfg", status=1),
                         ["w.cfg:4:10: error: maxvcpus: at most 65536 vcpus are possible"])

    def test_empty_leaf(self):
        """xl makes one of an item of cpuid that it ignores."""
        guest = self.guest("web")
        guest["b_info"]["cpuid"] = [{"leaf": 1}, {"leaf": 7, "subleaf": 0, "ebx": 32 * "x"}]
        text = json.dumps(guest)
        for verb in "json2cfg", "json2xml":
            said = self.complaints(verb, text=text)
            self.assertTrue(any("b_info.cpuid[0]: this leaf sets no register" in line
                                for line in said), said)
            self.assertFalse(any("cpuid[1]" in line for line in said), said)
        self.assertIn('cpuid = [ "0x7,0x0:ebx=', self.run_tool("json2cfg", text=text))

    def test_rates_without_a_form(self):
        guest = self.guest("web")
        guest["nics"] = [{"devid": i, "rate_bytes_per_interval": rate, "rate_interval_usecs": 50000}
                         for i, rate in enumerate((62500, 4294967244, 2**63 - 1))]
        text = json.dumps(guest)
        said = self.complaints("json2cfg", text=text)
        result = self.run_tool("json2cfg", text=text)
        self.assertIn('vif = [ "rate=10Mb/s", "rate=687194760Kb/s", "" ]', result)
        self.assertTrue(any("interface[2]: " in line and "687194760Kb/s" in line for line in said), said)
        self.assertTrue(any("interface[3]: " in line and "left out" in line for line in said), said)
        self.assertFalse(any("interface[1]" in line for line in said), said)

    def test_cpus_of_nobody_counted(self):
        """libxl gives a guest one virtual CPU where JSON does not count them; xl.cfg pins those that are counted."""
        for kind, key in ("hard", "cpus"), ("soft", "cpus_soft"):
            guest = self.guest("a")
            guest["b_info"][f"vcpu_{kind}_affinity"] = [[0, 2]]
            self.write("a.json", json.dumps(guest))
            cfg = self.run_tool("json2cfg", "a.json")
            self.assertIn(f'vcpus = 1\n{key} = "0,2"\n', cfg)
            self.assertNotIn(": warning: ", "\n".join(self.complaints("json2cfg", "a.json")))
            self.assertEqual(json.loads(self.run_tool("cfg2json", text=cfg))["b_info"][f"vcpu_{kind}_affinity"], [[0, 2]])

    def test_what_xl_adds(self):
        """It adds some of it to some guests alone."""
        guest = self.guest("a")
        del guest["b_info"]["claim_mode"]
        self.assertEqual(self.complaints("json2cfg", text=json.dumps(guest)),
                         ["-:1:83: note: b_info.claim_mode: not in the JSON; xl will make it True"])

    def test_devices_without_numbers(self):
        """Nobody has numbered them yet, and a number of -1 is none that xl.cfg could give."""
        guest = self.guest("web")
        guest["nics"] = [{"bridge": "xenbr0", "nictype": "vif"}]
        self.assertIn('vif = [ "bridge=xenbr0,type=vif" ]', self.run_tool("json2cfg", text=json.dumps(guest)))

    def test_diff_and_onto(self):
        self.write("all.json", self.listing("web", "db"))
        self.write("web.cfg", CFG.format("web", "web"))
        self.write("mine.cfg", "# mine\n" + CFG.format("web", "old"))
        self.run_tool("diff", "--domain", "web", "web.cfg", "all.json")
        found = self.run_tool("diff", "--domain", "web", "mine.cfg", "all.json", status=1)
        self.assertIn('+kernel = "/boot/web"', found)
        changed = self.run_tool("json2cfg", "--domain=web", "--onto=mine.cfg", "all.json")
        self.assertEqual(changed, "# mine\n" + CFG.format("web", "web"))

    def test_onto_what_is_unedited(self):
        """JSON spells out what xl adds and has no word for much; what nobody edited in it stays as it is."""
        guest = ("name = 'web'\ntype = 'hvm'\nmemory = 64\nacpi = 1  # on\non_crash = 'destroy'\n"
                 "viridian = 0\nmy_own = 5\ncpuid = 'host,tm=0'\n"
                 "#xml devices/interface[mac/@address='00:16:3e:00:00:01']/link: <link state=\"down\"/>\n"
                 "vsnd = [ [ 'CARD, short-name=card', 'PCM, name=dev1' ] ]\n"
                 "disk = [ '/srv/a.img,raw,xvda', # a\n         'vdev=xvdb, access=rw, target=/srv/b.img' ]\n"
                 "vif = [ 'mac=00:16:3e:00:00:01, script=vif-openvswitch, vlan=10, type=ioemu' ]\n"
                 "pci = [ '01:00.0,seize=0', '02:00.0,rdm_policy=relaxed' ]\n")
        self.write("web.cfg", guest)
        for here, old, there in ((lambda made: made["disks"][1], {}, {}),
                                 (lambda made: made["disks"][1], {"pdev_path": "/srv/c.img"}, ("b.img", "c.img")),
                                 (lambda made: made["nics"][0], {"bridge": "br7"}, ("ioemu", "ioemu,bridge=br7")),
                                 (lambda made: made["b_info"], {"shadow_memkb": 8192}, ("", "shadow_memory = 8\n")),
                                 (lambda made: made, {"on_crash": "preserve"}, ("'destroy'", "'preserve'")),
                                 (lambda made: made["vsnds"][0], {"short_name": "other"}, ("vsnd", None))):
            made = json.loads(self.run_tool("cfg2json", "web.cfg"))
            here(made).update(old)
            self.write("web.json", json.dumps(made))
            changed = self.run_tool("json2cfg", "--onto", "web.cfg", "web.json")
            self.run_tool("diff", self.write("new.cfg", changed), "web.json")
            if not there:
                self.assertEqual(changed, guest)
            elif there[1] is None:
                left = [line for line in guest.splitlines() if there[0] not in line]
                self.assertEqual([line for line in left if line not in changed.splitlines()], [])
                self.assertIn("short-name=other", changed)
            elif there[0]:
                self.assertEqual(changed, guest.replace(*there))
            else:
                self.assertEqual(changed.replace(there[1], ""), guest)

    def test_onto_what_xl_adds_to(self):
        """JSON that no xl.cfg gives back as it is, since xl adds to it or rounds, is merged all the same."""
        guest = ("# web\nname = 'web'\ntype = 'pv'\nkernel = '/k'\nmemory = 1024\nmy_own = 5  # mine\nvncviewer = 0\n"
                 "root = '/dev/xvda1'\ndisk = [ 'phy:/dev/vg/web,xvda,w' ]\n")
        self.write("web.cfg", guest)
        for place, edit, old, new in (
                (None, {"pcidevs": [{"bus": 1, "dev": 2, "func": 1, "vfunc_mask": 1}]}, "", 'pci = [ "0000:01:02.1" ]'),
                ("b_info", {"target_memkb": 1048577, "max_memkb": 1048579}, "memory = 1024", "memory = 1025"),
                ("b_info", {"vcpu_soft_affinity": [[0]]}, "", 'cpus_soft = "0"')):
            made = json.loads(self.run_tool("cfg2json", "web.cfg"))
            (made[place] if place else made).update(edit)
            self.write("web.json", json.dumps(made))
            changed = self.run_tool("json2cfg", "--onto", "web.cfg", "web.json").splitlines()
            self.assertEqual([line for line in guest.splitlines() if line not in changed], [old] if old else [])
            self.assertIn(new, changed)

    def test_onto_what_does_not_go_together(self):
        """Where no merge can be had, keys that no JSON has stay, and what is left out is told."""
        start = "name = 'web'\ntype = 'pv'\nmemory = 64\nmy_own = 5  # mine\nvncviewer = 0\n"
        made = json.loads(self.run_tool("cfg2json", text=start + "kernel = '/k'\n"))
        self.write("web.json", json.dumps(made))
        self.write("web.cfg", start + "oos = 1\n")
        done = self.start("json2cfg", "--onto", "web.cfg", "web.json")
        self.assertEqual(done.stdout, start + 'kernel = "/k"\n')
        self.assertIn("web.json: warning: oos: what the file says of this", done.stderr)
        self.run_tool("json2cfg", "--strict", "--onto", "web.cfg", "web.json", status=1)
        del made["b_info"]["kernel"]
        self.write("web.json", json.dumps(made))
        disk = "disk = [ '/a,raw,xvda,w' ]\n"
        self.write("web.cfg", start + "kernel = '/k'\n" + disk)
        done = self.start("json2cfg", "--onto", "web.cfg", "web.json")
        self.assertEqual(done.stdout, start)

    def test_onto_without_what_stood_before(self):
        """What did nothing beside a key that goes is in nobody's way, where no merge can be had."""
        self.write("web.json", self.run_tool("cfg2json", text="name = 'web'\nkernel = '/k'\n"))
        nodes = "vnuma = [ [ 'pnode=0', 'size=1024', 'vcpus=0-3', 'vdistances=10' ] ]\nmaxvcpus = 4\n"
        self.write("web.cfg", f"name = 'web'\ntype = 'hvm'\nmy_own = 5\n{nodes}vga = 'none'\nstdvga = 1\n")
        done = self.start("json2cfg", "--onto", "web.cfg", "web.json")
        self.assertEqual(done.stdout, "name = 'web'\ntype = 'pv'\nmy_own = 5\nkernel = \"/k\"\n")

    def test_onto_another_kind_of_guest(self):
        """What xl ignored for the guest of the file, and would not for that of the JSON, goes with a warning."""
        start = "name = 'web'\nkernel = '/k'\n"
        dead = {
            "pvh": ["vga = 'none'", "stdvga = 0", "hpet = 1", "ms_vm_genid = 'geneate'"],
            "pv": ["mca_caps = 5", "vendor_device = 'odd'", "vnc = 1", "vnclisten = '0.0.0.0'"],
        }
        for kind, lines in dead.items():
            vfb = "vfb = [ 'vnc=1' ]\n"
            self.write("old.cfg", f"{start}type = '{kind}'\nmemory = 64\n" + "\n".join(lines) + "\n" + vfb)
            self.write("hvm.cfg", "name = 'web'\ntype = 'hvm'\nmemory = 64\n")
            self.write("hvm.json", self.run_tool("cfg2json", "hvm.cfg"))
            done = self.start("json2cfg", "--onto", "old.cfg", "hvm.json")
            self.assertEqual(done.stdout, "name = 'web'\ntype = 'hvm'\nmemory = 64\n")
            for line in lines:
                self.assertIn(f"hvm.json: warning: {line.split()[0]}: xl ignores this in the file", done.stderr)
            self.write("same.json", self.run_tool("cfg2json", "old.cfg").replace("65536", "131072"))
            changed = self.run_tool("json2cfg", "--onto", "old.cfg", "same.json")
            self.assertEqual([line for line in lines if line not in changed.splitlines()], [])

    def test_onto_without_the_screen(self):
        """Keys that did nothing beside a framebuffer make none where it goes."""
        start = "name = 'web'\nkernel = '/k'\nmemory = 64\n"
        self.write("old.cfg", start + "vnc = 1\nvnclisten = '0.0.0.0'\nvfb = [ 'vnc=1' ]\n")
        self.write("web.json", self.run_tool("cfg2json", self.write("web.cfg", start)))
        done = self.start("json2cfg", "--onto", "old.cfg", "web.json")
        self.assertEqual(done.stdout, start)
        self.assertIn("web.json: warning: vnc: xl ignores this in the file", done.stderr)

    def test_onto_golden_files(self):
        for path in xlconv.golden()[::4]:
            done = self.start("cfg2json", path, errors="surrogateescape")
            if done.returncode or b"#xml" in path.read_bytes():
                continue
            made = self.start("json2cfg", "--onto", path, text=done.stdout, errors="surrogateescape")
            self.assertEqual(made.stdout, path.read_text(errors="surrogateescape"), path.name)


if __name__ == "__main__":
    xlconv.main()
