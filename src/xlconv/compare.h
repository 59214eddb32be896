/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two guests compared by meaning: key by key, each as xl.cfg would say it.
 *
 *     g_autoptr(GPtrArray) found = xlc_compare(a, b, &error);
 *
 *     for (guint i = 0; found != NULL && i < found->len; i++) {
 *         const XlcDifference *one = found->pdata[i];
 *         ...
 *
 * How a value was spelled does not count (0x200 is 512, root and extra are cmdline), nor does where
 * it stood. Pure; safe from any thread that may read the models.
 */
#pragma once

#include "conf/def.h"
#include "xlconv/doc.h"
#include "xlconv/key.h"

/* Topic of assignments that no row understands. */
#define XLC_TOPIC_KEPT "kept"

typedef struct {
    const char *topic;   /* static */
    char *key;           /* as it is written, never an alias */
    const XlcKey *known; /* its row; NULL for one that is only kept */
    char *a;             /* "key = value\n" of the first guest; "" where the key is absent */
    char *b;             /* of the second */
} XlcDifference;

/*
 * All keys that differ (transfer full; of XlcDifference, which the array frees), in the order of
 * topics and rows. NULL with XLC_ERROR_UNWRITABLE when a model holds what xl.cfg cannot say.
 */
GPtrArray *xlc_compare(const DomDef *a, const DomDef *b, GError **error);

/* The same of the keys that rows understand alone; and adds those that are only kept to @found. */
GPtrArray *xlc_compare_known(const DomDef *a, const DomDef *b, GError **error);
gboolean xlc_compare_kept(const DomDef *a, const DomDef *b, GPtrArray *found, GError **error);

/* "key = value\n" (transfer full), "" when absent; NULL with XLC_ERROR_UNWRITABLE. */
char *xlc_key_text(const XlcKey *key, const DomDef *def, GError **error);

/* Whether that is an assignment. */
gboolean xlc_key_is_said(const XlcKey *key, const DomDef *def);

/*
 * The items of a list as xl.cfg text each (transfer full): quoted, or in brackets for a list inside
 * the list.
 */
GPtrArray *xlc_item_texts(const XlcValue *list);
