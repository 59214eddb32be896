# SPDX-License-Identifier: LGPL-2.1-or-later
"""--output: a folder of results."""

import json
import os
import pty
import subprocess
import unittest

import xlconv


class Batch(xlconv.Case):
    def setUp(self):
        super().setUp()
        self.write("in/web.cfg", "name = 'web'\nkernel = '/k'\nvcpus = 2\n")
        self.write("in/db.cfg", "name = 'db'\nbuilder = 'generic'\n")
        self.write("in/.hidden.cfg", "name = 'hidden'\n")
        self.write("in/notes.txt", "none of these\n")

    def out(self):
        return sorted(path.name for path in (self.folder / "out").iterdir())

    def test_folder_there_and_back(self):
        lines = self.complaints("cfg2xml", "-o", "out", "in")
        self.assertEqual(lines[-1], "xlconv: 2 files: 2 written, 1 of them with warnings, 0 refused")
        self.assertEqual(self.out(), ["db.xml", "web.xml"])
        self.run_tool("xml2cfg", "-o", "back", "out")
        self.assertEqual(
            (self.folder / "back/web.cfg").read_text(), 'name = "web"\nkernel = "/k"\nvcpus = 2\n'
        )
        self.run_tool("diff", "in/db.cfg", "out/db.xml")

    def test_one_file(self):
        lines = self.complaints("cfg2xml", "-o", "out", "in/web.cfg")
        self.assertEqual(lines, ["xlconv: 1 file: 1 written, 0 of them with warnings, 0 refused"])

    @unittest.skipUnless(xlconv.LIBXL, "libxl is who counts")
    def test_several_guests_of_one_file(self):
        """What is said of the file goes for each guest that it has become, also where one of them is refused."""
        guests = [{"config": {"c_info": {"type": "pv", "name": name}, "b_info": {"max_vcpus": 1, "kernel": "/k", "my_own": 1}}}
                  for name in ("web", "db")]
        self.write("all.json", json.dumps(guests))
        self.assertEqual(self.complaints("json2cfg", "-o", "out", "all.json")[-1],
                         "xlconv: 1 file: 2 written, 2 of them with warnings, 0 refused")
        (self.folder / "out/db.cfg").unlink()
        self.assertEqual(self.complaints("json2cfg", "-o", "out", "all.json", status=1)[-1],
                         "xlconv: 1 file: 1 written, 1 of them with warnings, 1 refused")

    def test_others_of_a_folder_are_counted(self):
        self.write("in/mail", "name = 'mail'\n")
        lines = self.complaints("cfg2xml", "-o", "out", "in")
        self.assertEqual(
            lines[-2],
            "xlconv: 2 files without .cfg left out: name those that are to be converted, too",
        )
        self.run_tool("cfg2xml", "-o", "named", "in/mail")
        self.run_tool("diff", "in/mail", "named/mail.xml")

    def test_links_that_lead_nowhere(self):
        """One is an input that cannot be read, and an output that is there."""
        (self.folder / "in/gone.cfg").symlink_to("nowhere")
        (self.folder / "out").mkdir()
        (self.folder / "out/db.xml").symlink_to("nowhere")
        lines = self.complaints("cfg2xml", "-o", "out", "in", status=1)
        self.assertIn("in/gone.cfg: error: ", "".join(lines))
        self.assertIn("out/db.xml: error: it is there already", "".join(lines))
        self.assertIn("3 files: 1 written, 0 of them with warnings, 2 refused", lines[-1])

    def test_other_names_keep_their_ending(self):
        self.write("web", "name = 'web'\n")
        self.write("db.conf", "name = 'db'\n")
        self.run_tool("cfg2xml", "--output", "out", "web", "db.conf")
        self.assertEqual(self.out(), ["db.conf.xml", "web.xml"])

    def test_worst_status_counts_and_others_are_done(self):
        self.write("in/bad.cfg", "name = web\n")
        lines = self.complaints("cfg2xml", "-o", "out", "in", status=1)
        self.assertIn("in/bad.cfg:1:8: error: name:", lines[0])
        self.assertIn("3 files: 2 written, 1 of them with warnings, 1 refused", lines[-1])
        self.assertEqual(self.out(), ["db.xml", "web.xml"])

    def test_strict(self):
        self.complaints("cfg2xml", "--strict", "-o", "out", "in", status=1)
        self.assertEqual(self.out(), ["web.xml"])

    def test_nothing_is_overwritten_unasked(self):
        self.write("out/web.xml", "mine")
        lines = self.complaints("cfg2xml", "-o", "out", "in", status=1)
        self.assertIn("--force", "".join(lines))
        self.assertEqual((self.folder / "out/web.xml").read_text(), "mine")
        self.run_tool("cfg2xml", "--force", "-o", "out", "in")
        self.assertIn("<domain", (self.folder / "out/web.xml").read_text())

    def test_nothing_old_stays(self):
        """Neither text behind the new one, nor a mode that shows passwords to all."""
        self.write("in/web.cfg", "name = 'web'\nkernel = '/k'\nvfb = [ 'vnc=1,vncpasswd=x' ]\n")
        old = self.write("out/web.xml", "old\n" * 10000)
        old.chmod(0o644)
        self.complaints("cfg2xml", "--secure", "--force", "-o", "out", "in/web.cfg")
        self.assertEqual(old.read_text(), self.run_tool("cfg2xml", "--secure", "in/web.cfg"))
        self.assertEqual(old.stat().st_mode & 0o777, 0o600)

    def test_two_of_one_name(self):
        self.write("more/web.cfg", "name = 'other'\n")
        self.complaints("cfg2xml", "-o", "out", "in", "more/web.cfg", status=2)
        self.assertEqual(self.out(), [])

    def test_usage(self):
        self.complaints("cfg2xml", "-o", "out", status=2)
        self.complaints("cfg2xml", "in/web.cfg", "in/db.cfg", status=2)
        self.complaints("xml2cfg", "-o", "out", "in", status=2)
        self.complaints("check", "-o", "out", "in", status=2)
        self.complaints("fmt", "-i", "-o", "out", "in", status=2)

    def test_fmt(self):
        self.run_tool("fmt", "-o", "out", "in")
        self.assertEqual((self.folder / "out/web.cfg").read_text(), 'name = "web"\nkernel = "/k"\nvcpus = 2\n')

    def test_passwords_are_for_the_owner(self):
        self.write("in/vnc.cfg", "name='v'\ntype='hvm'\nvnc=1\nvncpasswd='x'\n")
        self.run_tool("cfg2xml", "--secure", "-o", "out", "in/vnc.cfg")
        self.assertEqual((self.folder / "out/vnc.xml").stat().st_mode & 0o777, 0o600)

    def test_bar_on_a_terminal_only(self):
        self.assertNotIn("[", self.start("cfg2xml", "-o", "out", "in/web.cfg").stderr)
        master, slave = pty.openpty()
        with subprocess.Popen(
            [xlconv.XLCONV, "cfg2xml", "--force", "-o", "out", "in"], stderr=slave, cwd=self.folder
        ) as process:
            os.close(slave)
            shown = b""
            while True:
                try:
                    data = os.read(master, 4096)
                except OSError:  # the terminal's other end is closed
                    break
                if not data:
                    break
                shown += data
        os.close(master)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"\r[" + b" " * 40 + b"] 0/2", shown)
        self.assertIn(b"2 files: 2 written", shown)


class Files(xlconv.Case):
    """What is wrong with a file itself is told in one form, with what to do."""

    def said(self, *arguments, status=1):
        return self.complaints(*arguments, status=status)[0]

    def test_inputs(self):
        self.write("folder/a.cfg", "name='a'")
        for command in "cfg2xml", "xml2cfg", "check", "fmt":
            self.assertEqual(self.said(command, "no"),
                             "no: error: there is no such file or folder: check the name")
            self.assertEqual(self.said(command, "folder"),
                             "folder: error: this is a folder: name its files, or convert them all with "
                             "--output FOLDER")
        self.assertEqual(self.said("diff", "no", "no", status=2),
                         "no: error: there is no such file or folder: check the name")
        self.assertEqual(self.said("cfg2xml", "folder/a.cfg/b"),
                         "folder/a.cfg/b: error: a part of the path is no folder: check the name")

    def test_folders(self):
        self.write("a.cfg", "name='a'")
        self.write("folder/a.txt", "")
        self.assertEqual(self.said("cfg2xml", "--output", "a.cfg/x", "a.cfg"),
                         "a.cfg/x: error: a part of the path is no folder: check the name")
        self.assertEqual(self.said("cfg2xml", "--output", "out", "folder", status=2),
                         "folder: error: no file in it ends in .cfg: name those that are to be converted")


if __name__ == "__main__":
    xlconv.main()
