/* The steps of the recipe as rows, to the first broken one. */
#include <mldbg/report.h>

static void headline(const struct run *run, struct text *out)
{
    text_print(out, "%s · %s lr %s · seed %llu", run->name, run_text(run, "train/optimizer"),
               text_number(run->arena, run_number(run, "train/rate"), 6), (unsigned long long)run->seed);
}

static const char *fact(const struct run *run, struct arena *arena, int number, const char *what)
{
    return run_text(run, arena_print(arena, "doctor/%d/%s", number, what));
}

static void body(const struct run *run, struct text *out)
{
    enum { QUESTION = 48 };
    int steps = (int)run_integer(run, "doctor/steps");

    for (int i = 1; i <= steps; i++) {
        text_print(out, "  %d  %-*s  %s\n", i, QUESTION, fact(run, out->arena, i, "question"),
                   fact(run, out->arena, i, "outcome"));
        text_print(out, "     ");
        text_wrap(out, fact(run, out->arena, i, "sentence"), 5);
    }
}

const struct view view_doctor = {
    .entry = {"doctor", "The recipe step by step",
              "Each step with its question, its answer and what was seen."},
    .headline = headline,
    .body = body,
};
