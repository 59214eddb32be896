/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys that xl does not read, but that older tools did, or that guides write. */
#pragma once

/* What to write in place of key @name (borrowed, translated); NULL for any other key. */
const char *xlc_key_retired(const char *name);
