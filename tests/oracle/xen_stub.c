/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into the packaged xl, so that `xl -N create FILE` parses a configuration on a machine
 * without Xen. It answers the calls that xl and libxl make on the way from start to the printed
 * JSON, as a host of STUB_CPUS processors in STUB_NODES nodes would; everything else is xl's own.
 *
 * The figures are those of bind_host_any (driver/bind/bind.h): both sides see the same host.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxl.h>
#include <libxl_utils.h>
#include <xenctrl.h>
#include <xenstore.h>

#define STUB_CPUS  256
#define STUB_NODES 8
/*
 * xl evaluates node:N in a map with a bit for each node the host can have, not for each CPU, and
 * loses the others. As many nodes as CPUs make room for all.
 */
#define STUB_MAX_NODES STUB_CPUS
#define XL_CONF        "/etc/xen/xl.conf"

/* A handle nobody looks into: its owner is replaced by this file. */
static char handle;
static int store_pipe[2] = { -1, -1 };

#define STUB __attribute__((visibility("default")))

STUB xc_interface *
xc_interface_open(xentoollog_logger *logger, xentoollog_logger *dombuild_logger,
                  unsigned open_flags)
{
    return (xc_interface *)&handle;
}

STUB int
xc_interface_close(xc_interface *xch)
{
    return 0;
}

STUB struct xs_handle *
xs_open(unsigned long flags)
{
    return (struct xs_handle *)&handle;
}

STUB struct xs_handle *
xs_daemon_open(void)
{
    return xs_open(0);
}

STUB void
xs_close(struct xs_handle *xsh)
{
}

STUB void
xs_daemon_close(struct xs_handle *xsh)
{
}

/* libxl polls it; the pipe stays silent. */
STUB int
xs_fileno(struct xs_handle *h)
{
    if (store_pipe[0] < 0 && pipe(store_pipe) != 0)
        abort();
    return store_pipe[0];
}

STUB bool
xs_watch(struct xs_handle *h, const char *path, const char *token)
{
    return true;
}

STUB char **
xs_check_watch(struct xs_handle *h)
{
    return NULL;
}

STUB void *
xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len)
{
    return NULL;
}

STUB int
libxl_get_physinfo(libxl_ctx *ctx, libxl_physinfo *physinfo)
{
    libxl_physinfo_init(physinfo);
    physinfo->nr_cpus = STUB_CPUS;
    physinfo->max_cpu_id = STUB_CPUS - 1;
    physinfo->nr_nodes = STUB_NODES;
    physinfo->threads_per_core = 1;
    physinfo->cores_per_socket = STUB_CPUS / STUB_NODES;
    physinfo->total_pages = 1ULL << 28;
    physinfo->free_pages = 1ULL << 28;
    physinfo->cap_hvm = true;
    physinfo->cap_pv = true;
    physinfo->cap_hap = true;
    return 0;
}

STUB const libxl_version_info *
libxl_get_version_info(libxl_ctx *ctx)
{
    static char none[] = "";
    static const libxl_version_info info = {
        .xen_version_major = 4,
        .xen_version_minor = 17,
        .xen_version_extra = none,
        .compiler = none,
        .compile_by = none,
        .compile_domain = none,
        .compile_date = none,
        .capabilities = none,
        .changeset = none,
        .commandline = none,
        .build_id = none,
        .pagesize = 4096,
    };

    return &info;
}

STUB int
xc_get_max_cpus(xc_interface *xch)
{
    return STUB_CPUS;
}

STUB int
xc_get_online_cpus(xc_interface *xch)
{
    return STUB_CPUS;
}

STUB int
xc_get_max_nodes(xc_interface *xch)
{
    return STUB_MAX_NODES;
}

STUB int
libxl_get_online_cpus(libxl_ctx *ctx)
{
    return STUB_CPUS;
}

STUB int
libxl_get_max_cpus(libxl_ctx *ctx)
{
    return STUB_CPUS;
}

STUB int
libxl_get_max_nodes(libxl_ctx *ctx)
{
    return STUB_MAX_NODES;
}

STUB int
libxl_node_to_cpumap(libxl_ctx *ctx, int node, libxl_bitmap *cpumap)
{
    int per_node = STUB_CPUS / STUB_NODES;

    for (int cpu = node * per_node; cpu < (node + 1) * per_node; cpu++)
        libxl_bitmap_set(cpumap, cpu);
    return 0;
}

/* The judge is xl without the settings of the machine it runs on: its xl.conf reads as empty. */
STUB int
libxl_read_file_contents(libxl_ctx *ctx, const char *filename, void **data_r, int *datalen_r)
{
    int (*next)(libxl_ctx *, const char *, void **, int *) =
        dlsym(RTLD_NEXT, "libxl_read_file_contents");

    if (strcmp(filename, XL_CONF) == 0) {
        *data_r = strdup("\n");
        *datalen_r = 1;
        return 0;
    }
    return next(ctx, filename, data_r, datalen_r);
}
