/* The crew: every part once, nested and simultaneous runs, sleep, threads that cannot be had, children. */
#include "check.h"

#include "../../src/backend/cpu/crew.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PARTS_MOST = 200000, THREADS = 3 };

static const double much = 1e9; /* nanoseconds of work: worth waking everybody */

static atomic_int times[PARTS_MOST];
static atomic_int begun, nested, disorder;

static void begin(void)
{
    atomic_fetch_add(&begun, 1);
}

static void start(int threads)
{
    struct error err = {0};
    if (!crew_start(threads, begin, &err))
        fail_msg("%s", err.sentence);
    assert_int_equal(crew_size(), threads < 1 ? 1 : threads);
}

static void count_part(void *context, int64_t index)
{
    atomic_fetch_add((atomic_int *)context + index, 1);
}

static void expect_each_once(int64_t parts, double work)
{
    memset(times, 0, sizeof times);
    crew_run(parts, work, count_part, times);
    for (int64_t i = 0; i < PARTS_MOST; i++)
        assert_int_equal(times[i], i < parts);
}

/* Must be the first test: later the threads are there. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) && !defined(__SANITIZE_ADDRESS__)
#define __SANITIZE_ADDRESS__
#endif
#endif

static void threads_that_cannot_be_had_are_an_error(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* it ends where address space is refused, before the system could */
#endif
    struct error err = {0};
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_AS, &limit), 0);
    const struct rlimit low = {.rlim_cur = 16 << 20, .rlim_max = limit.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_AS, &low), 0);
    const bool started = crew_start(THREADS, begin, &err);
    assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
    assert_false(started);
    assert_int_equal(err.kind, ERROR_MACHINE);
    assert_non_null(strstr(err.sentence, "the system refuses thread"));
    assert_int_equal(crew_size(), 1);
    expect_each_once(10, much);
    start(THREADS);
}

static void every_part_runs_once(void **state)
{
    static const int64_t parts[] = {0, 1, 2, 3, 4, 7, 64, 1000, 65534, 65535, 65536, 150000};
    (void)state;
    for (int threads = 0; threads <= 5; threads++) {
        start(threads);
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            expect_each_once(parts[i], much);
            expect_each_once(parts[i], 0);
        }
    }
    start(THREADS);
    assert_int_equal(crew_seat(), 0);
}

static void add_square(void *context, int64_t index)
{
    int64_t *sums = context;
    sums[index] += index * index;
}

static void many_runs_in_a_row(void **state)
{
    int64_t sums[5] = {0};
    enum { RUNS = 20000 };
    (void)state;
    start(THREADS);
    for (int run = 0; run < RUNS; run++)
        crew_run(1 + run % 5, much, add_square, sums);
    for (int64_t i = 0; i < 5; i++)
        assert_int_equal(sums[i], i * i * (RUNS - i * RUNS / 5));
}

struct inner {
    int seat;
    int64_t next;
};

static void inner_part(void *context, int64_t index)
{
    struct inner *inner = context;
    if (index != inner->next++ || crew_seat() != inner->seat)
        atomic_fetch_add(&disorder, 1);
    atomic_fetch_add(&nested, 1);
}

static void outer_part(void *context, int64_t index)
{
    struct inner inner = {crew_seat(), 0};
    (void)context, (void)index;
    if (inner.seat < 0 || inner.seat >= crew_size())
        atomic_fetch_add(&disorder, 1);
    crew_run(11, much, inner_part, &inner);
}

static void a_run_within_a_part_stays_on_its_thread(void **state)
{
    (void)state;
    start(THREADS);
    atomic_store(&nested, 0);
    atomic_store(&disorder, 0);
    for (int i = 0; i < 200; i++)
        crew_run(7, much, outer_part, NULL);
    assert_int_equal(atomic_load(&nested), 200 * 7 * 11);
    assert_int_equal(atomic_load(&disorder), 0);
}

static void *run_beside(void *at)
{
    for (int i = 0; i < 2000; i++)
        crew_run(50, much, count_part, at);
    return NULL;
}

static void two_callers_at_once(void **state)
{
    static atomic_int other[50], own[50];
    pthread_t thread;
    (void)state;
    start(THREADS);
    assert_int_equal(pthread_create(&thread, NULL, run_beside, other), 0);
    run_beside(own);
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(own[i], 2000);
        assert_int_equal(other[i], 2000);
    }
}

static void wait_until_asleep(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    while (crew_counts().asleep < crew_counts().others)
        nanosleep(&moment, NULL);
}

/* Hangs if somebody stays awake. */
static void idle_threads_sleep_and_small_work_lets_them(void **state)
{
    (void)state;
    start(THREADS);
    wait_until_asleep();
    const struct crew_counts before = crew_counts();
    expect_each_once(100, CREW_WAKE_NS - 1);
    assert_int_equal(crew_counts().runs, before.runs);
    expect_each_once(100, CREW_WAKE_NS);
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
        assert_true(crew_counts().woken > before.woken);
    wait_until_asleep();
    assert_int_equal(crew_counts().others, atomic_load(&begun));
}

static void a_child_of_fork_has_no_crew_and_may_make_one(void **state)
{
    int status = -1;
    (void)state;
    start(THREADS);
    expect_each_once(100, much);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error err = {0};
        int wrong = crew_size() != 1;
        memset(times, 0, sizeof times);
        crew_run(100, much, count_part, times);
#ifdef __SANITIZE_THREAD__ /* which ends a child that starts threads */
        (void)err;
#else
        wrong += !crew_start(2, begin, &err) || crew_size() != 2;
#endif
        crew_run(100, much, count_part, times);
        for (int i = 0; i < 100; i++)
            wrong += times[i] != 2;
        _exit(wrong);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    expect_each_once(100, much);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_that_cannot_be_had_are_an_error),
        cmocka_unit_test(every_part_runs_once),
        cmocka_unit_test(many_runs_in_a_row),
        cmocka_unit_test(a_run_within_a_part_stays_on_its_thread),
        cmocka_unit_test(two_callers_at_once),
        cmocka_unit_test(idle_threads_sleep_and_small_work_lets_them),
        cmocka_unit_test(a_child_of_fork_has_no_crew_and_may_make_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
