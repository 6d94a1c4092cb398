/*
 * The training step. Every step looks at inputs, parameters, loss and gradients for NaN and infinity; an
 * update that is poisoned is not applied.
 */
#include <mldbg/train.h>

#include <float.h>
#include <math.h>

#include "trainer_inside.h"

/* Probes look at every power of two and at every step of this distance: dense while much happens, cheap
 * later.
 */
enum { PROBE_EVERY = 50 };

struct memory_plan trainer_memory(const struct config *config, const struct model *model,
                                  const struct model_graph *graph)
{
    const struct parameters *parameters = &model->parameters;
    int64_t size = (int64_t)dtype_size(parameters->dtype);
    int64_t gathered = config->optimizer.accumulate > 1 ? parameters->length * size : 0;
    struct memory_plan plan = graph_memory(graph->graph);

    plan.optimizer = optimizer_bytes(&config->optimizer, parameters->length, parameters->dtype);
    plan.parameter_gradients += gathered;
    plan.state += parameters->state_length * size;
    plan.total += plan.optimizer + gathered + parameters->state_length * size;
    return plan;
}

bool trainer_measure(struct arena *arena, const struct config *config, const struct backend *backend,
                     enum dtype dtype, int64_t batch, struct memory_plan *plan, struct problems *problems)
{
    struct model model;
    struct model_graph graph;

    model_init(&model, arena, &config->model, backend, dtype, config->seed);
    if (!model_build(&model, batch, &(struct model_build_options){.plan_only = true}, &graph, problems))
        return false;
    *plan = trainer_memory(config, &model, &graph);
    return true;
}

/*
 * Stretches of the parameter vector that are trained; neighbours without a gap are merged. The zeros in a gap
 * are left alone: an update without eps would make 0 / 0 of them.
 */
static struct span *trained_spans(struct arena *arena, const struct parameters *parameters, size_t *count)
{
    struct span *spans = arena_array(arena, parameters->count + 1, sizeof *spans);

    *count = 0;
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->at[i];
        struct span *last = *count ? &spans[*count - 1] : NULL;

        if (p->state || !p->trainable)
            continue;
        if (last && p->offset == last->offset + last->count)
            last->count += p->count;
        else
            spans[(*count)++] = (struct span){p->offset, p->count};
    }
    return spans;
}

/* The same parameters one by one, and room for their records. */
static void list_trained(struct trainer *trainer, struct arena *arena)
{
    const struct parameters *parameters = &trainer->model.parameters;

    trainer->trained = arena_array(arena, parameters->count + 1, sizeof *trainer->trained);
    trainer->trained_span = arena_array(arena, parameters->count + 1, sizeof *trainer->trained_span);
    trainer->trained_count = 0;
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *p = &parameters->at[i];

        if (p->state || !p->trainable)
            continue;
        trainer->trained[trainer->trained_count] = (int)i;
        trainer->trained_span[trainer->trained_count++] = (struct span){p->offset, p->count};
    }
    trainer->records = arena_array(arena, trainer->trained_count + 1, sizeof *trainer->records);
    trainer->gradient_sizes = arena_array(arena, trainer->trained_count + 1, sizeof *trainer->gradient_sizes);
}

bool trainer_init(struct trainer *trainer, struct arena *arena, const struct config *config,
                  const struct data *data, const struct backend *backend, enum dtype dtype, uint64_t seed,
                  int64_t batch, struct problems *problems)
{
    size_t span_count;
    struct span *spans;

    trainer->arena = arena;
    trainer->config = config;
    trainer->data = data;
    trainer->training = true;
    trainer->coding = model_loss(&config->model)->kind->signed_classes ? CODING_SIGNED : CODING_PLAIN;
    model_init(&trainer->model, arena, &config->model, backend, dtype, seed);
    if (!model_build(&trainer->model, batch,
                     &(struct model_build_options){.input_gradient = trainer->input_gradient},
                     &trainer->graph, problems))
        return false;
    spans = trained_spans(arena, &trainer->model.parameters, &span_count);
    list_trained(trainer, arena);
    optimizer_init(&trainer->optimizer, arena, &config->optimizer, backend->kernels[dtype],
                   trainer->model.parameters.length, spans, span_count);
    if (trainer->model.parameters.state_length)
        trainer->kept_state =
            arena_numbers(arena, (size_t)trainer->model.parameters.state_length * dtype_size(dtype));
    if (config->optimizer.accumulate > 1)
        trainer->gathered =
            arena_numbers(arena, (size_t)trainer->model.parameters.length * dtype_size(dtype));
    return true;
}

void trainer_load(struct trainer *trainer, const struct dataset *set, const int64_t *rows, int64_t count)
{
    const struct model_graph *graph = &trainer->graph;
    struct tensor inputs[MODEL_INPUTS_MOST], *pointers[MODEL_INPUTS_MOST];
    struct tensor target = *graph_value(graph->graph, graph->target);

    for (int i = 0; i < trainer->data->input_count; i++) {
        inputs[i] = *graph_value(graph->graph, graph->inputs[i]);
        pointers[i] = &inputs[i];
    }
    dataset_batch(trainer->data, set, rows, count, pointers, &target, trainer->coding);
    trainer->set = set;
    trainer->batch = rows;
    trainer->batch_rows = count;
}

/* The class id nearest to the only output of a row, which was made to hit ids as numbers. */
static int64_t nearest_class(double value, int64_t classes)
{
    double last = (double)(classes - 1);

    return (int64_t)floor((value < 0 ? 0 : value > last ? last : value) + 0.5);
}

/* The class that a row of outputs stands for; -1 when an output is not finite. */
static int64_t predicted_class(const struct tensor *output, int64_t row, int64_t width, int64_t classes,
                               double threshold)
{
    int64_t best = 0;
    double most = tensor_get(output, row * width);

    if (!isfinite(most))
        return -1;
    if (width == 1)
        return classes > 2 ? nearest_class(most, classes) : most > threshold;
    for (int64_t c = 1; c < width; c++) {
        double value = tensor_get(output, row * width + c);

        if (!isfinite(value))
            return -1;
        if (value > most) {
            most = value;
            best = c;
        }
    }
    return best;
}

/* The output above which a single unit says "class 1". */
static double class_threshold(const struct trainer *trainer)
{
    const struct loss_spec *loss = model_loss(&trainer->config->model);

    return loss->kind->signed_classes || loss->kind == &loss_bce_with_logits ? 0 : 0.5;
}

int64_t trainer_predicted(const struct trainer *trainer, int64_t row)
{
    const struct tensor *output = graph_value(trainer->graph.graph, trainer->graph.output);

    return predicted_class(output, row, tensor_count(output) / trainer->graph.batch, trainer->data->classes,
                           class_threshold(trainer));
}

static int64_t count_right(const struct trainer *trainer)
{
    const struct model_graph *graph = &trainer->graph;
    const struct tensor *output = graph_value(graph->graph, graph->output);
    int64_t width = output->shape.rank > 1 ? tensor_count(output) / output->shape.size[0] : 1;
    double threshold = class_threshold(trainer);
    int64_t right = 0;

    if (!trainer->data->classification || output->shape.rank > 2)
        return -1;
    for (int64_t i = 0; i < trainer->batch_rows; i++)
        right += predicted_class(output, i, width, trainer->data->classes, threshold) ==
                 trainer->set->labels[trainer->batch[i]];
    return right;
}

/* Whether a node is filled from the rows of a batch; weights of classes are not. */
static bool is_of_rows(const struct trainer *trainer, node n)
{
    for (int i = 0; i < trainer->data->input_count; i++)
        if (trainer->graph.inputs[i] == n)
            return true;
    return trainer->graph.target == n;
}

/* The row of the data that an element of a batch-sized tensor belongs to, or -1. */
static int64_t sample_of(const struct trainer *trainer, const struct nonfinite *found)
{
    int64_t count = tensor_count(&found->tensor);

    if (found->what[0] == 'p' || found->tensor.shape.rank == 0 ||
        found->tensor.shape.size[0] != trainer->graph.batch)
        return -1;
    if (count <= 0 || graph_parameter_of(trainer->graph.graph, found->node) >= 0 ||
        (found->what[0] == 'i' && !is_of_rows(trainer, found->node)))
        return -1;
    return trainer->batch[found->index / (count / trainer->graph.batch)];
}

const double *trainer_row_losses(const struct model_graph *graph, int64_t *rows)
{
    for (node n = graph->data_loss; n >= 0; n--) {
        const double *found = graph_row_loss(graph->graph, n, rows);

        if (found)
            return found;
    }
    return NULL;
}

/* The row of the data whose loss alone is beyond the type in use, or -1. */
static int64_t sample_of_loss(const struct trainer *trainer)
{
    double most = trainer->model.parameters.dtype == DTYPE_F32 ? (double)FLT_MAX : DBL_MAX;
    int64_t rows = 0;
    const double *loss = trainer_row_losses(&trainer->graph, &rows);

    for (int64_t i = 0; loss && rows == trainer->batch_rows && i < rows; i++)
        if (!(fabs(loss[i]) <= most))
            return trainer->batch[i];
    return -1;
}

static bool inputs_finite(const struct trainer *trainer)
{
    const struct kernels *k = trainer->optimizer.kernels;

    for (int i = 0; i < trainer->data->input_count; i++) {
        const struct tensor *x = graph_value(trainer->graph.graph, trainer->graph.inputs[i]);

        if (x->dtype != DTYPE_I32 && k->first_nonfinite(tensor_count(x), x->data) >= 0)
            return false;
    }
    return true;
}

/*
 * Whether inputs, running statistics and parameters are finite. The parameters are read when they may have
 * changed by other hands; the update looks at what it writes itself.
 */
static bool state_finite(struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;
    const struct kernels *k = trainer->optimizer.kernels;

    if (!trainer->sound) {
        trainer->sound = k->first_nonfinite(p->length, p->value) < 0;
        trainer->unknown = true;
    }
    return trainer->sound && k->first_nonfinite(p->state_length, p->state) < 0 && inputs_finite(trainer);
}

bool trainer_looks_finite(const struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;

    return trainer->optimizer.kernels->first_nonfinite(p->state_length, p->state) < 0 &&
           inputs_finite(trainer);
}

static struct graph_step step_key(const struct trainer *trainer, bool training)
{
    return (struct graph_step){
        .training = training, .seed = trainer->model.seed, .step = (uint64_t)trainer->step};
}

/* A forward pass moves running statistics; a poisoned one must not leave them poisoned. */
static void keep_state(struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;

    if (trainer->kept_state)
        trainer->optimizer.kernels->axpby(p->state_length, 1, p->state, 0, trainer->kept_state);
}

static void put_state_back(struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;

    if (trainer->kept_state)
        trainer->optimizer.kernels->axpby(p->state_length, 1, trainer->kept_state, 0, p->state);
}

static void forward(struct trainer *trainer, bool training, struct moment *out)
{
    const struct model_graph *graph = &trainer->graph;
    struct graph_step key = step_key(trainer, training);

    *out = (struct moment){.step = trainer->step,
                           .epoch = trainer->epoch,
                           .rows = trainer->batch_rows,
                           .gradient_norm = (double)NAN,
                           .rate = (double)NAN,
                           .sample = -1};
    keep_state(trainer);
    graph_forward(graph->graph, &key);
    out->loss = graph_scalar(graph->graph, graph->loss);
    out->data_loss = graph_scalar(graph->graph, graph->data_loss);
    out->right = count_right(trainer);
    out->finite = isfinite(out->loss) && state_finite(trainer);
}

/* A running statistic that this pass made infinite out of finite numbers; must come before it is put back. */
static bool find_statistic(const struct trainer *trainer, struct nonfinite *out)
{
    const struct parameters *p = &trainer->model.parameters;
    int64_t at = trainer->optimizer.kernels->first_nonfinite(p->state_length, p->state);

    for (size_t i = 0; at >= 0 && i < p->count; i++) {
        const struct parameter *row = &p->at[i];
        if (!row->state || at < row->offset || at >= row->offset + row->count)
            continue;
        *out = (struct nonfinite){.what = "running statistic",
                                  .name = row->name,
                                  .node = -1,
                                  .index = at - row->offset,
                                  .tensor = parameter_value(p, (int)i)};
        out->value = tensor_get(&out->tensor, out->index);
        return true;
    }
    return false;
}

static void name_nonfinite(struct trainer *trainer, bool gradients, struct moment *out)
{
    struct nonfinite statistic;
    bool poisoned = find_statistic(trainer, &statistic);

    out->finite = false;
    put_state_back(trainer);
    if (graph_first_nonfinite(trainer->graph.graph, gradients, &out->nonfinite))
        out->sample = out->nonfinite.tensor.shape.rank == 0 ? sample_of_loss(trainer)
                                                            : sample_of(trainer, &out->nonfinite);
    else if (poisoned)
        out->nonfinite = statistic;
}

/*
 * Adds this batch's gradient to those gathered; true when it is time to update, with the mean in the gradient
 * and those gathered before as they were, so that the step can be made again.
 */
static bool gather_gradient(struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;
    const struct kernels *k = trainer->optimizer.kernels;
    int64_t wanted = trainer->config->optimizer.accumulate;
    double share = 1 / (double)wanted;

    if (!trainer->gathered)
        return true;
    if (trainer->gathered_count + 1 < wanted) {
        k->axpby(p->length, 1, p->gradient, trainer->gathered_count++ ? 1 : 0, trainer->gathered);
        return false;
    }
    k->axpby(p->length, share, trainer->gathered, share, p->gradient);
    return true;
}

/*
 * Clips the gradient and takes its norm, which is finite only if all of it is; a norm that overflowed over
 * finite elements is told apart. False: the gradient is poisoned.
 */
static bool clip(struct trainer *trainer, struct moment *out)
{
    struct optimizer *optimizer = &trainer->optimizer;
    const struct parameters *p = &trainer->model.parameters;

    out->gradient_norm =
        gradient_clip(&trainer->config->optimizer, optimizer->kernels, p->gradient, trainer->trained_span,
                      trainer->trained_count, trainer->recording ? trainer->gradient_sizes : NULL);
    return isfinite(out->gradient_norm) || optimizer->kernels->first_nonfinite(p->length, p->gradient) < 0;
}

/* Gradients that are gathered are looked at before they are added up. */
static bool gradient_poisoned(const struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;

    return trainer->gathered && trainer->optimizer.kernels->first_nonfinite(p->length, p->gradient) >= 0;
}

void trainer_record(struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;

    (void)gradient_norm(trainer->optimizer.kernels, p->gradient, trainer->trained_span,
                        trainer->trained_count, trainer->gradient_sizes);
    optimizer_record(trainer->optimizer.kernels, p->value, trainer->trained_span, trainer->trained_count,
                     trainer->records);
}

void trainer_step(struct trainer *trainer, struct moment *out)
{
    struct graph_step key = step_key(trainer, trainer->training);

    forward(trainer, trainer->training, out);
    if (!out->finite) {
        name_nonfinite(trainer, false, out);
        return;
    }
    graph_backward(trainer->graph.graph, &key);
    out->backward = true;
    if (gradient_poisoned(trainer)) {
        name_nonfinite(trainer, true, out);
        return;
    }
    if (gather_gradient(trainer)) {
        if (!clip(trainer, out)) {
            name_nonfinite(trainer, true, out);
            return;
        }
        if (!trainer_update(trainer, out)) {
            put_state_back(trainer);
            return;
        }
        trainer->gathered_count = 0;
    } else if (trainer->recording) {
        trainer_record(trainer);
        out->recorded = true;
    }
    trainer->step++;
}

bool trainer_probes(const struct trainer *trainer)
{
    int64_t step = trainer->step, every = trainer->config->train.probe_every;

    return every > 0 ? step % every == 0 : (step & (step - 1)) == 0 || step % PROBE_EVERY == 0;
}

void trainer_evaluate(struct trainer *trainer, bool training, struct moment *out)
{
    forward(trainer, training, out);
    if (!out->finite)
        name_nonfinite(trainer, false, out);
}
