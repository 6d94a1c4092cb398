/* Fuzz target: any bytes as an idx file. What is accepted lies wholly inside the bytes. */
#include "../../src/data/block.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* A copy of exactly this size, so that one byte too far is noticed. */
    struct arena arena;
    arena_init(&arena, "fuzzing");
    char *copy = arena_copy(&arena, (const char *)data, size);
    struct block block;
    struct error err = {0};
    if (idx_read("fuzz.idx", (struct bytes){copy, size}, &block, &err)) {
        if (block.rows < 1 || block.width < 1 || shape_count(&block.shape) != block.width)
            BUG("%lld rows of %lld numbers", (long long)block.rows, (long long)block.width);
        uint64_t bytes = (uint64_t)block.rows * (uint64_t)block.width * raw_size(block.raw);
        if (block.bytes + bytes != (const unsigned char *)copy + size)
            BUG("%llu bytes of numbers do not end with the file", (unsigned long long)bytes);
        volatile double sum = 0;
        for (int64_t row = 0; row < block.rows; row++)
            sum += block_value(&block, row, block.width - 1);
        (void)sum;
    } else if (err.kind != ERROR_REQUEST || err.sentence[0] == '\0') {
        BUG("refused without a sentence");
    }
    arena_release(&arena);
    return 0;
}
