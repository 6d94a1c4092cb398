/* The luck of the best of several trials: closed forms, what goes astray, the last step of a ladder. */
#include "check.h"

#include <mldbg/rule/trials.h>

static struct arena arena;

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct luck judge(const struct trials *trials)
{
    struct luck luck;
    struct error err;
    if (!trials_judge(&arena, trials, 1, &luck, &err))
        fail_msg("%s", err.sentence);
    return luck;
}

static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

/* Two rows, three trials, by hand: means 0, 0.5, 1; every row has the variance 1/3 over the trials. */
static void test_rows_by_hand(void **state)
{
    static const double each[] = {0, 0, 1, 0, 1, 1}, error[] = {0, 0.5, 1};
    struct trials trials = {.count = 3, .rows = 2, .name = names, .error = error, .each = each};
    struct luck luck = judge(&trials);

    (void)state;
    assert_near(luck.noise, 2 * (1.0 / 3) / 4, 0, 1e-12);
    assert_near(luck.spread, 0.25, 0, 1e-12);
    assert_near(luck.real, 1.0 / 3, 0, 1e-12);
    assert_near(luck.luck, 2.0 / 3 * 0.5, 0, 1e-12);
    assert_near(luck.expected, 1.0 / 3, 0, 1e-12);
    assert_int_equal(luck.best, 0);
    assert_false(luck.bound);
}

static void test_equal_trials_have_no_lead(void **state)
{
    static const double error[] = {0.1, 0.1, 0.1};
    struct trials trials = {.count = 3, .rows = 100, .name = names, .error = error};
    struct luck luck = judge(&trials);

    (void)state;
    assert_near(luck.luck, 0, 0, 1e-12);
    assert_near(luck.real, 0, 0, 0);
    assert_true(luck.bound);
}

/* A wide spread on many rows is real. */
static void test_real_spread(void **state)
{
    static const double error[] = {0.1, 0.2, 0.3, 0.4, 0.5};
    struct trials trials = {.count = 5, .rows = 1000000, .name = names, .error = error};
    struct luck luck = judge(&trials);

    (void)state;
    assert_true(luck.real > 0.999);
    assert_true(luck.luck < 1e-4);
    assert_true(luck.on_luck.low <= luck.luck && luck.luck <= luck.on_luck.high);
}

static void test_astray(void **state)
{
    static const double error[] = {0.10, (double)NAN, 0.11, 0.12, 0.13, 0.95};
    struct trials trials = {.count = 6, .rows = 100, .name = names, .error = error};
    struct luck luck = judge(&trials), again = judge(&trials);

    (void)state;
    assert_int_equal(luck.count, 4);
    assert_int_equal(luck.dropped, 2);
    assert_near(luck.mean, 0.115, 0, 1e-12);
    assert_near(luck.on_luck.high, again.on_luck.high, 0, 0);
}

static void test_too_few(void **state)
{
    static const double error[] = {0.10, (double)NAN, 0.11};
    struct trials trials = {.count = 3, .rows = 100, .name = names, .error = error};
    struct luck luck;
    struct error err;

    (void)state;
    assert_false(trials_judge(&arena, &trials, 1, &luck, &err));
    assert_string_equal(err.sentence,
                        "there are 2 trials; a choice is judged by the spread between at least 3");
}

/* The step has its own variance only: what it stands on is in the sum, and not twice in the term. */
static void test_step_of_the_ladder(void **state)
{
    struct luck luck = {.luck = 0.05, .variance = 1e-6, .on_luck = {0.048, 0.052}, .rows = 400};
    struct sample rung[RUNG_COUNT] = {[RUNG_train] = sample_rate(4, 400),
                                      [RUNG_val] = sample_rate(8, 400),
                                      [RUNG_testval] = sample_rate(9, 400)};
    struct decomposition parts;
    struct error err;

    (void)state;
    assert_true(trials_step(&luck, rung));
    assert_true(decompose(&arena, rung, &parts, &err));
    const struct term *last = &parts.term[parts.count - 1];
    assert_string_equal(last->key, "validation_overfit");
    assert_near(last->value, 0.05, 0, 1e-12);
    assert_true(last->each.high - last->each.low < 0.005);
    assert_true(parts.sum.each.high - parts.sum.each.low > 0.02);
    assert_near(parts.sum.value, 9.0 / 400 + 0.05, 0, 1e-12);
    assert_int_equal(parts.largest, parts.count - 1);
    rung[RUNG_test] = sample_rate(9, 400);
    assert_false(trials_step(&luck, rung));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_by_hand), cmocka_unit_test(test_equal_trials_have_no_lead),
        cmocka_unit_test(test_real_spread),  cmocka_unit_test(test_astray),
        cmocka_unit_test(test_too_few),      cmocka_unit_test(test_step_of_the_ladder),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
