/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "xlconv/spec.h"

/*
 * The network interface specification language, xl-network-configuration(5): one item of vif=[...].
 *
 *     "mac=00:16:3e:01:02:03,bridge=xenbr0,rate=10Mb/s@20ms"
 *
 * xl is lenient here: an option it does not know, a bad MAC address or a bad type costs a message
 * and that option. Only a bad rate=, devid= and mtu= end it.
 */

typedef enum {
    XLC_VIF_TYPE_ABSENT,
    XLC_VIF_TYPE_VIF,
    XLC_VIF_TYPE_IOEMU,
} XlcVifType;

/**
 * XlcVifOption:
 *
 * An option kept as text; @value NULL when there was no =.
 */
typedef struct {
    char *key;
    char *value;
} XlcVifOption;

/**
 * XlcVifRate:
 * @bytes_per_interval: bytes that may be sent per interval
 * @interval_usecs: microseconds; 50000 when the text names none
 */
typedef struct {
    guint64 bytes_per_interval;
    guint32 interval_usecs;
} XlcVifRate;

/**
 * XlcVifSpec:
 * @has_mac: mac= was there and its leading groups could be read (those missing are zero, as in xl)
 * @gatewaydev: netdev= is an old alias for it
 * @rate: the text of rate=, NULL absent; @rate_parsed holds its meaning
 * @has_devid, @has_mtu: whether the number was there
 * @accel: ignored by xl with a message
 * @colo: (element-type XlcVifOption): COLO options in order (forwarddev, colo_*), repeats kept; the
 * last counts
 * @unknown: (element-type XlcVifOption): options that xl does not know, each one reported by the
 * parser as a warning; xlc_vif_spec_format() writes them
 *
 * Strings are NULL when absent, may be empty, and are owned by the struct.
 */
typedef struct {
    gboolean has_mac;
    guint8 mac[6];
    char *bridge;
    char *gatewaydev;
    XlcVifType type;
    char *model;
    char *vifname;
    char *script;
    char *ip;
    char *backend;
    char *rate;
    XlcVifRate rate_parsed;
    gboolean has_devid;
    int devid;
    gboolean has_mtu;
    int mtu;
    char *vlan;
    XlcTristate trusted;
    char *accel;
    GPtrArray *colo;
    GPtrArray *unknown;
} XlcVifSpec;

/* Adds what the language has to @list, of XlcSpecOption; their members are those of a DomNic. */
void xlc_vif_options(GPtrArray *list);

/* Whether @key names a COLO option (forwarddev, colo_*). */
gboolean xlc_vif_is_colo_key(const char *key);

/* Appends to spec->colo or spec->unknown; key and value are copied, @value may be NULL. */
void xlc_vif_spec_add_option(GPtrArray *options, const char *key, const char *value);

/* Returns: (transfer full): an empty spec, to be filled by hand */
XlcVifSpec *xlc_vif_spec_new(void);

void xlc_vif_spec_free(XlcVifSpec *spec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlcVifSpec, xlc_vif_spec_free)

/**
 * xlc_vif_spec_parse:
 * @text: one spec; may be empty, that is an interface with all defaults
 * @issues: (nullable): errors, and warnings for what xl only grumbles about
 * @error: XLC_ERROR_VALUE: a bad rate=, devid= or mtu=, with its column
 *
 * Returns: (transfer full): the spec, or NULL
 */
XlcVifSpec *xlc_vif_spec_parse(const char *text, GPtrArray *issues, GError **error);

/* As six groups of two lower-case digits (transfer full); NULL when there is none. */
char *xlc_vif_mac_text(const XlcVifSpec *spec);

/**
 * xlc_vif_spec_format:
 * @error: XLC_ERROR_UNWRITABLE: a comma in a value
 *
 * Parsing the result gives @spec again.
 *
 * Returns: (transfer full): one spec
 */
char *xlc_vif_spec_format(const XlcVifSpec *spec, GError **error);

gboolean xlc_vif_spec_equal(const XlcVifSpec *a, const XlcVifSpec *b);

/**
 * xlc_vif_rate_parse:
 * @text: N[GMK](B|b)/s[@N[s|ms|us]]; K, M, G are powers of 1000, B bytes, b bits, an interval
 * without a unit is seconds (the manual says microseconds; xlu_vif_parse_rate reads seconds)
 * @error: XLC_ERROR_VALUE
 */
gboolean xlc_vif_rate_parse(const char *text, XlcVifRate *ret_rate, GError **error);

/**
 * xlc_vif_rate_format:
 * @error: XLC_ERROR_UNWRITABLE when no text yields exactly these numbers
 *
 * Returns: (transfer full): the shortest usual spelling of a rate
 */
char *xlc_vif_rate_format(const XlcVifRate *rate, GError **error);

/**
 * xlc_vif_rate_round_up:
 *
 * A count has 32 bits, so that above 4 GB/s only every 125th byte per second has a form.
 *
 * Returns: (transfer full) (nullable): the lowest rate that has a form and is not below @rate; NULL
 * when it is higher than any
 */
char *xlc_vif_rate_round_up(const XlcVifRate *rate);
