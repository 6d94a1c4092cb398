/* Rules on heads, losses and architecture beyond their own examples: where they must speak, where they must
 * be silent, and whether what they propose takes the fault away. */
#include "check.h"

#include <mldbg/rule.h>

#include "../../src/rule/anatomy.h"

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

static const struct rule *rule_at(size_t index)
{
    return ENTRY_OF(rule_catalog.at[index], struct rule);
}

#define L(n)               "{\"type\": \"linear\", \"out_features\": " #n "}"
#define T(type)            "{\"type\": \"" type "\"}"
#define NAMED(type, name)  "{\"type\": \"" type "\", \"name\": \"" name "\"}"
#define CONV(n)            "{\"type\": \"conv2d\", \"kernel_size\": 3, \"out_channels\": " #n "}"
#define FROM_PROBABILITIES "{\"type\": \"cross_entropy\", \"from\": \"probabilities\"}"

/* What the rule says of a model: "" for nothing, else its severity. */
static const char *answer(const char *code, const char *layers, const char *loss, int64_t classes,
                          struct findings *findings)
{
    const struct rule *rule = rule_find(code);
    struct run run;

    run_init(&run, &arena, "example");
    findings_init(findings, &arena);
    example_config(&run, arena_print(&arena, "{\"model\": [%s], \"loss\": %s}", layers, loss));
    example_classes(&run, classes);
    run_set_number(&run, "train/batch_size", 1);
    run_set_number(&run, "data/target_width", 1);
    run_set_number(&run, "target/train/min", 0);
    run_set_number(&run, "target/train/max", 1);
    run_set_number(&run, "target/train/std", 0.3);
    if (!rule_can_ask(rule, &run))
        fail_msg("%s cannot be asked", code);
    rule->check(rule, &run, findings);
    return findings->count ? severity_name(findings->at[0].severity) : "";
}

static void borders(void **state)
{
    static const struct {
        const char *code, *layers, *loss;
        int64_t classes;
        const char *expected;
    } cases[] = {
        {"ML140", L(1) "," T("softmax"), "\"mse\"", 0, "error"},
        {"ML140", L(2) "," T("softmax"), "\"bce\"", 2, ""},
        {"ML140", CONV(1) "," T("softmax"), "\"bce\"", 2, ""}, /* a map has many places */
        {"ML141", L(1), "\"bce\"", 2, "error"},
        {"ML141", L(1) "," T("tanh"), "\"bce\"", 2, "error"},
        {"ML141", L(1), "\"bce_with_logits\"", 2, ""},
        {"ML141", L(3) "," T("softmax"), "\"nll\"", 3, "error"},
        {"ML141", L(3) "," T("log_softmax"), "\"nll\"", 3, ""},
        {"ML141", L(3) "," T("hard_sigmoid"), "\"bce\"", 3, ""},
        {"ML141", L(1), "\"bce\"", 0, "error"}, /* shares as numbers */
        {"ML141", L(1), FROM_PROBABILITIES, 0, ""},
        {"ML144", L(1), FROM_PROBABILITIES, 0, "error"},
        {"ML142", L(1) "," T("sigmoid"), "\"mse\"", 0, ""},
        {"ML142", L(1) "," T("log_softmax"), "\"mse\"", 0, ""},
        {"ML143", L(1), "\"mse\"", 10, ""},
        {"ML143", L(1) "," T("tanh"), "\"mse\"", 10, "error"},
        {"ML143", L(1) "," T("sigmoid"), "\"bce\"", 2, ""},
        {"ML145", L(1) "," T("softmax"), "\"mse\"", 0, ""}, /* ML140 says it */
        {"ML147", CONV(3) "," T("relu") "," T("global_avgpool") "," T("softmax"), FROM_PROBABILITIES, 3,
         "note"},
        {"ML147", L(3) "," T("leaky_relu") "," T("softmax"), FROM_PROBABILITIES, 3, ""},
        {"ML147", L(3) "," T("softmax") "," T("softmax"), FROM_PROBABILITIES, 3, "error"},
        {"ML147", L(3) "," T("log_softmax") "," T("softmax"), FROM_PROBABILITIES, 3, ""},
        {"ML148", L(3) "," T("tanh"), "\"cross_entropy\"", 3, "note"},
        {"ML148", L(3) "," T("relu"), "\"cross_entropy\"", 3, "note"},
        {"ML148", L(3) "," T("log_softmax"), "\"cross_entropy\"", 3, ""},
        {"ML148", L(1) "," T("sigmoid"), "\"bce_with_logits\"", 2, "error"},
        {"ML148", L(3) "," T("softmax"), FROM_PROBABILITIES, 3, ""},
        {"ML150", L(3) ", {\"type\": \"batchnorm\", \"frozen\": false}," L(2), "\"mse\"", 0, ""},
        {"ML151", "{\"type\": \"linear\", \"out_features\": 3, \"trainable\": false}," L(2), "\"mse\"", 0,
         ""},
        {"ML151", L(3) ", {\"type\": \"linear\", \"out_features\": 2, \"trainable\": false}", "\"mse\"", 0,
         "note"},
        {"ML152", CONV(3) "," T("batchnorm") "," T("flatten") "," L(2), "\"mse\"", 0, "note"},
        {"ML152", L(3) "," T("layernorm") "," L(2), "\"mse\"", 0, ""},
        {"ML157", L(2) "," T("softmax"), "\"bce\"", 2, ""},
        {"ML158", L(2), "\"mse\"", 0, ""},
        {"ML158", CONV(2) "," T("maxpool2d") "," L(2), "\"mse\"", 0, ""},
        {"ML158", L(4) "," T("dropout") "," L(2), "\"mse\"", 0, "note"},
        {"ML158", L(4) "," T("identity") "," L(2), "\"mse\"", 0, "note"},
        {"ML160", L(4) "," T("tanh") "," L(4) "," T("tanh") "," L(4) "," T("tanh") "," L(2), "\"mse\"", 0,
         ""},
        {"ML164", L(4) "," T("dropout") "," L(4) "," T("batchnorm") "," L(2), "\"mse\"", 0, ""},
        {"ML164", L(4) ", {\"type\": \"dropout\", \"p\": 0}," T("batchnorm") "," L(2), "\"mse\"", 0, ""},
        {"ML167", L(2) "," T("tanh"), "\"hinge\"", 2, ""},
    };
    struct findings findings;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = answer(cases[i].code, cases[i].layers, cases[i].loss, cases[i].classes, &findings);

        if (strcmp(got, cases[i].expected) != 0)
            fail_msg("%s of %s with %s: \"%s\", expected \"%s\"", cases[i].code, cases[i].layers,
                     cases[i].loss, got, cases[i].expected);
    }
}

/* The gates of a gated network, read by name, are no tower, and what stands behind a branch is no head. */
static void branches_are_left_alone(void **state)
{
    static const char gates[] = NAMED("linear", "a") "," NAMED(
        "sigmoid", "b") ", {\"type\": \"multiply\", \"from\": "
                        "[\"a\", \"b\"]}," L(2) "," T("sigmoid") "," L(2) "," T("sigmoid") "," L(2);
    struct findings findings;

    (void)state;
    assert_string_equal(answer("ML160", gates, "\"mse\"", 0, &findings), "");
    assert_string_equal(answer("ML141", L(3) ", {\"type\": \"relu\", \"from\": \"linear1\"}",
                               FROM_PROBABILITIES, 3, &findings),
                        "");
}

/* The number that the sentence gives is the loss of the best answer: checked by its definition. */
static void the_best_loss_is_right(void **state)
{
    struct findings findings;

    (void)state;
    answer("ML148", L(10) "," NAMED("softmax", "prob"), "\"cross_entropy\"", 10, &findings);
    assert_near(findings.at[0].evidence[0].value, -log(exp(1) / (exp(1) + 9)), 1e-12, 0);
    assert_string_equal(findings.at[0].subject, "prob");
    answer("ML148", L(1) "," T("sigmoid"), "\"bce_with_logits\"", 2, &findings);
    assert_near(findings.at[0].evidence[0].value, -log(1 / (1 + exp(-1))), 1e-12, 0);
}

/* A rule that reads the config alone is silent after its first remedy. */
static void remedies_take_the_fault_away(void **state)
{
    int asked = 0;

    (void)state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const struct rule *rule = rule_at(i);
        struct findings findings;
        struct remedy remedy;
        struct json *document;
        struct run run;

        if (!rule->remedies || strcmp(rule->reads[0], "data/task") != 0 || rule->reads[1])
            continue;
        run_init(&run, &arena, "example");
        findings_init(&findings, &arena);
        rule->sick(&run);
        if (!run.config)
            continue;
        rule->check(rule, &run, &findings);
        if (!change_make(rule->remedies[0], &run, findings.at[0].subject, &remedy))
            fail_msg("%s: %s changes nothing in its sick example", rule->code, rule->remedies[0]->entry.name);
        document = json_copy(&arena, run.config);
        assert_true(patch_apply(&arena, document, remedy.patches, (size_t)remedy.count, NULL));
        run.config = document;
        findings_init(&findings, &arena);
        rule->check(rule, &run, &findings);
        if (findings.count)
            fail_msg("%s still speaks after %s: %s", rule->code, remedy.words, findings.at[0].sentence);
        asked++;
    }
    assert_true(asked > 15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(borders, setup, teardown),
        cmocka_unit_test_setup_teardown(branches_are_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(the_best_loss_is_right, setup, teardown),
        cmocka_unit_test_setup_teardown(remedies_take_the_fault_away, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
