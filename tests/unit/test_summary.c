/* What the record says about data, labels and initial values before anything is trained, by hand. */
#include "check.h"

#include <mldbg/lab.h>

#include <stdio.h>
#include <unistd.h>

static const char CONFIG[] = "test-summary.json", TRAIN[] = "test-summary-train.csv",
                  VAL[] = "test-summary-val.csv";

struct bench {
    struct arena arena;
    struct problems problems;
    struct run run;
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void check_config(struct bench *bench, const char *config)
{
    const char *text;
    struct lab *lab;

    write_file(CONFIG, config);
    arena_init(&bench->arena, "test");
    problems_init(&bench->problems, &bench->arena);
    lab = lab_open(&bench->arena, CONFIG, &(struct lab_options){0}, &text, &bench->problems);
    for (size_t i = 0; i < bench->problems.count; i++)
        print_error("%s\n", bench->problems.at[i].sentence);
    assert_non_null(lab);
    run_init(&bench->run, &bench->arena, "check");
    lab_describe(lab, &bench->run);
    assert_true(lab_check(lab, &bench->run, &bench->problems));
    unlink(CONFIG);
    unlink(TRAIN);
    unlink(VAL);
}

static void is(const struct bench *bench, const char *fact, double value)
{
    if (!run_has(&bench->run, fact))
        fail_msg("there is no %s", fact);
    assert_near(run_number(&bench->run, fact), value, 0, 1e-6);
}

static void classes_are_counted(void **state)
{
    struct bench bench;

    (void)state;
    write_file(TRAIN, "x,y,kind\n0,2,a\n0,2,a\n4,2,b\n4,2,b\n0,2,b\n");
    write_file(VAL, "x,y,kind\n1,1,b\n2,2,c\n");
    check_config(&bench,
                 "{\"data\": {\"train\": \"test-summary-train.csv\", \"val\": \"test-summary-val.csv\", "
                 "\"label\": \"kind\"}, \"model\": [{\"type\": \"linear\", \"out_features\": 3}], "
                 "\"train\": {\"batch_size\": 2, \"epochs\": 7, \"drop_last\": true}}");
    is(&bench, "input/input/train/min", 0);
    is(&bench, "input/input/train/max", 4);
    is(&bench, "input/input/train/mean", 1.8);
    is(&bench, "input/input/train/std", 1.4);
    is(&bench, "input/input/train/typical", 4);
    is(&bench, "input/input/val/max", 2);
    is(&bench, "labels/train/classes", 2);
    is(&bench, "labels/val/classes", 2);
    is(&bench, "labels/val/unseen", 1);
    is(&bench, "labels/train/neighbours", 0.75);
    is(&bench, "labels/train/neighbours_expected", (2 * 1 + 3 * 2) / 20.0);
    is(&bench, "target/train/mean", 0.6);
    is(&bench, "target/train/std", sqrt(0.24));
    is(&bench, "target/val/min", 1);
    is(&bench, "target/val/max", 2);
    is(&bench, "train/updates", 14);
    assert_false(run_has(&bench.run, "labels/train/unseen"));
    assert_false(run_has(&bench.run, "data/target_width"));
    assert_false(run_has(&bench.run, "input/input/ids"));
    arena_release(&bench.arena);
}

static void targets_are_summed(void **state)
{
    struct bench bench;

    (void)state;
    write_file(TRAIN, "x,a,b\n0,1,0\n0,0.5,0.5\n4,2,-1\n4,3,4\n");
    check_config(&bench, "{\"data\": {\"train\": \"test-summary-train.csv\", \"label\": [\"a\", \"b\"]}, "
                         "\"model\": [{\"type\": \"linear\", \"out_features\": 2}], "
                         "\"optimizer\": {\"type\": \"sgd\", \"accumulate\": 2}, "
                         "\"train\": {\"batch_size\": 3, \"epochs\": 5}}");
    is(&bench, "input/input/train/typical", 4);
    is(&bench, "data/target_width", 2);
    is(&bench, "target/train/rows_sum_to_one", 0.5);
    is(&bench, "target/train/mean", 1.25);
    is(&bench, "target/train/min", -1);
    is(&bench, "target/train/max", 4);
    is(&bench, "train/updates", 5);
    assert_false(run_has(&bench.run, "labels/train/neighbours"));
    arena_release(&bench.arena);
}

static void indices_are_counted(void **state)
{
    struct bench bench;

    (void)state;
    write_file(TRAIN, "t0,t1,kind\n3,1,a\n3,0,b\n1,1,a\n5,3,b\n");
    check_config(&bench,
                 "{\"data\": {\"train\": \"test-summary-train.csv\", \"label\": \"kind\", "
                 "\"categorical\": {\"t0\": \"index\", \"t1\": \"index\"}}, \"model\": "
                 "[{\"type\": \"embedding\", \"num_embeddings\": 8, \"embedding_dim\": 4, \"name\": \"e\"}, "
                 "{\"type\": \"flatten\"}, {\"type\": \"linear\", \"out_features\": 2, \"name\": \"out\", "
                 "\"init\": {\"type\": \"constant\", \"value\": 0.25}}]}");
    is(&bench, "input/input/ids", 1);
    is(&bench, "input/input/train/distinct", 4);
    is(&bench, "init/out/weight/std", 0);
    is(&bench, "init/out/weight/min", 0.25);
    is(&bench, "init/out/weight/max", 0.25);
    is(&bench, "init/out/weight/xavier", sqrt(2.0 / (8 + 2)));
    is(&bench, "init/out/weight/kaiming", 0.5);
    is(&bench, "init/out/weight/count", 16);
    assert_true(run_number(&bench.run, "init/e/weight/std") > 0.5);
    assert_false(run_has(&bench.run, "init/e/weight/xavier"));
    assert_false(run_has(&bench.run, "init/out/bias/std"));
    arena_release(&bench.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_counted),
        cmocka_unit_test(targets_are_summed),
        cmocka_unit_test(indices_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
