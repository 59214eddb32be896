/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/clock.h"

#include <glib/gi18n-lib.h>

#include "conf/def.h"
#include "conf/nearest.h"
#include "conf/xml.h"

static const char *const tsc_texts[] = { NULL, "default", "always_emulate", "native",
                                         "native_paravirt" };
const DomEnum dom_tsc_mode_names = DOM_ENUM(tsc_texts, DOM_TSC_LAST);

static const char *const timer_texts[] = { NULL, "delay_for_missed_ticks",
                                           "no_delay_for_missed_ticks", "no_missed_ticks_pending",
                                           "one_missed_tick_pending" };
const DomEnum dom_timer_mode_names = DOM_ENUM(timer_texts, DOM_TIMER_LAST);

/* libvirt's words for the TSC modes, in the same order. */
static const char *const tsc_xml_texts[] = { NULL, "auto", "emulate", "native", "paravirt" };
static const DomEnum tsc_xml_names = DOM_ENUM(tsc_xml_texts, DOM_TSC_LAST);

/* What libvirt's clocks are set to. Xen has the first three. */
typedef enum {
    OFFSET_ABSENT,
    OFFSET_UTC,
    OFFSET_LOCALTIME,
    OFFSET_VARIABLE,
    OFFSET_TIMEZONE,
    OFFSET_ABSOLUTE,
    OFFSET_LAST = OFFSET_ABSOLUTE,
} Offset;

static const char *const offset_texts[] = { NULL,       "utc",      "localtime",
                                            "variable", "timezone", "absolute" };
static const DomEnum offset_names = DOM_ENUM(offset_texts, OFFSET_LAST);

static gboolean
tsc_parse(const DomField *field, gpointer record, const char *text, GError **error)
{
    int value = dom_enum_from_name(&tsc_xml_names, text, FALSE);

    if (value == 0)
        return FALSE;
    *DOM_MEMBER(record, field, int) = value;
    return TRUE;
}

static char *
tsc_format(const DomField *field, gconstpointer record)
{
    return g_strdup(dom_enum_name(&tsc_xml_names, *DOM_CONST_MEMBER(record, field, int)));
}

static const DomXmlCodec tsc = { tsc_parse, tsc_format };

static const DomField fields[] = {
    DOM_TRISTATE_FIELD(DomClock, localtime, NULL, .doc = N_("The RTC shows local time")),
    DOM_INT_FIELD(DomClock, rtc_timeoffset, NULL, .doc = N_("How far the RTC is off, in seconds")),
    DOM_ENUM_FIELD(DomClock, tsc_mode, DomTscMode, &dom_tsc_mode_names,
                   "clock/timer[@name='tsc']/@mode", .xml = &tsc,
                   .doc = N_("How the guest reads the time stamp counter")),
    DOM_ENUM_FIELD(DomClock, timer_mode, DomTimerMode, &dom_timer_mode_names, NULL,
                   .doc = N_("What becomes of timer ticks that were missed")),
    DOM_TRISTATE_FIELD(DomClock, hpet, "clock/timer[@name='hpet']/@present",
                       .doc = N_("Offer the HPET timer")),
    DOM_TRISTATE_FIELD(DomClock, vpt_align, NULL, .doc = N_("Align periodic timers")),
};

static void
take_adjustment(DomXml *xml, xmlNodePtr clock, DomClock *record)
{
    g_autofree char *text = dom_xml_peek(clock, "@adjustment");
    g_autofree char *basis = dom_xml_take(xml, clock, "@basis");

    if (g_strcmp0(basis, "localtime") == 0)
        record->localtime = DOM_TRISTATE_ON;
    if (text == NULL || !g_ascii_string_to_signed(text, 10, G_MININT32, G_MAXINT32,
                                                  &record->rtc_timeoffset.value, NULL))
        return;
    record->rtc_timeoffset.set = TRUE;
    dom_xml_claim(xml, clock, "@adjustment");
}

/* Xen's clock is set anew at each start in any case. */
static void
keep_reset(DomXml *xml, xmlNodePtr clock, DomClock *record)
{
    g_autofree char *adjustment = dom_xml_peek(clock, "@adjustment");

    if (g_strcmp0(adjustment, "reset") != 0)
        return;
    dom_xml_claim(xml, clock, "@adjustment");
    dom_xml_keep(xml, clock, "clock/@adjustment", &record->rest, "clock", "adjustment", adjustment);
}

/* OFFSET_ABSENT, reported, for a word that libvirt has not. */
static Offset
read_offset(DomXml *xml, xmlNodePtr clock)
{
    g_autofree char *text = dom_xml_peek(clock, "@offset");
    g_autofree char *complaint = NULL;
    int offset = text != NULL ? dom_enum_from_name(&offset_names, text, FALSE) : OFFSET_ABSENT;

    if (text == NULL || offset != OFFSET_ABSENT)
        return (Offset)offset;
    complaint = dom_enum_complaint(&offset_names, text);
    dom_xml_claim(xml, clock, "@offset");
    dom_xml_report(xml, DOM_SEVERITY_ERROR, clock, "clock/@offset", "%s", complaint);
    return OFFSET_ABSENT;
}

/* UTC is what xl has without a key, so it sets nothing. */
static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    xmlNodePtr clock = dom_xml_child(node, "clock");
    Offset offset = clock != NULL ? read_offset(xml, clock) : OFFSET_ABSENT;
    DomClock *data = record;

    /* Its parts are kept one by one, since there is always a <clock>. */
    dom_xml_claim(xml, node, "clock");
    if (clock == NULL)
        return;
    if (offset == OFFSET_LOCALTIME)
        data->localtime = DOM_TRISTATE_ON;
    else if (offset == OFFSET_VARIABLE)
        take_adjustment(xml, clock, data);
    if (offset == OFFSET_UTC || offset == OFFSET_LOCALTIME || offset == OFFSET_ABSENT)
        keep_reset(xml, clock, data);
    if (offset != OFFSET_UTC && offset != OFFSET_LOCALTIME && offset != OFFSET_VARIABLE)
        return;
    dom_xml_claim(xml, node, "clock/@offset");
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomClock *clock = record;
    gboolean local = clock->localtime == DOM_TRISTATE_ON;
    g_autofree char *seconds = NULL;

    if (!clock->rtc_timeoffset.set) {
        dom_xml_set(node, "clock/@offset", local ? "localtime" : "utc");
        return;
    }
    seconds = g_strdup_printf("%" G_GINT64_FORMAT, clock->rtc_timeoffset.value);
    dom_xml_set(node, "clock/@offset", "variable");
    dom_xml_set(node, "clock/@adjustment", seconds);
    dom_xml_set(node, "clock/@basis", local ? "localtime" : "utc");
}

const DomRecord dom_clock_record =
    DOM_RECORD(DomClock, "clock", fields, .parse = parse, .format = format);
