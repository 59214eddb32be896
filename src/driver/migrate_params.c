/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <stddef.h>

#include "virtypedparam.h"

#include "driver/error.h"
#include "driver/filter.h"
#include "driver/migrate_params.h"
#include "driver/text.h"

/* UNSAFE is about caches of disks, which Xen's backends do not have, and an error of a disk never
 * ends a guest's move unseen (ABORT_ON_ERROR). */
#define KNOWN_FLAGS                                                                                \
    (VIR_MIGRATE_LIVE | VIR_MIGRATE_PEER2PEER | VIR_MIGRATE_PERSIST_DEST |                         \
     VIR_MIGRATE_UNDEFINE_SOURCE | VIR_MIGRATE_PAUSED | VIR_MIGRATE_CHANGE_PROTECTION |            \
     VIR_MIGRATE_UNSAFE | VIR_MIGRATE_ABORT_ON_ERROR | VIR_MIGRATE_OFFLINE |                       \
     VIR_MIGRATE_TUNNELLED | VIR_MIGRATE_COMPRESSED | VIR_MIGRATE_TLS)

#define LEAVE_OUT N_("leave it out")
#define DISKS     N_("both hosts have to see the same disks")

static const struct {
    unsigned int flag;
    const char *name;
    const char *instead; /* what to do */
} refused[] = {
    { VIR_MIGRATE_NON_SHARED_DISK, "NON_SHARED_DISK", DISKS },
    { VIR_MIGRATE_NON_SHARED_INC, "NON_SHARED_INC", DISKS },
    { VIR_MIGRATE_RDMA_PIN_ALL, "RDMA_PIN_ALL", LEAVE_OUT },
    { VIR_MIGRATE_POSTCOPY, "POSTCOPY", LEAVE_OUT },
    { VIR_MIGRATE_AUTO_CONVERGE, "AUTO_CONVERGE", LEAVE_OUT },
    { VIR_MIGRATE_PARALLEL, "PARALLEL",
      N_("libxl writes one stream, in order; --compressed is what there is for a slow network") },
    { VIR_MIGRATE_NON_SHARED_SYNCHRONOUS_WRITES, "NON_SHARED_SYNCHRONOUS_WRITES", DISKS },
    { VIR_MIGRATE_POSTCOPY_RESUME, "POSTCOPY_RESUME", LEAVE_OUT },
    { VIR_MIGRATE_ZEROCOPY, "ZEROCOPY", LEAVE_OUT },
};

static const struct {
    const char *name;
    gsize place; /* in DrvMigrateParams */
} texts[] = {
    { VIR_MIGRATE_PARAM_URI, offsetof(DrvMigrateParams, uri) },
    { VIR_MIGRATE_PARAM_DEST_NAME, offsetof(DrvMigrateParams, name) },
    { VIR_MIGRATE_PARAM_DEST_XML, offsetof(DrvMigrateParams, xml) },
    { VIR_MIGRATE_PARAM_PERSIST_XML, offsetof(DrvMigrateParams, persist_xml) },
    { VIR_MIGRATE_PARAM_LISTEN_ADDRESS, offsetof(DrvMigrateParams, listen) },
    { VIR_MIGRATE_PARAM_COMPRESSION, offsetof(DrvMigrateParams, method) },
    { VIR_MIGRATE_PARAM_TLS_DESTINATION, offsetof(DrvMigrateParams, tls_host) },
};

static gboolean
check_flags(unsigned int flags, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
        if (flags & refused[i].flag) {
            return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                            _("Xen guests do not migrate with the flag %s: %s"), refused[i].name,
                            _(refused[i].instead));
        }
    }
    if ((flags & VIR_MIGRATE_OFFLINE) && (flags & VIR_MIGRATE_LIVE)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("a live migration is none that is offline: leave out --live or "
                          "--offline"));
    }
    if ((flags & VIR_MIGRATE_OFFLINE) && !(flags & VIR_MIGRATE_PERSIST_DEST)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("an offline migration moves a definition: say that it is to be stored "
                          "(--persistent)"));
    }
    if ((flags & VIR_MIGRATE_TUNNELLED) && !(flags & VIR_MIGRATE_PEER2PEER)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("a tunnelled migration goes through the connection of the two daemons: "
                          "say that they lead it (--p2p)"));
    }
    return !(flags & ~KNOWN_FLAGS) ||
           drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                    _("this driver does not know the migration flags 0x%x"), flags & ~KNOWN_FLAGS);
}

static const char **
place_of(DrvMigrateParams *params, const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (g_str_equal(texts[i].name, name)) {
            return (const char **)((char *)params + texts[i].place);
        }
    }
    return NULL;
}

gboolean
drv_migrate_params_speed(guint64 mebibytes, guint64 *ret_speed, GError **error)
{
    if (mebibytes > G_MAXINT64 / DRV_MIGRATE_MEBIBYTE) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("the bandwidth of %llu MiB/s is too high: for no limit say 0"),
                        (unsigned long long)mebibytes);
    }
    *ret_speed = mebibytes * DRV_MIGRATE_MEBIBYTE;
    return TRUE;
}

static gboolean
read_bandwidth(DrvMigrateParams *ret_params, const virTypedParameter *param, GError **error)
{
    if (param->type != VIR_TYPED_PARAM_ULLONG) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("the migration parameter '%s' is no number of MiB/s"), param->field);
    }
    return drv_migrate_params_speed(param->value.ul, &ret_params->speed, error);
}

/* Of the formats of saved guests those that are fast enough for a network. */
static const char *const methods[] = { "zstd", "lz4", NULL };
#define METHOD methods[0]

static gboolean
set_format(DrvMigrateParams *ret_params, const char *name, GError **error)
{
    if (!g_strv_contains(methods, name)) {
        g_autofree char *known = g_strjoinv(", ", (char **)methods);
        return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                        _("the memory of guests is not compressed with '%s': expected one of %s"),
                        name, known);
    }
    ret_params->format = drv_image_format_by_name(name);
    return drv_filter_check(ret_params->format, error);
}

static gboolean
read_text(DrvMigrateParams *ret_params, const virTypedParameter *param, GError **error)
{
    const char **place = place_of(ret_params, param->field);
    if (!place) {
        return drv_fail(error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                        _("Xen guests do not migrate with the parameter '%s': leave it out"),
                        param->field);
    }
    if (param->type != VIR_TYPED_PARAM_STRING) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("the migration parameter '%s' is no text"),
                        param->field);
    }
    if (*place) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("the migration parameter '%s' is there twice: say which one counts"),
                        param->field);
    }
    *place = param->value.s;
    return TRUE;
}

static gboolean
read_one(DrvMigrateParams *ret_params, const virTypedParameter *param, GError **error)
{
    return g_str_equal(param->field, VIR_MIGRATE_PARAM_BANDWIDTH)
               ? read_bandwidth(ret_params, param, error)
               : read_text(ret_params, param, error);
}

/* What only makes sense with something else. */
static gboolean
check_together(DrvMigrateParams *params, unsigned int flags, GError **error)
{
    gboolean compressed = (flags & VIR_MIGRATE_COMPRESSED) != 0;
    if (params->method && !compressed) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("there is a method of compression, '%s', and none is wanted: say so "
                          "(--compressed), or leave it out"),
                        params->method);
    }
    if ((flags & VIR_MIGRATE_TUNNELLED) && (params->uri || params->listen)) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("a tunnelled migration goes to the destination's daemon: leave out "
                          "--migrateuri and --listen-address"));
    }
    if ((flags & VIR_MIGRATE_TUNNELLED) && (flags & VIR_MIGRATE_TLS)) {
        return drv_fail(
            error, VIR_ERR_INVALID_ARG,
            _("a tunnelled migration is as safe as the connection of the daemons: leave "
              "out --tls, and use xen+tls://HOST/system"));
    }
    if (params->tls_host && !(flags & VIR_MIGRATE_TLS)) {
        return drv_fail(
            error, VIR_ERR_INVALID_ARG,
            _("there is a TLS destination, '%s', and no TLS is wanted: say so (--tls), or "
              "leave it out"),
            params->tls_host);
    }
    return !compressed || set_format(params, params->method ? params->method : METHOD, error);
}

gboolean
drv_migrate_params_read(DrvMigrateParams *ret_params, virTypedParameterPtr params, int nparams,
                        unsigned int flags, GError **error)
{
    *ret_params = (DrvMigrateParams){ 0 };
    if (!check_flags(flags, error)) {
        return FALSE;
    }
    for (int i = 0; i < nparams; i++) {
        if (!read_one(ret_params, &params[i], error)) {
            return FALSE;
        }
    }
    return check_together(ret_params, flags, error);
}
