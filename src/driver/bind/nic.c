/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const int type_values[] = {
    [DOM_NIC_TYPE_VIF] = LIBXL_NIC_TYPE_VIF,
    [DOM_NIC_TYPE_IOEMU] = LIBXL_NIC_TYPE_VIF_IOEMU,
};
static const BindValues types = BIND_VALUES(type_values, DOM_NIC_TYPE_LAST);

#define STRING(path, place) BIND_DEVICE_STRING(DomNic, path, libxl_device_nic, place)

static const BindRow rows[] = {
    STRING(bridge, bridge),
    STRING(gatewaydev, gatewaydev),
    BIND_DEVICE_ENUM(DomNic, type, DomNicType, libxl_device_nic, nictype, &types),
    STRING(model, model),
    STRING(ifname, ifname),
    STRING(script, script),
    STRING(ip, ip),
    STRING(backend_domain, backend_domname),
    BIND_DEVICE_UINT(DomNic, rate, libxl_device_nic, rate_bytes_per_interval),
    BIND_DEVICE_UINT(DomNic, rate_interval, libxl_device_nic, rate_interval_usecs),
    BIND_DEVICE_INT(DomNic, devid, libxl_device_nic, devid),
    BIND_DEVICE_UINT(DomNic, mtu, libxl_device_nic, mtu),
#ifdef BIND_HAVE_NIC_VLAN /* before it, xl passes over the word */
    STRING(vlan, vlan),
#endif
    BIND_DEVICE_DEFBOOL(DomNic, trusted, libxl_device_nic, trusted),
};

/* COLO's options: the word in a vif spec and libxl's member, the same for all but the first. */
typedef struct {
    const char *word;
    gsize offset;
} ColoOption;

#define COLO_AS(word, member)                                                                      \
    {                                                                                              \
        word, DOM_TYPED_OFFSET(libxl_device_nic, member, char *)                                   \
    }
#define COLO(member) COLO_AS(#member, member)

static const ColoOption colo_options[] = {
    COLO_AS("forwarddev", coloft_forwarddev),
    COLO(colo_sock_mirror_id),
    COLO(colo_sock_mirror_ip),
    COLO(colo_sock_mirror_port),
    COLO(colo_sock_compare_pri_in_id),
    COLO(colo_sock_compare_pri_in_ip),
    COLO(colo_sock_compare_pri_in_port),
    COLO(colo_sock_compare_sec_in_id),
    COLO(colo_sock_compare_sec_in_ip),
    COLO(colo_sock_compare_sec_in_port),
    COLO(colo_sock_compare_notify_id),
    COLO(colo_sock_compare_notify_ip),
    COLO(colo_sock_compare_notify_port),
    COLO(colo_sock_redirector0_id),
    COLO(colo_sock_redirector0_ip),
    COLO(colo_sock_redirector0_port),
    COLO(colo_sock_redirector1_id),
    COLO(colo_sock_redirector1_ip),
    COLO(colo_sock_redirector1_port),
    COLO(colo_sock_redirector2_id),
    COLO(colo_sock_redirector2_ip),
    COLO(colo_sock_redirector2_port),
    COLO(colo_filter_mirror_queue),
    COLO(colo_filter_mirror_outdev),
    COLO(colo_filter_redirector0_queue),
    COLO(colo_filter_redirector0_indev),
    COLO(colo_filter_redirector0_outdev),
    COLO(colo_filter_redirector1_queue),
    COLO(colo_filter_redirector1_indev),
    COLO(colo_filter_redirector1_outdev),
    COLO(colo_compare_pri_in),
    COLO(colo_compare_sec_in),
    COLO(colo_compare_out),
    COLO(colo_compare_notify_dev),
    COLO(colo_sock_sec_redirector0_id),
    COLO(colo_sock_sec_redirector0_ip),
    COLO(colo_sock_sec_redirector0_port),
    COLO(colo_sock_sec_redirector1_id),
    COLO(colo_sock_sec_redirector1_ip),
    COLO(colo_sock_sec_redirector1_port),
    COLO(colo_filter_sec_redirector0_queue),
    COLO(colo_filter_sec_redirector0_indev),
    COLO(colo_filter_sec_redirector0_outdev),
    COLO(colo_filter_sec_redirector1_queue),
    COLO(colo_filter_sec_redirector1_indev),
    COLO(colo_filter_sec_redirector1_outdev),
    COLO(colo_filter_sec_rewriter0_queue),
    COLO(colo_checkpoint_host),
    COLO(colo_checkpoint_port),
};

static char **
colo_place(libxl_device_nic *nic, const ColoOption *option)
{
    return (char **)((char *)nic + option->offset);
}

/* A word that libxl has no member for does nothing in xl either. */
static void
apply_colo(char *const *items, libxl_device_nic *nic)
{
    for (; items != NULL && *items != NULL; items++) {
        for (guint i = 0; i < G_N_ELEMENTS(colo_options); i++) {
            gsize length = strlen(colo_options[i].word);
            char **place = colo_place(nic, &colo_options[i]);

            if (strncmp(*items, colo_options[i].word, length) == 0 && (*items)[length] == '=') {
                free(*place);
                *place = bind_strdup(*items + length + 1);
            }
        }
    }
}

static char **
read_colo(const libxl_device_nic *nic)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < G_N_ELEMENTS(colo_options); i++) {
        const char *value = *colo_place((libxl_device_nic *)nic, &colo_options[i]);

        if (value != NULL)
            g_ptr_array_add(items, g_strdup_printf("%s=%s", colo_options[i].word, value));
    }
    if (items->len == 0)
        return NULL;
    g_ptr_array_add(items, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&items), FALSE);
}

gboolean
bind_mac_apply(const char *text, libxl_mac mac, GError **error)
{
    guint bytes[6];
    int end = 0;

    if (text == NULL)
        return TRUE;
    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &bytes[0], &bytes[1], &bytes[2], &bytes[3],
               &bytes[4], &bytes[5], &end) != 6 ||
        text[end] != '\0') {
        g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID,
                    _("MAC address %s: expected six pairs of hexadecimal digits with colons"),
                    text);
        return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(bytes); i++)
        mac[i] = (uint8_t)bytes[i];
    return TRUE;
}

static char *
read_mac(const libxl_mac mac)
{
    static const libxl_mac none;

    if (memcmp(mac, none, sizeof(none)) == 0)
        return NULL;
    return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
                           mac[5]);
}

static void
default_string(char **place, const char *value)
{
    if (*place == NULL)
        *place = bind_strdup(value);
}

static gboolean
apply(const BindContext *context, gconstpointer record, gpointer device, GError **error)
{
    const DomNic *nic = record;
    libxl_device_nic *target = device;

    default_string(&target->script, context->host->vif_script);
    default_string(&target->bridge, dom_nic_bridge(nic));
    default_string(&target->bridge, context->host->vif_bridge);
    default_string(&target->gatewaydev, context->host->vif_gatewaydev);
    default_string(&target->backend_domname, context->host->vif_backend);
    if (nic->rate.set && !nic->rate_interval.set)
        target->rate_interval_usecs = DOM_NIC_RATE_INTERVAL;
    apply_colo(nic->options, target);
    return bind_mac_apply(nic->mac, target->mac, error);
}

static void
read_device(gconstpointer device, gpointer record)
{
    const libxl_device_nic *from = device;
    DomNic *nic = record;

    nic->mac = read_mac(from->mac);
    nic->options = read_colo(from);
    /* libxl leaves a 0 out of its JSON; without a rate there is no interval */
    if (nic->rate_interval.set)
        nic->rate.set = TRUE;
    /* libxl's word for none, where nobody has numbered them yet */
    if (from->devid < 0)
        nic->devid = (DomInt){ 0 };
}

BIND_DEVICE_TYPE(libxl_device_nic);
BIND_DEVICE_TYPE(libxl_device_pvcallsif);

static const BindList nics = {
    BIND_LIST_OF(nics, nics, libxl_device_nic),
    BIND_DEVID(libxl_device_nic),
    .record = &dom_nic_record,
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_device,
};

static const BindRow pvcalls_rows[] = {
    BIND_DEVICE_STRING(DomPvcalls, backend, libxl_device_pvcallsif, backend_domname),
};

static const BindList pvcalls = {
    BIND_LIST_OF(pvcalls, pvcallsifs, libxl_device_pvcallsif),
    BIND_DEVID(libxl_device_pvcallsif),
    .record = &dom_pvcalls_record,
    .rows = pvcalls_rows,
    .n_rows = G_N_ELEMENTS(pvcalls_rows),
};

static const BindList *const lists[] = { &nics, &pvcalls, NULL };

const BindTopic bind_topic_nic = { .name = "nic", .lists = lists };
