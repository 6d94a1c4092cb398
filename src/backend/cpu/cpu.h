/* What the files of the CPU back end share. */
#ifndef MLDBG_BACKEND_CPU_H
#define MLDBG_BACKEND_CPU_H

#include <mldbg/backend.h>

/* One table a type and instruction set; those beyond generic exist on x86-64 only. */
extern const struct kernels cpu_kernels_f32_generic, cpu_kernels_f64_generic;
extern const struct kernels cpu_kernels_f32_avx2, cpu_kernels_f64_avx2;
extern const struct kernels cpu_kernels_f32_avx512, cpu_kernels_f64_avx512;

/* Matrix products by the BLAS. A dimension beyond int is a BUG. */
void gemm_f32(const struct gemm *gemm, const void *a, const void *b, void *c);
void gemm_f64(const struct gemm *gemm, const void *a, const void *b, void *c);
/* The same for processors with AVX-512: by product_f32 where that wins over one thread of the BLAS. */
void gemm_f32_avx512(const struct gemm *gemm, const void *a, const void *b, void *c);

/* One product (outer and inner are not read); m, n and k at least 1. Sums depend on the sizes alone. */
void product_f32(const struct gemm *gemm, const float *a, const float *b, float *c);
/* Whether product_f32 is faster than the BLAS at these sizes. */
bool product_f32_wins(const struct gemm *gemm);

/* Makes sure that the BLAS can have its work memory, one part for each thread that calls it, and begins. */
bool blas_start(int threads, struct error *err);

/* To be called in each thread that will: its products stay on it. */
void blas_join(void);

#endif
