/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <config.h>

#include <string.h>

#include "datatypes.h"
#include "virerror.h"
#include "virtypedparam.h"
#include "viraccessapicheck.h"

#include "conf/xml.h"
#include "driver/api.h"
#include "driver/change.h"
#include "driver/events.h"
#include "driver/iotune.h"
#include "driver/qdisk.h"
#include "driver/storage.h"
#include "driver/text.h"

#define VIR_FROM_THIS VIR_FROM_LIBXL

/* A limit: its name in libvirt's parameters, which is that of its element, too, and in QMP. 0 is
 * none.
 */
typedef struct {
    const char *name;
    const char *qmp;
} Limit;

static const Limit limits[] = {
    { VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC, "bps" },
    { VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC, "bps_rd" },
    { VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC, "bps_wr" },
    { VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC, "iops" },
    { VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC, "iops_rd" },
    { VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC, "iops_wr" },
    { VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX, "bps_max" },
    { VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX, "bps_rd_max" },
    { VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX, "bps_wr_max" },
    { VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX, "iops_max" },
    { VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX, "iops_rd_max" },
    { VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX, "iops_wr_max" },
    { VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_BYTES_SEC_MAX_LENGTH, "bps_max_length" },
    { VIR_DOMAIN_BLOCK_IOTUNE_READ_BYTES_SEC_MAX_LENGTH, "bps_rd_max_length" },
    { VIR_DOMAIN_BLOCK_IOTUNE_WRITE_BYTES_SEC_MAX_LENGTH, "bps_wr_max_length" },
    { VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC_MAX_LENGTH, "iops_max_length" },
    { VIR_DOMAIN_BLOCK_IOTUNE_READ_IOPS_SEC_MAX_LENGTH, "iops_rd_max_length" },
    { VIR_DOMAIN_BLOCK_IOTUNE_WRITE_IOPS_SEC_MAX_LENGTH, "iops_wr_max_length" },
    { VIR_DOMAIN_BLOCK_IOTUNE_SIZE_IOPS_SEC, "iops_size" },
};

#define N_LIMITS G_N_ELEMENTS(limits)
/* The first six have to be there in QMP; the others, when they are 0, must not. */
#define N_BASIC 6
/* These come in threes: of both directions, of reading, of writing. */
#define N_DIRECTED 18

typedef struct {
    guint64 values[N_LIMITS];
    gboolean given[N_LIMITS]; /* of a request */
    char *group;              /* owned; NULL: the disk is by itself */
} Tune;

static void
tune_clear(Tune *tune)
{
    g_free(tune->group);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tune, tune_clear)

static int
find_limit(const char *name)
{
    for (gsize i = 0; i < N_LIMITS; i++) {
        if (g_str_equal(limits[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

static gboolean
is_set(const Tune *tune)
{
    for (gsize i = 0; i < N_LIMITS; i++) {
        if (tune->values[i]) {
            return TRUE;
        }
    }
    return tune->group != NULL;
}

/* --- <iotune>, which is nothing of Xen's and which the model keeps as it is --- */

#define ELEMENT "iotune"

static void
read_child(Tune *tune, xmlNodePtr child)
{
    xmlChar *text = xmlNodeGetContent(child);
    int at = find_limit((const char *)child->name);
    if (at >= 0) {
        g_ascii_string_to_unsigned((const char *)text, 10, 0, G_MAXINT64, &tune->values[at], NULL);
    } else if (g_str_equal((const char *)child->name, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME)) {
        g_free(tune->group);
        tune->group = g_strdup((const char *)text);
    }
    xmlFree(text);
}

static void
read_element(Tune *tune, const DomDisk *disk)
{
    const DomRest *rest = &disk->rest;
    for (guint i = 0; rest->items && i < rest->items->len; i++) {
        const DomRestItem *item = g_ptr_array_index(rest->items, i);
        g_autoptr(xmlDoc) doc = dom_xml_rest_doc(item, "", ELEMENT);
        xmlNodePtr root = doc ? xmlDocGetRootElement(doc) : NULL;
        for (xmlNodePtr child = root ? root->children : NULL; child; child = child->next) {
            if (child->type == XML_ELEMENT_NODE) {
                read_child(tune, child);
            }
        }
    }
}

/* (transfer full) */
static char *
make_element(const Tune *tune)
{
    GString *text = g_string_new("<" ELEMENT ">");
    for (gsize i = 0; i < N_LIMITS; i++) {
        if (tune->values[i]) {
            g_string_append_printf(text, "<%s>%" G_GUINT64_FORMAT "</%s>", limits[i].name,
                                   tune->values[i], limits[i].name);
        }
    }
    if (tune->group) {
        g_autofree char *name = g_markup_escape_text(tune->group, -1);
        g_string_append_printf(text, "<group_name>%s</group_name>", name);
    }
    g_string_append(text, "</" ELEMENT ">");
    return g_string_free(text, FALSE);
}

static void
write_element(DomDisk *disk, const Tune *tune)
{
    DomRest *rest = &disk->rest;
    for (guint i = rest->items ? rest->items->len : 0; i > 0; i--) {
        if (dom_rest_is_element(g_ptr_array_index(rest->items, i - 1), "", ELEMENT)) {
            g_ptr_array_remove_index(rest->items, i - 1);
        }
    }
    if (is_set(tune)) {
        g_autofree char *text = make_element(tune);
        dom_rest_add(rest, "", NULL, text);
    }
}

/* --- QEMU --- */

static virJSONValue *
make_arguments(const DrvQdisk *qdisk, const Tune *tune)
{
    virJSONValue *arguments = drv_qdisk_argument(qdisk);
    for (gsize i = 0; i < N_LIMITS; i++) {
        g_autofree char *key = g_strconcat("U:", limits[i].qmp, NULL);
        if (i < N_BASIC || tune->values[i]) {
            virJSONValueObjectAdd(&arguments, key, (unsigned long long)tune->values[i], NULL);
        }
    }
    virJSONValueObjectAdd(&arguments, "S:group", tune->group, NULL);
    return arguments;
}

/* QEMU has an HVM guest's disk twice; whichever the guest uses keeps to the limits. */
static gboolean
limit_disk(DrvQmp *qmp, const GPtrArray *qdisks, const DomDisk *disk, const Tune *tune,
           GError **error)
{
    int place = drv_qdisks_find(qdisks, disk, 0);
    if (place < 0) {
        return drv_fail(error, VIR_ERR_OPERATION_UNSUPPORTED,
                        _("disk %s: dom0's kernel serves it, or another domain, and limits are "
                          "QEMU's: use <driver name='qemu'/>"),
                        disk->vdev);
    }
    for (; place >= 0; place = drv_qdisks_find(qdisks, disk, (guint)(place + 1))) {
        virJSONValue *arguments = make_arguments(g_ptr_array_index(qdisks, place), tune);
        if (!drv_qmp_tell(qmp, "block_set_io_throttle", arguments, error)) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean
is_limited(const DomDisk *disk)
{
    g_auto(Tune) tune = { 0 };
    read_element(&tune, disk);
    return is_set(&tune);
}

static gboolean
limit_all(const DomDef *def, int id, GError **error)
{
    g_autoptr(DrvQmp) qmp = drv_qmp_open(id, DRV_QMP_PATIENCE, error);
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, error) : NULL;
    gboolean done = qdisks != NULL;
    for (guint i = 0; done && i < def->disks->len; i++) {
        const DomDisk *disk = g_ptr_array_index(def->disks, i);
        g_auto(Tune) tune = { 0 };
        read_element(&tune, disk);
        done = !is_set(&tune) || limit_disk(qmp, qdisks, disk, &tune, error);
    }
    return done;
}

gboolean
drv_iotune_limit(const DomDef *def, int id, GError **error)
{
    for (guint i = 0; i < def->disks->len; i++) {
        if (is_limited(g_ptr_array_index(def->disks, i))) {
            return limit_all(def, id, error);
        }
    }
    return TRUE;
}

/* --- the methods --- */

typedef struct {
    const char *path;
    Tune tune;
} Request;

/* A limit of all and one of a direction exclude each other; the one that is given ends the other.
 */
static void
merge(Tune *tune, const Tune *request)
{
    for (gsize i = 0; i < N_LIMITS; i++) {
        gsize all = i - i % 3;
        if (!request->given[i]) {
            continue;
        }
        tune->values[i] = request->values[i];
        if (i < N_DIRECTED && request->values[i]) {
            tune->values[all] = i == all ? tune->values[all] : 0;
            tune->values[all + 1] = i == all ? 0 : tune->values[all + 1];
            tune->values[all + 2] = i == all ? 0 : tune->values[all + 2];
        }
    }
    if (request->group) {
        g_free(tune->group);
        tune->group = *request->group ? g_strdup(request->group) : NULL;
    }
}

static gboolean
edit_iotune(DomDef *def, DrvTargets target, gpointer data, GError **error)
{
    const Request *request = data;
    g_auto(Tune) tune = { 0 };
    DomDisk *disk = drv_storage_find(def, request->path, error);
    if (!disk) {
        return FALSE;
    }
    read_element(&tune, disk);
    merge(&tune, &request->tune);
    write_element(disk, &tune);
    return TRUE;
}

static gboolean
apply_iotune(DrvXen *xen, uint32_t domid, const DomDef *def, gpointer data, GError **error)
{
    const Request *request = data;
    g_auto(Tune) tune = { 0 };
    const DomDisk *disk = drv_storage_find(def, request->path, error);
    g_autoptr(DrvQmp) qmp = disk ? drv_qmp_open((int)domid, DRV_QMP_PATIENCE, error) : NULL;
    g_autoptr(GPtrArray) qdisks = qmp ? drv_qdisks_read(qmp, error) : NULL;
    if (!qdisks) {
        return FALSE;
    }
    read_element(&tune, disk);
    merge(&tune, &request->tune);
    return limit_disk(qmp, qdisks, disk, &tune, error);
}

static const DrvChange change_iotune = { "blkdeviotune", edit_iotune, apply_iotune };

/* No direction beside both: QEMU would refuse, in words that nobody knows here. */
static gboolean
check_request(const Tune *tune, GError **error)
{
    for (gsize i = 0; i < N_DIRECTED; i += 3) {
        if (tune->values[i] && (tune->values[i + 1] || tune->values[i + 2])) {
            return drv_fail(error, VIR_ERR_INVALID_ARG,
                            _("%s limits both directions: leave out %s and %s"), limits[i].name,
                            limits[i + 1].name, limits[i + 2].name);
        }
    }
    return TRUE;
}

static gboolean
read_request(virTypedParameterPtr params, int n, Tune *tune, GError **error)
{
    for (int i = 0; i < n; i++) {
        int at = find_limit(params[i].field);
        if (at >= 0 && params[i].type == VIR_TYPED_PARAM_ULLONG) {
            tune->values[at] = params[i].value.ul;
            tune->given[at] = TRUE;
        } else if (g_str_equal(params[i].field, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME) &&
                   params[i].type == VIR_TYPED_PARAM_STRING) {
            g_free(tune->group);
            tune->group = g_strdup(params[i].value.s);
        } else {
            return drv_fail(error, VIR_ERR_INVALID_ARG,
                            _("a disk has no limit called '%s': see virsh help blkdeviotune"),
                            params[i].field);
        }
        if (at >= 0 && tune->values[at] > G_MAXINT64) {
            return drv_fail(error, VIR_ERR_OVERFLOW, _("%s: no disk is that fast"),
                            params[i].field);
        }
    }
    return check_request(tune, error);
}

/* Clients hear what was set, in the names of events: the same behind a word. */
static void
tell(DrvDriver *driver, virDomainPtr dom, const Request *request)
{
    virTypedParameterPtr params = NULL;
    int n = 0, room = 0;
    gboolean done = virTypedParamsAddString(&params, &n, &room, VIR_DOMAIN_TUNABLE_BLKDEV_DISK,
                                            request->path) == 0;
    for (gsize i = 0; done && i < N_LIMITS; i++) {
        g_autofree char *name = g_strconcat("blkdeviotune.", limits[i].name, NULL);
        done = !request->tune.given[i] ||
               virTypedParamsAddULLong(&params, &n, &room, name, request->tune.values[i]) == 0;
    }
    if (done && request->tune.group) {
        done = virTypedParamsAddString(&params, &n, &room, VIR_DOMAIN_TUNABLE_BLKDEV_GROUP_NAME,
                                       request->tune.group) == 0;
    }
    drv_event_tunable(driver, dom, params, n);
}

int
drv_domain_set_block_io_tune(virDomainPtr dom, const char *path, virTypedParameterPtr params,
                             int n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainSetBlockIoTuneEnsureACL(dom->conn, who->def, flags) < 0) {
        return -1;
    }
    Request request = { .path = path };
    DrvDriver *driver = drv_driver_of(dom->conn);
    gboolean done = read_request(params, n_params, &request.tune, &error) &&
                    drv_change_run(driver, domain, &change_iotune, flags, &request, &error);
    if (done) {
        tell(driver, dom, &request);
    }
    tune_clear(&request.tune);
    return done ? 0 : drv_raise(&error);
}

static gboolean
assign(const Tune *tune, virTypedParameterPtr params, int n)
{
    for (int i = 0; i < MIN(n, (int)N_LIMITS); i++) {
        if (virTypedParameterAssign(&params[i], limits[i].name, VIR_TYPED_PARAM_ULLONG,
                                    (unsigned long long)tune->values[i]) < 0) {
            return FALSE;
        }
    }
    return n <= (int)N_LIMITS ||
           virTypedParameterAssign(&params[N_LIMITS], VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME,
                                   VIR_TYPED_PARAM_STRING,
                                   g_strdup(tune->group ? tune->group : "")) == 0;
}

int
drv_domain_get_block_io_tune(virDomainPtr dom, const char *path, virTypedParameterPtr params,
                             int *n_params, unsigned int flags)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(DrvIdentity) who = NULL;
    g_auto(Tune) tune = { 0 };
    int id;
    virCheckFlags(VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG | VIR_TYPED_PARAM_STRING_OKAY,
                  -1);
    g_autoptr(DrvDomain) domain = drv_domain_of(dom, &who);
    if (!domain || virDomainGetBlockIoTuneEnsureACL(dom->conn, who->def) < 0) {
        return -1;
    }
    g_autoptr(DomDef) def = drv_change_look(drv_driver_of(dom->conn), domain, flags, &id, &error);
    /* without a disk it is asked how many there are */
    const DomDisk *disk = !def                  ? NULL
                          : !path || !*n_params ? NULL
                                                : drv_storage_find(def, path, &error);
    if (error) {
        return drv_raise(&error);
    }
    if (disk) {
        read_element(&tune, disk);
    }
    gboolean asked = *n_params > 0;
    *n_params = asked ? MIN(*n_params, (int)N_LIMITS + 1) : (int)N_LIMITS + 1;
    return !asked || assign(&tune, params, *n_params) ? 0 : -1;
}
