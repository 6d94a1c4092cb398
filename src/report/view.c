/* The table of views. */
#include <mldbg/report.h>

#include <string.h>

static const struct entry *const entries[] = {
#define VIEW(id) &view_##id.entry,
#include <mldbg/report/views.def>
#undef VIEW
};

static const struct catalog view_catalog = {"view", "views", entries, sizeof entries / sizeof *entries};

const char *view_headline(const struct run *run, struct arena *arena)
{
    const struct entry *entry = catalog_find(&view_catalog, run->command);
    struct text text;

    text_init(&text, arena);
    if (entry)
        ENTRY_OF(entry, struct view)->headline(run, &text);
    return text.at;
}

const char *view_body(const struct run *run, struct arena *arena)
{
    const struct entry *entry = catalog_find(&view_catalog, run->command);
    struct text text;

    text_init(&text, arena);
    if (entry)
        ENTRY_OF(entry, struct view)->body(run, &text);
    return text.at;
}
