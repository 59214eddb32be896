/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Notices the guest agent that comes, and tells clients of it and of one that answers no more
 * (AGENT_LIFECYCLE). Xen does not tell when a program in the guest opens its end of a channel; so the
 * agent is asked something as soon as the guest runs, and what it is asked waits in the channel
 * until it comes. One that is there is believed to be until it leaves somebody without an answer, or
 * the guest ends, which has its own event.
 *
 * Only on sockets that are the driver's own: those that a definition names may be for others. All is
 * of the watcher's thread, which waits on the descriptor together with what else it waits for.
 */

#include "driver/driver.h"

typedef struct DrvAgentWatch DrvAgentWatch;

/* NULL with @error when the kernel gives no descriptor. */
DrvAgentWatch *drv_agent_watch_new(DrvDriver *driver, GError **error);

/* NULL is fine. */
void drv_agent_watch_free(DrvAgentWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvAgentWatch, drv_agent_watch_free)

/* Readable when an agent has said something, or when somebody wants to speak to it. */
int drv_agent_watch_fd(const DrvAgentWatch *watch);

/* Tells clients what is new of the agent of the running guest with the id @id, and asks one that has
 * not been heard of, unless somebody speaks to it: once a second at most. */
void drv_agent_watch_look(DrvAgentWatch *watch, int id);

/* Hears a little of what agents say: who says much and no answer is hung up on. */
void drv_agent_watch_hear(DrvAgentWatch *watch);

/* The guest is no longer there. */
void drv_agent_watch_end(DrvAgentWatch *watch, int id);
