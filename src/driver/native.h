/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The driver's door to the converter: everything that reads or writes a definition, as XML or as
 * xl.cfg text, passes here, with the residual xl.cfg text in <metadata> understood.
 */

#include "conf/def.h"

/* As dom_def_parse_xml(); unknown elements are logged as warnings. (transfer full) */
DomDef *drv_native_parse_xml(const char *xml, GError **error);

/* As dom_def_format_xml(). (transfer full) */
char *drv_native_format_xml(const DomDef *def, DomFormatFlags flags, GError **error);

/* The inactive XML of xl.cfg text, passwords included; what the model does not know is logged. (transfer
 * full) */
char *drv_native_cfg_to_xml(const char *text, GError **error);

/* Writes xl.cfg text (transfer full). */
char *drv_native_to_cfg(const DomDef *def, DomFormatFlags flags, GError **error);
