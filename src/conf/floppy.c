/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/floppy.h"

#include <string.h>

static const char *const drives[] = { "fda", "fdb" };

/* All that the element of a floppy may say here; one that says more is kept as it is. */
static const char *const places[] = { "@type",        "@device",      "driver/@name",
                                      "driver/@type", "source/@file", "source/@dev",
                                      "target/@dev",  "target/@bus",  "readonly" };

gboolean
dom_floppy_is(DomXmlNode *node)
{
    g_autofree char *device = dom_xml_peek(node, "@device");

    return g_strcmp0(device, "floppy") == 0;
}

static gboolean
is_place(xmlNodePtr child, xmlAttrPtr attr)
{
    g_autofree char *path =
        attr != NULL ? g_strconcat(child != NULL ? (const char *)child->name : "",
                                   child != NULL ? "/@" : "@", (const char *)attr->name, NULL)
                     : g_strdup((const char *)child->name);

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        gboolean above =
            attr == NULL && g_str_has_prefix(places[i], path) && places[i][strlen(path)] == '/';

        if (above || g_str_equal(places[i], path))
            return TRUE;
    }
    return FALSE;
}

static gboolean
says_nothing_else(xmlNodePtr node)
{
    for (xmlAttrPtr attr = node->properties; attr != NULL; attr = attr->next) {
        if (!is_place(NULL, attr))
            return FALSE;
    }
    for (xmlNodePtr child = dom_xml_child(node, NULL); child != NULL;
         child = dom_xml_next(child, NULL)) {
        if (!is_place(child, NULL) || dom_xml_child(child, NULL) != NULL)
            return FALSE;
        for (xmlAttrPtr attr = child->properties; attr != NULL; attr = attr->next) {
            if (!is_place(child, attr))
                return FALSE;
        }
    }
    return TRUE;
}

/* Whether an attribute has the text, or is not there. */
static gboolean
may_be(xmlNodePtr node, const char *place, const char *text)
{
    g_autofree char *found = dom_xml_peek(node, place);

    return found == NULL || g_str_equal(found, text);
}

/* The number of the drive; -1 for what QEMU's argument does not say, or is no raw image. */
static int
drive_of(xmlNodePtr node)
{
    g_autofree char *dev = dom_xml_peek(node, "target/@dev");

    if (!dom_floppy_is(node) || !says_nothing_else(node) || !may_be(node, "driver/@name", "qemu") ||
        !may_be(node, "driver/@type", "raw") || !may_be(node, "target/@bus", "fdc"))
        return -1;
    for (int i = 0; dev != NULL && i < (int)G_N_ELEMENTS(drives); i++) {
        if (g_str_equal(dev, drives[i]))
            return i;
    }
    return -1;
}

/* QEMU takes two commas for one of a name's. */
static char *
with_commas_doubled(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, ",", -1);

    return g_strjoinv(",,", parts);
}

static char *
argument_of(xmlNodePtr node)
{
    int drive = drive_of(node);
    g_autofree char *type = dom_xml_peek(node, "@type");
    const char *place = g_strcmp0(type, "block") == 0 ? "source/@dev" : "source/@file";
    g_autofree char *path = dom_xml_peek(node, place);
    g_autofree char *file = path != NULL ? with_commas_doubled(path) : NULL;

    if (drive < 0 || path == NULL || *path != '/' ||
        (g_strcmp0(type, "block") != 0 && g_strcmp0(type, "file") != 0) ||
        g_str_has_prefix(path, "/dev/") != g_str_equal(place, "source/@dev"))
        return NULL;
    return g_strdup_printf("file=%s,if=floppy,index=%d,format=raw%s", file, drive,
                           dom_xml_child(node, "readonly") != NULL ? ",readonly=on" : "");
}

static void
claim(DomXml *xml, xmlNodePtr node)
{
    dom_xml_claim_node(xml, node);
    for (guint i = 0; i < G_N_ELEMENTS(places); i++)
        dom_xml_claim(xml, node, places[i]);
}

char **
dom_floppy_parse(DomXml *xml, xmlNodePtr root)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    xmlNodePtr devices = dom_xml_child(root, "devices");
    gboolean found = FALSE;

    for (xmlNodePtr node = devices != NULL ? dom_xml_child(devices, "disk") : NULL; node != NULL;
         node = dom_xml_next(node, "disk")) {
        g_autofree char *argument = argument_of(node);

        if (argument == NULL)
            continue;
        claim(xml, node);
        g_strv_builder_add(builder, "-drive");
        g_strv_builder_add(builder, argument);
        found = TRUE;
    }
    return found ? g_strv_builder_end(builder) : NULL;
}

static void
format_drive(xmlNodePtr root, const char *file, int drive, gboolean readonly)
{
    g_auto(GStrv) parts = g_strsplit(file, ",,", -1);
    g_autofree char *path = g_strjoinv(",", parts);
    gboolean block = g_str_has_prefix(path, "/dev/");
    xmlNodePtr node = dom_xml_append(root, "devices/disk");

    dom_xml_set(node, "@type", block ? "block" : "file");
    dom_xml_set(node, "@device", "floppy");
    dom_xml_set(node, block ? "source/@dev" : "source/@file", path);
    dom_xml_set(node, "target/@dev", drives[drive]);
    dom_xml_set(node, "target/@bus", "fdc");
    if (readonly)
        dom_xml_set(node, "readonly", "");
}

void
dom_floppy_format(xmlNodePtr root, char *const *arguments)
{
    for (; arguments != NULL && arguments[0] != NULL && arguments[1] != NULL; arguments++) {
        g_autoptr(GMatchInfo) match = NULL;
        g_autofree char *file = NULL, *drive = NULL, *readonly = NULL;

        if (!g_str_equal(arguments[0], "-drive") ||
            !g_regex_match(DOM_XML_REGEX("^file=(/(?:[^,]|,,)+),if=floppy,index=([01]),format=raw"
                                         "(,readonly=on)?$"),
                           arguments[1], 0, &match))
            continue;
        file = g_match_info_fetch(match, 1);
        drive = g_match_info_fetch(match, 2);
        readonly = g_match_info_fetch(match, 3);
        format_drive(root, file, *drive - '0', readonly != NULL && *readonly != '\0');
    }
}
