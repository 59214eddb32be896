/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* What the guest's agent tells of the guest. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/addresses.h"
#include "driver/agent.h"
#include "driver/api.h"
#include "driver/guest_disk.h"
#include "driver/params.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* --- virDomainGetGuestInfo() --- */

/* Adds to @params what the agent returned. FALSE when that lacks what such answers have. */
typedef gboolean (*AddInfo)(const DomDef *def, virJSONValue *said, DrvParams *params);

static const char *
text_of(virJSONValue *object, const char *key)
{
    return virJSONValueObjectGetString(object, key);
}

static gboolean
add_user(virJSONValue *user, DrvParams *params, guint i)
{
    double login;
    const char *name = text_of(user, "user");
    return name && drv_params_text(params, name, "user.%u.name", i) &&
           drv_params_text(params, text_of(user, "domain"), "user.%u.domain", i) &&
           virJSONValueObjectGetNumberDouble(user, "login-time", &login) == 0 && login >= 0 &&
           login < (double)(G_MAXINT64 / 1000) &&
           drv_params_ullong(params, (guint64)(login * 1000), "user.%u.login-time", i);
}

static gboolean
add_users(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    guint count = (guint)virJSONValueArraySize(said);
    gboolean added = drv_params_uint(params, count, "user.count");
    for (guint i = 0; added && i < count; i++) {
        added = add_user(virJSONValueArrayGet(said, i), params, i);
    }
    return added;
}

static gboolean
add_os(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    static const char *const keys[] = {
        "id",         "name",    "pretty-name",    "version",        "variant", "variant-id",
        "version-id", "machine", "kernel-release", "kernel-version", NULL
    };
    gboolean added = TRUE;
    for (gsize i = 0; added && keys[i]; i++) {
        added = drv_params_text(params, text_of(said, keys[i]), "os.%s", keys[i]);
    }
    return added;
}

static gboolean
add_timezone(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    int offset;
    return virJSONValueObjectGetNumberInt(said, "offset", &offset) == 0 &&
           drv_params_text(params, text_of(said, "zone"), "timezone.name") &&
           drv_params_int(params, offset, "timezone.offset");
}

static gboolean
add_hostname(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    const char *name = text_of(said, "host-name");
    return name && drv_params_text(params, name, "hostname");
}

/* A number of bytes, where the agent knows it. */
static gboolean
add_bytes(virJSONValue *entry, DrvParams *params, const char *key, guint i)
{
    unsigned long long bytes;
    return virJSONValueObjectGetNumberUlong(entry, key, &bytes) < 0 ||
           drv_params_ullong(params, bytes, "fs.%u.%s", i, key);
}

static gboolean
add_fs_disk(const DomDef *def, virJSONValue *disk, const char *name, DrvParams *params, guint i,
            guint j)
{
    return drv_params_text(params, drv_guest_disk_of(def, disk, name), "fs.%u.disk.%u.alias", i,
                           j) &&
           drv_params_text(params, text_of(disk, "serial"), "fs.%u.disk.%u.serial", i, j) &&
           drv_params_text(params, text_of(disk, "dev"), "fs.%u.disk.%u.device", i, j);
}

static gboolean
add_fs(const DomDef *def, virJSONValue *entry, DrvParams *params, guint i)
{
    const char *name = text_of(entry, "name");
    virJSONValue *disks = virJSONValueObjectGetArray(entry, "disk");
    guint count = disks ? (guint)virJSONValueArraySize(disks) : 0;
    gboolean added = name && drv_params_text(params, name, "fs.%u.name", i) &&
                     drv_params_text(params, text_of(entry, "mountpoint"), "fs.%u.mountpoint", i) &&
                     drv_params_text(params, text_of(entry, "type"), "fs.%u.fstype", i) &&
                     add_bytes(entry, params, "total-bytes", i) &&
                     add_bytes(entry, params, "used-bytes", i) &&
                     drv_params_uint(params, count, "fs.%u.disk.count", i);
    for (guint j = 0; added && j < count; j++) {
        added = add_fs_disk(def, virJSONValueArrayGet(disks, j), name, params, i, j);
    }
    return added;
}

/* In the order in which they were mounted, which is not the agent's. */
static gboolean
add_file_systems(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    guint count = (guint)virJSONValueArraySize(said);
    gboolean added = drv_params_uint(params, count, "fs.count");
    for (guint i = 0; added && i < count; i++) {
        added = add_fs(def, virJSONValueArrayGet(said, count - 1 - i), params, i);
    }
    return added;
}

static gboolean
add_dependencies(virJSONValue *list, DrvParams *params, guint i)
{
    guint count = (guint)virJSONValueArraySize(list);
    gboolean added = count == 0 || drv_params_uint(params, count, "disk.%u.dependency.count", i);
    for (guint j = 0; added && j < count; j++) {
        const char *name = virJSONValueGetString(virJSONValueArrayGet(list, j));
        added = name && drv_params_text(params, name, "disk.%u.dependency.%u.name", i, j);
    }
    return added;
}

static gboolean
add_disk(const DomDef *def, virJSONValue *disk, DrvParams *params, guint i)
{
    bool partition;
    const char *name = text_of(disk, "name");
    virJSONValue *address = virJSONValueObjectGetObject(disk, "address");
    virJSONValue *dependencies = virJSONValueObjectGetArray(disk, "dependencies");
    return name && virJSONValueObjectGetBoolean(disk, "partition", &partition) == 0 &&
           drv_params_text(params, name, "disk.%u.name", i) &&
           drv_params_boolean(params, partition, "disk.%u.partition", i) &&
           (!dependencies || add_dependencies(dependencies, params, i)) &&
           drv_params_text(params, address ? text_of(address, "serial") : NULL, "disk.%u.serial",
                           i) &&
           drv_params_text(params, partition ? NULL : drv_guest_disk_target(def, name),
                           "disk.%u.alias", i) &&
           drv_params_text(params, text_of(disk, "alias"), "disk.%u.guest_alias", i);
}

static gboolean
add_disks(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    guint count = (guint)virJSONValueArraySize(said);
    gboolean added = drv_params_uint(params, count, "disk.count");
    for (guint i = 0; added && i < count; i++) {
        added = add_disk(def, virJSONValueArrayGet(said, i), params, i);
    }
    return added;
}

static gboolean
add_address(const virDomainIPAddress *address, DrvParams *params, guint i, guint j)
{
    const char *type = address->type == VIR_IP_ADDR_TYPE_IPV6 ? "ipv6" : "ipv4";
    return drv_params_text(params, type, "if.%u.addr.%u.type", i, j) &&
           drv_params_text(params, address->addr, "if.%u.addr.%u.addr", i, j) &&
           drv_params_uint(params, address->prefix, "if.%u.addr.%u.prefix", i, j);
}

static gboolean
add_interface(const virDomainInterface *interface, DrvParams *params, guint i)
{
    gboolean added = drv_params_text(params, interface->name, "if.%u.name", i) &&
                     drv_params_text(params, interface->hwaddr, "if.%u.hwaddr", i) &&
                     drv_params_uint(params, interface->naddrs, "if.%u.addr.count", i);
    for (guint j = 0; added && j < interface->naddrs; j++) {
        added = add_address(&interface->addrs[j], params, i, j);
    }
    return added;
}

static gboolean
add_interfaces(const DomDef *def, virJSONValue *said, DrvParams *params)
{
    g_autoptr(GPtrArray) interfaces = drv_addresses_of_agent(said);
    gboolean added = interfaces && drv_params_uint(params, interfaces->len, "if.count");
    for (guint i = 0; added && i < interfaces->len; i++) {
        added = add_interface(interfaces->pdata[i], params, i);
    }
    return added;
}

static const struct {
    unsigned int type;
    const char *command;
    virJSONType returned;
    AddInfo add;
} rows[] = {
    { VIR_DOMAIN_GUEST_INFO_USERS, "guest-get-users", VIR_JSON_TYPE_ARRAY, add_users },
    { VIR_DOMAIN_GUEST_INFO_OS, "guest-get-osinfo", VIR_JSON_TYPE_OBJECT, add_os },
    { VIR_DOMAIN_GUEST_INFO_TIMEZONE, "guest-get-timezone", VIR_JSON_TYPE_OBJECT, add_timezone },
    { VIR_DOMAIN_GUEST_INFO_HOSTNAME, "guest-get-host-name", VIR_JSON_TYPE_OBJECT, add_hostname },
    { VIR_DOMAIN_GUEST_INFO_FILESYSTEM, "guest-get-fsinfo", VIR_JSON_TYPE_ARRAY, add_file_systems },
    { VIR_DOMAIN_GUEST_INFO_DISKS, "guest-get-disks", VIR_JSON_TYPE_ARRAY, add_disks },
    { VIR_DOMAIN_GUEST_INFO_INTERFACES, DRV_ADDRESSES_COMMAND, VIR_JSON_TYPE_ARRAY,
      add_interfaces },
};

static gboolean
check_types(unsigned int types, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        types &= ~rows[i].type;
    }
    return types == 0 || drv_fail(error, VIR_ERR_INVALID_ARG,
                                  _("guest agents tell nothing of the kind 0x%x"), types);
}

/* Without @types all that this agent knows is wanted. */
static gboolean
ask_info(DrvDomain *domain, unsigned int types, DrvParams *params, GError **error)
{
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    g_autoptr(DrvAgent) agent = drv_agent_open(domain, error);
    for (gsize i = 0; agent && i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) why = NULL;
        if (types && !(types & rows[i].type)) {
            continue;
        }
        g_autoptr(virJSONValue) said =
            drv_agent_ask(agent, rows[i].command, NULL, rows[i].returned, &why);
        if (said && !rows[i].add(def, said, params)) {
            return drv_agent_fail_answer(rows[i].command, error);
        }
        if (!said && (types || !g_error_matches(why, DRV_ERROR, VIR_ERR_OPERATION_UNSUPPORTED))) {
            g_propagate_error(error, g_steal_pointer(&why));
            return FALSE;
        }
    }
    return agent != NULL;
}

int
drv_domain_get_guest_info(virDomainPtr dom, unsigned int types, virTypedParameterPtr *ret_params,
                          int *ret_count, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(DrvParams) params = { 0 };
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetGuestInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (!check_types(types, &error) || !ask_info(domain, types, &params, &error)) {
        return drv_raise(&error);
    }
    *ret_count = params.count;
    *ret_params = drv_params_steal(&params);
    return 0;
}

/* --- the clock --- */

#define NS_PER_SEC G_GINT64_CONSTANT(1000000000)

int
drv_domain_get_time(virDomainPtr dom, long long *seconds, unsigned int *nseconds,
                    unsigned int flags)
{
    static const char command[] = "guest-get-time";
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    long long time;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetTimeEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(virJSONValue) said =
        drv_agent_request(domain, command, NULL, VIR_JSON_TYPE_NUMBER, &error);
    if (said && (virJSONValueGetNumberLong(said, &time) < 0 || time < 0)) {
        drv_agent_fail_answer(command, &error);
    }
    if (error) {
        return drv_raise(&error);
    }
    *seconds = time / NS_PER_SEC;
    *nseconds = (unsigned int)(time % NS_PER_SEC);
    return 0;
}

/* The agent counts ns in a signed number of 64 bits. NULL with @error. (transfer full) */
static virJSONValue *
time_arguments(long long seconds, unsigned int nseconds, GError **error)
{
    virJSONValue *arguments = NULL;
    if (seconds < 0 || seconds >= G_MAXINT64 / NS_PER_SEC || nseconds >= NS_PER_SEC) {
        drv_fail(error, VIR_ERR_INVALID_ARG,
                 _("%lld.%09u s since 1970 is no time that a guest can have"), seconds, nseconds);
        return NULL;
    }
    virJSONValueObjectAdd(&arguments, "I:time", seconds * NS_PER_SEC + nseconds, NULL);
    return arguments;
}

int
drv_domain_set_time(virDomainPtr dom, long long seconds, unsigned int nseconds, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virJSONValue *arguments = NULL;
    virCheckFlags(VIR_DOMAIN_TIME_SYNC, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetTimeEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    /* without a time, the guest takes that of its hardware's clock */
    if (!(flags & VIR_DOMAIN_TIME_SYNC)) {
        arguments = time_arguments(seconds, nseconds, &error);
    }
    return !error && drv_agent_tell(domain, "guest-set-time", arguments, &error)
               ? 0
               : drv_raise(&error);
}
