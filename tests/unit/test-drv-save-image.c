/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "driver/error.h"
#include "driver/save_image.h"

/* As the driver that this one replaces writes it, on a little-endian machine. */
static const guint8 foreign_head[DRV_IMAGE_HEAD_SIZE] = {
    'l', 'i', 'b', 'v',  'i', 'r', 't', '-', 'x',  'm',  'l', '\n',
    ' ', 0,   ' ', '\r', 2,   0,   0,   0,   0x34, 0x12, 0,   0,
};

static DrvImageHead
some_head(const char *format)
{
    return (DrvImageHead){
        .format = drv_image_format_by_name(format),
        .state = DRV_IMAGE_STATE_PAUSED,
        .xml_size = 0x1234,
        .stream_size = 0x123456789a,
    };
}

static void
test_foreign(void)
{
    g_autoptr(GError) error = NULL;
    DrvImageHead head;
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    if (G_BYTE_ORDER != G_LITTLE_ENDIAN) {
        g_test_skip("the head is in the machine's byte order");
        return;
    }
    g_assert_true(drv_image_head_read(&head, foreign_head, sizeof(foreign_head), &error));
    g_assert_no_error(error);
    g_assert_cmpstr(head.format->name, ==, "raw");
    g_assert_cmpint(head.state, ==, DRV_IMAGE_STATE_UNKNOWN);
    g_assert_cmpuint(head.xml_size, ==, 0x1234);
    g_assert_cmpuint(head.stream_size, ==, 0);
    drv_image_head_write(&head, bytes);
    g_assert_cmpmem(bytes, sizeof(bytes), foreign_head, sizeof(foreign_head));
}

static void
test_round(void)
{
    for (const DrvImageFormat *format = drv_image_formats; format->name; format++) {
        g_autoptr(GError) error = NULL;
        guint8 bytes[DRV_IMAGE_HEAD_SIZE];
        DrvImageHead head = some_head(format->name);
        DrvImageHead read;
        guint32 version;
        drv_image_head_write(&head, bytes);
        g_assert_true(drv_image_head_read(&read, bytes, sizeof(bytes), &error));
        g_assert_no_error(error);
        g_assert_true(read.format == format);
        g_assert_cmpint(read.state, ==, head.state);
        g_assert_cmpuint(read.xml_size, ==, head.xml_size);
        g_assert_cmpuint(read.stream_size, ==, head.stream_size);
        /* the other driver reads 2 and refuses what is above */
        memcpy(&version, bytes + 16, sizeof(version));
        g_assert_cmpuint(version, ==, format->number ? 3 : 2);
    }
}

/* The numbers are in people's files. */
static void
test_numbers(void)
{
    static const char *const names[] = { "raw", "gzip", "bzip2", "xz", "lzop", "zstd", "lz4" };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_cmpuint(drv_image_format_by_name(names[i])->number, ==, i);
        g_assert_cmpstr(drv_image_format_by_number(i)->name, ==, names[i]);
    }
    g_assert_null(drv_image_format_by_name("zip"));
    g_assert_null(drv_image_format_by_number(G_N_ELEMENTS(names)));
}

/* A byte of a good head that is changed so makes it a bad one. */
static const struct {
    guint offset;
    guint8 value;
    int code;
    const char *says;
} bad[] = {
    { 0, 'L', VIR_ERR_INVALID_ARG, "not the file of a guest" },
    { 13, 'x', VIR_ERR_INVALID_ARG, "not the file of a guest" },
    { 16, 0, VIR_ERR_OPERATION_FAILED, "version 0" },
    { 16, 4, VIR_ERR_OPERATION_FAILED, "version 4" },
    { 16, 3, VIR_ERR_OPERATION_FAILED, "damaged" },
    { 19, 0x80, VIR_ERR_OPERATION_FAILED, "version" },
    { 23, 0x80, VIR_ERR_OPERATION_FAILED, "definition cannot have" },
    { 24, 1, VIR_ERR_OPERATION_FAILED, "damaged" },
    { 27, 1, VIR_ERR_OPERATION_FAILED, "damaged" },
    { 28, 3, VIR_ERR_OPERATION_FAILED, "damaged" },
};

static void
test_bad(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        guint8 bytes[DRV_IMAGE_HEAD_SIZE];
        DrvImageHead head = some_head("raw");
        drv_image_head_write(&head, bytes);
        bytes[bad[i].offset] = bad[i].value;
        memset(&head, 0x55, sizeof(head));
        DrvImageHead untouched = head;
        g_assert_false(drv_image_head_read(&head, bytes, sizeof(bytes), &error));
        g_assert_error(error, DRV_ERROR, bad[i].code);
        g_assert_nonnull(strstr(error->message, bad[i].says));
        g_assert_cmpmem(&head, sizeof(head), &untouched, sizeof(untouched));
    }
}

static void
test_short(void)
{
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    DrvImageHead head = some_head("raw");
    drv_image_head_write(&head, bytes);
    for (gsize size = 0; size < sizeof(bytes); size++) {
        g_autoptr(GError) error = NULL;
        g_autofree guint8 *cut = g_memdup2(bytes, size);
        g_assert_false(drv_image_head_read(&head, cut, size, &error));
        g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);
    }
}

/* Whatever the bytes are, the answer is a head that makes sense or an error. */
static void
test_random(void)
{
    for (guint round = 0; round < 20000; round++) {
        g_autoptr(GError) error = NULL;
        guint8 bytes[DRV_IMAGE_HEAD_SIZE];
        DrvImageHead head = some_head(round % 2 ? "raw" : "zstd");
        drv_image_head_write(&head, bytes);
        for (gint n = g_test_rand_int_range(1, 6); n > 0; n--) {
            bytes[g_test_rand_int_range(0, sizeof(bytes))] = (guint8)g_test_rand_int();
        }
        if (drv_image_head_read(&head, bytes, sizeof(bytes), &error)) {
            g_assert_no_error(error);
            g_assert_nonnull(head.format);
            g_assert_cmpuint(head.xml_size, >=, 1);
            g_assert_cmpuint(head.xml_size, <=, DRV_IMAGE_MAX_XML);
        } else {
            g_assert_nonnull(error);
        }
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drv/save-image/foreign", test_foreign);
    g_test_add_func("/drv/save-image/round", test_round);
    g_test_add_func("/drv/save-image/numbers", test_numbers);
    g_test_add_func("/drv/save-image/bad", test_bad);
    g_test_add_func("/drv/save-image/short", test_short);
    g_test_add_func("/drv/save-image/random", test_random);
    return g_test_run();
}
