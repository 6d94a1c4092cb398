/* Option tables: the same rows read from a config and from a command line, and written as help and schema. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>

#include <mldbg/base/option.h>

struct settings {
    bool shuffle, nesterov;
    int64_t batch_size, steps;
    uint64_t seed;
    double lr, momentum;
    const char *out;
    int scale, loss;
    struct sizes kernel;
    struct reals betas;
    struct texts reports;
    const struct json *extra;
};

static const char *const scales[] = {"none", "standard", "minmax", NULL};
static const struct entry mse = {"mse", "mean of squares", ""},
                          cross_entropy = {"cross_entropy", "logits", ""};
static const struct entry *const loss_rows[] = {&mse, &cross_entropy};
static const struct catalog losses = {"loss", "losses", loss_rows, 2};

#define FIELD(name) .offset = offsetof(struct settings, name)
static const struct option rows[] = {
    {.name = "shuffle",
     .type = OPTION_BOOL,
     FIELD(shuffle),
     .fallback = "true",
     .help = "Draw rows in random order"},
    {.name = "nesterov", .type = OPTION_BOOL, FIELD(nesterov), .letter = 'n', .help = "Look ahead"},
    {.name = "batch_size",
     .type = OPTION_INTEGER,
     FIELD(batch_size),
     .fallback = "32",
     .min = 1,
     .max = 1000000,
     .letter = 'b',
     .value = "ROWS",
     .help = "Rows of one step"},
    {.name = "steps", .type = OPTION_INTEGER, FIELD(steps), .min = 1, .max = 0, .help = "Steps to train"},
    {.name = "seed", .type = OPTION_SEED, FIELD(seed), .fallback = "1", .help = "Seed of everything random"},
    {.name = "lr",
     .type = OPTION_REAL,
     FIELD(lr),
     .fallback = "0.001",
     .above_min = true,
     .help = "Learning rate"},
    {.name = "momentum",
     .type = OPTION_REAL,
     FIELD(momentum),
     .min = 0,
     .max = 1,
     .help = "Share kept of the last step"},
    {.name = "out",
     .type = OPTION_TEXT,
     FIELD(out),
     .letter = 'o',
     .value = "DIR",
     .help = "Folder of the record"},
    {.name = "scale",
     .type = OPTION_CHOICE,
     FIELD(scale),
     .fallback = "standard",
     .choices = scales,
     .help = "How inputs are scaled"},
    {.name = "loss", .type = OPTION_CHOICE, FIELD(loss), .catalog = &losses, .help = "What is made small"},
    {.name = "kernel",
     .type = OPTION_SIZES,
     FIELD(kernel),
     .fallback = "[3, 3]",
     .min = 1,
     .max = 64,
     .help = "Height and width"},
    {.name = "betas",
     .type = OPTION_REALS,
     FIELD(betas),
     .fallback = "[0.9, 0.999]",
     .min = 0,
     .max = 1,
     .help = "Decay of the averages"},
    {.name = "report",
     .type = OPTION_TEXTS,
     FIELD(reports),
     .value = "FORMAT=FILE",
     .help = "Write a report"},
    {.name = "extra", .type = OPTION_JSON, FIELD(extra), .help = "Anything"},
};
static const struct option_table table = OPTION_TABLE(rows);

static struct arena arena;
static struct settings settings;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    memset(&settings, 0x5A, sizeof settings);
    options_default(&arena, &table, &settings);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static struct json *parse(const char *text)
{
    struct json *document;
    struct error err;
    if (!json_parse(&arena, "c.json", text, strlen(text), &document, &err))
        fail_msg("%s: %s", text, err.sentence);
    return document;
}

static void test_defaults(void **state)
{
    (void)state;
    assert_true(settings.shuffle);
    assert_false(settings.nesterov);
    assert_int_equal(settings.batch_size, 32);
    assert_int_equal(settings.steps, -1);
    assert_int_equal(settings.seed, 1);
    assert_near(settings.lr, 0.001, 0, 0);
    assert_is_nan(settings.momentum);
    assert_null(settings.out);
    assert_int_equal(settings.scale, 1);
    assert_int_equal(settings.loss, -1);
    assert_int_equal(settings.kernel.count, 2);
    assert_int_equal(settings.kernel.at[1], 3);
    assert_int_equal(settings.betas.count, 2);
    assert_near(settings.betas.at[1], 0.999, 0, 0);
    assert_int_equal(settings.reports.count, 0);
    assert_null(settings.extra);
}

static void test_config(void **state)
{
    struct problems problems;
    struct json *object =
        parse("{\"shuffle\":false,\"nesterov\":true,\"batch_size\":1e3,\"steps\":9007199254740993,"
              "\"seed\":\"18446744073709551615\",\"lr\":1e-3,\"momentum\":1,\"out\":\"runs/a\","
              "\"scale\":\"none\",\"loss\":\"cross_entropy\",\"kernel\":5,\"betas\":[],"
              "\"report\":[\"a\",\"b\"],\"extra\":{\"x\":[1]},\"data\":1}");
    static const char *const skip[] = {"data", "model", NULL};
    (void)state;
    problems_init(&problems, &arena);
    assert_true(options_from_json(&arena, &table, object, skip, &settings, &problems));
    assert_int_equal(problems.count, 0);
    assert_false(settings.shuffle);
    assert_true(settings.nesterov);
    assert_int_equal(settings.batch_size, 1000);
    assert_true(settings.steps == INT64_C(9007199254740993));
    assert_true(settings.seed == UINT64_MAX);
    assert_near(settings.lr, 0.001, 0, 0);
    assert_near(settings.momentum, 1, 0, 0);
    assert_string_equal(settings.out, "runs/a");
    assert_int_equal(settings.scale, 0);
    assert_int_equal(settings.loss, 1);
    assert_int_equal(settings.kernel.count, 1);
    assert_int_equal(settings.kernel.at[0], 5);
    assert_int_equal(settings.betas.count, 0);
    assert_int_equal(settings.reports.count, 2);
    assert_string_equal(settings.reports.at[1], "b");
    assert_ptr_equal(settings.extra, json_get(object, "extra"));
}

/* A member that is refused: its sentence, its hint, and whether the place is that of the key. */
static const struct {
    const char *member, *sentence, *hint;
    bool key;
} REFUSED[] = {
    {"\"lr\":\"0.1\"", "optimizer.lr: expected a number above 0, found the string \"0.1\"",
     "write 0.1 without quotes", false},
    {"\"lr\":0", "optimizer.lr: expected a number above 0, found 0", "", false},
    {"\"lr\":-1e-3", "optimizer.lr: expected a number above 0, found -1e-3", "", false},
    {"\"lr\":null", "optimizer.lr: expected a number above 0, found null", "", false},
    {"\"lr\":[1]", "optimizer.lr: expected a number above 0, found an array", "", false},
    {"\"batch_size\":\"64\"",
     "optimizer.batch_size: expected an integer from 1 to 1000000, found the string \"64\"",
     "write 64 without quotes", false},
    {"\"batch_size\":64.5", "optimizer.batch_size: expected an integer from 1 to 1000000, found 64.5", "",
     false},
    {"\"batch_size\":true", "optimizer.batch_size: expected an integer from 1 to 1000000, found true", "",
     false},
    {"\"batch_size\":{}", "optimizer.batch_size: expected an integer from 1 to 1000000, found an object", "",
     false},
    {"\"batch_size\":0", "optimizer.batch_size: expected an integer from 1 to 1000000, found 0", "", false},
    {"\"batch_size\":1000001", "optimizer.batch_size: expected an integer from 1 to 1000000, found 1000001",
     "", false},
    {"\"batch_size\":99999999999999999999",
     "optimizer.batch_size: expected an integer from 1 to 1000000, found 9", "", false},
    {"\"batch_size\":1e300", "optimizer.batch_size: expected an integer from 1 to 1000000, found 1e300", "",
     false},
    {"\"steps\":0", "optimizer.steps: expected an integer of at least 1, found 0", "", false},
    {"\"steps\":1e18", "optimizer.steps: expected an integer of at least 1, found 1e18", "", false},
    {"\"momentum\":1.5", "optimizer.momentum: expected a number from 0 to 1, found 1.5", "", false},
    {"\"seed\":-1",
     "optimizer.seed: expected an integer from 0 to 2^53-1, or a string of digits up to 2^64-1, found -1", "",
     false},
    {"\"seed\":1.5", "optimizer.seed: expected an integer from 0 to 2^53-1", "", false},
    {"\"seed\":9007199254740992", "optimizer.seed: 9007199254740992 is above 2^53-1",
     "write \"9007199254740992\"", false},
    {"\"seed\":18446744073709551616", "optimizer.seed: expected an integer", "", false},
    {"\"seed\":\"18446744073709551616\"", "optimizer.seed: expected an integer", "", false},
    {"\"seed\":\"-1\"", "optimizer.seed: expected an integer", "", false},
    {"\"seed\":\"\"", "optimizer.seed: expected an integer", "", false},
    {"\"shuffle\":\"true\"", "optimizer.shuffle: expected true or false, found the string \"true\"",
     "write true without quotes", false},
    {"\"shuffle\":1", "optimizer.shuffle: expected true or false, found 1", "", false},
    {"\"out\":5", "optimizer.out: expected a string, found 5", "write \"5\"", false},
    {"\"scale\":\"standrad\"",
     "optimizer.scale: \"standrad\" is none of the choices; did you mean \"standard\"?",
     "one of none, standard, minmax", false},
    {"\"scale\":\"qqqqqq\"", "optimizer.scale: \"qqqqqq\" is none of the choices", "one of none", false},
    {"\"scale\":3", "optimizer.scale: expected one of none, standard, minmax, found 3", "", false},
    {"\"loss\":\"CrossEntropyLoss\"",
     "optimizer.loss: unknown loss \"CrossEntropyLoss\"; did you mean \"cross_entropy\"?",
     "one of mse, cross_entropy", false},
    {"\"kernel\":\"3\"",
     "optimizer.kernel: expected an integer from 1 to 64, or a list of up to 8, found the string \"3\"",
     "write 3 without quotes", false},
    {"\"kernel\":[3,0]", "optimizer.kernel[1]: expected an integer from 1 to 64, found 0", "", false},
    {"\"kernel\":[]",
     "optimizer.kernel: expected an integer from 1 to 64, or a list of up to 8, found a list of 0", "",
     false},
    {"\"kernel\":[1,1,1,1,1,1,1,1,1]", "found a list of 9", "", false},
    {"\"betas\":0.9", "optimizer.betas: expected a list of numbers from 0 to 1, found 0.9", "", false},
    {"\"betas\":[0.9,\"x\"]", "optimizer.betas[1]: expected a number from 0 to 1, found the string \"x\"", "",
     false},
    {"\"report\":[\"a\",1]", "optimizer.report[1]: expected a string, found 1", "write \"1\"", false},
    {"\"batchsize\":1", "optimizer: unknown key \"batchsize\"; did you mean \"batch_size\"?", "", true},
    {"\"typ\":1", "optimizer: unknown key \"typ\"; did you mean \"type\"?", "", true},
    {"\"qwertyuiop\":1", "optimizer: unknown key \"qwertyuiop\"", "one of shuffle, nesterov, ", true},
    {"\"a\\nb\\u001b\":1", "optimizer: unknown key \"a\\nb\\x1b\"", "one of shuffle, ", true},
};

static void test_refused(void **state)
{
    static const char *const skip[] = {"type", NULL};
    (void)state;
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
        struct json *document =
            parse(arena_print(&arena, "{\"optimizer\":\n{\"type\":0,%s}}", REFUSED[i].member));
        struct problems problems;
        problems_init(&problems, &arena);
        if (options_from_json(&arena, &table, document->child, skip, &settings, &problems))
            fail_msg("%s: accepted", REFUSED[i].member);
        assert_int_equal(problems.count, 1);
        const struct error *err = &problems.at[0];
        assert_int_equal(err->kind, ERROR_REQUEST);
        assert_string_equal(err->code, "ML100");
        if (strncmp(err->sentence, REFUSED[i].sentence, strlen(REFUSED[i].sentence)) != 0 &&
            !strstr(err->sentence, REFUSED[i].sentence))
            fail_msg("%s: \"%s\", expected \"%s\"", REFUSED[i].member, err->sentence, REFUSED[i].sentence);
        assert_string_equal(
            err->hint, REFUSED[i].hint[0] && strncmp(err->hint, REFUSED[i].hint, strlen(REFUSED[i].hint)) == 0
                           ? err->hint
                           : REFUSED[i].hint);
        assert_int_equal(err->line, 2);
        assert_true(REFUSED[i].key ? err->column == 11 : err->column > 11);
        assert_true(err->width > 0);
    }
}

static void test_all_problems_of_one_pass(void **state)
{
    static const struct option needed[] = {
        {.name = "label", .type = OPTION_TEXT, FIELD(out), .required = true},
        {.name = "steps", .type = OPTION_INTEGER, FIELD(steps), .required = true, .min = 1},
    };
    static const struct option_table needs = OPTION_TABLE(needed);
    struct problems problems;
    (void)state;
    problems_init(&problems, &arena);
    assert_false(
        options_from_json(&arena, &needs, parse("{\"stps\":1,\n\"x\":2}"), NULL, &settings, &problems));
    assert_int_equal(problems.count, 4);
    assert_string_equal(problems.at[0].sentence, "unknown key \"stps\"; did you mean \"steps\"?");
    assert_int_equal(problems.at[1].line, 2);
    assert_string_equal(problems.at[2].sentence, "the key \"label\" is missing; expected a string");
    assert_string_equal(problems.at[3].sentence,
                        "the key \"steps\" is missing; expected an integer of at least 1");
    assert_int_equal(problems.at[3].column, 1);
    problems_init(&problems, &arena);
    assert_false(options_from_json(&arena, &needs, parse("[]"), NULL, &settings, &problems));
    assert_string_equal(problems.at[0].sentence, "expected an object, found an array");
    problems_init(&problems, &arena);
    assert_false(options_from_json(&arena, &needs, NULL, NULL, &settings, &problems));
    assert_int_equal(problems.count, 2);
}

static bool read_line(int argc, const char *const *argv, struct texts *words, struct error *err)
{
    const struct option_table *tables[] = {&table};
    void *targets[] = {&settings};
    return options_from_arguments(&arena, tables, targets, 1, argc, argv, words, err);
}

static void test_command_line(void **state)
{
    static const char *const argv[] = {"train",
                                       "--batch-size",
                                       "1e2",
                                       "--lr=.5",
                                       "-o",
                                       "runs/b",
                                       "config.json",
                                       "--no-shuffle",
                                       "-n",
                                       "--report",
                                       "json=a",
                                       "--report=html=b",
                                       "--kernel",
                                       "3,5",
                                       "--betas=[0.5]",
                                       "--seed",
                                       "18446744073709551615",
                                       "--scale",
                                       "minmax",
                                       "--loss=mse",
                                       "-",
                                       "--steps=7",
                                       "--momentum",
                                       "0",
                                       "--extra={\"a\": 1}",
                                       "--",
                                       "--lr",
                                       "-x"};
    struct texts words;
    struct error err;
    (void)state;
    if (!read_line((int)(sizeof argv / sizeof *argv), argv, &words, &err))
        fail_msg("%s", err.sentence);
    assert_int_equal(words.count, 5);
    assert_string_equal(words.at[0], "train");
    assert_string_equal(words.at[1], "config.json");
    assert_string_equal(words.at[2], "-");
    assert_string_equal(words.at[3], "--lr");
    assert_string_equal(words.at[4], "-x");
    assert_int_equal(settings.batch_size, 100);
    assert_near(settings.lr, 0.5, 0, 0);
    assert_string_equal(settings.out, "runs/b");
    assert_false(settings.shuffle);
    assert_true(settings.nesterov);
    assert_int_equal(settings.reports.count, 2);
    assert_string_equal(settings.reports.at[0], "json=a");
    assert_string_equal(settings.reports.at[1], "html=b");
    assert_int_equal(settings.kernel.count, 2);
    assert_int_equal(settings.kernel.at[1], 5);
    assert_int_equal(settings.betas.count, 1);
    assert_true(settings.seed == UINT64_MAX);
    assert_int_equal(settings.scale, 2);
    assert_int_equal(settings.loss, 0);
    assert_int_equal(settings.steps, 7);
    assert_near(settings.momentum, 0, 0, 0);
    assert_near(json_get(settings.extra, "a")->number, 1, 0, 0);
}

static void test_refused_command_lines(void **state)
{
    static const struct {
        const char *argv[2];
        const char *sentence, *hint;
    } lines[] = {
        {{"--batchsize", "1"}, "unknown option \"--batchsize\"; did you mean \"--batch-size\"?", ""},
        {{"--qwertyuiop=5", NULL}, "unknown option \"--qwertyuiop\"", ""},
        {{"--batch", "1"}, "unknown option \"--batch\"; did you mean \"--batch-size\"?", ""},
        {{"--no-lr", NULL}, "unknown option \"--no-lr\"", ""},
        {{"--no-shuffle=1", NULL}, "--no-shuffle takes no value", ""},
        {{"--shuffle=maybe", NULL}, "--shuffle: expected true or false, found \"maybe\"", ""},
        {{"--out", NULL}, "--out needs a value: --out DIR", ""},
        {{"--out", "--lr=1"}, "--out needs a value, found the option \"--lr=1\"", "write --out=--lr=1"},
        {{"-o", NULL}, "-o needs a value: -o DIR", ""},
        {{"-x", NULL}, "unknown option \"-x\"", ""},
        {{"-nx", NULL}, "unknown option \"-nx\"", ""},
        {{"-shuffle", NULL}, "unknown option \"-shuffle\"", "did you mean \"--shuffle\"?"},
        {{"--lr", "0"}, "--lr: expected a number above 0, found \"0\"", ""},
        {{"--lr", "inf"}, "--lr: expected a number above 0, found \"inf\"", ""},
        {{"--lr", "1e999"}, "--lr: expected a number above 0, found \"1e999\"", ""},
        {{"--lr", "0x1p3"}, "--lr: expected a number above 0, found \"0x1p3\"", ""},
        {{"--batch-size", "2.5"}, "--batch-size: expected an integer from 1 to 1000000, found \"2.5\"", ""},
        {{"--batch-size="}, "--batch-size: expected an integer from 1 to 1000000, found \"\"", ""},
        {{"-b", "1x"}, "-b: expected an integer from 1 to 1000000, found \"1x\"", ""},
        {{"--seed", "-1"}, "--seed: expected an integer from 0", ""},
        {{"--scale", "stndard"},
         "--scale: \"stndard\" is none of the choices; did you mean \"standard\"?",
         "one of none"},
        {{"--loss", "mxe"}, "--loss: unknown loss \"mxe\"; did you mean \"mse\"?", "one of mse"},
        {{"--kernel", "3,x"},
         "--kernel: expected an integer from 1 to 64, or a list of up to 8, found \"3,x\"",
         ""},
        {{"--kernel", "3,99"}, "--kernel[1]: expected an integer from 1 to 64, found 99", ""},
        {{"--extra", "{"}, "--extra: expected a JSON value, found \"{\"", ""},
        {{"--\033[31m", NULL}, "unknown option \"--\\x1b[31m\"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct texts words;
        struct error err;
        if (read_line(lines[i].argv[1] ? 2 : 1, lines[i].argv, &words, &err))
            fail_msg("%s: accepted", lines[i].argv[0]);
        assert_int_equal(err.kind, ERROR_REQUEST);
        if (!strstr(err.sentence, lines[i].sentence) ||
            strncmp(err.hint, lines[i].hint, strlen(lines[i].hint)) != 0)
            fail_msg("%s: \"%s\" [%s], expected \"%s\" [%s]", lines[i].argv[0], err.sentence, err.hint,
                     lines[i].sentence, lines[i].hint);
    }
}

static void test_two_tables_and_required(void **state)
{
    struct own {
        bool help;
        const char *run;
    } own;
    const struct option own_rows[] = {
        {.name = "help", .type = OPTION_BOOL, .offset = offsetof(struct own, help), .letter = 'h'},
        {.name = "run", .type = OPTION_TEXT, .offset = offsetof(struct own, run), .required = true},
    };
    const struct option_table own_table = OPTION_TABLE(own_rows), *tables[] = {&own_table, &table};
    void *targets[] = {&own, &settings};
    struct texts words;
    struct error err;
    const char *const good[] = {"--run", "a", "--lr", "2"}, *const missing[] = {"--lr", "2"},
                      *const help[] = {"-h"};
    (void)state;
    options_default(&arena, &own_table, &own);
    assert_false(options_from_arguments(&arena, tables, targets, 2, 2, missing, &words, &err));
    assert_string_equal(err.sentence, "the option --run is missing; expected a string");
    assert_true(options_from_arguments(&arena, tables, targets, 2, 1, help, &words, &err));
    assert_true(own.help);
    assert_true(options_from_arguments(&arena, tables, targets, 2, 4, good, &words, &err));
    assert_string_equal(own.run, "a");
    assert_near(settings.lr, 2, 0, 0);
    assert_int_equal(words.count, 0);
}

/* What is written is read back as the same, unset settings staying unset. */
static void test_round_trip(void **state)
{
    struct json *first = json_object(&arena), *second = json_object(&arena);
    struct text a, b;
    struct problems problems;
    (void)state;
    text_init(&a, &arena);
    text_init(&b, &arena);
    problems_init(&problems, &arena);
    settings.seed = UINT64_MAX;
    settings.kernel = (struct sizes){1, {7}};
    options_to_json(&arena, &table, &settings, first);
    assert_null(json_get(first, "steps"));
    assert_null(json_get(first, "momentum"));
    assert_null(json_get(first, "loss"));
    json_write(&a, first, true);
    options_default(&arena, &table, &settings);
    assert_true(options_from_json(&arena, &table, parse(a.at), NULL, &settings, &problems));
    options_to_json(&arena, &table, &settings, second);
    json_write(&b, second, true);
    assert_string_equal(a.at, b.at);
    assert_string_equal(a.at, "{\n"
                              "  \"shuffle\": true,\n"
                              "  \"nesterov\": false,\n"
                              "  \"batch_size\": 32,\n"
                              "  \"seed\": \"18446744073709551615\",\n"
                              "  \"lr\": 0.001,\n"
                              "  \"scale\": \"standard\",\n"
                              "  \"kernel\": 7,\n"
                              "  \"betas\": [0.9, 0.999]\n"
                              "}\n");
}

static void test_schema(void **state)
{
    struct json *schema = json_object(&arena);
    static const struct option needed[] = {{.name = "label", .type = OPTION_TEXT, .required = true}};
    static const struct option_table needs = OPTION_TABLE(needed);
    struct text out;
    (void)state;
    text_init(&out, &arena);
    options_schema(&arena, &table, schema);
    assert_null(json_get(schema, "required"));
    options_schema(&arena, &needs, schema);
    json_write(&out, schema, false);
    const struct json *properties = json_get(schema, "properties");
    assert_int_equal(json_count(properties), sizeof rows / sizeof *rows + 1);
    assert_non_null(strstr(out.at, "\"required\": [\"label\"]"));
    assert_non_null(strstr(out.at, "\"lr\": {\"type\": \"number\", \"exclusiveMinimum\": 0, "
                                   "\"description\": \"Learning rate\", \"default\": 0.001}"));
    assert_non_null(strstr(out.at, "\"scale\": {\"enum\": [\"none\", \"standard\", \"minmax\"]"));
    assert_non_null(strstr(out.at, "\"loss\": {\"enum\": [\"mse\", \"cross_entropy\"]"));
    assert_non_null(strstr(out.at, "\"steps\": {\"type\": \"integer\", \"minimum\": 1, \"description\""));
}

static void test_help(void **state)
{
    struct text line, config;
    (void)state;
    text_init(&line, &arena);
    text_init(&config, &arena);
    options_help(&line, &table, false);
    options_help(&config, &table, true);
    assert_non_null(strstr(line.at, "      --no-shuffle          Draw rows in random order\n"));
    assert_non_null(strstr(line.at, "  -b, --batch-size ROWS     Rows of one step (default 32)\n"));
    assert_non_null(
        strstr(config.at, "  batch_size  Rows of one step (an integer from 1 to 1000000; default 32)\n"));
    for (const char *at = line.at, *end; *at; at = end + 1) {
        end = strchr(at, '\n');
        assert_non_null(end);
        assert_true(end - at <= 80);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_defaults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_config, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_all_problems_of_one_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_command_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused_command_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_two_tables_and_required, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_schema, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_help, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
