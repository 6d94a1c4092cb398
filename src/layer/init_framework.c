/* The initial values that PyTorch's and Keras's layers have when nothing is declared. */
#include <math.h>
#include <string.h>

#include "init.h"

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool is_recurrent_layer(const struct init_target *target)
{
    return is(target->layer, "rnn") || is(target->layer, "lstm") || is(target->layer, "gru");
}

static void fill_symmetric(const struct init_target *target, double bound, double *values)
{
    fill_uniform(target, -bound, bound, values);
}

static void fill_pytorch(const void *settings, const struct init_target *target, double *values)
{
    (void)settings;
    if (is_recurrent_layer(target))
        fill_symmetric(target, 1 / sqrt((double)target->shape.size[0] / (double)target->gates), values);
    else if (is(target->role, "embedding"))
        fill_normal(target, 0, 1, values);
    else if (is(target->role, "gain"))
        fill_value(target, 1, values);
    else if (is(target->role, "position") || target->fan_in < 1)
        fill_value(target, 0, values);
    else if (is(target->role, "projection")) /* Xavier over q, k and v as one matrix of 3 x width rows */
        fill_symmetric(target, sqrt(6 / (double)(target->fan_in + 3 * target->fan_out)), values);
    else if (is(target->layer, "attention") && is(target->role, "bias"))
        fill_value(target, 0, values);
    else
        fill_symmetric(target, 1 / sqrt((double)target->fan_in), values);
}

static void fill_keras(const void *settings, const struct init_target *target, double *values)
{
    (void)settings;
    if (is(target->role, "recurrent")) {
        fill_orthogonal(target, 1, 1, values);
    } else if (is(target->role, "embedding") || is(target->role, "position")) {
        fill_symmetric(target, 0.05, values);
    } else if (is(target->role, "gain")) {
        fill_value(target, 1, values);
    } else if (is(target->role, "bias")) {
        fill_value(target, 0, values);
        if (is(target->layer, "lstm") && is(target->what, "bias_ih")) {
            int64_t hidden = target->shape.size[0] / target->gates;
            for (int64_t i = hidden; i < 2 * hidden; i++)
                values[i] = 1;
        }
    } else {
        fill_symmetric(target, sqrt(6 / (double)(target->fan_in + target->fan_out)), values);
    }
}

const struct init_kind init_pytorch = {
    .entry = {"pytorch", "What PyTorch's layers start with",
              "linear, conv: weights and biases uniform in +-1 / sqrt(fan_in). rnn, lstm, gru:\n"
              "all uniform in +-1 / sqrt(hidden_size). embedding: normal of spread 1. Norms: 1\n"
              "and 0. attention: projections Xavier-uniform over q, k, v as one matrix, output\n"
              "uniform in +-1 / sqrt(width), biases 0. positional: 0."},
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_pytorch,
};

const struct init_kind init_keras = {
    .entry = {"keras", "What Keras's layers start with",
              "Weights Xavier-uniform (Glorot), biases 0, recurrent weights orthogonal as one\n"
              "matrix, the bias of lstm's forget gate 1, embedding uniform in +-0.05, norms 1\n"
              "and 0."},
    .settings_size = sizeof(struct plain_settings),
    .fill = fill_keras,
};
