/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random models that xl of Xen 4.17, the oldest, would start: texts are of the words it takes. */
#include "generate.h"

#include <string.h>

#include "xlconv/key.h"

/* What libxl's parsers and ours want of a text; a list gets some of them. */
static const struct {
    const DomRecord *record;
    const char *member;
    const char *texts[5];
} words[] = {
    { &dom_os_record, "kernel", { "/boot/guest" } },
    { &dom_os_record, "device_model_version", { "qemu-xen" } },
    { &dom_cpu_record, "cpus", { "0-3", "all,^0", "nodes:0-1", "2" } },
    { &dom_cpu_record, "cpus_list", { "0-3", "all,^0", "node:1", "2" } },
    { &dom_cpu_record, "cpus_soft", { "0-3", "all", "^1,0-3", "2" } },
    { &dom_cpu_record, "cpus_soft_list", { "0-3", "all", "5", "2" } },
    { &dom_cpu_record, "cpuid", { "host,tm=0", "host,sse3=0,family=15", "host" } },
    { &dom_cpu_record, "cpuid_list", { "0x1:ecx=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx1" } },
    { &dom_features_record, "viridian_list", { "defaults", "base", "stimer", "!freq" } },
    { &dom_features_record, "mca_caps", { "lmce" } },
    { &dom_features_record, "gic_version", { "v2", "v3", "default" } },
    { &dom_features_record, "tee", { "none", "optee" } },
    { &dom_features_record, "sve", { "hw", "disabled", "128", "2048" } },
    { &dom_features_record, "arm_sci", { "type=none", "type=scmi_smc", "type=none,other=1" } },
    { &dom_features_record, "llc_colors", { "0-3", "7", "10-12" } },
    { &dom_general_record, "xenstore_quota", { "nodes=1000", "watches=0x20" } },
    { &dom_os_record, "smbios", { "bios_vendor=V & <W>", "oem=a=b", "battery_device_name=x" } },
    { &dom_chardev_record, "vuart", { "sbsa_uart" } },
    { &dom_video_record, "gfx_passthru", { "0", "1", "igd", "default" } },
    { &dom_hostdev_record, "rdm", { "strategy=host", "strategy=host,policy=relaxed" } },
    { &dom_hostdev_record, "ioports", { "2f8-2ff", "3f8" } },
    { &dom_hostdev_record, "irqs", { "5", "7" } },
    { &dom_hostdev_record, "iomem", { "fe000,5", "fe000,1@10" } },
    { &dom_vsnd_record,
      "items",
      { "card, backend=Domain-0, buffer-size=65536, short-name=VCard, sample-rates=48000",
        "pcm, name=dev1", "stream, unique-id=pcm0, type=P, sample-formats=s16_le" } },
    { &dom_nic_record, "ip", { "192.0.2.1", "192.0.2.1 192.0.2.7" } },
};

static const struct {
    const DomRecord *record;
    const char *member;
    guint64 most;
} limits[] = {
    { &dom_usbdev_record, "hostbus", 255 },
    { &dom_usbdev_record, "hostaddr", 255 },
    { &dom_cpu_record, "vcpus", 8 },
};

static char *
pick(GRand *random, const char *const *texts)
{
    gint n = 0;

    while (n < 5 && texts[n] != NULL)
        n++;
    return g_strdup(texts[g_rand_int_range(random, 0, n)]);
}

static char **
pick_some(GRand *random, const char *const *texts)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (guint i = 0; i < 5 && texts[i] != NULL; i++) {
        if (g_rand_boolean(random))
            g_strv_builder_add(builder, texts[i]);
    }
    return g_strv_builder_end(builder);
}

static void
set_words(GRand *random, const DomField *field, const char *const *texts, gpointer data)
{
    dom_field_clear(field, data);
    if (field->kind == DOM_KIND_STRV)
        *DOM_MEMBER(data, field, char **) = pick_some(random, texts);
    else
        *DOM_MEMBER(data, field, char *) = pick(random, texts);
}

void
generate_words(GRand *random, const DomRecord *record, const DomField *field, gpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].record == record && g_str_equal(words[i].member, field->name))
            set_words(random, field, words[i].texts, data);
    }
}

static void
use_words(GRand *random, const DomRecord *record, gpointer data)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (dom_field_is_set(&record->fields[i], data))
            generate_words(random, record, &record->fields[i], data);
    }
}

static void
keep_limits(const DomRecord *record, gpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
        DomUint *number;

        if (limits[i].record != record)
            continue;
        number = DOM_MEMBER(data, dom_record_find(record, limits[i].member), DomUint);
        number->value %= limits[i].most + 1;
    }
}

/* What came after Xen 4.17. */
static void
drop_newer(DomDef *def)
{
    static const char *const p9[] = { "type", "max_files", "max_open_files", "max_space",
                                      "auto_delete" };

    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++) {
            if (xlc_topics[t]->keys[k].since != NULL)
                xlc_key_clear(&xlc_topics[t]->keys[k], def);
        }
    }
    for (guint i = 0; i < def->disks->len; i++)
        ((DomDisk *)def->disks->pdata[i])->grant_usage = DOM_TRISTATE_ABSENT;
    for (guint i = 0; i < def->nics->len; i++)
        g_clear_pointer(&((DomNic *)def->nics->pdata[i])->vlan, g_free);
    for (guint i = 0; i < def->p9s->len * G_N_ELEMENTS(p9); i++)
        dom_field_clear(dom_record_find(&dom_p9_record, p9[i % G_N_ELEMENTS(p9)]),
                        def->p9s->pdata[i / G_N_ELEMENTS(p9)]);
}

static void
complete_devices(DomDef *def)
{
    for (guint i = 0; i < def->p9s->len; i++) {
        DomP9 *p9 = def->p9s->pdata[i];

        if (p9->path == NULL)
            p9->path = g_strdup("/export");
        if (p9->security_model == NULL)
            p9->security_model = g_strdup("none");
    }
    for (guint i = 0; i < def->vkbs->len; i++) {
        DomVkb *vkb = def->vkbs->pdata[i];

        if (vkb->feature_multi_touch != DOM_TRISTATE_ON)
            continue;
        vkb->multi_touch_width = vkb->multi_touch_height = (DomUint){ 800, TRUE };
        vkb->multi_touch_num_contacts = (DomUint){ 2, TRUE };
    }
}

/* Its nodes, and no other numbers, say how much memory and how many vCPUs the guest has. */
static void
complete_nodes(DomDef *def)
{
    g_autoptr(GString) distances = g_string_new("10");
    guint n = def->vnodes->len;

    if (n == 0)
        return;
    for (guint i = 1; i < n; i++)
        g_string_append(distances, ",20");
    for (guint i = 0; i < n; i++) {
        DomVnode *node = def->vnodes->pdata[i];

        node->pnode = (DomUint){ i, TRUE };
        node->size = (DomUint){ 65536, TRUE };
        g_free(node->vcpus);
        node->vcpus = g_strdup_printf("%u", i);
        if (node->vdistances != NULL) {
            g_free(node->vdistances);
            node->vdistances = g_strdup(distances->str);
        }
    }
    def->cpu.vcpus = def->cpu.maxvcpus = (DomUint){ 0 };
    def->memory.max = (DomUint){ 0 };
}

static void
complete_topics(GRand *random, DomDef *def)
{
    if (dom_general_type(def) != DOM_TYPE_HVM && def->os.pv_firmware == NULL &&
        (def->os.kernel == NULL || def->os.bootloader != NULL) && def->os.bootloader == NULL)
        def->os.kernel = g_strdup("/boot/guest");
    if (def->features.mmio_hole.set)
        def->features.mmio_hole.value = (guint64)g_rand_int_range(random, 256, 3841) * 1024;
    if (def->cpu.vcpus.set && def->cpu.vcpus.value == 0)
        def->cpu.vcpus.value = 1;
    if (def->cpu.maxvcpus.set && def->cpu.maxvcpus.value < def->cpu.vcpus.value)
        def->cpu.maxvcpus.value = def->cpu.vcpus.value;
}

DomDef *
generate_startable_def(GRand *random)
{
    DomDef *def = generate_def(random);

    drop_newer(def);
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];
        GPtrArray *list = section->list ? dom_section_list(section, def) : NULL;

        for (guint i = 0; i < (list != NULL ? list->len : 1); i++) {
            gpointer record = list != NULL ? list->pdata[i] : dom_section_data(section, def);

            use_words(random, section->record, record);
            keep_limits(section->record, record);
        }
    }
    complete_devices(def);
    complete_nodes(def);
    complete_topics(random, def);
    return def;
}
