/*
 * Trials: a training of the changed config in an arena of its own, of which the score is kept. Writes no
 * record and leaves the lab as it was, but for data that it keeps for the next one.
 */
#include <mldbg/lab/trial.h>

#include <mldbg/train/score.h>

#include <math.h>
#include <string.h>

#include "memorizing.h"

/* Rows of train that are judged. */
enum { TRAIN_ROWS_MOST = 2000 };

/* Training that moves by less than this share of its first loss stands still. */
static const double STILL = 0.02;

/* Below this share of the first loss standing still may mean that it is done. */
static const double DONE = 0.9;

enum { QUARTERS = 4 };

/* One trial while it runs. */
struct attempt {
    struct arena arena;
    struct lab *lab;
    const struct trial_options *options;
    struct config config;
    const struct data *data;
    struct epochs *epochs;
    void *began;   /* running statistics before the first step */
    int64_t limit; /* steps */
    double sum[QUARTERS];
    int64_t count[QUARTERS];
    double epoch_sum;
    lab_progress_fn *progress;
    void *context;
    struct trial *out;
};

static uint64_t seed_of(const struct lab *lab, const struct trial_options *options)
{
    return options->seed_given ? options->seed : lab->seed;
}

static bool asked_to_stop(struct attempt *attempt)
{
    attempt->out->interrupted =
        attempt->progress && attempt->progress(attempt->context, NULL, attempt->out->steps, attempt->limit);
    return attempt->out->interrupted;
}

/* Notes the losses of a step; false when something was not finite. */
static bool note(struct attempt *attempt, const struct moment *moment)
{
    struct trial *out = attempt->out;
    int64_t quarter = out->steps * QUARTERS / attempt->limit;

    if (out->steps == 0)
        out->initial_loss = moment->data_loss;
    out->loss = moment->data_loss;
    if (!moment->finite) {
        out->nonfinite = true;
        return false;
    }
    attempt->sum[quarter] += moment->data_loss;
    attempt->count[quarter]++;
    attempt->epoch_sum += moment->data_loss * (double)moment->rows;
    out->steps++;
    return true;
}

static bool is_flat(const struct attempt *attempt)
{
    const struct trial *out = attempt->out;
    double third, last, first = fabs(out->initial_loss);

    if (!attempt->count[QUARTERS - 2] || !attempt->count[QUARTERS - 1] || out->nonfinite)
        return false;
    third = attempt->sum[QUARTERS - 2] / (double)attempt->count[QUARTERS - 2];
    last = attempt->sum[QUARTERS - 1] / (double)attempt->count[QUARTERS - 1];
    return fabs(last - third) < STILL * first && last > DONE * out->initial_loss;
}

/* ---- The configured training ---- */

static double work_of_step(const struct attempt *attempt)
{
    const struct model_graph *graph = &attempt->epochs->trainer.graph;
    double work = 0;

    for (size_t i = 0; i < attempt->config.model.layer_count; i++)
        work += fmax((double)graph->layers[i].multiply_adds, TRIAL_LAYER_WORK);
    return work;
}

static void set_limit(struct attempt *attempt)
{
    struct epochs *epochs = attempt->epochs;
    int64_t wanted = epochs->batches * attempt->config.train.epochs;
    double affordable = TRIAL_WORK / work_of_step(attempt);

    attempt->limit = wanted;
    if (attempt->options->steps > 0) {
        attempt->limit = attempt->options->steps;
        epochs->trainer.optimizer.total_steps = attempt->limit;
    } else if ((double)wanted > affordable) {
        attempt->limit = affordable > 1 ? (int64_t)affordable : 1;
        attempt->out->capped = true;
    }
}

/* Whether the course of training depends on a split's loss. */
static bool listens(const struct config *config)
{
    return config->train.patience > 0 ||
           (config->optimizer.schedule && config->optimizer.schedule->epoch_end);
}

/* True when training stops early by the config's own patience. */
static bool end_epoch(struct attempt *attempt)
{
    struct epochs *epochs = attempt->epochs;
    enum split watched = attempt->data->splits[SPLIT_val].rows ? SPLIT_val : SPLIT_train;

    if (listens(&attempt->config))
        epochs_evaluate(epochs, watched, NULL, NULL);
    else
        epochs->splits[watched].loss = attempt->epoch_sum;
    attempt->epoch_sum = 0;
    return epochs_end(epochs) && attempt->options->steps == 0;
}

/* Judges a split, and counts its rows for the decomposition. */
static double score_of(struct attempt *attempt, enum split split, int64_t most)
{
    static const int places[SPLIT_COUNT] = {
        [SPLIT_train] = 0, [SPLIT_val] = 1, [SPLIT_testval] = 2, [SPLIT_test] = -1};
    struct score score = epochs_score(attempt->epochs, split, most);
    int place = places[split];

    if (attempt->data->classification && place >= 0) {
        attempt->out->judged[place] = score.rows;
        attempt->out->wrong[place] = score.rows - score.right;
    }
    attempt->out->nonfinite = attempt->out->nonfinite || score.nonfinite;
    return score.value;
}

static void judge(struct attempt *attempt)
{
    struct trial *out = attempt->out;
    const struct data *data = attempt->data;
    enum split split = data->splits[SPLIT_val].rows ? SPLIT_val : SPLIT_train;
    const struct dataset *set = &data->splits[split];
    int64_t most = 0;

    out->held_out = split == SPLIT_val;
    out->rows = set->rows;
    for (int64_t c = 0; data->classification && c < data->classes; c++)
        most = set->class_rows[c] > most ? set->class_rows[c] : most;
    out->majority = data->classification ? (double)most / (double)set->rows : 0;
    out->flat = is_flat(attempt);
    if (out->nonfinite) {
        out->score = out->train_score = data->classification ? 0 : SCORE_WORST;
        return;
    }
    if (out->held_out)
        out->plain_score = score_of(attempt, split, 0);
    bool settled = trainer_settle(&attempt->epochs->trainer, attempt->began);
    out->train_score = score_of(attempt, SPLIT_train, TRAIN_ROWS_MOST);
    out->score = !out->held_out ? out->train_score : settled ? score_of(attempt, split, 0) : out->plain_score;
    if (data->classification && data->splits[SPLIT_testval].rows)
        (void)score_of(attempt, SPLIT_testval, 0);
}

static void *copy_of_state(struct arena *arena, const struct trainer *trainer)
{
    const struct parameters *parameters = &trainer->model.parameters;
    size_t bytes = (size_t)parameters->state_length * dtype_size(parameters->dtype);
    void *copy = arena_numbers(arena, bytes);

    if (bytes)
        memcpy(copy, parameters->state, bytes);
    return copy;
}

static bool train(struct attempt *attempt, struct problems *problems)
{
    const struct lab *lab = attempt->lab;
    struct epochs *epochs = attempt->epochs = arena_alloc(&attempt->arena, sizeof *epochs);

    if (!epochs_init(epochs, &attempt->arena, &attempt->config, attempt->data, lab->backend, lab->dtype,
                     attempt->config.seed, problems))
        return false;
    if (epochs->batches == 0) {
        problems_at(problems, ERROR_REQUEST, "ML100", (struct place){.file = lab->config.path},
                    "no batch is whole, and \"drop_last\" leaves out those that are not");
        return false;
    }
    set_limit(attempt);
    attempt->began = copy_of_state(&attempt->arena, &epochs->trainer);
    while (attempt->out->steps < attempt->limit && !asked_to_stop(attempt)) {
        struct moment moment;

        epochs_step(epochs, &moment);
        if (!note(attempt, &moment) || (epochs->batch == epochs->batches && end_epoch(attempt)))
            break;
    }
    attempt->out->capped = attempt->out->capped && attempt->out->steps == attempt->limit;
    judge(attempt);
    return true;
}

/* ---- One batch ---- */

/* The config without what stands in the way of memorizing. */
static bool switch_off(struct attempt *attempt, struct problems *problems)
{
    const struct trial_options *options = attempt->options;
    struct arena *arena = &attempt->arena;
    struct off *off = arena_alloc(arena, sizeof *off);
    struct patch *patches;

    off->arena = arena;
    off_collect(off, &attempt->config);
    if (!off->count)
        return true;
    patches = arena_array(arena, options->patch_count + off->count, sizeof *patches);
    for (size_t i = 0; i < options->patch_count; i++)
        patches[i] = options->patches[i];
    for (size_t i = 0; i < off->count; i++)
        patches[options->patch_count + i] = off->patches[i];
    return lab_changed(attempt->lab, arena, patches, options->patch_count + off->count, attempt->config.seed,
                       &attempt->config, &attempt->data, problems);
}

static bool is_fitted(const struct attempt *attempt, double progress)
{
    if (attempt->options->memorize)
        return progress >= MEMORIZED;
    return attempt->out->score >= TRIAL_FITTED || progress >= TRIAL_FITTED;
}

static void fit(struct attempt *attempt, struct trainer *trainer)
{
    struct trial *out = attempt->out;
    struct bounds bounds = bounds_of_batch(trainer, &attempt->arena);
    struct tally tally;

    tally_init(&tally, attempt->data, &attempt->arena);
    while (out->steps < attempt->limit && !asked_to_stop(attempt)) {
        struct moment moment;

        trainer_step(trainer, &moment);
        tally_clear(&tally);
        tally_add(&tally, trainer);
        out->score = tally_score(&tally);
        if (!note(attempt, &moment))
            break;
        if (is_fitted(attempt, bounds_progress(&bounds, moment.data_loss))) {
            out->reached = moment.step;
            break;
        }
    }
    if (out->nonfinite)
        out->score = attempt->data->classification ? 0 : SCORE_WORST;
    out->flat = is_flat(attempt);
}

static double majority_of(const struct dataset *set, const int64_t *rows, int64_t count, int64_t classes,
                          struct arena *arena)
{
    int64_t *seen = arena_array(arena, (size_t)classes, sizeof *seen), most = 0;

    for (int64_t i = 0; i < count; i++) {
        int64_t now = ++seen[set->labels[rows[i]]];

        most = now > most ? now : most;
    }
    return (double)most / (double)count;
}

static bool fit_batch(struct attempt *attempt, struct problems *problems)
{
    struct arena *arena = &attempt->arena;
    const struct lab *lab = attempt->lab;
    struct trainer *trainer = arena_alloc(arena, sizeof *trainer);
    struct trial *out = attempt->out;
    int64_t count, *rows;

    if (!switch_off(attempt, problems))
        return false;
    const struct dataset *set = &attempt->data->splits[SPLIT_train];
    count = attempt->config.overfit.batch_size < set->rows ? attempt->config.overfit.batch_size : set->rows;
    rows = arena_array(arena, (size_t)count, sizeof *rows);
    count = dataset_pick(attempt->data, set, attempt->config.seed, count, rows);
    if (!trainer_init(trainer, arena, &attempt->config, attempt->data, lab->backend, lab->dtype,
                      attempt->config.seed, count, problems))
        return false;
    attempt->limit = attempt->options->steps > 0 ? attempt->options->steps : TRIAL_BATCH_STEPS;
    trainer->optimizer.total_steps = attempt->limit;
    trainer_load(trainer, set, rows, count);
    if (attempt->data->classification)
        out->majority = majority_of(set, rows, count, attempt->data->classes, arena);
    fit(attempt, trainer);
    out->train_score = out->score;
    return true;
}

/* ---- Both ---- */

/* Memory is asked for a batch of this config before any is taken. */
static bool fits(const struct attempt *attempt, struct problems *problems)
{
    int64_t rows = attempt->data->splits[SPLIT_train].rows, batch = attempt->config.train.batch_size;

    return lab_fits(attempt->lab, &attempt->config, attempt->lab->dtype, batch < rows ? batch : rows,
                    problems);
}

bool lab_try(struct lab *lab, const struct trial_options *options, lab_progress_fn *progress, void *context,
             struct trial *out, struct problems *problems)
{
    struct attempt attempt = {
        .lab = lab, .options = options, .progress = progress, .context = context, .out = out};
    bool good;

    *out = (struct trial){.score = (double)NAN,
                          .plain_score = (double)NAN,
                          .train_score = (double)NAN,
                          .initial_loss = (double)NAN,
                          .loss = (double)NAN,
                          .reached = -1};
    arena_init(&attempt.arena, "a trial");
    good = lab_changed(lab, &attempt.arena, options->patches, options->patch_count, seed_of(lab, options),
                       &attempt.config, &attempt.data, problems) &&
           fits(&attempt, problems) &&
           (options->kind == TRIAL_batch ? fit_batch(&attempt, problems) : train(&attempt, problems));
    arena_release(&attempt.arena);
    return good;
}
