/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "domain_conf.h"
#include "virxml.h"

#include "driver/error.h"
#include "driver/parser.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* What a driver may say that it can do: all of it, because whether Xen can is said by the binding,
 * with a better reason. */
#define ALL_FEATURES G_MAXUINT

/* Whether values fit each other (validation) depends on the hypervisor, and libvirt's idea of Xen
 * is the in-tree driver's: whether each can be read at all does not. Security labels are the
 * daemon's affair and not the parser's. */
#define PARSE_FLAGS                                                                                \
    (VIR_DOMAIN_DEF_PARSE_INACTIVE | VIR_DOMAIN_DEF_PARSE_SKIP_VALIDATE |                          \
     VIR_DOMAIN_DEF_PARSE_SKIP_SECLABEL)

/* What libvirt is not asked about. The model reads all of these itself. */
static const char *const set_aside[] = {
    /* A distance that libvirt 9.0 refuses makes it write beyond the end of its cells. */
    "/domain/cpu/numa/cell/distances",
    /* The screen of a Qubes guest is a kind of its own, known to Qubes' build of libvirt alone. */
    "/domain/devices/graphics[@type='qubes']",
    /* Old tools name a disk by its file in the guest; xl takes that as well. */
    "/domain/devices/disk[starts-with(target/@dev, '/dev/')]",
};

static void
take_out(xmlXPathContext *context, const char *path)
{
    g_autofree xmlNodePtr *nodes = NULL;
    int n = virXPathNodeSet(path, context, &nodes);
    for (int i = 0; i < n; i++) {
        xmlUnlinkNode(nodes[i]);
        xmlFreeNode(nodes[i]);
    }
}

static gboolean
parse(xmlXPathContext *context)
{
    virDomainDefParserConfig config = { .features = ALL_FEATURES };
    g_autoptr(virDomainXMLOption) option =
        virDomainXMLOptionNew(&config, NULL, NULL, NULL, NULL, NULL);
    g_autoptr(virDomainDef) def =
        option ? virDomainDefParseNode(context, option, NULL, PARSE_FLAGS) : NULL;
    return def != NULL;
}

/* libvirt calls some of it an internal error. */
static gboolean
fail(GError **error)
{
    virErrorPtr last = virGetLastError();
    drv_fail(error, VIR_ERR_XML_ERROR, _("libvirt cannot read this definition: %s"),
             last && last->str2 ? last->str2 : virGetLastErrorMessage());
    virResetLastError();
    return FALSE;
}

gboolean
drv_parser_accepts(const char *xml, GError **error)
{
    g_autoptr(xmlXPathContext) context = NULL;
    g_autoptr(xmlDoc) doc =
        virXMLParse(NULL, xml, _("(domain_definition)"), "domain", &context, NULL, false);
    if (!doc) {
        return drv_fail_from_libvirt(error);
    }
    for (guint i = 0; i < G_N_ELEMENTS(set_aside); i++) {
        take_out(context, set_aside[i]);
    }
    return parse(context) || fail(error);
}
