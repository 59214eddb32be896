/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Notes for the next daemon, in the state files: should this one be killed, it ends what was half
 * done. What cannot be written is logged, and the work goes on. Any thread, nothing locked.
 */

#include "driver/driver.h"

/* A guest of @def is being made. */
void drv_note_birth(DrvDriver *driver, const DomDef *def);

/* A guest of @def is made, stopped, and given to this host: it is to run, unless @paused. */
void drv_note_given(DrvDriver *driver, const DomDef *def, gboolean paused);

/* The domain runs as it is now; nothing for a guest that somebody else made. */
void drv_note_running(DrvDriver *driver, DrvDomain *domain);

/* The domain is found in the state @state for the reason @reason, should this daemon be killed now.
 */
void drv_note_state(DrvDriver *driver, DrvDomain *domain, int state, int reason);

/* The domain's guest is being ended, for @reason (virDomainShutoffReason). */
void drv_note_end(DrvDriver *driver, DrvDomain *domain, int reason);

/* The same of one that is made anew then. That this is to follow stays noted until the domain runs
 * again, by the definition's live.restart. */
void drv_note_restart(DrvDriver *driver, DrvDomain *domain);
