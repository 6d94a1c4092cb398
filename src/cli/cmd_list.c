/* mldbg list: the names of everything that there is. */
#include "catalogs.h"

#include <string.h>

static const struct catalog *find_catalog(const char *word)
{
    const struct catalog *catalog;
    for (size_t i = 0; (catalog = catalog_at(i)) != NULL; i++)
        if (strcmp(catalog->plural, word) == 0 || strcmp(catalog->kind, word) == 0)
            return catalog;
    return NULL;
}

static struct texts candidates(struct arena *arena)
{
    const struct catalog *catalog;
    size_t count = 0, capacity = 0;
    const char **names = NULL;
    for (size_t i = 0; (catalog = catalog_at(i)) != NULL; i++)
        *(const char **)arena_append(arena, &names, &count, &capacity, sizeof *names) = catalog->plural;
    return (struct texts){count, names};
}

static void add_catalogs(struct invocation *invocation)
{
    const struct catalog *catalog;
    struct grid grid;

    grid_init(&grid, invocation->arena, 3, "lrl");
    for (size_t i = 0; (catalog = catalog_at(i)) != NULL; i++)
        grid_row(&grid,
                 (const char *[]){catalog->plural, text_count(invocation->arena, (int64_t)catalog->count),
                                  arena_print(invocation->arena, "mldbg list %s", catalog->plural)});
    grid_print(&grid, &invocation->out, 2);
}

static void add_catalogs_json(struct invocation *invocation)
{
    struct arena *arena = invocation->arena;
    struct json *document = report_document("list", arena);
    struct json *array = json_add(document, "catalogs", json_array(arena), arena);
    const struct catalog *catalog;

    for (size_t i = 0; (catalog = catalog_at(i)) != NULL; i++) {
        struct json *object = json_add(array, NULL, json_object(arena), arena);
        json_add_string(object, "name", catalog->plural, arena);
        json_add_integer(object, "count", (int64_t)catalog->count, arena);
    }
    json_write(&invocation->out, document, false);
    text_add(&invocation->out, "\n");
}

static const char *left_side(struct arena *arena, const struct catalog *catalog, const struct entry *entry)
{
    const char *code = entry_code(catalog, entry);
    return code ? arena_print(arena, "  %s  %s", code, entry->name) : arena_print(arena, "  %s", entry->name);
}

static void add_entries(struct invocation *invocation, const struct catalog *catalog)
{
    size_t left = 0;

    for (size_t i = 0; i < catalog->count; i++) {
        size_t columns = text_columns(left_side(invocation->arena, catalog, catalog->at[i])) + 2;
        left = columns > left ? columns : left;
    }
    for (size_t i = 0; i < catalog->count; i++) {
        text_add(&invocation->out, left_side(invocation->arena, catalog, catalog->at[i]));
        text_wrap(&invocation->out, catalog->at[i]->summary, left);
    }
}

static void add_entries_json(struct invocation *invocation, const struct catalog *catalog)
{
    struct arena *arena = invocation->arena;
    struct json *document = report_document("list", arena);
    struct json *array = json_add(document, "entries", json_array(arena), arena);

    for (size_t i = 0; i < catalog->count; i++)
        entry_to_json(array, catalog, catalog->at[i], false, arena);
    json_write(&invocation->out, document, false);
    text_add(&invocation->out, "\n");
}

static enum exit_code unknown(struct invocation *invocation, const char *word)
{
    struct texts names = candidates(invocation->arena);
    const char *nearest = text_nearest(word, names.at, names.count);
    const char *shown = text_escape(invocation->arena, word, strlen(word), 60);
    struct error err;

    fail(&err, ERROR_REQUEST, "there are no \"%s\" to list%s%s%s", shown, nearest ? "; did you mean \"" : "",
         nearest ? nearest : "", nearest ? "\"?" : "");
    fail_hint(&err, "mldbg list shows what can be listed");
    return refuse_error(invocation, &err);
}

static enum exit_code run(struct invocation *invocation)
{
    bool json = invocation->common->json;

    if (invocation->words.count == 0) {
        (json ? add_catalogs_json : add_catalogs)(invocation);
        return EXIT_HEALTHY;
    }
    const struct catalog *catalog = find_catalog(invocation->words.at[0]);
    if (!catalog)
        return unknown(invocation, invocation->words.at[0]);
    (json ? add_entries_json : add_entries)(invocation, catalog);
    return EXIT_HEALTHY;
}

const struct command command_list = {
    .entry = {"list", "Which rules, layers, losses, optimizers and so on are there?",
              "Without a word it shows what can be listed. mldbg explain NAME tells more\n"
              "about any entry.\n"},
    .usage = "list [KIND]",
    .examples =
        (const char *const[]){
            "mldbg list",
            "mldbg list rules",
            "mldbg list layers --json",
            NULL,
        },
    .words_most = 1,
    .word = "a kind, such as layers",
    .run = run,
    .candidates = candidates,
};
