/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Any text as a vif spec and as a rate; what is accepted must come back from the formatter as the
 * same. */

#include <stdint.h>
#include <string.h>

#include "xlconv/error.h"
#include "xlconv/spec_vif.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_rate(const char *text)
{
    g_autofree char *written = NULL;
    XlcVifRate rate;
    XlcVifRate again;

    if (!xlc_vif_rate_parse(text, &rate, NULL))
        return;
    written = xlc_vif_rate_format(&rate, NULL);
    g_assert_nonnull(written);
    g_assert_true(xlc_vif_rate_parse(written, &again, NULL));
    g_assert_cmpuint(rate.bytes_per_interval, ==, again.bytes_per_interval);
    g_assert_cmpuint(rate.interval_usecs, ==, again.interval_usecs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(XlcVifSpec) spec = xlc_vif_spec_parse(text, NULL, &error);
    g_autoptr(XlcVifSpec) again = NULL;
    g_autofree char *written = NULL;

    check_rate(text);
    g_assert_true((spec == NULL) == (error != NULL));
    if (!spec)
        return 0;
    written = xlc_vif_spec_format(spec, &error);
    g_assert_no_error(error);
    again = xlc_vif_spec_parse(written, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(xlc_vif_spec_equal(spec, again));
    return 0;
}
