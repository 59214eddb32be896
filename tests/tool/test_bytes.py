# SPDX-License-Identifier: LGPL-2.1-or-later
"""Bytes that xl takes and XML has no place for: told once, where they stand."""

import xlconv

BYTES = [
    (b"a\x01b", 2, "a control character, which XML cannot carry: take it out"),
    (b"\\ab", 1, "a control character, which XML cannot carry: take it out"),
    (b"caf\xe9", 4, "a byte that is not UTF-8, which XML cannot carry: write it in UTF-8"),
    (b"a\xef\xbf\xbf", 2, "U+FFFE or U+FFFF, which XML cannot carry: take it out"),
]
HEAD = b'name = "a"\nkernel = "/k"\n'
XML = ("<?xml version='1.0' encoding='{}'?>\n<domain type='xen'><name>{}</name>"
       "<memory>65536</memory><os><type>hvm</type></os></domain>\n")


class Bytes(xlconv.Case):
    def start(self, *arguments, text=None):
        """As that of all tests; the source lines below a diagnostic need not be UTF-8."""
        return super().start(*arguments, text=text, errors="replace")

    def test_conversion(self):
        for value, place, text in BYTES:
            # a key that is mapped, one that is not, a list, and a list that += made
            for line, key, column in (
                (b'extra = "%s"', "extra", 9),
                (b'mine = "%s"', "mine", 8),
                (b'device_model_args = [ "x", "%s" ]', "device_model_args", 28),
                (b'mine = [ [ "%s" ] ]', "mine", 12),
            ):
                with self.subTest(line % value):
                    self.write("f.cfg", HEAD + line % value + b"\n")
                    said = self.complaints("cfg2xml", "f.cfg", status=1)
                    errors = [one for one in said if " error: " in one]
                    self.assertEqual(errors, [f"f.cfg:3:{column + place}: error: {key}: {text}"])
                    self.assertFalse([one for one in said if "XML cannot carry" in one
                                      and one not in errors])

    def test_each_value(self):
        self.write("f.cfg", HEAD + b'extra = "\x01\x02"\nroot = "\x03"\nroot += "\xff"\n')
        said = self.complaints("cfg2xml", "f.cfg", status=1)
        self.assertEqual([one.split(": ", 2)[0:2] for one in said if " error: " in one],
                         [["f.cfg:3:10", "error"], ["f.cfg:5:9", "error"]])

    def test_xml_that_cannot_be_read(self):
        """One line, at the assignment, when libxml2 has a limit that xl has not."""
        parts = "".join(f'vnclisten += "{"a" * 1000000}"\n' for _ in range(12))
        self.write("f.cfg", f'type = "hvm"\nname = "a"\n{parts}vnc = 1\n')
        said = [one for one in self.complaints("cfg2xml", "f.cfg", status=1) if "error" in one]
        self.assertEqual(len(said), 1)
        self.assertRegex(said[0], "^f.cfg:14:14: error: vnclisten: XML cannot say this: XML: ")

    def test_check_warns(self):
        self.write("f.cfg", HEAD + b'extra = "\x01"\n')
        self.assertEqual(self.complaints("check", "f.cfg"),
                         [f"f.cfg:3:10: warning: extra: {BYTES[0][2]}"])

    def test_other_forms_carry_them(self):
        self.write("f.cfg", HEAD + b'extra = "\x01"\n')
        self.assertEqual(self.complaints("fmt", "f.cfg"), [])
        self.assertEqual(self.run_tool("diff", "f.cfg", "f.cfg"), "")

    def test_encodings(self):
        for encoding, name in ("UTF-8", "caf\u00e9"), ("ISO-8859-1", "caf\u00e9"), ("gbk", "\u57df"):
            self.write("a.xml", XML.format(encoding, name).encode(encoding))
            self.assertIn(f'name = "{name}"\n', self.run_tool("xml2cfg", "a.xml"))

    def test_undeclared_encoding(self):
        self.write("a.xml", "<domain type='xen'><name>caf\u00e9</name></domain>".encode("latin-1"))
        said = self.complaints("check", "a.xml", status=1)
        self.assertEqual(len(said), 1, said)
        self.assertRegex(said[0], "^a.xml:1:29: error: XML: this byte is not UTF-8: write the text as UTF-8")

    def test_bytes_of_another_encoding(self):
        for encoding, byte in ("US-ASCII", "\u00e9".encode()), ("gbk", b"\xff"), ("EUC-JP", b"\xe9"):
            self.write("a.xml", XML.format(encoding, "a@").encode().replace(b"@", byte))
            self.assertEqual(self.complaints("xml2cfg", "a.xml", status=1),
                             [f"a.xml:2:27: error: XML: the encoding '{encoding}' does not have this byte: "
                              "write the one that the text is in into <?xml version='1.0' encoding='...'?>, "
                              "which mostly is UTF-8"])
        self.write("a.xml", b"\xef\xbb\xbf" + XML.format("US-ASCII", "a\u00e9").encode())
        self.assertIn("a.xml:2:27: error: XML: the encoding 'US-ASCII'", self.complaints("xml2cfg", "a.xml", status=1)[0])

    def test_encodings_that_hide_markup(self):
        """In them libxml2 finds what is looked for before it reads the text, its bounds."""
        for encoding in "UTF-7", "ISO-2022-JP", "IBM1047":
            self.write("a.xml", XML.format(encoding, "a").encode())
            self.assertEqual(self.complaints("xml2cfg", "a.xml", status=1),
                             [f"a.xml:1:31: error: XML: the encoding '{encoding}' is not read here: "
                              "write the text as UTF-8"])
        self.write("a.xml", XML.format("IBM037", "a").encode("cp037"))
        self.assertIn("a.xml:1:1: error: XML: the encoding 'EBCDIC' is not read here",
                      self.complaints("xml2cfg", "a.xml", status=1)[0])

    def test_terminal(self):
        """A terminal obeys none of the bytes of a file, in the source line or in what is said."""
        self.write("f.cfg", HEAD + 'acpi = "\x1b[2J\x7f\u009bon"\nb\x1b]0; = 1\n'.encode() + b'apic = "\xe9\t"\n')
        said = self.start("check", "f.cfg").stderr
        self.assertFalse([c for c in said if ord(c) < 32 and c not in "\n\t" or 127 <= ord(c) < 160], said)
        self.assertIn('acpi = "\\x1b[2J\\x7f\\u009bon"', said)
        self.assertIn('apic = "\\xe9\t"', said)
        self.assertRegex(said, r": warning: acpi: .*\\x1b")

    def test_caret(self):
        """It stands below the place in a terminal, where a character has no, one or two cells."""
        for before, cells in (
            ("abc", 3), ("caf\u00e9", 4), ("cafe\u0301", 4), ("\u65e5\u672c\u8a9e", 6), ("\U0001f427", 2),
            ("\ud55c\u200b", 2), ("\uff21\uff71", 3), ("\x01", 4), ("\t\u65e5", None),
        ):
            with self.subTest(before):
                self.write("f.cfg", HEAD + f"a='{before}';acpi='on'\n".encode())
                lines = self.start("check", "f.cfg").stderr.splitlines()
                found = next(i for i, one in enumerate(lines) if ": acpi: " in one)
                indent = "   \t  " if cells is None else " " * (3 + cells)
                self.assertIn(f":{len(before.encode()) + 11}: ", lines[found])
                self.assertEqual(lines[found + 2], f"    {indent}       ^")

    def test_long_line(self):
        """Of a long line the part around the place is shown."""
        for before, after in (0, 500), (500, 0), (500, 500), (30, 30):
            with self.subTest((before, after)):
                line = f"a = '{'é' * before}'; acpi = 'on'; b = '{'é' * after}'"
                self.write("f.cfg", HEAD + line.encode() + b"\n")
                lines = self.start("check", "f.cfg").stderr.splitlines()
                found = next(i for i, one in enumerate(lines) if ": acpi: " in one)
                shown, caret = lines[found + 1:found + 3]
                self.assertTrue(shown[caret.index("^"):].startswith("'on'"), shown)
                self.assertLess(len(shown), 210)
                self.assertEqual("..." in shown, before + after > 100)


if __name__ == "__main__":
    xlconv.main()
