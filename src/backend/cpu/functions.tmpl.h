/* The functions that the .def files and the kernels are written with. Each passes NaN through. */
#include <tgmath.h>

#undef exp
#define exp(v) REAL_EXP(v)
#undef expm1
#define expm1(v) REAL_EXPM1(v)
#undef tanh
#define tanh(v) REAL_TANH(v)
#undef erf
#define erf(v) REAL_ERF(v)

static INLINE REAL sigmoid(REAL x)
{
    const REAL e = exp(-fabs(x)), y = 1 / (1 + e);
    return x < 0 ? e * y : y;
}

static INLINE REAL clamped_log(REAL x)
{
    const REAL y = log(x);
    return y < -100 ? -100 : y;
}

static INLINE REAL clip(REAL x, REAL margin)
{
    return x < margin ? margin : x > 1 - margin ? 1 - margin : x;
}

#define SIGMOID(x)      sigmoid(x)
#define CLAMPED_LOG(x)  clamped_log(x)
#define CLIP(x, margin) clip(x, margin)

/* y = value or y += value, by `add`, which the compilers take out of the loops. */
#define ASSIGN(y, value) ((y) = add ? (y) + (value) : (value))

/* Bytes of the vectors that kernels name themselves: those of the registers, or more where it does no harm.
 */
#if defined(__AVX2__) && !defined(__AVX512F__)
enum { VECTOR_BYTES = 32 };
#else
enum { VECTOR_BYTES = 64 };
#endif
