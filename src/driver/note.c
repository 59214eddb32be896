/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include "internal.h"
#include "virlog.h"

#include "driver/note.h"

VIR_LOG_INIT("libxl.note");

static void
write_state(DrvDriver *driver, const DomDef *def, int state, int reason)
{
    g_autoptr(GError) error = NULL;
    if (!drv_store_save_running(driver->store, def, state, reason, &error)) {
        VIR_WARN("%s", error->message);
    }
}

void
drv_note_birth(DrvDriver *driver, const DomDef *def)
{
    write_state(driver, def, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP);
}

void
drv_note_given(DrvDriver *driver, const DomDef *def, gboolean paused)
{
    write_state(driver, def, VIR_DOMAIN_PAUSED,
                paused ? (int)VIR_DOMAIN_PAUSED_USER : (int)VIR_DOMAIN_PAUSED_MIGRATION);
}

/* A copy of what runs; NULL when it has no file. */
static DomDef *
def_for_file(DrvDomain *domain, int *ret_state, int *ret_reason)
{
    DRV_DOMAIN_LOCKED(domain);
    if (domain->foreign || domain->id < 0) {
        return NULL;
    }
    DomDef *def = dom_def_copy(domain->def);
    def->live.id = domain->id;
    *ret_state = domain->state;
    *ret_reason = domain->reason;
    return def;
}

void
drv_note_running(DrvDriver *driver, DrvDomain *domain)
{
    int state, reason;
    g_autoptr(DomDef) def = def_for_file(domain, &state, &reason);
    if (def) {
        write_state(driver, def, state, reason);
    }
}

void
drv_note_state(DrvDriver *driver, DrvDomain *domain, int state, int reason)
{
    int before, why;
    g_autoptr(DomDef) def = def_for_file(domain, &before, &why);
    if (def) {
        write_state(driver, def, state, reason);
    }
}

void
drv_note_end(DrvDriver *driver, DrvDomain *domain, int reason)
{
    drv_note_state(driver, domain, VIR_DOMAIN_SHUTOFF, reason);
}

void
drv_note_restart(DrvDriver *driver, DrvDomain *domain)
{
    int before, why;
    g_autoptr(DomDef) def = def_for_file(domain, &before, &why);
    if (def) {
        def->live.restart = def->live.id;
        write_state(driver, def, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_SHUTDOWN);
    }
}
