/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/spec_disk_private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/error.h"

XlcDiskSpec *
xlc_disk_spec_new(void)
{
    return g_new0(XlcDiskSpec, 1);
}

void
xlc_disk_spec_free(XlcDiskSpec *spec)
{
    if (!spec)
        return;
    g_free(spec->target);
    g_free(spec->vdev);
    g_free(spec->backend);
    g_free(spec->script);
    g_free(spec->colo_host);
    g_free(spec->colo_export);
    g_free(spec->active_disk);
    g_free(spec->hidden_disk);
    g_free(spec);
}

gboolean
xlc_disk_spec_equal(const XlcDiskSpec *a, const XlcDiskSpec *b)
{
    return g_strcmp0(a->target, b->target) == 0 && g_strcmp0(a->vdev, b->vdev) == 0 &&
           a->format == b->format && a->access == b->access && a->devtype == b->devtype &&
           a->backendtype == b->backendtype && a->specification == b->specification &&
           g_strcmp0(a->backend, b->backend) == 0 && g_strcmp0(a->script, b->script) == 0 &&
           a->direct_io_safe == b->direct_io_safe && a->discard == b->discard &&
           a->trusted == b->trusted && a->grant_usage == b->grant_usage && a->colo == b->colo &&
           g_strcmp0(a->colo_host, b->colo_host) == 0 && a->colo_port == b->colo_port &&
           g_strcmp0(a->colo_export, b->colo_export) == 0 &&
           g_strcmp0(a->active_disk, b->active_disk) == 0 &&
           g_strcmp0(a->hidden_disk, b->hidden_disk) == 0;
}

void
xlc_disk_spec_resolve(const XlcDiskSpec *spec, XlcDiskResolved *ret_resolved)
{
    gboolean cdrom = spec->devtype == XLC_DISK_TYPE_CDROM;

    ret_resolved->cdrom = cdrom;
    ret_resolved->removable = cdrom;
    ret_resolved->read_write = !cdrom && spec->access != XLC_DISK_ACCESS_READ_ONLY;
    ret_resolved->format = spec->format ? spec->format : XLC_DISK_FORMAT_RAW;
    if (cdrom && (!spec->target || *spec->target == '\0'))
        ret_resolved->format = XLC_DISK_FORMAT_EMPTY;
}

static void
put_word(GString *out, const char *word)
{
    if (out->len > 0)
        g_string_append_c(out, ',');
    g_string_append(out, word);
}

static void
put(GString *out, const char *key, const char *value)
{
    if (!value)
        return;
    put_word(out, key);
    g_string_append(out, value);
}

static void
put_tristate(GString *out, XlcTristate value, const char *yes, const char *no)
{
    if (value != XLC_TRI_ABSENT)
        put_word(out, value == XLC_TRI_YES ? yes : no);
}

static void
put_flags(GString *out, const XlcDiskSpec *spec)
{
    if (spec->direct_io_safe)
        put_word(out, "direct-io-safe");
    put_tristate(out, spec->discard, "discard", "no-discard");
    put_tristate(out, spec->trusted, "trusted", "untrusted");
    put_tristate(out, spec->grant_usage, "grant_usage=1", "grant_usage=0");
    put_tristate(out, spec->colo, "colo", "no-colo");
}

static void
put_colo(GString *out, const XlcDiskSpec *spec)
{
    put(out, "colo-host=", spec->colo_host);
    if (spec->colo_port != 0) {
        put_word(out, "colo-port=");
        g_string_append_printf(out, "%d", spec->colo_port);
    }
    put(out, "colo-export=", spec->colo_export);
    put(out, "active-disk=", spec->active_disk);
    put(out, "hidden-disk=", spec->hidden_disk);
}

/* target= takes the rest but one comma at its end; a target that ends with a comma needs one more.
 */
static void
put_target(GString *out, const char *target)
{
    put(out, "target=", target);
    if (target && g_str_has_suffix(target, ","))
        g_string_append_c(out, ',');
}

/* target= ends at a line break, which a target in front of all else may have. */
static gboolean
is_first(const char *target)
{
    return target && strchr(target, '\n');
}

static char *
format_named(const XlcDiskSpec *spec)
{
    static const char *const types[] = { NULL, "disk", "cdrom" };
    GString *out = g_string_new(is_first(spec->target) ? spec->target : NULL);

    put(out, "vdev=", spec->vdev);
    put(out, "format=", xlc_disk_format_name(spec->format));
    put(out, "access=", xlc_disk_access_name(spec->access));
    put(out, "devtype=", types[spec->devtype]);
    put(out, "backendtype=", xlc_disk_backend_name(spec->backendtype));
    put(out, "backend=", spec->backend);
    put(out, "script=", spec->script);
    put(out, "specification=", xlc_disk_specification_name(spec->specification));
    put_flags(out, spec);
    put_colo(out, spec);
    if (!is_first(spec->target))
        put_target(out, spec->target);
    return g_string_free(out, FALSE);
}

static char *
format_short(const XlcDiskSpec *spec)
{
    GString *out;

    if (!spec->target || *spec->target == '\0' || !spec->format)
        return NULL;
    out = g_string_new(spec->target);
    put_word(out, xlc_disk_format_name(spec->format));
    put_word(out, spec->vdev);
    if (spec->access)
        put_word(out, xlc_disk_access_name(spec->access));
    return g_string_free(out, FALSE);
}

/* The proof of a spelling is that it is read back as the same. */
static gboolean
reads_back(const char *text, const XlcDiskSpec *spec)
{
    g_autoptr(XlcDiskSpec) again = xlc_disk_spec_parse(text, NULL, NULL);

    return again && !again->deprecated && xlc_disk_spec_equal(spec, again);
}

static void
set_unwritable(const XlcDiskSpec *spec, GError **error)
{
    const char *const no_comma[] = {
        spec->vdev,        spec->backend,     spec->script,      spec->colo_host,
        spec->colo_export, spec->active_disk, spec->hidden_disk,
    };

    if (!spec->vdev) {
        g_set_error_literal(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                            _("a disk needs the name of the guest's device (vdev)"));
        return;
    }
    if (is_first(spec->target)) {
        g_set_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                    _("disk %s: xl.cfg cannot hold a newline beside a comma or = in a target"),
                    spec->vdev);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(no_comma); i++) {
        if (no_comma[i] && strchr(no_comma[i], ',')) {
            g_set_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                        _("disk %s: xl.cfg can hold a comma in the target only, not in \"%s\""),
                        spec->vdev, no_comma[i]);
            return;
        }
    }
    g_set_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                _("disk %s: a disk that is no cdrom needs a target"), spec->vdev);
}

char *
xlc_disk_spec_format(const XlcDiskSpec *spec, GError **error)
{
    g_autofree char *text = NULL;

    if (spec->vdev)
        text = format_short(spec);
    if (text && reads_back(text, spec))
        return g_steal_pointer(&text);
    g_free(text);
    text = format_named(spec);
    if (reads_back(text, spec))
        return g_steal_pointer(&text);
    set_unwritable(spec, error);
    return NULL;
}
