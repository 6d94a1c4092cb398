/* Patches: set, remove, insert, reaching into words, and what they read like. */
#include "check.h"

#include <mldbg/base/patch.h>

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

static struct json *parse(const char *text)
{
    struct error err = {0};
    struct json *document;

    assert_true(json_parse(&arena, "test", text, strlen(text), &document, &err));
    return document;
}

static const char *written(const struct json *document)
{
    struct text text;

    text_init(&text, &arena);
    json_write(&text, document, false);
    return text.at;
}

static void patches_apply_in_order(void **state)
{
    struct json *document =
        parse("{\"model\": [{\"type\": \"a\"}, {\"type\": \"b\"}], \"optimizer\": \"adam\"}");
    const struct patch patches[] = {
        {.path = "model[1]", .value = parse("{\"type\": \"x\"}"), .insert = true},
        {.path = "model[3]", .value = parse("{\"type\": \"end\"}"), .insert = true},
        {.path = "model[0]"},
        {.path = "optimizer.lr", .value = json_find(&arena, parse("{\"lr\": 0.5}"), "lr")},
        {.path = "train.epochs", .value = json_find(&arena, parse("{\"epochs\": 3}"), "epochs")},
    };

    (void)state;
    assert_true(patch_apply(&arena, document, patches, 5, NULL));
    assert_string_equal(
        written(document),
        written(parse("{\"model\": [{\"type\": \"x\"}, {\"type\": \"b\"}, {\"type\": \"end\"}],"
                      "\"optimizer\": {\"type\": \"adam\", \"lr\": 0.5}, \"train\": {\"epochs\": 3}}")));
}

static void a_path_that_does_not_fit_is_told(void **state)
{
    struct json *document = parse("{\"model\": [1], \"name\": \"n\"}");
    const struct patch patches[] = {
        {.path = "seed", .value = parse("1")},
        {.path = "model[3]", .value = parse("1"), .insert = true},
    };
    size_t bad = 9;

    (void)state;
    assert_false(patch_apply(&arena, document, patches, 2, &bad));
    assert_int_equal(bad, 1);
}

static void patches_read_as_words(void **state)
{
    struct json *document = parse("{\"model\": [{\"type\": \"relu\"}], \"optimizer\": {\"lr\": 1}}");
    const struct json *tenth = json_find(&arena, parse("{\"lr\": 0.1}"), "lr");

    (void)state;
    assert_string_equal(
        patch_words(&arena, document, &(struct patch){.path = "optimizer.lr", .value = tenth}),
        "optimizer.lr: 1 -> 0.1");
    assert_string_equal(patch_words(&arena, document, &(struct patch){.path = "data.scale", .value = tenth}),
                        "data.scale: not set -> 0.1");
    assert_string_equal(patch_words(&arena, document, &(struct patch){.path = "model[0]"}),
                        "model[0] (relu) removed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(patches_apply_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_path_that_does_not_fit_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(patches_read_as_words, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
