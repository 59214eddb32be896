/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"
#include "driver/store.h"

#include <glib/gstdio.h>

typedef struct {
    char *root;
    char *config;
    char *state;
    DrvStore *store;
} Folders;

static void
set_up(Folders *folders, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    folders->root = g_dir_make_tmp("test-drv-store-XXXXXX", &error);
    g_assert_no_error(error);
    folders->config = g_build_filename(folders->root, "etc", NULL);
    folders->state = g_build_filename(folders->root, "run", NULL);
    folders->store = drv_store_new(folders->config, folders->state, &error);
    g_assert_no_error(error);
}

static void
remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        if (g_file_test(child, G_FILE_TEST_IS_SYMLINK) || !g_file_test(child, G_FILE_TEST_IS_DIR)) {
            g_unlink(child);
        } else {
            remove_tree(child);
        }
    }
    g_rmdir(path);
}

static void
tear_down(Folders *folders, gconstpointer data)
{
    drv_store_free(folders->store);
    remove_tree(folders->root);
    g_free(folders->root);
    g_free(folders->config);
    g_free(folders->state);
}

static gboolean
exists(const char *folder, const char *file)
{
    g_autofree char *path = g_build_filename(folder, file, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
test_definition(Folders *folders, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = fixture_def("web--1", 1);
    g_assert_true(drv_store_save_definition(folders->store, def, &error));
    g_assert_no_error(error);
    for (int when = 0; when <= DRV_AUTOSTART_LAST; when++) {
        g_assert_true(drv_store_set_autostart(folders->store, "web--1", when, TRUE, &error));
    }
    g_assert_no_error(error);

    g_autoptr(GPtrArray) loaded = drv_store_load_definitions(folders->store);
    g_assert_cmpuint(loaded->len, ==, 1);
    const DrvStored *stored = g_ptr_array_index(loaded, 0);
    g_assert_true(dom_def_equal(stored->def, def));
    g_assert_true(stored->autostart[DRV_AUTOSTART_ALWAYS]);
    g_assert_true(stored->autostart[DRV_AUTOSTART_ONCE]);

    g_assert_true(drv_store_delete_definition(folders->store, "web--1", &error));
    g_assert_false(exists(folders->config, "web--1.xml"));
    g_assert_false(exists(folders->config, "autostart/web--1.xml"));
    g_assert_false(exists(folders->config, "autostart/web--1.xml.once"));
    g_assert_true(drv_store_delete_definition(folders->store, "web--1", &error));
}

static void
test_running(Folders *folders, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = fixture_def("web", 1);
    def->live.id = 12;
    def->live.leased = TRUE;
    def->live.restart = 11;
    g_assert_true(drv_store_save_running(folders->store, def, VIR_DOMAIN_PAUSED,
                                         VIR_DOMAIN_PAUSED_USER, &error));
    g_assert_no_error(error);
    g_autoptr(GPtrArray) loaded = drv_store_load_running(folders->store);
    g_assert_cmpuint(loaded->len, ==, 1);
    const DrvStored *stored = g_ptr_array_index(loaded, 0);
    g_assert_cmpint(stored->state, ==, VIR_DOMAIN_PAUSED);
    g_assert_cmpint(stored->reason, ==, VIR_DOMAIN_PAUSED_USER);
    g_assert_cmpint(stored->def->live.id, ==, 12);
    g_assert_true(stored->def->live.leased);
    g_assert_cmpint(stored->def->live.restart, ==, 11);
    g_assert_true(dom_def_equal(stored->def, def));
    drv_store_delete_running(folders->store, "web");
    g_assert_false(exists(folders->state, "web.xml"));
}

/* A broken file costs itself and nobody else. */
static void
test_broken(Folders *folders, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DomDef) def = fixture_def("web", 1);
    g_autofree char *broken = g_build_filename(folders->config, "bad.xml", NULL);
    g_autofree char *status = g_build_filename(folders->state, "bad.xml", NULL);
    g_assert_true(g_file_set_contents(broken, "<domain type='xen'><na", -1, NULL));
    g_assert_true(g_file_set_contents(status, "<domstatus/>", -1, NULL));
    g_assert_true(drv_store_save_definition(folders->store, def, &error));
    g_autofree char *other = g_build_filename(folders->config, "folder.xml", NULL);
    g_assert_cmpint(g_mkdir(other, 0700), ==, 0);

    g_autoptr(GPtrArray) definitions = drv_store_load_definitions(folders->store);
    g_autoptr(GPtrArray) running = drv_store_load_running(folders->store);
    g_assert_true(exists(folders->config, "folder.xml"));
    g_rmdir(other);
    g_assert_cmpuint(definitions->len, ==, 1);
    g_assert_cmpuint(running->len, ==, 0);
    g_assert_false(exists(folders->config, "bad.xml"));
    g_assert_true(exists(folders->config, "bad.xml.broken"));
    g_assert_true(exists(folders->state, "bad.xml.broken"));
}

static void
test_names(Folders *folders, gconstpointer data)
{
    static const char *const names[] = { "../web", "a/b", "a\nb", "", ".", ".." };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(DomDef) def = fixture_def(names[i], 1);
        g_assert_false(drv_store_save_definition(folders->store, def, &error));
        g_assert_error(error, DRV_ERROR, VIR_ERR_XML_ERROR);
    }
}

#define ADD(path, func) g_test_add(path, Folders, NULL, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("/drv/store/definition", test_definition);
    ADD("/drv/store/running", test_running);
    ADD("/drv/store/broken", test_broken);
    ADD("/drv/store/names", test_names);
    return g_test_run();
}
