# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are large, deep or many-headed: an answer in linear time and bounded memory.

XLVIRT_HARD=full takes files of 100 MB and nearly as many values as there may be; otherwise they are a
fiftieth and a sixth of that, and with sanitizers, where it is not the time that is looked at, still
less: a little more than what may be, and a few.
"""

import os
import resource
import subprocess
import unittest

import xlconv

FULL = os.environ.get("XLVIRT_HARD") == "full"
SIZE = 100_000_000 if FULL else 1_100_000 if xlconv.SANITIZED else 2_000_000
FEW = 4_000 if xlconv.SANITIZED else 20_000
KEYS = 120_000 if FULL else FEW
MANY = KEYS if xlconv.SANITIZED else max(KEYS // 2, 60_000)
MEMORY = 1 << 30 if FULL else 512 << 20
MIB = 1 << 20
# glibc writes over what is freed: a text that is copied each time it grows shows
ENVIRONMENT = dict(os.environ, MALLOC_PERTURB_="165")
HEAD = 'name = "a"\nkernel = "/k"\n'
XML = ('<domain type="xen"><name>a</name><memory unit="MiB">1</memory><os><type>linux</type>'
       "<kernel>/k</kernel></os>{}<devices>{}</devices></domain>")


def limit_memory():
    # a sanitizer maps terabytes
    if not xlconv.SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def attributes(count):
    return " ".join(f'x{i}="1"' for i in range(count))


class Hard(xlconv.Case):
    environment = ENVIRONMENT

    def convert(self, verb, text):
        """The exit status and the CPU seconds that it took; a signal is a failure."""
        path = self.write("hard", text)
        with open(os.devnull, "wb") as nowhere:
            process = subprocess.Popen([xlconv.XLCONV, verb, path], stdout=nowhere, stderr=nowhere,
                                       env=self.environment, preexec_fn=limit_memory)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (0, 1), f"{verb}: ended by a signal or out of memory")
        return process.returncode, usage.ru_utime

    def assertLinear(self, make, count, verb="cfg2xml", status=0):
        """Four times the input takes about four times as long: sixteen would be quadratic."""
        small = self.convert(verb, make(count // 4))
        large = self.convert(verb, make(count))
        self.assertEqual((small[0], large[0]), (status, status))
        self.assertLess(large[1], 8 * small[1] + 0.5)

    def test_long_file(self):
        self.assertEqual(self.convert("cfg2xml", HEAD + ("# " + "x" * 97 + "\n") * (SIZE // 100))[0], 0)
        self.assertEqual(self.convert("fmt", HEAD + "\n" * (SIZE // 10))[0], 0)

    def test_long_string(self):
        def lengths(size):
            return [self.convert(verb, HEAD + 'extra = "' + "x" * size + '"\n')[0]
                    for verb in ("cfg2xml", "check", "fmt")]
        self.assertEqual(lengths(MIB - 2), [0, 0, 0])
        self.assertEqual(lengths(MIB), [1, 1, 1])
        self.assertEqual(lengths(SIZE), [1, 1, 1])

    def test_too_many(self):
        """What would take gigabytes is refused; the file may be as long as it likes."""
        count = SIZE // 4
        for text in ("a=1\n" * count, "x=[" + "1," * count + "]", "x=[" + "[]," * count + "]",
                     "vif=[" + "'mac=1'," * (count // 2) + "]"):
            for verb in "cfg2xml", "check", "fmt":
                self.assertEqual(self.convert(verb, HEAD + text)[0], 1)
        for mark in "<a/>", '<a b=""/>', "<a></a>":
            text = XML.format("", mark * max(count, 2 * MIB))
            self.assertEqual(self.convert("xml2cfg", text)[0], 1)
        self.assertEqual(self.convert("check", HEAD + "vif=[" + ("'" + "q=1," * 60000 + "',") * 80 + "]")[0], 0)

    def test_long_line(self):
        self.assertEqual(self.convert("cfg2xml", HEAD + 'extra = "' + "x" * 65536 + '"\n')[0], 0)
        self.assertEqual(self.convert("cfg2xml", HEAD + "x" * 65536 + "\n")[0], 1)

    def test_long_xml(self):
        comments = ("<!-- " + "x" * 90 + " -->\n") * (SIZE // 100)
        self.assertEqual(self.convert("xml2cfg", XML.format(comments, ""))[0], 0)
        self.convert("xml2cfg", XML.format("<title>" + "x" * SIZE + "</title>", ""))

    def test_deep(self):
        levels = 100_000
        self.assertEqual(self.convert("cfg2xml", HEAD + "zz = " + "[" * levels + "]" * levels + "\n")[0], 1)
        self.assertEqual(self.convert("cfg2xml", HEAD + "zz = " + "[" * levels)[0], 1)
        self.assertEqual(self.convert("fmt", HEAD + "zz = " + "[" * levels)[0], 1)
        self.assertEqual(self.convert("xml2cfg", XML.format("<a>" * levels + "</a>" * levels, ""))[0], 1)
        residual = '<metadata><xl:cfg xmlns:xl="urn:xlvirt:xl.cfg:1">zz = {}</xl:cfg></metadata>'
        self.assertEqual(
            self.convert("xml2cfg", XML.format(residual.format("[" * levels), ""))[0], 1)

    def test_unknown_keys(self):
        self.assertLinear(
            lambda n: HEAD + "".join(f"zz{i} = {i}\n" for i in range(n)), KEYS)

    def test_one_item_of_many_warnings(self):
        # the escapes make places in the item hard to find
        for key, option in ("vif", "\\tq=1,"), ("vfb", "\\tq=1,"), ("disk", "\\t=1,"):
            self.assertLinear(
                lambda n: HEAD + f'{key} = [ "' + option * n + '" ]\n', KEYS // 10,
                status=1 if key == "disk" else 0)

    def test_same_key(self):
        self.assertLinear(lambda n: HEAD + "memory = 64\n" * n, KEYS)

    def test_errors(self):
        self.assertLinear(lambda n: HEAD + "= = =\n" * n, KEYS, status=1)

    def test_many_items(self):
        # items so long that a text that is copied for each is seen
        self.assertLinear(
            lambda n: HEAD + "device_model_args = [" + f'"{"a" * 30}",' * n + "]\n", 120_000)

    def test_one_line(self):
        for verb in "cfg2xml", "check":
            self.assertLinear(
                lambda n: HEAD + ";".join(f"zz{i}={i}" for i in range(n)) + "\n", MANY, verb)
            self.assertLinear(lambda n: HEAD + "vif = [" + '"q=1",' * n + "]\n", MANY, verb)
        self.assertLinear(lambda n: XML.format("<foo/>" * n, "<foo/>" * n), MANY, "xml2cfg")

    def test_disks(self):
        """Each of a name of its own, with and without something unknown."""
        # where a small piece grows at the end of the heap, glibc writes over all that is free behind it
        self.environment = dict(ENVIRONMENT, MALLOC_PERTURB_="0")
        disk = "<disk type='file' device='disk'><source file='/a'/><target dev='d{}p1'/>{}</disk>"

        def domain(more):
            return lambda n: XML.format("", "".join(disk.format(i, more) for i in range(n)))

        for more in "", "<serial>x</serial>":
            self.assertLinear(domain(more), FEW, "xml2cfg")

    def test_advice_on_each(self):
        """Of each disk the same is said, that its path is a relative one."""
        disk = "<disk type='file' device='disk'><source file='a{0}'/><target dev='d{0}p1'/></disk>"
        self.assertLinear(lambda n: XML.format("", "".join(disk.format(i) for i in range(n))), MANY, "xml2cfg")

    @unittest.skipUnless(xlconv.LIBXL, "JSON is libxl's")
    def test_guests(self):
        """Something is said of each."""
        guest = ('{{"domid":{0},"config":{{"c_info":{{"type":"hvm","name":"a{0}"}},'
                 '"disks":[{{"pdev_path":"a","vdev":"xvda"}}]}}}}')
        self.assertLinear(lambda n: "[" + ",".join(guest.format(i + 1) for i in range(n)) + "]", FEW, "check")

    def test_unknown_elements(self):
        self.assertLinear(lambda n: XML.format("<foo/>" * n, ""), FEW, "xml2cfg")

    def test_many_attributes(self):
        """libxml2 compares each attribute with all others of its element, declared ones too."""
        declared = "<!ATTLIST domain {}>".format(attributes(20_000).replace("=", " CDATA "))
        for text, message in (
                (XML.format(f"<metadata>\n<a {attributes(20_000)}/></metadata>", ""),
                 "hard:2:9134: error: XML: too many attributes of one element, more than any has"),
                (f"<?xml version='1.0'?>\n<!DOCTYPE domain [{declared}]>" + XML.format("", ""),
                 "hard:2:1: error: XML: a document type is not accepted here: take out <!DOCTYPE ...>")):
            status, seconds = self.convert("xml2cfg", text)
            self.assertEqual(status, 1)
            self.assertLess(seconds, 0.5)
            self.assertEqual(self.complaints("xml2cfg", "hard", status=1)[0], message)
        self.assertEqual(
            self.convert("xml2cfg", XML.format(f"<metadata><a {attributes(1024)}/></metadata>", ""))[0], 0)

    def test_many_attributes_in_comments(self):
        for make in (lambda n: f"#xml metadata: <a xmlns='urn:a' {attributes(n)}/>\n",
                     lambda n: "".join(f"#xml os/@x{i}: 1\n" for i in range(n))):
            self.assertLinear(lambda n: HEAD + make(n), FEW)

    def test_nothing_bounds_numa(self):
        nodes = ", ".join(f'[ "size=64", "vcpus={i}" ]' for i in range(5000))
        self.convert("cfg2json", HEAD + f"vnuma = [ {nodes} ]\n")

    def test_entity_bomb(self):
        entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
        bomb = f'<!DOCTYPE domain [<!ENTITY e0 "x">{entities}]>' + XML.format("<title>&e11;</title>", "")
        self.assertEqual(self.convert("xml2cfg", bomb)[0], 1)

    def test_external_entity(self):
        secret = self.write("secret", "hush")
        text = (f'<!DOCTYPE domain [<!ENTITY e SYSTEM "file://{secret}">]>'
                + XML.format("<title>&e;</title>", ""))
        done = self.start("xml2cfg", text=text)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("hush", done.stdout + done.stderr)


if __name__ == "__main__":
    xlconv.main()
