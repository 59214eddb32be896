/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/bind/topic.h"

static const BindRow rows[] = {
    BIND_STRING(chardev.serial, b_info.u.hvm.serial, .guests = BIND_HVM),
    BIND_STRV(chardev.serial_list, b_info.u.hvm.serial_list, .guests = BIND_HVM),
};

const BindTopic bind_topic_chardev = {
    .name = "chardev",
    .rows = rows,
    .n_rows = G_N_ELEMENTS(rows),
};
