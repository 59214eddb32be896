/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "driver/error.h"
#include "driver/save_image.h"
#include "driver/text.h"

#define MAGIC              "libvirt-xml\n \0 \r"
#define VERSION_RAW        2
#define VERSION_COMPRESSED 3

typedef struct {
    char magic[16];
    guint32 version;
    guint32 xml_size;
    guint32 format;
    guint32 state;
    guint64 stream_size;
    guint32 unused[6];
} Layout;
G_STATIC_ASSERT(sizeof(Layout) == DRV_IMAGE_HEAD_SIZE);
G_STATIC_ASSERT(sizeof(MAGIC) - 1 == G_SIZEOF_MEMBER(Layout, magic));

/* The numbers are in files and stay. */
const DrvImageFormat drv_image_formats[] = {
    { "raw", 0 },  { "gzip", 1 }, { "bzip2", 2 }, { "xz", 3 },
    { "lzop", 4 }, { "zstd", 5 }, { "lz4", 6 },   { NULL, 0 },
};

const DrvImageFormat *
drv_image_format_by_name(const char *name)
{
    for (const DrvImageFormat *format = drv_image_formats; format->name; format++) {
        if (g_str_equal(format->name, name)) {
            return format;
        }
    }
    return NULL;
}

const DrvImageFormat *
drv_image_format_by_number(guint32 number)
{
    for (const DrvImageFormat *format = drv_image_formats; format->name; format++) {
        if (format->number == number) {
            return format;
        }
    }
    return NULL;
}

void
drv_image_head_write(const DrvImageHead *head, guint8 *ret_bytes)
{
    Layout layout = {
        .version = head->format->number ? VERSION_COMPRESSED : VERSION_RAW,
        .xml_size = head->xml_size,
        .format = head->format->number,
        .state = head->state,
        .stream_size = head->stream_size,
    };
    memcpy(layout.magic, MAGIC, sizeof(layout.magic));
    memcpy(ret_bytes, &layout, sizeof(layout));
}

static gboolean
check(const Layout *layout, GError **error)
{
    if (layout->version < 1 || layout->version > VERSION_COMPRESSED) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("it is of version %u, and this driver reads versions up to %d"),
                        layout->version, VERSION_COMPRESSED);
    }
    if (layout->xml_size < 1 || layout->xml_size > DRV_IMAGE_MAX_XML) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("it is damaged: its definition cannot have %u bytes"), layout->xml_size);
    }
    if (!drv_image_format_by_number(layout->format) || layout->state > DRV_IMAGE_STATE_PAUSED ||
        (layout->format != 0) != (layout->version == VERSION_COMPRESSED)) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("it is damaged, or a newer driver made it: version %u, compression %u, "
                          "state %u"),
                        layout->version, layout->format, layout->state);
    }
    return TRUE;
}

gboolean
drv_image_head_read(DrvImageHead *ret_head, const guint8 *bytes, gsize size, GError **error)
{
    Layout layout;
    if (size < sizeof(layout)) {
        return drv_fail(error, VIR_ERR_OPERATION_FAILED,
                        _("it has %zu bytes, which is less than the head of a saved guest"), size);
    }
    memcpy(&layout, bytes, sizeof(layout));
    if (memcmp(layout.magic, MAGIC, sizeof(layout.magic)) != 0) {
        return drv_fail(error, VIR_ERR_INVALID_ARG,
                        _("it is not the file of a guest that libvirt saved on Xen"));
    }
    if (!check(&layout, error)) {
        return FALSE;
    }
    ret_head->format = drv_image_format_by_number(layout.format);
    ret_head->state = (DrvImageState)layout.state;
    ret_head->xml_size = layout.xml_size;
    ret_head->stream_size = layout.stream_size;
    return TRUE;
}
