/* mldbg schema: JSON Schemas of the config and of the output. */
#include <mldbg/cli.h>
#include <mldbg/lab.h>

struct settings {
    bool output;
};

static enum exit_code run(struct invocation *invocation)
{
    const struct settings *settings = invocation->options;
    struct json *schema = settings->output ? report_schema(invocation->arena) : lab_schema(invocation->arena);
    json_write(&invocation->out, schema, true);
    return EXIT_HEALTHY;
}

static const struct option rows[] = {
    {.name = "output",
     .type = OPTION_BOOL,
     .offset = offsetof(struct settings, output),
     .help = "the schema of what --json prints, not of the config"},
};

const struct command command_schema = {
    .entry = {"schema", "What may stand in a config, in words for editors?",
              "Prints a JSON Schema (draft 2020-12). Save it beside your config and name it\n"
              "there as \"$schema\": editors then complete keys and mark mistakes while you\n"
              "type.\n"},
    .usage = "schema",
    .examples =
        (const char *const[]){
            "mldbg schema > mldbg.schema.json",
            "mldbg schema --output",
            NULL,
        },
    .options = OPTION_TABLE(rows),
    .options_size = sizeof(struct settings),
    .run = run,
};
