/* Phrases and example rows that many rules share. */
#include "phrases.h"

#include <inttypes.h>
#include <string.h>

enum { NAMES_MOST = 3 }; /* names that a sentence lists before it only counts */

void name_list_init(struct name_list *list, struct arena *arena)
{
    text_init(&list->text, arena);
    list->count = 0;
}

void name_list_add(struct name_list *list, const char *name)
{
    if (list->count < NAMES_MOST)
        text_print(&list->text, "%s\"%s\"", list->count ? ", " : "", name);
    list->count++;
}

const char *name_list_text(struct name_list *list)
{
    if (list->count > NAMES_MOST)
        text_print(&list->text, " and %" PRId64 " more", list->count - NAMES_MOST);
    return list->text.at;
}

const char *percent(struct arena *arena, double share)
{
    return arena_print(arena, "%s %%", text_number(arena, 100 * share, 3));
}

const struct layer_record *layer_of(const struct run *run, const char *path)
{
    const struct layer_record *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < run->layer_count; i++) {
        const struct layer_record *layer = &run->layers[i];
        size_t length = strlen(layer->name);
        bool same = strncmp(layer->name, path, length) == 0 && (!path[length] || path[length] == '/');
        if (same && (!best || length > most)) {
            best = layer;
            most = length;
        }
    }
    return best;
}

struct place place_of_layer(const struct run *run, const char *path)
{
    const struct layer_record *layer = layer_of(run, path);
    return layer ? layer->place : (struct place){0};
}

bool is_train_input(const struct column_record *column)
{
    return strcmp(column->split, "train") == 0 && strcmp(column->kind, "label") != 0 &&
           strcmp(column->kind, "ignored") != 0;
}

struct split_record *example_split(struct run *run, const char *name, int64_t rows)
{
    struct split_record *split = run_add_split(run);
    *split = (struct split_record){.name = name, .origin = "example.csv", .rows = rows};
    return split;
}

struct column_record *example_column(struct run *run, const char *split, const char *name, int64_t count)
{
    struct column_record *column = run_add_column(run);
    *column = (struct column_record){
        .split = split,
        .name = name,
        .kind = "numeric",
        .count = count,
        .distinct = count,
        .min = -2,
        .max = 2,
        .mean = 0,
        .std = 1,
    };
    return column;
}
