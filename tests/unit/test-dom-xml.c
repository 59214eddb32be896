/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The paths of conf/xml.h, and XML that the model does not know. */
#include <libxml/parser.h>
#include <string.h>

#include "conf/def.h"
#include "conf/xml.h"

static xmlDocPtr
parse(const char *text)
{
    xmlDocPtr doc = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NOBLANKS);

    g_assert_nonnull(doc);
    return doc;
}

static void
test_peek(void)
{
    xmlDocPtr doc = parse("<d a='1'><t n='x' m='p'>one</t><t n='y'>two</t><g><k/></g></d>");
    xmlNodePtr root = xmlDocGetRootElement(doc);
    static const struct {
        const char *path;
        const char *text;
    } rows[] = {
        { "@a", "1" },          { "@b", NULL },        { "t", "one" },          { "t[2]", "two" },
        { "t[@n='y']", "two" }, { "t[@n='z']", NULL }, { "t[@n='x']/@m", "p" }, { "t[2]/@m", NULL },
        { "g/k", "" },          { "g/k/l", NULL },     { "t[3]", NULL },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = dom_xml_peek(root, rows[i].path);

        g_assert_cmpstr(text, ==, rows[i].text);
    }
    xmlFreeDoc(doc);
}

static void
test_make(void)
{
    xmlDocPtr doc = parse("<d/>");
    xmlNodePtr root = xmlDocGetRootElement(doc);
    g_autofree char *mode = NULL;
    xmlNodePtr first, second;

    dom_xml_set(root, "c/t[@name='tsc']/@mode", "native");
    dom_xml_set(root, "c/t[@name='hpet']/@mode", "<&\"");
    dom_xml_set(root, "c/t[@name='tsc']/@mode", "auto");
    g_assert_cmpuint(xmlChildElementCount(dom_xml_find(root, "c")), ==, 2);
    mode = dom_xml_peek(root, "c/t[@name='hpet']/@mode");
    g_assert_cmpstr(mode, ==, "<&\"");
    first = dom_xml_append(root, "l/i");
    second = dom_xml_append(root, "l/i");
    g_assert_true(first != second && first->parent == second->parent);
    g_assert_true(dom_xml_ensure(root, "l/i[2]") == second);
    dom_xml_set(root, "n", NULL);
    g_assert_null(dom_xml_find(root, "n"));
    xmlFreeDoc(doc);
}

static void
add_some(xmlNodePtr root, guint n)
{
    static const char *const texts[] = { "<t n='a'/>", "<t n='b/c'/>", "<u n='a'/>",
                                         "<p:t xmlns:p='urn:p'/>", "<p:v xmlns:p='urn:p'/>" };

    for (guint i = 0; i < n; i++)
        g_assert_true(dom_xml_add_element(root, texts[i % G_N_ELEMENTS(texts)]));
}

/* Looked up or walked to, it is the same element. */
static void
check_index(DomXmlIndex *index, xmlNodePtr root)
{
    static const char *const paths[] = {
        "",      "t",       "t[1]",      "t[7]",          "t[70]",     "t[99]",
        "p:t",   "p:t[7]",  "p:v[5]",    "p:v[99]",       "q:v[2]",    "x",
        "u[12]", "t[3]/k",  "u[@n='a']", "t[@n='b/c']/k", "u[@n='z']", "t[@m='1']",
        "u[30]", "t[0003]", "p:x[1]",    "p:t[@n='a']",   "t[19]/k/l", "u/k",
    };

    for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
        g_assert_true(dom_xml_index_find(index, root, paths[i]) == dom_xml_find(root, paths[i]));
}

static void
test_index(void)
{
    xmlDocPtr doc = parse("<d>text</d>");
    xmlNodePtr root = xmlDocGetRootElement(doc), made, deep;
    g_auto(DomXmlIndex) index = { NULL };

    for (guint i = 0; i < 50; i++) {
        add_some(root, i);
        check_index(&index, root);
    }
    made = dom_xml_index_ensure(&index, root, "t[@n='d/e']/k/l[2]");
    g_assert_true(made == dom_xml_find(root, "t[@n='d/e']/k/l"));
    g_assert_true(dom_xml_index_ensure(&index, root, "t[@n='d/e']/k/l") == made);
    dom_xml_index_forget_attribute(&index, dom_xml_find(root, "t[2]"), "m");
    dom_xml_set(root, "t[2]/@m", "1");
    check_index(&index, root);
    deep = dom_xml_index_ensure(&index, root, "t[19]/k/l");
    add_some(deep, 60);
    check_index(&index, deep);
    dom_xml_index_forget_content(&index, root);
    dom_xml_set(root, "", "text");
    check_index(&index, root);
    add_some(root, 99);
    check_index(&index, root);
    xmlFreeDoc(doc);
}

static DomDef *
read_def(const char *inside, DomReport *report)
{
    g_autofree char *xml = g_strdup_printf("<domain type='xen'><name>x</name><memory>65536</memory>"
                                           "<os><type>linux</type><kernel>/k</kernel></os>"
                                           "%s</domain>",
                                           inside);
    g_autoptr(GError) error = NULL;
    DomDef *def = dom_def_parse_xml(xml, NULL, report, &error);

    g_assert_no_error(error);
    return def;
}

/* Unknown XML is told, but for other programs' metadata, and stands again where it stood. */
static void
test_rest(void)
{
    static const char *const inside[] = {
        "<resource><partition>/machine</partition></resource>",
        "<clock offset='utc'><timer name='rtc' track='guest'/></clock>",
        "<features><kvm><hidden state='on'/></kvm></features>",
        "<metadata><a:b xmlns:a='urn:x'>t</a:b></metadata>",
        "<devices><disk type='file' device='disk'><source file='/a'/><target dev='xvda'/>"
        "<serial>S</serial></disk></devices>",
        "<devices><disk type='file' device='disk'><driver cache='none'/><source file='/a'/>"
        "<target dev='xvda'/></disk></devices>",
        "<devices><rng model='virtio'/></devices>",
        "<bootloader>/usr/bin<odd>7</odd>/pygrub</bootloader>",
        "<bootloader>\n <odd>8</odd>\n</bootloader>",
    };
    static const char *const kept[] = { "<partition>/machine</partition>",
                                        "track=\"guest\"",
                                        "<hidden state=\"on\"/>",
                                        "urn:x",
                                        "<serial>S</serial>",
                                        "cache=\"none\"",
                                        "<rng model=\"virtio\"/>",
                                        "<bootloader>/usr/bin/pygrub<odd>7</odd></bootloader>",
                                        "<odd>8</odd>" };

    for (guint i = 0; i < G_N_ELEMENTS(inside); i++) {
        g_autoptr(DomReport) report = dom_report_new(NULL);
        g_autoptr(DomDef) def = read_def(inside[i], report);
        g_autofree char *xml = dom_def_format_xml(def, 0, NULL, NULL);
        g_autoptr(DomDef) back = dom_def_parse_xml(xml, NULL, NULL, NULL);

        g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==,
                         g_str_has_prefix(inside[i], "<metadata>") ? 0 : 1);
        g_assert_nonnull(strstr(xml, kept[i]));
        g_assert_true(dom_def_equal(def, back));
    }
}

/* What is understood is not told. */
static void
test_no_rest(void)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def = read_def("<vcpu placement='static'>2</vcpu><clock offset='utc'/>"
                                     "<on_crash>destroy</on_crash><devices><console type='pty'/>"
                                     "</devices>",
                                     report);

    g_assert_cmpuint(dom_report_size(report), ==, 0);
    g_assert_cmpuint(def->cpu.vcpus.value, ==, 2);
    g_assert_cmpint(def->events.on_crash, ==, DOM_ACTION_DESTROY);
}

/* What XML cannot carry is an error that says so, not a broken document. */
static void
test_unsayable(void)
{
    static const char *const texts[] = { "caf\xe9", "bell\a",       "\x1f",
                                         "\x0b",    "\xef\xbf\xbe", "\xef\xbf\xbf" };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(DomDef) def = read_def("", NULL);
        g_autoptr(GError) error = NULL;
        g_autofree char *xml = NULL;

        def->os.cmdline = g_strdup(texts[i]);
        xml = dom_def_format_xml(def, 0, NULL, &error);
        g_assert_null(xml);
        g_assert_error(error, DOM_ERROR, DOM_ERROR_INVALID);
    }
}

static void
test_sayable(void)
{
    g_autoptr(DomDef) def = read_def("", NULL);
    g_autoptr(DomDef) back = NULL;
    g_autofree char *xml = NULL;

    def->os.cmdline = g_strdup("\t<&>\"' &#1; \r\n \xf0\x9f\x90\xa7 ]]>");
    xml = dom_def_format_xml(def, 0, NULL, NULL);
    back = dom_def_parse_xml(xml, NULL, NULL, NULL);
    g_assert_cmpstr(back->os.cmdline, ==, def->os.cmdline);
}

static void
test_refused(void)
{
    static const char *const texts[] = {
        "",
        "name = 1",
        "<domain type='xen'>",
        "<network/>",
        "<domain type='kvm'/>",
        "<!DOCTYPE d [<!ENTITY a 'b'>]><domain type='xen'><name>&a;</name>"
        "<memory>1</memory><os><type>linux</type></os></domain>",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(DomReport) report = dom_report_new(NULL);
        g_autoptr(GError) error = NULL;

        g_assert_null(dom_def_parse_xml(texts[i], NULL, report, &error));
        g_assert_nonnull(error);
        g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_ERROR), >, 0);
    }
}

/* libxml2 would write it, and refuse to read it. */
static void
test_too_long(void)
{
    g_autoptr(DomDef) def = dom_def_new();
    DomDisk *disk = dom_list_add(def->disks, &dom_disk_record);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    def->general.name = g_strdup("long");
    disk->vdev = g_strdup("xvda");
    disk->target = g_strnfill(10000001, '/');
    text = dom_def_format_xml(def, DOM_FORMAT_SECURE, NULL, &error);
    g_assert_null(text);
    g_assert_error(error, DOM_ERROR, DOM_ERROR_SYNTAX);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dom/xml/peek", test_peek);
    g_test_add_func("/dom/xml/make", test_make);
    g_test_add_func("/dom/xml/index", test_index);
    g_test_add_func("/dom/xml/rest", test_rest);
    g_test_add_func("/dom/xml/no-rest", test_no_rest);
    g_test_add_func("/dom/xml/unsayable", test_unsayable);
    g_test_add_func("/dom/xml/sayable", test_sayable);
    g_test_add_func("/dom/xml/refused", test_refused);
    g_test_add_func("/dom/xml/too-long", test_too_long);
    return g_test_run();
}
