#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks translations, with GNU gettext.

    po.py ROOT

Every po/LANGUAGE.po of po/LINGUAS compiles, with the formats of its messages checked; each message
that xgettext calls a format is called one, without which it is not checked, nor found where it has
a %<PRIu64>. A line
"# complete: LANGUAGE..." in po/LINGUAS names languages that have every message of the sources,
translated and not fuzzy, and no other. Exit 1 names what is wrong.
"""

import itertools
import os
import subprocess
import sys
import tempfile

# As meson's i18n.gettext(preset: 'glib') has them, so far as the sources use them.
KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2", "g_dngettext:2,3"]


class Problem(Exception):
    pass


def run(*command, cwd):
    """What the program prints; raises Problem with its words when it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                          env=dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE=""))
    if done.returncode != 0:
        raise Problem(done.stderr.strip() or f"{command[0]} failed")
    return done


def languages(root):
    """All languages, and those that are marked complete."""
    with open(os.path.join(root, "po", "LINGUAS"), encoding="utf-8") as file:
        lines = [line.strip() for line in file]
    every = [word for line in lines if not line.startswith("#") for word in line.split()]
    complete = [word for line in lines if line.startswith("# complete:")
                for word in line.split(":", 1)[1].split()]
    return every, complete


def extract(root, template):
    """All messages of the sources; a message that xgettext complains of is a problem."""
    done = run("xgettext", "--files-from=po/POTFILES", "--from-code=UTF-8", "--force-po",
               *[f"--keyword={word}" for word in KEYWORDS], f"--output={template}", cwd=root)
    if "warning:" in done.stderr:
        raise Problem(done.stderr.strip())
    with open(template, encoding="utf-8") as file:
        if file.read().count("\nmsgid ") < 2:
            raise Problem("po/POTFILES: no messages found")


def messages(root, path):
    """The flags of each message of the file, by its lines up to the translation."""
    found = {}
    text = run("msgcat", "--no-wrap", "--no-location", path, cwd=root).stdout
    for block in text.split("\n\n"):
        lines = block.splitlines()
        flags = {flag.strip() for line in lines if line.startswith("#,")
                 for flag in line[2:].split(",")}
        said = [line for line in lines if not line.startswith("#")]
        message = "\n".join(itertools.takewhile(lambda line: not line.startswith("msgstr"), said))
        found[message] = flags
    return found


def check_formats(root, path, template):
    formats = messages(root, template)
    left = [f"{path}: {message}\nneeds the line above it: #, c-format"
            for message, flags in messages(root, path).items()
            if "c-format" in formats.get(message, ()) and "c-format" not in flags]
    if left:
        raise Problem("\n".join(left))


def check_language(root, language, template, complete):
    path = os.path.join("po", language + ".po")
    run("msgfmt", "--check", f"--output-file={os.devnull}", path, cwd=root)
    check_formats(root, path, template)
    if complete:
        left = [line for line in run("msgcmp", path, template, cwd=root).stderr.splitlines()
                if "this message is not used" in line]
        if left:
            raise Problem("\n".join(left))


def problems(root):
    every, complete = languages(root)
    for language in sorted(set(complete) - set(every)):
        yield f"po/LINGUAS: {language} is called complete and is no language of the list"
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "messages.pot")
        try:
            extract(root, template)
        except Problem as problem:
            yield str(problem)
            return
        for language in every:
            try:
                check_language(root, language, template, language in complete)
            except Problem as problem:
                yield f"{language}: {problem}"


def main():
    found = list(problems(os.path.abspath(sys.argv[1])))
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
