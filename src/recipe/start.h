/* A config in the making: what is known of the data, and the choices in the order in which they are made. */
#ifndef RECIPE_START_H
#define RECIPE_START_H

#include <mldbg/data/inspect.h>
#include <mldbg/recipe/starting.h>

struct start {
    struct arena *arena;
    const struct start_options *options;
    struct inspection inspection;
    const struct inspected_column *label, *group, *moment; /* group, moment: NULL if there is none */
    const char *label_why;
    bool classification;
    enum arrangement arrangement;
    struct shape shape; /* of an image or a sequence */
    const char *arrangement_why, *doubt;
    struct json *config, *of_data;
    struct data data; /* as loaded with the data's part of the config; before that rows 0 */
    struct run *run;
    int64_t told;
};

/*
 * A choice: how it is made. It puts its keys into the config and tells value and reason, once or several
 * times; a choice that the data does not pose tells nothing.
 */
struct choice {
    const char *setting; /* as it is called in the config, or in words */
    void (*choose)(struct start *start, const char *setting);
};

/* What the config says on the data, then on model and training; closed by a row without setting. */
extern const struct choice choices_of_data[], choices_of_model[];

/* One row of the answer. */
void start_tell(struct start *start, const char *setting, const char *value, const char *format, ...)
    PRINTF(4, 5);

/* Whether a column goes into the network. */
bool start_feeds(const struct start *start, const struct inspected_column *column);

/* How many do. */
int64_t start_width(const struct start *start);

#endif
