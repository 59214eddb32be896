/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that speak with QEMU, the device model, by its monitor for people, which libxl passes on.
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "datatypes.h"
#include "virerror.h"
#include "virfdstream.h"
#include "virkeycode.h"
#include "viraccessapicheck.h"
#include "viraccessapicheckqemu.h"
#include <libvirt/libvirt-qemu.h>

#include "driver/api.h"
#include "driver/job.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* How long a key is down when the client does not say, in ms; as QEMU has it. */
#define HOLD_TIME 100

typedef struct {
    DrvDriver *driver;
    const char *command;
    char *answer;     /* or NULL; of libxl's making */
    gboolean by_hand; /* the user's own command */
} Request;

static gboolean
command_job(DrvDomain *domain, gpointer data, GError **error)
{
    Request *request = data;
    int id = drv_domain_running_id(domain, error);
    g_autoptr(DrvXen) xen = id >= 0 ? drv_xen_open(request->driver->hypervisor, error) : NULL;
    if (!xen) {
        return FALSE;
    }
    if (libxl_qemu_monitor_command(xen->ctx, (uint32_t)id, request->command, &request->answer,
                                   NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("QEMU does not answer for domain '%s', if it has one"), domain->name);
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->tainted = domain->tainted || request->by_hand;
    return TRUE;
}

/* QEMU's answer (transfer full), "" for none; NULL with @error. */
static char *
ask(DrvDriver *driver, DrvDomain *domain, const char *command, gboolean by_hand, GError **error)
{
    Request request = { driver, command, NULL, by_hand };
    gboolean done = drv_job_run(domain, "monitor", DRV_JOB_PATIENCE, command_job, &request, error);
    char *answer = done ? g_strdup(request.answer ? request.answer : "") : NULL;
    free(request.answer);
    return answer;
}

/* A command that says nothing when it was done. */
static gboolean
tell(DrvDriver *driver, DrvDomain *domain, const char *command, GError **error)
{
    g_autofree char *answer = ask(driver, domain, command, FALSE, error);
    if (answer && *g_strstrip(answer)) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED, "%s", answer);
    }
    return answer != NULL;
}

int
drv_domain_qemu_monitor_command(virDomainPtr dom, const char *command, char **result,
                                unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainQemuMonitorCommandEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!flags) {
        drv_fail(&error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("libxl passes on commands of the monitor for people: use --hmp"));
        return drv_raise(&error);
    }
    *result = ask(drv_driver_of(dom->conn), domain, command, TRUE, &error);
    return *result ? 0 : drv_raise(&error);
}

/* "sendkey 0x1d-0x38 100": numbers of QEMU's own. */
static gboolean
key_command(GString *command, unsigned int codeset, unsigned int holdtime, const unsigned int *keys,
            int n_keys, GError **error)
{
    g_string_assign(command, "sendkey ");
    for (int i = 0; i < n_keys; i++) {
        int key =
            virKeycodeValueTranslate((virKeycodeSet)codeset, VIR_KEYCODE_SET_QNUM, (int)keys[i]);
        if (key < 0) {
            return drv_fail(error, VIR_ERR_INVALID_ARG,
                            _("the guest's keyboard has no key with the code %u of that set"),
                            keys[i]);
        }
        g_string_append_printf(command, "%s0x%x", i > 0 ? "-" : "", (unsigned int)key);
    }
    g_string_append_printf(command, " %u", holdtime ? holdtime : HOLD_TIME);
    return TRUE;
}

int
drv_domain_send_key(virDomainPtr dom, unsigned int codeset, unsigned int holdtime,
                    unsigned int *keys, int n_keys, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_autoptr(GString) command = g_string_new(NULL);
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSendKeyEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!key_command(command, codeset, holdtime, keys, n_keys, &error) ||
        !tell(drv_driver_of(dom->conn), domain, command->str, &error)) {
        return drv_raise(&error);
    }
    return 0;
}

/* A file that QEMU, and nobody else, can write its screen to (transfer full). */
static char *
make_file(GError **error)
{
    char *path = g_strdup("/run/libvirt/libxl/screen.XXXXXX");
    int fd = g_mkstemp(path);
    if (fd < 0) {
        drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make %s: %s"), path, g_strerror(errno));
        g_clear_pointer(&path, g_free);
        return NULL;
    }
    close(fd);
    return path;
}

char *
drv_domain_screenshot(virDomainPtr dom, virStreamPtr stream, unsigned int screen,
                      unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, NULL);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainScreenshotEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    g_autofree char *path = make_file(&error);
    g_autofree char *command = path ? g_strdup_printf("screendump %s", path) : NULL;
    if (screen > 0) {
        drv_fail(&error, VIR_ERR_INVALID_ARG, _("the guest has one screen, number 0"));
    }
    gboolean taken = command && !error && tell(drv_driver_of(dom->conn), domain, command, &error);
    gboolean opened = taken && virFDStreamOpenFile(stream, path, 0, 0, O_RDONLY) == 0;
    if (path) {
        unlink(path);
    }
    if (error) {
        drv_raise(&error);
    }
    return opened ? g_strdup("image/x-portable-pixmap") : NULL;
}
