/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/abi.h"
#include "driver/domain.h"
#include "driver/error.h"
#include "driver/text.h"

static char *
name_of(const DomDef *def)
{
    return g_strdup(def->general.name);
}

static char *
uuid_of(const DomDef *def)
{
    return g_strdup(def->general.uuid);
}

static char *
type_of(const DomDef *def)
{
    return g_strdup(dom_enum_name(&dom_type_names, dom_general_type(def)));
}

static char *
memory_of(const DomDef *def)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT " KiB", drv_def_max_memory(def));
}

static char *
vcpus_of(const DomDef *def)
{
    return g_strdup_printf("%u", drv_def_max_vcpus(def));
}

static const char *
text(const char *value)
{
    return value ? value : "";
}

static char *
disks_of(const DomDef *def)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        g_string_append_printf(list, "%s%s%s", i ? ", " : "", text(disk->vdev),
                               disk->cdrom == DOM_TRISTATE_ON ? " (CD-ROM)" : "");
    }
    return g_string_free(list, FALSE);
}

static char *
nics_of(const DomDef *def)
{
    GString *list = g_string_new(NULL);
    for (guint i = 0; i < def->nics->len; i++) {
        const DomNic *nic = g_ptr_array_index(def->nics, i);
        g_string_append_printf(list, "%s%s %s", i ? ", " : "", text(nic->mac), text(nic->model));
    }
    return g_string_free(list, FALSE);
}

/* Devices that a guest finds by number. */
static char *
others_of(const DomDef *def)
{
    return g_strdup_printf("%u PCI, %u USB, %u screens, %u channels, %u TPMs, %u shares",
                           def->pcis->len, def->usbdevs->len, def->vfbs->len, def->channels->len,
                           def->vtpms->len, def->p9s->len);
}

static const struct {
    const char *what;
    char *(*of)(const DomDef *def);
} rows[] = {
    { N_("its name"), name_of },
    { N_("its uuid"), uuid_of },
    { N_("its kind"), type_of },
    { N_("its maximum memory"), memory_of },
    { N_("its number of vCPUs"), vcpus_of },
    { N_("its disks"), disks_of },
    { N_("its network interfaces"), nics_of },
    { N_("its other devices"), others_of },
};

gboolean
drv_abi_check(const DomDef *was, const DomDef *now, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *before = rows[i].of(was);
        g_autofree char *after = rows[i].of(now);
        if (g_strcmp0(before, after) != 0) {
            return drv_fail(error, VIR_ERR_CONFIG_UNSUPPORTED,
                            _("domain '%s' cannot go on with this definition: %s cannot change "
                              "from '%s' to '%s'"),
                            was->general.name, _(rows[i].what), text(before), text(after));
        }
    }
    return TRUE;
}
