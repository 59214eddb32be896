/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"
#include "virlog.h"

#include "driver/agent.h"
#include "driver/agent_watch.h"
#include "driver/channels.h"
#include "driver/events.h"
#include "driver/text.h"
#include "driver/wire.h"

VIR_LOG_INIT("libxl.agent_watch");

/* Bytes. The answer is shorter than a line of a terminal; what is in front of it is noise. */
#define NOISE_MOST 65536
/* us from one call to a guest to the next, whoever hangs up and however soon. */
#define PAUSE G_TIME_SPAN_SECOND
/* How many guests are heard before the watcher does something else. */
#define TURN 16

/* A socket on which an agent was asked. */
typedef struct {
    int epoll_fd;      /* borrowed */
    DrvDomain *domain; /* a reference */
    int fd;            /* -1: it is over */
    gint64 next;       /* monotonic, us: not before, the agent is asked again */
    guint sync;        /* the number that its answer has */
    gsize heard;       /* bytes */
    GString *in;       /* what came after the last end of a line */
} Call;

struct DrvAgentWatch {
    DrvDriver *driver;
    int epoll_fd;
    GHashTable *calls; /* domid: Call */
};

/* Others shut the socket while the domain names it, and know it by its number. What libxl forks has
 * the socket, too, so that closing it is not enough. */
static void
hang_up(Call *call)
{
    if (call->fd < 0) {
        return;
    }
    {
        DRV_DOMAIN_LOCKED(call->domain);
        call->domain->agent.call_fd = -1;
    }
    epoll_ctl(call->epoll_fd, EPOLL_CTL_DEL, call->fd, NULL);
    shutdown(call->fd, SHUT_RDWR);
    close(call->fd);
    call->fd = -1;
}

static void
call_free(gpointer data)
{
    Call *call = data;
    hang_up(call);
    drv_domain_unref(call->domain);
    g_string_free(call->in, TRUE);
    g_free(call);
}

DrvAgentWatch *
drv_agent_watch_new(DrvDriver *driver, GError **error)
{
    g_autoptr(DrvAgentWatch) watch = g_new0(DrvAgentWatch, 1);
    watch->driver = driver;
    watch->calls = g_hash_table_new_full(NULL, NULL, NULL, call_free);
    watch->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (watch->epoll_fd < 0) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot listen to guest agents: %s"),
                 g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&watch);
}

void
drv_agent_watch_free(DrvAgentWatch *watch)
{
    if (!watch) {
        return;
    }
    g_hash_table_unref(watch->calls);
    if (watch->epoll_fd >= 0) {
        close(watch->epoll_fd);
    }
    g_free(watch);
}

int
drv_agent_watch_fd(const DrvAgentWatch *watch)
{
    return watch->epoll_fd;
}

/* Where to ask, when nobody has heard of the agent or speaks to it; NULL. (transfer full) */
static char *
path_to_ask(DrvDomain *domain)
{
    DRV_DOMAIN_LOCKED(domain);
    const DrvAgentState *agent = &domain->agent;
    const char *path = drv_channels_path(domain->def, DRV_CHANNELS_AGENT);
    gboolean wanted = agent->state != VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED &&
                      agent->talks == 0 && domain->state == VIR_DOMAIN_RUNNING &&
                      drv_channels_is_own(domain->def, path);
    return wanted ? g_strdup(path) : NULL;
}

/* FALSE: somebody was faster. */
static gboolean
announce(DrvDomain *domain, int fd)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->agent.talks > 0) {
        return FALSE;
    }
    domain->agent.call_fd = fd;
    return TRUE;
}

/* Makes the call that @fd (consumed) is. */
static void
ask(DrvAgentWatch *watch, DrvDomain *domain, int id, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = (guint32)id };
    guint sync;
    g_autofree char *greeting = drv_agent_greeting(&sync);
    if (!announce(domain, fd)) {
        close(fd);
        return;
    }
    Call *call = g_new0(Call, 1);
    call->epoll_fd = watch->epoll_fd;
    call->domain = drv_domain_ref(domain);
    call->fd = fd;
    call->next = g_get_monotonic_time() + PAUSE;
    call->sync = sync;
    call->in = g_string_new(NULL);
    g_hash_table_insert(watch->calls, GINT_TO_POINTER(id), call);
    if (send(fd, greeting, strlen(greeting), MSG_NOSIGNAL) < 0 ||
        epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        hang_up(call);
    }
}

/* Of what clients do not know yet of the agent the new state; 0: they know all. */
static int
take_news(DrvDomain *domain, int id)
{
    DRV_DOMAIN_LOCKED(domain);
    DrvAgentState *agent = &domain->agent;
    if (domain->id != id || agent->state == agent->told) {
        return 0;
    }
    return agent->told = agent->state;
}

/* Whether the last call to @domain goes on, or was a moment ago. Xen may give a domid anew. */
static gboolean
was_called(const DrvAgentWatch *watch, int id, const DrvDomain *domain)
{
    const Call *call = g_hash_table_lookup(watch->calls, GINT_TO_POINTER(id));
    return call && call->domain == domain && (call->fd >= 0 || g_get_monotonic_time() < call->next);
}

void
drv_agent_watch_look(DrvAgentWatch *watch, int id)
{
    g_autoptr(DrvDomain) domain = drv_domains_by_id(watch->driver->domains, id);
    int news = domain ? take_news(domain, id) : 0;
    if (news != 0) {
        drv_event_agent(watch->driver, domain, id, news);
    }
    if (!domain || was_called(watch, id, domain)) {
        return;
    }
    g_autofree char *path = path_to_ask(domain);
    int fd = path ? drv_wire_call(path) : -1;
    if (fd >= 0) {
        ask(watch, domain, id, fd);
    }
}

void
drv_agent_watch_end(DrvAgentWatch *watch, int id)
{
    g_hash_table_remove(watch->calls, GINT_TO_POINTER(id));
}

/* Whether a whole line that came is the answer. */
static gboolean
is_answered(Call *call)
{
    gboolean answered = FALSE;
    char *end;
    while (!answered && (end = memchr(call->in->str, '\n', call->in->len))) {
        gsize length = (gsize)(end - call->in->str);
        g_autofree char *line = g_strndup(call->in->str, length);
        g_string_erase(call->in, 0, (gssize)length + 1);
        answered = drv_agent_greets(line, call->sync);
    }
    return answered;
}

static void
note_answer(const Call *call, int id)
{
    DRV_DOMAIN_LOCKED(call->domain);
    if (call->domain->id == id) {
        call->domain->agent.state = VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED;
    }
}

/* FALSE when the call is over. */
static gboolean
hear(Call *call, int id)
{
    char chunk[4096];
    ssize_t n = recv(call->fd, chunk, sizeof(chunk), 0);
    if (n <= 0) {
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
    g_string_append_len(call->in, chunk, n);
    call->heard += (gsize)n;
    if (is_answered(call)) {
        note_answer(call, id);
        return FALSE;
    }
    return call->heard < NOISE_MOST;
}

void
drv_agent_watch_hear(DrvAgentWatch *watch)
{
    struct epoll_event events[TURN];
    int n = epoll_wait(watch->epoll_fd, events, TURN, 0);
    for (int i = 0; i < n; i++) {
        int id = (int)events[i].data.u32;
        Call *call = g_hash_table_lookup(watch->calls, GINT_TO_POINTER(id));
        if (call && !hear(call, id)) {
            hang_up(call);
        }
    }
}
