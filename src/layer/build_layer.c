/* What a layer kind calls: refusals with their place, parameters with their initialization, named nodes. */
#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "builder.h"
#include "init.h"

/* Numbers in one tensor: 4 TiB of floats. Far above any machine, and products of three such sizes fit 64
 * bits. */
#define TENSOR_MOST (INT64_C(1) << 40)

/* ---- Sentences ---- */

struct place layer_place(const struct layer_spec *layer, const char *key)
{
    const struct json *value = *key ? json_get(layer->json, key) : NULL;
    if (!value && layer->json->type == JSON_OBJECT)
        value = json_get(layer->json, "type");
    return value ? value->place : layer->json->place;
}

static node PRINTF(5, 0) refuse(struct layer_build *build, enum error_kind kind, const char *key,
                                const char *hint, const char *format, va_list values)
{
    const struct layer_spec *layer = build->layer;
    if (build->refused)
        return -1;
    build->refused = true;
    const char *sentence = arena_print_list(build->problems->arena, format, values);
    struct error *err = problems_at(build->problems, kind, "ML101", layer_place(layer, key),
                                    "model[%d] \"%s\": %s", layer->index, layer->name, sentence);
    if (hint && *hint)
        fail_hint(err, "%s", hint);
    return -1;
}

node layer_refuse(struct layer_build *build, const char *key, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    refuse(build, ERROR_REQUEST, key, NULL, format, values);
    va_end(values);
    return -1;
}

node layer_refuse_hint(struct layer_build *build, const char *key, const char *hint, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    refuse(build, ERROR_REQUEST, key, hint, format, values);
    va_end(values);
    return -1;
}

node layer_refuse_size(struct layer_build *build, const char *key, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    refuse(build, ERROR_MACHINE, key, NULL, format, values);
    va_end(values);
    return -1;
}

const char *layer_print(struct layer_build *build, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *text = arena_print_list(build->problems->arena, format, values);
    va_end(values);
    return text;
}

/* " = 16 x 4 x 4" behind the width of a flattened map. */
static const char *flattened_from(struct layer_build *build, int i)
{
    node inputs[OP_INPUTS_MOST];
    if (graph_op(build->graph, build->input[i]) != &op_reshape || build->shape[i].rank != 2)
        return "";
    graph_inputs(build->graph, build->input[i], inputs);
    struct shape origin = graph_shape(build->graph, inputs[0]);
    return origin.rank < 3 ? ""
                           : layer_print(build, " = %s", shape_print(build->problems->arena, &origin, false));
}

const char *layer_gives(struct layer_build *build, int i)
{
    const char *sizes = shape_print(build->problems->arena, &build->shape[i], false);
    if (!build->from_data[i])
        return layer_print(build, "\"%s\" gives %s%s", build->input_name[i], sizes, flattened_from(build, i));
    if (build->model->spec->input_count == 1)
        return layer_print(build, "the input is %s", sizes);
    return layer_print(build, "the input \"%s\" is %s", build->input_name[i], sizes);
}

/* ---- Sizes ---- */

bool layer_too_large(const struct shape *shape)
{
    int64_t count = 1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->size[i] < 1 || shape->size[i] > INT_MAX || count > TENSOR_MOST / shape->size[i])
            return true;
        count *= shape->size[i];
    }
    return false;
}

static node refuse_size(struct layer_build *build, const char *what, const struct shape *shape)
{
    double count = 1;
    for (int i = 0; i < shape->rank; i++)
        count *= (double)shape->size[i];
    double bytes = count * (double)dtype_size(graph_dtype(build->graph));
    if (count <= (double)TENSOR_MOST)
        return layer_refuse_size(build, "", "%s would be %s; no size may be above %d", what,
                                 shape_print(build->problems->arena, shape, true), INT_MAX);
    return layer_refuse_size(build, "", "%s would be %s: %.3g numbers, %.3g TiB", what,
                             shape_print(build->problems->arena, shape, true), count, bytes / 0x1p40);
}

/* ---- Parameters ---- */

static bool is_matrix(const char *role)
{
    return strcmp(role, "bias") != 0 && strcmp(role, "gain") != 0 && strcmp(role, "state") != 0;
}

/* The row of the parameter table: added in the first build, found in the same order in later ones. */
static int parameter_row(struct layer_build *build, const char *name, struct shape shape, bool trainable,
                         bool state)
{
    struct model_builder *builder = build->builder;
    struct parameters *parameters = &build->model->parameters;
    int row = builder->next_parameter++;

    if (builder->adding) {
        parameters_add(parameters, name, shape, trainable, state);
        return row;
    }
    if (row >= (int)parameters->count || strcmp(parameters->at[row].name, name) != 0 ||
        !shape_equal(&parameters->at[row].shape, &shape))
        BUG("parameter %d was not \"%s\" in the first build", row, name);
    return row;
}

static node add_parameter(struct layer_build *build, const char *what, bool trainable, bool state,
                          const struct parameter_fill *fill)
{
    struct model *model = build->model;
    const struct shape *shape = &fill->target.shape;

    if (layer_too_large(shape))
        return refuse_size(build, layer_print(build, "its %s", what), shape);
    const char *name = layer_print(build, "%s/%s", build->layer->name, what);
    int row = parameter_row(build, name, *shape, trainable, state);
    if (build->builder->adding) {
        struct parameter_fill *added = arena_append(model->arena, &model->fills, &model->fill_count,
                                                    &model->fill_capacity, sizeof *model->fills);
        *added = *fill;
    }
    node n = graph_parameter(build->graph, row);
    if (build->layer->l1 + build->layer->l2 > 0 && is_matrix(fill->target.role) && !state) {
        struct model_builder *builder = build->builder;
        struct penalized *penalized =
            arena_append(model->arena, &builder->penalized, &builder->penalized_count,
                         &builder->penalized_capacity, sizeof *builder->penalized);
        *penalized = (struct penalized){n, build->layer, name};
    }
    return n;
}

/* The layer's own declaration, else the model's; biases and gains follow the model's only if it speaks of all
 * roles. */
static struct init_choice choose(const struct layer_build *build, const struct init_target *target)
{
    const struct layer_spec *layer = build->layer;
    const struct init_choice *top = &build->model->spec->init;
    bool bias = strcmp(target->role, "bias") == 0, gain = strcmp(target->role, "gain") == 0;

    if (bias && layer->bias_init.kind)
        return layer->bias_init;
    if (layer->init.kind && (!bias || init_is_framework(layer->init.kind)))
        return layer->init;
    if (top->kind && ((!bias && !gain) || init_is_framework(top->kind)))
        return *top;
    return *init_automatic(target);
}

node layer_parameter(struct layer_build *build, const char *what, struct shape shape, const char *role,
                     int64_t fan_in, int64_t fan_out, int64_t gates)
{
    struct parameter_fill fill = {.target = {
                                      .shape = shape,
                                      .fan_in = fan_in,
                                      .fan_out = fan_out,
                                      .activation = build->activation_after,
                                      .activation_a = build->activation_a,
                                      .role = role,
                                      .layer = build->layer->kind->entry.name,
                                      .what = what,
                                      .gates = gates,
                                  }};
    fill.choice = choose(build, &fill.target);
    return add_parameter(build, what, build->layer->trainable, false, &fill);
}

node layer_state(struct layer_build *build, const char *what, struct shape shape, double value)
{
    struct parameter_fill fill = {.target = {.shape = shape, .role = "state"}};
    fill.choice = init_constant_choice(build->model->arena, value);
    return add_parameter(build, what, false, true, &fill);
}

node layer_table(struct layer_build *build, const char *what, struct shape shape,
                 const struct init_kind *kind)
{
    struct parameter_fill fill = {.target = {.shape = shape, .role = "state"}, .choice = {kind, NULL}};
    return add_parameter(build, what, false, false, &fill);
}

/* ---- Nodes ---- */

node layer_node(struct layer_build *build, const struct op *op, const char *suffix, const node *inputs,
                int count, const void *settings)
{
    const char *name = build->layer->name;
    struct error err;

    for (int i = 0; i < count; i++)
        if (inputs[i] < 0)
            return -1;
    if (*suffix)
        name = layer_print(build, "%s/%s", name, suffix);
    node n = graph_add(build->graph, op, name, inputs, count, settings, &err);
    if (n < 0)
        return layer_refuse(build, "", "%s", err.sentence);
    struct shape shape = graph_shape(build->graph, n);
    if (layer_too_large(&shape))
        return refuse_size(build, "the output", &shape);
    return n;
}
