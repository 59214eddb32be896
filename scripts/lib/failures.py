#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Print what failed in the last test run of a build folder, and the end of what each said.

Usage: failures.py FOLDER
"""

import json
import os
import sys

GOOD = ("OK", "EXPECTEDFAIL", "SKIP")
LINES = 25


def main():
    folder = sys.argv[1]
    with open(os.path.join(folder, "meson-logs", "testlog.json"), encoding="utf-8") as log:
        for test in map(json.loads, log):
            if test["result"] in GOOD:
                continue
            print("%s: %s: %s, %.0f s" % (folder, test["name"], test["result"], test["duration"]))
            said = ((test.get("stdout") or "") + (test.get("stderr") or "")).splitlines()
            for line in said[-LINES:]:
                print("    " + line)


if __name__ == "__main__":
    main()
