/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "driver/late.h"

/* For the first listener, and after it for the others. */
#define PATIENCE (60 * G_USEC_PER_SEC)
#define GRACE    (2 * G_USEC_PER_SEC)

struct DrvLate {
    GMutex lock;          /* held while events are queued, for their order; before libvirt's own */
    GHashTable *expected; /* set of uuids whose events are kept; empty: nothing is */
    GPtrArray *kept;      /* of virObjectEvent */
    gint64 end;           /* monotonic time in us at which they are sent or dropped */
    gboolean heard;       /* somebody listens */
};

DrvLate *
drv_late_new(void)
{
    DrvLate *late = g_new0(DrvLate, 1);
    g_mutex_init(&late->lock);
    late->expected =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    late->kept = g_ptr_array_new_with_free_func(virObjectUnref);
    return late;
}

void
drv_late_free(DrvLate *late)
{
    if (!late) {
        return;
    }
    g_ptr_array_unref(late->kept);
    g_hash_table_unref(late->expected);
    g_mutex_clear(&late->lock);
    g_free(late);
}

void
drv_late_expect(DrvDriver *driver, const unsigned char *uuid)
{
    DrvLate *late = driver->late;
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&late->lock);
    late->end = g_get_monotonic_time() + (late->heard ? GRACE : PATIENCE);
    g_hash_table_add(late->expected, g_bytes_new(uuid, VIR_UUID_BUFLEN));
}

void
drv_late_send(DrvDriver *driver, const unsigned char *uuid, virObjectEvent *event)
{
    DrvLate *late = driver->late;
    g_autoptr(GBytes) key = g_bytes_new_static(uuid, VIR_UUID_BUFLEN);
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&late->lock);
    if (event && g_hash_table_contains(late->expected, key)) {
        g_ptr_array_add(late->kept, event);
    } else {
        virObjectEventStateQueue(driver->events, event);
    }
}

void
drv_late_listen(DrvDriver *driver)
{
    DrvLate *late = driver->late;
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&late->lock);
    if (!late->heard) {
        late->heard = TRUE;
        late->end = MIN(late->end, g_get_monotonic_time() + GRACE);
    }
}

void
drv_late_look(DrvDriver *driver)
{
    DrvLate *late = driver->late;
    g_autoptr(GMutexLocker) held G_GNUC_UNUSED = g_mutex_locker_new(&late->lock);
    if (g_hash_table_size(late->expected) == 0 || g_get_monotonic_time() < late->end) {
        return;
    }
    /* libvirt drops them when nobody listens, or no longer */
    for (guint i = 0; i < late->kept->len; i++) {
        virObjectEventStateQueue(driver->events, virObjectRef(g_ptr_array_index(late->kept, i)));
    }
    g_ptr_array_set_size(late->kept, 0);
    g_hash_table_remove_all(late->expected);
}
