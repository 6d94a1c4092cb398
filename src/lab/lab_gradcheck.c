/* The gradient check of the user's whole model and loss, in double, and the float backward held against it.
 */
#include "inside.h"

#include <math.h>

/*
 * Central differences in double at a step of 1e-5 are good to about 1e-10 of the gradient's norm; a wrong
 * sign or factor is off by 0.1 and more. The limit stands between, nearer to the noise.
 */
static const double STEP = 1e-5, LIMIT = 1e-8;

/* A float backward agrees with the double one to a few 1e-7 in sound networks; beyond this, digits are being
 * lost. */
static const double FLOAT_LIMIT = 1e-4;

/*
 * Added to every real input: equal pixels tie in max-pooling and zeros sit on the kink of a rectifier, and
 * where several kinks meet no difference can tell which slope is right. A point this near to the data has
 * none of them.
 */
static const double JITTER = 1e-3;

static const int64_t ROWS = 4; /* enough for batch statistics, few enough to be quick */

struct progress {
    lab_progress_fn *call;
    void *context;
    const struct run *run;
    bool stopped;
};

static bool stop(void *context, int64_t done, int64_t all)
{
    struct progress *progress = context;

    progress->stopped = progress->call && progress->call(progress->context, progress->run, done, all);
    return progress->stopped;
}

static void record_row(const struct gradcheck_row *row, struct run *run)
{
    struct arena *arena = run->arena;
    struct tensor shaped = {.dtype = DTYPE_F64, .shape = row->shape};
#define FACT(what) arena_print(arena, "gradcheck/%s/" what, row->name)
    run_set_number(run, FACT("error"), row->error);
    run_set_number(run, FACT("count"), (double)row->count);
    run_set_number(run, FACT("checked"), (double)row->checked);
    run_set_number(run, FACT("kinks"), (double)row->kinks);
    run_set_number(run, FACT("kinks_wrong"), (double)row->kinks_wrong);
    run_set_number(run, FACT("analytic"), row->analytic);
    run_set_number(run, FACT("numeric"), row->numeric);
    run_set_text(run, FACT("worst_index"), "%s", tensor_index(arena, &shaped, row->worst));
#undef FACT
}

/* The error of a tensor; 0 where the noise of the differences explains it. */
static double error_beyond_noise(const struct gradcheck_row *row)
{
    return row->error > LIMIT && row->error <= row->noise ? 0 : row->error;
}

/* || a - b || / (|| a || + || b ||) over one parameter's gradient in two precisions; 0 when both are zero. */
static double apart(const struct tensor *a, const struct tensor *b, double floor)
{
    double difference = 0, size = 0;

    for (int64_t i = 0; i < tensor_count(a); i++) {
        double x = tensor_get(a, i), y = tensor_get(b, i);

        difference += (x - y) * (x - y);
        size += x * x + y * y;
    }
    return sqrt(difference) / fmax(sqrt(size), floor);
}

/* A NaN is worse than any number, and the first one stays. */
static bool is_worse(double error, double worst)
{
    return !isnan(worst) && !(error <= worst);
}

/* The same weights in both: those of the float model. */
static void share_weights(struct parameters *to, const struct parameters *from)
{
    for (size_t i = 0; i < to->count; i++) {
        struct tensor a = parameter_value(to, (int)i), b = parameter_value(from, (int)i);

        tensor_convert(&a, &b);
    }
}

static double gradient_size(const struct parameters *parameters)
{
    double most = 0;

    for (size_t i = 0; i < parameters->count; i++) {
        struct tensor gradient;
        double size = 0;

        if (parameters->at[i].state || !parameters->at[i].trainable)
            continue;
        gradient = parameter_gradient(parameters, (int)i);
        for (int64_t j = 0; j < tensor_count(&gradient); j++)
            size += tensor_get(&gradient, j) * tensor_get(&gradient, j);
        most = fmax(most, sqrt(size));
    }
    return most;
}

/* A tensor whose gradient is this much smaller than the largest is judged on the scale of the largest. */
static const double SMALL = 1e-6;

static void compare_float(struct trainer *coarse, struct trainer *fine, const struct graph_step *at,
                          struct run *run)
{
    const struct parameters *a = &coarse->model.parameters, *b = &fine->model.parameters;
    double worst = 0, floor;

    graph_forward(coarse->graph.graph, at);
    graph_backward(coarse->graph.graph, at);
    graph_forward(fine->graph.graph, at);
    graph_backward(fine->graph.graph, at);
    floor = SMALL * gradient_size(b);
    for (size_t i = 0; i < a->count; i++) {
        struct tensor x, y;
        double error;

        if (a->at[i].state || !a->at[i].trainable)
            continue;
        x = parameter_gradient(a, (int)i);
        y = parameter_gradient(b, (int)i);
        error = apart(&x, &y, fmax(floor, 1e-300));
        run_set_number(run, arena_print(run->arena, "gradcheck/float/%s", a->at[i].name), error);
        if (is_worse(error, worst)) {
            worst = error;
            run_set_text(run, "gradcheck/float_worst", "%s", a->at[i].name);
        }
    }
    run_set_number(run, "gradcheck/float_error", worst);
    run_set_number(run, "gradcheck/float_limit", FLOAT_LIMIT);
}

/* Moves the float model's inputs off ties and kinks, and gives the double model the same numbers. */
static void share_inputs(struct trainer *fine, struct trainer *coarse)
{
    const struct random key = {.seed = coarse->model.seed, .purpose = PURPOSE_CHECK};

    for (int i = 0; i < coarse->data->input_count; i++) {
        struct tensor a = *graph_value(fine->graph.graph, fine->graph.inputs[i]);
        struct tensor b = *graph_value(coarse->graph.graph, coarse->graph.inputs[i]);

        if (b.dtype == DTYPE_I32)
            continue;
        for (int64_t j = 0; j < tensor_count(&b); j++)
            tensor_set(&b, j, tensor_get(&b, j) + JITTER * random_normal(key, (uint64_t)i, (uint64_t)j));
        tensor_convert(&a, &b);
    }
}

/* Two trainers of one model, in float and in double, with the same rows and weights. */
static bool prepare(struct lab *lab, struct arena *arena, const int64_t *rows, int64_t count,
                    struct trainer *coarse, struct trainer *fine, struct problems *problems)
{
    const struct dataset *set = &lab->data.splits[SPLIT_train];

    if (!trainer_init(coarse, arena, &lab->config, &lab->data, lab->backend, DTYPE_F32, lab->seed, count,
                      problems))
        return false;
    fine->input_gradient = true;
    if (!trainer_init(fine, arena, &lab->config, &lab->data, lab->backend, DTYPE_F64, lab->seed, count,
                      problems))
        return false;
    share_weights(&fine->model.parameters, &coarse->model.parameters);
    trainer_load(coarse, set, rows, count);
    trainer_load(fine, set, rows, count);
    share_inputs(fine, coarse);
    return true;
}

bool lab_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress,
                   void *context, struct run *run, struct problems *problems)
{
    const struct dataset *set = &lab->data.splits[SPLIT_train];
    int64_t rows[256], wanted = options->rows > 0 ? options->rows : ROWS;
    int64_t count = dataset_pick(&lab->data, set, lab->seed, wanted < 256 ? wanted : 256, rows);
    struct trainer coarse = {0}, fine = {0};
    struct progress told = {.call = progress, .context = context, .run = run};
    struct gradcheck_settings settings = {
        .step = STEP,
        .most = options->most,
        .at = {.training = true, .seed = lab->seed, .step = 0},
        .stop = stop,
        .context = &told,
    };
    struct gradcheck_row *table;
    size_t table_count;
    double worst = 0;

    if (!lab_fits(lab, &lab->config, DTYPE_F64, count, problems) ||
        !prepare(lab, run->arena, rows, count, &coarse, &fine, problems))
        return false;
    compare_float(&coarse, &fine, &settings.at, run);
    table = graph_gradcheck(fine.graph.graph, fine.graph.loss, &settings, run->arena, &table_count);
    for (size_t i = 0; i < table_count; i++) {
        table[i].error = error_beyond_noise(&table[i]);
        record_row(&table[i], run);
        if (is_worse(table[i].error, worst)) {
            worst = table[i].error;
            run_set_text(run, "gradcheck/worst", "%s", table[i].name);
        }
    }
    run_set_number(run, "gradcheck/error", worst);
    run_set_number(run, "gradcheck/limit", LIMIT);
    run_set_number(run, "gradcheck/rows", (double)count);
    run_set_number(run, "gradcheck/tensors", (double)table_count);
    run->status = told.stopped ? "interrupted" : "finished";
    return true;
}
