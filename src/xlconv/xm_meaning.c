/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/xm_meaning.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "xlconv/doc.h"
#include "xlconv/numbers.h"
#include "xlconv/splice.h"
#include "xlconv/writer.h"

typedef struct {
    const XlcDoc *doc;
    XlcSplices *splices;
    DomReport *report;
} Meaning;

/* The value of an atom; NULL for a list, and where the key is not assigned. */
static const char *
atom_text(const Meaning *m, const char *key)
{
    const XlcEntry *entry = xlc_doc_get(m->doc, key);

    return entry != NULL && entry->value->kind != XLC_VALUE_LIST ? entry->value->text : NULL;
}

static const char *
text_or(const Meaning *m, const char *key, const char *otherwise)
{
    const char *text = atom_text(m, key);

    return text != NULL ? text : otherwise;
}

static gboolean
is_on(const char *text)
{
    gint64 number;

    return text != NULL && xlc_number_parse(text, G_MININT64, G_MAXINT64, &number, NULL) &&
           number != 0;
}

static gboolean
is_hvm(const Meaning *m)
{
    return g_strcmp0(atom_text(m, "builder"), "hvm") == 0 ||
           g_strcmp0(atom_text(m, "type"), "hvm") == 0;
}

static char *
assignment(const char *key, const char *text)
{
    g_autofree char *quoted = xlc_writer_quote(text);

    return g_strdup_printf("%s = %s", key, quoted);
}

/* Puts @text in place of the source from @from to @to, and leaves it its lines. */
static void
replace(const Meaning *m, const XlcPosition *from, const XlcPosition *to, const char *text)
{
    const char *source = xlc_doc_source(m->doc, NULL);
    g_autoptr(GString) with_lines = g_string_new(text);

    for (guint i = from->offset; i < to->offset; i++) {
        if (source[i] == '\n')
            g_string_append_c(with_lines, '\n');
    }
    xlc_splice(m->splices, from->offset, to->offset, with_lines->str);
}

/* Puts @text in place of the assignment that counts. Those that it overrides go: they would count
 * where the key is no more. */
static void
replace_all(const Meaning *m, const XlcEntry *entry, const char *text)
{
    for (guint i = 0; i < entry->n_assignments; i++) {
        const XlcAssignment *one = entry->assignments[i];

        replace(m, &one->start, &one->end, i + 1 == entry->n_assignments ? text : "");
    }
}

/* Nothing for NULL. */
static void
take_out(const Meaning *m, const XlcEntry *entry)
{
    if (entry != NULL)
        replace_all(m, entry, "");
}

static void
note(const Meaning *m, const XlcPosition *at, const char *key, const char *meant)
{
    if (*meant != '\0')
        dom_report_add(m->report, DOM_SEVERITY_NOTE, at->line, at->column, key,
                       _("written for xm: read as %s"), meant);
    else
        dom_report_add(m->report, DOM_SEVERITY_NOTE, at->line, at->column, key, "%s",
                       _("written for xm, to which this says nothing: left out"));
}

/* Puts @meant in place of the assignment; "" takes it out. */
static void
mean(const Meaning *m, const XlcEntry *entry, const char *meant)
{
    replace_all(m, entry, meant);
    note(m, &xlc_entry_last(entry)->start, entry->key, meant);
}

static void
replace_item(const Meaning *m, const XlcValue *item, const char *meant)
{
    g_autofree char *quoted = xlc_writer_quote(meant);

    replace(m, &item->start, &item->end, quoted);
}

/* xm's words for the kinds of guest; xl's own spelling beside them is right already. */
static void
read_builder(const Meaning *m, const XlcEntry *entry, const char *unused)
{
    const char *text = entry->value->text;

    if (xlc_doc_get(m->doc, "type") != NULL) {
        if (g_strcmp0(text, "linux") == 0)
            mean(m, entry, "builder = \"generic\"");
    } else if (g_strcmp0(text, "linux") == 0) {
        mean(m, entry, "type = \"pv\"");
    } else if (g_strcmp0(text, "hvm") == 0) {
        mean(m, entry, "type = \"hvm\"");
    }
}

/* To xm this was as good as nothing, and xl hands it on. */
static void
read_empty(const Meaning *m, const XlcEntry *entry, const char *unused)
{
    if (entry->value->kind != XLC_VALUE_LIST && *entry->value->text == '\0')
        mean(m, entry, "");
}

/* The same value under another name. */
static void
read_name(const Meaning *m, const XlcEntry *entry, const char *name)
{
    const char *source = xlc_doc_source(m->doc, NULL);
    const XlcValue *value = xlc_entry_last(entry)->value;
    g_autofree char *text =
        g_strndup(source + value->start.offset, value->end.offset - value->start.offset);
    g_autofree char *meant = g_strdup_printf("%s = %s", name, text);

    if (xlc_doc_get(m->doc, name) == NULL && !entry->value->joined)
        mean(m, entry, meant);
}

/* The CPU of the first vCPU; a negative one is any. */
static void
read_cpu(const Meaning *m, const XlcEntry *entry, const char *name)
{
    const char *text = atom_text(m, entry->key);
    g_autofree char *meant = NULL;

    if (text == NULL || xlc_doc_get(m->doc, name) != NULL)
        return;
    if (g_ascii_isdigit(*text))
        meant = g_strdup_printf("%s = [ \"%s\" ]", name, text);
    mean(m, entry, meant != NULL ? meant : "");
}

/* Words with blanks between them, each an item of a list. */
static void
read_words(const Meaning *m, const XlcEntry *entry, const char *name)
{
    const char *text = atom_text(m, entry->key);
    g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", " ", -1);
    g_autoptr(GString) items = g_string_new(NULL);
    g_autofree char *meant = NULL;

    if (text == NULL || xlc_doc_get(m->doc, name) != NULL)
        return;
    for (char **word = words; *word != NULL; word++) {
        g_autofree char *quoted = xlc_writer_quote(*word);

        if (**word != '\0')
            g_string_append_printf(items, "%s %s", items->len > 0 ? "," : "", quoted);
    }
    meant = items->len > 0 ? g_strdup_printf("%s = [%s ]", name, items->str) : NULL;
    mean(m, entry, meant != NULL ? meant : "");
}

static void
read_switch(const Meaning *m, const XlcEntry *entry, const char *name)
{
    g_autofree char *meant = g_strdup_printf("%s = 1", name);

    if (xlc_doc_get(m->doc, name) == NULL && is_on(atom_text(m, entry->key)))
        mean(m, entry, meant);
}

/* xm showed a screen by VNC where that was asked for, and xl where it is not refused. */
static void
read_sdl(const Meaning *m, const XlcEntry *entry, const char *unused)
{
    if (is_on(atom_text(m, "sdl")) && is_hvm(m) && xlc_doc_get(m->doc, "vnc") == NULL &&
        xlc_doc_get(m->doc, "vfb") == NULL)
        mean(m, entry, "sdl = 1; vnc = 0");
}

/* "a=b, c=d" as options without blanks around them. */
static char **
split_options(const char *text)
{
    char **options = g_strsplit(text, ",", -1);

    for (char **option = options; *option != NULL; option++)
        g_strstrip(*option);
    return options;
}

static const char *
option_value(char *const *options, const char *name)
{
    gsize length = strlen(name);

    for (; *options != NULL; options++) {
        if (g_str_has_prefix(*options, name) && (*options)[length] == '=')
            return *options + length + 1;
    }
    return NULL;
}

static gboolean
is_screen(const char *word)
{
    return g_strcmp0(word, "vnc") == 0 || g_strcmp0(word, "sdl") == 0;
}

/* The options of a screen (transfer full), in which type=sdl is sdl=1, and sdl=1 alone no VNC. */
static char **
screen_options(const char *text)
{
    g_auto(GStrv) options = split_options(text);
    g_autoptr(GStrvBuilder) meant = g_strv_builder_new();
    const char *type = option_value(options, "type");
    gboolean sdl = g_strcmp0(type, "sdl") == 0 || is_on(option_value(options, "sdl"));

    if (is_screen(type) && option_value(options, type) == NULL) {
        g_autofree char *option = g_strconcat(type, "=1", NULL);

        g_strv_builder_add(meant, option);
    }
    if (sdl && g_strcmp0(type, "vnc") != 0 && option_value(options, "vnc") == NULL)
        g_strv_builder_add(meant, "vnc=0");
    for (char **option = options; *option != NULL; option++) {
        if (!g_str_has_prefix(*option, "type=") || !is_screen(type))
            g_strv_builder_add(meant, *option);
    }
    return g_strv_builder_end(meant);
}

/* The note has no more of the item than what is new: passwords stand there. */
static void
read_screen(const Meaning *m, const char *key, const XlcValue *item)
{
    g_auto(GStrv) options = screen_options(item->text);
    g_auto(GStrv) before = split_options(item->text);
    g_autofree char *meant = g_strjoinv(",", options);

    if (g_strv_equal((const char *const *)options, (const char *const *)before))
        return;
    replace_item(m, item, meant);
    note(m, &item->start, key,
         g_strcmp0(option_value(options, "vnc"), "0") == 0 ? "sdl=1,vnc=0" : options[0]);
}

/* What xl takes for the screen of an HVM guest stands outside of vfb=. */
static void
spread_screen(const Meaning *m, const XlcEntry *entry)
{
    const XlcAssignment *last = xlc_entry_last(entry);
    g_auto(GStrv) options = screen_options(entry->value->items[0]->text);
    g_autoptr(GString) meant = g_string_new(NULL);

    for (char **option = options; *option != NULL; option++) {
        char *equals = strchr(*option, '=');
        g_autofree char *text = NULL;

        if (equals == NULL)
            continue;
        *equals = '\0';
        take_out(m, xlc_doc_get(m->doc, *option));
        text = assignment(*option, equals + 1);
        g_string_append_printf(meant, "%s%s", meant->len > 0 ? "; " : "", text);
    }
    replace_all(m, entry, meant->str);
    dom_report_add(m->report, DOM_SEVERITY_NOTE, last->start.line, last->start.column, entry->key,
                   "%s",
                   _("written for xm: xl has the screen of an HVM guest outside of vfb, and there "
                     "it is read"));
}

static gboolean
is_text_list(const XlcValue *value)
{
    for (guint i = 0; value->kind == XLC_VALUE_LIST && i < value->n_items; i++) {
        if (value->items[i]->kind == XLC_VALUE_LIST || value->items[i]->joined)
            return FALSE;
    }
    return value->kind == XLC_VALUE_LIST;
}

static void
read_vfb(const Meaning *m, const XlcEntry *entry, const char *unused)
{
    if (!is_text_list(entry->value))
        return;
    if (is_hvm(m) && entry->value->n_items == 1 && !entry->value->joined) {
        spread_screen(m, entry);
        return;
    }
    for (guint i = 0; i < entry->value->n_items; i++)
        read_screen(m, entry->key, entry->value->items[i]);
}

static const char *const modes[] = { "r", "ro", "w", "rw", "r!", "w!", NULL };

/* "!" let others have the disk, too. */
static gboolean
drop_sharing(const Meaning *m, const char *key, const XlcValue *item, char *mode)
{
    char *shared = strchr(mode, '!');

    if (shared == NULL)
        return FALSE;
    *shared = '\0';
    dom_report_add(m->report, DOM_SEVERITY_WARNING, item->start.line, item->start.column, key, "%s",
                   _("xl has no ! behind the mode, which is left out: the guest may not start "
                     "while another one or the host has the disk"));
    return TRUE;
}

/* "UNAME,DEV,MODE,DOMAIN,PROTOCOL": to xl the fourth has a name, and it finds the protocol itself.
 */
static gboolean
name_domain(char **parts)
{
    g_autofree char *domain = NULL;
    guint n = g_strv_length(parts);

    if (n < 4 || n > 5 || strchr(parts[3], '=') != NULL)
        return FALSE;
    domain = parts[3];
    parts[3] = *domain != '\0' ? g_strconcat("backend=", domain, NULL) : NULL;
    g_clear_pointer(&parts[4], g_free);
    return TRUE;
}

/* xend looked for block devices in /dev. The prefix stays: to xl, what has one has no format in its
 * second place. */
static gboolean
spell_device(char **parts)
{
    static const char phy[] = "phy:";
    g_autofree char *text = NULL;

    if (parts[0] == NULL || !g_str_has_prefix(parts[0], phy) ||
        strchr("/", parts[0][strlen(phy)]) != NULL)
        return FALSE;
    text = parts[0];
    parts[0] = g_strconcat(phy, "/dev/", text + strlen(phy), NULL);
    return TRUE;
}

static gboolean
has_mode(char *const *parts)
{
    return g_strv_length((char **)parts) >= 3 &&
           g_strv_contains((const char *const *)modes, parts[2]);
}

static void
read_disk_item(const Meaning *m, const char *key, const XlcValue *item)
{
    g_auto(GStrv) parts = split_options(item->text);
    g_autofree char *meant = NULL;
    gboolean changed = spell_device(parts);

    if (has_mode(parts)) {
        changed |= drop_sharing(m, key, item, parts[2]);
        changed |= name_domain(parts);
    }
    if (!changed)
        return;
    meant = g_strjoinv(",", parts);
    replace_item(m, item, meant);
    note(m, &item->start, key, meant);
}

static void
read_disk(const Meaning *m, const XlcEntry *entry, const char *unused)
{
    if (!is_text_list(entry->value))
        return;
    for (guint i = 0; i < entry->value->n_items; i++)
        read_disk_item(m, entry->key, entry->value->items[i]);
}

/* libxl's own number of NICs is no greater. */
#define MOST_NICS 64

/* Puts @n NICs of which nothing is said behind those of vif=. */
static void
add_nics(const Meaning *m, const XlcEntry *nics, const XlcEntry *vif, guint n)
{
    g_autoptr(GString) more = g_string_new(NULL);
    const XlcValue *list = vif != NULL ? vif->value : NULL;
    gboolean first = list == NULL || list->n_items == 0;
    guint at;

    for (guint i = 0; i < n; i++)
        g_string_append(more, i == 0 && first ? " \"\"" : ", \"\"");
    if (list == NULL) {
        g_autofree char *meant = g_strdup_printf("vif = [%s ]", more->str);

        mean(m, nics, meant);
        return;
    }
    at = first ? list->start.offset + 1 : list->items[list->n_items - 1]->end.offset;
    xlc_splice(m->splices, at, at, more->str);
    take_out(m, nics);
    note(m, &xlc_entry_last(nics)->start, nics->key, "vif = [ \"\" ]");
}

static void
read_nics(const Meaning *m, const XlcEntry *entry, const char *unused)
{
    const XlcEntry *vif = xlc_doc_get(m->doc, "vif");
    guint has = vif != NULL ? vif->value->n_items : 0;
    gint64 number;

    if (entry->value->kind == XLC_VALUE_LIST ||
        !xlc_number_parse(entry->value->text, 0, MOST_NICS, &number, NULL) ||
        (vif != NULL && (vif->value->kind != XLC_VALUE_LIST || vif->value->joined)))
        return;
    if (number <= has)
        mean(m, entry, "");
    else
        add_nics(m, entry, vif, (guint)number - has);
}

/* Keys for the command line of the guest's kernel. */
static const char *const kernel_keys[] = { "ip",        "gateway", "netmask",    "hostname",
                                           "interface", "dhcp",    "nfs_server", "nfs_root" };

/* "ip=CLIENT:SERVER:GATEWAY:NETMASK:HOST:DEVICE:AUTOCONF" (transfer full); NULL for none. */
static char *
kernel_ip(const Meaning *m)
{
    const char *ip = text_or(m, "ip", "");
    const char *dhcp = text_or(m, "dhcp", "off");

    if (*ip == '\0' && g_str_equal(dhcp, "off"))
        return NULL;
    return g_strdup_printf(
        "ip=%s:%s:%s:%s:%s:%s:%s", g_str_has_prefix(ip, "ip=") ? ip + strlen("ip=") : ip,
        text_or(m, "nfs_server", ""), text_or(m, "gateway", ""), text_or(m, "netmask", ""),
        text_or(m, "hostname", ""), text_or(m, "interface", "eth0"), dhcp);
}

/* What they put in front of extra= (transfer full); "" for nothing. */
static char *
kernel_words(const Meaning *m)
{
    g_autofree char *ip = kernel_ip(m);
    const char *server = atom_text(m, "nfs_server");
    const char *root = text_or(m, "nfs_root", "");
    GString *words = g_string_new(ip);

    if (server != NULL && *root != '\0')
        g_string_append_printf(words, "%snfsroot=%s:%s", words->len > 0 ? " " : "", server, root);
    return g_string_free(words, FALSE);
}

static void
mean_extra(const Meaning *m, const XlcEntry *first, const char *words)
{
    const XlcEntry *extra = xlc_doc_get(m->doc, "extra");
    const char *text = text_or(m, "extra", "");
    g_autofree char *all = g_strconcat(words, *text != '\0' ? " " : "", text, NULL);
    g_autofree char *meant = assignment("extra", all);

    if (extra == NULL) {
        mean(m, first, meant);
        return;
    }
    replace_all(m, extra, meant);
    take_out(m, first);
    note(m, &xlc_entry_last(first)->start, first->key, meant);
}

static void
read_kernel_keys(const Meaning *m)
{
    g_autofree char *words = kernel_words(m);
    const XlcEntry *extra = xlc_doc_get(m->doc, "extra");
    gboolean said = FALSE;

    if (*words == '\0' || is_hvm(m) || xlc_doc_get(m->doc, "cmdline") != NULL ||
        (extra != NULL && (extra->value->kind == XLC_VALUE_LIST || extra->value->joined)))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(kernel_keys); i++) {
        const XlcEntry *entry = xlc_doc_get(m->doc, kernel_keys[i]);

        if (entry == NULL)
            continue;
        if (said)
            take_out(m, entry);
        else
            mean_extra(m, entry, words);
        said = TRUE;
    }
}

static const struct {
    const char *key;
    void (*read)(const Meaning *m, const XlcEntry *entry, const char *name);
    const char *name; /* xl's */
} rows[] = {
    { "blkif", read_switch, "driver_domain" },
    { "bootargs", read_words, "bootloader_args" },
    { "bootloader", read_empty },
    { "builder", read_builder },
    { "cpu", read_cpu, "cpus" },
    { "cpu_cap", read_name, "cap" },
    { "disk", read_disk },
    { "irq", read_name, "irqs" },
    { "kernel", read_empty },
    { "keymap", read_empty },
    { "netif", read_switch, "driver_domain" },
    { "nics", read_nics },
    { "nographic", read_name, "nographics" },
    { "ramdisk", read_empty },
    { "root", read_empty },
    { "sdl", read_sdl },
    { "serial", read_empty },
    { "soundhw", read_empty },
    { "tpmif", read_switch, "driver_domain" },
    { "usbdevice", read_empty },
    { "vfb", read_vfb },
};

char *
xlc_xm_meaning(const char *cfg, DomReport *report)
{
    g_autoptr(XlcDoc) doc = xlc_doc_parse_partial(cfg, strlen(cfg), NULL, NULL);
    g_autoptr(XlcSplices) splices = xlc_splices_new(cfg, strlen(cfg));
    Meaning m = { doc, splices, report };

    read_kernel_keys(&m);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        const XlcEntry *entry = xlc_doc_get(doc, rows[i].key);

        if (entry != NULL)
            rows[i].read(&m, entry, rows[i].name);
    }
    return xlc_splices_apply(splices);
}
