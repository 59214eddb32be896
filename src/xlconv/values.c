/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/values.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/hyperv.h"
#include "conf/ranges.h"
#include "conf/smbios.h"
#include "xlconv/numbers.h"
#include "xlconv/spec.h"

/* libxl's words are the same in upper and lower case. */
static gboolean
is_word(const char *text, gsize length, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strlen(*words) == length && g_ascii_strncasecmp(*words, text, length) == 0)
            return TRUE;
    }
    return FALSE;
}

#define IS_WORD(text, ...) is_word((text), strlen(text), (const char *const[]){ __VA_ARGS__, NULL })

const char *
xlc_expect_ioports(const char *text)
{
    guint32 first, last;

    return dom_range_ioports(text, &first, &last) ? NULL : _("a hexadecimal number or range");
}

const char *
xlc_expect_irq(const char *text)
{
    guint32 irq;

    return dom_range_irq(text, &irq) ? NULL : _("a decimal number");
}

const char *
xlc_expect_iomem(const char *text)
{
    guint64 start, number, gfn;

    return dom_range_iomem(text, &start, &number, &gfn)
               ? NULL
               : _("START,COUNT or START,COUNT@GFN in hexadecimal numbers");
}

const char *
xlc_expect_mca_cap(const char *text)
{
    return strcmp(text, "lmce") == 0 ? NULL : "lmce";
}

const char *
xlc_expect_viridian(const char *text)
{
    return dom_hyperv_is_item(text) ? NULL
                                    : _("a group of enlightenments; see viridian in xl.cfg(5)");
}

/* A number is on or off. */
const char *
xlc_expect_gfx_passthru(const char *text)
{
    gint64 number;

    return xlc_number_parse(text, G_MININT64, G_MAXINT64, &number, NULL) ||
                   IS_WORD(text, "default", "igd")
               ? NULL
               : _("0, 1, default or igd");
}

const char *
xlc_expect_smbios(const char *text)
{
    const char *equals = strchr(text, '=');

    return equals != NULL && equals[1] != '\0' && dom_smbios_is_key(text, (gsize)(equals - text))
               ? NULL
               : _("NAME=TEXT, with a name of smbios in xl.cfg(5)");
}

const char *
xlc_expect_xenstore_quota(const char *text)
{
    const char *equals = strchr(text, '=');
    char *end = NULL;
    gulong value = 0;

    errno = 0;
    if (equals != NULL)
        value = strtoul(equals + 1, &end, 0);
    return equals != NULL && errno == 0 && equals[1] != '\0' && *end == '\0' && value <= G_MAXUINT32
               ? NULL
               : _("NAME=NUMBER");
}

/* What follows the numbers does not count, as in xl. */
const char *
xlc_expect_llc_colors(const char *text)
{
    guint first, last;
    int n = sscanf(text, "%u-%u", &first, &last);

    return n == 1 || (n == 2 && first <= last) ? NULL : _("a number or a range like 0-3");
}

/* What is no number xl does not look at. */
const char *
xlc_expect_altp2m_count(const char *text)
{
    gint64 number;

    return !xlc_number_parse(text, G_MININT64, G_MAXINT64, &number, NULL) ||
                   (number >= 0 && number <= G_MAXUINT16)
               ? NULL
               : _("0 to 65535");
}

const char *
xlc_expect_vuart(const char *text)
{
    return IS_WORD(text, "unknown", "sbsa_uart") ? NULL : "sbsa_uart";
}

const char *
xlc_expect_gic_version(const char *text)
{
    return IS_WORD(text, "default", "v2", "v3") ? NULL : _("default, v2 or v3");
}

const char *
xlc_expect_tee(const char *text)
{
    return IS_WORD(text, "none", "optee", "ffa") ? NULL : _("none, optee or ffa");
}

const char *
xlc_expect_sve(const char *text)
{
    guint64 bits;

    return IS_WORD(text, "hw", "disabled") ||
                   (g_ascii_string_to_unsigned(text, 10, 128, 2048, &bits, NULL) && bits % 128 == 0)
               ? NULL
               : _("hw, disabled, or 128 to 2048 in steps of 128");
}

static const char *const sci_types[] = { "none", "scmi_smc", NULL };

/* Other options xl passes over. */
const char *
xlc_expect_arm_sci(const char *text)
{
    g_auto(GStrv) options = g_strsplit(text, ",", -1);

    for (char **option = options; *option != NULL; option++) {
        const char *type = *option + strlen("type=");

        if (g_str_has_prefix(*option, "type=") && !is_word(type, strlen(type), sci_types))
            return _("type=none or type=scmi_smc");
    }
    return NULL;
}

void
xlc_arm_sci_options(GPtrArray *list)
{
    XlcSpecOption *type = xlc_spec_options_get(list, "type", strlen("type"));

    for (const char *const *word = sci_types; *word != NULL; word++)
        xlc_spec_option_add_word(type, *word);
}
