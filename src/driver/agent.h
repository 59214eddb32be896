/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The guest agent: a program in the guest (qemu-ga) that does what it is asked through a channel,
 * one JSON object in a line after the other.
 *
 * QEMU, which serves the channel's socket, speaks with one client at a time, so a conversation is
 * short: open, ask, close; and the watcher, which waits there for the agent to come (agent_watch.h),
 * makes room. What an earlier one left unread is skipped when the next begins. The
 * guest is not trusted: what it says is bounded (wire.h, json.h), and so is every wait, by what
 * virDomainAgentSetResponseTimeout() set.
 *
 * Waits for the guest: call it with nothing locked and in no job, which others would wait for. Any
 * thread, a conversation in one thread.
 */

#include "internal.h"
#include "virjson.h"

#include <glib.h>

#include "driver/domain.h"

typedef struct DrvAgent DrvAgent;

/*
 * Begins a conversation with the agent of @domain: it has answered. NULL with @error
 * OPERATION_INVALID when the guest does not run, ARGUMENT_UNSUPPORTED when it has no channel,
 * AGENT_UNRESPONSIVE when nobody answers. (transfer full)
 */
DrvAgent *drv_agent_open(DrvDomain *domain, GError **error);

/* Ends it. NULL is fine. */
void drv_agent_close(DrvAgent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvAgent, drv_agent_close)

/*
 * Runs @command with @arguments (transfer full; NULL: none). Returns what the agent returns, which
 * is of @type; NULL with @error OPERATION_UNSUPPORTED when this agent does not know the command,
 * OPERATION_FAILED with its words or when its answer is none, AGENT_UNRESPONSIVE. (transfer full)
 */
virJSONValue *drv_agent_ask(DrvAgent *agent, const char *command, virJSONValue *arguments,
                            virJSONType type, GError **error);

/* A whole conversation of one drv_agent_ask(). (transfer full) */
virJSONValue *drv_agent_request(DrvDomain *domain, const char *command, virJSONValue *arguments,
                                virJSONType type, GError **error);

/* The same for a command whose answer says nothing but that it was done. */
gboolean drv_agent_tell(DrvDomain *domain, const char *command, virJSONValue *arguments,
                        GError **error);

/* The same for a command that is only answered when it is refused: guest-shutdown. */
gboolean drv_agent_order(DrvDomain *domain, const char *command, virJSONValue *arguments,
                         GError **error);

/* Sets @error: the answer to @command lacks what such answers have. FALSE. */
gboolean drv_agent_fail_answer(const char *command, GError **error);

/* What an agent is asked before anything else (transfer full), with a number that is in its answer. */
char *drv_agent_greeting(guint *ret_id);

/* Whether @line is an agent's answer to that. */
gboolean drv_agent_greets(const char *line, guint id);

/* A JSON array of @n strings. (transfer full) */
virJSONValue *drv_agent_strings(const char *const *strings, guint n);
