/* mldbg completion: scripts for shells, made from the tables of commands and options. */
#include <string.h>
#include <mldbg/cli.h>

#include "help.h"

static const struct command *command_at(size_t index)
{
    return ENTRY_OF(command_catalog.at[index], struct command);
}

/* "--batch --steps" */
static const char *flags(struct arena *arena, const struct option_table *table)
{
    struct text out;
    text_init(&out, arena);
    for (size_t i = 0; i < table->count; i++)
        text_print(&out, "%s%s", i ? " " : "", option_flag(arena, &table->at[i]));
    return out.at;
}

static const char *joined(struct arena *arena, const char *const *words, size_t count)
{
    struct text out;
    text_init(&out, arena);
    for (size_t i = 0; i < count && words[i]; i++)
        text_print(&out, "%s%s", i ? " " : "", words[i]);
    return out.at;
}

static const char *command_names(struct arena *arena, const char *separator)
{
    struct text out;
    text_init(&out, arena);
    for (size_t i = 0; i < command_catalog.count; i++)
        text_print(&out, "%s%s", i ? separator : "", command_catalog.at[i]->name);
    return out.at;
}

/* A word of a shell: in single quotes, with those inside of it escaped. */
static const char *quoted(struct arena *arena, const char *text)
{
    struct text out;
    text_init(&out, arena);
    text_add(&out, "'");
    for (; *text; text++) {
        if (*text == '\'')
            text_add(&out, "'\\''");
        else
            text_add_bytes(&out, text, 1);
    }
    text_add(&out, "'");
    return out.at;
}

/* The choices after each option that has some, as branches of a case. */
static void bash_choices(struct text *out, const struct option_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->at[i].choices)
            text_print(out, "    %s) COMPREPLY=($(compgen -W \"%s\" -- \"$word\")); return ;;\n",
                       option_flag(out->arena, &table->at[i]),
                       joined(out->arena, table->at[i].choices, SIZE_MAX));
}

static void add_bash(struct text *out)
{
    struct arena *arena = out->arena;

    text_print(out,
               "# bash completion of mldbg; made by: mldbg completion bash\n"
               "_mldbg() {\n"
               "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
               "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
               "        case ${COMP_WORDS[i]} in\n"
               "        %s) command=${COMP_WORDS[i]}; break ;;\n"
               "        esac\n"
               "    done\n"
               "    case $before in\n",
               command_names(arena, "|"));
    bash_choices(out, &common_option_table);
    for (size_t i = 0; i < command_catalog.count; i++)
        bash_choices(out, &command_at(i)->options);
    text_add(out, "    esac\n    local flags words=\n    case $command in\n");
    for (size_t i = 0; i < command_catalog.count; i++) {
        const struct command *command = command_at(i);
        struct texts words = command->candidates ? command->candidates(arena) : (struct texts){0};
        text_print(out, "    %s)\n        flags=\"%s\"\n", command->entry.name,
                   flags(arena, &command->options));
        if (words.count)
            text_print(out, "        words=\"%s\"\n", joined(arena, words.at, words.count));
        text_add(out, "        ;;\n");
    }
    text_print(out,
               "    *) words=\"%s\" ;;\n"
               "    esac\n"
               "    if [[ $word == -* ]]; then\n"
               "        COMPREPLY=($(compgen -W \"$flags %s\" -- \"$word\"))\n"
               "    elif [[ $words ]]; then\n"
               "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
               "    else\n"
               "        COMPREPLY=($(compgen -f -X '!*.json' -- \"$word\") $(compgen -d -- \"$word\"))\n"
               "    fi\n"
               "}\n"
               "complete -o filenames -F _mldbg mldbg\n",
               command_names(arena, " "), flags(arena, &common_option_table));
}

/* "--batch[rows to memorize]:N:" for _arguments. Brackets and colons would end the text. */
static void zsh_option(struct text *out, const struct option *option)
{
    struct arena *arena = out->arena;
    char *help = arena_copy(arena, option->help, strlen(option->help));
    const char *action =
        option->choices ? arena_print(arena, "(%s)", joined(arena, option->choices, SIZE_MAX)) : "";

    for (char *at = help; *at; at++)
        if (strchr("[]:", *at))
            *at = ' ';
    const char *spec = arena_print(arena, "%s[%s]", option_flag(arena, option), help);
    if (option->type != OPTION_BOOL)
        spec = arena_print(arena, "%s:%s:%s", spec, option->value ? option->value : "value", action);
    text_print(out, " \\\n            %s", quoted(arena, spec));
}

static void add_zsh(struct text *out)
{
    struct arena *arena = out->arena;

    text_add(out, "#compdef mldbg\n# zsh completion of mldbg; made by: mldbg completion zsh\n"
                  "_mldbg() {\n"
                  "    local -a commands\n"
                  "    commands=(\n");
    for (size_t i = 0; i < command_catalog.count; i++)
        text_print(out, "        %s\n",
                   quoted(arena, arena_print(arena, "%s:%s", command_catalog.at[i]->name,
                                             command_catalog.at[i]->summary)));
    text_add(out, "    )\n"
                  "    if (( CURRENT == 2 )); then\n"
                  "        _describe command commands\n"
                  "        return\n"
                  "    fi\n"
                  "    local command=$words[2]\n"
                  "    shift words\n"
                  "    (( CURRENT-- ))\n"
                  "    case $command in\n");
    for (size_t i = 0; i < command_catalog.count; i++) {
        const struct command *command = command_at(i);
        struct texts words = command->candidates ? command->candidates(arena) : (struct texts){0};
        const char *action = words.count ? arena_print(arena, "(%s)", joined(arena, words.at, words.count))
                                         : "_files -g \"*.json\"";
        text_print(out, "    %s)\n        _arguments", command->entry.name);
        for (size_t k = 0; k < command->options.count; k++)
            zsh_option(out, &command->options.at[k]);
        for (size_t k = 0; k < common_option_table.count; k++)
            zsh_option(out, &common_option_table.at[k]);
        text_print(out, " \\\n            %s\n        ;;\n",
                   quoted(arena, arena_print(arena, "*:word:%s", command->words_most ? action : "")));
    }
    text_add(out, "    esac\n}\n_mldbg \"$@\"\n");
}

static void fish_option(struct text *out, const struct option *option, const char *condition)
{
    struct arena *arena = out->arena;
    text_print(out, "complete -c mldbg%s -l %s", condition, option_flag(arena, option) + 2);
    if (option->letter)
        text_print(out, " -s %c", option->letter);
    if (option->choices)
        text_print(out, " -x -a %s", quoted(arena, joined(arena, option->choices, SIZE_MAX)));
    else if (option->type != OPTION_BOOL)
        text_add(out, " -r");
    text_print(out, " -d %s\n", quoted(arena, option->help));
}

static void add_fish(struct text *out)
{
    struct arena *arena = out->arena;

    text_add(out, "# fish completion of mldbg; made by: mldbg completion fish\n");
    for (size_t i = 0; i < command_catalog.count; i++)
        text_print(out, "complete -c mldbg -f -n __fish_use_subcommand -a %s -d %s\n",
                   command_catalog.at[i]->name, quoted(arena, command_catalog.at[i]->summary));
    for (size_t i = 0; i < command_catalog.count; i++) {
        const struct command *command = command_at(i);
        const char *condition =
            arena_print(arena, " -n '__fish_seen_subcommand_from %s'", command->entry.name);
        for (size_t k = 0; k < command->options.count; k++)
            fish_option(out, &command->options.at[k], condition);
        if (command->candidates) {
            struct texts words = command->candidates(arena);
            text_print(out, "complete -c mldbg -f%s -a %s\n", condition,
                       quoted(arena, joined(arena, words.at, words.count)));
        }
    }
    for (size_t i = 0; i < common_option_table.count; i++)
        fish_option(out, &common_option_table.at[i], "");
}

static const struct {
    const char *name;
    void (*add)(struct text *out);
} shells[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", add_fish}};

enum { SHELLS = sizeof shells / sizeof *shells };

static struct texts candidates(struct arena *arena)
{
    const char **names = arena_array(arena, SHELLS, sizeof *names);
    for (size_t i = 0; i < SHELLS; i++)
        names[i] = shells[i].name;
    return (struct texts){SHELLS, names};
}

static void add_script(struct invocation *invocation, size_t shell)
{
    shells[shell].add(&invocation->out);
}

static void add_json(struct invocation *invocation, size_t shell)
{
    struct arena *arena = invocation->arena;
    struct json *document = report_document("completion", arena);
    struct text script;

    text_init(&script, arena);
    shells[shell].add(&script);
    json_add_string(document, "shell", shells[shell].name, arena);
    json_add_string(document, "script", script.at, arena);
    json_write(&invocation->out, document, false);
    text_add(&invocation->out, "\n");
}

static enum exit_code run(struct invocation *invocation)
{
    const char *word = invocation->words.at[0];
    struct texts names = candidates(invocation->arena);
    const char *nearest = text_nearest(word, names.at, names.count);
    struct error err;

    for (size_t i = 0; i < SHELLS; i++)
        if (strcmp(shells[i].name, word) == 0) {
            (invocation->common->json ? add_json : add_script)(invocation, i);
            return EXIT_HEALTHY;
        }
    fail(&err, ERROR_REQUEST, "no completion for \"%s\"; expected bash, zsh or fish%s%s%s",
         text_escape(invocation->arena, word, strlen(word), 60), nearest ? "; did you mean \"" : "",
         nearest ? nearest : "", nearest ? "\"?" : "");
    return refuse_error(invocation, &err);
}

const struct command command_completion = {
    .entry = {"completion", "How do bash, zsh and fish complete its words?",
              "Prints a script for the shell. To try it in bash:\n"
              "source <(mldbg completion bash). make install puts all three in their places.\n"},
    .usage = "completion SHELL",
    .examples =
        (const char *const[]){
            "mldbg completion bash > mldbg.bash",
            NULL,
        },
    .words_least = 1,
    .words_most = 1,
    .word = "a shell: bash, zsh or fish",
    .run = run,
    .candidates = candidates,
};
