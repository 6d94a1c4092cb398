/* Reading a CSV file of numbers, in turns with pandas. */
#ifndef MLDBG_BENCH_READING_H
#define MLDBG_BENCH_READING_H

#include "settings.h"
#include "table.h"
#include "workplace.h"

void reading_run(struct table *table, const struct settings *settings, const struct workplace *workplace);

#endif
