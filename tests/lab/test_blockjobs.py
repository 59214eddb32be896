#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Images behind images of a running PV guest, pulled, committed and copied by QEMU; the guest reads and
writes its disks all the while."""

import json

from guest import Story
from lab import scenario, wait_for

NAME = "pv"
FOLDER = "/root/images"
MAKE = """
set -e
rm -rf {0}; mkdir {0}; cd {0}
for disk in pull commit; do
    printf 'label of %s\\n' $disk >raw
    truncate -s 16M raw
    qemu-img convert -q -f raw -O qcow2 raw $disk-base.qcow2
    qemu-img create -q -f qcow2 -b $disk-base.qcow2 -F qcow2 $disk-top.qcow2
done
rm raw
""".format(FOLDER)


def images(lab, name):
    """The chain of images that begins with name, by their base names."""
    told = lab.sh("qemu-img info -U --backing-chain --output=json %s/%s.qcow2" % (FOLDER, name))
    return [item["filename"].rpartition("/")[2] for item in json.loads(told.out or "[]")]


def reads(life, device, text):
    return life.ask("dd if=/dev/%s bs=512 count=1 iflag=direct 2>/dev/null | head -n 1 | tr a-z A-Z" % device,
                    text.upper())


def writes(life, device, place, text):
    """Puts text into the disk, MiB place, past the guest's cache."""
    done = life.ask("printf '%%-511s\\n' '%s' | dd of=/dev/%s bs=512 seek=$((%d*2048)) conv=fsync 2>/dev/null;"
                    " echo wrote-$?" % (text, device, place), r"wrote-\d+")
    return done and done.group(0) == "wrote-0"


def holds(lab, name, place, text):
    """Whether the image has the text there."""
    found = lab.sh("qemu-img dd -U -f qcow2 -O raw bs=512 skip=$((%d*2048)) count=%d if=%s/%s.qcow2 of=/root/part.raw"
                   " && head -c 511 /root/part.raw | tr -d ' \\n'; rm -f /root/part.raw"
                   % (place, place * 2048 + 1, FOLDER, name))
    return text in found.out


def begin(results, lab, life):
    life.convert_and_define()
    made = lab.sh(MAKE)
    results.need(made.status == 0, "images with images behind them", made)
    for target, image in ("xvdc", "pull-top"), ("xvdd", "commit-top"):
        done = lab.virsh("attach-disk", NAME, "%s/%s.qcow2" % (FOLDER, image), target, "--targetbus", "xen",
                         "--driver", "qemu", "--subdriver", "qcow2", "--config")
        results.need(done.status == 0, "the definition has " + image, done)
    life.start()
    life.open_console()
    results.ok(reads(life, "xvdc", "label of pull"), "the guest reads the image behind xvdc",
               life.console.text()[-300:])


def pull(results, lab, life):
    done = lab.virsh("blockpull", NAME, "xvdc", "--wait", "--verbose")
    results.need(done.status == 0 and "Pull complete" in done.out, "virsh blockpull", done)
    results.equal(images(lab, "pull-top"), ["pull-top.qcow2"], "nothing is behind the image any more")
    results.ok(reads(life, "xvdc", "label of pull"), "the guest reads the same", life.console.text()[-300:])
    results.ok(life.events.expect(r"'block-job' for domain '%s': Block Pull for .* completed" % NAME, seconds=60),
               "virsh event saw it", life.events.text()[-500:])


def copy(results, lab, life):
    done = lab.virsh("blockcopy", NAME, "xvdc", FOLDER + "/copy.qcow2", "--format", "qcow2", "--wait", "--verbose")
    results.need(done.status == 0, "virsh blockcopy", done)
    results.ok(writes(life, "xvdc", 2, "in both"), "the guest writes meanwhile", life.console.text()[-300:])
    told = lab.virsh("blockjob", NAME, "xvdc", "--info")
    results.has(told.out + told.err, r"Block Copy: \[100", "virsh blockjob --info")
    done = lab.virsh("blockjob", NAME, "xvdc", "--pivot")
    results.need(done.status == 0, "virsh blockjob --pivot", done)
    results.ok("copy.qcow2" in lab.virsh("dumpxml", NAME).out, "live XML has the copy")
    results.ok(writes(life, "xvdc", 3, "in the copy"), "the guest writes", life.console.text()[-300:])
    found = [[holds(lab, image, 2, "inboth"), holds(lab, image, 3, "inthecopy")] for image in ("pull-top", "copy")]
    results.equal(found, [[True, False], [True, True]], "each image holds what was written while it was used")


def abort(results, lab, life):
    done = lab.virsh("blockcopy", NAME, "xvdc", FOLDER + "/other.qcow2", "--format", "qcow2", "--bandwidth", "1",
                     "--bytes")
    results.need(done.status == 0, "virsh blockcopy, slow", done)
    done = lab.virsh("blockcopy", NAME, "xvdc", FOLDER + "/third.qcow2", "--format", "qcow2")
    results.ok(done.status != 0, "a second job on the disk is refused", done)
    done = lab.virsh("blockjob", NAME, "xvdc", "--abort")
    results.need(done.status == 0, "virsh blockjob --abort", done)
    gone = wait_for(lambda: "No current block job" in lab.virsh("blockjob", NAME, "xvdc", "--info").out, 60)
    results.ok(gone, "there is no job any more", lab.virsh("blockjob", NAME, "xvdc", "--info"))
    results.ok(reads(life, "xvdc", "label of pull"), "the guest has its disk", life.console.text()[-300:])


def threshold(results, lab, life):
    """The first write puts a cluster behind what the image has."""
    done = lab.virsh("domblkthreshold", NAME, "xvdd", "64KiB")
    results.need(done.status == 0, "virsh domblkthreshold", done)
    results.ok(writes(life, "xvdd", 1, "beyond"), "the guest writes", life.console.text()[-300:])
    results.ok(life.events.expect(r"'block-threshold' for domain '%s': dev: xvdd\(%s/commit-top.qcow2\) 65536 \d+"
                                  % (NAME, FOLDER), seconds=60),
               "virsh event saw it", life.events.text()[-500:])


def commit(results, lab, life):
    results.ok(writes(life, "xvdd", 2, "on top"), "the guest writes into the image on top", life.console.text()[-300:])
    results.ok(not holds(lab, "commit-base", 2, "ontop"), "which the one behind it does not have")
    done = lab.virsh("blockcommit", NAME, "xvdd", "--active", "--pivot", "--wait", "--verbose")
    results.need(done.status == 0, "virsh blockcommit --active --pivot", done)
    results.ok(holds(lab, "commit-base", 2, "ontop"), "then it has")
    results.ok("commit-base.qcow2" in lab.virsh("dumpxml", NAME).out, "and live XML has it as the disk")
    results.ok(reads(life, "xvdd", "label of commit"), "the guest reads it", life.console.text()[-300:])


def story(results, lab):
    life = Story(results, lab, NAME)
    begin(results, lab, life)
    pull(results, lab, life)
    copy(results, lab, life)
    abort(results, lab, life)
    threshold(results, lab, life)
    commit(results, lab, life)
    lab.virsh("destroy", NAME)
    life.undefine()
    lab.sh("rm -rf " + FOLDER)


scenario(story)
