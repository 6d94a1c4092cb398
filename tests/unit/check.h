/*
 * Asserts for numbers that fail on NaN and say where, what and how far. cmocka's own float asserts pass when
 * an operand is NaN, so no test uses them.
 */
#ifndef MLDBG_TESTS_CHECK_H
#define MLDBG_TESTS_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* cmocka takes the name of our error function. */
#undef fail
#undef fail_msg
#define fail_msg(...)                       \
    do {                                    \
        print_error("ERROR: " __VA_ARGS__); \
        print_error("\n");                  \
        _fail(__FILE__, __LINE__);          \
    } while (0)

/* Whether a is within relative * |b| + absolute of b. Never true for a NaN; infinities must be equal. */
static inline int check_near(double a, double b, double relative, double absolute)
{
    if (isinf(a) || isinf(b))
        return a == b;
    return fabs(a - b) <= relative * fabs(b) + absolute;
}

#define assert_near(a, b, relative, absolute)                                            \
    do {                                                                                 \
        double check_a = (a), check_b = (b);                                             \
        if (!check_near(check_a, check_b, (relative), (absolute)))                       \
            fail_msg("%s = %.17g, expected %.17g (distance %.3g)", #a, check_a, check_b, \
                     fabs(check_a - check_b));                                           \
    } while (0)

/* The same for arrays of float or double; names the first index that is off. */
#define assert_all_near(a, b, count, relative, absolute)                                             \
    do {                                                                                             \
        for (int64_t check_i = 0; check_i < (int64_t)(count); check_i++) {                           \
            double check_a = (double)(a)[check_i], check_b = (double)(b)[check_i];                   \
            if (!check_near(check_a, check_b, (relative), (absolute)))                               \
                fail_msg("%s[%lld] = %.17g, expected %.17g (distance %.3g)", #a, (long long)check_i, \
                         check_a, check_b, fabs(check_a - check_b));                                 \
        }                                                                                            \
    } while (0)

#define assert_is_nan(a)                                       \
    do {                                                       \
        double check_a = (a);                                  \
        if (!isnan(check_a))                                   \
            fail_msg("%s = %.17g, expected NaN", #a, check_a); \
    } while (0)

#endif
