/* All catalogs in one row, for list, explain and completion. */
#include "catalogs.h"

#include <mldbg/recipe/doctor.h>

const struct catalog *catalog_at(size_t index)
{
    static const struct catalog *const own[] = {&command_catalog, &step_catalog,    &rule_catalog,
                                                &change_catalog,  &refusal_catalog, &format_catalog};
    enum { OWN = sizeof own / sizeof *own };
    size_t count;
    const struct catalog *const *lab = lab_catalogs(&count);

    if (index < OWN)
        return own[index];
    return index - OWN < count ? lab[index - OWN] : NULL;
}

const char *entry_code(const struct catalog *catalog, const struct entry *entry)
{
    if (catalog == &rule_catalog)
        return ENTRY_OF(entry, struct rule)->code;
    if (catalog == &refusal_catalog)
        return ENTRY_OF(entry, struct refusal)->code;
    return NULL;
}

int entry_details(const struct catalog *catalog, const struct entry *entry,
                  struct lab_detail out[LAB_DETAILS_MOST])
{
    if (catalog != &step_catalog)
        return lab_details(catalog, entry, out);
    out[0] = (struct lab_detail){"cost", ENTRY_OF(entry, struct step)->cost};
    return 1;
}

struct texts catalog_words(struct arena *arena)
{
    const struct catalog *catalog;
    size_t count = 0, capacity = 0;
    const char **words = NULL;

    for (size_t i = 0; (catalog = catalog_at(i)) != NULL; i++)
        for (size_t k = 0; k < catalog->count; k++) {
            const char *code = entry_code(catalog, catalog->at[k]);
            if (code)
                *(const char **)arena_append(arena, &words, &count, &capacity, sizeof *words) = code;
            *(const char **)arena_append(arena, &words, &count, &capacity, sizeof *words) =
                catalog->at[k]->name;
        }
    return (struct texts){count, words};
}

static void add_list(struct json *object, const char *key, const char *const *list, struct arena *arena)
{
    struct json *array = json_add(object, key, json_array(arena), arena);
    for (; list && *list; list++)
        json_add_string(array, NULL, *list, arena);
}

static void add_remedies(struct json *object, const struct rule *rule, struct arena *arena)
{
    struct json *array = json_add(object, "remedies", json_array(arena), arena);

    for (size_t i = 0; rule->remedies && rule->remedies[i]; i++)
        json_add_string(array, NULL, rule->remedies[i]->entry.name, arena);
}

static void add_rule(struct json *object, const struct rule *rule, bool full, struct arena *arena)
{
    json_add_string(object, "severity", severity_name(rule->severity), arena);
    if (rule->category != CATEGORY_none)
        json_add_string(object, "category", category_name(rule->category), arena);
    if (full) {
        add_list(object, "reads", rule->reads, arena);
        add_list(object, "causes", rule->causes, arena);
        add_list(object, "next", rule->next, arena);
        add_remedies(object, rule, arena);
    }
}

static void add_command(struct json *object, const struct command *command, struct arena *arena)
{
    json_add_string(object, "usage", command->usage, arena);
    add_list(object, "examples", command->examples, arena);
}

void entry_to_json(struct json *array, const struct catalog *catalog, const struct entry *entry, bool full,
                   struct arena *arena)
{
    struct json *object = json_add(array, NULL, json_object(arena), arena);
    const struct command *command = catalog == &command_catalog ? ENTRY_OF(entry, struct command) : NULL;
    const struct option_table *settings = command ? &command->options : lab_settings(catalog, entry);
    struct lab_detail details[LAB_DETAILS_MOST];

    json_add_string(object, "catalog", catalog->plural, arena);
    json_add_string(object, "name", entry->name, arena);
    if (entry_code(catalog, entry))
        json_add_string(object, "code", entry_code(catalog, entry), arena);
    json_add_string(object, "summary", entry->summary, arena);
    if (catalog == &rule_catalog)
        add_rule(object, ENTRY_OF(entry, struct rule), full, arena);
    if (catalog == &change_catalog)
        json_add_string(object, "category", category_name(ENTRY_OF(entry, struct change)->category), arena);
    if (!full)
        return;
    json_add_string(object, "explain", entry->explain, arena);
    if (command)
        add_command(object, command, arena);
    int count = entry_details(catalog, entry, details);
    for (int i = 0; i < count; i++)
        json_add_string(object, details[i].label, details[i].words, arena);
    if (settings)
        options_schema(arena, settings, json_add(object, "settings", json_object(arena), arena));
}
