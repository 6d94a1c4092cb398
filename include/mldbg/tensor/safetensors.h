/*
 * Tensors in the safetensors format: 8 bytes of length, a JSON header of names, types, shapes and places,
 * then the numbers, little-endian. The metadata carries a digest of the whole file.
 */
#ifndef MLDBG_TENSOR_SAFETENSORS_H
#define MLDBG_TENSOR_SAFETENSORS_H

#include <mldbg/base/json.h>
#include <mldbg/tensor.h>

struct named_tensor {
    const char *name;
    struct tensor tensor; /* contiguous */
};

struct tensor_file {
    struct arena *arena;
    struct named_tensor *at;
    size_t count, capacity;
    struct json *metadata; /* an object of strings; its first member is the digest */
};

void tensor_file_init(struct tensor_file *file, struct arena *arena);
/* The name is kept, the numbers are not copied. */
void tensor_file_add(struct tensor_file *file, const char *name, struct tensor tensor);
const struct tensor *tensor_file_find(const struct tensor_file *file, const char *name); /* or NULL */
/* "" when absent. */
const char *tensor_file_word(const struct tensor_file *file, const char *key);

/* The bytes of the file, in the arena of `file`. */
void tensor_file_compose(const struct tensor_file *file, const char **bytes, size_t *length);

/*
 * Reads bytes that must stay: the tensors are views of them. Refuses (ERROR_REQUEST) what is no safetensors
 * file of ours or was changed: header, types, places, digest. name is for sentences.
 */
bool tensor_file_parse(struct tensor_file *file, const char *name, const char *bytes, size_t length,
                       struct error *err);

#endif
