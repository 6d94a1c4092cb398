/* mldbg init: from a file of data to its first config, with a reason for each choice. Never overwrites a
 * file. */
#include <string.h>
#include <mldbg/base/file.h>
#include <mldbg/cli.h>
#include <mldbg/recipe/starting.h>

struct init_settings {
    const char *output, *label;
    int task;
    struct sizes sequence, image;
    bool table;
};

static const char *const tasks[] = {"classification", "regression", NULL};

static bool to_stdout(const struct init_settings *settings)
{
    return strcmp(settings->output, "-") == 0;
}

static bool check_settings(const struct invocation *invocation, const struct init_settings *settings,
                           struct error *err)
{
    const char *path = settings->output;
    int forms = (settings->image.count > 0) + (settings->sequence.count > 0) + settings->table;

    if (to_stdout(settings) && invocation->common->json)
        return fail(err, ERROR_REQUEST, "--json and -o - both want to be printed");
    if (forms > 1)
        return fail(err, ERROR_REQUEST, "--sequence, --image and --table exclude each other");
    if (settings->image.count != 0 && settings->image.count != 3)
        return fail(err, ERROR_REQUEST, "--image: expected channels, height and width, such as 1,28,28");
    if (settings->sequence.count != 0 && settings->sequence.count != 2)
        return fail(err, ERROR_REQUEST, "--sequence: expected steps and width of a step, such as 50,1");
    if (to_stdout(settings) || !file_exists(path))
        return true;
    fail(err, ERROR_REQUEST, "%s is there already; nothing was written",
         text_escape(invocation->arena, path, strlen(path), 200));
    return fail_hint(err, "give another name with -o, or -o - to print it");
}

static enum exit_code report_choices(struct invocation *invocation, struct run *record, const char *path)
{
    struct report report = {
        .command = record->command,
        .subject = record->name,
        .headline = view_headline(record, invocation->arena),
        .body = view_body(record, invocation->arena),
        .verdict = "",
        .next = arena_print(invocation->arena, "see whether it works:  mldbg doctor %s",
                            text_shell_word(invocation->arena, path)),
        .run = record,
    };
    return deliver(invocation, &report);
}

static enum exit_code run(struct invocation *invocation)
{
    const struct init_settings *settings = invocation->options;
    const char *source = invocation->words.at[0];
    const struct start_options options = {
        .output = to_stdout(settings) ? "config.json" : settings->output,
        .label = settings->label,
        .task = settings->task,
        .sequence = settings->sequence,
        .image = settings->image,
        .table = settings->table,
        .seed = invocation->common->seed_given ? invocation->common->seed : 1,
    };
    struct problems problems;
    struct json *config;
    struct text text;
    struct error err;
    struct run record;

    problems_init(&problems, invocation->arena);
    run_init(&record, invocation->arena, invocation->command->entry.name);
    record.name = file_name(source);
    record.config_path = settings->output;
    record.seed = options.seed;
    record.status = "finished";
    if (!check_settings(invocation, settings, &err))
        return refuse_error(invocation, &err);
    interrupt_at_once(true); /* nothing is written before the data are looked at */
    bool made = recipe_init(invocation->arena, source, &options, &record, &config, &problems);
    interrupt_at_once(false);
    if (!made)
        return refuse(invocation, &problems, NULL);
    if (to_stdout(settings)) {
        json_write(&invocation->out, config, true);
        return EXIT_HEALTHY;
    }
    text_init(&text, invocation->arena);
    json_write(&text, config, true);
    if (!file_write(settings->output, text.at, text.length, false, &err))
        return refuse_error(invocation, &err);
    record.config = config;
    return report_choices(invocation, &record, settings->output);
}

#define FIELD(member) offsetof(struct init_settings, member)

static const struct option rows[] = {
    {.name = "output",
     .type = OPTION_TEXT,
     .offset = FIELD(output),
     .fallback = "\"config.json\"",
     .letter = 'o',
     .value = "FILE",
     .help = "the new config; - prints it and nothing else"},
    {.name = "label",
     .type = OPTION_TEXT,
     .offset = FIELD(label),
     .value = "COLUMN",
     .help = "column of the answer; default: guessed"},
    {.name = "task",
     .type = OPTION_CHOICE,
     .offset = FIELD(task),
     .choices = tasks,
     .help = "classes or numbers; default: by the label"},
    {.name = "sequence",
     .type = OPTION_SIZES,
     .offset = FIELD(sequence),
     .min = 1,
     .max = 1e9,
     .value = "STEPS,WIDTH",
     .help = "a row is a sequence: the columns of the first step, of the second, ..."},
    {.name = "image",
     .type = OPTION_SIZES,
     .offset = FIELD(image),
     .min = 1,
     .max = 1e9,
     .value = "C,H,W",
     .help = "a row is an image: channels, height, width"},
    {.name = "table", .type = OPTION_BOOL, .offset = FIELD(table), .help = "a row is neither"},
};

const struct command command_init = {
    .entry = {"init", "What is the simplest sensible config for this data?",
              "Looks at a CSV file and writes a first config, with a reason for each choice:\n"
              "which column is the answer, what is left out, LeNet for images, one LSTM for\n"
              "sequences, else one hidden layer; scaled data, Adam, no regularization. What\n"
              "is guessed is named so, with the option that says otherwise. A file that\n"
              "exists is never overwritten.\n"},
    .usage = "init FILE",
    .examples =
        (const char *const[]){
            "mldbg init data.csv",
            "mldbg init data.csv --label species -o species.json",
            "mldbg init data.csv --sequence 50,1 -o -",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct init_settings),
    .words_least = 1,
    .words_most = 1,
    .word = "a CSV file",
    .run = run,
};
