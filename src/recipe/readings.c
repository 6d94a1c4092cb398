/* Between commands and the ledger: what goes wrong there is told and does not matter. */
#include "readings.h"

#include <mldbg/base/log.h>
#include <mldbg/recipe.h>

const char *reading_enter(struct arena *arena, const char *ledger, const struct reading *reading,
                          struct past *past)
{
    struct error err = {0};

    if (!ledger_add(arena, ledger, reading, past, &err))
        log_note("%s; this reading of test is not counted (--no-ledger asks for none)", err.sentence);
    return past_sentence(arena, past);
}

void recipe_train_read(const char *folder, const char *ledger, const struct run *run)
{
    const char *metric = run_has(run, "end/test/accuracy") ? "error" : "rmse", *sentence;
    struct reading reading;
    struct past past;

    if (!reading_of_record(run->arena, folder, "train", metric, &reading))
        return;
    sentence = reading_enter(run->arena, ledger, &reading, &past);
    if (sentence)
        log_note("%s", sentence);
}
