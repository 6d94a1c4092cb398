/*
 * Smoke: shapes, gradients, the one-batch fit and a few training steps, quickly, as facts that a golden file
 * can hold. Judges nothing.
 */
#include "inside.h"
#include "golden_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Losses are kept at these steps: enough to see where two fits part, early enough that the last bits of a
 * matrix product have not yet grown into digits. */
static const int64_t overfit_steps[] = {0, 1, 2, 5, 10, 20};

/* Training steps by the config, with all that the one-batch fit switches off. */
enum { TRAIN_STEPS = 6 };

/* Elements of a tensor whose gradient is checked: a wrong backward pass is wrong nearly everywhere. */
enum { ELEMENTS_MOST = 20 };

/* Seeds of --update: the least number whose range says something about the spread. */
enum { SEEDS = 5 };

enum { OUTPUTS_MOST = 10 };

struct watch {
    lab_progress_fn *call;
    void *context;
    double end; /* seconds of the clock; infinite: none */
    const char *stopped;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool look(void *context, const struct run *run, int64_t done, int64_t all)
{
    struct watch *watch = context;

    if (watch->call && watch->call(watch->context, run, done, all))
        watch->stopped = "interrupted";
    else if (now() >= watch->end)
        watch->stopped = "seconds";
    return *watch->stopped != '\0';
}

static void record_model(struct lab *lab, struct run *run)
{
    struct arena *arena = run->arena;
    const struct json *data;
    struct error err;

    /* A string, since a seed may be larger than a number in JSON can hold. */
    run_set_text(run, "smoke/seed", "%llu", (unsigned long long)lab->seed);
    run_set_text(run, "smoke/dtype", "%s", run->dtype);
    data = lab_digests(lab, &err) ? json_get(json_get(lab->digests, "data"), "train") : NULL;
    if (json_get(data, "digest"))
        run_set_text(run, "smoke/data", "%s", json_get(data, "digest")->string);
    run_set_number(run, "smoke/parameters", run_number(run, "check/parameters"));
    run_set_number(run, "smoke/trainable", run_number(run, "check/trainable"));
    run_set_number(run, "smoke/layer_count", (double)run->layer_count);
    for (size_t i = 0; i < run->layer_count; i++) {
        const struct layer_record *layer = &run->layers[i];
        const char *parameters =
            layer->parameters ? arena_print(arena, ", %s parameter%s", text_count(arena, layer->parameters),
                                            layer->parameters == 1 ? "" : "s")
                              : "";

        run_set_text(run, arena_print(arena, "smoke/layers/%zu", i), "%s: %s, output %s%s", layer->name,
                     layer->type, layer->output, parameters);
    }
}

static void record_overfit(struct run *run)
{
    const struct series *loss = run_find(run, "overfit/loss");
    const char *stopped = run_text(run, "overfit/stopped");
    double reached = run_number(run, "overfit/reached");

    for (size_t i = 0; loss && i < sizeof overfit_steps / sizeof *overfit_steps; i++)
        for (size_t k = 0; k < loss->count; k++)
            if (loss->step[k] == overfit_steps[i])
                run_set_number(run,
                               arena_print(run->arena, "smoke/overfit/%lld", (long long)overfit_steps[i]),
                               loss->value[k]);
    run_set_text(run, "smoke/results/overfit", "%s",
                 reached >= 0                        ? "memorized"
                 : strcmp(stopped, "nonfinite") == 0 ? "not finite"
                                                     : "not memorized");
    if (reached >= 0)
        run_set_number(run, "smoke/reached", reached);
}

/*
 * The first outputs of the first row, as the untrained network gives them in use. After training they would
 * not be the same on two machines: where a gradient is zero but for rounding, such as that of a bias in front
 * of batch norm, adam makes whole steps of the rounding, and the running statistics lag behind them.
 */
static void record_outputs(struct trainer *trainer, struct run *run)
{
    const struct tensor *output;
    struct moment moment;

    trainer_evaluate(trainer, false, &moment);
    output = graph_value(trainer->graph.graph, trainer->graph.output);
    for (int64_t k = 0; k < tensor_count(output) / trainer->batch_rows && k < OUTPUTS_MOST; k++)
        run_set_number(run, arena_print(run->arena, "smoke/outputs/%lld", (long long)k),
                       tensor_get(output, k));
}

static bool train(struct lab *lab, struct watch *watch, struct run *run, struct problems *problems)
{
    const struct dataset *set = &lab->data.splits[SPLIT_train];
    const struct train_settings *settings = &lab->config.train;
    int64_t wanted = settings->batch_size < set->rows ? settings->batch_size : set->rows;
    int64_t *rows = arena_array(run->arena, (size_t)wanted, sizeof *rows);
    int64_t batch = dataset_pick(&lab->data, set, lab->seed, wanted, rows);
    struct trainer *trainer = arena_alloc(run->arena, sizeof *trainer);
    struct moment moment = {.finite = true};

    if (!lab_fits(lab, &lab->config, lab->dtype, batch, problems) ||
        !trainer_init(trainer, run->arena, &lab->config, &lab->data, lab->backend, lab->dtype, lab->seed,
                      batch, problems))
        return false;
    trainer->optimizer.total_steps = settings->epochs * ((set->rows + wanted - 1) / wanted);
    trainer_load(trainer, set, rows, batch);
    record_outputs(trainer, run);
    for (int64_t step = 0; step < TRAIN_STEPS && moment.finite && !*watch->stopped; step++) {
        trainer_step(trainer, &moment);
        run_set_number(run, arena_print(run->arena, "smoke/train/%lld", (long long)step), moment.loss);
        look(watch, run, step + 1, TRAIN_STEPS);
    }
    run_set_text(run, "smoke/results/train", moment.finite ? "finite" : "not finite");
    return true;
}

static int ascending(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Steps to memorize over several seeds; a fit that does not get there counts as its whole budget. */
static bool spread(struct lab *lab, struct watch *watch, struct run *run, struct problems *problems)
{
    const uint64_t seed = lab->seed;
    double steps[SEEDS];
    bool good = true;

    steps[0] = run_number(run, "smoke/reached");
    for (int i = 1; i < SEEDS && good && !*watch->stopped; i++) {
        struct arena scratch;
        struct run other;

        arena_init(&scratch, "a fit with another seed");
        run_init(&other, &scratch, run->command);
        lab->seed = seed + (uint64_t)i;
        good = lab_overfit(lab, &(struct overfit_options){0}, look, watch, &other, problems);
        steps[i] = good ? run_number(&other, "overfit/reached") : 0;
        if (steps[i] < 0)
            steps[i] = run_number(&other, "overfit/budget");
        arena_release(&scratch);
    }
    lab->seed = seed;
    if (!good || *watch->stopped)
        return good;
    qsort(steps, SEEDS, sizeof *steps, ascending);
    run_set_number(run, "smoke/steps/seeds", SEEDS);
    run_set_number(run, "smoke/steps/least", steps[0]);
    run_set_number(run, "smoke/steps/median", steps[SEEDS / 2]);
    run_set_number(run, "smoke/steps/most", steps[SEEDS - 1]);
    return true;
}

static bool begin(struct watch *watch, struct run *run, const char *stage)
{
    if (*watch->stopped)
        return false;
    run_set_text(run, "compare/stage", "%s", stage);
    look(watch, run, 0, 1);
    return !*watch->stopped;
}

static bool measure(struct lab *lab, const struct smoke_options *options, struct watch *watch,
                    struct run *run, struct problems *problems)
{
    bool good = true;

    if (begin(watch, run, "gradient check")) {
        good = lab_gradcheck(lab, &(struct gradcheck_options){.most = ELEMENTS_MOST}, look, watch, run,
                             problems);
        if (good && !*watch->stopped)
            run_set_text(run, "smoke/results/gradients", "%s",
                         run_number(run, "gradcheck/error") <= run_number(run, "gradcheck/limit") ? "right"
                                                                                                  : "wrong");
    }
    if (good && begin(watch, run, "one-batch fit")) {
        good = lab_overfit(lab, &(struct overfit_options){0}, look, watch, run, problems);
        if (good && (!*watch->stopped || run_number(run, "overfit/reached") >= 0))
            record_overfit(run);
    }
    if (good && begin(watch, run, "training"))
        good = train(lab, watch, run, problems);
    if (good && options->update && run_has(run, "smoke/reached") &&
        begin(watch, run, "fits with other seeds"))
        good = spread(lab, watch, run, problems);
    return good;
}

bool lab_smoke(struct lab *lab, const struct smoke_options *options, lab_progress_fn *progress, void *context,
               struct run *run, struct problems *problems)
{
    struct watch watch = {progress, context,
                          options->seconds > 0 ? now() + options->seconds : (double)INFINITY, ""};

    if (options->golden && !golden_read(options->golden, run, problems))
        return false;
    if (!lab_check(lab, run, problems))
        return false;
    record_model(lab, run);
    if (!measure(lab, options, &watch, run, problems))
        return false;
    run_set_text(run, "compare/stopped", "%s", watch.stopped);
    run->status = *watch.stopped ? "interrupted" : "finished";
    return true;
}
