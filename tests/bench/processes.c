/*
 * The same job for both sides: the same files, network, optimizer, batch and number of epochs; what both came
 * to is printed, so that it can be seen. Peers have nothing set but what they set themselves.
 */
#include "processes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "process.h"
#include "timing.h"

enum { WORDS_MOST = 12, LINE = 160, TRAIN_ROWS = 1437 }; /* 80 % of the 1,797 digits */

/* One comparison. In the commands, %s stands for the folder of the workplace. */
struct task {
    const char *name, *peer;
    double least, aim, memory_most; /* MiB, or NaN */
    const char *ours[WORDS_MOST];   /* behind the program's name */
    const char *ours_says;          /* the line of its output that holds this */
    const char *script, *argument;  /* a file beside this, and its argument */
    bool own_clock;                 /* the script's last line is "seconds S": imports are left out */
    int rounds_most;
};

#define NOTHING (double)NAN
#define OVERFIT "overfit", "%s/overfit.json"
#define TRAIN   "train", "%s/train.json", "-o", "%s/run", "--quiet", "--no-ledger"
#define CHECK   "gradcheck", "datasets/digits/lenet.json", "--rows", "8", "--most", "0"

static const struct task tasks[] = {
    {"overfit",
     "PyTorch",
     25,
     75,
     20,
     {OVERFIT},
     "memorized",
     "torch_overfit.py",
     "%s/train.csv",
     false,
     ROUNDS_MOST},
    {"train",
     "scikit-learn",
     10,
     30,
     NOTHING,
     {TRAIN},
     "test ",
     "sklearn_train.py",
     "%s",
     false,
     ROUNDS_MOST},
    {"train",
     "PyTorch",
     NOTHING,
     NOTHING,
     NOTHING,
     {TRAIN},
     "test ",
     "torch_train.py",
     "%s",
     false,
     ROUNDS_MOST},
    {"gradcheck",
     "PyTorch",
     5,
     25,
     NOTHING,
     {CHECK},
     "gradients agree",
     "torch_gradcheck.py",
     "datasets/digits/digits-train.csv",
     true,
     3},
};

static const char digits_config[] =
    "{\"name\": \"digits\", \"seed\": 1,\n"
    " \"data\": {\"train\": \"train.csv\", \"test\": \"test.csv\", \"label\": \"digit\", \"scale\": "
    "{\"divide\": 16}},\n"
    " \"model\": [{\"type\": \"linear\", \"out_features\": 32}, {\"type\": \"relu\"},\n"
    "           {\"type\": \"linear\", \"out_features\": 10}],\n"
    " \"loss\": \"cross_entropy\", \"optimizer\": {\"type\": \"adam\", \"lr\": %s},\n"
    " \"train\": {\"batch_size\": 32, \"epochs\": 20}}\n";

static void write_files(const struct workplace *workplace)
{
    static const char *const sources[] = {
        "datasets/digits/digits-train.csv", "datasets/digits/digits-val.csv",
        "datasets/digits/digits-testval.csv", "datasets/digits/digits-test.csv", NULL};
    char text[sizeof digits_config + 16];

    workplace_join(workplace, "train.csv", sources, 0, TRAIN_ROWS);
    workplace_join(workplace, "test.csv", sources, TRAIN_ROWS, INT64_MAX);
    snprintf(text, sizeof text, digits_config, "0.01");
    workplace_write(workplace, "overfit.json", text);
    snprintf(text, sizeof text, digits_config, "0.001");
    workplace_write(workplace, "train.json", text);
}

/* A word of a command, the folder put in where it has %s. */
static const char *word(struct arena *arena, const char *text, const struct workplace *workplace)
{
    const char *mark = strstr(text, "%s");

    return mark ? arena_print(arena, "%.*s%s%s", (int)(mark - text), text, workplace->folder, mark + 2)
                : text;
}

static void run_ours(struct process *process, const struct task *task, const struct settings *settings,
                     struct arena *arena, const struct workplace *workplace)
{
    const char *argv[WORDS_MOST + 2] = {settings->mldbg};

    for (int i = 0; i < WORDS_MOST && task->ours[i]; i++)
        argv[i + 1] = word(arena, task->ours[i], workplace);
    process_run(process, argv);
    if (!process->good)
        stop("%s %s failed; it said: %s", settings->mldbg, task->ours[0], process->output);
    workplace_remove(workplace, "run");
}

/* False: the script is for a library that is not installed, and said nothing. */
static bool run_peer(struct process *process, const struct task *task, const struct settings *settings,
                     struct arena *arena, const struct workplace *workplace)
{
    const char *const argv[] = {settings->python, arena_print(arena, "tests/bench/%s", task->script),
                                word(arena, task->argument, workplace), NULL};
    char line[LINE];

    process_run(process, argv);
    if (!process->good || !*process->output)
        return false;
    process_line(process, "seconds ", line, sizeof line);
    if (task->own_clock)
        process->ms = *line ? 1e3 * strtod(line + strlen("seconds "), NULL) : (double)NAN;
    return true;
}

/* Blanks in a row become one, so that a line of a table reads as a sentence. */
static void squeeze(char *line)
{
    char *to = line;

    for (const char *from = line; *from; from++)
        if (*from != ' ' || (to > line && to[-1] != ' '))
            *to++ = *from;
    *to = 0;
}

static void compare(struct table *table, const struct task *task, const struct settings *settings,
                    const struct workplace *workplace)
{
    double ours[ROUNDS_MOST], peer[ROUNDS_MOST], memory[ROUNDS_MOST], peer_memory[ROUNDS_MOST];
    const int rounds = settings->rounds < task->rounds_most ? settings->rounds : task->rounds_most;
    struct arena *arena = table->arena;
    struct process mine, other = {.output = ""};
    bool compared = settings->python != NULL;
    char said[LINE], answered[LINE];
    struct row row = row_none();

    for (int i = 0; i < rounds; i++) {
        run_ours(&mine, task, settings, arena, workplace);
        ours[i] = mine.ms;
        memory[i] = mine.mib;
        compared = compared && run_peer(&other, task, settings, arena, workplace);
        peer[i] = compared ? other.ms : (double)NAN;
        peer_memory[i] = compared ? other.mib : (double)NAN;
    }
    process_line(&mine, task->ours_says, said, sizeof said);
    snprintf(answered, sizeof answered, "%.*s", (int)strcspn(other.output, "\n"), other.output);
    squeeze(said);
    row.part = "processes";
    row.name = task->name;
    row.variant = task->peer;
    row.ours = median(ours, rounds);
    row.peer = median(peer, rounds);
    row.peer_name = compared ? task->peer : "";
    row.least = task->least;
    row.aim = task->aim;
    row.memory = median(memory, rounds);
    row.peer_memory = median(peer_memory, rounds);
    row.limit = task->memory_most;
    row.note = arena_print(arena, "ours: %s%s%s", said, compared ? "; peer: " : "", answered);
    table_add(table, &row);
}

void processes_run(struct table *table, const struct settings *settings, const struct workplace *workplace)
{
    bool written = false;

    for (size_t i = 0; settings->mldbg && i < sizeof tasks / sizeof *tasks; i++) {
        if (!settings_select(settings, "processes", tasks[i].name))
            continue;
        if (!written)
            write_files(workplace);
        written = true;
        compare(table, &tasks[i], settings, workplace);
    }
}
