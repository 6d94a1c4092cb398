/* Fingerprints, and entries of the cache that are whole, damaged, missing or not wanted. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mldbg/base/cache.h>
#include <mldbg/base/text.h>

static struct arena arena;
static char folder[64];
static const struct cache_key key = {1, 2, 3};

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    snprintf(folder, sizeof folder, "/tmp/mldbg-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    setenv("MLDBG_CACHE", folder, 1);
    cache_allow(true);
    return 0;
}

static const char *entry_path(void)
{
    return arena_print(&arena, "%s/00000000000000010000000000000003.cache", folder);
}

static int teardown(void **state)
{
    (void)state;
    cache_allow(false);
    unsetenv("MLDBG_CACHE");
    unlink(entry_path());
    rmdir(folder);
    arena_release(&arena);
    return 0;
}

/* Values of the author's own program. */
static void test_fingerprints(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } known[] = {
        {"", 0xEF46DB3751D8E999},
        {"a", 0xD24EC4F1A98C6E5B},
        {"abc", 0x44BC2CF5AD770999},
        {"Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1},
    };
    unsigned char bytes[200];
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct fingerprint print = fingerprint_start();
        fingerprint_add(&print, known[i].text, strlen(known[i].text));
        if (fingerprint_value(&print) != known[i].value)
            fail_msg("\"%s\" has %016llx", known[i].text, (unsigned long long)fingerprint_value(&print));
    }
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(7 * i);
    /* In two pieces at every place, and in single bytes. */
    for (size_t length = 0; length <= sizeof bytes; length++) {
        struct fingerprint whole = fingerprint_start(), single = fingerprint_start();
        fingerprint_add(&whole, bytes, length);
        for (size_t cut = 0; cut <= length; cut++) {
            struct fingerprint parts = fingerprint_start();
            fingerprint_add(&parts, bytes, cut);
            fingerprint_add(&parts, bytes + cut, length - cut);
            assert_true(fingerprint_value(&parts) == fingerprint_value(&whole));
        }
        for (size_t i = 0; i < length; i++)
            fingerprint_add(&single, bytes + i, 1);
        assert_true(fingerprint_value(&single) == fingerprint_value(&whole));
    }
}

static void write_entry(void)
{
    struct cache_draft draft;
    cache_begin(&arena, &key, "head", 4, &draft);
    cache_add(&draft, "bo", 2);
    cache_add(&draft, "dy", 2);
    cache_end(&draft, true);
}

/* Whether the entry is found and whole. */
static bool found(const struct cache_key *wanted)
{
    struct cache_entry entry;
    struct bytes head;
    char body[4];
    if (!cache_find(&arena, wanted, &entry, &head))
        return false;
    bool good = cache_take(&entry, body, sizeof body);
    good = cache_close(&entry) && good;
    if (good) {
        assert_int_equal(head.length, 4);
        assert_memory_equal(head.at, "head", 4);
        assert_memory_equal(body, "body", 4);
    }
    return good;
}

static void test_entries(void **state)
{
    const struct cache_key others[] = {{0, 2, 3}, {1, 0, 3}, {1, 2, 0}};
    struct cache_entry entry;
    struct cache_draft draft;
    struct bytes head;
    char body[5];
    (void)state;
    assert_false(found(&key));
    write_entry();
    assert_true(found(&key));
    for (size_t i = 0; i < 3; i++)
        assert_false(found(&others[i]));
    /* Too much is not there, and too little is not the whole. */
    assert_true(cache_find(&arena, &key, &entry, &head));
    assert_false(cache_take(&entry, body, 5));
    assert_false(cache_close(&entry));
    assert_true(cache_find(&arena, &key, &entry, &head));
    assert_true(cache_take(&entry, body, 2));
    assert_false(cache_close(&entry));
    /* A draft that is not kept leaves what was there. */
    cache_begin(&arena, &key, "other", 5, &draft);
    cache_end(&draft, false);
    assert_true(found(&key));
    cache_allow(false);
    assert_null(cache_folder(&arena));
    assert_false(found(&key));
    cache_allow(true);
    setenv("MLDBG_CACHE", "off", 1);
    assert_false(found(&key));
    setenv("MLDBG_CACHE", "/dev/null/none", 1);
    write_entry();
    assert_false(found(&key));
}

/* Any byte that is changed, missing or too many makes an entry none. */
static void test_damage(void **state)
{
    struct bytes whole;
    struct error err;
    (void)state;
    write_entry();
    assert_true(file_read(&arena, entry_path(), 1 << 20, &whole, &err));
    char *copy = arena_copy(&arena, whole.at, whole.length);
    for (size_t i = 0; i < whole.length; i++) {
        copy[i] = (char)(copy[i] ^ 4);
        assert_true(file_write(entry_path(), copy, whole.length, true, &err));
        if (found(&key))
            fail_msg("byte %zu of %zu may be anything", i, whole.length);
        copy[i] = whole.at[i];
        assert_true(file_write(entry_path(), copy, i, true, &err));
        assert_false(found(&key));
    }
    assert_true(file_write(entry_path(), copy, whole.length + 1, true, &err));
    assert_false(found(&key));
    assert_true(file_write(entry_path(), copy, whole.length, true, &err));
    assert_true(found(&key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fingerprints),
        cmocka_unit_test_setup_teardown(test_entries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
