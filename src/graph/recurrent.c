/* The matrix products around recurrent cells: step by step, and those of the weights' gradients all at once.
 */
#include "recurrent.h"

static bool weights_fit(const struct op_plan *plan, int64_t gates, struct error *err)
{
    const struct shape *x = &plan->input[X], *w_ih = &plan->input[W_IH], *w_hh = &plan->input[W_HH];
    if (x->rank != 3)
        return fail(err, ERROR_REQUEST, "the input is %s, expected steps x features in each sample",
                    x->rank > 1 ? words_of_axes(x, 1, x->rank).at : words_of(x).at);
    if (w_hh->rank != 2 || w_hh->size[0] != gates * w_hh->size[1])
        return fail(err, ERROR_REQUEST, "the weight of the state is %s, expected %lld hidden x hidden",
                    words_of(w_hh).at, (long long)gates);
    if (w_ih->rank != 2 || w_ih->size[0] != w_hh->size[0])
        return fail(err, ERROR_REQUEST,
                    "the weight of the input is %s, expected %lld = %lld x %lld hidden rows",
                    words_of(w_ih).at, (long long)w_hh->size[0], (long long)gates, (long long)w_hh->size[1]);
    if (w_ih->size[1] != x->size[2])
        return fail(err, ERROR_REQUEST, "input_size is %lld, but the input gives %lld in each of %lld steps",
                    (long long)w_ih->size[1], (long long)x->size[2], (long long)x->size[1]);
    if (plan->input_count == 4)
        return fail(err, ERROR_REQUEST, "one bias is given, expected both or neither");
    for (int i = B_IH; i < plan->input_count; i++) {
        if (plan->input[i].rank != 1 || plan->input[i].size[0] != w_hh->size[0])
            return fail(err, ERROR_REQUEST, "a bias is %s, expected %lld = %lld x %lld hidden",
                        words_of(&plan->input[i]).at, (long long)w_hh->size[0], (long long)gates,
                        (long long)w_hh->size[1]);
    }
    return true;
}

static struct recurrent sizes_of(const struct shape *x, const struct shape *w_hh, int input_count,
                                 const struct op_recurrent_settings *settings)
{
    return (struct recurrent){
        .batch = x->size[0],
        .time = x->size[1],
        .input = x->size[2],
        .hidden = w_hh->size[1],
        .gates = w_hh->size[0],
        .rows = x->size[0] * x->size[1],
        .part = x->size[0],
        .reverse = settings->reverse,
        .bias = input_count > B_IH,
    };
}

bool recurrent_plan(struct op_plan *plan, int64_t gates, struct recurrent *out, struct error *err)
{
    if (!weights_fit(plan, gates, err))
        return false;
    *out = sizes_of(&plan->input[X], &plan->input[W_HH], plan->input_count, plan->settings);
    plan->output = (struct shape){.rank = 3, .size = {out->batch, out->time, out->hidden}};
    plan->multiply_adds = size_product(out->rows, size_product(out->gates, out->input + out->hidden));
    return true;
}

struct recurrent recurrent_of(const struct op_call *call)
{
    return sizes_of(&call->x[X]->shape, &call->x[W_HH]->shape, call->input_count, call->settings);
}

int64_t recurrent_bytes(int64_t rows, int64_t width, size_t real_size)
{
    return size_aligned(size_product(size_product(rows, width), (int64_t)real_size));
}

void *recurrent_take(const struct op_call *call, char **at, int64_t rows, int64_t width)
{
    void *block = *at;
    *at += recurrent_bytes(rows, width, dtype_size(call->kernels->dtype));
    return block;
}

int64_t recurrent_weights_bytes(const struct recurrent *r, size_t real_size)
{
    return recurrent_bytes(r->input, r->gates, real_size) + recurrent_bytes(r->hidden, r->gates, real_size);
}

struct recurrent_weights recurrent_turn(const struct op_call *call, const struct recurrent *r)
{
    char *at = call->workspace;
    struct recurrent_weights weights = {
        .input_bias = r->bias ? call->x[B_IH]->data : NULL,
        .state_bias = r->bias ? call->x[B_HH]->data : NULL,
    };
    weights.input = recurrent_take(call, &at, r->input, r->gates);
    weights.state = recurrent_take(call, &at, r->hidden, r->gates);
    call->kernels->transpose(1, r->gates, r->input, call->x[W_IH]->data, false, weights.input);
    call->kernels->transpose(1, r->gates, r->hidden, call->x[W_HH]->data, false, weights.state);
    return weights;
}

void *recurrent_place(const struct op_call *call, const struct recurrent *r, void *array, int64_t step,
                      int64_t width)
{
    return op_number(call, array, (step * r->batch + r->from) * width);
}

/* Where the rows in hand of a step begin in a [N, T, width] tensor; rows are T x width apart. */
static void *place_of_step(const struct op_call *call, const struct recurrent *r, const struct tensor *tensor,
                           int64_t step, int64_t width)
{
    int64_t t = r->reverse ? r->time - 1 - step : step;
    return op_number(call, tensor->data, (r->from * r->time + t) * width);
}

/* gates (+)= rows of the state or the input times turned weights, plus bias */
static void add_product(const struct op_call *call, const struct recurrent *r, const void *x, int64_t stride,
                        int64_t width, const void *weights, bool add, const void *bias, void *gates)
{
    struct gemm product = gemm_of(false, false, r->part, r->gates, width);
    product.lda = stride;
    product.beta = add ? 1 : 0;
    if (x)
        call->kernels->gemm(&product, x, weights, gates);
    if (bias)
        call->kernels->add_channels(r->part, r->gates, 1, gates, bias, gates);
}

void recurrent_input(const struct op_call *call, const struct recurrent *r,
                     const struct recurrent_weights *weights, int64_t step, void *gates)
{
    add_product(call, r, place_of_step(call, r, call->x[X], step, r->input), r->time * r->input, r->input,
                weights->input, false, weights->input_bias, gates);
}

void recurrent_state(const struct op_call *call, const struct recurrent *r,
                     const struct recurrent_weights *weights, const void *h_before, void *gates)
{
    add_product(call, r, h_before, r->hidden, r->hidden, weights->state, true, weights->state_bias, gates);
}

void recurrent_emit(const struct op_call *call, const struct recurrent *r, int64_t step, const void *h)
{
    call->kernels->copy_rows(r->part, r->hidden, h, r->hidden, false,
                             place_of_step(call, r, call->y, step, r->hidden), r->time * r->hidden);
}

void recurrent_arrive(const struct op_call *call, const struct recurrent *r, int64_t step, void *carry)
{
    call->kernels->copy_rows(r->part, r->hidden, place_of_step(call, r, call->dy, step, r->hidden),
                             r->time * r->hidden, true, carry, r->hidden);
}

void recurrent_carry(const struct op_call *call, const struct recurrent *r, const void *dgates, bool add,
                     void *carry)
{
    struct gemm product = gemm_of(false, false, r->part, r->hidden, r->gates);
    product.beta = add ? 1 : 0;
    call->kernels->gemm(&product, dgates, call->x[W_HH]->data, carry);
}

/* ---- Shares of a batch ---- */

/* Rows of a share, at least: products of fewer leave the registers half empty. */
enum { SHARE_ROWS = 8 };

struct sharing {
    const struct op_call *call;
    const struct recurrent *all;
    int64_t parts;
    recurrent_steps_fn *steps;
    const void *context;
};

static void run_share(void *context, int64_t index)
{
    const struct sharing *sharing = context;
    struct recurrent r = *sharing->all;
    int64_t blocks = (r.batch + SHARE_ROWS - 1) / SHARE_ROWS;
    int64_t to = blocks * (index + 1) / sharing->parts * SHARE_ROWS;

    r.from = blocks * index / sharing->parts * SHARE_ROWS;
    r.part = (to < r.batch ? to : r.batch) - r.from;
    sharing->steps(sharing->call, &r, sharing->context);
}

void recurrent_share(const struct op_call *call, const struct recurrent *r, recurrent_steps_fn *steps,
                     const void *context)
{
    int64_t blocks = r->batch / SHARE_ROWS, threads = call->kernels->threads();
    struct sharing sharing = {call, r, threads < blocks ? threads : blocks, steps, context};

    if (sharing.parts <= 1)
        steps(call, r, context);
    else
        call->kernels->parallel(sharing.parts,
                                (double)r->rows * (double)r->gates * (double)(r->input + r->hidden),
                                run_share, &sharing);
}

/* ---- What is done for all steps at once ---- */

static void gather_steps(const struct op_call *call, const struct recurrent *r, void *x_steps)
{
    for (int64_t s = 0; s < r->time; s++)
        call->kernels->copy_rows(r->batch, r->input, place_of_step(call, r, call->x[X], s, r->input),
                                 r->time * r->input, false, op_number(call, x_steps, s * r->batch * r->input),
                                 r->input);
}

static void input_gradient(const struct op_call *call, const struct recurrent *r, const void *dx_gates,
                           void *x_steps)
{
    struct gemm product = gemm_of(false, false, r->rows, r->input, r->gates);
    call->kernels->gemm(&product, dx_gates, call->x[W_IH]->data, x_steps);
    for (int64_t s = 0; s < r->time; s++)
        call->kernels->copy_rows(r->batch, r->input, op_number(call, x_steps, s * r->batch * r->input),
                                 r->input, call->add[X], place_of_step(call, r, call->dx[X], s, r->input),
                                 r->time * r->input);
}

static void bias_gradients(const struct op_call *call, const struct recurrent *r, const void *dx_gates,
                           const void *dh_gates)
{
    bool input = r->bias && call->dx[B_IH], state = r->bias && call->dx[B_HH];
    bool same = input && state && dx_gates == dh_gates && !call->add[B_IH];
    if (input)
        call->kernels->sum_channels(r->rows, r->gates, 1, dx_gates, call->add[B_IH], call->dx[B_IH]->data);
    if (same)
        call->kernels->copy_rows(1, r->gates, call->dx[B_IH]->data, r->gates, call->add[B_HH],
                                 call->dx[B_HH]->data, r->gates);
    else if (state)
        call->kernels->sum_channels(r->rows, r->gates, 1, dh_gates, call->add[B_HH], call->dx[B_HH]->data);
}

void recurrent_gradients(const struct op_call *call, const struct recurrent *r, void *dx_gates,
                         void *dh_gates, void *h, void *x_steps)
{
    if (call->dx[X])
        input_gradient(call, r, dx_gates, x_steps);
    if (call->dx[W_IH]) {
        gather_steps(call, r, x_steps);
        struct gemm product = gemm_of(true, false, r->gates, r->input, r->rows);
        product.beta = call->add[W_IH] ? 1 : 0;
        call->kernels->gemm(&product, dx_gates, x_steps, call->dx[W_IH]->data);
    }
    if (call->dx[W_HH]) {
        /* Step s meets the state of step s - 1; the first step has none. */
        struct gemm product = gemm_of(true, false, r->gates, r->hidden, r->rows - r->batch);
        product.beta = call->add[W_HH] ? 1 : 0;
        call->kernels->gemm(&product, op_number(call, dh_gates, r->batch * r->gates), h,
                            call->dx[W_HH]->data);
    }
    bias_gradients(call, r, dx_gates, dh_gates);
}
