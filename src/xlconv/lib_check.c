/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xlconv/advice.h"
#include "xlconv/carried.h"
#include "xlconv/convert.h"
#include "xlconv/from_cfg.h"
#include "xlconv/lib.h"
#include "xlconv/to_cfg.h"

#include <glib/gi18n-lib.h>
#include <string.h>

gboolean
xlconv_xen_is_known(const char *xen)
{
    XlcXen version;

    return xlc_xen_parse(xen, &version);
}

void
xlconv_guest_check_xen(const XlconvGuest *guest, const char *xen, XlconvReport *report)
{
    g_autoptr(XlcDoc) doc = NULL;
    XlcXen version;

    g_return_if_fail(xlc_xen_parse(xen, &version));
    if (guest->text != NULL)
        doc = xlc_doc_parse_partial(guest->text, guest->length, NULL, NULL);
    xlc_report_newer(guest->def, version, doc, xlc_lib_report(report));
}

/* The assignment that @words, which the binding says about the model, name first; NULL for none. */
static const XlcEntry *
find_named(const XlcDoc *doc, const char *words)
{
    const XlcEntry *found = NULL;
    const char *first = NULL;

    for (guint i = 0; i < xlc_doc_n_entries(doc); i++) {
        const XlcEntry *entry = xlc_doc_entry(doc, i);
        const char *at = xlc_find_word(words, entry->key);

        if (at == NULL || (first != NULL && at >= first))
            continue;
        first = at;
        found = entry;
    }
    return found;
}

/* @words without the key in front of them, which the diagnostic has. */
static const char *
without_key(const char *words, const char *key)
{
    gsize length = key != NULL ? strlen(key) : 0;

    return length > 0 && g_str_has_prefix(words, key) && g_str_has_prefix(words + length, ": ")
               ? words + length + 2
               : words;
}

/* What a complaint is about. */
typedef struct {
    const char *key; /* NULL: none is named */
    XlcPosition at;
    gboolean there; /* it is in the file */
    gboolean named; /* the binding calls it by its name: xl refuses it, too */
} Place;

/* The option of @item that @words name (transfer full); NULL for none. */
static char *
named_option(const XlcValue *item, const char *words)
{
    g_auto(GStrv) options = NULL;

    for (guint i = 0; item->kind == XLC_VALUE_LIST && i < item->n_items; i++) {
        char *option = named_option(item->items[i], words);

        if (option != NULL)
            return option;
    }
    options = g_strsplit(item->kind != XLC_VALUE_LIST ? item->text : "", ",", -1);
    for (guint i = 0; options[i] != NULL; i++) {
        char *equals = strchr(options[i], '=');

        if (equals == NULL)
            continue;
        *equals = '\0';
        if (xlc_find_word(words, g_strstrip(options[i])) != NULL)
            return g_strdup(options[i]);
    }
    return NULL;
}

/* The device that @complaint is about. FALSE when it is about none that is in the file. */
static gboolean
find_device(const DomComplaint *complaint, const XlcDoc *doc, Place *place)
{
    const XlcKey *row = complaint->record != NULL ? xlc_key_of_record(complaint->record) : NULL;
    const XlcValue *item = row != NULL ? xlc_doc_item(doc, row->key, complaint->index) : NULL;
    g_autofree char *option = NULL;

    if (item == NULL)
        return FALSE;
    option = named_option(item, complaint->error->message);
    place->key = row->key;
    place->there = TRUE;
    place->at = xlc_doc_locate_option(doc, item, option);
    place->named = xlc_find_word(complaint->error->message, row->key) != NULL;
    return TRUE;
}

/* The key that @words begin with: "kernel: ..."; NULL for none. */
static const char *
leading_key(const char *words)
{
    g_autofree char *name = g_strndup(words, strcspn(words, ": "));
    const XlcKey *key = words[strlen(name)] == ':' ? xlc_key_find(name) : NULL;

    return key != NULL ? key->key : NULL;
}

static Place
find_place(const DomComplaint *complaint, const XlcDoc *doc)
{
    Place place = { .key = leading_key(complaint->error->message),
                    .at = { .line = 1, .column = 1 } };
    const XlcEntry *entry;

    if (find_device(complaint, doc, &place))
        return place;
    entry = find_named(doc, complaint->error->message);
    if (entry != NULL)
        place = (Place){ entry->key, entry->value->start, TRUE, TRUE };
    return place;
}

static gboolean
is_lack(const DomComplaint *complaint)
{
    return g_error_matches(complaint->error, DOM_ERROR, DOM_ERROR_UNSUPPORTED);
}

/* FALSE when it is an error. */
static gboolean
report_complaint(const DomComplaint *complaint, const DomSeverity severity, const Place *place,
                 DomReport *report)
{
    const char *text = without_key(complaint->error->message, place->key);

    dom_report_add(report, severity, place->at.line, place->at.column, place->key,
                   severity == DOM_SEVERITY_WARNING ? _("this guest cannot start: %s") : "%s",
                   text);
    return severity != DOM_SEVERITY_ERROR;
}

/* Of what xl takes, and the guest does not start with, a conversion makes something. */
static DomSeverity
severity_of(const DomComplaint *complaint, const Place *place)
{
    if (is_lack(complaint))
        return DOM_SEVERITY_NOTE;
    return place->named ? DOM_SEVERITY_ERROR : DOM_SEVERITY_WARNING;
}

gboolean
xlc_lib_check_start(const DomDef *def, const XlcDoc *doc, const XlcXen *xen, DomReport *report)
{
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);
    gboolean starts = TRUE;

    for (guint i = 0; i < complaints->len; i++) {
        const DomComplaint *complaint = complaints->pdata[i];
        Place place = find_place(complaint, doc);

        if (is_lack(complaint) && !xlc_lib_speaks_for(xen))
            continue;
        starts =
            report_complaint(complaint, severity_of(complaint, &place), &place, report) && starts;
    }
    return starts;
}

/* The elements that say what these keys do, and whose record notes where they are. */
static const struct {
    const char *key;
    gsize rest; /* offset in DomDef */
    const char *element;
} elements[] = {
    { "maxvcpus", DOM_TYPED_OFFSET(DomDef, cpu.rest, DomRest), "vcpu" },
    { "vcpus", DOM_TYPED_OFFSET(DomDef, cpu.rest, DomRest), "vcpu" },
    { "maxmem", DOM_TYPED_OFFSET(DomDef, memory.rest, DomRest), "memory" },
    { "cpus", DOM_TYPED_OFFSET(DomDef, cpu.rest, DomRest), "cputune/vcpupin" },
};

/* @element: what @rest notes the place by. FALSE when it does not. */
static gboolean
move_to(Place *place, const DomRest *rest, const char *element, const char *key)
{
    dom_rest_noted(rest, element, &place->at.line, &place->at.column);
    if (place->at.line > 0)
        place->key = key;
    return place->at.line > 0;
}

/* The section of the devices that @key is the list of; NULL: of none. */
static const DomSection *
section_of(const char *key)
{
    for (guint i = 0; i < dom_n_sections; i++) {
        const XlcKey *row = dom_sections[i].list ? xlc_key_of_record(dom_sections[i].record) : NULL;

        if (row != NULL && g_strcmp0(row->key, key) == 0)
            return &dom_sections[i];
    }
    return NULL;
}

/* glib's own leaves the line out. */
static guint
place_hash(gconstpointer place)
{
    guint64 packed = *(const guint64 *)place;

    return (guint)(packed >> 32) * 31 + (guint)packed;
}

static guint64 *
place_new(guint line, guint column)
{
    guint64 place = (guint64)line << 32 | column;

    return g_memdup2(&place, sizeof(place));
}

/* The devices of @def by where their items stand in @doc, which was written of it. */
static GHashTable *
devices_by_place(const DomDef *def, const XlcDoc *doc)
{
    GHashTable *devices = g_hash_table_new_full(place_hash, g_int64_equal, g_free, NULL);

    for (guint e = 0; e < xlc_doc_n_entries(doc); e++) {
        const char *key = xlc_doc_entry(doc, e)->key;
        const DomSection *section = section_of(key);
        GPtrArray *list = section != NULL ? dom_section_list(section, def) : NULL;

        for (guint i = 0; list != NULL && i < list->len; i++) {
            const XlcValue *item = xlc_doc_item(doc, key, i);
            XlcPosition at = item != NULL ? xlc_doc_locate(doc, item, 0) : (XlcPosition){ 0 };

            g_hash_table_insert(devices, place_new(at.line, at.column), list->pdata[i]);
        }
    }
    return devices;
}

/* The element of the device whose item @d is about. */
static gboolean
move_to_item(Place *place, const DomDiagnostic *d, GHashTable *devices)
{
    const DomSection *section = section_of(d->key);
    g_autofree guint64 *at = place_new(d->line, d->column);
    const DomRest *device = d->line > 0 ? g_hash_table_lookup(devices, at) : NULL;

    return section != NULL && device != NULL && move_to(place, device, "", section->path);
}

/* The element of the device that @complaint is about. */
static gboolean
move_to_device(Place *place, const DomComplaint *complaint, const DomDef *def)
{
    for (guint i = 0; complaint->record != NULL && i < dom_n_sections; i++) {
        const DomSection *section = &dom_sections[i];

        if (section->record == complaint->record)
            return move_to(place, dom_section_list(section, def)->pdata[complaint->index], "",
                           section->path);
    }
    return FALSE;
}

/* From the written text, which nobody sees, to the XML: residual text, or an element. @complaint
 * may be NULL. */
static void
move_to_xml(Place *place, const DomComplaint *complaint, const DomDef *def)
{
    place->at = (XlcPosition){ 0 };
    if (place->key == NULL || move_to(place, &def->metadata.rest, place->key, place->key) ||
        (complaint != NULL && move_to_device(place, complaint, def)))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(elements); i++) {
        const DomRest *rest = (const DomRest *)((const char *)def + elements[i].rest);

        if (g_str_equal(elements[i].key, place->key) &&
            move_to(place, rest, elements[i].element, elements[i].element))
            return;
    }
}

/* What reading XML tells by itself, at its place. */
static const struct {
    const char *key;
    const char *place;
} told_of_xml[] = {
    { "boot", "os/boot/@dev" },
    { "disk", "disk/target/@dev" },
    { "memory", "currentMemory" },
    { "videoram", "devices/video/model/@vram" },
};

static const char *
place_in_xml(const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(told_of_xml); i++) {
        if (g_strcmp0(told_of_xml[i].key, key) == 0)
            return told_of_xml[i].place;
    }
    return NULL;
}

static gboolean
is_told(const char *key, const DomReport *report)
{
    const char *place = place_in_xml(key);

    return place != NULL && dom_report_is_about(report, place);
}

/* What xl hands on, and the guest does not start with. Mostly there is nothing, and @text need not
 * be read for that. */
static void
warn_of_start(const DomDef *def, const char *text, DomReport *report)
{
    g_autoptr(DomReport) any = dom_report_new(NULL);
    g_autoptr(DomReport) found = dom_report_new(NULL);
    g_autoptr(XlcDoc) nothing = xlc_doc_parse_partial("", 0, NULL, NULL);
    g_autoptr(XlcDoc) doc = NULL;
    g_autoptr(GHashTable) devices = NULL;

    xlc_advise_unwritten(def, nothing, any);
    if (dom_report_size(any) == 0)
        return;
    doc = xlc_doc_parse_partial(text, strlen(text), NULL, NULL);
    xlc_advise_unwritten(def, doc, found);
    devices = devices_by_place(def, doc);
    for (guint i = 0; i < dom_report_size(found); i++) {
        const DomDiagnostic *d = dom_report_get(found, i);
        Place place = { .key = d->key };

        if (is_told(d->key, report))
            continue;
        if (!move_to_item(&place, d, devices))
            move_to_xml(&place, NULL, def);
        dom_report_add(report, d->severity, place.at.line, place.at.column, place.key, "%s",
                       d->text);
    }
}

gboolean
xlc_lib_check_written(const DomDef *def, const char *text, DomReport *report)
{
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);
    g_autoptr(XlcDoc) doc =
        complaints->len > 0 ? xlc_doc_parse_partial(text, strlen(text), NULL, NULL) : NULL;
    gboolean fine = TRUE;

    for (guint i = 0; i < complaints->len; i++) {
        const DomComplaint *complaint = complaints->pdata[i];
        Place place = find_place(complaint, doc);
        DomSeverity severity = severity_of(complaint, &place);

        if (severity == DOM_SEVERITY_NOTE)
            continue;
        move_to_xml(&place, complaint, def);
        fine = report_complaint(complaint, severity, &place, report) && fine;
    }
    warn_of_start(def, text, report);
    dom_report_sort(report);
    return fine;
}

void
xlc_lib_refuse_start(const DomDef *def, const XlcDoc *doc, DomReport *report)
{
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);

    for (guint i = 0; i < complaints->len; i++) {
        const DomComplaint *complaint = complaints->pdata[i];
        Place place = find_place(complaint, doc);

        if (!dom_report_raise(report, without_key(complaint->error->message, place.key)))
            report_complaint(complaint, DOM_SEVERITY_ERROR, &place, report);
    }
    dom_report_sort(report);
}

void
xlc_lib_check_rest(const XlcDoc *doc, DomReport *report)
{
    g_autoptr(GHashTable) wrong = dom_report_wrong_keys(report);
    g_autoptr(DomDef) def = xlc_def_sensible(doc);
    g_autoptr(GPtrArray) complaints = xlc_lib_complaints(def);

    for (guint i = 0; i < complaints->len; i++) {
        const DomComplaint *complaint = complaints->pdata[i];
        Place place = find_place(complaint, doc);

        if (!is_lack(complaint) && place.there && !g_hash_table_contains(wrong, place.key))
            report_complaint(complaint, severity_of(complaint, &place), &place, report);
    }
}

/* The guest that is in @doc, with what its comments say; NULL, reported, when it is refused. */
static DomDef *
read_guest(const XlcDoc *doc, gboolean broken, DomReport *report)
{
    DomDef *def = xlc_def_from_doc(doc, broken, report, NULL);
    const char *text;
    gsize length;

    if (def == NULL)
        return NULL;
    text = xlc_doc_source(doc, &length);
    return xlc_carried_read(def, text, length, report);
}

/* What of a refused file makes sense (transfer full); NULL when that is not even the kind of guest,
 * on which most advice stands. */
static DomDef *
sensible_guest(const XlcDoc *doc)
{
    g_autoptr(DomDef) def = xlc_def_sensible(doc);

    if (def->general.type == DOM_TYPE_ABSENT &&
        (xlc_doc_get(doc, "type") != NULL || xlc_doc_get(doc, "builder") != NULL))
        return NULL;
    return g_steal_pointer(&def);
}

/* One document serves all that looks at the text. @broken: something of it is missing already. */
static void
check_cfg(const char *bytes, gsize length, gboolean broken, const XlcXen *xen, DomReport *report)
{
    g_autofree char *text = xlc_lib_terminate(bytes, length);
    g_autofree char *plain = xlc_lib_plain_lines(text, length, report);
    gboolean ungrammatical;
    g_autoptr(DomReport) grammar = dom_report_new(NULL);
    g_autoptr(XlcDoc) doc =
        xlc_doc_parse_partial(plain != NULL ? plain : text, plain != NULL ? strlen(plain) : length,
                              grammar, &ungrammatical);
    g_autoptr(DomDef) def = NULL;
    g_autoptr(DomDef) rest = NULL;

    broken |= ungrammatical;
    dom_report_append(report, grammar, 0);
    def = read_guest(doc, broken, report);
    if (plain != NULL)
        g_clear_pointer(&def, dom_def_free); /* it is refused for its lines */
    if (def != NULL && xen != NULL)
        xlc_report_newer(def, *xen, doc, report);
    else if (def != NULL)
        xlc_report_gone(def, doc, report);
    rest = def == NULL && !broken ? sensible_guest(doc) : NULL;
    xlc_advise(doc, grammar, def != NULL ? def : rest, xen,
               xlc_lib_speaks_for(xen) ? xlc_lib_cpuid_complaint : NULL, report);
    if (def != NULL)
        xlc_lib_check_start(def, doc, xen, report);
    else
        xlc_lib_check_rest(doc, report);
}

static void
check_xm(const char *text, gsize length, const XlcXen *xen, DomReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *cfg = xlc_lib_read_xm(text, length, report, &error);

    check_cfg(cfg, strlen(cfg), error != NULL, xen, report);
}

/* What keeps @def from being written as xl.cfg. What else writing tells is for those who do it. */
static void
check_writing(const DomDef *def, DomReport *report)
{
    g_autoptr(DomReport) told = dom_report_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    if (xlc_report_refused(def, report))
        return;
    text = xlc_def_to_cfg(def, DOM_FORMAT_SECURE, told, &error);
    if (text != NULL)
        xlc_lib_check_written(def, text, report);
    else
        dom_report_add(report, DOM_SEVERITY_ERROR, 0, 0, NULL, "%s", error->message);
}

static void
check_other(XlconvForm form, const char *text, gsize length, const char *xen, XlconvReport *report)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) guests = xlconv_guests_parse(form, text, length, report, &error);

    if (error != NULL && xlconv_report_count(report, XLCONV_SEVERITY_ERROR) == 0)
        xlconv_report_add(report, XLCONV_SEVERITY_ERROR, 0, 0, NULL, error->message);
    for (guint i = 0; guests != NULL && i < guests->len; i++) {
        const XlconvGuest *guest = g_ptr_array_index(guests, i);

        check_writing(guest->def, xlc_lib_report(report));
        if (xen != NULL)
            xlconv_guest_check_xen(guest, xen, report);
        else
            xlc_report_gone(guest->def, NULL, xlc_lib_report(report));
    }
}

void
xlconv_check(XlconvForm form, const char *text, gsize length, const char *xen, XlconvReport *report)
{
    XlcXen version = 0;

    g_return_if_fail(xen == NULL || xlc_xen_parse(xen, &version));
    if (xlc_lib_refuse_wide(text, length, xlc_lib_report(report)))
        return;
    if (form == XLCONV_FORM_CFG)
        check_cfg(text, length, FALSE, xen != NULL ? &version : NULL, xlc_lib_report(report));
    else if (form == XLCONV_FORM_XM)
        check_xm(text, length, xen != NULL ? &version : NULL, xlc_lib_report(report));
    else
        check_other(form, text, length, xen, report);
    dom_report_sort(xlc_lib_report(report));
}
