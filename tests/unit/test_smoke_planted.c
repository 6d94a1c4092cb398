/*
 * mldbg smoke, the whole command: against a golden file that a sound program wrote, a sign error in the
 * backward of an operator, a learning rate that is five times smaller and a changed layer fail with a
 * sentence that names them. The sign error is planted in the kernel table, behind the operator's back.
 */
#include "check.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mldbg/backend.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>

static struct arena arena;
static char folder[] = "/tmp/mldbg-planted-XXXXXX";
static const struct kernels *sound[DTYPE_COUNT];
static struct kernels planted[DTYPE_COUNT];

/* ---- What is planted ---- */

static const struct kernels *sound_of(bool single)
{
    return sound[single ? DTYPE_F32 : DTYPE_F64];
}

/* Numbers of both kinds with the sign turned; the sound kernel has written them without adding. */
static void wrong_sign(bool single, int64_t n, void *x)
{
    for (int64_t i = 0; i < n; i++)
        if (single)
            ((float *)x)[i] = -((float *)x)[i];
        else
            ((double *)x)[i] = -((double *)x)[i];
}

static void unary_grad(bool single, enum unary kind, double a, int64_t n, const void *x, const void *y,
                       const void *dy, bool add, void *dx)
{
    sound_of(single)->unary_grad(kind, a, n, x, y, dy, add, dx);
    if (!add)
        wrong_sign(single, n, dx);
}

static void unary_grad_f32(enum unary kind, double a, int64_t n, const void *x, const void *y, const void *dy,
                           bool add, void *dx)
{
    unary_grad(true, kind, a, n, x, y, dy, add, dx);
}

static void unary_grad_f64(enum unary kind, double a, int64_t n, const void *x, const void *y, const void *dy,
                           bool add, void *dx)
{
    unary_grad(false, kind, a, n, x, y, dy, add, dx);
}

static void sum_channels_f32(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *db)
{
    sound_of(true)->sum_channels(outer, n, inner, dy, add, db);
    if (!add)
        wrong_sign(true, n, db);
}

static void sum_channels_f64(int64_t outer, int64_t n, int64_t inner, const void *dy, bool add, void *db)
{
    sound_of(false)->sum_channels(outer, n, inner, dy, add, db);
    if (!add)
        wrong_sign(false, n, db);
}

/* The table of the CPU, which is constant to all others. */
static struct backend *table(void)
{
    const struct backend *cpu;
    struct backend *open;
    struct error err;

    assert_true(backend_cpu(1, &cpu, &err));
    memcpy(&open, &cpu, sizeof open);
    return open;
}

enum { PLANT_nothing, PLANT_activation, PLANT_bias };

static void plant(int what)
{
    struct backend *cpu = table();

    for (int d = DTYPE_F32; d <= DTYPE_F64; d++) {
        bool single = d == DTYPE_F32;

        if (!sound[d])
            sound[d] = cpu->kernels[d];
        planted[d] = *sound[d];
        if (what == PLANT_activation)
            planted[d].unary_grad = single ? unary_grad_f32 : unary_grad_f64;
        if (what == PLANT_bias)
            planted[d].sum_channels = single ? sum_channels_f32 : sum_channels_f64;
        cpu->kernels[d] = what == PLANT_nothing ? sound[d] : &planted[d];
    }
}

/* ---- The command ---- */

static const char *path(const char *name)
{
    return arena_print(&arena, "%s/%s", folder, name);
}

static void write_config(const char *rate, const char *activation, int width)
{
    struct error err;
    const char *text = arena_print(
        &arena,
        "{\"data\": {\"train\": {\"generator\": \"blobs\", \"rows\": 60, \"std\": 0.5}}, \"model\": [\n"
        "{\"type\": \"linear\", \"out_features\": %d, \"name\": \"hidden\"}, {\"type\": \"%s\"},\n"
        "{\"type\": \"linear\", \"out_features\": 3, \"name\": \"out\"}],\n"
        "\"optimizer\": {\"type\": \"adam\", \"lr\": %s}}\n",
        width, activation, rate);

    assert_true(file_write(path("config.json"), text, strlen(text), true, &err));
}

/* Exit status; *out receives the report as one line of words. */
static int smoke(bool update, const char **out)
{
    const char *const arguments[] = {"smoke", path("config.json"), "--golden", path("golden.json"),
                                     update ? "--update" : "--quiet"};
    struct text text;
    int status;

    text_init(&text, &arena);
    status = invoke(&arena, 5, arguments, &text);
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] == '\n')
            text.at[i] = ' ';
    struct text words;
    text_init(&words, &arena);
    for (size_t i = 0; i < text.length; i++)
        if (text.at[i] != ' ' || (i > 0 && text.at[i - 1] != ' '))
            text_add_bytes(&words, text.at + i, 1);
    *out = words.at ? words.at : "";
    return status;
}

static void assert_says(const char *report, const char *words)
{
    if (!strstr(report, words))
        fail_msg("expected \"%s\" in: %s", words, report);
}

static int setup(void **state)
{
    const char *report;

    (void)state;
    arena_init(&arena, "test");
    if (!mkdtemp(folder))
        return -1;
    plant(PLANT_nothing);
    write_config("0.01", "tanh", 16);
    return smoke(true, &report);
}

static int teardown(void **state)
{
    (void)state;
    plant(PLANT_nothing);
    (void)unlink(path("config.json"));
    (void)unlink(path("golden.json"));
    (void)rmdir(folder);
    arena_release(&arena);
    return 0;
}

static int restore(void **state)
{
    (void)state;
    plant(PLANT_nothing);
    write_config("0.01", "tanh", 16);
    return 0;
}

static void nothing_planted_passes(void **state)
{
    const char *report;

    (void)state;
    assert_int_equal(smoke(false, &report), EXIT_HEALTHY);
    assert_says(report, "PASS as before: 3 layers");
}

/* The backward of tanh: all in front of it is wrong, and named; what is behind it is not. */
static void a_sign_error_of_an_activation(void **state)
{
    const char *report;

    (void)state;
    plant(PLANT_activation);
    assert_int_equal(smoke(false, &report), EXIT_FINDING);
    assert_says(report, "FAIL gradient of \"hidden/");
    assert_says(report, "but the slope is");
    assert_says(report, "2 more wrong; those of \"out\" are right");
    assert_says(report, "ML402");
    assert_null(strstr(report, "gradient of \"out/"));
}

static void a_sign_error_of_a_bias(void **state)
{
    const char *report;

    (void)state;
    plant(PLANT_bias);
    assert_int_equal(smoke(false, &report), EXIT_FINDING);
    assert_says(report, "FAIL gradient of \"out/bias\"");
    assert_says(report, "; 1 more wrong");
    assert_says(report, "ML402");
}

static void a_slower_rate(void **state)
{
    const char *report;

    (void)state;
    write_config("0.002", "tanh", 16);
    assert_int_equal(smoke(false, &report), EXIT_FINDING);
    assert_says(report, "changed: optimizer.lr from 0.01 to 0.002");
}

static void a_narrower_layer(void **state)
{
    const char *report;

    (void)state;
    write_config("0.01", "tanh", 12);
    assert_int_equal(smoke(false, &report), EXIT_FINDING);
    assert_says(report, "FAIL layer 0 is \"hidden: linear, output 12");
}

static void another_activation(void **state)
{
    const char *report;

    (void)state;
    write_config("0.01", "relu", 16);
    assert_int_equal(smoke(false, &report), EXIT_FINDING);
    assert_says(report, "FAIL layer 1 is \"relu");
}

#define T(test) cmocka_unit_test_teardown(test, restore)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(nothing_planted_passes), T(a_sign_error_of_an_activation),
        T(a_sign_error_of_a_bias), T(a_slower_rate),
        T(a_narrower_layer),       T(another_activation),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
