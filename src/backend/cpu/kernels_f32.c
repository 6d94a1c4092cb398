/*
 * The kernels for float. exp, expm1, tanh and erf are our own here: written without branches they vectorise,
 * and give the same bits on every instruction set, to within 3 units in the last place.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cpu.h"

#define INLINE inline __attribute__((always_inline)) /* a call in a loop keeps it scalar */

static INLINE float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/*
 * exp(x) = 2^n exp(r) with |r| <= ln(2) / 2. Writes exp(r) - 1 by its Taylor series (the next term, r^8 / 8!,
 * is below 2^-27) and 2^n as two factors, so that results down to the subnormals and up to infinity come out
 * of the products.
 */
static INLINE float exponential_parts(float x, float *low, float *high)
{
    const float rounder =
        12582912; /* 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits */
    float z = x < -105 ? -105 : x;
    z = z > 90 ? 90 : z;
    const float shifted = z * 1.44269504088896f + rounder;
    const float n = shifted - rounder;
    const float r = (z - n * 0.693145751953125f) - n * 1.42860682030941723212e-6f; /* ln 2 in two parts */
    const float tail = 1 / 6.0f + r * (1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f + r * (1 / 5040.0f))));
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    const int32_t exponent =
        (int32_t)(bits & 0x7fffff) - 0x400000; /* a NaN leaves any number here, to no effect */
    const int32_t half = exponent >> 1;
    *low = float_of_bits((uint32_t)(half + 127) << 23);
    *high = float_of_bits((uint32_t)(exponent - half + 127) << 23);
    return r + r * r * (0.5f + r * tail);
}

static INLINE float exponential(float x)
{
    float low, high;
    const float part = exponential_parts(x, &low, &high);
    return (1 + part) * low * high;
}

/* exp(x) - 1 from exp(r) - 1, so that small x keep their digits. */
static INLINE float exponential_less_1(float x)
{
    float low, high;
    const float part = exponential_parts(x, &low, &high);
    const float power = low * high, large = (1 + part) * low * high;
    return x > 20 ? large : part * power + (power - 1);
}

/* tanh |x| = (1 - e) / (1 + e) with e = exp(-2 |x|) */
static INLINE float hyperbolic_tangent(float x)
{
    const float difference = exponential_less_1(-2 * fabsf(x));
    const float y = -difference / (2 + difference);
    return x < 0 ? -y : y;
}

/* erf |x| = 1 - exp(log erfc |x|), the logarithm by a polynomial fitted on [0, 4] to within 4e-8 of the
 * result. */
static INLINE float error_function(float x)
{
    const float magnitude = fabsf(x), z = magnitude > 4 ? 4 : magnitude;
    const float slope =
        -1.128379207f +
        z * (-0.6366164967f +
             z * (-0.1028144079f +
                  z * (0.01932169662f +
                       z * (-0.0002056722262f +
                            z * (-0.001251789597f + z * (0.0003810195357f + z * -4.071096698e-5f))))));
    const float y = -exponential_less_1(z * slope);
    return x < 0 ? -y : y;
}

#define REAL           float
#define REAL_C(v)      v##f
#define REAL_SIGNED    int32_t
#define REAL_INFINITY  0x7f800000
#define REAL_MAGNITUDE INT32_MAX
#define REAL_DTYPE     DTYPE_F32
#define REAL_EXP(v)    exponential(v)
#define REAL_EXPM1(v)  exponential_less_1(v)
#define REAL_TANH(v)   hyperbolic_tangent(v)
#define REAL_ERF(v)    error_function(v)
#define KERNEL_TABLE   cpu_kernels_f32_
#if defined(__AVX512F__)
#define KERNEL_GEMM gemm_f32_avx512
#else
#define KERNEL_GEMM gemm_f32
#endif

#include "kernels.tmpl.h"
