/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <sys/socket.h>

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"
#include "viraccessapicheckqemu.h"
#include <libvirt/libvirt-qemu.h>

#include "driver/agent.h"
#include "driver/api.h"
#include "driver/channels.h"
#include "driver/json.h"
#include "driver/text.h"
#include "driver/wire.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* us: for an agent that is there, and for what takes a guest its time; unless the user says. */
#define PATIENCE      (5 * G_TIME_SPAN_SECOND)
#define PATIENCE_SLOW (60 * G_TIME_SPAN_SECOND)
/* As long as the guest runs. */
#define FOREVER (G_MAXINT32 * G_TIME_SPAN_SECOND)

/* Never part of a text in UTF-8: it ends what an agent was reading, and begins the answer to a
 * guest-sync-delimited. */
#define MARK '\xff'

struct DrvAgent {
    DrvDomain *domain; /* a reference, once the conversation counts there */
    int id;
    gboolean met; /* the agent has answered */
    char *name;   /* of the domain */
    DrvWire *wire;
    int timeout; /* seconds, or one of virDomainAgentResponseTimeoutValues */
};

/* Those that wait for disks. */
static gboolean
is_slow(const char *command)
{
    static const char *const slow[] = { "guest-fsfreeze-freeze", "guest-fsfreeze-freeze-list",
                                        "guest-fsfreeze-thaw", "guest-fstrim", NULL };
    return g_strv_contains(slow, command);
}

static gint64
patience_for(const DrvAgent *agent, const char *command)
{
    if (agent->timeout == VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK) {
        return FOREVER;
    }
    if (agent->timeout != VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT) {
        return agent->timeout * G_TIME_SPAN_SECOND;
    }
    return is_slow(command) ? PATIENCE_SLOW : PATIENCE;
}

/* An agent that is there answers at once, whatever its commands may take. */
static gint64
patience_to_meet(const DrvAgent *agent)
{
    return agent->timeout > 0 ? MIN(agent->timeout * G_TIME_SPAN_SECOND, PATIENCE) : PATIENCE;
}

/* Puts what went wrong on the wire, @why (transfer full), in words about the agent. */
static gboolean
fail_mute(const DrvAgent *agent, GError *why, GError **error)
{
    drv_fail(error, VIR_ERR_AGENT_UNRESPONSIVE,
             _("the guest agent of domain '%s' does not answer (%s): see that qemu-guest-agent "
               "runs in the guest"),
             agent->name, why->message);
    g_error_free(why);
    return FALSE;
}

static gboolean
send_line(DrvAgent *agent, const char *line, GError **error)
{
    GError *why = NULL;
    return drv_wire_send(agent->wire, line, strlen(line), &why) || fail_mute(agent, why, error);
}

static char *
read_line(DrvAgent *agent, GError **error)
{
    GError *why = NULL;
    char *line = drv_wire_read(agent->wire, &why);
    if (!line) {
        fail_mute(agent, why, error);
    }
    return line;
}

/* Asks for an answer that cannot be taken for another; @ret_id is in it. (transfer full) */
static char *
sync_line(guint *ret_id)
{
    *ret_id = g_random_int() & G_MAXINT32;
    return g_strdup_printf("{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":%u}}\n",
                           *ret_id);
}

static gboolean
send_sync(DrvAgent *agent, guint *ret_id, GError **error)
{
    g_autofree char *line = sync_line(ret_id);
    return send_line(agent, line, error);
}

/* An agent that was reading something forgets it, and complains of the mark. */
char *
drv_agent_greeting(guint *ret_id)
{
    static const char mark[] = { MARK, '\0' };
    g_autofree char *line = sync_line(ret_id);
    return g_strconcat(mark, line, NULL);
}

gboolean
drv_agent_greets(const char *line, guint id)
{
    unsigned int answered;
    const char *mark = strrchr(line, MARK);
    g_autoptr(virJSONValue) said = mark ? drv_json_parse(mark + 1) : NULL;
    return said && virJSONValueObjectGetNumberUint(said, "return", &answered) == 0 &&
           answered == id;
}

static gboolean
synchronise(DrvAgent *agent, GError **error)
{
    guint id;
    g_autofree char *greeting = drv_agent_greeting(&id);
    if (!send_line(agent, greeting, error)) {
        return FALSE;
    }
    for (;;) {
        g_autofree char *line = read_line(agent, error);
        if (!line || drv_agent_greets(line, id)) {
            return line != NULL;
        }
    }
}

/* What is needed of @domain; @ret_path is the socket's. From now on the conversation counts, and
 * the watcher hangs up. */
static gboolean
look(DrvDomain *domain, DrvAgent *agent, char **ret_path, GError **error)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->id < 0) {
        return drv_domain_fail_absent(domain, error);
    }
    if (domain->state != VIR_DOMAIN_RUNNING) {
        return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                        _("domain '%s' is not running, so its guest agent cannot answer"),
                        domain->name);
    }
    const char *path = drv_channels_path(domain->def, DRV_CHANNELS_AGENT);
    if (!path) {
        return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                        _("domain '%s' has no channel for a guest agent: add <channel "
                          "type='unix'><target type='xen' name='%s'/></channel> to its devices "
                          "and start it again"),
                        domain->name, DRV_CHANNELS_AGENT);
    }
    agent->domain = drv_domain_ref(domain);
    agent->id = domain->id;
    domain->agent.talks++;
    if (domain->agent.call_fd >= 0) {
        shutdown(domain->agent.call_fd, SHUT_RDWR);
    }
    agent->name = g_strdup(domain->name);
    agent->timeout = domain->agent_timeout;
    *ret_path = g_strdup(path);
    return TRUE;
}

static gboolean
meet(DrvAgent *agent, const char *path, GError **error)
{
    GError *why = NULL;
    agent->wire = drv_wire_open(path, patience_to_meet(agent), &why);
    return agent->wire ? synchronise(agent, error) : fail_mute(agent, why, error);
}

/* The watcher tells clients. */
static void
note_met(DrvAgent *agent)
{
    DRV_DOMAIN_LOCKED(agent->domain);
    agent->met = TRUE;
    if (agent->domain->id == agent->id) {
        agent->domain->agent.state = VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED;
    }
}

/* An agent that speaks with somebody else is there, and in a paused guest none can answer. */
static gboolean
is_lost(const DrvAgent *agent)
{
    const DrvDomain *domain = agent->domain;
    return !agent->met && domain->id == agent->id && domain->state == VIR_DOMAIN_RUNNING &&
           domain->agent.talks == 0 &&
           domain->agent.state == VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED;
}

static void
leave(DrvAgent *agent)
{
    DRV_DOMAIN_LOCKED(agent->domain);
    agent->domain->agent.talks--;
    if (is_lost(agent)) {
        agent->domain->agent.state = VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED;
    }
}

DrvAgent *
drv_agent_open(DrvDomain *domain, GError **error)
{
    g_autofree char *path = NULL;
    g_autoptr(DrvAgent) agent = g_new0(DrvAgent, 1);
    if (!look(domain, agent, &path, error) || !meet(agent, path, error)) {
        return NULL;
    }
    note_met(agent);
    return g_steal_pointer(&agent);
}

void
drv_agent_close(DrvAgent *agent)
{
    if (agent) {
        drv_wire_close(agent->wire);
        if (agent->domain) {
            leave(agent);
        }
        drv_domain_unref(agent->domain);
        g_free(agent->name);
        g_free(agent);
    }
}

/* The next line that answers; @ret_line (transfer full, or NULL: not wanted) is it. */
static virJSONValue *
read_answer(DrvAgent *agent, char **ret_line, GError **error)
{
    for (;;) {
        g_autofree char *line = read_line(agent, error);
        g_autoptr(virJSONValue) said = line ? drv_json_parse(line) : NULL;
        if (!line) {
            return NULL;
        }
        if (!said) {
            drv_fail(error, VIR_ERR_OPERATION_FAILED,
                     _("what the guest agent of domain '%s' answers is no JSON object, or too "
                       "large a one"),
                     agent->name);
            return NULL;
        }
        if (drv_json_is_answer(said)) {
            if (ret_line) {
                *ret_line = g_steal_pointer(&line);
            }
            return g_steal_pointer(&said);
        }
    }
}

/* What the agent refuses, in its words. Old agents do not know all commands, and administrators
 * forbid some. */
static gboolean
check_answer(const char *command, virJSONValue *said, GError **error)
{
    static const char *const unknown[] = { "CommandNotFound", "CommandDisabled", "FeatureDisabled",
                                           NULL };
    virJSONValue *wrong = virJSONValueObjectGetObject(said, "error");
    if (!virJSONValueObjectHasKey(said, "error")) {
        return TRUE;
    }
    const char *class = wrong ? virJSONValueObjectGetString(wrong, "class") : NULL;
    const char *words = wrong ? virJSONValueObjectGetString(wrong, "desc") : NULL;
    gboolean is_unknown = class && g_strv_contains(unknown, class);
    return drv_fail(error, is_unknown ? VIR_ERR_OPERATION_UNSUPPORTED : VIR_ERR_OPERATION_FAILED,
                    _("the guest agent refuses %s: %s"), command, words ? words : "");
}

gboolean
drv_agent_fail_answer(const char *command, GError **error)
{
    return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                    _("the guest agent's answer to %s is not what such answers are"), command);
}

static gboolean
send_command(DrvAgent *agent, const char *command, virJSONValue *arguments, GError **error)
{
    g_autofree char *line = drv_json_command(command, arguments, error);
    drv_wire_renew(agent->wire, patience_for(agent, command));
    return line && send_line(agent, line, error);
}

virJSONValue *
drv_agent_ask(DrvAgent *agent, const char *command, virJSONValue *arguments, virJSONType type,
              GError **error)
{
    virJSONValue *returned = NULL;
    g_autoptr(virJSONValue) said =
        send_command(agent, command, arguments, error) ? read_answer(agent, NULL, error) : NULL;
    if (!said || !check_answer(command, said, error)) {
        return NULL;
    }
    virJSONValueObjectRemoveKey(said, "return", &returned);
    if (virJSONValueGetType(returned) != type) {
        virJSONValueFree(returned);
        drv_agent_fail_answer(command, error);
        return NULL;
    }
    return returned;
}

virJSONValue *
drv_agent_request(DrvDomain *domain, const char *command, virJSONValue *arguments, virJSONType type,
                  GError **error)
{
    g_autoptr(virJSONValue) owned = arguments;
    g_autoptr(DrvAgent) agent = drv_agent_open(domain, error);
    return agent ? drv_agent_ask(agent, command, g_steal_pointer(&owned), type, error) : NULL;
}

gboolean
drv_agent_tell(DrvDomain *domain, const char *command, virJSONValue *arguments, GError **error)
{
    g_autoptr(virJSONValue) returned =
        drv_agent_request(domain, command, arguments, VIR_JSON_TYPE_OBJECT, error);
    return returned != NULL;
}

/* A guest that takes the order may be gone before it says anything more: that is as good. */
static gboolean
hear_refusal(DrvAgent *agent, const char *command, guint id, GError **error)
{
    for (;;) {
        g_autofree char *line = drv_wire_read(agent->wire, NULL);
        if (!line || drv_agent_greets(line, id)) {
            return TRUE;
        }
        g_autoptr(virJSONValue) said = drv_json_parse(line);
        if (said && !check_answer(command, said, error)) {
            return FALSE;
        }
    }
}

gboolean
drv_agent_order(DrvDomain *domain, const char *command, virJSONValue *arguments, GError **error)
{
    guint id;
    g_autoptr(virJSONValue) owned = arguments;
    g_autoptr(DrvAgent) agent = drv_agent_open(domain, error);
    if (!agent || !send_command(agent, command, g_steal_pointer(&owned), error)) {
        return FALSE;
    }
    return !send_sync(agent, &id, NULL) || hear_refusal(agent, command, id, error);
}

virJSONValue *
drv_agent_strings(const char *const *strings, guint n)
{
    virJSONValue *array = virJSONValueNewArray();
    for (guint i = 0; i < n; i++) {
        virJSONValueArrayAppendString(array, strings[i]);
    }
    return array;
}

/* --- commands by hand --- */

static gboolean
check_timeout(int seconds, GError **error)
{
    return seconds >= VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK ||
           drv_fail(error, VIR_ERR_INVALID_ARG,
                    _("timeout: expected seconds, or -2 for no end, -1 for the usual time, 0 for "
                      "none, not %d"),
                    seconds);
}

/* The agent's answer to @text, as it came (transfer full). */
static char *
pass(DrvDomain *domain, const char *text, int seconds, GError **error)
{
    char *answer = NULL;
    g_autoptr(virJSONValue) command = drv_json_parse(text);
    const char *name = command ? virJSONValueObjectGetString(command, "execute") : NULL;
    if (!name) {
        drv_fail(error, VIR_ERR_INVALID_ARG,
                 _("'%s' is no command for a guest agent: expected {\"execute\": \"COMMAND\"}"),
                 text);
        return NULL;
    }
    g_autofree char *one_line = virJSONValueToString(command, false);
    g_autofree char *line = one_line ? g_strconcat(one_line, "\n", NULL) : NULL;
    g_autoptr(DrvAgent) agent = line ? drv_agent_open(domain, error) : NULL;
    if (!agent) {
        return NULL;
    }
    agent->timeout = seconds;
    drv_wire_renew(agent->wire, patience_for(agent, name));
    g_autoptr(virJSONValue) said =
        send_line(agent, line, error) ? read_answer(agent, &answer, error) : NULL;
    if (!said || !check_answer(name, said, error)) {
        g_clear_pointer(&answer, g_free);
    }
    return answer;
}

char *
drv_domain_qemu_agent_command(virDomainPtr dom, const char *command, int timeout,
                              unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, NULL);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainQemuAgentCommandEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    char *answer = check_timeout(timeout, &error) ? pass(domain, command, timeout, &error) : NULL;
    if (!answer) {
        drv_raise(&error);
        return NULL;
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->tainted |= DRV_TAINT_AGENT;
    return answer;
}

int
drv_domain_agent_set_response_timeout(virDomainPtr dom, int timeout, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainAgentSetResponseTimeoutEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!check_timeout(timeout, &error)) {
        return drv_raise(&error);
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->agent_timeout = timeout;
    return 0;
}
