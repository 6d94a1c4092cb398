/* What the luck of the best trial means, in words and as facts. */
#include <mldbg/rule/trials.h>

#include <inttypes.h>
#include <math.h>
#include <mldbg/base/text.h>

void decompose_note(struct run *run, const char *sentence)
{
    size_t at = 0;
    int notes = 0;

    while (run_match_fact(run, "decompose/note/*", &at))
        notes++;
    run_set_text(run, arena_print(run->arena, "decompose/note/%d", notes + 1), "%s", sentence);
}

/* "3.1 %", or "0.0314" of a loss. */
static const char *amount(struct arena *arena, double value, bool rate)
{
    return rate ? arena_print(arena, "%.1f %%", round(value * 1000) / 10 + 0.0)
                : text_number(arena, value, 3);
}

static const char *between(struct arena *arena, struct interval interval, bool rate)
{
    return rate ? arena_print(arena, "[%.1f, %.1f]", 100 * interval.low, 100 * interval.high)
                : arena_print(arena, "[%s, %s]", text_number(arena, interval.low, 3),
                              text_number(arena, interval.high, 3));
}

static void note_luck(const struct luck *luck, const char *name, const char *on, bool rate, struct run *run)
{
    struct arena *arena = run->arena;
    const char *lead =
        rate ? arena_print(arena, "%.1f points", 100 * luck->luck) : text_number(arena, luck->luck, 3);

    decompose_note(
        run, arena_print(arena,
                         "The best of %s trials (%s) reads %s on %s; expected on new rows: %s %s. So %s%s %s "
                         "are validation overfit; %s%.0f %% of the spread between trials is real.",
                         text_count(arena, luck->count), name, amount(arena, luck->read, rate), on,
                         amount(arena, luck->expected, rate), between(arena, luck->on_expected, rate),
                         luck->bound ? "at most " : "", lead, between(arena, luck->on_luck, rate),
                         luck->bound ? "at least " : "", 100 * luck->real));
    if (luck->bound)
        decompose_note(run, "Of the trials only their errors are known, so all binomial noise of the rows "
                            "counts as luck, that of rows hard for every trial too; with one column a trial "
                            "and one line a row it is told apart.");
    if (luck->dropped)
        decompose_note(run, arena_print(arena, "%s left out: not finite, or far above the others.",
                                        luck->dropped == 1
                                            ? "One trial is"
                                            : arena_print(arena, "%" PRId64 " trials are", luck->dropped)));
}

void trials_record(const struct luck *luck, const struct trials *trials, const char *on, bool rate,
                   bool stepped, struct run *run)
{
    const struct {
        const char *what;
        double number;
    } numbers[] = {{"count", (double)luck->count},
                   {"dropped", (double)luck->dropped},
                   {"rows", (double)luck->rows},
                   {"read", luck->read},
                   {"mean", luck->mean},
                   {"expected", luck->expected},
                   {"expected_low", luck->on_expected.low},
                   {"expected_high", luck->on_expected.high},
                   {"luck", luck->luck},
                   {"luck_low", luck->on_luck.low},
                   {"luck_high", luck->on_luck.high},
                   {"real", luck->real},
                   {"bound", luck->bound}};
    const char *name = trials->name[luck->best];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        run_set_number(run, arena_print(run->arena, "decompose/trials/%s", numbers[i].what),
                       numbers[i].number);
    run_set_text(run, "decompose/trials/best", "%s", name);
    run_set_text(run, "decompose/trials/split", "%s", on);
    note_luck(luck, name, on, rate, run);
    if (stepped)
        decompose_note(run, "There is no test split: \"validation overfit\" is what these trials say of it.");
}
