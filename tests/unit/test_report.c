/* Reports: what the text says and how wide it is, that every JSON document obeys the schema, tables and
 * wrapping. */
#include "check.h"
#include "schema_check.h"

#include <mldbg/report.h>

struct fixture {
    struct arena arena;
    struct run run;
    struct findings findings;
    struct report report;
    struct text out;
};

static int setup(void **state)
{
    static struct fixture fixture;
    arena_init(&fixture.arena, "test");
    run_init(&fixture.run, &fixture.arena, "overfit");
    fixture.run.config_path = "sick.json";
    findings_init(&fixture.findings, &fixture.arena);
    text_init(&fixture.out, &fixture.arena);
    fixture.report = (struct report){
        .command = "overfit",
        .subject = "digits",
        .headline = "digits · one batch of 32 · adam lr 0.001 · seed 1",
        .body = "  step   loss\n     0   2.30\n",
        .judged = true,
        .outcome = OUTCOME_PASS,
        .verdict = "memorized at step 61: loss 0.02, floor 0",
        .next = "",
        .run = &fixture.run,
        .findings = &fixture.findings,
    };
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    arena_release(&fixture->arena);
    return 0;
}

static const char *as_text(struct fixture *fixture, bool color)
{
    fixture->out.length = 0;
    format_text.write(&fixture->report, &fixture->out, color);
    return fixture->out.at;
}

static void judge(struct fixture *fixture, const char *code)
{
    rule_find(code)->sick(&fixture->run);
    findings_init(&fixture->findings, &fixture->arena);
    rules_judge(&fixture->run, &fixture->findings);
}

static void fails_with_lead(struct fixture *fixture, const char *code)
{
    judge(fixture, code);
    fixture->report.outcome = OUTCOME_FAIL;
    fixture->report.verdict = fixture->findings.at[0].sentence;
    fixture->report.next = fixture->findings.at[0].rule->next[0];
}

static void check_width(const char *text)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        struct arena arena;
        arena_init(&arena, "line");
        const char *copy = arena_copy(&arena, line, length);
        if (text_columns(copy) > REPORT_COLUMNS)
            fail_msg("%zu columns: %s", text_columns(copy), copy);
        if (length && line[length - 1] == ' ')
            fail_msg("blanks at the end of: %s", copy);
        arena_release(&arena);
        line += length + (line[length] == '\n');
    }
}

static void pass_is_short(void **state)
{
    assert_string_equal(as_text(*state, false), "overfit  digits · one batch of 32 · adam lr 0.001 · seed 1\n"
                                                "\n"
                                                "  step   loss\n"
                                                "     0   2.30\n"
                                                "\n"
                                                "PASS  memorized at step 61: loss 0.02, floor 0\n");
}

static void fail_names_code_and_next(void **state)
{
    struct fixture *fixture = *state;
    fails_with_lead(fixture, "ML301");
    const char *text = as_text(fixture, false);
    const char *verdict = strstr(text, "FAIL  plateau at chance: ");
    assert_non_null(verdict);
    const char *code = strstr(verdict, "ML301");
    assert_true(code && code - verdict == REPORT_COLUMNS - 5);
    assert_non_null(strstr(text, "\n  next      look for softmax or sigmoid"));
    assert_non_null(strstr(text, "\n  more      mldbg explain ML301\n"));
    assert_null(strstr(text, "\n  error "));
    check_width(text);
}

/* A consequence is named under its root, whichever of the two the verdict speaks. */
static void one_cause_leads(void **state)
{
    struct fixture *fixture = *state;
    rule_find("ML401")->sick(&fixture->run);
    fails_with_lead(fixture, "ML307");
    assert_non_null(strstr(as_text(fixture, false), "\n  explains  ML401 nonfinite\n"));
    fixture->report.verdict = fixture->findings.at[1].sentence;
    const char *text = as_text(fixture, false);
    assert_non_null(strstr(text, "\n  cause     explodes: "));
    assert_non_null(strstr(text, "mldbg explain ML307"));
    assert_null(strstr(text, "explains"));
    check_width(text);
}

static void pass_lists_other_findings(void **state)
{
    struct fixture *fixture = *state;
    judge(fixture, "ML204");
    const char *text = as_text(fixture, false);
    assert_non_null(strstr(text, "PASS  memorized"));
    assert_non_null(strstr(text, "\n\n  warning   30 rows of val"));
    assert_non_null(strstr(text, "ML204\n"));
    check_width(text);
}

static void every_finding_fits_the_terminal(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < rule_catalog.count; i++) {
        run_init(&fixture->run, &fixture->arena, "overfit");
        fails_with_lead(fixture, ENTRY_OF(rule_catalog.at[i], struct rule)->code);
        check_width(as_text(fixture, false));
        fixture->report.verdict = "something else";
        check_width(as_text(fixture, false));
    }
}

static void places_are_shown(void **state)
{
    struct fixture *fixture = *state;
    *run_add_layer(&fixture->run) =
        (struct layer_record){.name = "fc1", .place = {.file = "sick.json", .line = 14, .column = 7}};
    fails_with_lead(fixture, "ML402");
    assert_non_null(strstr(as_text(fixture, false), "(sick.json:14:7)"));
}

static void color_only_if_asked(void **state)
{
    struct fixture *fixture = *state;
    fails_with_lead(fixture, "ML301");
    assert_null(strchr(as_text(fixture, false), '\033'));
    size_t plain = strlen(as_text(fixture, false));
    const char *colored = as_text(fixture, true);
    assert_non_null(strstr(colored, "\033[1;31mFAIL\033[0m"));
    assert_true(strlen(colored) > plain);
}

/* Names come from files; an escape sequence in one must not reach the terminal. */
static void foreign_names_are_made_harmless(void **state)
{
    struct fixture *fixture = *state;
    fixture->report.headline = "evil\033[2Jname";
    fixture->report.verdict = "column \"a\nb\" is odd";
    const char *text = as_text(fixture, false);
    assert_null(strchr(text, '\033'));
    assert_non_null(strstr(text, "column \"a\\nb\" is odd"));
}

static struct json *parsed(struct fixture *fixture)
{
    struct json *document = NULL;
    struct error err = {0};
    if (!json_parse(&fixture->arena, "document", fixture->out.at, fixture->out.length, &document, &err))
        fail_msg("column %lld: %s", (long long)err.column, err.sentence);
    return document;
}

static const char *fault_of(struct fixture *fixture, const struct json *document)
{
    const struct json *schema = report_schema(&fixture->arena);
    const char *why = NULL;
    return schema_holds(&fixture->arena, schema, schema, document, &why) ? NULL : why;
}

static void check_document(struct fixture *fixture)
{
    const char *fault = fault_of(fixture, parsed(fixture));
    if (fault)
        fail_msg("%s", fault);
}

static void json_obeys_the_schema(void **state)
{
    struct fixture *fixture = *state;
    format_json.write(&fixture->report, &fixture->out, false);
    check_document(fixture);
    for (size_t i = 0; i < rule_catalog.count; i++) {
        run_init(&fixture->run, &fixture->arena, "overfit");
        fails_with_lead(fixture, ENTRY_OF(rule_catalog.at[i], struct rule)->code);
        fixture->out.length = 0;
        format_json.write(&fixture->report, &fixture->out, false);
        check_document(fixture);
    }
}

/* A change that cures stands in the table: then the line above it does not say that nothing does. */
static void what_cures_is_not_denied(void **state)
{
    struct fixture *fixture = *state;
    struct run *run = &fixture->run;

    judge(fixture, "ML143");
    run_set_number(run, "proof/runs", 1);
    run_set_text(run, "proof/1/words", "optimizer.lr: 0.001 -> 0.1");
    run_set_text(run, "proof/1/result", "no");
    assert_non_null(strstr(as_text(fixture, false), "nothing cures"));
    run_set_text(run, "proof/1/result", "cures");
    assert_null(strstr(as_text(fixture, false), "nothing cures"));
    assert_non_null(strstr(as_text(fixture, false), "no remedy of this"));
}

/* What decompose proposes: a number, a list, something to take out and something to put in. */
static void remedies_obey_the_schema(void **state)
{
    struct fixture *fixture = *state;
    static const char text[] =
        "[{\"words\": \"more\", \"patch\": [{\"path\": \"train.epochs\", \"value\": 45}, "
        "{\"path\": \"optimizer.betas\", \"value\": [0.9, 0.99]}, "
        "{\"path\": \"init\", \"remove\": true}, "
        "{\"path\": \"model[2]\", \"value\": {\"type\": \"relu\"}, \"insert\": true}]}]";
    struct json *remedies = NULL;
    struct error err = {0};

    assert_true(json_parse(&fixture->arena, "remedies", text, strlen(text), &remedies, &err));
    fixture->run.remedies = remedies;
    format_json.write(&fixture->report, &fixture->out, false);
    check_document(fixture);
}

static void json_says_nan(void **state)
{
    struct fixture *fixture = *state;
    fails_with_lead(fixture, "ML401");
    fixture->run.seed = UINT64_MAX;
    format_json.write(&fixture->report, &fixture->out, false);
    check_document(fixture);
    const struct json *document = parsed(fixture);
    assert_string_equal(json_get(document, "schema_version")->string, "1");
    assert_string_equal(json_get(document, "outcome")->string, "FAIL");
    const struct json *facts = json_get(json_get(document, "run"), "facts");
    assert_string_equal(json_get(facts, "overfit/nonfinite/value")->string, "nan");
    assert_string_equal(json_get(json_at(json_get(document, "findings"), 0), "code")->string, "ML401");
    assert_int_equal(fixture->out.at[fixture->out.length - 1], '\n');
    assert_ptr_equal(strchr(fixture->out.at, '\n'), fixture->out.at + fixture->out.length - 1);
}

static void refusals_obey_the_schema(void **state)
{
    struct fixture *fixture = *state;
    struct problems problems;
    problems_init(&problems, &fixture->arena);
    struct error *err =
        problems_at(&problems, ERROR_REQUEST, "ML101", (struct place){"a.json", 3, 4, 5}, "no");
    fail_hint(err, "yes");
    problems_at(&problems, ERROR_MACHINE, "", (struct place){0}, "disk full");
    report_refusal("check", &problems, &fixture->out);
    check_document(fixture);
    const struct json *errors = json_get(parsed(fixture), "errors");
    assert_string_equal(json_get(json_at(errors, 0), "hint")->string, "yes");
    assert_string_equal(json_get(json_at(errors, 1), "kind")->string, "machine");
}

/* The checker itself: a document with a member too many, and one too few. */
static void the_schema_can_fail(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = &fixture->arena;
    format_json.write(&fixture->report, &fixture->out, false);
    struct json *document = parsed(fixture);
    assert_null(fault_of(fixture, document));
    json_add_string(document, "surprise", "x", arena);
    assert_non_null(fault_of(fixture, document));
    document = parsed(fixture);
    json_set(arena, document, "asked", NULL);
    assert_non_null(fault_of(fixture, document));
    document = parsed(fixture);
    json_set(arena, document, "run.facts.x", json_array(arena));
    assert_non_null(fault_of(fixture, document));
}

static void tables_line_up(void **state)
{
    struct fixture *fixture = *state;
    struct grid grid;
    grid_init(&grid, &fixture->arena, 3, "lrl");
    grid_row(&grid, (const char *[]){"name", "n", ""});
    grid_row(&grid, (const char *[]){"é", "1,000", "x\ty"});
    grid_print(&grid, &fixture->out, 2);
    assert_string_equal(fixture->out.at, "  name       n\n"
                                         "  é      1,000   x\\ty\n");
}

static void words_wrap(void **state)
{
    struct fixture *fixture = *state;
    text_add(&fixture->out, "  key  ");
    text_wrap(&fixture->out,
              "aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg hhhhhhhhh iiiiiiiii", 7);
    assert_string_equal(fixture->out.at,
                        "  key  aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff ggggggggg\n"
                        "       hhhhhhhhh iiiiiiiii\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pass_is_short, setup, teardown),
        cmocka_unit_test_setup_teardown(fail_names_code_and_next, setup, teardown),
        cmocka_unit_test_setup_teardown(one_cause_leads, setup, teardown),
        cmocka_unit_test_setup_teardown(pass_lists_other_findings, setup, teardown),
        cmocka_unit_test_setup_teardown(every_finding_fits_the_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(places_are_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(color_only_if_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(foreign_names_are_made_harmless, setup, teardown),
        cmocka_unit_test_setup_teardown(json_obeys_the_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cures_is_not_denied, setup, teardown),
        cmocka_unit_test_setup_teardown(remedies_obey_the_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(json_says_nan, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals_obey_the_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(the_schema_can_fail, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_line_up, setup, teardown),
        cmocka_unit_test_setup_teardown(words_wrap, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
