/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a conversion costs beside the bare parsers that it cannot do without:
 *
 *     bench FOLDER...
 *
 * Each folder's *.cfg that convert are read and written by us, by libxlutil alone and by libxml2
 * alone, in one process; printed is the least of many repetitions, per file. Then one
 * configuration grows, and the cost per item shows whether time is linear.
 */
#include <glib.h>
#include <libxl.h>
#include <libxlutil.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "xlconv/convert.h"

#define REPETITIONS 50
/* A size is not tried when the one before took longer. */
#define PATIENCE (2 * G_USEC_PER_SEC)

typedef struct {
    char *cfg;
    char *xml;
    xmlDocPtr doc;
} Sample;

static FILE *nowhere;

static void
sample_free(gpointer data)
{
    Sample *sample = data;

    g_free(sample->cfg);
    g_free(sample->xml);
    xmlFreeDoc(sample->doc);
    g_free(sample);
}

static char *
cfg_to_xml(const char *cfg)
{
    g_autoptr(DomDef) def = xlc_def_from_cfg(cfg, strlen(cfg), NULL, NULL);

    return def != NULL ? dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, NULL) : NULL;
}

static xmlDocPtr
read_xml(const char *xml)
{
    return xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
}

static void
run_cfg2xml(const Sample *sample)
{
    g_free(cfg_to_xml(sample->cfg));
}

static void
run_xml2cfg(const Sample *sample)
{
    g_autoptr(DomDef) def = dom_def_parse_xml(sample->xml, &xlc_def_ops, NULL, NULL);

    g_assert_nonnull(def);
    g_free(xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, NULL));
}

static void
run_xlutil(const Sample *sample)
{
    XLU_Config *config = xlu_cfg_init(nowhere, "bench");

    xlu_cfg_readdata(config, sample->cfg, (int)strlen(sample->cfg));
    xlu_cfg_destroy(config);
}

static void
run_xml_parse(const Sample *sample)
{
    xmlFreeDoc(read_xml(sample->xml));
}

static void
run_xml_write(const Sample *sample)
{
    xmlChar *text;
    int length;

    xmlDocDumpFormatMemory(sample->doc, &text, &length, 1);
    xmlFree(text);
}

typedef struct {
    const char *name;
    void (*run)(const Sample *sample);
} Work;

enum { CFG2XML, XML2CFG, XLUTIL, XML_PARSE, XML_WRITE };
static const Work works[] = {
    [CFG2XML] = { "cfg2xml", run_cfg2xml },
    [XML2CFG] = { "xml2cfg", run_xml2cfg },
    [XLUTIL] = { "libxlutil parse", run_xlutil },
    [XML_PARSE] = { "libxml2 parse", run_xml_parse },
    [XML_WRITE] = { "libxml2 write", run_xml_write },
};

static void
add_sample(GPtrArray *samples, char *cfg)
{
    char *xml = cfg_to_xml(cfg);
    Sample *sample;

    if (xml == NULL) {
        g_free(cfg);
        return;
    }
    sample = g_new0(Sample, 1);
    *sample = (Sample){ .cfg = cfg, .xml = xml, .doc = read_xml(xml) };
    g_ptr_array_add(samples, sample);
}

static GPtrArray *
read_folder(const char *path)
{
    GPtrArray *samples = g_ptr_array_new_with_free_func(sample_free);
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;

    g_assert_nonnull(dir);
    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        char *cfg = NULL;

        if (g_str_has_suffix(name, ".cfg") && g_file_get_contents(file, &cfg, NULL, NULL))
            add_sample(samples, cfg);
    }
    return samples;
}

/* Microseconds that @work takes for all of @samples once. */
static gint64
time_once(const Work *work, GPtrArray *samples)
{
    gint64 start = g_get_monotonic_time();

    for (guint i = 0; i < samples->len; i++)
        work->run(samples->pdata[i]);
    return g_get_monotonic_time() - start;
}

static void
measure_folder(const char *path)
{
    g_autoptr(GPtrArray) samples = read_folder(path);
    gint64 least[G_N_ELEMENTS(works)];

    g_assert_cmpuint(samples->len, >, 0);
    for (guint w = 0; w < G_N_ELEMENTS(works); w++)
        least[w] = G_MAXINT64;
    /* In turns, so that a busy moment of the machine meets all alike. */
    for (guint i = 0; i < REPETITIONS; i++) {
        for (guint w = 0; w < G_N_ELEMENTS(works); w++)
            least[w] = MIN(least[w], time_once(&works[w], samples));
    }
    g_print("%s: %u files\n", path, samples->len);
    for (guint w = 0; w < G_N_ELEMENTS(works); w++)
        g_print("  %-16s %8.1f us per file\n", works[w].name, (double)least[w] / samples->len);
    g_print("  cfg2xml / (libxlutil parse + libxml2 write) %.2f\n",
            (double)least[CFG2XML] / (double)(least[XLUTIL] + least[XML_WRITE]));
    g_print("  xml2cfg / libxml2 parse                     %.2f\n",
            (double)least[XML2CFG] / (double)least[XML_PARSE]);
}

static void
add_disk(GString *cfg, guint i)
{
    g_string_append_printf(cfg, "%s\"format=raw,vdev=xvd%u,target=/dev/vg/disk%u\"\n",
                           i == 0 ? "disk = [ " : ", ", i, i);
}

static void
add_vif(GString *cfg, guint i)
{
    g_string_append_printf(cfg, "%s\"bridge=xenbr%u\"\n", i == 0 ? "vif = [ " : ", ", i);
}

static void
add_unknown(GString *cfg, guint i)
{
    g_string_append_printf(cfg, "site_key_%u = %u\n", i, i);
}

static const struct {
    const char *name;
    void (*add)(GString *cfg, guint i);
    const char *end;
} growths[] = {
    { "disks", add_disk, "]\n" },
    { "vifs", add_vif, "]\n" },
    { "unknown keys", add_unknown, "" },
};

static char *
grown(guint g, guint n)
{
    GString *cfg = g_string_new("name = \"grown\"\ntype = \"pvh\"\nmemory = 512\n");

    for (guint i = 0; i < n; i++)
        growths[g].add(cfg, i);
    g_string_append(cfg, growths[g].end);
    return g_string_free(cfg, FALSE);
}

static void
measure_growth(guint g)
{
    gint64 took = 0;

    for (guint n = 10; n <= 10000 && took < PATIENCE; n *= 10) {
        g_autofree char *cfg = grown(g, n);
        gint64 start = g_get_monotonic_time();
        g_autofree char *xml = cfg_to_xml(cfg);

        took = g_get_monotonic_time() - start;
        g_print("%6u %-12s %8.2f us per item%s\n", n, growths[g].name, (double)took / n,
                xml != NULL ? "" : " (refused)");
    }
}

int
main(int argc, char **argv)
{
    nowhere = fopen("/dev/null", "w");
    g_assert_nonnull(nowhere);
    for (int i = 1; i < argc; i++)
        measure_folder(argv[i]);
    for (guint g = 0; g < G_N_ELEMENTS(growths); g++)
        measure_growth(g);
    fclose(nowhere);
    return 0;
}
