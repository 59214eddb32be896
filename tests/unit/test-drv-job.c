/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"
#include "driver/job.h"

/* A job that says it has begun and goes on until it is let go. */
typedef struct {
    DrvDomain *domain;
    DrvDomains *domains; /* the job takes its domain off this list at its end */
    GMutex lock;
    GCond changed;
    gboolean begun;
    gboolean release;
} Long;

static void
long_set(Long *work, gboolean *field)
{
    g_mutex_lock(&work->lock);
    *field = TRUE;
    g_cond_broadcast(&work->changed);
    g_mutex_unlock(&work->lock);
}

static void
long_wait(Long *work, const gboolean *field)
{
    g_mutex_lock(&work->lock);
    while (!*field) {
        g_cond_wait(&work->changed, &work->lock);
    }
    g_mutex_unlock(&work->lock);
}

static gboolean
long_job(DrvDomain *domain, gpointer data, GError **error)
{
    Long *work = data;
    long_set(work, &work->begun);
    long_wait(work, &work->release);
    if (work->domains) {
        drv_domains_remove(work->domains, domain);
    }
    return TRUE;
}

static gpointer
long_thread(gpointer data)
{
    Long *work = data;
    return GINT_TO_POINTER(
        drv_job_run(work->domain, "save", DRV_JOB_FOREVER, long_job, work, NULL));
}

static gboolean
count_job(DrvDomain *domain, gpointer data, GError **error)
{
    int *count = data;
    (*count)++;
    return TRUE;
}

/* While a job runs the domain can be looked at, and a second job gives up in time. */
static void
test_second_waits(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
    Long work = { .domain = domain };
    int count = 0;
    GThread *thread = g_thread_new("job", long_thread, &work);
    long_wait(&work, &work.begun);
    {
        DRV_DOMAIN_LOCKED(domain);
        g_assert_cmpstr(domain->job, ==, "save");
    }
    g_assert_false(drv_job_run(domain, "destroy", 1000, count_job, &count, &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_TIMEOUT);
    g_assert_nonnull(strstr(error->message, "'save'"));
    g_assert_cmpint(count, ==, 0);

    long_set(&work, &work.release);
    g_assert_true(drv_job_run(domain, "destroy", DRV_JOB_FOREVER, count_job, &count, NULL));
    g_assert_cmpint(count, ==, 1);
    g_assert_nonnull(g_thread_join(thread));
    g_assert_null(domain->job);
}

/* Who waits for a domain that goes away is told. */
static void
test_gone(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomains) domains = drv_domains_new();
    g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
    Long work = { .domain = domain, .domains = domains };
    int count = 0;
    g_assert_true(drv_domains_add(domains, domain, NULL));
    GThread *thread = g_thread_new("job", long_thread, &work);
    long_wait(&work, &work.begun);
    long_set(&work, &work.release);
    g_assert_nonnull(g_thread_join(thread));
    g_assert_false(drv_job_run(domain, "start", DRV_JOB_FOREVER, count_job, &count, &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_NO_DOMAIN);
    g_assert_cmpint(count, ==, 0);
}

typedef struct {
    DrvDomain *domain;
    int inside; /* plain on purpose: jobs exclude each other */
    int rounds;
} Many;

static gboolean
many_job(DrvDomain *domain, gpointer data, GError **error)
{
    Many *many = data;
    g_assert_cmpint(many->inside, ==, 0);
    many->inside = 1;
    g_thread_yield();
    many->inside = 0;
    many->rounds++;
    return TRUE;
}

static gpointer
many_thread(gpointer data)
{
    Many *many = data;
    for (int i = 0; i < 200; i++) {
        g_assert_true(drv_job_run(many->domain, "start", DRV_JOB_FOREVER, many_job, many, NULL));
    }
    return NULL;
}

static void
test_one_at_a_time(void)
{
    g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
    Many many = { .domain = domain };
    GThread *threads[4];
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
        threads[i] = g_thread_new("job", many_thread, &many);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(threads); i++) {
        g_thread_join(threads[i]);
    }
    g_assert_cmpint(many.rounds, ==, 800);
}

/* A job that goes on until somebody cancels it. */
static void
cancel_long(gpointer data)
{
    Long *work = data;
    long_set(work, &work->release);
}

static gboolean
measured_job(DrvDomain *domain, gpointer data, GError **error)
{
    Long *work = data;
    drv_job_measure(domain, VIR_DOMAIN_JOB_OPERATION_SAVE, 1000);
    drv_job_moved(400, domain);
    g_assert_true(drv_job_allow_cancel(domain, cancel_long, work, error));
    long_set(work, &work->begun);
    long_wait(work, &work->release);
    drv_job_forbid_cancel(domain);
    return drv_fail(error, VIR_ERR_OPERATION_ABORTED, "aborted");
}

static gpointer
measured_thread(gpointer data)
{
    Long *work = data;
    return GINT_TO_POINTER(
        drv_job_run(work->domain, "save", DRV_JOB_FOREVER, measured_job, work, NULL));
}

static void
test_cancel(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
    Long work = { .domain = domain };
    DrvJobInfo info;
    g_assert_false(drv_job_cancel(domain, &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_INVALID);
    g_clear_error(&error);

    GThread *thread = g_thread_new("job", measured_thread, &work);
    long_wait(&work, &work.begun);
    drv_job_look(domain, &info);
    g_assert_cmpint(info.operation, ==, VIR_DOMAIN_JOB_OPERATION_SAVE);
    g_assert_cmpuint(info.total, ==, 1000);
    g_assert_cmpuint(info.done, ==, 400);
    g_assert_cmpint(info.began, >, 0);
    g_assert_true(drv_job_cancel(domain, &error));
    g_assert_no_error(error);
    g_assert_null(g_thread_join(thread));

    drv_job_look(domain, &info);
    g_assert_cmpint(info.began, ==, 0);
    drv_job_look_back(domain, TRUE, &info);
    g_assert_cmpuint(info.done, ==, 400);
    g_assert_false(info.succeeded);
    drv_job_look_back(domain, FALSE, &info);
    g_assert_cmpint(info.operation, ==, VIR_DOMAIN_JOB_OPERATION_SAVE);
    drv_job_look_back(domain, FALSE, &info);
    g_assert_cmpint(info.began, ==, 0);
}

/* A short job leaves no numbers behind, and cannot be cancelled. */
static gboolean
short_job(DrvDomain *domain, gpointer data, GError **error)
{
    g_autoptr(GError) refused = NULL;
    g_assert_false(drv_job_cancel(domain, &refused));
    g_assert_error(refused, DRV_ERROR, VIR_ERR_OPERATION_INVALID);
    g_assert_nonnull(strstr(refused->message, "'start'"));
    return TRUE;
}

static void
test_short(void)
{
    g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
    DrvJobInfo info;
    g_assert_true(drv_job_run(domain, "start", DRV_JOB_FOREVER, short_job, NULL, NULL));
    drv_job_look_back(domain, TRUE, &info);
    g_assert_cmpint(info.began, ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drv/job/second-waits", test_second_waits);
    g_test_add_func("/drv/job/gone", test_gone);
    g_test_add_func("/drv/job/one-at-a-time", test_one_at_a_time);
    g_test_add_func("/drv/job/cancel", test_cancel);
    g_test_add_func("/drv/job/short", test_short);
    return g_test_run();
}
