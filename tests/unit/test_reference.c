/*
 * Layers, losses and whole short runs against PyTorch: tests/reference/layers.json, losses.json, runs.json. A
 * case is a fragment of a config, so everything from reading it to the gradients is in between.
 */
#include <mldbg/layer.h>
#include <mldbg/optim.h>

#include "reference.h"

static const struct backend *backend;

/* ---- A case as a model ---- */

struct built {
    struct arena arena;
    struct problems problems;
    struct model_spec spec;
    struct model model;
    struct model_graph graph;
    int64_t batch;
    const struct json *labels;
};

static void stop_on_problems(const struct reference *reference, const struct built *built, bool good)
{
    for (size_t i = 0; i < built->problems.count; i++)
        print_error("%s: %s: %s\n", reference->name, built->problems.at[i].code,
                    built->problems.at[i].sentence);
    if (!good || built->problems.count)
        fail_msg("%s: the config is refused", reference->name);
}

static void read_inputs(const struct reference *reference, struct built *built)
{
    const struct json *inputs = json_get(reference->json, "inputs");
    for (const struct json *one = inputs->child; one; one = one->next) {
        struct model_input *input = &built->spec.inputs[built->spec.input_count++];
        double sizes[RANK_MOST];
        int64_t size[RANK_MOST];
        int rank = (int)reference_numbers(json_get(one, "shape"), sizes);
        for (int i = 0; i < rank; i++)
            size[i] = (int64_t)sizes[i];
        *input = (struct model_input){
            .name = reference_text(one, "name"),
            .dtype = json_get(one, "integer")->number != 0 ? DTYPE_I32 : reference->dtype,
            .shape = shape_make(rank, size),
        };
    }
}

static void build(const struct reference *reference, struct built *built)
{
    *built = (struct built){.batch = reference_integer(reference->json, "batch")};
    arena_init(&built->arena, "test");
    problems_init(&built->problems, &built->arena);
    bool good = model_read(&built->arena, reference->json, &built->spec, &built->problems);
    stop_on_problems(reference, built, good);
    built->spec.classes = reference_integer(reference->json, "classes");
    if (json_get(reference->json, "label_columns"))
        built->spec.label_columns = reference_integer(reference->json, "label_columns");
    built->labels = json_get(reference->json, "labels");
    read_inputs(reference, built);
    model_init(&built->model, &built->arena, &built->spec, backend, reference->dtype, 1);
    const struct model_build_options options = {.input_gradient = built->spec.inputs[0].dtype != DTYPE_I32};
    good = model_build(&built->model, built->batch, &options, &built->graph, &built->problems);
    stop_on_problems(reference, built, good);
}

static int find_parameter(const struct reference *reference, const struct built *built, const char *name)
{
    int index = parameters_find(&built->model.parameters, name);
    if (index < 0) {
        for (size_t i = 0; i < built->model.parameters.count; i++)
            print_error("the model has %s\n", built->model.parameters.at[i].name);
        fail_msg("%s: the model has no parameter %s", reference->name, name);
    }
    return index;
}

static void fill(const struct reference *reference, const char *what, const struct tensor *tensor,
                 const struct json *values)
{
    struct tensor to = *tensor;
    int64_t count = reference_numbers(values, NULL);
    if (count != tensor_count(tensor))
        fail_msg("%s: %s has %lld numbers, the reference has %lld", reference->name, what,
                 (long long)tensor_count(tensor), (long long)count);
    double *numbers = malloc(sizeof *numbers * (size_t)(count + 1));
    reference_numbers(values, numbers);
    for (int64_t i = 0; i < count; i++)
        tensor_set(&to, i, numbers[i]);
    free(numbers);
}

/* Labels as the target node wants them: ids; one-hot rows; or the id as a number where the output has one
 * column. */
static void fill_labels(const struct built *built, const double *labels)
{
    struct tensor target = *graph_value(built->graph.graph, built->graph.target);
    int64_t count = tensor_count(&target);
    int64_t width = target.shape.rank > 1 ? target.shape.size[target.shape.rank - 1] : 1;
    bool dense = model_target_form(&built->spec) == TARGET_DENSE;
    for (int64_t i = 0; i < count; i++) {
        double value = dense && width > 1 ? (int64_t)labels[i / width] == i % width : labels[i];
        tensor_set(&target, i, model_loss(&built->spec)->kind->signed_classes ? 2 * value - 1 : value);
    }
}

/* Rows that a case must give: statistics and tables of constants, which have no gradient, have sound values
 * already. */
static void check_all_given(const struct reference *reference, const struct built *built)
{
    const struct json *given = json_get(reference->json, "parameters");
    for (size_t i = 0; i < built->model.parameters.count; i++) {
        const struct parameter *parameter = &built->model.parameters.at[i];
        if (parameter->trainable && !parameter->state && !json_get(given, parameter->name))
            fail_msg("%s: the reference has no parameter %s", reference->name, parameter->name);
    }
}

static void fill_case(const struct reference *reference, struct built *built)
{
    const struct json *parameters = json_get(reference->json, "parameters");
    check_all_given(reference, built);
    for (const struct json *one = parameters->child; one; one = one->next) {
        int index = find_parameter(reference, built, one->key);
        struct tensor value = parameter_value(&built->model.parameters, index);
        fill(reference, one->key, &value, json_get(one, "values"));
    }
    for (int i = 0; i < built->spec.input_count; i++)
        fill(reference, built->spec.inputs[i].name, graph_value(built->graph.graph, built->graph.inputs[i]),
             json_at(json_get(reference->json, "input_values"), (size_t)i));
    if (!built->labels) {
        fill(reference, "target", graph_value(built->graph.graph, built->graph.target),
             json_get(reference->json, "targets"));
        return;
    }
    double labels[64];
    assert_true(reference_numbers(built->labels, NULL) <= 64);
    reference_numbers(built->labels, labels);
    fill_labels(built, labels);
}

/* ---- layers.json and losses.json ---- */

static void compare_gradients(const struct reference *reference, struct built *built,
                              const struct json *expected)
{
    const struct parameters *parameters = &built->model.parameters;
    for (const struct json *one = json_get(expected, "gradients")->child; one; one = one->next) {
        struct tensor gradient = parameter_gradient(parameters, find_parameter(reference, built, one->key));
        reference_compare(reference, arena_print(&built->arena, "gradient of %s", one->key), &gradient, one);
    }
    const struct json *wanted = json_get(expected, "input_gradients")->child;
    for (int i = 0; i < built->spec.input_count; i++, wanted = wanted->next) {
        if (json_count(wanted) == 0)
            continue;
        const struct tensor *gradient = graph_gradient(built->graph.graph, built->graph.inputs[i]);
        const char *what = arena_print(&built->arena, "gradient of %s", built->spec.inputs[i].name);
        if (!gradient)
            fail_msg("%s: there is no %s", reference->name, what);
        reference_compare(reference, what, gradient, wanted);
    }
}

static void layer_or_loss(void **state)
{
    const struct reference *reference = *state;
    const struct json *expected = json_get(reference->json, "expected");
    struct built built;
    build(reference, &built);
    fill_case(reference, &built);
    struct graph *graph = built.graph.graph;
    const struct graph_step step = {.training = json_get(reference->json, "training")->number != 0,
                                    .seed = 1};
    graph_forward(graph, &step);
    reference_compare(reference, "output", graph_value(graph, built.graph.output),
                      json_get(expected, "output"));
    reference_compare_number(reference, "data loss", graph_scalar(graph, built.graph.data_loss),
                             reference_number(expected, "data_loss"));
    reference_compare_number(reference, "loss", graph_scalar(graph, built.graph.loss),
                             reference_number(expected, "loss"));
    graph_backward(graph, &step);
    compare_gradients(reference, &built, expected);
    for (const struct json *one = json_get(expected, "state_after")->child; one; one = one->next) {
        struct tensor value =
            parameter_value(&built.model.parameters, find_parameter(reference, &built, one->key));
        reference_compare(reference, arena_print(&built.arena, "%s afterwards", one->key), &value, one);
    }
    arena_release(&built.arena);
}

static bool uses_layer(const struct json *one, const char *name)
{
    const struct json *layer = json_get(one, "model")->child;
    while (layer && !reference_names(layer, name))
        layer = layer->next;
    return layer != NULL;
}

static bool uses_loss(const struct json *one, const char *name)
{
    return reference_names(json_get(one, "loss"), name);
}

static void has_every_layer(void **state)
{
    reference_covers(&layer_catalog, *state, uses_layer);
}

static void has_every_loss(void **state)
{
    reference_covers(&loss_catalog, *state, uses_loss);
}

/* ---- runs.json ---- */

static void hash_parameters(const struct reference *reference, struct built *built)
{
    const struct json *parameters = json_get(reference->json, "parameters");
    check_all_given(reference, built);
    for (const struct json *one = parameters->child; one; one = one->next) {
        struct tensor value =
            parameter_value(&built->model.parameters, find_parameter(reference, built, one->key));
        for (int64_t i = 0; i < tensor_count(&value); i++)
            tensor_set(&value, i,
                       reference_hashed((uint64_t)reference_integer(one, "seed"),
                                        reference_number(one, "bound"), reference_number(one, "add"),
                                        (uint64_t)i));
    }
}

static void fill_batch(const struct reference *reference, const struct built *built, size_t batch)
{
    const struct json *hash = json_get(reference->json, "input");
    const struct tensor *input = graph_value(built->graph.graph, built->graph.inputs[0]);
    struct tensor to = *input;
    int64_t count = tensor_count(input);
    double labels[64];
    if (hash)
        for (int64_t i = 0; i < count; i++)
            tensor_set(&to, i,
                       reference_hashed((uint64_t)reference_integer(hash, "seed"),
                                        reference_number(hash, "bound"), 0,
                                        (uint64_t)(i + count * (int64_t)batch)));
    else /* stored as one list, batch after batch */
        for (int64_t i = 0; i < count; i++)
            tensor_set(
                &to, i,
                json_at(json_get(reference->json, "input_values"), (size_t)(i + count * (int64_t)batch))
                    ->number);
    for (size_t i = 0; i < (size_t)built->batch; i++)
        labels[i] = json_at(built->labels, i + batch * (size_t)built->batch)->number;
    fill_labels(built, labels);
}

static size_t trainable_spans(const struct built *built, struct span *spans)
{
    size_t count = 0;
    for (size_t i = 0; i < built->model.parameters.count; i++) {
        const struct parameter *parameter = &built->model.parameters.at[i];
        if (parameter->trainable && !parameter->state)
            spans[count++] = (struct span){parameter->offset, parameter->count};
    }
    return count;
}

static void run(void **state)
{
    const struct reference *reference = *state;
    const struct json *losses = json_get(reference->json, "losses"), *loss = losses->child;
    struct built built;
    struct optimizer_spec spec;
    struct optimizer optimizer;
    build(reference, &built);
    bool good = optimizer_read(&built.arena, json_get(reference->json, "optimizer"), &spec, &built.problems);
    stop_on_problems(reference, &built, good);
    hash_parameters(reference, &built);
    struct parameters *parameters = &built.model.parameters;
    struct span *spans = arena_array(&built.arena, parameters->count, sizeof *spans);
    size_t span_count = trainable_spans(&built, spans),
           batches = json_count(built.labels) / (size_t)built.batch;
    const struct kernels *kernels = backend->kernels[reference->dtype];
    optimizer_init(&optimizer, &built.arena, &spec, kernels, parameters->length, spans, span_count);
    optimizer.total_steps = (int64_t)json_count(losses);
    for (size_t t = 0; loss; t++, loss = loss->next) {
        const struct graph_step step = {.training = true, .seed = 1, .step = t};
        fill_batch(reference, &built, t % batches);
        graph_forward(built.graph.graph, &step);
        reference_compare_number(reference, arena_print(&built.arena, "loss of step %zu", t),
                                 graph_scalar(built.graph.graph, built.graph.loss), loss->number);
        graph_backward(built.graph.graph, &step);
        gradient_clip(&spec, kernels, parameters->gradient, spans, span_count, NULL);
        optimizer_update(&optimizer, parameters->value, parameters->gradient, 0);
    }
    arena_release(&built.arena);
}

static void add_cases(struct reference_tests *tests, const struct json *cases)
{
    for (const struct json *one = cases->child; one; one = one->next) {
        reference_add(tests, one, layer_or_loss, DTYPE_F64, 1e-9, 1e-11);
        reference_add(tests, one, layer_or_loss, DTYPE_F32, 1.3e-6, 1e-5);
    }
}

/* PyTorch's own tolerances for float32 are 1.3e-6 relative and 1e-5 absolute (torch.testing.assert_close). */
int main(void)
{
    struct arena arena;
    struct error err = {0};
    arena_init(&arena, "reference");
    struct reference_tests tests = {.arena = &arena};
    if (!backend_cpu(1, &backend, &err)) {
        fprintf(stderr, "%s\n", err.sentence);
        return 1;
    }
    const struct json *layers = reference_cases(&arena, "layers.json");
    const struct json *losses = reference_cases(&arena, "losses.json");
    add_cases(&tests, layers);
    add_cases(&tests, losses);
    reference_add_cover(&tests, layers, "every layer has a case", has_every_layer);
    reference_add_cover(&tests, losses, "every loss has a case", has_every_loss);
    for (const struct json *one = reference_cases(&arena, "runs.json")->child; one; one = one->next)
        reference_add(&tests, one, run, DTYPE_F32, 1e-4, 0);
    int failed = reference_run(&tests, "layers, losses and runs");
    arena_release(&arena);
    return failed;
}
