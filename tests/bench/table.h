/* The table: one row a comparison, printed as it is measured, and kept for --json. */
#ifndef MLDBG_BENCH_TABLE_H
#define MLDBG_BENCH_TABLE_H

#include <mldbg/base/json.h>

#include "settings.h"

enum { SETUPS_MOST = 4 };

/* Absent numbers are NaN: no peer, no goal, nothing counted. */
struct row {
    const char *part, *name; /* of settings_select */
    const char *variant;     /* optimizer, or which peer; "" */
    int threads;
    double ours, peer;                 /* ms */
    const char *peer_name;             /* "PyTorch" */
    const char *setup;                 /* the peer's set-up whose time this is, or "" */
    double least, aim;                 /* times as fast as the peer */
    double rate, peak;                 /* GFLOP/s of the step, and of a large product in the same run */
    double memory, peer_memory, limit; /* MiB at the peak; limit: ours shall not be above it */
    const char *note;                  /* what both did, or "" */
};

/* A row of NaN and empty words. */
struct row row_none(void);

struct table {
    struct arena *arena;
    struct json *rows;
    struct json *document;
    struct text notes; /* printed below the table */
    int judged, met, aimed;
    struct text missed; /* the rows below what is asked for, by name */
    bool json;          /* nothing is printed */
    bool begun;         /* the head is printed */
};

void table_init(struct table *table, struct arena *arena, struct json *document, bool json);
void table_add(struct table *table, const struct row *row);
/* How many rows reach what is asked for, and which do not. */
void table_end(struct table *table);

/* To six digits behind the point: what is measured holds no more. NaN is left out. */
void add_number(struct json *object, const char *key, double value, struct arena *arena);

#endif
