/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/kept.h"
#include "xlconv/key.h"
#include "xlconv/to_cfg.h"
#include "xlconv/convert.h"

static void
write_topics(const DomDef *def, XlcWriter *writer)
{
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            xlc_key_format(&xlc_topics[t]->keys[k], def, writer);
    }
}

static void
add_line(GPtrArray *comments, const char *place, const char *text)
{
    g_ptr_array_add(comments, g_strdup_printf("%s: %s", place, text));
}

static void
comment(GPtrArray *comments, DomReport *report, const char *place, const char *text)
{
    add_line(comments, place, text);
    dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, place,
                   _("xl.cfg has no word for this; it is kept as a comment"));
}

/* The name in "<name ...>". */
static char *
element_name(const char *text)
{
    return g_strndup(text + 1, strcspn(text + 1, " \t\n/>"));
}

static char *
place_of(const char *base, const DomRestItem *item)
{
    g_autoptr(GStrvBuilder) steps = g_strv_builder_new();
    g_autofree char *last =
        item->attr != NULL ? g_strconcat("@", item->attr, NULL) : element_name(item->text);
    g_auto(GStrv) path = NULL;

    if (*base != '\0')
        g_strv_builder_add(steps, base);
    if (*item->path != '\0')
        g_strv_builder_add(steps, item->path);
    g_strv_builder_add(steps, last);
    path = g_strv_builder_end(steps);
    return g_strjoinv("/", path);
}

static void
comment_rest(GPtrArray *comments, DomReport *report, const char *base, const DomRest *rest)
{
    for (guint i = 0; rest->items != NULL && i < rest->items->len; i++) {
        const DomRestItem *item = rest->items->pdata[i];
        g_autofree char *place = place_of(base, item);

        comment(comments, report, place, item->text);
    }
}

/* xl.cfg counts in MiB, and more than XML says is better than less. */
static void
comment_rounded(GPtrArray *comments, DomReport *report, const XlcKey *key, const DomDef *def)
{
    g_autofree char *text = NULL;
    DomUint kib;

    if (key->shape != XLC_SHAPE_MIB || !dom_field_is_set(&key->field, def))
        return;
    kib = *DOM_CONST_MEMBER(def, &key->field, DomUint);
    if (kib.value % 1024 == 0)
        return;
    text = g_strdup_printf("%" G_GUINT64_FORMAT " KiB", kib.value);
    dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, key->key,
                   _("%s is no whole number of MiB; it is rounded up"), text);
    add_line(comments, key->key, text);
}

static void
comment_devices(GPtrArray *comments, DomReport *report, const DomSection *section,
                const DomDef *def)
{
    GPtrArray *list = dom_section_list(section, def);

    for (guint i = 0; i < list->len; i++) {
        g_autofree char *base = g_strdup_printf("%s[%u]", section->path, i + 1);

        comment_rest(comments, report, base, list->pdata[i]);
    }
}

/* libvirt's word for what backs a disk, where the path alone would say another. */
static void
comment_disks(GPtrArray *comments, DomReport *report, const DomDef *def)
{
    for (guint i = 0; i < def->disks->len; i++) {
        const DomDisk *disk = def->disks->pdata[i];
        g_autofree char *place = g_strdup_printf("devices/disk[%u]/@type", i + 1);

        if (disk->source != DOM_DISK_SOURCE_ABSENT)
            comment(comments, report, place,
                    disk->source == DOM_DISK_SOURCE_BLOCK ? "block" : "file");
    }
}

/* XML that the model does not know, and members that have no key. */
GPtrArray *
xlc_cfg_comments(const DomDef *def, DomReport *report)
{
    GPtrArray *comments = g_ptr_array_new_with_free_func(g_free);

    if (def->general.title != NULL)
        comment(comments, report, "title", def->general.title);
    if (def->general.description != NULL)
        comment(comments, report, "description", def->general.description);
    for (guint i = 0; i < def->nics->len; i++) {
        const DomNic *nic = def->nics->pdata[i];

        if (nic->network != NULL)
            comment(comments, report, "devices/interface/source/@network", nic->network);
    }
    comment_disks(comments, report, def);
    for (guint t = 0; t < xlc_n_topics; t++) {
        for (guint k = 0; k < xlc_topics[t]->n_keys; k++)
            comment_rounded(comments, report, &xlc_topics[t]->keys[k], def);
    }
    for (guint i = 0; i < dom_n_sections; i++) {
        if (dom_sections[i].list)
            comment_devices(comments, report, &dom_sections[i], def);
        else
            comment_rest(comments, report, "", dom_section_const_data(&dom_sections[i], def));
    }
    return comments;
}

void
xlc_report_secrets(const DomDef *def, DomReport *report)
{
    if (dom_def_has_secrets(def))
        dom_report_add(report, DOM_SEVERITY_WARNING, 0, 0, "password",
                       _("a password is left out, and the console would be open to all: ask for "
                         "the secure form to keep it"));
}

/* @left_out: whether passwords were; then the text says so itself, since who opens it later may not
 * have seen the report. */
static char *
write_def(const DomDef *def, gboolean left_out, DomReport *report, GError **error)
{
    g_autoptr(XlcWriter) writer = xlc_writer_new();
    g_autoptr(GPtrArray) comments = NULL;

    if (!xlc_kept_write(def, TRUE, writer, error))
        return NULL;
    write_topics(def, writer);
    if (!xlc_kept_write(def, FALSE, writer, error))
        return NULL;
    comments = xlc_cfg_comments(def, report);
    for (guint i = 0; i < comments->len; i++)
        xlc_writer_comment(writer, comments->pdata[i]);
    if (left_out)
        xlc_writer_comment(writer, _("a password is left out: without one the console is open to all"));
    return xlc_writer_finish(writer, NULL, error);
}

char *
xlc_def_to_cfg(const DomDef *def, DomFormatFlags flags, DomReport *report, GError **error)
{
    g_autoptr(DomDef) visible = NULL;

    if ((flags & DOM_FORMAT_SECURE) || !dom_def_has_secrets(def))
        return write_def(def, FALSE, report, error);
    xlc_report_secrets(def, report);
    visible = dom_def_copy(def);
    dom_def_clear_secrets(visible);
    return write_def(visible, TRUE, report, error);
}
