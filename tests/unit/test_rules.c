/* The table of rules: every line of it is tested by its own examples; then the order of findings, and the
 * curves. */
#include "check.h"

#include <regex.h>
#include <stdio.h>
#include <mldbg/rule.h>

enum { LINE_MOST = 78, SENTENCE_MOST = 160 };

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

static void record(struct run *run, void (*fill)(struct run *run), struct findings *findings)
{
    run_init(run, &arena, "example");
    if (fill)
        fill(run);
    findings_init(findings, &arena);
}

/* "none of 1 layers", "0 are usual": numbers that nobody would say like this. */
static const char *fault_of_number(const char *sentence)
{
    static const char stilted[] = "(^|[ (])(0 (are|for)|1 [a-z ]*[^s]s (are|have|do|stand))( |$)|none of 1 ";
    regex_t pattern;
    int unsaid;

    assert_int_equal(regcomp(&pattern, stilted, REG_EXTENDED | REG_NOSUB), 0);
    unsaid = regexec(&pattern, sentence, 0, NULL, 0);
    regfree(&pattern);
    return unsaid == 0 ? "speaks of a number as nobody would" : NULL;
}

/* What is wrong with a rule by its own examples, or NULL. The harness itself is tested with broken rules
 * below. */
static const char *fault_of_sick(const struct rule *rule)
{
    struct findings findings;
    struct run run;

    record(&run, rule->sick, &findings);
    if (!rule_can_ask(rule, &run))
        return "its sick example lacks what it reads";
    rule->check(rule, &run, &findings);
    if (findings.count == 0)
        return "is silent on its sick example";
    for (size_t i = 0; i < findings.count; i++) {
        const struct finding *finding = &findings.at[i];
        if (finding->rule != rule)
            return "finds in the name of another rule";
        if (!*finding->sentence || strlen(finding->sentence) > SENTENCE_MOST)
            return "has no sentence, or a long one";
        if (finding->sentence[strlen(finding->sentence) - 1] == '.')
            return "ends its sentence with a full stop";
        if (!strpbrk(finding->sentence, "0123456789"))
            return "names no number in its sentence";
        if (finding->evidence_count == 0)
            return "gives no evidence";
        if (fault_of_number(finding->sentence))
            return fault_of_number(finding->sentence);
    }
    return NULL;
}

static const char *fault_of_healthy(const struct rule *rule)
{
    struct findings findings;
    struct run run;

    record(&run, rule->healthy, &findings);
    if (!rule_can_ask(rule, &run))
        return "its healthy example lacks what it reads";
    rule->check(rule, &run, &findings);
    return findings.count ? "speaks on its healthy example" : NULL;
}

static void fill_with_nan(struct run *run)
{
    for (size_t i = 0; i < run->fact_count; i++)
        run->facts[i].number = (double)NAN;
    for (size_t i = 0; i < run->series_count; i++)
        for (size_t k = 0; k < run->series[i]->count; k++)
            run->series[i]->value[k] = (double)NAN;
    for (size_t i = 0; i < run->column_count; i++)
        run->columns[i].min = run->columns[i].max = run->columns[i].mean = run->columns[i].std = (double)NAN;
}

static const char *fault_of_nan(const struct rule *rule)
{
    struct findings findings;
    struct run run;

    record(&run, rule->sick, &findings);
    fill_with_nan(&run);
    rule->check(rule, &run, &findings);
    for (size_t i = 0; i < findings.count; i++)
        if (isnan(findings.at[i].evidence[0].value))
            return "decides by a number that is NaN";
    return NULL;
}

static const char *fault_of(const struct rule *rule)
{
    const char *fault = fault_of_sick(rule);
    fault = fault ? fault : fault_of_healthy(rule);
    return fault ? fault : fault_of_nan(rule);
}

static const struct rule *rule_at(size_t index)
{
    return ENTRY_OF(rule_catalog.at[index], struct rule);
}

static void examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const char *fault = fault_of(rule_at(i));
        if (fault)
            fail_msg("%s %s %s", rule_at(i)->code, rule_at(i)->entry.name, fault);
    }
}

/* A sick example wakes its own rule and no other; a healthy one wakes none. */
static void examples_wake_no_other_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const struct rule *rule = rule_at(i);
        struct findings findings;
        struct run run;

        record(&run, rule->sick, &findings);
        rules_judge(&run, &findings);
        for (size_t k = 0; k < findings.count; k++)
            if (findings.at[k].rule != rule)
                fail_msg("%s speaks on the sick example of %s: %s", findings.at[k].rule->code, rule->code,
                         findings.at[k].sentence);
        record(&run, rule->healthy, &findings);
        rules_judge(&run, &findings);
        if (findings.count)
            fail_msg("%s speaks on the healthy example of %s: %s", findings.at[0].rule->code, rule->code,
                     findings.at[0].sentence);
    }
}

static void empty_record_asks_nothing(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, NULL, &findings);
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 0);
    assert_int_equal(findings.asked, 0);
    assert_int_equal(findings.not_asked, rule_catalog.count);
}

/* Tables with rows that hold nothing at all are read without harm. */
static void blank_rows_survive(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, NULL, &findings);
    *run_add_split(&run) = (struct split_record){.name = "train"};
    *run_add_column(&run) = (struct column_record){.split = "train", .name = "x", .kind = "numeric"};
    *run_add_layer(&run) = (struct layer_record){.name = "fc1"};
    run_set_number(&run, "train/batch_size", (double)NAN);
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 0);
    assert_true(findings.asked > 0);
}

static void check_lines(const struct rule *rule, const char *text)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (length > LINE_MOST)
            fail_msg("%s: a line of its explanation is %zu columns wide", rule->code, length);
        line += length + (line[length] == '\n');
    }
}

static void explanations(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const struct rule *rule = rule_at(i);
        const struct entry *entry = &rule->entry;
        if (!strstr(entry->explain, "What it means\n") || !strstr(entry->explain, "How it is decided\n") ||
            !strstr(entry->explain, "Known false alarms\n") || strstr(entry->explain, "_LIMIT"))
            fail_msg("%s: its explanation lacks a section", rule->code);
        if (!rule->next || !rule->next[0])
            fail_msg("%s says nothing to try", rule->code);
        if (!*entry->summary || strlen(entry->summary) > 72)
            fail_msg("%s: its summary is empty or long", rule->code);
        check_lines(rule, entry->explain);
        for (const char *const *next = rule->next; *next; next++)
            if (strlen(*next) > 120)
                fail_msg("%s: a line to try is long", rule->code);
    }
}

static void codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const struct rule *rule = rule_at(i);
        assert_int_equal(strlen(rule->code), 5);
        assert_int_equal(strncmp(rule->code, "ML", 2), 0);
        assert_ptr_equal(rule_find(rule->code), rule);
        assert_ptr_equal(rule_find(rule->entry.name), rule);
        assert_null(refusal_find(rule->code));
        for (const char *const *code = rule->causes; code && *code; code++)
            if (!rule_find(*code))
                fail_msg("%s causes %s, which is no rule", rule->code, *code);
    }
    assert_ptr_equal(rule_find("ml301"), rule_find("ML301"));
    assert_null(rule_find("ML999"));
    assert_non_null(refusal_find("ML101"));
}

/* ---- Broken rules, to see that the harness notices. ---- */

static void silent(const struct rule *rule, const struct run *run, struct findings *findings)
{
    (void)rule, (void)run, (void)findings;
}

static void loud(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct finding *finding = findings_add(findings, rule, "loss is %g", run_number(run, "broken/loss"));
    finding_evidence(finding, "broken/loss", 1, 0, -1);
}

/* The comparison the wrong way round: NaN counts as sick. */
static void fooled(const struct rule *rule, const struct run *run, struct findings *findings)
{
    double loss = run_number(run, "broken/loss");
    if (!(loss <= 1))
        finding_evidence(findings_add(findings, rule, "loss is %g, limit 1", loss), "broken/loss", loss, 1,
                         -1);
}

static void broken_sick(struct run *run)
{
    run_set_number(run, "broken/loss", 2);
}

static void broken_healthy(struct run *run)
{
    run_set_number(run, "broken/loss", 0);
}

static struct rule broken(void (*check)(const struct rule *, const struct run *, struct findings *))
{
    static const char *const reads[] = {"broken/loss", NULL};
    return (struct rule){.entry = {"broken", "Broken", "Broken"},
                         .code = "ML999",
                         .severity = SEVERITY_ERROR,
                         .reads = reads,
                         .check = check,
                         .sick = broken_sick,
                         .healthy = broken_healthy};
}

static void broken_rules_are_noticed(void **state)
{
    struct rule rule = broken(silent);

    (void)state;
    assert_string_equal(fault_of(&rule), "is silent on its sick example");
    rule = broken(loud);
    assert_string_equal(fault_of(&rule), "speaks on its healthy example");
    rule = broken(fooled);
    assert_string_equal(fault_of(&rule), "decides by a number that is NaN");
    rule.sick = broken_healthy;
    assert_string_equal(fault_of(&rule), "is silent on its sick example");
}

/* ---- Order and causes. ---- */

static void causes_come_first(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, rule_find("ML307")->sick, &findings);
    rule_find("ML401")->sick(&run);
    rule_find("ML209")->sick(&run);
    rule_find("ML208")->sick(&run);
    run_set_text(&run, "overfit/stopped", "nonfinite");
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 4);
    assert_string_equal(findings.at[0].rule->code, "ML307");
    assert_string_equal(findings.at[1].rule->code, "ML401");
    assert_ptr_equal(findings.at[1].cause, findings.at[0].rule);
    assert_string_equal(findings.at[2].rule->code, "ML208");
    assert_string_equal(findings.at[3].rule->code, "ML209");
    assert_null(findings.at[0].cause);
    assert_int_equal(findings_count(&findings, SEVERITY_ERROR), 2);
    assert_int_equal(findings_count(&findings, SEVERITY_WARNING), 3);
    assert_int_equal(findings_count(&findings, SEVERITY_NOTE), 4);
}

/* A consequence stands behind its cause, before what is as mild as itself. */
static void consequences_follow(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, rule_find("ML201")->sick, &findings);
    rule_find("ML211")->sick(&run);
    rule_find("ML310")->sick(&run);
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 3);
    assert_string_equal(findings.at[0].rule->code, "ML211");
    assert_string_equal(findings.at[1].rule->code, "ML310");
    assert_string_equal(findings.at[2].rule->code, "ML201");
}

static void experiments_speak_first(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, rule_find("ML201")->sick, &findings);
    rule_find("ML310")->sick(&run);
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 2);
    assert_string_equal(findings.at[0].rule->code, "ML310");
}

/* What to try first depends on what was seen. */
static void advice_fits_the_finding(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, rule_find("ML401")->sick, &findings);
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].next, "set optimizer.lr 10 times smaller");
    run_set_number(&run, "overfit/nonfinite/step", 0);
    run_set_number(&run, "overfit/nonfinite/sample", 3);
    findings_init(&findings, &arena);
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].next, "look at that row of the data");
    record(&run, rule_find("ML309")->sick, &findings);
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].next, "give it more steps: --steps 1000");
}

/* A float gradient that is no number is an error; one of few digits is a warning. */
static void a_lost_float_gradient_is_an_error(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, rule_find("ML404")->sick, &findings);
    rules_judge(&run, &findings);
    assert_int_equal(findings.at[0].severity, SEVERITY_WARNING);
    run_set_number(&run, "gradcheck/float_error", (double)NAN);
    findings_init(&findings, &arena);
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.at[0].severity, SEVERITY_ERROR);
}

/* ---- Shapes of curves beyond the examples. ---- */

static const double CHANCE = 2.302585092994046;

static double wave(double phase)
{
    return sin(phase);
}

static double far_start_then_chance(int64_t step)
{
    return CHANCE + 50 * exp(-(double)step / 5);
}

static double stuck_far_above(int64_t step)
{
    return 16.1 + 0 * (double)step;
}

static double spike_then_half(int64_t step)
{
    return step == 3 ? 900 : 1.0 + 0 * (double)step;
}

static double spike_then_chance(int64_t step)
{
    return step == 3 ? 900 : CHANCE;
}

static double nan_without_growth(int64_t step)
{
    return step < 30 ? CHANCE - 0.01 * (double)step : (double)NAN;
}

static double growth_then_nan(int64_t step)
{
    return step < 30 ? CHANCE * exp((double)step / 3) : (double)NAN;
}

static double falls_and_comes_back(int64_t step)
{
    return step < 100 ? 2.3 - 0.02 * (double)step : 0.3 + 0.02 * (double)(step - 100);
}

static double swings_while_falling(int64_t step)
{
    return 2.3 - 0.007 * (double)step + 0.02 * wave((double)step);
}

static double slow_waves(int64_t step)
{
    return 1.2 + 0.7 * wave((double)step / 4);
}

static double one_point(int64_t step)
{
    return CHANCE + 0 * (double)step;
}

static void fill(struct run *run, double (*loss)(int64_t step), int64_t last)
{
    for (int64_t step = 0; step <= last; step++) {
        series_add(run, run_series(run, "overfit/loss"), step, loss(step));
        series_add(run, run_series(run, "overfit/accuracy"), step, 0.1);
        series_add(run, run_series(run, "overfit/gradient_norm"), step, 0.1);
    }
    run_set_number(run, "overfit/chance", CHANCE);
    run_set_number(run, "overfit/floor", 0);
    run_set_number(run, "overfit/reached", -1);
    run_set_text(run, "overfit/stopped", "budget");
}

static void shapes_exclude_each_other(void **state)
{
    static const struct {
        const char *name;
        double (*loss)(int64_t step);
        int64_t last;
        const char *code; /* "": none */
    } cases[] = {
        {"far start, then chance", far_start_then_chance, 200, "ML301"},
        {"stuck far above", stuck_far_above, 200, "ML303"},
        {"one spike, then better than chance", spike_then_half, 200, "ML303"},
        {"one spike, then chance", spike_then_chance, 200, "ML307"},
        {"NaN without growth", nan_without_growth, 200, ""},
        {"growth, then NaN", growth_then_nan, 200, "ML307"},
        {"falls and comes back", falls_and_comes_back, 200, "ML306"},
        {"swings while falling", swings_while_falling, 200, "ML309"},
        {"slow waves", slow_waves, 200, "ML308"},
        {"one point", one_point, 0, "ML301"},
        {"five points", one_point, 4, "ML301"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct findings findings;
        struct run run;

        record(&run, NULL, &findings);
        fill(&run, cases[i].loss, cases[i].last);
        rules_judge(&run, &findings);
        const char *code = findings.count ? findings.at[0].rule->code : "";
        if (strcmp(code, cases[i].code) != 0 || findings.count > 1)
            fail_msg("%s: found %s (%zu findings), expected %s", cases[i].name, code, findings.count,
                     cases[i].code);
    }
}

static void no_gradient_is_dead(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, NULL, &findings);
    fill(&run, one_point, 200);
    struct series *gradient = run_series(&run, "overfit/gradient_norm");
    for (size_t i = 0; i < gradient->count; i++)
        gradient->value[i] = 0;
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 1);
    assert_string_equal(findings.at[0].rule->code, "ML304");
}

static void interrupted_runs_are_not_judged(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, NULL, &findings);
    fill(&run, one_point, 200);
    run_set_text(&run, "overfit/stopped", "interrupted");
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 0);
}

/* A layer is found by the parameter's path, and the longest name wins. */
static void findings_know_their_place(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, rule_find("ML402")->sick, &findings);
    *run_add_layer(&run) = (struct layer_record){.name = "fc", .place = {.line = 3}};
    *run_add_layer(&run) = (struct layer_record){.name = "fc1", .place = {.line = 4}};
    *run_add_layer(&run) = (struct layer_record){.name = "fc11", .place = {.line = 5}};
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 1);
    assert_int_equal(findings.at[0].place.line, 4);
    assert_string_equal(findings.at[0].subject, "fc1/weight");
}

static void images_may_have_constant_columns(void **state)
{
    static const char config[] = "{\"data\": {\"input_shape\": [1, 8, 8]}}";
    struct findings findings;
    struct json *document;
    struct run run;

    (void)state;
    record(&run, rule_find("ML201")->sick, &findings);
    assert_true(json_parse(&arena, "config", config, sizeof config - 1, &document, NULL));
    run.config = document;
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 1); /* one of two */
    findings_init(&findings, &arena);
    *run_add_column(&run) =
        (struct column_record){.split = "train", .name = "b", .kind = "numeric", .count = 9, .distinct = 3};
    rules_judge(&run, &findings);
    assert_int_equal(findings.count, 0); /* one of three */
}

/* What can be cured is a root cause, by one to three changes. */
static void remedies_are_of_causes(void **state)
{
    (void)state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        const struct rule *rule = rule_at(i);
        int count = 0;

        while (rule->remedies && rule->remedies[count])
            count++;
        if (rule->remedies && (count < 1 || count > 3))
            fail_msg("%s has %d remedies", rule->code, count);
        if (rule->remedies && rule->category == CATEGORY_none)
            fail_msg("%s has remedies, and no category", rule->code);
        /* What is wrong with data may do harm without keeping a network from learning. */
        if (rule->category != CATEGORY_none && rule->severity == SEVERITY_WARNING && rule->code[2] != '2')
            fail_msg("%s is neither certain nor a suspicion", rule->code);
    }
}

/* ---- A proof in the record. ---- */

/* A training that fails, with a suspicion (ML218), a certain finding (ML112) and symptoms. */
static void failing(struct run *run, struct findings *findings)
{
    record(run, rule_find("ML390")->sick, findings);
    rule_find("ML218")->sick(run);
    fill(run, one_point, 200);
    run_set_number(run, "proof/runs", 3);
    run_set_text(run, "proof/change", "%s", "standardise-inputs");
}

static void proved(struct run *run, const char *cause, const char *subject, const char *sentence)
{
    run_set_text(run, "proof/form", "%s", *sentence ? "single" : "none");
    run_set_text(run, "proof/cause", "%s", cause);
    run_set_text(run, "proof/subject", "%s", subject);
    run_set_text(run, "proof/category", "%s", "normalization");
    run_set_text(run, "proof/sentence", "%s", sentence);
}

static const struct finding *found(const struct findings *findings, const char *code)
{
    for (size_t i = 0; i < findings->count; i++)
        if (strcmp(findings->at[i].rule->code, code) == 0)
            return &findings->at[i];
    fail_msg("%s is not found", code);
    return NULL;
}

static void a_proved_suspicion_is_the_cause(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    failing(&run, &findings);
    rules_judge(&run, &findings);
    assert_int_equal(found(&findings, "ML218")->severity, SEVERITY_NOTE);
    assert_null(found(&findings, "ML390")->cause);
    const char *subject = found(&findings, "ML218")->subject;

    proved(&run, "ML218", subject, "with inputs scaled it learns");
    findings_clear(&findings);
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].rule->code, "ML218");
    assert_int_equal(findings.at[0].severity, SEVERITY_ERROR);
    assert_string_equal(findings.at[0].proof, "with inputs scaled it learns");
    assert_null(findings.at[0].cause);
    assert_ptr_equal(found(&findings, "ML390")->cause, findings.at[0].rule);
    assert_ptr_equal(found(&findings, "ML301")->cause, findings.at[0].rule);
    /* The verdict speaks what was seen; the cause stands below it. */
    assert_ptr_equal(findings_spoken(&findings, SEVERITY_ERROR)->cause, findings.at[0].rule);
    /* The record says it, so it is the same every time. */
    struct findings again;
    findings_init(&again, &arena);
    rules_judge(&run, &again);
    assert_int_equal(again.count, findings.count);
    for (size_t i = 0; i < again.count; i++) {
        assert_ptr_equal(again.at[i].rule, findings.at[i].rule);
        assert_int_equal(again.at[i].severity, findings.at[i].severity);
        assert_ptr_equal(again.at[i].cause, findings.at[i].cause);
        assert_string_equal(again.at[i].sentence, findings.at[i].sentence);
    }
}

static void other_suspicions_stay_notes(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    failing(&run, &findings);
    rule_find("ML117")->sick(&run);
    proved(&run, "ML117", "optimizer.lr", "with ten times the rate it learns");
    rules_judge(&run, &findings);
    assert_int_equal(found(&findings, "ML117")->severity, SEVERITY_ERROR);
    assert_int_equal(found(&findings, "ML218")->severity, SEVERITY_NOTE);
    assert_null(found(&findings, "ML218")->proof);
    /* A suspicion explains nothing, though its rule says that it can. */
    for (size_t i = 0; i < findings.count; i++)
        assert_true(!findings.at[i].cause || strcmp(findings.at[i].cause->code, "ML218") != 0);
    /* Another subject is another finding. */
    proved(&run, "ML117", "optimizer.momentum", "with ten times the rate it learns");
    findings_clear(&findings);
    rules_judge(&run, &findings);
    assert_int_equal(found(&findings, "ML117")->severity, SEVERITY_NOTE);
}

static void what_no_rule_suspected_is_the_cause_too(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    failing(&run, &findings);
    proved(&run, "", "", "with inputs scaled it learns");
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].rule->code, "ML391");
    assert_ptr_equal(found(&findings, "ML390")->cause, findings.at[0].rule);
    assert_ptr_equal(found(&findings, "ML301")->cause, findings.at[0].rule);
    assert_int_equal(found(&findings, "ML218")->severity, SEVERITY_NOTE);
}

static void a_certain_cause_needs_no_proof(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    failing(&run, &findings);
    run_set_number(&run, "train/rate", -0.01);
    proved(&run, "ML112", "optimizer.lr", "");
    rules_judge(&run, &findings);
    assert_string_equal(findings.at[0].rule->code, "ML112");
    assert_null(findings.at[0].proof);
    assert_ptr_equal(found(&findings, "ML390")->cause, findings.at[0].rule);
    assert_ptr_equal(found(&findings, "ML301")->cause, findings.at[0].rule);
}

static void spoken_is_what_was_seen(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    record(&run, NULL, &findings);
    rules_judge(&run, &findings);
    assert_null(findings_spoken(&findings, SEVERITY_NOTE));
    rule_find("ML112")->sick(&run);
    rules_judge(&run, &findings);
    /* Nothing was seen of a training: the cause itself. */
    assert_string_equal(findings_spoken(&findings, SEVERITY_ERROR)->rule->code, "ML112");
    fill(&run, one_point, 200);
    findings_clear(&findings);
    rules_judge(&run, &findings);
    assert_string_equal(findings_spoken(&findings, SEVERITY_ERROR)->rule->code, "ML301");
    failing(&run, &findings);
    rules_judge(&run, &findings);
    findings_drop_suspicions(&findings);
    for (size_t i = 0; i < findings.count; i++)
        findings.at[i].severity = SEVERITY_WARNING;
    assert_null(findings_spoken(&findings, SEVERITY_ERROR));
    assert_non_null(findings_spoken(&findings, SEVERITY_WARNING));
}

static void what_is_taken_away_explains_nothing(void **state)
{
    struct findings findings;
    struct run run;

    (void)state;
    failing(&run, &findings);
    run_set_number(&run, "train/rate", -0.01);
    rules_judge(&run, &findings);
    assert_ptr_equal(found(&findings, "ML301")->cause, rule_find("ML112"));
    size_t before = findings.count;
    findings_drop_suspicions(&findings);
    assert_int_equal(findings.count, before - 1);
    assert_ptr_equal(found(&findings, "ML301")->cause, rule_find("ML112"));
    for (size_t i = 0; i < findings.count; i++)
        if (strcmp(findings.at[i].rule->code, "ML112") == 0)
            findings.at[i].severity = SEVERITY_NOTE;
    findings_drop_notes(&findings);
    assert_null(found(&findings, "ML301")->cause);
    assert_int_equal(findings_count(&findings, SEVERITY_NOTE), findings_count(&findings, SEVERITY_WARNING));
}

/* By code in any case, or by name; and clearing keeps it. */
static void ignored_rules_are_not_asked(void **state)
{
    static const char *const names[] = {"ML218", "ml301", "rate-not-positive"};
    struct findings all, some;
    struct run run;

    (void)state;
    failing(&run, &all);
    run_set_number(&run, "train/rate", -0.01);
    rules_judge(&run, &all);
    findings_init(&some, &arena);
    some.ignored = (struct texts){3, names};
    for (int round = 0; round < 2; round++) {
        findings_clear(&some);
        rules_judge(&run, &some);
        assert_int_equal(some.count, all.count - 3);
        assert_int_equal(some.asked + some.not_asked, rule_catalog.count - 3);
        for (size_t i = 0; i < some.count; i++) {
            assert_ptr_not_equal(some.at[i].rule, rule_find("ML112"));
            assert_ptr_not_equal(some.at[i].cause, rule_find("ML112"));
        }
    }
    /* A cause that is named in the record and ignored is no finding, and nothing is blamed on it. */
    proved(&run, "ML218", found(&all, "ML218")->subject, "with inputs scaled it learns");
    findings_clear(&some);
    rules_judge(&run, &some);
    assert_int_equal(findings_count(&some, SEVERITY_ERROR), findings_count(&all, SEVERITY_ERROR) - 2);
    assert_null(found(&some, "ML390")->cause);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(examples, setup, teardown),
        cmocka_unit_test_setup_teardown(examples_wake_no_other_rule, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_record_asks_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(blank_rows_survive, setup, teardown),
        cmocka_unit_test_setup_teardown(explanations, setup, teardown),
        cmocka_unit_test_setup_teardown(codes, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_rules_are_noticed, setup, teardown),
        cmocka_unit_test_setup_teardown(causes_come_first, setup, teardown),
        cmocka_unit_test_setup_teardown(consequences_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(experiments_speak_first, setup, teardown),
        cmocka_unit_test_setup_teardown(advice_fits_the_finding, setup, teardown),
        cmocka_unit_test_setup_teardown(shapes_exclude_each_other, setup, teardown),
        cmocka_unit_test_setup_teardown(no_gradient_is_dead, setup, teardown),
        cmocka_unit_test_setup_teardown(interrupted_runs_are_not_judged, setup, teardown),
        cmocka_unit_test_setup_teardown(findings_know_their_place, setup, teardown),
        cmocka_unit_test_setup_teardown(images_may_have_constant_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_float_gradient_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(remedies_are_of_causes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_proved_suspicion_is_the_cause, setup, teardown),
        cmocka_unit_test_setup_teardown(other_suspicions_stay_notes, setup, teardown),
        cmocka_unit_test_setup_teardown(what_no_rule_suspected_is_the_cause_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_certain_cause_needs_no_proof, setup, teardown),
        cmocka_unit_test_setup_teardown(spoken_is_what_was_seen, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_taken_away_explains_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(ignored_rules_are_not_asked, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
