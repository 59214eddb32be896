/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/nic_vlan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define FIRST_VLAN 1
#define LAST_VLAN  4094
/* As elements, more are no use to a reader; the list is then told as residual. */
#define MOST_TAGS 128
/* From here on neighbours are written as a range. */
#define SHORTEST_RANGE 3

#define OVS_SCRIPT     "vif-openvswitch"
#define OVS_PORT       "virtualport[@type='openvswitch']"

typedef struct {
    guint16 id;
    gboolean native; /* the guest sees its packets without a tag, while those of others have one */
} Tag;

typedef struct {
    GArray *tags; /* of Tag */
    gboolean trunk;
} Vlan;

static void
vlan_clear(Vlan *vlan)
{
    g_clear_pointer(&vlan->tags, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Vlan, vlan_clear)

static Vlan
vlan_new(void)
{
    return (Vlan){ .tags = g_array_new(FALSE, FALSE, sizeof(Tag)) };
}

static void
add_tag(Vlan *vlan, guint64 id, gboolean native)
{
    Tag tag = { (guint16)id, native };

    g_array_append_val(vlan->tags, tag);
}

static const Tag *
tag_at(const Vlan *vlan, guint i)
{
    return &g_array_index(vlan->tags, Tag, i);
}

static guint
count_native(const Vlan *vlan)
{
    guint n = 0;

    for (guint i = 0; i < vlan->tags->len; i++)
        n += tag_at(vlan, i)->native ? 1 : 0;
    return n;
}

/* A number of a VLAN at *@text, which is moved behind it. */
static gboolean
take_id(const char **text, guint64 *ret_id)
{
    char *end;

    if (!g_ascii_isdigit(**text) || **text == '0')
        return FALSE;
    *ret_id = g_ascii_strtoull(*text, &end, 10);
    *text = end;
    return *ret_id >= FIRST_VLAN && *ret_id <= LAST_VLAN;
}

/* "+10x4" behind @first: four more, each ten further. */
static gboolean
take_steps(const char **text, guint64 first, Vlan *vlan)
{
    guint64 offset, count;

    (*text)++;
    if (!take_id(text, &offset) || **text != 'x')
        return FALSE;
    (*text)++;
    if (!take_id(text, &count) || first + offset * count > LAST_VLAN)
        return FALSE;
    for (guint64 i = 0; i <= count; i++)
        add_tag(vlan, first + i * offset, FALSE);
    return TRUE;
}

static gboolean
take_range(const char **text, guint64 first, Vlan *vlan)
{
    guint64 last;

    (*text)++;
    if (!take_id(text, &last) || last < first)
        return FALSE;
    for (guint64 id = first; id <= last; id++)
        add_tag(vlan, id, FALSE);
    return TRUE;
}

/* A term of vlan=. A VLAN that is untagged beside the native one has no word in libvirt. */
static gboolean
take_term(const char *text, Vlan *vlan)
{
    guint64 id;

    if (!take_id(&text, &id))
        return FALSE;
    if (*text == '-')
        return take_range(&text, id, vlan) && *text == '\0';
    if (*text == '+')
        return take_steps(&text, id, vlan) && *text == '\0';
    add_tag(vlan, id, *text == 'p');
    return *text == '\0' || g_str_equal(text, "p");
}

/* The script wants one native VLAN, and takes a single one for it. */
static gboolean
read_option(const char *text, Vlan *vlan)
{
    g_auto(GStrv) terms = g_strsplit(text, "/", -1);

    for (char **term = terms; *term != NULL; term++) {
        if (!take_term(*term, vlan) || vlan->tags->len > MOST_TAGS)
            return FALSE;
    }
    vlan->trunk = vlan->tags->len > 1 || count_native(vlan) > 0;
    return vlan->tags->len > 0 && count_native(vlan) == (vlan->trunk ? 1 : 0);
}

/* How many tags from @at on are neighbours in a row. */
static guint
run_length(const Vlan *vlan, guint at)
{
    guint n = 1;

    while (at + n < vlan->tags->len && !tag_at(vlan, at)->native && !tag_at(vlan, at + n)->native &&
           tag_at(vlan, at + n)->id == tag_at(vlan, at)->id + n)
        n++;
    return n;
}

static char *
write_option(const Vlan *vlan)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0, n; i < vlan->tags->len; i += n) {
        n = run_length(vlan, i);
        g_string_append_printf(text, "%s%u", i > 0 ? "/" : "", tag_at(vlan, i)->id);
        if (n >= SHORTEST_RANGE)
            g_string_append_printf(text, "-%u", tag_at(vlan, i + n - 1)->id);
        else
            n = 1;
        if (tag_at(vlan, i)->native)
            g_string_append_c(text, 'p');
    }
    return g_string_free(text, FALSE);
}

/*
 * What stands behind the name of an Open vSwitch bridge: ".TAG", ":TAG:TAG" for a trunk, or both,
 * when the VLAN of the first is the native one of the trunk.
 */
static gboolean
read_suffix(const char *text, Vlan *vlan)
{
    gboolean native = *text == '.' && strchr(text, ':') != NULL;
    guint64 id;

    vlan->trunk = strchr(text, ':') != NULL;
    for (const char *begin = text; *text != '\0'; begin = text) {
        if (*text != ':' && (*text != '.' || vlan->tags->len > 0))
            return FALSE;
        text++;
        if (!take_id(&text, &id) || vlan->tags->len == MOST_TAGS)
            return FALSE;
        add_tag(vlan, id, native && *begin == '.');
    }
    return vlan->tags->len > 0;
}

static char *
write_suffix(const Vlan *vlan)
{
    g_autoptr(GString) first = g_string_new(NULL);
    g_autoptr(GString) others = g_string_new(NULL);

    for (guint i = 0; i < vlan->tags->len; i++) {
        gboolean alone = !vlan->trunk || tag_at(vlan, i)->native;

        g_string_append_printf(alone ? first : others, "%c%u", alone ? '.' : ':',
                               tag_at(vlan, i)->id);
    }
    return g_strconcat(first->str, others->str, NULL);
}

static gboolean
read_tag(xmlNodePtr node, Vlan *vlan)
{
    g_autofree char *id = dom_xml_peek(node, "@id");
    g_autofree char *mode = dom_xml_peek(node, "@nativeMode");
    guint64 value;

    if (id == NULL || !dom_xml_parse_uint(id, &value) || value < FIRST_VLAN || value > LAST_VLAN)
        return FALSE;
    add_tag(vlan, value, mode != NULL);
    return mode == NULL || g_str_equal(mode, "untagged");
}

static gboolean
read_element(xmlNodePtr node, Vlan *vlan)
{
    g_autofree char *trunk = dom_xml_peek(node, "@trunk");

    for (xmlNodePtr tag = dom_xml_child(node, "tag"); tag != NULL; tag = dom_xml_next(tag, "tag")) {
        if (!read_tag(tag, vlan))
            return FALSE;
    }
    vlan->trunk = vlan->tags->len > 1 || count_native(vlan) > 0 || g_strcmp0(trunk, "yes") == 0;
    return vlan->tags->len > 0 && count_native(vlan) <= 1;
}

static void
claim_element(DomXml *xml, xmlNodePtr node)
{
    dom_xml_claim_node(xml, node);
    dom_xml_claim(xml, node, "@trunk");
    for (xmlNodePtr tag = dom_xml_child(node, "tag"); tag != NULL; tag = dom_xml_next(tag, "tag")) {
        dom_xml_claim_node(xml, tag);
        dom_xml_claim(xml, tag, "@id");
        dom_xml_claim(xml, tag, "@nativeMode");
    }
}

static void
write_element(xmlNodePtr node, const Vlan *vlan)
{
    if (vlan->trunk)
        dom_xml_set(node, "vlan/@trunk", "yes");
    for (guint i = 0; i < vlan->tags->len; i++) {
        xmlNodePtr tag = dom_xml_append(node, "vlan/tag");

        dom_xml_set_uint(tag, "@id", tag_at(vlan, i)->id);
        if (tag_at(vlan, i)->native)
            dom_xml_set(tag, "@nativeMode", "untagged");
    }
}

static void
append_suffix(DomNic *nic, const Vlan *vlan)
{
    g_autofree char *name = g_steal_pointer(&nic->bridge);
    g_autofree char *suffix = write_suffix(vlan);

    nic->bridge = g_strconcat(name, suffix, NULL);
}

/* The bridge of an Open vSwitch port is told by its script, as the in-tree driver has it too. */
static gboolean
parse_port(DomXml *xml, xmlNodePtr node, DomNic *nic)
{
    gboolean scripted = nic->script != NULL && !g_str_equal(nic->script, OVS_SCRIPT);

    if (nic->bridge == NULL || scripted || dom_xml_find(node, OVS_PORT) == NULL)
        return FALSE;
    dom_xml_claim(xml, node, OVS_PORT);
    if (nic->script == NULL)
        nic->script = g_strdup(OVS_SCRIPT);
    return TRUE;
}

/* The script takes what stands behind a dot or colon of the name for VLANs. */
static void
check_name(DomXml *xml, xmlNodePtr node, const char *bridge, gboolean tagged)
{
    gsize length = strcspn(bridge, ".:");

    if (bridge[length] == '\0')
        return;
    dom_xml_report(xml, tagged ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING, node,
                   "interface/source/@bridge",
                   _("Xen's script for Open vSwitch takes '%.*s' for the bridge, and what stands "
                     "behind it for a VLAN: expected a name without '.' and ':', and a <vlan>"),
                   (int)length, bridge);
}

void
dom_nic_parse_vlan(DomXml *xml, xmlNodePtr node, DomNic *nic)
{
    gboolean port = parse_port(xml, node, nic);
    xmlNodePtr element = dom_xml_child(node, "vlan");
    g_auto(Vlan) vlan = vlan_new();

    if (port)
        check_name(xml, node, nic->bridge, element != NULL);
    if (element == NULL)
        return;
    if (!read_element(element, &vlan) || (!port && vlan.trunk && count_native(&vlan) == 0)) {
        dom_xml_report(
            xml, DOM_SEVERITY_WARNING, node, "interface/vlan",
            _("Xen cannot do this: the guest gets no VLAN here; expected one <tag> with an "
              "id from 1 to 4094, or several, one of them with nativeMode='untagged'"));
        return;
    }
    claim_element(xml, element);
    if (port)
        append_suffix(nic, &vlan);
    else
        nic->vlan = write_option(&vlan);
}

/* An option that is spelled otherwise than it would be here is told as residual besides. */
static void
format_option(xmlNodePtr node, const DomNic *nic)
{
    g_auto(Vlan) vlan = vlan_new();

    if (nic->vlan != NULL && read_option(nic->vlan, &vlan))
        write_element(node, &vlan);
}

static void
format_port(xmlNodePtr node, const DomNic *nic)
{
    gsize length = strcspn(nic->bridge, ".:");
    g_autofree char *name = g_strndup(nic->bridge, length);
    g_auto(Vlan) vlan = vlan_new();

    dom_xml_ensure(node, OVS_PORT);
    if (length == 0 || !read_suffix(nic->bridge + length, &vlan))
        return;
    dom_xml_set(node, "source/@bridge", name);
    write_element(node, &vlan);
}

/* Whether <vlan> is kept, or what is unknown in one that is the option's. */
static gboolean
keeps_vlan(const DomNic *nic)
{
    const DomRest *rest = &nic->rest;
    gboolean keeps = dom_rest_has_element(rest, "", "vlan");

    for (guint i = 0; nic->vlan != NULL && rest->items != NULL && i < rest->items->len; i++)
        keeps |= g_str_has_prefix(((const DomRestItem *)rest->items->pdata[i])->path, "vlan");
    return keeps;
}

void
dom_nic_format_vlan(xmlNodePtr node, const DomNic *nic)
{
    gboolean shown = dom_xml_find(node, "source/@bridge") != NULL;

    /* a port of another kind is kept, and the schema has no room for two; VLANs that are none for
     * the option are kept, and would be some for a port */
    if (g_strcmp0(nic->script, OVS_SCRIPT) != 0 ||
        dom_rest_has_element(&nic->rest, "", "virtualport") || keeps_vlan(nic))
        format_option(node, nic);
    else if (nic->bridge != NULL && shown)
        format_port(node, nic);
}
