/*
 * The page of format html: whatever stands in a record, it stays a page with balanced tags and the same
 * bytes; without gnuplot, and with one that is broken, it has tables.
 */
#include "check.h"

#include "../../src/report/gnuplot.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <mldbg/report.h>

static const char HOSTILE[] =
    "a\n</pre></style><script>alert(1)</script> <i onload='x'>&amp;\"'\r\x1b[31m\x01\xff \xC3\xBC";

struct fixture {
    struct arena arena;
    struct run run;
    struct findings findings;
    struct report report;
    struct text out;
    char folder[64];
};

static char *usual_path;

static int setup(void **state)
{
    static struct fixture fixture;

    arena_init(&fixture.arena, "test");
    run_init(&fixture.run, &fixture.arena, "train");
    fixture.run.config_path = "digits.json";
    findings_init(&fixture.findings, &fixture.arena);
    text_init(&fixture.out, &fixture.arena);
    fixture.report = (struct report){.command = "train",
                                     .subject = "digits",
                                     .headline = "",
                                     .body = "",
                                     .judged = true,
                                     .outcome = OUTCOME_PASS,
                                     .verdict = "all is well",
                                     .next = "",
                                     .run = &fixture.run,
                                     .findings = &fixture.findings};
    snprintf(fixture.folder, sizeof fixture.folder, "/tmp/test_page.XXXXXX");
    assert_non_null(mkdtemp(fixture.folder));
    usual_path = getenv("PATH") ? arena_print(&fixture.arena, "%s", getenv("PATH")) : NULL;
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    unlink(arena_print(&fixture->arena, "%s/gnuplot", fixture->folder));
    rmdir(fixture->folder);
    if (usual_path)
        setenv("PATH", usual_path, 1);
    arena_release(&fixture->arena);
    return 0;
}

static const char *page_of(struct fixture *fixture)
{
    text_init(&fixture->out, &fixture->arena);
    format_html.write(&fixture->report, &fixture->out, false);
    return fixture->out.at;
}

static void add_curve(struct run *run, const char *name, int64_t count)
{
    struct series *series = run_series(run, name);

    for (int64_t i = 0; i < count; i++)
        series_add(run, series, i, 2.3 / (1.0 + 0.1 * (double)i));
}

/* A program of the name gnuplot, and no other program in PATH. */
static void put_gnuplot(struct fixture *fixture, const char *script)
{
    const char *path = arena_print(&fixture->arena, "%s/gnuplot", fixture->folder);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(script, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0700), 0);
    setenv("PATH", fixture->folder, 1);
}

/* ---- Tags ---- */

enum { DEPTH_MOST = 64, TAG_MOST = 24 };

static bool is_void(const char *tag)
{
    return strcmp(tag, "meta") == 0 || strcmp(tag, "br") == 0 || strcmp(tag, "!doctype") == 0;
}

/* Every tag is closed by its own, every attribute is quoted, and no control character is in the page. */
static void check_tags(const char *page)
{
    char open[DEPTH_MOST][TAG_MOST], tag[TAG_MOST];
    int depth = 0;

    for (const char *at = page; *at; at++)
        if ((unsigned char)*at < ' ' && *at != '\n')
            fail_msg("a control character %d in the page", *at);
    for (const char *at = strchr(page, '<'); at; at = strchr(at, '<')) {
        bool closing = at[1] == '/', quoted = false, single;
        const char *end = at;
        size_t length;

        at += 1 + closing;
        length = strcspn(at, " >/");
        assert_true(length > 0 && length < TAG_MOST);
        for (size_t i = 0; i < length; i++)
            tag[i] = (char)(at[i] >= 'A' && at[i] <= 'Z' ? at[i] + 'a' - 'A' : at[i]);
        tag[length] = '\0';
        for (end = at; *end && (quoted || *end != '>'); end++) {
            quoted = quoted != (*end == '"');
            assert_true(quoted || *end != '<');
        }
        assert_true(*end == '>' && !quoted);
        single = end[-1] == '/' || is_void(tag);
        if (closing && (depth == 0 || strcmp(open[depth - 1], tag) != 0))
            fail_msg("</%s> closes <%s>", tag, depth ? open[depth - 1] : "nothing");
        if (closing)
            depth--;
        else if (!single) {
            assert_true(depth < DEPTH_MOST);
            memcpy(open[depth++], tag, sizeof tag);
        }
        at = end;
    }
    if (depth)
        fail_msg("<%s> is not closed", open[depth - 1]);
}

static size_t count_of(const char *page, const char *words)
{
    size_t count = 0;

    for (const char *at = page; (at = strstr(at, words)) != NULL; at++)
        count++;
    return count;
}

/* ---- Tests ---- */

static void nothing_breaks_out(void **state)
{
    struct fixture *fixture = *state;
    struct run *run = &fixture->run;
    struct finding *finding = findings_add(&fixture->findings, rule_find("ML303"), "%s", HOSTILE);
    struct split_record *split = run_add_split(run);
    struct layer_record *layer = run_add_layer(run);

    finding->next = finding->subject = HOSTILE;
    finding->place = (struct place){HOSTILE, 3, 7, 0};
    finding_evidence(finding, HOSTILE, (double)NAN, (double)INFINITY, 3);
    fixture->report.command = fixture->report.subject = fixture->report.headline = HOSTILE;
    fixture->report.verdict = fixture->report.next = fixture->report.body = fixture->report.folder = HOSTILE;
    run->command = run->name = run->config_path = run->config_text = run->status = HOSTILE;
    run->device = run->dtype = run->blas = HOSTILE;
    run_set_text(run, "train/optimizer", "%s", HOSTILE);
    *split = (struct split_record){.name = HOSTILE, .origin = HOSTILE, .rows = 3};
    *layer = (struct layer_record){.name = HOSTILE, .type = HOSTILE, .output = HOSTILE};
    add_curve(run, HOSTILE, 3);
    add_curve(run, arena_print(&fixture->arena, "%s/loss", HOSTILE), 3);
    add_curve(run, arena_print(&fixture->arena, "gradient/%s/norm", HOSTILE), 3);
    const char *page = page_of(fixture);
    check_tags(page);
    assert_null(strstr(page, "<script"));
    assert_null(strstr(page, "<i "));
    assert_null(strstr(page, "onload='"));
    assert_non_null(strstr(page, "&lt;script&gt;alert(1)"));
    assert_non_null(strstr(page, "\xC3\xBC"));
}

static void nothing_is_needed(void **state)
{
    struct fixture *fixture = *state;

    check_tags(page_of(fixture));
    fixture->report.findings = NULL;
    fixture->report.run = NULL;
    fixture->report.judged = false;
    check_tags(page_of(fixture));
}

static void page_needs_no_network(void **state)
{
    struct fixture *fixture = *state;

    add_curve(&fixture->run, "train/loss", 20);
    const char *page = page_of(fixture);
    assert_null(strstr(page, "http"));
    assert_null(strstr(page, "url("));
    assert_null(strstr(page, "src="));
    assert_null(strstr(page, "@import"));
}

static void without_gnuplot_there_are_tables(void **state)
{
    struct fixture *fixture = *state;

    add_curve(&fixture->run, "train/loss", 20);
    setenv("PATH", "", 1);
    const char *page = page_of(fixture);
    check_tags(page);
    assert_int_equal(count_of(page, "Install gnuplot for the curves"), 1);
    assert_int_equal(count_of(page, "role=\"img\""), 0);
    assert_non_null(strstr(page, "<details open><summary>Numbers"));
    assert_non_null(strstr(page, "<td class=\"r\">2.3</td>"));
    setenv("PATH", ":.::relative", 1);
    assert_non_null(strstr(page_of(fixture), "Install gnuplot for the curves"));
}

static void broken_gnuplot_is_survived(void **state)
{
    static const char *const scripts[] = {"#!/bin/sh\nexit 1\n", "#!/bin/sh\nexec 0<&-\nexit 0\n",
                                          "#!/bin/sh\necho '<svg>nonsense'\n", "#!/nowhere\n",
                                          "#!/bin/sh\nkill -9 $$\n"};
    struct fixture *fixture = *state;

    for (int i = 0; i < 40; i++) /* more than a pipe holds */
        add_curve(&fixture->run, arena_print(&fixture->arena, "s%d/measure%d", i, i), 600);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        put_gnuplot(fixture, scripts[i]);
        const char *page = page_of(fixture);
        check_tags(page);
        assert_int_equal(count_of(page, "The curves are missing, as gnuplot "), 1);
        assert_null(strstr(page, "nonsense"));
    }
}

/* Only numbers, letters and known marks of a drawing come into the page, whatever gnuplot prints. */
static void drawing_is_not_believed(void **state)
{
    struct fixture *fixture = *state;

    add_curve(&fixture->run, "train/accuracy", 20);
    put_gnuplot(
        fixture,
        "#!/bin/sh\nwhile read line; do :; done\n"
        "echo \"<?xml?><svg></defs><path stroke='rgb(0,0,1)' d='M1,2 L3,4\\\"><script>'/>\"\n"
        "echo \"<path stroke='rgb(0,0,1)' d='M1,2 L3,4&x;#'/>\"\n"
        "echo '<g transform=\"translate(1,2)\" text-anchor=\"end\"><text>1<script>e5</text></g></svg>'\n");
    const char *page = page_of(fixture);
    check_tags(page);
    assert_null(strstr(page, "<script"));
    assert_int_equal(count_of(page, "role=\"img\""), 1);
    assert_non_null(strstr(page, "<path class=\"s1\" d=\"M1,2 L3,4\"/>"));
}

static bool has_gnuplot(struct arena *arena)
{
    struct text script, out;
    const char *why;

    text_init(&script, arena);
    text_init(&out, arena);
    text_add(&script, "print 1\n");
    return gnuplot_run(&script, &out, &why) || strcmp(why, "is not installed") != 0;
}

static void curves_are_drawn(void **state)
{
    struct fixture *fixture = *state;
    struct series *series = run_series(&fixture->run, "val/loss");

    if (!has_gnuplot(&fixture->arena)) {
        print_message("note: gnuplot is not installed, so that no curves were drawn\n");
        skip();
    }
    add_curve(&fixture->run, "train/loss", 2000);
    for (int64_t i = 0; i < 30; i++)
        series_add(&fixture->run, series, i, i == 10 ? (double)NAN : i == 20 ? -(double)INFINITY : 1e3);
    run_series(&fixture->run, "all/nan");
    series_add(&fixture->run, run_series(&fixture->run, "none/measure"), 0, (double)NAN);
    series_add(&fixture->run, run_series(&fixture->run, "one/point"), 1000, 5);
    series_add(&fixture->run, run_series(&fixture->run, "huge/value"), 0, 1e300);
    const char *page = page_of(fixture);
    check_tags(page);
    assert_null(strstr(page, "gnuplot"));
    assert_int_equal(count_of(page, "role=\"img\""), 3); /* loss twice, one point */
    assert_int_equal(count_of(page, "class=\"nf\""), 2);
    assert_int_equal(count_of(page, "<circle"), 1);
    assert_int_equal(count_of(page, "val is nan at step 10; finite again from step 11"), 2);
    assert_string_equal(page, page_of(fixture));
}

/* A spike of one step is drawn, however many steps there are. */
static void no_spike_is_lost(void **state)
{
    struct fixture *fixture = *state;
    struct series *series = run_series(&fixture->run, "train/accuracy");

    if (!has_gnuplot(&fixture->arena))
        skip();
    for (int64_t i = 0; i < 100000; i++)
        series_add(&fixture->run, series, i, i == 77777 ? 5 : 1);
    const char *page = page_of(fixture), *tick = strstr(page, "text-anchor=\"end\">5</text>");
    assert_non_null(tick);
    assert_true(fixture->out.length < 60000);
}

/* Every re-run stands in the page, with its words escaped; without any there is no such part. */
static void reruns_are_told(void **state)
{
    struct fixture *fixture = *state;
    struct run *run = &fixture->run;

    assert_null(strstr(page_of(fixture), "id=\"proof\""));
    run_set_number(run, "proof/runs", 2);
    run_set_text(run, "proof/1/words", "lr: <1>");
    run_set_text(run, "proof/1/kind", "change");
    run_set_text(run, "proof/1/result", "no");
    run_set_number(run, "proof/1/score", 0.25);
    run_set_text(run, "proof/2/words", "relu");
    run_set_text(run, "proof/2/kind", "put back");
    run_set_text(run, "proof/2/result", "breaks it");
    run_set_text(run, "fix/file", "a&b.json");
    run_set_text(run, "fix/words", "lr");
    run_set_text(run, "fix/outcome", "PASS");
    run_set_text(run, "fix/sentence", "all right");
    const char *page = page_of(fixture);
    check_tags(page);
    assert_non_null(strstr(page, "id=\"proof\""));
    assert_non_null(strstr(page, "nothing cures"));
    assert_non_null(strstr(page, "lr: &lt;1&gt;"));
    assert_non_null(strstr(page, "0.25"));
    assert_non_null(strstr(page, "without relu"));
    assert_non_null(strstr(page, "<code>a&amp;b.json</code>, lr. Asked again: PASS, all right."));
    run_set_text(run, "proof/sentence", "with it, it works");
    assert_non_null(strstr(page_of(fixture), "<p>with it, it works.</p>"));
}

int main(void)
{
#define PAGE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        PAGE(nothing_breaks_out),
        PAGE(nothing_is_needed),
        PAGE(page_needs_no_network),
        PAGE(without_gnuplot_there_are_tables),
        PAGE(broken_gnuplot_is_survived),
        PAGE(drawing_is_not_believed),
        PAGE(curves_are_drawn),
        PAGE(no_spike_is_lost),
        PAGE(reruns_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
