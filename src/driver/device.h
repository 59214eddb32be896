/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A device as a client hands it over, one element of <devices>, and its place in a definition.
 *
 * A device is found again by its name (conf/name.h), or by its place among its like when it has
 * none; when nobody said which, the only one is meant.
 */

#include "conf/def.h"
#include "conf/name.h"

typedef struct {
    DomDeviceKind kind;
    DomDef *def; /* owned: a guest that has nothing but this device */
    int place;   /* of one without a name, among its like; -1: nobody said */
} DrvDevice;

/* The smallest guest of @def's kind with the device that @xml describes. NULL with @error.
 * (transfer full) */
DomDef *drv_device_guest(const DomDef *def, const char *xml, GError **error);

/*
 * Reads @xml as a device for a guest like @def: an element of <devices>, or <xl:cfg> with a list of
 * one item for what libvirt has no element for. An interface without a MAC address gets one, so
 * that the guest and its definition have the same. FALSE with VIR_ERR_XML_ERROR for what is wrong
 * in it, and with VIR_ERR_OPERATION_UNSUPPORTED for what is no device of a list. On success
 * drv_device_clear() it.
 */
gboolean drv_device_parse(const DomDef *def, const char *xml, DrvDevice *ret_device,
                          GError **error);

/* Whether libvirt's own parser takes it, too (driver/parser.h). FALSE with its error. */
gboolean drv_device_accepts(const DomDef *def, const char *xml, GError **error);

void drv_device_clear(DrvDevice *device);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DrvDevice, drv_device_clear)

/* The record. Borrowed. */
gpointer drv_device_record(const DrvDevice *device);

/* Makes @ret_device of the device of @def with that alias. FALSE with VIR_ERR_DEVICE_MISSING; on
 * success drv_device_clear() it. */
gboolean drv_device_by_alias(const DomDef *def, const char *alias, DrvDevice *ret_device,
                             GError **error);

/* Its alias in live XML (transfer full). */
char *drv_device_alias(const DrvDevice *device);

/* "disk xvdb" (transfer full). */
char *drv_device_title(const DrvDevice *device);

/* The place of the device in @def; -1: it is not there. */
int drv_device_find(const DrvDevice *device, const DomDef *def);

/* The same with an error, VIR_ERR_DEVICE_MISSING. */
int drv_device_need(const DrvDevice *device, const DomDef *def, GError **error);

/* How many of its kind @def has. */
guint drv_device_count(const DrvDevice *device, const DomDef *def);

/* Adds it to @def. FALSE with VIR_ERR_OPERATION_INVALID when one of that name is there, or when the
 * number that it is to have is not the next. */
gboolean drv_device_insert(const DrvDevice *device, DomDef *def, GError **error);

/* Takes the one at @place out of @def. FALSE with VIR_ERR_OPERATION_INVALID when others of @def
 * mean it, or are numbered after it. */
gboolean drv_device_take_out(const DrvDevice *device, DomDef *def, int place, GError **error);

/* Puts it in the place of the one at @place. */
void drv_device_replace(const DrvDevice *device, DomDef *def, int place);

/* @device becomes that of @def at @place, all of it and not only what a client said to name it. */
void drv_device_become(DrvDevice *device, const DomDef *def, int place);

/* Gives @def the devices of @kind that @truth has, and takes from it those that it has not; what
 * both have stays as it is. @normal is @def as libxl would tell it. Whether something has changed.
 */
gboolean drv_device_settle(DomDeviceKind kind, DomDef *def, const DomDef *normal,
                           const DomDef *truth);
