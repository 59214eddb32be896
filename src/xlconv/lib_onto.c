/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a file is to say once JSON is put onto it. JSON spells out what xl adds, and has no place
 * for much that a file says; so the file goes through JSON first, and what differs from that was
 * edited. It is the merge of residual text with elements, see merge.h, of other sides:
 *
 *     before   what JSON says of the file
 *     said     what the file says
 *     now      what the JSON says
 */
#include "xlconv/carried.h"
#include "xlconv/compare.h"
#include "xlconv/convert.h"
#include "xlconv/kept.h"
#include "xlconv/lib.h"

#include <glib/gi18n-lib.h>
#include <string.h>

DomDef *
xlc_lib_through_json(const XlconvGuest *guest)
{
    g_autofree char *json = xlconv_guest_format(guest, XLCONV_FORM_JSON, 0, NULL, NULL);
    g_autoptr(GPtrArray) guests =
        json != NULL ? xlc_lib_guests_from_json(json, strlen(json), NULL, NULL) : NULL;

    return guests != NULL ? dom_def_copy(((XlconvGuest *)guests->pdata[0])->def) : NULL;
}

/* Devices that elements cannot say are not merged: the list is the file's where nobody edited it.
 */
static void
settle_lists(const DomDef *said, DomDef *before, DomDef *now)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];
        GPtrArray *devices;

        if (!section->list || section->path != NULL)
            continue;
        devices = dom_section_list(section, said);
        if (dom_section_equal(section, before, now))
            dom_list_copy(dom_section_list(section, now), devices, section->record);
        dom_list_copy(dom_section_list(section, before), devices, section->record);
    }
}

static void
set_kept(DomDef *def, char **lines)
{
    g_strfreev(def->metadata.unmapped);
    def->metadata.unmapped = g_strdupv(lines);
}

static gboolean
is_same(const DomDef *a, const DomDef *b)
{
    g_autoptr(GPtrArray) differences = xlc_compare_known(a, b, NULL);

    return differences != NULL && differences->len == 0;
}

/* @def as it is once an xl.cfg says it (transfer full); NULL when none can. */
static XlconvGuest *
through_cfg(const DomDef *def)
{
    g_autofree char *text = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, NULL);

    return text != NULL ? xlconv_guest_parse(XLCONV_FORM_CFG, text, strlen(text), NULL, NULL)
                        : NULL;
}

/* Whether @key does nothing in the file and would in the guest that the JSON says. What still
 * stands beside the framebuffer of a PV guest makes another one where that is gone. */
static gboolean
wakes(const XlcKey *key, const DomDef *said, const DomDef *json)
{
    if (xlc_key_is_read(key, said))
        return FALSE;
    if ((key->flags & XLC_HEAD) && dom_general_type(json) == DOM_TYPE_PV)
        return json->vfbs->len == 0 && said->graphics.head.vnc == DOM_TRISTATE_ON;
    return xlc_key_is_read(key, json);
}

/* Whether an assignment that is only kept says something, or is refused, in the guest that the JSON
 * says. */
static gboolean
line_counts(char *line, const DomDef *json)
{
    char *lines[] = { line, NULL };
    g_autoptr(DomDef) with = dom_def_copy(json);
    g_autoptr(XlconvGuest) alone = through_cfg(json);
    g_autoptr(XlconvGuest) guest = NULL;

    if (alone == NULL)
        return FALSE;
    set_kept(with, lines);
    guest = through_cfg(with);
    return guest == NULL || !is_same(guest->def, alone->def);
}

/* The row of such an assignment; NULL where xl does not know the key. */
static const XlcKey *
line_key(const char *line)
{
    g_autofree char *name = xlc_kept_key(line);

    return xlc_key_find(name);
}

/* wakes(), of an assignment that is only kept, since xl ignores it in the file. */
static gboolean
line_wakes(char *line, const DomDef *json)
{
    const XlcKey *key = line_key(line);

    return key != NULL && xlc_key_is_read(key, json) && line_counts(line, json);
}

static void
report_woken(const char *key, DomReport *report)
{
    dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, key,
                   _("xl ignores this in the file, and would not in what becomes of it: it is left "
                     "out; write it anew if it is meant"));
}

/* Takes them out of @said; FALSE for none. */
static gboolean
drop_woken_lines(DomDef *said, const DomDef *json, DomReport *report)
{
    g_autoptr(GStrvBuilder) left = g_strv_builder_new();
    g_auto(GStrv) lines = g_steal_pointer(&said->metadata.unmapped);
    gboolean any = FALSE;

    for (char **line = lines; line != NULL && *line != NULL; line++) {
        g_autofree char *name = xlc_kept_key(*line);

        if (line_wakes(*line, json)) {
            report_woken(name, report);
            any = TRUE;
        } else {
            g_strv_builder_add(left, *line);
        }
    }
    said->metadata.unmapped = g_strv_builder_end(left);
    return any;
}

/* The same of what rows understand and the JSON does not say. */
static void
drop_woken_keys(DomDef *said, const DomDef *json, DomReport *report)
{
    guint n_keys;
    const XlcKey *const *keys = xlc_key_all(&n_keys);
    g_autoptr(DomDef) file = dom_def_copy(said);

    for (guint i = 0; i < n_keys; i++) {
        if (!xlc_key_is_said(keys[i], file) || xlc_key_is_said(keys[i], json) ||
            !wakes(keys[i], file, json))
            continue;
        xlc_key_clear(keys[i], said);
        report_woken(keys[i]->key, report);
    }
}

/* Whether an xl.cfg can say @merged, and its JSON is that of the one that says @json alone: xl adds
 * to many a JSON, whatever says it. */
static gboolean
is_said(const DomDef *merged, const DomDef *json)
{
    g_autoptr(XlconvGuest) guest = through_cfg(merged);
    g_autoptr(XlconvGuest) alone = through_cfg(json);
    g_autoptr(DomDef) shown = guest != NULL ? xlc_lib_through_json(guest) : NULL;
    g_autoptr(DomDef) wanted = alone != NULL ? xlc_lib_through_json(alone) : NULL;

    return shown != NULL && wanted != NULL && is_same(guest->def, merged) && is_same(shown, wanted);
}

/* What @json says (transfer full) with what @said has beyond @shown (NULL where nothing shows it);
 * NULL when that is not to be told. */
static DomDef *
merge(const DomDef *said, const DomDef *shown, const DomDef *json)
{
    g_autoptr(DomDef) before = shown != NULL ? dom_def_copy(shown) : NULL;
    g_auto(DomResidualText) beyond = { NULL };
    g_autoptr(DomReport) unheard = dom_report_new(NULL);
    g_autoptr(DomDef) now = dom_def_copy(json);
    DomResidual residual = { .report = unheard };

    if (before == NULL)
        return NULL;
    settle_lists(said, before, now);
    if (!xlc_def_ops.residual(said, before, &beyond, NULL))
        return NULL;
    residual.text = beyond.text != NULL ? beyond.text : "";
    residual.implicit = beyond.implicit;
    residual.shown = beyond.shown;
    return xlc_def_ops.apply(now, &residual) && is_said(now, json) ? g_steal_pointer(&now) : NULL;
}

/* Whether @one, what @said says of a key and what the JSON says, is no edit, @before being what
 * JSON says of the file: NULL where the file cannot be started, and what is gone may be that. */
static gboolean
is_lost(const XlcDifference *one, const DomDef *before)
{
    g_autofree char *unedited = before != NULL ? xlc_key_text(one->known, before, NULL) : NULL;

    return *one->a != '\0' && g_str_equal(one->b, unedited != NULL ? unedited : "");
}

static void
report_lost(const DomDef *said, const DomDef *before, const DomDef *json, DomReport *report)
{
    g_autoptr(GPtrArray) differences = xlc_compare_known(said, json, NULL);

    for (guint i = 0; differences != NULL && i < differences->len; i++) {
        const XlcDifference *one = differences->pdata[i];

        if (is_lost(one, before))
            dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, one->key,
                           _("what the file says of this and JSON does not is left out, since "
                             "nothing tells whether it still holds: put it back where it does"));
    }
}

/* What @json says with what no JSON says of any guest (transfer full). An assignment that did
 * nothing beside another goes with that one. */
static DomDef *
with_kept(const DomDef *said, const DomDef *json)
{
    g_autoptr(GStrvBuilder) kept = g_strv_builder_new();
    g_auto(GStrv) lines = NULL;
    DomDef *def = dom_def_copy(json);

    for (char **line = said->metadata.unmapped; line != NULL && *line != NULL; line++) {
        if (line_key(*line) == NULL || !line_counts(*line, json))
            g_strv_builder_add(kept, *line);
    }
    lines = g_strv_builder_end(kept);
    set_kept(def, lines);
    return def;
}

/* What the file that says @said, and @shown in JSON, is to say (transfer full). @said loses what
 * may not stay. */
static DomDef *
said_anew(DomDef *said, const DomDef *shown, const DomDef *json, DomReport *report)
{
    DomDef *wanted;

    drop_woken_keys(said, json, report);
    if (dom_general_type(said) != dom_general_type(json))
        drop_woken_lines(said, json, report);
    wanted = merge(said, shown, json);
    if (wanted == NULL && drop_woken_lines(said, json, report))
        wanted = merge(said, shown, json);
    if (wanted != NULL)
        return wanted;
    report_lost(said, shown, json, report);
    return with_kept(said, json);
}

DomDef *
xlc_lib_wanted(const XlconvGuest *guest, const char *cfg, gsize length, DomReport *report)
{
    g_autoptr(XlconvGuest) file = NULL;
    g_autoptr(DomDef) shown = NULL;
    DomDef *wanted;

    if (guest->form == XLCONV_FORM_JSON)
        file = xlconv_guest_parse(XLCONV_FORM_CFG, cfg, length, NULL, NULL);
    if (file == NULL)
        return dom_def_copy(guest->def);
    shown = xlc_lib_through_json(file);
    wanted = said_anew(file->def, shown, guest->def, report);
    return xlc_carried_read(wanted, cfg, length, NULL);
}
