/* The ledger of readings: who counts as another run, what is believed of a torn file, and where it stands. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mldbg/base/file.h>
#include <mldbg/base/text.h>
#include <mldbg/run/ledger.h>

static struct arena arena;
static char folder[] = "/tmp/mldbg-ledger-XXXXXX";

static int open_folder(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return mkdtemp(folder) ? 0 : -1;
}

static int close_folder(void **state)
{
    (void)state;
    (void)unlink(arena_print(&arena, "%s/a/ledger.csv", folder));
    (void)rmdir(arena_print(&arena, "%s/a", folder));
    (void)rmdir(folder);
    arena_release(&arena);
    return 0;
}

static struct past add(const char *digest, const char *run, const char *mark, const char *command)
{
    struct reading reading = {digest, run, mark, command, "error"};
    struct past past;
    struct error err;

    if (!ledger_add(&arena, arena_print(&arena, "%s/a/ledger.csv", folder), &reading, &past, &err))
        fail_msg("%s", err.sentence);
    return past;
}

static int lines(void)
{
    struct bytes bytes;
    struct error err;
    int count = 0;

    assert_true(file_read(&arena, arena_print(&arena, "%s/a/ledger.csv", folder), 1 << 20, &bytes, &err));
    for (size_t i = 0; i < bytes.length; i++)
        count += bytes.at[i] == '\n';
    return count;
}

static void test_other_runs_count(void **state)
{
    (void)state;
    struct past past = add("d1", "/runs/a, \"the first\"", "1", "train");
    assert_int_equal(past.readings, 0);
    assert_null(past_sentence(&arena, &past));
    past = add("d1", "/runs/a, \"the first\"", "1", "decompose");
    assert_int_equal(past.readings, 0);
    past = add("d1", "/runs/a, \"the first\"", "1", "decompose");
    assert_int_equal(lines(), 3); /* shown again is not read again */
    past = add("d1", "/runs/b", "1", "train");
    assert_int_equal(past.readings, 2);
    assert_int_equal(past.runs, 1);
    past = add("d1", "/runs/b", "2", "train"); /* another run in the same place */
    assert_int_equal(past.readings, 3);
    assert_int_equal(past.runs, 2);
    assert_non_null(strstr(past_sentence(&arena, &past), "read 3 times before, by 2 other runs"));
    past = add("d2", "/runs/c", "1", "train");
    assert_int_equal(past.readings, 0);
}

static void test_torn_lines(void **state)
{
    const char *path = arena_print(&arena, "%s/a/ledger.csv", folder);
    static const char torn[] = "2026-11-20T00:00:00Z,d3,\"/runs/x,1,train,error\nd3\n,d3,/runs/y,1,tr";
    FILE *file = fopen(path, "ab");

    (void)state;
    assert_non_null(file);
    fwrite(torn, 1, sizeof torn - 1, file);
    fclose(file);
    struct past past = add("d3", "/runs/z", "1", "train");
    assert_int_equal(past.readings, 0);
    past = add("d3", "/runs/w", "1", "train");
    assert_int_equal(past.readings, 1);
}

static void test_no_ledger(void **state)
{
    struct reading reading = {"d1", "/runs/q", "1", "train", "error"};
    struct past past;
    struct error err = {0};

    (void)state;
    assert_true(ledger_add(&arena, NULL, &reading, &past, &err));
    assert_int_equal(past.readings, 0);
    assert_false(ledger_add(&arena, "/proc/none/ledger.csv", &reading, &past, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
}

static void test_path(void **state)
{
    (void)state;
    setenv("MLDBG_LEDGER", "off", 1);
    assert_null(ledger_path(&arena));
    setenv("MLDBG_LEDGER", "here.csv", 1);
    assert_string_equal(ledger_path(&arena), "here.csv");
    unsetenv("MLDBG_LEDGER");
    setenv("XDG_STATE_HOME", "/state", 1);
    assert_string_equal(ledger_path(&arena), "/state/mldbg/test-readings.csv");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/home/me", 1);
    assert_string_equal(ledger_path(&arena), "/home/me/.local/state/mldbg/test-readings.csv");
    unsetenv("HOME");
    assert_null(ledger_path(&arena));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_other_runs_count),
        cmocka_unit_test(test_torn_lines),
        cmocka_unit_test(test_no_ledger),
        cmocka_unit_test(test_path),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
