/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <unistd.h>

#include "internal.h"
#include "domain_conf.h"
#include "virlog.h"

#include "conf/xml_text.h"
#include "driver/error.h"
#include "driver/model.h"
#include "driver/store.h"
#include "driver/text.h"

VIR_LOG_INIT("libxl.store");

struct DrvStore {
    char *config_dir; /* fixed */
    char *autostart_dir;
    char *state_dir;
};

static const char banner[] =
    "<!--\n"
    "The libvirt daemon owns this file and overwrites it. Change the domain with\n"
    "  virsh edit %s\n"
    "-->\n\n";

void
drv_stored_free(DrvStored *stored)
{
    if (stored) {
        dom_def_free(stored->def);
        g_free(stored);
    }
}

static gboolean
make_folder(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0700) < 0) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make the folder %s: %s"), path,
                        g_strerror(errno));
    }
    return TRUE;
}

DrvStore *
drv_store_new(const char *config_dir, const char *state_dir, GError **error)
{
    g_autoptr(DrvStore) store = g_new0(DrvStore, 1);
    store->config_dir = g_strdup(config_dir);
    store->autostart_dir = g_build_filename(config_dir, "autostart", NULL);
    store->state_dir = g_strdup(state_dir);
    if (!make_folder(store->autostart_dir, error) || !make_folder(state_dir, error)) {
        return NULL;
    }
    return g_steal_pointer(&store);
}

void
drv_store_free(DrvStore *store)
{
    if (!store) {
        return;
    }
    g_free(store->config_dir);
    g_free(store->autostart_dir);
    g_free(store->state_dir);
    g_free(store);
}

static char *
file_path(const char *folder, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".xml", NULL);
    return g_build_filename(folder, file, NULL);
}

/* The link to the definition in the file @path, of libvirt's own driver's name. */
static char *
link_path(const DrvStore *store, const char *path, DrvAutostart when)
{
    static const char *const suffixes[] = {
        [DRV_AUTOSTART_ALWAYS] = "", [DRV_AUTOSTART_ONCE] = ".once"
    };
    g_autofree char *file = g_path_get_basename(path);
    g_autofree char *link = g_strconcat(file, suffixes[when], NULL);
    return g_build_filename(store->autostart_dir, link, NULL);
}

/* The in-tree driver's word for a guest whose disks are leased. */
#define LEASED "lockProcessRunning"

/* Ours for one that is made anew; its attribute id is the domid of the guest before. */
#define RESTART "restart"

/* A name with a slash would leave the folder; no definition is read that has a wrong one. */
gboolean
drv_store_check_name(const char *name, GError **error)
{
    if (!name || !*name || !dom_name_fits(name) || g_str_equal(name, ".") ||
        g_str_equal(name, "..")) {
        return drv_fail(error, VIR_ERR_XML_ERROR,
                        _("'%s' cannot be the name of a domain: choose one that is not empty and "
                          "has no '/' and no line break"),
                        name ? name : "");
    }
    return TRUE;
}

static gboolean
write_file(const char *path, const char *text, GError **error)
{
    return g_file_set_contents_full(
        path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

static gboolean
remove_file(const char *path, GError **error)
{
    if (g_unlink(path) < 0 && errno != ENOENT) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot remove %s: %s"), path,
                        g_strerror(errno));
    }
    return TRUE;
}

gboolean
drv_store_save_definition(DrvStore *store, const DomDef *def, GError **error)
{
    if (!drv_store_check_name(def->general.name, error)) {
        return FALSE;
    }
    g_autofree char *xml =
        drv_model_format_xml(def, DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE, error);
    if (!xml) {
        return FALSE;
    }
    /* "--" must not stand in an XML comment */
    g_auto(GStrv) parts = g_strsplit(def->general.name, "--", -1);
    g_autofree char *name = g_strjoinv("- -", parts);
    g_autofree char *head = g_strdup_printf(banner, name);
    g_autofree char *text = g_strconcat(head, xml, NULL);
    g_autofree char *path = file_path(store->config_dir, def->general.name);
    return write_file(path, text, error);
}

gboolean
drv_store_delete_definition(DrvStore *store, const char *name, GError **error)
{
    g_autofree char *path = file_path(store->config_dir, name);
    if (!drv_store_check_name(name, error)) {
        return FALSE;
    }
    for (int when = 0; when <= DRV_AUTOSTART_LAST; when++) {
        g_autofree char *link = link_path(store, path, when);
        if (!remove_file(link, error)) {
            return FALSE;
        }
    }
    return remove_file(path, error);
}

gboolean
drv_store_set_autostart(DrvStore *store, const char *name, DrvAutostart when, gboolean wanted,
                        GError **error)
{
    g_autofree char *path = file_path(store->config_dir, name);
    g_autofree char *link = link_path(store, path, when);
    if (!drv_store_check_name(name, error) || !remove_file(link, error)) {
        return FALSE;
    }
    if (wanted && symlink(path, link) < 0) {
        return drv_fail(error, VIR_ERR_SYSTEM_ERROR, _("cannot make the autostart link %s: %s"),
                        link, g_strerror(errno));
    }
    return TRUE;
}

gboolean
drv_store_save_running(DrvStore *store, const DomDef *def, int state, int reason, GError **error)
{
    g_autofree char *xml = drv_model_format_xml(def, DOM_FORMAT_SECURE, error);
    if (!xml || !drv_store_check_name(def->general.name, error)) {
        return FALSE;
    }
    const char *body = g_str_has_prefix(xml, "<?xml") ? strstr(xml, "?>") + 2 : xml;
    g_autofree char *restart =
        def->live.restart ? g_strdup_printf("<" RESTART " id='%d'/>\n", def->live.restart) : NULL;
    g_autofree char *text = g_strdup_printf(
        "<domstatus state='%s' reason='%s' pid='0'>\n%s%s%s</domstatus>\n",
        virDomainStateTypeToString(state), virDomainStateReasonToString(state, reason),
        def->live.leased ? "<" LEASED "/>\n" : "", restart ? restart : "", body);
    g_autofree char *path = file_path(store->state_dir, def->general.name);
    return write_file(path, text, error);
}

void
drv_store_delete_running(DrvStore *store, const char *name)
{
    g_autofree char *path = file_path(store->state_dir, name);
    g_autoptr(GError) error = NULL;
    if (!remove_file(path, &error)) {
        VIR_WARN("%s", error->message);
    }
}

static void
set_aside(const char *path, const GError *why)
{
    g_autofree char *aside = g_strconcat(path, ".broken", NULL);
    VIR_WARN("%s cannot be read and is now %s: %s", path, aside, why->message);
    if (g_rename(path, aside) < 0) {
        VIR_WARN("cannot rename %s: %s", path, g_strerror(errno));
    }
}

static DrvStored *
read_definition(DrvStore *store, const char *path, GError **error)
{
    g_autoptr(DrvStored) stored = g_new0(DrvStored, 1);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error)) {
        return NULL;
    }
    stored->def = drv_model_parse_xml(text, error);
    if (!stored->def) {
        return NULL;
    }
    for (int when = 0; when <= DRV_AUTOSTART_LAST; when++) {
        g_autofree char *link = link_path(store, path, when);
        stored->autostart[when] = g_file_test(link, G_FILE_TEST_IS_SYMLINK);
    }
    return g_steal_pointer(&stored);
}

static int
attribute_value(xmlNodePtr node, const char *name, int (*from_string)(const char *))
{
    xmlChar *text = xmlGetProp(node, BAD_CAST name);
    int value = text ? from_string((const char *)text) : -1;
    xmlFree(text);
    return value;
}

static xmlNodePtr
find_child(xmlNodePtr node, const char *name)
{
    xmlNodePtr child = xmlFirstElementChild(node);
    while (child && !xmlStrEqual(child->name, BAD_CAST name)) {
        child = xmlNextElementSibling(child);
    }
    return child;
}

/* libxl's domid, which the model does not take from XML. */
static int
live_id(xmlNodePtr node)
{
    xmlChar *text = node ? xmlGetProp(node, BAD_CAST "id") : NULL;
    gint64 id = text ? g_ascii_strtoll((const char *)text, NULL, 10) : -1;
    xmlFree(text);
    return id >= 0 && id <= G_MAXINT16 ? (int)id : -1;
}

static DrvStored *
parse_status(xmlDocPtr document, GError **error)
{
    xmlNodePtr root = xmlDocGetRootElement(document);
    xmlNodePtr domain = root ? find_child(root, "domain") : NULL;
    if (!domain || !xmlStrEqual(root->name, BAD_CAST "domstatus")) {
        drv_fail(error, VIR_ERR_XML_ERROR, _("no <domstatus> with a <domain> in it"));
        return NULL;
    }
    g_autoptr(DrvStored) stored = g_new0(DrvStored, 1);
    g_autofree char *text = dom_xml_text(domain, 0);
    stored->def = drv_model_parse_xml(text, error);
    if (!stored->def) {
        return NULL;
    }
    stored->def->live.id = live_id(domain);
    stored->def->live.leased = find_child(root, LEASED) != NULL;
    stored->def->live.restart = MAX(live_id(find_child(root, RESTART)), 0);
    stored->state = attribute_value(root, "state", virDomainStateTypeFromString);
    xmlChar *reason = xmlGetProp(root, BAD_CAST "reason");
    if (stored->state >= 0 && reason) {
        stored->reason =
            virDomainStateReasonFromString((virDomainState)stored->state, (const char *)reason);
    }
    xmlFree(reason);
    if (stored->state < 0 || stored->reason < 0) {
        stored->state = VIR_DOMAIN_RUNNING;
        stored->reason = VIR_DOMAIN_RUNNING_UNKNOWN;
    }
    return g_steal_pointer(&stored);
}

static DrvStored *
read_running(DrvStore *store, const char *path, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        return NULL;
    }
    xmlDocPtr document =
        length <= G_MAXINT
            ? xmlReadMemory(text, (int)length, path, NULL,
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
            : NULL;
    if (!document) {
        drv_fail(error, VIR_ERR_XML_ERROR, _("not well-formed XML"));
        return NULL;
    }
    DrvStored *stored = parse_status(document, error);
    xmlFreeDoc(document);
    return stored;
}

typedef DrvStored *(*Reader)(DrvStore *store, const char *path, GError **error);

static GPtrArray *
load_folder(DrvStore *store, const char *folder, Reader reader)
{
    GPtrArray *all = g_ptr_array_new_with_free_func((GDestroyNotify)drv_stored_free);
    g_autoptr(GError) folder_error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &folder_error);
    if (!dir) {
        VIR_WARN("%s", folder_error->message);
        return all;
    }
    const char *file;
    while ((file = g_dir_read_name(dir))) {
        if (file[0] == '.' || !g_str_has_suffix(file, ".xml")) {
            continue;
        }
        g_autofree char *path = g_build_filename(folder, file, NULL);
        g_autoptr(GError) error = NULL;
        if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
            continue; /* a folder, or a link to nowhere: nothing of ours */
        }
        DrvStored *stored = reader(store, path, &error);
        if (stored) {
            g_ptr_array_add(all, stored);
        } else {
            set_aside(path, error);
        }
    }
    return all;
}

GPtrArray *
drv_store_load_definitions(DrvStore *store)
{
    return load_folder(store, store->config_dir, read_definition);
}

GPtrArray *
drv_store_load_running(DrvStore *store)
{
    return load_folder(store, store->state_dir, read_running);
}
