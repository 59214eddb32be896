#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/pv.cfg through its whole life."""

from guest import Story
from lab import scenario


def life(results, lab):
    story = Story(results, lab, "pv")
    story.convert_and_define()
    story.start()
    story.network("10.77.0.11")
    story.open_console()
    story.read_disk("xvda", "the PV guest's data")
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
