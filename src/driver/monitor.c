/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that speak with QEMU, the device model: by its monitor for people, which libxl passes on,
 * and by the one for machines. */

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
#include "driver/json.h"
#include "driver/qmp.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* How long a key is down when the client does not say, in ms; as QEMU has it. */
#define HOLD_TIME 100

typedef struct Request Request;

struct Request {
    DrvDriver *driver;
    gboolean (*speak)(Request *request, int id, GError **error);
    const char *command;
    char *answer;     /* owned; "" for none */
    gboolean by_hand; /* the user's own command */
};

/* To the monitor for people, which libxl passes on. */
static gboolean
speak_hmp(Request *request, int id, GError **error)
{
    char *answer = NULL;
    g_autoptr(DrvXen) xen = drv_xen_open(request->driver->hypervisor, error);
    if (!xen) {
        return FALSE;
    }
    if (libxl_qemu_monitor_command(xen->ctx, (uint32_t)id, request->command, &answer, NULL) != 0) {
        return drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                            _("QEMU does not answer for the domain with id %d, if it has one"), id);
    }
    request->answer = g_strdup(answer ? answer : "");
    free(answer);
    return TRUE;
}

/* To the monitor for machines. QEMU would wait for the end of a text that is no whole object. */
static gboolean
speak_qmp(Request *request, int id, GError **error)
{
    g_autoptr(virJSONValue) command = drv_json_parse(request->command);
    if (!command) {
        return drv_fail(
            error, VIR_ERR_INVALID_ARG,
            _("'%s' is no JSON object: expected {\"execute\": \"COMMAND\"}, or --hmp for "
              "a command of the monitor for people"),
            request->command);
    }
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    request->answer = qmp ? drv_qmp_pass(qmp, request->command, error) : NULL;
    return request->answer != NULL;
}

static gboolean
command_job(DrvDomain *domain, gpointer data, GError **error)
{
    Request *request = data;
    int id = drv_domain_running_id(domain, error);
    if (id < 0 || !request->speak(request, id, error)) {
        return FALSE;
    }
    DRV_DOMAIN_LOCKED(domain);
    domain->tainted |= request->by_hand ? DRV_TAINT_MONITOR : 0;
    return TRUE;
}

/* QEMU's answer (transfer full), "" for none; NULL with @error. */
static char *
ask(DrvDomain *domain, Request request, GError **error)
{
    return drv_job_run(domain, "monitor", DRV_JOB_PATIENCE, command_job, &request, error)
               ? request.answer
               : NULL;
}

/* A command that says nothing when it was done. */
static gboolean
tell(DrvDriver *driver, DrvDomain *domain, const char *command, GError **error)
{
    g_autofree char *answer =
        ask(domain, (Request){ .driver = driver, .speak = speak_hmp, .command = command }, error);
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
    Request request = { drv_driver_of(dom->conn), flags ? speak_hmp : speak_qmp, command, NULL,
                        TRUE };
    *result = ask(domain, request, &error);
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
