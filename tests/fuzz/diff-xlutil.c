/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Random documents, disk specs and rates, read by us and by xl's own parser (libxlutil): both must
 * accept the same and read the same from it. Usage: diff-xlutil [COUNT [SEED]]. The seed is the same
 * each time, so that a check says the same twice; by hand, another one looks further.
 */

#include <errno.h>
#include <libxl.h>
#include <libxlutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xlconv/doc.h"
#include "xlconv/numbers.h"
#include "xlconv/spec_disk.h"
#include "xlconv/spec_vif.h"

/* libxlutil forgets the values of a file that it refuses. */
const char *__lsan_default_suppressions(void);
const char *
__lsan_default_suppressions(void)
{
    return "leak:libxlutil";
}

static FILE *nowhere;
static guint failures;

static void
differ(const char *what, const char *input)
{
    g_autofree char *shown = g_strescape(input, NULL);

    failures++;
    g_print("%s differs for \"%s\"\n", what, shown);
}

static gboolean
same_value(XLU_Config *config, XLU_ConfigValue *theirs, const XlcValue *ours)
{
    XLU_ConfigList *list;
    guint n = 0;
    char *text;

    if (xlu_cfg_value_type(theirs) == XLU_STRING)
        return ours->kind != XLC_VALUE_LIST &&
               !xlu_cfg_value_get_string(config, theirs, &text, 1) &&
               g_str_equal(text, ours->text) && strlen(text) == ours->length;
    if (ours->kind != XLC_VALUE_LIST || xlu_cfg_value_get_list(config, theirs, &list, 1))
        return FALSE;
    for (; xlu_cfg_get_listitem2(list, n); n++) {
        if (n >= ours->n_items ||
            !same_value(config, xlu_cfg_get_listitem2(list, n), ours->items[n]))
            return FALSE;
    }
    return n == ours->n_items;
}

static gboolean
same_list(XLU_Config *config, const XlcEntry *entry)
{
    XLU_ConfigList *list;
    int n;

    if (xlu_cfg_get_list(config, entry->key, &list, &n, 1) || n != (int)entry->value->n_items)
        return FALSE;
    for (int i = 0; i < n; i++) {
        if (!same_value(config, xlu_cfg_get_listitem2(list, i), entry->value->items[i]))
            return FALSE;
    }
    return TRUE;
}

static gboolean
same_entry(XLU_Config *config, const XlcEntry *entry)
{
    const char *text;
    gint64 ours;
    long theirs;
    gboolean good;

    if (entry->value->kind == XLC_VALUE_LIST)
        return same_list(config, entry);
    if (xlu_cfg_get_string(config, entry->key, &text, 1) || !g_str_equal(text, entry->value->text))
        return FALSE;
    good = xlc_entry_number(entry, G_MINLONG, G_MAXLONG, &ours, NULL);
    return (xlu_cfg_get_long(config, entry->key, &theirs, 1) == 0) == good &&
           (!good || theirs == ours);
}

/* libxlutil reads a lone first byte of XML or JSON as nothing; we say what the file is instead. */
static gboolean
is_other_form(const char *text)
{
    text += strspn(text, " \t\r\n");
    return *text == '<' || *text == '{';
}

static void
compare_document(const char *text)
{
    XLU_Config *config = xlu_cfg_init(nowhere, "x");
    g_autoptr(XlcDoc) doc = xlc_doc_parse(text, strlen(text), NULL, NULL);
    gboolean good = xlu_cfg_readdata(config, text, strlen(text)) == 0;

    if (good && doc == NULL && is_other_form(text)) {
        xlu_cfg_destroy(config);
        return;
    }
    if (good != (doc != NULL))
        differ(good ? "xl accepts: document" : "xl refuses: document", text);
    for (guint i = 0; good && doc && i < xlc_doc_n_entries(doc); i++) {
        if (!same_entry(config, xlc_doc_entry(doc, i)))
            differ("document", text);
    }
    xlu_cfg_destroy(config);
}

static XlcTristate
tristate(libxl_defbool value)
{
    if (libxl_defbool_is_default(value))
        return XLC_TRI_ABSENT;
    return libxl_defbool_val(value) ? XLC_TRI_YES : XLC_TRI_NO;
}

static gboolean
same_disk_words(const libxl_device_disk *theirs, const XlcDiskSpec *ours)
{
    XlcDiskResolved resolved;
    const char *backend = xlc_disk_backend_name(ours->backendtype);

    xlc_disk_spec_resolve(ours, &resolved);
    return g_str_equal(libxl_disk_format_to_string(theirs->format),
                       xlc_disk_format_name(resolved.format)) &&
           g_str_equal(libxl_disk_backend_to_string(theirs->backend),
                       backend ? backend : "unknown") &&
           !!theirs->readwrite == resolved.read_write && !!theirs->is_cdrom == resolved.cdrom &&
           !!theirs->removable == resolved.removable &&
           theirs->direct_io_safe == ours->direct_io_safe &&
           tristate(theirs->discard_enable) == ours->discard &&
           tristate(theirs->colo_enable) == ours->colo && theirs->colo_port == ours->colo_port;
}

static gboolean
same_disk(const libxl_device_disk *theirs, const XlcDiskSpec *ours)
{
    return g_strcmp0(theirs->pdev_path, ours->target) == 0 &&
           g_strcmp0(theirs->vdev, ours->vdev) == 0 &&
           g_strcmp0(theirs->backend_domname, ours->backend) == 0 &&
           g_strcmp0(theirs->script, ours->script) == 0 &&
           g_strcmp0(theirs->colo_host, ours->colo_host) == 0 &&
           g_strcmp0(theirs->colo_export, ours->colo_export) == 0 &&
           g_strcmp0(theirs->active_disk, ours->active_disk) == 0 &&
           g_strcmp0(theirs->hidden_disk, ours->hidden_disk) == 0 && same_disk_words(theirs, ours);
}

static void
compare_disk(const char *text)
{
    XLU_Config *config;
    libxl_device_disk theirs;
    g_autoptr(XlcDiskSpec) ours = NULL;
    g_autofree char *written = NULL;
    gboolean good;

    /* xl ends itself ("flex scanner jammed") on the first; not all versions have the other words */
    if (strstr(text, "=\n") || strstr(text, "trusted") || strstr(text, "grant_usage"))
        return;
    config = xlu_cfg_init(nowhere, "x");
    libxl_device_disk_init(&theirs);
    ours = xlc_disk_spec_parse(text, NULL, NULL);
    good = xlu_disk_parse(config, 1, &text, &theirs) == 0;
    if (good != (ours != NULL))
        differ(good ? "xl accepts: disk" : "xl refuses: disk", text);
    else if (good && !same_disk(&theirs, ours))
        differ("disk", text);
    libxl_device_disk_dispose(&theirs);
    if (ours)
        written = xlc_disk_spec_format(ours, NULL);
    if (written) {
        const char *again = written;

        libxl_device_disk_init(&theirs);
        if (xlu_disk_parse(config, 1, &again, &theirs) || !same_disk(&theirs, ours))
            differ("disk as written", written);
        libxl_device_disk_dispose(&theirs);
    }
    xlu_cfg_destroy(config);
}

static void
compare_rate(const char *text)
{
    XLU_Config *config = xlu_cfg_init(nowhere, "x");
    libxl_device_nic theirs;
    XlcVifRate ours;
    gboolean good;

    libxl_device_nic_init(&theirs);
    errno = 0; /* libxlutil does not do this itself */
    good = xlu_vif_parse_rate(config, text, &theirs) == 0;
    if (good != xlc_vif_rate_parse(text, &ours, NULL) ||
        (good && (ours.bytes_per_interval != theirs.rate_bytes_per_interval ||
                  ours.interval_usecs != theirs.rate_interval_usecs)))
        differ("rate", text);
    libxl_device_nic_dispose(&theirs);
    xlu_cfg_destroy(config);
}

static const char *const document_pieces[] = {
    "a",
    "b",
    "key_1",
    "=",
    "=",
    "=",
    "+=",
    "+=",
    "\n",
    "\n",
    "\n",
    ";",
    "[",
    "[",
    "]",
    "]",
    ",",
    ",",
    " ",
    "\t",
    "1",
    "007",
    "0x1f",
    "12kb",
    "-5",
    "5M",
    "1.5",
    "\"x\"",
    "'y'",
    "\"\\\"\"",
    "'\\x41'",
    "'\\101'",
    "'\\1+2'",
    "'\\n'",
    "\"\\q\"",
    "\"open",
    "# note\n",
    "#",
    "\r",
    "\xc3\xa9",
    "True",
    "\"\xff\"",
    "\\",
    "'",
    "\"",
    "+",
    ".",
    "(",
    "\f",
    "a = 1\n",
    "b += 2\n",
    "a += \"x\"\n",
    "a=[1]\n",
    "a+=['3',[4]]\n",
    "'5'",
    "' 5'",
    "'5 '",
    "'08'",
    "''",
    "'0x'",
    "'-0x10'",
    "a = [\n 'x', # note\n 'y',\n]\n",
    "'99999999999999999999'",
};

static const char *const disk_pieces[] = {
    "/dev/x",
    "raw",
    "qcow2",
    "empty",
    "xvda",
    "hdc:cdrom",
    "xvda:disk",
    "rw",
    "r",
    "!",
    ",",
    ",",
    ",",
    " ",
    "\n",
    "format=",
    "format=raw",
    "format=qcow",
    "format=bad",
    "cdrom",
    "devtype=disk",
    "devtype=cdrom",
    "devtype=x",
    "access=",
    "access=r",
    "access=q",
    "backend=",
    "backend=d",
    "backendtype=phy",
    "backendtype=qdisk",
    "backendtype=file",
    "specification=xen",
    "vdev=",
    "vdev=xvda",
    "script=",
    "script=s",
    "direct-io-safe",
    "discard",
    "no-discard",
    "colo",
    "no-colo",
    "colo-host=h",
    "colo-port=0",
    "colo-port=80x",
    "colo-export=e",
    "active-disk=a",
    "hidden-disk=b",
    "target=",
    "target=/x",
    "target=/x,=y,",
    "foo=",
    "foo=xy",
    "raw:",
    "qcow2:",
    "vhd:",
    "qed:",
    "iscsi:",
    "drbd:",
    "tapdisk:",
    "tap2:",
    "aio:",
    "ioemu:",
    "file:",
    "phy:",
    "foo:",
    "a:b",
    "=",
    "A=b",
    "-",
    "0",
    "\xc3\xa9",
};

static const char *const rate_pieces[] = {
    "1",  "0",  "10", "010", "018", "4294967295", "4294967296", "50",    "K",
    "M",  "G",  "k",  "B",   "b",   "/s",         "/s",         "@",     "@",
    "ms", "us", "s",  "m",   "u",   "0x1",        "1MB/s",      "8Kb/s", "3GB/s",
};

typedef struct {
    const char *const *pieces;
    guint n_pieces;
    guint most;
    const char *between; /* after most pieces; or NULL */
    void (*compare)(const char *text);
} Language;

static const Language languages[] = {
    { document_pieces, G_N_ELEMENTS(document_pieces), 25, "\n", compare_document },
    { disk_pieces, G_N_ELEMENTS(disk_pieces), 8, ",", compare_disk },
    { rate_pieces, G_N_ELEMENTS(rate_pieces), 6, NULL, compare_rate },
};

static void
try_one(const Language *language, GRand *random)
{
    g_autoptr(GString) text = g_string_new(NULL);
    guint n = g_rand_int_range(random, 1, language->most + 1);

    for (guint i = 0; i < n; i++) {
        if (g_rand_int_range(random, 0, 50) == 0)
            g_string_append_c(text, (char)g_rand_int_range(random, 1, 256));
        else
            g_string_append(text,
                            language->pieces[g_rand_int_range(random, 0, language->n_pieces)]);
        if (language->between && g_rand_boolean(random))
            g_string_append(text, language->between);
    }
    language->compare(text->str);
}

int
main(int argc, char **argv)
{
    guint count = argc > 1 ? atoi(argv[1]) : 20000;
    guint32 seed = argc > 2 ? (guint32)strtoul(argv[2], NULL, 10) : 20261;
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return 1;
    g_print("%u of each, seed %u\n", count, seed);
    for (guint i = 0; i < count && failures < 10; i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(languages); j++)
            try_one(&languages[j], random);
    }
    fclose(nowhere);
    g_print("%u differences\n", failures);
    return failures > 0 ? 1 : 0;
}
