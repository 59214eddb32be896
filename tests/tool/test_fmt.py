# SPDX-License-Identifier: LGPL-2.1-or-later
"""fmt: the layout of a file."""

import os
import random

import xlconv

UGLY = """\


# c1   \t
a=1;b='x"y';;c='z' # t


disk=[ # open

  'a' , # ta
  # own
  'b' # tb
  , # tb2

  ['n1',
   'n2'],
  # last
  ] # after
e=[
]
s=['a',"b",];d+='it\\'s'
l=["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","cccccccccccc"]
# end"""

NEAT = """\
# c1
a = 1
b = 'x"y'
c = "z"  # t

disk = [  # open
    "a",  # ta
    # own
    "b",  # tb
    # tb2

    [
        "n1",
        "n2"
    ]
    # last
]  # after
e = []
s = [ "a", "b" ]
d += 'it\\'s'
l = [
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "cccccccccccc"
]
# end
"""


def random_file(random_):
    """An xl.cfg file with whatever the grammar allows between its words."""

    def gap(lines):
        return random_.choice(["", " ", "\t "] + (["\n", " # c, ]\n", "\n\n# d\n  "] * lines))

    def value(depth):
        kind = random_.randrange(4 if depth < 3 else 2)
        if kind == 0:
            return str(random_.randrange(1000))
        if kind == 1:
            quote = random_.choice("'\"")
            return quote + random_.choice(["", "a", "#", "a,b", "\\\\", "\\'\\\"", "]"]) * 9 + quote
        items = [value(depth + 1) + gap(1) for _ in range(random_.randrange(4))]
        comma = random_.choice(["", "," + gap(1)]) if items else ""
        return "[" + gap(1) + ("," + gap(1)).join(items) + comma + "]"

    statement = [
        f"{gap(0)}k{i}{gap(0)}={gap(0)}{value(0)}{gap(0)}" + random_.choice(["\n", ";", " # e\n", "\n\n\n"])
        for i in range(6)
    ]
    return "".join(statement)


class Fmt(xlconv.Case):
    def test_layout(self):
        self.assertEqual(self.run_tool("fmt", text=UGLY), NEAT)
        self.assertEqual(self.run_tool("fmt", text=NEAT), NEAT)

    def test_carried(self):
        """Comments that carry XML say the same, and no other comes to carry any."""
        text = ('name = "a"\n#xml title: one \n#xml+ two\t\n #xml description: none\ndisk = [\n'
                '#xml a/b: c\n    "/a,raw,xvda",\n     #xml d: e\n]\n')
        once = self.run_tool("fmt", text=text)
        carried = [line for line in text.split("\n") if line.startswith("#xml")]
        self.assertEqual([line for line in once.split("\n") if line.startswith("#xml")], carried)
        self.assertIn(" #xml description: none\n", once)
        self.assertEqual(self.run_tool("fmt", text=once), once)

    def test_empty(self):
        self.assertEqual(self.run_tool("fmt", text=""), "")
        self.assertEqual(self.run_tool("fmt", text="\n \n"), "")

    def test_in_place(self):
        one, two = self.write("one.cfg", UGLY), self.write("two.cfg", NEAT)
        before = two.stat()
        self.assertEqual(self.run_tool("fmt", "-i", one, two), "")
        self.assertEqual(one.read_text(), NEAT)
        self.assertEqual(two.stat().st_ino, before.st_ino, "an unchanged file is not written")

    def test_in_place_through_a_link(self):
        """/etc/xen/auto is a folder of links."""
        path = self.write("etc/one.cfg", UGLY)
        path.chmod(0o664)
        link = self.folder / "auto.cfg"
        link.symlink_to("etc/one.cfg")
        if os.geteuid() == 0:
            os.chown(path, 1234, 5678)
        before = path.stat()
        self.run_tool("fmt", "-i", link)
        after = path.stat()
        self.assertEqual(path.read_text(), NEAT)
        self.assertTrue(link.is_symlink())
        self.assertEqual(os.listdir(path.parent), ["one.cfg"])
        self.assertEqual((after.st_mode, after.st_uid, after.st_gid),
                         (before.st_mode, before.st_uid, before.st_gid))

    def test_in_place_of_nothing(self):
        lines = self.complaints("fmt", "-i", "-", text=UGLY, status=1)
        self.assertEqual(lines, ["-: error: there is no such file or folder: check the name"])
        self.assertEqual(os.listdir(self.folder), [])

    def test_windows_lines(self):
        path = self.write("crlf.cfg", b"\xef\xbb\xbfname='a'\r\n# c\r\nvcpus=2\r\n")
        self.assertEqual(self.run_tool("fmt", path), 'name = "a"\n# c\nvcpus = 2\n')

    def test_refused(self):
        path = self.write("bad.cfg", "name = a\nvcpus = 4G\n")
        lines = self.complaints("fmt", "-i", path, status=1)
        self.assertEqual(len(lines), 2)
        self.assertEqual(path.read_text(), "name = a\nvcpus = 4G\n")
        self.complaints("fmt", "nul.cfg", status=1)
        self.write("nul.cfg", b"# \0\n")
        self.assertIn("NUL", self.complaints("fmt", "nul.cfg", status=1)[0])

    def test_usage(self):
        one = self.write("one.cfg", UGLY)
        self.complaints("fmt", one, one, status=2)
        self.complaints("fmt", "-i", status=2)

    def test_random_files_settle_at_once(self):
        """The tool itself checks that the meaning stays."""
        seed = random.randrange(1 << 32)
        random_ = random.Random(seed)
        paths = [self.write(f"{i}.cfg", random_file(random_)) for i in range(300)]
        self.run_tool("fmt", "-i", *paths)
        texts = [path.read_text() for path in paths]
        self.run_tool("fmt", "-i", *paths)
        for path, text in zip(paths, texts):
            self.assertEqual(path.read_text(), text, f"seed {seed}")


if __name__ == "__main__":
    xlconv.main()
