/* The chain of layers and the settings of a config, for rules and changes. Reads the config of the record
 * only. */
#include "anatomy.h"

#include <math.h>
#include <string.h>

#define FREE (double)INFINITY

static const struct activation activations[] = {
    {"identity", -FREE, FREE, .linear = true},
    {"relu", 0, FREE, .rectifier = true},
    {"leaky_relu", -FREE, FREE, .rectifier = true},
    {"elu", -1, FREE, .rectifier = true},
    {"selu", -1.7581, FREE, .rectifier = true}, /* -lambda alpha, Klambauer et al. 2017 */
    {"gelu", -0.17, FREE, .rectifier = true},   /* its minimum, rounded outwards */
    {"silu", -0.279, FREE, .rectifier = true},  /* the same */
    {"tanh", -1, 1, .saturates = true},
    {"sigmoid", 0, 1, .saturates = true},
    {"hard_sigmoid", 0, 1, .saturates = true},
    {.type = "softplus", .low = 0, .high = FREE},
    {"softsign", -1, 1, .saturates = true},
    {.type = "exponential", .low = 0, .high = FREE},
    {"softmax", 0, 1, .normalizes = true},
    {"log_softmax", -FREE, 0, .normalizes = true},
};

/* Layers with weight matrices, and the setting that says how wide they are. */
static const struct {
    const char *type, *width;
} weighty[] = {
    {"linear", "out_features"}, {"conv1d", "out_channels"},     {"conv2d", "out_channels"},
    {"rnn", "hidden_size"},     {"lstm", "hidden_size"},        {"gru", "hidden_size"},
    {"attention", "embed_dim"}, {"embedding", "embedding_dim"},
};

/* Between a layer with weights and the activation that belongs to it. */
static const char *const passed[] = {"batchnorm", "layernorm", "dropout", "flatten", "reshape", NULL};

const struct activation *activation_of(const char *type)
{
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strcmp(activations[i].type, type) == 0)
            return &activations[i];
    return NULL;
}

static bool is_passed(const char *type)
{
    for (int i = 0; passed[i]; i++)
        if (strcmp(passed[i], type) == 0)
            return true;
    return false;
}

static const char *word(const struct json *value, const char *otherwise)
{
    if (value && value->type == JSON_OBJECT)
        value = json_get(value, "type");
    return value && value->type == JSON_STRING ? value->string : otherwise;
}

/* "linear2": kind, and number within its kind. */
static const char *usual_name(const struct run *run, const struct anatomy *anatomy, const char *type)
{
    int number = 1;

    for (int i = 0; i < anatomy->count; i++)
        number += strcmp(anatomy->part[i].type, type) == 0;
    return arena_print(run->arena, "%s%d", type, number);
}

static void read_part(const struct run *run, const struct json *json, struct anatomy *out)
{
    struct part *part = &out->part[out->count];
    const char *type = word(json, "");

    *part = (struct part){.index = out->count, .type = type, .json = json, .follower = -1};
    part->name = word(json_get(json, "name"), usual_name(run, out, type));
    part->activation = activation_of(type);
    for (size_t i = 0; i < sizeof weighty / sizeof *weighty; i++) {
        if (strcmp(weighty[i].type, type) != 0)
            continue;
        const struct json *width = json_get(json, weighty[i].width);

        part->weighty = true;
        part->width = width && width->type == JSON_NUMBER ? (int64_t)width->number : 0;
    }
    out->chain = out->chain && !json_get(json, "from");
    out->count++;
}

static void find_followers(struct anatomy *out)
{
    for (int i = 0; i < out->count; i++) {
        int at = i + 1;

        if (!out->part[i].weighty)
            continue;
        while (at < out->count && is_passed(out->part[at].type))
            at++;
        if (at < out->count && out->part[at].activation)
            out->part[i].follower = at;
    }
}

static bool is_one_of(const char *type, const char *const *types)
{
    for (; *types; types++)
        if (strcmp(type, *types) == 0)
            return true;
    return false;
}

/* How many numbers a row is answered with: of a map, only where one number a channel is left. */
static int64_t count_outputs(const struct anatomy *anatomy)
{
    static const char *const maps[] = {"conv1d", "conv2d", NULL};
    static const char *const shaping[] = {"reshape", "transpose", "concat", NULL};
    bool map = is_one_of(anatomy->part[anatomy->head].type, maps);

    for (int i = anatomy->head + 1; i < anatomy->count; i++) {
        map = map && strcmp(anatomy->part[i].type, "global_avgpool") != 0;
        if (is_one_of(anatomy->part[i].type, shaping))
            return 0;
    }
    return map ? 0 : anatomy->part[anatomy->head].width;
}

static void find_head(struct anatomy *out)
{
    out->head = out->head_activation = out->stacked = -1;
    for (int i = 0; i < out->count; i++)
        if (out->part[i].weighty)
            out->head = i;
    if (out->head < 0)
        return;
    out->outputs = count_outputs(out);
    out->plain_tail = true;
    for (int i = out->head + 1; i < out->count; i++) {
        out->plain_tail = out->plain_tail && !json_get(out->part[i].json, "from");
        if (!out->part[i].activation || out->part[i].activation->linear)
            continue;
        out->stacked = out->head_activation;
        out->head_activation = i;
    }
}

static void read_loss(const struct run *run, struct anatomy *out)
{
    const struct json *loss = json_get(run->config, "loss");
    const char *from = word(json_get(loss, "from"), "logits");
    bool entropy;

    out->loss = word(loss, out->classification ? "cross_entropy" : "mse");
    entropy = strcmp(out->loss, "cross_entropy") == 0;
    out->from_logits = (entropy && strcmp(from, "logits") == 0) || strcmp(out->loss, "bce_with_logits") == 0;
    out->probability =
        (entropy && !out->from_logits) || strcmp(out->loss, "bce") == 0 || strcmp(out->loss, "nll") == 0;
}

bool anatomy_read(const struct run *run, struct anatomy *out)
{
    const struct json *model = json_get(run->config, "model");

    *out = (struct anatomy){.chain = true, .head = -1, .head_activation = -1, .stacked = -1};
    if (!model || model->type != JSON_ARRAY || !json_count(model))
        return false;
    out->part = arena_array(run->arena, json_count(model), sizeof *out->part);
    for (const struct json *layer = model->child; layer; layer = layer->next)
        read_part(run, layer, out);
    out->classification = strcmp(run_text(run, "data/task"), "regression") != 0;
    out->classes = run_integer(run, "data/classes");
    out->target_width = run_has(run, "data/target_width") ? run_integer(run, "data/target_width") : 1;
    find_followers(out);
    find_head(out);
    read_loss(run, out);
    return true;
}

int hidden_count(const struct anatomy *anatomy)
{
    int count = 0;

    for (int i = 0; i < anatomy->head; i++)
        count += anatomy->part[i].weighty && strcmp(anatomy->part[i].type, "embedding") != 0;
    return count;
}

double setting_number(const struct run *run, const char *path, double otherwise)
{
    const struct json *value = run->config ? json_find(run->arena, run->config, path) : NULL;

    return value && value->type == JSON_NUMBER ? value->number : otherwise;
}

const char *setting_word(const struct run *run, const char *path, const char *otherwise)
{
    return word(run->config ? json_find(run->arena, run->config, path) : NULL, otherwise);
}

bool setting_flag(const struct run *run, const char *path, bool otherwise)
{
    const struct json *value = run->config ? json_find(run->arena, run->config, path) : NULL;

    return value && value->type == JSON_BOOL ? value->number != 0 : otherwise;
}

struct place setting_place(const struct run *run, const char *path)
{
    const struct json *value = run->config ? json_find(run->arena, run->config, path) : NULL;

    return value ? value->place : (struct place){0};
}

const char *part_path(const struct run *run, const struct part *part, const char *key)
{
    return key ? arena_print(run->arena, "model[%d].%s", part->index, key)
               : arena_print(run->arena, "model[%d]", part->index);
}

const char *first_of(struct arena *arena, int64_t count, const char *name)
{
    return arena_print(arena, " (\"%s\"%s)", name, count == 1 ? "" : " the first");
}

void finding_about(struct finding *finding, const struct part *part)
{
    finding->subject = part->name;
    finding->place = part->json->place;
}

void example_config(struct run *run, const char *json)
{
    struct error err = {0};
    struct json *document;

    if (!json_parse(run->arena, "example", json, strlen(json), &document, &err))
        BUG("an example config is no JSON: %s", err.sentence);
    run->config = document;
}

void example_classes(struct run *run, int64_t classes)
{
    run_set_text(run, "data/task", classes > 0 ? "classification" : "regression");
    run_set_number(run, "data/classes", (double)classes);
}
