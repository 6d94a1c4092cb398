/* The table of commands, and the way from a command line to one of them. Runs nothing itself. */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <mldbg/base/cache.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>
#include <mldbg/lab.h>
#include <mldbg/version.h>

#include "help.h"
#include "reports.h"

static const struct entry *const entries[] = {
#define COMMAND(id) &command_##id.entry,
#include <mldbg/cli/commands.def>
#undef COMMAND
};

const struct catalog command_catalog = {"command", "commands", entries, sizeof entries / sizeof *entries};

static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const levels[] = {"note", "warning", "error", "never", NULL};
static const char *const devices[] = {"cpu", NULL};
static const char *const dtypes[] = {"float32", "float64", NULL};

#define FIELD(member) offsetof(struct common_options, member)

static const struct option rows[] = {
    {.name = "help",
     .type = OPTION_BOOL,
     .offset = FIELD(help),
     .letter = 'h',
     .help = "explain the command"},
    {.name = "version",
     .type = OPTION_BOOL,
     .offset = FIELD(version),
     .letter = 'V',
     .help = "print version, compiler and BLAS"},
    {.name = "json", .type = OPTION_BOOL, .offset = FIELD(json), .help = "print one JSON document, not text"},
    {.name = "report",
     .type = OPTION_TEXTS,
     .offset = FIELD(reports),
     .value = "FORMAT=FILE",
     .help = "write the report to a file, too; repeatable (formats: mldbg list formats)"},
    {.name = "ignore",
     .type = OPTION_TEXTS,
     .offset = FIELD(ignored),
     .value = "RULE",
     .help = "leave a rule out, by code or name; repeatable (mldbg list rules)"},
    {.name = "quiet",
     .type = OPTION_BOOL,
     .offset = FIELD(quiet),
     .letter = 'q',
     .help = "no progress and no notes on stderr"},
    {.name = "color",
     .type = OPTION_CHOICE,
     .offset = FIELD(color),
     .choices = colors,
     .fallback = "auto",
     .value = "WHEN",
     .help = "color"},
    {.name = "fail_on",
     .type = OPTION_CHOICE,
     .offset = FIELD(fail_on),
     .choices = levels,
     .fallback = "error",
     .value = "LEVEL",
     .help = "exit with 1 from this severity on"},
    {.name = "strict",
     .type = OPTION_BOOL,
     .offset = FIELD(strict),
     .help = "exit with 1 when the outcome is INCONCLUSIVE"},
    {.name = "seed",
     .type = OPTION_TEXT,
     .offset = FIELD(seed_text),
     .value = "N",
     .help = "another seed than the config's"},
    {.name = "threads",
     .type = OPTION_INTEGER,
     .offset = FIELD(threads),
     .fallback = "1",
     .min = 1,
     .max = 64,
     .value = "N",
     .help = "threads of the engine"},
    {.name = "dtype",
     .type = OPTION_CHOICE,
     .offset = FIELD(dtype),
     .choices = dtypes,
     .fallback = "float32",
     .value = "TYPE",
     .help = "precision"},
    {.name = "device",
     .type = OPTION_CHOICE,
     .offset = FIELD(device),
     .choices = devices,
     .fallback = "cpu",
     .value = "NAME",
     .help = "where to compute"},
    {.name = "no_cache",
     .type = OPTION_BOOL,
     .offset = FIELD(no_cache),
     .help = "read data from text, and keep none of it in MLDBG_CACHE"},
};

const struct option_table common_option_table = OPTION_TABLE(rows);

static const struct command *command_at(size_t index)
{
    return ENTRY_OF(entries[index], struct command);
}

static bool same_name(const char *name, const char *word, size_t length)
{
    if (strlen(name) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (name[i] != word[i] && !(name[i] == '_' && word[i] == '-'))
            return false;
    return true;
}

static bool takes_next_word(const struct option_table *table, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i < table->count; i++) {
        const struct option *option = &table->at[i];
        bool named = word[1] == '-' ? same_name(option->name, word + 2, length - 2)
                                    : length == 2 && option->letter == word[1];
        if (named && option->type != OPTION_BOOL)
            return true;
    }
    return false;
}

/* Options stand anywhere, so the command is the first word that is neither an option nor the value of one. */
static int find_command_word(int argc, const char *const *argv)
{
    for (int i = 0; i < argc; i++) {
        bool takes = false;
        if (argv[i][0] != '-' || !argv[i][1])
            return i;
        takes = takes_next_word(&common_option_table, argv[i]);
        for (size_t k = 0; k < command_catalog.count && !takes; k++)
            takes = takes_next_word(&command_at(k)->options, argv[i]);
        i += takes;
    }
    return -1;
}

static bool is_among(const char *wanted, int argc, const char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], wanted) == 0)
            return true;
    return false;
}

static bool unknown_command(const char *word, struct arena *arena, struct error *err)
{
    const char *shown = text_escape(arena, word, strlen(word), 60);
    const struct entry *nearest = catalog_nearest(&command_catalog, word);

    if (nearest)
        return fail(err, ERROR_REQUEST, "unknown command \"%s\"; did you mean \"%s\"?", shown, nearest->name);
    fail(err, ERROR_REQUEST, "unknown command \"%s\"", shown);
    if (file_exists(word))
        return fail_hint(err, "a file stands behind the command: mldbg check %s", shown);
    return fail_hint(err, "mldbg help lists the commands");
}

static bool check_words(const struct invocation *invocation, struct error *err)
{
    const struct command *command = invocation->command;
    size_t count = invocation->words.count;
    const char *extra;

    if (count < (size_t)command->words_least) {
        fail(err, ERROR_REQUEST, "%s needs %s", command->entry.name, command->word);
        return fail_hint(err, "usage: mldbg %s", command->usage);
    }
    if (count <= (size_t)command->words_most)
        return true;
    extra = invocation->words.at[command->words_most];
    extra = text_escape(invocation->arena, extra, strlen(extra), 60);
    if (command->words_most == 0)
        fail(err, ERROR_REQUEST, "%s takes no words, found \"%s\"", command->entry.name, extra);
    else
        fail(err, ERROR_REQUEST, "%s takes %s, %s; found \"%s\" behind it", command->entry.name,
             text_plural(invocation->arena, command->words_most, "word", "words"), command->word, extra);
    return fail_hint(err, "usage: mldbg %s", command->usage);
}

static bool read_seed(struct arena *arena, struct common_options *common, struct error *err)
{
    static const struct option seed = {.name = "seed", .type = OPTION_SEED, .offset = FIELD(seed)};
    common->seed_given = common->seed_text != NULL;
    return !common->seed_given || option_set_text(arena, &seed, common->seed_text, common, err);
}

/* Options of a command line without a command, which is --help, --version or a mistake. */
static bool parse(struct invocation *invocation, struct common_options *common, void *own, int argc,
                  const char *const *argv, struct error *err)
{
    const struct command *command = invocation->command;
    const struct option_table *const tables[] = {&common_option_table, command ? &command->options : NULL};
    void *const targets[] = {common, own};

    return options_from_arguments(invocation->arena, tables, targets, command ? 2 : 1, argc, argv,
                                  &invocation->words, err) &&
           read_seed(invocation->arena, common, err);
}

static void add_version(struct invocation *invocation)
{
    struct arena *arena = invocation->arena;
    struct text *out = &invocation->out;
#ifdef __clang__
    const char *compiler = "clang " __clang_version__;
#else
    const char *compiler = "gcc " __VERSION__;
#endif
    if (!invocation->common->json) {
        text_print(out, "mldbg %s\n  compiler  %s\n  blas      %s\n", MLDBG_VERSION, compiler,
                   lab_blas(arena));
        return;
    }
    struct json *document = report_document("version", arena);
    json_add_string(document, "compiler", compiler, arena);
    json_add_string(document, "blas", lab_blas(arena), arena);
    json_write(out, document, false);
    text_add(out, "\n");
}

static bool ignored_check(const struct invocation *invocation, struct error *err)
{
    const struct texts *ignored = &invocation->common->ignored;

    for (size_t i = 0; i < ignored->count; i++) {
        const char *shown = text_escape(invocation->arena, ignored->at[i], strlen(ignored->at[i]), 60);

        if (rule_find(ignored->at[i]))
            continue;
        fail(err, ERROR_REQUEST, "--ignore: there is no rule \"%s\"", shown);
        return fail_hint(err, "mldbg list rules");
    }
    return true;
}

static int run_command(struct invocation *invocation)
{
    struct error err;

    if (!check_words(invocation, &err) || !reports_check(invocation, &err) ||
        !ignored_check(invocation, &err))
        return (int)refuse_error(invocation, &err);
    int status = (int)invocation->command->run(invocation);
    return interrupted() ? 128 + interrupted() : status;
}

static int dispatch(struct invocation *invocation, struct common_options *common, int argc,
                    const char *const *argv)
{
    struct arena *arena = invocation->arena;
    int word = find_command_word(argc, argv), rest = 0;
    const char **arguments = arena_array(arena, (size_t)argc + 1, sizeof *arguments);
    void *own = NULL;
    struct error err;

    common->json = is_among("--json", argc, argv); /* a refusal of the command line obeys it, too */
    if (word >= 0) {
        const struct entry *entry = catalog_find(&command_catalog, argv[word]);
        if (!entry) {
            unknown_command(argv[word], arena, &err);
            return (int)refuse_error(invocation, &err);
        }
        invocation->command = ENTRY_OF(entry, struct command);
        own = arena_alloc(arena, invocation->command->options_size + 1);
        options_default(arena, &invocation->command->options, own);
        invocation->options = own;
    }
    for (int i = 0; i < argc; i++)
        if (i != word)
            arguments[rest++] = argv[i];
    if (!parse(invocation, common, own, rest, arguments, &err))
        return (int)refuse_error(invocation, &err);
    log_setup(common->quiet, (enum color)common->color);
    cache_allow(!common->no_cache);
    if (common->version) {
        add_version(invocation);
        return EXIT_HEALTHY;
    }
    if (!invocation->command) {
        help_overview(&invocation->out);
        return common->help ? EXIT_HEALTHY : EXIT_REFUSED; /* without a command nothing was found healthy */
    }
    if (common->help) {
        help_command(&invocation->out, invocation->command);
        return EXIT_HEALTHY;
    }
    return run_command(invocation);
}

int invoke(struct arena *arena, int argc, const char *const *argv, struct text *out)
{
    struct common_options common = {0};
    struct invocation invocation = {.arena = arena, .common = &common, .out = *out};

    options_default(arena, &common_option_table, &common);
    log_setup(false, COLOR_AUTO);
    int status = dispatch(&invocation, &common, argc, argv);
    *out = invocation.out;
    return status;
}
