/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One domain as the driver knows it: its definitions, what it does now, and who works on it.
 *
 * The lock of a domain is held for looking at its fields and for nothing else: never over a call
 * into libxl, a file, a hook or libvirt's access check. Whoever changes a domain does so in a job
 * (job.h), which nobody else can enter meanwhile; queries only take the lock and answer at once.
 *
 * Order of locks: a domain's, then the list's. Two domains are never locked together.
 */

#include <glib.h>

#include "internal.h"
#include "domain_conf.h"
#include "viruuid.h"

#include "conf/def.h"
#include "driver/consoles.h"
#include "driver/store.h"

/* How far a long job is. */
typedef struct {
    int operation; /* virDomainJobOperation */
    gint64 began;  /* monotonic time in us; 0: there is no job */
    gint64 took;   /* us; while it runs: so far */
    guint64 total; /* bytes to be moved, about; 0: not known */
    guint64 done;  /* bytes moved */
    gboolean succeeded;
} DrvJobInfo;

/* What became of a guest's device model. */
enum {
    DRV_MODEL_FINE, /* or it has none */
    DRV_MODEL_ENDED,
    DRV_MODEL_TOLD, /* it ended under the living guest, and clients know */
};

enum {
    DRV_TAINT_MONITOR = 1 << 0, /* its QEMU */
    DRV_TAINT_AGENT = 1 << 1,   /* its guest agent */
};

/* The guest agent of the guest that runs now; see agent.h and agent_watch.h. */
typedef struct {
    int state;   /* virConnectDomainEventAgentLifecycleState; 0: nobody has heard of it */
    int told;    /* what of that clients know */
    guint talks; /* conversations that are held, or about to begin */
    int call_fd; /* the watcher's, which waits for its first word; -1 */
} DrvAgentState;

typedef struct DrvMove DrvMove;       /* migrate_move.h */
typedef struct DrvChannel DrvChannel; /* migrate_channel.h */

/* Makes a long job end early. Called without locks in another thread than the job's. */
typedef void (*DrvJobCancel)(gpointer data);

typedef struct {
    gint refs; /* atomic */
    GMutex lock;

    unsigned char uuid[VIR_UUID_BUFLEN]; /* fixed */
    DrvConsoles *consoles;               /* fixed; locks itself */

    /* all below: under lock; the definitions are written inside a job only */
    char *name;
    DomDef *def;  /* running: what runs; otherwise the stored definition */
    DomDef *next; /* running and persistent: the definition of the next start; otherwise NULL */
    int id;       /* Xen's domid; -1 when Xen has none */
    int last_id;  /* while the guest is made anew: the domid that it had; otherwise -1 */
    int state;    /* virDomainState */
    int reason;   /* virDomain<State>Reason */
    gboolean persistent;
    gboolean autostart[DRV_AUTOSTART_LAST + 1];
    gboolean gone;        /* taken off the list; a waiter for its job gives up */
    gboolean control;     /* Domain-0 */
    guint tainted;        /* DrvTaint bits: whom somebody gave orders in the guest that runs now */
    gboolean foreign;     /* somebody else made what runs, and acts when it stops */
    gboolean down_queued; /* a worker is about to look why it stopped */
    gboolean blockjob_queued; /* a worker is about to look which block jobs are over */
    int settled_id; /* domid whose shutdown has been dealt with and which stays (preserve); -1 */
    int settled_reason;    /* its libxl_shutdown_reason */
    gboolean saved;        /* there is a managed image */
    gboolean half_saved;   /* it may stop for a save that nobody does any more */
    gconstpointer owner;   /* what the guest ends with (owner.h); NULL: it stays */
    gboolean stale;        /* xenstore tells something new; see changed.h */
    gboolean target_known; /* whether the next is set, for the guest that runs now */
    int model;             /* DrvModel of the guest that runs now */
    DrvAgentState agent;
    int agent_timeout;     /* s, or one of virDomainAgentResponseTimeoutValues */
    gint64 target_offset;  /* KiB that the definition's memory is above xenstore's memory/target */

    const char *job; /* what the running job does ("create"), NULL when idle; see job.h */
    guint jobs;      /* how many have ended */
    GCond job_over;  /* signalled when job becomes NULL, and when cancelling becomes FALSE */

    DrvMove *move; /* whose job it is, between two calls of a migration; otherwise NULL */
    gconstpointer move_owner; /* the connection that calls */
    DrvChannel *channel;      /* what the running job moves the guest's memory through, or NULL */
    guint64 speed;            /* bytes/s, for migrations that name none; 0: as fast as it can */

    DrvJobInfo job_info;      /* of the running job */
    DrvJobInfo job_completed; /* of the last long one */
    DrvJobCancel job_cancel;  /* NULL: it cannot end early */
    gpointer job_cancel_data; /* the job's own */
    gboolean job_cancelling;  /* job_cancel is being called */
    gboolean job_cancelled;   /* somebody wants the running job to end */
} DrvDomain;

/*
 * The face that a domain shows to libvirt's own functions: access checks and events read name, uuid
 * and id of a virDomainDef and nothing else. A copy, so that no lock is needed while a check waits
 * for polkit.
 */
typedef struct {
    virDomainDef *def;
} DrvIdentity;

/*
 * Makes an inactive domain from @def (consumed), which must have a name and a valid uuid.
 * NULL with @error when it has not. One reference belongs to the caller.
 */
DrvDomain *drv_domain_new(DomDef *def, GError **error);

DrvDomain *drv_domain_ref(DrvDomain *domain);

/* NULL is fine. */
void drv_domain_unref(DrvDomain *domain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvDomain, drv_domain_unref)

/* Holds the lock to the end of the enclosing block. */
#define DRV_DOMAIN_LOCKED(domain)                                                                  \
    g_autoptr(GMutexLocker) G_PASTE(held_, __LINE__) G_GNUC_UNUSED =                               \
        g_mutex_locker_new(&(domain)->lock)

/* Takes the lock for a moment; any thread. (transfer full) */
DrvIdentity *drv_domain_identity(DrvDomain *domain);

void drv_identity_free(DrvIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrvIdentity, drv_identity_free)

/* A copy of what runs, or of the stored definition. Takes the lock. (transfer full) */
DomDef *drv_domain_copy_def(DrvDomain *domain);

/* The definition that the next start uses (borrowed). Call with the lock held. */
const DomDef *drv_domain_stored_def(const DrvDomain *domain);

/* Whether the flags of virConnectListAllDomains select the domain. Call with the lock held. */
gboolean drv_domain_matches(const DrvDomain *domain, unsigned int flags);

/* A start came to nothing: says so of a domain that is off, unless it has a saved guest, which is
 * still there. */
void drv_domain_did_not_start(DrvDomain *domain);

/*
 * The domid that clients see. A guest that is made anew is active for them all the time, and keeps
 * the one that it had until there is another; -1: it is off. Call with the lock held.
 */
int drv_domain_shown_id(const DrvDomain *domain);

/* FALSE with @error OPERATION_INVALID: the domain has no guest on Xen now. Call with the lock held.
 */
gboolean drv_domain_fail_absent(const DrvDomain *domain, GError **error);

/* Whether somebody has paused the guest, who alone lets it go on. Takes the lock. */
gboolean drv_domain_is_held(DrvDomain *domain);

/* The domid that Xen knows, otherwise -1 with @error OPERATION_INVALID. Takes the lock. */
int drv_domain_running_id(DrvDomain *domain, GError **error);

/* Parses dashed text, for definitions; FALSE when absent or malformed. */
gboolean drv_def_uuid(const DomDef *def, unsigned char *ret_uuid);

/* What the definition gives the guest, defaults of xl resolved: KiB, and numbers of vCPUs. */
guint64 drv_def_memory(const DomDef *def);
guint64 drv_def_max_memory(const DomDef *def);
guint drv_def_vcpus(const DomDef *def);
guint drv_def_max_vcpus(const DomDef *def);
