/* What the two halves of cutting share: rows as they were read, and who gets them. */
#ifndef DATA_CUT_INSIDE_H
#define DATA_CUT_INSIDE_H

#include <mldbg/data/cut.h>

enum { KEY_LABEL, KEY_GROUP, KEY_TIME, KEY_COUNT };

struct cut_row {
    const char *text[KEY_COUNT]; /* cells of the columns that it is cut by, or NULL */
    const char *bytes;           /* as in the file, without the end of its line */
    size_t length, end;          /* end: bytes of the end of its line behind it, 0 at the end of the file */
    int64_t line;
    int64_t class, group;
    double time;
    enum split owner;
};

struct cutting {
    struct arena *arena;
    const char *path;
    const struct cut_options *options;
    double train_share;
    int column[KEY_COUNT]; /* -1: none */
    size_t columns;        /* 0: the header has not come */
    int64_t header_line;
    struct cut_row header, *row;
    size_t rows, capacity;
};

/* Sets the owner of every row, and in *out what it was cut by. */
bool cut_deal(struct cutting *cutting, struct cut *out, struct error *err);

#endif
