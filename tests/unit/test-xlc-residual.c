/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl.cfg text inside of XML: what it adds, and what it no longer may after an edit. */
#include <string.h>

#include "xlconv/convert.h"

static DomDef *
from_cfg(const char *cfg)
{
    g_autoptr(GError) error = NULL;
    DomDef *def = xlc_def_from_cfg(cfg, strlen(cfg), NULL, &error);

    g_assert_no_error(error);
    return def;
}

static char *
xml_of(const char *cfg, DomFormatFlags flags)
{
    g_autoptr(DomDef) def = from_cfg(cfg);
    g_autoptr(GError) error = NULL;
    char *xml = dom_def_format_xml(def, flags, &xlc_def_ops, &error);

    g_assert_no_error(error);
    return xml;
}

/* The XML of @cfg with an edit, read again. */
static DomDef *
edited(const char *cfg, const char *old, const char *new, DomReport *report)
{
    g_autofree char *xml = xml_of(cfg, DOM_FORMAT_SECURE);
    g_autoptr(GString) text = g_string_new(xml);
    g_autoptr(GError) error = NULL;
    DomDef *def;

    g_assert_cmpuint(g_string_replace(text, old, new, 1), ==, 1);
    def = dom_def_parse_xml(text->str, &xlc_def_ops, report, &error);
    g_assert_no_error(error);
    return def;
}

#define HVM "name = \"x\"\ntype = \"hvm\"\nmemory = 64\n"
#define PVH "name = \"x\"\ntype = \"pvh\"\nkernel = \"/k\"\nmemory = 64\n"

/* Elements that only spell out Xen's default give way to absence again, unless they were edited. */
static void
test_implicit(void)
{
    g_autoptr(DomDef) same = edited(HVM, "<acpi/>", "<acpi></acpi>", NULL);
    g_autoptr(DomDef) without_acpi = edited(HVM, "<acpi/>", "", NULL);
    g_autoptr(DomDef) without_vnc =
        edited(HVM, "<graphics type=\"vnc\" autoport=\"yes\"/>", "", NULL);
    g_autoptr(DomDef) more_memory = edited(PVH "memory = \"bad\"\n", ">32768<", ">65536<", NULL);

    g_assert_cmpint(same->features.acpi, ==, DOM_TRISTATE_ABSENT);
    g_assert_cmpint(same->graphics.head.vnc, ==, DOM_TRISTATE_ABSENT);
    g_assert_cmpint(without_acpi->features.acpi, ==, DOM_TRISTATE_OFF);
    g_assert_cmpint(without_acpi->features.apic, ==, DOM_TRISTATE_ABSENT);
    g_assert_cmpint(without_vnc->graphics.head.vnc, ==, DOM_TRISTATE_OFF);
    g_assert_true(more_memory->memory.target.set);
    g_assert_cmpuint(more_memory->memory.target.value, ==, 65536);
}

#define DISKS                                                                                      \
    PVH "disk = [ \"script=own,vdev=xvda,target=thing\", \"/dev/b,raw,xvdb,direct-io-safe\" ]\n"

#define SECOND(source, target) "<source dev=\"" source "\"/>\n      <target dev=\"" target "\""

/* Text that names a device does not call it back, nor is it another one's. */
static void
test_gone(void)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def =
        edited(DISKS, SECOND("/dev/b", "xvdb"), SECOND("/dev/c", "xvdc"), report);
    const DomDisk *other = def->disks->pdata[1];

    g_assert_cmpuint(def->disks->len, ==, 2);
    g_assert_cmpstr(other->vdev, ==, "xvdc");
    g_assert_cmpint(other->direct_io_safe, ==, DOM_TRISTATE_ABSENT);
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 1);
    g_assert_nonnull(strstr(dom_report_get(report, 0)->text, "no device has this name"));
}

/* It follows one that got another name, and is the same otherwise. */
static void
test_renamed(void)
{
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomDef) def = edited(DISKS, "dev=\"xvdb\"", "dev=\"xvdc\"", report);
    const DomDisk *renamed = def->disks->pdata[1];

    g_assert_cmpstr(renamed->vdev, ==, "xvdc");
    g_assert_cmpint(renamed->direct_io_safe, ==, DOM_TRISTATE_ON);
    g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 0);
}

static void
test_followed(void)
{
    g_autoptr(DomDef) def = edited(DISKS, "source dev=\"/dev/b\"", "source dev=\"/dev/c\"", NULL);
    const DomDisk *script = def->disks->pdata[0];
    const DomDisk *changed = def->disks->pdata[1];

    g_assert_cmpstr(script->script, ==, "own");
    g_assert_cmpstr(script->target, ==, "thing");
    g_assert_cmpstr(changed->target, ==, "/dev/c");
    g_assert_cmpint(changed->direct_io_safe, ==, DOM_TRISTATE_ON);
}

/* The text may be the whole list; after an edit it only fills in what XML does not say. */
static void
test_whole_list(void)
{
    const char *cfg = PVH "disk = [ \"/dev/a,raw,51712\", \"/dev/b,raw,xvdb,direct-io-safe\" ]\n";
    g_autoptr(DomDef) same = edited(cfg, "/dev/b\"/>", "/dev/b\" />", NULL);
    g_autoptr(DomDef) changed = edited(cfg, "source dev=\"/dev/b\"", "source dev=\"/dev/c\"", NULL);
    const DomDisk *first = same->disks->pdata[0];
    gboolean found = FALSE;

    g_assert_cmpuint(same->disks->len, ==, 2);
    g_assert_cmpstr(first->vdev, ==, "51712");
    for (guint i = 0; i < changed->disks->len; i++) {
        const DomDisk *disk = changed->disks->pdata[i];

        if (g_strcmp0(disk->vdev, "xvdb") != 0)
            continue;
        found = TRUE;
        g_assert_cmpstr(disk->target, ==, "/dev/c");
        g_assert_cmpint(disk->direct_io_safe, ==, DOM_TRISTATE_ON);
    }
    g_assert_true(found);
}

/* A drive that an admin emptied stays empty. */
static void
test_ejected(void)
{
    const char *cfg = HVM "disk = [ \"format=empty,vdev=hdc,cdrom\", "
                          "\"vdev=hdd,cdrom,specification=xen,target=/a.iso\" ]\n";
    g_autoptr(DomDef) def = edited(cfg, "<source file=\"/a.iso\"/>", "", NULL);
    const DomDisk *drive = def->disks->pdata[1];

    g_assert_null(drive->target);
    g_assert_cmpint(drive->specification, ==, DOM_DISK_SPECIFICATION_XEN);
}

/* Passwords that only the text can hold are secrets too. */
static void
test_secrets(void)
{
    static const char *const cfgs[] = {
        HVM "vnc = 1\nvncpasswd = \"s3cr3t\"\n",
        HVM "vnc = 0\nvncpasswd = \"s3cr3t\"\n",
        HVM "spice = 1\nspicepasswd = \"s3cr3t\"\n",
        HVM "spice = 0\nspicepasswd = \"s3cr3t\"\n",
        PVH "vnc = 1\nvncpasswd = \"s3cr3t\"\n",
        PVH "vfb = [ \"vnc=1,vncpasswd=s3cr3t\", \"vnc=0,vncpasswd=s3cr3t\" ]\n",
        HVM "vfb = [ \"vnc=1,vncpasswd=s3cr3t\" ]\n",
    };

    for (guint i = 0; i < G_N_ELEMENTS(cfgs); i++) {
        g_autofree char *open = xml_of(cfgs[i], 0);
        g_autofree char *secure = xml_of(cfgs[i], DOM_FORMAT_SECURE);
        g_autoptr(DomDef) def = from_cfg(cfgs[i]);
        g_autoptr(DomReport) report = dom_report_new(NULL);
        g_autofree char *cfg = xlc_def_to_cfg(def, 0, report, NULL);

        g_assert_null(strstr(open, "s3cr3t"));
        g_assert_nonnull(strstr(secure, "s3cr3t"));
        g_assert_null(strstr(cfg, "s3cr3t"));
        g_assert_cmpuint(dom_report_count(report, DOM_SEVERITY_WARNING), ==, 1);
    }
}

/* Places in the text are places in the XML. */
static void
test_places(void)
{
    g_autoptr(DomReport) report = dom_report_new("f");
    g_autoptr(GError) error = NULL;
    const char *xml = "<domain type='xen'><name>x</name><memory>1024</memory>\n"
                      "<os><type>linux</type><kernel>/k</kernel></os><metadata>\n"
                      "<xl:cfg xmlns:xl='urn:xlvirt:xl.cfg:1'>\n"
                      "oos = 1\n"
                      "acpi = 'on'\n"
                      "</xl:cfg></metadata></domain>";
    g_autoptr(DomDef) def = dom_def_parse_xml(xml, &xlc_def_ops, report, &error);

    g_assert_no_error(error);
    g_assert_cmpint(def->features.oos, ==, DOM_TRISTATE_ON);
    g_assert_cmpuint(dom_report_size(report), ==, 1);
    g_assert_cmpuint(dom_report_get(report, 0)->line, ==, 5);
    g_assert_cmpuint(dom_report_get(report, 0)->column, ==, 8);
}

/* An element in the text is taken out of the tree; those behind it are found where they stand. */
static void
test_left_out(void)
{
    g_autoptr(DomReport) report = dom_report_new("f");
    g_autoptr(GError) error = NULL;
    const char *xml = "<domain type='xen'><name>x</name><memory>1024</memory>\n"
                      "<os><type>linux</type><kernel>/k</kernel></os><metadata>\n"
                      "<xl:cfg xmlns:xl='urn:xlvirt:xl.cfg:1'>oos = 1\n"
                      "<a><b/></a></xl:cfg></metadata>\n"
                      "<devices><unheard c='d'/></devices></domain>";
    g_autoptr(DomDef) def = dom_def_parse_xml(xml, &xlc_def_ops, report, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(dom_report_size(report), ==, 2);
    g_assert_cmpuint(dom_report_get(report, 0)->line, ==, 4);
    g_assert_cmpuint(dom_report_get(report, 1)->line, ==, 5);
    g_assert_cmpuint(dom_report_get(report, 1)->column, ==, 10);
}

/* A second element with text is left out of a conversion; of a domain of this host it is an error.
 */
static void
test_second(void)
{
    g_autoptr(DomReport) report = dom_report_new("f");
    g_autoptr(GError) error = NULL;
    DomDefOps hosted = xlc_def_ops;
    const char *xml = "<domain type='xen'><name>x</name><memory>1024</memory>\n"
                      "<os><type>linux</type><kernel>/k</kernel></os><metadata>\n"
                      "<xl:cfg xmlns:xl='urn:xlvirt:xl.cfg:1'>oos = 1</xl:cfg>\n"
                      "<cfg xmlns='urn:xlvirt:xl.cfg:1'>nomigrate = 1</cfg></metadata></domain>";
    g_autoptr(DomDef) def = dom_def_parse_xml(xml, &xlc_def_ops, report, &error);

    g_assert_no_error(error);
    g_assert_cmpint(def->features.oos, ==, DOM_TRISTATE_ON);
    g_assert_null(def->metadata.rest.items);
    g_assert_cmpuint(dom_report_size(report), ==, 1);
    g_assert_cmpuint(dom_report_get(report, 0)->line, ==, 4);
    hosted.hosted = TRUE;
    g_assert_null(dom_def_parse_xml(xml, &hosted, NULL, &error));
    g_assert_error(error, DOM_ERROR, DOM_ERROR_INVALID);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/residual/implicit", test_implicit);
    g_test_add_func("/xlc/residual/gone", test_gone);
    g_test_add_func("/xlc/residual/renamed", test_renamed);
    g_test_add_func("/xlc/residual/followed", test_followed);
    g_test_add_func("/xlc/residual/whole-list", test_whole_list);
    g_test_add_func("/xlc/residual/ejected", test_ejected);
    g_test_add_func("/xlc/residual/secrets", test_secrets);
    g_test_add_func("/xlc/residual/places", test_places);
    g_test_add_func("/xlc/residual/left-out", test_left_out);
    g_test_add_func("/xlc/residual/second", test_second);
    return g_test_run();
}
