/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The driver's door to the model: every definition that it reads or writes as XML passes here, with
 * the residual xl.cfg text in <metadata> understood.
 */

#include <libxml/tree.h>

#include "conf/def.h"

/* As dom_def_parse_xml(), refusing what no domain of libvirt has; warnings are logged. (transfer
 * full) */
DomDef *drv_model_parse_xml(const char *xml, GError **error);

/* As dom_def_format_xml(). (transfer full) */
char *drv_model_format_xml(const DomDef *def, DomFormatFlags flags, GError **error);

/* The same as a tree, for who looks for an element of it. (transfer full) */
xmlDocPtr drv_model_format_doc(const DomDef *def, DomFormatFlags flags, GError **error);
