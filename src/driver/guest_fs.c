/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods about the guest's file systems, which its agent knows. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/agent.h"
#include "driver/api.h"
#include "driver/guest_disk.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* How many file systems the agent says it changed; -1 with @error. */
static int
ask_count(DrvDomain *domain, const char *command, virJSONValue *arguments, GError **error)
{
    int count = -1;
    g_autoptr(virJSONValue) returned =
        drv_agent_request(domain, command, arguments, VIR_JSON_TYPE_NUMBER, error);
    if (!returned) {
        return -1;
    }
    if (virJSONValueGetNumberInt(returned, &count) < 0 || count < 0) {
        drv_agent_fail_answer(command, error);
        return -1;
    }
    return count;
}

static int
freeze(DrvDomain *domain, const char **mountpoints, guint n, GError **error)
{
    virJSONValue *arguments = NULL;
    if (n == 0) {
        return ask_count(domain, "guest-fsfreeze-freeze", NULL, error);
    }
    g_autoptr(virJSONValue) list = drv_agent_strings(mountpoints, n);
    virJSONValueObjectAdd(&arguments, "a:mountpoints", &list, NULL);
    return ask_count(domain, "guest-fsfreeze-freeze-list", arguments, error);
}

int
drv_domain_fs_freeze(virDomainPtr dom, const char **mountpoints, unsigned int n_mountpoints,
                     unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainFSFreezeEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    int count = freeze(domain, mountpoints, n_mountpoints, &error);
    return count < 0 ? drv_raise(&error) : count;
}

int
drv_domain_fs_thaw(virDomainPtr dom, const char **mountpoints, unsigned int n_mountpoints,
                   unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainFSThawEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (n_mountpoints > 0) {
        drv_fail(&error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                 _("guest agents thaw all file systems together: leave the mount points out"));
        return drv_raise(&error);
    }
    int count = ask_count(domain, "guest-fsfreeze-thaw", NULL, &error);
    return count < 0 ? drv_raise(&error) : count;
}

int
drv_domain_fs_trim(virDomainPtr dom, const char *mount_point, unsigned long long minimum,
                   unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virJSONValue *arguments = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainFSTrimEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    if (mount_point) {
        drv_fail(&error, VIR_ERR_ARGUMENT_UNSUPPORTED,
                 _("guest agents trim all file systems together: leave the mount point out"));
        return drv_raise(&error);
    }
    virJSONValueObjectAdd(&arguments, "U:minimum", minimum, NULL);
    return drv_agent_tell(domain, "guest-fstrim", arguments, &error) ? 0 : drv_raise(&error);
}

/* The disks of the definition that a file system is on, each once; in an array of text that ends
 * with NULL. (transfer full) */
static char **
disks_of(const DomDef *def, virJSONValue *entry, const char *name)
{
    virJSONValue *addresses = virJSONValueObjectGetArray(entry, "disk");
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; addresses && i < virJSONValueArraySize(addresses); i++) {
        const char *target = drv_guest_disk_of(def, virJSONValueArrayGet(addresses, i), name);
        if (target && !g_ptr_array_find_with_equal_func(found, target, g_str_equal, NULL)) {
            g_ptr_array_add(found, (gpointer)target);
        }
    }
    g_ptr_array_add(found, NULL);
    return g_strdupv((char **)found->pdata);
}

/* What an item of guest-get-fsinfo says; NULL when it is none. (transfer full) */
static virDomainFSInfoPtr
make_info(const DomDef *def, virJSONValue *entry)
{
    const char *name = virJSONValueObjectGetString(entry, "name");
    const char *mountpoint = virJSONValueObjectGetString(entry, "mountpoint");
    const char *type = virJSONValueObjectGetString(entry, "type");
    if (!name || !mountpoint || !type) {
        return NULL;
    }
    virDomainFSInfoPtr info = g_new0(virDomainFSInfo, 1);
    info->name = g_strdup(name);
    info->mountpoint = g_strdup(mountpoint);
    info->fstype = g_strdup(type);
    info->devAlias = disks_of(def, entry, name);
    info->ndevAlias = g_strv_length(info->devAlias);
    return info;
}

/* In the order in which they were mounted, which is not the agent's. NULL with @error. */
static GPtrArray *
ask_infos(DrvDomain *domain, GError **error)
{
    static const char command[] = "guest-get-fsinfo";
    g_autoptr(DomDef) def = drv_domain_copy_def(domain);
    g_autoptr(GPtrArray) infos =
        g_ptr_array_new_with_free_func((GDestroyNotify)virDomainFSInfoFree);
    g_autoptr(virJSONValue) list =
        drv_agent_request(domain, command, NULL, VIR_JSON_TYPE_ARRAY, error);
    if (!list) {
        return NULL;
    }
    for (guint i = (guint)virJSONValueArraySize(list); i > 0; i--) {
        virDomainFSInfoPtr info = make_info(def, virJSONValueArrayGet(list, i - 1));
        if (!info) {
            drv_agent_fail_answer(command, error);
            return NULL;
        }
        g_ptr_array_add(infos, info);
    }
    return g_steal_pointer(&infos);
}

int
drv_domain_get_fs_info(virDomainPtr dom, virDomainFSInfoPtr **ret_infos, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    gsize count;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetFSInfoEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(GPtrArray) infos = ask_infos(domain, &error);
    if (!infos) {
        return drv_raise(&error);
    }
    *ret_infos = (virDomainFSInfoPtr *)g_ptr_array_steal(infos, &count);
    return (int)count;
}
