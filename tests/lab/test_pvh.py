#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/pvh.cfg through its whole life."""

from guest import Story
from lab import scenario


def many_cpus(results, lab):
    """A guest that is held before its first instruction has not started its other vCPUs."""
    done = lab.sh("virsh -q setvcpus pvh 2 --config --maximum && virsh -q setvcpus pvh 2 --config && "
                  "virsh -q start pvh --paused")
    results.need(done.status == 0, "it starts paused with two vCPUs", done)
    results.has(lab.virsh("dominfo", "pvh").out, r"CPU\(s\): +2\b", "virsh dominfo tells both")
    lab.virsh("destroy", "pvh")
    lab.virsh("define", "/root/pvh.xml")


def life(results, lab):
    story = Story(results, lab, "pvh")
    story.convert_and_define()
    many_cpus(results, lab)
    story.start()
    story.network("10.77.0.12")
    story.open_console()
    story.read_disk("xvda", "the PVH guest's data")
    story.pause_and_resume()
    story.compare_native()
    story.reboot_from_inside()
    story.reboot_from_virsh()
    story.shutdown()
    story.start_again()
    story.destroy()
    story.undefine()
    story.check_events()


scenario(life)
