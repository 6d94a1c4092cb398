/*
 * Initializations against tests/reference/inits.json: mean, standard deviation and bounds by PyTorch's
 * formulas, orthogonality where it is promised.
 */
#include <mldbg/layer.h>

#include "reference.h"

/* Distance in standard errors at which a mean or a deviation is off; the draws are fixed, so this never
 * flickers. */
static const double errors_allowed = 5;

/* A bounded draw of some thousand numbers comes at least this near to its bound. */
static const double near_bound = 0.99;

static void check_orthogonal(const struct reference *reference, const double *w, int64_t rows,
                             int64_t columns, double gain)
{
    bool wide = rows <= columns;
    int64_t count = wide ? rows : columns, length = wide ? columns : rows;
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j < count; j++) {
            double sum = 0;
            for (int64_t k = 0; k < length; k++)
                sum +=
                    wide ? w[i * columns + k] * w[j * columns + k] : w[k * columns + i] * w[k * columns + j];
            if (!check_near(sum, i == j ? gain * gain : 0, 0, 1e-9))
                fail_msg("%s: product of vectors %lld and %lld is %.17g", reference->name, (long long)i,
                         (long long)j, sum);
        }
}

static void check_moments(const struct reference *reference, const double *w, int64_t count)
{
    const struct json *json = reference->json, *limit = json_get(json, "bound");
    double mean = reference_number(json, "mean"), std = reference_number(json, "std"), sum = 0, squares = 0,
           most = 0;
    for (int64_t i = 0; i < count; i++) {
        sum += w[i];
        most = fabs(w[i]) > most ? fabs(w[i]) : most;
    }
    for (int64_t i = 0; i < count; i++)
        squares += (w[i] - mean) * (w[i] - mean);
    double n = (double)count;
    if (!check_near(sum / n, mean, 0, errors_allowed * std / sqrt(n) + 1e-12))
        fail_msg("%s: mean is %g, expected %g", reference->name, sum / n, mean);
    if (!check_near(sqrt(squares / n), std, errors_allowed / sqrt(2 * n), 1e-12))
        fail_msg("%s: standard deviation is %g, expected %g", reference->name, sqrt(squares / n), std);
    if (limit->type != JSON_NUMBER)
        return;
    if (!(most <= limit->number * (1 + 1e-12)) || most < near_bound * limit->number)
        fail_msg("%s: the largest magnitude is %g, expected at most and nearly %g", reference->name, most,
                 limit->number);
}

static void moments(void **state)
{
    const struct reference *reference = *state;
    const struct json *json = reference->json;
    struct arena arena;
    struct problems problems;
    struct init_choice choice;
    double sizes[RANK_MOST];
    int64_t size[RANK_MOST];
    arena_init(&arena, "test");
    problems_init(&problems, &arena);
    int rank = (int)reference_numbers(json_get(json, "shape"), sizes);
    for (int i = 0; i < rank; i++)
        size[i] = (int64_t)sizes[i];
    struct init_target target = {
        .shape = shape_make(rank, size),
        .fan_in = reference_integer(json, "fan_in"),
        .fan_out = reference_integer(json, "fan_out"),
        .activation = reference_text(json, "activation"),
        .role = reference_text(json, "role"),
        .layer = reference_text(json, "layer"),
        .gates = reference_integer(json, "gates"),
        .key = {.seed = 7, .purpose = PURPOSE_INIT},
        .number = 3,
    };
    if (!init_read(&arena, json_get(json, "init"), &choice, &problems))
        fail_msg("%s: %s", reference->name, problems.at[0].sentence);
    int64_t count = shape_count(&target.shape);
    double *w = arena_numbers(&arena, (size_t)count * sizeof *w);
    choice.kind->fill(choice.settings, &target, w);
    check_moments(reference, w, count);
    if (json_get(json, "orthogonal"))
        check_orthogonal(reference, w, size[0], size[1], reference_number(json, "orthogonal"));
    arena_release(&arena);
}

static bool uses_init(const struct json *one, const char *name)
{
    return reference_names(json_get(one, "init"), name);
}

static void has_every_init(void **state)
{
    reference_covers(&init_catalog, *state, uses_init);
}

int main(void)
{
    struct arena arena;
    arena_init(&arena, "reference");
    struct reference_tests tests = {.arena = &arena};
    const struct json *cases = reference_cases(&arena, "inits.json");
    reference_add_cover(&tests, cases, "every initialization has a case", has_every_init);
    for (const struct json *one = cases->child; one; one = one->next)
        reference_add(&tests, one, moments, DTYPE_F64, 0, 0);
    int failed = reference_run(&tests, "inits.json");
    arena_release(&arena);
    return failed;
}
