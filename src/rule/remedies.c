/*
 * What to do about a term, in the order of the recipe, and how the config of the run would say it. Reads a
 * config; proposes, and tries nothing.
 */
#include <mldbg/rule/decompose.h>

#include <math.h>
#include <string.h>
#include <mldbg/base/text.h>

/* A model twice as wide has about four times the weights: the usual next size. */
static const double WIDER = 2;
/* Training that underfits is let go on for this many times as long. */
static const double LONGER = 3;
/* Where there is no weight decay: a value that hardly ever hurts. */
static const double WEIGHT_DECAY = 1e-4;
/* Dropout where there is none, and how far it is raised where it is. */
static const double DROPOUT = 0.3, DROPOUT_MOST = 0.5;

/* ---- Reading a config ---- */

static const struct json *model_of(const struct json *config)
{
    const struct json *model = json_get(config, "model");
    return model && model->type == JSON_ARRAY ? model : NULL;
}

static bool is_type(const struct json *layer, const char *name)
{
    const struct json *type = json_get(layer, "type");
    return type && type->type == JSON_STRING && strcmp(type->string, name) == 0;
}

/* Layers that name their inputs tie widths together; nothing is changed there without knowing more. */
static bool is_chain(const struct json *model)
{
    for (const struct json *layer = model->child; layer; layer = layer->next)
        if (layer->type != JSON_OBJECT || json_get(layer, "from") || json_get(layer, "inputs"))
            return false;
    return true;
}

static const struct json *width_of(const struct json *layer)
{
    static const char *const widths[] = {"out_features", "out_channels", "hidden_size"};

    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        const struct json *width = json_get(layer, widths[i]);
        if (width && width->type == JSON_NUMBER)
            return width;
    }
    return NULL;
}

/* ---- Changes ---- */

static void change(struct adjustments *to, const char *path, const struct json *old, const struct json *value,
                   const char *words)
{
    if (to->count < ADJUSTMENTS_MOST)
        to->at[to->count++] = (struct adjustment){path, old, value, words};
}

static void change_number(struct adjustments *to, const char *path, const struct json *old,
                          const char *before, double value)
{
    struct json *holder = json_array(to->arena);
    struct json *number = json_add_number(holder, NULL, value, to->arena);

    change(to, path, old, number,
           arena_print(to->arena, "%s: %s -> %s", path, before, text_double(to->arena, value)));
}

static void scale(struct adjustments *to, const struct json *old, double factor)
{
    change_number(to, json_path(to->arena, old), old, text_double(to->arena, old->number),
                  rint(old->number * factor));
}

/* The widest layer but the last one that has a width, which is the answer's. */
static void widen(const struct json *config, struct adjustments *to)
{
    const struct json *model = model_of(config), *widest = NULL, *last = NULL;

    if (!model || !is_chain(model))
        return;
    for (const struct json *layer = model->child; layer; layer = layer->next) {
        const struct json *width = width_of(layer);
        if (!width)
            continue;
        if (last && (!widest || last->number > widest->number))
            widest = last;
        last = width;
    }
    if (widest)
        scale(to, widest, WIDER);
}

/* adamw decays weights by 0.01 when it is not told. */
static bool is_adamw(const struct json *optimizer)
{
    return optimizer && (optimizer->type == JSON_STRING ? strcmp(optimizer->string, "adamw") == 0
                                                        : is_type(optimizer, "adamw"));
}

static void loosen(const struct json *config, struct adjustments *to)
{
    static const char *const penalties[][2] = {{"optimizer", "weight_decay"}, {"loss", "label_smoothing"}};
    const struct json *model = model_of(config);

    for (size_t i = 0; i < sizeof penalties / sizeof *penalties; i++) {
        const struct json *part = json_get(config, penalties[i][0]);
        const struct json *value = part && part->type == JSON_OBJECT ? json_get(part, penalties[i][1]) : NULL;
        if (value && value->type == JSON_NUMBER && value->number > 0)
            scale(to, value, 0);
        else if (!value && i == 0 && is_adamw(part))
            change_number(to, "optimizer.weight_decay", NULL, "0.01", 0);
    }
    for (const struct json *layer = model ? model->child : NULL; layer; layer = layer->next) {
        const struct json *p = layer->type == JSON_OBJECT ? json_get(layer, "p") : NULL;
        if (p && is_type(layer, "dropout") && p->type == JSON_NUMBER && p->number > 0)
            scale(to, p, 0);
    }
}

static void lengthen(const struct json *config, struct adjustments *to)
{
    const struct json *epochs = json_get(json_get(config, "train"), "epochs");

    if (epochs && epochs->type == JSON_NUMBER)
        scale(to, epochs, LONGER);
}

/* The model with a layer of this type behind every layer that `here` chooses; number: how many. */
static struct json *insert(struct arena *arena, const struct json *model, const char *type, double p,
                           bool (*here)(const struct json *layer, bool last), int *number)
{
    struct json *longer = json_array(arena);
    const struct json *last = NULL;

    *number = 0;
    for (const struct json *layer = model->child; layer; layer = layer->next)
        if (width_of(layer))
            last = layer;
    for (const struct json *layer = model->child; layer; layer = layer->next) {
        json_add(longer, NULL, json_copy(arena, layer), arena);
        if (!here(layer, layer == last))
            continue;
        struct json *added = json_add(longer, NULL, json_object(arena), arena);
        json_add_string(added, "type", type, arena);
        if (!isnan(p))
            json_add_number(added, "p", p, arena);
        ++*number;
    }
    return longer;
}

static bool behind_weights(const struct json *layer, bool last)
{
    return !last && (is_type(layer, "linear") || is_type(layer, "conv1d") || is_type(layer, "conv2d"));
}

/* Hidden linear layers hold most of the weights. */
static bool behind_linear(const struct json *layer, bool last)
{
    return !last && is_type(layer, "linear");
}

static bool has(const struct json *model, const char *type)
{
    for (const struct json *layer = model->child; layer; layer = layer->next)
        if (is_type(layer, type))
            return true;
    return false;
}

static void add_layers(const struct json *model, struct adjustments *to, const char *type, double p,
                       bool (*here)(const struct json *layer, bool last))
{
    int number;
    const struct json *longer = insert(to->arena, model, type, p, here, &number);

    if (number)
        change(to, "model", model, longer,
               arena_print(to->arena, "model: + %s%s behind %s", type,
                           isnan(p) ? "" : arena_print(to->arena, " p %s", text_double(to->arena, p)),
                           text_plural(to->arena, number, "layer", "layers")));
}

static void normalize(const struct json *config, struct adjustments *to)
{
    const struct json *model = model_of(config);

    if (model && is_chain(model) && !has(model, "batchnorm") && !has(model, "layernorm"))
        add_layers(model, to, "batchnorm", (double)NAN, behind_weights);
}

static void regularize(const struct json *config, struct adjustments *to)
{
    const struct json *model = model_of(config), *optimizer = json_get(config, "optimizer");
    const struct json *decay =
        optimizer && optimizer->type == JSON_OBJECT ? json_get(optimizer, "weight_decay") : NULL;

    if (model && has(model, "dropout")) {
        for (const struct json *layer = model->child; layer; layer = layer->next) {
            const struct json *p = is_type(layer, "dropout") ? json_get(layer, "p") : NULL;
            if (p && p->type == JSON_NUMBER && p->number < DROPOUT_MOST)
                change_number(to, json_path(to->arena, p), p, text_double(to->arena, p->number),
                              DROPOUT_MOST);
        }
    } else if (model && is_chain(model)) {
        add_layers(model, to, "dropout", DROPOUT, behind_linear);
    }
    if (optimizer &&
        ((!decay && !is_adamw(optimizer)) || (decay && decay->type == JSON_NUMBER && !(decay->number > 0))))
        change_number(to, "optimizer.weight_decay", decay, "0", WEIGHT_DECAY);
}

/* ---- The recipe ---- */

static const struct advice by_more_splits[] = {
    {"make the missing splits, so that it is known which of the two it is", NULL}, {NULL, NULL}};

static const struct advice by_fitting[] = {
    {"a bigger model: more layers, more units in each", widen},
    {"less regularization", loosen},
    {"error analysis: look at the rows of train that it gets wrong", NULL},
    {"another architecture, closer to the best known for such data", NULL},
    {"tune the hyperparameters, the learning rate first; train longer", lengthen},
    {"more features", NULL},
    {NULL, NULL},
};

static const struct advice by_generalizing[] = {
    {"more training data", NULL},
    {"normalization: batchnorm, layernorm", normalize},
    {"data augmentation", NULL},
    {"more regularization: dropout, weight decay", regularize},
    {"error analysis: look at the rows of val that it gets wrong", NULL},
    {"another architecture, closer to the best known for such data", NULL},
    {"tune the hyperparameters", NULL},
    {"last, since they treat the symptom: early stopping, fewer features, a smaller model", NULL},
    {NULL, NULL},
};

static const struct advice by_adapting[] = {
    {"look at the errors on testval, beside those on val, and name their kinds", NULL},
    {"collect training data of these kinds", NULL},
    {"synthesize such data, by augmentation or simulation", NULL},
    {"domain adaptation", NULL},
    {NULL, NULL},
};

static const struct advice by_rebalancing[] = {
    {"draw a new testval set from the test distribution, larger than this one", NULL},
    {"choose among fewer trials and fewer checkpoints on one validation set", NULL},
    {NULL, NULL},
};

bool term_is_several(const struct term *term)
{
    int first = term->ground ? 0 : term->on >= 0 ? (int)term->to : (int)term->from + 1;

    /* The irreducible error and the bias have the same cure, as far as there is one. */
    return (int)term->to - first > (first == 0 ? 1 : 0);
}

const struct advice *term_remedies(const struct term *term)
{
    static const struct advice *const remedies[RUNG_COUNT] = {by_fitting, by_fitting, by_generalizing,
                                                              by_adapting, by_rebalancing};

    return term_is_several(term) ? by_more_splits : remedies[term->to];
}

/* {"words": ..., "patch": [{"path": ..., "value": ...}, ...]} */
static void list_remedy(const struct advice *remedy, const struct adjustments *changes, struct json *list,
                        struct arena *arena)
{
    struct json *object = json_add(list, NULL, json_object(arena), arena);

    json_add_string(object, "words", remedy->words, arena);
    struct json *patch = json_add(object, "patch", json_array(arena), arena);
    for (int i = 0; i < changes->count; i++) {
        struct json *item = json_add(patch, NULL, json_object(arena), arena);
        json_add_string(item, "path", changes->at[i].path, arena);
        json_add(item, "value", json_copy(arena, changes->at[i].value), arena);
    }
}

void remedies_record(const struct term *term, const struct json *config, struct run *run)
{
    const struct advice *remedies = term_remedies(term);
    struct json *list = json_array(run->arena);

    run_set_text(run, "decompose/remedies/for", "%s", term->name);
    for (int i = 0; remedies[i].words; i++) {
        struct adjustments changes = {.arena = run->arena};
        struct text words;

        if (config && remedies[i].patch)
            remedies[i].patch(config, &changes);
        list_remedy(&remedies[i], &changes, list, run->arena);
        run_set_text(run, arena_print(run->arena, "decompose/remedies/%d", i + 1), "%s", remedies[i].words);
        text_init(&words, run->arena);
        for (int k = 0; k < changes.count; k++)
            text_print(&words, "%s%s", k ? ", " : "", changes.at[k].words);
        if (changes.count)
            run_set_text(run, arena_print(run->arena, "decompose/patch/%d", i + 1), "%s", words.at);
    }
    run->remedies = list;
}
