/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains for the tests of the driver. */
#pragma once

#include <config.h>

#include "driver/domains.h"
#include "driver/error.h"

/* A definition of the name, with a uuid that ends in @number (two digits). */
static inline DomDef *
fixture_def(const char *name, guint number)
{
    DomDef *def = dom_def_new();
    def->general.name = g_strdup(name);
    def->general.uuid = g_strdup_printf("11111111-2222-4333-8444-5555555555%02u", number);
    def->general.type = DOM_TYPE_PVH;
    return def;
}

static inline DrvDomain *
fixture_domain(const char *name, guint number)
{
    g_autoptr(GError) error = NULL;
    DrvDomain *domain = drv_domain_new(fixture_def(name, number), &error);
    g_assert_no_error(error);
    return domain;
}
