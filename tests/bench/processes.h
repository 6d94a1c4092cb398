/* Whole commands against whole scripts: what a person waits for, imports and reading included. */
#ifndef MLDBG_BENCH_PROCESSES_H
#define MLDBG_BENCH_PROCESSES_H

#include "settings.h"
#include "table.h"
#include "workplace.h"

void processes_run(struct table *table, const struct settings *settings, const struct workplace *workplace);

#endif
