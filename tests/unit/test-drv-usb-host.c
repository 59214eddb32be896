/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "drv-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "driver/error.h"
#include "driver/usb_host.h"

/* A folder as Linux has it; what is in it. */
typedef struct {
    char *folder;
    GPtrArray *paths;
} Host;

static void
plug(Host *host, const char *device, const char *vendor, const char *product, const char *address)
{
    const struct {
        const char *name;
        const char *text;
    } files[] = {
        { "idVendor", vendor }, { "idProduct", product }, { "busnum", "3" }, { "devnum", address }
    };
    char *folder = g_build_filename(host->folder, device, NULL);
    g_mkdir(folder, 0700);
    g_ptr_array_insert(host->paths, 0, folder);
    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        char *path = g_build_filename(folder, files[i].name, NULL);
        g_autofree char *line = g_strconcat(files[i].text, "\n", NULL);
        g_assert_true(g_file_set_contents(path, line, -1, NULL));
        g_ptr_array_insert(host->paths, 0, path);
    }
}

static void
set_up(Host *host, gconstpointer data)
{
    host->folder = g_dir_make_tmp("test-drv-usb-host-XXXXXX", NULL);
    host->paths = g_ptr_array_new_with_free_func(g_free);
    plug(host, "3-1", "046d", "c52b", "7");
    plug(host, "3-2", "0951", "1666", "8");
    plug(host, "3-4", "0951", "1666", "9");
}

static void
tear_down(Host *host, gconstpointer data)
{
    for (guint i = 0; i < host->paths->len; i++) {
        g_remove(host->paths->pdata[i]);
    }
    g_rmdir(host->folder);
    g_ptr_array_unref(host->paths);
    g_free(host->folder);
}

#define DEVICE(vendor, product)                                                                    \
    "<hostdev mode='subsystem' type='usb'><source><vendor id='" vendor "'/><product id='" product  \
    "'/></source><address type='usb' bus='1' port='2'/></hostdev>"

/* The address takes the place of the names, and all else stays. */
static void
test_found(Host *host, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = drv_usb_host_resolve(host->folder, DEVICE("0x046d", "0xc52b"), &error);
    g_assert_no_error(error);
    g_assert_nonnull(strstr(xml, "<address bus=\"3\" device=\"7\"/>"));
    g_assert_nonnull(strstr(xml, "port=\"2\""));
    g_assert_null(strstr(xml, "vendor"));
}

static void
test_not_one(Host *host, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(drv_usb_host_resolve(host->folder, DEVICE("0x1234", "0xc52b"), &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_DEVICE_MISSING);
    g_assert_nonnull(strstr(error->message, "1234:c52b"));
    g_clear_error(&error);
    g_assert_null(drv_usb_host_resolve(host->folder, DEVICE("0x0951", "0x1666"), &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);
    g_assert_nonnull(strstr(error->message, "has 2 USB devices"));
}

static void
test_others(Host *host, gconstpointer data)
{
    static const char *const texts[] = {
        "<hostdev type='usb'><source><address bus='1' device='2'/></source></hostdev>",
        "<hostdev type='pci'/>",
        "<disk type='file'/>",
        "no XML",
        DEVICE("nonsense", "0xc52b"),
    };
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *xml = drv_usb_host_resolve(host->folder, texts[i], NULL);
        g_assert_cmpstr(xml, ==, texts[i]);
    }
}

static void
test_has(Host *host, gconstpointer data)
{
    g_assert_true(drv_usb_host_has(host->folder, 3, 8));
    g_assert_false(drv_usb_host_has(host->folder, 3, 6));
    g_assert_false(drv_usb_host_has(host->folder, 2, 8));
    g_assert_false(drv_usb_host_has("/nowhere", 3, 8));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/drv/usb-host/found", Host, NULL, set_up, test_found, tear_down);
    g_test_add("/drv/usb-host/not-one", Host, NULL, set_up, test_not_one, tear_down);
    g_test_add("/drv/usb-host/others", Host, NULL, set_up, test_others, tear_down);
    g_test_add("/drv/usb-host/has", Host, NULL, set_up, test_has, tear_down);
    return g_test_run();
}
