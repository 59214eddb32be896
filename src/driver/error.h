/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Errors of the driver.
 *
 * Inside, everything reports with GError. An error of the domain DRV_ERROR carries a libvirt error
 * number (virErrorNumber) as its code, so that a client sees NO_DOMAIN or OPERATION_INVALID and not
 * "internal error". At the border, in an API method and nowhere else, drv_raise() turns the GError
 * into libvirt's error of the calling thread:
 *
 *     g_autoptr(GError) error = NULL;
 *     if (!guest_pause(domain, &error))
 *         return drv_raise(&error);
 */

#include <glib.h>
#include <libvirt/virterror.h>

#define DRV_ERROR (drv_error_quark())

GQuark drv_error_quark(void);

/*
 * Sets @error (which may be NULL) to a DRV_ERROR with @code and the formatted text. Returns FALSE,
 * so that a function can end with it.
 */
gboolean drv_fail(GError **error, virErrorNumber code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/*
 * Reports *@error as libvirt's error of this thread, frees it and sets it to NULL. Errors of other
 * domains (the model's parser, files) become VIR_ERR_XML_ERROR or VIR_ERR_OPERATION_FAILED.
 * Returns -1.
 */
int drv_raise(GError **error);

/*
 * The way back: takes libvirt's error of this thread, set by one of libvirt's helpers, into @error
 * and clears it. Returns FALSE.
 */
gboolean drv_fail_from_libvirt(GError **error);
