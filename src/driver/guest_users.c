/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* Methods that let users of the guest in, by its agent. */

#include "datatypes.h"
#include "virerror.h"
#include "viraccessapicheck.h"

#include "driver/agent.h"
#include "driver/api.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

int
drv_domain_set_user_password(virDomainPtr dom, const char *user, const char *password,
                             unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virJSONValue *arguments = NULL;
    virCheckFlags(VIR_DOMAIN_PASSWORD_ENCRYPTED, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetUserPasswordEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autofree char *coded = g_base64_encode((const guchar *)password, strlen(password));
    virJSONValueObjectAdd(&arguments, "b:crypted", flags != 0, "s:username", user, "s:password",
                          coded, NULL);
    return drv_agent_tell(domain, "guest-set-user-password", arguments, &error) ? 0
                                                                                : drv_raise(&error);
}

/* The strings of @list in an array that ends with NULL (transfer full); NULL when it has others. */
static char **
strings_of(virJSONValue *list)
{
    g_autoptr(GStrvBuilder) strings = g_strv_builder_new();
    for (guint i = 0; i < virJSONValueArraySize(list); i++) {
        const char *text = virJSONValueGetString(virJSONValueArrayGet(list, i));
        if (!text) {
            return NULL;
        }
        g_strv_builder_add(strings, text);
    }
    return g_strv_builder_end(strings);
}

static char **
ask_keys(DrvDomain *domain, const char *user, GError **error)
{
    static const char command[] = "guest-ssh-get-authorized-keys";
    virJSONValue *arguments = NULL;
    virJSONValueObjectAdd(&arguments, "s:username", user, NULL);
    g_autoptr(virJSONValue) returned =
        drv_agent_request(domain, command, arguments, VIR_JSON_TYPE_OBJECT, error);
    if (!returned) {
        return NULL;
    }
    virJSONValue *list = virJSONValueObjectGetArray(returned, "keys");
    char **keys = list ? strings_of(list) : NULL;
    if (!keys) {
        drv_agent_fail_answer(command, error);
    }
    return keys;
}

int
drv_domain_authorized_ssh_keys_get(virDomainPtr dom, const char *user, char ***ret_keys,
                                   unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(0, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainAuthorizedSshKeysGetEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    char **keys = ask_keys(domain, user, &error);
    if (!keys) {
        return drv_raise(&error);
    }
    *ret_keys = keys;
    return (int)g_strv_length(keys);
}

static gboolean
write_keys(DrvDomain *domain, const char *user, const char **keys, guint n, unsigned int flags,
           GError **error)
{
    virJSONValue *arguments = NULL;
    g_autoptr(virJSONValue) list = drv_agent_strings(keys, n);
    if (flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE) {
        virJSONValueObjectAdd(&arguments, "s:username", user, "a:keys", &list, NULL);
        return drv_agent_tell(domain, "guest-ssh-remove-authorized-keys", arguments, error);
    }
    virJSONValueObjectAdd(&arguments, "s:username", user, "a:keys", &list, "b:reset",
                          !(flags & VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND), NULL);
    return drv_agent_tell(domain, "guest-ssh-add-authorized-keys", arguments, error);
}

int
drv_domain_authorized_ssh_keys_set(virDomainPtr dom, const char *user, const char **keys,
                                   unsigned int n_keys, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(
        VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND | VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainAuthorizedSshKeysSetEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    return write_keys(domain, user, keys, n_keys, flags, &error) ? 0 : drv_raise(&error);
}
