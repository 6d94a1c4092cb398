/* Between commands and the ledger: what goes wrong there is told and does not matter. */
#include "readings.h"

#include <mldbg/base/log.h>

const char *reading_enter(struct arena *arena, const char *ledger, const struct reading *reading,
                          struct past *past)
{
    struct error err = {0};

    if (!ledger_add(arena, ledger, reading, past, &err))
        log_note("%s; this reading of test is not counted (--no-ledger asks for none)", err.sentence);
    return past_sentence(arena, past);
}
