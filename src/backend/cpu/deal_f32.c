/* The kernels for float on several threads. */
#define REAL  float
#define DEALT dealt_f32

#include "deal.tmpl.h"
