/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"

#define ACTION(name, member, text)                                                                 \
    XLC_ENUM(name, events.member, DomAction, &dom_action_names, XLC_ANY, .doc = (text))

static const XlcKey keys[] = {
    ACTION("on_poweroff", on_poweroff, N_("After the guest powered off")),
    ACTION("on_reboot", on_reboot, N_("After the guest asked for a reboot")),
    ACTION("on_crash", on_crash, N_("After the guest crashed")),
    ACTION("on_watchdog", on_watchdog, N_("After the guest's watchdog fired")),
    ACTION("on_soft_reset", on_soft_reset, N_("After the guest asked for a soft reset")),
};

XLC_TOPIC(events, keys);
