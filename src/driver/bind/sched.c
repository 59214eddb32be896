/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const BindRow rows[] = {
    BIND_INT(sched.weight, b_info.sched_params.weight),
    BIND_INT(sched.cap, b_info.sched_params.cap),
    BIND_INT(sched.period, b_info.sched_params.period),
    BIND_INT(sched.extratime, b_info.sched_params.extratime),
    BIND_INT(sched.slice, b_info.sched_params.slice),
    BIND_INT(sched.latency, b_info.sched_params.latency),
};

const BindTopic bind_topic_sched = {
    .name = "sched",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
};
