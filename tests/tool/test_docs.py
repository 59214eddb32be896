# SPDX-License-Identifier: LGPL-2.1-or-later
"""Manual pages, key reference and completions say what the command does.

With XLVIRT_TEST_REGENERATE=1 the generated files are written anew.
"""

import os
import re
import shlex
import shutil
import subprocess
import unittest

import xlconv

MAN = xlconv.ROOT / "docs" / "man"
BASH = xlconv.ROOT / "completions" / "xlconv.bash"
ZSH = xlconv.ROOT / "completions" / "_xlconv"

GENERATED = {
    MAN / "xlvirt-keys.7": "--man",
    xlconv.ROOT / "docs" / "keys.md": "--markdown",
}


class Docs(xlconv.Case):
    def test_full_disk(self):
        """What could not be printed was not done."""
        self.write("a.cfg", 'name = "a"\nkernel = "/k"\n')
        self.write("b.cfg", 'name = "b"\nkernel = "/k"\n')
        for words, status in (("keys", 1), ("--version", 1), ("cfg2xml a.cfg", 1), ("diff a.cfg b.cfg", 2)):
            with self.subTest(words), open("/dev/full", "wb") as full:
                done = subprocess.run([xlconv.XLCONV, *words.split()], stdout=full, stderr=subprocess.PIPE, text=True,
                                      cwd=self.folder, check=False)
                self.assertEqual(done.returncode, status)
                self.assertEqual(done.stderr, "xlconv: standard output cannot be written\n")

    def help(self):
        return self.run_tool("--help")

    def test_standard_input(self):
        """Whatever reads it where there is no file says so."""
        pages = {
            r"^ +{} +\[FILE\.\.\.\]": self.help(),
            r"^ +xlconv {} +\[FILE\.\.\.\]": (xlconv.ROOT / "docs" / "converter.md").read_text(),
            r'^\.BR {} " \[" \\fIFILE': (MAN / "xlconv.1").read_text(),
        }
        for command in self.commands():
            if command == "keys" or self.start(command, text="").returncode == 2:
                continue
            for pattern, page in pages.items():
                self.assertRegex(page, re.compile(pattern.format(command), re.M))

    @unittest.skipUnless(xlconv.LIBXL, "built without libxl")
    def test_passwords_in_json(self):
        """JSON has them without being asked, as docs/converter.md says."""
        cfg = 'name = "a"\ntype = "hvm"\nvnc = 1\nvncpasswd = "hush"\n'
        xml = self.run_tool("cfg2xml", "--secure", text=cfg)
        self.assertIn('"hush"', self.run_tool("cfg2json", text=cfg))
        self.assertIn('"hush"', self.run_tool("xml2json", text=xml))

    def commands(self):
        """The commands that --help lists."""
        part = self.help().split("Commands:\n")[1].split("\n\n")[0]
        return sorted(line.split()[0] for line in part.splitlines())

    def options(self):
        """The options that --help lists."""
        return sorted(set(re.findall(r"^ +(?:-\w, )?--([a-z-]+)", self.help(), re.M)))

    def taken(self, command):
        """The options that a command does not refuse, of those that not all commands have."""
        every = {"strict", "format", "version", "help"}
        values = {"from": "xl", "xen": "4.17", "onto": "x", "output": "x", "domain": "x"}
        found = []
        for option in set(self.options()) - every:
            given = [f"--{option}={values[option]}"] if option in values else [f"--{option}"]
            done = self.start(command, *given, text="")
            if "has no option" not in done.stderr:
                found.append(option)
        return sorted(found)

    def test_generated(self):
        for path, option in GENERATED.items():
            text = self.run_tool("keys", option)
            if os.environ.get("XLVIRT_TEST_REGENERATE"):
                path.write_text(text)
            self.assertEqual(
                path.read_text(), text, f"{path} is old: run this with XLVIRT_TEST_REGENERATE=1"
            )

    def test_options(self):
        """Each key that has options has all of those of the closed list, and no other."""
        closed = {}
        for line in (xlconv.TESTS / "lint" / "options.txt").read_text().splitlines():
            # without what stands in front of an option, "card.backend", or behind it, "vdev:cdrom"
            found = re.match(r"(\w+)\.(?:(?:card|pcm|stream)\.)?([\w-]+(?::(?=\t))?)", line)
            if found:
                closed.setdefault(found[1], set()).add(found[2])
        shown, key = {}, None
        for line in self.run_tool("keys", "--markdown").splitlines():
            if line.startswith("| in `"):
                key = line.split("`")[1]
            elif not line.startswith("|"):
                key = None
            elif key and line.startswith("| `"):
                shown.setdefault(key, set()).add(line.split("`")[1].rstrip("="))
        self.assertEqual({key: closed[key] for key in shown}, shown)
        self.assertEqual(
            sorted(shown),
            ["arm_sci", "channel", "cpuid", "disk", "p9", "pci", "pvcalls", "rdm", "smbios", "usbctrl", "usbdev",
             "vdispl", "vfb", "vif", "viridian", "virtio", "vkb", "vnuma", "vsnd", "vtpm"],
        )

    def test_manual_has_each_command(self):
        part = (MAN / "xlconv.1").read_text().split(".SH COMMANDS")[1].split(".SH OPTIONS")[0]
        named = re.findall(r"^\.TP\n\.BR? ([a-z0-9]+)", part, re.M)
        self.assertEqual(sorted(named), self.commands())

    def test_manual_has_each_option(self):
        part = (MAN / "xlconv.1").read_text().split(".SH OPTIONS")[1].split(".SH DIAG")[0]
        named = re.findall(r"^\.TP\n\.B[RI]? .*?\\-\\-([a-z\\-]+)", part, re.M)
        self.assertEqual(sorted(name.replace("\\-", "-") for name in named), self.options())

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_manuals_are_sound(self):
        for page in MAN.glob("*.[17]"):
            done = subprocess.run(
                ["groff", "-man", "-Tutf8", "-P-c", "-ww", "-Wbreak", page],
                capture_output=True,
                text=True,
                check=True,
            )
            self.assertEqual(done.stderr, "")
            self.assertIn("SEE ALSO", re.sub(".\b", "", done.stdout))

    def bash(self, script):
        done = subprocess.run(
            ["bash", "--norc", "-c", f"source {shlex.quote(str(BASH))}\n{script}"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=True,
        )
        return done.stdout.split()

    def complete(self, *words):
        """What is offered for the last of the words."""
        line = " ".join(f"'{word}'" for word in ("xlconv",) + words)
        return sorted(
            self.bash(f'COMP_WORDS=({line}); COMP_CWORD={len(words)}; _xlconv; printf "%s\\n" "${{COMPREPLY[@]}}"')
        )

    def test_bash(self):
        self.write("web.cfg", "")
        self.write("sub/x", "")
        self.assertEqual(self.complete(""), self.commands())
        self.assertEqual(self.complete("xml"), ["xml2cfg", "xml2json"])
        self.assertEqual(self.complete("j"), ["json2cfg", "json2xml"])
        self.assertEqual(self.complete("--strict", "c"), ["cfg2json", "cfg2xml", "check"])
        self.assertEqual(self.complete("cfg2xml", "w"), ["web.cfg"])
        self.assertEqual(self.complete("keys", ""), [])
        self.assertEqual(self.complete("xml2cfg", "--on"), ["--onto="])
        self.assertEqual(self.complete("cfg2xml", "--on"), [])
        self.assertEqual(self.complete("cfg2xml", "--from", "=", "x"), ["xl", "xm"])
        self.assertEqual(self.complete("cfg2xml", "--from", "="), ["xl", "xm"])
        self.assertEqual(self.complete("check", "--xen", "4.2"), ["4.20", "4.21", "4.22"])
        self.assertEqual(self.complete("cfg2xml", "-o", ""), ["sub"])
        self.assertEqual(self.complete("xml2cfg", "--onto", "=", "w"), ["web.cfg"])

    def test_completions_know_each_option(self):
        zsh = ZSH.read_text()
        groups = {
            name: re.findall(r"--([a-z-]+)", body)
            for name, body in re.findall(r"^    (\w+)=\((.*?)\)\n(?=    \w|\n)", zsh, re.M | re.S)
        }
        for command in self.commands():
            taken = self.taken(command)
            offered = [
                word.strip("-=")
                for word in self.bash(f"_xlconv_options {command}")
            ]
            self.assertEqual(sorted(offered), taken, command)
            row = re.search(rf"^        {command}\) _arguments(.*);;$", zsh, re.M).group(1)
            named = {
                option for group in re.findall(r"\$(\w+)", row) if group != "all" for option in groups[group]
            }
            self.assertEqual(sorted(named), taken, command)

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_reads_it(self):
        subprocess.run(["zsh", "-n", ZSH], check=True)


if __name__ == "__main__":
    xlconv.main()
