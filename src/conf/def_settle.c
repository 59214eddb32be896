/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What was read is what would be read again. Unknown XML is put back where it stood, beside what
 * residual text leaves of the standard elements; there it may take the place of one that is not
 * written. This is found out by writing and reading, where there is such a doubt.
 */
#include "conf/def.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/xml.h"

/* Each try writes and reads the whole domain, so a long one gets fewer. */
#define TRIES_BYTES (4 * 1024 * 1024)
#define LEAST_TRIES 4
#define MOST_TRIES  64

/* Unknown XML that is not in its record for the moment. */
typedef struct {
    DomRest *rest;
    DomRestItem *item;
} Taken;

static char *
write_def(const DomDef *def, const DomDefOps *ops, GError **error)
{
    return dom_def_format_xml(def, DOM_FORMAT_SECURE | DOM_FORMAT_INACTIVE, ops, error);
}

/* Whether what is written as @text (NULL: nothing) is read as that. Where unknown XML gets an
 * element for it alone it may stand elsewhere in the model, and in the same place of the text. */
static gboolean
reads_the_same(const char *text, const DomDefOps *ops)
{
    gboolean doubtful;
    g_autoptr(DomDef) back =
        text != NULL ? dom_def_read_xml(text, ops, NULL, &doubtful, NULL) : NULL;
    g_autofree char *again = back != NULL ? write_def(back, ops, NULL) : NULL;

    return again != NULL && g_str_equal(text, again);
}

static gboolean
is_stable(const DomDef *def, const DomDefOps *ops)
{
    g_autofree char *text = write_def(def, ops, NULL);

    return reads_the_same(text, ops);
}

/* All unknown XML out of @def: of Taken. */
static GArray *
take_all(DomDef *def)
{
    g_autoptr(GPtrArray) rests = dom_def_rests(def);
    GArray *taken = g_array_new(FALSE, FALSE, sizeof(Taken));

    for (guint i = 0; i < rests->len; i++) {
        DomRest *rest = rests->pdata[i];

        for (guint j = 0; rest->items != NULL && j < rest->items->len; j++) {
            Taken one = { rest, rest->items->pdata[j] };

            g_array_append_val(taken, one);
        }
        dom_rest_release(rest);
    }
    return taken;
}

/* "source" or "source/@file" (transfer full). */
static char *
key_of(const DomRestItem *item)
{
    g_autofree char *name = NULL;

    if (dom_rest_is_none(item))
        return g_strdup(item->path);
    name = item->attr != NULL ? g_strconcat("@", item->attr, NULL)
                              : g_strndup(item->text + 1, strcspn(item->text + 1, " />"));
    return *item->path != '\0' ? g_strconcat(item->path, "/", name, NULL) : g_steal_pointer(&name);
}

static void
leave_out(const Taken *one, DomReport *report)
{
    const DomRestItem *item = one->item;
    g_autofree char *key = key_of(item);

    dom_report_add(report, DOM_SEVERITY_WARNING, item->line, item->column, key,
                   _("beside what else the domain says this would be read as something else, and "
                     "so it is left out after all: '%s'"),
                   item->text);
    dom_rest_drop(one->rest);
}

static void
put_all_back(GArray *taken)
{
    for (guint i = 0; i < taken->len; i++) {
        const Taken *one = &g_array_index(taken, Taken, i);

        dom_rest_put(one->rest, one->item);
    }
}

/* Puts back what stays what it is there, one by one, and leaves out the others. */
static void
put_back_some(DomDef *def, GArray *taken, guint tries, const DomDefOps *ops, DomReport *report)
{
    for (guint i = 0; i < taken->len; i++) {
        const Taken *one = &g_array_index(taken, Taken, i);

        dom_rest_put(one->rest, one->item);
        if (i >= tries || !is_stable(def, ops))
            leave_out(one, report);
    }
}

/* Takes out of @def what would be read as something else; nothing when that is not what is wrong.
 */
static void
thin_out(DomDef *def, gsize length, const DomDefOps *ops, DomReport *report)
{
    g_autoptr(GArray) taken = take_all(def);

    if (is_stable(def, ops))
        put_back_some(def, taken, (guint)CLAMP(TRIES_BYTES / length, LEAST_TRIES, MOST_TRIES), ops,
                      report);
    else
        put_all_back(taken);
}

/* What stands in standard elements may have no form in the residual text that has to go with it. */
static void
refuse(const GError *why, DomReport *report, GError **error)
{
    dom_report_add(report, DOM_SEVERITY_ERROR, 0, 0, "domain", "%s", why->message);
    g_set_error(error, DOM_ERROR, DOM_ERROR_INVALID, "%s", why->message);
}

DomDef *
dom_def_parse_xml(const char *text, const DomDefOps *ops, DomReport *report, GError **error)
{
    gboolean doubtful;
    g_autoptr(DomDef) def = dom_def_read_xml(text, ops, report, &doubtful, error);
    g_autoptr(GError) why = NULL;
    g_autofree char *written = NULL;

    if (def == NULL || !doubtful || ops == NULL)
        return g_steal_pointer(&def);
    written = write_def(def, ops, &why);
    if (written == NULL) {
        refuse(why, report, error);
        return NULL;
    }
    if (!reads_the_same(written, ops))
        thin_out(def, strlen(text), ops, report);
    dom_report_sort(report);
    return g_steal_pointer(&def);
}
