/* How cost grows with rows, parameters and steps: the exponent of a power law over three decades; 1 is
 * linear. */
#ifndef MLDBG_BENCH_GROWTH_H
#define MLDBG_BENCH_GROWTH_H

#include <mldbg/base/json.h>

#include "settings.h"
#include "workplace.h"

void growth_run(struct json *document, struct arena *arena, const struct settings *settings,
                const struct workplace *workplace);

#endif
