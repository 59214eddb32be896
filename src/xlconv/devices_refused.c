/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a device of the model has no form in xl.cfg. */
#include <glib/gi18n-lib.h>

#include "xlconv/devices.h"

/* One line of @text (transfer full). */
static char *
one_line(const char *text)
{
    GString *line = g_string_new(text);

    g_string_replace(line, "\n", "\\n", 0);
    g_string_replace(line, "\r", "\\r", 0);
    return g_string_free(line, FALSE);
}

/* Why device @number, from 1, has no item: for @field, or for what is missing (NULL). (transfer
 * full)
 */
static char *
why_no_item(const DomField *field, gconstpointer device, guint number)
{
    g_autofree char *line =
        field != NULL ? one_line(*DOM_CONST_MEMBER(device, field, char *)) : NULL;

    if (field != NULL)
        return g_strdup_printf(_("number %u has no form in xl.cfg: '%s', its %s, holds a comma "
                                 "or a line break"),
                               number, line, field->name);
    return g_strdup_printf(_("number %u has no form in xl.cfg: a value that xl needs is missing"),
                           number);
}

static void
report_refused(const XlcKey *key, const DomField *field, gconstpointer device, guint number,
               DomReport *report)
{
    g_autofree char *why = why_no_item(field, device, number);
    guint line = 0, column = 0;

    /* a record begins with its rest */
    if (field != NULL)
        dom_rest_noted(device, field->name, &line, &column);
    dom_report_add(report, DOM_SEVERITY_ERROR, line, column, key->key, "%s", why);
}

static void
report_device(const XlcDevices *devices, const XlcKey *key, gconstpointer device, guint number,
              DomReport *report)
{
    gboolean told = FALSE;

    for (guint i = 0; i < devices->record->n_fields; i++) {
        const DomField *field = &devices->record->fields[i];

        if (dom_field_breaking(field, device, DOM_FIELD_ITEM_BREAKS) == NULL)
            continue;
        report_refused(key, field, device, number, report);
        told = TRUE;
    }
    if (!told)
        report_refused(key, NULL, device, number, report);
}

gboolean
xlc_devices_report_refused(const XlcDevices *devices, const XlcKey *key, const DomDef *def,
                           DomReport *report)
{
    GPtrArray *list = xlc_devices_list(devices, def);
    gboolean any = FALSE;

    for (guint i = 0; i < list->len; i++) {
        if (xlc_devices_can_say(devices, list->pdata[i]))
            continue;
        report_device(devices, key, list->pdata[i], i + 1, report);
        any = TRUE;
    }
    return any;
}

static const DomField *
first_refused(const XlcDevices *devices, gconstpointer device)
{
    for (guint i = 0; i < devices->record->n_fields; i++) {
        const DomField *field = &devices->record->fields[i];

        if (dom_field_breaking(field, device, DOM_FIELD_ITEM_BREAKS) != NULL)
            return field;
    }
    return NULL;
}

char *
xlc_devices_why_refused(const XlcDevices *devices, gconstpointer device, guint number)
{
    return why_no_item(first_refused(devices, device), device, number);
}
