# SPDX-License-Identifier: LGPL-2.1-or-later
"""po.py, on a tree of its own with each thing that can be wrong."""

import os
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import po  # noqa: E402

SOURCE = 'const char *a = N_("one"), *b = N_("%s has %d items");\n'
HEADER = ('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
          '"PO-Revision-Date: 2026-01-01 00:00+0000\\n"\n"Last-Translator: x <x@example.org>\\n"\n'
          '"Language-Team: x <x@example.org>\\n"\n"Language: de\\n"\n"Project-Id-Version: x\\n"\n'
          '"MIME-Version: 1.0\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n\n')
ONE = 'msgid "one"\nmsgstr "eins"\n\n'
TWO = '#, c-format\nmsgid "%s has %d items"\nmsgstr "%s hat %d Dinge"\n\n'


class Translations(unittest.TestCase):
    def problems(self, messages, linguas="# complete: de\nde\n", source=SOURCE):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            (root / "po").mkdir()
            (root / "a.c").write_text(source)
            (root / "po" / "POTFILES").write_text("a.c\n")
            (root / "po" / "LINGUAS").write_text(linguas)
            (root / "po" / "de.po").write_text(HEADER + messages)
            return "\n".join(po.problems(name))

    def test_complete(self):
        self.assertEqual(self.problems(ONE + TWO), "")

    def test_untranslated(self):
        self.assertIn("untranslated", self.problems(ONE + TWO.replace("%s hat %d Dinge", "")))

    def test_fuzzy(self):
        self.assertIn("reviewed", self.problems(ONE + TWO.replace("#, ", "#, fuzzy, ")))

    def test_new_message(self):
        self.assertNotEqual(self.problems(ONE), "")

    def test_message_that_is_gone(self):
        self.assertIn("not used", self.problems(ONE + TWO + ONE.replace("one", "three")))
        self.assertEqual(self.problems(ONE + TWO + ONE.replace("one", "three"), linguas="de\n"), "")

    def test_not_called_complete(self):
        self.assertEqual(self.problems(ONE, linguas="de\n"), "")

    def test_wrong_format(self):
        self.assertIn("de.po", self.problems(ONE + TWO.replace("%d Dinge", "%s Dinge"),
                                             linguas="de\n"))

    def test_format_that_is_not_called_one(self):
        plain = TWO.replace("#, c-format\n", "")
        for linguas in "de\n", "# complete: de\nde\n":
            self.assertIn("%s has %d items", self.problems(ONE + plain, linguas=linguas))
        wide = ('N_("%" PRIu64 " of %s")', 'msgid "%<PRIu64> of %s"\nmsgstr "%<PRIu64> von %s"\n\n')
        self.assertIn("c-format", self.problems(ONE + TWO + wide[1],
                                                source=SOURCE + f"char *c = {wide[0]};\n"))

    def test_complete_but_not_there(self):
        self.assertIn("fr", self.problems(ONE + TWO, linguas="# complete: fr\nde\n"))

    def test_unreadable_message(self):
        self.assertNotEqual(self.problems(ONE + TWO, source="int a;\n"), "")


if __name__ == "__main__":
    unittest.main()
