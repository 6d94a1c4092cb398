/*
 * The prover, stage by stage. The lab is made of cardboard: a trial of a patched config has the score that
 * the test says such a config has, so that each stage is reached on purpose and nothing is trained.
 */
#include "check.h"

#include <mldbg/recipe/proving.h>

#include <stdio.h>

/* ---- Cardboard ---- */

struct lab {
    int nothing;
};

/* What a config scores; batch: the step at which one batch is fitted, or -1. */
struct mark {
    double score, batch;
};
typedef struct mark mark_fn(struct json *config);

static struct arena arena;

static struct {
    mark_fn *mark;
    const char *config;
    double next_seed, third_seed; /* score with other seeds; NaN: the same */
    int64_t held_out;             /* rows; 0: very many */
    double reference;             /* of the plain net; NaN: it is refused */
    double linear;
    bool regression;
    bool (*refuses)(struct json *config);
    int calls, interrupt_at; /* the call that is cut off; 0: none */
    int trainings, batches;
    int64_t steps; /* of this trial */
    int64_t batch_steps;
    bool memorize;
} stage;

static struct json *parsed(const char *text)
{
    struct json *document;
    struct error err = {0};

    if (!json_parse(&arena, "config", text, strlen(text), &document, &err))
        fail_msg("%s", err.sentence);
    return document;
}

static double number_at(struct json *config, const char *path, double otherwise)
{
    const struct json *found = json_find(&arena, config, path);

    return found ? found->number : otherwise;
}

static bool is_there(struct json *config, const char *path)
{
    return json_find(&arena, config, path) != NULL;
}

bool lab_try(struct lab *lab, const struct trial_options *options, lab_progress_fn *progress, void *context,
             struct trial *out, struct problems *problems)
{
    struct json *config = parsed(stage.config);
    bool plain = options->kind == TRIAL_training && options->steps == REFERENCE_STEPS;
    struct mark mark;

    (void)lab, (void)progress, (void)context;
    stage.calls++;
    stage.steps = options->steps;
    assert_true(patch_apply(&arena, config, options->patches, options->patch_count, NULL));
    mark = stage.mark(config);
    *out = (struct trial){.score = mark.score, .reached = -1, .steps = 10, .held_out = true};
    out->rows = stage.held_out > 0 ? stage.held_out : 100000;
    out->interrupted = stage.calls == stage.interrupt_at;
    if ((stage.refuses && stage.refuses(config)) || (plain && isnan(stage.reference))) {
        problems_at(problems, ERROR_REQUEST, "ML100", (struct place){0}, "a refusal");
        return false;
    }
    if (options->kind == TRIAL_batch) {
        stage.batches++;
        stage.batch_steps = options->steps;
        stage.memorize = options->memorize;
        out->reached = (int64_t)mark.batch;
        return true;
    }
    stage.trainings++;
    if (plain)
        out->score = stage.reference;
    else if (options->seed_given && options->seed == 2 && !isnan(stage.next_seed))
        out->score = stage.next_seed;
    else if (options->seed_given && options->seed == 3 && !isnan(stage.third_seed))
        out->score = stage.third_seed;
    out->nonfinite = isinf(out->score);
    if (out->nonfinite)
        out->score = 0;
    return true;
}

/* What a rule on the rate reads. */
bool lab_describe_changed(struct lab *lab, const struct patch *patches, size_t count, struct run *run,
                          struct problems *problems)
{
    struct json *config = parsed(stage.config);

    (void)lab, (void)problems;
    assert_true(patch_apply(&arena, config, patches, count, NULL));
    run->config = config;
    run_set_text(run, "train/optimizer", "%s", json_find(&arena, config, "optimizer.type")->string);
    run_set_number(run, "train/rate", number_at(config, "optimizer.lr", 0.01));
    return true;
}

const struct patch *lab_reference(const struct lab *lab, struct arena *memory, size_t *count)
{
    (void)lab, (void)memory;
    *count = 0;
    return NULL;
}

bool lab_simple_scores(struct lab *lab, struct simple_scores *out, struct problems *problems)
{
    (void)lab, (void)problems;
    *out = (struct simple_scores){.linear = stage.linear, .neighbours = (double)NAN, .renamed = (double)NAN};
    return true;
}

/* ---- A proof ---- */

#define MODEL                                                                                  \
    "\"data\": {}, \"model\": [{\"type\": \"linear\", \"out_features\": 8, \"name\": \"a\"}, " \
    "{\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 3, \"name\": \"b\"}], "
#define PLAIN \
    "\"optimizer\": {\"type\": \"sgd\", \"lr\": 0.01}, \"train\": {\"batch_size\": 32, \"epochs\": 20}"

struct outcome_of {
    struct run run;
    struct findings findings;
    struct proof proof;
};

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    memset(&stage, 0, sizeof stage);
    stage.next_seed = stage.third_seed = (double)NAN;
    stage.reference = 0.95;
    stage.linear = 0.9;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void run_open(struct run *run, const char *config, mark_fn *mark)
{
    run_init(run, &arena, "doctor");
    run->config = parsed(config);
    run->seed = 1;
    run_set_text(run, "data/task", "%s", stage.regression ? "regression" : "classification");
    run_set_number(run, "data/classes", 3);
    stage.config = config;
    stage.mark = mark;
}

static void set_rate(struct run *run, const char *optimizer, double rate)
{
    run_set_text(run, "train/optimizer", "%s", optimizer);
    run_set_number(run, "train/rate", rate);
}

static void prove_with(struct outcome_of *out, const struct proof_options *options)
{
    struct problems problems;
    struct lab lab = {0};

    problems_init(&problems, &arena);
    findings_init(&out->findings, &arena);
    rules_judge(&out->run, &out->findings);
    assert_true(recipe_prove(&lab, options, NULL, NULL, &out->run, &out->findings, &out->proof, &problems));
    assert_true(out->proof.attempt_count <= 90);
}

static void prove(struct outcome_of *out)
{
    prove_with(out, &(struct proof_options){0});
}

static const struct finding *found(const struct outcome_of *out, const char *code)
{
    for (size_t i = 0; i < out->findings.count; i++)
        if (strcmp(out->findings.at[i].rule->code, code) == 0)
            return &out->findings.at[i];
    return NULL;
}

static const struct finding *must_find(const struct outcome_of *out, const char *code)
{
    const struct finding *finding = found(out, code);

    if (!finding)
        fail_msg("%s is not found", code);
    return finding;
}

/* The config after the fix, scored. */
static double score_of_fix(const struct proof *proof)
{
    struct json *config = parsed(stage.config);

    assert_true(proof->fix_count > 0);
    assert_true(patch_apply(&arena, config, proof->fix, proof->fix_count, NULL));
    return stage.mark(config).score;
}

static const char *fact_of(struct outcome_of *out, size_t number, const char *what)
{
    return run_text(&out->run, arena_print(&arena, "proof/%zu/%s", number, what));
}

/* ---- Marks ---- */

static struct mark always(double score)
{
    return (struct mark){score, -1};
}

static struct mark right_uphill(struct json *config)
{
    return always(number_at(config, "optimizer.lr", 0.01) > 0 ? 0.94 : 0.3);
}

static struct mark right_below_a_tenth(struct json *config)
{
    return always(number_at(config, "optimizer.lr", 0.01) < 0.1 ? 0.94 : 0.3);
}

static struct mark right_without_init(struct json *config)
{
    return always(is_there(config, "init") ? 0.3 : 0.94);
}

static struct mark right_scaled_and_slow(struct json *config)
{
    return always(is_there(config, "data.scale") && number_at(config, "optimizer.lr", 1) < 0.1 ? 0.94 : 0.3);
}

static struct mark two_faults(struct json *config)
{
    return always(is_there(config, "init") ? 0.2 : is_there(config, "model[0].l2") ? 0.5 : 0.94);
}

static struct mark right_with_many_epochs(struct json *config)
{
    return always(number_at(config, "train.epochs", 1) >= 50 ? 0.94 : 0.3);
}

static struct mark never_right(struct json *config)
{
    (void)config;
    return always(0.3);
}

static struct mark healthy(struct json *config)
{
    (void)config;
    return (struct mark){0.94, 12};
}

/* ---- Stages ---- */

static const char uphill[] = "{" MODEL "\"optimizer\": {\"type\": \"sgd\", \"lr\": -0.01}}";
static const char fast[] = "{" MODEL "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.9}}";
static const char zeros[] = "{\"init\": \"zeros\", " MODEL PLAIN "}";
static const char plain[] = "{" MODEL PLAIN "}";

static const char several[] =
    "{\"init\": \"zeros\", \"data\": {}, \"model\": [{\"type\": \"linear\", \"out_features\": 8, \"l2\": "
    "1}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 3}], " PLAIN "}";

static void a_certain_finding_is_proved(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, uphill, right_uphill);
    set_rate(&out.run, "sgd", -0.01);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_single);
    assert_string_equal(out.proof.cause, "ML112");
    assert_int_equal(out.proof.category, CATEGORY_gradient);
    assert_int_equal(out.proof.attempt_count, 1); /* what is certain and cures is enough */
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
    assert_string_equal(out.proof.sentence,
                        "with optimizer.lr: -0.01 -> 0.01: held-out accuracy 0.94 instead of 0.3");
    assert_string_equal(out.findings.at[0].rule->code, "ML112");
    assert_string_equal(out.findings.at[0].proof, out.proof.sentence);
    assert_ptr_equal(must_find(&out, "ML390")->cause, rule_find("ML112"));
    assert_null(found(&out, "ML391"));
    assert_string_equal(fact_of(&out, 1, "words"), "optimizer.lr: -0.01 -> 0.01");
    assert_string_equal(fact_of(&out, 1, "kind"), "change");
    assert_string_equal(fact_of(&out, 1, "result"), "cures");
    assert_near(run_number(&out.run, "proof/1/score"), 0.94, 0, 0);
    assert_near(run_number(&out.run, "proof/score"), 0.3, 0, 0);
    assert_near(run_number(&out.run, "proof/reference"), 0.95, 0, 0);
    assert_near(run_number(&out.run, "proof/failing"), 1, 0, 0);
    assert_near(run_number(&out.run, "proof/runs"), 1, 0, 0);
    /* training, batch, reference, next seed, the re-run */
    assert_near(run_number(&out.run, "proof/steps"), 60, 0, 0);
    assert_string_equal(run_text(&out.run, "proof/form"), "single");
    assert_string_equal(run_text(&out.run, "proof/change"), "positive-rate");
    assert_string_equal(run_text(&out.run, "proof/subject"), "optimizer.lr");
    assert_string_equal(run_text(&out.run, "proof/on"), "training");
}

static const char hot[] = "{" MODEL "\"optimizer\": {\"type\": \"adam\", \"lr\": 1000}}";

static struct mark worse_at_the_usual_rate(struct json *config)
{
    return (struct mark){number_at(config, "optimizer.lr", 1000) < 1 ? 0.9 : 0.94, 12};
}

/* Where the training does not fail no gap tells what is right: the rule does, and it may get no worse. */
static void what_is_certain_and_harmless_is_set_right(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, hot, healthy);
    set_rate(&out.run, "adam", 1000);
    prove(&out);
    assert_false(out.proof.failing);
    assert_string_equal(out.proof.cause, "ML118");
    assert_int_equal(out.proof.form, PROOF_none);
    assert_string_equal(out.proof.sentence, "");
    assert_string_equal(out.proof.fix_words, "optimizer.lr: 1000 -> 0.001");
    assert_int_equal(out.proof.fix_count, 1);
    assert_string_equal(run_text(&out.run, "proof/fix"), "optimizer.lr: 1000 -> 0.001");

    run_open(&out.run, hot, worse_at_the_usual_rate);
    set_rate(&out.run, "adam", 1000);
    prove(&out);
    assert_string_equal(out.proof.cause, "ML118");
    assert_int_equal(out.proof.fix_count, 0);
}

static void a_suspicion_that_cures_is_an_error(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, fast, right_below_a_tenth);
    set_rate(&out.run, "adam", 0.9);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_single);
    assert_string_equal(out.proof.cause, "ML118");
    assert_int_equal(must_find(&out, "ML118")->severity, SEVERITY_ERROR);
    assert_non_null(must_find(&out, "ML118")->proof);
    assert_int_equal(out.proof.attempt_count, 3); /* all remedies are shown, the first that cures counts */
    assert_string_equal(out.proof.fix_words, "optimizer.lr: 0.9 -> 0.09");
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
}

static void a_suspicion_that_does_not_cure_stays_a_note(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, "{\"init\": \"zeros\", " MODEL "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.9}}",
             right_without_init);
    set_rate(&out.run, "adam", 0.9);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_single);
    assert_string_equal(out.proof.cause, "");
    assert_int_equal(out.proof.category, CATEGORY_init);
    assert_string_equal(out.proof.change->entry.name, "default-init");
    assert_int_equal(must_find(&out, "ML118")->severity, SEVERITY_NOTE);
    assert_null(must_find(&out, "ML118")->proof);
    assert_int_equal(must_find(&out, "ML391")->severity, SEVERITY_ERROR);
    assert_string_equal(must_find(&out, "ML391")->subject, "init");
    assert_ptr_equal(must_find(&out, "ML390")->cause, rule_find("ML391"));
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
    for (size_t i = 0; i < out.proof.attempt_count; i++)
        assert_true(out.proof.attempts[i].cures == (out.proof.attempts[i].change == out.proof.change));
}

static void two_changes_are_a_pair(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, "{" MODEL "\"optimizer\": {\"type\": \"sgd\", \"lr\": 0.5}}", right_scaled_and_slow);
    rule_find("ML218")->sick(&out.run);
    set_rate(&out.run, "sgd", 0.5);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_pair);
    assert_string_equal(out.proof.cause, "ML218");
    assert_int_equal(must_find(&out, "ML218")->severity, SEVERITY_ERROR);
    assert_non_null(strstr(out.proof.fix_words, "data.scale: not set -> \"standard\"; optimizer"));
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
    assert_string_equal(fact_of(&out, out.proof.attempt_count, "kind"), "pair");
}

static void several_faults_are_put_back(void **state)
{
    struct outcome_of out;
    size_t breaks = 0;

    (void)state;
    run_open(&out.run, several, two_faults);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_put_back);
    assert_int_equal(out.proof.category, CATEGORY_init);
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
    assert_int_equal(must_find(&out, "ML392")->severity, SEVERITY_ERROR);
    assert_string_equal(must_find(&out, "ML392")->subject, "init");
    for (size_t i = 0; i < out.proof.attempt_count; i++) {
        const struct attempt *attempt = &out.proof.attempts[i];

        assert_true(attempt->put_back || !attempt->cures);
        breaks += attempt->cures;
        if (attempt->put_back)
            assert_string_equal(fact_of(&out, i + 1, "result"), attempt->cures ? "breaks it" : "no harm");
    }
    assert_int_equal(breaks, 2);
    assert_non_null(strstr(out.proof.sentence, "leaving out \"init"));
    assert_non_null(strstr(out.proof.sentence, "ends at held-out accuracy 0.2"));
}

/* A re-run that puts back something else is no proof of what is certain; what works is still its fix. */
static void a_put_back_speaks_of_what_is_named(void **state)
{
    static const char config[] =
        "{\"init\": \"zeros\", \"data\": {}, \"model\": [{\"type\": \"linear\", \"out_features\": 8, \"l2\": "
        "1}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 3}], "
        "\"optimizer\": {\"type\": \"sgd\", \"lr\": -0.01}, \"train\": {\"batch_size\": 32, \"epochs\": 20}}";
    struct outcome_of out;

    (void)state;
    run_open(&out.run, config, two_faults);
    set_rate(&out.run, "sgd", -0.01);
    prove(&out);
    assert_string_equal(out.proof.cause, "ML112");
    assert_int_equal(out.proof.category, CATEGORY_gradient);
    if (out.proof.form == PROOF_put_back)
        assert_int_equal(out.proof.change->category, CATEGORY_gradient);
    assert_null(strstr(out.proof.sentence, "leaving out \"init"));
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
}

static struct mark never_in_time(struct json *config)
{
    if (is_there(config, "init"))
        return always(0.2);
    if (is_there(config, "model[0].l2"))
        return always(0.5);
    return always(stage.steps == 600 || number_at(config, "train.epochs", 1) > 100 ? 0.94 : 0.3);
}

/* What does harm is found with many steps; the fix has to work with the config's own. */
static void a_fix_works_with_its_own_epochs(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, several, never_in_time);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_put_back);
    stage.steps = 0;
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
    assert_non_null(strstr(out.proof.fix_words, "train.epochs: 20 -> 200"));
}

static struct mark any_of_two(struct json *config)
{
    bool init = is_there(config, "init"), l2 = is_there(config, "model[0].l2");
    bool batch = number_at(config, "train.batch_size", 32) < 8;

    return always((init && l2) || (l2 && batch) || (init && batch) ? 0.2 : 0.94);
}

/* Any two of three faults break it, so none does when it is put back alone. */
static void the_fewest_changes_are_found(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run,
             "{\"init\": \"zeros\", \"data\": {}, \"model\": [{\"type\": \"linear\", \"out_features\": 8, "
             "\"l2\": 1}, {\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": "
             "{\"type\": \"sgd\", \"lr\": 0.01}, \"train\": {\"batch_size\": 2, \"epochs\": 20}}",
             any_of_two);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_put_back);
    assert_int_equal(out.proof.category, CATEGORY_regularization);
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
    assert_string_equal(out.proof.fix_words, "init removed; no dropout, no penalties, no weight decay");
    assert_non_null(strstr(out.proof.sentence, "together these cure, and without"));
    assert_int_equal(must_find(&out, "ML392")->severity, SEVERITY_ERROR);
}

static struct mark wants_adam_or_less(struct json *config)
{
    const struct json *type = json_find(&arena, config, "optimizer.type");
    bool sgd = type && strcmp(type->string, "sgd") == 0, high = number_at(config, "optimizer.lr", 0.01) > 1;

    return always(is_there(config, "init") ? 0.5 : sgd && high ? 0.2 : 0.94);
}

/* An optimizer and its rate are put back together; where the optimizer does no harm by itself, it is the
 * rate. */
static void a_rate_is_told_from_its_optimizer(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, "{\"init\": \"zeros\", " MODEL "\"optimizer\": {\"type\": \"sgd\", \"lr\": 5000}}",
             wants_adam_or_less);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_put_back);
    assert_int_equal(out.proof.category, CATEGORY_learning_rate);
}

static void a_compensator_comes_last(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, plain, right_with_many_epochs);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_compensator);
    assert_int_equal(out.proof.category, CATEGORY_epochs);
    assert_int_equal(must_find(&out, "ML393")->severity, SEVERITY_ERROR);
    assert_non_null(strstr(must_find(&out, "ML393")->sentence, "does not prove that it was wrong"));
    assert_near(score_of_fix(&out.proof), 0.94, 0, 0);
}

static struct mark alike(struct json *config)
{
    const struct json *first = json_find(&arena, config, "model[1].type");
    bool tanh = first && strcmp(first->string, "tanh") == 0;

    return always(tanh ? 0.95 : number_at(config, "train.epochs", 1) >= 50 ? 0.94 : 0.3);
}

/* Of changes that do about the same good, the first in the order of causes is named. */
static void alike_cures_go_by_the_order_of_causes(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, plain, alike);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_compensator);
    assert_int_equal(out.proof.category, CATEGORY_epochs);
    assert_string_equal(fact_of(&out, out.proof.attempt_count, "kind"), "change");
}

static void nothing_cures(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, fast, never_right);
    set_rate(&out.run, "adam", 0.9);
    prove(&out);
    assert_true(out.proof.failing);
    assert_int_equal(out.proof.form, PROOF_none);
    assert_string_equal(out.proof.sentence, "");
    assert_string_equal(out.proof.cause, "");
    assert_int_equal(out.proof.fix_count, 0);
    assert_int_equal(findings_count(&out.findings, SEVERITY_ERROR), 0);
    assert_int_equal(must_find(&out, "ML390")->severity, SEVERITY_WARNING);
    /* No re-run is made twice. */
    for (size_t i = 0; i < out.proof.attempt_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(strcmp(out.proof.attempts[i].words, out.proof.attempts[k].words) != 0);
}

/* What is certain is named even where nothing cures, and no suspicion is proved beside it. */
static void a_certain_finding_needs_no_cure(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, uphill, never_right);
    set_rate(&out.run, "sgd", -0.01);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_none);
    assert_string_equal(out.proof.cause, "ML112");
    assert_null(must_find(&out, "ML112")->proof);
    assert_ptr_equal(must_find(&out, "ML390")->cause, rule_find("ML112"));
    run_open(&out.run, "{\"init\": \"zeros\", " MODEL "\"optimizer\": {\"type\": \"sgd\", \"lr\": -0.01}}",
             right_without_init);
    set_rate(&out.run, "sgd", -0.01);
    prove(&out);
    assert_string_equal(out.proof.cause, "ML112");
    assert_null(found(&out, "ML391"));
}

/* ---- Failing, and not ---- */

static void a_healthy_config_is_left_alone(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, fast, healthy);
    set_rate(&out.run, "adam", 0.9);
    prove(&out);
    assert_false(out.proof.failing);
    assert_int_equal(out.proof.attempt_count, 0);
    assert_int_equal(stage.trainings, 2); /* itself and the reference */
    assert_int_equal(stage.batches, 1);
    assert_int_equal(findings_count(&out.findings, SEVERITY_WARNING), 0);
    assert_int_equal(must_find(&out, "ML118")->severity, SEVERITY_NOTE);
}

static struct mark just_above(struct json *config)
{
    (void)config;
    return always(0.801);
}

static struct mark just_below(struct json *config)
{
    (void)config;
    return always(0.799);
}

static void the_gap_decides(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, plain, just_above);
    prove(&out);
    assert_false(out.proof.failing);
    run_open(&out.run, plain, just_below);
    prove(&out);
    assert_true(out.proof.failing);
    /* The best of the references counts. */
    stage.reference = 0.5;
    prove(&out);
    assert_false(out.proof.failing);
    assert_near(out.proof.best, 0.9, 0, 0);
}

static void what_works_with_the_next_seed_is_unstable(void **state)
{
    struct outcome_of out;

    (void)state;
    stage.next_seed = 0.92;
    run_open(&out.run, zeros, right_without_init);
    prove(&out);
    assert_true(out.proof.unstable);
    assert_false(out.proof.failing);
    assert_int_equal(out.proof.attempt_count, 0); /* no blind search for luck */
    assert_int_equal(must_find(&out, "ML394")->severity, SEVERITY_WARNING);
    assert_null(found(&out, "ML390"));
    assert_int_equal(findings_count(&out.findings, SEVERITY_ERROR), 0);
    /* What was suspected before, and cures, is named all the same. */
    run_open(&out.run, fast, right_below_a_tenth);
    set_rate(&out.run, "adam", 0.9);
    prove(&out);
    assert_true(out.proof.unstable && out.proof.failing);
    assert_string_equal(out.proof.cause, "ML118");
    assert_null(found(&out, "ML394"));
}

/* Two seeds of three may fail by little, where the third one works. */
static void a_third_seed_may_outweigh_two(void **state)
{
    struct outcome_of out;

    (void)state;
    stage.third_seed = 0.95;
    stage.reference = 0.5;
    stage.linear = 0.5;
    run_open(&out.run, zeros, right_without_init); /* 0.3, 0.3 and 0.95 instead of 0.5 */
    prove(&out);
    assert_true(out.proof.unstable);
    assert_false(out.proof.failing);
    stage.reference = 0.95; /* 0.43 below it in the mean */
    run_open(&out.run, zeros, right_without_init);
    prove(&out);
    assert_false(out.proof.unstable);
    assert_true(out.proof.failing);
}

static struct mark right_or_almost(struct json *config)
{
    return always(is_there(config, "init") ? 0.76 : 0.95);
}

/* Held-out rows are a sample: of few, a gap has to be larger. */
static void few_rows_need_a_larger_gap(void **state)
{
    struct outcome_of out;

    (void)state;
    stage.held_out = 20;
    run_open(&out.run, zeros, right_or_almost);
    prove(&out);
    assert_false(out.proof.failing || out.proof.lagging);
    stage.held_out = 200;
    run_open(&out.run, zeros, right_or_almost);
    prove(&out);
    assert_true(out.proof.failing);
    stage.regression = true;
    stage.held_out = 6;
    run_open(&out.run, zeros, right_or_almost);
    prove(&out);
    assert_false(out.proof.failing || out.proof.lagging);
    run_open(&out.run, zeros, never_right); /* far below is far below, on six rows, too */
    stage.reference = 0.99;
    prove(&out);
    assert_true(out.proof.failing);
}

static struct mark worse_behind_relu(struct json *config)
{
    return always(is_there(config, "model[3]") ? 0.86 : 0.94);
}

static struct mark worse_with_sigmoid(struct json *config)
{
    const struct json *type = json_find(&arena, config, "model[1].type");

    return always(strcmp(type->string, "sigmoid") == 0 ? 0.86 : 0.94);
}

/* Below the references by little: no failure by itself, unless a change of what cannot be right makes up for
 * it. */
static void a_lag_is_named_where_the_head_makes_up_for_it(void **state)
{
    static const char config[] =
        "{\"data\": {}, \"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"sigmoid\"}, "
        "{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"relu\"}], " PLAIN "}";
    struct outcome_of out;

    (void)state;
    run_open(&out.run, config, worse_behind_relu);
    prove(&out);
    assert_true(out.proof.lagging && out.proof.failing);
    assert_int_equal(out.proof.category, CATEGORY_output_activation);
    assert_int_equal(out.proof.form, PROOF_single);
    run_open(&out.run, config, worse_with_sigmoid); /* another activation would be better: a choice */
    prove(&out);
    assert_true(out.proof.lagging);
    assert_false(out.proof.failing);
    stage.held_out = 60; /* may be chance */
    run_open(&out.run, config, worse_behind_relu);
    prove(&out);
    assert_false(out.proof.lagging || out.proof.failing);
}

static struct mark right_with_more(struct json *config)
{
    return always(number_at(config, "train.epochs", 20) >= 50 ||
                          number_at(config, "optimizer.lr", 0.05) > 0.2 ||
                          number_at(config, "optimizer.momentum", 0) > 0
                      ? 0.94
                      : 0.3);
}

/* What cures alike is told by how far each setting is from the usual. */
static void aliases_are_told_by_what_is_unusual(void **state)
{
    static const char config[] = "{" MODEL "\"optimizer\": {\"type\": \"sgd\", \"lr\": 0.05}}";
    struct outcome_of out;

    (void)state;
    run_open(&out.run, config, right_with_more);
    run_set_number(&out.run, "train/updates", 10);
    prove(&out);
    assert_int_equal(out.proof.category, CATEGORY_epochs);
    run_open(&out.run, config, right_with_more);
    run_set_number(&out.run, "train/updates", 4000);
    prove(&out);
    assert_int_equal(out.proof.category, CATEGORY_learning_rate); /* the first in the order of causes */
    run_open(&out.run, "{" MODEL "\"optimizer\": {\"type\": \"sgd\", \"lr\": 0.0015}}", right_with_more);
    run_set_number(&out.run, "train/updates", 40); /* the rate is further from the usual, yet does not cure */
    prove(&out);
    assert_int_equal(out.proof.category, CATEGORY_epochs);
}

static struct mark fits_or_works(struct json *config)
{
    struct mark mark = always(number_at(config, "train.epochs", 20) >= 50 ? 0.94 : 0.3);

    mark.batch = is_there(config, "init") ? -1 : 30;
    return mark;
}

/* What cures the training goes before what cures the fit of one batch alone. */
static void a_fitted_batch_comes_last(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, "{\"init\": {\"type\": \"normal\", \"std\": 0.2}, " MODEL PLAIN "}", fits_or_works);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_compensator);
    assert_int_equal(out.proof.category, CATEGORY_epochs);
}

static struct mark explodes_with_init(struct json *config)
{
    return always(is_there(config, "init") ? (double)INFINITY : 0.4);
}

/* Without any reference a low score is no fault; what is not finite is one, and being finite its cure. */
static void without_a_reference_only_what_is_not_finite_fails(void **state)
{
    struct outcome_of out;

    (void)state;
    stage.reference = stage.linear = (double)NAN;
    run_open(&out.run, plain, never_right);
    prove(&out);
    assert_false(out.proof.failing);
    assert_true(isnan(out.proof.best));
    assert_int_equal(findings_count(&out.findings, SEVERITY_WARNING), 0);
    run_open(&out.run, zeros, explodes_with_init);
    prove(&out);
    assert_true(out.proof.failing);
    assert_int_equal(out.proof.form, PROOF_single);
    assert_int_equal(out.proof.category, CATEGORY_init);
}

/* R2 below the best constant has no floor in a gap: no division by it. */
static void numbers_fail_by_r2(void **state)
{
    struct outcome_of out;

    (void)state;
    stage.regression = true;
    run_open(&out.run, zeros, right_without_init);
    prove(&out);
    assert_string_equal(out.proof.sentence, "with init removed: held-out R2 0.94 instead of 0.3");
    stage.reference = stage.linear = -1; /* nothing to be had from these data */
    run_open(&out.run, zeros, explodes_with_init);
    prove(&out);
    assert_true(out.proof.failing);
    assert_int_equal(out.proof.category, CATEGORY_init);
}

/* ---- One batch ---- */

static struct mark fitted_without_init(struct json *config)
{
    return (struct mark){0.3, is_there(config, "init") ? -1 : 40};
}

static struct mark fitted_but_worse(struct json *config)
{
    return is_there(config, "init") ? always(0.3) : (struct mark){0.2, 40};
}

static void a_fitted_batch_is_a_cure_where_training_gets_no_worse(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, zeros, fitted_without_init);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_single);
    assert_int_equal(out.proof.category, CATEGORY_init);
    assert_non_null(strstr(out.proof.sentence, "the batch is fitted at step 40"));
    run_open(&out.run, zeros, fitted_but_worse);
    prove(&out);
    assert_int_equal(out.proof.form, PROOF_none);
}

static struct mark fitted_sooner_with_more(struct json *config)
{
    if (!is_there(config, "init"))
        return (struct mark){0, 100};
    return (struct mark){0, is_there(config, "model[0].l2") ? -1 : 20};
}

/* Asked on the one-batch fit, no training is run; the sooner cure is the better one. */
static void one_batch_alone(void **state)
{
    struct outcome_of out;

    (void)state;
    run_open(&out.run, several, fitted_sooner_with_more);
    prove_with(&out, &(struct proof_options){.one_batch = true, .batch_steps = 777});
    assert_int_equal(stage.trainings, 0);
    assert_int_equal(stage.batch_steps, 777);
    assert_true(stage.memorize);
    assert_int_equal(out.proof.form, PROOF_single);
    assert_int_equal(out.proof.category, CATEGORY_regularization);
    assert_string_equal(run_text(&out.run, "proof/on"), "one batch");
    assert_false(run_has(&out.run, "proof/score"));
    assert_null(found(&out, "ML390"));
    assert_true(out.proof.attempt_count > 2);
}

/* ---- Refused and cut off ---- */

static bool refuses_adam(struct json *config)
{
    const struct json *type = json_find(&arena, config, "optimizer.type");

    return (type && strcmp(type->string, "adam") == 0);
}

static void what_cannot_be_built_is_no_cure(void **state)
{
    struct outcome_of out;
    size_t refused = 0;

    (void)state;
    stage.refuses = refuses_adam;
    run_open(&out.run, plain, right_with_many_epochs);
    prove(&out);
    for (size_t i = 0; i < out.proof.attempt_count; i++) {
        const struct attempt *attempt = &out.proof.attempts[i];

        if (!attempt->refused)
            continue;
        refused++;
        assert_false(attempt->cures);
        assert_string_equal(fact_of(&out, i + 1, "result"), "cannot be built");
        assert_true(isnan(run_number(&out.run, arena_print(&arena, "proof/%zu/score", i + 1))));
    }
    assert_true(refused > 0);
    assert_int_equal(out.proof.category, CATEGORY_epochs);
}

static bool refuses_all(struct json *config)
{
    (void)config;
    return true;
}

static void a_refused_config_is_refused(void **state)
{
    struct outcome_of out;
    struct problems problems;

    (void)state;
    stage.refuses = refuses_all;
    run_open(&out.run, plain, healthy);
    problems_init(&problems, &arena);
    findings_init(&out.findings, &arena);
    assert_false(recipe_prove(NULL, &(struct proof_options){0}, NULL, NULL, &out.run, &out.findings,
                              &out.proof, &problems));
    assert_int_equal(problems.count, 1);
}

/* Wherever it is cut off: no trial is begun after that, and nothing rests on the one that was. */
static void interruption_proves_nothing(void **state)
{
    static const struct {
        const char *config;
        mark_fn *mark;
        bool one_batch;
    } cases[] = {
        {zeros, right_without_init, false},     {zeros, two_faults, false},
        {plain, right_with_many_epochs, false}, {plain, never_right, false},
        {zeros, fitted_without_init, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome_of out;
        int all;

        stage.interrupt_at = stage.calls = 0;
        run_open(&out.run, cases[i].config, cases[i].mark);
        prove_with(&out, &(struct proof_options){.one_batch = cases[i].one_batch});
        all = stage.calls;
        assert_true(all > 1);
        for (int at = 1; at <= all; at++) {
            stage.calls = 0;
            stage.interrupt_at = at;
            run_open(&out.run, cases[i].config, cases[i].mark);
            prove_with(&out, &(struct proof_options){.one_batch = cases[i].one_batch});
            assert_true(out.proof.interrupted);
            assert_int_equal(stage.calls, at);
            for (size_t k = 0; k < out.proof.attempt_count; k++)
                if (out.proof.attempts[k].training.interrupted || out.proof.attempts[k].batch.interrupted)
                    assert_false(out.proof.attempts[k].cures);
            if (out.proof.form != PROOF_none)
                assert_true(*out.proof.sentence);
        }
    }
}

static void the_first_trials_cut_off_leave_no_verdict(void **state)
{
    (void)state;
    for (int at = 1; at <= 3; at++) {
        struct outcome_of out;

        stage.calls = 0;
        stage.interrupt_at = at;
        run_open(&out.run, plain, never_right);
        prove(&out);
        assert_false(out.proof.failing);
        assert_true(isnan(run_number(&out.run, "proof/linear")));
        assert_int_equal(findings_count(&out.findings, SEVERITY_WARNING), 0);
    }
}

/* ---- The same again ---- */

static void the_same_facts_twice(void **state)
{
    struct outcome_of a, b;

    (void)state;
    run_open(&a.run, zeros, two_faults);
    prove(&a);
    run_open(&b.run, zeros, two_faults);
    prove(&b);
    assert_int_equal(a.run.fact_count, b.run.fact_count);
    for (size_t i = 0; i < a.run.fact_count; i++) {
        assert_string_equal(a.run.facts[i].name, b.run.facts[i].name);
        assert_memory_equal(&a.run.facts[i].number, &b.run.facts[i].number, sizeof(double));
        assert_string_equal(a.run.facts[i].text ? a.run.facts[i].text : "",
                            b.run.facts[i].text ? b.run.facts[i].text : "");
    }
    /* The record alone gives the same findings again. */
    struct findings again;
    findings_init(&again, &arena);
    rules_judge(&a.run, &again);
    assert_int_equal(again.count, a.findings.count);
    for (size_t i = 0; i < again.count; i++) {
        assert_ptr_equal(again.at[i].rule, a.findings.at[i].rule);
        assert_string_equal(again.at[i].sentence, a.findings.at[i].sentence);
        assert_int_equal(again.at[i].severity, a.findings.at[i].severity);
        assert_ptr_equal(again.at[i].cause, a.findings.at[i].cause);
    }
}

/* Pairs are tried for the first findings only, and so many in all. */
static void pairs_are_counted(void **state)
{
    struct outcome_of out;
    size_t pairs = 0;

    (void)state;
    run_open(&out.run, fast, never_right);
    rule_find("ML218")->sick(&out.run);
    set_rate(&out.run, "adam", 0.9);
    prove(&out);
    for (size_t i = 0; i < out.proof.attempt_count; i++)
        pairs += out.proof.attempts[i].pair;
    assert_true(pairs > 3 && pairs <= 25);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_certain_finding_is_proved),
        TEST(what_is_certain_and_harmless_is_set_right),
        TEST(a_suspicion_that_cures_is_an_error),
        TEST(a_suspicion_that_does_not_cure_stays_a_note),
        TEST(two_changes_are_a_pair),
        TEST(several_faults_are_put_back),
        TEST(a_put_back_speaks_of_what_is_named),
        TEST(a_rate_is_told_from_its_optimizer),
        TEST(a_fix_works_with_its_own_epochs),
        TEST(the_fewest_changes_are_found),
        TEST(a_compensator_comes_last),
        TEST(alike_cures_go_by_the_order_of_causes),
        TEST(nothing_cures),
        TEST(a_certain_finding_needs_no_cure),
        TEST(a_healthy_config_is_left_alone),
        TEST(the_gap_decides),
        TEST(what_works_with_the_next_seed_is_unstable),
        TEST(a_third_seed_may_outweigh_two),
        TEST(few_rows_need_a_larger_gap),
        TEST(a_lag_is_named_where_the_head_makes_up_for_it),
        TEST(aliases_are_told_by_what_is_unusual),
        TEST(a_fitted_batch_comes_last),
        TEST(without_a_reference_only_what_is_not_finite_fails),
        TEST(numbers_fail_by_r2),
        TEST(a_fitted_batch_is_a_cure_where_training_gets_no_worse),
        TEST(one_batch_alone),
        TEST(what_cannot_be_built_is_no_cure),
        TEST(a_refused_config_is_refused),
        TEST(interruption_proves_nothing),
        TEST(the_first_trials_cut_off_leave_no_verdict),
        TEST(the_same_facts_twice),
        TEST(pairs_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
