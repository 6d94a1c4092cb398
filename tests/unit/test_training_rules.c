/* Rules on rates, lengths, scales and initial values beyond their examples: where they stop, and how sure
 * they are. */
#include "check.h"

#include <mldbg/rule.h>

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void record(struct run *run, const char *config)
{
    struct error err = {0};
    struct json *document;

    run_init(run, &arena, "check");
    if (!json_parse(&arena, "config", config, strlen(config), &document, &err))
        fail_msg("%s", err.sentence);
    run->config = document;
}

static void training(struct run *run, const char *optimizer, double rate, double updates)
{
    run_set_text(run, "train/optimizer", "%s", optimizer);
    run_set_number(run, "train/rate", rate);
    run_set_number(run, "train/updates", updates);
}

/* What one rule finds: -1 nothing, else the severity. */
static int asks(const struct run *run, const char *name)
{
    const struct rule *rule = rule_find(name);
    struct findings findings;

    assert_non_null(rule);
    findings_init(&findings, &arena);
    if (!rule_can_ask(rule, run))
        fail_msg("%s lacks what it reads", name);
    rule->check(rule, run, &findings);
    return findings.count ? (int)findings.at[0].severity : -1;
}

static void rates_are_those_of_the_optimizer(void **state)
{
    static const struct {
        const char *optimizer, *config;
        double rate;
        bool low, high;
    } cases[] = {
        {"adam", "{}", 1e-4, true, false},
        {"adam", "{}", 3e-4, false, false},
        {"adam", "{}", 0.06, false, true},
        {"sgd", "{}", 1e-3, true, false},
        {"sgd", "{\"optimizer\": {\"momentum\": 0.9}}", 1e-3, false, false},
        {"sgd", "{\"optimizer\": {\"momentum\": 0.9}}", 0.1, false, true},
        {"sgd", "{}", 0.1, false, false},
        {"sgd", "{\"loss\": {\"type\": \"mse\", \"reduction\": \"sum\"}}", 1e-3, false, false},
        {"adadelta", "{}", 1e-3, true, false},
        {"adadelta", "{}", 1, false, false},
        {"adagrad", "{}", 0.1, false, false},
        {"adam", "{}", -1, false, false},
        {"adam", "{}", (double)NAN, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;

        record(&run, cases[i].config);
        training(&run, cases[i].optimizer, cases[i].rate, 1000);
        if ((asks(&run, "rate-low") >= 0) != cases[i].low || (asks(&run, "rate-high") >= 0) != cases[i].high)
            fail_msg("%s at %g", cases[i].optimizer, cases[i].rate);
    }
}

static void updates_and_passes_count(void **state)
{
    struct run run;

    (void)state;
    record(&run, "{\"train\": {\"epochs\": 2}}");
    training(&run, "adam", 0.001, 400);
    assert_int_equal(asks(&run, "few-updates"), SEVERITY_NOTE);
    record(&run, "{\"train\": {\"epochs\": 2}}");
    training(&run, "adam", 0.001, 4000);
    assert_int_equal(asks(&run, "few-updates"), -1);
    record(&run, "{\"train\": {\"epochs\": 20}}");
    training(&run, "adam", 0.001, 60);
    assert_int_equal(asks(&run, "few-updates"), -1);
    record(&run, "{}");
    training(&run, "adam", 0.001, 40);
    assert_int_equal(asks(&run, "few-updates"), SEVERITY_NOTE);
}

static void drawn(struct run *run, const char *name, double value, double std)
{
    run_set_number(run, arena_print(&arena, "init/%s/count", name), 12);
    run_set_number(run, arena_print(&arena, "init/%s/std", name), std);
    run_set_number(run, arena_print(&arena, "init/%s/min", name), value - std);
    run_set_number(run, arena_print(&arena, "init/%s/max", name), value + std);
    run_set_number(run, arena_print(&arena, "init/%s/xavier", name), 0.5);
    run_set_number(run, arena_print(&arena, "init/%s/kaiming", name), 0.5);
}

/* It is certain only where nothing can tell the units apart. */
static void constant_weights_may_be_told_apart(void **state)
{
    static const struct {
        const char *activation, *extra;
        double hidden, head, head_std;
        int severity;
    } cases[] = {
        {"tanh", "", 0, 0, 0, SEVERITY_ERROR},
        {"tanh", "", 0, 0, 0.3, SEVERITY_NOTE},
        {"relu", "", 0, 0, 0.3, SEVERITY_ERROR},
        {"relu", ", \"bias_init\": \"uniform\"", 0, 0, 0.3, SEVERITY_NOTE},
        {"relu", "", 1, 1, 0, SEVERITY_ERROR},
        {"relu", "", 1, 0, 0.3, SEVERITY_NOTE},
        {"sigmoid", ", \"from\": \"input\"", 0, 0, 0, SEVERITY_NOTE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;

        record(&run, arena_print(&arena,
                                 "{\"model\": [{\"type\": \"linear\", \"out_features\": 4%s}, {\"type\": "
                                 "\"%s\"}, {\"type\": \"linear\", \"out_features\": 3}]}",
                                 cases[i].extra, cases[i].activation));
        drawn(&run, "linear1/weight", cases[i].hidden, 0);
        drawn(&run, "linear2/weight", cases[i].head, cases[i].head_std);
        if (asks(&run, "constant-init") != cases[i].severity)
            fail_msg("case %zu: severity %d", i, asks(&run, "constant-init"));
        assert_int_equal(asks(&run, "init-small"), -1);
    }
}

static void a_zero_head_is_sound(void **state)
{
    struct run run;

    (void)state;
    record(&run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, {\"type\": \"relu\"}, {\"type\": "
                 "\"linear\", \"out_features\": 3}]}");
    drawn(&run, "linear1/weight", 0, 0.4);
    drawn(&run, "linear2/weight", 0, 0);
    assert_int_equal(asks(&run, "constant-init"), -1);
    assert_int_equal(asks(&run, "init-small"), -1);
}

/* A norm takes the scale of the weights away. */
static void norms_forgive_the_scale(void **state)
{
    static const char *const between[] = {"", "{\"type\": \"batchnorm\"}, "};

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct run run;

        record(&run, arena_print(&arena,
                                 "{\"model\": [{\"type\": \"linear\", \"out_features\": 4}, %s{\"type\": "
                                 "\"relu\"}, {\"type\": \"linear\", \"out_features\": 3}]}",
                                 between[i]));
        drawn(&run, "linear1/weight", 0, 30);
        assert_int_equal(asks(&run, "init-large"), i ? -1 : SEVERITY_NOTE);
        drawn(&run, "linear1/weight", 0, 1e-4);
        assert_int_equal(asks(&run, "init-small"), i ? -1 : SEVERITY_NOTE);
    }
}

static void split(struct run *run, const char *name, int64_t first, int64_t second)
{
    int64_t *rows = arena_array(&arena, 2, sizeof *rows);

    rows[0] = first;
    rows[1] = second;
    *run_add_split(run) =
        (struct split_record){.name = name, .rows = first + second, .classes = 2, .class_rows = rows};
}

/* Sorted rows make it an error; a class that is merely rare is none. */
static void unseen_classes_weigh_by_their_share(void **state)
{
    static const struct {
        int64_t unseen;
        double neighbours;
        int severity;
    } cases[] = {{40, 0.99, SEVERITY_ERROR}, {40, 0.3, SEVERITY_WARNING}, {1, 0.99, -1}, {0, 0.99, -1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;

        record(&run, "{}");
        split(&run, "train", 100, 0);
        split(&run, "val", 60, cases[i].unseen);
        run_set_number(&run, "labels/train/neighbours", cases[i].neighbours);
        run_set_number(&run, "labels/train/neighbours_expected", 0.3);
        assert_int_equal(asks(&run, "unseen-classes"), cases[i].severity);
    }
}

/* One large column does not hide the others. */
static void most_columns_may_be_tiny(void **state)
{
    struct run run;

    (void)state;
    record(&run, "{}");
    run_set_number(&run, "input/input/train/mean", 0.04);
    run_set_number(&run, "input/input/train/std", 0.1);
    run_set_number(&run, "input/input/train/min", 0);
    run_set_number(&run, "input/input/train/max", 0.5);
    run_set_number(&run, "input/input/train/typical", 0.3);
    assert_int_equal(asks(&run, "inputs-tiny"), -1);
    run_set_number(&run, "input/input/train/typical", 0.003);
    assert_int_equal(asks(&run, "inputs-tiny"), SEVERITY_NOTE);
    run_set_number(&run, "input/input/ids", 1);
    assert_int_equal(asks(&run, "inputs-tiny"), -1);
}

static void clipping_bounds_the_way(void **state)
{
    struct run run;

    (void)state;
    record(&run, "{\"optimizer\": {\"clip_value\": 1e-5}}");
    training(&run, "sgd", 0.1, 1000);
    assert_int_equal(asks(&run, "steps-clipped"), SEVERITY_NOTE);
    training(&run, "adam", 0.1, 1000);
    assert_int_equal(asks(&run, "steps-clipped"), -1);
    training(&run, "sgd", 0.1, 1e7);
    assert_int_equal(asks(&run, "steps-clipped"), -1);
}

static void schedules_are_asked_half_way(void **state)
{
    static const struct {
        const char *schedule;
        bool early;
    } cases[] = {
        {"\"cosine\"", false},
        {"{\"type\": \"step\", \"step_size\": 10}", false},
        {"{\"type\": \"step\", \"step_size\": 2}", true},
        {"{\"type\": \"inverse_time\", \"decay\": 1}", true},
        {"{\"type\": \"inverse_time\", \"decay\": 0.01}", false},
        {"{\"type\": \"cosine\", \"warmup_steps\": 600}", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;

        record(&run, arena_print(&arena, "{\"optimizer\": {\"schedule\": %s}}", cases[i].schedule));
        training(&run, "sgd", 0.1, 600);
        assert_int_equal(asks(&run, "schedule-early"), cases[i].early ? SEVERITY_NOTE : -1);
    }
}

static void column(struct run *run, const char *name, int64_t distinct)
{
    *run_add_column(run) = (struct column_record){
        .split = "train", .name = name, .kind = "label", .count = 50, .distinct = distinct};
}

static void one_constant_target_of_several_is_a_note(void **state)
{
    struct run run;

    (void)state;
    record(&run, "{}");
    column(&run, "a", 1);
    assert_int_equal(asks(&run, "constant-label"), SEVERITY_ERROR);
    column(&run, "b", 40);
    assert_int_equal(asks(&run, "constant-label"), SEVERITY_NOTE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rates_are_those_of_the_optimizer, setup, teardown),
        cmocka_unit_test_setup_teardown(updates_and_passes_count, setup, teardown),
        cmocka_unit_test_setup_teardown(constant_weights_may_be_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_zero_head_is_sound, setup, teardown),
        cmocka_unit_test_setup_teardown(norms_forgive_the_scale, setup, teardown),
        cmocka_unit_test_setup_teardown(unseen_classes_weigh_by_their_share, setup, teardown),
        cmocka_unit_test_setup_teardown(most_columns_may_be_tiny, setup, teardown),
        cmocka_unit_test_setup_teardown(clipping_bounds_the_way, setup, teardown),
        cmocka_unit_test_setup_teardown(schedules_are_asked_half_way, setup, teardown),
        cmocka_unit_test_setup_teardown(one_constant_target_of_several_is_a_note, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
