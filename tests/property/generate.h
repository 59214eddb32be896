/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random models, made from the rows: a row that is new is generated from the day it is there. What
 * a row's kind does not say about legal values stands in one table of rules in generate.c.
 */
#pragma once

#include "conf/def.h"

/* A model that xl.cfg can say: without what only XML has a place for. */
DomDef *generate_def(GRand *random);

/* One that xl of Xen 4.17 would start: its texts are of the words that xl and libxl know. */
DomDef *generate_startable_def(GRand *random);

/* Gives a member of @data a value of the words that xl takes for it, where those are listed. */
void generate_words(GRand *random, const DomRecord *record, const DomField *field, gpointer data);
