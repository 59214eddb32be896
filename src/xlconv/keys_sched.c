/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gi18n-lib.h>

#include "xlconv/key.h"

static const XlcKey keys[] = {
    XLC_INT("cpu_weight", sched.weight, XLC_ANY, .doc = N_("Share of the CPUs, 1 to 65535")),
    XLC_INT("cap", sched.cap, XLC_ANY, .doc = N_("Most CPU time, per cent of one CPU")),
    XLC_INT("period", sched.period, XLC_ANY, .doc = N_("Period of a real-time scheduler, in us")),
    XLC_INT("extratime", sched.extratime, XLC_ANY,
            .doc = N_("Use idle time beyond the reservation")),
    XLC_INT("slice", sched.slice, XLC_ANY, .doc = N_("Slice of a scheduler that is gone")),
    XLC_INT("latency", sched.latency, XLC_ANY, .doc = N_("Latency of a scheduler that is gone")),
};

XLC_TOPIC(sched, keys);
