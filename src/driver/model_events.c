/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "domain_event.h"
#include "virerror.h"
#include "virlog.h"

#include "conf/alias.h"
#include "driver/model_events.h"
#include "driver/qdisk.h"
#include "driver/threshold.h"

VIR_LOG_INIT("libxl.model_events");

/* One event. */
typedef struct {
    virDomainPtr dom; /* as libvirt's makers of events want it */
    const DomDef *def;
    virJSONValue *data; /* an object, or NULL */
    int word;           /* of the row */
} Heard;

static const char *
text(const Heard *heard, const char *key)
{
    return heard->data ? virJSONValueObjectGetString(heard->data, key) : NULL;
}

/* --- the screen --- */

/* "" for none: the daemon's protocol has no other. (transfer full) */
static char *
word_of(virJSONValue *object, const char *key)
{
    const char *word = object ? virJSONValueObjectGetString(object, key) : NULL;
    return g_strdup(word ? word : "");
}

static virDomainEventGraphicsAddressPtr
address_of(virJSONValue *end)
{
    const char *family = end ? virJSONValueObjectGetString(end, "family") : NULL;
    virDomainEventGraphicsAddressPtr address = g_new0(virDomainEventGraphicsAddress, 1);
    address->family = g_strcmp0(family, "unix") == 0   ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX
                      : g_strcmp0(family, "ipv6") == 0 ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6
                                                       : VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4;
    address->node = word_of(end, "host");
    address->service = word_of(end, "service");
    return address;
}

/* Who the client proved to be: names by SASL and by a certificate. */
static virDomainEventGraphicsSubjectPtr
subject_of(virJSONValue *client)
{
    static const char *const kinds[][2] = { { "x509_dname", "x509dname" },
                                            { "sasl_username", "saslUsername" } };
    virDomainEventGraphicsSubjectPtr subject = g_new0(virDomainEventGraphicsSubject, 1);
    subject->identities = g_new0(virDomainEventGraphicsSubjectIdentity, G_N_ELEMENTS(kinds));
    for (gsize i = 0; client && i < G_N_ELEMENTS(kinds); i++) {
        const char *name = virJSONValueObjectGetString(client, kinds[i][0]);
        if (name) {
            subject->identities[subject->nidentity].type = g_strdup(kinds[i][1]);
            subject->identities[subject->nidentity++].name = g_strdup(name);
        }
    }
    return subject;
}

static virObjectEvent *
make_graphics(const Heard *heard)
{
    virJSONValue *server = heard->data ? virJSONValueObjectGetObject(heard->data, "server") : NULL;
    virJSONValue *client = heard->data ? virJSONValueObjectGetObject(heard->data, "client") : NULL;
    const char *auth = server ? virJSONValueObjectGetString(server, "auth") : NULL;
    return virDomainEventGraphicsNewFromDom(heard->dom, heard->word, address_of(server),
                                            address_of(client), auth ? auth : "",
                                            subject_of(client));
}

/* --- disks --- */

/* The disk that QEMU's words for a drive mean; NULL: none of the guest's. */
static const DomDisk *
disk_of(const Heard *heard)
{
    const char *drive = text(heard, "device");
    const char *id = text(heard, "id");
    const char *node = text(heard, "node-name");
    DrvQdisk qdisk = { .node = (char *)node, .drive = (char *)(id ? id : drive ? drive : "") };
    return drv_qdisk_owner(&qdisk, heard->def->disks);
}

static virObjectEvent *
make_tray(const Heard *heard)
{
    bool open = false;
    const DomDisk *disk = disk_of(heard);
    g_autofree char *alias = disk ? dom_alias_of(&dom_disk_record, disk, 0) : NULL;
    if (!alias || virJSONValueObjectGetBoolean(heard->data, "tray-open", &open) < 0) {
        return NULL;
    }
    return virDomainEventTrayChangeNewFromDom(heard->dom, alias,
                                              open ? VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN
                                                   : VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE);
}

static int
action_of_error(const Heard *heard)
{
    const char *action = text(heard, "action");
    return g_strcmp0(action, "stop") == 0     ? VIR_DOMAIN_EVENT_IO_ERROR_PAUSE
           : g_strcmp0(action, "report") == 0 ? VIR_DOMAIN_EVENT_IO_ERROR_REPORT
                                              : VIR_DOMAIN_EVENT_IO_ERROR_NONE;
}

static virObjectEvent *
make_error(const Heard *heard)
{
    const DomDisk *disk = disk_of(heard);
    g_autofree char *alias = disk ? dom_alias_of(&dom_disk_record, disk, 0) : NULL;
    return virDomainEventIOErrorNewFromDom(heard->dom, disk && disk->target ? disk->target : "",
                                           alias ? alias : "", action_of_error(heard));
}

static virObjectEvent *
make_error_reason(const Heard *heard)
{
    bool full = false;
    const DomDisk *disk = disk_of(heard);
    g_autofree char *alias = disk ? dom_alias_of(&dom_disk_record, disk, 0) : NULL;
    const char *reason =
        heard->data && virJSONValueObjectGetBoolean(heard->data, "nospace", &full) == 0 && full
            ? "enospc"
            : text(heard, "reason");
    return virDomainEventIOErrorReasonNewFromDom(
        heard->dom, disk && disk->target ? disk->target : "", alias ? alias : "",
        action_of_error(heard), reason ? reason : "");
}

/* --- the machine --- */

static virObjectEvent *
make_watchdog(const Heard *heard)
{
    static const char *const actions[] = {
        [VIR_DOMAIN_EVENT_WATCHDOG_NONE] = "none",
        [VIR_DOMAIN_EVENT_WATCHDOG_PAUSE] = "pause",
        [VIR_DOMAIN_EVENT_WATCHDOG_RESET] = "reset",
        [VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF] = "poweroff",
        [VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN] = "shutdown",
        [VIR_DOMAIN_EVENT_WATCHDOG_DEBUG] = "debug",
        [VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI] = "inject-nmi",
    };
    const char *action = text(heard, "action");
    for (gsize i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (g_strcmp0(action, actions[i]) == 0) {
            return virDomainEventWatchdogNewFromDom(heard->dom, (int)i);
        }
    }
    return NULL;
}

static virObjectEvent *
make_clock(const Heard *heard)
{
    long long offset;
    return heard->data && virJSONValueObjectGetNumberLong(heard->data, "offset", &offset) == 0
               ? virDomainEventRTCChangeNewFromDom(heard->dom, offset)
               : NULL;
}

static const struct {
    const char *event;
    virObjectEvent *(*make)(const Heard *heard); /* NULL: nothing to tell */
    int word;
} rows[] = {
    { "VNC_CONNECTED", make_graphics, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT },
    { "VNC_INITIALIZED", make_graphics, VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE },
    { "VNC_DISCONNECTED", make_graphics, VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT },
    { "SPICE_CONNECTED", make_graphics, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT },
    { "SPICE_INITIALIZED", make_graphics, VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE },
    { "SPICE_DISCONNECTED", make_graphics, VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT },
    { "DEVICE_TRAY_MOVED", make_tray, 0 },
    { "BLOCK_IO_ERROR", make_error, 0 },
    { "BLOCK_IO_ERROR", make_error_reason, 0 },
    { "WATCHDOG", make_watchdog, 0 },
    { "RTC_CHANGE", make_clock, 0 },
};

static void
queue(DrvDriver *driver, virObjectEvent *event)
{
    if (event) {
        virObjectEventStateQueue(driver->events, event);
    }
}

/* As it came. */
static void
tell_watchers(DrvDriver *driver, const Heard *heard, const char *name, virJSONValue *said)
{
    long long seconds = 0;
    unsigned int micros = 0;
    virJSONValue *time = virJSONValueObjectGetObject(said, "timestamp");
    g_autofree char *details = heard->data ? virJSONValueToString(heard->data, false) : NULL;
    if (time) {
        virJSONValueObjectGetNumberLong(time, "seconds", &seconds);
        virJSONValueObjectGetNumberUint(time, "microseconds", &micros);
    }
    queue(driver, virDomainQemuMonitorEventNew(heard->dom->id, heard->dom->name, heard->dom->uuid,
                                               name, seconds, micros, details));
}

void
drv_model_event(DrvDriver *driver, int id, virJSONValue *said)
{
    const char *name = virJSONValueObjectGetString(said, "event");
    g_autoptr(DrvDomain) domain = name ? drv_domains_by_id(driver->domains, id) : NULL;
    if (!domain) {
        return;
    }
    g_autoptr(DrvIdentity) who = drv_domain_identity(domain);
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    virDomain dom = { .id = id, .name = who->def->name };
    memcpy(dom.uuid, who->def->uuid, VIR_UUID_BUFLEN);
    Heard heard = { &dom, def, virJSONValueObjectGetObject(said, "data"), 0 };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_str_equal(rows[i].event, name)) {
            heard.word = rows[i].word;
            queue(driver, rows[i].make(&heard));
        }
    }
    if (g_str_equal(name, "BLOCK_WRITE_THRESHOLD")) {
        drv_threshold_hear(driver, id, heard.data);
    }
    tell_watchers(driver, &heard, name, said);
    virResetLastError();
}
