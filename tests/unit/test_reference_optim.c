/* Optimizers and schedules against tests/reference/optimizers.json: 100 updates, parameters and rates. */
#include <mldbg/optim.h>

#include "reference.h"

static const struct backend *backend;

static void read_spec(struct arena *arena, const struct reference *reference, struct optimizer_spec *spec)
{
    struct problems problems;
    problems_init(&problems, arena);
    if (!optimizer_read(arena, json_get(reference->json, "optimizer"), spec, &problems))
        fail_msg("%s: %s", reference->name, problems.at[0].sentence);
}

static void trajectory(void **state)
{
    const struct reference *reference = *state;
    const struct json *steps = json_get(reference->json, "steps"),
                      *hash = json_get(reference->json, "gradients");
    struct arena arena;
    struct optimizer_spec spec;
    struct optimizer optimizer;
    arena_init(&arena, "test");
    read_spec(&arena, reference, &spec);
    const struct kernels *kernels = backend->kernels[reference->dtype];
    double start[8];
    int64_t count = reference_numbers(json_get(reference->json, "start"), NULL);
    assert_true(count <= 8);
    reference_numbers(json_get(reference->json, "start"), start);
    struct tensor w = tensor_make(&arena, reference->dtype, SHAPE(count), NULL);
    struct tensor g = tensor_make(&arena, reference->dtype, SHAPE(count), NULL);
    for (int64_t i = 0; i < count; i++)
        tensor_set(&w, i, start[i]);
    /* Two spans, so that a state that is shared by mistake shows. */
    struct span spans[] = {{0, 2}, {2, count - 2}};
    optimizer_init(&optimizer, &arena, &spec, kernels, count, spans, 2);
    size_t shown = 0;
    uint64_t seed = (uint64_t)reference_integer(hash, "seed");
    for (int64_t t = 0; shown < json_count(steps); t++) {
        for (int64_t i = 0; i < count; i++)
            tensor_set(&g, i,
                       reference_hashed(seed, reference_number(hash, "bound"), 0, (uint64_t)(t * count + i)));
        gradient_clip(&spec, kernels, g.data, spans, 2, NULL);
        optimizer_update(&optimizer, w.data, g.data, 0);
        if (t + 1 != (int64_t)json_at(steps, shown)->number)
            continue;
        reference_compare(reference, arena_print(&arena, "parameters after update %lld", (long long)t + 1),
                          &w, json_at(json_get(reference->json, "trajectory"), shown));
        shown++;
    }
    assert_int_equal(optimizer.step, 100);
    arena_release(&arena);
}

static void rates(void **state)
{
    const struct reference *reference = *state;
    const struct json *expected = json_get(reference->json, "rates"), *rate = expected->child;
    const struct json *losses = json_get(reference->json, "epoch_losses");
    int64_t per_epoch = reference_integer(reference->json, "updates_per_epoch");
    struct arena arena;
    struct optimizer_spec spec;
    struct optimizer optimizer;
    arena_init(&arena, "test");
    read_spec(&arena, reference, &spec);
    double w = 0, g = 0;
    optimizer_init(&optimizer, &arena, &spec, backend->kernels[DTYPE_F64], 1, &(struct span){0, 1}, 1);
    optimizer.total_steps = (int64_t)json_count(expected);
    for (int64_t t = 0; rate; t++, rate = rate->next) {
        reference_compare_number(reference, arena_print(&arena, "rate of update %lld", (long long)t + 1),
                                 optimizer_rate(&optimizer, t / per_epoch), rate->number);
        optimizer_update(&optimizer, &w, &g, t / per_epoch);
        if ((t + 1) % per_epoch == 0)
            optimizer_epoch_end(&optimizer, json_at(losses, (size_t)(t / per_epoch))->number);
    }
    arena_release(&arena);
}

static bool uses_optimizer(const struct json *one, const char *name)
{
    return reference_names(json_get(one, "optimizer"), name) && json_get(one, "trajectory");
}

static bool uses_schedule(const struct json *one, const char *name)
{
    return reference_names(json_get(json_get(one, "optimizer"), "schedule"), name) && json_get(one, "rates");
}

static void has_every_optimizer(void **state)
{
    reference_covers(&optimizer_catalog, *state, uses_optimizer);
}

static void has_every_schedule(void **state)
{
    reference_covers(&schedule_catalog, *state, uses_schedule);
}

int main(void)
{
    struct arena arena;
    struct error err = {0};
    arena_init(&arena, "reference");
    struct reference_tests tests = {.arena = &arena};
    if (!backend_cpu(1, &backend, &err)) {
        fprintf(stderr, "%s\n", err.sentence);
        return 1;
    }
    const struct json *cases = reference_cases(&arena, "optimizers.json");
    reference_add_cover(&tests, cases, "every optimizer has a case", has_every_optimizer);
    reference_add_cover(&tests, cases, "every schedule has a case", has_every_schedule);
    for (const struct json *one = cases->child; one; one = one->next) {
        if (json_get(one, "rates")) {
            reference_add(&tests, one, rates, DTYPE_F64, 1e-12, 1e-15);
        } else {
            reference_add(&tests, one, trajectory, DTYPE_F64, 1e-11, 1e-13);
            reference_add(&tests, one, trajectory, DTYPE_F32, 1.3e-6, 1e-5);
        }
    }
    int failed = reference_run(&tests, "optimizers.json");
    arena_release(&arena);
    return failed;
}
