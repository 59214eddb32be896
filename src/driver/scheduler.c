/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* How Xen shares its CPUs among guests: the parameters of the scheduler of a guest's CPU pool. */

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/live.h"
#include "driver/pool.h"
#include "driver/soft.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* A parameter: where the model and libxl have it, and what counts when nobody says anything. */
typedef struct {
    const char *name;
    gsize member; /* DomInt in DomSched; NO_MEMBER: a definition has no place for it */
    gsize offset; /* int in libxl_domain_sched_params */
    int initial;
} Parameter;

#define NO_MEMBER G_MAXSIZE
#define ROW(text, where, member, value)                                                            \
    {                                                                                              \
        (text), (where), DOM_TYPED_OFFSET(libxl_domain_sched_params, member, int), (value)         \
    }
#define MEMBER(member) DOM_TYPED_OFFSET(DomSched, member, DomInt)

static const Parameter shares[] = {
    ROW(VIR_DOMAIN_SCHEDULER_WEIGHT, MEMBER(weight), weight, 256),
    ROW(VIR_DOMAIN_SCHEDULER_CAP, MEMBER(cap), cap, 0),
};

/* Xen's own RTDS_DEFAULT_PERIOD and _BUDGET, microseconds. */
static const Parameter real_time[] = {
    ROW("period", MEMBER(period), period, 10000),
    ROW("budget", NO_MEMBER, budget, 4000),
    ROW("extratime", MEMBER(extratime), extratime, 1),
};

static const struct {
    libxl_scheduler sched;
    const Parameter *rows;
    guint n_rows;
} schedulers[] = {
    { LIBXL_SCHEDULER_CREDIT, shares, G_N_ELEMENTS(shares) },
    { LIBXL_SCHEDULER_CREDIT2, shares, G_N_ELEMENTS(shares) },
    { LIBXL_SCHEDULER_RTDS, real_time, G_N_ELEMENTS(real_time) },
};

static const Parameter *
rows_of(libxl_scheduler sched, guint *ret_count)
{
    for (gsize i = 0; i < G_N_ELEMENTS(schedulers); i++) {
        if (schedulers[i].sched == sched) {
            *ret_count = schedulers[i].n_rows;
            return schedulers[i].rows;
        }
    }
    *ret_count = 0;
    return NULL;
}

static int *
value_in(libxl_domain_sched_params *params, const Parameter *row)
{
    return (int *)((char *)params + row->offset);
}

static DomInt *
member_in(DomSched *sched, const Parameter *row)
{
    return (DomInt *)((char *)sched + row->member);
}

static gboolean
read_scheduler(DrvXen *xen, int id, const DomDef *def, libxl_scheduler *ret_sched, GError **error)
{
    uint32_t pool;
    return drv_pool_of(xen, id, def, &pool, error) &&
           drv_pool_scheduler(xen, pool, ret_sched, error);
}

/* Of real-time guests Xen tells the parameters of each vCPU; all have the same unless somebody else
 * made them differ. */
static gboolean
read_live(DrvXen *xen, uint32_t domid, libxl_scheduler sched, libxl_domain_sched_params *params,
          GError **error)
{
    libxl_sched_params first = { .vcpuid = 0 };
    libxl_vcpu_sched_params vcpus = { .sched = sched, .num_vcpus = 1, .vcpus = &first };
    gboolean done = sched == LIBXL_SCHEDULER_RTDS
                        ? libxl_vcpu_sched_params_get(xen->ctx, domid, &vcpus) == 0
                        : libxl_domain_sched_params_get(xen->ctx, domid, params) == 0;
    if (sched == LIBXL_SCHEDULER_RTDS) {
        params->period = first.period;
        params->budget = first.budget;
        params->extratime = first.extratime;
    }
    return done ||
           drv_xen_fail(xen, VIR_ERR_OPERATION_FAILED, error,
                        _("Xen does not tell the scheduler's parameters of domain %u"), domid);
}

static gboolean
write_live(DrvXen *xen, uint32_t domid, libxl_scheduler sched,
           const libxl_domain_sched_params *params, GError **error)
{
    libxl_sched_params all = { .vcpuid = LIBXL_SCHED_PARAM_VCPU_INDEX_DEFAULT,
                               .period = params->period,
                               .budget = params->budget,
                               .extratime = params->extratime };
    libxl_vcpu_sched_params vcpus = { .sched = sched, .num_vcpus = 1, .vcpus = &all };
    int rc = sched == LIBXL_SCHEDULER_RTDS
                 ? libxl_vcpu_sched_params_set_all(xen->ctx, domid, &vcpus)
                 : libxl_domain_sched_params_set(xen->ctx, domid, params);
    if (rc == 0) {
        return TRUE;
    }
    return drv_xen_fail(xen, rc == ERROR_INVAL ? VIR_ERR_INVALID_ARG : VIR_ERR_OPERATION_FAILED,
                        error, _("Xen does not take the scheduler's parameters for domain %u"),
                        domid);
}

typedef struct {
    DrvDriver *driver;
    GPtrArray *numbers;    /* of virTypedParameter, borrowed from the client's */
    const char *pool;      /* the one to move to, or NULL */
    const char *soft_text; /* the CPUs to prefer, or NULL */
    DrvSoft *soft;         /* the same, once it was read; owned */
    uint32_t pool_id;      /* its number */
    libxl_scheduler sched; /* the guest's, when it is one that runs */
    gboolean told;
} Request;

static void
request_clear(Request *request)
{
    g_clear_pointer(&request->soft, drv_soft_free);
    g_clear_pointer(&request->numbers, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Request, request_clear)

static char *
tell_pool(DrvXen *xen, int id, const DomDef *def, GError **error)
{
    uint32_t pool;
    return drv_pool_of(xen, id, def, &pool, error) ? drv_pool_name(xen, pool, error) : NULL;
}

/* The parameters that are texts, of any scheduler. */
static const struct {
    const char *name;
    gsize wanted; /* offset in Request of what a client sent */
    char *(*tell)(DrvXen *xen, int id, const DomDef *def, GError **error);
} texts[] = {
    { DRV_POOL_PARAMETER, offsetof(Request, pool), tell_pool },
    { DRV_SOFT_PARAMETER, offsetof(Request, soft_text), drv_soft_tell },
};

char *
drv_domain_get_scheduler_type(virDomainPtr dom, int *n_params)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    DrvDriver *driver = drv_driver_of(dom->conn);
    libxl_scheduler sched;
    guint count;
    int id;
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetSchedulerTypeEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    g_autoptr(DomDef) def = drv_change_look(driver, domain, 0, &id, &error);
    g_autoptr(DrvXen) xen = def ? drv_xen_open(driver->hypervisor, &error) : NULL;
    if (!xen || !read_scheduler(xen, id, def, &sched, &error)) {
        drv_raise(&error);
        return NULL;
    }
    rows_of(sched, &count);
    if (n_params) {
        *n_params = (int)(count + G_N_ELEMENTS(texts));
    }
    return g_strdup(libxl_scheduler_to_string(sched));
}

/* What a definition says, with Xen's own choice for the rest. */
static void
read_stored(DomDef *def, const Parameter *rows, guint n_rows, libxl_domain_sched_params *params)
{
    for (guint i = 0; i < n_rows; i++) {
        const DomInt *stored =
            rows[i].member == NO_MEMBER ? NULL : member_in(&def->sched, &rows[i]);
        *value_in(params, &rows[i]) = stored && stored->set ? (int)stored->value : rows[i].initial;
    }
}

static int
fill(virTypedParameterPtr params, int room, const Parameter *rows, guint n_rows,
     libxl_domain_sched_params *values)
{
    int count = MIN(room, (int)n_rows);
    for (int i = 0; i < count; i++) {
        if (virTypedParameterAssign(&params[i], rows[i].name, VIR_TYPED_PARAM_UINT,
                                    (unsigned int)*value_in(values, &rows[i])) < 0) {
            return -1;
        }
    }
    return count;
}

/* As many as there is room for, for clients that take text. */
static gboolean
fill_texts(virTypedParameterPtr params, int room, DrvXen *xen, int id, const DomDef *def,
           int *filled, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts) && *filled < room; i++) {
        char *text = texts[i].tell(xen, id, def, error);
        if (!text) {
            return FALSE;
        }
        if (virTypedParameterAssign(&params[*filled], texts[i].name, VIR_TYPED_PARAM_STRING, text) <
            0) {
            return drv_fail_from_libvirt(error);
        }
        ++*filled;
    }
    return TRUE;
}

int
drv_domain_get_scheduler_parameters_flags(virDomainPtr dom, virTypedParameterPtr params,
                                          int *n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    DrvDriver *driver = drv_driver_of(dom->conn);
    libxl_domain_sched_params values;
    libxl_scheduler sched;
    guint count;
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_TYPED_PARAM_STRING_OKAY,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetSchedulerParametersFlagsEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DomDef) def = drv_change_look(driver, domain, flags, &id, &error);
    g_autoptr(DrvXen) xen = def ? drv_xen_open(driver->hypervisor, &error) : NULL;
    if (!xen || !read_scheduler(xen, id, def, &sched, &error)) {
        return drv_raise(&error);
    }
    const Parameter *rows = rows_of(sched, &count);
    libxl_domain_sched_params_init(&values);
    if (id < 0) {
        read_stored(def, rows, count, &values);
    } else if (count > 0 && !read_live(xen, (uint32_t)id, sched, &values, &error)) {
        return drv_raise(&error);
    }
    int filled = fill(params, *n_params, rows, count, &values);
    if (filled >= 0 && (flags & VIR_TYPED_PARAM_STRING_OKAY) &&
        !fill_texts(params, *n_params, xen, id, def, &filled, &error)) {
        return drv_raise(&error);
    }
    *n_params = MAX(filled, 0);
    return filled < 0 ? -1 : 0;
}

int
drv_domain_get_scheduler_parameters(virDomainPtr dom, virTypedParameterPtr params, int *n_params)
{
    return drv_domain_get_scheduler_parameters_flags(dom, params, n_params, 0);
}

static gboolean
take_text(Request *request, const virTypedParameter *param, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!g_str_equal(param->field, texts[i].name)) {
            continue;
        }
        if (param->type != VIR_TYPED_PARAM_STRING) {
            return drv_fail(error, VIR_ERR_INVALID_ARG, _("parameter '%s' has to be a string"),
                            param->field);
        }
        *(const char **)((char *)request + texts[i].wanted) = param->value.s;
        return TRUE;
    }
    g_ptr_array_add(request->numbers, (gpointer)param);
    return TRUE;
}

/* Sorts what a client sent; numbers are looked at when the scheduler is known. */
static gboolean
read_request(Request *request, DrvXen *xen, virTypedParameterPtr params, int n_params,
             GError **error)
{
    for (int i = 0; i < n_params; i++) {
        if (!take_text(request, &params[i], error)) {
            return FALSE;
        }
    }
    if (request->soft_text) {
        request->soft = drv_soft_parse(xen, request->soft_text, error);
    }
    return !request->soft_text || request->soft;
}

/* The scheduler that counts: that of the pool to move to, or of the one that there is. */
static gboolean
edit_pool(DomDef *def, DrvXen *xen, int id, Request *request, libxl_scheduler *ret_sched,
          GError **error)
{
    if (!request->pool) {
        return read_scheduler(xen, id, def, ret_sched, error);
    }
    char *name = drv_pool_find(xen, request->pool, &request->pool_id, error)
                     ? drv_pool_name(xen, request->pool_id, error)
                     : NULL;
    if (!name) {
        return FALSE;
    }
    g_free(def->general.pool);
    def->general.pool = name;
    return drv_pool_scheduler(xen, request->pool_id, ret_sched, error);
}

static const Parameter *
find_row(libxl_scheduler sched, const char *name)
{
    guint count;
    const Parameter *rows = rows_of(sched, &count);
    for (guint i = 0; i < count; i++) {
        if (g_str_equal(rows[i].name, name)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The row of a parameter that a client sent; NULL with @error when this scheduler has no such. */
static const Parameter *
check_parameter(const virTypedParameter *param, libxl_scheduler sched, GError **error)
{
    const Parameter *row = find_row(sched, param->field);
    if (!row) {
        drv_fail(error, VIR_ERR_INVALID_ARG, _("the scheduler '%s' has no parameter '%s'"),
                 libxl_scheduler_to_string(sched), param->field);
        return NULL;
    }
    if (param->type != VIR_TYPED_PARAM_UINT) {
        drv_fail(error, VIR_ERR_INVALID_ARG, _("parameter '%s' has to be an unsigned int"),
                 param->field);
        return NULL;
    }
    if (param->value.ui > G_MAXINT) {
        drv_fail(error, VIR_ERR_INVALID_ARG, _("parameter '%s' cannot be %u"), param->field,
                 param->value.ui);
        return NULL;
    }
    return row;
}

/* What Xen checks when it applies them, for a definition that it has not seen yet. */
static gboolean
check_range(const DomDef *def, const virTypedParameter *param, GError **error)
{
    guint value = param->value.ui;
    guint most_cap = 100 * drv_def_max_vcpus(def);
    if (g_str_equal(param->field, VIR_DOMAIN_SCHEDULER_WEIGHT) && (value < 1 || value > 65535)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("weight has to be 1 to 65535, not %u"),
                        value);
    }
    if (g_str_equal(param->field, VIR_DOMAIN_SCHEDULER_CAP) && value > most_cap) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("cap has to be 0 (none) to %u, 100 for each vCPU, not %u"), most_cap,
                        value);
    }
    return TRUE;
}

static gboolean
edit_one(DomDef *def, DrvTargets target, const virTypedParameter *param, const Parameter *row,
         GError **error)
{
    if (!check_range(def, param, error)) {
        return FALSE;
    }
    if (row->member != NO_MEMBER) {
        *member_in(&def->sched, row) = (DomInt){ param->value.ui, TRUE };
        return TRUE;
    }
    return target == DRV_CHANGE_LIVE ||
           drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                    _("a definition has no place for '%s': set it while the guest runs (--live)"),
                    row->name);
}

static gboolean
edit_parameters(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    Request *request = data;
    libxl_scheduler sched;
    g_autoptr(DrvXen) xen = drv_xen_open(request->driver->hypervisor, error);
    int id = target == DRV_CHANGE_LIVE ? def->live.id : -1;
    if (!xen || !edit_pool(def, xen, id, request, &sched, error)) {
        return FALSE;
    }
    if (request->soft && !drv_soft_edit(request->soft, def, error)) {
        return FALSE;
    }
    for (guint i = 0; i < request->numbers->len; i++) {
        const virTypedParameter *param = request->numbers->pdata[i];
        const Parameter *row = check_parameter(param, sched, error);
        if (!row || !edit_one(def, target, param, row, error)) {
            return FALSE;
        }
    }
    if (target == DRV_CHANGE_LIVE) {
        request->sched = sched;
    }
    return TRUE;
}

static gboolean
apply_numbers(Request *request, DrvXen *xen, uint32_t domid, GError **error)
{
    libxl_domain_sched_params values;
    libxl_domain_sched_params_init(&values);
    if (!read_live(xen, domid, request->sched, &values, error)) {
        return FALSE;
    }
    for (guint i = 0; i < request->numbers->len; i++) {
        const virTypedParameter *param = request->numbers->pdata[i];
        *value_in(&values, find_row(request->sched, param->field)) = (int)param->value.ui;
    }
    request->told = write_live(xen, domid, request->sched, &values, error);
    return request->told;
}

static gboolean
apply_parameters(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    Request *request = data;
    return (!request->pool || drv_pool_move(xen, domid, request->pool_id, error)) &&
           (!request->soft || drv_soft_apply(request->soft, xen, domid, def, error)) &&
           (request->numbers->len == 0 || apply_numbers(request, xen, domid, error));
}

static const DrvChange change_parameters = { "schedinfo", edit_parameters, apply_parameters };

/* What libvirt has an event for, as its elements say it. */
static void
tell(const Request *request, virDomainPtr dom)
{
    virTypedParameterPtr told = NULL;
    int n = 0, room = 0;
    for (guint i = 0; i < request->numbers->len; i++) {
        const virTypedParameter *param = request->numbers->pdata[i];
        if (g_str_equal(param->field, VIR_DOMAIN_SCHEDULER_WEIGHT)) {
            virTypedParamsAddULLong(&told, &n, &room, VIR_DOMAIN_TUNABLE_CPU_CPU_SHARES,
                                    param->value.ui);
        } else if (g_str_equal(param->field, VIR_DOMAIN_SCHEDULER_CAP)) {
            virTypedParamsAddLLong(&told, &n, &room, VIR_DOMAIN_TUNABLE_CPU_GLOBAL_QUOTA,
                                   (long long)dom_sched_quota(param->value.ui));
        }
    }
    if (n > 0) {
        drv_event_tunable(request->driver, dom, told, n);
    }
}

int
drv_domain_set_scheduler_parameters_flags(virDomainPtr dom, virTypedParameterPtr params,
                                          int n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Request) request = { .driver = drv_driver_of(dom->conn), .numbers = g_ptr_array_new() };
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetSchedulerParametersFlagsEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    g_autoptr(DrvXen) xen = drv_xen_open(request.driver->hypervisor, &error);
    if (!xen || !read_request(&request, xen, params, n_params, &error) ||
        !drv_change_run(request.driver, domain, &change_parameters, flags, &request, &error)) {
        return drv_raise(&error);
    }
    if (request.told) {
        tell(&request, dom);
    }
    return 0;
}

int
drv_domain_set_scheduler_parameters(virDomainPtr dom, virTypedParameterPtr params, int n_params)
{
    return drv_domain_set_scheduler_parameters_flags(dom, params, n_params, 0);
}
