/* lstm: long short-term memory with gates i, f, g, o in PyTorch's order. Hochreiter and Schmidhuber 1997. */
#include "recurrent.h"

static bool plan(struct op_plan *plan, struct error *err)
{
    struct recurrent r;
    if (!recurrent_plan(plan, 4, &r, err))
        return false;
    int64_t gates = recurrent_bytes(r.rows, r.gates, plan->real_size);
    plan->saved_bytes = gates + 3 * recurrent_bytes(r.rows, r.hidden, plan->real_size);
    int64_t backward = recurrent_bytes(r.rows, r.input, plan->real_size) + gates +
                       2 * recurrent_bytes(r.batch, r.hidden, plan->real_size);
    int64_t forward = recurrent_weights_bytes(&r, plan->real_size);
    plan->workspace_bytes = forward > backward ? forward : backward;
    return true;
}

/* Saved, by steps: the activated gates, the cells, their tanh, the states. */
struct saved {
    void *gates, *c, *level, *h;
};

static struct saved saved_of(const struct op_call *call, const struct recurrent *r)
{
    char *at = call->saved;
    void *gates = recurrent_take(call, &at, r->rows, r->gates);
    void *c = recurrent_take(call, &at, r->rows, r->hidden);
    void *level = recurrent_take(call, &at, r->rows, r->hidden);
    return (struct saved){gates, c, level, recurrent_take(call, &at, r->rows, r->hidden)};
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
        void *c = recurrent_place(call, r, saved->c, s, r->hidden);
        void *level = recurrent_place(call, r, saved->level, s, r->hidden);
        void *h = recurrent_place(call, r, saved->h, s, r->hidden);
        void *c_before = s > 0 ? recurrent_place(call, r, saved->c, s - 1, r->hidden) : NULL;
        void *h_before = s > 0 ? recurrent_place(call, r, saved->h, s - 1, r->hidden) : NULL;
        recurrent_input(call, r, weights, s, gates);
        recurrent_state(call, r, weights, h_before, gates);
        call->kernels->lstm_cell(r->part, r->hidden, gates, r->gates, c_before, r->hidden, c, level,
                                 r->hidden, h, r->hidden);
        recurrent_emit(call, r, s, h);
    }
}

static void forward(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    struct onward onward = {saved_of(call, &r), recurrent_turn(call, &r)};
    recurrent_share(call, &r, run_forward, &onward);
}

/* dh and dc [batch, H] are zero where it begins. */
struct back {
    struct saved saved;
    void *dgates, *dh, *dc;
};

static void run_backward(const struct op_call *call, const struct recurrent *r, const void *context)
{
    const struct back *back = context;
    const struct saved *saved = &back->saved;
    void *dh = recurrent_place(call, r, back->dh, 0, r->hidden);
    void *dc = recurrent_place(call, r, back->dc, 0, r->hidden);

    for (int64_t s = r->time - 1; s >= 0; s--) {
        void *dgates_now = recurrent_place(call, r, back->dgates, s, r->gates);
        void *c_before = s > 0 ? recurrent_place(call, r, saved->c, s - 1, r->hidden) : NULL;
        recurrent_arrive(call, r, s, dh);
        call->kernels->lstm_cell_grad(r->part, r->hidden, recurrent_place(call, r, saved->gates, s, r->gates),
                                      r->gates, c_before, r->hidden,
                                      recurrent_place(call, r, saved->level, s, r->hidden), r->hidden, dh,
                                      r->hidden, dc, r->hidden, dgates_now, r->gates, dc, r->hidden);
        if (s > 0)
            recurrent_carry(call, r, dgates_now, false, dh);
    }
}

static void backward(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    struct back back = {.saved = saved_of(call, &r)};
    char *at = call->workspace;
    void *x_steps = recurrent_take(call, &at, r.rows, r.input);
    back.dgates = recurrent_take(call, &at, r.rows, r.gates);
    back.dh = recurrent_take(call, &at, r.batch, r.hidden);
    back.dc = recurrent_take(call, &at, r.batch, r.hidden);
    call->kernels->fill(r.batch * r.hidden, 0, back.dh);
    call->kernels->fill(r.batch * r.hidden, 0, back.dc);
    recurrent_share(call, &r, run_backward, &back);
    recurrent_gradients(call, &r, back.dgates, back.dgates, back.saved.h, x_steps);
}

static const struct op_recurrent_settings onward = {0}, reverse = {.reverse = true};

static const struct op_example examples[] = {
    {.name = "with bias",
     .input = {AXES(3, 4, 2), AXES(12, 2), AXES(12, 3), AXES(12), AXES(12)},
     .input_count = 5,
     .settings = &onward},
    {.name = "backwards, without bias",
     .input = {AXES(2, 3, 3), AXES(8, 3), AXES(8, 2)},
     .input_count = 3,
     .settings = &reverse},
    {.name = "one step",
     .input = {AXES(2, 1, 3), AXES(8, 3), AXES(8, 2)},
     .input_count = 3,
     .settings = &onward},
    {.name = "three gates",
     .input = {AXES(2, 3, 3), AXES(6, 3), AXES(6, 2)},
     .input_count = 3,
     .settings = &onward,
     .refused = "the weight of the state is 6 x 2, expected 4 hidden x hidden"},
    {.name = "one bias",
     .input = {AXES(2, 3, 3), AXES(8, 3), AXES(8, 2), AXES(8)},
     .input_count = 4,
     .settings = &onward,
     .refused = "expected both or neither"},
};

const struct op op_lstm = {
    .entry =
        {
            .name = "lstm",
            .summary = "Long short-term memory: a recurrent network with gates and a cell",
            .explain = "Gates i, f, g, o from w_ih x(t) + b_ih + w_hh h(t-1) + b_hh; the cell is\n"
                       "c(t) = f c(t-1) + i g, the state h(t) = o tanh(c(t)), both starting from zero.\n"
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
