/* gru: gated recurrent unit as in PyTorch: the reset gate works on a product of the state. Cho et al. 2014 */
#include "recurrent.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    struct recurrent r;
    if (!recurrent_plan(plan, 3, &r, err))
        return false;
    int64_t gates = recurrent_bytes(r.rows, r.gates, plan->real_size);
    plan->saved_bytes = 2 * gates + recurrent_bytes(r.rows, r.hidden, plan->real_size);
    int64_t backward = recurrent_bytes(r.rows, r.input, plan->real_size) + 2 * gates +
                       2 * recurrent_bytes(r.batch, r.hidden, plan->real_size);
    int64_t forward = recurrent_weights_bytes(&r, plan->real_size);
    plan->workspace_bytes = forward > backward ? forward : backward;
    return true;
}

/* Saved, by steps: the activated gates r, z, n, the sums from the state, the states. */
struct saved {
    void *gates, *state_sums, *h;
};

static struct saved saved_of(const struct op_call *call, const struct recurrent *r)
{
    char *at = call->saved;
    void *gates = recurrent_take(call, &at, r->rows, r->gates);
    void *sums = recurrent_take(call, &at, r->rows, r->gates);
    return (struct saved){gates, sums, recurrent_take(call, &at, r->rows, r->hidden)};
}

struct onward {
    struct saved saved;
    struct recurrent_weights weights;
};

static void run_forward(const struct op_call *call, const struct recurrent *r, const void *context)
{
    const struct onward *onward = context;
    const struct saved *saved = &onward->saved;
    const struct recurrent_weights *weights = &onward->weights;

    for (int64_t s = 0; s < r->time; s++) {
        void *gates = recurrent_place(call, r, saved->gates, s, r->gates);
        void *sums = recurrent_place(call, r, saved->state_sums, s, r->gates);
        void *before = s > 0 ? recurrent_place(call, r, saved->h, s - 1, r->hidden) : NULL;
        void *h = recurrent_place(call, r, saved->h, s, r->hidden);
        recurrent_input(call, r, weights, s, gates);
        call->kernels->fill(r->part * r->gates, 0, sums);
        recurrent_state(call, r, weights, before, sums);
        call->kernels->gru_cell(r->part, r->hidden, gates, r->gates, sums, r->gates, before, r->hidden, h,
                                r->hidden);
        recurrent_emit(call, r, s, h);
    }
}

static void forward(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    struct onward onward = {saved_of(call, &r), recurrent_turn(call, &r)};
    recurrent_share(call, &r, run_forward, &onward);
}

/* dh [batch, H] is zero where it begins, dh_before a second such room. */
struct back {
    struct saved saved;
    void *dx_gates, *dh_gates, *dh, *dh_before;
};

static void run_backward(const struct op_call *call, const struct recurrent *r, const void *context)
{
    const struct back *back = context;
    const struct saved *saved = &back->saved;
    void *dh = recurrent_place(call, r, back->dh, 0, r->hidden);
    void *dh_before = recurrent_place(call, r, back->dh_before, 0, r->hidden);

    for (int64_t s = r->time - 1; s >= 0; s--) {
        void *dh_gates_now = recurrent_place(call, r, back->dh_gates, s, r->gates), *arrived = dh;
        recurrent_arrive(call, r, s, dh);
        call->kernels->gru_cell_grad(
            r->part, r->hidden, recurrent_place(call, r, saved->gates, s, r->gates), r->gates,
            recurrent_place(call, r, saved->state_sums, s, r->gates), r->gates,
            s > 0 ? recurrent_place(call, r, saved->h, s - 1, r->hidden) : NULL, r->hidden, dh, r->hidden,
            recurrent_place(call, r, back->dx_gates, s, r->gates), r->gates, dh_gates_now, r->gates, false,
            dh_before, r->hidden);
        if (s > 0)
            recurrent_carry(call, r, dh_gates_now, true, dh_before);
        dh = dh_before;
        dh_before = arrived;
    }
}

static void backward(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    struct back back = {.saved = saved_of(call, &r)};
    char *at = call->workspace;
    void *x_steps = recurrent_take(call, &at, r.rows, r.input);
    back.dx_gates = recurrent_take(call, &at, r.rows, r.gates);
    back.dh_gates = recurrent_take(call, &at, r.rows, r.gates);
    back.dh = recurrent_take(call, &at, r.batch, r.hidden);
    back.dh_before = recurrent_take(call, &at, r.batch, r.hidden);
    call->kernels->fill(r.batch * r.hidden, 0, back.dh);
    recurrent_share(call, &r, run_backward, &back);
    recurrent_gradients(call, &r, back.dx_gates, back.dh_gates, back.saved.h, x_steps);
}

static const struct op_recurrent_settings onward = {0}, reverse = {.reverse = true};

static const struct op_example examples[] = {
    {.name = "with bias",
     .input = {AXES(3, 4, 2), AXES(9, 2), AXES(9, 3), AXES(9), AXES(9)},
     .input_count = 5,
     .settings = &onward},
    {.name = "backwards, without bias",
     .input = {AXES(2, 3, 3), AXES(6, 3), AXES(6, 2)},
     .input_count = 3,
     .settings = &reverse},
    {.name = "one step",
     .input = {AXES(2, 1, 3), AXES(6, 3), AXES(6, 2), AXES(6), AXES(6)},
     .input_count = 5,
     .settings = &onward},
    {.name = "wrong rows",
     .input = {AXES(2, 3, 3), AXES(8, 3), AXES(6, 2)},
     .input_count = 3,
     .settings = &onward,
     .refused = "the weight of the input is 8 x 3, expected 6 = 3 x 2 hidden rows"},
};

const struct op op_gru = {
    .entry =
        {
            .name = "gru",
            .summary = "Gated recurrent unit: a recurrent network with two gates",
            .explain = "r and z are sigmoids of the input's and the state's sums, n = tanh(w_in x(t) +\n"
                       "b_in + r (w_hn h(t-1) + b_hn)), h(t) = (1 - z) n + z h(t-1), starting from zero.\n"
                       "The output holds the state of every step.\n",
        },
    .inputs_least = 3,
    .inputs_most = 5,
    .settings_size = sizeof(struct op_recurrent_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    EXAMPLES(examples),
};
