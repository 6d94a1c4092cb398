/* The golden file of smoke: read into facts, written from facts, and its config held against another. */
#ifndef MLDBG_LAB_GOLDEN_FILE_H
#define MLDBG_LAB_GOLDEN_FILE_H

#include <mldbg/lab/smoke.h>

/* Facts golden/... and compare/... of the run. */
bool golden_read(const struct json *golden, struct run *run, struct problems *problems);

#endif
