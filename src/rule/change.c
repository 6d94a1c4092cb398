/* The table of changes, the names of categories, and putting patches together. Knows no single change. */
#include <mldbg/rule/change.h>

static const struct entry *const entries[] = {
#define CHANGE(id) &change_##id.entry,
#include <mldbg/rule/changes.def>
#undef CHANGE
};

const struct catalog change_catalog = {"change", "changes", entries, sizeof entries / sizeof *entries};

static const struct {
    const char *name, *words;
} categories[] = {
    {"", ""},
#define CATEGORY(id, words) {#id, words},
#include <mldbg/rule/categories.def>
#undef CATEGORY
};

const char *category_name(enum category category)
{
    return categories[category].name;
}

const char *category_words(enum category category)
{
    return categories[category].words;
}

static struct patch *next_patch(struct remedy *remedy, const char *path)
{
    if (remedy->count == REMEDY_PATCHES)
        BUG("the change %s makes more than %d patches", remedy->change->entry.name, REMEDY_PATCHES);
    struct patch *patch = &remedy->patches[remedy->count++];
    *patch = (struct patch){.path = path};
    return patch;
}

void remedy_set(struct remedy *remedy, const char *path, const struct json *value)
{
    next_patch(remedy, path)->value = value;
}

/* Six digits are enough for a setting: a tenth of 0.3 is 0.03. */
void remedy_set_number(const struct run *run, struct remedy *remedy, const char *path, double value)
{
    double rounded;

    if (text_read_double(arena_print(run->arena, "%.6g", value), &rounded))
        value = rounded;
    remedy_set(remedy, path, json_add_number(json_array(run->arena), NULL, value, run->arena));
}

void remedy_set_word(const struct run *run, struct remedy *remedy, const char *path, const char *word)
{
    remedy_set(remedy, path, json_add_string(json_array(run->arena), NULL, word, run->arena));
}

void remedy_remove(struct remedy *remedy, const char *path)
{
    next_patch(remedy, path);
}

void remedy_insert(struct remedy *remedy, const char *path, const struct json *value)
{
    struct patch *patch = next_patch(remedy, path);
    patch->value = value;
    patch->insert = true;
}

/* "optimizer.lr: 1 -> 0.1; train.epochs: 5 -> 50" */
static const char *words_of(const struct run *run, const struct remedy *remedy)
{
    struct text text;

    text_init(&text, run->arena);
    for (int i = 0; i < remedy->count; i++)
        text_print(&text, "%s%s", i ? "; " : "", patch_words(run->arena, run->config, &remedy->patches[i]));
    return text.at;
}

bool change_compensates(const struct change *change, const struct run *run)
{
    return change->compensates || (change->warranted && !change->warranted(run));
}

bool change_make(const struct change *change, const struct run *run, const char *subject, struct remedy *out)
{
    *out = (struct remedy){.change = change, .category = change->category};
    if (!run->config || !change->make(run, subject, out))
        return false;
    if (out->count == 0)
        BUG("the change %s says that it changes something, and has no patch", change->entry.name);
    if (!out->words)
        out->words = words_of(run, out);
    return true;
}
