/*
 * The one door to OpenBLAS: matrix products, its threads, its description; and the choice between it and own
 * products, which know no threads: with several of the BLAS all products are left to it. Of its functions
 * only gemm is used; scal and iamax lose NaN. alpha 0 never reaches it, since its kernels do not agree on
 * what NaN becomes then.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>

#include <cblas.h>

#include "cpu.h"

/*
 * OpenBLAS loops for ever when it cannot have its buffers (128 MiB a thread and some for the packed tables;
 * 200 MiB of address space were enough for one thread, 150 were not), so the room is tried before the first
 * product.
 */
static const size_t first_thread_bytes = (size_t)192 << 20;
static const size_t other_thread_bytes = (size_t)128 << 20;

static void gemm_check(const struct gemm *gemm)
{
    const int64_t any = gemm->m | gemm->n | gemm->k | gemm->lda | gemm->ldb | gemm->ldc;
    if (any < 0 || any > INT_MAX)
        BUG("a product of %lld x %lld over %lld (rows %lld, %lld and %lld apart) is beyond the BLAS",
            (long long)gemm->m, (long long)gemm->n, (long long)gemm->k, (long long)gemm->lda,
            (long long)gemm->ldb, (long long)gemm->ldc);
    if (gemm->k > 0 &&
        (gemm->lda < (gemm->trans_a ? gemm->m : gemm->k) || gemm->ldb < (gemm->trans_b ? gemm->k : gemm->n)))
        BUG("a product of %lld x %lld over %lld has rows that overlap", (long long)gemm->m,
            (long long)gemm->n, (long long)gemm->k);
    if (gemm->ldc < gemm->n)
        BUG("a product of %lld columns is written to rows %lld apart", (long long)gemm->n,
            (long long)gemm->ldc);
}

/* One product by the BLAS; all products by `one`, where what is left without k or alpha is beta C. */
#define GEMM(type, blas)                                                                                    \
    static void scale_##type(const struct gemm *gemm, type *c)                                              \
    {                                                                                                       \
        const type beta = (type)gemm->beta;                                                                 \
        for (int64_t i = 0; i < gemm->m; i++)                                                               \
            for (int64_t j = 0; j < gemm->n; j++)                                                           \
                c[i * gemm->ldc + j] = gemm->beta == 0 ? 0 : beta * c[i * gemm->ldc + j];                   \
    }                                                                                                       \
                                                                                                            \
    static void blas_##type(const struct gemm *gemm, const type *a, const type *b, type *c)                 \
    {                                                                                                       \
        blas(CblasRowMajor, gemm->trans_a ? CblasTrans : CblasNoTrans,                                      \
             gemm->trans_b ? CblasTrans : CblasNoTrans, (int)gemm->m, (int)gemm->n, (int)gemm->k,           \
             (type)gemm->alpha, a, (int)gemm->lda, b, (int)gemm->ldb, (type)gemm->beta, c, (int)gemm->ldc); \
    }                                                                                                       \
                                                                                                            \
    static void multiply_##type(const struct gemm *gemm, const type *a, const type *b, type *c,             \
                                void (*one)(const struct gemm *, const type *, const type *, type *))       \
    {                                                                                                       \
        for (int64_t outer = 0; outer < gemm->outer; outer++)                                               \
            for (int64_t inner = 0; inner < gemm->inner; inner++) {                                         \
                type *to = c + outer * gemm->c_outer + inner * gemm->c_inner;                               \
                if (gemm->k == 0 || gemm->alpha == 0)                                                       \
                    scale_##type(gemm, to);                                                                 \
                else                                                                                        \
                    one(gemm, a + outer * gemm->a_outer + inner * gemm->a_inner,                            \
                        b + outer * gemm->b_outer + inner * gemm->b_inner, to);                             \
            }                                                                                               \
    }

GEMM(float, cblas_sgemm)
GEMM(double, cblas_dgemm)

void gemm_f32(const struct gemm *gemm, const void *a, const void *b, void *c)
{
    gemm_check(gemm);
    if (gemm->m > 0 && gemm->n > 0)
        multiply_float(gemm, a, b, c, blas_float);
}

void gemm_f64(const struct gemm *gemm, const void *a, const void *b, void *c)
{
    gemm_check(gemm);
    if (gemm->m > 0 && gemm->n > 0)
        multiply_double(gemm, a, b, c, blas_double);
}

#if defined(__x86_64__)
void gemm_f32_avx512(const struct gemm *gemm, const void *a, const void *b, void *c)
{
    gemm_check(gemm);
    if (gemm->m > 0 && gemm->n > 0)
        multiply_float(gemm, a, b, c, gemm->k > 0 && product_f32_wins(gemm) ? product_f32 : blas_float);
}
#endif

static bool memory_is_there(int threads, struct error *err)
{
    const size_t bytes = first_thread_bytes + (size_t)(threads - 1) * other_thread_bytes;
    void *room = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return fail(
            err, ERROR_MACHINE,
            "OpenBLAS needs %zu MiB of address space for its work memory with %d thread%s, and the system "
            "refuses it (%s); raise the limit (ulimit -v) or use fewer threads",
            bytes >> 20, threads, threads == 1 ? "" : "s", strerror(errno));
    munmap(room, bytes);
    return true;
}

/*
 * OpenBLAS starts threads of its own when it is loaded, and they spin for some 50 ms before they sleep; none
 * of them is used here. This is what OpenBLAS itself calls before a fork, and it starts them anew if it
 * should need them. Only the build with pthreads has it.
 */
#if defined(__ELF__)
int blas_thread_shutdown_(void) __attribute__((weak));
#endif

static void send_idlers_home(void)
{
#if defined(__ELF__)
    if (openblas_get_parallel() == 1 && blas_thread_shutdown_)
        (void)blas_thread_shutdown_();
#endif
}

bool blas_start(int threads, struct error *err)
{
    static int threads_with_room; /* greatest number of threads that was tried */
    if (threads < 1)
        threads = 1;
    if (threads > 1 && openblas_get_parallel() == 0)
        return fail(
            err, ERROR_MACHINE,
            "this OpenBLAS was built for one thread, and may not be called from %d; use --threads 1, or "
            "install one for threads (Debian: libopenblas0-pthread)",
            threads);
    if (threads > threads_with_room && !memory_is_there(threads, err))
        return false;
    blas_join();
    if (!threads_with_room)
        send_idlers_home();
    if (threads > threads_with_room)
        threads_with_room = threads;
    return true;
}

/* OpenMP keeps the number for each thread, pthreads for all; to set it wakes the idlers, so it is asked
 * first. */
void blas_join(void)
{
    if (openblas_get_num_threads() != 1)
        openblas_set_num_threads(1);
}

const char *backend_blas(struct arena *arena)
{
    static const char *const parallel[] = {"serial", "pthread", "OpenMP"};
    const int kind = openblas_get_parallel();
    const char *config = openblas_get_config(); /* "OpenBLAS 0.3.21 NO_AFFINITY ..." */
    const char *blank = strchr(config, ' ');
    const int length =
        blank ? (int)(blank + 1 - config + (ptrdiff_t)strcspn(blank + 1, " ")) : (int)strlen(config);
    return arena_print(arena, "%.*s (%s, %s)", length, config, openblas_get_corename(),
                       kind >= 0 && kind <= 2 ? parallel[kind] : "unknown threads");
}
