/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The head of a saved guest's file, in the layout of the driver that this one replaces, so that
 * either reads what the other wrote:
 *
 *      0  16 bytes  "libvirt-xml\n \0 \r"
 *     16  uint32    version: 2; 3 when the stream is compressed, which that driver refuses
 *     20  uint32    size of the XML that follows the head, with its NUL
 *     24  uint32    how the stream is compressed: 0, or a number of drv_image_formats
 *     28  uint32    what the guest did: DrvImageState
 *     32  uint64    size of the stream as it stands in the file; 0: not known
 *     40  24 bytes  zero
 *
 * in the machine's byte order. The other driver writes zeros from 24 on and does not read them.
 * After the XML comes the stream that libxl wrote. Pure functions, any thread.
 */

#include <glib.h>

#define DRV_IMAGE_HEAD_SIZE 64
/* What nobody's definition reaches; a file that claims more is damaged. */
#define DRV_IMAGE_MAX_XML (16 * 1024 * 1024)

typedef enum {
    DRV_IMAGE_STATE_UNKNOWN, /* runs after a restore */
    DRV_IMAGE_STATE_RUNNING,
    DRV_IMAGE_STATE_PAUSED,
} DrvImageState;

/* A program that compresses its input, and with -d does the opposite; -c: to its output. */
typedef struct {
    const char *name; /* as in libxl.conf; also the program's */
    guint32 number;   /* as in files; 0: the stream as it is, no program */
} DrvImageFormat;

typedef struct {
    const DrvImageFormat *format;
    DrvImageState state;
    guint32 xml_size;
    guint64 stream_size;
} DrvImageHead;

/* All formats; the last has no name. The first is raw. */
extern const DrvImageFormat drv_image_formats[];

/* NULL when there is none. */
const DrvImageFormat *drv_image_format_by_name(const char *name);
const DrvImageFormat *drv_image_format_by_number(guint32 number);

/* Writes DRV_IMAGE_HEAD_SIZE bytes. */
void drv_image_head_write(const DrvImageHead *head, guint8 *ret_bytes);

/*
 * Reads the head from the first @size bytes of a file. Says of a file that is no saved guest, is
 * cut short, or comes from a newer driver, that it is one: DRV_ERROR.
 */
gboolean drv_image_head_read(DrvImageHead *ret_head, const guint8 *bytes, gsize size,
                             GError **error);
