/* The first config for a file of data: one choice a row, with its reason. */
#include <mldbg/report.h>

static void headline(const struct run *run, struct text *out)
{
    text_print(out, "%s · wrote %s", run->name, run->config_path);
}

static const char *fact(const struct run *run, struct arena *arena, int number, const char *what)
{
    return run_text(run, arena_print(arena, "init/%d/%s", number, what));
}

/* Reasons stand in a column of their own; a value that reaches into it pushes its reason to the next line. */
static void body(const struct run *run, struct text *out)
{
    enum { VALUE = 18, WHY = 40 };
    int choices = (int)run_integer(run, "init/choices");

    for (int i = 1; i <= choices; i++) {
        const char *value = fact(run, out->arena, i, "value");

        text_print(out, "  %s", fact(run, out->arena, i, "setting"));
        text_pad(out, VALUE);
        text_add(out, value);
        if (text_columns(value) > WHY - VALUE - 2)
            text_add(out, "\n");
        text_pad(out, WHY);
        text_wrap(out, fact(run, out->arena, i, "why"), WHY);
    }
}

const struct view view_init = {
    .entry = {"init", "The first config and its reasons", "One choice a row: setting, value, why.\n"},
    .headline = headline,
    .body = body,
};
