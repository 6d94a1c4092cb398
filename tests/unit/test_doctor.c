/* The recipe of doctor over a small config: where it is stopped, and where there is nothing to learn. */
#include "lab_bench.h"

#include <mldbg/recipe/doctor.h>

static const char sound[] =
    "{\"name\": \"sound\", \"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 200}, \"split\": "
    "{\"val\": 0.2}},"
    " \"model\": [{\"type\": \"linear\", \"out_features\": 16}, {\"type\": \"relu\"}, "
    "{\"type\": \"linear\", \"out_features\": 3}],"
    " \"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}, \"train\": {\"batch_size\": 16, \"epochs\": 20}}";

/* Labels that the rows say nothing about. */
static const char noise[] =
    "{\"name\": \"noise\", \"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 400, \"std\": 1000, "
    "\"classes\": 2},"
    " \"split\": {\"val\": 0.5}, \"scale\": \"standard\"},"
    " \"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, {\"type\": \"linear\", "
    "\"out_features\": 2}],"
    " \"optimizer\": {\"type\": \"adam\", \"lr\": 0.01}, \"train\": {\"batch_size\": 16, \"epochs\": 3}}";

static bool stop_after(void *context, const struct run *run, int64_t done, int64_t all)
{
    int *left = context;

    (void)run;
    (void)done;
    (void)all;
    return (*left)-- <= 0;
}

static struct verdict ask(struct lab_bench *bench, const char *config, int calls, int *left)
{
    struct findings findings;
    struct verdict verdict;
    struct proof proof;

    lab_bench_text(bench, config);
    findings_init(&findings, &bench->arena);
    *left = calls;
    assert_true(recipe_doctor(bench->lab, &(struct doctor_options){0}, stop_after, left, &bench->run,
                              &findings, &proof, &verdict, &bench->problems));
    return verdict;
}

/* However early it is stopped: half of the recipe is no healthy verdict. */
static void stopped_is_not_healthy(void **state)
{
    struct lab_bench bench;
    int left, calls = 0;

    (void)state;
    assert_int_equal(ask(&bench, sound, 1 << 30, &left).outcome, OUTCOME_PASS);
    lab_bench_end(&bench);
    int all = (1 << 30) - left;
    for (; calls < all; calls += 1 + calls / 4) {
        struct verdict verdict = ask(&bench, sound, calls, &left);

        assert_int_equal(verdict.outcome, OUTCOME_INCONCLUSIVE);
        assert_string_equal(bench.run.status, "interrupted");
        assert_string_equal(verdict.sentence, "interrupted; no cause is named");
        lab_bench_end(&bench);
    }
    assert_true(calls > 10);
}

static void nothing_to_learn_is_unclear(void **state)
{
    struct lab_bench bench;
    int left;
    struct verdict verdict = ask(&bench, noise, 1 << 30, &left);

    (void)state;
    if (verdict.outcome != OUTCOME_INCONCLUSIVE ||
        !strstr(verdict.sentence, "no better than always answering"))
        fail_msg("%s", verdict.sentence);
    assert_true(*verdict.next != 0);
    lab_bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopped_is_not_healthy),
        cmocka_unit_test(nothing_to_learn_is_unclear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
