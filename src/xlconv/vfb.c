/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/vfb.h"

gboolean
xlc_vfb_is_to_make(const DomDef *def)
{
    return dom_general_type(def) == DOM_TYPE_PV && def->vfbs->len == 0 &&
           def->graphics.head.vnc == DOM_TRISTATE_ON;
}

void
xlc_vfb_gather(DomDef *def)
{
    DomVfb *made = dom_list_add(def->vfbs, &dom_vfb_record);

    made->head = def->graphics.head;
    def->graphics.head = (DomHead){ 0 };
}

static gboolean
is_blank(const DomHead *head)
{
    const DomVfb vfb = { .head = *head };

    for (guint i = 0; i < dom_vfb_record.n_fields; i++) {
        if (dom_field_is_set(&dom_vfb_record.fields[i], &vfb))
            return FALSE;
    }
    return TRUE;
}

static gboolean
has_comma(const DomVfb *vfb)
{
    for (guint i = 0; i < dom_vfb_record.n_fields; i++) {
        if (dom_field_breaking(&dom_vfb_record.fields[i], vfb, ",") != NULL)
            return TRUE;
    }
    return FALSE;
}

/* Whether only the keys can say the framebuffer of @def. */
static gboolean
wants_keys(const DomDef *def)
{
    const DomVfb *vfb = def->vfbs->len == 1 ? def->vfbs->pdata[0] : NULL;

    return vfb != NULL && dom_general_type(def) == DOM_TYPE_PV &&
           vfb->head.vnc == DOM_TRISTATE_ON && is_blank(&def->graphics.head) && has_comma(vfb);
}

static DomDef *
spread_out(const DomDef *def)
{
    DomDef *spread = dom_def_copy(def);
    DomVfb *vfb = g_ptr_array_steal_index(spread->vfbs, 0);

    spread->graphics.head = vfb->head;
    vfb->head = (DomHead){ 0 };
    dom_record_clear(&dom_vfb_record, vfb);
    g_free(vfb);
    return spread;
}

const DomDef *
xlc_vfb_said(const DomDef *def, DomDef **ret_made)
{
    *ret_made = wants_keys(def) ? spread_out(def) : NULL;
    return *ret_made != NULL ? *ret_made : def;
}
