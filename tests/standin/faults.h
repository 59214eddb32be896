/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where the world goes wrong. A test arms a fault at a point, which is the name of a function or
 * "function:stage"; each function of the stand-in passes its points, with nothing locked.
 */

#include <stdbool.h>

#include "world.h"

/*
 * Counts the call and does what a fault that is armed here wants: 0, or the libxl error that the
 * caller has to return. @ctx (or NULL) takes libxl's words; @domid -1: the call is about no domain.
 */
int fault_at(libxl_ctx *ctx, const char *point, int domid);
