/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virchrdev.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/guest.h"
#include "driver/live.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* The terminal that @device names: NULL is the guest's own choice of first console. */
static const char *
find_tty(const DomLive *live, const char *device)
{
    guint n_serials = live->serial_ttys ? g_strv_length(live->serial_ttys) : 0;
    const char *serial = n_serials > 0 && *live->serial_ttys[0] ? live->serial_ttys[0] : NULL;
    if (!device) {
        return serial ? serial : live->console_tty;
    }
    if (g_str_equal(device, "console0")) {
        return live->console_tty;
    }
    guint64 port;
    if (g_str_has_prefix(device, "serial") &&
        g_ascii_string_to_unsigned(device + strlen("serial"), 10, 0, 63, &port, NULL) &&
        port < n_serials && *live->serial_ttys[port]) {
        return live->serial_ttys[port];
    }
    return NULL;
}

static virDomainChrSourceDef *
make_source(const char *tty)
{
    virDomainChrSourceDef *source = virDomainChrSourceDefNew(NULL);
    if (source) {
        source->type = VIR_DOMAIN_CHR_TYPE_PTY;
        source->data.file.path = g_strdup(tty);
    }
    return source;
}

static int
open_tty(DrvDomain *domain, const char *tty, virStreamPtr stream, gboolean force, GError **error)
{
    g_autoptr(virDomainChrSourceDef) source = make_source(tty);
    int opened = source ? virChrdevOpen(domain->consoles, source, stream, force) : -1;
    if (opened == 1) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("somebody else has the console open; take it over with --force"));
    } else if (opened < 0) {
        drv_fail_from_libvirt(error);
    }
    return opened;
}

int
drv_domain_open_console(virDomainPtr dom, const char *device, virStreamPtr stream,
                        unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_CONSOLE_SAFE | VIR_DOMAIN_CONSOLE_FORCE, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainOpenConsoleEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int id = drv_domain_running_id(domain, &error);
    if (id < 0) {
        return drv_raise(&error);
    }
    DomLive live = { 0 };
    drv_live_fill(drv_driver_of(dom->conn), id, &live);
    const char *tty = find_tty(&live, device);
    int opened = -1;
    if (tty) {
        opened = open_tty(domain, tty, stream, (flags & VIR_DOMAIN_CONSOLE_FORCE) != 0, &error);
    } else {
        drv_fail(&error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("domain '%s' has no console '%s' with a terminal"), who->def->name,
                 device ? device : "console0");
    }
    g_free(live.console_tty);
    g_strfreev(live.serial_ttys);
    return opened == 0 ? 0 : drv_raise(&error);
}
