/* 64 columns of floats and a label, into memory as float32; the file lies in the page cache, nothing else is
 * kept. */
#include "reading.h"

#include <math.h>
#include <stdlib.h>

#include "peer.h"
#include "serve.h"
#include "timing.h"

enum { COLUMNS = 64, ROWS = 86000 }; /* some 50 MB */
static const double AT_LEAST = 1.5, AIM = 2.5;

static const char config[] =
    "{\"name\": \"numbers\", \"seed\": 1, \"data\": {\"train\": \"numbers.csv\", \"label\": \"label\"},\n"
    " \"model\": [{\"type\": \"linear\", \"out_features\": 2}], \"loss\": \"cross_entropy\",\n"
    " \"optimizer\": {\"type\": \"sgd\", \"lr\": 0.1}, \"train\": {\"batch_size\": 32, \"epochs\": 1}}\n";

static double ask(struct peer *peer, const char *path)
{
    char question[PEER_LINE + 8], answer[PEER_LINE];

    snprintf(question, sizeof question, "read %s", path);
    if (!peer_ask(peer, question, answer))
        stop("%s ended while it read %s", peer->greeting, path);
    return 1e3 * strtod(answer, NULL);
}

static void measure(struct row *row, const struct settings *settings, const struct workplace *workplace,
                    struct peer *ours, struct peer *pandas)
{
    double mine[ROUNDS_MOST], other[ROUNDS_MOST];
    char own[256], file[256];

    workplace_path(workplace, "numbers.json", own);
    workplace_path(workplace, "numbers.csv", file);
    for (int i = 0; i < settings->rounds; i++) {
        mine[i] = ask(ours, own);
        other[i] = pandas ? ask(pandas, file) : (double)NAN;
    }
    row->ours = median(mine, settings->rounds);
    row->peer = median(other, settings->rounds);
}

/* From text, in turns with pandas; ours takes one thread however many there are. */
static void read_text(struct table *table, const struct settings *settings, const struct workplace *workplace,
                      int threads, int64_t bytes)
{
    struct peer ours, pandas = {0};
    struct row row = row_none();

    const char *cores = arena_print(table->arena, "%d", threads);
    serve_open(&ours, "--serve", 1, (const char *const[]){"MLDBG_CACHE=off", NULL});
    const bool compared =
        settings->python &&
        peer_open(&pandas, (const char *const[]){settings->python, "tests/bench/pandas_read.py", cores, NULL},
                  NULL);
    row.threads = threads;
    row.part = "reading";
    row.name = "csv";
    row.variant = "float32";
    row.peer_name = compared ? "pandas" : "";
    row.least = AT_LEAST;
    row.aim = AIM;
    measure(&row, settings, workplace, &ours, compared ? &pandas : NULL);
    row.note =
        arena_print(table->arena, "%.0f MB, %d columns: ours %.0f MB/s; %s", 1e-6 * (double)bytes,
                    COLUMNS + 1, 1e-3 * (double)bytes / row.ours, compared ? pandas.greeting : "no pandas");
    table_add(table, &row);
    peer_close(&ours);
    peer_close(&pandas);
}

/* The same file again, with a cache of its own that the first reading filled. */
static void read_again(struct table *table, const struct settings *settings,
                       const struct workplace *workplace)
{
    struct peer ours;
    struct row row = row_none();
    char path[256], variable[PEER_LINE + 32];

    snprintf(variable, sizeof variable, "MLDBG_CACHE=%s", workplace_path(workplace, "cache", path));
    serve_open(&ours, "--serve", 1, (const char *const[]){variable, NULL});
    (void)ask(&ours, workplace_path(workplace, "numbers.json", path));
    row.part = "reading";
    row.name = "csv";
    row.variant = "again";
    measure(&row, settings, workplace, &ours, NULL);
    table_add(table, &row);
    peer_close(&ours);
}

void reading_run(struct table *table, const struct settings *settings, const struct workplace *workplace)
{
    if (!settings_select(settings, "reading", "csv"))
        return;
    const int64_t bytes = workplace_numbers(workplace, "numbers.csv", ROWS, COLUMNS);
    workplace_write(workplace, "numbers.json", config);
    for (int i = 0; i < settings->thread_counts; i++)
        read_text(table, settings, workplace, settings->threads[i], bytes);
    read_again(table, settings, workplace);
    workplace_remove(workplace, "numbers.csv");
}
