/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/edit_secrets.h"

#include <glib/gi18n-lib.h>

#include "conf/secret.h"
#include "xlconv/to_cfg.h"

static void
keep_element_secret(const DomRestItem *from, DomRest *to)
{
    g_autofree char *without = dom_rest_without_secret(from);

    for (guint i = 0; without != NULL && to->items != NULL && i < to->items->len; i++) {
        DomRestItem *item = to->items->pdata[i];

        if (item->attr != NULL || !g_str_equal(item->path, from->path) ||
            !g_str_equal(item->text, without))
            continue;
        g_free(item->text);
        item->text = g_strdup(from->text);
        return;
    }
}

/* A record begins with its rest. */
static void
keep_record_secrets(const DomRecord *record, gconstpointer from, gpointer to)
{
    const GPtrArray *items = ((const DomRest *)from)->items;

    for (guint i = 0; i < record->n_fields; i++) {
        if (record->fields[i].flags & DOM_FIELD_SECRET)
            dom_field_copy(&record->fields[i], to, from);
    }
    for (guint i = 0; items != NULL && i < items->len; i++)
        keep_element_secret(items->pdata[i], to);
}

static gboolean
has_secrets(const DomRecord *record)
{
    for (guint i = 0; i < record->n_fields; i++) {
        if (record->fields[i].flags & DOM_FIELD_SECRET)
            return TRUE;
    }
    return FALSE;
}

/* How much they say alike. */
static guint
count_same(const DomRecord *record, gconstpointer a, gconstpointer b)
{
    guint n = 0;

    for (guint i = 0; i < record->n_fields; i++)
        n += !(record->fields[i].flags & DOM_FIELD_SECRET) &&
             dom_field_equal(&record->fields[i], a, b);
    return n;
}

typedef struct {
    guint from, to; /* indexes */
    guint score;    /* 0: there is no such pair */
} Pair;

/* Of those that are alike, what stands at one place is more so. */
static Pair
pair_of(const DomRecord *record, GPtrArray *from, guint i, GPtrArray *to, guint j)
{
    if (from->pdata[i] == NULL || to->pdata[j] == NULL)
        return (Pair){ 0 };
    return (Pair){ i, j, 1 + 2 * count_same(record, from->pdata[i], to->pdata[j]) + (i == j) };
}

static Pair
find_most_alike(const DomRecord *record, GPtrArray *from, GPtrArray *to)
{
    Pair best = { 0 };

    for (guint i = 0; i < from->len; i++) {
        for (guint j = 0; j < to->len; j++) {
            Pair pair = pair_of(record, from, i, to, j);

            if (pair.score > best.score)
                best = pair;
        }
    }
    return best;
}

/* More screens than a guest has: with more their places alone count, since each is held against
 * each. */
#define MOST_SCREENS 64

static void
keep_secrets_in_place(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    for (guint i = 0; i < MIN(have->len, want->len); i++)
        keep_record_secrets(record, have->pdata[i], want->pdata[i]);
}

/* Who cannot be told gets what is left rather than none, which lets everybody in. */
static void
keep_secrets_of_alike(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    g_autoptr(GPtrArray) from = g_ptr_array_copy(have, NULL, NULL);
    g_autoptr(GPtrArray) to = g_ptr_array_copy(want, NULL, NULL);
    Pair pair;

    while ((pair = find_most_alike(record, from, to)).score > 0) {
        keep_record_secrets(record, from->pdata[pair.from], to->pdata[pair.to]);
        from->pdata[pair.from] = to->pdata[pair.to] = NULL;
    }
}

static void
keep_list_secrets(const DomRecord *record, GPtrArray *have, GPtrArray *want)
{
    if (MAX(have->len, want->len) <= MOST_SCREENS)
        keep_secrets_of_alike(record, have, want);
    else
        keep_secrets_in_place(record, have, want);
}

static void
keep_secrets(const DomDef *have, DomDef *want)
{
    dom_def_clear_secrets(want);
    for (guint s = 0; s < dom_n_sections; s++) {
        const DomSection *section = &dom_sections[s];

        if (!section->list)
            keep_record_secrets(section->record, dom_section_const_data(section, have),
                                dom_section_data(section, want));
        else if (has_secrets(section->record))
            keep_list_secrets(section->record, dom_section_list(section, have),
                              dom_section_list(section, want));
    }
}

typedef enum { KIND_VFB, KIND_VNC, KIND_SPICE, N_KINDS } Kind;

/* Somewhere that the guest's screen is shown over the network. */
typedef struct {
    Kind kind;
    char **password;  /* its place in the def */
    gboolean guarded; /* nobody gets in without one */
} Screen;

static void
add_vnc(GArray *screens, Kind kind, DomHead *head)
{
    gboolean guarded = head->vncpasswd != NULL && *head->vncpasswd != '\0';
    const Screen screen = { kind, &head->vncpasswd, guarded };

    if (head->vnc != DOM_TRISTATE_OFF)
        g_array_append_val(screens, screen);
}

/* Of Screen. libxl shows a framebuffer, and an HVM guest, over VNC unless told otherwise. */
static GArray *
screens_of(DomDef *def)
{
    GArray *screens = g_array_new(FALSE, FALSE, sizeof(Screen));
    DomGraphics *graphics = &def->graphics;
    const Screen spice = { KIND_SPICE, &graphics->spicepasswd,
                           graphics->spicedisable_ticketing != DOM_TRISTATE_ON };

    for (guint i = 0; i < def->vfbs->len; i++)
        add_vnc(screens, KIND_VFB, &((DomVfb *)def->vfbs->pdata[i])->head);
    if (dom_general_type(def) != DOM_TYPE_HVM)
        return screens;
    add_vnc(screens, KIND_VNC, &graphics->head);
    if (graphics->spice == DOM_TRISTATE_ON)
        g_array_append_val(screens, spice);
    return screens;
}

/* An only screen that became one of another kind takes its password along; FALSE when it did not,
 * or has none. */
static gboolean
move_password(const GArray *before, const GArray *now, DomDef *want)
{
    const Screen *old = &g_array_index(before, Screen, 0);
    const Screen *new = &g_array_index(now, Screen, 0);

    if (before->len != 1 || now->len != 1 || old->kind == new->kind || !old->guarded ||
        *old->password == NULL || *new->password != NULL)
        return FALSE;
    *new->password = g_strdup(*old->password);
    if (new->kind == KIND_SPICE)
        want->graphics.spicedisable_ticketing = DOM_TRISTATE_ABSENT;
    if (old->kind == KIND_SPICE)
        g_clear_pointer(&want->graphics.spicepasswd, g_free);
    if (old->kind == KIND_VNC)
        g_clear_pointer(&want->graphics.head.vncpasswd, g_free);
    return TRUE;
}

static guint
count_guarded(const GArray *screens, Kind kind)
{
    guint n = 0;

    for (guint i = 0; i < screens->len; i++) {
        const Screen *screen = &g_array_index(screens, Screen, i);

        n += screen->kind == kind && screen->guarded;
    }
    return n;
}

static gboolean
is_open(const GArray *screens)
{
    for (guint i = 0; i < screens->len; i++) {
        if (!g_array_index(screens, Screen, i).guarded)
            return TRUE;
    }
    return FALSE;
}

/* Whether there is a kind of screen of which none has a password any more. */
static gboolean
is_kind_lost(const GArray *before, const GArray *now)
{
    for (Kind kind = 0; kind < N_KINDS; kind++) {
        if (count_guarded(before, kind) > 0 && count_guarded(now, kind) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
report_open(const DomDef *want, DomReport *report)
{
    if (!xlc_report_withheld(want, report))
        dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, "password",
                       _("the screen that had a password is gone, and the console would be open "
                         "to all: give one to what is left, and ask for the secure form"));
}

void
xlc_edit_keep_secrets(DomDef *have, const DomDef *def, DomDef *want, DomReport *report)
{
    g_autoptr(GArray) before = screens_of(have);
    g_autoptr(GArray) now = NULL;
    gboolean moved;

    keep_secrets(have, want);
    now = screens_of(want);
    moved = move_password(before, now, want);
    dom_def_settle_secrets(want);
    if (moved)
        dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, "password",
                       _("the password of the file goes to the screen in the place of its own: ask "
                         "for the secure form to change it"));
    else if (is_open(now) && (is_kind_lost(before, now) ||
                              (dom_def_withheld(want) != NULL && dom_def_withheld(have) == NULL)))
        report_open(want, report);
    else if (!dom_def_equal(def, want))
        dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, "password",
                       _("passwords of the file stay as they are: ask for the secure form to "
                         "change them"));
}
