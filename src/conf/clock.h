/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The guest's time: RTC base and offset, and the emulated timers. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_TSC_ABSENT,
    DOM_TSC_DEFAULT,
    DOM_TSC_ALWAYS_EMULATE,
    DOM_TSC_NATIVE,
    DOM_TSC_NATIVE_PARAVIRT,
    DOM_TSC_LAST = DOM_TSC_NATIVE_PARAVIRT,
} DomTscMode;

typedef enum {
    DOM_TIMER_ABSENT,
    DOM_TIMER_DELAY_FOR_MISSED_TICKS,
    DOM_TIMER_NO_DELAY_FOR_MISSED_TICKS,
    DOM_TIMER_NO_MISSED_TICKS_PENDING,
    DOM_TIMER_ONE_MISSED_TICK_PENDING,
    DOM_TIMER_LAST = DOM_TIMER_ONE_MISSED_TICK_PENDING,
} DomTimerMode;

extern const DomEnum dom_tsc_mode_names;
extern const DomEnum dom_timer_mode_names;

typedef struct {
    DomRest rest;
    DomTristate localtime;
    DomInt rtc_timeoffset; /* seconds */
    DomTscMode tsc_mode;
    DomTimerMode timer_mode;
    DomTristate hpet;
    DomTristate vpt_align;
} DomClock;

extern const DomRecord dom_clock_record;
