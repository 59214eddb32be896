/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many inputs at once: --output FOLDER, with a file in it for each. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xlconv/tool.h"

#define BAR_WIDTH 40

typedef struct {
    char *input;
    char *output; /* where the one result goes that has no name of its own */
} Job;

typedef struct {
    const XlcVerb *verb;
    const XlcTool *tool;
    GArray *jobs;   /* Job */
    gboolean bar;   /* whether there is a progress bar */
    guint left_out; /* files of folders that end otherwise */
    guint done;
    guint warned; /* of those that are written */
    guint refused;
    GHashTable *written; /* set of paths */
} Batch;

static void
job_clear(gpointer data)
{
    g_free(((Job *)data)->input);
    g_free(((Job *)data)->output);
}

/* "/etc/xen/web.cfg" becomes "FOLDER/web.xml"; what has another ending keeps it. */
static void
add_job(Batch *batch, const char *input)
{
    g_autofree char *base = g_path_get_basename(input);
    g_autofree char *name = NULL;
    Job job = { .input = g_strdup(input) };

    if (g_str_has_suffix(base, batch->verb->from_suffix))
        base[strlen(base) - strlen(batch->verb->from_suffix)] = '\0';
    name = g_strconcat(base, batch->verb->to_suffix, NULL);
    job.output = g_build_filename(batch->tool->output, name, NULL);
    g_array_append_val(batch->jobs, job);
}

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The path of a file of @folder that ends as inputs do (transfer full), or NULL; others count. A
 * link that leads nowhere is one that cannot be read. */
static char *
input_in(Batch *batch, const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    if (*name == '.' ||
        (!g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_file_test(path, G_FILE_TEST_EXISTS)))
        return NULL;
    if (g_str_has_suffix(name, batch->verb->from_suffix))
        return g_steal_pointer(&path);
    batch->left_out++;
    return NULL;
}

/* The files of @folder that end as inputs do, by name. FALSE, said, when it cannot be read. */
static gboolean
add_folder(Batch *batch, const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

    if (dir == NULL) {
        g_autofree char *problem = xlc_tool_error_text(error);

        xlc_tool_refuse(folder, "%s", problem);
        return FALSE;
    }
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        char *path = input_in(batch, folder, name);

        if (path != NULL)
            g_ptr_array_add(paths, path);
    }
    g_ptr_array_sort(paths, by_name);
    for (guint i = 0; i < paths->len; i++)
        add_job(batch, paths->pdata[i]);
    if (paths->len == 0)
        xlc_tool_refuse(folder, _("no file in it ends in %s: name those that are to be converted"),
                        batch->verb->from_suffix);
    return paths->len > 0;
}

/* FALSE, said, when two inputs would go into one file. */
static gboolean
outputs_differ(const Batch *batch)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < batch->jobs->len; i++) {
        const Job *job = &g_array_index(batch->jobs, Job, i);

        if (!g_hash_table_add(seen, job->output)) {
            xlc_tool_refuse(job->output, "%s",
                            _("two inputs would become this file: convert them one by one"));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
collect(Batch *batch, char **files)
{
    for (; *files != NULL; files++) {
        if (!g_file_test(*files, G_FILE_TEST_IS_DIR))
            add_job(batch, *files);
        else if (!add_folder(batch, *files))
            return FALSE;
    }
    return outputs_differ(batch);
}

static void
show_bar(const Batch *batch)
{
    guint filled = batch->done * BAR_WIDTH / batch->jobs->len;

    if (!batch->bar)
        return;
    fprintf(stderr, "\r[%.*s%*s] %u/%u", (int)filled, "########################################",
            (int)(BAR_WIDTH - filled), "", batch->done, batch->jobs->len);
    fflush(stderr);
}

static void
hide_bar(const Batch *batch)
{
    if (batch->bar)
        fputs("\r\033[K", stderr);
}

XlcResult *
xlc_result_new(const char *name, char *text)
{
    XlcResult *result = g_new0(XlcResult, 1);

    result->name = g_strdup(name);
    result->text = text;
    return result;
}

static void
result_free(gpointer data)
{
    XlcResult *result = data;

    g_free(result->name);
    g_free(result->text);
    g_free(result);
}

static gboolean
is_file_name(const char *name)
{
    return *name != '\0' && *name != '.' && strchr(name, '/') == NULL;
}

/* Where @result goes (transfer full). */
static char *
result_path(const Batch *batch, const Job *job, const XlcResult *result)
{
    g_autofree char *name = NULL;

    if (result->name == NULL)
        return g_strdup(job->output);
    name = g_strconcat(result->name, batch->verb->to_suffix, NULL);
    return g_build_filename(batch->tool->output, name, NULL);
}

static int
write_result(Batch *batch, const Job *job, const XlcResult *result)
{
    g_autofree char *path = result_path(batch, job, result);
    int status = XLC_EXIT_REFUSED;

    if (result->name != NULL && !is_file_name(result->name)) {
        hide_bar(batch);
        xlc_tool_refuse(job->input,
                        _("'%s' is no name for a file: convert it alone, with --domain"),
                        result->name);
    } else if (g_hash_table_contains(batch->written, path)) {
        hide_bar(batch);
        xlc_tool_refuse(path, "%s",
                        _("two inputs would become this file: convert them one by one"));
    } else if (!batch->tool->force &&
               g_file_test(path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK)) {
        hide_bar(batch);
        xlc_tool_refuse(path, "%s", _("it is there already: add --force to overwrite it"));
    } else {
        status = xlc_tool_write(batch->tool, path, result->text);
    }
    if (status == XLC_EXIT_DONE)
        g_hash_table_add(batch->written, g_steal_pointer(&path));
    return status;
}

static int
write_results(Batch *batch, const Job *job, GPtrArray *results)
{
    int worst = XLC_EXIT_DONE;

    for (guint i = 0; i < results->len; i++) {
        int status = write_result(batch, job, results->pdata[i]);

        worst = MAX(worst, status);
    }
    return worst;
}

static int
run_job(Batch *batch, const Job *job)
{
    g_auto(XlcInput) input = { 0 };
    g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func(result_free);
    guint before = g_hash_table_size(batch->written);
    gboolean made = FALSE;
    int status;

    if (xlc_input_read(&input, job->input))
        made = batch->verb->make(batch->verb, batch->tool, &input, results);
    if (xlconv_report_size(input.report) > 0)
        hide_bar(batch);
    status = xlc_input_finish(&input, batch->tool);
    if (status == XLC_EXIT_DONE && made)
        status = write_results(batch, job, results);
    if (xlconv_report_count(input.report, XLCONV_SEVERITY_WARNING) > 0)
        batch->warned += g_hash_table_size(batch->written) - before;
    return status;
}

static void
say_summary(const Batch *batch)
{
    if (batch->left_out > 0)
        xlc_tool_say(
            g_dngettext(GETTEXT_PACKAGE,
                        "%u file without %s left out: name it if it is to be converted, too",
                        "%u files without %s left out: name those that are to be converted, too",
                        batch->left_out),
            batch->left_out, batch->verb->from_suffix);
    xlc_tool_say(
        g_dngettext(GETTEXT_PACKAGE, "%u file: %u written, %u of them with warnings, %u refused",
                    "%u files: %u written, %u of them with warnings, %u refused", batch->done),
        batch->done, g_hash_table_size(batch->written), batch->warned, batch->refused);
}

static int
run_jobs(Batch *batch)
{
    int worst = XLC_EXIT_DONE;

    for (guint i = 0; i < batch->jobs->len; i++) {
        int status;

        show_bar(batch);
        status = run_job(batch, &g_array_index(batch->jobs, Job, i));
        batch->refused += status != XLC_EXIT_DONE;
        batch->done++;
        worst = MAX(worst, status);
    }
    hide_bar(batch);
    if (batch->tool->json == NULL)
        say_summary(batch);
    return worst;
}

int
xlc_tool_batch(const XlcVerb *verb, const XlcTool *tool, char **files)
{
    Batch batch = { .verb = verb, .tool = tool };
    int status = XLC_EXIT_USAGE;

    if (files[0] == NULL) {
        xlc_tool_say("%s", _("--output needs files or a folder to convert"));
        return XLC_EXIT_USAGE;
    }
    if (g_mkdir_with_parents(tool->output, 0777) != 0) {
        g_autofree char *problem = xlc_tool_errno_text(errno);

        xlc_tool_refuse(tool->output, "%s", problem);
        return XLC_EXIT_REFUSED;
    }
    batch.jobs = g_array_new(FALSE, FALSE, sizeof(Job));
    g_array_set_clear_func(batch.jobs, job_clear);
    batch.written = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    batch.bar = isatty(STDERR_FILENO) && tool->json == NULL;
    if (collect(&batch, files))
        status = run_jobs(&batch);
    g_array_unref(batch.jobs);
    g_hash_table_unref(batch.written);
    return status;
}
