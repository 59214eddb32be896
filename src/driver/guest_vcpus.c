/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "datatypes.h"
#include "virbitmap.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/agent.h"
#include "driver/api.h"
#include "driver/guest_vcpus.h"
#include "driver/params.h"
#include "driver/vcpu.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* More than any guest has. */
#define MOST_VCPUS 4096

typedef struct {
    guint id;
    gboolean online;
    gboolean fixed;  /* it cannot go offline */
    gboolean change; /* the agent is to set online */
} Vcpu;

static gboolean
read_vcpu(virJSONValue *entry, Vcpu *vcpu)
{
    bool online = false, can_offline = true;
    if (virJSONValueObjectGetNumberUint(entry, "logical-id", &vcpu->id) < 0 ||
        virJSONValueObjectGetBoolean(entry, "online", &online) < 0 || vcpu->id >= MOST_VCPUS) {
        return FALSE;
    }
    /* an agent that does not know leaves it out */
    virJSONValueObjectGetBoolean(entry, "can-offline", &can_offline);
    vcpu->online = online;
    vcpu->fixed = !can_offline;
    return TRUE;
}

/* Of Vcpu; NULL with @error. (transfer full) */
static GArray *
read_vcpus(DrvAgent *agent, GError **error)
{
    static const char command[] = "guest-get-vcpus";
    g_autoptr(GArray) vcpus = g_array_new(FALSE, TRUE, sizeof(Vcpu));
    g_autoptr(virJSONValue) list = drv_agent_ask(agent, command, NULL, VIR_JSON_TYPE_ARRAY, error);
    for (guint i = 0; list && i < virJSONValueArraySize(list); i++) {
        Vcpu vcpu = { 0 };
        if (!read_vcpu(virJSONValueArrayGet(list, i), &vcpu)) {
            drv_agent_fail_answer(command, error);
            return NULL;
        }
        g_array_append_val(vcpus, vcpu);
    }
    return list ? g_steal_pointer(&vcpus) : NULL;
}

/* A whole conversation of that. */
static GArray *
ask_vcpus(DrvDomain *domain, GError **error)
{
    g_autoptr(DrvAgent) agent = drv_agent_open(domain, error);
    return agent ? read_vcpus(agent, error) : NULL;
}

/* Those that are to change, as the agent wants them. (transfer full) */
static virJSONValue *
list_changes(GArray *vcpus, guint *ret_count)
{
    virJSONValue *list = virJSONValueNewArray();
    *ret_count = 0;
    for (guint i = 0; i < vcpus->len; i++) {
        const Vcpu *vcpu = &g_array_index(vcpus, Vcpu, i);
        if (vcpu->change) {
            g_autoptr(virJSONValue) item = virJSONValueNewObject();
            virJSONValueObjectAppendNumberUint(item, "logical-id", vcpu->id);
            virJSONValueObjectAppendBoolean(item, "online", vcpu->online);
            virJSONValueArrayAppend(list, &item);
            ++*ret_count;
        }
    }
    return list;
}

/* The first @done of those that were to change have. */
static void
drop_changes(GArray *vcpus, guint done)
{
    for (guint i = 0; i < vcpus->len && done > 0; i++) {
        Vcpu *vcpu = &g_array_index(vcpus, Vcpu, i);
        done -= vcpu->change ? 1 : 0;
        vcpu->change = FALSE;
    }
}

/* An agent stops at the first that does not work, and says why only when that is the first. */
static gboolean
write_vcpus(DrvAgent *agent, GArray *vcpus, GError **error)
{
    static const char command[] = "guest-set-vcpus";
    for (;;) {
        guint count;
        unsigned int done = 0;
        virJSONValue *arguments = NULL;
        g_autoptr(virJSONValue) list = list_changes(vcpus, &count);
        if (count == 0) {
            return TRUE;
        }
        virJSONValueObjectAdd(&arguments, "a:vcpus", &list, NULL);
        g_autoptr(virJSONValue) returned =
            drv_agent_ask(agent, command, arguments, VIR_JSON_TYPE_NUMBER, error);
        if (!returned) {
            return FALSE;
        }
        if (virJSONValueGetNumberUint(returned, &done) < 0 || done == 0 || done > count) {
            return drv_agent_fail_answer(command, error);
        }
        drop_changes(vcpus, done);
    }
}

static guint
count_online(GArray *vcpus)
{
    guint count = 0;
    for (guint i = 0; i < vcpus->len; i++) {
        count += g_array_index(vcpus, Vcpu, i).online ? 1 : 0;
    }
    return count;
}

int
drv_guest_vcpus_count(DrvDomain *domain, GError **error)
{
    g_autoptr(GArray) vcpus = ask_vcpus(domain, error);
    return vcpus ? (int)count_online(vcpus) : -1;
}

static void
change(Vcpu *vcpu, gboolean online)
{
    vcpu->change = vcpu->change || vcpu->online != online;
    vcpu->online = online;
}

/* The first that are not used come, the last that are used go; the boot CPU stays, without which
 * kernels do not sleep. */
static gboolean
choose(GArray *vcpus, guint number, GError **error)
{
    guint online = count_online(vcpus);
    for (guint i = 0; i < vcpus->len && online < number; i++) {
        Vcpu *vcpu = &g_array_index(vcpus, Vcpu, i);
        online += vcpu->online ? 0 : 1;
        change(vcpu, TRUE);
    }
    for (guint i = vcpus->len; i > 0 && online > number; i--) {
        Vcpu *vcpu = &g_array_index(vcpus, Vcpu, i - 1);
        if (vcpu->online && !vcpu->fixed && vcpu->id != 0) {
            change(vcpu, FALSE);
            online--;
        }
    }
    return online == number ||
           drv_fail(error, VIR_ERR_INVALID_ARG,
                    _("the guest has %u vCPUs and cannot use %u of them: it can use %u"),
                    vcpus->len, number, online);
}

gboolean
drv_guest_vcpus_set_count(DrvDomain *domain, guint number, GError **error)
{
    g_autoptr(DrvAgent) agent = drv_agent_open(domain, error);
    g_autoptr(GArray) vcpus = agent ? read_vcpus(agent, error) : NULL;
    return vcpus && choose(vcpus, number, error) && write_vcpus(agent, vcpus, error);
}

/* --- methods --- */

static gboolean
add_map(DrvParams *params, const char *name, virBitmap *map)
{
    g_autofree char *text = virBitmapFormat(map);
    return drv_params_text(params, text, "%s", name);
}

static gboolean
fill_params(GArray *vcpus, DrvParams *params)
{
    g_autoptr(virBitmap) all = virBitmapNew(MOST_VCPUS);
    g_autoptr(virBitmap) online = virBitmapNew(MOST_VCPUS);
    g_autoptr(virBitmap) offlinable = virBitmapNew(MOST_VCPUS);
    for (guint i = 0; i < vcpus->len; i++) {
        const Vcpu *vcpu = &g_array_index(vcpus, Vcpu, i);
        virBitmap *maps[] = { all, vcpu->online ? online : all, vcpu->fixed ? all : offlinable };
        for (gsize map = 0; map < G_N_ELEMENTS(maps); map++) {
            ignore_value(virBitmapSetBit(maps[map], vcpu->id));
        }
    }
    return add_map(params, "vcpus", all) && add_map(params, "online", online) &&
           add_map(params, "offlinable", offlinable);
}

int
drv_domain_get_guest_vcpus(virDomainPtr dom, virTypedParameterPtr *ret_params,
                           unsigned int *ret_count, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvParams) params = { 0 };
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetGuestVcpusEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(GArray) vcpus = ask_vcpus(domain, &error);
    if (!vcpus) {
        return drv_raise(&error);
    }
    if (!fill_params(vcpus, &params)) {
        return -1;
    }
    *ret_count = (unsigned int)params.count;
    *ret_params = drv_params_steal(&params);
    return 0;
}

/* Those of @map are to be in that state; @map loses those that the guest has. */
static gboolean
mark(GArray *vcpus, virBitmap *map, gboolean online, GError **error)
{
    for (guint i = 0; i < vcpus->len; i++) {
        Vcpu *vcpu = &g_array_index(vcpus, Vcpu, i);
        if (!virBitmapIsBitSet(map, vcpu->id)) {
            continue;
        }
        if (!online && vcpu->fixed) {
            return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                            _("the guest cannot do without its vCPU %u"), vcpu->id);
        }
        change(vcpu, online);
        virBitmapClearBitExpand(map, vcpu->id);
    }
    if (virBitmapIsAllClear(map)) {
        return TRUE;
    }
    g_autofree char *missing = virBitmapFormat(map);
    return drv_fail(error, VIR_ERR_INVALID_ARG, _("the guest has no vCPUs %s"), missing);
}

int
drv_domain_set_guest_vcpus(virDomainPtr dom, const char *cpumap, int state, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetGuestVcpusEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(virBitmap) map = drv_vcpus_parse(cpumap, state, &error);
    g_autoptr(DrvAgent) agent = map ? drv_agent_open(domain, &error) : NULL;
    g_autoptr(GArray) vcpus = agent ? read_vcpus(agent, &error) : NULL;
    return vcpus && mark(vcpus, map, state != 0, &error) && write_vcpus(agent, vcpus, &error)
               ? 0
               : drv_raise(&error);
}
