/* What the initializations share: draws of whole parameters, and the settings that the automatic choice uses.
 */
#ifndef MLDBG_SRC_LAYER_INIT_H
#define MLDBG_SRC_LAYER_INIT_H

#include <mldbg/layer.h>

struct variance_settings {
    int mode;         /* of fans[]: fan_in, fan_out */
    int nonlinearity; /* of gains[]: auto, ... */
    double a;         /* slope of leaky_relu; NaN: that of the activation that follows */
    double gain;      /* xavier */
};

struct plain_settings {
    double mean, std, low, high, value, gain;
};

enum { FAN_IN, FAN_OUT };
enum { GAIN_AUTO, GAIN_LINEAR, GAIN_SIGMOID, GAIN_TANH, GAIN_RELU, GAIN_LEAKY_RELU, GAIN_SELU };

void fill_value(const struct init_target *target, double value, double *values);
void fill_uniform(const struct init_target *target, double low, double high, double *values);
void fill_normal(const struct init_target *target, double mean, double std, double *values);
/* Orthonormal rows or columns (whichever are fewer) in each of `blocks` blocks of rows, times gain. */
void fill_orthogonal(const struct init_target *target, int64_t blocks, double gain, double *values);

/* Whether it speaks of biases and gains too, as a framework's defaults do. */
bool init_is_framework(const struct init_kind *kind);
struct init_choice init_constant_choice(struct arena *arena, double value);

#endif
