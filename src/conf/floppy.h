/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Floppies. Xen's disks cannot be ones, but QEMU gives them to an HVM guest when its arguments say
 * so:
 *
 *     <disk type='file' device='floppy'>          -drive
 * file=/srv/a.img,if=floppy,index=0,format=raw <source file='/srv/a.img'/> <target dev='fda'
 * bus='fdc'/>
 *     </disk>
 */
#pragma once

#include "conf/record.h"

/* The arguments (transfer full) for the floppies of an HVM guest's XML, which are marked as
 * understood; NULL for none. */
char **dom_floppy_parse(DomXml *xml, DomXmlNode *root);
/* Writes the elements of those that @arguments (maybe NULL) ask for, below @root, or none there for
 * NULL. Returns their number. */
guint dom_floppy_format(DomXmlNode *root, char *const *arguments);

/* Whether the <disk> at @node is a floppy drive. */
gboolean dom_floppy_is(DomXmlNode *node);
