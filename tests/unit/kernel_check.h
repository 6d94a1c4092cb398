/*
 * For tests of kernels: arrays that end at a page which must not be touched, so that reading or writing
 * behind them crashes; central differences; and a loop over all tables of this processor, which also demands
 * of the arrays that a check has traced that every instruction set leaves the same bits there, and float the
 * same numbers as double. The tables for several threads, which add up in another order, are held to the
 * numbers alone.
 */
#ifndef MLDBG_TESTS_KERNEL_CHECK_H
#define MLDBG_TESTS_KERNEL_CHECK_H

#include "check.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mldbg/backend.h>

enum { GUARDED_MOST = 60000, TRACED_MOST = 1 << 20 };

static struct {
    void *at;
    size_t bytes;
} guarded_list[GUARDED_MOST];
static size_t guarded_count;
static uint64_t trace_hash;
static double traced[TRACED_MOST]; /* what the generic kernels for double left */
static size_t traced_count, traced_at;
static double float_distance = 1e-5; /* how far float may be from double, relative to the value or 1 */
static uint64_t noise_state = 1;

static inline void *guarded(size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (bytes + page - 1) / page * page;
    char *at = mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED || mprotect(at + room, page, PROT_NONE) != 0 || guarded_count == GUARDED_MOST)
        fail_msg("no memory for an array of %zu bytes", bytes);
    guarded_list[guarded_count].at = at;
    guarded_list[guarded_count++].bytes = room + page;
    return at + room - bytes;
}

static inline void release_guarded(void)
{
    while (guarded_count > 0) {
        guarded_count--;
        munmap(guarded_list[guarded_count].at, guarded_list[guarded_count].bytes);
    }
}

static inline double at(const struct kernels *k, const void *x, int64_t i)
{
    return k->dtype == DTYPE_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

static inline void put(const struct kernels *k, void *x, int64_t i, double value)
{
    if (k->dtype == DTYPE_F32)
        ((float *)x)[i] = (float)value;
    else
        ((double *)x)[i] = value;
}

/* n numbers, all NaN until a kernel writes them. */
static inline void *blank(const struct kernels *k, int64_t n)
{
    void *x = guarded((size_t)n * dtype_size(k->dtype));
    for (int64_t i = 0; i < n; i++)
        put(k, x, i, (double)NAN);
    return x;
}

static inline void *constant(const struct kernels *k, int64_t n, double value)
{
    void *x = blank(k, n);
    for (int64_t i = 0; i < n; i++)
        put(k, x, i, value);
    return x;
}

static inline void *copy_of(const struct kernels *k, int64_t n, const void *from)
{
    void *x = blank(k, n);
    memcpy(x, from, (size_t)n * dtype_size(k->dtype));
    return x;
}

/* Between -1 and 1, a multiple of 2^-16, so that float and double hold the same. Restarts with every check.
 */
static inline double noise(void)
{
    noise_state = noise_state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(noise_state >> 47) - 65536) / 65536;
}

static inline void *noisy(const struct kernels *k, int64_t n, double scale)
{
    void *x = blank(k, n);
    for (int64_t i = 0; i < n; i++)
        put(k, x, i, scale * noise());
    return x;
}

/* Integers from -most to most. */
static inline void *integers(const struct kernels *k, int64_t n, int most)
{
    void *x = blank(k, n);
    for (int64_t i = 0; i < n; i++)
        put(k, x, i, floor(noise() * (most + 0.99)));
    return x;
}

/* Relative distance that rounding may make: float, double. */
static inline double near(const struct kernels *k, double f32, double f64)
{
    return k->dtype == DTYPE_F32 ? f32 : f64;
}

static bool dealt; /* the table at hand is one for several threads */

static inline void trace_value(const struct kernels *k, double value, const char *name, int64_t i)
{
    uint64_t bits = 0; /* all NaN count as the same */
    if (!isnan(value))
        memcpy(&bits, &value, sizeof bits);
    trace_hash = (trace_hash ^ bits) * 1099511628211u;
    if (k->dtype == DTYPE_F64) {
        if (traced_at == TRACED_MOST)
            fail_msg("more than %d values traced", (int)TRACED_MOST);
        if (traced_at == traced_count)
            traced[traced_count++] = value;
        else if (dealt && (isnan(value) != isnan(traced[traced_at]) ||
                           (!isnan(value) && !check_near(value, traced[traced_at], 1e-12, 1e-12))))
            fail_msg("%s: %s[%lld] is %.17g on several threads and %.17g on one", k->isa, name, (long long)i,
                     value, traced[traced_at]);
    } else if (traced_at >= traced_count) {
        fail_msg("float traces more values than double");
    } else if (isnan(value) != isnan(traced[traced_at]) ||
               (!isnan(value) && !check_near(value, traced[traced_at], float_distance, float_distance))) {
        fail_msg("%s: %s[%lld] is %.9g in float and %.17g in double", k->isa, name, (long long)i, value,
                 traced[traced_at]);
    }
    traced_at++;
}

static inline void trace_array(const struct kernels *k, const void *x, int64_t n, const char *name)
{
    for (int64_t i = 0; i < n; i++)
        trace_value(k, at(k, x, i), name, i);
}

#define trace(k, x, n) trace_array(k, x, n, #x)

/* Runs a check from the same beginning as all others. */
static inline void check_table(const struct kernels *k, void (*check)(const struct kernels *))
{
    trace_hash = 14695981039346656037u;
    traced_at = 0;
    noise_state = 1;
    check(k);
    release_guarded();
    assert_int_equal(traced_at, traced_count);
}

static inline void for_all_kernels(void (*check)(const struct kernels *))
{
    static const char *const isas[] = {"generic", "avx2", "avx512"};
    static const enum dtype dtypes[] = {DTYPE_F64, DTYPE_F32};
    enum { THREADS = 3 };
    traced_count = 0;
    for (int d = 0; d < 2; d++) {
        uint64_t expected = 0;
        for (int i = 0; i < 3; i++) {
            const struct kernels *k = backend_kernels(isas[i], dtypes[d]);
            if (!k)
                continue;
            assert_string_equal(k->isa, isas[i]);
            assert_int_equal(k->dtype, dtypes[d]);
            check_table(k, check);
            if (i == 0)
                expected = trace_hash;
            else if (trace_hash != expected)
                fail_msg("%s kernels for %s leave other bits than the generic ones", isas[i],
                         dtype_name(dtypes[d]));
            dealt = true;
            check_table(backend_kernels_dealt(isas[i], dtypes[d], THREADS), check);
            dealt = false;
        }
    }
}

/*
 * In double: the derivatives dx against central differences of a loss that reads x. Distances are relative to
 * the derivative or 1; 1e-8 is what a step of 1e-5 allows.
 */
static inline void check_derivatives(const struct kernels *k, void *x, int64_t n,
                                     double (*loss)(const struct kernels *), const void *dx, const char *name)
{
    const double step = 1e-5;
    if (k->dtype != DTYPE_F64 || dealt) /* what several threads find is held to what one does */
        return;
    for (int64_t i = 0; i < n; i++) {
        const double kept = at(k, x, i);
        put(k, x, i, kept + step);
        const double above = loss(k);
        put(k, x, i, kept - step);
        const double below = loss(k);
        put(k, x, i, kept);
        const double expected = (above - below) / (2 * step);
        if (!check_near(at(k, dx, i), expected, 1e-8, 1e-8))
            fail_msg("%s: derivative by %s[%lld] is %.12g, differences say %.12g", k->isa, name, (long long)i,
                     at(k, dx, i), expected);
    }
}

/* sum of x y, in plain order */
static inline double weighed(const struct kernels *k, int64_t n, const void *x, const void *y)
{
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += at(k, x, i) * at(k, y, i);
    return sum;
}

#define assert_at(k, x, i, expected, relative, absolute)                                   \
    do {                                                                                   \
        double check_at = at(k, x, i), check_expected = (expected);                        \
        if (!check_near(check_at, check_expected, relative, absolute))                     \
            fail_msg("%s %s: %s[%lld] = %.17g, expected %.17g (distance %.3g)", (k)->isa,  \
                     dtype_name((k)->dtype), #x, (long long)(i), check_at, check_expected, \
                     fabs(check_at - check_expected));                                     \
    } while (0)

#endif
