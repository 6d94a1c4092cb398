/*
 * Memorize one batch: what hinders memorizing is switched off, the floor of the loss is computed, then the
 * configured optimizer trains on the same rows until the floor is reached or the budget ends.
 */
#include "memorizing.h"

#include <math.h>
#include <string.h>

/* ---- The run ---- */

struct fit {
    struct trainer trainer;
    struct bounds bounds;
    int64_t batch, budget, reached;
    double initial, last, best, accuracy;
    const char *stopped;
};

/* Expensive probes run at steps 0, 1, 2, 4, 8, ... and at the last one. */
static bool probe_all(int64_t step, int64_t budget)
{
    return (step & (step - 1)) == 0 || step == budget - 1;
}

static void train(struct fit *fit, lab_progress_fn *progress, void *context, struct run *run)
{
    fit->stopped = "budget";
    fit->reached = -1;
    fit->best = (double)INFINITY;
    for (int64_t step = 0; step < fit->budget; step++) {
        struct moment moment;

        fit->trainer.recording = probe_all(step, fit->budget);
        trainer_step(&fit->trainer, &moment);
        if (step == 0)
            fit->initial = moment.data_loss;
        fit->last = moment.data_loss;
        fit->accuracy = moment.right >= 0 ? (double)moment.right / (double)moment.rows : (double)NAN;
        if (moment.data_loss < fit->best)
            fit->best = moment.data_loss;
        probes_observe(&fit->trainer, &moment, moment.finite && probe_all(step, fit->budget), "overfit/",
                       run);
        if (!moment.finite) {
            lab_record_nonfinite(&fit->trainer, &moment, "overfit", run);
            fit->stopped = "nonfinite";
            return;
        }
        if (!probe_all(step, fit->budget))
            series_add(run, run_series(run, "overfit/gradient_norm"), step, moment.gradient_norm);
        if (bounds_progress(&fit->bounds, moment.data_loss) >= MEMORIZED) {
            fit->reached = step;
            fit->stopped = "reached";
            return;
        }
        if (progress && progress(context, run, step + 1, fit->budget)) {
            fit->stopped = "interrupted";
            return;
        }
    }
}

static void record(const struct fit *fit, const struct off *off, struct run *run)
{
    run_set_number(run, "overfit/batch", (double)fit->batch);
    run_set_number(run, "overfit/budget", (double)fit->budget);
    run_set_number(run, "overfit/steps", (double)fit->trainer.step);
    run_set_number(run, "overfit/floor", fit->bounds.floor);
    run_set_number(run, "overfit/chance", fit->bounds.chance);
    run_set_number(run, "overfit/initial_loss", fit->initial);
    run_set_number(run, "overfit/loss", fit->last);
    run_set_number(run, "overfit/best_loss", fit->best);
    if (!isnan(fit->accuracy))
        run_set_number(run, "overfit/accuracy", fit->accuracy);
    run_set_number(run, "overfit/progress", bounds_progress(&fit->bounds, fit->last));
    run_set_number(run, "overfit/wanted_progress", MEMORIZED);
    run_set_number(run, "overfit/reached", (double)fit->reached);
    run_set_text(run, "overfit/off", "%s", off_words(off, run->arena));
    run_set_text(run, "overfit/stopped", "%s", fit->stopped);
    run->status = strcmp(fit->stopped, "interrupted") == 0 ? "interrupted" : "finished";
}

/* A network whose numbers all stand still cannot memorize anything, and no curve could tell why. */
static bool has_weights(const struct trainer *trainer, struct problems *problems)
{
    const struct parameters *parameters = &trainer->model.parameters;
    int64_t all = parameters_total(parameters, false);

    if (parameters_total(parameters, true) > 0)
        return true;
    struct error *err =
        problems_at(problems, ERROR_REQUEST, "ML100", trainer->config->model.json->place,
                    all > 0 ? "model: all layers with parameters have \"trainable\": false, so "
                              "there is nothing to train"
                            : "model: no layer has parameters, so there is nothing to train");
    fail_hint(err, all > 0 ? "leave \"trainable\" out of one of them" : "add a linear layer");
    return false;
}

/* Gradients that are gathered over more batches than there are steps. */
static bool has_updates(const struct config *config, int64_t budget, struct problems *problems)
{
    const struct json *value = json_get(config->optimizer.json, "accumulate");

    if (config->optimizer.accumulate <= budget)
        return true;
    problems_at(problems, ERROR_REQUEST, "ML100", value ? value->place : (struct place){0},
                "optimizer.accumulate is %lld, but there are %lld steps: not one update would be made",
                (long long)config->optimizer.accumulate, (long long)budget);
    return false;
}

bool lab_overfit(struct lab *lab, const struct overfit_options *options, lab_progress_fn *progress,
                 void *context, struct run *run, struct problems *problems)
{
    struct arena *arena = run->arena;
    const struct dataset *set = &lab->data.splits[SPLIT_train];
    struct config *config = arena_alloc(arena, sizeof *config);
    struct off *off = arena_alloc(arena, sizeof *off);
    struct fit *fit = arena_alloc(arena, sizeof *fit);
    int64_t wanted = options->batch > 0 ? options->batch : lab->config.overfit.batch_size, *rows;

    off->arena = arena;
    off_collect(off, &lab->config);
    for (size_t i = 0; i < options->patch_count && off->count < OFF_MOST; i++)
        off->patches[off->count++] = options->patches[i];
    if (!lab_patched(lab, arena, off->patches, off->count, config, problems))
        return false;
    wanted = wanted < set->rows ? wanted : set->rows;
    rows = arena_array(arena, (size_t)wanted, sizeof *rows);
    fit->batch = dataset_pick(&lab->data, set, lab->seed, wanted, rows);
    fit->budget = options->steps > 0 ? options->steps : lab->config.overfit.steps;
    if (!lab_fits(lab, config, lab->dtype, fit->batch, problems) ||
        !trainer_init(&fit->trainer, arena, config, &lab->data, lab->backend, lab->dtype, lab->seed,
                      fit->batch, problems) ||
        !has_weights(&fit->trainer, problems) || !has_updates(config, fit->budget, problems))
        return false;
    fit->trainer.optimizer.total_steps = fit->budget;
    trainer_load(&fit->trainer, set, rows, fit->batch);
    fit->bounds = bounds_of_batch(&fit->trainer, arena);
    train(fit, progress, context, run);
    record(fit, off, run);
    return true;
}
