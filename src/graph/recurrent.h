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
    int64_t from, part; /* rows of the batch in hand: all, or a share of them in a copy of this */
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

/*
 * Forward, the weights turned, so that both products of a step run along their rows: input [D, gates], state
 * [H, gates]. Biases are NULL where there are none.
 */
struct recurrent_weights {
    void *input, *state, *input_bias, *state_bias;
};

/* Bytes of workspace for those, and how to make them there. */
int64_t recurrent_weights_bytes(const struct recurrent *r, size_t real_size);
struct recurrent_weights recurrent_turn(const struct op_call *call, const struct recurrent *r);

/*
 * The rest up to recurrent_gradients works on the rows from .. from + part of the batch at one step, and
 * reads and writes nothing of the other rows: shares of a batch may run through all steps at the same time.
 */

/* All steps for the rows in hand; context is what the operator needs for it. */
typedef void recurrent_steps_fn(const struct op_call *call, const struct recurrent *r, const void *context);

/* Runs the steps for all rows, in shares of the batch where there are several threads. */
void recurrent_share(const struct op_call *call, const struct recurrent *r, recurrent_steps_fn *steps,
                     const void *context);

/* Where the rows in hand of a step begin in an array by steps of so many numbers a row. */
void *recurrent_place(const struct op_call *call, const struct recurrent *r, void *array, int64_t step,
                      int64_t width);
/* gates = x(step) w_ih' + b_ih */
void recurrent_input(const struct op_call *call, const struct recurrent *r,
                     const struct recurrent_weights *weights, int64_t step, void *gates);
/* gates += h_before w_hh' + b_hh; h_before is NULL at the first step. */
void recurrent_state(const struct op_call *call, const struct recurrent *r,
                     const struct recurrent_weights *weights, const void *h_before, void *gates);
/* One step of h into its place in y. */
void recurrent_emit(const struct op_call *call, const struct recurrent *r, int64_t step, const void *h);
/* carry += dy of one step. */
void recurrent_arrive(const struct op_call *call, const struct recurrent *r, int64_t step, void *carry);
/* carry [part, H] (+)= gradient of a step's gates times w_hh. */
void recurrent_carry(const struct op_call *call, const struct recurrent *r, const void *dgates, bool add,
                     void *carry);
/*
 * All five gradients from those of the gates by steps: dx_gates for the input's side, dh_gates for the
 * state's (the same for rnn and lstm). x_steps [rows, D] is scratch.
 */
void recurrent_gradients(const struct op_call *call, const struct recurrent *r, void *dx_gates,
                         void *dh_gates, void *h, void *x_steps);

#endif
