/* The key "data" with its defaults written out. */
#include "spec.h"

static void fill_steps(struct arena *arena, const struct prepare_list *list, struct json *steps)
{
    struct json *step = steps ? steps->child : NULL;

    for (size_t i = 0; i < list->count && step; i++, step = step->next)
        options_fill(arena, &list->at[i].kind->options, step);
}

void data_fill(struct arena *arena, const struct data_spec *spec, struct json *data)
{
    struct json *split = json_get(data, "split");

    for (int s = 0; s < SPLIT_COUNT; s++) {
        const struct source_spec *source = &spec->sources[s];
        struct json *object = json_get(data, split_name((enum split)s));

        if (source->kind != SOURCE_GENERATOR)
            continue;
        options_fill(arena, &source->generator->options, object);
        if (source->rows > 0 && !json_get(object, "rows"))
            json_add_integer(object, "rows", source->rows, arena);
    }
    options_fill(arena, &data_options, data);
    if (split)
        options_fill(arena, &split_options, split);
    fill_steps(arena, &spec->prepare, json_get(data, "prepare"));
    fill_steps(arena, &spec->prepare_train, json_get(data, "prepare_train"));
    fill_steps(arena, &spec->prepare_test, json_get(data, "prepare_test"));
}
