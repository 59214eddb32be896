/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/disk_number.h"

#define NONE G_MAXUINT

static void
test_number(void)
{
    static const struct {
        const char *vdev;
        guint number; /* NONE: libxl has none */
    } rows[] = {
        { "xvda", 51712 },      { "xvda1", 51713 },      { "xvdb", 51728 },
        { "xvdp15", 51967 },    { "xvdq", 268439552 },   { "xvda16", 268435472 },
        { "xvdaa", 268442112 }, { "hda", 768 },          { "hdb", 832 },
        { "hdc", 5632 },        { "hdd63", 5759 },       { "sda", 2048 },
        { "sdp15", 2303 },      { "d0p0", 51712 },       { "d0x10p1", 268439553 },
        { "51712", 51712 },     { "0xca00", 51712 },     { "0", 0 },
        { "", NONE },           { "xvd", NONE },         { "xvd1", NONE },
        { "xvda01", NONE },     { "xvda256", NONE },     { "xvda ", NONE },
        { "hde", NONE },        { "hda64", NONE },       { "sdq", NONE },
        { "vda", NONE },        { "fda", NONE },         { "d0", NONE },
        { "d0p256", NONE },     { "2147483648", NONE },  { "-1", NONE },
        { "08", NONE },         { "xvdzzzzzzzz", NONE }, { "d1048576p0", NONE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint number = NONE;
        gboolean good = dom_disk_number(rows[i].vdev, &number);

        g_test_message("%s", rows[i].vdev);
        g_assert_cmpuint(number, ==, rows[i].number);
        g_assert_cmpint(good, ==, rows[i].number != NONE);
        g_assert_cmpint(dom_disk_number(rows[i].vdev, NULL), ==, good);
    }
}

static void
test_letter(void)
{
    static const struct {
        const char *vdev;
        guint disk; /* NONE: there is no letter */
    } rows[] = {
        { "xvda", 0 },      { "hda", 0 },    { "sdb", 1 },       { "xvdb3", 1 },  { "hdd", 3 },
        { "xvdaa", 26 },    { "d1p0", 1 },   { "d2p5", 2 },      { "hde", NONE }, { "51712", NONE },
        { "xvda01", NONE }, { "fda", NONE }, { "d0p256", NONE }, { "", NONE },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint disk = NONE;
        gboolean good = dom_disk_letter(rows[i].vdev, &disk);

        g_test_message("%s", rows[i].vdev);
        g_assert_cmpuint(disk, ==, rows[i].disk);
        g_assert_cmpint(good, ==, rows[i].disk != NONE);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dom/disk/number", test_number);
    g_test_add_func("/dom/disk/letter", test_letter);
    return g_test_run();
}
