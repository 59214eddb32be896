/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <libxml/parser.h>
#include <string.h>

#include "virutil.h"

#include "driver/error.h"
#include "driver/migrate_cookie.h"
#include "driver/text.h"

#define TAG_ROOT    "libxl-migration"
#define TAG_NAME    "name"
#define TAG_UUID    "uuid"
#define TAG_HOST    "hostname"
#define TAG_VERSION "migration-stream-version"
#define TAG_TELLS   "xlvirt-tells"

void
drv_migrate_cookie_clear(DrvMigrateCookie *cookie)
{
    g_free(cookie->name);
    g_free(cookie->uuid);
    *cookie = (DrvMigrateCookie){ 0 };
}

char *
drv_migrate_cookie_format(const DrvMigrateCookie *cookie, int *ret_length)
{
    g_autofree char *host = virGetHostnameQuiet();
    g_autofree char *body = g_markup_printf_escaped(
        "<" TAG_NAME ">%s</" TAG_NAME "><" TAG_UUID ">%s</" TAG_UUID "><" TAG_HOST ">%s</" TAG_HOST
        "><" TAG_VERSION ">%u</" TAG_VERSION ">",
        cookie->name, cookie->uuid, host ? host : "", cookie->version);
    char *text = g_strconcat("<" TAG_ROOT ">", body, cookie->tells ? "<" TAG_TELLS "/>" : "",
                             "</" TAG_ROOT ">", NULL);
    *ret_length = (int)strlen(text) + 1;
    return text;
}

/* What stands in the child of the name, or NULL. (transfer full) */
static char *
child_text(xmlNodePtr root, const char *name)
{
    for (xmlNodePtr node = root->children; node; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && g_str_equal((const char *)node->name, name)) {
            xmlChar *content = xmlNodeGetContent(node);
            char *text = g_strdup((const char *)content);
            xmlFree(content);
            return text;
        }
    }
    return NULL;
}

static gboolean
check_version(const char *text, guint *ret_version, GError **error)
{
    guint64 version = 0;
    if (!text || !g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT, &version, NULL) ||
        version > DRV_MIGRATE_STREAM_VERSION) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("the source would send a stream of the version '%s': this host reads "
                          "versions up to %d"),
                        text ? text : "", DRV_MIGRATE_STREAM_VERSION);
    }
    *ret_version = (guint)version;
    return TRUE;
}

static gboolean
read_root(DrvMigrateCookie *ret_cookie, xmlNodePtr root, GError **error)
{
    g_autofree char *version = child_text(root, TAG_VERSION);
    g_autofree char *tells = child_text(root, TAG_TELLS);
    if (!check_version(version, &ret_cookie->version, error)) {
        return FALSE;
    }
    ret_cookie->name = child_text(root, TAG_NAME);
    ret_cookie->uuid = child_text(root, TAG_UUID);
    ret_cookie->tells = tells != NULL;
    return TRUE;
}

gboolean
drv_migrate_cookie_parse(DrvMigrateCookie *ret_cookie, const char *text, int length, GError **error)
{
    *ret_cookie = (DrvMigrateCookie){ 0 };
    if (!text || length <= 0) {
        return TRUE;
    }
    xmlDocPtr doc = xmlReadMemory(text, text[length - 1] ? length : length - 1, "cookie", NULL,
                                  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    gboolean ours = root && g_str_equal((const char *)root->name, TAG_ROOT);
    gboolean read = ours ? read_root(ret_cookie, root, error)
                         : drv_fail(error, VIR_ERR_OPERATION_FAILED,
                                    _("the other host's daemon sent no migration cookie of a Xen "
                                      "driver"));
    xmlFreeDoc(doc);
    return read;
}
