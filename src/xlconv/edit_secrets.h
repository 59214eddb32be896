/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "conf/def.h"

/*
 * Gives @want, a copy of @def, whose own passwords do not count, those of @have: a screen gets that of
 * the one that is most like it, and each is given once. One that is the only screen, and was, has that
 * of the old one also where it is of another kind (VNC, SPICE, the framebuffer of a PV guest). What
 * becomes of passwords is reported to @report (may be NULL), and a screen that is open to all since
 * none is for it.
 */
void xlc_edit_keep_secrets(DomDef *have, const DomDef *def, DomDef *want, DomReport *report);
