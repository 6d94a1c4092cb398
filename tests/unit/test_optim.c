/* Options of optimizers and schedules, clipping, spans, NaN. The numbers themselves: test_reference_optim.c.
 */
#include <mldbg/optim.h>

#include <stdio.h>

#include "check.h"

static const struct backend *backend;

struct fixture {
    struct arena arena;
    struct problems problems;
    struct optimizer_spec spec;
};

static bool read_text(struct fixture *f, const char *text)
{
    struct json *json = NULL;
    struct error err = {0};
    arena_init(&f->arena, "test");
    problems_init(&f->problems, &f->arena);
    if (text && !json_parse(&f->arena, "test.json", text, strlen(text), &json, &err))
        fail_msg("%s: %s", text, err.sentence);
    return optimizer_read(&f->arena, json, &f->spec, &f->problems);
}

static void accept(struct fixture *f, const char *text)
{
    if (!read_text(f, text))
        fail_msg("%s: %s", text, f->problems.at[0].sentence);
    assert_int_equal(f->problems.count, 0);
}

/* Exactly one problem, with this in its sentence or hint. */
static void refuse(const char *text, const char *part)
{
    struct fixture f;
    assert_false(read_text(&f, text));
    if (f.problems.count != 1)
        fail_msg("%s: %zu problems, expected 1", text, f.problems.count);
    const struct error *err = &f.problems.at[0];
    if (!strstr(err->sentence, part) && !strstr(err->hint, part))
        fail_msg("%s: \"%s\" (%s) lacks \"%s\"", text, err->sentence, err->hint, part);
    assert_string_equal(err->code, "ML100");
    assert_int_equal(err->line, 1);
    arena_release(&f.arena);
}

static void reads_words_and_objects(void **state)
{
    (void)state;
    struct fixture f;
    accept(&f, NULL);
    assert_ptr_equal(f.spec.kind, &optimizer_adam);
    assert_ptr_equal(f.spec.schedule, &schedule_constant);
    assert_near(f.spec.lr, 0.001, 0, 0);
    assert_is_nan(f.spec.clip_norm);
    assert_is_nan(f.spec.clip_value);
    assert_int_equal(f.spec.accumulate, 1);
    arena_release(&f.arena);

    accept(&f, "\"sgd\"");
    assert_ptr_equal(f.spec.kind, &optimizer_sgd);
    arena_release(&f.arena);

    accept(&f, "{\"lr\": -0.5, \"clip_norm\": null, \"clip_value\": 2, \"accumulate\": 4, \"schedule\": "
               "\"cosine\"}");
    assert_ptr_equal(f.spec.kind, &optimizer_adam);
    assert_ptr_equal(f.spec.schedule, &schedule_cosine);
    assert_near(f.spec.lr, -0.5, 0, 0);
    assert_near(f.spec.clip_value, 2, 0, 0);
    assert_int_equal(f.spec.accumulate, 4);
    assert_is_nan(f.spec.clip_norm);
    arena_release(&f.arena);

    accept(&f,
           "{\"type\": \"sgd\", \"schedule\": {\"type\": \"step\", \"step_size\": 3, \"warmup_steps\": 7}}");
    assert_ptr_equal(f.spec.schedule, &schedule_step);
    assert_int_equal(f.spec.warmup_steps, 7);
    arena_release(&f.arena);
}

static void refuses_mistakes(void **state)
{
    (void)state;
    refuse("\"adm\"", "adam");
    refuse("3", "optimizer");
    refuse("{\"type\": \"sdg\", \"momentum\": 0.9}", "sgd");
    refuse("{\"type\": \"sgd\", \"momentun\": 0.9}", "momentum");
    refuse("{\"type\": \"sgd\", \"weight_deccay\": 0.9}", "weight_decay");
    refuse("{\"type\": \"sgd\", \"betas\": [0.9, 0.999]}", "betas");
    refuse("{\"lr\": \"0.1\"}", "number");
    refuse("{\"lr\": null, \"eps\": -1}", "eps");
    refuse("{\"betas\": [0.9]}", "two numbers, each at least 0 and less than 1, found [0.9]");
    refuse("{\"type\": \"sgd\", \"nesterov\": true}", "needs a momentum above 0");
    refuse("{\"type\": \"sgd\", \"nesterov\": true, \"momentum\": 0.9, \"dampening\": 0.1}", "no dampening");
    refuse("{\"betas\": [0.9, 1]}", "less than 1");
    refuse("{\"defaults\": \"kears\"}", "keras");
    refuse("{\"clip_norm\": 0}", "clip_norm");
    refuse("{\"accumulate\": 0}", "accumulate");
    refuse("{\"accumulate\": null}", "accumulate");
    refuse("{\"weight_decay\": -1}", "weight_decay");
    refuse("{\"schedule\": \"cosin\"}", "cosine");
    refuse("{\"schedule\": {\"type\": \"step\", \"gama\": 0.1}}", "gamma");
    refuse("{\"schedule\": {\"type\": \"step\", \"step_size\": 0}}", "step_size");
    refuse("{\"schedule\": [1]}", "schedule");
}

static void knows_default_rates(void **state)
{
    (void)state;
    for (size_t i = 0; i < optimizer_catalog.count; i++) {
        const struct optimizer_kind *kind = ENTRY_OF(optimizer_catalog.at[i], struct optimizer_kind);
        struct fixture f;
        char text[128];
        snprintf(text, sizeof text, "\"%s\"", kind->entry.name);
        accept(&f, text);
        assert_near(f.spec.lr, kind->lr_pytorch, 0, 0);
        assert_near(f.spec.weight_decay, kind->weight_decay, 0, 0);
        arena_release(&f.arena);
        snprintf(text, sizeof text, "{\"type\": \"%s\", \"defaults\": \"keras\"}", kind->entry.name);
        accept(&f, text);
        assert_near(f.spec.lr, kind->lr_keras, 0, 0);
        arena_release(&f.arena);
    }
    assert_near(optimizer_adamw.weight_decay, 0.01, 0, 0);
    assert_near(optimizer_adadelta.lr_pytorch, 1, 0, 0);
}

/* What is written with all defaults is read back as the same, and written again as the same. */
static void writes_what_it_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < optimizer_catalog.count; i++)
        for (size_t j = 0; j < schedule_catalog.count; j++)
            for (int keras = 0; keras < 2; keras++) {
                struct fixture f, again;
                struct text first, second;
                char given[160];
                snprintf(
                    given, sizeof given, "{\"type\": \"%s\", \"schedule\": \"%s\", \"defaults\": \"%s\"}",
                    optimizer_catalog.at[i]->name, schedule_catalog.at[j]->name, keras ? "keras" : "pytorch");
                accept(&f, given);
                text_init(&first, &f.arena);
                json_write(&first, optimizer_json(&f.arena, &f.spec), false);
                accept(&again, first.at);
                text_init(&second, &again.arena);
                json_write(&second, optimizer_json(&again.arena, &again.spec), false);
                assert_string_equal(first.at, second.at);
                assert_non_null(strstr(first.at, "\"lr\""));
                arena_release(&again.arena);
                arena_release(&f.arena);
            }
}

static void explains_every_entry(void **state)
{
    (void)state;
    const struct catalog *catalogs[] = {&optimizer_catalog, &schedule_catalog};
    for (int c = 0; c < 2; c++)
        for (size_t i = 0; i < catalogs[c]->count; i++) {
            const struct entry *entry = catalogs[c]->at[i];
            assert_true(strlen(entry->summary) <= 72);
            for (const char *line = entry->explain; *line;) {
                size_t width = strcspn(line, "\n");
                if (width > 78)
                    fail_msg("%s: a line of %zu columns: %.*s", entry->name, width, (int)width, line);
                line += width + (line[width] == '\n');
            }
        }
}

/* ---- Updates ---- */

static void start(struct fixture *f, struct optimizer *optimizer, const char *text, enum dtype dtype,
                  int64_t length, const struct span *spans, size_t span_count)
{
    accept(f, text);
    optimizer_init(optimizer, &f->arena, &f->spec, backend->kernels[dtype], length, spans, span_count);
    assert_int_equal(optimizer_bytes(&f->spec, length, dtype),
                     optimizer->slot_count * length * (int64_t)dtype_size(dtype));
}

static const char *const every[] = {
    "{\"type\": \"sgd\", \"lr\": 0.1}",
    "{\"type\": \"sgd\", \"lr\": 0.05, \"momentum\": 0.8, \"nesterov\": true}",
    "{\"type\": \"sgd\", \"lr\": 0.05, \"momentum\": 0.8, \"defaults\": \"keras\"}",
    "{\"type\": \"adam\", \"lr\": 0.1}",
    "{\"type\": \"adam\", \"lr\": 0.1, \"defaults\": \"keras\"}",
    "{\"type\": \"adamw\", \"lr\": 0.1, \"weight_decay\": 0.001}",
    "{\"type\": \"rmsprop\", \"lr\": 0.02}",
    "{\"type\": \"rmsprop\", \"lr\": 0.01, \"momentum\": 0.5, \"centered\": true, \"eps\": 0.01}",
    "{\"type\": \"adagrad\", \"lr\": 1}",
    "{\"type\": \"adadelta\", \"lr\": 20}",
};

enum { EVERY = sizeof every / sizeof *every };

static void finds_the_minimum(void **state)
{
    (void)state;
    for (int i = 0; i < EVERY; i++) {
        struct fixture f;
        struct optimizer optimizer;
        double w[3] = {0, -1, 4}, g[3];
        start(&f, &optimizer, every[i], DTYPE_F64, 3, &(struct span){0, 3}, 1);
        for (int t = 0; t < 600; t++) {
            for (int j = 0; j < 3; j++)
                g[j] = 2 * (w[j] - 1);
            optimizer_update(&optimizer, w, g, 0);
        }
        for (int j = 0; j < 3; j++)
            if (!check_near(w[j], 1, 0, 0.05))
                fail_msg("%s ends at %g, expected 1", every[i], w[j]);
        arena_release(&f.arena);
    }
}

/* Whether what was written is finite: gradients of all elements count, those outside of the spans do not. */
static void says_whether_all_is_finite(void **state)
{
    static const double poison[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};

    (void)state;
    for (int i = 0; i < EVERY; i++)
        for (int p = 0; p < 3; p++)
            for (int at = 0; at < 6; at++) {
                struct fixture f;
                struct optimizer optimizer;
                float w[6] = {1, 1, 1, 1, 1, 1}, g[6] = {3, 3, 3, 3, 3, 3};
                struct span spans[] = {{1, 2}, {4, 1}};
                bool inside = at == 1 || at == 2 || at == 4;

                start(&f, &optimizer, every[i], DTYPE_F32, 6, spans, 2);
                assert_true(optimizer_update(&optimizer, w, g, 0));
                w[at] = (float)poison[p];
                assert_int_equal(optimizer_update(&optimizer, w, g, 0), !inside);
                w[at] = 1;
                assert_true(optimizer_update(&optimizer, w, g, 0));
                g[at] = (float)NAN;
                assert_int_equal(optimizer_update(&optimizer, w, g, 0), !inside);
                arena_release(&f.arena);
            }
}

static void leaves_the_rest_alone(void **state)
{
    (void)state;
    for (int i = 0; i < EVERY; i++) {
        struct fixture f;
        struct optimizer optimizer;
        float w[6] = {1, 1, 1, 1, 1, 1}, g[6] = {3, 3, 3, 3, 3, 3};
        struct span spans[] = {{1, 2}, {4, 1}};
        start(&f, &optimizer, every[i], DTYPE_F32, 6, spans, 2);
        for (int t = 0; t < 3; t++)
            optimizer_update(&optimizer, w, g, 0);
        for (int j = 0; j < 6; j++) {
            bool moves = j == 1 || j == 2 || j == 4;
            if ((w[j] < 1) != moves)
                fail_msg("%s: element %d is %g", every[i], j, (double)w[j]);
        }
        assert_near((double)w[1], (double)w[4], 0, 0);
        arena_release(&f.arena);
    }
}

static void passes_nan_on(void **state)
{
    (void)state;
    for (int i = 0; i < EVERY; i++)
        for (int where = 0; where < 2; where++) {
            struct fixture f;
            struct optimizer optimizer;
            float w[4] = {1, 1, 1, 1}, g[4] = {1, 1, 1, 1};
            (where ? w : g)[2] = NAN;
            start(&f, &optimizer, every[i], DTYPE_F32, 4, &(struct span){0, 4}, 1);
            optimizer_update(&optimizer, w, g, 0);
            for (int j = 0; j < 4; j++)
                if (!!isnan(w[j]) != (j == 2))
                    fail_msg("%s: element %d is %g", every[i], j, (double)w[j]);
            arena_release(&f.arena);
        }
}

static void begins_adagrad_of_keras_at_a_tenth(void **state)
{
    (void)state;
    struct fixture f;
    struct optimizer optimizer;
    start(&f, &optimizer, "{\"type\": \"adagrad\", \"defaults\": \"keras\"}", DTYPE_F32, 20,
          &(struct span){0, 20}, 1);
    for (int i = 0; i < 20; i++)
        assert_near((double)((float *)optimizer.slots[0])[i], 0.1, 1e-7, 0);
    arena_release(&f.arena);
}

/* ---- Schedules ---- */

static void warms_up(void **state)
{
    (void)state;
    struct fixture f;
    struct optimizer optimizer;
    const double expected[] = {0.2, 0.4, 0.6, 0.8, 1, 1};
    double w = 0, g = 0;
    start(&f, &optimizer,
          "{\"type\": \"sgd\", \"lr\": 2, \"schedule\": {\"warmup_steps\": 4, \"warmup_start\": 0.2}}",
          DTYPE_F64, 1, &(struct span){0, 1}, 1);
    for (int t = 0; t < 6; t++) {
        assert_near(optimizer_rate(&optimizer, 0), 2 * expected[t], 1e-15, 0);
        optimizer_update(&optimizer, &w, &g, 0);
    }
    arena_release(&f.arena);
}

static void keeps_cosine_full_without_an_end(void **state)
{
    (void)state;
    double settings = 0.25; /* min_factor */
    assert_near(schedule_cosine.factor(&settings, 50, 0, 0, 0), 1, 0, 0);
    assert_near(schedule_cosine.factor(&settings, 50, 0, 100, 0), 0.625, 1e-15, 0);
    assert_near(schedule_cosine.factor(&settings, 100, 0, 100, 0), 0.25, 1e-15, 0);
    assert_near(schedule_cosine.factor(&settings, 900, 0, 100, 0), 0.25, 1e-15, 0);
}

static void counts_nan_as_no_better(void **state)
{
    (void)state;
    struct fixture f;
    struct optimizer optimizer;
    start(&f, &optimizer, "{\"lr\": 1, \"schedule\": {\"type\": \"plateau\", \"patience\": 1}}", DTYPE_F64, 1,
          &(struct span){0, 1}, 1);
    optimizer_epoch_end(&optimizer, (double)NAN);
    assert_near(optimizer_rate(&optimizer, 1), 1, 0, 0);
    optimizer_epoch_end(&optimizer, (double)NAN);
    assert_near(optimizer_rate(&optimizer, 2), 0.1, 1e-15, 0);
    optimizer_epoch_end(&optimizer, 5);
    optimizer_epoch_end(&optimizer, (double)NAN);
    assert_near(optimizer_rate(&optimizer, 4), 0.1, 1e-15, 0);
    arena_release(&f.arena);
}

/* ---- Clipping ---- */

static const struct span two_spans[] = {{0, 2}, {3, 2}};

static double clip(const char *text, enum dtype dtype, void *g)
{
    struct fixture f;
    accept(&f, text);
    double norm = gradient_clip(&f.spec, backend->kernels[dtype], g, two_spans, 2, NULL);
    arena_release(&f.arena);
    return norm;
}

static void clips_the_norm(void **state)
{
    (void)state;
    double g[5] = {3, 0, 100, 0, -4};
    const double factor = 1 / (5 + 1e-6), expected[5] = {3 * factor, 0, 100, 0, -4 * factor};
    assert_near(clip("{\"clip_norm\": 1}", DTYPE_F64, g), 5, 1e-15, 0);
    assert_all_near(g, expected, 5, 1e-15, 0);
    float single[5] = {3, 0, 100, 0, -4};
    assert_near(clip("{\"clip_norm\": 1}", DTYPE_F32, single), 5, 1e-7, 0);
    assert_all_near(single, expected, 5, 1e-6, 0);
    float small[5] = {3, 0, 100, 0, -4}, same[5] = {3, 0, 100, 0, -4};
    assert_near(clip("{\"clip_norm\": 6}", DTYPE_F32, small), 5, 1e-7, 0);
    assert_all_near(small, same, 5, 0, 0);
}

static void clips_values(void **state)
{
    (void)state;
    double g[5] = {3, -0.5, 100, 0.5, -4};
    const double expected[5] = {2, -0.5, 100, 0.5, -2};
    assert_near(clip("{\"clip_value\": 2}", DTYPE_F64, g), sqrt(25.5), 1e-15, 0);
    assert_all_near(g, expected, 5, 0, 0);
    float both[5] = {3, 0, 100, 0, -4};
    assert_near(clip("{\"clip_value\": 2, \"clip_norm\": 1}", DTYPE_F32, both), 5, 1e-7, 0);
    const double factor = 1 / (sqrt(8) + 1e-6);
    assert_near((double)both[0], 2 * factor, 1e-6, 0);
    assert_near((double)both[4], -2 * factor, 1e-6, 0);
}

static void hides_no_nan(void **state)
{
    (void)state;
    const char *ways[] = {"{\"clip_norm\": 1}", "{\"clip_value\": 1}",
                          "{\"clip_norm\": 1, \"clip_value\": 0.5}"};
    for (int i = 0; i < 3; i++) {
        float g[5] = {0.25f, NAN, 7, 0.25f, 0.25f}, h[5] = {0.25f, 0.25f, 7, -INFINITY, 0.25f};
        assert_is_nan(clip(ways[i], DTYPE_F32, g));
        assert_is_nan((double)g[1]);
        assert_near((double)g[0], 0.25, 0, 0);
        assert_near((double)g[4], 0.25, 0, 0);
        assert_near(clip(ways[i], DTYPE_F32, h), HUGE_VAL, 0, 0);
        assert_near((double)h[3], -HUGE_VAL, 0, 0);
        assert_near((double)h[0], 0.25, 0, 0);
    }
}

/* More elements than one piece of the scaling holds. */
static void clips_long_gradients(void **state)
{
    (void)state;
    enum { LENGTH = 1500 };
    float g[LENGTH];
    for (int i = 0; i < LENGTH; i++)
        g[i] = i % 2 ? 1 : -1;
    struct fixture f;
    struct span span = {0, LENGTH};
    accept(&f, "{\"clip_norm\": 1}");
    gradient_clip(&f.spec, backend->kernels[DTYPE_F32], g, &span, 1, NULL);
    assert_near(gradient_norm(backend->kernels[DTYPE_F32], g, &span, 1, NULL), 1, 1e-5, 0);
    for (int i = 0; i < LENGTH; i++)
        assert_near((double)g[i], (i % 2 ? 1 : -1) / sqrt(LENGTH), 1e-5, 0);
    arena_release(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_words_and_objects),
        cmocka_unit_test(refuses_mistakes),
        cmocka_unit_test(knows_default_rates),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(explains_every_entry),
        cmocka_unit_test(finds_the_minimum),
        cmocka_unit_test(says_whether_all_is_finite),
        cmocka_unit_test(leaves_the_rest_alone),
        cmocka_unit_test(passes_nan_on),
        cmocka_unit_test(begins_adagrad_of_keras_at_a_tenth),
        cmocka_unit_test(warms_up),
        cmocka_unit_test(keeps_cosine_full_without_an_end),
        cmocka_unit_test(counts_nan_as_no_better),
        cmocka_unit_test(clips_the_norm),
        cmocka_unit_test(clips_values),
        cmocka_unit_test(hides_no_nan),
        cmocka_unit_test(clips_long_gradients),
    };
    struct error err = {0};
    if (!backend_cpu(1, &backend, &err)) {
        fprintf(stderr, "%s\n", err.sentence);
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
