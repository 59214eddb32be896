/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/smbios.h"

#include <string.h>

#include "conf/xml.h"

/* libxl's keys in its order, and the entries that hold the same. */
static const struct {
    const char *key;
    const char *element;
    const char *entry; /* NULL: the element holds any number of them */
} rows[] = {
    { "bios_vendor", "bios", "vendor" },
    { "bios_version", "bios", "version" },
    { "system_manufacturer", "system", "manufacturer" },
    { "system_product_name", "system", "product" },
    { "system_version", "system", "version" },
    { "system_serial_number", "system", "serial" },
    { "baseboard_manufacturer", "baseBoard", "manufacturer" },
    { "baseboard_product_name", "baseBoard", "product" },
    { "baseboard_version", "baseBoard", "version" },
    { "baseboard_serial_number", "baseBoard", "serial" },
    { "baseboard_asset_tag", "baseBoard", "asset" },
    { "baseboard_location_in_chassis", "baseBoard", "location" },
    { "enclosure_manufacturer", "chassis", "manufacturer" },
    { "enclosure_serial_number", "chassis", "serial" },
    { "enclosure_asset_tag", "chassis", "asset" },
    { "oem", "oemStrings", NULL },
};

#define SYSINFO "sysinfo[@type='smbios']"
#define MODE    "os/smbios/@mode"

/* Those that no element holds. */
static const char *const others[] = { "battery_manufacturer", "battery_device_name" };

static gboolean
is_called(const char *key, const char *text, gsize length)
{
    return strlen(key) == length && g_ascii_strncasecmp(key, text, length) == 0;
}

static int
find_row(const char *text, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (is_called(rows[i].key, text, length))
            return (int)i;
    }
    return -1;
}

/* The row of "key=value", or -1. */
static int
row_of(const char *item)
{
    return find_row(item, strcspn(item, "="));
}

const char *
dom_smbios_key(guint index)
{
    if (index < G_N_ELEMENTS(rows))
        return rows[index].key;
    index -= G_N_ELEMENTS(rows);
    return index < G_N_ELEMENTS(others) ? others[index] : NULL;
}

gboolean
dom_smbios_is_key(const char *text, gsize length)
{
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (is_called(others[i], text, length))
            return TRUE;
    }
    return find_row(text, length) >= 0;
}

static void
take_entries(DomXml *xml, xmlNodePtr element, guint row, GStrvBuilder *list)
{
    for (xmlNodePtr entry = dom_xml_child(element, "entry"); entry != NULL;
         entry = dom_xml_next(entry, "entry")) {
        g_autofree char *name = dom_xml_peek(entry, "@name");
        g_autofree char *value = dom_xml_peek(entry, "");
        g_autofree char *item = g_strconcat(rows[row].key, "=", value, NULL);

        if (g_strcmp0(name, rows[row].entry) != 0 || *value == '\0')
            continue;
        dom_xml_claim_node(xml, element);
        dom_xml_claim_node(xml, entry);
        dom_xml_claim(xml, entry, "@name");
        g_strv_builder_add(list, item);
        /* of one that is there twice libvirt takes the first */
        if (rows[row].entry != NULL)
            return;
    }
}

char **
dom_smbios_parse(DomXml *xml, xmlNodePtr root)
{
    g_autofree char *mode = dom_xml_peek(root, MODE);
    xmlNodePtr sysinfo = dom_xml_find(root, SYSINFO);
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();
    g_auto(GStrv) found = NULL;

    if (sysinfo == NULL || g_strcmp0(mode, "sysinfo") != 0)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        xmlNodePtr element = dom_xml_child(sysinfo, rows[i].element);

        if (element != NULL)
            take_entries(xml, element, i, list);
    }
    found = g_strv_builder_end(list);
    if (*found == NULL)
        return NULL;
    dom_xml_claim(xml, root, MODE);
    dom_xml_claim(xml, root, SYSINFO);
    return g_steal_pointer(&found);
}

/* In the order in which they are read, so that they come back in theirs. */
static gboolean
can_say(char *const *list)
{
    int last = -1;

    for (; *list != NULL; list++) {
        int row = row_of(*list);
        const char *value = strchr(*list, '=');

        if (row < last || row < 0 || (row == last && rows[row].entry != NULL) || value == NULL ||
            value[1] == '\0')
            return FALSE;
        last = row;
    }
    return last >= 0;
}

void
dom_smbios_format(xmlNodePtr root, char *const *list)
{
    if (!can_say(list))
        return;
    dom_xml_set(root, MODE, "sysinfo");
    for (; *list != NULL; list++) {
        int row = row_of(*list);
        xmlNodePtr element = dom_xml_ensure(dom_xml_ensure(root, SYSINFO), rows[row].element);
        xmlNodePtr entry = dom_xml_append(element, "entry");

        if (rows[row].entry != NULL)
            dom_xml_set(entry, "@name", rows[row].entry);
        dom_xml_set(entry, "", strchr(*list, '=') + 1);
    }
}
