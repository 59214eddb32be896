# SPDX-License-Identifier: LGPL-2.1-or-later
"""The comparison with xl (tests/oracle/compare): what it does where xl does not end."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys

import xlconv

COMPARE = xlconv.TESTS / "oracle/compare"


def load():
    sys.path.insert(0, str(COMPARE.parent))
    loader = importlib.machinery.SourceFileLoader("compare", str(COMPARE))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
    loader.exec_module(module)
    return module


class Oracle(xlconv.Case):
    def test_xl_without_an_end(self):
        """One file is counted, and the others are compared."""
        never = self.write("xl", "#!/bin/sh\nexec tail -f /dev/null\n")
        never.chmod(0o755)
        self.write("in/a.cfg", "name = 'a'\nkernel = '/k'\n")
        self.write("in/b.cfg", "name = 'b'\nkernel = '/k'\n")
        done = subprocess.run(
            [COMPARE, "--xl", never, "--stub", "/none", "--xlconv", xlconv.XLCONV,
             "--timeout", "0.1", self.folder / "in"],
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("a.cfg: xl does not end within 0.1 seconds\n", done.stdout)
        self.assertIn("b.cfg: xl does not end within 0.1 seconds\n", done.stdout)
        self.assertIn("0 of 2 files are equal", done.stdout)

    def test_files_of_a_folder(self):
        """In /etc/xen a file has the guest's name, which may be one with dots; golden files have others beside them."""
        for name in "web", "web.example.com", "x.cfg", ".hidden", "x.cfg~", "x.xml", "x.warn", "x.err", "x.said":
            self.write("in/" + name, "name = 'a'\n")
        found = [pathlib.Path(path).name for path in load().find_files([self.folder / "in"])]
        self.assertEqual(found, ["web", "web.example.com", "x.cfg"])

    def test_keys_of_a_file(self):
        assigns = load().assigns
        for text, expected in (
                ("uuid = 'x'\n", True),
                ("name='a';uuid ='x'\n", True),
                ("uuid += 'x'", True),
                ("# uuid = 'x'\n", False),
                ("name = 'a' # uuid = 'x'\n", False),
                ("name = '#'; uuid = 'x'\n", True),
                ('vtpm = [" backend=d , uuid=x"]\n', False),
                ("name = 'it\"s uuid=x'\n", False)):
            path = self.write("x.cfg", text)
            self.assertEqual(assigns(pathlib.Path(path), b"uuid"), expected, text)


if __name__ == "__main__":
    xlconv.main()
