#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""examples/hvm.cfg through its whole life."""

from guest import Story
from lab import scenario


def life(results, lab):
    story = Story(results, lab, "hvm")
    story.convert_and_define()
    story.put_medium("hdc")
    story.start()
    story.network("10.77.0.13")
    story.screen()
    story.open_console()
    story.change_medium("hdc")
    story.pause_and_resume()
    story.compare_native()
    story.reboot_by_keys()
    story.reboot_from_virsh()
    story.shutdown()
    story.start_again()
    story.opened_screen()
    story.destroy()
    story.undefine()
    story.check_events()


scenario(life)
