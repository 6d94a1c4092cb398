/* The lab: what its experiments write into the record, and what they leave alone. Runs from the repository
 * root. */
#include "check.h"

#include <mldbg/lab.h>
#include <mldbg/probe.h>

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../src/lab/inside.h"

static const char *const LENET = "datasets/digits/lenet.json";

struct bench {
    struct arena arena;
    struct problems problems;
    struct run run;
    struct lab *lab;
};

static void open_bench(struct bench *bench, const char *path, const char *command)
{
    const char *text;

    arena_init(&bench->arena, "test");
    problems_init(&bench->problems, &bench->arena);
    bench->lab = lab_open(&bench->arena, path, &(struct lab_options){0}, &text, &bench->problems);
    for (size_t i = 0; i < bench->problems.count; i++)
        print_error("%s\n", bench->problems.at[i].sentence);
    assert_non_null(bench->lab);
    run_init(&bench->run, &bench->arena, command);
    lab_describe(bench->lab, &bench->run);
}

/* A config on a generator, with everything that the one-batch test switches off. */
static const char *regularized(void)
{
    static const char path[] = "test-regularized.json";
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(
        "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 60, \"features\": 8, \"classes\": 3,"
        " \"informative\": 4, \"sep\": 2}}, \"model\": [{\"type\": \"linear\", \"out_features\": 16, \"l2\": "
        "1},"
        " {\"type\": \"relu\"}, {\"type\": \"dropout\", \"p\": 0.9}, {\"type\": \"linear\", "
        "\"out_features\": 3}],"
        " \"optimizer\": {\"type\": \"adamw\", \"lr\": 0.01, \"weight_decay\": 5}}",
        file);
    fclose(file);
    return path;
}

static void check_writes_the_model_and_its_memory(void **state)
{
    struct bench bench;
    int64_t parameters = 0;

    (void)state;
    open_bench(&bench, LENET, "check");
    assert_true(lab_check(bench.lab, &bench.run, &bench.problems));
    assert_int_equal(bench.run.layer_count, 12);
    for (size_t i = 0; i < bench.run.layer_count; i++)
        parameters += bench.run.layers[i].parameters;
    assert_int_equal(parameters, 19754);
    assert_near(run_number(&bench.run, "check/parameters"), 19754, 0, 0);
    assert_string_equal(bench.run.layers[0].output, "6 x 8 x 8");
    /* Adam keeps two numbers a parameter. */
    assert_near(run_number(&bench.run, "check/memory/optimizer"),
                2 * run_number(&bench.run, "check/memory/parameters"), 0, 0);
    assert_true(run_number(&bench.run, "check/largest_batch") > 32);
    arena_release(&bench.arena);
}

static void overfit_memorizes_and_says_how(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, LENET, "overfit");
    assert_true(
        lab_overfit(bench.lab, &(struct overfit_options){0}, NULL, NULL, &bench.run, &bench.problems));
    assert_string_equal(run_text(&bench.run, "overfit/stopped"), "reached");
    assert_near(run_number(&bench.run, "overfit/floor"), 0, 0, 1e-12);
    assert_true(run_number(&bench.run, "overfit/progress") >= 0.99);
    assert_near(run_number(&bench.run, "overfit/accuracy"), 1, 0, 0);
    assert_int_equal(run_find(&bench.run, "overfit/loss")->count, run_number(&bench.run, "overfit/steps"));
    arena_release(&bench.arena);
}

static void overfit_switches_off_what_hinders_memorizing(void **state)
{
    struct bench bench;
    const char *path = regularized();

    (void)state;
    open_bench(&bench, path, "overfit");
    assert_true(
        lab_overfit(bench.lab, &(struct overfit_options){0}, NULL, NULL, &bench.run, &bench.problems));
    assert_string_equal(run_text(&bench.run, "overfit/off"), "dropout, L1/L2 penalty, weight decay");
    assert_string_equal(run_text(&bench.run, "overfit/stopped"), "reached");
    arena_release(&bench.arena);
    unlink(path);
}

/* Whether a series is one of those that some probe says it writes, with or without the experiment's prefix.
 */
static bool declared(const struct series *series)
{
    const char *name = strncmp(series->name, "overfit/", 8) == 0 ? series->name + 8 : series->name;
    struct arena arena;
    struct run run;
    bool found = false;

    arena_init(&arena, "names");
    run_init(&run, &arena, "test");
    series_add(&run, run_series(&run, name), 0, 0);
    for (size_t i = 0; i < probe_catalog.count; i++) {
        const struct probe *probe = ENTRY_OF(probe_catalog.at[i], struct probe);
        const char *at = probe->writes;

        while (*at) {
            size_t length = strcspn(at, " "), first = 0;

            found = found || run_match(&run, arena_copy(&arena, at, length), &first);
            at += length + strspn(at + length, " ");
        }
    }
    arena_release(&arena);
    return found;
}

static void probes_write_only_what_they_declare(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, LENET, "overfit");
    assert_true(lab_overfit(bench.lab, &(struct overfit_options){.steps = 8}, NULL, NULL, &bench.run,
                            &bench.problems));
    assert_true(bench.run.series_count > 10);
    for (size_t i = 0; i < bench.run.series_count; i++)
        if (!declared(bench.run.series[i]))
            fail_msg("no probe declares the series %s", bench.run.series[i]->name);
    assert_false(declared(&(struct series){.name = "overfit/surprise"}));
    arena_release(&bench.arena);
}

static void gradcheck_covers_every_parameter_and_the_input(void **state)
{
    struct bench bench;

    (void)state;
    open_bench(&bench, LENET, "gradcheck");
    assert_true(lab_gradcheck(bench.lab, &(struct gradcheck_options){.rows = 2, .most = 40}, NULL, NULL,
                              &bench.run, &bench.problems));
    assert_near(run_number(&bench.run, "gradcheck/tensors"), 11, 0, 0);
    assert_true(run_number(&bench.run, "gradcheck/error") <= run_number(&bench.run, "gradcheck/limit"));
    assert_true(run_number(&bench.run, "gradcheck/float_error") < 1e-5);
    assert_near(run_number(&bench.run, "gradcheck/input/kinks_wrong"), 0, 0, 0);
    arena_release(&bench.arena);
}

static bool stop_at_once(void *context, const struct run *run, int64_t done, int64_t all)
{
    (void)run;
    (void)all;
    *(int64_t *)context = done;
    return true;
}

static void an_experiment_stops_when_asked(void **state)
{
    struct bench bench;
    int64_t done = 0;

    (void)state;
    open_bench(&bench, LENET, "overfit");
    assert_true(lab_overfit(bench.lab, &(struct overfit_options){0}, stop_at_once, &done, &bench.run,
                            &bench.problems));
    assert_int_equal(done, 1);
    assert_string_equal(run_text(&bench.run, "overfit/stopped"), "interrupted");
    assert_string_equal(bench.run.status, "interrupted");
    arena_release(&bench.arena);
}

static void patches_change_one_setting(void **state)
{
    struct bench bench;
    struct json *holder;
    struct patch patch = {.path = "optimizer.lr"};

    (void)state;
    open_bench(&bench, LENET, "overfit");
    holder = json_array(&bench.arena);
    patch.value = json_add_number(holder, NULL, 1e-12, &bench.arena);
    assert_true(lab_overfit(bench.lab,
                            &(struct overfit_options){.steps = 20, .patches = &patch, .patch_count = 1}, NULL,
                            NULL, &bench.run, &bench.problems));
    assert_string_equal(run_text(&bench.run, "overfit/stopped"), "budget");
    assert_near(run_number(&bench.run, "overfit/loss"), run_number(&bench.run, "overfit/initial_loss"), 1e-5,
                0);
    arena_release(&bench.arena);
}

static const char *written(struct arena *arena, const struct json *document)
{
    struct text text;

    text_init(&text, arena);
    json_write(&text, document, true);
    return text.at;
}

/* Written out, read back and written out again: the same, and the same canonical form. */
static void check_filled(const char *path)
{
    struct bench bench;
    struct config again;
    struct json *document;
    struct error err = {0};
    const char *text;

    open_bench(&bench, path, "check");
    text = written(&bench.arena, config_filled(&bench.arena, &bench.lab->config));
    assert_true(json_parse(&bench.arena, path, text, strlen(text), &document, &err));
    if (!config_parse(&bench.arena, path, text, document, &again, &bench.problems))
        fail_msg("%s: %s", path, bench.problems.at[0].sentence);
    config_bind(&again, &bench.lab->data);
    assert_string_equal(written(&bench.arena, config_filled(&bench.arena, &again)), text);
    assert_string_equal(written(&bench.arena, config_canonical(&bench.arena, &again)),
                        written(&bench.arena, config_canonical(&bench.arena, &bench.lab->config)));
    arena_release(&bench.arena);
}

static void defaults_written_out_are_the_same_config(void **state)
{
    struct arena arena;
    struct json *document;
    struct error err = {0};
    glob_t found;
    int configs = 0;

    (void)state;
    arena_init(&arena, "configs");
    assert_int_equal(glob("datasets/*/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        assert_true(json_read(&arena, found.gl_pathv[i], 1 << 20, &document, NULL, &err));
        if (!json_get(document, "model"))
            continue; /* a golden file */
        check_filled(found.gl_pathv[i]);
        configs++;
    }
    assert_true(configs > 5);
    globfree(&found);
    arena_release(&arena);
    check_filled(regularized());
    unlink(regularized());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_writes_the_model_and_its_memory),
        cmocka_unit_test(overfit_memorizes_and_says_how),
        cmocka_unit_test(overfit_switches_off_what_hinders_memorizing),
        cmocka_unit_test(probes_write_only_what_they_declare),
        cmocka_unit_test(gradcheck_covers_every_parameter_and_the_input),
        cmocka_unit_test(an_experiment_stops_when_asked),
        cmocka_unit_test(patches_change_one_setting),
        cmocka_unit_test(defaults_written_out_are_the_same_config),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
