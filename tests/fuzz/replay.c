/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs a fuzz target over files, without a fuzzer: each argument is a file or a folder of files, of
 * which with "FOLDER:SUFFIX" those count whose names end so. The suite replays
 * tests/fuzz/corpus/TARGET and the golden files this way; scripts/fuzz hunts for new inputs.
 */

#include <glib.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static guint
replay_file(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *data = NULL;
    gsize length;

    if (!g_file_get_contents(path, &data, &length, &error))
        g_error("%s", error->message);
    /* a copy of exactly that size, so that a sanitizer sees a read beyond its end */
    {
        g_autofree guint8 *exact = length > 0 ? g_memdup2(data, length) : g_malloc(1);

        LLVMFuzzerTestOneInput(exact, length);
    }
    return 1;
}

static guint
replay_folder(const char *argument)
{
    const char *colon = strrchr(argument, ':');
    const char *suffix = colon ? colon + 1 : "";
    g_autofree char *path =
        g_strndup(argument, colon ? (gsize)(colon - argument) : strlen(argument));
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) folder = g_dir_open(path, 0, &error);
    const char *name;
    guint n = 0;

    if (!folder)
        g_error("%s", error->message);
    while ((name = g_dir_read_name(folder))) {
        g_autofree char *file = g_build_filename(path, name, NULL);

        n += g_str_has_suffix(name, suffix) ? replay_file(file) : 0;
    }
    return n;
}

int
main(int argc, char **argv)
{
    guint n = 0;

    for (int i = 1; i < argc; i++)
        n += g_file_test(argv[i], G_FILE_TEST_IS_REGULAR) ? replay_file(argv[i])
                                                          : replay_folder(argv[i]);
    g_print("%u inputs\n", n);
    return n > 0 ? 0 : 1;
}
