/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const int action_values[] = {
    [DOM_ACTION_DESTROY] = LIBXL_ACTION_ON_SHUTDOWN_DESTROY,
    [DOM_ACTION_RESTART] = LIBXL_ACTION_ON_SHUTDOWN_RESTART,
    [DOM_ACTION_RENAME_RESTART] = LIBXL_ACTION_ON_SHUTDOWN_RESTART_RENAME,
    [DOM_ACTION_PRESERVE] = LIBXL_ACTION_ON_SHUTDOWN_PRESERVE,
    [DOM_ACTION_COREDUMP_DESTROY] = LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_DESTROY,
    [DOM_ACTION_COREDUMP_RESTART] = LIBXL_ACTION_ON_SHUTDOWN_COREDUMP_RESTART,
    [DOM_ACTION_SOFT_RESET] = LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET,
};
static const BindValues actions = BIND_VALUES(action_values, DOM_ACTION_LAST);

static const BindRow rows[] = {
    BIND_ENUM(events.on_poweroff, DomAction, on_poweroff, &actions),
    BIND_ENUM(events.on_reboot, DomAction, on_reboot, &actions),
    BIND_ENUM(events.on_crash, DomAction, on_crash, &actions),
    BIND_ENUM(events.on_watchdog, DomAction, on_watchdog, &actions),
    BIND_ENUM(events.on_soft_reset, DomAction, on_soft_reset, &actions),
};

/* xl's defaults; libxl's own would be destroy for each of them, which is right for the others. */
static gboolean
apply(const BindContext *context, libxl_domain_config *config, GError **error)
{
    if (context->def->events.on_reboot == DOM_ACTION_ABSENT)
        config->on_reboot = LIBXL_ACTION_ON_SHUTDOWN_RESTART;
    if (context->def->events.on_soft_reset == DOM_ACTION_ABSENT)
        config->on_soft_reset = LIBXL_ACTION_ON_SHUTDOWN_SOFT_RESET;
    return TRUE;
}

const BindTopic bind_topic_events = {
    .name = "events",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
    .apply = apply,
};
