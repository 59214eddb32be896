/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of saved guests: written, read, cut short, aborted, on a full disk. */
#include "drv-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libvirt/libvirt.h>

#include "driver/input.h"
#include "driver/output.h"
#include "driver/partial.h"

#define XML         "<domain type='xen'><name>web</name></domain>"
#define STREAM_SIZE (3 * 1024 * 1024 + 17)

typedef struct {
    char *root;
    char *path; /* of the image */
    guint8 *stream;
    guint64 moved;
} World;

static void
set_up(World *world, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    world->root = g_dir_make_tmp("test-drv-save-XXXXXX", &error);
    g_assert_no_error(error);
    world->path = g_build_filename(world->root, "web.save", NULL);
    world->stream = g_malloc(STREAM_SIZE);
    for (gsize i = 0; i < STREAM_SIZE; i++) {
        world->stream[i] = (guint8)(i * 7 + i / 4096);
    }
}

static guint
count_files(const World *world)
{
    g_autoptr(GDir) dir = g_dir_open(world->root, 0, NULL);
    guint count = 0;
    while (g_dir_read_name(dir)) {
        count++;
    }
    return count;
}

static void
tear_down(World *world, gconstpointer data)
{
    g_unlink(world->path);
    /* no test leaves anything beside the image */
    g_assert_cmpuint(count_files(world), ==, 0);
    g_rmdir(world->root);
    g_free(world->root);
    g_free(world->path);
    g_free(world->stream);
}

static void
count_moved(guint64 total, gpointer data)
{
    World *world = data;
    g_assert_cmpuint(total, >, world->moved);
    world->moved = total;
}

static DrvOutput *
open_output(World *world, const char *format, const char *path)
{
    g_autoptr(GError) error = NULL;
    DrvOutputPlan plan = {
        .path = path,
        .notes = world->root,
        .name = "web",
        .format = drv_image_format_by_name(format),
        .moved = count_moved,
        .data = world,
    };
    DrvOutput *output = drv_output_open(&plan, &error);
    g_assert_no_error(error);
    return output;
}

/* What libxl would do; FALSE when the pipe broke. */
static gboolean
write_stream(const World *world, int fd)
{
    gsize done = 0;
    while (done < STREAM_SIZE) {
        gssize n = write(fd, world->stream + done, MIN(65536, STREAM_SIZE - done));
        if (n < 0) {
            return FALSE;
        }
        done += (gsize)n;
    }
    return TRUE;
}

static void
write_image(World *world, const char *format)
{
    g_autoptr(GError) error = NULL;
    guint8 bytes[DRV_IMAGE_HEAD_SIZE];
    DrvImageHead head = { drv_image_format_by_name(format), DRV_IMAGE_STATE_RUNNING, sizeof(XML),
                          0 };
    g_autoptr(DrvOutput) output = open_output(world, format, world->path);
    drv_image_head_write(&head, bytes);
    g_assert_true(drv_output_put(output, bytes, sizeof(bytes), &error));
    g_assert_true(drv_output_put(output, XML, sizeof(XML), &error));
    int fd = drv_output_begin(output, &error);
    g_assert_no_error(error);
    g_assert_true(write_stream(world, fd));
    close(fd);
    g_assert_true(drv_output_end(output, &head.stream_size, &error));
    g_assert_no_error(error);
    drv_image_head_write(&head, bytes);
    g_assert_true(drv_output_rewrite(output, bytes, sizeof(bytes), &error));
    g_assert_false(g_file_test(world->path, G_FILE_TEST_EXISTS));
    g_assert_true(drv_output_commit(output, &error));
    g_assert_no_error(error);
}

/* The bytes that come out, up to @max. */
static gsize
read_stream(const World *world, int fd, gsize max)
{
    g_autofree guint8 *bytes = g_malloc(STREAM_SIZE + 1);
    gsize done = 0;
    gssize n;
    while (done < max && (n = read(fd, bytes + done, MIN(65536, max - done))) > 0) {
        done += (gsize)n;
    }
    g_assert_cmpmem(bytes, done, world->stream, MIN(done, STREAM_SIZE));
    return done;
}

static void
test_round(World *world, gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *program = g_find_program_in_path(format);
    struct stat info;
    int fd = -1;
    if (!program && !g_str_equal(format, "raw")) {
        g_test_skip("the program is not installed");
        return;
    }
    write_image(world, format);
    g_assert_cmpuint(world->moved, ==, STREAM_SIZE);
    g_assert_cmpint(stat(world->path, &info), ==, 0);
    g_assert_cmpuint(info.st_mode & 07777, ==, 0600);

    world->moved = 0;
    g_autoptr(DrvInput) input = drv_input_open(world->path, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(input->xml, ==, XML);
    g_assert_cmpuint(input->head.stream_size, ==,
                     (guint64)info.st_size - DRV_IMAGE_HEAD_SIZE - sizeof(XML));
    DrvReading *reading = drv_reading_begin(input, TRUE, count_moved, world, &fd, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(read_stream(world, fd, STREAM_SIZE + 1), ==, STREAM_SIZE);
    close(fd);
    g_assert_true(drv_reading_end(reading, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(world->moved, ==, STREAM_SIZE);
}

/* libxl closes the pipe when it has seen the end of its stream, or did not like it. */
static void
test_left_early(World *world, gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    int fd = -1;
    write_image(world, format);
    g_autoptr(DrvInput) input = drv_input_open(world->path, &error);
    world->moved = 0;
    DrvReading *reading = drv_reading_begin(input, FALSE, NULL, NULL, &fd, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(read_stream(world, fd, 100), ==, 100);
    close(fd);
    g_assert_true(drv_reading_end(reading, &error));
    g_assert_no_error(error);
}

static void
test_cut(World *world, gconstpointer data)
{
    write_image(world, "raw");
    static const gsize lengths[] = { STREAM_SIZE + DRV_IMAGE_HEAD_SIZE, 1000, 80, 63, 0 };
    for (gsize i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_cmpint(truncate(world->path, (off_t)lengths[i]), ==, 0);
        g_assert_null(drv_input_open(world->path, &error));
        g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);
        g_assert_nonnull(strstr(error->message, world->path));
    }
}

/* The program that reads it finds the damage. */
static void
test_damaged(World *world, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    int fd = -1;
    write_image(world, "gzip");
    FILE *file = fopen(world->path, "r+e");
    fseek(file, DRV_IMAGE_HEAD_SIZE + sizeof(XML) + 1000, SEEK_SET);
    fputs("this is not what gzip wrote", file);
    fclose(file);
    g_autoptr(DrvInput) input = drv_input_open(world->path, &error);
    g_assert_no_error(error);
    DrvReading *reading = drv_reading_begin(input, FALSE, NULL, NULL, &fd, &error);
    g_autofree guint8 *bytes = g_malloc(65536);
    while (read(fd, bytes, 65536) > 0) {
    }
    close(fd);
    g_assert_false(drv_reading_end(reading, &error));
    g_assert_nonnull(strstr(error->message, "gzip"));
}

/* An abort breaks the pipe, and nothing is left; an older image stays as it was. */
static void
test_abort(World *world, gconstpointer format)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(world->path, "old", -1, NULL));
    g_autoptr(DrvOutput) output = open_output(world, format, world->path);
    int fd = drv_output_begin(output, &error);
    g_assert_no_error(error);
    drv_output_stop(output);
    g_assert_false(write_stream(world, fd));
    g_assert_cmpint(errno, ==, EPIPE);
    close(fd);
    g_assert_false(drv_output_end(output, NULL, &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_ABORTED);
    g_clear_pointer(&output, drv_output_free);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(world->path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "old");
}

/* A writer that cannot see the pipe break is let write to its end. */
static void
test_drain(World *world, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    DrvOutputPlan plan = {
        .path = "/dev/full",
        .notes = world->root,
        .name = "web",
        .format = drv_image_formats,
        .drain = TRUE,
    };
    g_autoptr(DrvOutput) output = drv_output_open(&plan, &error);
    g_assert_no_error(error);
    int fd = drv_output_begin(output, &error);
    g_assert_true(write_stream(world, fd));
    close(fd);
    g_assert_false(drv_output_end(output, NULL, &error));
    g_assert_error(error, DRV_ERROR, VIR_ERR_OPERATION_FAILED);
    g_assert_nonnull(strstr(error->message, g_strerror(ENOSPC)));
}

static void
test_full(World *world, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvOutput) output = open_output(world, "raw", "/dev/full");
    int fd = drv_output_begin(output, &error);
    g_assert_false(write_stream(world, fd));
    close(fd);
    g_assert_false(drv_output_end(output, NULL, &error));
    g_assert_nonnull(strstr(error->message, g_strerror(ENOSPC)));
}

/* A daemon that is killed leaves a file and a note; the next removes both and nothing else. */
static void
test_killed(World *world, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *part = g_build_filename(world->root, "web.save.part", NULL);
    g_assert_true(drv_partial_note(world->root, "web", part, &error));
    g_assert_true(g_file_set_contents(part, "half", -1, NULL));
    g_assert_true(drv_partial_note(world->root, "never made", "/nowhere/file", &error));
    g_assert_true(g_file_set_contents(world->path, "whole", -1, NULL));
    g_assert_cmpuint(count_files(world), ==, 4);
    drv_partial_clean(world->root);
    g_assert_cmpuint(count_files(world), ==, 1);
    g_assert_true(g_file_test(world->path, G_FILE_TEST_EXISTS));
}

#define ADD(name, data, func)                                                                      \
    g_test_add("/drv/save-file/" name, World, data, set_up, func, tear_down)

int
main(int argc, char **argv)
{
    /* as in the daemon */
    signal(SIGPIPE, SIG_IGN);
    if (virInitialize() < 0) {
        return 1;
    }
    g_test_init(&argc, &argv, NULL);
    for (const DrvImageFormat *format = drv_image_formats; format->name; format++) {
        g_autofree char *path = g_strdup_printf("/drv/save-file/round/%s", format->name);
        g_test_add(path, World, format->name, set_up, test_round, tear_down);
    }
    ADD("left-early/raw", "raw", test_left_early);
    ADD("left-early/gzip", "gzip", test_left_early);
    ADD("cut", NULL, test_cut);
    ADD("damaged", NULL, test_damaged);
    ADD("abort/raw", "raw", test_abort);
    ADD("abort/gzip", "gzip", test_abort);
    ADD("drain", NULL, test_drain);
    ADD("full", NULL, test_full);
    ADD("killed", NULL, test_killed);
    return g_test_run();
}
