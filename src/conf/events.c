/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/events.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"
#include "conf/nearest.h"

static const char *const action_texts[] = {
    NULL,       "destroy",          "restart",          "rename-restart",
    "preserve", "coredump-destroy", "coredump-restart", "soft-reset"
};
const DomEnum dom_action_names = DOM_ENUM(action_texts, DOM_ACTION_LAST);

static gboolean
action_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    int value = dom_enum_from_name(field->enums, text, FALSE);
    g_autofree char *complaint = NULL;

    if (value != 0) {
        *DOM_MEMBER(record, field, int) = value;
        return TRUE;
    }
    complaint = dom_enum_complaint(field->enums, text);
    g_set_error_literal(error, DOM_ERROR, DOM_ERROR_INVALID, complaint);
    return FALSE;
}

static char *
action_format_up_to(const DomField *field, gconstpointer record, DomAction last)
{
    int value = *DOM_CONST_MEMBER(record, field, int);

    return value <= (int)last ? g_strdup(dom_enum_name(field->enums, value)) : NULL;
}

static char *
stop_format(const DomField *field, gconstpointer record)
{
    return action_format_up_to(field, record, DOM_ACTION_PRESERVE);
}

static char *
crash_format(const DomField *field, gconstpointer record)
{
    return action_format_up_to(field, record, DOM_ACTION_COREDUMP_RESTART);
}

/* libvirt's schema has core dumps for crashes only, and no soft reset. */
static const DomXmlCodec stop = { action_parse, stop_format };
static const DomXmlCodec crash = { action_parse, crash_format };

#define ACTION(member, where, codec, text)                                                         \
    DOM_ENUM_FIELD(DomEvents, member, DomAction, &dom_action_names, where, .xml = (codec),         \
                   .doc = (text))

static const DomField fields[] = {
    ACTION(on_poweroff, "on_poweroff", &stop, N_("After the guest powered off")),
    ACTION(on_reboot, "on_reboot", &stop, N_("After the guest asked for a reboot")),
    ACTION(on_crash, "on_crash", &crash, N_("After the guest crashed")),
    ACTION(on_watchdog, NULL, NULL, N_("After the guest's watchdog fired")),
    ACTION(on_soft_reset, NULL, NULL, N_("After the guest asked for a soft reset")),
};

const DomRecord dom_events_record = DOM_RECORD(DomEvents, "events", fields, );
