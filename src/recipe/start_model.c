/* The choices on model and training: the lecture's "start simple", with sizes for the data at hand. */
#include "start.h"

#include <math.h>

/* Widths that small data is fitted with in no time, and that are no limit to it. */
enum { HIDDEN = 128, HIDDEN_LSTM = 64 };

/* LeNet's own sizes; on small images its kernels of 5 would see half of the picture. */
enum { SIDE_OF_LENET = 16 };

/* The lecture's learning rate for Adam: slow, and wrong nearly nowhere. */
static const double RATE = 3e-4;

enum { BATCH = 32 };

/*
 * At this rate a weight moves by about 0.3 in 1,000 updates. Measured with `mldbg doctor` on the five data
 * sets that are shipped, ten seeds each: after 1,000 and 2,000 updates all 50 pass, after 500 46 do (diabetes
 * stays short of a linear fit), after 200 30.
 */
enum { UPDATES = 1000 };

/* Large data is seen so often at least. */
enum { EPOCHS_LEAST = 5 };

static struct json *add_layer(struct start *start, struct json *model, const char *type)
{
    struct json *layer = json_add(model, NULL, json_object(start->arena), start->arena);
    json_add_string(layer, "type", type, start->arena);
    return layer;
}

static void add_linear(struct start *start, struct json *model, int64_t width, bool relu)
{
    json_add_integer(add_layer(start, model, "linear"), "out_features", width, start->arena);
    if (relu)
        add_layer(start, model, "relu");
}

static void add_convolution(struct start *start, struct json *model, int64_t channels, int64_t kernel)
{
    struct json *layer = add_layer(start, model, "conv2d");
    json_add_integer(layer, "out_channels", channels, start->arena);
    json_add_integer(layer, "kernel_size", kernel, start->arena);
    json_add_integer(layer, "padding", kernel / 2, start->arena);
    add_layer(start, model, "relu");
    json_add_integer(add_layer(start, model, "maxpool2d"), "kernel_size", 2, start->arena);
}

static void choose_model(struct start *start, const char *setting)
{
    struct json *model = json_add(start->config, setting, json_array(start->arena), start->arena);
    int64_t outputs = start->classification ? start->data.classes : start->data.target_width;

    if (start->arrangement == ARRANGED_image) {
        int64_t kernel = start->shape.size[1] < SIDE_OF_LENET || start->shape.size[2] < SIDE_OF_LENET ? 3 : 5;
        add_convolution(start, model, 6, kernel);
        add_convolution(start, model, 16, kernel);
        add_layer(start, model, "flatten");
        add_linear(start, model, 120, true);
        add_linear(start, model, 84, true);
        start_tell(start, setting, "LeNet",
                   "the usual first net for images: two convolutions, then three layers");
    } else if (start->arrangement == ARRANGED_sequence) {
        json_add_integer(add_layer(start, model, "lstm"), "hidden_size", HIDDEN_LSTM, start->arena);
        start_tell(start, setting, arena_print(start->arena, "one LSTM of %d", HIDDEN_LSTM),
                   "the usual first net for sequences; its last state is read");
    } else {
        add_linear(start, model, HIDDEN, true);
        start_tell(start, setting, arena_print(start->arena, "hidden layer of %d", HIDDEN),
                   "the simplest net that is more than a line");
    }
    add_linear(start, model, outputs, false);
}

static void choose_activation(struct start *start, const char *setting)
{
    if (start->arrangement == ARRANGED_sequence)
        start_tell(start, setting, "tanh", "the LSTM's own");
    else
        start_tell(start, setting, "relu", "passes gradients on unchanged where it is open");
}

static void choose_initialization(struct start *start, const char *setting)
{
    if (start->arrangement == ARRANGED_sequence)
        start_tell(start, setting, "Xavier",
                   "the default for tanh, with orthogonal recurrent weights; no key is needed");
    else
        start_tell(start, setting, "Kaiming",
                   "the default in front of relu: signals keep their size; no key is needed");
}

static void choose_loss(struct start *start, const char *setting)
{
    const char *loss = start->classification ? "cross_entropy" : "mse";
    json_add_string(start->config, setting, loss, start->arena);
    start_tell(start, setting, loss, "%s",
               start->classification ? "for classes; it takes logits, so the net ends without softmax"
                                     : "for numbers; the net ends without activation");
}

static void choose_optimizer(struct start *start, const char *setting)
{
    struct json *optimizer = json_add(start->config, setting, json_object(start->arena), start->arena);
    json_add_string(optimizer, "type", "adam", start->arena);
    json_add_number(optimizer, "lr", RATE, start->arena);
    start_tell(start, setting, arena_print(start->arena, "adam, lr %s", text_double(start->arena, RATE)),
               "forgiving: works nearly everywhere, if slowly");
}

static void choose_regularization(struct start *start, const char *setting)
{
    start_tell(start, setting, "none", "first see that it can fit at all");
}

static void choose_training(struct start *start, const char *setting)
{
    struct json *train = json_add(start->config, setting, json_object(start->arena), start->arena);
    int64_t rows = start->data.splits[SPLIT_train].rows, updates = (rows + BATCH - 1) / BATCH;
    int64_t epochs = (UPDATES + updates - 1) / updates;

    if (epochs < EPOCHS_LEAST)
        epochs = EPOCHS_LEAST;
    json_add_integer(train, "batch_size", BATCH, start->arena);
    json_add_integer(train, "epochs", epochs, start->arena);
    start_tell(start, "batch_size", arena_print(start->arena, "%d", BATCH),
               "small: many updates from few rows");
    start_tell(start, "epochs", text_count(start->arena, epochs), "%s updates of %s each",
               text_count(start->arena, epochs * updates),
               text_plural(start->arena, rows < BATCH ? rows : BATCH, "row", "rows"));
}

const struct choice choices_of_model[] = {
    {"model", choose_model},         {"activation", choose_activation},
    {"init", choose_initialization}, {"loss", choose_loss},
    {"optimizer", choose_optimizer}, {"regularization", choose_regularization},
    {"train", choose_training},      {NULL, NULL},
};
