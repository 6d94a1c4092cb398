/*
 * Training with a record: the tables grow while it trains, a checkpoint follows every epoch, and whatever
 * ends the training leaves a record that can be read and gone on with.
 */
#include "training.h"

#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <mldbg/base/file.h>
#include <mldbg/base/log.h>
#include <mldbg/data/neighbours.h>
#include <mldbg/lab/experiment.h>

/* Seconds after which a checkpoint is made inside an epoch, so that a kill costs no more than that. */
static const double CHECKPOINT_SECONDS = 60;

/*
 * Seconds after which a checkpoint is brought to the disk; those in between are safe from a kill, not from a
 * loss of power. Four waits for the disk took 2 to 20 ms, as much as an epoch of a small network.
 */
static const double SETTLE_SECONDS = 1;

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool asked_to_stop(void *context)
{
    const struct training *training = context;
    const struct epochs *epochs = training->epochs;
    int64_t all = epochs->batches * epochs->trainer.config->train.epochs;

    return training->progress &&
           training->progress(training->context, training->run, epochs->trainer.step, all);
}

/* ---- Checkpoints ---- */

static const char *checkpoint_path(const struct training *training, struct arena *arena, int64_t step)
{
    return arena_print(arena, "%s/%s", training->record->folder, checkpoint_name(arena, step));
}

static bool load_checkpoint(struct training *training, int64_t step, struct arena *scratch, struct error *err)
{
    const char *path = checkpoint_path(training, scratch, step);
    struct tensor_file file;
    struct bytes bytes;

    tensor_file_init(&file, scratch);
    return file_read(scratch, path, SIZE_MAX / 2, &bytes, err) &&
           tensor_file_parse(&file, path, bytes.at, bytes.length, err) &&
           checkpoint_take(training->epochs, &file, path, err);
}

/*
 * Keeps the newest, the best, the last two that stand at the end of an epoch, and the last one that is safe
 * on the disk. Later steps than this one
 * are of a run that went back before a broken checkpoint; they are left until they are written anew.
 */
static void prune(struct training *training)
{
    const struct epochs *epochs = training->epochs;
    struct arena scratch;
    size_t count;
    int64_t here = epochs->trainer.step;
    int ends = 0;

    arena_init(&scratch, "a list of checkpoints");
    const int64_t *steps = record_checkpoints(&scratch, training->record->folder, &count);
    for (size_t i = 0; i < count; i++) {
        bool end = steps[i] % epochs->batches == 0;
        bool kept = steps[i] >= here || steps[i] == epochs->best_step || steps[i] == training->settled_step ||
                    (end && ends < 2);

        ends += end && steps[i] <= here;
        if (!kept)
            (void)unlink(checkpoint_path(training, &scratch, steps[i]));
    }
    arena_release(&scratch);
}

/*
 * Brings the tables to the disk and the checkpoints that stay, before the one that is written next. The one
 * that was safe before goes only when that stands.
 */
static bool settle(const struct training *training, struct arena *scratch, struct error *err)
{
    size_t count;
    const int64_t *steps = record_checkpoints(scratch, training->record->folder, &count);

    if (!sheet_settle(&training->metrics, err) ||
        (training->probe_count && !sheet_settle(&training->probes, err)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (steps[i] > training->settled_step && steps[i] < training->epochs->trainer.step &&
            !file_settle(checkpoint_path(training, scratch, steps[i]), err))
            return false;
    return true;
}

static bool write_checkpoint(struct training *training, struct arena *scratch, struct error *err)
{
    int64_t step = training->epochs->trainer.step;
    const char *path = checkpoint_path(training, scratch, step), *bytes;
    bool settled =
        training->stopped || training->settled_step < 0 || now() - training->settled > SETTLE_SECONDS;
    struct tensor_file file;
    size_t length;

    tensor_file_init(&file, scratch);
    checkpoint_fill(training->epochs, &file);
    tensor_file_compose(&file, &bytes, &length);
    if (!settled)
        return file_write_unsettled(path, bytes, length, err);
    if (!settle(training, scratch, err) || !file_write(path, bytes, length, true, err))
        return false;
    training->settled_step = step;
    training->settled = now();
    return true;
}

static bool save_checkpoint(struct training *training, struct error *err)
{
    struct arena scratch;
    bool good;

    arena_init(&scratch, "a checkpoint");
    good = write_checkpoint(training, &scratch, err);
    arena_release(&scratch);
    training->saved = now();
    if (good)
        prune(training);
    return good;
}

/* ---- One step, one epoch ---- */

/* A moment that is not finite is always looked at, as far as it came. */
static bool observe(struct training *training, const struct moment *moment, struct error *err)
{
    probes_observe(&training->epochs->trainer, moment, true, PROBE_PREFIX, training->run);
    return write_probes(training, moment->step, err);
}

/*
 * What poisoned the step is told, and the last state kept if it is finite. The row of probes comes behind the
 * checkpoint: who goes on from there makes the step again.
 */
static bool end_poisoned(struct training *training, struct moment *moment, struct error *err)
{
    struct epochs *epochs = training->epochs;

    training->stopped = "nonfinite";
    lab_record_nonfinite(&epochs->trainer, moment, "train", training->run);
    if (!moment->recorded)
        trainer_record(&epochs->trainer);
    moment->recorded = true;
    return (!epochs_finite(epochs) || save_checkpoint(training, err)) && observe(training, moment, err);
}

/* The first split that the last state gives numbers for which are not finite; NULL: there is none. */
static const struct evaluation *poisoned_split(const struct epochs *epochs)
{
    const struct data *data = epochs->trainer.data;

    for (int s = 0; s < SPLIT_COUNT; s++)
        if (data->splits[s].rows && split_is_watched((enum split)s) && !epochs->splits[s].finite)
            return &epochs->splits[s];
    return NULL;
}

/* A training that came to its end without a poisoned step may still have ended in a state that is sick. */
static bool end_judged(struct training *training, struct error *err)
{
    struct epochs *epochs = training->epochs;
    const struct evaluation *poisoned = poisoned_split(epochs);
    struct moment moment;

    if (!poisoned || strcmp(training->stopped ? training->stopped : "", "epochs") != 0)
        return save_checkpoint(training, err);
    moment = poisoned->poisoned;
    epochs->trainer.set = poisoned->set;
    training->stopped = "nonfinite";
    lab_record_nonfinite(&epochs->trainer, &moment, "train", training->run);
    return true; /* no checkpoint: who goes on comes to the same end */
}

/* Judges the splits, writes the row of metrics and makes the checkpoint. */
static bool end_epoch(struct training *training, struct error *err)
{
    struct epochs *epochs = training->epochs;
    const struct data *data = epochs->trainer.data;

    for (int s = 0; s < SPLIT_COUNT; s++)
        if (data->splits[s].rows && split_is_watched((enum split)s) &&
            !epochs_evaluate(epochs, (enum split)s, asked_to_stop, training)) {
            training->stopped = "interrupted";
            return save_checkpoint(training, err);
        }
    if (epochs_end(epochs))
        training->stopped = "patience";
    else if (epochs->trainer.epoch >= epochs->trainer.config->train.epochs)
        training->stopped = "epochs";
    return write_metrics(training, training->earlier + now() - training->began, err) &&
           end_judged(training, err);
}

static bool one_step(struct training *training, struct error *err)
{
    struct epochs *epochs = training->epochs;
    struct moment moment;

    epochs->trainer.recording = trainer_probes(&epochs->trainer);
    double start = now();
    epochs_step(epochs, &moment);
    training->stepping += now() - start;
    training->rows += moment.rows;
    if (!moment.finite)
        return end_poisoned(training, &moment, err);
    return !epochs->trainer.recording || observe(training, &moment, err);
}

static bool train(struct training *training, struct error *err)
{
    struct epochs *epochs = training->epochs;

    if (epochs->trainer.epoch >= epochs->trainer.config->train.epochs)
        training->stopped = "epochs";
    else if (training->patience_spent)
        training->stopped = "patience";
    while (!training->stopped) {
        if (epochs->batch == epochs->batches) {
            if (!end_epoch(training, err))
                return false;
        } else if (asked_to_stop(training)) {
            training->stopped = "interrupted";
            return save_checkpoint(training, err);
        } else if (epochs->batch > 0 && now() - training->saved > CHECKPOINT_SECONDS &&
                   !save_checkpoint(training, err)) {
            return false;
        } else if (!one_step(training, err)) {
            return false;
        }
    }
    return true;
}

/* How often the nearest other row has another label, for whoever asks what error cannot be removed. */
static void record_neighbours(const struct training *training)
{
    const struct data *data = training->epochs->trainer.data;
    struct neighbours found;

    if (!data_neighbours(data, &data->splits[SPLIT_train], training->lab->seed, &found))
        return;
    run_set_number(training->run, "neighbours/rows", (double)found.rows);
    run_set_number(training->run, "neighbours/errors", (double)found.errors);
    run_set_number(training->run, "neighbours/classes", (double)found.classes);
}

/*
 * Who stops early wants the best epoch, not the last: its parameters are taken from its checkpoint. The
 * counters stay those of the end.
 */
static bool take_best(struct training *training, struct error *err)
{
    struct epochs *epochs = training->epochs, end = *epochs;
    struct arena scratch;
    bool good;

    if (strcmp(training->stopped, "patience") != 0 || epochs->best_step < 0 ||
        epochs->best_step == epochs->trainer.step)
        return true;
    arena_init(&scratch, "the best checkpoint");
    good = load_checkpoint(training, epochs->best_step, &scratch, err);
    arena_release(&scratch);
    *epochs = end;
    epochs->trainer.sound = false;
    if (good)
        training->predicted_step = end.best_step;
    return good;
}

/* Every split, the test split too, in the state that training came to. */
static bool predict(struct training *training, struct error *err)
{
    const struct data *data = training->epochs->trainer.data;

    training->predicted_step = training->epochs->trainer.step;
    if (!take_best(training, err))
        return false;

    if (!record_folder(training->record, "predictions", err))
        return false;
    run_set_number(training->run, "train/predicted_step", (double)training->predicted_step);
    for (int s = 0; s < SPLIT_COUNT; s++) {
        if (!data->splits[s].rows)
            continue;
        if (!epochs_evaluate(training->epochs, (enum split)s, asked_to_stop, training)) {
            training->stopped = "interrupted";
            return true;
        }
        record_end(training, (enum split)s);
        if (!write_predictions(training, (enum split)s, err))
            return false;
    }
    record_neighbours(training);
    return true;
}

/* ---- Beginning and end ---- */

/* The newest checkpoint that is whole, with tables that reach as far; without one training begins anew. */
static bool go_back(struct training *training, struct error *err)
{
    struct epochs *epochs = training->epochs;
    struct arena scratch;
    size_t count;
    bool found = false;

    arena_init(&scratch, "a checkpoint");
    const int64_t *steps = record_checkpoints(training->run->arena, training->record->folder, &count);
    for (size_t i = 0; i < count && !found; i++) {
        struct epochs before = *epochs;
        struct error why = {0};
        bool loaded = load_checkpoint(training, steps[i], &scratch, &why);

        found = loaded && reopen_tables(training, &why);
        if (found)
            break;
        if (loaded && why.kind == ERROR_MACHINE) { /* an older checkpoint would meet the same disk */
            arena_release(&scratch);
            *err = why;
            return false;
        }
        *epochs = before;
        log_note("the checkpoint of step %lld is left out: %s", (long long)steps[i],
                 why.kind != ERROR_NONE ? why.sentence : "the tables do not reach as far");
    }
    arena_release(&scratch);
    if (found)
        prune(training); /* a kill may have come between the last checkpoint and this */
    if (found)
        training->patience_spent = epochs->batch == 0 && epochs->trainer.config->train.patience > 0 &&
                                   epochs->bad_epochs >= epochs->trainer.config->train.patience;
    if (found || !count)
        return found || create_tables(training, err);
    fail(err, ERROR_REQUEST, "no checkpoint in \"%s\" can be gone on from", training->record->folder);
    return fail_hint(err, "train anew into another folder: mldbg train CONFIG -o FOLDER");
}

/* ---- What is tried before the first step ---- */

static bool asked_to_leave(void *context, const struct run *run, int64_t done, int64_t all)
{
    const struct training *training = context;
    const struct train_settings *settings = &training->lab->config.train;
    int64_t rows = training->lab->data.splits[SPLIT_train].rows;

    (void)run, (void)done, (void)all;
    return training->progress &&
           training->progress(training->context, training->run, 0,
                              settings->epochs * ((rows + settings->batch_size - 1) / settings->batch_size));
}

/* Whether to leave was asked for by the time the last experiment was. */
static bool ask_all(struct training *training, struct run *asked)
{
    struct problems unheard;

    problems_init(&unheard, asked->arena);
    return lab_experiments(training->lab, asked_to_leave, training, asked, &unheard) &&
           !asked_to_leave(training, asked, 0, 0);
}

/*
 * The short experiments; a record that has been asked keeps its answers. Who is told to leave, or has no
 * memory for them, trains without: they are no reason to refuse.
 */
static void experiment(struct training *training, bool resume)
{
    struct run *asked = arena_alloc(training->run->arena, sizeof *asked);
    struct text unheard;

    text_init(&unheard, training->run->arena);
    run_init(asked, training->run->arena, training->run->command);
    if (!resume || !record_read_experiments(asked, training->record->folder, &unheard)) {
        if (!ask_all(training, asked))
            return;
        training->asked = asked;
    }
    for (size_t i = 0; i < asked->fact_count; i++) {
        const struct fact *fact = &asked->facts[i];

        if (fact->text)
            run_set_text(training->run, fact->name, "%s", fact->text);
        else
            run_set_number(training->run, fact->name, fact->number);
    }
}

/* With the manifest a folder becomes a record that can be gone on with; before it there are only heads. */
static bool begin(struct training *training, bool resume, struct error *err)
{
    const struct record *record = training->record;
    struct run *run = training->run;
    bool good = resume || write_heads(training->lab, record, run, err);

    run->status = "running";
    good = good && (!training->asked || write_experiments(record, training->asked, err)) &&
           (resume || write_manifest(training->lab, record, run, false, err)) &&
           record_folder(record, "checkpoints", err) &&
           (resume ? go_back(training, err) : create_tables(training, err)) &&
           (!resume || write_manifest(training->lab, record, run, false, err));
    if (!good && (resume || !record_exists(run->arena, record->folder)))
        run->status = "failed"; /* what stands on disk stays as it is */
    training->began = training->saved = now();
    return good;
}

static const char *status_of(const char *stopped)
{
    return strcmp(stopped, "epochs") == 0        ? "finished"
           : strcmp(stopped, "patience") == 0    ? "stopped"
           : strcmp(stopped, "interrupted") == 0 ? "interrupted"
                                                 : "failed";
}

static void sum_up(const struct training *training)
{
    const struct epochs *epochs = training->epochs;
    struct run *run = training->run;

    run_set_number(run, "train/epochs", (double)epochs->trainer.epoch);
    run_set_number(run, "train/epochs_wanted", (double)epochs->trainer.config->train.epochs);
    run_set_number(run, "train/steps", (double)epochs->trainer.step);
    run_set_number(run, "train/best_epoch", (double)epochs->best_epoch);
    run_set_number(run, "train/best_step", (double)epochs->best_step);
    run_set_text(run, "train/watched", "%s/loss",
                 epochs->trainer.data->splits[SPLIT_val].rows ? "val" : "train");
    run_set_text(run, "train/stopped", "%s", training->stopped);
    run->status = status_of(training->stopped);
}

bool lab_train(struct lab *lab, const struct train_options *options, lab_progress_fn *progress, void *context,
               struct run *run, struct problems *problems)
{
    struct arena *arena = run->arena;
    struct training *training = arena_alloc(arena, sizeof *training);
    struct error err = {0};
    bool good;

    *training = (struct training){.lab = lab,
                                  .record = options->record,
                                  .epochs = arena_alloc(arena, sizeof *training->epochs),
                                  .progress = progress,
                                  .context = context,
                                  .run = run,
                                  .settled_step = -1,
                                  .metrics = {.file = -1},
                                  .probes = {.file = -1}};
    if (!lab_check(lab, run, problems) || !lab_training_fits(lab, problems))
        return false;
    experiment(training, options->resume);
    if (!epochs_init(training->epochs, arena, &lab->config, &lab->data, lab->backend, lab->dtype, lab->seed,
                     problems))
        return false;
    good = disk_suffices(training, &err) && begin(training, options->resume, &err) && train(training, &err);
    if (good && (strcmp(training->stopped, "epochs") == 0 || strcmp(training->stopped, "patience") == 0))
        good = predict(training, &err);
    if (good)
        sum_up(training);
    sheet_close(&training->metrics);
    sheet_close(&training->probes);
    if (!good && err.kind == ERROR_MACHINE && !*err.hint && record_exists(arena, options->record->folder))
        fail_hint(&err, "what was saved before is kept; put that right and go on: mldbg train --resume %s",
                  options->record->folder);
    return good || problems_add(problems, &err);
}
