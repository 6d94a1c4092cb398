/* mldbg help: the overview and the pages of the commands, made from the tables. */
#include "catalogs.h"
#include "help.h"

#include <string.h>

const struct exit_row exit_rows[] = {
    {"0", "healthy, or inconclusive (1 under --strict)"},
    {"1", "a finding at or above --fail-on, or a test that failed"},
    {"2", "the command line, the config or the data was refused"},
    {"3", "the machine failed: a file, memory, a device"},
    {"4", "a bug in mldbg"},
    {"130, 143", "interrupted by SIGINT, SIGTERM"},
    {NULL, NULL},
};

const char *option_flag(struct arena *arena, const struct option *option)
{
    char *flag = arena_print(arena, "--%s", option->name);
    for (char *at = flag; *at; at++)
        if (*at == '_')
            *at = '-';
    return flag;
}

static const struct command *command_at(size_t index)
{
    return ENTRY_OF(command_catalog.at[index], struct command);
}

void help_overview(struct text *out)
{
    size_t left = 0;

    text_print(out, "%s\n\n", command_overfit.examples[0]);
    text_add(out, "mldbg is a debugger for training runs of neural networks. Each command answers\n"
                  "one question:\n\n");
    for (size_t i = 0; i < command_catalog.count; i++) {
        size_t columns = 2 + text_columns(command_at(i)->usage) + 2;
        left = columns > left ? columns : left;
    }
    for (size_t i = 0; i < command_catalog.count; i++) {
        text_print(out, "  %s", command_at(i)->usage);
        text_wrap(out, command_at(i)->entry.summary, left);
    }
    text_add(out, "\nmldbg help COMMAND shows its options; mldbg explain NAME tells about a code, a\n"
                  "layer or a loss; mldbg --version tells what was built.\n");
}

void help_command(struct text *out, const struct command *command)
{
    for (const char *const *example = command->examples; *example; example++)
        text_print(out, "%s\n", *example);
    text_print(out, "\n%s\n\n%s\nusage: mldbg %s [options]\n", command->entry.summary, command->entry.explain,
               command->usage);
    if (command->options.count) {
        text_print(out, "\noptions of %s\n", command->entry.name);
        options_help(out, &command->options, false);
    }
    text_add(out, "\noptions of all commands\n");
    options_help(out, &common_option_table, false);
    text_add(out, "\nexit status\n");
    for (const struct exit_row *row = exit_rows; row->status; row++) {
        text_print(out, "  %s", row->status);
        text_wrap(out, row->meaning, 12);
    }
}

enum { FORMAT_TEXT, FORMAT_MAN };

struct settings {
    int format;
};

/* One command with its options, or all in short. */
static void add_json(struct invocation *invocation, const struct entry *entry)
{
    struct arena *arena = invocation->arena;
    struct json *document = report_document("help", arena);
    struct json *array = json_add(document, "entries", json_array(arena), arena);

    for (size_t i = 0; i < command_catalog.count; i++)
        if (!entry || entry == command_catalog.at[i])
            entry_to_json(array, &command_catalog, command_catalog.at[i], entry != NULL, arena);
    json_write(&invocation->out, document, false);
    text_add(&invocation->out, "\n");
}

static enum exit_code run(struct invocation *invocation)
{
    const struct settings *settings = invocation->options;
    const char *word = invocation->words.count ? invocation->words.at[0] : NULL;
    const struct entry *entry = word ? catalog_find(&command_catalog, word) : NULL;
    struct error err;

    if (word && !entry) {
        const struct entry *nearest = catalog_nearest(&command_catalog, word);
        const char *shown = text_escape(invocation->arena, word, strlen(word), 60);
        fail(&err, ERROR_REQUEST, "there is no command \"%s\"%s%s%s", shown,
             nearest ? "; did you mean \"" : "", nearest ? nearest->name : "", nearest ? "\"?" : "");
        fail_hint(&err, "mldbg explain tells about everything else that has a name");
        return refuse_error(invocation, &err);
    }
    if (settings->format == FORMAT_MAN && invocation->common->json) {
        fail(&err, ERROR_REQUEST, "--json and --format man both want to be printed");
        return refuse_error(invocation, &err);
    }
    if (invocation->common->json)
        add_json(invocation, entry);
    else if (settings->format == FORMAT_MAN)
        help_manual(&invocation->out);
    else if (entry)
        help_command(&invocation->out, ENTRY_OF(entry, struct command));
    else
        help_overview(&invocation->out);
    return EXIT_HEALTHY;
}

static struct texts candidates(struct arena *arena)
{
    const char **names = arena_array(arena, command_catalog.count, sizeof *names);
    for (size_t i = 0; i < command_catalog.count; i++)
        names[i] = command_catalog.at[i]->name;
    return (struct texts){command_catalog.count, names};
}

static const char *const formats[] = {"text", "man", NULL};

static const struct option rows[] = {
    {.name = "format",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct settings, format),
     .choices = formats,
     .fallback = "text",
     .value = "FORMAT",
     .help = "man: the whole manual in roff"},
};

const struct command command_help = {
    .entry = {"help", "How is mldbg used?",
              "Without a word it shows all commands. Every command takes --help, too.\n"},
    .usage = "help [COMMAND]",
    .examples =
        (const char *const[]){
            "mldbg help",
            "mldbg help overfit",
            "mldbg help --format man > mldbg.1",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct settings),
    .words_most = 1,
    .word = "one command",
    .run = run,
    .candidates = candidates,
};
