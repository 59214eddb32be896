#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virsh domxml-from-native and domxml-to-native, without a running guest."""

import os

from guest import difference
from lab import ROOT, scenario


def both_ways(results, lab, name):
    """cfg -> XML -> cfg through libvirtd is, for xl, the same guest."""
    original, exported = "/root/n-%s.cfg" % name, "/root/n-%s.back.cfg" % name
    with open(os.path.join(ROOT, "examples", name + ".cfg"), encoding="utf-8") as source:
        lab.write(original, source.read())
    xml = lab.virsh("domxml-from-native", "xen-xl", original)
    if not results.ok(xml.status == 0, "domxml-from-native takes %s.cfg" % name, xml):
        return
    lab.write("/root/n-%s.xml" % name, xml.out)
    cfg = lab.virsh("domxml-to-native", "xen-xl", "--xml", "/root/n-%s.xml" % name)
    if not results.ok(cfg.status == 0, "domxml-to-native takes its XML", cfg):
        return
    lab.write(exported, cfg.out)
    wanted, found = lab.parsed(original), lab.parsed(exported)
    if results.ok(isinstance(wanted, dict), "xl reads the original", wanted):
        results.ok(found == wanted, "xl reads the way back alike", difference(found, wanted))


def bad_input(results, lab):
    before = lab.names()
    lab.write("/root/bad.cfg", 'name = "bad"\nmemory = \nvcpus = 1\n')
    refused = lab.virsh("domxml-from-native", "xen-xl", "/root/bad.cfg")
    results.ok(refused.status != 0, "a broken cfg is refused", refused)
    results.has(refused.err, r"[23]:\d+: ", "with line and column")
    other = lab.virsh("domxml-from-native", "qemu-argv", "/root/bad.cfg")
    results.ok(other.status != 0, "another format is refused", other)
    results.has(other.err, "qemu-argv", "by its name")
    for text, what in (
        ("<domain type='xen'><name>bad</name>", "XML that ends too soon"),
        ("<domain type='xen'><name>bad</name><memory>lots</memory>"
         "<os><type>xen</type></os></domain>", "XML with a word for a number"),
        ("<domain type='xen'><memory>65536</memory><os><type>xen</type></os></domain>",
         "XML without a name"),
    ):
        lab.write("/root/bad.xml", text)
        for verb in ("define", "create"):
            refused = lab.virsh(verb, "/root/bad.xml")
            results.ok(refused.status != 0, "virsh %s refuses %s" % (verb, what), refused)
            results.has(refused.err, r"error: (?!.*unknown reason)\S", "and says why")
    results.equal(lab.names(), before, "nothing was defined or started")


def story(results, lab):
    for name in ("pv", "pvh", "hvm"):
        both_ways(results, lab, name)
    bad_input(results, lab)


scenario(story)
