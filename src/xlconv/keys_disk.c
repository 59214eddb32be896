/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/disk_network.h"
#include "xlconv/devices.h"
#include "xlconv/spec_disk.h"

/* The spec's enums and the model's are the same words in the same order. */
G_STATIC_ASSERT((int)XLC_DISK_FORMAT_EMPTY == (int)DOM_DISK_FORMAT_EMPTY);
G_STATIC_ASSERT((int)XLC_DISK_FORMAT_RAW == (int)DOM_DISK_FORMAT_RAW);
G_STATIC_ASSERT((int)XLC_DISK_FORMAT_VHD == (int)DOM_DISK_FORMAT_VHD);
G_STATIC_ASSERT((int)XLC_DISK_BACKEND_STANDALONE == (int)DOM_DISK_BACKEND_STANDALONE);
G_STATIC_ASSERT((int)XLC_DISK_BACKEND_QDISK == (int)DOM_DISK_BACKEND_QDISK);
G_STATIC_ASSERT((int)XLC_DISK_SPECIFICATION_VIRTIO == (int)DOM_DISK_SPECIFICATION_VIRTIO);
G_STATIC_ASSERT((int)XLC_TRI_NO == (int)DOM_TRISTATE_OFF);
G_STATIC_ASSERT((int)XLC_TRI_YES == (int)DOM_TRISTATE_ON);

static DomTristate
on_if(gboolean on)
{
    return on ? DOM_TRISTATE_ON : DOM_TRISTATE_ABSENT;
}

static DomInt
port_of(int port)
{
    return (DomInt){ .value = port, .set = port != 0 };
}

/* An access that says what would be so anyway (rw, or r for a CD-ROM) sets nothing. */
static void
fill(DomDisk *disk, const XlcDiskSpec *spec)
{
    gboolean cdrom = spec->devtype == XLC_DISK_TYPE_CDROM;
    /* An empty drive; any other disk has a target, if an empty one. */
    gboolean empty = cdrom && spec->target != NULL && *spec->target == '\0';

    disk->target = empty ? NULL : g_strdup(spec->target);
    disk->vdev = g_strdup(spec->vdev);
    disk->format = (DomDiskFormat)spec->format;
    disk->readonly = on_if(!cdrom && spec->access == XLC_DISK_ACCESS_READ_ONLY);
    disk->cdrom = on_if(cdrom);
    disk->backend = (DomDiskBackend)spec->backendtype;
    disk->specification = (DomDiskSpecification)spec->specification;
    disk->backend_domain = g_strdup(spec->backend);
    disk->script = g_strdup(spec->script);
    disk->direct_io_safe = on_if(spec->direct_io_safe);
    disk->discard = (DomTristate)spec->discard;
    disk->trusted = (DomTristate)spec->trusted;
    disk->grant_usage = (DomTristate)spec->grant_usage;
    disk->colo = (DomTristate)spec->colo;
    disk->colo_host = g_strdup(spec->colo_host);
    disk->colo_port = port_of(spec->colo_port);
    disk->colo_export = g_strdup(spec->colo_export);
    disk->active_disk = g_strdup(spec->active_disk);
    disk->hidden_disk = g_strdup(spec->hidden_disk);
}

static XlcDiskSpec *
spec_of(const DomDisk *disk)
{
    XlcDiskSpec *spec = xlc_disk_spec_new();

    spec->target = g_strdup(disk->target);
    spec->vdev = g_strdup(disk->vdev);
    spec->format = (XlcDiskFormat)disk->format;
    if (disk->readonly != DOM_TRISTATE_ABSENT)
        spec->access = disk->readonly == DOM_TRISTATE_ON ? XLC_DISK_ACCESS_READ_ONLY
                                                         : XLC_DISK_ACCESS_READ_WRITE;
    if (disk->cdrom == DOM_TRISTATE_ON)
        spec->devtype = XLC_DISK_TYPE_CDROM;
    spec->backendtype = (XlcDiskBackend)disk->backend;
    spec->specification = (XlcDiskSpecification)disk->specification;
    spec->backend = g_strdup(disk->backend_domain);
    spec->script = g_strdup(disk->script);
    spec->direct_io_safe = disk->direct_io_safe == DOM_TRISTATE_ON;
    spec->discard = (XlcTristate)disk->discard;
    spec->trusted = (XlcTristate)disk->trusted;
    spec->grant_usage = (XlcTristate)disk->grant_usage;
    spec->colo = (XlcTristate)disk->colo;
    spec->colo_host = g_strdup(disk->colo_host);
    spec->colo_port = (int)disk->colo_port.value;
    spec->colo_export = g_strdup(disk->colo_export);
    spec->active_disk = g_strdup(disk->active_disk);
    spec->hidden_disk = g_strdup(disk->hidden_disk);
    return spec;
}

/* Prefixes of the old syntax that mean nothing to xl but that it is old. */
static const char *const idle_prefixes[] = { "file:", "phy:",     "tap2:", "tap:",
                                             "aio:",  "tapdisk:", "ioemu:" };

static const char *
skip_prefix(const char *text)
{
    for (guint i = 0; i < G_N_ELEMENTS(idle_prefixes); i++) {
        if (g_str_has_prefix(text, idle_prefixes[i]))
            return text + strlen(idle_prefixes[i]);
    }
    return NULL;
}

/*
 * "file:/srv/a.img,qcow2,xvda,w" stands in many guides, but behind a prefix xl knows no format and
 * takes "qcow2" for the device. Its meaning is plain all the same.
 */
static XlcDiskSpec *
parse_as_meant(XlcReader *reader, const XlcKey *key, const XlcValue *value)
{
    const char *rest = skip_prefix(value->text);
    XlcDiskSpec *spec = rest != NULL ? xlc_disk_spec_parse(rest, NULL, NULL) : NULL;

    if (spec != NULL)
        xlc_report(
            reader, DOM_SEVERITY_WARNING, key, value,
            _("xl refuses a format behind the old prefix '%.*s': leave the prefix out, as it "
              "is read here"),
            (int)(rest - value->text), value->text);
    return spec;
}

static gboolean
parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    g_autoptr(GPtrArray) issues = xlc_spec_issues_new();
    g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_parse(value->text, issues, NULL);

    gboolean as_xl = spec != NULL;

    if (!as_xl)
        spec = parse_as_meant(reader, key, value);
    if (as_xl || spec == NULL)
        xlc_spec_issues_report(issues, reader->doc, reader->line, value, key->key, reader->report);
    if (spec == NULL)
        return FALSE;
    fill(record, spec);
    return TRUE;
}

static char *
format(gconstpointer record)
{
    g_autoptr(XlcDiskSpec) spec = spec_of(record);

    return xlc_disk_spec_format(spec, NULL);
}

static const char *const names[] = { "vdev", NULL };
/* xl refuses an item without these. */
static const char *const carried[] = { "target", "vdev", "cdrom", NULL };

/* A drive may be empty; its medium is no part of what names it. */
static gboolean
spares(gconstpointer record, const char *member)
{
    return g_str_equal(member, "target") && ((const DomDisk *)record)->cdrom == DOM_TRISTATE_ON;
}

/* A source in a network may have options that libvirt has no word for. */
static gboolean
refines(gconstpointer record, gconstpointer shown, const char *member)
{
    const DomDisk *disk = record, *other = shown;
    g_autofree char *text =
        g_str_equal(member, "target") && disk->target != NULL && other->target != NULL
            ? dom_disk_network_shown(disk->target)
            : NULL;

    return text != NULL && g_str_equal(text, other->target);
}

/* An empty drive is one no more when it gets a medium. */
static const XlcTie ties[] = { { "format", "target" }, { NULL } };

static const XlcDevices disk = {
    .list = DOM_TYPED_OFFSET(DomDef, disks, GPtrArray *),
    .record = &dom_disk_record,
    .names = names,
    .carried = carried,
    .spares = spares,
    .refines = refines,
    .ties = ties,
    .parse = parse,
    .format = format,
};
XLC_DEVICES_CODEC(disk);

static const XlcKey keys[] = {
    XLC_SPECIAL("disk", &disk_codec, XLC_ANY, .options = xlc_disk_options,
                .doc = N_("Disks; see xl-disk-configuration(5)")),
};

XLC_TOPIC(disk, keys);
