/*
 * The strict half of reading JSON: checks a text against RFC 8259 and notes where every value and key stands,
 * in the order in which the text has them. Builds no tree.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <mldbg/base/error.h>

/* One value. Offsets count bytes from the start of the text; the key's are 0 wide outside of objects. */
struct json_mark {
    uint32_t offset, width;
    uint32_t line, column;
    uint32_t key_width, key_line, key_column;
    double number; /* of a number */
};

struct json_marks {
    struct json_mark *at;
    size_t count, capacity;
};

enum { JSON_BYTES_MOST = 1 << 30 }; /* offsets are kept in 32 bits */

/* text holds length bytes and a NUL behind them. The marks live in the arena. */
bool json_scan(struct arena *arena, const char *name, const char *text, size_t length,
               struct json_marks *marks, struct error *err);

#endif
