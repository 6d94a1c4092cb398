/* What a loss kind calls, and the end of every model: the target, the loss, and the penalties that are added
 * to it. */
#include <string.h>

#include "builder.h"

/* ---- Sentences ---- */

/* The loss; where none is declared, the layer that gives the output. */
static struct place loss_place(const struct loss_build *build, const char *key)
{
    const struct json *json = build->loss->json, *value = json ? json_get(json, key) : NULL;
    if (json)
        return value ? value->place : json->place;
    return layer_place(build->last, "type");
}

static struct error *PRINTF(3, 0)
    refuse(struct loss_build *build, const char *key, const char *format, va_list values)
{
    const char *sentence = arena_print_list(build->problems->arena, format, values);
    return problems_at(build->problems, ERROR_REQUEST, "ML102", loss_place(build, key), "loss %s: %s",
                       build->loss->kind->entry.name, sentence);
}

node loss_refuse(struct loss_build *build, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    refuse(build, "type", format, values);
    va_end(values);
    return -1;
}

node loss_refuse_hint(struct loss_build *build, const char *hint, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    struct error *err = refuse(build, "type", format, values);
    va_end(values);
    fail_hint(err, "%s", hint);
    return -1;
}

/* ---- The target ---- */

/* The linear layer that decides the number of outputs, looking back over activations; NULL if it is none. */
static const struct layer_spec *output_layer(const struct loss_build *build)
{
    const struct layer_spec *layers = build->model->spec->layers, *layer = build->last;
    while (layer->kind != &layer_linear) {
        const struct links *links = &build->builder->links[layer->index];
        bool passes = layer->kind->activation || layer->kind == &layer_dropout ||
                      layer->kind == &layer_batchnorm || layer->kind == &layer_layernorm;
        if (!passes || links->count != 1 || links->at[0] < 0)
            return NULL;
        layer = &layers[links->at[0]];
    }
    return layer;
}

static node refuse_width(struct loss_build *build, int64_t wanted, const char *sentence)
{
    struct arena *arena = build->problems->arena;
    const struct layer_spec *layer = output_layer(build);
    int64_t outputs = build->shape.size[build->shape.rank - 1];

    if (outputs == 1 && wanted == 2 && build->loss->kind == &loss_cross_entropy)
        return loss_refuse_hint(build, "one output for two classes goes with bce_with_logits", "%s",
                                sentence);
    if (!layer)
        return loss_refuse(build, "%s", sentence);
    return loss_refuse_hint(
        build, arena_print(arena, "out_features of \"%s\" should be %lld", layer->name, (long long)wanted),
        "%s", sentence);
}

static const char *outputs_of(const struct loss_build *build)
{
    struct arena *arena = build->problems->arena;
    int64_t width = build->shape.size[build->shape.rank - 1];
    if (build->shape.rank == 2)
        return arena_print(arena, "\"%s\" gives %s", build->prediction_name,
                           text_plural(arena, width, "output", "outputs"));
    return arena_print(arena, "\"%s\" gives %s", build->prediction_name,
                       shape_print(arena, &build->shape, false));
}

/* One answer per row against one per step. */
static bool steps_fit(struct loss_build *build)
{
    int64_t columns = build->label_columns;
    const struct shape *shape = &build->shape;

    if (shape->rank > 3) {
        loss_refuse_hint(build, "end with flatten and linear, or with global_avgpool",
                         "%s, a map, not one answer per row", outputs_of(build));
        return false;
    }
    if (columns == 0 || (shape->rank == 2 ? columns == 1 : columns == shape->size[1]))
        return true;
    if (shape->rank == 3)
        loss_refuse_hint(build, "\"return_sequences\": false or a select layer keeps one step",
                         "%s, one answer per step, but the label has %s", outputs_of(build),
                         text_plural(build->problems->arena, columns, "column", "columns"));
    else
        loss_refuse(build, "%s, one answer per row, but the label has %lld columns", outputs_of(build),
                    (long long)columns);
    return false;
}

static node class_target(struct loss_build *build)
{
    struct arena *arena = build->problems->arena;
    struct shape shape = build->shape;
    int64_t width = shape.size[shape.rank - 1];

    if (build->loss->broadcast)
        return loss_refuse(build, "\"broadcast\" needs a target of numbers, but this one is of class ids");
    if (build->classes == 0)
        return loss_refuse_hint(build,
                                "mse is the usual loss for numbers; or set \"task\": \"classification\"",
                                "expects classes, but the label is a number");
    if (!steps_fit(build))
        return -1;
    if (width != build->classes)
        return refuse_width(build, build->classes,
                            arena_print(arena, "%s, but the data has %lld classes", outputs_of(build),
                                        (long long)build->classes));
    shape.rank--;
    return build->target = graph_input(build->graph, "target", DTYPE_I32, shape, false);
}

/* y = x 1': one output repeated over the columns of the target. */
static bool repeat_output(struct loss_build *build)
{
    double *ones = arena_array(build->model->arena, (size_t)build->classes, sizeof *ones);
    for (int64_t i = 0; i < build->classes; i++)
        ones[i] = 1;
    node inputs[2] = {build->prediction, loss_constant(build, "ones", SHAPE(build->classes, 1), ones)};
    build->prediction = loss_node(build, &op_linear, "repeat", inputs, 2, NULL);
    if (build->prediction < 0)
        return false;
    build->shape = graph_shape(build->graph, build->prediction);
    return true;
}

static bool broadcast(struct loss_build *build, struct shape *target)
{
    const struct shape *shape = &build->shape;
    if (shape->rank != 2) {
        loss_refuse(build, "\"broadcast\" needs an output of one axis, but %s", outputs_of(build));
        return false;
    }
    if (shape->size[1] == 1 && build->classes > 1) {
        bool repeated = repeat_output(build);
        *target = build->shape;
        return repeated;
    }
    *target = SHAPE(shape->size[0], 1);
    return true;
}

/* Whether the outputs match one-hot rows, class numbers or the label's columns. */
static bool width_fits(struct loss_build *build)
{
    struct arena *arena = build->problems->arena;
    const struct shape *shape = &build->shape;
    int64_t last = shape->size[shape->rank - 1], all = shape_span(shape, 1, shape->rank);

    if (build->classes > 0) {
        if (last == build->classes || last == 1)
            return shape->rank == 2 || steps_fit(build);
        if (build->label_columns > 1 && last == build->label_columns)
            return true;
        refuse_width(
            build, build->classes,
            arena_print(arena,
                        "%s, but a label is one of %lld classes: expected %lld (one-hot) or 1 (its number)",
                        outputs_of(build), (long long)build->classes, (long long)build->classes));
        return false;
    }
    if (build->label_columns == 0 || build->label_columns == all)
        return true;
    refuse_width(build, build->label_columns,
                 arena_print(arena, "%s, but the label has %s", outputs_of(build),
                             text_plural(arena, build->label_columns, "column", "columns")));
    return false;
}

static node dense_target(struct loss_build *build)
{
    struct shape shape = build->shape;
    if (build->loss->broadcast ? !broadcast(build, &shape) : !width_fits(build))
        return -1;
    return build->target = graph_input(build->graph, "target", graph_dtype(build->graph), shape, false);
}

node loss_target(struct loss_build *build, enum target_form form)
{
    return form == TARGET_CLASS ? class_target(build) : dense_target(build);
}

/* ---- Nodes ---- */

static const char *loss_name(const struct loss_build *build, const char *suffix)
{
    if (*suffix)
        return arena_print(build->model->arena, "loss/%s", suffix);
    return build->builder->penalized_count ? "loss/data" : "loss";
}

node loss_constant(struct loss_build *build, const char *suffix, struct shape shape, const double *values)
{
    struct model_builder *builder = build->builder;
    node n = graph_input(build->graph, loss_name(build, suffix), graph_dtype(build->graph), shape, false);
    struct constant *constant =
        arena_append(build->model->arena, &builder->constants, &builder->constant_count,
                     &builder->constant_capacity, sizeof *builder->constants);
    *constant = (struct constant){n, values};
    return n;
}

node loss_node(struct loss_build *build, const struct op *op, const char *suffix, const node *inputs,
               int count, const void *settings)
{
    struct error err;

    for (int i = 0; i < count; i++)
        if (inputs[i] < 0)
            return -1;
    node n = graph_add(build->graph, op, loss_name(build, suffix), inputs, count, settings, &err);
    return n < 0 ? loss_refuse(build, "%s", err.sentence) : n;
}

/* ---- The end of the model ---- */

/* The data loss and all penalties, added up twelve at a time. */
static node add_penalties(struct loss_build *build, node data_loss)
{
    struct model_builder *builder = build->builder;
    node terms[OP_INPUTS_MOST] = {data_loss};
    int count = 1;

    for (size_t i = 0; i < builder->penalized_count; i++) {
        const struct penalized *penalized = &builder->penalized[i];
        const struct op_penalty_settings settings = {penalized->layer->l1, penalized->layer->l2};
        struct error err;
        node n = graph_add(builder->graph, &op_penalty,
                           arena_print(build->model->arena, "%s/penalty", penalized->name),
                           &penalized->parameter, 1, &settings, &err);
        if (n < 0)
            return loss_refuse(build, "%s", err.sentence);
        terms[count++] = n;
        bool last = i + 1 == builder->penalized_count;
        if (last || count == OP_INPUTS_MOST) {
            terms[0] = graph_add(builder->graph, &op_add, last ? "loss" : "loss/penalties", terms, count,
                                 NULL, &err);
            if (terms[0] < 0)
                return loss_refuse(build, "%s", err.sentence);
            count = 1;
        }
    }
    return terms[0];
}

static bool weights_fit(struct loss_build *build)
{
    size_t count = build->loss->class_weights.count;
    const char *sentence;

    if (!build->loss->json || !json_get(build->loss->json, "class_weights"))
        return true;
    if (!build->loss->kind->weighted)
        sentence = "takes no class_weights; cross_entropy from logits and nll do";
    else if (build->classes > 0 && count != (size_t)build->classes)
        sentence = arena_print(build->problems->arena,
                               "class_weights has %zu number%s, but the data has %lld classes", count,
                               count == 1 ? "" : "s", (long long)build->classes);
    else
        return true;
    problems_at(build->problems, ERROR_REQUEST, "ML102", loss_place(build, "class_weights"), "loss %s: %s",
                build->loss->kind->entry.name, sentence);
    return false;
}

bool loss_append(struct model_builder *builder, struct model_graph *out)
{
    const struct model_spec *spec = builder->model->spec;
    const struct layer_spec *last = &spec->layers[spec->layer_count - 1];
    struct loss_build build = {
        .model = builder->model,
        .graph = builder->graph,
        .loss = model_loss(spec),
        .prediction = builder->outputs[last->index].node,
        .shape = builder->outputs[last->index].shape,
        .prediction_name = last->name,
        .last = last,
        .classes = spec->classes,
        .label_columns = spec->label_columns,
        .target = -1,
        .problems = builder->problems,
        .builder = builder,
    };

    out->output = build.prediction;
    if (!build.loss->kind || !weights_fit(&build))
        return false;
    out->data_loss = build.loss->kind->build(&build, build.loss->settings);
    if (out->data_loss < 0)
        return false;
    out->target = build.target;
    out->loss = add_penalties(&build, out->data_loss);
    return out->loss >= 0;
}
