/* The idx files of MNIST (LeCun): two zero bytes, a type, a number of axes, big-endian sizes, big-endian
 * numbers. */
#include "block.h"

#include <string.h>

static const struct {
    unsigned char code;
    enum raw raw;
} types[] = {{0x08, RAW_U1}, {0x09, RAW_I1}, {0x0B, RAW_I2}, {0x0C, RAW_I4}, {0x0D, RAW_F4}, {0x0E, RAW_F8}};

static int find_type(unsigned char code)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code)
            return (int)i;
    return -1;
}

bool idx_is(struct bytes bytes)
{
    const unsigned char *head = (const unsigned char *)bytes.at;
    return bytes.length >= 4 && head[0] == 0 && head[1] == 0 && find_type(head[2]) >= 0 && head[3] > 0;
}

bool idx_read(const char *path, struct bytes bytes, struct block *block, struct error *err)
{
    struct place place = {.file = path};
    const unsigned char *head = (const unsigned char *)bytes.at;
    *block = (struct block){.big_endian = true};
    if (!idx_is(bytes))
        return fail_at(err, ERROR_REQUEST, place,
                       "the file is no idx file: its first 4 bytes are not 0 0 type axes");
    block->raw = types[find_type(head[2])].raw;
    int rank = head[3];
    if (rank > RANK_MOST)
        return fail_at(err, ERROR_REQUEST, place, "the idx file has %d axes, at most %d are read", rank,
                       RANK_MOST);
    size_t start = 4 + 4 * (size_t)rank;
    if (bytes.length < start)
        return fail_at(err, ERROR_REQUEST, place, "the idx file is cut off inside its %zu bytes of header",
                       start);
    struct shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++) {
        const unsigned char *at = head + 4 + 4 * i;
        shape.size[i] = (int64_t)at[0] << 24 | (int64_t)at[1] << 16 | (int64_t)at[2] << 8 | (int64_t)at[3];
    }
    int64_t count = shape_count(&shape);
    size_t have = bytes.length - start;
    if (count < 0)
        return fail_at(err, ERROR_REQUEST, place,
                       "the header announces more numbers than can be counted, but %zu bytes follow", have);
    if ((uint64_t)count > SIZE_MAX / 8 || have != (size_t)count * raw_size(block->raw))
        return fail_at(err, ERROR_REQUEST, place,
                       "the header announces %lld numbers of %zu bytes, but %zu bytes follow: cut off?",
                       (long long)count, raw_size(block->raw), have);
    if (count == 0)
        return fail_at(err, ERROR_REQUEST, place, "the idx file holds 0 data rows");
    block->bytes = head + start;
    block->rows = shape.size[0];
    block->shape = shape_make(rank - 1, shape.size + 1);
    block->width = count / block->rows;
    return true;
}
