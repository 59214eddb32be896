/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any text as a disk spec; what is accepted must come back from the formatter as the same spec. */

#include <stdint.h>
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/spec_disk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_issues(const GPtrArray *issues, gsize length, gboolean refused)
{
    guint errors = 0;

    for (guint i = 0; i < issues->len; i++) {
        const XlcSpecIssue *issue = issues->pdata[i];

        g_assert_cmpuint(issue->column, >=, 1);
        g_assert_cmpuint(issue->column, <=, length + 1);
        errors += issue->severity == DOM_SEVERITY_ERROR;
    }
    g_assert_cmpint(errors > 0, ==, refused);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GPtrArray) issues = xlc_spec_issues_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcDiskSpec) spec = xlc_disk_spec_parse(text, issues, &error);
    g_autoptr(XlcDiskSpec) again = NULL;
    g_autofree char *written = NULL;

    g_assert_true((spec == NULL) == (error != NULL));
    check_issues(issues, strlen(text), spec == NULL);
    if (!spec)
        return 0;
    written = xlc_disk_spec_format(spec, &error);
    if (!written) {
        g_assert_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE);
        g_assert_nonnull(strchr(spec->target, '\n'));
        return 0;
    }
    again = xlc_disk_spec_parse(written, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(xlc_disk_spec_equal(spec, again));
    return 0;
}
