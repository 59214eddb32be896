/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/spec_vif.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "xlconv/error.h"

#define DEFAULT_INTERVAL_USECS 50000
#define USECS_PER_SECOND       1000000

/* What a unit multiplies by. */
typedef struct {
    const char *word;
    guint64 factor;
} Unit;

static const Unit rate_units[] = {
    { "G", 1000 * 1000 * 1000 },
    { "M", 1000 * 1000 },
    { "K", 1000 },
    { "", 1 },
};

/* From coarse to fine. */
static const Unit interval_units[] = {
    { "s", USECS_PER_SECOND },
    { "ms", 1000 },
    { "us", 1 },
};

static gboolean
refuse(GError **error, const char *text, const char *problem)
{
    g_set_error(error, XLC_ERROR, XLC_ERROR_VALUE, _("bad rate \"%s\": %s"), text, problem);
    return FALSE;
}

/*
 * Digits at the begin of [@p, @end) and the rest behind them. xl finds the digits by a pattern but
 * reads the number with strtoull() base 0, so that 010 is eight and behind 018 its unit is "8...":
 * @ret_unit is what strtoull() left.
 */
static gboolean
read_digits(const char *p, const char *end, guint64 *ret_number, const char **ret_rest,
            const char **ret_unit)
{
    const char *rest = p;
    char *unit;

    while (rest < end && g_ascii_isdigit(*rest))
        rest++;
    if (rest == p)
        return FALSE;
    *ret_number = g_ascii_strtoull(p, &unit, 0);
    *ret_rest = rest;
    *ret_unit = unit;
    return TRUE;
}

static gboolean
is_rest(const char *p, const char *end, const char *word)
{
    return (gsize)(end - p) == strlen(word) && memcmp(p, word, end - p) == 0;
}

static gboolean
has_rate_unit(const char *p, const char *end)
{
    if (p < end && (*p == 'G' || *p == 'M' || *p == 'K'))
        p++;
    return is_rest(p, end, "B/s") || is_rest(p, end, "b/s");
}

static gboolean
parse_bytes_per_second(const char *text, const char *end, guint64 *ret_bytes, GError **error)
{
    const char *rest;
    const char *unit;
    guint64 number;

    if (!read_digits(text, end, &number, &rest, &unit) || !has_rate_unit(rest, end))
        return refuse(error, text,
                      _("expected a number and B/s, KB/s, MB/s, GB/s, b/s, Kb/s, Mb/s "
                        "or Gb/s"));
    if (number == 0 || number > G_MAXUINT32)
        return refuse(error, text, _("expected a number from 1 to 4294967295"));
    for (gsize i = 0; i < G_N_ELEMENTS(rate_units); i++) {
        if (*unit == *rate_units[i].word)
            number *= rate_units[i].factor;
    }
    if (unit[0] == 'b' || unit[1] == 'b')
        number /= 8;
    *ret_bytes = number;
    return TRUE;
}

static gboolean
has_interval_unit(const char *p, const char *end)
{
    if (p < end && (*p == 'm' || *p == 'u'))
        p++;
    return p == end || is_rest(p, end, "s");
}

static gboolean
parse_interval(const char *text, const char *at, guint32 *ret_usecs, GError **error)
{
    const char *end = at + strlen(at);
    const char *rest;
    const char *unit;
    guint64 number;

    if (!read_digits(at, end, &number, &rest, &unit) || !has_interval_unit(rest, end))
        return refuse(error, text,
                      _("expected an interval such as 50ms, 100us or 1s behind the @"));
    if (number > G_MAXUINT32)
        number = 0; /* refused below */
    else if (*unit == 's' || *unit == '\0')
        number *= USECS_PER_SECOND;
    else if (*unit == 'm')
        number *= 1000;
    if (number == 0 || number > G_MAXUINT32)
        return refuse(error, text, _("expected an interval from 1us to 4294s"));
    *ret_usecs = number;
    return TRUE;
}

gboolean
xlc_vif_rate_parse(const char *text, XlcVifRate *ret_rate, GError **error)
{
    guint32 interval = DEFAULT_INTERVAL_USECS;
    const char *at = strchr(text, '@');
    guint64 bytes;

    if (!parse_bytes_per_second(text, at ? at : text + strlen(text), &bytes, error))
        return FALSE;
    if (at && !parse_interval(text, at + 1, &interval, error))
        return FALSE;
    if (bytes > G_MAXUINT64 / interval)
        return refuse(error, text, _("too large for its interval"));
    ret_rate->bytes_per_interval = bytes * interval / USECS_PER_SECOND;
    ret_rate->interval_usecs = interval;
    return TRUE;
}

static char *
spell(guint64 number, const char *unit, guint32 interval)
{
    const Unit *interval_unit = interval_units;

    if (interval == DEFAULT_INTERVAL_USECS)
        return g_strdup_printf("%" PRIu64 "%s", number, unit);
    while (interval % interval_unit->factor != 0)
        interval_unit++;
    return g_strdup_printf("%" PRIu64 "%s@%" PRIu64 "%s", number, unit,
                           interval / interval_unit->factor, interval_unit->word);
}

/* Bytes per interval are rounded down, so that a range of rates gives the same: the roundest one is
 * written. With @up it may be above that range when none within it has a form. */
static char *
format_rate(guint64 bytes, guint32 interval, gboolean up)
{
    static const Unit units[] = {
        { "GB/s", 1000 * 1000 * 1000 },
        { "Gb/s", 125 * 1000 * 1000 },
        { "MB/s", 1000 * 1000 },
        { "Mb/s", 125 * 1000 },
        { "KB/s", 1000 },
        { "Kb/s", 125 },
        { "B/s", 1 },
    };
    guint64 second = USECS_PER_SECOND;
    const char *nearest_unit = NULL;
    guint64 nearest = 0, lowest, above;

    if (interval == 0 || bytes >= G_MAXUINT64 / second - interval)
        return NULL;
    if (bytes == 0)
        return spell(1, "b/s", interval); /* less than a byte per second, and so nothing at all */
    lowest = (bytes * second + interval - 1) / interval;
    above = ((bytes + 1) * second + interval - 1) / interval;
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
        guint64 factor = units[i].factor;
        guint64 number = MAX(1, lowest / factor + (lowest % factor != 0));

        if (number > G_MAXUINT32)
            break; /* and of a finer unit even more */
        if (number * factor < above)
            return spell(number, units[i].word, interval);
        nearest = number;
        nearest_unit = units[i].word;
    }
    return up && nearest_unit != NULL ? spell(nearest, nearest_unit, interval) : NULL;
}

char *
xlc_vif_rate_round_up(const XlcVifRate *rate)
{
    g_autofree char *text = format_rate(rate->bytes_per_interval, rate->interval_usecs, TRUE);
    XlcVifRate again;

    return text != NULL && xlc_vif_rate_parse(text, &again, NULL) ? g_steal_pointer(&text) : NULL;
}

char *
xlc_vif_rate_format(const XlcVifRate *rate, GError **error)
{
    g_autofree char *text = format_rate(rate->bytes_per_interval, rate->interval_usecs, FALSE);
    XlcVifRate again;

    if (text && xlc_vif_rate_parse(text, &again, NULL) &&
        again.bytes_per_interval == rate->bytes_per_interval &&
        again.interval_usecs == rate->interval_usecs)
        return g_steal_pointer(&text);
    g_set_error(error, XLC_ERROR, XLC_ERROR_UNWRITABLE,
                _("xl.cfg cannot say a rate of %" PRIu64 " bytes per %u microseconds"),
                rate->bytes_per_interval, rate->interval_usecs);
    return NULL;
}
