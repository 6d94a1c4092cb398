/* The CPU as a back end: chooses the kernels for this processor at run time. */
#include <string.h>

#include "cpu.h"
#include "deal.h"

static const struct set {
    const char *isa;
    const struct kernels *kernels[DTYPE_COUNT];
} sets[] = {
/* the best one first */
#if defined(__x86_64__)
    {"avx512", {&cpu_kernels_f32_avx512, &cpu_kernels_f64_avx512, NULL}},
    {"avx2", {&cpu_kernels_f32_avx2, &cpu_kernels_f64_avx2, NULL}},
#endif
    {"generic", {&cpu_kernels_f32_generic, &cpu_kernels_f64_generic, NULL}},
};

enum { SETS = sizeof sets / sizeof sets[0] };

/* The features that make/sources.mk names for the set. */
static bool processor_has(const char *isa)
{
#if defined(__x86_64__)
    if (!strcmp(isa, "avx512"))
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (!strcmp(isa, "avx2"))
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
    return !strcmp(isa, "generic");
}

const struct kernels *backend_kernels(const char *isa, enum dtype dtype)
{
    if ((unsigned)dtype >= DTYPE_COUNT)
        BUG("there is no dtype %d", (int)dtype);
    for (size_t i = 0; i < SETS; i++)
        if (!strcmp(sets[i].isa, isa))
            return processor_has(isa) ? sets[i].kernels[dtype] : NULL;
    return NULL;
}

static const struct set *best_set(void)
{
    size_t i = 0;
    while (!processor_has(sets[i].isa))
        i++;
    return &sets[i];
}

static bool start_threads(int threads, struct error *err)
{
    return blas_start(threads, err) && crew_start(threads, blas_join, err);
}

bool backend_cpu(int threads, const struct backend **out, struct error *err)
{
    static struct backend one = {.name = "cpu"}, several = {.name = "cpu"};
    static int number = 1; /* of the threads of the latter */
    if (threads > CREW_MOST)
        threads = CREW_MOST;
    if (!one.kernels[DTYPE_F32])
        memcpy(one.kernels, best_set()->kernels, sizeof one.kernels);
    if (threads <= 1) {
        if (!blas_start(1, err))
            return false;
        *out = &one;
        return true;
    }
    if (number > 1 && threads != number)
        return fail(err, ERROR_REQUEST,
                    "the engine runs on %d threads in this process, so it cannot run on %d", number, threads);
    if (!start_threads(threads, err))
        return false;
    if (number == 1) {
        several.kernels[DTYPE_F32] = dealt_f32(one.kernels[DTYPE_F32]);
        several.kernels[DTYPE_F64] = dealt_f64(one.kernels[DTYPE_F64]);
        number = threads;
    }
    *out = &several;
    return true;
}

const struct kernels *backend_kernels_dealt(const char *isa, enum dtype dtype, int threads)
{
    const struct kernels *single = backend_kernels(isa, dtype);
    struct error err = {0};
    if (!single)
        return NULL;
    if (!start_threads(threads, &err))
        BUG("no threads for a test: %s", err.sentence);
    deal_everything(true, false);
    return dtype == DTYPE_F32 ? dealt_f32(single) : dealt_f64(single);
}
