/*
 * The command line. The engine is made of cardboard here: lab and recipes are replaced by functions that note
 * what they were asked and answer what the test wants, so that commands are tested alone.
 */
#include "check.h"
#include "schema_check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>
#include <mldbg/recipe.h>
#include <mldbg/recipe/doctor.h>
#include <mldbg/recipe/smoking.h>
#include <mldbg/recipe/starting.h>

enum { ARGUMENTS_MOST = 16, LINE_MOST = 78, SUMMARY_MOST = 72 };

static struct arena arena;

/* ---- Cardboard ---- */

static struct {
    int opened;
    struct lab_options options;
    struct overfit_options overfit;
    struct gradcheck_options gradcheck;
    struct smoke_options smoke;
    bool resume;
    enum error_kind refusal; /* ERROR_NONE: the config is fine */
    struct verdict verdict;
    const char *finding; /* code of a rule whose sick example is judged, or NULL */
} stage;

struct lab {
    int nothing;
};

struct lab *lab_open(struct arena *memory, const char *path, const struct lab_options *options,
                     const char **text, struct problems *problems)
{
    stage.opened++;
    stage.options = *options;
    *text = "{\n  \"a\": 1\n}\n";
    if (stage.refusal != ERROR_NONE) {
        problems_at(problems, stage.refusal, "ML100", (struct place){path, 2, 3, 3}, "a refusal");
        return NULL;
    }
    return arena_alloc(memory, sizeof(struct lab));
}

static bool answer(struct run *run, struct findings *findings, struct verdict *out)
{
    run->name = "cardboard";
    run->config_path = "config.json";
    if (stage.finding) {
        rule_find(stage.finding)->sick(run);
        rules_judge(run, findings);
    }
    *out = stage.verdict;
    return true;
}

bool recipe_check(struct lab *lab, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems)
{
    (void)lab, (void)problems;
    return answer(run, findings, out);
}

bool recipe_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress,
                      void *context, struct run *run, struct findings *findings, struct verdict *out,
                      struct problems *problems)
{
    (void)lab, (void)problems;
    stage.gradcheck = *options;
    assert_false(progress(context, run, 1, 2));
    return answer(run, findings, out);
}

bool recipe_overfit(struct lab *lab, const struct overfit_request *request, lab_progress_fn *progress,
                    void *context, struct run *run, struct findings *findings, struct proof *proof,
                    struct verdict *out, struct problems *problems)
{
    (void)lab, (void)problems;
    stage.overfit = request->options;
    *proof = (struct proof){.sentence = ""};
    assert_false(progress(context, run, 1, 2));
    return answer(run, findings, out);
}

bool recipe_doctor(struct lab *lab, const struct doctor_options *options, lab_progress_fn *progress,
                   void *context, struct run *run, struct findings *findings, struct proof *proof,
                   struct verdict *out, struct problems *problems)
{
    (void)lab, (void)options, (void)problems;
    *proof = (struct proof){.sentence = ""};
    assert_false(progress(context, run, 1, 2));
    return answer(run, findings, out);
}

bool recipe_init(struct arena *memory, const char *path, const struct start_options *options, struct run *run,
                 struct json **config, struct problems *problems)
{
    (void)path, (void)run, (void)problems;
    *config = json_object(memory);
    json_add_string(*config, "label", options->label ? options->label : "", memory);
    return true;
}

struct json *lab_fixed(const struct lab *lab, struct arena *memory, const struct patch *patches, size_t count,
                       const char *path)
{
    (void)lab, (void)patches, (void)count, (void)path;
    return json_object(memory);
}

bool recipe_smoke(struct lab *lab, const struct smoke_options *options, const char *golden_path,
                  lab_progress_fn *progress, void *context, struct run *run, struct findings *findings,
                  struct verdict *out, struct problems *problems)
{
    (void)lab, (void)problems, (void)golden_path;
    stage.smoke = *options;
    assert_false(progress(context, run, 1, 2));
    return answer(run, findings, out);
}

struct json *lab_smoke_document(const struct run *run, struct arena *memory)
{
    struct json *document = json_object(memory);
    json_add_string(document, "name", run->name, memory);
    return document;
}

bool lab_smoke(struct lab *lab, const struct smoke_options *options, lab_progress_fn *progress, void *context,
               struct run *run, struct problems *problems)
{
    (void)lab, (void)options, (void)progress, (void)context, (void)run, (void)problems;
    return true;
}

bool recipe_train(struct lab *lab, const struct train_options *options, lab_progress_fn *progress,
                  void *context, struct run *run, struct findings *findings, struct verdict *out,
                  struct problems *problems)
{
    (void)lab, (void)problems;
    stage.resume = options->resume;
    assert_false(progress(context, run, 1, 2));
    return answer(run, findings, out);
}

struct lab *lab_reopen(struct arena *memory, const char *folder, const struct json *manifest, int threads,
                       const char **text, struct problems *problems)
{
    (void)folder, (void)manifest, (void)threads, (void)text, (void)problems;
    stage.opened++;
    return arena_alloc(memory, sizeof(struct lab));
}

void lab_describe(const struct lab *lab, struct run *run)
{
    (void)lab, (void)run;
}

bool lab_check(struct lab *lab, struct run *run, struct problems *problems)
{
    (void)lab, (void)run, (void)problems;
    return true;
}

bool lab_gradcheck(struct lab *lab, const struct gradcheck_options *options, lab_progress_fn *progress,
                   void *context, struct run *run, struct problems *problems)
{
    (void)lab, (void)options, (void)progress, (void)context, (void)run, (void)problems;
    return true;
}

bool lab_overfit(struct lab *lab, const struct overfit_options *options, lab_progress_fn *progress,
                 void *context, struct run *run, struct problems *problems)
{
    (void)lab, (void)options, (void)progress, (void)context, (void)run, (void)problems;
    return true;
}

bool lab_train(struct lab *lab, const struct train_options *options, lab_progress_fn *progress, void *context,
               struct run *run, struct problems *problems)
{
    (void)lab, (void)options, (void)progress, (void)context, (void)run, (void)problems;
    return true;
}

bool lab_train_finish(struct lab *lab, const struct record *record, const struct run *run,
                      struct problems *problems)
{
    (void)lab, (void)record, (void)run, (void)problems;
    return true;
}

static const struct option brick_rows[] = {
    {.name = "size", .type = OPTION_INTEGER, .fallback = "3", .min = 1, .max = 9, .help = "of the brick"},
};
static const struct option_table brick_settings = OPTION_TABLE(brick_rows);
static const struct entry brick = {"brick", "A brick",
                                   "A long line that says very much about bricks, so much that it "
                                   "does not fit into a terminal of eighty columns at all."};
static const struct entry *const bricks[] = {&brick};
static const struct catalog brick_catalog = {"brick", "bricks", bricks, 1};

static const struct step knock = {.entry = {"knock", "Does it sound hollow?", "A knock on the cardboard.\n"},
                                  .cost = "a knuckle"};
static const struct entry *const steps[] = {&knock.entry};
const struct catalog step_catalog = {"step", "steps", steps, 1};

const struct catalog *const *lab_catalogs(size_t *count)
{
    static const struct catalog *const all[] = {&brick_catalog};
    *count = 1;
    return all;
}

const struct option_table *lab_settings(const struct catalog *catalog, const struct entry *entry)
{
    return catalog == &brick_catalog && entry == &brick ? &brick_settings : NULL;
}

int lab_details(const struct catalog *catalog, const struct entry *entry,
                struct lab_detail out[LAB_DETAILS_MOST])
{
    (void)catalog;
    (void)entry;
    (void)out;
    return 0;
}

struct json *lab_schema(struct arena *memory)
{
    struct json *schema = json_object(memory);
    json_add_string(schema, "title", "cardboard", memory);
    return schema;
}

const char *lab_blas(struct arena *memory)
{
    (void)memory;
    return "CardboardBLAS 1";
}

/* ---- Calling ---- */

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, "test");
    memset(&stage, 0, sizeof stage);
    stage.verdict = (struct verdict){OUTCOME_PASS, "all is well", ""};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

/* What a command line printed and returned. */
struct printed {
    int status;
    const char *out;
};

/* Words are separated by single blanks. stderr is dropped. */
static struct printed call(const char *line)
{
    const char *argv[ARGUMENTS_MOST];
    int argc = 0, keep = dup(2), nowhere = open("/dev/null", O_WRONLY);
    struct text out;

    for (const char *at = line; *at && argc < ARGUMENTS_MOST; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        argv[argc++] = arena_copy(&arena, at, length);
        at += length;
    }
    text_init(&out, &arena);
    dup2(nowhere, 2);
    int status = invoke(&arena, argc, argv, &out);
    dup2(keep, 2);
    close(keep);
    close(nowhere);
    return (struct printed){status, out.at};
}

static void check_width(const char *text)
{
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        const char *copy = arena_copy(&arena, line, length);
        if (text_columns(copy) > REPORT_COLUMNS)
            fail_msg("%zu columns: %s", text_columns(copy), copy);
        line += length + (line[length] == '\n');
    }
}

static const struct command *command_at(size_t index)
{
    return ENTRY_OF(command_catalog.at[index], struct command);
}

static const char *flag(const struct option *option)
{
    bool on = option->type == OPTION_BOOL && option->fallback && strcmp(option->fallback, "true") == 0;
    char *name = arena_print(&arena, on ? "--no-%s" : "--%s", option->name);
    for (char *at = name; *at; at++)
        *at = *at == '_' ? '-' : *at;
    return name;
}

/* ---- The table of commands ---- */

static void check_options(const struct command *command)
{
    for (size_t i = 0; i < command->options.count; i++) {
        const struct option *option = &command->options.at[i];
        assert_non_null(option->help);
        for (size_t k = 0; k < common_option_table.count; k++) {
            const struct option *common = &common_option_table.at[k];
            if (strcmp(option->name, common->name) == 0 ||
                (option->letter && option->letter == common->letter))
                fail_msg("%s: the option \"%s\" hides a common one", command->entry.name, option->name);
        }
    }
}

static void entries_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_catalog.count; i++) {
        const struct command *command = command_at(i);
        const char *name = command->entry.name;
        assert_true(*command->entry.summary && strlen(command->entry.summary) <= SUMMARY_MOST);
        assert_int_equal(strncmp(command->usage, name, strlen(name)), 0);
        assert_non_null(command->run);
        assert_true(command->words_least <= command->words_most);
        assert_true(command->words_most == 0 || command->word);
        assert_non_null(command->examples[0]);
        for (const char *const *example = command->examples; *example; example++)
            assert_int_equal(strncmp(*example, arena_print(&arena, "mldbg %s", name), strlen(name) + 6), 0);
        for (const char *line = command->entry.explain; *line; line += strcspn(line, "\n") + 1)
            if (strcspn(line, "\n") > LINE_MOST)
                fail_msg("%s: a line of its explanation is long: %.30s...", name, line);
        check_options(command);
    }
}

static void every_command_has_help(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_catalog.count; i++) {
        const struct command *command = command_at(i);
        struct printed page = call(arena_print(&arena, "%s --help", command->entry.name));
        assert_int_equal(page.status, EXIT_HEALTHY);
        assert_int_equal(strncmp(page.out, command->examples[0], strlen(command->examples[0])), 0);
        assert_non_null(strstr(page.out, command->entry.summary));
        for (size_t k = 0; k < command->options.count; k++)
            assert_non_null(strstr(page.out, flag(&command->options.at[k])));
        check_width(page.out);
        assert_string_equal(page.out, call(arena_print(&arena, "help %s", command->entry.name)).out);
        assert_string_equal(page.out, call(arena_print(&arena, "-h %s", command->entry.name)).out);
        assert_string_equal(page.out, call(arena_print(&arena, "explain %s", command->entry.name)).out);
        assert_non_null(strstr(call("help").out, command->usage));
    }
    assert_int_equal(stage.opened, 0);
    check_width(call("help").out);
}

static void unknown_options_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_catalog.count; i++) {
        struct printed refusal = call(arena_print(&arena, "%s --frobnicate", command_at(i)->entry.name));
        assert_int_equal(refusal.status, EXIT_REFUSED);
        assert_string_equal(refusal.out, "");
    }
    assert_int_equal(stage.opened, 0);
}

/* roff writes every hyphen of an option as "\\-". */
static const char *without_escapes(const char *page)
{
    struct text text;
    text_init(&text, &arena);
    for (; *page; page++)
        if (page[0] != '\\' || page[1] != '-')
            text_print(&text, "%c", *page);
    return text.at;
}

/* A command or option that someone adds is in the man page and in the completions of all shells. */
static void scripts_know_everything(void **state)
{
    static const char *const lines[] = {"help --format man", "completion bash", "completion zsh",
                                        "completion fish"};
    (void)state;
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        struct printed script = call(lines[l]);
        const char *words = without_escapes(script.out);
        assert_int_equal(script.status, EXIT_HEALTHY);
        for (size_t i = 0; i < command_catalog.count; i++) {
            const struct command *command = command_at(i);
            if (!strstr(script.out, command->entry.name))
                fail_msg("%s does not know %s", lines[l], command->entry.name);
            for (size_t k = 0; k < command->options.count; k++) {
                const char *name = command->options.at[k].name;
                if (!strstr(words, name))
                    fail_msg("%s does not know %s --%s", lines[l], command->entry.name, name);
            }
        }
    }
}

/* ---- Command lines ---- */

static void bare_call_shows_help(void **state)
{
    (void)state;
    struct printed bare = call("");
    assert_int_equal(bare.status, EXIT_REFUSED);
    assert_string_equal(bare.out, call("--help").out);
    assert_int_equal(call("--help").status, EXIT_HEALTHY);
    assert_int_equal(strncmp(bare.out, "mldbg overfit ", 14), 0);
}

static void words_are_counted(void **state)
{
    (void)state;
    assert_int_equal(call("overfit").status, EXIT_REFUSED);
    assert_int_equal(call("overfit a b").status, EXIT_REFUSED);
    assert_int_equal(call("schema a").status, EXIT_REFUSED);
    assert_int_equal(call("overfitt a").status, EXIT_REFUSED);
    assert_int_equal(stage.opened, 0);
    assert_int_equal(call("overfit a").status, EXIT_HEALTHY);
    assert_int_equal(stage.opened, 1);
}

static void options_stand_anywhere(void **state)
{
    static const char *const lines[] = {
        "overfit config.json --batch 8 --steps=99 --seed 7 --threads 3 --dtype float64",
        "--batch 8 --seed 7 overfit --steps 99 --dtype=float64 config.json --threads 3",
        "--threads 3 --dtype float64 --steps 99 --batch=8 --seed=7 overfit -- config.json",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        memset(&stage.options, 0, sizeof stage.options);
        assert_int_equal(call(lines[i]).status, EXIT_HEALTHY);
        assert_int_equal(stage.overfit.batch, 8);
        assert_int_equal(stage.overfit.steps, 99);
        assert_true(stage.options.seed_given);
        assert_int_equal(stage.options.seed, 7);
        assert_int_equal(stage.options.threads, 3);
        assert_true(stage.options.double_precision);
    }
    assert_int_equal(call("gradcheck config.json --rows 9 --most 5").status, EXIT_HEALTHY);
    assert_int_equal(stage.gradcheck.rows, 9);
    assert_int_equal(stage.gradcheck.most, 5);
    assert_false(stage.options.seed_given);
    assert_false(stage.options.double_precision);
}

static void seeds_have_64_bits(void **state)
{
    (void)state;
    assert_int_equal(call("check config.json --seed 18446744073709551615").status, EXIT_HEALTHY);
    assert_true(stage.options.seed == UINT64_MAX);
    assert_int_equal(call("check config.json --seed 18446744073709551616").status, EXIT_REFUSED);
    assert_int_equal(call("check config.json --seed -1").status, EXIT_REFUSED);
}

/* ---- Exit codes ---- */

static void exit_codes_follow_the_outcome(void **state)
{
    static const struct {
        enum outcome outcome;
        const char *finding; /* a note, a warning or an error */
        const char *options;
        int status;
    } cases[] = {
        {OUTCOME_PASS, NULL, "", 0},
        {OUTCOME_PASS, "ML209", "", 0},
        {OUTCOME_PASS, "ML208", "", 0},
        {OUTCOME_PASS, "ML208", "--fail-on warning", 1},
        {OUTCOME_PASS, "ML209", "--fail-on warning", 0},
        {OUTCOME_PASS, "ML209", "--fail-on note", 1},
        {OUTCOME_PASS, "ML301", "", 1},
        {OUTCOME_PASS, "ML301", "--fail-on never", 0},
        {OUTCOME_FAIL, NULL, "", 1},
        {OUTCOME_FAIL, "ML301", "--fail-on never", 0},
        {OUTCOME_INCONCLUSIVE, NULL, "", 0},
        {OUTCOME_INCONCLUSIVE, NULL, "--strict", 1},
        {OUTCOME_PASS, NULL, "--strict", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        stage.verdict.outcome = cases[i].outcome;
        stage.finding = cases[i].finding;
        int status = call(arena_print(&arena, "check config.json %s", cases[i].options)).status;
        if (status != cases[i].status)
            fail_msg("case %zu: status %d, expected %d", i, status, cases[i].status);
    }
}

static void refusals_have_their_codes(void **state)
{
    (void)state;
    stage.refusal = ERROR_REQUEST;
    assert_int_equal(call("check config.json").status, EXIT_REFUSED);
    stage.refusal = ERROR_MACHINE;
    assert_int_equal(call("check config.json").status, EXIT_MACHINE);
    assert_string_equal(call("check config.json").out, "");
}

/* ---- Documents ---- */

static const char *fault_of(const char *text)
{
    const struct json *schema = report_schema(&arena);
    struct json *document = NULL;
    const char *why = NULL;
    struct error err = {0};

    if (!json_parse(&arena, "document", text, strlen(text), &document, &err))
        return arena_print(&arena, "%s", err.sentence);
    return schema_holds(&arena, schema, schema, document, &why) ? NULL : why;
}

static void check_document(const char *line)
{
    const char *fault = fault_of(call(line).out);
    if (fault)
        fail_msg("mldbg %s: %s", line, fault);
}

static void documents_obey_the_schema(void **state)
{
    const struct catalog *const catalogs[] = {&command_catalog, &rule_catalog, &refusal_catalog,
                                              &format_catalog, &brick_catalog};
    (void)state;
    check_document("list --json");
    check_document("--json --version");
    check_document("--json frobnicate");
    check_document("overfit --json --frobnicate");
    check_document("overfit config.json --json");
    check_document("runs / --json");
    for (size_t i = 0; i < sizeof catalogs / sizeof *catalogs; i++) {
        check_document(arena_print(&arena, "list %s --json", catalogs[i]->plural));
        for (size_t k = 0; k < catalogs[i]->count; k++)
            check_document(arena_print(&arena, "explain %s --json", catalogs[i]->at[k]->name));
    }
    stage.finding = "ML307";
    check_document("overfit config.json --json");
    stage.refusal = ERROR_MACHINE;
    check_document("overfit config.json --json");
}

static void explanations_fit_the_terminal(void **state)
{
    const struct catalog *const catalogs[] = {&rule_catalog, &refusal_catalog, &format_catalog,
                                              &brick_catalog};
    (void)state;
    for (size_t i = 0; i < sizeof catalogs / sizeof *catalogs; i++) {
        check_width(call(arena_print(&arena, "list %s", catalogs[i]->plural)).out);
        for (size_t k = 0; k < catalogs[i]->count; k++) {
            struct printed page = call(arena_print(&arena, "explain %s", catalogs[i]->at[k]->name));
            assert_int_equal(page.status, EXIT_HEALTHY);
            assert_non_null(strstr(page.out, catalogs[i]->at[k]->summary));
            check_width(page.out);
        }
    }
    assert_non_null(strstr(call("explain brick").out, "of the brick"));
    assert_string_equal(call("explain ML301").out, call("explain plateau-at-chance").out);
    assert_int_equal(call("explain nothing-of-this-name").status, EXIT_REFUSED);
    assert_string_equal(call("explain ML301 nothing-of-this-name").out, "");
}

static void reports_go_to_files(void **state)
{
    char folder[] = "/tmp/mldbg-test-XXXXXX";
    struct bytes bytes;

    (void)state;
    assert_non_null(mkdtemp(folder));
    const char *json = arena_print(&arena, "%s/report.json", folder);
    const char *text = arena_print(&arena, "%s/report.txt", folder);
    struct printed printed = call(arena_print(
        &arena, "check config.json --report json=%s --report text=%s --color always", json, text));
    assert_int_equal(printed.status, EXIT_HEALTHY);
    assert_true(file_read(&arena, json, 1 << 20, &bytes, NULL));
    assert_null(fault_of(bytes.at));
    assert_true(file_read(&arena, text, 1 << 20, &bytes, NULL));
    assert_null(strchr(bytes.at, '\033'));
    assert_non_null(strchr(printed.out, '\033'));
    assert_int_equal(call("check config.json --report json=/nonexistent/report.json").status, EXIT_MACHINE);
    unlink(json);
    unlink(text);
    rmdir(folder);
}

/* A mistake in --report must not be met only after a long run. */
static void reports_are_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(call("overfit config.json --report jsn=x").status, EXIT_REFUSED);
    assert_int_equal(call("overfit config.json --report json").status, EXIT_REFUSED);
    assert_int_equal(call("overfit config.json --report json=").status, EXIT_REFUSED);
    assert_int_equal(stage.opened, 0);
}

/* A golden file is written when nothing is wrong, and read otherwise. */
static void smoke_makes_and_reads_its_golden_file(void **state)
{
    static const char path[] = "test_commands.golden";
    (void)state;
    (void)unlink(path);
    assert_int_equal(call("smoke config.json --golden test_commands.golden").status, EXIT_REFUSED);
    stage.verdict.outcome = OUTCOME_FAIL;
    assert_int_equal(call("smoke config.json --golden test_commands.golden --update").status, EXIT_FINDING);
    assert_false(file_exists(path));
    stage.verdict.outcome = OUTCOME_PASS;
    assert_int_equal(call("smoke config.json --golden test_commands.golden --update").status, EXIT_HEALTHY);
    assert_true(stage.smoke.update && !stage.smoke.golden && stage.smoke.seconds == 60);
    assert_int_equal(call("smoke config.json --golden test_commands.golden --budget 5").status, EXIT_HEALTHY);
    assert_true(!stage.smoke.update && stage.smoke.golden && stage.smoke.seconds == 5);
    assert_string_equal(json_get(stage.smoke.golden, "name")->string, "cardboard");
    assert_int_equal(call("smoke config.json --golden nowhere/x --update").status, EXIT_MACHINE);
    (void)unlink(path);
}

/* --report github takes the place of the text and adds to the page of the step. */
static void annotations_are_printed(void **state)
{
    static const char path[] = "test_commands.summary";
    struct bytes summary;
    struct error err;
    (void)state;
    stage.finding = "ML602";
    stage.verdict.outcome = OUTCOME_FAIL;
    (void)unlink(path);
    setenv("GITHUB_STEP_SUMMARY", path, 1);
    struct printed answer = call("overfit config.json --report github");
    unsetenv("GITHUB_STEP_SUMMARY");
    assert_int_equal(answer.status, EXIT_FINDING);
    assert_int_equal(strncmp(answer.out, "::error file=config.json,line=1,title=ML602 ", 44), 0);
    assert_true(file_read(&arena, path, 1 << 20, &summary, &err));
    assert_non_null(strstr(summary.at, "**FAIL** all is well"));
    (void)unlink(path);
    assert_int_equal(call("overfit config.json --report github --json").status, EXIT_REFUSED);
    assert_int_equal(call("overfit config.json --report github=").status, EXIT_REFUSED);
    assert_int_equal(call("overfit config.json --report json").status, EXIT_REFUSED);
}

static void the_same_line_gives_the_same_bytes(void **state)
{
    (void)state;
    stage.finding = "ML307";
    assert_string_equal(call("overfit config.json --json").out, call("--json overfit config.json").out);
    assert_string_equal(call("overfit config.json").out, call("overfit config.json").out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_are_complete, setup, teardown),
        cmocka_unit_test_setup_teardown(every_command_has_help, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_options_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(scripts_know_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(bare_call_shows_help, setup, teardown),
        cmocka_unit_test_setup_teardown(words_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(options_stand_anywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(seeds_have_64_bits, setup, teardown),
        cmocka_unit_test_setup_teardown(exit_codes_follow_the_outcome, setup, teardown),
        cmocka_unit_test_setup_teardown(refusals_have_their_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(documents_obey_the_schema, setup, teardown),
        cmocka_unit_test_setup_teardown(explanations_fit_the_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(reports_go_to_files, setup, teardown),
        cmocka_unit_test_setup_teardown(reports_are_refused_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(smoke_makes_and_reads_its_golden_file, setup, teardown),
        cmocka_unit_test_setup_teardown(annotations_are_printed, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_line_gives_the_same_bytes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
