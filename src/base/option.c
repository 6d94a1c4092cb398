/* Settings from text: defaults and the command line. Reports one error, names what was near, prints nothing.
 */
#include <mldbg/base/option.h>

#include <math.h>
#include <string.h>

#include "option_value.h"

static bool refuse(struct arena *arena, const struct option *option, const char *label, const char *text,
                   struct error *err)
{
    return fail(err, ERROR_REQUEST, "%s: expected %s, found \"%s\"", label,
                option_expected(arena, option, false), text_escape(arena, text, strlen(text), 60));
}

static bool set_bool(const char *text, bool *out)
{
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"yes", true}, {"no", false}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(text, words[i].word) == 0) {
            *out = words[i].value;
            return true;
        }
    return false;
}

/* Lists are written as in JSON, the brackets left out if one likes. */
static bool set_list(struct arena *arena, const struct option *option, const char *label, const char *text,
                     void *target, struct error *err)
{
    bool whole = *text == '[' || option->type == OPTION_JSON;
    const char *list = whole ? text : arena_print(arena, "[%s]", text);
    struct json *value;
    struct error inner;

    if (!json_parse(arena, label, list, strlen(list), &value, &inner))
        return refuse(arena, option, label, text, err);
    if (!option_take_json(arena, option, label, value, target, &inner)) {
        fail(err, ERROR_REQUEST, "%s", inner.sentence);
        return fail_hint(err, "%s", inner.hint);
    }
    return true;
}

static bool set_word(struct arena *arena, const struct option *option, const char *text, void *field)
{
    int64_t integer;
    double number = (double)NAN;

    switch (option->type) {
    case OPTION_BOOL: return set_bool(text, field);
    case OPTION_SEED: return option_seed(text, field);
    case OPTION_INTEGER:
        text_read_double(text, &number);
        if (!option_integer(text, number, &integer) || !option_in_range(option, (double)integer))
            return false;
        *(int64_t *)field = integer;
        return true;
    case OPTION_REAL:
        if (!text_read_double(text, &number) || !isfinite(number) || !option_in_range(option, number))
            return false;
        *(double *)field = number;
        return true;
    default: *(const char **)field = arena_copy(arena, text, strlen(text)); return true;
    }
}

static bool set_text(struct arena *arena, const struct option *option, const char *label, const char *text,
                     void *target, struct error *err)
{
    void *field = option_field(option, target);

    switch (option->type) {
    case OPTION_CHOICE: return option_find_choice(arena, option, label, text, field, err);
    case OPTION_SIZES:
    case OPTION_REALS:
    case OPTION_JSON: return set_list(arena, option, label, text, target, err);
    case OPTION_TEXTS:
        if (*text == '[')
            return set_list(arena, option, label, text, target, err);
        const char **one = arena_alloc(arena, sizeof *one);
        *one = arena_copy(arena, text, strlen(text));
        *(struct texts *)field = (struct texts){1, one};
        return true;
    default: return set_word(arena, option, text, field) || refuse(arena, option, label, text, err);
    }
}

/* "--batch-size" for batch_size. */
static const char *flag_name(struct arena *arena, const char *name)
{
    char *flag = arena_print(arena, "--%s", name);
    for (char *at = flag; *at; at++)
        if (*at == '_')
            *at = '-';
    return flag;
}

bool option_set_text(struct arena *arena, const struct option *option, const char *text, void *target,
                     struct error *err)
{
    return set_text(arena, option, flag_name(arena, option->name), text, target, err);
}

static void set_nothing(const struct option *option, void *field)
{
    switch (option->type) {
    case OPTION_BOOL: *(bool *)field = false; break;
    case OPTION_INTEGER: *(int64_t *)field = -1; break;
    case OPTION_SEED: *(uint64_t *)field = 0; break;
    case OPTION_REAL: *(double *)field = (double)NAN; break;
    case OPTION_TEXT: *(const char **)field = NULL; break;
    case OPTION_CHOICE: *(int *)field = -1; break;
    case OPTION_SIZES: *(struct sizes *)field = (struct sizes){0}; break;
    case OPTION_REALS: *(struct reals *)field = (struct reals){0}; break;
    case OPTION_TEXTS: *(struct texts *)field = (struct texts){0}; break;
    case OPTION_JSON: *(const struct json **)field = NULL; break;
    }
}

void options_default(struct arena *arena, const struct option_table *table, void *target)
{
    struct error err;
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->at[i];
        const char *text = option_fallback(arena, option);
        set_nothing(option, option_field(option, target));
        if (text && !option_set_text(arena, option, text, target, &err))
            BUG("the default of the option \"%s\": %s", option->name, err.sentence);
    }
}

/* A command line while it is read. */
struct line {
    struct arena *arena;
    const struct option_table *const *tables;
    void *const *targets;
    size_t table_count;
    int argc, at;
    const char *const *argv;
    const struct option **seen; /* options met so far */
    size_t seen_count, seen_capacity;
    struct error *err;
};

/* What an option on the command line belongs to. */
struct match {
    const struct option *option;
    void *target;
};

static bool same_name(const char *name, const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char a = name[i] == '_' ? '-' : name[i], b = word[i] == '_' ? '-' : word[i];
        if (a != b || !a)
            return false;
    }
    return name[length] == '\0';
}

static struct match find_name(const struct line *line, const char *word, size_t length)
{
    for (size_t i = 0; i < line->table_count; i++)
        for (size_t j = 0; j < line->tables[i]->count; j++)
            if (same_name(line->tables[i]->at[j].name, word, length))
                return (struct match){&line->tables[i]->at[j], line->targets[i]};
    return (struct match){0};
}

static struct match find_letter(const struct line *line, char letter)
{
    for (size_t i = 0; i < line->table_count; i++)
        for (size_t j = 0; j < line->tables[i]->count; j++)
            if (letter && line->tables[i]->at[j].letter == letter)
                return (struct match){&line->tables[i]->at[j], line->targets[i]};
    return (struct match){0};
}

static bool was_seen(const struct line *line, const struct option *option)
{
    for (size_t i = 0; i < line->seen_count; i++)
        if (line->seen[i] == option)
            return true;
    return false;
}

static bool unknown_option(const struct line *line, const char *word, size_t length, struct error *err)
{
    struct arena *arena = line->arena;
    const char *bare = arena_copy(arena, word, length);
    const char *nearest = option_nearest(arena, line->tables, line->table_count, NULL, bare);
    const char *shown = text_escape(arena, bare, length, 60);

    if (nearest)
        return fail(err, ERROR_REQUEST, "unknown option \"--%s\"; did you mean \"%s\"?", shown,
                    flag_name(arena, nearest));
    return fail(err, ERROR_REQUEST, "unknown option \"--%s\"", shown);
}

/* Puts a value where it belongs; a list of strings grows with every mention on the command line. */
static bool put(struct line *line, struct match match, const char *label, const char *text)
{
    struct texts before = {0}, *texts = option_field(match.option, match.target);
    bool again = match.option->type == OPTION_TEXTS && was_seen(line, match.option);

    if (again)
        before = *texts;
    if (!set_text(line->arena, match.option, label, text, match.target, line->err))
        return false;
    if (again) {
        const char **all = arena_array(line->arena, before.count + texts->count, sizeof *all);
        memcpy(all, before.at, before.count * sizeof *all);
        memcpy(all + before.count, texts->at, texts->count * sizeof *all);
        *texts = (struct texts){before.count + texts->count, all};
    }
    const struct option **seen =
        arena_append(line->arena, &line->seen, &line->seen_count, &line->seen_capacity, sizeof *seen);
    *seen = match.option;
    return true;
}

/* The value of an option: attached to it, or the next word. */
static bool put_value(struct line *line, struct match match, const char *label, const char *attached)
{
    const char *name = match.option->value ? match.option->value : "a value";
    if (attached)
        return put(line, match, label, attached);
    if (line->at == line->argc)
        return fail(line->err, ERROR_REQUEST, "%s needs a value: %s %s", label, label, name);
    const char *next = line->argv[line->at];
    if (strncmp(next, "--", 2) == 0 && next[2]) {
        fail(line->err, ERROR_REQUEST, "%s needs a value, found the option \"%s\"", label,
             text_escape(line->arena, next, strlen(next), 60));
        return fail_hint(line->err, "write %s=%s if that is the value", label, next);
    }
    line->at++;
    return put(line, match, label, next);
}

static bool take_long(struct line *line, const char *word)
{
    size_t length = strcspn(word, "=");
    const char *attached = word[length] ? word + length + 1 : NULL;
    struct match match = find_name(line, word, length);

    if (!match.option && length > 3 && strncmp(word, "no-", 3) == 0) {
        match = find_name(line, word + 3, length - 3);
        if (match.option && match.option->type == OPTION_BOOL) {
            const char *label = flag_name(line->arena, match.option->name);
            if (attached)
                return fail(line->err, ERROR_REQUEST, "--no-%s takes no value", label + 2);
            return put(line, match, label, "false");
        }
        match.option = NULL;
    }
    if (!match.option)
        return unknown_option(line, word, length, line->err);
    const char *label = flag_name(line->arena, match.option->name);
    if (match.option->type == OPTION_BOOL)
        return put(line, match, label, attached ? attached : "true");
    return put_value(line, match, label, attached);
}

static bool take_letter(struct line *line, const char *word)
{
    struct match match = find_letter(line, word[0]);
    const char *label = arena_print(line->arena, "-%c", word[0]);

    if (!match.option || (match.option->type == OPTION_BOOL && word[1])) {
        fail(line->err, ERROR_REQUEST, "unknown option \"-%s\"",
             text_escape(line->arena, word, strlen(word), 60));
        struct match whole = find_name(line, word, strcspn(word, "="));
        return whole.option
                   ? fail_hint(line->err, "did you mean \"%s\"?", flag_name(line->arena, whole.option->name))
                   : false;
    }
    if (match.option->type == OPTION_BOOL)
        return put(line, match, label, "true");
    return put_value(line, match, label, word[1] ? word + 1 : NULL);
}

/* Nothing is missing for someone who asks for help. */
static bool check_required(const struct line *line)
{
    struct match help = find_name(line, "help", 4);
    if (help.option && was_seen(line, help.option))
        return true;
    for (size_t i = 0; i < line->table_count; i++)
        for (size_t j = 0; j < line->tables[i]->count; j++) {
            const struct option *option = &line->tables[i]->at[j];
            if (option->required && !was_seen(line, option))
                return fail(line->err, ERROR_REQUEST, "the option %s is missing; expected %s",
                            flag_name(line->arena, option->name),
                            option_expected(line->arena, option, false));
        }
    return true;
}

bool options_from_arguments(struct arena *arena, const struct option_table *const *tables,
                            void *const *targets, size_t table_count, int argc, const char *const *argv,
                            struct texts *words, struct error *err)
{
    struct line line = {.arena = arena,
                        .tables = tables,
                        .targets = targets,
                        .table_count = table_count,
                        .argc = argc,
                        .argv = argv,
                        .err = err};
    const char **gathered = arena_array(arena, argc > 0 ? (size_t)argc : 0, sizeof *gathered);
    bool ended = false;

    *words = (struct texts){0, gathered};
    while (line.at < argc) {
        const char *word = argv[line.at++];
        if (ended || word[0] != '-' || !word[1]) {
            gathered[words->count++] = word;
        } else if (strcmp(word, "--") == 0) {
            ended = true;
        } else if (!(word[1] == '-' ? take_long(&line, word + 2) : take_letter(&line, word + 1))) {
            return false;
        }
    }
    return check_required(&line);
}
