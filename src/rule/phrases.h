/* Phrases that many rules use: lists of names, shares, places of layers. */
#ifndef RULE_PHRASES_H
#define RULE_PHRASES_H

#include <mldbg/rule.h>

/* Names for a sentence: "a", "b", "c" and 4 more. */
struct name_list {
    struct text text;
    int64_t count;
};

void name_list_init(struct name_list *list, struct arena *arena);
void name_list_add(struct name_list *list, const char *name);
const char *name_list_text(struct name_list *list);

/* 0.125 as "12.5 %". */
const char *percent(struct arena *arena, double share);

/* The layer that a path such as "fc1/weight" belongs to, or NULL. */
const struct layer_record *layer_of(const struct run *run, const char *path);
/* Where the layer stands to which a path such as "fc1/weight" belongs; line 0 when there is none. */
struct place place_of_layer(const struct run *run, const char *path);

/* Whether a column is part of the input of the train split. */
bool is_train_input(const struct column_record *column);

/* For example records: a split and a column of it with sensible numbers, to be changed by the caller. */
struct split_record *example_split(struct run *run, const char *name, int64_t rows);
struct column_record *example_column(struct run *run, const char *split, const char *name, int64_t count);

#endif
