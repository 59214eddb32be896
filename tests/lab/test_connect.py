#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a client learns about the host before there is any guest."""

import xml.etree.ElementTree as ElementTree

from lab import run, scenario


def parse(results, outcome, name):
    """The XML that virsh printed, or None after a failed check."""
    try:
        tree = ElementTree.fromstring(outcome.out)
    except ElementTree.ParseError as error:
        results.ok(False, name, "%s\n%s" % (error, outcome))
        return None
    results.ok(True, name)
    return tree


def capabilities(results, lab):
    tree = parse(results, lab.virsh("capabilities"), "virsh capabilities prints XML")
    if tree is None:
        return
    kinds = {guest.findtext("os_type") for guest in tree.findall("guest")}
    results.ok({"xen", "xenpvh", "hvm"} <= kinds, "it names PV, PVH and HVM guests", sorted(kinds))
    results.equal(tree.findtext("host/cpu/arch"), "x86_64", "it names the architecture")
    domain = parse(results, lab.virsh("domcapabilities"), "virsh domcapabilities prints XML")
    if domain is not None:
        results.equal(domain.findtext("domain"), "xen", "they are those of Xen")


def node(results, lab):
    info = lab.virsh("nodeinfo").out
    results.has(info, r"CPU model:\s+x86_64", "virsh nodeinfo names the processor")
    results.has(info, r"CPU\(s\):\s+2\b", "and counts two of them")
    results.has(info, r"Memory size:\s+[34]\d{6} KiB", "and nearly 4 GiB of memory")


def connect(results, lab):
    listed = lab.virsh("list", "--all")
    results.need(listed.status == 0, "virsh list --all", listed)
    results.has(listed.out, r"(?m)^ 0 +Domain-0 +running$", "Domain-0 is in it, running")
    results.equal(lab.virsh("uri").out.strip(), "xen:///system", "virsh uri")
    results.equal(lab.virsh("hostname").out.strip(), "xlvirt-lab", "virsh hostname")
    version = lab.virsh("version").out
    results.has(version, r"Running hypervisor: Xen 4\.\d+\.\d+", "virsh version says which Xen")
    info = lab.virsh("dominfo", "Domain-0").out
    results.has(info, r"State:\s+running", "virsh dominfo Domain-0")
    results.has(lab.virsh("dumpxml", "0").out, r"<name>Domain-0</name>", "virsh dumpxml 0")
    capabilities(results, lab)
    node(results, lab)
    uri = "xen+ssh://root@lab/system?command=" + lab.config.replace("ssh_config", "ssh")
    remote = run(["virsh", "-c", uri, "list", "--all"])
    results.has(str(remote), r"Domain-0 +running", "virsh on the host gets in through ssh")


scenario(connect)
