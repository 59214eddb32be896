/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two xl.cfg files parted by a line of "%%": the first one is changed to mean the second. It must
 * be possible, and doing it again must change nothing.
 */

#include <stdint.h>
#include <string.h>

#include "xlconv/edit.h"
#include "xlconv/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *
onto(const char *text, const DomDef *want)
{
    g_autoptr(GError) error = NULL;
    char *changed = xlc_edit_onto(text, strlen(text), want, DOM_FORMAT_SECURE, NULL, NULL, &error);

    g_assert_no_error(error);
    return changed;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    char *line = strstr(text, "\n%%\n");
    g_autoptr(DomDef) have = NULL;
    g_autoptr(DomDef) want = NULL;
    g_autofree char *once = NULL;
    g_autofree char *twice = NULL;
    g_autofree char *written = NULL;

    if (line == NULL || strlen(text) != size)
        return 0;
    line[1] = '\0';
    have = xlc_def_from_cfg(text, strlen(text), NULL, NULL);
    want = xlc_def_from_cfg(line + strlen("\n%%\n"), strlen(line + strlen("\n%%\n")), NULL, NULL);
    if (have != NULL && want != NULL)
        written = xlc_def_to_cfg(want, DOM_FORMAT_SECURE, NULL, NULL);
    /* what cannot be written at all cannot be written into a file either */
    if (written == NULL)
        return 0;
    once = onto(text, want);
    twice = onto(once, want);
    g_assert_cmpstr(once, ==, twice);
    return 0;
}
