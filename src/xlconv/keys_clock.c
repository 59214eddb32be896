/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"

static const XlcKey keys[] = {
    XLC_BOOL("localtime", clock.localtime, XLC_ANY, .doc = N_("The RTC shows local time")),
    XLC_INT("rtc_timeoffset", clock.rtc_timeoffset, XLC_ANY,
            .doc = N_("How far the RTC is off, in seconds")),
    XLC_ENUM("tsc_mode", clock.tsc_mode, DomTscMode, &dom_tsc_mode_names, XLC_ANY,
             .flags = XLC_FOLD | XLC_NUMERIC | XLC_NUMBER_OLD,
             .doc = N_("How the guest reads the time stamp counter")),
    XLC_ENUM("timer_mode", clock.timer_mode, DomTimerMode, &dom_timer_mode_names, XLC_PVH | XLC_HVM,
             .flags = XLC_FOLD | XLC_NUMERIC | XLC_NUMBER_OLD | XLC_REFUSED_ELSEWHERE,
             .doc = N_("What becomes of timer ticks that were missed")),
    XLC_BOOL("hpet", clock.hpet, XLC_HVM, .doc = N_("Offer the HPET timer")),
    XLC_BOOL("vpt_align", clock.vpt_align, XLC_HVM, .doc = N_("Align periodic timers")),
};

XLC_TOPIC(clock, keys);
