/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xlconv/spec.h"

/*
 * The disk specification language, xl-disk-configuration(5): one item of disk=[...].
 *
 *     "/dev/vg/guest,raw,xvda,rw"
 *     "format=qcow2,vdev=hda,access=rw,target=/srv/guest.qcow2"
 *     "phy:/dev/vg/guest,xvda,w"                (deprecated)
 *
 * A parsed spec holds what was said, not what follows from it: absent stays absent.
 * xlc_disk_spec_resolve() tells what xl makes of it.
 */

typedef enum {
    XLC_DISK_FORMAT_ABSENT,
    XLC_DISK_FORMAT_RAW,
    XLC_DISK_FORMAT_QCOW,
    XLC_DISK_FORMAT_QCOW2,
    XLC_DISK_FORMAT_VHD,
    XLC_DISK_FORMAT_QED,
    XLC_DISK_FORMAT_EMPTY,
} XlcDiskFormat;

typedef enum {
    XLC_DISK_ACCESS_ABSENT,
    XLC_DISK_ACCESS_READ_ONLY,
    XLC_DISK_ACCESS_READ_WRITE,
} XlcDiskAccess;

typedef enum {
    XLC_DISK_TYPE_ABSENT,
    XLC_DISK_TYPE_DISK,
    XLC_DISK_TYPE_CDROM,
} XlcDiskType;

typedef enum {
    XLC_DISK_BACKEND_ABSENT,
    XLC_DISK_BACKEND_PHY,
    XLC_DISK_BACKEND_TAP,
    XLC_DISK_BACKEND_QDISK,
    XLC_DISK_BACKEND_STANDALONE,
} XlcDiskBackend;

typedef enum {
    XLC_DISK_SPECIFICATION_ABSENT,
    XLC_DISK_SPECIFICATION_XEN,
    XLC_DISK_SPECIFICATION_VIRTIO,
} XlcDiskSpecification;

/**
 * XlcDiskSpec:
 * @target: pdev_path; NULL absent, may be empty
 * @vdev: always there after a parse
 * @devtype: cdrom forces removable and read-only whatever @access says
 * @backend: backend domain
 * @script: a prefix such as iscsi: sets it to block-iscsi
 * @direct_io_safe: TRUE or absent; there is no word for off
 * @discard: discard / no-discard
 * @trusted: trusted / untrusted; Xen 4.17 and 4.18 take the word as the target
 * @grant_usage: grant_usage=1 / 0; since Xen 4.19
 * @colo: colo / no-colo
 * @colo_port: 0 absent
 * @deprecated: a prefix (phy:) or suffix (:cdrom) of the old syntax was there; information only,
 * not compared
 *
 * Strings are owned by the struct and hold no comma except @target.
 */
typedef struct {
    char *target;
    char *vdev;
    XlcDiskFormat format;
    XlcDiskAccess access;
    XlcDiskType devtype;
    XlcDiskBackend backendtype;
    XlcDiskSpecification specification;
    char *backend;
    char *script;
    gboolean direct_io_safe;
    XlcTristate discard;
    XlcTristate trusted;
    XlcTristate grant_usage;
    XlcTristate colo;
    char *colo_host;
    int colo_port;
    char *colo_export;
    char *active_disk;
    char *hidden_disk;
    gboolean deprecated;
} XlcDiskSpec;

/**
 * XlcDiskResolved:
 *
 * What xl hands to libxl for a spec.
 */
typedef struct {
    XlcDiskFormat format; /* never ABSENT */
    gboolean read_write;
    gboolean cdrom;
    gboolean removable;
} XlcDiskResolved;

/* Returns: (transfer full): an empty spec, to be filled by hand; free with xlc_disk_spec_free() */
XlcDiskSpec *xlc_disk_spec_new(void);

void xlc_disk_spec_free(XlcDiskSpec *spec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcDiskSpec, xlc_disk_spec_free)

/**
 * xlc_disk_spec_parse:
 * @text: one spec
 * @issues: (nullable): gets every error with its column, and notes on deprecated syntax
 * @error: XLC_ERROR_SYNTAX or XLC_ERROR_VALUE: the first error, with its column
 *
 * Accepts and refuses what libxlutil does (xlu_disk_parse of Xen 4.19 and later).
 *
 * Returns: (transfer full): the spec, or NULL
 */
XlcDiskSpec *xlc_disk_spec_parse(const char *text, GPtrArray *issues, GError **error);

/**
 * xlc_disk_spec_format:
 * @error: XLC_ERROR_UNWRITABLE: no vdev, a comma outside the target, a newline in the target
 *
 * The short form "target,format,vdev,access" when the spec has no more than that and its target
 * cannot be misread, else key=value with target= last. Parsing the result gives @spec again.
 *
 * Returns: (transfer full): one spec
 */
char *xlc_disk_spec_format(const XlcDiskSpec *spec, GError **error);

/* Whether both say the same; @deprecated does not count. */
gboolean xlc_disk_spec_equal(const XlcDiskSpec *a, const XlcDiskSpec *b);

void xlc_disk_spec_resolve(const XlcDiskSpec *spec, XlcDiskResolved *ret_resolved);

/* Adds what the language has to @list, of XlcSpecOption; their members are those of a DomDisk. */
void xlc_disk_options(GPtrArray *list);

/* The word for a format ("qcow2"); NULL for ABSENT. */
const char *xlc_disk_format_name(XlcDiskFormat format);

/* The word for a backend type ("phy"); NULL for ABSENT. */
const char *xlc_disk_backend_name(XlcDiskBackend backend);
