#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A kernel or disk that is not there is named in virsh's own error message."""

from lab import scenario

CFG = """
type = "pvh"
name = "missing"
memory = 128
kernel = "%s"
%s
"""


def start_without(results, lab, what, path, cfg):
    lab.forget("missing")
    lab.write("/root/missing.cfg", cfg)
    xml = lab.virsh("domxml-from-native", "xen-xl", "/root/missing.cfg")
    results.need(xml.status == 0, "a cfg with a missing %s can be converted" % what, xml)
    lab.write("/root/missing.xml", xml.out)
    created = lab.virsh("create", "/root/missing.xml")
    results.ok(created.status != 0, "virsh create fails without its %s" % what, created)
    results.ok(path in created.err, "the error names the missing file", created)
    results.has(created.err, "No such file or directory|cannot find|does not exist|access", "and why")
    results.ok("missing" not in lab.names(), "nothing is left of it in libvirt", lab.names())
    left = lab.sh("xl domid missing")
    results.ok(left.status != 0, "nothing is left of it in Xen", left)
    defined = lab.virsh("define", "/root/missing.xml")
    results.ok(defined.status == 0, "it can be defined all the same", defined)
    started = lab.virsh("start", "missing")
    results.ok(started.status != 0 and path in started.err, "virsh start names the file", started)
    results.equal(lab.state("missing"), "shut off", "it stays shut off")
    lab.forget("missing")


def story(results, lab):
    kernel = "/var/lib/xlvirt/guest/no-such-kernel"
    start_without(results, lab, "kernel", kernel, CFG % (kernel, ""))
    disk = "/var/lib/xen/images/no-such-disk.img"
    for what, form in (
        ("disk", "%s, raw, xvda, rw"),
        ("qcow2 disk", "%s, qcow2, xvda, rw"),
        ("disk of QEMU's", "vdev=xvda, format=qcow2, backendtype=qdisk, target=%s"),
    ):
        cfg = CFG % ("/var/lib/xlvirt/guest/vmlinux", 'disk = [ "%s" ]' % (form % disk))
        start_without(results, lab, what, disk, cfg)


scenario(story)
