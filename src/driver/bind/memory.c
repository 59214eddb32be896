/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const BindRow rows[] = {
    BIND_UINT(memory.target, b_info.target_memkb),
    BIND_UINT(memory.max, b_info.max_memkb),
    BIND_UINT(memory.shadow, b_info.shadow_memkb),
};

static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    if (!context->def->memory.max.set)
        config->b_info.max_memkb = config->b_info.target_memkb;
    return TRUE;
}

static void
read_config(const libxl_domain_config *config, const libxl_domain_config *blank, DomDef *def)
{
    if (config->b_info.max_memkb == config->b_info.target_memkb)
        def->memory.max = (DomUint){ 0 };
}

const BindTopic bind_topic_memory = {
    .name = "memory",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
    .read = read_config,
};
