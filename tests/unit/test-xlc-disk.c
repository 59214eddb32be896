/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/spec_disk.h"

/* What is read, told by the spelling that comes out. */
static void
test_read_and_write(void)
{
    static const struct {
        const char *spec;
        const char *written;
    } rows[] = {
        /* positional */
        { "/dev/vg/a,raw,xvda,rw", "/dev/vg/a,raw,xvda,rw" },
        { "/dev/vg/a,,xvda", "/dev/vg/a,raw,xvda" },
        { "/dev/vg/a,raw,xvda,w", "/dev/vg/a,raw,xvda,rw" },
        { "/dev/vg/a,raw,xvda,ro", "/dev/vg/a,raw,xvda,r" },
        { " /a, \tqcow2,\n hda ,r", "/a,qcow2,hda ,r" },
        { "a:b,raw,xvda", "a:b,raw,xvda" },
        /* named, any order */
        { "vdev=xvda,target=/a", "vdev=xvda,target=/a" },
        { "access=rw,format=qcow2,vdev=hda,target=/a", "/a,qcow2,hda,rw" },
        { "vdev=xvda,/a,raw", "/a,raw,xvda" },
        { "vdev=xvda,access=r,/a,raw,w", "/a,raw,xvda,rw" }, /* a positional access wins */
        { "vdev=xvda,format=raw,format=raw,target=/a", "/a,raw,xvda" },
        { "vdev=xvda,devtype=cdrom,devtype=disk,target=/a", "vdev=xvda,devtype=disk,target=/a" },
        { "vdev=xvda,discard,no-discard,target=/a", "vdev=xvda,no-discard,target=/a" },
        { ",raw,xvda,target=/a", "/a,raw,xvda" }, /* an empty target may be filled later */
        /* the target takes the rest */
        { "vdev=xvda,target=/a,b=c,raw ", "vdev=xvda,target=/a,b=c,raw " },
        { "vdev=xvda,target=/a,", "vdev=xvda,target=/a" },
        { "vdev=xvda,target=/a,,", "vdev=xvda,target=/a,," },
        { "vdev=xvda,target=phy:/a", "vdev=xvda,target=phy:/a" },
        { "vdev=xvda,format=raw,target=phy:/a", "vdev=xvda,format=raw,target=phy:/a" },
        { "vdev=xvda,format=raw,target=foo:/a", "vdev=xvda,format=raw,target=foo:/a" },
        { "vdev=xvda,format=raw,target=cdrom", "vdev=xvda,format=raw,target=cdrom" },
        { "vdev=xvda,format=raw,target= /a", "vdev=xvda,format=raw,target= /a" },
        { "target=/a\nvdev=xvda", "vdev=xvda,target=/a" },
        /* cdrom */
        { "vdev=hdc,cdrom", "vdev=hdc,devtype=cdrom" },
        { ",empty,hdc,r,cdrom", "vdev=hdc,format=empty,access=r,devtype=cdrom,target=" },
        { "/a.iso,,hdc,devtype=cdrom", "vdev=hdc,format=raw,devtype=cdrom,target=/a.iso" },
        /* old syntax */
        { "phy:/dev/a,xvda,w", "vdev=xvda,access=rw,target=/dev/a" },
        { "file:/a,ioemu:hda,w", "vdev=hda,access=rw,target=/a" },
        { "tap:aio:/a,xvda,w", "vdev=xvda,access=rw,target=/a" },
        { "tap2:qcow2:/a,xvda,w", "/a,qcow2,xvda,rw" },
        { "vhd:/a,xvda,r", "/a,vhd,xvda,r" },
        { "iscsi:iqn.x,xvda,w", "vdev=xvda,access=rw,script=block-iscsi,target=iqn.x" },
        { "drbd:res,xvda,w", "vdev=xvda,access=rw,script=block-drbd,target=res" },
        { "file:/a.iso,hdc:cdrom,r", "vdev=hdc,access=r,devtype=cdrom,target=/a.iso" },
        { ",hdc:cdrom,r", "vdev=hdc,format=empty,access=r,devtype=cdrom,target=" },
        { "/a,raw,xvda:disk,w", "vdev=xvda,format=raw,access=rw,devtype=disk,target=/a" },
        /* all the rest */
        { "backend=drv,backendtype=qdisk,script=s,specification=virtio,direct-io-safe,discard,"
          "untrusted,grant_usage=0,no-colo,vdev=xvda,target=/a",
          "vdev=xvda,backendtype=qdisk,backend=drv,script=s,specification=virtio,direct-io-safe,"
          "discard,untrusted,grant_usage=0,no-colo,target=/a" },
        { "trusted,grant_usage=1,colo,colo-host=h,colo-port=9000,colo-export=e,active-disk=x,"
          "hidden-disk=y,vdev=xvda,target=/a",
          "vdev=xvda,trusted,grant_usage=1,colo,colo-host=h,colo-port=9000,colo-export=e,"
          "active-disk=x,hidden-disk=y,target=/a" },
        { "vdev=a=b,target=/a", "vdev=a=b,target=/a" },
        { "vdev=hdc:cdrom,target=/a",
          "vdev=hdc:cdrom,target=/a" }, /* a suffix when positional only */
        { "vdev=xvda,target=/a\n", "vdev=xvda,target=/a" },
        { "/a,raw,xvda,rw,=", "/a,raw,xvda,rw" }, /* a stray = at the end passes */
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_parse(rows[i].spec, NULL, &error);
        g_autofree char *written = NULL;

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_no_error(error);
        written = xlc_disk_spec_format(spec, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(written, ==, rows[i].written);
    }
}

static void
test_refused(void)
{
    static const struct {
        const char *spec;
        guint column; /* of the first error */
        const char *message;
    } rows[] = {
        { "", 1, "*vdev*" },
        { "/a,raw", 7, "*vdev*" },
        { "vdev=xvda", 10, "*target*" },
        { "/a,foo,xvda", 4, "*expected raw, qcow, qcow2, vhd, qed or empty*" },
        { "format=raw ,vdev=xvda,target=/a", 8, "*format*" },
        { "/a,raw,xvda,!", 13, "*access*expected r, ro, w or rw*" },
        { "/a,raw,xvda,w!", 13, "*access*" },
        { "/a,raw,xvda,rw,x", 16, "*too many*" },
        { "/a,raw,xvda,vdev=xvdb", 18, "*vdev was already given*" },
        { "/a,raw,xvda,target=/b", 20, "*target was already given*" },
        { "/a,raw,xvda,format=qcow2", 20, "*format was already given*" },
        { "qcow2:/a,xvda,format=raw", 22, "*format was already given*" },
        { "script=x,iscsi:a,xvda", 10, "*script was already given*" },
        { "script=x,script=x,vdev=xvda,target=/a", 17, "*script was already given*" },
        { "backend=x,backend=x,vdev=xvda,target=/a", 19, "*backend was already given*" },
        { "devtype=tape,vdev=xvda,target=/a", 9, "*expected cdrom or disk*" },
        { "/a,raw,xvda:tape", 13, "*expected cdrom or disk*" },
        { "backendtype=file,vdev=xvda,target=/a", 13, "*expected phy, tap, qdisk or standalone*" },
        { "specification=ide,vdev=xvda,target=/a", 15, "*expected xen or virtio*" },
        { "colo-port=0,vdev=xvda,target=/a", 11, "*port*" },
        { "foo=bar,vdev=xvda,target=/a", 1, "*unknown disk option \"foo\"*" },
        { "/a=b,raw,xvda", 3, "*target=*" },
        { "foo:/a,raw,xvda", 1, "*unknown prefix \"foo:\"*" },
        { "qed:/a,xvda", 1, "*unknown prefix*" },
        { "grant_usage=2,vdev=xvda,target=/a", 12, "*=*" },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) issues = xlc_spec_issues_new();
        g_autoptr(GError) error = NULL;
        const XlcSpecIssue *issue = NULL;

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_null(xlc_disk_spec_parse(rows[i].spec, issues, &error));
        g_assert_error(error, XLC_ERROR, XLC_ERROR_SYNTAX);
        for (guint j = 0; j < issues->len && !issue; j++) {
            issue = issues->pdata[j];
            if (issue->severity != DOM_SEVERITY_ERROR)
                issue = NULL;
        }
        g_assert_nonnull(issue);
        g_test_message("%u: %s", issue->column, issue->text);
        g_assert_cmpuint(issue->column, ==, rows[i].column);
        g_assert_true(g_pattern_match_simple(rows[i].message, issue->text));
    }
}

static void
test_all_errors(void)
{
    g_autoptr(GPtrArray) issues = xlc_spec_issues_new();

    g_assert_null(
        xlc_disk_spec_parse("format=x,access=y,foo=bar,vdev=xvda,target=/a", issues, NULL));
    g_assert_cmpuint(issues->len, ==, 3);
    g_assert_cmpuint(((XlcSpecIssue *)issues->pdata[2])->column, ==, 19);
}

static void
test_absent(void)
{
    g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_parse("vdev=xvda,target=/a", NULL, NULL);
    XlcDiskResolved resolved;

    g_assert_cmpint(spec->format, ==, XLC_DISK_FORMAT_ABSENT);
    g_assert_cmpint(spec->access, ==, XLC_DISK_ACCESS_ABSENT);
    g_assert_cmpint(spec->devtype, ==, XLC_DISK_TYPE_ABSENT);
    g_assert_cmpint(spec->backendtype, ==, XLC_DISK_BACKEND_ABSENT);
    g_assert_cmpint(spec->specification, ==, XLC_DISK_SPECIFICATION_ABSENT);
    g_assert_cmpint(spec->discard, ==, XLC_TRI_ABSENT);
    g_assert_cmpint(spec->trusted, ==, XLC_TRI_ABSENT);
    g_assert_cmpint(spec->grant_usage, ==, XLC_TRI_ABSENT);
    g_assert_cmpint(spec->colo, ==, XLC_TRI_ABSENT);
    g_assert_null(spec->backend);
    g_assert_null(spec->script);
    xlc_disk_spec_resolve(spec, &resolved);
    g_assert_cmpint(resolved.format, ==, XLC_DISK_FORMAT_RAW);
    g_assert_true(resolved.read_write);
    g_assert_false(resolved.cdrom);
}

static void
test_resolve_cdrom(void)
{
    static const struct {
        const char *spec;
        XlcDiskFormat format;
    } rows[] = {
        { "/a.iso,raw,hdc,rw,cdrom", XLC_DISK_FORMAT_RAW },
        { ",raw,hdc,rw,cdrom", XLC_DISK_FORMAT_EMPTY },
        { "vdev=hdc,access=rw,cdrom", XLC_DISK_FORMAT_EMPTY },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_parse(rows[i].spec, NULL, NULL);
        XlcDiskResolved resolved;

        g_assert_cmpint(spec->access, ==, XLC_DISK_ACCESS_READ_WRITE);
        xlc_disk_spec_resolve(spec, &resolved);
        g_assert_cmpint(resolved.format, ==, rows[i].format);
        g_assert_true(resolved.cdrom && resolved.removable && !resolved.read_write);
    }
}

static void
test_unwritable(void)
{
    g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    spec->target = g_strdup("/a");
    g_assert_null(xlc_disk_spec_format(spec, &error));
    g_assert_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE);
    g_clear_error(&error);
    spec->vdev = g_strdup("xv,da");
    g_assert_null(xlc_disk_spec_format(spec, &error));
    g_assert_true(g_pattern_match_simple("*comma*", error->message));
    g_clear_error(&error);
    g_free(spec->vdev);
    spec->vdev = g_strdup("xvda");
    spec->script = g_strdup("a,target=/etc/passwd");
    g_assert_null(xlc_disk_spec_format(spec, &error));
    g_assert_true(g_pattern_match_simple("*comma*", error->message));
    g_clear_error(&error);
    g_clear_pointer(&spec->script, g_free);
    g_free(spec->target);
    spec->target = g_strdup("/a\n,vdev=xvdb");
    g_assert_null(xlc_disk_spec_format(spec, &error));
    g_assert_true(g_pattern_match_simple("*newline*", error->message));
    g_clear_error(&error);
    g_clear_pointer(&spec->target, g_free);
    g_assert_null(xlc_disk_spec_format(spec, &error));
    g_assert_true(g_pattern_match_simple("*needs a target*", error->message));
    g_clear_error(&error);
    spec->devtype = XLC_DISK_TYPE_CDROM;
    text = xlc_disk_spec_format(spec, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, "vdev=xvda,devtype=cdrom");
}

static void
test_names(void)
{
    g_assert_null(xlc_disk_format_name(XLC_DISK_FORMAT_ABSENT));
    g_assert_cmpstr(xlc_disk_format_name(XLC_DISK_FORMAT_RAW), ==, "raw");
    g_assert_cmpstr(xlc_disk_format_name(XLC_DISK_FORMAT_EMPTY), ==, "empty");
    g_assert_cmpstr(xlc_disk_backend_name(XLC_DISK_BACKEND_QDISK), ==, "qdisk");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/disk/read-and-write", test_read_and_write);
    g_test_add_func("/xlc/disk/refused", test_refused);
    g_test_add_func("/xlc/disk/all-errors", test_all_errors);
    g_test_add_func("/xlc/disk/absent", test_absent);
    g_test_add_func("/xlc/disk/resolve-cdrom", test_resolve_cdrom);
    g_test_add_func("/xlc/disk/unwritable", test_unwritable);
    g_test_add_func("/xlc/disk/names", test_names);
    return g_test_run();
}
