# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tree's files, and the functions of C sources laid out as .clang-format does it.

A function begins in the first column with its name, after a line with its return type; its body is
what stands between a brace in the first column and the next one.
"""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

_HEAD = re.compile(r"^([a-z_][A-Za-z0-9_]*)\(")


def files(*suffixes, under="."):
    """Paths below ROOT, sorted; build folders and what is hidden are left out."""
    found = []
    for folder, folders, names in os.walk(os.path.join(ROOT, under)):
        folders[:] = [name for name in folders
                      if name != "__pycache__" and (not name.startswith(".") or name == ".ci")
                      and not os.path.exists(os.path.join(folder, name, "build.ninja"))]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names
                  if name != ".git" and (not suffixes or name.endswith(suffixes))]
    return sorted(path.removeprefix("./") for path in found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


class Function:
    def __init__(self, path, name, line):
        self.path, self.name, self.line, self.body = path, name, line, []

    @property
    def lines(self):
        """Of the whole, return type and closing brace included."""
        return len(self.body) + 3

    @property
    def text(self):
        return "\n".join(self.body)


def functions(path):
    """All functions that the file defines."""
    found, current, inside = [], None, False
    for number, line in enumerate(read(path).splitlines(), 1):
        head = _HEAD.match(line)
        if inside and line.startswith("}"):
            found.append(current)
            current, inside = None, False
        elif inside:
            current.body.append(line)
        elif head and not line.rstrip().endswith(";"):
            current = Function(path, head[1], number - 1)
        elif current and line == "{":
            inside = True
        elif current and line and not line.startswith(" "):
            current = None
    return found
