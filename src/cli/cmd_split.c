/* mldbg split: makes train, val, testval and test from one file. Never overwrites a file. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>
#include <mldbg/data/cut.h>

struct split_settings {
    const char *label, *by, *time, *output;
    double val, testval, test;
};

static const char *target_of(struct arena *arena, const char *folder, const char *source, enum split split)
{
    size_t length = strlen(source);
    bool tsv = length > 4 && strcmp(source + length - 4, ".tsv") == 0;
    return arena_print(arena, "%s/%s.%s", folder, split_name(split), tsv ? "tsv" : "csv");
}

static bool is_wanted(const struct cut *cut, int split)
{
    return cut->at[split].rows > 0;
}

/* All are looked for before the first is written, so that nothing is left half done. */
static bool check_targets(struct arena *arena, const char *folder, const char *source, const struct cut *cut,
                          struct error *err)
{
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const char *path = target_of(arena, folder, source, (enum split)s);
        if (!is_wanted(cut, s) || !file_exists(path))
            continue;
        fail(err, ERROR_REQUEST, "%s is there already; nothing was written",
             text_escape(arena, path, strlen(path), 200));
        return fail_hint(err, "give another folder with -o");
    }
    return true;
}

static bool write_targets(struct arena *arena, const char *folder, const char *source, const struct cut *cut,
                          struct run *record, struct error *err)
{
    struct stat status;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return fail(err, ERROR_MACHINE, "cannot make the folder %s: %s",
                    text_escape(arena, folder, strlen(folder), 200), strerror(errno));
    if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
        return fail(err, ERROR_MACHINE, "%s is no folder", text_escape(arena, folder, strlen(folder), 200));
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const char *path = target_of(arena, folder, source, (enum split)s);
        if (!is_wanted(cut, s))
            continue;
        if (!file_write(path, cut->at[s].text.at, cut->at[s].text.length, false, err))
            return false;
        struct split_record *split = run_add_split(record);
        split->name = split_name((enum split)s);
        split->origin = path;
        split->rows = cut->at[s].rows;
        if (cut->groups)
            run_set_number(record, arena_print(arena, "split/%s/groups", split->name),
                           (double)cut->at[s].groups);
    }
    return true;
}

static void describe(const struct cut *cut, struct run *record)
{
    run_set_number(record, "split/rows", (double)cut->rows);
    run_set_number(record, "split/classes", (double)cut->classes);
    run_set_number(record, "split/groups", (double)cut->groups);
    run_set_number(record, "split/repeated", (double)cut->repeated);
    if (cut->boundary)
        run_set_text(record, "split/boundary", "%s", cut->boundary);
}

static enum exit_code run(struct invocation *invocation)
{
    const struct split_settings *settings = invocation->options;
    const char *source = invocation->words.at[0];
    struct cut_options options = {
        .label = settings->label,
        .by = settings->by,
        .time = settings->time,
        .share = {0, settings->val, settings->testval, settings->test},
        .seed = invocation->common->seed_given ? invocation->common->seed : 1,
    };
    struct run record;
    struct cut cut;
    struct error err;

    run_init(&record, invocation->arena, invocation->command->entry.name);
    record.name = file_name(source);
    record.seed = options.seed;
    record.status = "finished";
    if (!data_cut(invocation->arena, source, &options, &cut, &err) ||
        !check_targets(invocation->arena, settings->output, source, &cut, &err) ||
        !write_targets(invocation->arena, settings->output, source, &cut, &record, &err))
        return refuse_error(invocation, &err);
    describe(&cut, &record);

    struct report report = {
        .command = record.command,
        .subject = record.name,
        .headline = view_headline(&record, invocation->arena),
        .body = view_body(&record, invocation->arena),
        .verdict = "",
        .next = "",
        .run = &record,
    };
    return deliver(invocation, &report);
}

#define FIELD(member) offsetof(struct split_settings, member)
#define SHARE(word, text)                                                                        \
    {                                                                                            \
        .name = #word, .type = OPTION_REAL, .offset = FIELD(word), .fallback = "0.15", .max = 1, \
        .value = "SHARE", .help = text                                                           \
    }

static const struct option rows[] = {
    {.name = "label",
     .type = OPTION_TEXT,
     .offset = FIELD(label),
     .value = "COLUMN",
     .help = "keep its values in proportion, where they are classes"},
    SHARE(val, "share of the rows for val"),
    SHARE(testval, "share of the rows for testval"),
    SHARE(test, "share of the rows for test"),
    {.name = "by",
     .type = OPTION_TEXT,
     .offset = FIELD(by),
     .value = "COLUMN",
     .help = "keep rows with one value of this column (a patient, a user) in one split"},
    {.name = "time",
     .type = OPTION_TEXT,
     .offset = FIELD(time),
     .value = "COLUMN",
     .help = "testval and test get the latest rows by this column; ISO dates or numbers"},
    {.name = "output",
     .type = OPTION_TEXT,
     .offset = FIELD(output),
     .fallback = "\".\"",
     .letter = 'o',
     .value = "DIR",
     .help = "folder of the new files; made if it is not there"},
};

const struct command command_split = {
    .entry = {"split", "Make train, val, testval and test from one file",
              "Copies each row of a CSV file, byte for byte, into train.csv, val.csv,\n"
              "testval.csv or test.csv, each with the header. By chance, by whole groups, or\n"
              "by time. val is drawn like train, testval like test; testval is there to be\n"
              "chosen on, test is kept for the end. A share of 0 leaves a split out. Files\n"
              "that exist are never overwritten.\n"},
    .usage = "split FILE",
    .examples =
        (const char *const[]){
            "mldbg split data.csv --label species -o parts",
            "mldbg split data.csv --by patient -o by-patient",
            "mldbg split data.csv --time day --val 0.2 --testval 0.1 --test 0.1 -o by-time",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct split_settings),
    .words_least = 1,
    .words_most = 1,
    .word = "a CSV file",
    .run = run,
};
