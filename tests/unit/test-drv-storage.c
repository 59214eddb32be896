/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "driver/device_model.h"
#include "driver/storage.h"

/* A file that ends with its test. */
typedef struct {
    char *folder;
    char *path;
} File;

static void
set_up(File *file, gconstpointer data)
{
    file->folder = g_dir_make_tmp("test-drv-storage-XXXXXX", NULL);
    file->path = g_build_filename(file->folder, "qemu-dm-guest.log", NULL);
}

static void
tear_down(File *file, gconstpointer data)
{
    g_unlink(file->path);
    g_rmdir(file->folder);
    g_free(file->path);
    g_free(file->folder);
}

/* What is said of a guest whose one disk is @disk; "" when it may start. */
static char *
judge(const DomDisk *disk)
{
    g_autoptr(DomDef) def = dom_def_new();
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(def->disks, (gpointer)disk);
    gboolean right = drv_storage_check(def, &error);
    g_ptr_array_set_size(def->disks, 0);
    g_assert_true(right == !error);
    return g_strdup(error ? error->message : "");
}

#define EXPECT(words, ...)                                                                         \
    do {                                                                                           \
        DomDisk disk_ = { .vdev = (char *)"xvda", __VA_ARGS__ };                                   \
        g_autofree char *said_ = judge(&disk_);                                                    \
        g_assert_true(*(words) ? strstr(said_, words) != NULL : !*said_);                          \
    } while (0)

/* A file that QEMU alone would miss is named, with the system's words; others libxl names itself.
 */
static void
test_missing(File *file, gconstpointer data)
{
    EXPECT("No such file", .target = file->path, .backend = DOM_DISK_BACKEND_QDISK);
    EXPECT(file->path, .target = file->path, .backend = DOM_DISK_BACKEND_QDISK);
    EXPECT("", .target = file->path, .format = DOM_DISK_FORMAT_QCOW2);
    EXPECT("", .target = file->path, .backend = DOM_DISK_BACKEND_PHY);
    EXPECT("", .target = file->path, .format = DOM_DISK_FORMAT_QCOW2,
           .backend_domain = (char *)"storage");
    EXPECT("", .target = file->path, .format = DOM_DISK_FORMAT_QCOW2, .script = (char *)"block-x");
    EXPECT("", .target = (char *)"nbd:localhost:10809", .backend = DOM_DISK_BACKEND_QDISK);
    EXPECT("", .backend = DOM_DISK_BACKEND_QDISK, .cdrom = DOM_TRISTATE_ON);
}

/* What was kept of other disks is told, for the guest would start without them. */
static void
test_unserved(File *file, gconstpointer data)
{
    static const char volume[] = "<disk type=\"volume\"><source pool=\"a\" volume=\"b\"/></disk>";
    g_autoptr(DomDef) def = dom_def_new();
    g_autoptr(GError) error = NULL;
    dom_rest_add(&def->metadata.rest, "devices", NULL, "<disk device=\"floppy\"></disk>");
    dom_rest_add(&def->metadata.rest, "devices", NULL, "<rng model=\"virtio\"/>");
    g_assert_true(drv_storage_check(def, &error));
    dom_rest_add(&def->metadata.rest, "devices", NULL, volume);
    g_assert_false(drv_storage_check(def, &error));
    g_assert_nonnull(strstr(error->message, volume));
}

/* The guest would start without it. */
static void
test_virtio(File *file, gconstpointer data)
{
#if defined(__x86_64__) || defined(__i386__)
    EXPECT("on Arm alone", .target = file->path, .specification = DOM_DISK_SPECIFICATION_VIRTIO);
#endif
    EXPECT("", .target = file->path, .specification = DOM_DISK_SPECIFICATION_XEN);
}

static void
test_format(File *file, gconstpointer data)
{
    char fixed[1024] = "data";
    g_assert_true(g_file_set_contents(file->path, "QFI\xfb\0\0\0\3", 8, NULL));
    EXPECT("", .target = file->path, .format = DOM_DISK_FORMAT_QCOW2);
    EXPECT("no vhd image", .target = file->path, .format = DOM_DISK_FORMAT_VHD);
    EXPECT("no qed image", .target = file->path, .format = DOM_DISK_FORMAT_QED);
    EXPECT("", .target = file->path, .format = DOM_DISK_FORMAT_RAW,
           .backend = DOM_DISK_BACKEND_QDISK);
    memcpy(fixed + 512, "conectix", 8);
    g_assert_true(g_file_set_contents(file->path, fixed, sizeof(fixed), NULL));
    EXPECT("", .target = file->path, .format = DOM_DISK_FORMAT_VHD);
    EXPECT("no qcow2 image", .target = file->path, .format = DOM_DISK_FORMAT_QCOW2);
}

/* Only what was written for this start is told. */
static void
test_device_model(File *file, gconstpointer data)
{
    gint64 now = g_get_real_time() / G_USEC_PER_SEC;
    g_assert_null(drv_device_model_words(file->folder, "guest", 0));
    g_assert_true(g_file_set_contents(file->path, "first\ncannot open it\n", -1, NULL));
    g_autofree char *words = drv_device_model_words(file->folder, "guest", now);
    g_assert_cmpstr(words, ==, "cannot open it");
    g_assert_null(drv_device_model_words(file->folder, "guest", now + 1000));
    g_assert_true(g_file_set_contents(file->path, "\n", -1, NULL));
    g_assert_null(drv_device_model_words(file->folder, "guest", now));
    g_assert_true(g_file_set_contents(file->path,
                                      "no room\nqemu: failed to create 'qdisk' device '5632': "
                                      "Could not open '': Could not stat file ''\n",
                                      -1, NULL));
    g_autofree char *reason = drv_device_model_words(file->folder, "guest", now);
    g_assert_cmpstr(reason, ==, "no room");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/drv/storage/missing", File, NULL, set_up, test_missing, tear_down);
    g_test_add("/drv/storage/unserved", File, NULL, set_up, test_unserved, tear_down);
    g_test_add("/drv/storage/virtio", File, NULL, set_up, test_virtio, tear_down);
    g_test_add("/drv/storage/format", File, NULL, set_up, test_format, tear_down);
    g_test_add("/drv/storage/device-model", File, NULL, set_up, test_device_model, tear_down);
    return g_test_run();
}
