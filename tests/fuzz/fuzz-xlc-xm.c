/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Any bytes as a file of the old xm: what is accepted becomes xl.cfg with each statement in its
 * line, and is what it is when it is read as xm's once more.
 */

#include <stdint.h>
#include <string.h>

#include "fail.h"
#include "xlconv/doc.h"
#include "xlconv/layout.h"
#include "xlconv/xm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each key stands where it stood: messages about the xl.cfg show the right place. */
static void
check_places(const char *xm, const XlcDoc *doc)
{
    g_auto(GStrv) lines = g_strsplit(xm, "\n", -1);

    for (guint i = 0; i < xlc_doc_n_assignments(doc); i++) {
        const XlcAssignment *assignment = xlc_doc_assignment(doc, i);
        const char *line;

        g_assert_cmpuint(assignment->start.line, <=, g_strv_length(lines));
        line = lines[assignment->start.line - 1];
        g_assert_cmpuint(assignment->start.column, <=, strlen(line));
        if (!g_str_has_prefix(line + assignment->start.column - 1, assignment->key))
            fuzz_fail("%s is not in line %u, column %u\n", assignment->key, assignment->start.line,
                      assignment->start.column);
    }
}

static char *
lay_out(const char *cfg)
{
    g_autoptr(GError) error = NULL;
    char *text = xlc_layout(cfg, strlen(cfg), NULL, &error);

    if (text == NULL)
        fuzz_fail("%s\n%s", error->message, cfg);
    return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *words = xlc_xm_read((const char *)data, size, NULL, NULL);
    g_autofree char *cfg = xlc_xm_to_cfg((const char *)data, size, NULL, &error);
    g_autofree char *tidy = NULL;
    g_autofree char *again = NULL;
    g_autofree char *tidy_again = NULL;
    g_autofree char *plain = NULL;
    g_autoptr(XlcDoc) doc = NULL;

    g_assert_true((cfg == NULL) == (error != NULL));
    if (cfg == NULL)
        return 0;
    tidy = lay_out(cfg);
    doc = xlc_doc_parse(words, strlen(words), NULL, NULL);
    plain = xlc_plain_lines((const char *)data, size, NULL);
    check_places(plain, doc);
    again = xlc_xm_to_cfg(tidy, strlen(tidy), NULL, &error);
    if (again == NULL)
        fuzz_fail("%s\n%s", error->message, tidy);
    tidy_again = lay_out(again);
    g_assert_cmpstr(tidy, ==, tidy_again);
    return 0;
}
