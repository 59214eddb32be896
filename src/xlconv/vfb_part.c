/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/vfb.h"

/* What an element shows of a framebuffer. */
typedef struct {
    DomVfb *vfb;     /* borrowed */
    guint place;     /* its own in the list */
    gboolean window; /* SDL's, not VNC's */
    gboolean alone;  /* a window of a framebuffer that VNC does not show */
    gboolean matched;
} View;

static const char *const window_members[] = { "head.sdl", "head.opengl", "head.display",
                                              "head.xauthority", NULL };

static gboolean
is_in_view(const DomField *field, gboolean window)
{
    return g_strv_contains(window_members, field->name) == window;
}

static View *
view_at(GArray *views, guint i)
{
    return &g_array_index(views, View, i);
}

static void
add_views(GArray *views, DomVfb *vfb, guint place)
{
    gboolean vnc = vfb->head.vnc != DOM_TRISTATE_OFF;

    if (vnc)
        g_array_append_val(views, ((View){ vfb, place }));
    if (vfb->head.sdl == DOM_TRISTATE_ON)
        g_array_append_val(views, ((View){ vfb, place, TRUE, !vnc }));
}

/* Of @list, in the order of their elements. */
static GArray *
views_of(const GPtrArray *list)
{
    GArray *views = g_array_new(FALSE, FALSE, sizeof(View));

    for (guint i = 0; i < list->len; i++) {
        if (list->pdata[i] != NULL)
            add_views(views, list->pdata[i], i);
    }
    return views;
}

static gboolean
has_alone(GArray *views)
{
    for (guint i = 0; i < views->len; i++) {
        if (view_at(views, i)->alone)
            return TRUE;
    }
    return FALSE;
}

static gboolean
shows_same(const View *a, const View *b)
{
    for (guint i = 0; a->window == b->window && i < dom_vfb_record.n_fields; i++) {
        const DomField *field = &dom_vfb_record.fields[i];

        if (is_in_view(field, a->window) && !dom_field_equal(field, a->vfb, b->vfb))
            return FALSE;
    }
    return a->window == b->window;
}

static void
match(View *now, View *before)
{
    now->alone = before->alone;
    now->matched = before->matched = TRUE;
}

static gboolean
match_same(View *now, View *before)
{
    gboolean same = shows_same(now, before);

    if (same)
        match(now, before);
    return same;
}

/* Those that show the same, counted from the first and from the last one. */
static void
match_ends(GArray *now, GArray *before)
{
    guint shorter = MIN(now->len, before->len), front = 0, back = 0;

    while (front < shorter && match_same(view_at(now, front), view_at(before, front)))
        front++;
    while (back < shorter - front &&
           match_same(view_at(now, now->len - 1 - back), view_at(before, before->len - 1 - back)))
        back++;
}

/* Each window with the first one that is left, and shows the same if @same. */
static void
match_windows(GArray *now, GArray *before, gboolean same)
{
    for (guint i = 0; i < now->len; i++) {
        View *view = view_at(now, i);

        for (guint j = 0; view->window && !view->matched && j < before->len; j++) {
            View *other = view_at(before, j);

            if (other->window && !other->matched && (!same || shows_same(view, other)))
                match(view, other);
        }
    }
}

/* Takes the window out of @vfb; returns a framebuffer that has nothing else (transfer full). */
static DomVfb *
take_window(DomVfb *vfb)
{
    DomVfb *made = dom_record_new(&dom_vfb_record);

    for (guint i = 0; i < dom_vfb_record.n_fields; i++) {
        const DomField *field = &dom_vfb_record.fields[i];

        if (!is_in_view(field, TRUE))
            continue;
        dom_field_copy(field, made, vfb);
        dom_field_clear(field, vfb);
    }
    made->head.vnc = DOM_TRISTATE_OFF;
    return made;
}

void
xlc_vfb_part(GPtrArray *list, const GPtrArray *before)
{
    g_autoptr(GArray) now = views_of(list);
    g_autoptr(GArray) was = views_of(before);

    if (!has_alone(was))
        return;
    match_ends(now, was);
    match_windows(now, was, TRUE);
    match_windows(now, was, FALSE);
    for (guint i = now->len; i-- > 0;) {
        const View *view = view_at(now, i);

        if (view->alone && view->vfb->head.vnc != DOM_TRISTATE_OFF)
            g_ptr_array_insert(list, (gint)view->place + 1, take_window(view->vfb));
    }
}
