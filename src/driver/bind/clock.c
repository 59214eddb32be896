/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const int tsc_values[] = {
    [DOM_TSC_DEFAULT] = LIBXL_TSC_MODE_DEFAULT,
    [DOM_TSC_ALWAYS_EMULATE] = LIBXL_TSC_MODE_ALWAYS_EMULATE,
    [DOM_TSC_NATIVE] = LIBXL_TSC_MODE_NATIVE,
    [DOM_TSC_NATIVE_PARAVIRT] = LIBXL_TSC_MODE_NATIVE_PARAVIRT,
};
static const BindValues tsc_mode = BIND_VALUES(tsc_values, DOM_TSC_LAST);

static const int timer_values[] = {
    [DOM_TIMER_DELAY_FOR_MISSED_TICKS] = LIBXL_TIMER_MODE_DELAY_FOR_MISSED_TICKS,
    [DOM_TIMER_NO_DELAY_FOR_MISSED_TICKS] = LIBXL_TIMER_MODE_NO_DELAY_FOR_MISSED_TICKS,
    [DOM_TIMER_NO_MISSED_TICKS_PENDING] = LIBXL_TIMER_MODE_NO_MISSED_TICKS_PENDING,
    [DOM_TIMER_ONE_MISSED_TICK_PENDING] = LIBXL_TIMER_MODE_ONE_MISSED_TICK_PENDING,
};
static const BindValues timer_mode = BIND_VALUES(timer_values, DOM_TIMER_LAST);

static const BindRow rows[] = {
    BIND_DEFBOOL(clock.localtime, b_info.localtime),
    /* unsigned in libxl, though seconds before UTC are meant too */
    BIND_INT(clock.rtc_timeoffset, b_info.rtc_timeoffset),
    BIND_ENUM(clock.tsc_mode, DomTscMode, b_info.tsc_mode, &tsc_mode),
    BIND_ENUM(clock.timer_mode, DomTimerMode, b_info.timer_mode, &timer_mode,
              .guests = BIND_HVM | BIND_PVH),
    BIND_DEFBOOL(clock.hpet, b_info.u.hvm.hpet, .guests = BIND_HVM),
    BIND_DEFBOOL(clock.vpt_align, b_info.u.hvm.vpt_align, .guests = BIND_HVM),
};

const BindTopic bind_topic_clock = {
    .name = "clock",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
};
