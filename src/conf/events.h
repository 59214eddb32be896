/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done with a guest that stopped by itself. */
#pragma once

#include "conf/record.h"

typedef enum {
    DOM_ACTION_ABSENT, /* xl: destroy; on_reboot restart; on_soft_reset soft-reset */
    DOM_ACTION_DESTROY,
    DOM_ACTION_RESTART,
    DOM_ACTION_RENAME_RESTART,
    DOM_ACTION_PRESERVE,
    DOM_ACTION_COREDUMP_DESTROY,
    DOM_ACTION_COREDUMP_RESTART,
    DOM_ACTION_SOFT_RESET,
    DOM_ACTION_LAST = DOM_ACTION_SOFT_RESET,
} DomAction;

extern const DomEnum dom_action_names;

typedef struct {
    DomRest rest;
    DomAction on_poweroff;
    DomAction on_reboot;
    DomAction on_crash;
    DomAction on_watchdog;
    DomAction on_soft_reset;
} DomEvents;

extern const DomRecord dom_events_record;
