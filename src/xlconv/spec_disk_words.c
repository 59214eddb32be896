/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of disk specs, and what to say about one that is none. */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "conf/nearest.h"
#include "xlconv/spec_disk_private.h"

const XlcDiskWord xlc_disk_format_words[] = {
    { "", XLC_DISK_FORMAT_RAW },        { "raw", XLC_DISK_FORMAT_RAW },
    { "qcow", XLC_DISK_FORMAT_QCOW },   { "qcow2", XLC_DISK_FORMAT_QCOW2 },
    { "vhd", XLC_DISK_FORMAT_VHD },     { "qed", XLC_DISK_FORMAT_QED },
    { "empty", XLC_DISK_FORMAT_EMPTY }, { NULL, 0 },
};

const XlcDiskWord xlc_disk_access_words[] = {
    { "", XLC_DISK_ACCESS_READ_WRITE },   { "r", XLC_DISK_ACCESS_READ_ONLY },
    { "ro", XLC_DISK_ACCESS_READ_ONLY },  { "w", XLC_DISK_ACCESS_READ_WRITE },
    { "rw", XLC_DISK_ACCESS_READ_WRITE }, { NULL, 0 },
};

const XlcDiskWord xlc_disk_backend_words[] = {
    { "phy", XLC_DISK_BACKEND_PHY },
    { "tap", XLC_DISK_BACKEND_TAP },
    { "qdisk", XLC_DISK_BACKEND_QDISK },
    { "standalone", XLC_DISK_BACKEND_STANDALONE },
    { NULL, 0 },
};

const XlcDiskWord xlc_disk_specification_words[] = {
    { "xen", XLC_DISK_SPECIFICATION_XEN },
    { "virtio", XLC_DISK_SPECIFICATION_VIRTIO },
    { NULL, 0 },
};

const XlcDiskPrefix xlc_disk_prefixes[] = {
    { "raw", XLC_DISK_FORMAT_RAW },
    { "qcow", XLC_DISK_FORMAT_QCOW },
    { "qcow2", XLC_DISK_FORMAT_QCOW2 },
    { "vhd", XLC_DISK_FORMAT_VHD },
    { "iscsi", .script = TRUE },
    { "nbd", .script = TRUE },
    { "enbd", .script = TRUE },
    { "drbd", .script = TRUE },
    { "tapdisk" },
    { "tap" },
    { "tap2" },
    { "aio" },
    { "ioemu" },
    { "file" },
    { "phy" },
    { NULL },
};

void
xlc_disk_list_prefix(GPtrArray *list, const XlcDiskPrefix *prefix)
{
    g_autofree char *word = g_strconcat(prefix->word, ":", NULL);
    XlcSpecOption *listed = xlc_spec_options_get(list, word, strlen(word));

    listed->flag = TRUE;
    listed->doc = N_("In front of the target, old syntax");
}

static const char *
word_for(const XlcDiskWord *words, int value)
{
    for (; words->word; words++) {
        if (*words->word && words->value == value)
            return words->word;
    }
    return NULL;
}

const char *
xlc_disk_format_name(XlcDiskFormat format)
{
    return word_for(xlc_disk_format_words, format);
}

const char *
xlc_disk_backend_name(XlcDiskBackend backend)
{
    return word_for(xlc_disk_backend_words, backend);
}

const char *
xlc_disk_access_name(XlcDiskAccess access)
{
    return access == XLC_DISK_ACCESS_READ_WRITE ? "rw" : word_for(xlc_disk_access_words, access);
}

const char *
xlc_disk_specification_name(XlcDiskSpecification specification)
{
    return word_for(xlc_disk_specification_words, specification);
}

char *
xlc_disk_words_expected(const XlcDiskWord *words, const char *typed)
{
    DomNearest nearest = DOM_NEAREST(typed);
    GString *list = g_string_new(NULL);
    g_autofree char *hint = NULL;

    for (; words->word; words++) {
        if (*words->word == '\0')
            continue;
        if (list->len > 0)
            g_string_append(list, words[1].word ? ", " : _(" or "));
        g_string_append(list, words->word);
        dom_nearest_try(&nearest, words->word);
    }
    hint = dom_nearest_hint(&nearest);
    g_string_append(list, hint);
    return g_string_free(list, FALSE);
}

/* The words up to their =, each once. */
static GPtrArray *
bare_words(GPtrArray *options)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < options->len; i++) {
        const char *option = options->pdata[i];
        g_autofree char *word = g_strndup(option, strcspn(option, "="));

        if (!g_ptr_array_find_with_equal_func(words, word, g_str_equal, NULL))
            g_ptr_array_add(words, g_steal_pointer(&word));
    }
    g_ptr_array_add(words, g_strdup("target"));
    return words;
}

static gboolean
knows(GPtrArray *known, const char *word)
{
    return g_ptr_array_find_with_equal_func(known, word, g_str_equal, NULL);
}

/* "discard or no-discard": @flag with the flag that takes it back, where there is one. */
static char *
flag_words(GPtrArray *known, const char *flag)
{
    static const char *const negations[] = { "no-", "un" };

    for (guint i = 0; i < G_N_ELEMENTS(negations); i++) {
        g_autofree char *opposite = g_strconcat(negations[i], flag, NULL);
        const char *positive =
            g_str_has_prefix(flag, negations[i]) ? flag + strlen(negations[i]) : NULL;

        if (knows(known, opposite))
            return g_strconcat(flag, _(" or "), opposite, NULL);
        if (positive != NULL && knows(known, positive))
            return g_strconcat(positive, _(" or "), flag, NULL);
    }
    return g_strdup(flag);
}

char *
xlc_disk_option_complaint(GPtrArray *known, const char *typed)
{
    g_autoptr(GPtrArray) words = bare_words(known);
    g_autofree char *instead = knows(known, typed) ? flag_words(known, typed) : NULL;
    g_autofree char *hint = NULL;

    if (instead != NULL)
        return xlc_spec_takes_no_value(typed, instead);
    g_ptr_array_add(words, NULL);
    hint = dom_words_hint(typed, (const char *const *)words->pdata);
    return g_strdup_printf(_("unknown disk option \"%s\"%s"), typed, hint);
}

char *
xlc_disk_surplus_complaint(GPtrArray *known, const char *typed)
{
    g_autoptr(GPtrArray) words = bare_words(known);
    DomNearest nearest = DOM_NEAREST(typed);
    g_autofree char *hint = NULL;

    if (!knows(known, typed) && knows(words, typed))
        return xlc_spec_needs_value(typed);
    for (guint i = 0; i < words->len; i++)
        dom_nearest_try(&nearest, words->pdata[i]);
    hint = dom_nearest_hint(&nearest);
    return g_strdup_printf(
        _("\"%s\" is one value too many: expected target,format,vdev,access or key=value%s"), typed,
        hint);
}
