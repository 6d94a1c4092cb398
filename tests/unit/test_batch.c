/* Batches: which rows, in which order, and what lands in the tensors; the one batch for memorizing; equal
 * rows. */
#include "data_check.h"

#include <mldbg/data/neighbours.h>

static struct data data;

static void load(struct fixture *f, int rows)
{
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n");
    for (int i = 0; i < rows; i++)
        text_print(&text, "%d,%d,%d\n", i, -i, i % 10 == 0 ? 2 : i % 2);
    data_text(f, "t.csv", text.at);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
}

static void in_order(void **state)
{
    load(*state, 25);
    int64_t rows[10], order[25] = {0};
    const struct dataset *set = &data.splits[0];
    assert_int_equal(dataset_batch_rows(set, 1, 0, 2, 10, false, false, order, rows), 5);
    assert_int_equal(rows[0], 20);
    assert_int_equal(rows[4], 24);
    assert_int_equal(dataset_batch_rows(set, 1, 0, 3, 10, false, false, order, rows), 0);
    assert_int_equal(dataset_batch_rows(set, 1, 0, 2, 10, false, true, order, rows), 0);
    assert_int_equal(dataset_batch_rows(set, 1, 0, INT64_MAX, 10, false, false, order, rows), 0);
}

static void shuffled(void **state)
{
    load(*state, 100);
    const struct dataset *set = &data.splits[0];
    int64_t order[100], other[100], rows[32], again[32], first[32];
    int met[100] = {0}, moved = 0;
    memset(order, 0x5a, sizeof order); /* any content */
    for (int64_t batch = 0, count;
         (count = dataset_batch_rows(set, 7, 3, batch, 32, true, false, order, rows)) > 0; batch++) {
        if (batch == 0)
            memcpy(first, rows, sizeof first);
        for (int64_t i = 0; i < count; i++) {
            met[rows[i]]++;
            moved += rows[i] != batch * 32 + i;
        }
        /* Any batch alone, with fresh memory, is the same. */
        memset(other, 0, sizeof other);
        assert_int_equal(dataset_batch_rows(set, 7, 3, batch, 32, true, false, other, again), count);
        assert_memory_equal(rows, again, (size_t)count * sizeof *rows);
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(met[i], 1);
    assert_true(moved > 80);
    /* Another epoch, another seed: other orders, with memory left from this one; and back again. */
    dataset_batch_rows(set, 7, 4, 0, 32, true, false, order, rows);
    assert_memory_not_equal(rows, first, sizeof first);
    dataset_batch_rows(set, 8, 3, 0, 32, true, false, order, rows);
    assert_memory_not_equal(rows, first, sizeof first);
    dataset_batch_rows(set, 7, 3, 0, 32, true, false, order, rows);
    assert_memory_equal(rows, first, sizeof first);
}

static void tensors(void **state)
{
    struct fixture *f = *state;
    load(f, 25);
    const int64_t rows[] = {20, 3, 3};
    struct tensor x = tensor_make(&f->arena, DTYPE_F32, SHAPE(3, 2), NULL);
    struct tensor wide = tensor_make(&f->arena, DTYPE_F64, SHAPE(3, 2), NULL);
    struct tensor ids = tensor_make(&f->arena, DTYPE_I32, SHAPE(3), NULL);
    struct tensor hot = tensor_make(&f->arena, DTYPE_F32, SHAPE(3, 3), NULL);
    struct tensor plain = tensor_make(&f->arena, DTYPE_F32, SHAPE(3, 1), NULL);
    struct tensor *inputs[] = {&x};
    static const float expected[] = {20, -20, 3, -3, 3, -3}, one_hot[] = {0, 0, 1, 0, 1, 0, 0, 1, 0};
    static const float signs[] = {-1, -1, 1, -1, 1, -1, -1, 1, -1}, numbers[] = {2, 1, 1};
    static const int32_t classes[] = {2, 1, 1};
    dataset_batch(&data, &data.splits[0], rows, 3, inputs, &ids, CODING_PLAIN);
    assert_memory_equal(x.data, expected, sizeof expected);
    assert_memory_equal(ids.data, classes, sizeof classes);
    inputs[0] = &wide;
    dataset_batch(&data, &data.splits[0], rows, 3, inputs, &hot, CODING_PLAIN);
    assert_all_near((double *)wide.data, expected, 6, 0, 0);
    assert_memory_equal(hot.data, one_hot, sizeof one_hot);
    dataset_batch(&data, &data.splits[0], rows, 3, inputs, &hot, CODING_SIGNED);
    assert_memory_equal(hot.data, signs, sizeof signs);
    dataset_batch(&data, &data.splits[0], rows, 3, inputs, &plain, CODING_PLAIN);
    assert_memory_equal(plain.data, numbers, sizeof numbers);
}

static void signed_pairs_and_targets(void **state)
{
    struct fixture *f = *state;
    const int64_t rows[] = {1, 0};
    data_text(f, "t.csv", "a,y\n1,0\n2,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    struct tensor target = tensor_make(&f->arena, DTYPE_F32, SHAPE(2), NULL);
    struct tensor x = tensor_make(&f->arena, DTYPE_F32, SHAPE(2, 1), NULL), *inputs[] = {&x};
    static const float signs[] = {1, -1}, values[] = {2.5F, 1.5F};
    dataset_batch(&data, &data.splits[0], rows, 2, inputs, &target, CODING_SIGNED);
    assert_memory_equal(target.data, signs, sizeof signs);
    data_text(f, "t.csv", "a,y\n1,1.5\n2,2.5\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    dataset_batch(&data, &data.splits[0], rows, 2, inputs, &target, CODING_PLAIN);
    assert_memory_equal(target.data, values, sizeof values);
}

static void one_batch(void **state)
{
    load(*state, 200); /* classes 0, 1, 2 with 80, 100 and 20 rows */
    const struct dataset *set = &data.splits[0];
    int64_t rows[300], other[300], met[3] = {0};
    assert_int_equal(dataset_pick(&data, set, 5, 30, rows), 30);
    for (int i = 0; i < 30; i++) {
        met[set->labels[rows[i]]]++;
        for (int k = 0; k < i; k++)
            assert_int_not_equal(rows[i], rows[k]);
    }
    for (int c = 0; c < 3; c++)
        assert_int_equal(met[c], 10);
    dataset_pick(&data, set, 5, 30, other);
    assert_memory_equal(rows, other, 30 * sizeof *rows);
    dataset_pick(&data, set, 6, 30, other);
    assert_memory_not_equal(rows, other, 30 * sizeof *rows);
    /* When the small class is used up the others go on; no more rows than there are. */
    memset(met, 0, sizeof met);
    assert_int_equal(dataset_pick(&data, set, 5, 300, rows), 200);
    for (int i = 0; i < 200; i++)
        met[set->labels[rows[i]]]++;
    assert_int_equal(met[2], 20);
    assert_int_equal(met[1], 100);
}

static void one_batch_of_targets(void **state)
{
    struct fixture *f = *state;
    int64_t rows[8], met[8] = {0};
    data_text(f, "t.csv", "a,y\n1,1.5\n2,2.5\n3,2.5\n4,2.5\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_int_equal(dataset_pick(&data, &data.splits[0], 1, 8, rows), 4);
    for (int i = 0; i < 4; i++)
        met[rows[i]]++;
    for (int i = 0; i < 4; i++)
        assert_int_equal(met[i], 1);
}

static void groups(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,b,c,y\n1,2,3,0\n1,2,4,1\n1,2,3,1\n1,2,4,1\n0,2,3,0\n");
    data_good(f,
              "{\"train\": \"t.csv\", \"label\": \"y\", \"inputs\": [{\"name\": \"u\", \"columns\": [\"a\", "
              "\"b\"]}, "
              "{\"name\": \"v\", \"columns\": [\"c\"]}]}",
              NULL, &data);
    const int64_t all[] = {0, 1, 2, 3, 4}, some[] = {3, 1, 4};
    int64_t group[5];
    static const int64_t expected[] = {0, 1, 0, 1, 2};
    assert_int_equal(dataset_groups(&data, &data.splits[0], all, 5, group), 3);
    assert_memory_equal(group, expected, sizeof expected);
    assert_int_equal(dataset_groups(&data, &data.splits[0], some, 3, group), 2);
    assert_int_equal(group[1], 0);
    assert_int_equal(group[2], 1);
    assert_int_equal(data.splits[0].duplicate_rows, 2);
    assert_int_equal(data.splits[0].conflicting_rows, 1);
    assert_int_equal(data.splits[0].unavoidable_rows, 1);
}

/* Of each input all rows but those of its most frequent label, whichever label comes first. */
static void unavoidable(void **state)
{
    struct fixture *f = *state;
    data_text(f, "t.csv", "a,y\n1,0\n1,1\n1,1\n2,0\n2,0\n3,0\n3,1\n3,2\n3,2\n4,1\n4,1\n");
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_int_equal(data.splits[0].duplicate_rows, 7);
    assert_int_equal(data.splits[0].unavoidable_rows, 3);
}

/* Two clouds far apart with one row of each on the wrong side: both are wrong, and nobody else. */
static void nearest(void **state)
{
    struct fixture *f = *state;
    struct neighbours found;
    struct text text;
    text_init(&text, &f->arena);
    text_add(&text, "a,b,y\n");
    for (int i = 0; i < 40; i++)
        text_print(&text, "%d,%d,%d\n", i * i % 23 + (i % 2) * 1000, i, i < 2 ? (i + 1) % 2 : i % 2);
    data_text(f, "t.csv", text.at);
    data_good(f, "{\"train\": \"t.csv\", \"label\": \"y\"}", NULL, &data);
    assert_true(data_neighbours(&data, &data.splits[0], 1, &found));
    assert_int_equal(found.rows, 40);
    assert_int_equal(found.classes, 2);
    assert_true(found.errors >= 2 && found.errors <= 6);
    load(f, 3000);
    assert_true(data_neighbours(&data, &data.splits[0], 1, &found));
    assert_int_equal(found.rows, 2000);
}

/* Errors of the nearest neighbour by definition: every pair, the earlier of equals. */
static int64_t errors_by_pairs(const struct dataset *set, int width, bool ids)
{
    const float *x = set->inputs[0].data;
    const int32_t *id = set->inputs[0].data;
    int64_t errors = 0;

    for (int64_t i = 0; i < set->rows; i++) {
        float best = (float)INFINITY;
        int32_t answer = -1;
        for (int64_t j = 0; j < set->rows; j++) {
            float far = 0;
            for (int k = 0; k < width; k++) {
                const int64_t a = i * width + k, b = j * width + k;
                far += ids ? (float)(id[a] != id[b]) : (x[a] - x[b]) * (x[a] - x[b]);
            }
            if (j != i && far < best) {
                best = far;
                answer = set->labels[j];
            }
        }
        errors += answer != set->labels[i];
    }
    return errors;
}

/* Blocks that are full, or not; more columns than are looked at in one stretch; numbers and indices. */
static void nearest_by_definition(void **state)
{
    static const int rows[] = {2, 3, 15, 16, 17, 33, 100}, widths[] = {1, 31, 32, 33, 70};
    struct fixture *f = *state;
    const struct random key = {.seed = 7};
    struct neighbours found;
    uint64_t draw = 0;

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
            for (int ids = 0; ids < 2; ids++) {
                struct data made = {.input_count = 1, .classification = true, .classes = 3};
                struct dataset *set = &made.splits[SPLIT_train];
                const enum dtype dtype = ids ? DTYPE_I32 : DTYPE_F32;

                made.inputs[0] = (struct data_input){.dtype = dtype, .shape = {1, {widths[w]}}};
                set->rows = rows[r];
                set->inputs[0] = tensor_make(&f->arena, dtype, (struct shape){2, {rows[r], widths[w]}}, NULL);
                set->labels = arena_array(&f->arena, (size_t)rows[r], sizeof *set->labels);
                for (int64_t i = 0; i < rows[r] * widths[w]; i++)
                    tensor_set(&set->inputs[0], i, (double)random_below(key, 0, draw++, 5));
                for (int i = 0; i < rows[r]; i++)
                    set->labels[i] = (int32_t)random_below(key, 0, draw++, 3);
                if (!ids && rows[r] > 2) /* near nobody */
                    tensor_set(&set->inputs[0], widths[w], (double)NAN);
                assert_true(data_neighbours(&made, set, 1, &found));
                assert_int_equal(found.rows, rows[r]);
                assert_int_equal(found.errors, errors_by_pairs(set, widths[w], ids));
            }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {
        T(in_order),  T(shuffled),
        T(tensors),   T(signed_pairs_and_targets),
        T(one_batch), T(one_batch_of_targets),
        T(groups),    T(unavoidable),
        T(nearest),   T(nearest_by_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
