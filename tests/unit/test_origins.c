/*
 * Sixty origins of a NaN or an infinity, put into a running training or made by its own numbers: step,
 * tensor, element and row are named right, the update is not applied, and when the cause is taken away
 * training goes on as if nothing had been.
 */
#include "stand.h"

#include <stdio.h>

#define MLP                                                                                                 \
    "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 50, \"features\": 6, \"classes\": 3, "  \
    "\"informative\": 4, \"sep\": 2}}, \"model\": [{\"type\": \"linear\", \"out_features\": 8, \"name\": "  \
    "\"fc1\"}, {\"type\": \"batchnorm\", \"name\": \"bn\"}, {\"type\": \"relu\"}, {\"type\": \"dropout\", " \
    "\"p\": 0.2}, {\"type\": \"linear\", \"out_features\": 3, \"name\": \"fc2\"}], \"optimizer\": "         \
    "{\"type\": \"adam\", \"lr\": 0.01, \"accumulate\": 2}, \"train\": {\"batch_size\": 8}}"
#define CONV                                                                                               \
    "{\"data\": {\"train\": {\"generator\": \"patterns\", \"rows\": 40, \"h\": 6, \"w\": 6}}, \"model\": " \
    "[{\"type\": \"conv2d\", \"out_channels\": 4, \"kernel_size\": 3, \"name\": \"conv\"}, {\"type\": "    \
    "\"relu\"}, {\"type\": \"maxpool2d\", \"kernel_size\": 2}, {\"type\": \"flatten\"}, {\"type\": "       \
    "\"linear\", \"out_features\": 3, \"name\": \"out\"}], \"optimizer\": {\"type\": \"sgd\", \"lr\": "    \
    "0.05, \"momentum\": 0.9}, \"train\": {\"batch_size\": 8}}"
#define WORDS                                                                                               \
    "{\"data\": {\"train\": {\"generator\": \"tokens\", \"rows\": 40, \"vocab\": 12, \"len\": 5}}, "        \
    "\"model\": [{\"type\": \"embedding\", \"num_embeddings\": 12, \"embedding_dim\": 4, \"name\": "        \
    "\"words\"}, {\"type\": \"layernorm\", \"name\": \"ln\"}, {\"type\": \"lstm\", \"hidden_size\": 5, "    \
    "\"name\": \"lstm\"}, {\"type\": \"linear\", \"out_features\": 2, \"name\": \"out\"}], \"optimizer\": " \
    "{\"type\": \"rmsprop\", \"lr\": 0.01, \"momentum\": 0.5}, \"train\": {\"batch_size\": 8}}"

static const char *const configs[] = {MLP, CONV, WORDS};
enum architecture { Mlp, Conv, Words };

/* GATHERED: the gradients of earlier batches that wait for their update. */
enum where { INPUT, PARAMETER, STATE, SLOT_0, SLOT_1, GATHERED };

#define NAN_  (double)NAN
#define INF   (double)INFINITY
#define MINUS (-(double)INFINITY)

/* A value put into one element before a step. element: of the tensor, for an input of its row. */
struct injection {
    enum architecture architecture;
    enum where where;
    const char *tensor; /* of a parameter; "" for the input */
    int64_t element;
    int step;
    double value;
    const char *what, *name; /* that are to be named; the element is the same */
};

static const struct injection injections[] = {
    {Mlp, INPUT, "", 0, 0, NAN_, "input", "input"},
    {Mlp, INPUT, "", 5, 3, INF, "input", "input"},
    {Mlp, INPUT, "", 2, 9, MINUS, "input", "input"},
    {Mlp, PARAMETER, "fc1/weight", 0, 0, NAN_, "parameter", "fc1/weight"},
    {Mlp, PARAMETER, "fc1/weight", 47, 5, INF, "parameter", "fc1/weight"},
    {Mlp, PARAMETER, "fc1/bias", 3, 2, MINUS, "parameter", "fc1/bias"},
    {Mlp, PARAMETER, "bn/weight", 7, 4, NAN_, "parameter", "bn/weight"},
    {Mlp, PARAMETER, "bn/bias", 0, 1, INF, "parameter", "bn/bias"},
    {Mlp, PARAMETER, "fc2/weight", 23, 8, NAN_, "parameter", "fc2/weight"},
    {Mlp, PARAMETER, "fc2/bias", 2, 6, INF, "parameter", "fc2/bias"},
    {Mlp, STATE, "bn/running_mean", 1, 3, NAN_, "parameter", "bn/running_mean"},
    {Mlp, STATE, "bn/running_var", 6, 5, INF, "parameter", "bn/running_var"},
    {Mlp, SLOT_0, "fc1/weight", 11, 1, NAN_, "optimizer state 0", "fc1/weight"},
    {Mlp, SLOT_0, "fc2/bias", 0, 3, INF, "optimizer state 0", "fc2/bias"},
    {Mlp, SLOT_0, "bn/weight", 4, 5, MINUS, "optimizer state 0", "bn/weight"},
    {Mlp, SLOT_1, "fc1/weight", 30, 3, INF, "optimizer state 1", "fc1/weight"},
    {Mlp, SLOT_1, "fc1/bias", 7, 5, NAN_, "optimizer state 1", "fc1/bias"},
    {Mlp, SLOT_1, "fc2/weight", 1, 7, INF, "optimizer state 1", "fc2/weight"},
    {Mlp, GATHERED, "fc1/weight", 9, 1, NAN_, "gradient", "fc1/weight"},
    {Mlp, GATHERED, "bn/bias", 2, 3, INF, "gradient", "bn/bias"},
    {Mlp, GATHERED, "fc2/bias", 1, 5, MINUS, "gradient", "fc2/bias"},
    {Conv, INPUT, "", 0, 0, NAN_, "input", "input"},
    {Conv, INPUT, "", 35, 4, INF, "input", "input"},
    {Conv, PARAMETER, "conv/weight", 0, 0, INF, "parameter", "conv/weight"},
    {Conv, PARAMETER, "conv/weight", 35, 6, NAN_, "parameter", "conv/weight"},
    {Conv, PARAMETER, "conv/bias", 3, 2, NAN_, "parameter", "conv/bias"},
    {Conv, PARAMETER, "conv/bias", 1, 7, MINUS, "parameter", "conv/bias"},
    {Conv, PARAMETER, "out/weight", 5, 3, INF, "parameter", "out/weight"},
    {Conv, PARAMETER, "out/bias", 2, 9, NAN_, "parameter", "out/bias"},
    {Conv, SLOT_0, "conv/weight", 12, 2, NAN_, "optimizer state 0", "conv/weight"},
    {Conv, SLOT_0, "conv/bias", 0, 1, INF, "optimizer state 0", "conv/bias"},
    {Conv, SLOT_0, "out/weight", 6, 8, MINUS, "optimizer state 0", "out/weight"},
    {Words, PARAMETER, "words/weight", 0, 0, NAN_, "parameter", "words/weight"},
    {Words, PARAMETER, "words/weight", 47, 5, INF, "parameter", "words/weight"},
    {Words, PARAMETER, "ln/weight", 1, 4, NAN_, "parameter", "ln/weight"},
    {Words, PARAMETER, "ln/bias", 3, 2, INF, "parameter", "ln/bias"},
    {Words, PARAMETER, "lstm/weight_ih", 60, 3, MINUS, "parameter", "lstm/weight_ih"},
    {Words, PARAMETER, "lstm/weight_hh", 99, 6, NAN_, "parameter", "lstm/weight_hh"},
    {Words, PARAMETER, "lstm/bias_ih", 19, 1, INF, "parameter", "lstm/bias_ih"},
    {Words, PARAMETER, "out/weight", 9, 7, NAN_, "parameter", "out/weight"},
    {Words, SLOT_0, "words/weight", 13, 2, INF, "optimizer state 0", "words/weight"},
    {Words, SLOT_1, "lstm/weight_hh", 42, 4, NAN_, "optimizer state 1", "lstm/weight_hh"},
};
enum { INJECTIONS = sizeof injections / sizeof *injections };

#define ROWS(x, y) "{\"data\": {\"train\": {\"generator\": \"rows\", \"x\": " x ", \"y\": " y "}}, "
#define FOUR       ROWS("[[1, 2], [2, 1], [3, 4], [4, 3]]", "[1.5, 2.5, 3.5, 4.5]")
#define OUT(value)                                                                                       \
    "{\"type\": \"linear\", \"out_features\": 1, \"name\": \"out\", \"init\": {\"type\": \"constant\", " \
    "\"value\": " value "}}"
#define FC(value)                                                                                       \
    "{\"type\": \"linear\", \"out_features\": 4, \"name\": \"fc\", \"init\": {\"type\": \"constant\", " \
    "\"value\": " value "}}"
#define LAYER(type)   "{\"type\": \"" type "\", \"name\": \"layer\"}"
#define MODEL(layers) "\"model\": [" layers "], \"loss\": \"mse\", "
#define WHOLE         "\"train\": {\"batch_size\": 4, \"shuffle\": false}}"
#define SGD(lr)       "\"optimizer\": {\"type\": \"sgd\", \"lr\": " lr "}, "
#define ADAM          "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}, "

/* Configs whose own numbers overflow. element, sample: -1, there is none. */
struct natural {
    const char *config;
    int step;
    const char *what, *name;
    int64_t element, sample;
};

static const struct natural naturals[] = {
    {FOUR MODEL(FC("100") ", " LAYER("exponential") ", " OUT("1")) ADAM WHOLE, 0, "value", "layer", 0, 0},
    {ROWS("[[1, 2], [2, 1], [3, 1e38], [4, 3]]", "[1, 2, 3, 4]") MODEL(OUT("5")) ADAM WHOLE, 0, "value",
     "out", 2, 2},
    {ROWS("[[1, 2], [2, 1], [3, 4], [4, 3]]", "[1, 2, 3, 1e25]") MODEL(OUT("1")) ADAM WHOLE, 0, "value",
     "loss", 0, 3},
    {ROWS("[[1, 2], [1e25, 1], [3, 4], [4, 3]]", "[1, 2, 3, 4]")
         MODEL("{\"type\": \"batchnorm\", \"name\": \"bn\"}, " OUT("1")) ADAM WHOLE,
     0, "running statistic", "bn/running_var", 0, -1},
    {FOUR MODEL(OUT("1e20")) SGD("0.1") WHOLE, 0, "value", "loss", 0, 0},
    {FOUR MODEL(FC("1e-30") ", "
                            "{\"type\": \"linear\", \"out_features\": 4, \"name\": \"b\", \"init\": "
                            "{\"type\": \"constant\", \"value\": 1e20}}, " OUT("1e20")) ADAM WHOLE,
     0, "gradient", "fc", 0, 0},
    {FOUR MODEL(OUT("1")) SGD("1e38") WHOLE, 0, "update", "out/weight", 0, -1},
    {FOUR MODEL(OUT("1")) "\"optimizer\": {\"type\": \"adam\", \"lr\": 1e38}, " WHOLE, 0, "update",
     "out/weight", 0, -1},
    {ROWS("[[1, 0], [2, 0], [3, 0]]", "[1, 2, 4]")
         MODEL(OUT("0.5")) "\"optimizer\": {\"type\": \"adam\", \"eps\": 0}, " WHOLE,
     0, "update", "out/weight", 1, -1},
    {ROWS("[[1, 0], [2, 0], [3, 0]]", "[1, 2, 4]")
         MODEL(OUT("0.5")) "\"optimizer\": {\"type\": \"adagrad\", \"eps\": 0}, " WHOLE,
     0, "update", "out/weight", 1, -1},
    {ROWS("[[1, 1e10], [2, 1], [3, 4], [4, 3]]", "[1e12, 2, 3, 4]") MODEL(OUT("1")) ADAM WHOLE, 0,
     "optimizer state 1", "out/weight", 1, -1},
    {ROWS("[[1, 1e10], [2, 1], [3, 4], [4, 3]]", "[1e12, 2, 3, 4]")
         MODEL(OUT("1")) "\"optimizer\": {\"type\": \"rmsprop\"}, " WHOLE,
     0, "optimizer state 0", "out/weight", 1, -1},
    {ROWS("[[1, 1e10], [2, 1], [3, 4], [4, 3]]", "[1e12, 2, 3, 4]")
         MODEL(OUT("1")) "\"optimizer\": {\"type\": \"adadelta\"}, " WHOLE,
     0, "optimizer state 0", "out/weight", 1, -1},
    {FOUR MODEL(OUT("1")) SGD("1e20") WHOLE, 1, "value", "loss", 0, 0},
    {FOUR MODEL(FC("1") ", " LAYER("exponential") ", " OUT("1")) SGD("-0.01") WHOLE, 1, "value", "layer", 0,
     0},
    {FOUR MODEL(
         FC("1e19") ", {\"type\": \"multiply\", \"from\": [\"fc\", \"fc\"], \"name\": \"layer\"}, " OUT("1"))
         ADAM WHOLE,
     0, "value", "layer", 0, 0},
    {FOUR MODEL("{\"type\": \"linear\", \"out_features\": 1, \"name\": \"out\", \"init\": {\"type\": "
                "\"constant\", \"value\": 1e18}, \"l2\": 1000}") ADAM WHOLE,
     0, "optimizer state 1", "out/weight", 0, -1},
    /* As many classes as rows of a batch: a class is no row. */
    {ROWS("[[1, 2], [2, 1], [3, 4], [4, 3]]",
          "[0, 1, 0, 1]") "\"task\": \"classification\", \"model\": [{\"type\": \"linear\", "
                          "\"out_features\": 2}], \"loss\": {\"type\": "
                          "\"cross_entropy\", \"class_weights\": [1, 1e39]}, \"train\": {\"batch_size\": 2}}",
     0, "input", "loss/class_weights", 1, -1},
};
enum { NATURALS = sizeof naturals / sizeof *naturals };

/* ---- Injections ---- */

static void go(struct stand *stand, int steps)
{
    while (stand->epochs.trainer.step < steps)
        stand_go(stand);
    if (stand->epochs.batch == stand->epochs.batches)
        stand_go(stand);
}

/* The element that a row of the table means; *sample: the row of the data that it belongs to, or -1. */
static struct tensor place_of(struct stand *stand, const struct injection *row, int64_t *element,
                              int64_t *sample)
{
    struct epochs *epochs = &stand->epochs;
    struct trainer *trainer = &epochs->trainer;
    struct parameters *p = &trainer->model.parameters;
    struct dataset *set = &stand->data.splits[SPLIT_train];
    struct tensor tensor;

    *element = row->element;
    *sample = -1;
    if (row->where == INPUT) {
        int64_t count = dataset_batch_rows(set, trainer->model.seed, trainer->epoch, epochs->batch,
                                           epochs->batch_size, true, false, epochs->order, epochs->rows);
        int64_t width = tensor_count(&set->inputs[0]) / set->rows;

        *sample = epochs->rows[count - 1];
        *element = (count - 1) * width + row->element;
        tensor = set->inputs[0];
        tensor.data = (float *)tensor.data + *sample * width;
        return tensor;
    }
    int found = parameters_find(p, row->tensor);
    if (found < 0)
        fail_msg("there is no parameter %s", row->tensor);
    tensor = parameter_value(p, found);
    const char *vector = row->where == GATHERED ? trainer->gathered
                         : row->where >= SLOT_0 ? trainer->optimizer.slots[row->where - SLOT_0]
                                                : NULL;
    if (vector)
        tensor.data = (char *)tensor.data + (vector - (const char *)p->value);
    return tensor;
}

static void check_named(const char *row, const struct moment *moment, int step, const char *what,
                        const char *name)
{
    if (moment->finite || !moment->nonfinite.name)
        fail_msg("%s: nothing is named", row);
    if (strcmp(moment->nonfinite.what, what) != 0 || strcmp(moment->nonfinite.name, name) != 0)
        fail_msg("%s: named as %s of %s, expected %s of %s", row, moment->nonfinite.what,
                 moment->nonfinite.name, what, name);
    assert_int_equal(moment->step, step);
}

static void inject(const struct injection *row, const char *label)
{
    struct stand *stand = stand_open(configs[row->architecture]),
                 *twin = stand_open(configs[row->architecture]);
    struct epochs *epochs = &stand->epochs;
    struct moment moment;
    int64_t element, sample;

    go(stand, row->step);
    struct tensor tensor = place_of(stand, row, &element, &sample);
    double kept = tensor_get(&tensor, row->element);
    tensor_set(&tensor, row->element, row->value);
    epochs->trainer.sound = false;
    struct packed before = pack(stand);
    epochs_step(epochs, &moment);
    check_named(label, &moment, row->step, row->what, row->name);
    assert_int_equal(moment.nonfinite.index, element);
    assert_int_equal(moment.sample, sample);
    assert_true(isnan(row->value) ? isnan(moment.nonfinite.value) : moment.nonfinite.value == row->value);
    struct packed after = pack(stand);
    if (after.length != before.length || memcmp(after.bytes, before.bytes, after.length) != 0)
        fail_msg("%s: the poisoned step left its traces", label);
    tensor_set(&tensor, row->element, kept);
    epochs->trainer.sound = false;
    go(stand, row->step + 4);
    go(twin, row->step + 4);
    struct packed healed = pack(stand), never = pack(twin);
    if (healed.length != never.length || memcmp(healed.bytes, never.bytes, healed.length) != 0)
        fail_msg("%s: goes on otherwise than a training that was never poisoned", label);
    stand_close(stand);
    stand_close(twin);
}

static void injected(void **state)
{
    (void)state;
    for (int i = 0; i < INJECTIONS; i++) {
        char label[200];

        snprintf(label, sizeof label, "row %d, %s[%lld] at step %d", i, injections[i].tensor,
                 (long long)injections[i].element, injections[i].step);
        inject(&injections[i], label);
    }
}

/* ---- Configs that overflow by themselves ---- */

static void overflow(const struct natural *row, const char *label)
{
    struct stand *stand = stand_open(row->config);
    struct epochs *epochs = &stand->epochs;
    struct moment moment;

    go(stand, row->step);
    struct packed before = pack(stand);
    epochs_step(epochs, &moment);
    check_named(label, &moment, row->step, row->what, row->name);
    assert_int_equal(moment.nonfinite.index, row->element);
    if (moment.sample != row->sample)
        fail_msg("%s: row %lld of the data, expected %lld", label, (long long)moment.sample,
                 (long long)row->sample);
    struct packed after = pack(stand);
    if (after.length != before.length || memcmp(after.bytes, before.bytes, after.length) != 0)
        fail_msg("%s: the poisoned step left its traces", label);
    assert_true(epochs_finite(epochs));
    stand_close(stand);
}

static void natural(void **state)
{
    (void)state;
    for (int i = 0; i < NATURALS; i++) {
        char label[200];

        snprintf(label, sizeof label, "config %d (%s of %s)", i, naturals[i].what, naturals[i].name);
        overflow(&naturals[i], label);
    }
}

static void sixty(void **state)
{
    (void)state;
    assert_int_equal(INJECTIONS + NATURALS, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(injected),
        cmocka_unit_test(natural),
        cmocka_unit_test(sixty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
