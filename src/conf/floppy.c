/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/floppy.h"

#include <string.h>

#include "conf/xml.h"

static const char *const drives[] = { "fda", "fdb" };

/* All that the element of a floppy may say here; one that says more is kept as it is. */
static const char *const places[] = {
    "@type",       "@device",     "driver/@name", "driver/@type", "source/@file",
    "source/@dev", "target/@dev", "target/@bus",  "readonly",     NULL,
};

gboolean
dom_floppy_is(DomXmlNode *node)
{
    return dom_xml_is(node, "@device", "floppy");
}

/* Whether an attribute has the text, or is not there. */
static gboolean
may_be(xmlNodePtr node, const char *place, const char *text)
{
    return dom_xml_is(node, place, NULL) || dom_xml_is(node, place, text);
}

/* The number of the drive; -1 for what QEMU's argument does not say, or is no raw image. */
static int
drive_of(xmlNodePtr node)
{
    g_autofree char *dev = dom_xml_peek(node, "target/@dev");

    if (!dom_floppy_is(node) || !dom_xml_holds_only(node, places) ||
        !may_be(node, "driver/@name", "qemu") || !may_be(node, "driver/@type", "raw") ||
        !may_be(node, "target/@bus", "fdc"))
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
        dom_xml_claim_all(xml, node, places);
        g_strv_builder_add(builder, "-drive");
        g_strv_builder_add(builder, argument);
        found = TRUE;
    }
    return found ? g_strv_builder_end(builder) : NULL;
}

/* A floppy among arguments of QEMU. */
typedef struct {
    char *file; /* owned */
    int drive;
    gboolean readonly;
} Floppy;

/* @arguments: two, of which the second says what the first is about. */
static gboolean
read_argument(char *const *arguments, Floppy *ret_floppy)
{
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *drive = NULL, *readonly = NULL;

    if (!g_str_equal(arguments[0], "-drive") ||
        !g_regex_match(DOM_XML_REGEX("^file=(/(?:[^,\r\n]|,,)+),if=floppy,index=([01]),format=raw"
                                     "(,readonly=on)?$"),
                       arguments[1], 0, &match))
        return FALSE;
    drive = g_match_info_fetch(match, 2);
    readonly = g_match_info_fetch(match, 3);
    ret_floppy->file = g_match_info_fetch(match, 1);
    ret_floppy->drive = *drive - '0';
    ret_floppy->readonly = readonly != NULL && *readonly != '\0';
    return TRUE;
}

static void
format_drive(xmlNodePtr root, const Floppy *floppy)
{
    g_auto(GStrv) parts = g_strsplit(floppy->file, ",,", -1);
    g_autofree char *path = g_strjoinv(",", parts);
    gboolean block = g_str_has_prefix(path, "/dev/");
    xmlNodePtr node = dom_xml_append(root, "devices/disk");

    dom_xml_set(node, "@type", block ? "block" : "file");
    dom_xml_set(node, "@device", "floppy");
    dom_xml_set(node, block ? "source/@dev" : "source/@file", path);
    dom_xml_set(node, "target/@dev", drives[floppy->drive]);
    dom_xml_set(node, "target/@bus", "fdc");
    if (floppy->readonly)
        dom_xml_set(node, "readonly", "");
}

guint
dom_floppy_format(xmlNodePtr root, char *const *arguments)
{
    guint found = 0;

    for (; arguments != NULL && arguments[0] != NULL && arguments[1] != NULL; arguments++) {
        Floppy floppy;

        if (!read_argument(arguments, &floppy))
            continue;
        if (root != NULL)
            format_drive(root, &floppy);
        g_free(floppy.file);
        found++;
    }
    return found;
}
