/* What the parts of an error mean, in words: remarks, what cannot be separated, and what to do, as facts. */
#include <mldbg/rule/decompose.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <mldbg/base/text.h>

/* More rows than this are no advice. */
static const double ROWS_WORTH_NAMING = 1e8;

int decomposition_next(const struct decomposition *decomposition)
{
    if (decomposition->largest >= 0)
        return decomposition->largest;
    for (int t = 0; t < decomposition->count; t++)
        if (decomposition->term[t].tied && decomposition->term[t].above)
            return t;
    return -1;
}

static bool rows_unknown(const struct decomposition *all)
{
    for (int i = 0; i < RUNG_COUNT; i++)
        if (all->rung[i].given && all->rung[i].unsure)
            return true;
    return false;
}

static const char *remark_of(const struct decomposition *all, int number)
{
    const struct term *term = &all->term[number];

    if (term->exact)
        return "";
    if (isnan(term->together.low))
        return "no interval";
    if (number == all->largest)
        return "largest, clearly";
    if (term->below)
        return "below zero";
    if (!term->above)
        return "not above zero";
    return term->tied ? "tied for largest" : "";
}

/* ---- Notes ---- */

static void add_note(struct run *run, int *count, const char *sentence)
{
    run_set_text(run, arena_print(run->arena, "decompose/note/%d", ++*count), "%s", sentence);
}

/* "train, val and test" */
static const char *list_missing(struct arena *arena, const struct sample *rung)
{
    struct text names;
    int count = 0, left = 0;

    text_init(&names, arena);
    for (int i = RUNG_train; i < RUNG_COUNT; i++)
        left += !rung[i].given;
    for (int i = RUNG_train; i < RUNG_COUNT; i++) {
        if (rung[i].given)
            continue;
        left--;
        text_print(&names, "%s%s", count++ == 0 ? "" : left ? ", " : " and ", rung_name((enum rung)i));
    }
    return names.at;
}

static void note_below(const struct decomposition *all, struct run *run, int *notes)
{
    for (int t = 1; t < all->count; t++) {
        const struct term *term = &all->term[t];
        if (!term->below)
            continue;
        add_note(
            run, notes,
            term->from == RUNG_irreducible
                ? arena_print(run->arena,
                              "The error on %s is below the irreducible error: rows are known by heart, or "
                              "the irreducible error is set too high.",
                              rung_name(term->to))
                : arena_print(run->arena, "The error on %s is below that on %s: the rows of %s are easier.",
                              rung_name(term->to), rung_name(term->from), rung_name(term->to)));
    }
}

static void note_missing(const struct decomposition *all, struct run *run, int *notes)
{
    struct arena *arena = run->arena;
    const char *missing = list_missing(arena, all->rung);

    if (!all->rung[RUNG_irreducible].given)
        add_note(run, notes,
                 "The irreducible error is not known, so it and what comes behind it are one term; "
                 "--irreducible or --human ERRORS/ROWS says it.");
    if (!*missing)
        return;
    for (int t = 0; t < all->count; t++)
        if (all->term[t].to > RUNG_train && term_is_several(&all->term[t]))
            add_note(run, notes,
                     arena_print(arena, "Without %s, \"%s\" is one term and cannot be separated.", missing,
                                 all->term[t].name));
    if (all->end < RUNG_test)
        add_note(run, notes,
                 arena_print(arena, "Without %s, %svalidation overfit cannot be seen; the sum is the %s.",
                             missing, all->end < RUNG_testval ? "distribution shift and " : "",
                             all->sum.name));
    add_note(run, notes,
             "train and val are drawn from the training distribution, testval and test from that of the "
             "test; mldbg split makes all four.");
}

/* Two figures are what such an estimate is worth; upwards. */
static const char *rough(struct arena *arena, double rows)
{
    double unit = pow(10, fmax(0, floor(log10(rows)) - 1));
    return text_count(arena, (int64_t)(ceil(rows / unit) * unit));
}

static bool worth_naming(double rows)
{
    return rows >= 1 && rows <= ROWS_WORTH_NAMING;
}

/* What more rows would show. */
static void note_tied(const struct decomposition *all, struct run *run, int *notes)
{
    struct arena *arena = run->arena;
    const struct term *first = &all->term[all->first], *second = &all->term[all->second];
    struct text words;

    if (rows_unknown(all)) {
        add_note(run, notes,
                 "The number of rows behind an error is not known, or is one: no interval can be "
                 "given and no term be named the largest.");
        return;
    }
    if (!(first->value > 0)) {
        add_note(run, notes, "No split shows a larger error than the one before it.");
        return;
    }
    text_init(&words, arena);
    text_print(&words, "No term is clearly the largest: %s and %s are tied.", first->name, second->name);
    if (worth_naming(all->rows_to_show))
        text_print(&words,
                   " %s is told from zero; if %s is as it looks, about %s rows in every split would show it.",
                   second->above ? "The first is not" : "Neither", first->name,
                   rough(arena, all->rows_to_show));
    if (worth_naming(all->rows_needed))
        text_print(&words, " About %s rows in every split would tell the two apart.",
                   rough(arena, all->rows_needed));
    else
        text_print(&words, " More rows would hardly tell the two apart.");
    add_note(run, notes, words.at);
}

static const char *next_of(const struct decomposition *all, struct run *run)
{
    int next = decomposition_next(all);
    const struct term *term = next < 0 ? NULL : &all->term[next];

    if (!term && rows_unknown(all))
        return "give the number of rows behind each error, and more than one: steps must be told from noise";
    if (!term)
        return all->rung[RUNG_irreducible].given
                   ? "measure on more rows: nothing stands out from the noise of these splits"
                   : "say what error is irreducible, with --irreducible or --human ERRORS/ROWS";
    if (term_is_several(term))
        return "make the missing splits:  mldbg split data.csv --label COLUMN -o DIR";
    if (term->ground && !all->rung[RUNG_irreducible].given && next == all->largest)
        return "say what error is irreducible, with --irreducible or --human ERRORS/ROWS: how much of the "
               "largest term can be removed is not known";
    return arena_print(run->arena, "%s: %s", term->name, term_remedies(term)[0].words);
}

static void record_remedies(const struct decomposition *all, const struct json *config, struct run *run)
{
    int next = decomposition_next(all);

    if (next >= 0 && !term_is_several(&all->term[next]))
        remedies_record(&all->term[next], config, run);
}

static void record_term(const struct term *term, const char *remark, struct run *run)
{
    const struct {
        const char *what;
        double number;
    } numbers[] = {{"value", term->value},
                   {"low", term->together.low},
                   {"high", term->together.high},
                   {"low_each", term->each.low},
                   {"high_each", term->each.high}};

    run_set_text(run, arena_print(run->arena, "decompose/%s/name", term->key), "%s", term->name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        run_set_number(run, arena_print(run->arena, "decompose/%s/%s", term->key, numbers[i].what),
                       numbers[i].number);
    run_set_text(run, arena_print(run->arena, "decompose/%s/remark", term->key), "%s", remark);
}

static void record_tied(const struct decomposition *all, struct run *run)
{
    struct text keys;

    text_init(&keys, run->arena);
    for (int t = 0; t < all->count; t++)
        if (all->term[t].tied)
            text_print(&keys, "%s%s", keys.length ? "," : "", all->term[t].key);
    if (keys.length)
        run_set_text(run, "decompose/tied", "%s", keys.at);
}

void decompose_record(const struct decomposition *all, const struct json *config, struct run *run)
{
    int notes = 0;

    for (int i = 0; i < RUNG_COUNT; i++) {
        if (!all->rung[i].given || all->rung[i].step)
            continue;
        run_set_number(run, arena_print(run->arena, "decompose/error/%s", rung_name((enum rung)i)),
                       all->rung[i].value);
        if (all->rung[i].rows > 0)
            run_set_number(run, arena_print(run->arena, "decompose/rows/%s", rung_name((enum rung)i)),
                           (double)all->rung[i].rows);
    }
    for (int t = 0; t < all->count; t++)
        record_term(&all->term[t], remark_of(all, t), run);
    record_term(&all->sum, "", run);
    if (all->largest >= 0)
        run_set_text(run, "decompose/largest", "%s", all->term[all->largest].key);
    else
        record_tied(all, run);
    if (!isnan(all->rows_needed))
        run_set_number(run, "decompose/rows_needed", all->rows_needed);
    if (!isnan(all->rows_to_show))
        run_set_number(run, "decompose/rows_to_show", all->rows_to_show);
    run_set_number(run, "decompose/critical", all->critical);
    if (all->largest < 0 && all->second >= 0)
        note_tied(all, run, &notes);
    note_below(all, run, &notes);
    note_missing(all, run, &notes);
    record_remedies(all, config, run);
    run_set_text(run, "decompose/next", "%s", next_of(all, run));
}
