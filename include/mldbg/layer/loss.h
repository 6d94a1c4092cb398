/* Losses: what the last layer's output is compared with, and the smallest value that the comparison can
 * reach. */
#ifndef MLDBG_LAYER_LOSS_H
#define MLDBG_LAYER_LOSS_H

#include <mldbg/base/option.h>
#include <mldbg/graph/ops.h>

enum target_form {
    TARGET_CLASS, /* int32 class ids [N] (or [N, T]) */
    TARGET_DENSE  /* real [N, K]: one-hot when K is the number of classes, the class id when K is 1 */
};

/* What a loss is asked to bound: targets of rows that share one input must share one prediction. */
struct floor_question {
    int64_t rows, width;   /* width: of the target node (TARGET_CLASS: the number of classes) */
    const int32_t *labels; /* TARGET_CLASS: rows */
    const double *targets; /* TARGET_DENSE: rows x width */
    const int64_t *group;  /* rows: number of the distinct input; groups are 0..groups-1 */
    int64_t groups;
    const double *class_weight; /* or NULL */
};

struct loss_build;

struct loss_kind {
    struct entry entry;
    struct option_table options; /* its own; common: reduction, factor, class_weights, broadcast */
    size_t settings_size;
    enum target_form (*form)(const void *settings);
    /* Appends the loss node over prediction and target; -1 after a problem. */
    node (*build)(struct loss_build *build, const void *settings);
    /*
     * The smallest value that the loss can take on these rows for any network whose last activation is what
     * the loss expects: entropy of conflicting labels and of label smoothing, spread of conflicting targets.
     * Summed over rows and elements, without reduction and factor; exact, or a lower bound; -infinity where
     * there is none. Ask loss_floor.
     */
    double (*floor_sum)(const void *settings, const struct floor_question *question);
    /* The number by which reduction "mean" divides that sum. */
    double (*divisor)(const void *settings, const struct floor_question *question);
    /* The activation that it expects on the last layer: "none", "softmax", "log_softmax", "sigmoid". */
    const char *(*expects)(const void *settings);
    bool classification;
    bool weighted;       /* takes class_weights */
    bool signed_classes; /* the target holds -1 and 1 where class data (ids and one-hot rows) has 0 and 1 */
};

#define LOSS(id) extern const struct loss_kind loss_##id;
#include <mldbg/layer/losses.def>
#undef LOSS
extern const struct catalog loss_catalog;

struct loss_spec {
    const struct loss_kind *kind;
    const void *settings;
    enum reduction reduction;
    double factor;
    struct reals class_weights; /* count 0, or one per class */
    bool broadcast; /* a target column may repeat over the outputs, or one output over a one-hot row */
    const struct json *json; /* NULL: not declared */
};

extern const struct option_table loss_common_options; /* offsets are into struct loss_spec */

/*
 * The smallest value that this loss can take on these rows (see floor_sum), with reduction and factor: what a
 * perfect memorizer reaches. -infinity where there is no bound.
 */
double loss_floor(const struct loss_spec *loss, const struct floor_question *question);

#endif
