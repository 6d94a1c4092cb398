/* mldbg explain: what a code, a layer, a loss or anything else with a name means. */
#include "catalogs.h"

#include <string.h>
#include <strings.h>
#include <mldbg/recipe/doctor.h>

#include "help.h"

enum { WORDS_MOST = 32 };

static bool is_meant(const struct catalog *catalog, const struct entry *entry, const char *word)
{
    const char *code = entry_code(catalog, entry);
    return strcmp(entry->name, word) == 0 || (code && strcasecmp(code, word) == 0);
}

/* Lines are shown as they were written, but for long ones. */
static void add_text(struct text *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        const char *line = arena_copy(out->arena, text, length);
        if (text_columns(line) > REPORT_COLUMNS)
            text_wrap(out, line, strspn(line, " "));
        else
            text_print(out, "%s\n", line);
        text += length + (text[length] == '\n');
    }
}

static void add_names(struct text *out, const char *label, const char *const *names)
{
    struct text words;
    text_init(&words, out->arena);
    for (; names && *names; names++)
        text_print(&words, "%s%s", words.length ? ", " : "", *names);
    if (words.length) {
        text_print(out, "  %s  ", label);
        text_wrap(out, words.at, 2 + strlen(label) + 2);
    }
}

static void add_line(struct text *out, const char *label, const char *words)
{
    enum { LABEL = 8 };

    text_print(out, "  %-*s  ", LABEL, label);
    text_wrap(out, words, 2 + LABEL + 2);
}

/* What a rule blames, and the changes that are tried for it. */
static void add_cause(struct text *out, const struct rule *rule)
{
    if (rule->category == CATEGORY_none)
        return;
    text_add(out, "\nAs a root cause\n");
    add_line(out, "category", category_words(rule->category));
    for (size_t i = 0; rule->remedies && rule->remedies[i]; i++)
        add_line(out, i ? "" : "remedies",
                 arena_print(out->arena, "%s: %s", rule->remedies[i]->entry.name,
                             rule->remedies[i]->entry.summary));
}

static void add_rule(struct text *out, const struct rule *rule)
{
    text_add(out, "\nWhat to try\n");
    for (size_t i = 0; rule->next[i]; i++) {
        text_print(out, "%3zu. ", i + 1);
        text_wrap(out, rule->next[i], 5);
    }
    add_cause(out, rule);
    text_add(out, "\nIn the record\n");
    add_names(out, "reads   ", rule->reads);
    add_names(out, "explains", rule->causes);
}

static bool proposes(const struct rule *rule, const struct change *change)
{
    const struct change *const *remedy = rule->remedies;

    while (remedy && *remedy && *remedy != change)
        remedy++;
    return remedy && *remedy;
}

/* Of a change: what it mends, and the rules that propose it. */
static void add_change(struct text *out, const struct change *change)
{
    const char **codes = arena_array(out->arena, rule_catalog.count + 1, sizeof *codes);
    size_t count = 0;

    for (size_t i = 0; i < rule_catalog.count; i++)
        if (proposes(ENTRY_OF(rule_catalog.at[i], struct rule), change))
            codes[count++] = ENTRY_OF(rule_catalog.at[i], struct rule)->code;
    text_add(out, "\nAs a remedy\n");
    add_line(out, "category", category_words(change->category));
    add_names(out, "rules   ", codes);
    if (change->compensates)
        add_line(out, "proves", "that it helps, not that this was wrong: it also makes up for other faults");
}

static void add_details(struct text *out, const struct catalog *catalog, const struct entry *entry)
{
    struct lab_detail details[LAB_DETAILS_MOST];
    int count = entry_details(catalog, entry, details);

    if (count > 0)
        text_add(out, catalog == &step_catalog ? "\nAs a step of doctor\n" : "\nIn the record\n");
    for (int i = 0; i < count; i++) {
        text_print(out, "  %-6s  ", details[i].label);
        text_wrap(out, details[i].words, 10);
    }
}

static void add_entry(struct text *out, const struct catalog *catalog, const struct entry *entry)
{
    const struct option_table *settings = lab_settings(catalog, entry);
    const char *code = entry_code(catalog, entry);
    const struct rule *rule = catalog == &rule_catalog ? ENTRY_OF(entry, struct rule) : NULL;

    if (catalog == &command_catalog) {
        help_command(out, ENTRY_OF(entry, struct command));
        return;
    }
    text_print(out, "%s%s%s \xC2\xB7 %s%s%s\n", code ? code : "", code ? "  " : "", entry->name,
               catalog->kind, rule ? ", " : "", rule ? severity_name(rule->severity) : "");
    text_wrap(out, entry->summary, 0);
    text_add(out, "\n");
    add_text(out, entry->explain);
    if (rule)
        add_rule(out, rule);
    if (catalog == &change_catalog)
        add_change(out, ENTRY_OF(entry, struct change));
    add_details(out, catalog, entry);
    if (settings && settings->count) {
        text_add(out, "\nSettings\n");
        options_help(out, settings, true);
    }
}

static size_t add_all(struct invocation *invocation, const char *word, struct json *array)
{
    const struct catalog *catalog;
    size_t found = 0;

    for (size_t i = 0; (catalog = catalog_at(i)) != NULL; i++)
        for (size_t k = 0; k < catalog->count; k++) {
            if (!is_meant(catalog, catalog->at[k], word))
                continue;
            if (array) {
                entry_to_json(array, catalog, catalog->at[k], true, invocation->arena);
            } else {
                text_add(&invocation->out, invocation->out.length ? "\n" : "");
                add_entry(&invocation->out, catalog, catalog->at[k]);
            }
            found++;
        }
    return found;
}

static enum exit_code unknown(struct invocation *invocation, const char *word)
{
    struct texts names = catalog_words(invocation->arena);
    const char *nearest = text_nearest(word, names.at, names.count);
    const char *shown = text_escape(invocation->arena, word, strlen(word), 60);
    struct error err;

    text_init(&invocation->out, invocation->arena); /* nothing of the words before this one */
    fail(&err, ERROR_REQUEST, "nothing is called \"%s\"%s%s%s", shown, nearest ? "; did you mean \"" : "",
         nearest ? nearest : "", nearest ? "\"?" : "");
    fail_hint(&err, "mldbg list shows what there is");
    return refuse_error(invocation, &err);
}

static enum exit_code run(struct invocation *invocation)
{
    struct arena *arena = invocation->arena;
    struct json *document = report_document("explain", arena);
    struct json *array = json_add(document, "entries", json_array(arena), arena);
    bool json = invocation->common->json;

    for (size_t i = 0; i < invocation->words.count; i++)
        if (add_all(invocation, invocation->words.at[i], json ? array : NULL) == 0)
            return unknown(invocation, invocation->words.at[i]);
    if (json) {
        json_write(&invocation->out, document, false);
        text_add(&invocation->out, "\n");
    }
    return EXIT_HEALTHY;
}

const struct command command_explain = {
    .entry = {"explain", "What does a code, a layer, a loss or any other name mean?",
              "For a rule: what it means, how it is decided with its thresholds, known false\n"
              "alarms, and what to try in order. For a layer, loss, optimizer and so on: what\n"
              "it does, and its settings with their defaults.\n"},
    .usage = "explain NAME...",
    .examples =
        (const char *const[]){
            "mldbg explain ML301",
            "mldbg explain conv2d",
            NULL,
        },
    .words_least = 1,
    .words_most = WORDS_MOST,
    .word = "a code or name, such as ML301 or conv2d",
    .run = run,
    .candidates = catalog_words,
};
