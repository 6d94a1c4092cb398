/* Training by epochs: batches and their rest, evaluation without a trace, the best epoch, patience, and
 * measures against hand-made answers. */
#include "stand.h"

#define BLOBS                                                                                             \
    "\"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 50, \"std\": 0.5}, \"split\": {\"val\": " \
    "0.2}}"
#define NET "\"model\": [{\"type\": \"linear\", \"out_features\": 3, \"name\": \"out\"}]"

static const char CONFIG[] = "{" BLOBS ", " NET ", \"train\": {\"batch_size\": 16}}";
static const char DROPPED[] = "{" BLOBS ", " NET ", \"train\": {\"batch_size\": 16, \"drop_last\": true}}";
static const char PATIENT[] = "{" BLOBS ", " NET ", \"optimizer\": {\"type\": \"sgd\", \"lr\": 0}, "
                              "\"train\": {\"batch_size\": 16, \"patience\": 2}}";
static const char NOISY[] =
    "{" BLOBS
    ", \"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"batchnorm\"}, {\"type\": "
    "\"dropout\", \"p\": 0.5}, {\"type\": \"linear\", \"out_features\": 3}], \"train\": {\"batch_size\": "
    "16}}";
static const char LINE[] =
    "{\"data\": {\"train\": {\"generator\": \"linreg\", \"rows\": 40}, \"scale_target\": \"standard\"}, "
    "\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"train\": {\"batch_size\": 16}}";

static const char GATHERED[] =
    "{\"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 1500}, \"split\": {\"val\": 0.2}}, "
    "\"model\": [{\"type\": \"linear\", \"out_features\": 700}, {\"type\": \"batchnorm\"}, "
    "{\"type\": \"relu\"}, {\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": {\"type\": "
    "\"adam\", \"accumulate\": 2}, \"train\": {\"batch_size\": 70}}";
static const char WIDE[] =
    "{\"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 5000, \"std\": 0.5}, \"split\": "
    "{\"val\": 0.21, \"test\": 0.13}}, \"model\": [{\"type\": \"linear\", \"out_features\": 300}, "
    "{\"type\": \"tanh\"}, {\"type\": \"linear\", \"out_features\": 3}], \"train\": {\"batch_size\": "
    "400}}";

/* Beyond the plan are descriptions: names, shapes, tables of each graph; and the header of a checkpoint. */
static void planned_memory_is_used_memory(void **state)
{
    static const char *const configs[] = {CONFIG, DROPPED, NOISY, LINE, GATHERED, WIDE};

    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        struct stand *stand = stand_open(configs[i]);
        struct memory_plan plan;
        struct arena other;
        size_t used;

        while (stand->epochs.trainer.epoch < 1)
            stand_go(stand);
        stand_go(stand); /* gradients that wait are part of a checkpoint */
        pack(stand);
        used = stand->arena.used - stand->before;
        arena_init(&other, "plan");
        assert_true(epochs_measure(&other, &stand->config, &stand->data, stand->backend, DTYPE_F32,
                                   stand->epochs.batch_size, &plan, &stand->problems));
        assert_true(plan.course > 0 && plan.own > 0);
        assert_true(used >= (size_t)plan.total);
        assert_true(used - (size_t)plan.total < (size_t)stand->epochs.graph_count * 128 * 1024);
        arena_release(&other);
        stand_close(stand);
    }
}

static void batches(void **state)
{
    struct stand *stand = stand_open(CONFIG), *dropped = stand_open(DROPPED);

    (void)state;
    assert_int_equal(stand->data.splits[SPLIT_train].rows, 40);
    assert_int_equal(stand->epochs.batches, 3);
    assert_int_equal(dropped->epochs.batches, 2);
    for (int i = 0; i < 4; i++)
        stand_go(stand);
    assert_int_equal(stand->epochs.trainer.epoch, 1);
    assert_int_equal(stand->epochs.trainer.step, 3);
    assert_int_equal(stand->epochs.batch, 0);
    stand_close(stand);
    stand_close(dropped);
}

/* The loss of the split is that of one batch of all its rows; probabilities add up; row losses have it as
 * mean. */
static void evaluation(void **state)
{
    struct stand *stand = stand_open(CONFIG);
    const struct evaluation *e = &stand->epochs.splits[SPLIT_train];
    double sum = 0;
    int64_t right = 0;

    (void)state;
    for (int i = 0; i < 9; i++)
        stand_go(stand);
    assert_true(epochs_evaluate(&stand->epochs, SPLIT_train, NULL, NULL));
    for (int64_t i = 0; i < e->set->rows; i++) {
        const double *p = e->value + 3 * i;

        assert_near(p[0] + p[1] + p[2], 1, 0, 1e-12);
        assert_near(e->row_loss[i], -log(p[e->set->labels[i]]), 1e-5, 1e-6);
        for (int c = 0; c < 3; c++)
            assert_true(p[c] <= p[e->class_of[i]]);
        sum += e->row_loss[i];
        right += e->class_of[i] == e->set->labels[i];
    }
    assert_near(e->loss, sum / (double)e->set->rows, 1e-6, 0);
    assert_near(e->accuracy, (double)right / (double)e->set->rows, 0, 1e-15);
    stand_close(stand);
}

static void evaluation_leaves_no_trace(void **state)
{
    struct stand *plain = stand_open(NOISY), *looked = stand_open(NOISY);

    (void)state;
    for (int i = 0; i < 7; i++) {
        stand_go(plain);
        assert_true(epochs_evaluate(&looked->epochs, SPLIT_val, NULL, NULL));
        stand_go(looked);
    }
    const struct parameters *a = &plain->epochs.trainer.model.parameters,
                            *b = &looked->epochs.trainer.model.parameters;
    assert_memory_equal(a->value, b->value, (size_t)a->length * 4);
    assert_memory_equal(a->state, b->state, (size_t)a->state_length * 4);
    stand_close(plain);
    stand_close(looked);
}

static bool stop_at_once(void *context)
{
    (void)context;
    return true;
}

static void evaluation_can_be_stopped(void **state)
{
    struct stand *stand = stand_open(CONFIG);

    (void)state;
    assert_false(epochs_evaluate(&stand->epochs, SPLIT_val, stop_at_once, NULL));
    stand_close(stand);
}

static void patience_ends(void **state)
{
    struct stand *stand = stand_open(PATIENT);
    bool stop = false;
    int go = 0;

    (void)state;
    for (; !stop && go < 100; go++)
        stop = stand_go(stand);
    assert_true(stop);
    /* The first epoch is the best one, and the rate is 0: two more are put up with. */
    assert_int_equal(stand->epochs.trainer.epoch, 3);
    assert_int_equal(stand->epochs.best_epoch, 1);
    assert_int_equal(stand->epochs.best_step, 3);
    stand_close(stand);
}

static void numbers_are_in_units_of_the_file(void **state)
{
    struct stand *stand = stand_open(LINE);
    const struct evaluation *e = &stand->epochs.splits[SPLIT_train];
    double factor, squares = 0;

    (void)state;
    assert_true(epochs_evaluate(&stand->epochs, SPLIT_train, NULL, NULL));
    factor = stand->data.target_factor[0];
    assert_true(fabs(factor - 1) > 0.01);
    for (int64_t i = 0; i < e->set->rows; i++) {
        double label = (double)e->set->targets[i] * factor + stand->data.target_shift[0];

        squares += (e->value[i] - label) * (e->value[i] - label);
    }
    assert_near(e->rmse, sqrt(squares / (double)e->set->rows), 1e-12, 0);
    assert_near(e->rmse, sqrt(e->loss) * factor, 1e-4, 0); /* the loss is that of scaled targets */
    stand_close(stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planned_memory_is_used_memory),
        cmocka_unit_test(batches),
        cmocka_unit_test(evaluation),
        cmocka_unit_test(evaluation_leaves_no_trace),
        cmocka_unit_test(evaluation_can_be_stopped),
        cmocka_unit_test(patience_ends),
        cmocka_unit_test(numbers_are_in_units_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
