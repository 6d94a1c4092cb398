/*
 * Optimizers, learning-rate schedules and clipping over spans of one parameter vector. Knows nothing of
 * graphs or layers. Formulas and defaults are torch.optim's; "defaults": "keras" takes Keras 2's.
 */
#ifndef MLDBG_OPTIM_H
#define MLDBG_OPTIM_H

#include <mldbg/backend.h>
#include <mldbg/base/option.h>

/* ---- Schedules: a factor of the base rate. ---- */

struct schedule_kind {
    struct entry entry;
    struct option_table options; /* its own; schedule_options are added */
    size_t settings_size;
    /* step and epoch from 0; total_steps of the run (0 if unknown); state: the first number of its state. */
    double (*factor)(const void *settings, int64_t step, int64_t epoch, int64_t total_steps, double state);
    /* After an epoch with the watched loss; plateau moves its state, which begins as zeros. May be NULL. */
    void (*epoch_end)(const void *settings, double loss, double state[4]);
};

#define SCHEDULE(id) extern const struct schedule_kind schedule_##id;
#include <mldbg/optim/schedules.def>
#undef SCHEDULE
extern const struct catalog schedule_catalog;
extern const struct option_table schedule_options; /* common: type, warmup_steps, warmup_start */

/* ---- Optimizers ---- */

/* What no row of an option table can say: "betas" / "must be two numbers". */
struct setting_mistake {
    const char *key, *sentence;
};

struct optimizer_kind {
    struct entry entry;
    struct option_table options; /* its own; optimizer_options are added */
    size_t settings_size;
    enum update update;
    double lr_pytorch, lr_keras; /* default rates */
    double weight_decay;         /* default */
    /* Whether the settings are wrong in a way that their rows cannot see; may be NULL. */
    bool (*check)(const void *settings, struct setting_mistake *out);
    /* Fills what was not given with PyTorch's or Keras's defaults. */
    void (*fill)(void *settings, bool keras);
    /* Turns filled settings into the kernel's. */
    void (*settings)(const void *settings, bool keras, struct update_settings *out);
    /* How many vectors of state it needs, 0 to UPDATE_SLOTS. */
    int (*slots)(const struct update_settings *settings);
    /* The number with which the first slot begins; NULL: 0. The others begin as zeros. */
    double (*first)(const void *settings);
};

#define OPTIMIZER(id) extern const struct optimizer_kind optimizer_##id;
#include <mldbg/optim/optimizers.def>
#undef OPTIMIZER
extern const struct catalog optimizer_catalog;
/* Common: type, lr, weight_decay, defaults, schedule, clip_norm, clip_value, accumulate. */
extern const struct option_table optimizer_options;

enum optimizer_defaults { DEFAULTS_pytorch, DEFAULTS_keras };

struct optimizer_spec {
    const struct optimizer_kind *kind;
    const void *settings;
    double lr, weight_decay;
    enum optimizer_defaults defaults;
    const struct schedule_kind *schedule;
    const void *schedule_settings;
    int64_t warmup_steps;
    double warmup_start;     /* factor of the first step */
    double clip_norm;        /* NaN: off */
    double clip_value;       /* NaN: off */
    int64_t accumulate;      /* batches added up (and averaged) before one update */
    const struct json *json; /* as written; NULL: not given */
};

/* Reads the "optimizer" key (string or object; NULL: Adam with its defaults). All mistakes go to problems
 * (ML100). */
bool optimizer_read(struct arena *arena, const struct json *value, struct optimizer_spec *out,
                    struct problems *problems);

/* The spec as an object with every default filled in. */
struct json *optimizer_json(struct arena *arena, const struct optimizer_spec *spec);

/* A stretch of the parameter vector that is updated. */
struct span {
    int64_t offset, count;
};

struct optimizer {
    const struct optimizer_spec *spec;
    const struct kernels *kernels;
    struct update_settings update;
    int slot_count;
    void *slots[UPDATE_SLOTS]; /* vectors as long as the parameter vector */
    int64_t length;
    struct span *spans;
    size_t span_count;
    int64_t step; /* updates made */
    double schedule_state[4];
    int64_t total_steps; /* of the run, set by the caller; 0: unknown */
};

/* Bytes of the slots for a parameter vector of length elements; for the memory plan. */
int64_t optimizer_bytes(const struct optimizer_spec *spec, int64_t length, enum dtype dtype);

void optimizer_init(struct optimizer *optimizer, struct arena *arena, const struct optimizer_spec *spec,
                    const struct kernels *kernels, int64_t length, const struct span *spans,
                    size_t span_count);

/* The rate of the update that comes next: lr x the schedule's factor x the warm-up's factor. */
double optimizer_rate(const struct optimizer *optimizer, int64_t epoch);

/* One update of all spans; returns whether every value that was written is finite. */
bool optimizer_update(struct optimizer *optimizer, void *value, const void *gradient, int64_t epoch);

/* What an update did to a stretch of the vector. */
struct update_record {
    struct magnitude value; /* after the update */
    double moved;           /* sum of squares of what the update added */
};

/*
 * The same update, taken in pieces that lie in a near cache, so that measuring them costs no second way to
 * memory. at: stretches inside of the spans that together are the spans; one record each.
 */
bool optimizer_update_recorded(struct optimizer *optimizer, void *value, const void *gradient, int64_t epoch,
                               const struct span *at, size_t count, struct update_record *records);

/* The same records without an update: nothing has moved. */
void optimizer_record(const struct kernels *kernels, const void *value, const struct span *at, size_t count,
                      struct update_record *records);

/* Tells the schedule what the epoch's loss was. */
void optimizer_epoch_end(struct optimizer *optimizer, double loss);

/*
 * Clips the gradient of the spans in place, by value and then by norm as in torch.nn.utils. Returns the norm
 * before clipping; NaN and infinity stay what they are and are never scaled away. sizes (one a span, or NULL)
 * are those after clipping.
 */
double gradient_clip(const struct optimizer_spec *spec, const struct kernels *kernels, void *gradient,
                     const struct span *spans, size_t span_count, struct magnitude *sizes);
double gradient_norm(const struct kernels *kernels, const void *gradient, const struct span *spans,
                     size_t span_count, struct magnitude *sizes);

#endif
