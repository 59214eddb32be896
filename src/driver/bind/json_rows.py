#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Writes the rows of json_read.h from libxl's own _libxl_types.h.

usage: json_rows.py HEADER OUTPUT

The header is made from libxl_types.idl, and so is libxl's JSON: the name of a member is its name in
C, a union is one member named KEY.BRANCH, an array is preceded by its count. So each version of Xen
gets the rows of its own libxl_domain_config, and none is written by hand.
"""
import re
import sys

ROOT = "libxl_domain_config"

KINDS = {
    "bool": "bool",
    "char *": "string",
    "int": "int",
    "libxl_bitmap": "bitmap",
    "libxl_cpuid_policy_list": "cpuid",
    "libxl_defbool": "defbool",
    "libxl_devid": "int",
    "libxl_domid": "uint",
    "libxl_key_value_list": "pairs",
    "libxl_mac": "mac",
    "libxl_ms_vm_genid": "genid",
    "libxl_string_list": "strings",
    "libxl_uuid": "uuid",
    "uint16_t": "uint",
    "uint32_t": "uint",
    "uint64_t": "uint",
    "uint8_t": "uint",
}


class Member:
    """A member of a struct; fields of a nested one are in members, a union has is_union."""

    def __init__(self, name, ctype=None, members=None, is_union=False):
        self.name = name
        self.ctype = ctype
        self.members = members
        self.is_union = is_union


def read_members(lines):
    """The members up to the closing brace, and the name behind it."""
    members = []
    for line in lines:
        end = re.match(r"}\s*(\w+);$", line)
        if end:
            return members, end.group(1)
        nested = re.match(r"(struct|union) {$", line)
        if nested:
            inner, name = read_members(lines)
            members.append(Member(name, members=inner, is_union=nested.group(1) == "union"))
            continue
        plain = re.match(r"(.*[ *])(\w+);$", line)
        if not plain:
            sys.exit(f"json_rows.py: do not understand the line: {line}")
        members.append(Member(plain.group(2), plain.group(1).strip()))
    sys.exit("json_rows.py: a struct does not end")


def is_count(members, member):
    """Whether @member is the length of the array that follows it."""
    following = members[members.index(member) + 1 :][:1]
    return (member.ctype == "int" and member.name.startswith("num_") and following
            and following[0].ctype not in (None, "char *") and following[0].ctype.endswith(" *"))


class Header:
    def __init__(self, text):
        self.structs = {}
        self.enums = set(re.findall(r"^typedef enum (\w+) {$", text, re.M))
        # struct and the member that selects the branch of its union
        self.keys = dict(re.findall(r"^void (\w+)_init_(\w+)\(\1 \*p, \w+ \2\);$", text, re.M))
        lines = iter(line.strip() for line in text.splitlines())
        for line in lines:
            start = re.match(r"typedef struct \w+ {$", line)
            if start:
                members, name = read_members(lines)
                self.structs[name] = members


class Writer:
    def __init__(self, header):
        self.header = header
        self.out = []
        self.done = set()

    def enum(self, name):
        if name not in self.done:
            self.done.add(name)
            self.out.append(f"BIND_DEFINE_WORDS({name}_words, {name});\n")
        return f"&{name}_words"

    def kind_of(self, ctype):
        """The kind of a value and what the kind needs to know, or None."""
        if ctype in KINDS:
            return KINDS[ctype], None
        if ctype in self.header.enums:
            return "enum", f".words = {self.enum(ctype)}"
        if ctype in self.header.structs:
            return "record", f".record = {self.record(ctype)}"
        print(f"json_rows.py: no kind for the type {ctype}", file=sys.stderr)
        return None

    def row(self, struct, place, member, count):
        """The row of a plain member; @count names the member with the length of an array."""
        kind = self.kind_of(member.ctype[:-2] if count else member.ctype)
        if kind is None:
            return ""
        extra = f", {kind[1]}" if kind[1] else ""
        if count:
            where = place[: -len(member.name)] + count
            return (f'    BIND_JSON_ARRAY("{member.name}", {kind[0]}, {struct}, {place}, '
                    f"{where}{extra}),\n")
        return f'    BIND_JSON_ROW("{member.name}", {kind[0]}, {struct}, {place}{extra}),\n'

    def rows(self, struct, prefix, members, label):
        """Writes the table of @members and returns its name."""
        union = next((m for m in members if m.is_union), None)
        hidden = self.header.keys[struct] if union else None
        table = []
        count = None
        for member in members:
            if is_count(members, member):
                count = member.name
                continue
            if member.members is not None and not member.is_union:
                inner = self.rows(struct, f"{prefix}{member.name}.", member.members,
                                  f"{label}_{member.name}")
                table.append(f'    BIND_JSON_PART("{member.name}", {inner}),\n')
            elif (not member.is_union and member.name != hidden
                  and not member.ctype.startswith("const ")):
                table.append(self.row(struct, prefix + member.name, member, count))
            count = None
        choice = self.choice(struct, prefix, union, label) if union else None
        self.out.append(f"static const BindJsonRow {label}_rows[] = {{\n{''.join(table)}}};\n")
        self.out.append(f"static const BindJsonRecord {label} = {{\n"
                        f"    .rows = {label}_rows,\n"
                        f"    .n_rows = G_N_ELEMENTS({label}_rows),\n"
                        + (f"    .init = {label}_init,\n" if not prefix else "")
                        + (f"    .choice = &{choice},\n" if choice else "") + "};\n")
        return label

    def choice(self, struct, prefix, union, label):
        key = self.header.keys[struct]
        ctype = next(m.ctype for m in self.header.structs[struct] if m.name == key)
        branches = []
        for branch in union.members:
            inner = self.rows(struct, f"{prefix}{union.name}.{branch.name}.", branch.members,
                              f"{label}_{branch.name}")
            branches.append(f'    BIND_JSON_PART("{branch.name}", {inner}),\n')
        words = self.enum(ctype)
        self.out.append(f"static const BindJsonRow {label}_branches[] = {{\n{''.join(branches)}}};\n")
        self.out.append(f"static void\n{label}_choose(gpointer data, int value)\n{{\n"
                        f"    {struct}_init_{key}(data, ({ctype})value);\n}}\n")
        self.out.append(f"static const BindJsonChoice {label}_choice = {{\n"
                        f'    .key = "{key}",\n    .words = {words},\n    .choose = {label}_choose,\n'
                        f"    .branches = {label}_branches,\n"
                        f"    .n_branches = G_N_ELEMENTS({label}_branches),\n}};\n")
        return f"{label}_choice"

    def record(self, struct):
        label = "json_" + struct[len("libxl_"):]
        if struct not in self.done:
            self.done.add(struct)
            self.out.append(f"static void\n{label}_init(gpointer data)\n{{\n"
                            f"    {struct}_init(data);\n}}\n")
            self.rows(struct, "", self.header.structs[struct], label)
        return f"&{label}"


def main():
    with open(sys.argv[1], encoding="ascii") as source:
        header = Header(source.read())
    writer = Writer(header)
    root = writer.record(ROOT)
    text = ("/* Written by json_rows.py. */\n#include \"driver/bind/json_read.h\"\n\n"
            + "\n".join(writer.out)
            + f"\nconst BindJsonRecord *const bind_json_config = {root};\n")
    with open(sys.argv[2], "w", encoding="ascii") as output:
        output.write(text)


if __name__ == "__main__":
    main()
