/* Checkpoints: taken up at any moment they lead to the same bytes, and what is not whole or of another model
 * is refused. */
#include "stand.h"

/* One config for each thing that has a memory of its own. */
#define DATA                                                                                              \
    "\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 45, \"features\": 6, \"classes\": 3, " \
    "\"informative\": 4, \"sep\": 2}, \"split\": {\"val\": 0.2}}"
#define MODEL(p)                                                                              \
    "\"model\": [{\"type\": \"linear\", \"out_features\": 8, \"name\": \"fc1\"}, {\"type\": " \
    "\"batchnorm\"}, "                                                                        \
    "{\"type\": \"relu\"}, {\"type\": \"dropout\", \"p\": " p                                 \
    "}, {\"type\": \"linear\", \"out_features\": 3}]"
#define CONFIG(optimizer)                                    \
    "{" DATA ", " MODEL("0.2") ", \"optimizer\": " optimizer \
                               ", \"train\": {\"batch_size\": 8, \"epochs\": 4}}"

static const char *const configs[] = {
    CONFIG("\"adam\""),
    CONFIG("{\"type\": \"sgd\", \"lr\": 0.05, \"momentum\": 0.9, \"schedule\": {\"type\": \"plateau\", "
           "\"patience\": 0}}"),
    CONFIG("{\"type\": \"rmsprop\", \"lr\": 0.01, \"accumulate\": 3, \"clip_norm\": 1}"),
    CONFIG("{\"type\": \"adagrad\", \"lr\": 0.05}"),
    CONFIG("{\"type\": \"adadelta\"}"),
    CONFIG("{\"type\": \"adamw\", \"lr\": 0.01, \"schedule\": \"cosine\"}"),
};

static bool unpack(struct stand *stand, const char *bytes, size_t length, struct error *err)
{
    struct tensor_file file;

    tensor_file_init(&file, &stand->arena);
    return tensor_file_parse(&file, "test", bytes, length, err) &&
           checkpoint_take(&stand->epochs, &file, "test", err);
}

enum { MOMENTS = 22 }; /* steps and ends of epochs, of which there are five and one */

static void any_moment_leads_to_the_same_bytes(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof configs / sizeof *configs; c++) {
        struct stand *whole = stand_open(configs[c]);
        struct packed at[MOMENTS + 1];

        for (int i = 0; i <= MOMENTS; i++) {
            at[i] = pack(whole);
            stand_go(whole);
        }
        for (int i = 0; i <= MOMENTS; i += 3) {
            struct stand *again = stand_open(configs[c]);
            struct error err = {0};

            stand_go(again); /* what it has done before does not matter */
            if (!unpack(again, at[i].bytes, at[i].length, &err))
                fail_msg("config %zu, moment %d: %s", c, i, err.sentence);
            for (int k = i; k < MOMENTS; k++)
                stand_go(again);
            struct packed end = pack(again);
            assert_int_equal(end.length, at[MOMENTS].length);
            if (memcmp(end.bytes, at[MOMENTS].bytes, end.length) != 0)
                fail_msg("config %zu, gone on with from moment %d, ends otherwise", c, i);
            stand_close(again);
        }
        stand_close(whole);
    }
}

static void every_changed_byte_is_noticed(void **state)
{
    struct stand *stand = stand_open(configs[0]);
    struct packed packed = pack(stand);
    char *bytes = malloc(packed.length);

    (void)state;
    for (size_t i = 0; i < packed.length; i += i < 4000 ? 1 : 37) {
        struct error err = {0};

        memcpy(bytes, packed.bytes, packed.length);
        bytes[i] = (char)(bytes[i] ^ 0x20);
        if (unpack(stand, bytes, packed.length, &err))
            fail_msg("byte %zu of %zu was changed and not noticed", i, packed.length);
    }
    free(bytes);
    stand_close(stand);
}

static void every_cut_is_noticed(void **state)
{
    struct stand *stand = stand_open(configs[0]);
    struct packed packed = pack(stand);

    (void)state;
    for (size_t length = 0; length < packed.length; length += 61) {
        struct error err = {0};
        char *bytes = malloc(length + 1); /* of its own, so that reading past the end shows */

        memcpy(bytes, packed.bytes, length);
        assert_false(unpack(stand, bytes, length, &err));
        assert_int_equal(err.kind, ERROR_REQUEST);
        free(bytes);
    }
    stand_close(stand);
}

static void another_model_is_refused(void **state)
{
    struct stand *stand = stand_open(configs[0]), *other = stand_open(configs[1]);
    struct packed packed = pack(stand);
    struct error err = {0};
    struct packed before = pack(other);

    (void)state;
    assert_false(unpack(other, packed.bytes, packed.length, &err));
    assert_int_equal(err.kind, ERROR_REQUEST);
    assert_non_null(strstr(err.sentence, "\"adam\""));
    struct packed after = pack(other);
    assert_int_equal(before.length, after.length);
    assert_memory_equal(before.bytes, after.bytes, before.length);
    stand_close(stand);
    stand_close(other);
}

/* The layout that other readers of the format see. */
static void layout(void **state)
{
    struct stand *stand = stand_open(configs[0]);
    struct packed packed = pack(stand);
    uint64_t length = 0;
    struct json *header;
    struct error err = {0};

    (void)state;
    for (int i = 0; i < 8; i++)
        length |= (uint64_t)(unsigned char)packed.bytes[i] << (8 * i);
    assert_int_equal(length % 8, 0);
    assert_true(json_parse(&stand->arena, "header", packed.bytes + 8, length, &header, &err));
    const struct json *weight = json_get(header, "fc1/weight");
    assert_string_equal(json_get(weight, "dtype")->string, "F32");
    assert_near(json_at(json_get(weight, "shape"), 0)->number, 8, 0, 0);
    assert_near(json_at(json_get(weight, "shape"), 1)->number, 6, 0, 0);
    assert_near(json_at(json_get(weight, "data_offsets"), 1)->number, 8 * 6 * 4, 0, 0);
    assert_non_null(json_get(header, "optimizer/1/fc1/weight"));
    /* Numbers lie without gaps up to the end of the file. */
    double end = 0;
    for (const struct json *row = header->child->next; row; row = row->next) {
        assert_near(json_at(json_get(row, "data_offsets"), 0)->number, end, 0, 0);
        end = json_at(json_get(row, "data_offsets"), 1)->number;
    }
    assert_near(end, (double)(packed.length - 8 - length), 0, 0);
    stand_close(stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_moment_leads_to_the_same_bytes),
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(another_model_is_refused),
        cmocka_unit_test(layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
