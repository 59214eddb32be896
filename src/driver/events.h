/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What clients are told. Queued; sent by the daemon's event loop. Any thread, no domain locked. */

#include "driver/driver.h"

/* A lifecycle event: @type is a virDomainEventType, @detail its detail. @id is the domid at that
 * time, -1 for a domain that does not run. */
void drv_event_lifecycle(DrvDriver *driver, DrvDomain *domain, int id, int type, int detail);

/* The guest's memory is on its way to @kib KiB. */
void drv_event_balloon_change(DrvDriver *driver, DrvDomain *domain, int id, guint64 kib);

/* The guest with the domid @id has lost what it is controlled by. */
void drv_event_control_error(DrvDriver *driver, DrvDomain *domain, int id);

/* The device with the alias has come to the guest with the domid @id, or has left it. */
void drv_event_device_added(DrvDriver *driver, DrvDomain *domain, int id, const char *alias);
void drv_event_device_removed(DrvDriver *driver, DrvDomain *domain, int id, const char *alias);

/* The agent of the guest with the domid @id has come, or does not answer any more: @state is a
 * virConnectDomainEventAgentLifecycleState. */
void drv_event_agent(DrvDriver *driver, DrvDomain *domain, int id, int state);

/* The guest with the domid @id reboots. */
void drv_event_reboot(DrvDriver *driver, DrvDomain *domain, int id);

/* A long job ended; @params (consumed) are its numbers, named as in virDomainGetJobStats(). */
void drv_event_job_completed(DrvDriver *driver, DrvDomain *domain, virTypedParameterPtr params,
                             int nparams);

/* A setting of the running guest behind @dom, one of libvirt's VIR_DOMAIN_TUNABLE_* names, changed
 * to @value. */
void drv_event_tunable_text(DrvDriver *driver, virDomainPtr dom, const char *name,
                            const char *value);

/* The same of several at once; @params is consumed. */
void drv_event_tunable(DrvDriver *driver, virDomainPtr dom, virTypedParameterPtr params, int n);

/* A block job of @disk's, of the type and with the status that libvirt has for it. */
void drv_event_block_job(DrvDriver *driver, DrvDomain *domain, const DomDisk *disk, int type,
                         int status);

/* Title, description or an element of the namespace @uri changed (@type is a
 * virDomainMetadataType). */
void drv_event_metadata(DrvDriver *driver, virDomainPtr dom, int type, const char *uri);

/* The domain, now called otherwise, had the name that @before says. */
void drv_event_renamed(DrvDriver *driver, DrvDomain *domain, const DrvIdentity *before);
