/*
 * Kernels of several threads against those of one: the same bits where work is cut along what is written, at
 * odd sizes, at sizes below the number of threads, with NaN in the data. And whole trainings on several
 * threads: the same bytes each time.
 */
#include "kernel_check.h"

#include <time.h>

#include <mldbg/train.h>

#include "../../src/backend/cpu/crew.h"
#include "../../src/backend/cpu/deal.h"

enum { THREADS = 3 };

static const struct kernels *one, *several;
static double allowed; /* distance from the result of one thread; 0: the same bits */

/* n numbers with an infinity and a NaN among them, if there is room. */
static void *rough(int64_t n)
{
    void *x = noisy(one, n, 1);
    if (n > 40) {
        put(one, x, n / 3, (double)NAN);
        put(one, x, n - 2, (double)INFINITY);
    }
    return x;
}

static void compare(const void *a, const void *b, int64_t n, const char *what, int line)
{
    if (allowed == 0 && memcmp(a, b, (size_t)n * dtype_size(one->dtype)) == 0)
        return;
    for (int64_t i = 0; i < n; i++) {
        const double x = at(one, a, i), y = at(one, b, i);
        const bool same = isnan(x) ? isnan(y) : allowed > 0 && check_near(x, y, allowed, allowed);
        if (!same && !(x == y))
            fail_msg("line %d, %s %s: [%lld] is %.17g on one thread and %.17g on several", line, what,
                     dtype_name(one->dtype), (long long)i, x, y);
    }
}

/* Runs the call for k = one and k = several, each on its own copy y of the numbers in `from`. */
#define SAME(from, n, call)                                       \
    do {                                                          \
        const int64_t same_n = (n);                               \
        void *same_of[2];                                         \
        for (int s = 0; s < 2; s++) {                             \
            const struct kernels *k = s ? several : one;          \
            void *y = same_of[s] = copy_of(k, same_n, from);      \
            k->call;                                              \
        }                                                         \
        compare(same_of[0], same_of[1], same_n, #call, __LINE__); \
    } while (0)

static void for_both_types(void (*check)(void))
{
    static const enum dtype dtypes[] = {DTYPE_F32, DTYPE_F64};
    for (int i = 0; i < 2; i++) {
        static const char *const isas[] = {"avx512", "avx2", "generic"};
        int isa = 0;
        while (!backend_kernels(isas[isa], dtypes[i]))
            isa++;
        one = backend_kernels(isas[isa], dtypes[i]);
        several = backend_kernels_dealt(isas[isa], dtypes[i], THREADS);
        allowed = 0;
        deal_everything(true, true);
        const struct crew_counts before = crew_counts();
        check();
        release_guarded();
        assert_true(crew_counts().runs > before.runs);
    }
}

static const int64_t lengths[] = {0, 1, 2, 1023, 1025, 2048, 3077, 20011};

static void check_elements(void)
{
    const struct random key = {.seed = 3};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const int64_t n = lengths[i];
        void *a = rough(n), *b = rough(n), *c = rough(n);
        uint8_t mask[2][20011];
        SAME(c, n, fill(n, 0.25, y));
        SAME(c, n, axpby(n, 0.5, a, 0.25, y));
        for (int kind = 0; kind < UNARY_COUNT; kind++) {
            SAME(c, n, unary((enum unary)kind, 0.3, n, a, y));
            SAME(c, n, unary_grad((enum unary)kind, 0.3, n, a, b, c, true, y));
        }
        SAME(c, n, sum(n, a, b, y));
        SAME(c, n, product(n, a, b, true, y));
        SAME(c, n, penalty_grad(n, 0.1, 0.2, 3, a, true, y));
        SAME(c, n, dropout(n, 0.4, key, 5, 7, a, mask[s], y));
        assert_memory_equal(mask[0], mask[1], (size_t)n);
        SAME(c, n, dropout_grad(n, 0.4, mask[0], a, true, y));
        release_guarded();
    }
}

static void check_updates(void)
{
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        for (int kind = UPDATE_sgd; kind <= UPDATE_adadelta; kind++) {
            const int64_t n = lengths[i];
            const struct update_settings settings = {.kind = (enum update)kind,
                                                     .lr = 0.1,
                                                     .momentum = 0.9,
                                                     .beta1 = 0.9,
                                                     .beta2 = 0.99,
                                                     .alpha = 0.9,
                                                     .rho = 0.9,
                                                     .eps = 1e-3,
                                                     .weight_decay = 0.1,
                                                     .step = 3};
            void *w = noisy(one, n, 1), *g = noisy(one, n, 1), *bad = rough(n), *v = constant(one, n, 0.5);
            for (int slot = 0; slot < 2; slot++) {
                void *const two[] = {copy_of(one, n, v), copy_of(one, n, v), copy_of(one, n, v)};
                void *const other[] = {copy_of(one, n, v), copy_of(one, n, v), copy_of(one, n, v)};
                SAME(w, n, update(&settings, n, y, g, s ? two : other));
                compare(two[0], other[0], n, "slot", __LINE__);
            }
            void *const slots[] = {v, copy_of(one, n, v), copy_of(one, n, v)};
            assert_int_equal(several->update(&settings, n, w, g, slots), true);
            assert_int_equal(several->update(&settings, n, w, bad, slots), n <= 40);
            release_guarded();
        }
}

static void check_rows(void)
{
    static const int64_t sizes[][3] = {{0, 3, 5},  {1, 7, 1},    {2, 5, 3},   {2, 200, 1}, {7, 33, 2},
                                       {40, 9, 1}, {64, 130, 1}, {5, 3, 400}, {3, 1, 9},   {100, 64, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const int64_t o = sizes[i][0], n = sizes[i][1], in = sizes[i][2], all = o * n * in;
        void *a = rough(all), *b = rough(all), *c = rough(all), *channel = noisy(one, n, 1),
             *few = rough(o * in);
        SAME(c, all, add_channels(o, n, in, a, channel, y));
        SAME(channel, n, sum_channels(o, n, in, a, true, y));
        SAME(channel, n / 2, sum_some_channels(o, n / 2, in, n * in, a, true, y));
        SAME(few, o * in, mean(o, n, in, a, y));
        SAME(c, all, mean_grad(o, n, in, few, true, y));
        SAME(c, all, copy_rows(o, n, a, n * in, true, y, n * in));
        SAME(c, all, transpose(o, n, in, a, true, y));
        SAME(c, all, softmax(o, n, in, i % 2, a, y));
        SAME(c, all, softmax_grad(o, n, in, i % 2, a, b, true, y));
        release_guarded();
    }
}

static void check_tables(void)
{
    enum { ROWS = 700, ENTRIES = 13, WIDTH = 5 };
    int32_t index[ROWS];
    void *table = rough(ENTRIES * WIDTH), *rows = rough(ROWS * WIDTH);
    for (int i = 0; i < ROWS; i++)
        index[i] = i * 7 % (ENTRIES + 2) - 1;
    SAME(rows, ROWS * WIDTH, gather(ROWS, WIDTH, ENTRIES, index, table, y));
    SAME(table, ENTRIES * WIDTH, scatter_add(ROWS, WIDTH, ENTRIES, index, rows, y));
    SAME(table, 2 * WIDTH, scatter_add(ROWS, WIDTH, 2, index, rows, y));
}

static void check_norms(void)
{
    static const int64_t sizes[][3] = {{3, 2, 1}, {5, 70, 1}, {4, 3, 7}, {9, 200, 1}, {2, 33, 20}, {6, 1, 5}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const int64_t o = sizes[i][0], c = sizes[i][1], in = sizes[i][2], all = o * c * in;
        struct batchnorm norm = {.outer = o, .channels = c, .inner = in, .eps = 1e-5, .momentum = 0.1};
        void *x = noisy(one, all, 1), *dy = rough(all), *gamma = noisy(one, c, 1), *beta = noisy(one, c, 1);
        for (int training = 0; training < 2; training++) {
            norm.training = training;
            void *mean = noisy(one, c, 1), *variance = constant(one, c, 2), *m = blank(one, c),
                 *r = blank(one, c);
            SAME(x, all,
                 batchnorm(&norm, x, gamma, beta, copy_of(k, c, mean), copy_of(k, c, variance), m, r, y));
            SAME(mean, c,
                 batchnorm(&norm, x, NULL, NULL, y, copy_of(k, c, variance), m, r, copy_of(k, all, x)));
            SAME(x, all, batchnorm_grad(&norm, x, gamma, m, r, dy, true, y, false, NULL, NULL));
            SAME(gamma, c, batchnorm_grad(&norm, x, gamma, m, r, dy, true, NULL, true, y, blank(k, c)));
        }
        void *m = blank(one, o * in), *r = blank(one, o * in);
        SAME(x, all, layernorm(o * in, c, 1e-5, x, gamma, beta, m, r, y));
        SAME(x, all, layernorm_grad(o * in, c, x, gamma, m, r, dy, true, y, false, NULL, NULL));
        SAME(gamma, c, layernorm_grad(o * in, c, x, gamma, m, r, dy, true, NULL, true, y, blank(k, c)));
        SAME(gamma, c,
             layernorm_grad(o * in, c, x, gamma, m, r, dy, true, copy_of(k, all, x), true, blank(k, c), y));
        release_guarded();
    }
}

static void check_images(void)
{
    for (int64_t batch = 0; batch < 8; batch += batch < 3 ? 1 : 4)
        for (int64_t stride = 1; stride < 3; stride++) {
            const struct conv conv = {batch,
                                      4,
                                      9,
                                      7,
                                      6,
                                      (9 + 2 - 3) / stride + 1,
                                      (7 + 2 - 3) / stride + 1,
                                      3,
                                      3,
                                      stride,
                                      stride,
                                      1,
                                      1,
                                      1,
                                      1,
                                      stride};
            const int64_t in = batch * 4 * 9 * 7, out = batch * 6 * conv.out_h * conv.out_w,
                          w_size = 6 * 4 / stride * 9;
            void *x = rough(in), *w = noisy(one, w_size, 1), *b = noisy(one, 6, 1), *dy = noisy(one, out, 1);
            void *workspace = blank(one, several->conv_workspace(&conv));
            SAME(dy, out, conv_forward(&conv, x, w, b, y, workspace));
            SAME(x, in, conv_grad_input(&conv, w, dy, true, y, workspace));
            allowed = near(one, 1e-4, 1e-12); /* added up by parts */
            for (int add = 0; add < 2; add++)
                SAME(w, w_size, conv_grad_weight(&conv, x, dy, add, y, workspace));
            allowed = 0;
            const struct pool pool = {batch * 4, 9, 7, 4, 3, 2 + stride % 2, 2, 2, 2, stride % 2, 0, true};
            const int64_t pooled = batch * 4 * 4 * 3;
            int32_t winner[2][8 * 4 * 4 * 3];
            void *small = noisy(one, pooled, 1);
            SAME(small, pooled, maxpool(&pool, x, y, winner[s]));
            assert_memory_equal(winner[0], winner[1], (size_t)pooled * sizeof winner[0][0]);
            SAME(x, in, maxpool_grad(&pool, winner[0], small, true, y));
            SAME(x, in, maxpool_grad(&pool, winner[0], small, false, y));
            SAME(small, pooled, avgpool(&pool, x, y));
            SAME(x, in, avgpool_grad(&pool, small, true, y));
            release_guarded();
        }
}

static void check_sums(void)
{
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        const int64_t n = lengths[i];
        void *a = rough(n), *b = noisy(one, n, 1), *c = noisy(one, n, 1);
        struct statistics s[2];
        struct size size[2];
        struct magnitude magnitude[2];
        for (int t = 0; t < 2; t++) {
            const struct kernels *k = t ? several : one;
            k->statistics(n, a, &s[t]), k->size(n, a, &size[t]), k->magnitude(n, a, &magnitude[t]);
        }
        assert_int_equal(s[0].count, s[1].count);
        assert_int_equal(s[0].zeros, s[1].zeros);
        assert_int_equal(s[0].nonfinite, s[1].nonfinite);
        assert_int_equal(s[0].first_nonfinite, s[1].first_nonfinite);
        assert_int_equal(size[0].nonfinite, size[1].nonfinite);
        assert_int_equal(magnitude[0].nonfinite, magnitude[1].nonfinite);
        assert_near(s[1].sum, s[0].sum, 1e-12, 1e-12);
        assert_near(s[1].sum_squares, s[0].sum_squares, 1e-12, 0);
        assert_near(s[1].largest, s[0].largest, 0, 0);
        if (s[0].nonfinite < n) {
            assert_near(s[1].least, s[0].least, 0, 0);
            assert_near(s[1].most, s[0].most, 0, 0);
        }
        assert_near(size[1].sum_squares, size[0].sum_squares, 1e-12, 0);
        assert_near(size[1].largest, size[0].largest, 0, 0);
        assert_near(magnitude[1].sum_squares, magnitude[0].sum_squares, 1e-12, 0);
        assert_near(magnitude[1].largest, magnitude[0].largest, 0, 0);
        assert_near(several->dot(n, b, c), one->dot(n, b, c), 1e-12, 1e-12);
        assert_near(several->distance(n, b, c), one->distance(n, b, c), 1e-12, 0);
        assert_near(several->penalty(n, 0.1, 0.2, b), one->penalty(n, 0.1, 0.2, b), 1e-12, 0);
        assert_int_equal(several->count_beyond(n, -0.5, 0.5, a), one->count_beyond(n, -0.5, 0.5, a));
        assert_int_equal(several->first_nonfinite(n, a), one->first_nonfinite(n, a));
        assert_int_equal(several->first_nonfinite(n, b), -1);
        if (n > 40)
            assert_true(isnan(several->dot(n, a, c)) && isnan(several->distance(n, a, c)));
        release_guarded();
    }
}

static void check_products(void)
{
    static const int64_t sizes[][3] = {{1, 1, 1},   {2, 300, 5},  {300, 2, 7}, {33, 17, 65},
                                       {64, 65, 9}, {17, 200, 3}, {0, 5, 3},   {48, 48, 0}};
    allowed = near(one, 1e-4, 1e-12);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int kind = 0; kind < 8; kind++) {
            const int64_t m = sizes[i][0], n = sizes[i][1], p = sizes[i][2];
            const bool trans_a = kind & 1, trans_b = kind & 2;
            const struct gemm gemm = {trans_a,
                                      trans_b,
                                      m,
                                      n,
                                      p,
                                      trans_a ? m + 1 : p + 1,
                                      trans_b ? p + 2 : n + 2,
                                      n + 3,
                                      0.5,
                                      kind & 4 ? 2 : 0,
                                      1 + kind % 3,
                                      1 + kind / 2 % 2,
                                      (trans_a ? p : m) * 700,
                                      5,
                                      (trans_b ? n : p) * 700,
                                      3,
                                      m * (n + 3) * 3,
                                      m * (n + 3)};
            const int64_t a_size = (trans_a ? p : m) * 2400 + 400, b_size = (trans_b ? n : p) * 2400 + 400,
                          c_size = m * (n + 3) * 12;
            void *a = noisy(one, a_size, 1), *b = noisy(one, b_size, 1), *c = noisy(one, c_size, 1);
            SAME(c, c_size, gemm(&gemm, a, b, y));
            release_guarded();
        }
}

#define KERNEL_TEST(name, check)   \
    static void name(void **state) \
    {                              \
        (void)state;               \
        for_both_types(check);     \
    }
KERNEL_TEST(elements_have_the_same_bits, check_elements)
KERNEL_TEST(updates_have_the_same_bits, check_updates)
KERNEL_TEST(rows_have_the_same_bits, check_rows)
KERNEL_TEST(tables_have_the_same_bits, check_tables)
KERNEL_TEST(norms_have_the_same_bits, check_norms)
KERNEL_TEST(images_have_the_same_bits_but_for_the_weights, check_images)
KERNEL_TEST(sums_differ_in_the_last_digits_only, check_sums)
KERNEL_TEST(products_differ_in_the_last_digits_only, check_products)

/* ---- Whole trainings ---- */

static const char *const CONFIG =
    "{\"data\": {\"train\": {\"generator\": \"clusters\", \"rows\": 300, \"features\": 64, \"classes\": 3, "
    "\"informative\": 8, \"sep\": 2}}, \"model\": ["
    "{\"type\": \"reshape\", \"shape\": [1, 8, 8]}, {\"type\": \"conv2d\", \"out_channels\": 5, "
    "\"kernel_size\": 3},"
    "{\"type\": \"batchnorm\"}, {\"type\": \"relu\"}, {\"type\": \"maxpool2d\", \"kernel_size\": 2},"
    "{\"type\": \"flatten\"}, {\"type\": \"dropout\", \"p\": 0.2}, {\"type\": \"linear\", \"out_features\": "
    "150},"
    "{\"type\": \"gelu\"}, {\"type\": \"layernorm\"}, {\"type\": \"linear\", \"out_features\": 3}],"
    "\"optimizer\": {\"type\": \"sgd\", \"lr\": 0.02, \"momentum\": 0.9}}";

enum { BATCH = 37, STEPS = 25 };

/* Trains and returns the parameters, in an array of the arena. */
static float *train(struct arena *arena, const struct kernels *f32, const struct kernels *f64, int64_t *count)
{
    const struct backend backend = {.name = "cpu", .kernels = {[DTYPE_F32] = f32, [DTYPE_F64] = f64}};
    struct config *config = arena_alloc(arena, sizeof *config);
    struct data *data = arena_alloc(arena, sizeof *data);
    struct trainer *trainer = arena_alloc(arena, sizeof *trainer);
    int64_t *rows = arena_array(arena, BATCH, sizeof *rows);
    struct problems problems;
    struct json *document;
    struct error err = {0};
    struct moment moment;

    problems_init(&problems, arena);
    assert_true(json_parse(arena, "test.json", CONFIG, strlen(CONFIG), &document, &err));
    config_parse(arena, "test.json", CONFIG, document, config, &problems);
    for (size_t i = 0; i < problems.count; i++)
        fail_msg("%s", problems.at[i].sentence);
    assert_true(data_load(arena, config->data, 1, NULL, data, &problems));
    config_bind(config, data);
    assert_true(trainer_init(trainer, arena, config, data, &backend, DTYPE_F32, 1, BATCH, &problems));
    for (int i = 0; i < STEPS; i++) {
        dataset_pick(data, &data->splits[SPLIT_train], (uint64_t)i, BATCH, rows);
        trainer_load(trainer, &data->splits[SPLIT_train], rows, BATCH);
        trainer_step(trainer, &moment);
        assert_true(moment.finite);
    }
    *count = trainer->model.parameters.length;
    return trainer->model.parameters.value;
}

static void trainings_repeat_to_the_byte(void **state)
{
    struct arena arena;
    const struct backend *alone;
    struct error err = {0};
    int64_t count;

    (void)state;
    arena_init(&arena, "test");
    assert_true(backend_cpu(1, &alone, &err));
    const char *isa = alone->kernels[DTYPE_F32]->isa;
    const float *serial = train(&arena, alone->kernels[DTYPE_F32], alone->kernels[DTYPE_F64], &count);
    for (int threads = 2; threads <= 3; threads++) {
        const struct kernels *f32 = backend_kernels_dealt(isa, DTYPE_F32, threads),
                             *f64 = backend_kernels_dealt(isa, DTYPE_F64, threads);
        deal_everything(true, true);
        const float *first = train(&arena, f32, f64, &count);
        for (int i = 0; i < 4; i++) {
            const float *again = train(&arena, f32, f64, &count);
            assert_memory_equal(first, again, (size_t)count * sizeof *first);
        }
        assert_all_near(first, serial, count, 0, 1e-3);
    }
    arena_release(&arena);
}

/* Nobody is woken for a network whose step takes a fraction of a millisecond. */
static void a_small_training_stays_on_one_thread(void **state)
{
    struct arena arena;
    const struct backend *two;
    struct error err = {0};
    int64_t count;

    (void)state;
    arena_init(&arena, "test");
    assert_true(backend_cpu(2, &two, &err));
    deal_everything(false, false);
    const struct timespec moment = {.tv_nsec = 1000000};
    while (crew_counts().asleep < crew_counts().others)
        nanosleep(&moment, NULL);
    const struct crew_counts before = crew_counts();
    train(&arena, two->kernels[DTYPE_F32], two->kernels[DTYPE_F64], &count);
    assert_int_equal(crew_counts().runs, before.runs);
    arena_release(&arena);
}

static void there_is_one_number_of_threads(void **state)
{
    const struct backend *backend = NULL, *again = NULL;
    struct error err = {0};

    (void)state;
    assert_true(backend_cpu(2, &backend, &err));
    assert_true(backend_cpu(2, &again, &err));
    assert_ptr_equal(backend, again);
    assert_false(backend_cpu(3, &again, &err));
    assert_int_equal(err.kind, ERROR_REQUEST);
    assert_non_null(strstr(err.sentence, "2 threads"));
    assert_true(backend_cpu(1, &again, &err));
    assert_true(again != backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_training_stays_on_one_thread),
        cmocka_unit_test(there_is_one_number_of_threads),
        cmocka_unit_test(elements_have_the_same_bits),
        cmocka_unit_test(updates_have_the_same_bits),
        cmocka_unit_test(rows_have_the_same_bits),
        cmocka_unit_test(tables_have_the_same_bits),
        cmocka_unit_test(norms_have_the_same_bits),
        cmocka_unit_test(images_have_the_same_bits_but_for_the_weights),
        cmocka_unit_test(sums_differ_in_the_last_digits_only),
        cmocka_unit_test(products_differ_in_the_last_digits_only),
        cmocka_unit_test(trainings_repeat_to_the_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
