# SPDX-License-Identifier: LGPL-2.1-or-later
"""Rules that a compiler does not know. `lint.py RULE [ARGUMENT...]` checks one; exit 1 names what is
against it. Each rule is a function below with its reason as its first words."""

import os
import re
import subprocess
import sys
import tomllib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts",
                                "lib"))

from csource import ROOT, files, functions, read  # noqa: E402

TOPICS = """general os cpu numa memory clock features events sched disk nic chardev graphics video
            input hostdev usb tpm fs metadata""".split()
# What carries the topics, in the folders that hold a file for each.
MACHINERY = {
    "src/conf": """alias carried carried_bind carried_place chardev_socket cpuid cpulist def def_parse def_format def_settle disk_bus disk_network disk_number
                   elements field floppy graphics_listen hyperv name nearest nic_vlan os_boot ranges record redirdev report residual secret smbios units usb_bus
                   words xml xml_bounds xml_fields xml_index xml_mark xml_place xml_rest xml_text""".split(),
    "src/driver/bind": """bind row json json_def json_kinds json_read json_tree normal topic cpuid
                          cpulist vsnd""".split(),
}
MAX_FILE = 600
MAX_FUNCTION = 80


def spdx():
    """Every file says its license in its first two lines; REUSE.toml speaks for those that cannot."""
    with open(os.path.join(ROOT, "REUSE.toml"), "rb") as file:
        spoken_for = [pattern.removesuffix("**") for group in tomllib.load(file)["annotations"]
                      for pattern in group["path"]]
    for path in files():
        if path != "COPYING" and not path.startswith(tuple(spoken_for)) and (
                "SPDX-License-Identifier: LGPL-2.1-or-later" not in
                "\n".join(read(path).splitlines()[:2])):
            yield f"{path}: the SPDX line is missing"


def size():
    """Files and functions that one can see at once."""
    for path in files(".c", ".h", under="src"):
        lines = len(read(path).splitlines())
        if lines > MAX_FILE:
            yield f"{path}: {lines} lines, more than {MAX_FILE}: split it by concept"
    for path in files(".c", under="src"):
        for function in functions(path):
            if function.lines > MAX_FUNCTION:
                yield (f"{path}:{function.line}: {function.name} has {function.lines} lines, "
                       f"more than {MAX_FUNCTION}")


# Start of a path, what it may include of ours; the longest counts. The public header is as free to
# be included as any library's.
LAYERS = {
    "src/conf": ["conf/"],
    "src/xlconv": ["conf/", "xlconv/"],
    "src/xlconv/tool": ["xlconv/tool"],
    "src/driver": ["conf/", "driver/"],
    "src/driver/bind": ["conf/", "driver/bind/"],
}
LAYER_EXCEPTIONS = {
    "src/xlconv/lib_json.c": ["driver/bind/bind.h", "driver/bind/cpuid.h"],  # what libxl alone knows
    "src/driver/model.c": ["xlconv/convert.h"],  # residual xl.cfg text in the XML of the model
}
PUBLIC = "include/xlconv/xlconv.h"
PUBLIC_USERS = ("src/xlconv/tool", "src/xlconv/lib", "src/driver/native.c", "src/driver/error.c")
LIBXL = re.compile(r'^#include <(libxl|libxlutil|xen/|xenstore|xentoollog)', re.M)


def layer_of(path):
    return max((start for start in LAYERS if path.startswith(start)), key=len)


def includes():
    """conf knows nothing of xl.cfg, the converter nothing of the driver, only bind and driver know
    libxl; the command knows of the converter what any program does, and the public header needs
    nothing of ours."""
    if re.findall(r'^#include (?!<glib.h>)', read(PUBLIC), re.M):
        yield f"{PUBLIC}: a program that includes it has glib alone"
    for path in files(".c", ".h", under="src"):
        layer = layer_of(path)
        allowed = LAYERS[layer] + LAYER_EXCEPTIONS.get(path, [])
        for name in re.findall(r'^#include "([^"]+)"', read(path), re.M):
            ours = os.path.exists(os.path.join("src", name))
            if ours and not name.startswith(tuple(allowed)):
                yield f"{path}: {layer} must not include {name}"
            elif not ours and layer != "src/driver":
                yield f'{path}: "{name}" is none of our headers'
        if "<xlconv/xlconv.h>" in read(path) and not path.startswith(PUBLIC_USERS):
            yield f"{path}: inside, the functions behind the public header are called"
        if not path.startswith("src/driver") and LIBXL.search(read(path)):
            yield f"{path}: only src/driver may include libxl"


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def topics():
    """One concept has one word, in every folder."""
    for folder, machinery in MACHINERY.items():
        for path in files(".c", under=folder):
            if stem(path) not in TOPICS + machinery:
                yield f"{path}: '{stem(path)}' is neither a topic nor machinery"
    for path in files(".c", under="src/xlconv"):
        if stem(path).startswith("keys_") and stem(path)[5:] not in TOPICS:
            yield f"{path}: '{stem(path)[5:]}' is no topic"
    for kind in ("cfg2xml", "xml2cfg", "xml2json", "check", "oracle/cfg"):
        for path in files(under="tests/" + kind):
            word = stem(path).removeprefix("refused-").split("-")[0]
            if word not in TOPICS + ["newer"] or "-" not in stem(path):
                yield f"{path}: a case is called TOPIC-what"


def symbols(module):
    """libvirtd looks for one symbol; any other could clash with its own."""
    out = subprocess.run(["nm", "-D", "--defined-only", module], capture_output=True, text=True,
                         check=True).stdout
    names = sorted(line.split()[-1].split("@")[0] for line in out.splitlines())
    if names != ["libxlRegister"]:
        yield f"{module}: exports {', '.join(names)}: expected libxlRegister alone"
    needed = subprocess.run(["readelf", "-d", module], capture_output=True, text=True, check=True)
    if "libxlconv" in needed.stdout:
        yield f"{module}: needs libxlconv.so: the plugin has to be whole by itself"


def exports(library):
    """What the library exports is what its header declares, all of it with a version."""
    out = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True,
                         check=True).stdout
    names = {line.split()[-1] for line in out.splitlines() if line.split()[1] != "A"}
    declared = set(re.findall(r"^[A-Za-z].*?\b\*?(xlconv_\w+)\(", read(PUBLIC), re.M))
    for name in sorted(declared ^ {name.split("@")[0] for name in names}):
        yield f"{library}: {name} is " + ("not exported" if name in declared else "in no header")
    for name in sorted(name for name in names if "@@XLCONV_0.1" not in name):
        yield f"{library}: {name} has no version"


PRINTING = re.compile(r"\b(?:(?:printf|vprintf|puts|putchar|perror|g_print|g_printerr)\s*\("
                      r"|fprintf\s*\(\s*std(?:err|out)|fputs\s*\([^;]*\bstd(?:err|out)\s*\))")


def printing():
    """A library has no terminal: only the command prints."""
    for path in files(".c", ".h", under="src"):
        if os.path.basename(path).startswith("tool"):
            continue
        for number, line in enumerate(read(path).splitlines(), 1):
            if PRINTING.search(line) and not line.lstrip().startswith(("*", "/*")):
                yield f"{path}:{number}: a library must not print"


# Joined here, so that this file may hold them.
WORDS = re.compile("|".join([r"\bTO" r"DO\b", r"\bFIX" r"ME\b", r"(?<![A-Za-z:])X" r"XX\b(?!-)",
                             r"\.\./sha" r"red/", r"/wo" r"rk/(?:sha" r"red|main)\b",
                             r"acceptance\.b" r"in"]))


def words():
    """What is not done is not in the tree, and the tree does not speak of where it was made."""
    for path in files():
        for number, line in enumerate(read(path).splitlines(), 1):
            if WORDS.search(line):
                yield f"{path}:{number}: {WORDS.search(line)[0]}"


TRANSLATED = re.compile(r"\bN?_\(\s*\"")
BAD_MESSAGE = re.compile(r"\b_\((?:[^()\"]|\"(?:[^\"\\]|\\.)*\")*G_G?U?INT[0-9]*_FORMAT")


def translations():
    """Translators get every message, whole."""
    listed = [line for line in read("po/POTFILES").splitlines() if line and line[0] != "#"]
    wanted = [path for path in files(".c", ".h", under="src") if TRANSLATED.search(read(path))
              and not path.endswith("conf/field.h") and not path.endswith("xlconv/key.h")]
    for path in sorted(set(wanted) - set(listed)):
        yield f"po/POTFILES: {path} is missing"
    for path in sorted(set(listed) - set(wanted)):
        yield f"po/POTFILES: {path} has nothing to translate, or is not there"
    if listed != sorted(listed):
        yield "po/POTFILES: not sorted"
    for path in wanted:
        if BAD_MESSAGE.search(read(path)):
            yield f"{path}: xgettext cannot read a G_..._FORMAT inside a message: format it before"


# Methods for which libvirt has no access check.
UNCHECKED = "connectURIProbe connectClose connectIsAlive connectIsEncrypted connectIsSecure".split()


def access_checks(name, bodies, seen):
    """The EnsureACL functions that @name reaches."""
    if name in seen or name not in bodies:
        return set()
    seen.add(name)
    found = set(re.findall(r"\bvir(\w+)EnsureACL\b", bodies[name]))
    for callee in re.findall(r"\b([a-z_][a-z0-9_]*)\b", bodies[name]):
        found |= access_checks(callee, bodies, seen)
    return found


def acl():
    """Every method checks access, by the check of its own name or of the method that does its
    work."""
    bodies = {function.name: function.text
              for path in files(".c", under="src/driver") if "/bind/" not in path
              for function in functions(path)}
    rows = re.findall(r"^\s*\.(\w+) = (\w+),", read("src/driver/table.c"), re.M)
    if len(rows) < 20:
        yield "src/driver/table.c: rows not found"
    for method, function in rows:
        if method in UNCHECKED:
            continue
        own = (method[0].upper() + method[1:]).replace("FD", "Fd").replace("SSH", "Ssh")  # as libvirt spells the check
        checks = access_checks(function, bodies, set())
        if not any(check.startswith(own) or own.startswith(check) for check in checks):
            yield (f"src/driver/table.c: {method}: {function} does not call "
                   f"vir{own}EnsureACL (it reaches: {', '.join(sorted(checks)) or 'none'})")


def keys(xlconv):
    """A key of xl that has no row, or a row that xl has no key for, wants a decision."""
    out = subprocess.run([xlconv, "keys"], capture_output=True, text=True, check=True).stdout
    rows = {line.split()[0] for line in out.splitlines() if re.match(r"[a-z]", line)}
    listed = {line for line in read("tests/lint/keys.txt").splitlines()
              if line and not line.startswith("#")}
    for name in sorted(listed - rows):
        yield f"{name}: xl reads it, and it has no row"
    for name in sorted(rows - listed):
        yield f"{name}: it has a row, and tests/lint/keys.txt does not list it"


CASE = re.compile(r"`((?:check|cfg2xml|xml2cfg|tool)/[\w.-]+)`")
CASE_SUFFIXES = {"check": ".cfg", "cfg2xml": ".cfg", "xml2cfg": ".xml", "tool": ""}


def index():
    """Who looks for the case of a fact finds it."""
    named = set(CASE.findall(read("tests/README.md")))
    for name in sorted(named):
        if not os.path.exists(f"tests/{name}{CASE_SUFFIXES[name.split('/')[0]]}"):
            yield f"tests/README.md: there is no case {name}"
    for path in files(".cfg", under="tests/check"):
        if "check/" + stem(path) not in named:
            yield f"tests/README.md: {path} is missing"


def main():
    arguments = [os.path.abspath(argument) for argument in sys.argv[2:]]
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    problems = list(globals()[sys.argv[1]](*arguments))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
