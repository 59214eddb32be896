/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where results of the command go. */
#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xlconv/tool.h"

static gboolean
write_all(int fd, const char *text)
{
    for (gsize left = strlen(text); left > 0;) {
        gssize done = write(fd, text, left);

        if (done < 0 && errno != EINTR)
            return FALSE;
        text += MAX(done, 0);
        left -= (gsize)MAX(done, 0);
    }
    return TRUE;
}

/* Fills a new file that takes the place of one that is as @old. What a batch writes can be made
 * again, and waiting for the disk is most of its time. Closes @fd; FALSE with errno. */
static gboolean
fill(int fd, const char *text, const struct stat *old, const XlcTool *tool)
{
    gboolean ok = fchown(fd, old->st_uid, old->st_gid) == 0 &&
                  fchmod(fd, old->st_mode & (tool->secure ? 0700 : 07777)) == 0 &&
                  write_all(fd, text) && (!tool->in_place || fsync(fd) == 0);
    int error = errno;

    ok = close(fd) == 0 && ok;
    if (!ok)
        errno = error;
    return ok;
}

/* Either all of @text gets into the file of @path, or nothing. FALSE with errno. */
static gboolean
replace(const char *path, const char *text, const XlcTool *tool)
{
    g_autofree char *made = g_strconcat(path, ".XXXXXX", NULL);
    struct stat old;
    int fd = stat(path, &old) == 0 ? g_mkstemp(made) : -1;
    int error;

    if (fd == -1)
        return FALSE;
    if (fill(fd, text, &old, tool) && rename(made, path) == 0)
        return TRUE;
    error = errno;
    unlink(made);
    errno = error;
    return FALSE;
}

/* A link stays one: what it leads to is changed, and stays its owner's. */
static int
write_in_place(const XlcTool *tool, const char *file, const char *text)
{
    g_autofree char *path = realpath(file, NULL);
    g_autofree char *problem = NULL;

    if (path != NULL && replace(path, text, tool))
        return XLC_EXIT_DONE;
    problem = xlc_tool_errno_text(errno);
    xlc_tool_refuse(file, "%s", problem);
    return XLC_EXIT_REFUSED;
}

int
xlc_tool_flush(void)
{
    if (fflush(stdout) != EOF && !ferror(stdout))
        return XLC_EXIT_DONE;
    xlc_tool_say("%s", _("standard output cannot be written"));
    return XLC_EXIT_REFUSED;
}

static int
print(const char *text)
{
    fputs(text, stdout);
    return xlc_tool_flush();
}

int
xlc_tool_write(const XlcTool *tool, const char *file, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *problem = NULL;

    if (file == NULL)
        return print(text);
    /* over an old file, this would leave what is behind the new text, and its mode */
    if (tool->in_place || g_file_test(file, G_FILE_TEST_IS_REGULAR))
        return write_in_place(tool, file, text);
    if (g_file_set_contents_full(file, text, -1, G_FILE_SET_CONTENTS_NONE,
                                 tool->secure ? 0600 : 0666, &error))
        return XLC_EXIT_DONE;
    problem = xlc_tool_error_text(error);
    xlc_tool_refuse(file, "%s", problem);
    return XLC_EXIT_REFUSED;
}
