/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a file to lay out, and as one to give advice on. A layout must settle at once; a
 * file is refused only when it is no xl.cfg.
 */

#include <stdint.h>
#include <string.h>

#include "xlconv/advice.h"
#include "xlconv/error.h"
#include "xlconv/layout.h"
#include "xlconv/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
lay_out(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *once = xlc_layout(text, length, NULL, &error);
    g_autofree char *twice = NULL;

    g_assert_true((once == NULL) == (error != NULL));
    if (once == NULL) {
        g_assert_false(g_error_matches(error, XLC_ERROR, XLC_ERROR_UNWRITABLE));
        return;
    }
    twice = xlc_layout(once, strlen(once), NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(once, ==, twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(DomReport) report = dom_report_new(NULL);
    g_autoptr(DomReport) grammar = dom_report_new(NULL);
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(text, strlen(text), grammar, NULL);
    g_autoptr(DomDef) def = NULL;

    lay_out((const char *)data, size);
    def = xlc_def_from_cfg(text, strlen(text), report, NULL);
    xlc_advise(doc, grammar, def, NULL, NULL, report);
    return 0;
}
