/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/error.h"
#include "driver/json.h"
#include "driver/qmp.h"
#include "driver/text.h"
#include "driver/wire.h"

/* libxl's name of the socket; XEN_RUN_DIR of Debian's Xen. */
#define SOCKET "/run/xen/qmp-libxenstat-%d"

struct DrvQmp {
    DrvWire *wire;
    int id;
};

/* NULL with @error when it is no JSON object. (transfer full) */
static virJSONValue *
parse(const DrvQmp *qmp, const char *line, GError **error)
{
    virJSONValue *said = drv_json_parse(line);
    if (!said) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED,
                 _("the device model of the domain with id %d does not speak QMP"), qmp->id);
    }
    return said;
}

/* The next line that answers; @ret_said (transfer full) is what it says. */
static char *
read_answer(DrvQmp *qmp, virJSONValue **ret_said, GError **error)
{
    for (;;) {
        g_autofree char *line = drv_wire_read(qmp->wire, error);
        g_autoptr(virJSONValue) said = line ? parse(qmp, line, error) : NULL;
        if (!said) {
            return NULL;
        }
        if (drv_json_is_answer(said)) {
            *ret_said = g_steal_pointer(&said);
            return g_steal_pointer(&line);
        }
    }
}

char *
drv_qmp_pass(DrvQmp *qmp, const char *command, GError **error)
{
    g_autofree char *line = g_strconcat(command, "\n", NULL);
    g_autoptr(virJSONValue) said = NULL;
    return drv_wire_send(qmp->wire, line, strlen(line), error) ? read_answer(qmp, &said, error)
                                                               : NULL;
}

/* QEMU's words for what went wrong, if it did. */
static gboolean
check_answer(const char *name, virJSONValue *said, GError **error)
{
    virJSONValue *wrong = virJSONValueObjectGet(said, "error");
    const char *words = wrong ? virJSONValueObjectGetString(wrong, "desc") : NULL;
    return !wrong || drv_fail(error, VIR_ERR_OPERATION_FAILED, _("QEMU refuses %s: %s"), name,
                              words ? words : "");
}

/* Sends @fd along, unless it is -1. */
static virJSONValue *
ask_with_fd(DrvQmp *qmp, const char *name, virJSONValue *arguments, int fd, GError **error)
{
    g_autofree char *line = drv_json_command(name, arguments, error);
    g_autoptr(virJSONValue) said = NULL;
    if (!line || !drv_wire_send_fd(qmp->wire, line, strlen(line), fd, error)) {
        return NULL;
    }
    g_autofree char *answer = read_answer(qmp, &said, error);
    if (!answer || !check_answer(name, said, error)) {
        return NULL;
    }
    virJSONValue *returned = NULL;
    virJSONValueObjectRemoveKey(said, "return", &returned);
    return returned;
}

virJSONValue *
drv_qmp_ask(DrvQmp *qmp, const char *name, virJSONValue *arguments, GError **error)
{
    return ask_with_fd(qmp, name, arguments, -1, error);
}

virJSONValue *
drv_qmp_ask_list(DrvQmp *qmp, const char *name, GError **error)
{
    g_autoptr(virJSONValue) list = drv_qmp_ask(qmp, name, NULL, error);
    if (list && !virJSONValueIsArray(list)) {
        drv_fail(error, VIR_ERR_OPERATION_FAILED, _("QEMU's answer to %s is no list"), name);
        return NULL;
    }
    return g_steal_pointer(&list);
}

gboolean
drv_qmp_give(DrvQmp *qmp, const char *name, int fd, GError **error)
{
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:fdname", name, NULL);
    g_autoptr(virJSONValue) returned = ask_with_fd(qmp, "getfd", arguments, fd, error);
    return returned != NULL;
}

gboolean
drv_qmp_tell(DrvQmp *qmp, const char *name, virJSONValue *arguments, GError **error)
{
    g_autoptr(virJSONValue) returned = drv_qmp_ask(qmp, name, arguments, error);
    return returned != NULL;
}

/* QEMU greets, and takes commands once it is told that its greeting was understood. */
static gboolean
greet(DrvQmp *qmp, GError **error)
{
    g_autofree char *greeting = drv_wire_read(qmp->wire, error);
    g_autoptr(virJSONValue) said = greeting ? parse(qmp, greeting, error) : NULL;
    return said && drv_qmp_tell(qmp, "qmp_capabilities", NULL, error);
}

gboolean
drv_qmp_is_there(int id)
{
    g_autofree char *path = g_strdup_printf(SOCKET, id);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

DrvQmp *
drv_qmp_open(int id, gint64 patience, GError **error)
{
    g_autoptr(DrvQmp) qmp = g_new0(DrvQmp, 1);
    g_autofree char *path = g_strdup_printf(SOCKET, id);
    if (!drv_qmp_is_there(id)) {
        drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                 _("the domain with id %d has no device model (QEMU) on this host"), id);
        return NULL;
    }
    qmp->id = id;
    qmp->wire = drv_wire_open(path, patience, error);
    return qmp->wire && greet(qmp, error) ? g_steal_pointer(&qmp) : NULL;
}

void
drv_qmp_close(DrvQmp *qmp)
{
    if (qmp) {
        drv_wire_close(qmp->wire);
        g_free(qmp);
    }
}
