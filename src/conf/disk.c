/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/disk.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/def.h"
#include "conf/disk_bus.h"
#include "conf/disk_network.h"
#include "conf/disk_number.h"
#include "conf/floppy.h"
#include "conf/words.h"
#include "conf/xml.h"

static const char *const format_texts[] = { NULL, "raw", "qcow", "qcow2", "vhd", "qed", "empty" };
static const char *const backend_texts[] = { NULL, "phy", "tap", "qdisk", "standalone" };
static const char *const source_texts[] = { NULL, "file", "block" };
static const char *const specification_texts[] = { NULL, "xen", "virtio" };

const DomEnum dom_disk_source_names = DOM_ENUM(source_texts, DOM_DISK_SOURCE_LAST);
const DomEnum dom_disk_format_names = DOM_ENUM(format_texts, DOM_DISK_FORMAT_LAST);
const DomEnum dom_disk_backend_names = DOM_ENUM(backend_texts, DOM_DISK_BACKEND_LAST);
const DomEnum dom_disk_specification_names =
    DOM_ENUM(specification_texts, DOM_DISK_SPECIFICATION_LAST);

/* Words that driver/@type and driver/@name use for the same thing. */
typedef struct {
    const char *text;
    int value;
} Word;

static const Word format_words[] = {
    { "raw", DOM_DISK_FORMAT_RAW },     { "qcow", DOM_DISK_FORMAT_QCOW },
    { "qcow2", DOM_DISK_FORMAT_QCOW2 }, { "vhd", DOM_DISK_FORMAT_VHD },
    { "qed", DOM_DISK_FORMAT_QED },     { "vpc", DOM_DISK_FORMAT_VHD },
    { "aio", DOM_DISK_FORMAT_RAW },     { NULL, 0 },
};
static const Word backend_words[] = {
    { "phy", DOM_DISK_BACKEND_PHY },
    { "tap", DOM_DISK_BACKEND_TAP },
    { "qemu", DOM_DISK_BACKEND_QDISK },
    { "tap2", DOM_DISK_BACKEND_TAP },
    { NULL, 0 },
};

static gboolean
word_parse(const Word *words, const DomField *field, gpointer record, const char *text)
{
    for (; words->text != NULL; words++) {
        if (g_str_equal(words->text, text)) {
            *DOM_MEMBER(record, field, int) = words->value;
            return TRUE;
        }
    }
    return FALSE;
}

/* The first word of a value is the one to write. */
static char *
word_format(const Word *words, const DomField *field, gconstpointer record)
{
    for (; words->text != NULL; words++) {
        if (words->value == *DOM_CONST_MEMBER(record, field, int))
            return g_strdup(words->text);
    }
    return NULL;
}

static gboolean
format_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    if (word_parse(format_words, field, record, text))
        return TRUE;
    g_set_error(error, DOM_ERROR, DOM_ERROR_UNSUPPORTED,
                _("Xen serves no disk of format '%s': expected raw, qcow, qcow2, vpc (for VHD) or "
                  "qed; qemu-img convert makes one of another"),
                text);
    return FALSE;
}

static char *
format_format(const DomField *field, gconstpointer record)
{
    return word_format(format_words, field, record);
}

/* An unknown word is kept as unknown XML. */
static gboolean
backend_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    return word_parse(backend_words, field, record, text);
}

static char *
backend_format(const DomField *field, gconstpointer record)
{
    return word_format(backend_words, field, record);
}

static gboolean
discard_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    if (!g_str_equal(text, "unmap") && !g_str_equal(text, "ignore"))
        return FALSE;
    *DOM_MEMBER(record, field, DomTristate) =
        g_str_equal(text, "unmap") ? DOM_TRISTATE_ON : DOM_TRISTATE_OFF;
    return TRUE;
}

static char *
discard_format(const DomField *field, gconstpointer record)
{
    return g_strdup(*DOM_CONST_MEMBER(record, field, DomTristate) == DOM_TRISTATE_ON ? "unmap"
                                                                                     : "ignore");
}

static const DomXmlCodec format_codec = { format_parse, format_format };
static const DomXmlCodec backend_codec = { backend_parse, backend_format };
static const DomXmlCodec discard_codec = { discard_parse, discard_format };

#define STRING(member, where, text) DOM_STRING_FIELD(DomDisk, member, where, .doc = (text))
#define ONOFF(member, where, codec, text)                                                          \
    DOM_TRISTATE_FIELD(DomDisk, member, where, .xml = (codec), .doc = (text))

static const DomField fields[] = {
    STRING(target, NULL, N_("File, device or other thing that holds the data")),
    DOM_ENUM_FIELD(DomDisk, source, DomDiskSource, &dom_disk_source_names, NULL,
                   .flags = DOM_FIELD_XML_ONLY,
                   .doc = N_("Whether the target is a file or a device, against its looks")),
    DOM_ENUM_FIELD(DomDisk, format, DomDiskFormat, &dom_disk_format_names, "driver/@type",
                   .xml = &format_codec, .doc = N_("Format of the data")),
    STRING(vdev, "target/@dev", N_("Name of the disk in the guest")),
    ONOFF(readonly, NULL, NULL, N_("The guest cannot write")),
    ONOFF(cdrom, NULL, NULL, N_("The disk is a CD-ROM drive")),
    DOM_ENUM_FIELD(DomDisk, backend, DomDiskBackend, &dom_disk_backend_names, "driver/@name",
                   .xml = &backend_codec, .doc = N_("What serves the disk")),
    DOM_STRING_FIELD(DomDisk, backend_domain, "backenddomain/@name", .xml = &dom_xml_line,
                     .doc = N_("Domain that serves the disk")),
    STRING(script, NULL, N_("Script that makes a device of the target")),
    ONOFF(direct_io_safe, NULL, NULL, N_("Guest pages may go to the disk directly")),
    ONOFF(discard, "driver/@discard", &discard_codec, N_("Tell the backend of unused blocks")),
    ONOFF(trusted, NULL, NULL, N_("The guest trusts the backend")),
    ONOFF(grant_usage, NULL, NULL, N_("The backend maps grants only")),
    DOM_ENUM_FIELD(DomDisk, specification, DomDiskSpecification, &dom_disk_specification_names,
                   NULL, .doc = N_("Protocol between guest and backend")),
    ONOFF(colo, NULL, NULL, N_("COLO replication")),
    STRING(colo_host, NULL, N_("COLO: host of the secondary")),
    DOM_INT_FIELD(DomDisk, colo_port, NULL, .doc = N_("COLO: port of the secondary")),
    STRING(colo_export, NULL, N_("COLO: NBD export of the secondary")),
    STRING(active_disk, NULL, N_("COLO: active disk of the secondary")),
    STRING(hidden_disk, NULL, N_("COLO: hidden disk of the secondary")),
};

static DomDiskSource
looks_like(const DomDisk *disk)
{
    gboolean device = disk->target != NULL && g_str_has_prefix(disk->target, "/dev/");

    return device ? DOM_DISK_SOURCE_BLOCK : DOM_DISK_SOURCE_FILE;
}

/* The disk's type, which also says which attribute of <source> holds the target. */
static DomDiskSource
source_of(const DomDisk *disk)
{
    return disk->source != DOM_DISK_SOURCE_ABSENT ? disk->source : looks_like(disk);
}

gboolean
dom_disk_is_block(const DomDisk *disk)
{
    return source_of(disk) == DOM_DISK_SOURCE_BLOCK;
}

void
dom_disk_settle(DomDisk *disk)
{
    if (disk->source == looks_like(disk))
        disk->source = DOM_DISK_SOURCE_ABSENT;
    /* it may be residual text that makes it one, see parse() */
    if (disk->cdrom == DOM_TRISTATE_ON)
        disk->readonly = DOM_TRISTATE_ABSENT;
}

static gboolean
is_network(xmlNodePtr node)
{
    return dom_xml_is(node, "@type", "network");
}

static void
parse_source(DomXml *xml, xmlNodePtr node, DomDisk *disk)
{
    static const char *const places[] = { "source/@file", "source/@dev" };

    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        g_autofree char *text = dom_xml_take(xml, node, places[i]);

        if (text != NULL && *text != '\0' && disk->target == NULL)
            disk->target = g_steal_pointer(&text);
    }
}

/* libvirt looks at the attribute of the type alone. */
static void
check_source(DomXml *xml, xmlNodePtr node, const char *type)
{
    gboolean block = g_strcmp0(type, "block") == 0;
    const char *right = block ? "source/@dev" : "source/@file";
    const char *other = block ? "source/@file" : "source/@dev";

    if ((block || g_strcmp0(type, "file") == 0) && dom_xml_find(node, right) == NULL &&
        dom_xml_find(node, other) != NULL)
        dom_xml_report(xml, xml->hosted ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING, node,
                       "disk/source",
                       block ? _("a disk of type='block' has its source in dev='/dev/DEVICE'")
                             : _("a disk of type='file' has its source in file='/PATH'"));
}

/* Only QEMU serves such a disk, and libxl has to be told. */
static void
parse_network(DomXml *xml, xmlNodePtr node, DomDisk *disk)
{
    g_autofree char *target = dom_disk_network_target(node);

    dom_xml_claim(xml, node, "@type");
    dom_disk_network_claim(xml, node);
    disk->target = g_steal_pointer(&target);
    if (disk->backend == DOM_DISK_BACKEND_ABSENT)
        disk->backend = DOM_DISK_BACKEND_QDISK;
    if (dom_xml_find(node, "source/auth") != NULL || dom_xml_find(node, "auth") != NULL)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "disk/auth",
                       _("Xen knows nothing of libvirt's secrets: the key has to be where QEMU "
                         "finds it by itself, as in a keyring of /etc/ceph"));
}

static void
parse_type(DomXml *xml, xmlNodePtr node, DomDisk *disk)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    int source = type != NULL ? dom_enum_from_name(&dom_disk_source_names, type, FALSE) : 0;

    check_source(xml, node, type);
    if (source == 0)
        return;
    dom_xml_claim(xml, node, "@type");
    if (source != (int)looks_like(disk))
        disk->source = (DomDiskSource)source;
}

/* Old tools write where the guest sees it, and whether QEMU emulates it. */
static void
strip_place(DomDisk *disk)
{
    static const char *const places[] = { "/dev/", "ioemu:" };

    for (guint i = 0; disk->vdev != NULL && i < G_N_ELEMENTS(places); i++) {
        if (g_str_has_prefix(disk->vdev, places[i])) {
            g_autofree char *whole = g_steal_pointer(&disk->vdev);

            disk->vdev = g_strdup(whole + strlen(places[i]));
        }
    }
}

static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomDisk *disk = record;
    g_autofree char *device = dom_xml_peek(node, "@device");

    if (g_strcmp0(device, "cdrom") == 0)
        disk->cdrom = DOM_TRISTATE_ON;
    if (device == NULL || g_str_equal(device, "cdrom") || g_str_equal(device, "disk"))
        dom_xml_claim(xml, node, "@device");
    if (is_network(node)) {
        parse_network(xml, node, disk);
    } else {
        parse_source(xml, node, disk);
        parse_type(xml, node, disk);
    }
    strip_place(disk);
    dom_disk_bus_parse(xml, node, disk);
    if (dom_xml_find(node, "readonly") != NULL) {
        dom_xml_claim(xml, node, "readonly");
        /* A CD-ROM is read-only in any case, so there it says nothing. */
        if (disk->cdrom != DOM_TRISTATE_ON)
            disk->readonly = DOM_TRISTATE_ON;
    }
}

/* The first disk of each name. */
static GHashTable *
first_of_names(const DomDef *def)
{
    GHashTable *first = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = def->disks->pdata[i];

        if (disk->vdev != NULL && !g_hash_table_contains(first, disk->vdev))
            g_hash_table_insert(first, disk->vdev, (gpointer)disk);
    }
    return first;
}

static gboolean
is_named_before(DomXml *xml, const DomDef *def, const DomDisk *disk)
{
    if (xml->disk_names == NULL)
        xml->disk_names = first_of_names(def);
    return g_hash_table_lookup(xml->disk_names, disk->vdev) != disk;
}

static void
check_name(DomXml *xml, DomXmlNode *node, const DomDisk *disk, const DomDef *def)
{
    DomSeverity severity = xml->hosted ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING;

    if (disk->vdev == NULL)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "disk/target/@dev",
                       _("the disk has no name in the guest: expected <target dev='xvda'/>"));
    else if (strpbrk(disk->vdev, ",\r\n") != NULL)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "disk/target/@dev",
                       _("'%s' holds a comma or a line break: expected a name like xvda"),
                       disk->vdev);
    else if (!dom_disk_number(disk->vdev, NULL))
        dom_xml_report(xml, severity, node, "disk/target/@dev",
                       _("this guest cannot start: '%s' is no disk that libxl can number: "
                         "expected xvda to xvdzz, hda to hdd, sda to sdp, with or without the "
                         "number of a partition"),
                       disk->vdev);
    else if (is_named_before(xml, def, disk))
        dom_xml_report(xml, severity, node, "disk/target/@dev",
                       _("two disks are %s in the guest: give one of them another name"),
                       disk->vdev);
}

static void
check(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomDisk *disk = record;

    check_name(xml, node, disk, def);
    dom_disk_bus_check(xml, node, disk);
    if (disk->target == NULL && disk->cdrom != DOM_TRISTATE_ON)
        dom_xml_report(xml, DOM_SEVERITY_ERROR, node, "disk/source",
                       _("the disk has no source: expected <source file='/PATH'/>, or for "
                         "type='block' <source dev='/dev/DEVICE'/>"));
}

/* A target that is no path is a word of QEMU's for a network, or something its script understands.
 */
static void
format_source(xmlNodePtr node, const DomDisk *disk)
{
    gboolean path = disk->target != NULL && dom_xml_is_path(disk->target);
    /* a target that comes with the residual says nothing of the element's type */
    gboolean block = path ? dom_disk_is_block(disk) : disk->source == DOM_DISK_SOURCE_BLOCK;
    gboolean qemu = disk->backend == DOM_DISK_BACKEND_QDISK && disk->script == NULL;

    if (disk->target != NULL && qemu && dom_disk_network_format(node, disk->target)) {
        dom_xml_set(node, "@type", "network");
        return;
    }
    dom_xml_set(node, "@type", block ? "block" : "file");
    if (path)
        dom_xml_set(node, block ? "source/@dev" : "source/@file", disk->target);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomDisk *disk = record;
    gboolean cdrom = disk->cdrom == DOM_TRISTATE_ON;

    format_source(node, disk);
    dom_xml_set(node, "@device", cdrom ? "cdrom" : "disk");
    dom_xml_set(node, "target/@bus", dom_disk_bus(disk, def));
    if (cdrom || disk->readonly == DOM_TRISTATE_ON)
        dom_xml_set(node, "readonly", "");
}

/* Whether the source is one that Xen's disks can have. An empty drive has none. */
static gboolean
is_served(xmlNodePtr node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");
    g_autofree char *target = NULL;

    if (g_strcmp0(type, "network") != 0)
        return type == NULL || dom_enum_from_name(&dom_disk_source_names, type, FALSE) != 0;
    target = dom_disk_network_target(node);
    return target != NULL &&
           (dom_xml_is(node, "driver/@name", NULL) || dom_xml_is(node, "driver/@name", "qemu"));
}

/* A floppy is QEMU's alone, see floppy.h. */
static gboolean
claims(const DomDef *def, DomXmlNode *node)
{
    return !dom_floppy_is(node) && is_served(node);
}

/* An empty drive is nothing to miss. */
static void
refuse_floppy(DomXml *xml, xmlNodePtr node)
{
    if (!dom_xml_is_claimed(node) && dom_xml_child(node, "source") != NULL)
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "disk/@device",
                       _("the guest does not get this floppy: only QEMU has some, for HVM guests; "
                         "expected a raw image as fda or fdb and nothing else in the element"));
}

static void
refused(DomXml *xml, DomXmlNode *node)
{
    g_autofree char *type = dom_xml_peek(node, "@type");

    if (dom_floppy_is(node))
        refuse_floppy(xml, node);
    else if (dom_words_has(node, "@type") && dom_words_has(node, "source/@protocol"))
        dom_xml_report(xml, DOM_SEVERITY_WARNING, node, "disk/@type",
                       _("Xen cannot serve this disk of type '%s', and the guest does not get it: "
                         "expected file, block, or network with one host of a protocol out of %s"),
                       type, DOM_DISK_PROTOCOLS);
}

/* The schema's names for disks; xl also takes numbers and the like. */
static gboolean
shown(const DomDef *def, gconstpointer record)
{
    static const char *const kinds[] = { "fd", "hd", "sd", "vd", "xvd", "ubd" };
    const DomDisk *disk = record;

    for (guint i = 0; disk->vdev != NULL && i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_has_prefix(disk->vdev, kinds[i]))
            return dom_xml_is_word(disk->vdev + strlen(kinds[i]), "_");
    }
    return FALSE;
}

/* Any other name that XML can spell. */
static gboolean
odd(gconstpointer record)
{
    const DomDisk *disk = record;

    return disk->vdev != NULL && dom_xml_uncarried(disk->vdev) == NULL;
}

const DomRecord dom_disk_record =
    DOM_RECORD(DomDisk, "disk", fields, .parse = parse, .format = format, .claims = claims,
               .refused = refused, .shown = shown, .odd = odd, .check = check);
