/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a conversion costs beside the bare parsers that it cannot do without:
 *
 *     bench FOLDER...
 *
 * Each folder's *.cfg that convert are read and written by us, by libxlutil alone and by libxml2
 * alone, in one process; printed is the least of many repetitions, per file. Then one
 * configuration grows, and the cost per item shows whether time is linear.
 *
 * Under an instruction counter, whose figures are the same on a busy machine:
 *
 *     bench --once FOLDER...     each kind of work once per file
 *     bench --grow N             each growing configuration with N items
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

static xmlDocPtr
read_xml(const char *xml)
{
    return xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOBLANKS);
}

static char *
run_cfg2xml(const Sample *sample)
{
    g_autoptr(DomDef) def = xlc_def_from_cfg(sample->cfg, strlen(sample->cfg), NULL, NULL);

    return def != NULL ? dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, NULL) : NULL;
}

static char *
run_xml2cfg(const Sample *sample)
{
    g_autoptr(DomDef) def = dom_def_parse_xml(sample->xml, &xlc_def_ops, NULL, NULL);

    return def != NULL ? xlc_def_to_cfg(def, DOM_FORMAT_SECURE, NULL, NULL) : NULL;
}

static char *
run_xml2xml(const Sample *sample)
{
    g_autoptr(DomDef) def = dom_def_parse_xml(sample->xml, &xlc_def_ops, NULL, NULL);

    return def != NULL ? dom_def_format_xml(def, DOM_FORMAT_SECURE, &xlc_def_ops, NULL) : NULL;
}

static char *
run_xlutil(const Sample *sample)
{
    XLU_Config *config = xlu_cfg_init(nowhere, "bench");

    xlu_cfg_readdata(config, sample->cfg, (int)strlen(sample->cfg));
    xlu_cfg_destroy(config);
    return NULL;
}

static char *
run_xml_parse(const Sample *sample)
{
    xmlFreeDoc(read_xml(sample->xml));
    return NULL;
}

static char *
run_xml_write(const Sample *sample)
{
    xmlChar *text;
    int length;

    xmlDocDumpFormatMemory(sample->doc, &text, &length, 1);
    xmlFree(text);
    return NULL;
}

/* A kind of work. What it makes is returned (transfer full), and NULL by a bare parser. */
typedef struct {
    const char *name;
    char *(*run)(const Sample *sample);
} Work;

enum { CFG2XML, XML2CFG, XML2XML, XLUTIL, XML_PARSE, XML_WRITE };
static const Work works[] = {
    [CFG2XML] = { "cfg2xml", run_cfg2xml },
    [XML2CFG] = { "xml2cfg", run_xml2cfg },
    [XML2XML] = { "xml2xml", run_xml2xml },
    [XLUTIL] = { "libxlutil parse", run_xlutil },
    [XML_PARSE] = { "libxml2 parse", run_xml_parse },
    [XML_WRITE] = { "libxml2 write", run_xml_write },
};

static void
add_sample(GPtrArray *samples, char *cfg)
{
    Sample *sample = g_new0(Sample, 1);

    sample->cfg = cfg;
    sample->xml = run_cfg2xml(sample);
    if (sample->xml == NULL) {
        sample_free(sample);
        return;
    }
    sample->doc = read_xml(sample->xml);
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
        char *cfg;

        if (g_str_has_suffix(name, ".cfg") && g_file_get_contents(file, &cfg, NULL, NULL))
            add_sample(samples, cfg);
    }
    return samples;
}

/* Microseconds that @work takes for all of @samples once. A function of its own in the machine's
 * code too: an instruction counter tells what it calls from what add_sample() calls. */
static G_GNUC_NO_INLINE gint64
time_once(const Work *work, GPtrArray *samples)
{
    gint64 start = g_get_monotonic_time();

    for (guint i = 0; i < samples->len; i++)
        g_free(work->run(samples->pdata[i]));
    return g_get_monotonic_time() - start;
}

static void
measure_folder(const char *path, guint repetitions)
{
    g_autoptr(GPtrArray) samples = read_folder(path);
    gint64 least[G_N_ELEMENTS(works)];

    g_assert_cmpuint(samples->len, >, 0);
    for (guint w = 0; w < G_N_ELEMENTS(works); w++)
        least[w] = G_MAXINT64;
    /* In turns, so that a busy moment of the machine meets all alike. */
    for (guint i = 0; i < repetitions; i++) {
        for (guint w = 0; w < G_N_ELEMENTS(works); w++) {
            gint64 took = time_once(&works[w], samples);

            least[w] = MIN(least[w], took);
        }
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
add_disk(GString *text, guint i)
{
    g_string_append_printf(text, "%s\"format=raw,vdev=xvd%u,target=/dev/vg/disk%u\"\n",
                           i == 0 ? "disk = [ " : ", ", i, i);
}

static void
add_vif(GString *text, guint i)
{
    g_string_append_printf(text, "%s\"bridge=xenbr%u\"\n", i == 0 ? "vif = [ " : ", ", i);
}

static void
add_key(GString *text, guint i)
{
    g_string_append_printf(text, "site_key_%u = %u\n", i, i);
}

static void
add_element(GString *text, guint i)
{
    g_string_append_printf(text, "<site number='%u'/>\n", i);
}

/* What is kept of twins is told by their numbers in #xml comments. */
static void
add_twin(GString *text, guint i)
{
    g_string_append_printf(text,
                           "<interface type='bridge'><source bridge='b'/>"
                           "<alias name='ua-nic%u'/></interface>\n"
                           "<disk type='block' device='disk'><source dev='/dev/vg/disk'/>"
                           "<target dev='xvda' bus='xen'/><alias name='ua-disk%u'/></disk>\n",
                           i, i);
}

static void
add_cell(GString *text, guint i)
{
    g_string_append_printf(text, "<cell id='%u' memory='1024' cpus='%u' site='%u'/>\n", i, i, i);
}

static void
add_feature(GString *text, guint i)
{
    g_string_append_printf(text, "<feature name='f%u' policy='require'/>\n", i);
}

#define CFG "name = \"grown\"\ntype = \"pvh\"\nmemory = 512\n"
#define XML                                                                                        \
    "<domain type='xen'><name>grown</name><memory>524288</memory><os><type>xenpvh</type></os>"

static const struct {
    const char *name;
    const char *begin;
    void (*add)(GString *text, guint i);
    const char *end;
    /* works; the second one has what the first one made */
    guint first;
    guint second;
} growths[] = {
    { "disks", CFG, add_disk, "]\n", CFG2XML, XML2CFG },
    { "vifs", CFG, add_vif, "]\n", CFG2XML, XML2CFG },
    { "unknown keys", CFG, add_key, "", CFG2XML, XML2CFG },
    { "unknown elements", XML, add_element, "</domain>\n", XML2CFG, XML2XML },
    { "#xml of twins", XML "<devices>", add_twin, "</devices></domain>\n", XML2CFG, CFG2XML },
    { "#xml of cells", XML "<cpu><numa>", add_cell, "</numa></cpu></domain>\n", XML2CFG, CFG2XML },
    { "#xml of features", XML "<cpu mode='host-passthrough'>", add_feature, "</cpu></domain>\n",
      XML2CFG, CFG2XML },
};

/* The text of row @g with @n items. */
static Sample *
grown(guint g, guint n)
{
    GString *text = g_string_new(growths[g].begin);
    Sample *sample = g_new0(Sample, 1);

    for (guint i = 0; i < n; i++)
        growths[g].add(text, i);
    g_string_append(text, growths[g].end);
    *(growths[g].first == CFG2XML ? &sample->cfg : &sample->xml) = g_string_free(text, FALSE);
    return sample;
}

/* Runs both works of row @g with @n items; returns microseconds. */
static gint64
grow(guint g, guint n)
{
    Sample *sample = grown(g, n);
    gint64 start = g_get_monotonic_time();
    char *made = works[growths[g].first].run(sample);
    gint64 first = g_get_monotonic_time() - start;
    gint64 both;

    g_assert_nonnull(made);
    *(growths[g].first == CFG2XML ? &sample->xml : &sample->cfg) = made;
    g_free(works[growths[g].second].run(sample));
    both = g_get_monotonic_time() - start;
    g_print("%6u %-16s %s %8.2f, %s %8.2f us per item\n", n, growths[g].name,
            works[growths[g].first].name, (double)first / n, works[growths[g].second].name,
            (double)(both - first) / n);
    sample_free(sample);
    return both;
}

static void
measure_growth(guint g)
{
    gint64 took = 0;

    for (guint n = 10; n <= 10000 && took < PATIENCE; n *= 10)
        took = grow(g, n);
}

int
main(int argc, char **argv)
{
    gboolean once = argc > 1 && g_str_equal(argv[1], "--once");

    nowhere = fopen("/dev/null", "w");
    g_assert_nonnull(nowhere);
    if (argc == 3 && g_str_equal(argv[1], "--grow")) {
        for (guint g = 0; g < G_N_ELEMENTS(growths); g++)
            grow(g, (guint)g_ascii_strtoull(argv[2], NULL, 10));
        return 0;
    }
    for (int i = once ? 2 : 1; i < argc; i++)
        measure_folder(argv[i], once ? 1 : REPETITIONS);
    for (guint g = 0; !once && g < G_N_ELEMENTS(growths); g++)
        measure_growth(g);
    fclose(nowhere);
    return 0;
}
