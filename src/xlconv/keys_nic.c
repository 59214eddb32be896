/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"
#include "xlconv/spec_vif.h"

G_STATIC_ASSERT((int)XLC_VIF_TYPE_VIF == (int)DOM_NIC_TYPE_VIF);
G_STATIC_ASSERT((int)XLC_VIF_TYPE_IOEMU == (int)DOM_NIC_TYPE_IOEMU);

/* libvirt's XML accepts only this form, and xl only ever sees it from us. */
static gboolean
mac_bytes(const char *text, guint8 *ret_mac)
{
    for (guint i = 0; i < 6; i++, text++) {
        const char *group = text;
        guint byte = 0;

        for (; g_ascii_isxdigit(*text) && byte <= 0xff; text++)
            byte = byte << 4 | (guint)g_ascii_xdigit_value(*text);
        if (text == group || byte > 0xff || *text != (i < 5 ? ':' : '\0'))
            return FALSE;
        ret_mac[i] = (guint8)byte;
    }
    return TRUE;
}

static void
add_texts(GStrvBuilder *builder, GPtrArray *options)
{
    for (guint i = 0; options != NULL && i < options->len; i++) {
        const XlcVifOption *option = options->pdata[i];
        g_autofree char *text = option->value != NULL
                                    ? g_strconcat(option->key, "=", option->value, NULL)
                                    : g_strdup(option->key);

        g_strv_builder_add(builder, text);
    }
}

/* Options without a member of their own: COLO's, then what xl does not know or only grumbles at. */
static char **
option_texts(const XlcVifSpec *spec)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    char **texts;

    add_texts(builder, spec->colo);
    add_texts(builder, spec->unknown);
    if (spec->accel != NULL) {
        g_autofree char *text = g_strconcat("accel=", spec->accel, NULL);

        g_strv_builder_add(builder, text);
    }
    texts = g_strv_builder_end(builder);
    if (*texts == NULL)
        g_clear_pointer(&texts, g_strfreev);
    return texts;
}

/* Each text goes back to where option_texts() found it. */
static void
add_options(char **texts, XlcVifSpec *spec)
{
    for (; texts != NULL && *texts != NULL; texts++) {
        g_auto(GStrv) pair = g_strsplit(*texts, "=", 2);
        gboolean colo = pair[0] != NULL && pair[1] != NULL && xlc_vif_is_colo_key(pair[0]);

        if (pair[0] == NULL)
            continue;
        if (pair[1] != NULL && g_str_equal(pair[0], "accel"))
            spec->accel = g_steal_pointer(&pair[1]);
        else
            xlc_vif_spec_add_option(colo ? spec->colo : spec->unknown, pair[0], pair[1]);
    }
}

static void
fill(DomNic *nic, const XlcVifSpec *spec)
{
    nic->mac = xlc_vif_mac_text(spec);
    nic->bridge = g_strdup(spec->bridge);
    nic->gatewaydev = g_strdup(spec->gatewaydev);
    nic->type = (DomNicType)spec->type;
    nic->model = g_strdup(spec->model);
    nic->ifname = g_strdup(spec->vifname);
    nic->script = g_strdup(spec->script);
    nic->ip = g_strdup(spec->ip);
    nic->backend_domain = g_strdup(spec->backend);
    if (spec->rate != NULL) {
        nic->rate = (DomUint){ .value = spec->rate_parsed.bytes_per_interval, .set = TRUE };
        nic->rate_interval = (DomUint){ .value = spec->rate_parsed.interval_usecs, .set = TRUE };
    }
    nic->devid = (DomInt){ .value = spec->devid, .set = spec->has_devid };
    nic->mtu = (DomUint){ .value = (guint64)spec->mtu, .set = spec->has_mtu && spec->mtu >= 0 };
    nic->vlan = g_strdup(spec->vlan);
    nic->trusted = (DomTristate)spec->trusted;
    nic->options = option_texts(spec);
}

static void
fill_rate(XlcVifSpec *spec, const DomNic *nic)
{
    spec->rate_parsed.bytes_per_interval = nic->rate.value;
    spec->rate_parsed.interval_usecs =
        nic->rate_interval.set ? (guint32)nic->rate_interval.value : DOM_NIC_RATE_INTERVAL;
    spec->rate = xlc_vif_rate_round_up(&spec->rate_parsed);
}

static XlcVifSpec *
spec_of(const DomNic *nic)
{
    XlcVifSpec *spec = xlc_vif_spec_new();

    spec->has_mac = nic->mac != NULL && mac_bytes(nic->mac, spec->mac);
    spec->bridge = g_strdup(dom_nic_bridge(nic));
    spec->gatewaydev = g_strdup(nic->gatewaydev);
    spec->type = (XlcVifType)nic->type;
    spec->model = g_strdup(nic->model);
    spec->vifname = g_strdup(nic->ifname);
    spec->script = g_strdup(nic->script);
    spec->ip = g_strdup(nic->ip);
    spec->backend = g_strdup(nic->backend_domain);
    if (nic->rate.set)
        fill_rate(spec, nic);
    spec->has_devid = nic->devid.set;
    spec->devid = (int)nic->devid.value;
    spec->has_mtu = nic->mtu.set && nic->mtu.value <= G_MAXINT;
    spec->mtu = (int)nic->mtu.value;
    spec->vlan = g_strdup(nic->vlan);
    spec->trusted = (XlcTristate)nic->trusted;
    add_options(nic->options, spec);
    return spec;
}

static gboolean
parse(XlcReader *reader, const XlcKey *key, const XlcValue *value, gpointer record)
{
    g_autoptr(GPtrArray) issues = xlc_spec_issues_new();
    g_autoptr(XlcVifSpec) spec = xlc_vif_spec_parse(value->text, issues, NULL);

    xlc_spec_issues_report(issues, reader->doc, reader->line, value, key->key, reader->report);
    if (spec == NULL)
        return FALSE;
    fill(record, spec);
    return TRUE;
}

static char *
format(gconstpointer record)
{
    g_autoptr(XlcVifSpec) spec = spec_of(record);

    return xlc_vif_spec_format(spec, NULL);
}

static const char *const names[] = { "mac", "ifname", NULL };
static const char *const carried[] = { "mac", "ifname", NULL };

static const XlcDevices nic = {
    .list = DOM_TYPED_OFFSET(DomDef, nics, GPtrArray *),
    .record = &dom_nic_record,
    .names = names,
    .carried = carried,
    .parse = parse,
    .format = format,
};
XLC_DEVICES_CODEC(nic);

static const XlcOption pvcalls_rows[] = { { "backend" } };

static const XlcOptions pvcalls_options = {
    .record = &dom_pvcalls_record,
    .rows = pvcalls_rows,
    .n_rows = G_N_ELEMENTS(pvcalls_rows),
    .unknown = XLC_ODD_FATAL,
    .bare = XLC_ODD_STOPS,
};

static const char *const no_names[] = { NULL };

static const XlcDevices pvcalls = {
    .list = DOM_TYPED_OFFSET(DomDef, pvcalls, GPtrArray *),
    .record = &dom_pvcalls_record,
    .names = no_names,
    .carried = no_names,
    .options = &pvcalls_options,
};
XLC_DEVICES_CODEC(pvcalls);

static const XlcKey keys[] = {
    XLC_SPECIAL("vif", &nic_codec, XLC_ANY, .options = xlc_vif_options,
                .doc = N_("Network interfaces; see xl-network-configuration(5)")),
    XLC_SPECIAL("pvcalls", &pvcalls_codec, XLC_ANY,
                .doc = N_("Socket calls made by a backend domain")),
    XLC_UNMAPPED("vif2", XLC_ANY,
                 N_("xl ignores this key, whose second network path is gone: use vif, or leave it "
                    "out; it is kept as it is"),
                 .value = N_("anything"), .doc = N_("Second network path, long gone")),
};

XLC_TOPIC(nic, keys);
