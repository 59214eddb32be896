/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/os_boot.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "conf/xml.h"

/* boot="cdn" against <boot dev='hd'/><boot dev='cdrom'/><boot dev='network'/>. */
static const struct {
    char letter;
    const char *dev;
} boot_rows[] = { { 'a', "fd" }, { 'c', "hd" }, { 'd', "cdrom" }, { 'n', "network" } };

static char
boot_letter(const char *dev)
{
    for (guint i = 0; i < G_N_ELEMENTS(boot_rows); i++) {
        if (g_str_equal(boot_rows[i].dev, dev))
            return boot_rows[i].letter;
    }
    return '\0';
}

static const char *
boot_dev(char letter)
{
    for (guint i = 0; i < G_N_ELEMENTS(boot_rows); i++) {
        if (boot_rows[i].letter == letter)
            return boot_rows[i].dev;
    }
    return NULL;
}

/* Of an HVM guest's devices QEMU's PC has the places for so many, and takes each once. */
#define BOOT_DEVICES 3

/* @letters: those that stand before @letter. */
static void
check_boot(DomXml *xml, xmlNodePtr boot, const char *letters, char letter)
{
    if (strchr(letters, letter) != NULL)
        dom_xml_report(
            xml, DOM_SEVERITY_WARNING, boot, "os/boot/@dev",
            _("this guest cannot start, since QEMU takes each boot device once: leave out "
              "the second '%s'"),
            boot_dev(letter));
    else if (strlen(letters) >= BOOT_DEVICES)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, boot, "os/boot/@dev",
                       _("this guest cannot start, since QEMU takes no more than %u boot devices: "
                         "leave out the rest"),
                       BOOT_DEVICES);
}

/* What <os> says (transfer full), or NULL. */
static char *
parse_list(DomXml *xml, xmlNodePtr os, const DomDef *def)
{
    g_autoptr(GString) letters = g_string_new(NULL);

    for (xmlNodePtr boot = dom_xml_child(os, "boot"); boot != NULL;
         boot = dom_xml_next(boot, "boot")) {
        g_autofree char *dev = dom_xml_peek(boot, "@dev");
        char letter = dev != NULL ? boot_letter(dev) : '\0';

        if (letter == '\0') {
            dom_xml_report(xml, DOM_SEVERITY_ERROR, boot, "os/boot/@dev",
                           _("'%s' is none of fd, hd, cdrom, network"), dev != NULL ? dev : "");
            continue;
        }
        if (dom_general_type(def) == DOM_TYPE_HVM)
            check_boot(xml, boot, letters->str, letter);
        g_string_append_c(letters, letter);
        dom_xml_claim_node(xml, boot);
        dom_xml_claim(xml, boot, "@dev");
    }
    return letters->len > 0 ? g_strdup(letters->str) : NULL;
}

/* --- the order of devices --- */

static const struct {
    const char *element;
    const char *device; /* NULL: nothing is said */
    char letter;
} kinds[] = {
    { "disk", NULL, 'c' },     { "disk", "disk", 'c' },    { "disk", "cdrom", 'd' },
    { "disk", "floppy", 'a' }, { "interface", NULL, 'n' },
};

/* The letter that boots the first device that is of @node's kind; 0 for none. */
static char
letter_of(xmlNodePtr node)
{
    /* one of the host's own is no network card of QEMU's */
    if (dom_xml_is(node, "@type", "hostdev"))
        return '\0';
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(kinds[i].element, (const char *)node->name) &&
            dom_xml_is(node, "@device", kinds[i].device))
            return kinds[i].letter;
    }
    return '\0';
}

/* The controllers as the firmware finds them: xvda is emulated as hda is. */
static const char *const controllers[] = { "xvd", "hd", "sd" };

/* Where @node comes among its kind, the least first. What is no disk of theirs is where it stands.
 */
static guint
rank_of(xmlNodePtr node)
{
    g_autofree char *dev = dom_xml_peek(node, "target/@dev");

    for (guint i = 0; dev != NULL && i < G_N_ELEMENTS(controllers); i++) {
        gsize length = strlen(controllers[i]);

        if (g_str_has_prefix(dev, controllers[i]) && strlen(dev) == length + 1)
            return (guint)(guchar)dev[length] + (g_str_equal(controllers[i], "sd") ? 256 : 0);
    }
    return G_MAXUINT;
}

static gboolean
is_first(xmlNodePtr node)
{
    guint rank = rank_of(node);
    gboolean behind = FALSE;

    for (xmlNodePtr other = dom_xml_child(node->parent, NULL); other != NULL;
         other = dom_xml_next(other, NULL)) {
        behind |= other == node;
        if (other != node && letter_of(other) == letter_of(node) &&
            (rank_of(other) < rank || (rank_of(other) == rank && !behind)))
            return FALSE;
    }
    return TRUE;
}

/* A <boot order='N'/>. */
typedef struct {
    guint64 order;
    xmlNodePtr node;
} Order;

static gint
compare_orders(gconstpointer a, gconstpointer b)
{
    const Order *one = a, *other = b;

    return one->order < other->order ? -1 : one->order > other->order;
}

/* Those of all devices, of Order, the first to boot first. */
static GArray *
find_orders(xmlNodePtr root)
{
    GArray *orders = g_array_new(FALSE, FALSE, sizeof(Order));
    xmlNodePtr devices = dom_xml_child(root, "devices");

    for (xmlNodePtr node = devices != NULL ? dom_xml_child(devices, NULL) : NULL; node != NULL;
         node = dom_xml_next(node, NULL)) {
        Order order = { .node = dom_xml_child(node, "boot") };
        g_autofree char *text = order.node != NULL ? dom_xml_peek(order.node, "@order") : NULL;

        if (text != NULL && dom_xml_parse_uint(text, &order.order))
            g_array_append_val(orders, order);
    }
    g_array_sort(orders, compare_orders);
    return orders;
}

/* Whether the one before it has the same number. */
static gboolean
is_taken(const GArray *orders, guint i)
{
    const Order *order = &g_array_index(orders, Order, i);

    return i > 0 && order->order == order[-1].order;
}

/* What letters can say of @orders, up to the first that has none, which is *@ret_odd; their number:
 * all have one. (transfer full) */
static char *
letters_of(const GArray *orders, guint *ret_odd)
{
    g_autoptr(GString) letters = g_string_new(NULL);
    guint i;

    for (i = 0; i < MIN(orders->len, BOOT_DEVICES) && !is_taken(orders, i); i++) {
        xmlNodePtr device = g_array_index(orders, Order, i).node->parent;
        char letter = letter_of(device);

        if (letter == '\0' || !is_first(device))
            break;
        g_string_append_c(letters, letter);
    }
    *ret_odd = i;
    return letters->len > 0 ? g_strdup(letters->str) : NULL;
}

/* About the <boot> of a device. */
static void
warn(DomXml *xml, xmlNodePtr boot, const char *text)
{
    g_autofree char *key = g_strdup_printf("%s/boot/@order", (const char *)boot->parent->name);

    dom_xml_report(xml, DOM_SEVERITY_WARNING, boot->parent, key, "%s", text);
}

static void
leave_out(DomXml *xml, const GArray *orders)
{
    for (guint i = 0; i < orders->len; i++) {
        xmlNodePtr node = g_array_index(orders, Order, i).node;

        dom_xml_waive_node(xml, node);
        warn(xml, node,
             _("<boot dev='...'/> of <os> says another order, and counts: this is left "
               "out"));
    }
}

static void
warn_of_taken(DomXml *xml, const Order *order)
{
    g_autofree char *text = g_strdup_printf(
        _("order %" PRIu64 " is given twice, and the first device of them counts: this one, and "
          "what comes behind it, is not among what the guest boots; the order is kept; give each "
          "device its own"),
        order->order);

    warn(xml, order->node, text);
}

/* @odd: the first that no letter says. */
static void
warn_of_odd(DomXml *xml, const GArray *orders, guint odd)
{
    const Order *order = &g_array_index(orders, Order, odd);

    if (is_taken(orders, odd))
        warn_of_taken(xml, order);
    else
        warn(xml, order->node,
             _("Xen boots no more than three of the first disk, CD-ROM drive, floppy drive and "
               "interface, in any order: this device, and what comes behind it, is not among what "
               "the guest boots; the order is kept"));
}

static void
parse_orders(DomXml *xml, xmlNodePtr root, DomOs *os)
{
    g_autoptr(GArray) orders = find_orders(root);
    guint odd;
    g_autofree char *letters = letters_of(orders, &odd);

    if (orders->len == 0)
        return;
    if (os->boot != NULL && g_strcmp0(os->boot, letters) != 0) {
        leave_out(xml, orders);
        return;
    }
    if (odd < orders->len)
        warn_of_odd(xml, orders, odd);
    if (os->boot == NULL)
        os->boot = g_steal_pointer(&letters);
    for (guint i = 0; i < orders->len; i++)
        dom_xml_know_node(xml, g_array_index(orders, Order, i).node);
}

void
dom_os_boot_parse(DomXml *xml, DomXmlNode *root, DomOs *os, const DomDef *def)
{
    os->boot = parse_list(xml, dom_xml_child(root, "os"), def);
    if (dom_general_type(def) == DOM_TYPE_HVM)
        parse_orders(xml, root, os);
}

void
dom_os_boot_format(DomXmlNode *root, const char *letters)
{
    for (const char *letter = letters; *letter != '\0'; letter++) {
        if (boot_dev(*letter) == NULL)
            return;
    }
    for (const char *letter = letters; *letter != '\0'; letter++)
        dom_xml_set(dom_xml_append(root, "os/boot"), "@dev", boot_dev(*letter));
}

/* Whether <os> says @letters. */
static gboolean
says(xmlNodePtr os, const char *letters)
{
    xmlNodePtr boot = dom_xml_child(os, "boot");

    for (; boot != NULL && *letters != '\0'; boot = dom_xml_next(boot, "boot")) {
        if (!dom_xml_is(boot, "@dev", boot_dev(*letters++)))
            return FALSE;
    }
    return boot == NULL && *letters == '\0';
}

void
dom_os_boot_settle(DomXmlNode *root)
{
    g_autoptr(GArray) orders = find_orders(root);
    xmlNodePtr os = dom_xml_child(root, "os"), boot;
    guint odd;
    g_autofree char *letters = os != NULL ? letters_of(orders, &odd) : NULL;

    if (letters == NULL || !says(os, letters))
        return;
    while ((boot = dom_xml_child(os, "boot")) != NULL) {
        xmlUnlinkNode(boot);
        xmlFreeNode(boot);
    }
}
