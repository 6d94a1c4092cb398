/* The training step: planned memory equals used memory, NaN and infinity are named where they enter, steps
 * repeat. */
#include "check.h"

#include <mldbg/train.h>

#include <stdlib.h>

/* A small network of every sort of layer that keeps numbers between steps, on a generator. */
static const char *const CONFIG =
    "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 40, \"features\": 6, \"classes\": 3, "
    "\"informative\": 4,"
    " \"sep\": 2}}, \"model\": ["
    "{\"type\": \"linear\", \"out_features\": 8, \"name\": \"fc1\"}, {\"type\": \"batchnorm\"}, {\"type\": "
    "\"relu\"},"
    "{\"type\": \"dropout\", \"p\": 0.2}, {\"type\": \"linear\", \"out_features\": 3, \"name\": \"fc2\"}],"
    "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}}";

struct stand {
    struct arena arena;
    struct problems problems;
    struct config config;
    struct data data;
    const struct backend *backend;
    struct trainer trainer;
    int64_t rows[16];
    size_t used; /* bytes that building the trainer took */
};

static void read_config(struct stand *stand, const char *text)
{
    struct json *document;
    struct error err = {0};

    assert_true(json_parse(&stand->arena, "test.json", text, strlen(text), &document, &err));
    config_parse(&stand->arena, "test.json", text, document, &stand->config, &stand->problems);
    for (size_t i = 0; i < stand->problems.count; i++)
        print_error("%s\n", stand->problems.at[i].sentence);
    assert_int_equal(stand->problems.count, 0);
}

static struct stand *open_stand(const char *text, enum dtype dtype)
{
    struct stand *stand = calloc(1, sizeof *stand);
    struct error err = {0};

    arena_init(&stand->arena, "test");
    problems_init(&stand->problems, &stand->arena);
    assert_true(backend_cpu(1, &stand->backend, &err));
    read_config(stand, text);
    assert_true(data_load(&stand->arena, stand->config.data, 1, NULL, &stand->data, &stand->problems));
    config_bind(&stand->config, &stand->data);
    stand->used = stand->arena.used;
    assert_true(trainer_init(&stand->trainer, &stand->arena, &stand->config, &stand->data, stand->backend,
                             dtype, 1, 16, &stand->problems));
    stand->used = stand->arena.used - stand->used;
    dataset_pick(&stand->data, &stand->data.splits[SPLIT_train], 1, 16, stand->rows);
    trainer_load(&stand->trainer, &stand->data.splits[SPLIT_train], stand->rows, 16);
    return stand;
}

static void close_stand(struct stand *stand)
{
    arena_release(&stand->arena);
    free(stand);
}

static void planned_memory_is_used_memory(void **state)
{
    struct stand *stand = open_stand(CONFIG, DTYPE_F32);
    struct memory_plan plan = graph_memory(stand->trainer.graph.graph), alone;
    size_t before;
    struct moment moment;
    struct arena other;

    (void)state;
    arena_init(&other, "plan");
    assert_true(
        trainer_measure(&other, &stand->config, stand->backend, DTYPE_F32, 16, &alone, &stand->problems));
    assert_int_equal(alone.total - alone.optimizer - alone.state / 2, plan.total);
    assert_int_equal(alone.optimizer, 2 * stand->trainer.model.parameters.length * 4);
    /* What was taken beyond the plan is the description of the graph: names, shapes, tables. */
    assert_true(stand->used >= (size_t)alone.total);
    assert_true(stand->used - (size_t)alone.total < 64 * 1024);
    before = stand->arena.used;
    for (int i = 0; i < 20; i++)
        trainer_step(&stand->trainer, &moment);
    assert_int_equal(stand->arena.used, before);
    arena_release(&other);
    close_stand(stand);
}

static void expect_named(struct stand *stand, const char *what, const char *name, int64_t index)
{
    struct moment moment;

    trainer_step(&stand->trainer, &moment);
    assert_false(moment.finite);
    assert_non_null(moment.nonfinite.name);
    assert_string_equal(moment.nonfinite.what, what);
    assert_string_equal(moment.nonfinite.name, name);
    assert_int_equal(moment.nonfinite.index, index);
}

static void nonfinite_is_named_where_it_enters(void **state)
{
    static const double poison[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};

    (void)state;
    for (int p = 0; p < 3; p++) {
        struct stand *stand = open_stand(CONFIG, DTYPE_F32);
        struct parameters *parameters = &stand->trainer.model.parameters;
        struct tensor input = *graph_value(stand->trainer.graph.graph, stand->trainer.graph.inputs[0]);
        double kept = tensor_get(&input, 37);

        tensor_set(&input, 37, poison[p]);
        expect_named(stand, "input", "input", 37);
        tensor_set(&input, 37, kept);
        for (size_t i = 0; i < parameters->count; i++) {
            struct tensor value = parameter_value(parameters, (int)i);
            int64_t at = tensor_count(&value) - 1;

            kept = tensor_get(&value, at);
            tensor_set(&value, at, poison[p]);
            expect_named(stand, "parameter", parameters->at[i].name, at);
            tensor_set(&value, at, kept);
        }
        close_stand(stand);
    }
}

/* Inputs so large that their variance overflows: the outputs are finite zeros, the running variance is not.
 */
static void infinite_statistic_is_named(void **state)
{
    struct stand *stand = open_stand(CONFIG, DTYPE_F32);
    struct parameters *parameters = &stand->trainer.model.parameters;
    struct tensor input = *graph_value(stand->trainer.graph.graph, stand->trainer.graph.inputs[0]);
    int variance = parameters_find(parameters, "batchnorm1/running_var");
    struct tensor value;

    (void)state;
    for (int64_t i = 0; i < tensor_count(&input); i++)
        tensor_set(&input, i, 1e25 * tensor_get(&input, i));
    expect_named(stand, "running statistic", "batchnorm1/running_var", 0);
    assert_true(variance >= 0);
    value = parameter_value(parameters, variance);
    assert_near(tensor_get(&value, 0), 1, 0, 0); /* put back */
    close_stand(stand);
}

/* The vector has gaps between parameters; an update without eps must not make 0 / 0 of them. */
static void gaps_between_parameters_stay_zero(void **state)
{
    struct stand *stand = open_stand("{\"data\": {\"train\": {\"generator\": \"spirals\", \"rows\": 40}},"
                                     "\"model\": [{\"type\": \"linear\", \"out_features\": 2}],"
                                     "\"optimizer\": {\"type\": \"rmsprop\", \"eps\": 0}}",
                                     DTYPE_F32);
    struct moment moment;

    (void)state;
    for (int i = 0; i < 3; i++) {
        trainer_step(&stand->trainer, &moment);
        assert_true(moment.finite);
    }
    close_stand(stand);
}

static void poisoned_update_is_not_applied(void **state)
{
    struct stand *stand = open_stand(CONFIG, DTYPE_F32);
    struct parameters *parameters = &stand->trainer.model.parameters;
    struct tensor input = *graph_value(stand->trainer.graph.graph, stand->trainer.graph.inputs[0]);
    size_t bytes = (size_t)parameters->length * 4;
    void *before = malloc(bytes);
    struct moment moment;

    (void)state;
    memcpy(before, parameters->value, bytes);
    tensor_set(&input, 6 * 5 + 2, (double)NAN);
    trainer_step(&stand->trainer, &moment);
    assert_false(moment.finite);
    assert_int_equal(moment.sample, stand->rows[5]);
    assert_memory_equal(before, parameters->value, bytes);
    free(before);
    close_stand(stand);
}

static void overflow_is_named_by_its_first_tensor(void **state)
{
    static const char *const text =
        "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 40, \"features\": 6, \"classes\": 3,"
        " \"informative\": 4, \"sep\": 2}}, \"model\": [{\"type\": \"linear\", \"out_features\": 4, "
        "\"name\": \"big\", \"init\": "
        "{\"type\": \"constant\", \"value\": 1e30}}, {\"type\": \"exponential\", \"name\": \"exp\"}, "
        "{\"type\": \"linear\", \"out_features\": 3}]}";
    struct stand *stand = open_stand(text, DTYPE_F32);
    struct moment moment;

    (void)state;
    trainer_step(&stand->trainer, &moment);
    assert_false(moment.finite);
    assert_string_equal(moment.nonfinite.what, "value");
    assert_string_equal(moment.nonfinite.name, "exp");
    close_stand(stand);
}

/* Forward is finite (1e-30 x 1e20 x 1e20), but the gradient at the first layer is beyond float32. */
static void a_gradient_that_overflows_is_named(void **state)
{
    static const char *const text =
        "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 40, \"features\": 6, \"classes\": 3,"
        " \"informative\": 4, \"sep\": 2}}, \"loss\": \"mse\", \"model\": ["
        "{\"type\": \"linear\", \"out_features\": 4, \"name\": \"a\", \"init\": {\"type\": \"constant\", "
        "\"value\": 1e-30}}, {\"type\": \"linear\", \"out_features\": 4, \"name\": \"b\", \"init\": "
        "{\"type\": "
        "\"constant\", \"value\": 1e20}}, {\"type\": \"linear\", \"out_features\": 3, \"name\": \"c\", "
        "\"init\": {\"type\": \"constant\", \"value\": 1e20}}]}";
    struct stand *stand = open_stand(text, DTYPE_F32);
    const struct parameters *parameters = &stand->trainer.model.parameters;
    size_t bytes = (size_t)parameters->length * 4;
    void *before = malloc(bytes);
    struct moment moment;

    (void)state;
    memcpy(before, parameters->value, bytes);
    trainer_step(&stand->trainer, &moment);
    assert_true(isfinite(moment.loss));
    assert_false(moment.finite);
    assert_string_equal(moment.nonfinite.what, "gradient");
    assert_string_equal(moment.nonfinite.name, "a");
    assert_memory_equal(before, parameters->value, bytes);
    free(before);
    close_stand(stand);
}

static void steps_repeat_to_the_same_bytes(void **state)
{
    struct stand *a = open_stand(CONFIG, DTYPE_F32), *b = open_stand(CONFIG, DTYPE_F32);
    struct moment moment;

    (void)state;
    for (int i = 0; i < 50; i++) {
        trainer_step(&a->trainer, &moment);
        trainer_step(&b->trainer, &moment);
    }
    assert_memory_equal(a->trainer.model.parameters.value, b->trainer.model.parameters.value,
                        (size_t)a->trainer.model.parameters.length * 4);
    close_stand(a);
    close_stand(b);
}

static void frozen_layers_do_not_move(void **state)
{
    static const char *const text =
        "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 40, \"features\": 6, \"classes\": 3,"
        " \"informative\": 4, \"sep\": 2}}, \"model\": [{\"type\": \"linear\", \"out_features\": 4, "
        "\"name\": \"a\"}, "
        "{\"type\": \"tanh\"}, {\"type\": \"linear\", \"out_features\": 4, \"name\": \"b\", \"trainable\": "
        "false}, "
        "{\"type\": \"linear\", \"out_features\": 3, \"name\": \"c\"}]}";
    struct stand *stand = open_stand(text, DTYPE_F32);
    struct parameters *parameters = &stand->trainer.model.parameters;
    struct moment moment;

    (void)state;
    for (size_t i = 0; i < parameters->count; i++) {
        struct tensor value = parameter_value(parameters, (int)i);
        struct tensor before = tensor_make(&stand->arena, DTYPE_F32, value.shape, NULL);

        tensor_convert(&before, &value);
        trainer_step(&stand->trainer, &moment);
        assert_true(moment.finite);
        if (parameters->at[i].name[0] == 'b')
            assert_memory_equal(before.data, value.data, tensor_bytes(&value));
        else
            assert_memory_not_equal(before.data, value.data, tensor_bytes(&value));
    }
    close_stand(stand);
}

static void gathered_gradients_are_averaged(void **state)
{
    static const char *const once = "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 40, "
                                    "\"features\": 6, \"classes\": 3, \"informative\": "
                                    "4, \"sep\": 2}}, \"model\": [{\"type\": \"linear\", \"out_features\": "
                                    "3}], \"optimizer\": {\"type\": \"sgd\", "
                                    "\"lr\": 0.5}}";
    static const char *const gathered = "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 40, "
                                        "\"features\": 6, \"classes\": 3, \"informative\": "
                                        "4, \"sep\": 2}}, \"model\": [{\"type\": \"linear\", "
                                        "\"out_features\": 3}], \"optimizer\": {\"type\": \"sgd\", "
                                        "\"lr\": 0.5, \"accumulate\": 4}}";
    struct stand *a = open_stand(once, DTYPE_F64), *b = open_stand(gathered, DTYPE_F64);
    struct moment moment;

    (void)state;
    trainer_step(&a->trainer, &moment);
    for (int i = 0; i < 4; i++)
        trainer_step(&b->trainer, &moment);
    assert_all_near((double *)b->trainer.model.parameters.value, (double *)a->trainer.model.parameters.value,
                    a->trainer.model.parameters.length, 1e-14, 1e-15);
    close_stand(a);
    close_stand(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planned_memory_is_used_memory),
        cmocka_unit_test(nonfinite_is_named_where_it_enters),
        cmocka_unit_test(infinite_statistic_is_named),
        cmocka_unit_test(gaps_between_parameters_stay_zero),
        cmocka_unit_test(poisoned_update_is_not_applied),
        cmocka_unit_test(overflow_is_named_by_its_first_tensor),
        cmocka_unit_test(a_gradient_that_overflows_is_named),
        cmocka_unit_test(steps_repeat_to_the_same_bytes),
        cmocka_unit_test(frozen_layers_do_not_move),
        cmocka_unit_test(gathered_gradients_are_averaged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
