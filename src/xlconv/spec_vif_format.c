/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/spec_vif.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/error.h"

void
xlc_vif_spec_free(XlcVifSpec *spec)
{
    if (!spec)
        return;
    g_free(spec->bridge);
    g_free(spec->gatewaydev);
    g_free(spec->model);
    g_free(spec->vifname);
    g_free(spec->script);
    g_free(spec->ip);
    g_free(spec->backend);
    g_free(spec->rate);
    g_free(spec->vlan);
    g_free(spec->accel);
    g_ptr_array_unref(spec->colo);
    g_ptr_array_unref(spec->unknown);
    g_free(spec);
}

static gboolean
options_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return FALSE;
    for (guint i = 0; i < a->len; i++) {
        const XlcVifOption *x = a->pdata[i];
        const XlcVifOption *y = b->pdata[i];

        if (g_strcmp0(x->key, y->key) != 0 || g_strcmp0(x->value, y->value) != 0)
            return FALSE;
    }
    return TRUE;
}

gboolean
xlc_vif_spec_equal(const XlcVifSpec *a, const XlcVifSpec *b)
{
    return a->has_mac == b->has_mac && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 &&
           g_strcmp0(a->bridge, b->bridge) == 0 && g_strcmp0(a->gatewaydev, b->gatewaydev) == 0 &&
           a->type == b->type && g_strcmp0(a->model, b->model) == 0 &&
           g_strcmp0(a->vifname, b->vifname) == 0 && g_strcmp0(a->script, b->script) == 0 &&
           g_strcmp0(a->ip, b->ip) == 0 && g_strcmp0(a->backend, b->backend) == 0 &&
           g_strcmp0(a->rate, b->rate) == 0 && a->has_devid == b->has_devid &&
           a->devid == b->devid && a->has_mtu == b->has_mtu && a->mtu == b->mtu &&
           g_strcmp0(a->vlan, b->vlan) == 0 && a->trusted == b->trusted &&
           g_strcmp0(a->accel, b->accel) == 0 && options_equal(a->colo, b->colo) &&
           options_equal(a->unknown, b->unknown);
}

typedef struct {
    GString *out;
    const char *bad; /* the first thing that cannot be said */
} Format;

static void
put(Format *format, const char *key, const char *value)
{
    if (!format->bad && (strchr(key, ',') || (value && strchr(value, ','))))
        format->bad = value ? value : key;
    if (format->out->len > 0)
        g_string_append_c(format->out, ',');
    g_string_append(format->out, key);
    if (value) {
        g_string_append_c(format->out, '=');
        g_string_append(format->out, value);
    }
}

static void
put_string(Format *format, const char *key, const char *value)
{
    if (value)
        put(format, key, value);
}

char *
xlc_vif_mac_text(const XlcVifSpec *spec)
{
    static const char digits[] = "0123456789abcdef";
    char *text = spec->has_mac ? g_strdup("00:00:00:00:00:00") : NULL;

    for (guint i = 0; text != NULL && i < G_N_ELEMENTS(spec->mac); i++) {
        text[i * 3] = digits[spec->mac[i] >> 4];
        text[i * 3 + 1] = digits[spec->mac[i] & 0xf];
    }
    return text;
}

static void
put_int(Format *format, const char *key, gboolean there, int number)
{
    char text[16];

    if (!there)
        return;
    /* xl reads no -1, but cuts a number that is too large */
    g_snprintf(text, sizeof(text), "%u", (guint)number);
    put(format, key, text);
}

static void
put_options(Format *format, const GPtrArray *options)
{
    for (guint i = 0; i < options->len; i++) {
        const XlcVifOption *option = options->pdata[i];

        put(format, option->key, option->value);
    }
}

static void
put_all(Format *format, const XlcVifSpec *spec)
{
    static const char *const types[] = { NULL, "vif", "ioemu" };
    static const char *const trusted[] = { NULL, "untrusted", "trusted" };
    g_autofree char *mac = xlc_vif_mac_text(spec);

    put_string(format, "mac", mac);
    put_string(format, "bridge", spec->bridge);
    put_string(format, "gatewaydev", spec->gatewaydev);
    put_string(format, "type", types[spec->type]);
    put_string(format, "model", spec->model);
    put_string(format, "vifname", spec->vifname);
    put_string(format, "script", spec->script);
    put_string(format, "ip", spec->ip);
    put_string(format, "backend", spec->backend);
    put_string(format, "rate", spec->rate);
    put_int(format, "devid", spec->has_devid, spec->devid);
    put_int(format, "mtu", spec->has_mtu, spec->mtu);
    put_string(format, "vlan", spec->vlan);
    if (spec->trusted != XLC_TRI_ABSENT)
        put(format, trusted[spec->trusted], NULL);
    put_string(format, "accel", spec->accel);
    put_options(format, spec->colo);
    put_options(format, spec->unknown);
}

char *
xlc_vif_spec_format(const XlcVifSpec *spec, GError **error)
{
    Format format = { .out = g_string_new(NULL) };
    g_autofree char *text = NULL;
    g_autoptr(XlcVifSpec) again = NULL;

    put_all(&format, spec);
    text = g_string_free(format.out, FALSE);
    if (format.bad) {
        g_set_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                    _("xl.cfg cannot hold a comma in a network interface: \"%s\""), format.bad);
        return NULL;
    }
    again = xlc_vif_spec_parse(text, NULL, NULL);
    if (!again || !xlc_vif_spec_equal(spec, again)) {
        g_set_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                    _("xl would read this network interface differently: \"%s\""), text);
        return NULL;
    }
    return g_steal_pointer(&text);
}
