/* Shapes and tensors. */
#include "check.h"

#include <mldbg/tensor.h>

static struct arena arena;

static int start(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void shapes_are_counted_and_printed(void **state)
{
    (void)state;
    const struct shape image = SHAPE(16, 4, 5), number = shape_make(0, NULL);
    const int64_t huge = (int64_t)1 << 40;
    const struct shape over = SHAPE(huge, huge), empty = SHAPE(huge, huge, 0);
    assert_int_equal(shape_count(&image), 320);
    assert_int_equal(shape_count(&number), 1);
    assert_int_equal(shape_count(&over), -1);
    assert_int_equal(shape_count(&empty), 0);
    assert_int_equal(shape_span(&image, 1, 3), 20);
    assert_int_equal(shape_span(&image, 0, 1), 16);
    assert_int_equal(shape_span(&image, 2, 2), 1);
    assert_string_equal(shape_print(&arena, &image, true), "16 x 4 x 5");
    assert_string_equal(shape_print(&arena, &image, false), "4 x 5");
    assert_string_equal(shape_print(&arena, &number, true), "a number");
    const struct shape rows = SHAPE(16);
    assert_string_equal(shape_print(&arena, &rows, false), "a number");
    const struct shape same = SHAPE(16, 4, 5), shorter = SHAPE(16, 4), turned = SHAPE(16, 5, 4);
    assert_true(shape_equal(&image, &same));
    assert_false(shape_equal(&image, &shorter));
    assert_false(shape_equal(&image, &turned));
}

static void types_have_names_and_sizes(void **state)
{
    (void)state;
    assert_string_equal(dtype_name(DTYPE_F32), "float32");
    assert_string_equal(dtype_name(DTYPE_F64), "float64");
    assert_string_equal(dtype_name(DTYPE_I32), "int32");
    assert_int_equal(dtype_size(DTYPE_F32), 4);
    assert_int_equal(dtype_size(DTYPE_F64), 8);
    assert_int_equal(dtype_size(DTYPE_I32), 4);
}

static void a_new_tensor_is_contiguous_zeros(void **state)
{
    (void)state;
    struct tensor tensor = tensor_make(&arena, DTYPE_F32, SHAPE(2, 3, 4), NULL);
    assert_true(tensor_is_contiguous(&tensor));
    assert_int_equal(tensor.stride[0], 12);
    assert_int_equal(tensor.stride[1], 4);
    assert_int_equal(tensor.stride[2], 1);
    assert_int_equal(tensor_bytes(&tensor), 96);
    assert_int_equal((uintptr_t)tensor.data % 64, 0);
    for (int64_t i = 0; i < 24; i++)
        assert_true(tensor_get(&tensor, i) == 0);
    assert_string_equal(tensor_index(&arena, &tensor, 23), "[1, 2, 3]");
    assert_string_equal(tensor_index(&arena, &tensor, 7), "[0, 1, 3]");
}

static void strides_are_followed(void **state)
{
    (void)state;
    double memory[6] = {0, 1, 2, 3, 4, 5};
    struct tensor turned = tensor_make(&arena, DTYPE_F64, SHAPE(3, 2), memory);
    turned.stride[0] = 1;
    turned.stride[1] = 3;
    assert_false(tensor_is_contiguous(&turned));
    const double expected[6] = {0, 3, 1, 4, 2, 5};
    for (int64_t i = 0; i < 6; i++)
        assert_true(tensor_get(&turned, i) == expected[i]);
    struct tensor labels = tensor_make(&arena, DTYPE_I32, SHAPE(6), NULL);
    tensor_convert(&labels, &turned);
    for (int i = 0; i < 6; i++)
        assert_int_equal(((int32_t *)labels.data)[i], (int)expected[i]);
    struct tensor floats = tensor_make(&arena, DTYPE_F32, SHAPE(2, 3), NULL);
    tensor_convert(&floats, &labels);
    assert_true(tensor_get(&floats, 1) == 3);
    tensor_set(&turned, 1, 42);
    assert_true(memory[3] == 42);
}

static void what_is_not_finite_is_found_everywhere(void **state)
{
    (void)state;
    const double bad[3] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (enum dtype dtype = DTYPE_F32; dtype <= DTYPE_F64; dtype++)
        for (int64_t i = 0; i < 35; i++) {
            struct tensor tensor = tensor_make(&arena, dtype, SHAPE(5, 7), NULL);
            assert_int_equal(tensor_first_nonfinite(&tensor), -1);
            tensor_set(&tensor, 34, bad[i % 3]);
            tensor_set(&tensor, i, bad[i % 3]);
            assert_int_equal(tensor_first_nonfinite(&tensor), i);
        }
    struct tensor view = tensor_make(&arena, DTYPE_F64, SHAPE(2, 2), (double[]){1, (double)NAN, 2, 3});
    view.stride[0] = 2;
    view.shape.size[1] = 1; /* the NaN lies between the rows */
    assert_int_equal(tensor_first_nonfinite(&view), -1);
    view.shape.size[1] = 2;
    view.stride[0] = 1;
    view.stride[1] = 2;
    assert_int_equal(tensor_first_nonfinite(&view), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shapes_are_counted_and_printed, start, stop),
        cmocka_unit_test_setup_teardown(types_have_names_and_sizes, start, stop),
        cmocka_unit_test_setup_teardown(a_new_tensor_is_contiguous_zeros, start, stop),
        cmocka_unit_test_setup_teardown(strides_are_followed, start, stop),
        cmocka_unit_test_setup_teardown(what_is_not_finite_is_found_everywhere, start, stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
