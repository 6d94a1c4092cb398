/* The CPU as a back end: chooses the kernels for this processor at run time. */
#include <string.h>

#include "cpu.h"

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

bool backend_cpu(int threads, const struct backend **out, struct error *err)
{
    static struct backend cpu = {.name = "cpu"};
    if (!blas_start(threads, err))
        return false;
    for (size_t i = 0; i < SETS && !cpu.kernels[DTYPE_F32]; i++)
        if (processor_has(sets[i].isa))
            memcpy(cpu.kernels, sets[i].kernels, sizeof cpu.kernels);
    *out = &cpu;
    return true;
}
