/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What commands and calls take in a dom0, for tests/bench/lab.py, which copies it there:
 *
 *     probe create ROUNDS NAME CFG XML   the guest started by xl, by virsh and by a call, in turns
 *     probe fill COUNT KERNEL            starts small guests, paused, until there are so many
 *     probe look ROUNDS                  xl list, and what virsh and calls have for it, in turns
 *     probe still NAME SAMPLES           questions about a guest through one connection
 *     probe during NAME COMMAND...       the same while COMMAND runs
 *     probe empty                        ends the small guests
 *
 * Each line is one thing that was timed: its label and milliseconds. Processes are timed from their
 * start until they have ended; calls go through one connection that is open already. A failure ends
 * it.
 */
#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL       "small-"
#define TRIES       5
#define TRIES_QUIET 20

typedef struct {
    virConnectPtr conn;
    char **args;
} Probe;

static G_GNUC_NORETURN void
give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, virGetLastErrorMessage());
    exit(1);
}

static gint64
now_us(void)
{
    return g_get_monotonic_time();
}

static void
say(const char *label, gint64 began)
{
    printf("%s %.3f\n", label, (double)(now_us() - began) / 1000);
    fflush(stdout);
}

/* Whether the command, whose output nobody wants, succeeded. */
static gboolean
run(const char *const *argv)
{
    int status = 0;
    GSpawnFlags flags = G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL;
    return g_spawn_sync(NULL, (char **)argv, NULL, flags, NULL, NULL, NULL, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

/* FALSE, and nothing said, when it fails. */
static gboolean
time_command(const char *label, const char *const *argv)
{
    gint64 began = now_us();
    if (!run(argv)) {
        return FALSE;
    }
    say(label, began);
    return TRUE;
}

#define TIME_COMMAND(label, ...) time_command(label, (const char *const[]){ __VA_ARGS__, NULL })

/* The guest may have ended itself: on an emulated processor one does now and then. */
static void
end_guest(const char *name)
{
    const char *const xl[] = { "xl", "destroy", name, NULL };
    const char *const id[] = { "xl", "domid", name, NULL };
    while (run(id)) {
        run(xl);
    }
}

/* xl's guests are taken up, and those that ended forgotten, some time later. */
static void
await_forgotten(virConnectPtr conn, const char *name)
{
    virDomainPtr dom;
    while ((dom = virDomainLookupByName(conn, name))) {
        virDomainFree(dom);
        g_usleep(20 * 1000);
    }
}

/* All time that dom0's processors have had, and what of it they idled, in ticks. */
static void
read_idle(guint64 *ret_all, guint64 *ret_idle)
{
    g_autofree char *text = NULL;
    *ret_all = *ret_idle = 0;
    if (!g_file_get_contents("/proc/stat", &text, NULL, NULL)) {
        give_up("/proc/stat");
    }
    const char *at = text + strlen("cpu");
    for (int i = 0; i < 8; i++) {
        guint64 ticks = g_ascii_strtoull(at, (char **)&at, 10);
        *ret_all += ticks;
        *ret_idle += i == 3 ? ticks : 0;
    }
}

/* A guest's end goes on after the command that ends it: scripts, udev, xl's own process. On a
 * machine with other work it is never quiet. */
static void
await_quiet(void)
{
    guint64 all, idle, all_now, idle_now;
    read_idle(&all_now, &idle_now);
    for (int i = 0; i < TRIES_QUIET; i++) {
        all = all_now;
        idle = idle_now;
        g_usleep(500 * 1000);
        read_idle(&all_now, &idle_now);
        if ((idle_now - idle) * 2 > all_now - all) {
            return;
        }
    }
}

static gboolean
create_by_call(Probe *probe, const char *xml)
{
    gint64 began = now_us();
    virDomainPtr dom = virDomainCreateXML(probe->conn, xml, 0);
    if (!dom) {
        return FALSE;
    }
    say("call", began);
    virDomainFree(dom);
    return TRUE;
}

static gboolean
create_once(Probe *probe, const char *xml, guint turn)
{
    const char *cfg_path = probe->args[2], *xml_path = probe->args[3];
    switch (turn % 3) {
    case 0:
        return TIME_COMMAND("xl", "xl", "create", "-q", cfg_path);
    case 1:
        return TIME_COMMAND("virsh", "virsh", "-q", "-c", "xen:///system", "create", xml_path);
    default:
        return create_by_call(probe, xml);
    }
}

/* On a processor that has too much to do, libxl gives up waiting for a script or a device model. */
static void
create_patiently(Probe *probe, const char *xml, guint turn)
{
    for (int i = 0; i < TRIES; i++) {
        gboolean created = create_once(probe, xml, turn);
        end_guest(probe->args[1]);
        await_forgotten(probe->conn, probe->args[1]);
        await_quiet();
        if (created) {
            return;
        }
    }
    give_up("create");
}

/* In each round another one comes first. */
static void
probe_create(Probe *probe)
{
    guint rounds = (guint)atoi(probe->args[0]);
    g_autofree char *xml = NULL;
    if (!g_file_get_contents(probe->args[3], &xml, NULL, NULL)) {
        give_up(probe->args[3]);
    }
    for (guint round = 0; round < rounds; round++) {
        for (guint i = 0; i < 3; i++) {
            create_patiently(probe, xml, round + i);
        }
    }
}

/* The least that Xen builds: one vCPU that is never run. Without their number libxl gives a guest
 * of this size too little memory for its page tables. */
static void
fill_one(virConnectPtr conn, const char *name, const char *kernel)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain type='xen'><name>%s</name><memory unit='MiB'>8</memory><vcpu>1</vcpu>"
        "<os><type>xenpvh</type><kernel>%s</kernel></os></domain>",
        name, kernel);
    virDomainPtr dom = virDomainCreateXML(conn, xml, VIR_DOMAIN_START_PAUSED);
    if (!dom) {
        give_up("fill");
    }
    virDomainFree(dom);
}

static void
probe_fill(Probe *probe)
{
    for (int number = 1; number <= atoi(probe->args[0]); number++) {
        g_autofree char *name = g_strdup_printf(SMALL "%d", number);
        virDomainPtr dom = virDomainLookupByName(probe->conn, name);
        if (!dom) {
            fill_one(probe->conn, name, probe->args[1]);
        } else {
            virDomainFree(dom);
        }
    }
}

/* What virsh asks for each line of its list. */
static void
list_by_call(virConnectPtr conn)
{
    virDomainPtr *doms = NULL;
    gint64 began = now_us();
    int count = virConnectListAllDomains(conn, &doms, 0);
    if (count < 0) {
        give_up("list");
    }
    say("call-list", began);
    for (int i = 0; i < count; i++) {
        int state;
        virDomainGetState(doms[i], &state, NULL, 0);
    }
    say("call-list-states", began);
    for (int i = 0; i < count; i++) {
        virDomainFree(doms[i]);
    }
    free(doms);
}

static void
stats_by_call(virConnectPtr conn)
{
    virDomainStatsRecordPtr *records = NULL;
    gint64 began = now_us();
    if (virConnectGetAllDomainStats(conn, 0, &records, 0) < 0) {
        give_up("domstats");
    }
    say("call-domstats", began);
    virDomainStatsRecordListFree(records);
}

static void
probe_look(Probe *probe)
{
    for (int round = 0; round < atoi(probe->args[0]); round++) {
        if (!TIME_COMMAND("xl-list", "xl", "list") ||
            !TIME_COMMAND("virsh-list", "virsh", "-c", "xen:///system", "list", "--all") ||
            !TIME_COMMAND("virsh-domstats", "virsh", "-c", "xen:///system", "domstats")) {
            give_up("look");
        }
        list_by_call(probe->conn);
        stats_by_call(probe->conn);
    }
}

static void
ask(virDomainPtr dom)
{
    virDomainPtr one[] = { dom, NULL };
    virDomainStatsRecordPtr *records = NULL;
    virDomainInfo info;
    gint64 began = now_us();
    if (virDomainGetInfo(dom, &info) < 0) {
        give_up("dominfo");
    }
    say("dominfo", began);
    began = now_us();
    if (virDomainListGetStats(one, 0, &records, 0) < 0) {
        give_up("domstats");
    }
    say("domstats", began);
    virDomainStatsRecordListFree(records);
}

static virDomainPtr
find(Probe *probe)
{
    virDomainPtr dom = virDomainLookupByName(probe->conn, probe->args[0]);
    if (!dom) {
        give_up(probe->args[0]);
    }
    return dom;
}

/* As often as another program would ask: not all the time, or it would be in its own way. */
#define BETWEEN_US (20 * 1000)

static void
probe_still(Probe *probe)
{
    virDomainPtr dom = find(probe);
    for (int i = 0; i < atoi(probe->args[1]); i++) {
        ask(dom);
        g_usleep(BETWEEN_US);
    }
    virDomainFree(dom);
}

/* A command that runs beside the questions. */
typedef struct {
    const char *const *argv;
    gboolean succeeded;
    gint ended; /* atomic */
} Beside;

static gpointer
run_beside(gpointer data)
{
    Beside *beside = data;
    beside->succeeded = run(beside->argv);
    g_atomic_int_set(&beside->ended, TRUE);
    return NULL;
}

static void
probe_during(Probe *probe)
{
    Beside beside = { .argv = (const char *const *)probe->args + 1 };
    virDomainPtr dom = find(probe);
    GThread *thread = g_thread_new("beside", run_beside, &beside);
    while (!g_atomic_int_get(&beside.ended)) {
        ask(dom);
        g_usleep(BETWEEN_US);
    }
    g_thread_join(thread);
    if (!beside.succeeded) {
        give_up(beside.argv[0]);
    }
    virDomainFree(dom);
}

static void
probe_empty(Probe *probe)
{
    virDomainPtr *doms = NULL;
    int count = virConnectListAllDomains(probe->conn, &doms, 0);
    for (int i = 0; i < count; i++) {
        if (g_str_has_prefix(virDomainGetName(doms[i]), SMALL)) {
            virDomainDestroy(doms[i]);
        }
        virDomainFree(doms[i]);
    }
    free(doms);
}

static const struct {
    const char *name;
    int least_args;
    void (*func)(Probe *probe);
} probes[] = {
    { "create", 4, probe_create }, { "fill", 2, probe_fill },     { "look", 1, probe_look },
    { "still", 2, probe_still },   { "during", 2, probe_during }, { "empty", 0, probe_empty },
};

/* What is not there is an answer here; what matters is told by who gives up. */
static void
keep_silent(void *data G_GNUC_UNUSED, virErrorPtr error G_GNUC_UNUSED)
{
}

int
main(int argc, char **argv)
{
    Probe probe = { NULL, argv + 2 };
    virSetErrorFunc(NULL, keep_silent);
    for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS(probes); i++) {
        if (!g_str_equal(argv[1], probes[i].name) || argc - 2 < probes[i].least_args) {
            continue;
        }
        probe.conn = virConnectOpen("xen:///system");
        if (!probe.conn) {
            give_up("connect");
        }
        probes[i].func(&probe);
        virConnectClose(probe.conn);
        return 0;
    }
    fprintf(stderr, "the head of probe.c says how to use it\n");
    return 2;
}
