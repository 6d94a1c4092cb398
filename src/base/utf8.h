/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the code point at the head of length bytes, and the code point in *code; 0 where they begin no
 * valid one. Inline, since scanners call it for every character.
 */
static inline size_t utf8_read(const char *bytes, size_t length, uint32_t *code)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t width;
    uint32_t value, least;

    if (length == 0)
        return 0;
    if (at[0] < 0x80) {
        *code = at[0];
        return 1;
    }
    if (at[0] >= 0xC2 && at[0] < 0xE0)
        width = 2, value = at[0] & 0x1Fu, least = 0x80;
    else if (at[0] >= 0xE0 && at[0] < 0xF0)
        width = 3, value = at[0] & 0x0Fu, least = 0x800;
    else if (at[0] >= 0xF0 && at[0] < 0xF5)
        width = 4, value = at[0] & 0x07u, least = 0x10000;
    else
        return 0;
    if (length < width)
        return 0;
    for (size_t i = 1; i < width; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3Fu);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
        return 0;
    *code = value;
    return width;
}

#endif
