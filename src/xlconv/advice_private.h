/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of advice (advice.h) share. */
#pragma once

#include "xlconv/advice.h"
#include "xlconv/doc.h"

typedef struct {
    const XlcDoc *doc;
    XlcLocator *locator; /* in the value that was told of last */
    const DomDef *def;   /* NULL when the file was refused */
    DomReport *report;
    const XlcXen *xen;        /* NULL: any */
    XlcCpuidComplaint *cpuid; /* NULL: there is nobody to ask */
} XlcAdvice;

/* Reports at the value of @key, or without a place where the file has no such key. */
void xlc_advice_say(const XlcAdvice *advice, DomSeverity severity, const char *key,
                    const char *format, ...) G_GNUC_PRINTF(4, 5);

/* Reports at byte @offset of the text of @value. */
void xlc_advice_say_at(const XlcAdvice *advice, DomSeverity severity, const char *key,
                       const XlcValue *value, gsize offset, const char *format, ...)
    G_GNUC_PRINTF(6, 7);

/* Texts that xl reads otherwise than they look. */
void xlc_advise_texts(const XlcAdvice *advice);

/* Values that do not go together; there is a def. */
void xlc_advise_together(const XlcAdvice *advice);

/* What devices cannot have, or not beside one another; there is a def. */
void xlc_advise_devices(const XlcAdvice *advice);

/* Values that xl hands on and that libxl, Xen or QEMU refuse; there is a def. */
void xlc_advise_start(const XlcAdvice *advice);

/* How many virtual CPUs the guest may have. */
guint64 xlc_advice_vcpus(const DomDef *def);

/* A hint for each line that the grammar refused, from what it reported. */
void xlc_advise_lines(const char *text, const DomReport *grammar, DomReport *report);
