/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The brackets of a list that share a line with an item, beside lists with a line for each:
 *
 *     disk = [ "phy:/dev/a,xvda,w",      # first
 *              "phy:/dev/b,xvdb,w" ]     # last
 *
 * While the list is edited they stand on lines of their own, so that each comment is behind the item
 * that it is of, and items come and go as they do in any other list.
 */
#pragma once

#include <glib.h>

/* @text (transfer full) with the brackets of the lists of @differences, of XlcDifference, on lines of
 * their own, which *@ret_brackets (transfer full) knows; NULL where there are none such. */
char *xlc_brackets_part(const char *text, const GPtrArray *differences, GArray **ret_brackets);

/* What has become of that text (transfer full), with the brackets on the lines of their items. */
char *xlc_brackets_join(const GArray *brackets, const char *text);
