/* Reports for CI servers: whatever stands in sentences and names, the format stays what it is. */
#include "check.h"

#include <mldbg/report.h>

/* All that could break out: commands of the runner, markup, entities, controls, bytes that are no UTF-8. */
static const char HOSTILE[] =
    "a\n::error::b\r\x1b[31m\x01 <i>&\"'|`*[x](y)##[add-mask]c%0A \xff\xef\xbf\xbf,:";

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
    fixture.report = (struct report){.command = "overfit",
                                     .subject = "digits",
                                     .headline = "",
                                     .body = "",
                                     .judged = true,
                                     .outcome = OUTCOME_PASS,
                                     .verdict = "all is well",
                                     .next = "",
                                     .run = &fixture.run,
                                     .findings = &fixture.findings};
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    arena_release(&((struct fixture *)*state)->arena);
    return 0;
}

static const char *write(struct fixture *fixture, const struct format *format)
{
    fixture->out.length = 0;
    format->write(&fixture->report, &fixture->out, false);
    return fixture->out.at;
}

static struct finding *add(struct fixture *fixture, const char *code, const char *sentence, int64_t line)
{
    struct finding *finding = findings_add(&fixture->findings, rule_find(code), "%s", sentence);

    finding->place = (struct place){"a,b:c%.json", line, 7, 0};
    return finding;
}

static void make_hostile(struct fixture *fixture)
{
    fixture->report.subject = fixture->report.verdict = fixture->report.next = HOSTILE;
    fixture->report.outcome = OUTCOME_FAIL;
    add(fixture, "ML303", HOSTILE, 12)->next = HOSTILE;
}

static void annotations_point_at_the_config(void **state)
{
    struct fixture *fixture = *state;

    add(fixture, "ML303", "50 % of it, is: bad", 12)->next = "";
    add(fixture, "ML309", "a warning", 0)->next = "do this";
    fixture->report.outcome = OUTCOME_FAIL;
    fixture->report.verdict = "it is bad";
    assert_string_equal(
        write(fixture, &format_github),
        "::error file=a%2Cb%3Ac%25.json,line=12,col=7,title=ML303 plateau-partial::50 %25 of it, "
        "is: bad\n"
        "::warning file=sick.json,line=1,title=ML309 too-slow::a warning%0Anext: do this\n"
        "mldbg overfit  digits  FAIL  it is bad\n");
}

static void a_failure_without_findings_is_annotated(void **state)
{
    struct fixture *fixture = *state;

    fixture->report.outcome = OUTCOME_INCONCLUSIVE;
    assert_int_equal(
        strncmp(write(fixture, &format_github), "::warning file=sick.json,line=1,title=INCONCLUSIVE::", 52),
        0);
    fixture->report.outcome = OUTCOME_FAIL;
    assert_int_equal(
        strncmp(write(fixture, &format_github), "::error file=sick.json,line=1,title=FAIL::", 42), 0);
    fixture->report.outcome = OUTCOME_PASS;
    assert_string_equal(write(fixture, &format_github), "mldbg overfit  digits  PASS  all is well\n");
}

static void ten_annotations_of_a_kind(void **state)
{
    struct fixture *fixture = *state;
    const char *out;
    int lines = 0;

    for (int i = 0; i < 14; i++)
        add(fixture, "ML303", "bad", 1)->next = "";
    out = write(fixture, &format_github);
    for (const char *at = out; (at = strstr(at, "::error")) != NULL; at++)
        lines++;
    assert_int_equal(lines, 10);
    assert_non_null(strstr(out, "\n14 findings of severity error, of which the first 10 are shown\n"));
}

/* Only lines that the format makes itself begin with "::", and the older "##[" stands in no plain line. */
static void text_from_files_gives_no_command(void **state)
{
    struct fixture *fixture = *state;

    make_hostile(fixture);
    for (const char *line = write(fixture, &format_github); *line; line += strcspn(line, "\n") + 1) {
        const char *copy = arena_copy(&fixture->arena, line, strcspn(line, "\n"));

        if (strncmp(copy, "::", 2) == 0)
            assert_int_equal(strncmp(copy, "::error file=a%2Cb%3Ac%25.json,line=12,", 39), 0);
        else
            assert_null(strstr(copy, "##["));
        assert_null(strpbrk(copy, "\r\x1b\x01"));
    }
}

static void markdown_is_no_markup(void **state)
{
    struct fixture *fixture = *state;
    const char *out;
    int rows = 0;

    make_hostile(fixture);
    out = write(fixture, &format_markdown);
    assert_null(strpbrk(out, "\r\x1b\x01"));
    assert_non_null(strstr(out, "\\<i\\>\\&\"'\\|\\`\\*\\[x\\](y)"));
    for (const char *line = out; *line; line += strcspn(line, "\n") + 1) {
        int bars = 0;

        for (const char *at = line; *at != '\n'; at++)
            bars += *at == '|' && (at == line || at[-1] != '\\');
        assert_true(bars == 0 || bars == 6);
        rows += bars == 6;
    }
    assert_int_equal(rows, 3);
    assert_true(strstr(out, "**FAIL**") < strstr(out, "| severity |"));
}

/* Elements are closed in order, and between them stands nothing that XML does not know. */
static void check_xml(const char *out)
{
    const char *open[16];
    size_t length[16];
    int depth = 0;

    for (const char *at = strchr(out + 1, '<'); at; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');

        assert_non_null(end);
        if (at[1] == '/') {
            assert_true(depth > 0);
            depth--;
            assert_int_equal(strncmp(at + 2, open[depth], length[depth]), 0);
        } else if (end[-1] != '/') {
            assert_true(depth < 16);
            open[depth] = at + 1;
            length[depth++] = strcspn(at + 1, " >");
        }
    }
    assert_int_equal(depth, 0);
    for (const char *at = out; *at; at++) {
        assert_true((unsigned char)*at >= ' ' || *at == '\n');
        if (*at == '&')
            assert_true(strchr("alqg#", at[1]) && strcspn(at, ";") < 7);
    }
    assert_null(strstr(out, "\xef\xbf\xbf"));
}

static void junit_has_a_case_each(void **state)
{
    struct fixture *fixture = *state;
    const char *out;

    add(fixture, "ML303", "bad", 12);
    add(fixture, "ML309", "a warning", 0);
    fixture->report.outcome = OUTCOME_FAIL;
    out = write(fixture, &format_junit);
    check_xml(out);
    assert_non_null(strstr(out, "tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"0\""));
    assert_non_null(strstr(out, "name=\"ML303 plateau-partial\" file=\"a,b:c%.json\" line=\"12\""));
    assert_non_null(strstr(out, "<failure type=\"ML303\" message=\"bad\">"));
    assert_non_null(strstr(out, "<system-out>warning: a warning&#10;"));
    fixture->report.outcome = OUTCOME_INCONCLUSIVE;
    fixture->findings.count = 0;
    assert_non_null(strstr(write(fixture, &format_junit), "<skipped message=\"all is well\"/>"));
    fixture->report.outcome = OUTCOME_PASS;
    out = write(fixture, &format_junit);
    assert_non_null(strstr(out, "tests=\"1\" failures=\"0\""));
    assert_null(strstr(out, "<failure"));
}

static void junit_stays_xml(void **state)
{
    struct fixture *fixture = *state;

    make_hostile(fixture);
    check_xml(write(fixture, &format_junit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(annotations_point_at_the_config, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failure_without_findings_is_annotated, setup, teardown),
        cmocka_unit_test_setup_teardown(ten_annotations_of_a_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(text_from_files_gives_no_command, setup, teardown),
        cmocka_unit_test_setup_teardown(markdown_is_no_markup, setup, teardown),
        cmocka_unit_test_setup_teardown(junit_has_a_case_each, setup, teardown),
        cmocka_unit_test_setup_teardown(junit_stays_xml, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
