# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the command share: running it, and a folder of its own for each test."""

import os
import pathlib
import subprocess
import tempfile
import unittest

XLCONV = os.environ["XLCONV"]
LIBXL = os.environ.get("XLCONV_LIBXL") == "1"  # built with it
SANITIZED = bool(os.environ.get("XLVIRT_SANITIZED"))
TESTS = pathlib.Path(__file__).resolve().parent.parent
ROOT = TESTS.parent


def golden():
    """The golden xl.cfg files. With sanitizers, a process takes ten times as long to come and go: there
    it is every twelfth, as the golden tests convert each of them in one process."""
    return sorted(TESTS.glob("cfg2xml/*.cfg"))[::12 if SANITIZED else 1]


class Case(unittest.TestCase):
    """A test in an empty folder."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="xlconv-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        """Makes a file in the test's folder; returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def start(self, *arguments, text=None, errors=None):
        """Runs xlconv in the test's folder; returns what subprocess.run() does."""
        return subprocess.run(
            [XLCONV, *map(str, arguments)],
            input=text,
            capture_output=True,
            text=True,
            errors=errors,
            cwd=self.folder,
            timeout=120,
            check=False,
        )

    def run_tool(self, *arguments, text=None, status=0):
        """Runs xlconv, checks its status and returns what it printed."""
        done = self.start(*arguments, text=text)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout

    def complaints(self, *arguments, text=None, status=0):
        """As run_tool(), but returns the diagnostics, without the source lines below them."""
        done = self.start(*arguments, text=text)
        self.assertEqual(done.returncode, status, done.stderr)
        return [line for line in done.stderr.splitlines() if not line.startswith("    ")]


def main():
    """Runs the tests of the file."""
    unittest.main(verbosity=1)
