/* The kernels for double on several threads. */
#define REAL  double
#define DEALT dealt_f64

#include "deal.tmpl.h"
