/*
 * What rnn, lstm and gru share. Inside, everything lies by time steps in the order of processing (so reverse
 * is a matter of copying in and out): step s is a contiguous block of `batch` rows, and the state before step
 * s is the block before it.
 */
#ifndef MLDBG_SRC_GRAPH_RECURRENT_H
#define MLDBG_SRC_GRAPH_RECURRENT_H

#include "operator.h"

/* Inputs of the three operators. */
enum { X, W_IH, W_HH, B_IH, B_HH };

struct recurrent {
    int64_t batch, time, input, hidden, gates; /* gates: rows of the weights, a multiple of hidden */
    int64_t rows;                              /* time x batch */
    bool reverse, bias;
};

/*
 * Checks shapes (gates: 1, 3 or 4) and fills the output and multiply_adds. *out is what the rest of a plan
 * needs.
 */
bool recurrent_plan(struct op_plan *plan, int64_t gates, struct recurrent *out, struct error *err);
struct recurrent recurrent_of(const struct op_call *call);

/* Bytes of a block of rows x width numbers, aligned. */
int64_t recurrent_bytes(int64_t rows, int64_t width, size_t real_size);
/* The next such block of memory; *at moves behind it. */
void *recurrent_take(const struct op_call *call, char **at, int64_t rows, int64_t width);

/* gates [rows, G H] = x w_ih' + b_ih, by steps; x_steps [rows, D] is scratch. */
void recurrent_input(const struct op_call *call, const struct recurrent *r, void *x_steps, void *gates);
/* gates of one step (+)= h of the step before times w_hh'. */
void recurrent_state(const struct op_call *call, const struct recurrent *r, const void *h_before,
                     void *gates);
/* One step of h into its place in y. */
void recurrent_emit(const struct op_call *call, const struct recurrent *r, int64_t step, const void *h);
/* carry += dy of one step. */
void recurrent_arrive(const struct op_call *call, const struct recurrent *r, int64_t step, void *carry);
/* carry [batch, H] (+)= gradient of a step's gates times w_hh. */
void recurrent_carry(const struct op_call *call, const struct recurrent *r, const void *dgates, bool add,
                     void *carry);
/*
 * All five gradients from those of the gates by steps: dx_gates for the input's side, dh_gates for the
 * state's (the same for rnn and lstm). x_steps [rows, D] is scratch.
 */
void recurrent_gradients(const struct op_call *call, const struct recurrent *r, void *dx_gates,
                         void *dh_gates, void *h, void *x_steps);

#endif
