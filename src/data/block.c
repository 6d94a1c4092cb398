/* Numbers as they lie in an npy or idx file: opening, and reading one element. */
#include "block.h"

#include <string.h>

/* A file of numbers beyond this is not for one machine's memory. */
static const size_t FILE_MOST = (size_t)64 << 30;

size_t raw_size(enum raw raw)
{
    static const size_t sizes[RAW_COUNT] = {
        [RAW_F4] = 4, [RAW_F8] = 8, [RAW_U1] = 1, [RAW_I1] = 1, [RAW_U2] = 2,
        [RAW_I2] = 2, [RAW_U4] = 4, [RAW_I4] = 4, [RAW_I8] = 8};
    return sizes[raw];
}

static const bool HOST_BIG_ENDIAN = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

/* The bits of an element as this machine counts them. */
static uint64_t bits_at(const unsigned char *at, size_t size, bool swap)
{
    uint16_t two;
    uint32_t four;
    uint64_t eight;
    switch (size) {
    case 1: return *at;
    case 2: memcpy(&two, at, sizeof two); return swap ? __builtin_bswap16(two) : two;
    case 4: memcpy(&four, at, sizeof four); return swap ? __builtin_bswap32(four) : four;
    default: memcpy(&eight, at, sizeof eight); return swap ? __builtin_bswap64(eight) : eight;
    }
}

double block_value(const struct block *block, int64_t row, int64_t at)
{
    size_t size = raw_size(block->raw);
    const unsigned char *place = block->bytes + (size_t)(row * block->width + at) * size;
    uint64_t bits = bits_at(place, size, block->big_endian != HOST_BIG_ENDIAN);
    uint32_t half = (uint32_t)bits;
    float single;
    double value;
    switch (block->raw) {
    case RAW_F4: memcpy(&single, &half, sizeof single); return (double)single;
    case RAW_F8: memcpy(&value, &bits, sizeof value); return value;
    case RAW_I1: return (double)(int8_t)bits;
    case RAW_I2: return (double)(int16_t)bits;
    case RAW_I4: return (double)(int32_t)bits;
    case RAW_I8: return (double)(int64_t)bits;
    case RAW_U1:
    case RAW_U2:
    case RAW_U4:
    case RAW_COUNT: break;
    }
    return (double)bits;
}

bool block_read(struct arena *arena, const char *path, struct block *block, struct error *err)
{
    struct bytes bytes;
    if (!file_read(arena, path, FILE_MOST, &bytes, err))
        return false;
    if (npy_is(bytes))
        return npy_read(path, bytes, block, err);
    if (idx_is(bytes))
        return idx_read(path, bytes, block, err);
    struct place place = {.file = path};
    if (bytes.length >= 2 && memcmp(bytes.at, "\x1f\x8b", 2) == 0) {
        fail_at(err, ERROR_REQUEST, place, "the file is compressed with gzip, expected an npy or idx file");
        return fail_hint(err, "unpack it first: gunzip %s", file_name(path));
    }
    if (bytes.length >= 2 && memcmp(bytes.at, "PK", 2) == 0) {
        fail_at(err, ERROR_REQUEST, place, "the file is a zip archive (npz?), expected an npy or idx file");
        return fail_hint(err, "unpack it first: unzip %s", file_name(path));
    }
    return fail_at(err, ERROR_REQUEST, place, "the file is neither npy nor idx: it begins with other bytes");
}
