/* mldbg show: what a run was, out of its record. Trains nothing and writes nothing. */
#include <string.h>
#include <mldbg/cli.h>
#include <mldbg/run/record.h>

static void tell_notes(const struct text *notes, struct arena *arena)
{
    for (const char *line = notes->at; line && *line; line += strcspn(line, "\n") + 1)
        log_note("%s", arena_copy(arena, line, strcspn(line, "\n")));
}

static const char *word(const struct json *manifest, const char *key)
{
    const struct json *value = json_get(manifest, key);

    return value && value->type == JSON_STRING ? value->string : "";
}

/* "finished, began 2026-11-20T12:00:00Z, ..., by mldbg 0.1.0" above the tables of the view. */
static const char *body_of(const struct run *run, const struct json *manifest, const char *folder,
                           struct arena *arena)
{
    bool going = strcmp(run->status, "running") == 0, alive = going && record_is_written(folder);
    const char *status = going && !alive ? "killed" : run->status;
    const char *next =
        going && !alive ? arena_print(arena, "  go on:  mldbg train --resume %s\n\n", folder) : "\n";

    return arena_print(arena, "  %s, began %s%s%s\n%s%s%s%s", status, word(manifest, "started"),
                       *word(manifest, "ended") ? ", ended " : "", word(manifest, "ended"), next,
                       view_body(run, arena), view_plot(run, arena), view_probes(run, arena));
}

static enum exit_code run(struct invocation *invocation)
{
    struct arena *arena = invocation->arena;
    const struct json *manifest = NULL;
    struct run record;
    struct text notes;
    struct error err = {0};

    text_init(&notes, arena);
    if (!record_read(arena, invocation->words.at[0], &record, &manifest, &notes, &err))
        return refuse_error(invocation, &err);
    tell_notes(&notes, arena);
    struct report report = {
        .command = invocation->command->entry.name,
        .subject = record.name,
        .headline = view_headline(&record, arena),
        .body = body_of(&record, manifest, invocation->words.at[0], arena),
        .verdict = "",
        .next = arena_print(arena, "curves and layers on a page:  mldbg report %s",
                            text_shell_word(arena, invocation->words.at[0])),
        .run = &record,
    };
    return deliver(invocation, &report);
}

const struct command command_show = {
    .entry = {"show", "What was this run?",
              "Reads a record and shows what was trained, what every split came to, the\n"
              "curves of the losses, and the probes by layer. A run that is still going, or\n"
              "was killed, can be shown too.\n"},
    .usage = "show RUN",
    .examples =
        (const char *const[]){
            "mldbg show run",
            NULL,
        },
    .words_least = 1,
    .words_most = 1,
    .word = "the folder of a run",
    .run = run,
};
