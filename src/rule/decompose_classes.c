/*
 * The error of every class by itself. Many classes are many questions: intervals hold for all of them
 * together and the level of the test that names a term is shared by all.
 */
#include <mldbg/rule/decompose.h>

#include <math.h>

#include "quantile.h"

static const double CONFIDENCE = 0.95;

static int64_t fewest_rows(const struct class_rungs *class)
{
    int64_t rows = 0;
    for (int i = RUNG_train; i < RUNG_COUNT; i++)
        if (class->rung[i].given && (rows == 0 || class->rung[i].rows < rows))
            rows = class->rung[i].rows;
    return rows;
}

/* Wilson 1927, which holds for few rows and far into the tails; groups count as rows that tell as much. */
static struct interval wilson(const struct sample *rate, double z)
{
    double rows = rate->bearing, p = rate->value, more = z * z / rows;
    double reach = z * sqrt(p * (1 - p) / rows + more / (4 * rows));

    if (rate->unsure)
        return (struct interval){(double)NAN, (double)NAN};
    return (struct interval){fmax(0, (p + more / 2 - reach) / (1 + more)),
                             fmin(1, (p + more / 2 + reach) / (1 + more))};
}

/* A class that only one split has cannot be taken apart, and has no largest term. */
static void record_largest(const struct class_rungs *class, size_t sharers, const char *key, struct run *run)
{
    struct decomposition parts;
    struct arena scratch;
    struct error err;

    arena_init(&scratch, "the steps of one class");
    bool apart = decompose_among(&scratch, class->rung, (double)sharers, &parts, &err);
    run_set_text(run, arena_print(run->arena, "%s/largest", key), "%s",
                 apart && parts.largest >= 0 ? parts.term[parts.largest].key : "");
    run_set_text(run, arena_print(run->arena, "%s/largest_name", key), "%s",
                 apart && parts.largest >= 0 ? parts.term[parts.largest].name : "");
    arena_release(&scratch);
}

void classes_record(const struct class_rungs *classes, size_t count, struct run *run)
{
    struct arena *arena = run->arena;
    size_t intervals = 0;

    for (size_t c = 0; c < count; c++)
        for (int i = 0; i < RUNG_COUNT; i++)
            intervals += classes[c].rung[i].given;
    if (!intervals)
        return;
    double z = -normal_quantile((1 - CONFIDENCE) / 2 / (double)intervals);
    run_set_number(run, "decompose/classes", (double)count);
    for (size_t c = 0; c < count; c++) {
        const char *key = arena_print(arena, "decompose/class/%zu", c + 1);
        run_set_text(run, arena_print(arena, "%s/name", key), "%s", classes[c].name);
        run_set_number(run, arena_print(arena, "%s/fewest_rows", key), (double)fewest_rows(&classes[c]));
        for (int i = RUNG_train; i < RUNG_COUNT; i++) {
            const struct sample *rung = &classes[c].rung[i];
            if (!rung->given)
                continue;
            struct interval interval = wilson(rung, z);
            const struct {
                const char *what;
                double number;
            } numbers[] = {{"error", rung->value},
                           {"rows", (double)rung->rows},
                           {"low", interval.low},
                           {"high", interval.high}};
            for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
                run_set_number(run,
                               arena_print(arena, "%s/%s/%s", key, numbers[k].what, rung_name((enum rung)i)),
                               numbers[k].number);
        }
        record_largest(&classes[c], count, key, run);
    }
}
