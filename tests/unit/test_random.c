/* Philox against its authors' known answers, and the distributions drawn from it. */
#include "check.h"

#include <stdlib.h>

#include <mldbg/base/random.h>

static void test_known_answers(void **state)
{
    /* Counter words 0 to 3, key words 0 and 1, result: from the kat_vectors of the Random123 library. */
    static const uint32_t rows[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e,
         0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb,
         0x5001e420, 0x24126ea1},
    };
    (void)state;
    for (int i = 0; i < 3; i++) {
        const uint32_t *row = rows[i];
        /* The fourth counter word is the purpose here, so that the high half of the step stays 0. */
        struct random key = {(uint64_t)row[5] << 32 | row[4], row[3]};
        uint32_t out[4];
        random_block(key, row[2], (uint64_t)row[1] << 32 | row[0], out);
        assert_memory_equal(out, row + 6, sizeof out);
    }
}

static void test_counter_layout(void **state)
{
    struct random key = {7, PURPOSE_DROPOUT}, twin = {7, PURPOSE_DROPOUT ^ (5u << 8)};
    uint32_t a[4], b[4], many[40];
    (void)state;
    random_block(key, (UINT64_C(5) << 32) + 9, 1, a);
    random_block(twin, 9, 1, b);
    assert_memory_equal(a, b, sizeof a);
    random_blocks(key, 3, 100, 10, many);
    for (uint32_t i = 0; i < 10; i++) {
        random_block(key, 3, 100 + i, a);
        assert_memory_equal(a, many + 4 * i, sizeof a);
    }
}

static void test_streams_differ(void **state)
{
    uint32_t a[4], b[4];
    (void)state;
    random_block((struct random){1, PURPOSE_INIT}, 0, 0, a);
    random_block((struct random){1, PURPOSE_SHUFFLE}, 0, 0, b);
    assert_memory_not_equal(a, b, sizeof a);
    random_block((struct random){2, PURPOSE_INIT}, 0, 0, b);
    assert_memory_not_equal(a, b, sizeof a);
    random_block((struct random){1, PURPOSE_INIT}, 1, 0, b);
    assert_memory_not_equal(a, b, sizeof a);
    random_block((struct random){1, PURPOSE_INIT}, 0, 1, b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void test_moments(void **state)
{
    enum { COUNT = 100000 };
    struct random key = {42, PURPOSE_CHECK};
    double uniform = 0, uniform2 = 0, normal = 0, normal2 = 0, normal4 = 0;
    (void)state;
    for (uint64_t i = 0; i < COUNT; i++) {
        double u = random_uniform(key, 0, i), z = random_normal(key, 1, i);
        assert_true(u >= 0 && u < 1);
        uniform += u / COUNT;
        uniform2 += u * u / COUNT;
        normal += z / COUNT;
        normal2 += z * z / COUNT;
        normal4 += z * z * z * z / COUNT;
    }
    assert_near(uniform, 0.5, 0, 0.004);
    assert_near(uniform2, 1.0 / 3, 0, 0.004);
    assert_near(normal, 0, 0, 0.014);
    assert_near(normal2, 1, 0, 0.02);
    assert_near(normal4, 3, 0, 0.15);
}

static void test_below(void **state)
{
    struct random key = {3, PURPOSE_SPLIT};
    int count[7] = {0};
    uint64_t huge = UINT64_C(3) << 62; /* a quarter of all words is refused */
    int low = 0;
    (void)state;
    for (uint64_t i = 0; i < 70000; i++) {
        uint64_t value = random_below(key, 0, i, 7);
        assert_true(value < 7);
        count[value]++;
    }
    for (int i = 0; i < 7; i++)
        assert_near(count[i], 10000, 0, 450);
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t value = random_below(key, 1, i, huge);
        assert_true(value < huge);
        low += value < huge / 3;
        assert_int_equal(random_below(key, 2, i, 1), 0);
    }
    assert_near(low, 10000 / 3.0, 0, 230);
}

static void test_permutation(void **state)
{
    enum { COUNT = 1000 };
    int64_t order[COUNT], again[COUNT];
    int fixed = 0, first[4] = {0};
    char seen[COUNT] = {0};
    (void)state;
    random_permutation((struct random){5, PURPOSE_SHUFFLE}, 2, COUNT, order);
    random_permutation((struct random){5, PURPOSE_SHUFFLE}, 2, COUNT, again);
    assert_memory_equal(order, again, sizeof order);
    for (int i = 0; i < COUNT; i++) {
        assert_in_range(order[i], 0, COUNT - 1);
        assert_int_equal(seen[order[i]]++, 0);
        fixed += order[i] == i;
    }
    assert_true(fixed < 10);
    for (uint64_t step = 0; step < 8000; step++) {
        random_permutation((struct random){5, PURPOSE_SHUFFLE}, step, 4, order);
        first[order[0]]++;
    }
    for (int i = 0; i < 4; i++)
        assert_near(first[i], 2000, 0, 200);
    random_permutation((struct random){5, PURPOSE_SHUFFLE}, 2, 0, order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),  cmocka_unit_test(test_counter_layout),
        cmocka_unit_test(test_streams_differ), cmocka_unit_test(test_moments),
        cmocka_unit_test(test_below),          cmocka_unit_test(test_permutation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
