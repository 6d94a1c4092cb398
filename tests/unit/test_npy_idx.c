/* Arrays in npy and idx files: every type that is read, and every way to be damaged. */
#include "data_check.h"

#include "../../src/data/block.h"

static struct data data;

/* An npy file of version 1 with this header and body. */
static size_t npy(char *out, const char *header, const void *body, size_t size)
{
    size_t length = strlen(header);
    memcpy(out, "\x93NUMPY\1\0", 8);
    out[8] = (char)(length & 255);
    out[9] = (char)(length >> 8);
    memcpy(out + 10, header, length);
    memcpy(out + 10 + length, body, size);
    return 10 + length + size;
}

static bool read_npy(const char *header, const void *body, size_t size, struct block *block,
                     struct error *err)
{
    static char file[4096];
    struct bytes bytes = {file, npy(file, header, body, size)};
    memset(err, 0, sizeof *err);
    return npy_read("x.npy", bytes, block, err);
}

static void types(void **state)
{
    (void)state;
    struct block block;
    struct error err;
    static const float f4[] = {1.5F, -2};
    static const double f8[] = {1.5, -2};
    static const unsigned char u1[] = {200, 3}, b4[] = {0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0};
    static const int16_t i2[] = {-300, 300};
    static const int64_t i8[] = {-5, INT64_C(1) << 40};
    assert_true(read_npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", f4, 8, &block, &err));
    assert_int_equal(block.rows, 2);
    assert_int_equal(block.width, 1);
    assert_near(block_value(&block, 1, 0), -2, 0, 0);
    assert_true(
        read_npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }\n", f8, 16, &block, &err));
    assert_int_equal(block.width, 2);
    assert_near(block_value(&block, 0, 0), 1.5, 0, 0);
    assert_true(read_npy("{'shape': (2,), 'fortran_order': False, 'descr': '|u1'}", u1, 2, &block, &err));
    assert_near(block_value(&block, 0, 0), 200, 0, 0);
    assert_true(read_npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", b4, 8, &block, &err));
    assert_near(block_value(&block, 0, 0), 1.5, 0, 0);
    assert_near(block_value(&block, 1, 0), -2, 0, 0);
    assert_true(read_npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }", i2, 4, &block, &err));
    assert_near(block_value(&block, 0, 0), -300, 0, 0);
    assert_true(read_npy("{'descr': '<i8', 'fortran_order': True, 'shape': (2,), }", i8, 16, &block, &err));
    assert_near(block_value(&block, 1, 0), 1099511627776.0, 0, 0);
}

static void damaged_npy(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t size;
        const char *word;
    } rows[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 8, "cut off"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 8, "8 bytes follow"},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", 8, "Fortran order"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", 8, "pickled Python objects"},
        {"{'descr': '|S4', 'fortran_order': False, 'shape': (2,), }", 8, "byte strings"},
        {"{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }", 8, "text"},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8, "complex"},
        {"{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", 8, "a type that is not read"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", 8, "structured"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4, "single number"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }", 0, "0 data rows"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 8, "damaged"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8, "damaged"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", 8,
         "than can be counted"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,2), }", 8, "more than 6 axes"},
        {"{'descr': '<f4', 'fortran_order': False, }", 8, "damaged"},
        {"{'descr': '<f4', 'descr': '<f4', 'shape': (2,), }", 8, "damaged"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } import os", 8, "damaged"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)", 8, "damaged"},
        {"__import__('os').system('x')", 8, "damaged"},
        {"", 8, "damaged"},
    };
    static const float body[2];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct block block;
        struct error err;
        if (read_npy(rows[i].header, body, rows[i].size, &block, &err))
            fail_msg("accepted: %s", rows[i].header);
        if (!strstr(err.sentence, rows[i].word))
            fail_msg("%s: \"%s\" is missing in: %s", rows[i].header, rows[i].word, err.sentence);
        assert_int_equal(err.kind, ERROR_REQUEST);
    }
}

/* Every file that is cut off anywhere is refused. */
static void every_prefix(void **state)
{
    (void)state;
    static const float body[] = {1, 2};
    static char file[512];
    static const unsigned char idx[] = {0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 7, 9};
    struct block block;
    struct error err;
    size_t size = npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", body, sizeof body);
    for (size_t length = 0; length < size; length++) {
        char *copy = test_malloc(length + 1);
        memcpy(copy, file, length);
        assert_false(npy_read("x", (struct bytes){copy, length}, &block, &err));
        test_free(copy);
    }
    for (size_t length = 0; length < sizeof idx; length++) {
        char *copy = test_malloc(length + 1);
        memcpy(copy, idx, length);
        assert_false(idx_read("x", (struct bytes){copy, length}, &block, &err));
        test_free(copy);
    }
    assert_true(idx_read("x", (struct bytes){(const char *)idx, sizeof idx}, &block, &err));
    assert_near(block_value(&block, 0, 1), 9, 0, 0);
}

static void idx_images(void **state)
{
    struct fixture *f = *state;
    static const char images[] = "\0\0\x08\3"
                                 "\0\0\0\3"
                                 "\0\0\0\2"
                                 "\0\0\0\2"
                                 "abcdefghijkl";
    static const char labels[] = "\0\0\x08\1"
                                 "\0\0\0\3"
                                 "\7\2\7";
    data_write(f, "train-images", images, sizeof images - 1);
    data_write(f, "train-labels", labels, sizeof labels - 1);
    data_good(
        f, "{\"train\": \"train-images\", \"train_labels\": \"train-labels\", \"scale\": {\"divide\": 255}}",
        NULL, &data);
    assert_int_equal(data.inputs[0].shape.rank, 3);
    assert_int_equal(data.inputs[0].shape.size[0], 1);
    assert_int_equal(data.classes, 2);
    assert_string_equal(data.class_names[1], "7");
    assert_near((double)data_floats(&data, SPLIT_train, 0)[5], (double)(float)('f' / 255.0), 0, 0);
    data_bad(f, "{\"train\": \"train-images\"}", SAYS("where are the labels?", "train_labels"));
    data_write(f, "train-labels", labels, sizeof labels - 2);
    data_bad(f, "{\"train\": \"train-images\", \"train_labels\": \"train-labels\"}", SAYS("cut off"));
    data_write(f, "short",
               "\0\0\x08\1"
               "\0\0\0\2"
               "\7\2",
               10);
    data_bad(f, "{\"train\": \"train-images\", \"train_labels\": \"short\"}",
             SAYS("2 rows of labels", "3 rows"));
}

static void npy_files(void **state)
{
    struct fixture *f = *state;
    static char file[1024];
    static const float x[] = {1, 2, 3, 4, 5, 6}, y[] = {0.5F, 1.5F, 2.5F};
    float nan_x[] = {1, 2, 3, 4, 5, 6};
    nan_x[3] = (float)NAN;
    data_write(f, "x.npy", file,
               npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", x, sizeof x));
    data_write(f, "y.npy", file,
               npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", y, sizeof y));
    data_good(f, "{\"train\": \"x.npy\", \"train_labels\": \"y.npy\"}", NULL, &data);
    assert_false(data.classification);
    assert_near((double)data.splits[0].targets[2], 2.5, 0, 0);
    assert_all_near(data_floats(&data, SPLIT_train, 0), x, 6, 0, 0);
    assert_string_equal(data.splits[0].columns[1].name, "x1");
    data_write(f, "x.npy", file,
               npy(file, "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", nan_x, sizeof nan_x));
    data_bad(f, "{\"train\": \"x.npy\", \"train_labels\": \"y.npy\"}", SAYS("row 1, element 1 is nan"));
    data_bad(f, "{\"train\": \"none.npy\", \"train_labels\": \"y.npy\"}", SAYS("none.npy", "machine"));
    data_write(f, "x.gz", "\x1f\x8b\x08\0", 4);
    data_bad(f, "{\"train\": \"x.gz\", \"train_labels\": \"y.npy\"}", SAYS("gzip", "gunzip x.gz"));
    data_write(f, "x.npz", "PK\3\4abcd", 8);
    data_bad(f, "{\"train\": \"x.npz\", \"train_labels\": \"y.npy\"}", SAYS("zip", "unzip"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {T(types), T(damaged_npy), T(every_prefix), T(idx_images),
                                       T(npy_files)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
