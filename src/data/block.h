/* Numbers as they lie in an npy or idx file: one array, rows first, converted when read. */
#ifndef MLDBG_DATA_BLOCK_H
#define MLDBG_DATA_BLOCK_H

#include <mldbg/tensor.h>
#include <mldbg/base/file.h>

enum raw { RAW_F4, RAW_F8, RAW_U1, RAW_I1, RAW_U2, RAW_I2, RAW_U4, RAW_I4, RAW_I8, RAW_COUNT };

struct block {
    const unsigned char *bytes;
    enum raw raw;
    bool big_endian;
    int64_t rows;
    struct shape shape; /* of one row; a number for a vector of rows */
    int64_t width;      /* elements of one row */
};

/* Element `at` of a row. */
double block_value(const struct block *block, int64_t row, int64_t at);

/* Bytes of one element. */
size_t raw_size(enum raw raw);

/*
 * Both take the bytes of a whole file, which must outlive the block, and refuse what is damaged or of another
 * kind with a sentence that names the path. NumPy's format: numpy.lib.format, versions 1 to 3. idx: LeCun's
 * files of MNIST.
 */
bool npy_read(const char *path, struct bytes bytes, struct block *block, struct error *err);
bool idx_read(const char *path, struct bytes bytes, struct block *block, struct error *err);

/* By the first bytes, not by the name. */
bool npy_is(struct bytes bytes);
bool idx_is(struct bytes bytes);

/* Reads either from a file; a gzip file is refused with the command that unpacks it. */
bool block_read(struct arena *arena, const char *path, struct block *block, struct error *err);

#endif
