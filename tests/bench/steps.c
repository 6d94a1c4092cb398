/*
 * Turns: the BLAS's peak, ours, PyTorch's set-ups, round after round, each in a process of its own that only
 * waits while others work. Where there is more than one thread, each comes to rest before the next one
 * begins.
 */
#include "steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"
#include "timing.h"
#include "serve.h"

/* glibc gives large blocks back to the system and faults them in again at every step; these keep them. */
static const char *const keep_memory[] = {"MALLOC_MMAP_THRESHOLD_=1000000000",
                                          "MALLOC_TRIM_THRESHOLD_=2000000000", NULL};

static const char *const setup_names[TORCH_SETUPS] = {"stock", "tuned"};

void contest_open(struct contest *contest, const struct settings *settings, int threads)
{
    char count[16];

    *contest = (struct contest){.threads = threads};
    serve_open(&contest->ours, "--serve", threads, NULL);
    serve_open(&contest->peak, "--peak", threads, NULL);
    if (!settings->python)
        return;
    snprintf(count, sizeof count, "%d", threads);
    contest->has_torch = true;
    for (int i = 0; i < TORCH_SETUPS && contest->has_torch; i++)
        contest->has_torch = peer_open(&contest->torch[i],
                                       (const char *const[]){settings->python, "tests/bench/torch_steps.py",
                                                             count, setup_names[i], NULL},
                                       i == TUNED ? keep_memory : NULL);
}

void contest_close(struct contest *contest)
{
    peer_close(&contest->ours);
    peer_close(&contest->peak);
    for (int i = 0; i < TORCH_SETUPS; i++)
        peer_close(&contest->torch[i]);
}

/* A turn. The first number of the answer; the rest of it is left in *rest, if wanted. */
static double ask(struct contest *contest, struct peer *peer, const char *question, char rest[PEER_LINE])
{
    char answer[PEER_LINE], *end;

    if (!peer_ask(peer, question, answer))
        stop("%s ended at the question \"%s\"", peer->greeting, question);
    if (contest->threads > 1)
        peer_rest(peer);
    const double value = strtod(answer, &end);
    if (end == answer)
        stop("%s answered \"%s\"", peer->greeting, answer);
    if (rest)
        snprintf(rest, PEER_LINE, "%s", end + strspn(end, " "));
    return value;
}

static void measure(struct row *row, const struct settings *settings, struct contest *contest)
{
    double ours[ROUNDS_MOST], torch[TORCH_SETUPS][ROUNDS_MOST], work = 0;
    char question[PEER_LINE], rest[PEER_LINE];
    static char setups[TORCH_SETUPS][PEER_LINE];

    snprintf(question, sizeof question, "step %s %s %g", row->name, row->variant, settings->seconds);
    for (int i = 0; i < settings->rounds; i++) {
        contest->best_peak = fmax(contest->best_peak, ask(contest, &contest->peak, "sgemm", NULL));
        ours[i] = ask(contest, &contest->ours, question, rest);
        work = strtod(rest, NULL);
        for (int k = 0; k < TORCH_SETUPS && contest->has_torch; k++)
            torch[k][i] = ask(contest, &contest->torch[k], question, setups[k]);
    }
    row->ours = median(ours, settings->rounds);
    row->rate = 1e3 * work / row->ours;
    row->peak = contest->best_peak;
    for (int k = 0; k < TORCH_SETUPS && contest->has_torch; k++) {
        const double time = median(torch[k], settings->rounds);

        if (!(row->peer <= time)) {
            row->peer = time;
            row->peer_name = "PyTorch";
            row->setup = setups[k];
        }
    }
}

void steps_run(struct table *table, const struct settings *settings, struct contest *contests)
{
    for (int w = 0; w < workload_count; w++) {
        if (!settings_select(settings, "steps", workloads[w].name))
            continue;
        for (int kind = 0; kind < CHOICE_COUNT; kind++)
            for (int t = 0; t < settings->thread_counts; t++) {
                struct row row = row_none();

                row.part = "steps";
                row.name = workloads[w].name;
                row.variant = optimizer_names[kind];
                row.threads = contests[t].threads;
                row.least = workloads[w].least;
                row.aim = workloads[w].aim;
                measure(&row, settings, &contests[t]);
                table_add(table, &row);
            }
    }
}
