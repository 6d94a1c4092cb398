/* The kernels for double: for gradient checks and for the question whether it also happens in double. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "cpu.h"

#define INLINE inline

#define REAL           double
#define REAL_C(v)      v
#define REAL_SIGNED    int64_t
#define REAL_INFINITY  0x7ff0000000000000
#define REAL_MAGNITUDE INT64_MAX
#define REAL_DTYPE     DTYPE_F64
#define REAL_EXP(v)    (exp)(v)
#define REAL_EXPM1(v)  (expm1)(v)
#define REAL_TANH(v)   (tanh)(v)
#define REAL_ERF(v)    (erf)(v)
#define KERNEL_TABLE   cpu_kernels_f64_
#define KERNEL_GEMM    gemm_f64

#include "kernels.tmpl.h"
