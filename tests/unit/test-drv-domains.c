/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"

/* Which domains each combination of virConnectListAllDomains flags selects. */
static const struct {
    int id;
    int state;
    gboolean persistent;
    gboolean autostart;
    unsigned int flags;
    gboolean selected;
} cases[] = {
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, FALSE, 0, TRUE },
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, FALSE, VIR_CONNECT_LIST_DOMAINS_ACTIVE, FALSE },
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, FALSE, VIR_CONNECT_LIST_DOMAINS_INACTIVE, TRUE },
    { 3, VIR_DOMAIN_RUNNING, TRUE, FALSE,
      VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE, TRUE },
    { 3, VIR_DOMAIN_RUNNING, FALSE, FALSE, VIR_CONNECT_LIST_DOMAINS_TRANSIENT, TRUE },
    { 3, VIR_DOMAIN_RUNNING, FALSE, FALSE,
      VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_PERSISTENT, FALSE },
    { 3, VIR_DOMAIN_RUNNING, TRUE, FALSE, VIR_CONNECT_LIST_DOMAINS_RUNNING, TRUE },
    { 3, VIR_DOMAIN_PAUSED, TRUE, FALSE, VIR_CONNECT_LIST_DOMAINS_RUNNING, FALSE },
    { 3, VIR_DOMAIN_PAUSED, TRUE, FALSE,
      VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED, TRUE },
    { 3, VIR_DOMAIN_CRASHED, TRUE, FALSE, VIR_CONNECT_LIST_DOMAINS_OTHER, TRUE },
    { 3, VIR_DOMAIN_CRASHED, TRUE, FALSE, VIR_CONNECT_LIST_DOMAINS_SHUTOFF, FALSE },
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, TRUE, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, TRUE },
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, TRUE, VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART, FALSE },
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, TRUE, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, FALSE },
    { -1, VIR_DOMAIN_SHUTOFF, TRUE, TRUE, VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT, TRUE },
};

static void
test_filters(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(DrvDomain) domain = fixture_domain("web", 1);
        DRV_DOMAIN_LOCKED(domain);
        domain->id = cases[i].id;
        domain->state = cases[i].state;
        domain->persistent = cases[i].persistent;
        domain->autostart[DRV_AUTOSTART_ALWAYS] = cases[i].autostart;
        g_test_message("case %zu", i);
        g_assert_cmpint(drv_domain_matches(domain, cases[i].flags), ==, cases[i].selected);
    }
}

/* A guest that is made anew is found by the id that it had, until it has another. */
static void
test_made_anew(void)
{
    g_autoptr(DrvDomains) domains = drv_domains_new();
    g_autoptr(DrvDomain) web = fixture_domain("web", 1);
    g_autoptr(GError) error = NULL;
    g_assert_true(drv_domains_add(domains, web, NULL));
    {
        DRV_DOMAIN_LOCKED(web);
        drv_domains_set_id(domains, web, 7);
        drv_domains_await_id(web);
        web->state = VIR_DOMAIN_RUNNING;
        g_assert_cmpint(drv_domain_shown_id(web), ==, 7);
        g_assert_true(drv_domain_matches(web, VIR_CONNECT_LIST_DOMAINS_ACTIVE));
        g_assert_false(drv_domain_matches(web, VIR_CONNECT_LIST_DOMAINS_INACTIVE));
    }
    g_autoptr(DrvDomain) between = drv_domains_by_id(domains, 7);
    g_autoptr(DrvIdentity) who = drv_domain_identity(web);
    g_assert_true(between == web);
    g_assert_cmpint(who->def->id, ==, 7);
    g_assert_cmpint(drv_domain_running_id(web, &error), ==, -1);
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_INVALID);
    g_assert_nonnull(strstr(error->message, "'web' restarts"));
    {
        DRV_DOMAIN_LOCKED(web);
        drv_domains_set_id(domains, web, 8);
    }
    g_autoptr(DrvDomain) after = drv_domains_by_id(domains, 8);
    g_assert_true(after == web);
    g_assert_null(drv_domains_by_id(domains, 7));
    {
        DRV_DOMAIN_LOCKED(web);
        drv_domains_await_id(web);
    }
    drv_domains_remove(domains, web);
    g_assert_null(drv_domains_by_id(domains, 8));
}

static void
test_look_up(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomains) domains = drv_domains_new();
    g_autoptr(DrvDomain) web = fixture_domain("web", 1);
    g_autoptr(DrvDomain) db = fixture_domain("db", 2);
    g_assert_true(drv_domains_add(domains, web, &error));
    g_assert_true(drv_domains_add(domains, db, &error));
    {
        DRV_DOMAIN_LOCKED(web);
        drv_domains_set_id(domains, web, 7);
    }
    g_autoptr(DrvDomain) by_name = drv_domains_by_name(domains, "db");
    g_autoptr(DrvDomain) by_uuid = drv_domains_by_uuid(domains, web->uuid);
    g_autoptr(DrvDomain) by_id = drv_domains_by_id(domains, 7);
    g_assert_true(by_name == db);
    g_assert_true(by_uuid == web);
    g_assert_true(by_id == web);
    g_assert_null(drv_domains_by_name(domains, "mail"));

    {
        DRV_DOMAIN_LOCKED(web);
        drv_domains_set_id(domains, web, 8);
    }
    g_assert_null(drv_domains_by_id(domains, 7));
    drv_domains_remove(domains, web);
    g_assert_null(drv_domains_by_id(domains, 8));
    g_assert_null(drv_domains_by_uuid(domains, web->uuid));
    g_assert_true(web->gone);
    g_autoptr(GPtrArray) all = drv_domains_all(domains);
    g_assert_cmpuint(all->len, ==, 1);
}

/* One name or one uuid is one domain. */
static void
test_taken(void)
{
    g_autoptr(GError) name_error = NULL;
    g_autoptr(GError) uuid_error = NULL;
    g_autoptr(DrvDomains) domains = drv_domains_new();
    g_autoptr(DrvDomain) web = fixture_domain("web", 1);
    g_autoptr(DrvDomain) same_name = fixture_domain("web", 2);
    g_autoptr(DrvDomain) same_uuid = fixture_domain("db", 1);
    g_assert_true(drv_domains_add(domains, web, NULL));
    g_assert_false(drv_domains_add(domains, same_name, &name_error));
    g_assert_error(name_error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);
    g_assert_nonnull(strstr(name_error->message, "'web' already exists"));
    g_assert_false(drv_domains_add(domains, same_uuid, &uuid_error));
    g_assert_error(uuid_error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);

    /* a stranger that is removed takes nobody with it */
    drv_domains_remove(domains, same_uuid);
    g_autoptr(DrvDomain) still = drv_domains_by_name(domains, "web");
    g_assert_true(still == web);
}

static void
test_rename(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvDomains) domains = drv_domains_new();
    g_autoptr(DrvDomain) web = fixture_domain("web", 1);
    g_autoptr(DrvDomain) db = fixture_domain("db", 2);
    g_assert_true(drv_domains_add(domains, web, NULL));
    g_assert_true(drv_domains_add(domains, db, NULL));
    g_assert_false(drv_domains_rename(domains, web, "db", &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);
    g_assert_cmpstr(web->name, ==, "web");

    g_assert_true(drv_domains_rename(domains, web, "www", NULL));
    g_assert_true(drv_domains_rename(domains, web, "www", NULL));
    g_autoptr(DrvDomain) found = drv_domains_by_name(domains, "www");
    g_assert_true(found == web);
    g_assert_cmpstr(web->name, ==, "www");
    g_assert_null(drv_domains_by_name(domains, "web"));
}

static void
test_no_uuid(void)
{
    g_autoptr(GError) error = NULL;
    DomDef *def = fixture_def("web", 1);
    g_free(def->general.uuid);
    def->general.uuid = g_strdup("not a uuid");
    g_assert_null(drv_domain_new(def, &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_XML_ERROR);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/drv/domains/filters", test_filters);
    g_test_add_func("/drv/domains/look-up", test_look_up);
    g_test_add_func("/drv/domains/made-anew", test_made_anew);
    g_test_add_func("/drv/domains/taken", test_taken);
    g_test_add_func("/drv/domains/rename", test_rename);
    g_test_add_func("/drv/domains/no-uuid", test_no_uuid);
    return g_test_run();
}
