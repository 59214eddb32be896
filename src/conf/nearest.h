/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What somebody meant who mistyped a word.
 *
 *     DomNearest nearest = DOM_NEAREST("permisive");
 *     dom_nearest_try(&nearest, "permissive");
 *     dom_nearest_try(&nearest, "seize");
 *     nearest.word == "permissive"
 *
 * Pure; safe from any thread.
 */
#pragma once

#include "conf/field.h"

typedef struct {
    const char *typed; /* borrowed */
    const char *word;  /* the best so far, borrowed from who tried it; NULL for none */
    guint distance;    /* of it, in typing errors */
} DomNearest;

#define DOM_NEAREST(text) ((DomNearest){ .typed = (text) })

/* Looks whether @candidate is nearer than what was tried before. The first of equals stays. */
void dom_nearest_try(DomNearest *nearest, const char *candidate);

/* "; did you mean 'WORD'?" to end a sentence with, or "" (transfer full). */
char *dom_nearest_hint(const DomNearest *nearest);

/*
 * What to say behind "'TYPED' is no ...": "; did you mean 'WORD'?" for the nearest of the
 * NULL-terminated @words, or where none is near "; expected WORD, WORD, ..." (transfer full).
 */
char *dom_words_hint(const char *typed, const char *const *words);

/* The value of @names that who wrote @text meant; 0 when nobody can tell. */
int dom_enum_nearest(const DomEnum *names, const char *text);

/* "'hvn' is none of pv, pvh, hvm; did you mean 'hvm'?" (transfer full). */
char *dom_enum_complaint(const DomEnum *names, const char *text);
