/* rnn: the plain recurrent network, h = f(W x + b + U h + c), f tanh or relu. Elman 1990. */
#include "recurrent.h"

static enum unary activation_of(const struct op_call *call)
{
    const struct op_recurrent_settings *settings = call->settings;
    return settings->activation;
}

static bool plan(struct op_plan *plan, struct error *err)
{
    const struct op_recurrent_settings *settings = plan->settings;
    struct recurrent r;
    if (settings->activation != UNARY_tanh && settings->activation != UNARY_relu)
        return fail(err, ERROR_REQUEST, "the activation of an rnn is %s, expected tanh or relu",
                    settings->activation < UNARY_COUNT ? unary_name(settings->activation) : "unknown");
    if (!recurrent_plan(plan, 1, &r, err))
        return false;
    int64_t states = recurrent_bytes(r.rows, r.hidden, plan->real_size);
    plan->saved_bytes = 2 * states;
    int64_t backward = recurrent_bytes(r.rows, r.input, plan->real_size) + states +
                       recurrent_bytes(r.batch, r.hidden, plan->real_size);
    int64_t forward = recurrent_weights_bytes(&r, plan->real_size);
    plan->workspace_bytes = forward > backward ? forward : backward;
    return true;
}

/* Saved, by steps: the sums before the activation, and the states. */
struct saved {
    void *sum, *h;
};

static struct saved saved_of(const struct op_call *call, const struct recurrent *r)
{
    char *at = call->saved;
    void *sum = recurrent_take(call, &at, r->rows, r->hidden);
    return (struct saved){sum, recurrent_take(call, &at, r->rows, r->hidden)};
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
        void *sum = recurrent_place(call, r, saved->sum, s, r->hidden);
        void *h = recurrent_place(call, r, saved->h, s, r->hidden);
        recurrent_input(call, r, weights, s, sum);
        recurrent_state(call, r, weights, s > 0 ? recurrent_place(call, r, saved->h, s - 1, r->hidden) : NULL,
                        sum);
        call->kernels->unary(activation_of(call), 0, r->part * r->hidden, sum, h);
        recurrent_emit(call, r, s, h);
    }
}

static void forward(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    struct onward onward = {saved_of(call, &r), recurrent_turn(call, &r)};
    recurrent_share(call, &r, run_forward, &onward);
}

/* carry [batch, H] is zero where it begins. */
struct back {
    struct saved saved;
    void *dsum, *carry;
};

static void run_backward(const struct op_call *call, const struct recurrent *r, const void *context)
{
    const struct back *back = context;
    const struct saved *saved = &back->saved;
    void *carry = recurrent_place(call, r, back->carry, 0, r->hidden);

    for (int64_t s = r->time - 1; s >= 0; s--) {
        void *dsum_now = recurrent_place(call, r, back->dsum, s, r->hidden);
        recurrent_arrive(call, r, s, carry);
        call->kernels->unary_grad(activation_of(call), 0, r->part * r->hidden,
                                  recurrent_place(call, r, saved->sum, s, r->hidden),
                                  recurrent_place(call, r, saved->h, s, r->hidden), carry, false, dsum_now);
        if (s > 0)
            recurrent_carry(call, r, dsum_now, false, carry);
    }
}

static void backward(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    struct back back = {.saved = saved_of(call, &r)};
    char *at = call->workspace;
    void *x_steps = recurrent_take(call, &at, r.rows, r.input);
    back.dsum = recurrent_take(call, &at, r.rows, r.hidden);
    back.carry = recurrent_take(call, &at, r.batch, r.hidden);
    call->kernels->fill(r.batch * r.hidden, 0, back.carry);
    recurrent_share(call, &r, run_backward, &back);
    recurrent_gradients(call, &r, back.dsum, back.dsum, back.saved.h, x_steps);
}

static uint64_t pieces(const struct op_call *call)
{
    struct recurrent r = recurrent_of(call);
    int64_t count = activation_of(call) == UNARY_relu ? r.rows * r.hidden : 0;
    struct tensor sum = op_view(call, saved_of(call, &r).sum, count);
    uint64_t hash = PIECES_NONE;
    for (int64_t i = 0; i < count; i++)
        hash = pieces_add(hash, tensor_get(&sum, i) <= 0);
    return hash;
}

static const struct op_recurrent_settings tanh_forward = {.activation = UNARY_tanh};
static const struct op_recurrent_settings relu_reverse = {.activation = UNARY_relu, .reverse = true};
static const struct op_recurrent_settings gelu = {.activation = UNARY_gelu};

static const struct op_example examples[] = {
    {.name = "tanh",
     .input = {AXES(3, 4, 2), AXES(5, 2), AXES(5, 5), AXES(5), AXES(5)},
     .input_count = 5,
     .settings = &tanh_forward},
    {.name = "relu, backwards, without bias",
     .input = {AXES(2, 5, 3), AXES(4, 3), AXES(4, 4)},
     .input_count = 3,
     .low = -0.6,
     .high = 0.6,
     .settings = &relu_reverse},
    {.name = "one step",
     .input = {AXES(2, 1, 3), AXES(2, 3), AXES(2, 2)},
     .input_count = 3,
     .settings = &tanh_forward},
    {.name = "wrong features",
     .input = {AXES(2, 5, 3), AXES(4, 2), AXES(4, 4)},
     .input_count = 3,
     .settings = &tanh_forward,
     .refused = "input_size is 2, but the input gives 3 in each of 5 steps"},
    {.name = "wrong activation",
     .input = {AXES(2, 5, 3), AXES(4, 3), AXES(4, 4)},
     .input_count = 3,
     .settings = &gelu,
     .refused = "is gelu, expected tanh or relu"},
    {.name = "no steps",
     .input = {AXES(2, 5), AXES(4, 5), AXES(4, 4)},
     .input_count = 3,
     .settings = &tanh_forward,
     .refused = "the input is 5, expected steps x features"},
};

const struct op op_rnn = {
    .entry =
        {
            .name = "rnn",
            .summary = "Recurrent network: each state from the input and the state before",
            .explain = "h(t) = f(w_ih x(t) + b_ih + w_hh h(t-1) + b_hh), f tanh or relu, starting from\n"
                       "zero. The output holds the state of every step.\n",
        },
    .inputs_least = 3,
    .inputs_most = 5,
    .settings_size = sizeof(struct op_recurrent_settings),
    .plan = plan,
    .forward = forward,
    .backward = backward,
    .pieces = pieces,
    EXAMPLES(examples),
};
