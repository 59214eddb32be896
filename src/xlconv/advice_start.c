/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values that xl hands on, and that keep the guest from starting on any host. */
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "xlconv/advice_private.h"

/* Of schedulers. -1 leaves the choice to Xen. */
static void
check_range(const XlcAdvice *advice, const char *key, const DomInt *number, gint64 least,
            gint64 most)
{
    if (number->set && number->value != -1 && (number->value < least || number->value > most))
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, key,
                       _("this guest cannot start: expected %" PRId64 " to %" PRId64), least, most);
}

static void
check_scheduler(const XlcAdvice *advice)
{
    const DomSched *sched = &advice->def->sched;

    check_range(advice, "cpu_weight", &sched->weight, 1, 65535);
    check_range(advice, "cap", &sched->cap, 0, 100 * (gint64)xlc_advice_vcpus(advice->def));
    if (sched->period.set && sched->period.value < 1 && sched->period.value != -1)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "period",
                       _("this guest cannot start where RTDS runs: expected 1 or more"));
}

/* --- USB controllers --- */

/* A type of controller, and the ports that each version of it has; 0: there is no such version. */
typedef struct {
    gboolean emulated;
    guint versions;
    struct {
        guint least, most;
    } ports[3];
} UsbKind;

static const UsbKind usb_kinds[] = {
    { FALSE, 2, { { 1, 31 }, { 1, 31 } } },
    { TRUE, 3, { { 2, 2 }, { 6, 6 }, { 1, 15 } } },
};

/* PV drivers or QEMU: auto goes by the guest. */
static const UsbKind *
usb_kind(const DomDef *def, const DomUsbctrl *usbctrl)
{
    gboolean chosen = usbctrl->type == DOM_USBCTRL_ABSENT || usbctrl->type == DOM_USBCTRL_AUTO;

    if (chosen)
        return &usb_kinds[dom_general_type(def) == DOM_TYPE_HVM];
    return &usb_kinds[usbctrl->type == DOM_USBCTRL_DEVICEMODEL];
}

static void
check_ports(const XlcAdvice *advice, const XlcValue *item, gint64 ports, guint least, guint most)
{
    if (ports >= least && ports <= most)
        return;
    if (least == most)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "usbctrl", item, 0,
                          _("this guest cannot start: a controller of this version has %u ports"),
                          most);
    else
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "usbctrl", item, 0,
                          _("this guest cannot start: expected %u to %u ports"), least, most);
}

/* 0 is as good as absent. */
static void
check_usbctrl(const XlcAdvice *advice, const DomUsbctrl *usbctrl, const XlcValue *item)
{
    const UsbKind *kind = usb_kind(advice->def, usbctrl);
    gint64 version = usbctrl->version.value != 0 ? usbctrl->version.value : 2;
    gint64 ports = usbctrl->ports.value;

    if (version < 1 || version > kind->versions)
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "usbctrl", item, 0,
                          _("this guest cannot start: expected a version from 1 to %u"),
                          kind->versions);
    else if (ports != 0)
        check_ports(advice, item, ports, kind->ports[version - 1].least,
                    kind->ports[version - 1].most);
}

static void
check_usb(const XlcAdvice *advice)
{
    for (guint i = 0; i < advice->def->usbctrls->len; i++)
        check_usbctrl(advice, advice->def->usbctrls->pdata[i],
                      xlc_doc_item(advice->doc, "usbctrl", i));
}

/* --- boot order --- */

/* Of what libxl hands on as -boot order=, QEMU's PC has the places for so many, and a second floppy
 * drive as b. */
#define BOOT_DEVICES 3

/* What keeps QEMU from starting about the letter at @index of @boot (transfer full); NULL: nothing.
 */
static char *
boot_complaint(const char *boot, gsize index)
{
    if (strchr("abcdn", boot[index]) == NULL)
        return g_strdup(_("this guest cannot start, since this is no boot device: expected letters "
                          "of a (floppy), c (disk), d (CD-ROM), n (network)"));
    if (memchr(boot, boot[index], index) != NULL)
        return g_strdup_printf(_("this guest cannot start, since QEMU takes each boot device once: "
                                 "leave out the second '%c'"),
                               boot[index]);
    if (index >= BOOT_DEVICES)
        return g_strdup_printf(_("this guest cannot start, since QEMU takes no more than %u boot "
                                 "devices: leave out the rest"),
                               BOOT_DEVICES);
    return NULL;
}

static void
check_boot(const XlcAdvice *advice)
{
    const char *boot = advice->def->os.boot;

    if (boot == NULL || dom_general_type(advice->def) != DOM_TYPE_HVM)
        return;
    for (gsize i = 0; boot[i] != '\0'; i++) {
        g_autofree char *complaint = boot_complaint(boot, i);

        if (complaint == NULL)
            continue;
        xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "boot",
                          xlc_doc_item(advice->doc, "boot", 0), i, "%s", complaint);
        return;
    }
}

/* --- viridian --- */

/* The groups so far, by their names in lower case. */
typedef struct {
    GHashTable *enabled;
    GHashTable *disabled; /* name to place in the list, from 1 */
    gboolean all;         /* whether it turned on whatever is not in either */
} Groups;

static gboolean
is_on(const Groups *groups, const char *name)
{
    return g_hash_table_contains(groups->enabled, name);
}

static void
take_group(Groups *groups, const char *item, guint place)
{
    gboolean off = *item == '!';
    char *name = g_ascii_strdown(off ? item + 1 : item, -1);

    if (off) {
        g_hash_table_remove(groups->enabled, name);
        g_hash_table_insert(groups->disabled, name, GUINT_TO_POINTER(place));
    } else {
        g_hash_table_remove(groups->disabled, name);
        g_hash_table_add(groups->enabled, name);
    }
}

/* "all" turns on what was taken out, too, and leaves it taken out. */
static void
take_all(Groups *groups)
{
    GHashTableIter iter;
    gpointer name;

    groups->all = TRUE;
    for (g_hash_table_iter_init(&iter, groups->disabled);
         g_hash_table_iter_next(&iter, &name, NULL);)
        g_hash_table_add(groups->enabled, g_strdup(name));
}

static void
say_both(const XlcAdvice *advice, const char *name, guint place)
{
    xlc_advice_say_at(advice, DOM_SEVERITY_WARNING, "viridian",
                      xlc_doc_item(advice->doc, "viridian", place - 1), 0,
                      _("this guest cannot start: all behind this turns %s on, which stays taken "
                        "out, too; write all first"),
                      name);
}

static void
report_groups(const XlcAdvice *advice, const Groups *groups, gboolean defaults)
{
    gboolean base_off = g_hash_table_contains(groups->disabled, "base");
    gboolean base = (is_on(groups, "base") || groups->all || defaults) && !base_off;
    gboolean any = groups->all || defaults || g_hash_table_size(groups->enabled) > 0;
    gboolean both = FALSE;
    GHashTableIter iter;
    gpointer name, place;

    for (g_hash_table_iter_init(&iter, groups->disabled);
         g_hash_table_iter_next(&iter, &name, &place);) {
        if (!is_on(groups, name))
            continue;
        say_both(advice, name, GPOINTER_TO_UINT(place));
        both = TRUE;
    }
    if (any && !base && !both)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "viridian",
                       _("this guest cannot start: no other group works without base"));
}

static void
check_viridian(const XlcAdvice *advice)
{
    g_autoptr(GHashTable) enabled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) disabled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Groups groups = { enabled, disabled, FALSE };
    char **list = advice->def->features.viridian_list;
    gboolean defaults = FALSE;

    if (list == NULL || dom_general_type(advice->def) != DOM_TYPE_HVM)
        return;
    for (guint i = 0; list[i] != NULL; i++) {
        if (g_str_equal(list[i], "all"))
            take_all(&groups);
        else if (g_str_equal(list[i], "defaults"))
            defaults = TRUE;
        else
            take_group(&groups, list[i], i + 1);
    }
    report_groups(advice, &groups, defaults);
}

/* --- SPICE --- */

/* libxl takes 0 for no port. */
static void
check_spice(const XlcAdvice *advice)
{
    const DomGraphics *graphics = &advice->def->graphics;

    if (graphics->spice == DOM_TRISTATE_ON && dom_general_type(advice->def) == DOM_TYPE_HVM &&
        graphics->spiceport.value == 0 && graphics->spicetls_port.value == 0)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "spice",
                       _("this guest cannot start: SPICE has no port: write spiceport = 5900, or "
                         "another that is free"));
}

/* --- VNC --- */

/* QEMU's own limits; beside an address with a display libxl does not look at this one. */
static gboolean
is_no_display(const DomHead *head)
{
    gint64 display = head->vncdisplay.set ? head->vncdisplay.value : 0;
    gboolean other = head->vnclisten != NULL && strchr(head->vnclisten, ':') != NULL;

    return head->vnc != DOM_TRISTATE_OFF && !other &&
           (display < 0 || display > DOM_VNC_LAST_DISPLAY);
}

/* @item: of vfb=; NULL: the keys themselves say it. */
static void
check_display(const XlcAdvice *advice, const DomHead *head, const XlcValue *item)
{
    const XlcEntry *entry = xlc_doc_get(advice->doc, "vncdisplay");
    XlcPosition at = { 0 };

    if (!is_no_display(head))
        return;
    if (item != NULL)
        at = xlc_doc_locate_option(advice->doc, item, "vncdisplay");
    else if (entry != NULL)
        at = entry->value->start;
    dom_report_add(advice->report, DOM_SEVERITY_WARNING, at.line, at.column,
                   item != NULL ? "vfb" : "vncdisplay",
                   _("this guest cannot start: %" PRId64 " is no display of VNC's: expected 0 to "
                     "%d"),
                   head->vncdisplay.value, DOM_VNC_LAST_DISPLAY);
}

static void
check_displays(const XlcAdvice *advice)
{
    const DomDef *def = advice->def;

    if (dom_general_type(def) == DOM_TYPE_HVM)
        check_display(advice, &def->graphics.head, NULL);
    for (guint i = 0; dom_general_type(def) != DOM_TYPE_HVM && i < def->vfbs->len; i++)
        check_display(advice, &((const DomVfb *)def->vfbs->pdata[i])->head,
                      xlc_doc_item(advice->doc, "vfb", i));
}

/* --- values that do not go together, and one that nothing serves any more --- */

static gboolean
is_rombios(const DomDef *def)
{
    return def->os.bios == DOM_BIOS_ROMBIOS && !dom_os_is_traditional(&def->os);
}

static gboolean
lacks_kernel(const DomDef *def)
{
    return def->os.kernel == NULL && (def->os.ramdisk != NULL || def->os.cmdline != NULL);
}

static gboolean
has_usb_twice(const DomDef *def)
{
    const DomInput *input = &def->input;
    gboolean redirects =
        def->graphics.spice == DOM_TRISTATE_ON && def->graphics.spiceusbredirection.value > 0;

    return (input->usbversion.value != 0 || redirects) && dom_input_emulates_usb(input);
}

/* libxl makes a controller for PV guests alone. */
static gboolean
lacks_usbctrl(const DomDef *def)
{
    return def->usbdevs->len > 0 && def->usbctrls->len == 0;
}

static gboolean
nests_without_hap(const DomDef *def)
{
    return def->cpu.nestedhvm == DOM_TRISTATE_ON && def->features.hap == DOM_TRISTATE_OFF;
}

static gboolean
nests_with_altp2m(const DomDef *def)
{
    return def->cpu.nestedhvm == DOM_TRISTATE_ON && (def->features.altp2mhvm == DOM_TRISTATE_ON ||
                                                     def->features.altp2m > DOM_ALTP2M_DISABLED);
}

static gboolean
has_paravirt_tsc(const DomDef *def)
{
    return def->clock.tsc_mode == DOM_TSC_NATIVE_PARAVIRT;
}

static const struct {
    gboolean (*is)(const DomDef *def);
    const char *keys[5]; /* the first that is there is told */
    gboolean pvh, pv;    /* of these guests too, beside HVM */
    const char *text;
} refusals[] = {
    { is_rombios,
      { "firmware", "bios" },
      .text = N_("this guest cannot start: rombios was for the traditional QEMU, which is gone: "
                 "write \"seabios\" or leave it out") },
    { lacks_kernel,
      { "ramdisk", "cmdline", "extra", "root" },
      .text = N_("this guest cannot start: this is for a kernel of its own, and there is none: "
                 "write kernel= too, or leave this out") },
    { has_usb_twice,
      { "usbversion", "spiceusbredirection" },
      .text = N_("this guest cannot start: this does not go together with usb= and usbdevice=: "
                 "leave one of them out, and write usbctrl= for a newer controller") },
    { lacks_usbctrl,
      { "usbdev" },
      .text = N_("xl does not start this guest: it has no USB controller; write usbctrl = [ "
                 "\"version=3\" ] too, which takes devices of USB 1 and 2 as well") },
    { nests_without_hap,
      { "hap", "nestedhvm" },
      .pvh = TRUE,
      .text = N_("this guest cannot start: nestedhvm= needs hap = 1") },
    { nests_with_altp2m,
      { "altp2m", "altp2mhvm" },
      .pvh = TRUE,
      .text = N_("this guest cannot start: this does not go together with nestedhvm=: leave one "
                 "of them out") },
    { has_paravirt_tsc,
      { "tsc_mode" },
      .pvh = TRUE,
      .pv = TRUE,
      .text = N_("this guest cannot start: Xen has no native_paravirt any more: write \"native\" "
                 "or leave it out") },
};

static void
check_refusals(const XlcAdvice *advice)
{
    DomType type = dom_general_type(advice->def);

    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++) {
        const char *const *key = refusals[i].keys;

        if ((type == DOM_TYPE_PVH && !refusals[i].pvh) ||
            (type == DOM_TYPE_PV && !refusals[i].pv) || !refusals[i].is(advice->def))
            continue;
        while (xlc_doc_get(advice->doc, *key) == NULL && key[1] != NULL)
            key++;
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, *key, "%s", _(refusals[i].text));
    }
}

static void
check_videoram(const XlcAdvice *advice)
{
    guint least = dom_video_lacks(advice->def);

    if (least > 0)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "videoram",
                       _("this guest cannot start: this graphics card has at least %u MiB"), least);
}

static void
check_cells(const XlcAdvice *advice)
{
    gboolean twice;
    int vcpu = dom_numa_wrong_vcpu(advice->def, &twice);

    if (vcpu >= 0)
        xlc_advice_say(advice, DOM_SEVERITY_WARNING, "vnuma",
                       twice ? _("this guest cannot start: the nodes name virtual CPU %d twice: "
                                 "name each once")
                             : _("this guest cannot start: no node names virtual CPU %d: put it "
                                 "into the vcpus= of one"),
                       vcpu);
}

void
xlc_advise_start(const XlcAdvice *advice)
{
    check_refusals(advice);
    check_videoram(advice);
    check_cells(advice);
    check_spice(advice);
    check_displays(advice);
    check_scheduler(advice);
    check_usb(advice);
    check_boot(advice);
    check_viridian(advice);
}
