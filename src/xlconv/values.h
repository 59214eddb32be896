/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What texts a key takes beyond its shape: xl refuses the file for any other. The functions return
 * NULL when @text, the value or an item of the list, is right, and otherwise what was expected,
 * translated. Facts: xl's parse_config_data(), xl.cfg(5).
 */
#pragma once

#include <glib.h>

const char *xlc_expect_ioports(const char *text);
const char *xlc_expect_irq(const char *text);
const char *xlc_expect_iomem(const char *text);
const char *xlc_expect_mca_cap(const char *text);
const char *xlc_expect_viridian(const char *text);
const char *xlc_expect_gfx_passthru(const char *text);
const char *xlc_expect_smbios(const char *text);
const char *xlc_expect_xenstore_quota(const char *text);
const char *xlc_expect_llc_colors(const char *text);
const char *xlc_expect_altp2m_count(const char *text);
const char *xlc_expect_vuart(const char *text);
const char *xlc_expect_gic_version(const char *text);
const char *xlc_expect_tee(const char *text);
const char *xlc_expect_sve(const char *text);
const char *xlc_expect_arm_sci(const char *text);

/* Adds what stands inside the text of arm_sci to @list, of XlcSpecOption. */
void xlc_arm_sci_options(GPtrArray *list);
