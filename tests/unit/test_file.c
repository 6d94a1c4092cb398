/* Whole files: what is refused, and that a target is never half written. */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mldbg/base/file.h>

static struct arena arena;
static char folder[64];

static const char *in_folder(const char *name)
{
    return arena_print(&arena, "%s/%s", folder, name);
}

static int open_folder(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    memcpy(folder, "/tmp/mldbg-test-XXXXXX", 23);
    return mkdtemp(folder) ? 0 : -1;
}

static int close_folder(void **state)
{
    DIR *list = opendir(folder);
    (void)state;
    for (struct dirent *entry; list && (entry = readdir(list));)
        if (entry->d_name[0] != '.')
            (void)remove(in_folder(entry->d_name));
    if (list)
        closedir(list);
    rmdir(folder);
    arena_release(&arena);
    return 0;
}

static size_t files_in_folder(void)
{
    DIR *list = opendir(folder);
    size_t count = 0;
    assert_non_null(list);
    for (struct dirent *entry; (entry = readdir(list));)
        count += entry->d_name[0] != '.';
    closedir(list);
    return count;
}

static void expect(const char *path, const char *content)
{
    struct bytes bytes;
    struct error err;
    if (!file_read(&arena, path, 1 << 20, &bytes, &err))
        fail_msg("%s", err.sentence);
    assert_int_equal(bytes.length, strlen(content));
    assert_string_equal(bytes.at, content);
}

static void test_round_trip(void **state)
{
    struct error err;
    struct bytes bytes;
    struct stat status;
    const char *path = in_folder("a.txt");
    (void)state;
    assert_true(file_write(path, "one", 3, false, &err));
    expect(path, "one");
    assert_false(file_write(path, "two", 3, false, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_non_null(strstr(err.sentence, "exists already"));
    expect(path, "one");
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(file_write(path, "two", 3, true, &err));
    expect(path, "two");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(file_write(in_folder("empty"), "", 0, true, &err));
    expect(in_folder("empty"), "");
    assert_true(file_write(in_folder("nul"), "a\0b", 3, true, &err));
    assert_true(file_read(&arena, in_folder("nul"), 10, &bytes, &err));
    assert_int_equal(bytes.length, 3);
    assert_memory_equal(bytes.at, "a\0b", 4);
    assert_int_equal(files_in_folder(), 3);
}

static void test_settled_later(void **state)
{
    struct error err;
    const char *path = in_folder("later.txt");
    (void)state;
    assert_true(file_write_unsettled(path, "one", 3, &err));
    assert_true(file_write_unsettled(path, "two", 3, &err));
    expect(path, "two");
    assert_true(file_settle(path, &err));
    expect(path, "two");
    assert_int_equal(unlink(path), 0);
    assert_false(file_settle(path, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_non_null(strstr(err.sentence, "later.txt"));
}

static void test_limit(void **state)
{
    struct error err;
    struct bytes bytes;
    const char *path = in_folder("big");
    char *content = arena_alloc(&arena, 3000);
    (void)state;
    memset(content, 'x', 2999);
    assert_true(file_write(path, content, 2999, true, &err));
    assert_true(file_read(&arena, path, 2999, &bytes, &err));
    assert_false(file_read(&arena, path, 2998, &bytes, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_non_null(strstr(err.sentence, "limit of 2.9 KiB"));
    assert_int_equal(bytes.length, 0);
}

static void refuse_read(const char *path, const char *why)
{
    struct error err;
    struct bytes bytes;
    assert_false(file_read(&arena, path, 1 << 20, &bytes, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    if (!strstr(err.sentence, why) || !strstr(err.sentence, path))
        fail_msg("\"%s\" does not say \"%s\"", err.sentence, why);
}

static void test_what_is_not_read(void **state)
{
    (void)state;
    refuse_read(in_folder("none"), "No such file");
    refuse_read(folder, "it is a directory");
    refuse_read("/dev/zero", "it is a device");
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    refuse_read(in_folder("pipe"), "it is a pipe");
    assert_int_equal(symlink("nowhere", in_folder("dangling")), 0);
    refuse_read(in_folder("dangling"), "No such file");
    refuse_read("", "No such file");
}

static void refuse_write(const char *path, const char *why)
{
    struct error err;
    assert_false(file_write(path, "x", 1, true, &err));
    assert_int_equal(err.kind, ERROR_MACHINE);
    if (!strstr(err.sentence, why))
        fail_msg("\"%s\" does not say \"%s\"", err.sentence, why);
}

static void test_what_is_not_written(void **state)
{
    struct stat status;
    size_t before;
    (void)state;
    assert_int_equal(symlink("target", in_folder("link")), 0);
    before = files_in_folder();
    refuse_write(in_folder("link"), "symbolic link");
    assert_int_equal(lstat(in_folder("target"), &status), -1);
    refuse_write("/dev/null", "device");
    refuse_write(folder, "directory");
    refuse_write(in_folder("missing/file"), "No such file");
    refuse_write("", "No such file");
    assert_int_equal(files_in_folder(), before);
}

/* When the disk is full, the old content stays and nothing is left over. */
static void test_failing_write(void **state)
{
    struct rlimit old, small;
    struct error err;
    const char *path = in_folder("kept");
    char *content = arena_alloc(&arena, 100000);
    (void)state;
    assert_true(file_write(path, "kept", 4, true, &err));
    size_t before = files_in_folder();
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    small = old;
    small.rlim_cur = 1000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    bool good = file_write(path, content, 100000, true, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    signal(SIGXFSZ, handler);
    assert_false(good);
    assert_non_null(strstr(err.sentence, "File too large"));
    expect(path, "kept");
    assert_int_equal(files_in_folder(), before);
}

static void test_paths(void **state)
{
    (void)state;
    assert_string_equal(file_name("a/b/c.json"), "c.json");
    assert_string_equal(file_name("c.json"), "c.json");
    assert_string_equal(file_name("a/"), "");
    assert_string_equal(file_beside(&arena, "runs/a/config.json", "data.csv"), "runs/a/data.csv");
    assert_string_equal(file_beside(&arena, "config.json", "data.csv"), "data.csv");
    assert_string_equal(file_beside(&arena, "/config.json", "data.csv"), "/data.csv");
    assert_string_equal(file_beside(&arena, "runs/config.json", "/data.csv"), "/data.csv");
    assert_true(file_exists(folder));
    assert_false(file_exists(in_folder("none")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_settled_later, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_limit, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_what_is_not_read, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_what_is_not_written, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_failing_write, open_folder, close_folder),
        cmocka_unit_test_setup_teardown(test_paths, open_folder, close_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
