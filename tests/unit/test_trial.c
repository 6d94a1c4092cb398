/* Trials: scores for every head and loss, the same twice, of patched data too; the reference; simple scores.
 */
#include "lab_bench.h"

#include <mldbg/lab/trial.h>

#include <math.h>

#define CLUSTERS                                                                                           \
    "\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 200, \"features\": 8, \"classes\": 3, " \
    "\"informative\": 4, \"sep\": 2}, \"split\": {\"val\": 0.25}}"
#define FAR_AWAY                                                                                           \
    "\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 200, \"features\": 8, \"classes\": 3, " \
    "\"informative\": 4, \"sep\": 2}, \"split\": {\"val\": 0.25}, \"prepare\": [{\"op\": \"affine_x\", "   \
    "\"a\": 1, \"b\": 50}]}"
#define HIDDEN "{\"type\": \"linear\", \"out_features\": 16}, {\"type\": \"relu\"}, "
#define ADAM   "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}, \"train\": {\"epochs\": 20}"

static const char *const sound =
    "{" CLUSTERS ", \"model\": [" HIDDEN "{\"type\": \"linear\", \"out_features\": 3}], " ADAM "}";

static struct trial try_it(struct lab_bench *bench, const struct trial_options *options)
{
    struct trial trial;

    if (!lab_try(bench->lab, options, NULL, NULL, &trial, &bench->problems))
        fail_msg("refused: %s", bench->problems.at[0].sentence);
    return trial;
}

static struct trial try_config(const char *config)
{
    struct lab_bench bench;
    struct trial trial;

    lab_bench_text(&bench, config);
    trial = try_it(&bench, &(struct trial_options){0});
    lab_bench_end(&bench);
    return trial;
}

static void assert_same(double a, double b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

static void a_trial_is_the_same_twice(void **state)
{
    struct lab_bench bench;

    (void)state;
    lab_bench_text(&bench, sound);
    for (int kind = TRIAL_training; kind <= TRIAL_batch; kind++) {
        const struct trial_options options = {.kind = (enum trial_kind)kind};
        struct trial a = try_it(&bench, &options), b = try_it(&bench, &options);

        assert_same(a.score, b.score);
        assert_same(a.train_score, b.train_score);
        assert_same(a.initial_loss, b.initial_loss);
        assert_same(a.loss, b.loss);
        assert_int_equal(a.steps, b.steps);
        assert_int_equal(a.reached, b.reached);
        struct trial other = try_it(
            &bench, &(struct trial_options){.kind = (enum trial_kind)kind, .seed_given = true, .seed = 77});
        assert_true(a.loss != other.loss);
    }
    lab_bench_end(&bench);
}

static void sound_configs_score_high(void **state)
{
    struct trial trial = try_config(sound);

    (void)state;
    assert_true(trial.score > 0.8);
    assert_true(trial.held_out && !trial.capped && !trial.nonfinite && !trial.flat && !trial.interrupted);
    assert_int_equal(trial.steps, 20 * 5);
    assert_true(trial.majority > 0.3 && trial.majority < 0.5);
    assert_true(trial.loss < trial.initial_loss);
}

/* Heads and losses that do not fit each other still have a score. */
static void every_head_has_a_score(void **state)
{
    static const struct {
        const char *tail;
        double least, most;
    } rows[] = {
        {"{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\"", 0.5, 1},
        {"{\"type\": \"linear\", \"out_features\": 5}], \"loss\": {\"type\": \"mse\", \"broadcast\": true}",
         0, 0.7},
        {"{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"sigmoid\"}], \"loss\": \"mse\"", 0.6, 1},
        {"{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"softmax\"}], \"loss\": \"bce\"", 0.2,
         0.5},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char config[2048];

        snprintf(config, sizeof config, "{" CLUSTERS ", \"model\": [" HIDDEN "%s, " ADAM "}", rows[i].tail);
        struct trial trial = try_config(config);
        if (!(trial.score >= rows[i].least && trial.score <= rows[i].most))
            fail_msg("%s: %g", rows[i].tail, trial.score);
    }
}

#define LINE                                                                              \
    "\"data\": {\"train\": {\"generator\": \"linreg\", \"rows\": 200, \"features\": 4}, " \
    "\"split\": {\"val\": 0.25}%s}"

/* R2 is in units of the file: scaling the targets does not change what it means, and -1 is its end. */
static void numbers_are_scored_by_r2(void **state)
{
    char config[2048];
    struct trial trial;

    (void)state;
    snprintf(config, sizeof config,
             "{" LINE ", \"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\", "
             "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.05}}",
             ", \"scale_target\": \"standard\"");
    trial = try_config(config);
    assert_true(trial.score > 0.6 && trial.score <= 1);
    assert_near(trial.majority, 0, 0, 0);
    snprintf(config, sizeof config,
             "{" LINE ", \"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\", "
             "\"optimizer\": {\"type\": \"adam\", \"lr\": 500}, \"train\": {\"epochs\": 1}}",
             "");
    trial = try_config(config);
    assert_near(trial.score, -1, 0, 0);
    assert_false(trial.nonfinite);
}

static void explosions_are_not_finite(void **state)
{
    char config[2048];
    struct trial trial;

    (void)state;
    snprintf(config, sizeof config,
             "{" LINE ", \"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\", "
             "\"optimizer\": {\"type\": \"sgd\", \"lr\": 1e20}}",
             "");
    trial = try_config(config);
    assert_true(trial.nonfinite);
    assert_near(trial.score, -1, 0, 0);
    trial = try_config("{" CLUSTERS ", \"model\": [" HIDDEN
                       "{\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": {\"type\": \"sgd\", "
                       "\"lr\": 1e30}}");
    assert_true(trial.nonfinite);
    assert_near(trial.score, 0, 0, 0);
}

static void standing_still_is_flat(void **state)
{
    struct trial trial = try_config("{" CLUSTERS ", \"model\": [" HIDDEN
                                    "{\"type\": \"linear\", \"out_features\": 3}], \"optimizer\": {\"type\": "
                                    "\"sgd\", \"lr\": 1e-9}}");

    (void)state;
    assert_true(trial.flat);
    assert_true(trial.score < 0.7);
}

static void data_is_patched_and_kept(void **state)
{
    struct lab_bench bench;
    struct trial plain, scaled, again;

    (void)state;
    lab_bench_text(&bench, sound);
    const struct patch patches[] = {
        {.path = "data.scale", .value = lab_bench_json(&bench, "{\"divide\": 1e6}")}};
    const struct trial_options options = {.patches = patches, .patch_count = 1};
    plain = try_it(&bench, &(struct trial_options){0});
    scaled = try_it(&bench, &options);
    size_t used = bench.arena.used;
    again = try_it(&bench, &options);
    assert_true(scaled.score < plain.score);
    assert_same(scaled.loss, again.loss);
    /* The data of the second was not read again: it takes 150 rows of 8 numbers and more. */
    assert_true(bench.arena.used - used < 4096);
    lab_bench_end(&bench);
}

static void what_cannot_be_built_is_refused(void **state)
{
    struct lab_bench bench;
    struct trial trial;

    (void)state;
    lab_bench_text(&bench, sound);
    const struct patch rows[] = {
        {.path = "model[0].out_features", .value = lab_bench_json(&bench, "-3")},
        {.path = "model[99].p", .value = lab_bench_json(&bench, "0")},
        {.path = "loss", .value = lab_bench_json(&bench, "\"no such loss\"")},
        {.path = "data.train", .value = lab_bench_json(&bench, "\"no-such-file.csv\"")},
        {.path = "model[0]",
         .value = lab_bench_json(&bench, "{\"type\": \"conv2d\", \"out_channels\": 2, "
                                         "\"kernel_size\": 3}")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct problems problems;

        problems_init(&problems, &bench.arena);
        assert_false(lab_try(bench.lab, &(struct trial_options){.patches = &rows[i], .patch_count = 1}, NULL,
                             NULL, &trial, &problems));
        assert_true(problems.count > 0);
    }
    /* The lab is as good as before. */
    assert_true(try_it(&bench, &(struct trial_options){0}).score > 0.8);
    lab_bench_end(&bench);
}

static void work_is_capped(void **state)
{
    struct lab_bench bench;
    struct trial trial;

    (void)state;
    lab_bench_text(&bench,
                   "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 4000, \"features\": "
                   "256, \"classes\": 3, \"informative\": 4}, \"split\": {\"val\": 0.01}}, \"model\": "
                   "[{\"type\": \"linear\", \"out_features\": 1024}, {\"type\": \"relu\"}, {\"type\": "
                   "\"linear\", \"out_features\": 3}], \"train\": {\"batch_size\": 128, \"epochs\": "
                   "100000}}");
    trial = try_it(&bench, &(struct trial_options){0});
    assert_true(trial.capped);
    assert_true(trial.steps > 10 && trial.steps < 1000);
    /* Steps that are asked for are made. */
    assert_int_equal(try_it(&bench, &(struct trial_options){.steps = 7}).steps, 7);
    lab_bench_end(&bench);
}

static bool stop_at_three(void *context, const struct run *run, int64_t done, int64_t all)
{
    (void)context;
    (void)run;
    (void)all;
    return done >= 3;
}

static void trials_stop_when_asked(void **state)
{
    struct lab_bench bench;
    struct trial trial;

    (void)state;
    lab_bench_text(&bench, sound);
    for (int kind = TRIAL_training; kind <= TRIAL_batch; kind++) {
        assert_true(lab_try(bench.lab, &(struct trial_options){.kind = (enum trial_kind)kind}, stop_at_three,
                            NULL, &trial, &bench.problems));
        assert_true(trial.interrupted);
        assert_int_equal(trial.steps, 3);
    }
    lab_bench_end(&bench);
}

/* Dropout and penalties are switched off for the batch, those of a patch too. */
static void one_batch_is_fitted(void **state)
{
    struct lab_bench bench;

    (void)state;
    lab_bench_text(&bench, sound);
    const struct patch patches[] = {{.path = "model[2]",
                                     .value = lab_bench_json(&bench, "{\"type\": \"dropout\", \"p\": 0.95}"),
                                     .insert = true},
                                    {.path = "model[0].l2", .value = lab_bench_json(&bench, "100")}};
    struct trial trial =
        try_it(&bench, &(struct trial_options){.kind = TRIAL_batch, .patches = patches, .patch_count = 2});
    assert_true(trial.reached >= 0 && trial.reached < TRIAL_BATCH_STEPS);
    assert_false(trial.held_out);
    trial = try_it(
        &bench, &(struct trial_options){.kind = TRIAL_batch,
                                        .patches = &(struct patch){.path = "optimizer.lr",
                                                                   .value = lab_bench_json(&bench, "1e-9")},
                                        .patch_count = 1});
    assert_int_equal(trial.reached, -1);
    assert_int_equal(trial.steps, TRIAL_BATCH_STEPS);
    assert_true(trial.flat);
    lab_bench_end(&bench);
}

/* Few rows are not divided any further. */
static void rows_are_held_out_where_there_are_enough(void **state)
{
    static const char *const form =
        "{\"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": %d, \"classes\": 2}}, \"model\": "
        "[{\"type\": \"linear\", \"out_features\": 2}], \"train\": {\"batch_size\": 1000, \"epochs\": 2}}";
    char config[512];

    (void)state;
    snprintf(config, sizeof config, form, 60);
    assert_true(try_config(config).held_out);
    snprintf(config, sizeof config, form, 50);
    assert_false(try_config(config).held_out);
}

static struct trial reference_of(struct lab_bench *bench)
{
    size_t count;
    const struct patch *patches = lab_reference(bench->lab, &bench->arena, &count);

    return try_it(
        bench, &(struct trial_options){.patches = patches, .patch_count = count, .steps = REFERENCE_STEPS});
}

static void the_reference_learns_where_the_config_does_not(void **state)
{
    static const char *const sick[] = {
        /* unscaled inputs, dead head, unfit loss, unpaired rows */
        "{" CLUSTERS ", \"init\": \"zeros\", \"model\": [" HIDDEN
        "{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"softmax\"}], \"loss\": \"bce\"}",
        "{" CLUSTERS ", \"model\": [" HIDDEN
        "{\"type\": \"linear\", \"out_features\": 3}], \"train\": {\"shuffle_labels\": true}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof sick / sizeof *sick; i++) {
        struct lab_bench bench;
        struct simple_scores simple;

        lab_bench_text(&bench, sick[i]);
        struct trial own = try_it(&bench, &(struct trial_options){0}), reference = reference_of(&bench);
        assert_int_equal(reference.steps, REFERENCE_STEPS);
        assert_true(reference.score > own.score + 0.3);
        assert_true(lab_simple_scores(bench.lab, &simple, &bench.problems));
        assert_true(simple.linear > own.score + 0.2);
        assert_true(simple.neighbours > own.score + 0.2);
        lab_bench_end(&bench);
    }
}

/* Ids, several inputs and sequences have a reference, too. */
static void every_input_has_a_reference(void **state)
{
    static const char *const configs[] = {
        "{\"data\": {\"train\": {\"generator\": \"tokens\", \"rows\": 200, \"vocab\": 50, \"classes\": 2, "
        "\"len\": 10, \"boost\": 10}, \"split\": {\"val\": 0.2}}, \"model\": [{\"type\": \"embedding\", "
        "\"num_embeddings\": 50, \"embedding_dim\": 4}, {\"type\": \"flatten\"}, {\"type\": \"linear\", "
        "\"out_features\": 2}]}",
        "{\"data\": {\"train\": {\"generator\": \"seqdigits\", \"rows\": 200, \"t\": 5}, \"split\": "
        "{\"val\": "
        "0.2}}, \"model\": [{\"type\": \"lstm\", \"hidden_size\": 4}, {\"type\": \"linear\", "
        "\"out_features\": "
        "2}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        struct lab_bench bench;
        struct simple_scores simple;

        lab_bench_text(&bench, configs[i]);
        assert_true(reference_of(&bench).score > 0.55);
        assert_true(lab_simple_scores(bench.lab, &simple, &bench.problems));
        assert_true(simple.linear > 0.55);
        lab_bench_end(&bench);
    }
}

/* Moving averages that had no time are not held against the network. */
static void lagging_averages_are_settled(void **state)
{
    struct trial trial =
        try_config("{" FAR_AWAY ", \"model\": [{\"type\": \"batchnorm\", \"momentum\": 0.001}, " HIDDEN
                   "{\"type\": \"linear\", \"out_features\": 3}], "
                   "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}, \"train\": {\"epochs\": 10}}");

    (void)state;
    assert_true(trial.score > 0.75);
    assert_true(trial.plain_score < trial.score);
}

static void the_fixed_config_is_a_document(void **state)
{
    struct lab_bench bench;
    struct text text;

    (void)state;
    lab_bench_text(&bench, sound);
    const struct patch patches[] = {
        {.path = "optimizer.lr", .value = lab_bench_json(&bench, "0.5")},
        {.path = "model[77].p", .value = lab_bench_json(&bench, "0.5")},
    };
    struct json *fixed = lab_fixed(bench.lab, &bench.arena, patches, 1, "fixed.json");
    text_init(&text, &bench.arena);
    json_write(&text, fixed, true);
    assert_non_null(strstr(text.at, "\"lr\": 0.5"));
    assert_null(lab_fixed(bench.lab, &bench.arena, patches, 2, "fixed.json"));
    lab_bench_end(&bench);
}

static void put(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* Rows and labels are found from the other folder; files in the same one, and generators, stay as written. */
static void files_are_found_from_afar(void **state)
{
    static const char rows[] = "\0\0\x08\x02\0\0\0\x04\0\0\0\x02\1\2\3\4\5\6\7\x08";
    static const char labels[] = "\0\0\x08\x01\0\0\0\x04\0\1\0\1";
    struct lab_bench bench;
    struct text text;

    (void)state;
    put("test rows.idx", rows, sizeof rows - 1);
    put("test-labels.idx", labels, sizeof labels - 1);
    lab_bench_text(&bench,
                   "{\"data\": {\"train\": \"test rows.idx\", \"train_labels\": \"test-labels.idx\"}, "
                   "\"model\": [{\"type\": \"linear\", \"out_features\": 2}]}");
    text_init(&text, &bench.arena);
    json_write(&text, lab_fixed(bench.lab, &bench.arena, NULL, 0, "fixed.json"), false);
    assert_non_null(strstr(text.at, "\"train\": \"test rows.idx\""));
    assert_non_null(strstr(text.at, "\"train_labels\": \"test-labels.idx\""));
    text_init(&text, &bench.arena);
    json_write(&text, lab_fixed(bench.lab, &bench.arena, NULL, 0, "/tmp/fixed.json"), false);
    assert_non_null(strstr(text.at, "\"train\": \"/"));
    assert_non_null(strstr(text.at, "/test rows.idx\""));
    assert_non_null(strstr(text.at, "\"train_labels\": \"/"));
    assert_non_null(strstr(text.at, "/test-labels.idx\""));
    unlink("test rows.idx");
    unlink("test-labels.idx");
    lab_bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_is_the_same_twice),
        cmocka_unit_test(sound_configs_score_high),
        cmocka_unit_test(every_head_has_a_score),
        cmocka_unit_test(numbers_are_scored_by_r2),
        cmocka_unit_test(explosions_are_not_finite),
        cmocka_unit_test(standing_still_is_flat),
        cmocka_unit_test(data_is_patched_and_kept),
        cmocka_unit_test(what_cannot_be_built_is_refused),
        cmocka_unit_test(work_is_capped),
        cmocka_unit_test(trials_stop_when_asked),
        cmocka_unit_test(one_batch_is_fitted),
        cmocka_unit_test(rows_are_held_out_where_there_are_enough),
        cmocka_unit_test(the_reference_learns_where_the_config_does_not),
        cmocka_unit_test(every_input_has_a_reference),
        cmocka_unit_test(lagging_averages_are_settled),
        cmocka_unit_test(the_fixed_config_is_a_document),
        cmocka_unit_test(files_are_found_from_afar),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
