/*
 * From specs to a graph for one batch size: walks through the layers in order, goes on behind a refused one
 * with the shape that it would have had, makes the parameters in the first build and finds them again in
 * later ones.
 */
#include <assert.h>
#include <string.h>

#include "builder.h"

void model_init(struct model *model, struct arena *arena, const struct model_spec *spec,
                const struct backend *backend, enum dtype dtype, uint64_t seed)
{
    *model = (struct model){.arena = arena, .spec = spec, .backend = backend, .seed = seed};
    parameters_init(&model->parameters, arena, dtype);
}

double *model_draw(const struct model *model, struct arena *arena, size_t row)
{
    const struct parameter_fill *fill = &model->fills[row];
    struct init_target target = fill->target;
    double *values = arena_numbers(arena, (size_t)shape_count(&target.shape) * sizeof *values);

    target.key = (struct random){model->seed, PURPOSE_INIT};
    target.number = row;
    fill->choice.kind->fill(fill->choice.settings, &target, values);
    return values;
}

void model_initialize(struct model *model)
{
    for (size_t i = 0; i < model->fill_count; i++) {
        struct arena scratch;

        arena_init(&scratch, "initial values");
        struct tensor from =
            tensor_make(NULL, DTYPE_F64, model->fills[i].target.shape, model_draw(model, &scratch, i));
        struct tensor to = parameter_value(&model->parameters, (int)i);
        tensor_convert(&to, &from);
        arena_release(&scratch);
    }
}

/* ---- The inputs ---- */

static struct shape with_batch(const struct shape *shape, int64_t batch)
{
    struct shape full = {.rank = shape->rank + 1, .size = {batch}};
    memcpy(&full.size[1], shape->size, (size_t)shape->rank * sizeof *shape->size);
    return full;
}

static bool add_inputs(struct model_builder *builder, const struct model_build_options *options)
{
    const struct model_spec *spec = builder->model->spec;
    bool good = true;

    for (int i = 0; i < spec->input_count; i++) {
        const struct model_input *input = &spec->inputs[i];
        bool integer = input->dtype == DTYPE_I32;
        struct shape shape =
            input->shape.rank < RANK_MOST ? with_batch(&input->shape, builder->batch) : input->shape;
        if (input->shape.rank >= RANK_MOST || layer_too_large(&shape)) {
            problems_at(builder->problems, ERROR_MACHINE, "ML101", spec->json->place,
                        "model: the input \"%s\" of %s in batches of %lld is larger than a tensor can be",
                        input->name, shape_print(builder->problems->arena, &input->shape, true),
                        (long long)builder->batch);
            good = false;
            continue;
        }
        builder->inputs[i] =
            graph_input(builder->graph, input->name, integer ? DTYPE_I32 : graph_dtype(builder->graph), shape,
                        options->input_gradient && !integer);
    }
    return good;
}

/* ---- One layer ---- */

/* Fills what the layer sees of its inputs; false if one of them is not known. */
static bool see_inputs(const struct model_builder *builder, struct layer_build *build)
{
    const struct model_spec *spec = builder->model->spec;
    const struct links *links = &builder->links[build->layer->index];

    if (!links->known)
        return false;
    build->input_count = links->count;
    for (int i = 0; i < links->count; i++) {
        int at = links->at[i];
        if (at < 0) {
            build->input[i] = builder->inputs[-1 - at];
            build->input_name[i] = spec->inputs[-1 - at].name;
            build->from_data[i] = true;
            build->integer[i] = spec->inputs[-1 - at].dtype == DTYPE_I32;
        } else if (!builder->outputs[at].known) {
            return false;
        } else {
            build->input[i] = builder->outputs[at].node;
            build->input_name[i] = spec->layers[at].name;
        }
        build->shape[i] = graph_shape(builder->graph, build->input[i]);
    }
    return true;
}

static bool inputs_fit(struct layer_build *build)
{
    const struct layer_kind *kind = build->layer->kind;

    if (build->input_count < kind->inputs_least && kind->inputs_least > 1) {
        layer_refuse_hint(build, "from",
                          layer_print(build, "\"from\": [\"...\", \"%s\"]", build->input_name[0]),
                          "%s needs at least %d inputs, but reads only \"%s\"", kind->entry.name,
                          kind->inputs_least, build->input_name[0]);
        return false;
    }
    if (build->input_count > kind->inputs_most) {
        layer_refuse(build, "from", "%s reads %s, but \"from\" names %d", kind->entry.name,
                     kind->inputs_most == 1 ? "one input"
                                            : layer_print(build, "at most %d inputs", kind->inputs_most),
                     build->input_count);
        return false;
    }
    for (int i = 0; i < build->input_count; i++) {
        if (build->integer[i] == kind->example_integer)
            continue;
        if (build->integer[i])
            layer_refuse_hint(build, "", "put an embedding before it",
                              "%s reads real numbers, but the input \"%s\" holds indices", kind->entry.name,
                              build->input_name[i]);
        else
            layer_refuse_hint(build, "", "\"index\" for a column under data.categorical makes indices",
                              "%s reads indices, but %s, real numbers", kind->entry.name,
                              layer_gives(build, i));
        return false;
    }
    return true;
}

/* A stand-in for the output of a refused layer, so that the layers behind it can still be checked. */
static struct output stand_in(struct model_builder *builder, const struct layer_spec *layer,
                              struct shape guess)
{
    struct output output = {.flat = guess.rank == 2, .node = -1, .shape = guess};
    if (guess.rank < 2 || layer_too_large(&guess))
        return output;
    output.node = graph_input(builder->graph, layer->name, graph_dtype(builder->graph), guess, false);
    output.known = output.node >= 0;
    return output;
}

/* Whether the output of an unknown input is still [N, width]: behind flatten, linear gives its own width. */
static struct output guess_unseen(struct model_builder *builder, const struct layer_spec *layer)
{
    const struct links *links = &builder->links[layer->index];
    bool flat = links->known && links->count == 1 && links->at[0] >= 0 && builder->outputs[links->at[0]].flat;
    struct output none = {.flat = layer->kind == &layer_flatten || layer->kind == &layer_global_avgpool,
                          .node = -1};

    if (layer->kind == &layer_linear && flat) {
        const struct json *width = json_get(layer->json, "out_features");
        struct shape guess = SHAPE(builder->batch, width ? (int64_t)width->number : 0);
        if (guess.size[1] >= 1)
            return stand_in(builder, layer, guess);
    }
    none.flat |= flat && layer->kind && (layer->kind->activation || layer->kind->passes);
    return none;
}

static void build_layer(struct model_builder *builder, const struct layer_spec *layer, struct layer_row *row)
{
    struct output *output = &builder->outputs[layer->index];
    struct layer_build build = {
        .model = builder->model,
        .graph = builder->graph,
        .layer = layer,
        .problems = builder->problems,
        .builder = builder,
    };

    *output = (struct output){.node = -1};
    row->spec = layer;
    row->first_parameter = builder->next_parameter;
    if (!layer->kind || layer->refused)
        return;
    if (!see_inputs(builder, &build)) {
        *output = guess_unseen(builder, layer);
        return;
    }
    build.activation_after = links_activation(builder, layer->index, &build.activation_a);
    row->first = graph_count(builder->graph);
    size_t penalized = builder->penalized_count;
    node last = inputs_fit(&build) ? layer->kind->build(&build, layer->settings) : -1;
    if (last < 0) {
        *output = stand_in(builder, layer, build.guess);
        return;
    }
    *output = (struct output){.known = true, .node = last, .shape = graph_shape(builder->graph, last)};
    row->last = last;
    row->parameter_count = builder->next_parameter - row->first_parameter;
    layer_describe(builder, row);
    if ((layer->l1 > 0 || layer->l2 > 0) && builder->penalized_count == penalized)
        layer_refuse(&build, layer->l1 > 0 ? "l1" : "l2",
                     "%s has no weight matrix that a penalty could work on", layer->kind->entry.name);
    if (row->parameter_count == 0 && (layer->init_json || layer->bias_init_json))
        layer_refuse(&build, layer->init_json ? "init" : "bias_init", "%s has nothing to initialize",
                     layer->kind->entry.name);
}

/* ---- What a layer costs ---- */

/* What the operator keeps from forward to backward; its plan is asked again, since a graph does not tell. */
static int64_t saved_bytes(const struct graph *graph, node n)
{
    struct op_plan plan = {
        .settings = graph_settings(graph, n),
        .real_size = dtype_size(graph_dtype(graph)),
        .kernels = graph_kernels(graph),
    };
    node inputs[OP_INPUTS_MOST];
    plan.input_count = graph_inputs(graph, n, inputs);
    for (int i = 0; i < plan.input_count; i++) {
        plan.input[i] = plan.origin[i] = graph_shape(graph, inputs[i]);
        plan.input_dtype[i] = graph_op(graph, n)->integers >> i & 1 ? DTYPE_I32 : graph_dtype(graph);
    }
    struct error err;
    return graph_op(graph, n)->plan(&plan, &err) ? plan.saved_bytes : 0;
}

void layer_describe(const struct model_builder *builder, struct layer_row *row)
{
    const struct graph *graph = builder->graph;
    const struct parameters *parameters = &builder->model->parameters;
    int64_t size = (int64_t)dtype_size(graph_dtype(graph));

    row->shape = graph_shape(graph, row->last);
    for (node n = row->first; n <= row->last; n++) {
        const struct op *op = graph_op(graph, n);
        if (!op)
            continue;
        struct shape shape = graph_shape(graph, n);
        row->multiply_adds += graph_multiply_adds(graph, n);
        row->bytes += (op->alias ? 0 : 2 * size * shape_count(&shape)) + saved_bytes(graph, n);
    }
    for (int i = 0; i < row->parameter_count; i++) {
        const struct parameter *parameter = &parameters->at[row->first_parameter + i];
        row->bytes += (parameter->state ? 1 : 2) * size * parameter->count;
        row->parameters += parameter->state ? 0 : parameter->count;
        row->trainable += parameter->trainable ? parameter->count : 0;
    }
}

/* ---- The whole ---- */

static void allocate(struct model_builder *builder)
{
    struct model *model = builder->model;

    if (!model->allocated) {
        parameters_allocate(&model->parameters);
        model->allocated = true;
        model_initialize(model);
    }
    graph_allocate(builder->graph);
    for (size_t i = 0; i < builder->constant_count; i++) {
        struct tensor to = *graph_value(builder->graph, builder->constants[i].node);
        for (int64_t j = 0; j < tensor_count(&to); j++)
            tensor_set(&to, j, builder->constants[i].values[j]);
    }
}

static bool append_all(struct model_builder *builder, const struct model_build_options *options,
                       struct model_graph *out)
{
    const struct model_spec *spec = builder->model->spec;
    size_t before = builder->problems->count + builder->problems->dropped;

    if (!spec->layer_count || !add_inputs(builder, options))
        return false;
    links_resolve(builder);
    for (size_t i = 0; i < spec->layer_count; i++)
        build_layer(builder, &spec->layers[i], &out->layers[i]);
    bool good = builder->outputs[spec->layer_count - 1].known && loss_append(builder, out);
    memcpy(out->inputs, builder->inputs, sizeof out->inputs);
    return good && builder->problems->count + builder->problems->dropped == before;
}

bool model_build(struct model *model, int64_t batch, const struct model_build_options *options,
                 struct model_graph *out, struct problems *problems)
{
    size_t layers = model->spec->layer_count;
    struct model_builder builder = {
        .model = model,
        .problems = problems,
        .batch = batch,
        .adding = model->parameters.count == 0,
        .links = arena_array(model->arena, layers + 1, sizeof *builder.links),
        .outputs = arena_array(model->arena, layers + 1, sizeof *builder.outputs),
    };

    assert(batch >= 1 && "a batch without rows");
    builder.graph = graph_new(model->arena, model->backend, model->parameters.dtype, &model->parameters);
    *out = (struct model_graph){.graph = builder.graph, .batch = batch};
    out->layers = arena_array(model->arena, layers + 1, sizeof *out->layers);
    if (!append_all(&builder, options, out)) {
        if (builder.adding) {
            model->fill_count = 0;
            parameters_init(&model->parameters, model->arena, model->parameters.dtype);
        }
        return false;
    }
    assert(builder.next_parameter == (int)model->parameters.count);
    graph_plan(out->graph, out->loss);
    if (!options->plan_only)
        allocate(&builder);
    return true;
}
