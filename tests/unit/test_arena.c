/* Arenas: alignment, zeroes, growth, overflow, limits, and the end of memory. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include <mldbg/base/arena.h>

static jmp_buf no_memory;
static size_t wanted_bytes;
static const char *wanted_by;

static void catch_no_memory(size_t bytes, const char *who)
{
    wanted_bytes = bytes;
    wanted_by = who;
    longjmp(no_memory, 1);
}

static void test_alignment_and_zeroes(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, "test");
    for (size_t bytes = 0; bytes < 20000; bytes = bytes * 3 / 2 + 1) {
        unsigned char *at = arena_alloc(&arena, bytes), *numbers = arena_numbers(&arena, bytes);
        assert_int_equal((uintptr_t)at % (bytes >= 4096 ? 64 : 16), 0);
        assert_int_equal((uintptr_t)numbers % 64, 0);
        for (size_t i = 0; i < bytes; i++) {
            assert_int_equal(at[i], 0);
            assert_int_equal(numbers[i], 0);
        }
        memset(at, 0xA5, bytes);
        memset(numbers, 0x5A, bytes);
    }
    arena_release(&arena);
    assert_int_equal(arena.reserved, 0);
    assert_int_equal(arena.used, 0);
    arena_release(&arena);
}

/* Blocks of this size come from the system itself. */
static void test_large(void **state)
{
    const size_t bytes = 9000000;
    struct arena arena;
    (void)state;
    for (int turn = 0; turn < 2; turn++) {
        arena_init(&arena, "test");
        char *small = arena_alloc(&arena, 8);
        unsigned char *large = arena_alloc(&arena, bytes), *more = arena_numbers(&arena, bytes);
        assert_int_equal((uintptr_t)large % 64, 0);
        assert_int_equal((uintptr_t)more % 64, 0);
        for (size_t i = 0; i < bytes; i++)
            if (large[i] != 0 || more[i] != 0)
                fail_msg("byte %zu is not zero", i);
        memset(large, 0xA5, bytes);
        memset(more, 0x5A, bytes);
        assert_int_equal(large[bytes - 1], 0xA5);
        *small = 1;
        assert_int_equal(*(char *)arena_alloc(&arena, 8), 0);
        arena_release(&arena);
        assert_int_equal(arena.reserved, 0);
    }
}

static void test_requests_do_not_overlap(void **state)
{
    enum { COUNT = 500 };
    struct arena arena;
    unsigned char *at[COUNT];
    size_t sum = 0;
    (void)state;
    arena_init(&arena, "test");
    for (size_t i = 0; i < COUNT; i++) {
        size_t bytes = i * i % 9000;
        at[i] = arena_alloc(&arena, bytes);
        memset(at[i], (int)(i % 251), bytes);
        sum += bytes;
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j < i * i % 9000; j++)
            assert_int_equal(at[i][j], i % 251);
    assert_true(arena.used >= sum);
    assert_true(arena.reserved >= arena.used);
    arena_release(&arena);
}

/* A large first request must not make the small ones behind it expensive. */
static void test_blocks_stay_small(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, "test");
    arena_alloc(&arena, 600000);
    arena_alloc(&arena, 10);
    assert_true(arena.reserved < 600000 + 20000);
    arena_release(&arena);
}

static void test_append(void **state)
{
    struct arena arena;
    int *numbers = NULL;
    size_t count = 0, capacity = 0;
    (void)state;
    arena_init(&arena, "test");
    for (int i = 0; i < 1000; i++) {
        int *one = arena_append(&arena, &numbers, &count, &capacity, sizeof *numbers);
        assert_int_equal(*one, 0);
        *one = i;
    }
    assert_int_equal(count, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    arena_release(&arena);
}

static void test_text(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, "test");
    assert_string_equal(arena_copy(&arena, "layer/weight", 5), "layer");
    assert_string_equal(arena_copy(&arena, NULL, 0), "");
    assert_string_equal(arena_print(&arena, "%d of %s", 3, "four"), "3 of four");
    assert_int_equal(strlen(arena_print(&arena, "%5000d", 1)), 5000);
    arena_release(&arena);
}

static void test_overflow_is_no_memory(void **state)
{
    struct arena arena;
    volatile int caught = 0;
    (void)state;
    arena_init(&arena, "the overflow test");
    out_of_memory_set(catch_no_memory);
    if (setjmp(no_memory) == 0)
        arena_array(&arena, SIZE_MAX / 2, 3);
    else
        caught++;
    if (setjmp(no_memory) == 0)
        arena_alloc(&arena, SIZE_MAX - 8);
    else
        caught++;
    if (setjmp(no_memory) == 0)
        arena_numbers(&arena, (size_t)PTRDIFF_MAX);
    else
        caught++;
    assert_int_equal(caught, 3);
    assert_int_equal(wanted_bytes >> 60, 7);
    assert_string_equal(wanted_by, "the overflow test");
    out_of_memory_set(NULL);
    arena_release(&arena);
}

static void test_fail_after(void **state)
{
    struct arena arena;
    volatile int served = 0, caught = 0;
    (void)state;
    arena_init(&arena, "test");
    out_of_memory_set(catch_no_memory);
    arena_fail_after(3);
    if (setjmp(no_memory) == 0)
        for (;;) {
            arena_alloc(&arena, 8);
            served++;
        }
    else
        caught = 1;
    arena_fail_after(-1);
    out_of_memory_set(NULL);
    assert_int_equal(served, 3);
    assert_true(caught);
    assert_int_equal(wanted_bytes, 8);
    assert_non_null(arena_alloc(&arena, 8));
    arena_release(&arena);
}

static void test_limit(void **state)
{
    struct arena arena, other;
    volatile bool ended = false;
    (void)state;
    out_of_memory_set(catch_no_memory);
    arena_init(&arena, "the limited test");
    arena_init(&other, "another");
    arena_limit(3 << 20);
    arena_alloc(&other, 2 << 20);
    if (setjmp(no_memory) == 0)
        arena_alloc(&arena, 2 << 20);
    else
        ended = true;
    assert_true(ended);
    assert_in_range(wanted_bytes, 2 << 20, (2 << 20) + 64);
    assert_string_equal(wanted_by, "the limited test");
    /* What is released is free again, and the limit itself can be lifted. */
    arena_release(&other);
    assert_non_null(arena_alloc(&arena, 2 << 20));
    arena_limit(SIZE_MAX);
    assert_non_null(arena_alloc(&arena, 8 << 20));
    arena_release(&arena);
    out_of_memory_set(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_zeroes),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_requests_do_not_overlap),
        cmocka_unit_test(test_blocks_stay_small),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_overflow_is_no_memory),
        cmocka_unit_test(test_fail_after),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
