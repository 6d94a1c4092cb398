/* The table of probes, and running them. */
#include <mldbg/probe.h>

static const struct entry *const entries[] = {
#define PROBE(id) &probe_##id.entry,
#include <mldbg/probe/probes.def>
#undef PROBE
};

const struct catalog probe_catalog = {"probe", "probes", entries, sizeof entries / sizeof *entries};

void probes_observe(const struct trainer *trainer, const struct moment *moment, bool all, const char *prefix,
                    struct run *run)
{
    for (size_t i = 0; i < probe_catalog.count; i++) {
        const struct probe *probe = ENTRY_OF(entries[i], struct probe);

        if (all || probe->cheap)
            probe->observe(trainer, moment, prefix, run);
    }
}
