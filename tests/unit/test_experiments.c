/* Experiments: each on a healthy config and on one that is made sick for it. */
#include "lab_bench.h"

#include <mldbg/lab/experiment.h>

#include <math.h>

#define CLUSTERS                                                                                           \
    "\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 120, \"features\": 8, \"classes\": 3, " \
    "\"informative\": 4, \"sep\": 2}}"

static const char *const healthy =
    "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 16}, {\"type\": \"relu\"}, "
    "{\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}}";

static double asked(const struct experiment *experiment, const char *config, const char *fact)
{
    struct lab_bench bench;
    double number;

    lab_bench_text(&bench, config);
    if (!experiment->ask(bench.lab, &bench.run, &bench.problems))
        fail_msg("refused: %s", bench.problems.at[0].sentence);
    number = run_number(&bench.run, fact);
    lab_bench_end(&bench);
    return number;
}

static void the_expected_loss_is_that_of_knowing_nothing(void **state)
{
    const struct experiment *e = &experiment_initial_loss;

    (void)state;
    /* Classes in turn: 11, 11 and 10 of 32 rows. */
    assert_near(asked(e, healthy, "experiment/initial_loss/expected"), log(3), 1e-3, 0);
    assert_true(asked(e, healthy, "experiment/initial_loss/loss") < 2 * log(3));
    assert_true(asked(e,
                      "{" CLUSTERS ", \"init\": {\"type\": \"normal\", \"std\": 5}, \"model\": [{\"type\": "
                      "\"linear\", \"out_features\": 3}]}",
                      "experiment/initial_loss/loss") > 2 * log(3));
    /* Penalties stand apart. */
    assert_true(asked(e,
                      "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 3, \"l2\": 9}]}",
                      "experiment/initial_loss/penalty") > 1);
}

static void updates_go_downhill(void **state)
{
    const struct experiment *e = &experiment_descent;
    double change = asked(e, healthy, "experiment/descent/change");

    (void)state;
    assert_true(change < 0);
    assert_near(change, asked(e, healthy, "experiment/descent/predicted"), 0.01, 0);
    assert_true(asked(e, healthy, "experiment/descent/update_cosine") > 0.2);
    assert_near(asked(e,
                      "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 3}], "
                      "\"optimizer\": {\"type\": \"sgd\", \"lr\": -0.1}}",
                      "experiment/descent/update_cosine"),
                -1, 1e-9, 0);
    /* No gradient: nothing to say. */
    assert_true(isnan(asked(e,
                            "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 1}, "
                            "{\"type\": \"softmax\"}], \"loss\": \"mse\"}",
                            "experiment/descent/change")));
}

static void gradients_reach_every_parameter(void **state)
{
    static const char *const one_unit =
        "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"relu\"}, "
        "{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"softmax\"}], \"loss\": \"mse\"}";

    (void)state;
    assert_near(asked(&experiment_reach, healthy, "experiment/reach/missed"), 0, 0, 0);
    assert_near(asked(&experiment_reach, healthy, "experiment/reach/parameters"), 4, 0, 0);
    assert_near(asked(&experiment_reach, one_unit, "experiment/reach/missed"), 4, 0, 0);
    assert_near(asked(&experiment_reach, one_unit, "experiment/reach/share"), 1, 0, 0);
    assert_near(asked(&experiment_movement, healthy, "experiment/movement/still"), 0, 0, 0);
    assert_near(asked(&experiment_movement, one_unit, "experiment/movement/still"), 4, 0, 0);
}

static void movement_waits_for_the_update(void **state)
{
    static const char *const gathered =
        "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": {\"type\": "
        "\"sgd\", \"lr\": 0.1, \"accumulate\": 3}}";

    (void)state;
    assert_near(asked(&experiment_movement, gathered, "experiment/movement/still"), 0, 0, 0);
    assert_near(asked(&experiment_movement, gathered, "experiment/movement/rate"), 0.1, 1e-12, 0);
    assert_true(asked(&experiment_movement, gathered, "experiment/movement/largest") > 1e-3);
}

static void rows_do_not_leak(void **state)
{
    static const char *const normalized =
        "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"batchnorm\"}, "
        "{\"type\": \"linear\", \"out_features\": 3}]}";

    (void)state;
    assert_near(asked(&experiment_batch_leak, healthy, "experiment/batch_leak/evaluating"), 0, 0, 1e-6);
    assert_near(asked(&experiment_batch_leak, healthy, "experiment/batch_leak/training"), 0, 0, 1e-6);
    assert_near(asked(&experiment_batch_leak, normalized, "experiment/batch_leak/evaluating"), 0, 0, 1e-6);
    assert_true(asked(&experiment_batch_leak, normalized, "experiment/batch_leak/training") > 1e-3);
}

static void modes_are_compared_where_they_differ(void **state)
{
    static const char *const config =
        "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 120, \"features\": 8, \"classes\": "
        "3, "
        "\"informative\": 4, \"sep\": 2}, \"prepare\": [{\"op\": \"affine_x\", \"a\": 1, \"b\": 50}]}, "
        "\"model\": [{\"type\": \"batchnorm\", \"momentum\": 0.0001}, {\"type\": \"linear\", "
        "\"out_features\": 3}], \"optimizer\": {\"type\": "
        "\"adam\", \"lr\": 0.1}}";

    (void)state;
    assert_true(isnan(asked(&experiment_modes, healthy, "experiment/modes/training")));
    assert_true(asked(&experiment_modes, config, "experiment/modes/evaluating") >
                1.5 * asked(&experiment_modes, config, "experiment/modes/training"));
}

static void inputs_are_of_use(void **state)
{
    static const char *const deaf =
        "{" CLUSTERS ", \"model\": [{\"type\": \"linear\", \"out_features\": 8, \"init\": \"zeros\", "
        "\"trainable\": false}, {\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": {\"type\": "
        "\"adam\", \"lr\": 0.01}}";
    const struct experiment *e = &experiment_zeroed_inputs;

    (void)state;
    assert_true(asked(e, healthy, "experiment/zeroed_inputs/loss") <
                0.5 * asked(e, healthy, "experiment/zeroed_inputs/zeroed"));
    assert_near(asked(e, deaf, "experiment/zeroed_inputs/loss"),
                asked(e, deaf, "experiment/zeroed_inputs/zeroed"), 1e-6, 0);
    assert_true(asked(&experiment_constant_output, healthy, "experiment/constant_output/spread") > 0.05);
    assert_near(asked(&experiment_constant_output, deaf, "experiment/constant_output/spread"), 0, 0, 0);
}

/* Names of all facts are declared, and asking twice says the same. */
static void all_of_them_write_what_they_declare(void **state)
{
    struct lab_bench bench;

    (void)state;
    lab_bench_text(&bench, healthy);
    assert_true(lab_experiments(bench.lab, NULL, NULL, &bench.run, &bench.problems));
    for (size_t i = 0; i < experiment_catalog.count; i++) {
        const struct experiment *experiment = ENTRY_OF(experiment_catalog.at[i], struct experiment);

        assert_true(experiment->ask(bench.lab, &bench.run, &bench.problems));
        assert_true(strlen(experiment->cost) > 0);
    }
    assert_true(bench.run.fact_count > 10);
    for (size_t f = 0; f < bench.run.fact_count; f++) {
        bool declared = false;

        for (size_t i = 0; i < experiment_catalog.count; i++) {
            const char *writes = ENTRY_OF(experiment_catalog.at[i], struct experiment)->writes;
            const char *name = bench.run.facts[f].name, *at = strstr(writes, name);

            declared = declared || (at && (at[strlen(name)] == ' ' || at[strlen(name)] == '\0'));
        }
        if (!declared)
            fail_msg("no experiment declares %s", bench.run.facts[f].name);
    }
    lab_bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_expected_loss_is_that_of_knowing_nothing),
        cmocka_unit_test(updates_go_downhill),
        cmocka_unit_test(gradients_reach_every_parameter),
        cmocka_unit_test(movement_waits_for_the_update),
        cmocka_unit_test(rows_do_not_leak),
        cmocka_unit_test(modes_are_compared_where_they_differ),
        cmocka_unit_test(inputs_are_of_use),
        cmocka_unit_test(all_of_them_write_what_they_declare),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
