/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/spec_vif.h"

static void
test_read_and_write(void)
{
    static const struct {
        const char *spec;
        const char *written;
        guint warnings;
    } rows[] = {
        { "", "", 0 },
        { ",,", "", 0 },
        { "bridge=br0", "bridge=br0", 0 },
        { "bridge=br0,mac=00:16:3E:01:02:03", "mac=00:16:3e:01:02:03,bridge=br0", 0 },
        { " mac=00-16-3e-01-02-03, bridge=a b ", "mac=00:16:3e:01:02:03,bridge=a b ", 0 },
        { "bridge=a,bridge=b", "bridge=b", 1 },
        { "bridge=", "bridge=", 0 },
        { "netdev=eth0", "gatewaydev=eth0", 1 },
        { "netdev=eth0,gatewaydev=eth1", "gatewaydev=eth1", 1 },
        { "type=ioemu,model=e1000,type=vif", "type=vif,model=e1000", 1 },
        { "type=tap,model=e1000", "model=e1000", 1 },
        { "script=s,ip=10.0.0.1 10.0.0.2,backend=d,vifname=v,vlan=1p/2",
          "vifname=v,script=s,ip=10.0.0.1 10.0.0.2,backend=d,vlan=1p/2", 0 },
        { "rate=10Mb/s@20ms,devid=3,mtu=9000", "rate=10Mb/s@20ms,devid=3,mtu=9000", 0 },
        { "mtu=9000x", "mtu=9000", 1 },
        { "trusted,untrusted", "untrusted", 1 },
        { "trusted=1", "trusted=1", 1 },
        { "accel=x", "accel=x", 1 },
        { "bridge", "bridge", 1 },
        { "foo=bar,bridge=b,wol", "bridge=b,foo=bar,wol", 2 },
        { "forwarddev=e0,colo_checkpoint_port=9,colo_compare_out=o,forwarddev=e1",
          "forwarddev=e0,colo_checkpoint_port=9,colo_compare_out=o,forwarddev=e1", 1 },
        { "colo_no_such_thing=1", "colo_no_such_thing=1", 1 },
        { "bridge=b, ", "bridge=b", 1 },
        /* odd MAC addresses, as xl reads them */
        { "mac=0:1:2:3:4:5", "mac=00:01:02:03:04:05", 1 },
        { "mac=00:16", "mac=00:16:00:00:00:00", 1 },
        { "mac=00:16,bridge=br0", "mac=00:16:0b:00:00:00,bridge=br0", 1 },
        { "mac=00:16:3e:01:02:03:04", "mac=00:16:3e:01:02:03", 1 },
        { "mac=00:16:3e:01:02:0300", "mac=00:16:3e:01:02:00", 1 },
        { "mac=zz,bridge=b", "bridge=b", 1 },
        { "mac=,bridge=b", "bridge=b", 1 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) issues = xlc_spec_issues_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(XlcVifSpec) spec = xlc_vif_spec_parse(rows[i].spec, issues, &error);
        g_autofree char *written = NULL;

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_no_error(error);
        written = xlc_vif_spec_format(spec, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(written, ==, rows[i].written);
        g_assert_cmpuint(issues->len, ==, rows[i].warnings);
    }
}

static void
test_refused(void)
{
    static const struct {
        const char *spec;
        guint column;
    } rows[] = {
        { "rate=10", 6 },      { "bridge=b,rate=", 15 },
        { "rate=0MB/s", 6 },   { "devid=x", 7 },
        { "mtu=", 5 },         { "mtu=18446744073709551615", 5 },
        { "rate=1MB/s@0", 6 },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) issues = xlc_spec_issues_new();
        g_autoptr(GError) error = NULL;

        g_assert_null(xlc_vif_spec_parse(rows[i].spec, issues, &error));
        g_assert_error(error, XLC_ERROR, XLC_ERROR_VALUE);
        g_assert_cmpuint(issues->len, ==, 1);
        g_assert_cmpuint(((XlcSpecIssue *)issues->pdata[0])->column, ==, rows[i].column);
    }
}

static void
test_rate(void)
{
    static const struct {
        const char *text;
        guint64 bytes; /* per interval; G_MAXUINT64: refused */
        guint32 usecs;
        const char *written;
    } rows[] = {
        { "1MB/s", 50000, 50000, "1MB/s" },
        { "10Mb/s", 62500, 50000, "10Mb/s" },
        { "1000KB/s", 50000, 50000, "1MB/s" },
        { "1GB/s@1", 1000000000, 1000000, "1GB/s@1s" },
        { "250KB/s@20ms", 5000, 20000, "2Mb/s@20ms" },
        { "1MB/s@100us", 100, 100, "1MB/s@100us" },
        { "1MB/s@5m", 5000, 5000, "1MB/s@5ms" },
        { "1MB/s@5u", 5, 5, "1MB/s@5us" },
        { "010B/s@1s", 8, 1000000, "8B/s@1s" },
        { "7b/s", 0, 50000, "1b/s" },
        { "8b/s@1s", 1, 1000000, "1B/s@1s" },
        { "4294967295GB/s@1us", G_GUINT64_CONSTANT(4294967295000), 1, "4294967295GB/s@1us" },
        { "", G_MAXUINT64, 0, NULL },
        { "1MB", G_MAXUINT64, 0, NULL },
        { "1mB/s", G_MAXUINT64, 0, NULL },
        { "1.5MB/s", G_MAXUINT64, 0, NULL },
        { "0x10MB/s", G_MAXUINT64, 0, NULL },
        { "4294967296B/s", G_MAXUINT64, 0, NULL },
        { "1MB/s@", G_MAXUINT64, 0, NULL },
        { "1MB/s@0ms", G_MAXUINT64, 0, NULL },
        { "1MB/s@1h", G_MAXUINT64, 0, NULL },
        { "1MB/s@4295", G_MAXUINT64, 0, NULL },
        { "1MB/s@1ms@1ms", G_MAXUINT64, 0, NULL },
        { "4294967295GB/s@4294s", G_MAXUINT64, 0, NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *written = NULL;
        XlcVifRate rate;

        g_test_message("row %" G_GSIZE_FORMAT, i);
        if (rows[i].bytes == G_MAXUINT64) {
            g_assert_false(xlc_vif_rate_parse(rows[i].text, &rate, &error));
            g_assert_error(error, XLC_ERROR, XLC_ERROR_VALUE);
            continue;
        }
        g_assert_true(xlc_vif_rate_parse(rows[i].text, &rate, &error));
        g_assert_cmpuint(rate.bytes_per_interval, ==, rows[i].bytes);
        g_assert_cmpuint(rate.interval_usecs, ==, rows[i].usecs);
        written = xlc_vif_rate_format(&rate, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(written, ==, rows[i].written);
    }
}

/* Counts have 32 bits, so that high rates come in steps. */
static void
test_rate_round_up(void)
{
    static const struct {
        XlcVifRate rate;
        const char *exact; /* NULL for none */
        const char *rounded;
    } rows[] = {
        { { 62500, 50000 }, "10Mb/s", "10Mb/s" },
        { { 1717987500, 50000 }, "274878Mb/s", "274878Mb/s" },
        { { G_GUINT64_CONSTANT(4294967244), 50000 }, NULL, "687194760Kb/s" },
        { { G_MAXUINT64 / 2, 50000 }, NULL, NULL },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *exact = xlc_vif_rate_format(&rows[i].rate, NULL);
        g_autofree char *rounded = xlc_vif_rate_round_up(&rows[i].rate);

        g_test_message("row %" G_GSIZE_FORMAT, i);
        g_assert_cmpstr(exact, ==, rows[i].exact);
        g_assert_cmpstr(rounded, ==, rows[i].rounded);
    }
}

static void
test_unwritable(void)
{
    g_autoptr(XlcVifSpec) spec = xlc_vif_spec_new();
    g_autoptr(GError) error = NULL;
    XlcVifRate never = { 1000, 0 };

    spec->bridge = g_strdup("br0,mac=00:00:00:00:00:01");
    g_assert_null(xlc_vif_spec_format(spec, &error));
    g_assert_true(g_pattern_match_simple("*comma*", error->message));
    g_clear_error(&error);
    g_clear_pointer(&spec->bridge, g_free);
    spec->rate = g_strdup("fast");
    g_assert_null(xlc_vif_spec_format(spec, &error));
    g_assert_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE);
    g_clear_error(&error);
    g_assert_null(xlc_vif_rate_format(&never, &error));
    g_assert_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE);
}

static void
test_colo(void)
{
    g_assert_true(xlc_vif_is_colo_key("forwarddev"));
    g_assert_true(xlc_vif_is_colo_key("colo_filter_sec_rewriter0_queue"));
    g_assert_false(xlc_vif_is_colo_key("bridge"));
    g_assert_false(xlc_vif_is_colo_key("colo_"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/xlc/vif/read-and-write", test_read_and_write);
    g_test_add_func("/xlc/vif/refused", test_refused);
    g_test_add_func("/xlc/vif/rate", test_rate);
    g_test_add_func("/xlc/vif/rate-round-up", test_rate_round_up);
    g_test_add_func("/xlc/vif/unwritable", test_unwritable);
    g_test_add_func("/xlc/vif/colo", test_colo);
    return g_test_run();
}
