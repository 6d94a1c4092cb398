/* mldbg runs: the records under a folder, in order. Reads each one as show does; writes nothing. */
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <mldbg/cli.h>
#include <mldbg/run/record.h>

enum order { ORDER_name, ORDER_loss };

struct runs_settings {
    int sort;
};

struct row {
    const char *folder, *name, *status;
    double epochs, loss, accuracy, rmse;
};

static double last_of(const struct run *run, const char *name)
{
    const struct series *series = run_find(run, name);

    return series ? series->value[series->count - 1] : (double)NAN;
}

/* Of val, or of train where there is no val. */
static double measure(const struct run *run, const char *name)
{
    const char *val = arena_print(run->arena, "val/%s", name);

    return run_has(run, val) ? last_of(run, val) : last_of(run, arena_print(run->arena, "train/%s", name));
}

static void read_one(struct arena *arena, const char *path, const char *folder, struct row *out)
{
    struct run run;
    struct text notes;
    struct error err = {0};

    *out = (struct row){.folder = folder,
                        .name = "",
                        .status = "cannot be read",
                        .epochs = (double)NAN,
                        .loss = (double)NAN,
                        .accuracy = (double)NAN,
                        .rmse = (double)NAN};
    text_init(&notes, arena);
    if (!record_read(arena, path, &run, NULL, &notes, &err))
        return;
    out->name = run.name;
    out->status = strcmp(run.status, "running") == 0 && !record_is_written(path) ? "killed" : run.status;
    out->epochs = last_of(&run, "epoch");
    out->loss = measure(&run, "loss");
    out->accuracy = measure(&run, "accuracy");
    out->rmse = measure(&run, "rmse");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->folder, ((const struct row *)b)->folder);
}

/* Runs without a loss stand last. */
static int by_loss(const void *a, const void *b)
{
    double left = ((const struct row *)a)->loss, right = ((const struct row *)b)->loss;

    if (isnan(left) || isnan(right))
        return isnan(left) != isnan(right) ? (isnan(left) ? 1 : -1) : by_name(a, b);
    return left < right ? -1 : left > right ? 1 : by_name(a, b);
}

static const char *number(struct arena *arena, double value, double factor, const char *unit)
{
    return isnan(value) ? "" : arena_print(arena, "%s%s", text_number(arena, factor * value, 4), unit);
}

/* Accuracy and RMSE have a column where a run has one. */
static void print(const struct row *rows, size_t count, struct text *out)
{
    struct arena *arena = out->arena;
    const char *cells[7] = {"run", "name", "status", "epochs", "loss"};
    bool classes = false, numbers = false;
    struct grid grid;

    for (size_t i = 0; i < count; i++) {
        classes = classes || !isnan(rows[i].accuracy);
        numbers = numbers || !isnan(rows[i].rmse);
    }
    cells[5] = classes ? "accuracy" : "RMSE";
    cells[6] = "RMSE";
    grid_init(&grid, arena, 5 + (size_t)classes + (size_t)numbers, "lllrrrr");
    grid_row(&grid, cells);
    for (size_t i = 0; i < count; i++) {
        const char *rmse = number(arena, rows[i].rmse, 1, "");

        cells[0] = text_escape(arena, rows[i].folder, strlen(rows[i].folder), 40);
        cells[1] = text_escape(arena, rows[i].name, strlen(rows[i].name), 24);
        cells[2] = rows[i].status;
        cells[3] = number(arena, rows[i].epochs, 1, "");
        cells[4] = number(arena, rows[i].loss, 1, "");
        cells[5] = classes ? number(arena, rows[i].accuracy, 100, " %") : rmse;
        cells[6] = rmse;
        grid_row(&grid, cells);
    }
    grid_print(&grid, out, 0);
}

static void print_json(const struct row *rows, size_t count, struct text *out)
{
    struct arena *arena = out->arena;
    struct json *document = report_document("runs", arena), *list;

    list = json_add(document, "runs", json_array(arena), arena);
    for (size_t i = 0; i < count; i++) {
        struct json *row = json_add(list, NULL, json_object(arena), arena);

        json_add_string(row, "run", rows[i].folder, arena);
        json_add_string(row, "name", rows[i].name, arena);
        json_add_string(row, "status", rows[i].status, arena);
        json_add_number(row, "epochs", rows[i].epochs, arena);
        json_add_number(row, "loss", rows[i].loss, arena);
        json_add_number(row, "accuracy", rows[i].accuracy, arena);
        json_add_number(row, "rmse", rows[i].rmse, arena);
    }
    json_write(out, document, false);
    text_add(out, "\n");
}

static enum exit_code run(struct invocation *invocation)
{
    const struct runs_settings *settings = invocation->options;
    struct arena *arena = invocation->arena;
    const char *where = invocation->words.count ? invocation->words.at[0] : ".";
    DIR *folder = opendir(where);
    const struct dirent *entry;
    struct row *rows = NULL;
    size_t count = 0, capacity = 0;
    struct error err = {0};

    if (!folder) {
        fail(&err, errno == ENOENT || errno == ENOTDIR ? ERROR_REQUEST : ERROR_MACHINE,
             "cannot open the folder \"%s\": %s", where, strerror(errno));
        return refuse_error(invocation, &err);
    }
    while ((entry = readdir(folder)) != NULL) {
        const char *name = arena_copy(arena, entry->d_name, strlen(entry->d_name));
        const char *path = arena_print(arena, "%s/%s", where, name);

        if (name[0] != '.' && record_exists(arena, path))
            read_one(arena, path, name, arena_append(arena, &rows, &count, &capacity, sizeof *rows));
    }
    closedir(folder);
    if (count)
        qsort(rows, count, sizeof *rows, settings->sort == ORDER_loss ? by_loss : by_name);
    if (invocation->common->json)
        print_json(rows, count, &invocation->out);
    else if (count)
        print(rows, count, &invocation->out);
    else
        text_print(&invocation->out, "no runs in %s\n", text_escape(arena, where, strlen(where), 0));
    return EXIT_HEALTHY;
}

static const char *const orders[] = {[ORDER_name] = "name", [ORDER_loss] = "loss", NULL};

static const struct option options[] = {
    {.name = "sort",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct runs_settings, sort),
     .choices = orders,
     .fallback = "name",
     .value = "BY",
     .help = "order of the runs"},
};

const struct command command_runs = {
    .entry = {"runs", "Which runs are there, and what did they come to?",
              "Lists the records in a folder with status, epochs, and the last loss and\n"
              "accuracy or RMSE on val (on train, where there is no val).\n"},
    .usage = "runs [DIR]",
    .examples =
        (const char *const[]){
            "mldbg runs",
            "mldbg runs . --sort loss",
            NULL,
        },
    .options = OPTION_TABLE(options),
    .options_size = sizeof(struct runs_settings),
    .words_most = 1,
    .word = "a folder",
    .run = run,
};
