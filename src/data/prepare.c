/* The catalog of preparations, and their application in order to all rows of every source. */
#include "source.h"

#define PREPARATION(id) &preparation_##id.entry,
static const struct entry *const entries[] = {
#include <mldbg/data/preparations.def>
};
#undef PREPARATION

const struct catalog preparation_catalog = {.kind = "preparation",
                                            .plural = "preparations",
                                            .at = entries,
                                            .count = sizeof entries / sizeof *entries};

void prepare_list(const struct prepare_list *list, struct generated *set, const struct generated *fit,
                  uint64_t seed)
{
    for (size_t i = 0; i < list->count; i++) {
        /* Every step draws its own numbers. */
        struct random key = {seed + 0x9e3779b9u * i, PURPOSE_PREPARE};
        list->at[i].kind->apply(list->at[i].settings, set, fit, key);
    }
}

/* Step by step over all sources, train last, so that what a step learns from train is what came before it. */
void prepare_all(struct loading *loading)
{
    const struct prepare_list *list = &loading->spec->prepare;
    struct generated made[SPLIT_COUNT];
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (loading->sources[s].form != FORM_NONE)
            source_generated(loading, &loading->sources[s], NULL, loading->sources[s].rows, &made[s]);
    for (size_t i = 0; i < list->count; i++)
        for (int s = SPLIT_COUNT - 1; s >= 0; s--) {
            struct prepare_list step = {1, &list->at[i]};
            if (loading->sources[s].form != FORM_NONE)
                prepare_list(&step, &made[s], &made[SPLIT_train], loading->seed + 16 * i + (uint64_t)s);
        }
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (loading->sources[s].form != FORM_NONE)
            source_of(loading, &loading->sources[s], &loading->sources[s], &made[s]);
}
