/* Smoke: a golden file holds what it was made from, names what was changed, and does not cry without need. */
#include "check.h"

#include <mldbg/lab/smoke.h>
#include <mldbg/rule.h>

#include <stdio.h>
#include <unistd.h>

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

/* A small config with a rate and a width. */
static struct lab *open_lab(const char *rate, int width, struct run *run, struct problems *problems)
{
    static const char path[] = "test-smoke.json";
    FILE *file = fopen(path, "w");
    const char *text;
    struct lab *lab;

    assert_non_null(file);
    fprintf(file,
            "{\"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 100, \"std\": 0.5}, "
            "\"split\": {\"val\": 0.2}}, \"model\": [\n"
            "{\"type\": \"linear\", \"out_features\": %d, \"name\": \"hidden\"}, {\"type\": \"relu\"},\n"
            "{\"type\": \"linear\", \"out_features\": 3, \"name\": \"out\"}],\n"
            "\"optimizer\": {\"type\": \"adam\", \"lr\": %s}}\n",
            width, rate);
    fclose(file);
    problems_init(problems, &arena);
    lab = lab_open(&arena, path, &(struct lab_options){0}, &text, problems);
    assert_non_null(lab);
    run_init(run, &arena, "smoke");
    lab_describe(lab, run);
    unlink(path);
    return lab;
}

/* The golden file of a config, read again from its text. */
static struct json *golden_of(const char *rate, int width)
{
    struct problems problems;
    struct json *document;
    struct text text;
    struct error err;
    struct run run;
    struct lab *lab = open_lab(rate, width, &run, &problems);

    assert_true(lab_smoke(lab, &(struct smoke_options){.update = true}, NULL, NULL, &run, &problems));
    text_init(&text, &arena);
    json_write(&text, lab_smoke_document(&run, &arena), true);
    assert_true(json_parse(&arena, "golden.json", text.at, text.length, &document, &err));
    return document;
}

static void judge(const char *rate, int width, const struct json *golden, struct run *run,
                  struct findings *findings)
{
    struct problems problems;
    struct lab *lab = open_lab(rate, width, run, &problems);

    assert_true(lab_smoke(lab, &(struct smoke_options){.golden = golden}, NULL, NULL, run, &problems));
    findings_init(findings, &arena);
    rules_judge(run, findings);
}

static const struct finding *find(const struct findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->at[i].rule->code, code) == 0)
            return &findings->at[i];
    return NULL;
}

static void the_same_config_is_as_before(void **state)
{
    struct json *golden = golden_of("0.01", 16);
    struct findings findings;
    struct run run;

    (void)state;
    judge("0.01", 16, golden, &run, &findings);
    assert_int_equal(findings_count(&findings, SEVERITY_NOTE), 0);
    assert_near(run_number(&run, "golden/steps/seeds"), 5, 0, 0);
    assert_true(run_number(&run, "golden/steps/least") <= run_number(&run, "smoke/reached"));
    assert_true(run_number(&run, "golden/steps/most") >= run_number(&run, "smoke/reached"));
    assert_true(run_has(&run, "smoke/outputs/2") && run_has(&run, "smoke/train/5") &&
                run_has(&run, "smoke/overfit/20"));
    /* All rules of the family were asked. */
    for (int code = 601; code <= 605; code++)
        assert_true(rule_can_ask(rule_find(arena_print(&arena, "ML%d", code)), &run));
}

static void a_slower_rate_is_named(void **state)
{
    struct json *golden = golden_of("0.01", 16);
    struct findings findings;
    struct run run;

    (void)state;
    judge("0.002", 16, golden, &run, &findings);
    assert_non_null(find(&findings, "ML601"));
    assert_non_null(find(&findings, "ML603"));
    assert_null(find(&findings, "ML602"));
    assert_null(find(&findings, "ML605"));
    assert_non_null(strstr(find(&findings, "ML603")->sentence, "changed: optimizer.lr from 0.01 to 0.002"));
    assert_non_null(strstr(find(&findings, "ML601")->sentence, "loss at step 1 of the one-batch fit"));
    assert_int_equal(find(&findings, "ML601")->place.line, 4);
    assert_string_equal(find(&findings, "ML603")->cause->code, "ML601");
}

/* Twice as fast is another result, but no slow-down. */
static void a_faster_rate_is_not_slower(void **state)
{
    struct json *golden = golden_of("0.01", 16);
    struct findings findings;
    struct run run;

    (void)state;
    judge("0.02", 16, golden, &run, &findings);
    assert_non_null(find(&findings, "ML601"));
    assert_null(find(&findings, "ML603"));
}

static void a_changed_layer_is_named(void **state)
{
    struct json *golden = golden_of("0.01", 16);
    struct findings findings;
    struct run run;

    (void)state;
    judge("0.01", 12, golden, &run, &findings);
    assert_string_equal(findings.at[0].rule->code, "ML602");
    assert_string_equal(findings.at[0].subject, "hidden");
    assert_int_equal(findings.at[0].place.line, 2);
    assert_non_null(strstr(findings.at[0].sentence, "\"hidden: linear, output 12, 36 parameters\""));
    assert_non_null(strstr(findings.at[0].sentence, "2 more differ"));
}

/* A backward pass with a wrong sign: gradients are named as the cause of all that differs. */
static void a_sign_error_is_named(void **state)
{
    struct json *golden = golden_of("0.01", 16);
    struct findings findings;
    struct run run;

    (void)state;
    judge("0.01", 16, golden, &run, &findings);
    run_set_text(&run, "smoke/results/gradients", "wrong");
    run_set_number(&run, "gradcheck/error", 2);
    run_set_text(&run, "gradcheck/worst", "hidden/weight");
    run_set_number(&run, "gradcheck/hidden/weight/error", 2);
    run_set_number(&run, "gradcheck/hidden/weight/analytic", 0.1);
    run_set_number(&run, "gradcheck/hidden/weight/numeric", -0.1);
    run_set_number(&run, "smoke/overfit/1", 3);
    findings_init(&findings, &arena);
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].rule->code, "ML402");
    assert_string_equal(findings.at[0].subject, "hidden/weight");
    assert_string_equal(find(&findings, "ML601")->cause->code, "ML402");
    assert_non_null(find(&findings, "ML604")->cause);
    assert_non_null(strstr(find(&findings, "ML604")->sentence, "gradients is \"wrong\", was \"right\""));
}

/* The last bits of another processor are no finding; a digit that counts is. */
static void the_tolerance_holds(void **state)
{
    struct json *golden = golden_of("0.01", 16);
    double loss = json_get(json_get(golden, "overfit"), "5")->number;
    struct findings findings;
    struct run run;

    (void)state;
    judge("0.01", 16, golden, &run, &findings);
    for (int i = 0; i < 2; i++) {
        run_set_number(&run, "smoke/overfit/5", loss * (i ? 1.0011 : 1.0009));
        findings_init(&findings, &arena);
        rules_judge(&run, &findings);
        assert_int_equal(find(&findings, "ML601") != NULL, i);
    }
    assert_non_null(strstr(find(&findings, "ML601")->sentence, "step 5"));
    assert_non_null(strstr(find(&findings, "ML601")->sentence, "config and data are as they were"));
}

static void refused(const struct json *golden, const char *words)
{
    struct problems problems;
    struct run run;
    struct lab *lab = open_lab("0.01", 16, &run, &problems);

    assert_false(lab_smoke(lab, &(struct smoke_options){.golden = golden}, NULL, NULL, &run, &problems));
    assert_int_equal(problems.count, 1);
    if (!strstr(problems.at[0].sentence, words))
        fail_msg("%s", problems.at[0].sentence);
}

static void strange_golden_files_are_refused(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"[]", "not a golden file"},
        {"{}", "not a golden file"},
        {"{\"smoke_version\": 1}", "not a golden file"},
        {"{\"smoke_version\": \"2\"}", "not a golden file"},
        {"{\"smoke_version\": \"1\", \"seed\": \"7\"}", "seed 7, this is seed"},
        {"{\"smoke_version\": \"1\", \"dtype\": \"float64\"}", "float64, this is float32"},
        {"{\"smoke_version\": \"1\", \"overfit\": {\"0\": [1]}}", "overfit.0: expected a number"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json *golden;
        struct error err;

        assert_true(json_parse(&arena, "golden.json", cases[i].text, strlen(cases[i].text), &golden, &err));
        refused(golden, cases[i].words);
    }
}

/* Only settings that have a say in the result are named, all of them within reason. */
static void changed_settings_are_counted(void **state)
{
    static const struct {
        const char *path, *value, *words;
        int64_t changes;
    } steps[] = {
        {"config.name", "\"other\"", "", 0},
        {"config.targets", "{\"irreducible_error\": 0.1}", "", 0},
        {"config.data.val", "\"elsewhere.csv\"", "", 0},
        {"config.optimizer.lr", "0.1", "optimizer.lr from 0.1 to 0.01", 1},
        {"config.loss", "\"mse\"", "optimizer.lr from 0.1 to 0.01, loss from \"mse\" to unset", 2},
        {"config.model[1]", "5", "model[1] from 5 to {\"type\": \"relu\"}, ", 3},
        {"config.train.epochs", "5", " and 1 more", 4},
    };
    struct json *golden = golden_of("0.01", 16);

    (void)state;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct findings findings;
        struct json *value;
        struct error err;
        struct run run;

        assert_true(json_parse(&arena, "value", steps[i].value, strlen(steps[i].value), &value, &err));
        assert_true(json_set(&arena, golden, steps[i].path, value));
        judge("0.01", 16, golden, &run, &findings);
        assert_int_equal(run_integer(&run, "compare/changes"), steps[i].changes);
        if (!strstr(run_text(&run, "compare/changed"), steps[i].words))
            fail_msg("%s", run_text(&run, "compare/changed"));
        assert_int_equal(findings_count(&findings, SEVERITY_NOTE), 0);
    }
}

/* What is missing in a golden file is not asked about; names from it cannot break anything. */
static void a_poor_golden_file_is_no_harm(void **state)
{
    static const char text[] =
        "{\"smoke_version\": \"1\", \"overfit\": {\"x\": 1, \"5\": \"a\", \"7\": 1}, \"results\": "
        "{\"overfit\": 3}, \"layers\": {\"x\": \"\\u001b\"}, \"config\": [1], \"steps\": 4}";
    struct findings findings;
    struct json *golden;
    struct error err;
    struct run run;

    (void)state;
    assert_true(json_parse(&arena, "golden.json", text, strlen(text), &golden, &err));
    judge("0.01", 16, golden, &run, &findings);
    assert_null(find(&findings, "ML601"));
    assert_null(find(&findings, "ML603"));
    assert_null(find(&findings, "ML604"));
}

static void seconds_end_it(void **state)
{
    struct problems problems;
    struct run run;
    struct lab *lab = open_lab("0.01", 16, &run, &problems);

    (void)state;
    assert_true(lab_smoke(lab, &(struct smoke_options){.update = true, .seconds = 1e-9}, NULL, NULL, &run,
                          &problems));
    assert_string_equal(run_text(&run, "compare/stopped"), "seconds");
    assert_false(run_has(&run, "smoke/overfit/0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_config_is_as_before, setup, teardown),
        cmocka_unit_test_setup_teardown(a_slower_rate_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_faster_rate_is_not_slower, setup, teardown),
        cmocka_unit_test_setup_teardown(a_changed_layer_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sign_error_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(the_tolerance_holds, setup, teardown),
        cmocka_unit_test_setup_teardown(strange_golden_files_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(changed_settings_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(a_poor_golden_file_is_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(seconds_end_it, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
