/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "internal.h"
#include "virlog.h"

#include "driver/blockjob_end.h"
#include "driver/device_model.h"
#include "driver/json.h"
#include "driver/model_events.h"
#include "driver/monitors.h"
#include "driver/text.h"
#include "driver/wire.h"

VIR_LOG_INIT("libxl.monitors");

/* Bytes. An event is a few hundred; a QEMU that goes on and on is not listened to any more. */
#define EVENT_MOST (1024 * 1024)
/* How often one line is read before others have their turn. */
#define TURN 16

typedef struct {
    int id;
    int fd;
    GString *in; /* what came after the last end of a line */
    gboolean greeted;
    GHashTable *blockjobs; /* names of those that run, as it tells; see blockjob_end.h */
} Line;

struct DrvMonitors {
    DrvDriver *driver;
    int epoll_fd;
    GHashTable *lines; /* domid: Line */
};

static void
line_free(gpointer data)
{
    Line *line = data;
    close(line->fd);
    g_string_free(line->in, TRUE);
    g_hash_table_unref(line->blockjobs);
    g_free(line);
}

/* By uuid: the domid is known only when QEMU has been started. (transfer full) */
static char *
socket_path(const char *uuid)
{
    return g_strdup_printf(DRV_STATE_DIR "/qmp-%s.sock", uuid);
}

void
drv_monitors_prepare(DomDef *def)
{
    g_autofree char *path = socket_path(def->general.uuid);
    g_autofree char *chardev = g_strdup_printf("socket,id=xlvirt,path=%s,server=on,wait=off", path);
    const char *const args[] = { "-chardev", chardev, "-mon", "chardev=xlvirt,mode=control", NULL };
    if (def->os.device_model_stubdomain == DOM_TRISTATE_ON) {
        return; /* that QEMU cannot open a socket here */
    }
    drv_device_model_add_args(def, args);
}

void
drv_monitors_forget(const DomDef *def)
{
    g_autofree char *path = socket_path(def->general.uuid);
    unlink(path);
}

DrvMonitors *
drv_monitors_new(DrvDriver *driver, GError **error)
{
    g_autoptr(DrvMonitors) monitors = g_new0(DrvMonitors, 1);
    monitors->driver = driver;
    monitors->lines = g_hash_table_new_full(NULL, NULL, NULL, line_free);
    monitors->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (monitors->epoll_fd < 0) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("cannot listen to device models: %s"),
                 g_strerror(errno));
        return NULL;
    }
    return g_steal_pointer(&monitors);
}

void
drv_monitors_free(DrvMonitors *monitors)
{
    if (!monitors) {
        return;
    }
    g_hash_table_unref(monitors->lines);
    if (monitors->epoll_fd >= 0) {
        close(monitors->epoll_fd);
    }
    g_free(monitors);
}

int
drv_monitors_fd(const DrvMonitors *monitors)
{
    return monitors->epoll_fd;
}

static char *
path_for_id(DrvDriver *driver, int id)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    g_autoptr(DrvDomain) domain = drv_domains_by_id(driver->domains, id);
    if (!domain) {
        return NULL;
    }
    virUUIDFormat(domain->uuid, uuid);
    return socket_path(uuid);
}

void
drv_monitors_begin(DrvMonitors *monitors, int id)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u32 = (guint32)id };
    if (g_hash_table_contains(monitors->lines, GINT_TO_POINTER(id))) {
        return;
    }
    g_autofree char *path = path_for_id(monitors->driver, id);
    int fd = path ? drv_wire_call(path) : -1;
    if (fd < 0) {
        return; /* nobody is there, or not yet */
    }
    Line *line = g_new0(Line, 1);
    line->id = id;
    line->fd = fd;
    line->in = g_string_new(NULL);
    line->blockjobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(monitors->lines, GINT_TO_POINTER(id), line);
    if (epoll_ctl(monitors->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        VIR_WARN("%s: %s", path, g_strerror(errno));
    }
}

void
drv_monitors_end(DrvMonitors *monitors, int id)
{
    g_hash_table_remove(monitors->lines, GINT_TO_POINTER(id));
}

/* QEMU speaks of events to who has understood its greeting, which is its first line. Block jobs may
 * run since an earlier daemon. */
static void
hear_line(DrvMonitors *monitors, Line *line, const char *text)
{
    static const char understood[] = "{\"execute\":\"qmp_capabilities\"}\n"
                                     "{\"execute\":\"query-block-jobs\"}\n";
    if (line->greeted) {
        g_autoptr(virJSONValue) said = drv_json_parse(text);
        if (said) {
            drv_blockjob_hear(monitors->driver, line->id, line->blockjobs, said);
            drv_model_event(monitors->driver, line->id, said);
        }
        return;
    }
    line->greeted = TRUE;
    if (send(line->fd, understood, sizeof(understood) - 1, MSG_NOSIGNAL) < 0) {
        VIR_DEBUG("domain %d: %s", line->id, g_strerror(errno));
    }
}

static void
hear_lines(DrvMonitors *monitors, Line *line)
{
    char *end;
    while ((end = memchr(line->in->str, '\n', line->in->len))) {
        gsize length = (gsize)(end - line->in->str) + 1;
        g_autofree char *text = g_strndup(line->in->str, length - 1);
        g_string_erase(line->in, 0, (gssize)length);
        hear_line(monitors, line, text);
    }
}

/* FALSE when the line is dead. */
static gboolean
hear(DrvMonitors *monitors, Line *line)
{
    char chunk[4096];
    for (int turn = 0; turn < TURN; turn++) {
        ssize_t n = recv(line->fd, chunk, sizeof(chunk), 0);
        if (n < 0) {
            return errno == EAGAIN || errno == EINTR;
        }
        g_string_append_len(line->in, chunk, n);
        hear_lines(monitors, line);
        if (n == 0 || line->in->len > EVENT_MOST) {
            return FALSE;
        }
    }
    return TRUE;
}

void
drv_monitors_hear(DrvMonitors *monitors)
{
    struct epoll_event events[TURN];
    int n = epoll_wait(monitors->epoll_fd, events, TURN, 0);
    for (int i = 0; i < n; i++) {
        gpointer id = GINT_TO_POINTER((int)events[i].data.u32);
        Line *line = g_hash_table_lookup(monitors->lines, id);
        if (line && !hear(monitors, line)) {
            drv_blockjob_lost(monitors->driver, line->id, line->blockjobs);
            g_hash_table_remove(monitors->lines, id);
        }
    }
}
