/* Generators: every one of them makes what it says, the same for the same seed; and the expressions of
 * func1d. */
#include "data_check.h"

#include "../../src/data/expression.h"

static struct data data;

static const struct generator *find(const char *name)
{
    return ENTRY_OF(catalog_find(&generator_catalog, name), struct generator);
}

/* Those that have something to say without settings. */
static bool make(struct fixture *f, const struct generator *generator, int64_t rows, uint64_t seed,
                 struct generated *out)
{
    struct error err = {0};
    void *settings = arena_alloc(&f->arena, generator->settings_size);
    options_default(&f->arena, &generator->options, settings);
    if (generator->rows == 0)
        return false;
    if (!generator->make(&f->arena, settings, rows, seed, out, &err))
        fail_msg("%s: %s", generator->entry.name, err.sentence);
    return true;
}

static void all_of_them(void **state)
{
    struct fixture *f = *state;
    assert_true(generator_catalog.count >= 26);
    for (size_t g = 0; g < generator_catalog.count; g++) {
        const struct generator *generator = ENTRY_OF(generator_catalog.at[g], struct generator);
        struct generated one, again, other;
        assert_true(strlen(generator->entry.summary) <= 72);
        if (!make(f, generator, 50, 1, &one))
            continue;
        make(f, generator, 50, 1, &again);
        make(f, generator, 50, 2, &other);
        assert_int_equal(one.rows, 50);
        size_t width = (size_t)shape_count(&one.shape),
               answers = one.classes > 0 ? 1 : (size_t)one.target_width;
        assert_memory_equal(one.x, again.x, 50 * width * sizeof(double));
        assert_memory_equal(one.y, again.y, 50 * answers * sizeof(double));
        if (strcmp(generator->entry.name, "constants") != 0)
            assert_memory_not_equal(one.x, other.x, 50 * width * sizeof(double));
        for (size_t i = 0; i < 50 * width; i++)
            assert_true(isfinite(one.x[i]));
        for (size_t i = 0; i < 50 * answers; i++) {
            assert_true(isfinite(one.y[i]));
            if (one.classes > 0)
                assert_true(one.y[i] >= 0 && one.y[i] < (double)one.classes && one.y[i] == floor(one.y[i]));
            if (one.integer && i < 50 * width)
                assert_true(one.x[i] >= 0 && one.x[i] < (double)one.index_count);
        }
    }
}

static void rules_hold(void **state)
{
    struct fixture *f = *state;
    struct generated g;
    make(f, find("adding"), 30, 1, &g);
    for (int i = 0; i < 30; i++) {
        double sum = 0, marks = 0;
        for (int k = 0; k < 20; k++) {
            sum += g.x[40 * i + 2 * k] * g.x[40 * i + 2 * k + 1];
            marks += g.x[40 * i + 2 * k + 1];
        }
        assert_near(marks, 2, 0, 0);
        assert_near(g.y[i], sum, 1e-12, 0);
    }
    make(f, find("seqdigits"), 30, 1, &g);
    for (int i = 0; i < 30; i++)
        assert_near(g.y[i], g.x[8 * i + 7] >= 5, 0, 0);
    make(f, find("bits_mod7"), 30, 1, &g);
    for (int i = 0; i < 30; i++) {
        double value = 0, rest = 0;
        for (int k = 0; k < 20; k++) {
            value = 2 * value + g.x[20 * i + k];
            rest = 2 * rest + g.y[20 * i + k];
        }
        assert_near(rest, fmod(value, 7), 0, 0);
    }
    make(f, find("linear3"), 10, 1, &g);
    assert_near(g.y[3], 2 * g.x[9] + g.x[10] + 0.5 * g.x[11] + 2.2, 1e-12, 0);
    make(f, find("average2"), 10, 1, &g);
    assert_near(g.y[3], (g.x[6] + g.x[7]) / 2, 0, 0);
    make(f, find("col1"), 10, 1, &g);
    assert_near(g.y[3], g.x[91], 0, 0);
    make(f, find("sines"), 10, 1, &g);
    for (int i = 0; i < 10; i++) /* a sine obeys x[k+1] = c x[k] - x[k-1] */
        assert_near(g.y[i],
                    (g.x[20 * i + 19] + g.x[20 * i + 17]) / g.x[20 * i + 18] * g.x[20 * i + 19] -
                        g.x[20 * i + 18],
                    1e-6, 1e-6);
}

/* Neighbours counted the slow way. */
static void life(void **state)
{
    struct generated g;
    make(*state, find("life"), 20, 1, &g);
    assert_int_equal(shape_count(&g.shape), 100);
    assert_int_equal(g.target_width, 64);
    for (int row = 0; row < 20; row++)
        for (int y = 1; y <= 8; y++)
            for (int x = 1; x <= 8; x++) {
                int around = 0;
                for (int k = 0; k < 9; k++)
                    around += k != 4 && g.x[row * 100 + (y + k / 3 - 1) * 10 + x + k % 3 - 1] == 1;
                bool alive = g.x[row * 100 + y * 10 + x] == 1;
                assert_near(g.y[row * 64 + (y - 1) * 8 + x - 1], around == 3 || (alive && around == 2), 0, 0);
            }
}

static void words_of_a_class(void **state)
{
    struct fixture *f = *state;
    data_good(f,
              "{\"train\": {\"generator\": \"tokens\", \"rows\": 6000, \"vocab\": 10, \"classes\": 3, "
              "\"len\": 20, \"boost\": 5}}",
              NULL, &data);
    const int32_t *x = data.splits[0].inputs[0].data;
    double count[3][10] = {{0}};
    for (int i = 0; i < 6000; i++)
        for (int k = 0; k < 20; k++)
            count[i % 3][x[20 * i + k]]++;
    /* Class 0 owns 0, 3, 6, 9: 4 words of weight 5 among 26. */
    for (int w = 0; w < 10; w++)
        assert_near(count[0][w] / 40000, w % 3 == 0 ? 5.0 / 26 : 1.0 / 26, 0.12, 0);
    for (int w = 0; w < 10; w++)
        assert_near(count[1][w] / 40000, w % 3 == 1 ? 5.0 / 22 : 1.0 / 22, 0.12, 0);
    assert_int_equal(data.inputs[0].index_count, 10);
}

static void splits_continue(void **state)
{
    struct fixture *f = *state;
    data_good(f,
              "{\"train\": {\"generator\": \"patterns\", \"rows\": 30}, \"val\": {\"generator\": "
              "\"patterns\", \"rows\": 30}, "
              "\"test\": {\"generator\": \"patterns\", \"rows\": 10, \"seed\": 1}}",
              NULL, &data);
    assert_int_equal(data.splits[SPLIT_val].shared_rows, 0);
    assert_int_equal(data.splits[SPLIT_val].rows, 30);
    assert_int_equal(data.splits[SPLIT_test].rows, 10);
    data_good(f,
              "{\"train\": {\"generator\": \"patterns\", \"rows\": 60, \"leak\": true}, \"split\": {\"val\": "
              "0.2, \"shuffle\": false}}",
              NULL, &data);
    assert_int_equal(data.splits[SPLIT_val].shared_rows, 12);
}

static void listed_rows(void **state)
{
    struct fixture *f = *state;
    data_good(f,
              "{\"train\": {\"generator\": \"rows\", \"x\": [[0, 0], [0, 1], [1, 0], [1, 1]], \"y\": [1, 0, "
              "0, 1]}}",
              NULL, &data);
    assert_int_equal(data.classes, 2);
    assert_int_equal(data.splits[0].labels[3], 1);
    data_good(f, "{\"train\": {\"generator\": \"rows\", \"x\": [1, 2], \"y\": [[1, 2.5], [3, 4]]}}", NULL,
              &data);
    assert_int_equal(data.target_width, 2);
    assert_near((double)data.splits[0].targets[1], 2.5, 0, 0);
    data_bad(f, "{\"train\": {\"generator\": \"rows\", \"x\": [[1, 2], [3]], \"y\": [0, 1]}}",
             SAYS("row 1 of \"x\" is not like the first one"));
    data_bad(f, "{\"train\": {\"generator\": \"rows\", \"x\": [1, 2], \"y\": [0]}}",
             SAYS("2 rows, but \"y\" has 1"));
    data_bad(f, "{\"train\": {\"generator\": \"rows\", \"x\": [1, \"a\"], \"y\": [0, 1]}}", SAYS("row 1"));
    data_bad(f, "{\"train\": {\"generator\": \"clusters\", \"classes\": 9, \"features\": 3}}",
             SAYS("too few corners"));
    data_bad(f, "{\"train\": {\"generator\": \"linreg\", \"features\": 3, \"reshape\": [2, 2]}}",
             SAYS("reshape holds 4"));
}

static void expressions(void **state)
{
    static const struct {
        const char *text;
        double x, value;
    } rows[] = {
        {"x**2+3", -3, 12},
        {"5*x**2", 2, 20},
        {"100*x+0.01", 1, 100.01},
        {"-x**2", 3, -9},
        {"2**3**2", 0, 512},
        {"2**-1", 0, 0.5},
        {"(1+2)*3-4/2", 0, 7},
        {"8-3-2", 0, 3},
        {" sin( x ) + cos(0)", 0, 1},
        {"exp(log(x))", 5, 5},
        {"sqrt(abs(x))", -16, 4},
        {"1.5e-3*x", 2, 0.003},
        {"--x", 2, 2},
        {"2*pi", 0, 6.283185307179586},
    };
    static const char *const bad[] = {
        "",    "x+",   "(x",
        "x)",  "y",    "sin x",
        "x x", "1..2", "os.system(1)",
        "x^2", "**x",  "((((((((((((((((((((((((((((((((((((((((x))))))))))))))))))))))))))))))))))))))))"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        const struct expression *expression = expression_read(&f->arena, rows[i].text, &err);
        if (!expression)
            fail_msg("%s: %s", rows[i].text, err.sentence);
        assert_near(expression_value(expression, rows[i].x), rows[i].value, 1e-12, 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        if (expression_read(&f->arena, bad[i], &err))
            fail_msg("accepted: %s", bad[i]);
        assert_true(strlen(err.sentence) > 0);
    }
    /* A long chain needs no deep stack; a long nest to the right is refused. */
    data_bad(f, "{\"train\": {\"generator\": \"func1d\", \"expr\": \"1/x\", \"lo\": 0, \"hi\": 1}}",
             SAYS("no finite value"));
    data_bad(f, "{\"train\": {\"generator\": \"func1d\", \"expr\": \"x+\"}}", SAYS("func1d", "character"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, data_setup, data_teardown)
    const struct CMUnitTest tests[] = {T(all_of_them),     T(rules_hold),  T(life),       T(words_of_a_class),
                                       T(splits_continue), T(listed_rows), T(expressions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
