/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "conf/sched.h"

#include <glib/gi18n-lib.h>

#include "conf/xml.h"

static const DomField fields[] = {
    DOM_INT_FIELD(DomSched, weight, "cputune/shares", .xml = &dom_xml_natural,
                  .doc = N_("Share of the CPUs")),
    DOM_INT_FIELD(DomSched, cap, NULL, .doc = N_("Most CPU time, per cent of one CPU")),
    DOM_INT_FIELD(DomSched, period, NULL, .doc = N_("Period of a real-time scheduler")),
    DOM_INT_FIELD(DomSched, extratime, NULL, .doc = N_("Use idle time beyond the reservation")),
    DOM_INT_FIELD(DomSched, slice, NULL, .doc = N_("Slice of a scheduler that is gone")),
    DOM_INT_FIELD(DomSched, latency, NULL, .doc = N_("Latency of a scheduler that is gone")),
};

/* A cap in per cent of one CPU is a quota for the whole guest in each period. */
#define QUOTA          "cputune/global_quota"
#define PERIOD         "cputune/global_period"
#define DEFAULT_PERIOD 100000 /* microseconds; libvirt's */

static gboolean
peek_number(xmlNodePtr node, const char *path, guint64 otherwise, guint64 *ret_number)
{
    g_autofree char *text = dom_xml_peek(node, path);

    *ret_number = otherwise;
    return text == NULL || dom_xml_parse_uint(text, ret_number);
}

/* A quota that is no whole number of per cent stays unknown XML. */
static void
parse(DomXml *xml, DomXmlNode *node, gpointer record, DomDef *def)
{
    DomSched *sched = record;
    guint64 quota, period;

    if (!peek_number(node, QUOTA, 0, &quota) || quota == 0 || quota > G_MAXINT64 / 100 ||
        !peek_number(node, PERIOD, DEFAULT_PERIOD, &period) || period == 0 ||
        quota * 100 % period != 0 || quota * 100 / period > G_MAXINT32)
        return;
    sched->cap = (DomInt){ .value = (gint64)(quota * 100 / period), .set = TRUE };
    dom_xml_claim(xml, node, QUOTA);
    dom_xml_claim(xml, node, PERIOD);
}

guint64
dom_sched_quota(guint64 cap)
{
    return cap * (DEFAULT_PERIOD / 100);
}

static void
format(DomXml *xml, DomXmlNode *node, gconstpointer record, const DomDef *def)
{
    const DomSched *sched = record;

    if (!sched->cap.set || sched->cap.value <= 0)
        return;
    dom_xml_set_uint(node, PERIOD, DEFAULT_PERIOD);
    dom_xml_set_uint(node, QUOTA, dom_sched_quota((guint64)sched->cap.value));
}

const DomRecord dom_sched_record =
    DOM_RECORD(DomSched, "sched", fields, .parse = parse, .format = format);
