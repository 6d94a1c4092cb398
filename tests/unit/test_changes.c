/* The table of changes: every line changes its own example into something that it leaves alone, and every
 * config that is shipped into one that is still accepted. */
#include "check.h"

#include <glob.h>

#include <mldbg/rule.h>
#include <mldbg/train.h>

#include "../../src/rule/anatomy.h"

enum { LINE_MOST = 78, FILE_MOST = 1 << 20 };

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct change *change_at(size_t index)
{
    return ENTRY_OF(change_catalog.at[index], struct change);
}

static const struct change *change_named(const char *name)
{
    return ENTRY_OF(catalog_find(&change_catalog, name), struct change);
}

static const char *written(const struct json *document)
{
    struct text text;

    text_init(&text, &arena);
    json_write(&text, document, false);
    return text.at;
}

static void example(struct run *run, const struct change *change)
{
    run_init(run, &arena, "example");
    run->config = NULL;
    if (change->facts)
        change->facts(run);
    else
        example_classes(run, 2);
    example_config(run, change->example);
}

/* The config of the record with the remedy's patches. */
static struct json *patched(const struct run *run, const struct remedy *remedy)
{
    struct json *document = json_copy(&arena, run->config);

    if (!patch_apply(&arena, document, remedy->patches, (size_t)remedy->count, NULL))
        fail_msg("%s: its patches do not fit %s", remedy->change->entry.name, written(run->config));
    return document;
}

static void examples(void **state)
{
    (void)state;
    for (size_t i = 0; i < change_catalog.count; i++) {
        const struct change *change = change_at(i);
        const char *name = change->entry.name;
        const char *subject = change->example_subject ? change->example_subject : "";
        struct remedy remedy;
        struct run run;

        example(&run, change);
        if (!change_make(change, &run, subject, &remedy))
            fail_msg("%s changes nothing in its example", name);
        if (!*remedy.words || remedy.change != change)
            fail_msg("%s has no words", name);
        struct json *after = patched(&run, &remedy);
        if (strcmp(written(after), written(run.config)) == 0)
            fail_msg("%s leaves its example as it was", name);
        run.config = after;
        if (change_make(change, &run, subject, &remedy) != change->repeats)
            fail_msg("%s: made again on its own result it %s", name,
                     change->repeats ? "changes nothing" : "changes something");
    }
}

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < change_catalog.count; i++) {
        const struct change *change = change_at(i);

        if (!*change->entry.summary || strlen(change->entry.summary) > 72)
            fail_msg("%s: its summary is empty or long", change->entry.name);
        if (!*change->entry.explain || change->category == CATEGORY_none)
            fail_msg("%s lacks an explanation or a category", change->entry.name);
        for (const char *line = change->entry.explain; *line;) {
            size_t length = strcspn(line, "\n");
            if (length > LINE_MOST)
                fail_msg("%s: a line of its explanation is %zu columns wide", change->entry.name, length);
            line += length + (line[length] == '\n');
        }
    }
}

/* What compensates may only be named when nothing else cures: it stands behind all that does not. */
static void compensators_come_last(void **state)
{
    bool seen = false;

    (void)state;
    for (size_t i = 0; i < change_catalog.count; i++) {
        if (seen && !change_at(i)->compensates)
            fail_msg("%s stands behind a change that compensates", change_at(i)->entry.name);
        seen = seen || change_at(i)->compensates;
    }
}

static void empty_configs_survive(void **state)
{
    static const char *const configs[] = {"{}", "{\"model\": []}", "{\"model\": 3, \"optimizer\": 4}",
                                          "{\"model\": [{}], \"data\": {\"prepare\": [3]}}"};

    (void)state;
    for (size_t i = 0; i < change_catalog.count; i++)
        for (size_t k = 0; k < sizeof configs / sizeof *configs; k++) {
            struct remedy remedy;
            struct run run;

            run_init(&run, &arena, "example");
            assert_false(change_make(change_at(i), &run, "", &remedy));
            example_config(&run, configs[k]);
            change_make(change_at(i), &run, "relu1", &remedy);
        }
}

static void try_change(struct run *run, const struct change *change, const char *subject, const char *path)
{
    struct problems problems;
    struct remedy remedy;
    struct config config;

    if (!change_make(change, run, subject, &remedy))
        return;
    struct json *after = patched(run, &remedy);
    problems_init(&problems, &arena);
    if (!config_parse(&arena, path, NULL, after, &config, &problems))
        fail_msg("%s with %s is refused: %s", path, change->entry.name, problems.at[0].sentence);
}

/* With the numbers of classes that the labels might have, and a finding about every layer. */
static void shipped_configs_stay_configs(void **state)
{
    glob_t files;

    (void)state;
    assert_int_equal(glob("datasets/*/*.json", 0, NULL, &files), 0);
    assert_true(files.gl_pathc > 10);
    for (size_t f = 0; f < files.gl_pathc; f++) {
        struct anatomy anatomy;
        struct json *document;
        struct error err = {0};
        struct run run;

        assert_true(json_read(&arena, files.gl_pathv[f], FILE_MOST, &document, NULL, &err));
        if (!json_get(document, "model"))
            continue;
        run_init(&run, &arena, "example");
        run.config = document;
        for (int64_t classes = 0; classes <= 10; classes += 2) {
            example_classes(&run, classes);
            assert_true(anatomy_read(&run, &anatomy));
            for (size_t i = 0; i < change_catalog.count; i++) {
                try_change(&run, change_at(i), "", files.gl_pathv[f]);
                for (int layer = 0; classes == 2 && layer < anatomy.count; layer++)
                    try_change(&run, change_at(i), anatomy.part[layer].name, files.gl_pathv[f]);
            }
        }
    }
    globfree(&files);
}

/* ---- What single changes come to. ---- */

static const char *result(const char *name, const char *config, int64_t classes)
{
    struct remedy remedy;
    struct run run;

    run_init(&run, &arena, "example");
    example_config(&run, config);
    example_classes(&run, classes);
    return change_make(change_named(name), &run, "", &remedy) ? written(patched(&run, &remedy)) : "nothing";
}

static void heads(void **state)
{
    static const struct {
        const char *change, *before, *after;
        int64_t classes;
    } cases[] = {
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"softmax\"}], \"loss\": "
         "\"bce\"}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], \"loss\": "
         "\"bce\"}",
         2},
        {"match-head", "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\"}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"bce_with_logits\"}", 2},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], \"loss\": "
         "\"bce\"}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}", 3},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"relu\"}, {\"type\": "
         "\"softmax\"}], \"loss\": \"mse\"}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}", 3},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"leaky_relu\", "
         "\"negative_slope\": 0.3, \"name\": \"last\"}], \"loss\": {\"type\": \"cross_entropy\", \"from\": "
         "\"probabilities\"}}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\", \"name\": "
         "\"last\"}], \"loss\": {\"type\": \"cross_entropy\", \"from\": \"probabilities\"}}",
         3},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"tanh\"}], \"loss\": "
         "\"mse\"}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\"}", 0},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}", "nothing",
         3},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"sigmoid\"}], \"loss\": "
         "\"bce\"}",
         "nothing", 3},
        {"match-head",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}, {\"type\": \"sigmoid\"}], \"loss\": "
         "\"bce\"}",
         "nothing", 2},
        {"match-loss",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], \"loss\": "
         "{\"type\": \"bce\", \"clip\": 0, \"reduction\": \"sum\"}}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], \"loss\": "
         "{\"type\": \"cross_entropy\", \"from\": \"probabilities\", \"reduction\": \"sum\"}}",
         3},
        {"match-loss", "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"bce\"}",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 1}], \"loss\": \"mse\"}", 0},
        {"match-loss",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\"}], \"loss\": "
         "\"cross_entropy\"}",
         "nothing", 3},
        {"lower-rate", "{\"optimizer\": {\"lr\": 0.001}}", "{\"optimizer\": {\"lr\": 0.0001}}", 2},
        {"positive-rate", "{\"optimizer\": {\"lr\": 0}}", "{\"optimizer\": {\"lr\": 0.001}}", 2},
        {"standardise-inputs",
         "{\"data\": {\"train\": \"a.csv\", \"prepare\": [{\"op\": \"standardize_x\"}]}}", "nothing", 2},
        {"remove-head-activation",
         "{\"model\": [{\"type\": \"linear\", \"out_features\": 3}, {\"type\": \"softmax\", \"from\": "
         "\"linear1\"}]}",
         "nothing", 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (strcmp(result(cases[i].change, cases[i].before, cases[i].classes), cases[i].after) != 0)
            fail_msg("%s of %s: %s", cases[i].change, cases[i].before,
                     result(cases[i].change, cases[i].before, cases[i].classes));
}

/* A model of thirty layers is one patch, not sixty. */
static void deep_models_fit(void **state)
{
    struct remedy remedy;
    struct run run;
    struct text text;

    (void)state;
    text_init(&text, &arena);
    text_print(&text, "{\"model\": [");
    for (int i = 0; i < 30; i++)
        text_print(
            &text,
            "{\"type\": \"linear\", \"out_features\": 4, \"init\": \"zeros\", \"bias_init\": \"ones\"}, "
            "{\"type\": \"sigmoid\"}, ");
    text_print(&text, "{\"type\": \"linear\", \"out_features\": 2}]}");
    run_init(&run, &arena, "example");
    example_config(&run, text.at);
    example_classes(&run, 2);
    assert_true(change_make(&change_default_init, &run, "", &remedy));
    assert_string_equal(remedy.words, "no initialization of their own for layers (60 edits)");
    assert_true(change_make(&change_hidden_relu, &run, "", &remedy));
    assert_true(change_make(&change_fewer_layers, &run, "", &remedy));
    assert_int_equal(json_count(json_get(patched(&run, &remedy), "model")), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(examples, setup, teardown),
        cmocka_unit_test_setup_teardown(texts, setup, teardown),
        cmocka_unit_test_setup_teardown(compensators_come_last, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_configs_survive, setup, teardown),
        cmocka_unit_test_setup_teardown(shipped_configs_stay_configs, setup, teardown),
        cmocka_unit_test_setup_teardown(heads, setup, teardown),
        cmocka_unit_test_setup_teardown(deep_models_fit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
