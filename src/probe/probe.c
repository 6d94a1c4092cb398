/* The table of probes, and running them. */
#include <mldbg/probe.h>

#include <math.h>
#include <string.h>

#include "put.h"

enum {
    PATTERN_MOST = 64,     /* bytes of a pattern in a probe's list */
    SERIES_NAME_MOST = 256 /* bytes of a name that is put together on the stack; longer ones take memory */
};

static const struct entry *const entries[] = {
#define PROBE(id) &probe_##id.entry,
#include <mldbg/probe/probes.def>
#undef PROBE
};

const struct catalog probe_catalog = {"probe", "probes", entries, sizeof entries / sizeof *entries};

const char *cadence_words(enum cadence cadence)
{
    static const char *const words[] = {
        [CADENCE_step] = "every step that is recorded",
        [CADENCE_some] = "powers of two and every 50 steps, or every train.probe_every",
    };

    return words[cadence];
}

void probes_observe(const struct trainer *trainer, const struct moment *moment, bool all, const char *prefix,
                    struct run *run)
{
    for (size_t i = 0; i < probe_catalog.count; i++) {
        const struct probe *probe = ENTRY_OF(entries[i], struct probe);

        if (all || probe->cadence == CADENCE_step)
            probe->observe(trainer, moment, prefix, run);
    }
}

bool probes_write(const char *series, const char *prefix)
{
    size_t length = strlen(prefix);
    bool own = strncmp(series, prefix, length) == 0;

    for (size_t i = 0; i < probe_catalog.count; i++) {
        const char *at = ENTRY_OF(entries[i], struct probe)->writes;

        while (*at) {
            size_t end = strcspn(at, " ");
            char pattern[PATTERN_MOST];

            if (end >= sizeof pattern)
                BUG("the pattern of a probe has %zu bytes", end);
            memcpy(pattern, at, end);
            pattern[end] = '\0';
            if (pattern_matches(pattern, series) || (own && pattern_matches(pattern, series + length)))
                return true;
            at += end + strspn(at + end, " ");
        }
    }
    return false;
}

void probe_put(struct run *run, int64_t step, double value, const char *head, const char *name,
               const char *tail)
{
    const size_t lengths[] = {strlen(head), strlen(name), strlen(tail)};
    char path[SERIES_NAME_MOST];

    if (lengths[0] + lengths[1] + lengths[2] >= sizeof path) {
        series_add(run, run_series(run, arena_print(run->arena, "%s%s%s", head, name, tail)), step, value);
        return;
    }
    memcpy(path, head, lengths[0]);
    memcpy(path + lengths[0], name, lengths[1]);
    memcpy(path + lengths[0] + lengths[1], tail, lengths[2] + 1);
    series_add(run, run_series(run, path), step, value);
}

struct moments probe_moments(int64_t count, double sum, double sum_squares)
{
    double mean = sum / (double)count, variance = sum_squares / (double)count - mean * mean;

    return (struct moments){mean, sqrt(variance < 0 ? 0 : variance)};
}
