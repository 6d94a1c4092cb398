/*
 * The lab: an experiment is a config, a patch and a budget in, a record out. The one door to the engine for
 * all that is above.
 */
#ifndef MLDBG_LAB_H
#define MLDBG_LAB_H

#include <mldbg/base/catalog.h>
#include <mldbg/base/option.h>
#include <mldbg/base/patch.h>
#include <mldbg/run/record.h>

struct lab_options {
    bool seed_given;
    uint64_t seed;
    int threads; /* 0: one */
    bool double_precision;
};

struct experiment;
struct lab; /* a config with its data, ready for experiments */

/*
 * Reads the config, loads its data, starts the back end. All mistakes go to problems. *text receives the
 * config's text for excerpts (NULL if it could not be read).
 */
struct lab *lab_open(struct arena *arena, const char *path, const struct lab_options *options,
                     const char **text, struct problems *problems);

/*
 * Fills manifest, config, splits and columns of a record, and facts about what goes in, one pass over the
 * loaded data:
 *   data/{task,classes,scale}, data/target_width (regression), train/{optimizer,loss,rate,batch_size},
 *   train/updates: of the whole configured training, as if it never stopped early
 *   input/<name>/<split>/{mean,std,min,max}: all numbers of an input, scaled and prepared as the network gets
 *     them; typical: the median over the elements that vary of their largest size; of indices for an
 *     embedding input/<name>/ids is 1 and input/<name>/<split>/distinct their number instead
 *   target/<split>/{mean,std,min,max}: regression: all targets, scaled; classification: the class ids
 *   target/<split>/rows_sum_to_one: share of rows whose several targets add up to 1 (10,000 rows at most)
 *   labels/<split>/classes: that occur; labels/<split>/unseen: of those, how many train does not have
 *   labels/train/neighbours: share of neighbouring rows of one class; neighbours_expected: of shuffled rows
 */
void lab_describe(const struct lab *lab, struct run *run);

/*
 * The model without training: layers of the record, facts check/parameters, check/trainable,
 * check/multiply_adds,
 * check/memory/{parameters,gradients,optimizer,activations,activation_gradients,inputs,workspace,data,total}
 * in bytes, check/batch, check/machine (bytes of memory of this machine), check/largest_batch (within 80 % of
 * them; 0: not one row fits); init/<parameter>/{count,std,min,max,xavier,kaiming} of every weight matrix as
 * the seed draws it, up to ten million parameters in all. xavier: sqrt(2 / (fan_in + fan_out)), kaiming:
 * sqrt(2 / fan_in), the spreads of Glorot and Bengio 2010 and of He et al. 2015; none for tables of an
 * embedding or of positions.
 */
bool lab_check(struct lab *lab, struct run *run, struct problems *problems);

/* Called between steps; true asks the experiment to stop. */
typedef bool lab_progress_fn(void *context, const struct run *run, int64_t done, int64_t all);

/*
 * Gradient check in double of every parameter and input, on `rows` rows (0: 4). Facts
 * gradcheck/<name>/{error,count, checked,kinks,kinks_wrong,worst,analytic,numeric} and worst_index as text;
 * gradcheck/error, gradcheck/worst (text), gradcheck/limit; float against double backward:
 * gradcheck/float/<name>, gradcheck/float_error, gradcheck/float_limit.
 */
struct gradcheck_options {
    int64_t rows;
    int64_t most; /* elements of one tensor, 0: all */
};
bool lab_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress,
                   void *context, struct run *run, struct problems *problems);

/*
 * Memorize one batch. Series overfit/{loss,accuracy,gradient_norm} at every step and activation/...,
 * gradient/... at some. Facts
 * overfit/{batch,steps,budget,floor,chance,initial_loss,loss,accuracy,seconds_are_not_kept...}: floor:
 * smallest loss that any network can reach on this batch; chance: loss of the best constant prediction;
 *   progress: (chance - loss) / (chance - floor); reached: step at which it was memorized, or -1;
 *   off (text): what was switched off; stopped (text): "reached", "budget", "nonfinite", "interrupted";
 *   nonfinite/{what,name,index,value,step,sample} when something was not finite.
 */
struct overfit_options {
    int64_t batch, steps; /* 0: by the config */
    const struct patch *patches;
    size_t patch_count;
};
bool lab_overfit(struct lab *lab, const struct overfit_options *options, lab_progress_fn *progress,
                 void *context, struct run *run, struct problems *problems);

/*
 * The lab of a record that is to be gone on with: its config, found beside the config that it was made from,
 * its seed and precision. manifest: run.json. Refused when the data is not what it was.
 */
struct lab *lab_reopen(struct arena *arena, const char *folder, const struct json *manifest, int threads,
                       const char **text, struct problems *problems);

/*
 * Trains by the config and writes the record: config.json, model.json, data.json, experiments.json, run.json,
 * metrics.csv, probes.csv, checkpoints and, in the end, predictions. resume: goes on from the newest
 * checkpoint that is whole. The run holds the same facts and series, those of probes thinned out to 2,048
 * points: train/{epochs,epochs_wanted,steps,parameters},
 * train/best_epoch, train/best_step, train/watched ("val/loss"), train/stopped (text): "epochs", "patience",
 * "interrupted", "nonfinite"; train/predicted_step: whose parameters made the predictions and end/...: the
 * best epoch's when it stopped early, else the last; train/nonfinite/{what,name,index,value,step,sample}; of
 * classes neighbours/{rows,errors,classes} (data/neighbours.h, on train). run->status is "running"
 * for the record on disk until lab_train_finish.
 */
struct train_options {
    struct record *record;
    bool resume;
};
bool lab_train(struct lab *lab, const struct train_options *options, lab_progress_fn *progress, void *context,
               struct run *run, struct problems *problems);

/* Writes the manifest with the status that the run has now, and its end. */
bool lab_train_finish(struct lab *lab, const struct record *record, const struct run *run,
                      struct problems *problems);

/* ---- What the engine has, for list, explain, schema and completion. ---- */

const struct catalog *const *lab_catalogs(size_t *count);
/* The settings of an entry of one of these catalogs, or NULL. */
const struct option_table *lab_settings(const struct catalog *catalog, const struct entry *entry);
/* What else is said of an entry, such as when a probe looks and what that costs; returns how many. */
enum { LAB_DETAILS_MOST = 3 };
struct lab_detail {
    const char *label, *words;
};
int lab_details(const struct catalog *catalog, const struct entry *entry,
                struct lab_detail out[LAB_DETAILS_MOST]);
struct json *lab_schema(struct arena *arena);
/* "OpenBLAS 0.3.21 (SkylakeX)", for --version. */
const char *lab_blas(struct arena *arena);

#endif
