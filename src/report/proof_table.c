/* The re-runs of a proof as rows: what was changed, what it came to, whether it cures. */
#include <mldbg/report.h>

#include <math.h>
#include <string.h>

enum {
    WORDS_MOST = 44, /* columns of a change; the whole of it stands in --json */
    IDLE_MOST = 5    /* re-runs that change nothing, shown as examples */
};

/* Where a certain fault stands, a change that only makes up for it is shown, and proves nothing. */
static const char *unproved_words(const struct run *run)
{
    int runs = (int)run_integer(run, "proof/runs");

    for (int i = 1; i <= runs; i++)
        if (strcmp(run_text(run, arena_print(run->arena, "proof/%d/result", i)), "cures") == 0)
            return "one change each, from the same seed; what cures is no remedy of this cause";
    return "one change each, from the same seed; nothing cures";
}

bool proof_lead(const struct run *run, const char **label, const char **words)
{
    const char *sentence = run_text(run, "proof/sentence");

    *label = *sentence ? "proof" : "tried";
    if (!(run_number(run, "proof/runs") >= 1))
        return false;
    *words = *sentence ? sentence : unproved_words(run);
    return true;
}

static const char *fact_name(struct arena *arena, int number, const char *what)
{
    return arena_print(arena, "proof/%d/%s", number, what);
}

static bool inside_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The middle is cut out: pairs begin alike, and a setting ends with its new value. */
static const char *shortened(struct arena *arena, const char *words)
{
    enum { HEAD = WORDS_MOST / 2 - 2, TAIL = WORDS_MOST - 3 - HEAD };
    const char *head = words, *tail = words;
    size_t length = strlen(words);

    if (text_columns(words) <= WORDS_MOST)
        return words;
    while (text_columns(head) > HEAD) {
        length--;
        while (inside_character(words[length]))
            length--;
        head = arena_copy(arena, words, length);
    }
    while (text_columns(tail) > TAIL) {
        tail++;
        while (inside_character(*tail))
            tail++;
    }
    return arena_print(arena, "%s...%s", head, tail);
}

static const char *outcome_of(const struct run *run, int number, struct arena *arena)
{
    double score = run_number(run, fact_name(arena, number, "score"));
    double step = run_number(run, fact_name(arena, number, "step"));

    if (step >= 0)
        return arena_print(arena, "step %.0f", step);
    return isnan(score) ? "" : text_number(arena, score, 3);
}

static const char *words_of(const struct run *run, int number, struct arena *arena)
{
    const char *words = run_text(run, fact_name(arena, number, "words"));
    bool put_back = strcmp(run_text(run, fact_name(arena, number, "kind")), "put back") == 0;

    return put_back ? arena_print(arena, "without %s", words) : words;
}

static bool counts(const char *result)
{
    return strcmp(result, "cures") == 0 || strcmp(result, "breaks it") == 0;
}

void proof_print(const struct run *run, struct text *out, int indent)
{
    struct arena *arena = out->arena;
    int runs = (int)run_integer(run, "proof/runs"), idle = 0, hidden = 0;
    struct grid grid;

    grid_init(&grid, arena, 3, "lrl");
    for (int i = 1; i <= runs; i++) {
        const char *result = run_text(run, fact_name(arena, i, "result"));

        if (!counts(result) && ++idle > IDLE_MOST) {
            hidden++;
            continue;
        }
        grid_row(&grid, (const char *[]){shortened(arena, words_of(run, i, arena)), outcome_of(run, i, arena),
                                         result});
    }
    grid_print(&grid, out, indent);
    if (hidden)
        text_print(out, "%*sand %d more that %s\n", indent, "", hidden, hidden == 1 ? "does not" : "do not");
}

void proof_rows(const struct run *run, struct grid *grid)
{
    int runs = (int)run_integer(run, "proof/runs");
    struct arena *arena = grid->arena;

    for (int i = 1; i <= runs; i++)
        grid_row(grid, (const char *[]){words_of(run, i, arena), outcome_of(run, i, arena),
                                        run_text(run, fact_name(arena, i, "result"))});
}
