/* XXH64 with the seed 0: four lanes over stripes of 32 bytes, then what is left. */
#include <mldbg/base/fingerprint.h>

#include <string.h>
#include <unistd.h>

#include "regular.h"

/* Bytes of a file that are read at once: they stay in the second cache until they are added. */
enum { PIECE = 1 << 18 };

static const uint64_t P1 = UINT64_C(0x9E3779B185EBCA87), P2 = UINT64_C(0xC2B2AE3D27D4EB4F),
                      P3 = UINT64_C(0x165667B19E3779F9), P4 = UINT64_C(0x85EBCA77C2B2AE63),
                      P5 = UINT64_C(0x27D4EB2F165667C5);

static uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static uint64_t word_at(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

static uint64_t mix(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * P2, 31) * P1;
}

struct fingerprint fingerprint_start(void)
{
    return (struct fingerprint){.lane = {P1 + P2, P2, 0, 0 - P1}};
}

static const unsigned char *take_stripes(uint64_t lane[4], const unsigned char *at, size_t count)
{
    uint64_t a = lane[0], b = lane[1], c = lane[2], d = lane[3];
    for (; count > 0; count--, at += FINGERPRINT_STRIPE) {
        a = mix(a, word_at(at));
        b = mix(b, word_at(at + 8));
        c = mix(c, word_at(at + 16));
        d = mix(d, word_at(at + 24));
    }
    lane[0] = a, lane[1] = b, lane[2] = c, lane[3] = d;
    return at;
}

void fingerprint_add(struct fingerprint *print, const void *bytes, size_t length)
{
    const unsigned char *at = bytes, *end = at + length;
    size_t held = print->length % FINGERPRINT_STRIPE, missing = FINGERPRINT_STRIPE - held;
    if (length == 0)
        return;
    print->length += length;
    if (held > 0 && length >= missing) {
        memcpy(print->rest + held, at, missing);
        take_stripes(print->lane, print->rest, 1);
        at += missing;
        held = 0;
    }
    if (held == 0)
        at = take_stripes(print->lane, at, (size_t)(end - at) / FINGERPRINT_STRIPE);
    memcpy(print->rest + held, at, (size_t)(end - at));
}

uint64_t fingerprint_value(const struct fingerprint *print)
{
    const uint64_t *lane = print->lane;
    const unsigned char *at = print->rest, *end = at + print->length % FINGERPRINT_STRIPE;
    uint64_t sum = P5;
    if (print->length >= FINGERPRINT_STRIPE) {
        sum = rotate(lane[0], 1) + rotate(lane[1], 7) + rotate(lane[2], 12) + rotate(lane[3], 18);
        for (int i = 0; i < 4; i++)
            sum = (sum ^ mix(0, lane[i])) * P1 + P4;
    }
    sum += print->length;
    for (; end - at >= 8; at += 8)
        sum = rotate(sum ^ mix(0, word_at(at)), 27) * P1 + P4;
    for (; end - at >= 4; at += 4) {
        uint64_t half = at[0] | (uint64_t)at[1] << 8 | (uint64_t)at[2] << 16 | (uint64_t)at[3] << 24;
        sum = rotate(sum ^ half * P1, 23) * P2 + P3;
    }
    for (; at < end; at++)
        sum = rotate(sum ^ *at * P5, 11) * P1;
    sum = (sum ^ sum >> 33) * P2;
    sum = (sum ^ sum >> 29) * P3;
    return sum ^ sum >> 32;
}

bool fingerprint_file(const char *path, uint64_t *value, size_t *length)
{
    struct fingerprint print = fingerprint_start();
    struct arena scratch;
    struct error err;
    int64_t got;
    int file = regular_open(path, length, &err);

    if (file < 0)
        return false;
    arena_init(&scratch, "a fingerprint");
    char *piece = arena_alloc(&scratch, PIECE);
    while ((got = regular_read(file, piece, PIECE)) > 0)
        fingerprint_add(&print, piece, (size_t)got);
    close(file);
    arena_release(&scratch);
    *value = fingerprint_value(&print);
    return got == 0 && print.length == *length;
}
