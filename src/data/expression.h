/* Arithmetic in one variable x, as people write it: "5*x**2 + sin(x)". Evaluates nothing else. */
#ifndef MLDBG_DATA_EXPRESSION_H
#define MLDBG_DATA_EXPRESSION_H

#include <mldbg/base/error.h>

struct expression;

/* Numbers, x, pi, + - * / **, brackets, sin cos tanh exp log sqrt abs. NULL after an error. */
const struct expression *expression_read(struct arena *arena, const char *text, struct error *err);
double expression_value(const struct expression *expression, double x);

#endif
