/* Where to start: the simplest sensible config for a file of data, with a reason for each choice. */
#ifndef MLDBG_RECIPE_STARTING_H
#define MLDBG_RECIPE_STARTING_H

#include <mldbg/base/option.h>
#include <mldbg/recipe.h>

struct start_options {
    const char *output; /* path of the config that will be; the data's path in it is relative to its folder */
    const char *label;  /* NULL: guessed */
    int task;           /* -1: by the label; else 0 classification, 1 regression */
    struct sizes sequence, image; /* count 0: by the columns */
    bool table;                   /* neither */
    uint64_t seed;
};

/*
 * Inspects a CSV file, makes the config, loads the data with it as training would, and writes the facts
 * init/<n>/{setting,value,why} and init/choices. Writes no file. False: there is nothing to learn, or the
 * data is refused, see problems.
 */
bool recipe_init(struct arena *arena, const char *path, const struct start_options *options, struct run *run,
                 struct json **config, struct problems *problems);

#endif
