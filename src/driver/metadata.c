/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

/* What people and tools write down about a domain: title, description, elements of their own. */

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "datatypes.h"
#include "virerror.h"
#include "virxml.h"
#include "viraccessapicheck.h"

#include "driver/api.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/model.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

typedef struct {
    int type;         /* virDomainMetadataType */
    const char *text; /* NULL: remove it */
    const char *key;
    const char *uri;
} Request;

/* The definition as XML, where elements of any namespace are at home. (transfer full) */
static xmlDoc *
open_def(const DomDef *def, DomFormatFlags flags, xmlNodePtr *ret_metadata, GError **error)
{
    g_autofree char *xml = drv_model_format_xml(def, flags | DOM_FORMAT_INACTIVE, error);
    xmlDoc *doc = xml ? xmlReadDoc(BAD_CAST xml, NULL, NULL, XML_PARSE_NONET) : NULL;
    if (!doc) {
        if (xml) {
            drv_fail(error, VIR_ERR_XML_ERROR, _("the definition of '%s' is no XML"),
                     def->general.name);
        }
        return NULL;
    }
    xmlNodePtr node = xmlFirstElementChild(xmlDocGetRootElement(doc));
    while (node && !xmlStrEqual(node->name, BAD_CAST "metadata")) {
        node = xmlNextElementSibling(node);
    }
    *ret_metadata = node;
    return doc;
}

static gboolean
is_of(xmlNodePtr node, const char *uri)
{
    return node->ns && xmlStrEqual(node->ns->href, BAD_CAST uri);
}

static void
remove_elements(xmlNodePtr metadata, const char *uri)
{
    for (xmlNodePtr node = xmlFirstElementChild(metadata), next; node; node = next) {
        next = xmlNextElementSibling(node);
        if (is_of(node, uri)) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
    }
}

static void
set_namespace(xmlNodePtr node, xmlNsPtr ns)
{
    if (!node->ns) {
        xmlSetNs(node, ns);
    }
    for (xmlNodePtr child = xmlFirstElementChild(node); child;
         child = xmlNextElementSibling(child)) {
        set_namespace(child, ns);
    }
}

/* Names that begin with xml are XML's own. */
static gboolean
is_prefix(const char *key)
{
    return xmlValidateNCName(BAD_CAST key, 0) == 0 && g_ascii_strncasecmp(key, "xml", 3) != 0;
}

static gboolean
add_element(xmlNodePtr metadata, const Request *request, GError **error)
{
    g_autoptr(xmlDoc) doc = xmlReadDoc(BAD_CAST request->text, NULL, NULL,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
    if (!root) {
        return drv_fail(error, VIR_ERR_XML_ERROR, _("metadata: expected one XML element"));
    }
    xmlNsPtr ns = is_prefix(request->key)
                      ? xmlNewNs(root, BAD_CAST request->uri, BAD_CAST request->key)
                      : NULL;
    if (!ns) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("key: '%s' cannot be the namespace prefix of the element"), request->key);
    }
    set_namespace(root, ns);
    xmlAddChild(metadata, xmlDocCopyNode(root, metadata->doc, 1));
    return TRUE;
}

/* Puts what @doc says into @def, whose places of a running guest stay. */
static gboolean
replace_def(DomDef *def, xmlDoc *doc, GError **error)
{
    xmlChar *xml = NULL;
    int length = 0;
    xmlDocDumpMemory(doc, &xml, &length);
    g_autoptr(DomDef) fresh = drv_model_parse_xml((const char *)xml, error);
    xmlFree(xml);
    if (!fresh) {
        return FALSE;
    }
    DomDef before = *def;
    *def = *fresh;
    *fresh = before;
    fresh->live = def->live;
    def->live = before.live;
    return TRUE;
}

static gboolean
edit_element(DomDef *def, const Request *request, GError **error)
{
    xmlNodePtr metadata;
    g_autoptr(xmlDoc) doc = open_def(def, DOM_FORMAT_SECURE, &metadata, error);
    if (!doc) {
        return FALSE;
    }
    if (!metadata) {
        metadata = xmlNewChild(xmlDocGetRootElement(doc), NULL, BAD_CAST "metadata", NULL);
    }
    remove_elements(metadata, request->uri);
    return (!request->text || add_element(metadata, request, error)) &&
           replace_def(def, doc, error);
}

static gboolean
edit_metadata(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    Request *request = data;
    gboolean ours = g_strcmp0(request->uri, DOM_METADATA_NS) == 0;
    if (request->type == VIR_DOMAIN_METADATA_ELEMENT) {
        if (ours && target == DRV_CHANGE_LIVE) {
            return drv_fail(error, VIR_ERR_OPERATION_INVALID,
                            _("what <xl:cfg> says is read when a guest starts: use --config"));
        }
        return edit_element(def, request, error);
    }
    char **text = request->type == VIR_DOMAIN_METADATA_TITLE ? &def->general.title
                                                             : &def->general.description;
    g_free(*text);
    *text = request->text && *request->text ? g_strdup(request->text) : NULL;
    return TRUE;
}

static const DrvChange change_metadata = { "metadata", edit_metadata, NULL };

static gboolean
check_type(int type, GError **error)
{
    if (type < VIR_DOMAIN_METADATA_DESCRIPTION || type > VIR_DOMAIN_METADATA_ELEMENT) {
        return drv_fail(error, VIR_ERR_INVALID_ARG, _("unknown type of metadata: %d"), type);
    }
    return TRUE;
}

int
drv_domain_set_metadata(virDomainPtr dom, int type, const char *metadata, const char *key,
                        const char *uri, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    DrvDriver *driver = drv_driver_of(dom->conn);
    Request request = { .type = type, .text = metadata, .key = key, .uri = uri };
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetMetadataEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    if (!check_type(type, &error) ||
        !drv_change_run(driver, domain, &change_metadata, flags, &request, &error)) {
        return drv_raise(&error);
    }
    drv_event_metadata(driver, dom, type, uri);
    return 0;
}

/* NULL without @error when there is none. What <xl:cfg> has of passwords is not shown: nobody asked
 * whether the client may see them. (transfer full) */
static char *
find_metadata(const DomDef *def, int type, const char *uri, GError **error)
{
    xmlNodePtr metadata;
    char *text = NULL;
    if (type != VIR_DOMAIN_METADATA_ELEMENT) {
        return g_strdup(type == VIR_DOMAIN_METADATA_TITLE ? def->general.title
                                                          : def->general.description);
    }
    g_autoptr(xmlDoc) doc = open_def(def, 0, &metadata, error);
    if (doc && metadata && virXMLExtractNamespaceXML(metadata, uri, &text) < 0) {
        drv_fail_from_libvirt(error);
    }
    return text;
}

char *
drv_domain_get_metadata(virDomainPtr dom, int type, const char *uri, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, NULL);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetMetadataEnsureACL(dom->conn, who->def) < 0) {
        return NULL;
    }
    g_autoptr(DomDef) def = check_type(type, &error) ? drv_change_look(drv_driver_of(dom->conn),
                                                                       domain, flags, &id, &error)
                                                     : NULL;
    char *text = def ? find_metadata(def, type, uri, &error) : NULL;
    if (!text) {
        if (!error) {
            drv_fail(&error, VIR_ERR_NO_DOMAIN_METADATA, _("domain '%s' has no such metadata"),
                     who->def->name);
        }
        drv_raise(&error);
    }
    return text;
}
