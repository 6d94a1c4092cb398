/* The record on disk: what is written is what is read, torn and wrong lines are left out, and no run is
 * written over. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <mldbg/base/digest.h>
#include <mldbg/base/file.h>
#include <mldbg/run/record.h>

static struct arena arena;
static char folder[64];

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    snprintf(folder, sizeof folder, "/tmp/mldbg-record-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    static const char *const names[] = {"run.json",
                                        "config.json",
                                        "model.json",
                                        "data.json",
                                        "experiments.json",
                                        "metrics.csv",
                                        "probes.csv",
                                        "a.json.12-3.tmp",
                                        "notes",
                                        "checkpoints/step-3.safetensors",
                                        "checkpoints/step-20.safetensors"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(arena_print(&arena, "%s/%s", folder, names[i]));
    rmdir(arena_print(&arena, "%s/checkpoints", folder));
    arena_release(&arena);
    return rmdir(folder);
}

static void put_file(const char *name, const char *bytes)
{
    FILE *file = fopen(arena_print(&arena, "%s/%s", folder, name), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
}

static struct run read_back(const char **notes)
{
    struct run run;
    struct text text;
    struct error err = {0};

    text_init(&text, &arena);
    if (!record_read(&arena, folder, &run, NULL, &text, &err))
        fail_msg("%s", err.sentence);
    *notes = text.at;
    return run;
}

static struct text line(const char *words)
{
    struct text text;

    text_init(&text, &arena);
    text_add(&text, words);
    return text;
}

static void write_manifest(struct record *record)
{
    struct run run;
    struct error err = {0};

    run_init(&run, &arena, "train");
    run.name = "digits";
    run.config_path = "a/config.json";
    run.status = "running";
    run.seed = UINT64_MAX;
    run_set_number(&run, "train/epochs", 7);
    run_set_number(&run, "end/val/loss", (double)-INFINITY);
    run_set_text(&run, "train/stopped", "epochs");
    assert_true(record_write_json(record, "run.json", record_manifest(&run, &arena), &err));
}

static void round_trip(void **state)
{
    struct record record;
    struct sheet sheet;
    struct error err = {0};
    const char *notes;

    (void)state;
    assert_true(record_create(&record, &arena, folder, &err));
    write_manifest(&record);
    assert_true(sheet_create(&sheet, &record, "metrics.csv", "step,epoch,val/loss,rate", &err));
    struct text first = line("10,1,0.1,nan\n"), second = line("20,2,,-inf\n");
    assert_true(sheet_append(&sheet, &first, &err) && sheet_append(&sheet, &second, &err));
    assert_int_equal(sheet.rows, 2);
    sheet_close(&sheet);
    record_close(&record);

    struct run run = read_back(&notes);
    assert_string_equal(notes ? notes : "", "");
    assert_string_equal(run.name, "digits");
    assert_string_equal(run.config_path, "a/config.json");
    assert_string_equal(run.status, "running");
    assert_true(run.seed == UINT64_MAX);
    assert_near(run_number(&run, "train/epochs"), 7, 0, 0);
    assert_near(run_number(&run, "end/val/loss"), (double)-INFINITY, 0, 0);
    assert_string_equal(run_text(&run, "train/stopped"), "epochs");
    const struct series *loss = run_find(&run, "val/loss"), *rate = run_find(&run, "rate");
    assert_int_equal(loss->count, 1); /* the empty cell was not measured */
    assert_int_equal(loss->step[0], 10);
    assert_near(loss->value[0], 0.1, 0, 0);
    assert_int_equal(rate->count, 2);
    assert_is_nan(rate->value[0]);
    assert_near(rate->value[1], (double)-INFINITY, 0, 0);
}

static void torn_and_wrong_lines(void **state)
{
    const char *notes;

    (void)state;
    put_file("run.json", "{\"format_version\": 1}\n");
    put_file("metrics.csv", "step,loss\n1,0.5\n2,x\n3,0.25\n4,0.12");
    struct run run = read_back(&notes);
    const struct series *loss = run_find(&run, "loss");
    assert_int_equal(loss->count, 2);
    assert_int_equal(loss->step[1], 3);
    assert_non_null(strstr(notes, "torn"));
    assert_non_null(strstr(notes, "1 row left out"));
    assert_non_null(strstr(notes, "line 3"));
    /* Half a line that could not be read is torn, not wrong. */
    put_file("metrics.csv", "step,loss\n1,0.5\n2,");
    run = read_back(&notes);
    assert_int_equal(run_find(&run, "loss")->count, 1);
    assert_null(strstr(notes, "left out that"));
}

static void tables_are_cut_back(void **state)
{
    struct record record;
    struct sheet sheet;
    struct error err = {0};
    const char *names = NULL, *notes;

    (void)state;
    put_file("run.json", "{\"format_version\": 1}\n");
    put_file("probes.csv", "step,batch/loss\n0,3\n1,2\n2,1\n3,");
    assert_true(record_reopen(&record, &arena, folder, &err));
    assert_false(sheet_reopen(&sheet, &record, "probes.csv", 4, &names, &err));
    assert_int_equal(err.kind, ERROR_NONE);
    assert_true(sheet_reopen(&sheet, &record, "probes.csv", 2, &names, &err));
    assert_string_equal(names, "step,batch/loss");
    struct text next = line("2,9\n");
    assert_true(sheet_append(&sheet, &next, &err));
    sheet_close(&sheet);
    record_close(&record);
    struct run run = read_back(&notes);
    const struct series *loss = run_find(&run, "batch/loss");
    assert_int_equal(loss->count, 3);
    assert_near(loss->value[2], 9, 0, 0);
    assert_string_equal(notes ? notes : "", "");
}

static void nothing_is_written_over(void **state)
{
    struct record record, second;
    struct error err = {0};

    (void)state;
    put_file("notes", "mine");
    assert_false(record_create(&record, &arena, folder, &err));
    assert_int_equal(err.kind, ERROR_REQUEST);
    assert_non_null(strstr(err.sentence, "not empty"));
    unlink(arena_print(&arena, "%s/notes", folder));
    put_file("run.json", "{\"format_version\": 1}\n");
    assert_false(record_create(&record, &arena, folder, &err));
    assert_non_null(strstr(err.hint, "--resume"));
    /* What is left of a start that did not get as far as run.json is no run. */
    unlink(arena_print(&arena, "%s/run.json", folder));
    put_file("config.json", "{}");
    put_file("experiments.json", "{}");
    put_file("a.json.12-3.tmp", "{");
    assert_true(record_create(&record, &arena, folder, &err));
    assert_false(record_create(&second, &arena, folder, &err));
    assert_non_null(strstr(err.sentence, "another process"));
    record_close(&record);
}

static void reopening(void **state)
{
    struct record record, second;
    struct error err = {0};
    size_t count;

    (void)state;
    assert_false(record_reopen(&record, &arena, folder, &err));
    assert_int_equal(err.kind, ERROR_REQUEST);
    put_file("run.json", "{\"format_version\": 1}\n");
    put_file("a.json.12-3.tmp", "{");
    assert_true(record_reopen(&record, &arena, arena_print(&arena, "%s//", folder), &err));
    assert_false(file_exists(record_path(&record, "a.json.12-3.tmp")));
    assert_false(record_reopen(&second, &arena, folder, &err));
    assert_true(record_folder(&record, "checkpoints", &err));
    put_file("checkpoints/step-3.safetensors", "");
    put_file("checkpoints/step-20.safetensors", "");
    const int64_t *steps = record_checkpoints(&arena, folder, &count);
    assert_int_equal(count, 2);
    assert_int_equal(steps[0], 20);
    assert_int_equal(steps[1], 3);
    record_close(&record);
}

static void later_formats_are_refused(void **state)
{
    struct run run;
    struct text notes;
    struct error err = {0};

    (void)state;
    text_init(&notes, &arena);
    put_file("run.json", "{\"format_version\": 2}\n");
    assert_false(record_read(&arena, folder, &run, NULL, &notes, &err));
    assert_non_null(strstr(err.sentence, "format version 2"));
}

static void a_full_device(void **state)
{
    struct sheet sheet = {.path = "/dev/full", .rows = 4, .length = 100};
    struct text words = line("1,2\n");
    struct error err = {0};

    (void)state;
    sheet.file = open("/dev/full", O_WRONLY);
    if (sheet.file < 0)
        skip();
    assert_false(sheet_append(&sheet, &words, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_int_equal(sheet.rows, 4);
    assert_int_equal(sheet.length, 100);
    sheet_close(&sheet);
}

static void cells(void **state)
{
    static const struct {
        const char *cell, *written;
    } cases[] = {{"plain", "plain"},
                 {"a,b", "\"a,b\""},
                 {"say \"x\"", "\"say \"\"x\"\"\""},
                 {" a", "\" a\""},
                 {"", ""}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = line("");
        csv_add_cell(&text, cases[i].cell);
        assert_string_equal(text.at, cases[i].written);
    }
}

/* The three values are those of the authors' test suite. */
static void digests(void **state)
{
    static const struct {
        const char *text, *digest;
    } cases[] = {{"", "cbf29ce484222325"}, {"a", "af63dc4c8601ec8c"}, {"foobar", "85944171f73967e8"}};
    const char *found;
    struct error err = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct digest digest = digest_start();
        digest_add(&digest, cases[i].text, strlen(cases[i].text));
        assert_string_equal(digest_text(&arena, &digest), cases[i].digest);
        put_file("notes", cases[i].text);
        assert_true(digest_file(&arena, arena_print(&arena, "%s/notes", folder), &found, &err));
        assert_string_equal(found, cases[i].digest);
    }
    assert_false(digest_file(&arena, folder, &found, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(round_trip, setup, teardown),
        cmocka_unit_test_setup_teardown(torn_and_wrong_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_are_cut_back, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_written_over, setup, teardown),
        cmocka_unit_test_setup_teardown(reopening, setup, teardown),
        cmocka_unit_test_setup_teardown(later_formats_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_device, setup, teardown),
        cmocka_unit_test_setup_teardown(cells, setup, teardown),
        cmocka_unit_test_setup_teardown(digests, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
