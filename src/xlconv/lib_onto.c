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
#include "xlconv/lib.h"

#include <string.h>

DomDef *
xlc_lib_through_json(const XlconvGuest *guest)
{
    g_autofree char *json = xlconv_guest_format(guest, XLCONV_FORM_JSON, 0, NULL, NULL);
    g_autoptr(GPtrArray) guests =
        json != NULL ? xlc_lib_guests_from_json(json, strlen(json), NULL, NULL) : NULL;

    return guests != NULL ? dom_def_copy(((XlconvGuest *)guests->pdata[0])->def) : NULL;
}

static void
copy_list(const DomSection *section, const DomDef *from, DomDef *to)
{
    GPtrArray *list = dom_section_list(section, to), *devices = dom_section_list(section, from);

    for (guint i = 0; i < list->len; i++) {
        dom_record_clear(section->record, list->pdata[i]);
        g_free(list->pdata[i]);
    }
    g_ptr_array_set_size(list, 0);
    for (guint i = 0; i < devices->len; i++)
        dom_record_copy(section->record, dom_list_add(list, section->record), devices->pdata[i]);
}

static gboolean
is_same_list(const DomSection *section, const DomDef *a, const DomDef *b)
{
    GPtrArray *one = dom_section_list(section, a), *other = dom_section_list(section, b);
    gboolean same = one->len == other->len;

    for (guint i = 0; same && i < one->len; i++)
        same = dom_record_equal(section->record, one->pdata[i], other->pdata[i]);
    return same;
}

/* Devices that elements cannot say are not merged: the list is the file's where nobody edited it.
 */
static void
settle_lists(const DomDef *said, DomDef *before, DomDef *now)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (!section->list || section->path != NULL)
            continue;
        if (is_same_list(section, before, now))
            copy_list(section, said, now);
        copy_list(section, said, before);
    }
}

static gboolean
is_same(const DomDef *a, const DomDef *b)
{
    g_autoptr(GPtrArray) differences = xlc_compare_known(a, b, NULL);

    return differences != NULL && differences->len == 0;
}

/* Whether an xl.cfg can say @merged, and its JSON is @json. */
static gboolean
is_said(const DomDef *merged, const DomDef *json)
{
    g_autofree char *text = xlc_def_to_cfg(merged, DOM_FORMAT_SECURE, NULL, NULL);
    g_autoptr(XlconvGuest) guest =
        text != NULL ? xlconv_guest_parse(XLCONV_FORM_CFG, text, strlen(text), NULL, NULL) : NULL;
    g_autoptr(DomDef) shown = guest != NULL ? xlc_lib_through_json(guest) : NULL;

    return shown != NULL && is_same(guest->def, merged) && is_same(shown, json);
}

/* What @json says (transfer full) with what @said has beyond @before, which is changed; NULL when
 * that is not to be told. */
static DomDef *
merge(const DomDef *said, DomDef *before, const DomDef *json)
{
    g_auto(DomResidualText) beyond = { NULL };
    g_autoptr(DomReport) unheard = dom_report_new(NULL);
    g_autoptr(DomDef) now = dom_def_copy(json);
    DomResidual residual = { .report = unheard };

    settle_lists(said, before, now);
    if (!xlc_def_ops.residual(said, before, &beyond, NULL))
        return NULL;
    residual.text = beyond.text != NULL ? beyond.text : "";
    residual.implicit = beyond.implicit;
    residual.shown = beyond.shown;
    return xlc_def_ops.apply(now, &residual) && is_said(now, json) ? g_steal_pointer(&now) : NULL;
}

DomDef *
xlc_lib_wanted(const XlconvGuest *guest, const char *cfg, gsize length)
{
    g_autoptr(XlconvGuest) file = NULL;
    g_autoptr(DomDef) before = NULL;
    DomDef *merged;

    if (guest->form == XLCONV_FORM_JSON)
        file = xlconv_guest_parse(XLCONV_FORM_CFG, cfg, length, NULL, NULL);
    before = file != NULL ? xlc_lib_through_json(file) : NULL;
    merged = before != NULL ? merge(file->def, before, guest->def) : NULL;
    return merged != NULL ? xlc_carried_read(merged, cfg, length, NULL) : dom_def_copy(guest->def);
}
