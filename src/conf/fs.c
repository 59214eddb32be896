/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/fs.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"
#include "conf/units.h"
#include "conf/xml.h"

static const char *const type_texts[] = { NULL, "unknown", "qemu", "xen_9pfsd" };
const DomEnum dom_p9_type_names = DOM_ENUM(type_texts, DOM_P9_TYPE_LAST);

/* libvirt's access modes against QEMU's security models. */
static const struct {
    const char *mode;
    const char *model;
} models[] = { { "passthrough", "passthrough" }, { "mapped", "mapped" }, { "squash", "none" } };

static gboolean
mode_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(models[i].mode, text)) {
            dom_field_clear(field, record);
            *DOM_MEMBER(record, field, char *) = g_strdup(models[i].model);
            return TRUE;
        }
    }
    return FALSE;
}

static char *
mode_format(const DomField *field, gconstpointer record)
{
    for (guint i = 0; i < G_N_ELEMENTS(models); i++) {
        if (g_str_equal(models[i].model, *DOM_CONST_MEMBER(record, field, char *)))
            return g_strdup(models[i].mode);
    }
    return NULL;
}

static const DomXmlCodec mode = { mode_parse, mode_format };

static const DomField fields[] = {
    DOM_STRING_FIELD(DomP9, tag, "target/@dir", .doc = N_("Name of the folder in the guest")),
    DOM_STRING_FIELD(DomP9, path, "source/@dir", .doc = N_("Folder in the backend domain")),
    DOM_STRING_FIELD(DomP9, security_model, "@accessmode", .xml = &mode,
                     .doc = N_("How owners and rights are kept")),
    DOM_STRING_FIELD(DomP9, backend, NULL, .doc = N_("Domain that serves the folder")),
    DOM_ENUM_FIELD(DomP9, type, DomP9Type, &dom_p9_type_names, NULL,
                   .doc = N_("What serves the folder")),
    DOM_UINT_FIELD(DomP9, max_files, NULL, .doc = N_("Most files in the folder")),
    DOM_UINT_FIELD(DomP9, max_open_files, NULL, .doc = N_("Most files open at once")),
    DOM_UINT_FIELD(DomP9, max_space, NULL, .doc = N_("Most space of the folder")),
    DOM_TRISTATE_FIELD(DomP9, auto_delete, NULL, .doc = N_("Delete old files for want of space")),
};

static gboolean
claims(const DomDef *def, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    return (type == NULL || g_str_equal(type, "mount")) &&
           dom_xml_find(node, "target/@dir") != NULL && dom_xml_find(node, "source/@dir") != NULL;
}

static gboolean
shown(const DomDef *def, gconstpointer record)
{
    const DomP9 *p9 = record;

    return p9->tag != NULL && dom_xml_is_bare(p9->tag, FALSE) && p9->path != NULL &&
           dom_xml_is_path(p9->path) && dom_xml_is_bare(p9->path, FALSE);
}

#define LIMIT "space_hard_limit"

/* xl counts in MiB; a limit that is no whole number of them stays unknown XML. */
static void
parse_limit(DomXml *xml, xmlNodePtr node, DomP9 *p9)
{
    g_autofree char *text = dom_xml_peek(node, LIMIT);
    g_autofree char *unit = dom_xml_peek(node, LIMIT "/@unit");
    guint64 kib;

    if (text == NULL || !dom_units_parse_kib(text, unit != NULL ? unit : "bytes", &kib, NULL) ||
        kib % 1024 != 0)
        return;
    p9->max_space = (DomUint){ .value = kib / 1024, .set = TRUE };
    dom_xml_claim(xml, node, LIMIT);
    dom_xml_claim(xml, node, LIMIT "/@unit");
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomP9 *p9 = record;

    dom_xml_claim(xml, node, "@type");
    /* what libvirt has where nothing is said; xl wants a word */
    if (dom_xml_find(node, "@accessmode") == NULL)
        p9->security_model = g_strdup(models[0].model);
    parse_limit(xml, node, record);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomP9 *p9 = record;

    dom_xml_set(node, "@type", "mount");
    if (!p9->max_space.set)
        return;
    dom_xml_set_uint(node, LIMIT, p9->max_space.value);
    dom_xml_set(node, LIMIT "/@unit", "MiB");
}

static void
check(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    dom_xml_check_bare(xml, node, "target/@dir", FALSE);
    dom_xml_check_bare(xml, node, "source/@dir", FALSE);
}

const DomRecord dom_p9_record = DOM_RECORD(DomP9, "fs", fields, .parse = parse, .format = format,
                                           .claims = claims, .shown = shown, .check = check);
