/* Writing and reading of safetensors files. Every place in a header that was read is checked before it is
 * used. */
#include <mldbg/tensor/safetensors.h>

#include <string.h>

#include <mldbg/base/digest.h>

enum { LENGTH_BYTES = 8, ALIGNMENT = 8 };

static const char NO_DIGEST[] = "0000000000000000";
static const char *const codes[DTYPE_COUNT] = {[DTYPE_F32] = "F32", [DTYPE_F64] = "F64", [DTYPE_I32] = "I32"};

void tensor_file_init(struct tensor_file *file, struct arena *arena)
{
    *file = (struct tensor_file){.arena = arena, .metadata = json_object(arena)};
    json_add_string(file->metadata, "digest", NO_DIGEST, arena);
}

void tensor_file_add(struct tensor_file *file, const char *name, struct tensor tensor)
{
    struct named_tensor *row =
        arena_append(file->arena, &file->at, &file->count, &file->capacity, sizeof *row);

    if (!tensor_is_contiguous(&tensor))
        BUG("the tensor \"%s\" is not contiguous", name);
    *row = (struct named_tensor){name, tensor};
}

const struct tensor *tensor_file_find(const struct tensor_file *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->at[i].name, name) == 0)
            return &file->at[i].tensor;
    return NULL;
}

const char *tensor_file_word(const struct tensor_file *file, const char *key)
{
    const struct json *value = json_get(file->metadata, key);

    return value && value->type == JSON_STRING ? value->string : "";
}

/* The 16 letters of the digest inside a header: the metadata stand first, and the digest first in them. */
static const char *digest_place(const char *header, size_t length)
{
    static const char key[] = "\"digest\"";
    const char *at = memmem(header, length, key, sizeof key - 1);
    const char *end = header + length;

    if (!at)
        return NULL;
    at = memchr(at + sizeof key - 1, '"', (size_t)(end - at) - (sizeof key - 1));
    return at && end - at > DIGEST_LENGTH + 1 ? at + 1 : NULL;
}

/* The digest of the file as it is while its own letters are all 0. */
static const char *digest_of(struct arena *arena, const char *bytes, size_t length, const char *place)
{
    struct digest digest = digest_start();
    size_t before = (size_t)(place - bytes);

    digest_add(&digest, bytes, before);
    digest_add(&digest, NO_DIGEST, DIGEST_LENGTH);
    digest_add(&digest, place + DIGEST_LENGTH, length - before - DIGEST_LENGTH);
    return digest_text(arena, &digest);
}

static struct json *header_of(const struct tensor_file *file, size_t *total)
{
    struct arena *arena = file->arena;
    struct json *header = json_object(arena);
    size_t at = 0;

    json_add(header, "__metadata__", file->metadata, arena);
    for (size_t i = 0; i < file->count; i++) {
        const struct tensor *tensor = &file->at[i].tensor;
        struct json *row = json_add(header, file->at[i].name, json_object(arena), arena), *list;

        json_add_string(row, "dtype", codes[tensor->dtype], arena);
        list = json_add(row, "shape", json_array(arena), arena);
        for (int k = 0; k < tensor->shape.rank; k++)
            json_add_integer(list, NULL, tensor->shape.size[k], arena);
        list = json_add(row, "data_offsets", json_array(arena), arena);
        json_add_integer(list, NULL, (int64_t)at, arena);
        at += tensor_bytes(tensor);
        json_add_integer(list, NULL, (int64_t)at, arena);
    }
    *total = at;
    return header;
}

void tensor_file_compose(const struct tensor_file *file, const char **bytes, size_t *length)
{
    struct arena *arena = file->arena;
    struct text header;
    size_t numbers, at;

    text_init(&header, arena);
    json_write(&header, header_of(file, &numbers), false);
    while (header.length % ALIGNMENT)
        text_add(&header, " ");
    *length = LENGTH_BYTES + header.length + numbers;
    char *out = arena_numbers(arena, *length);
    for (int i = 0; i < LENGTH_BYTES; i++)
        out[i] = (char)(unsigned char)(((uint64_t)header.length >> (8 * i)) & 0xFF);
    memcpy(out + LENGTH_BYTES, header.at, header.length);
    at = LENGTH_BYTES + header.length;
    for (size_t i = 0; i < file->count; i++) {
        size_t size = tensor_bytes(&file->at[i].tensor);

        if (size)
            memcpy(out + at, file->at[i].tensor.data, size);
        at += size;
    }
    const char *place = digest_place(out + LENGTH_BYTES, header.length);
    if (!place)
        BUG("a header without a digest");
    memcpy(out + (place - out), digest_of(arena, out, *length, place), DIGEST_LENGTH);
    *bytes = out;
}

/* ---- Reading ---- */

static bool broken(struct error *err, const char *name, const char *why)
{
    return fail(err, ERROR_REQUEST, "\"%s\" is no whole checkpoint: %s", name, why);
}

static bool whole_number(const struct json *value, int64_t *out)
{
    if (!value || value->type != JSON_NUMBER || !(value->number >= 0) || value->number > 0x1p53)
        return false;
    *out = (int64_t)value->number;
    return (double)*out == value->number;
}

static bool read_shape(const struct json *list, struct shape *out)
{
    *out = (struct shape){0};
    if (!list || list->type != JSON_ARRAY || json_count(list) > RANK_MOST)
        return false;
    for (const struct json *size = list->child; size; size = size->next)
        if (!whole_number(size, &out->size[out->rank++]))
            return false;
    return shape_count(out) >= 0;
}

static bool read_row(struct tensor_file *file, const struct json *row, const char *numbers, size_t length,
                     const char *name, struct error *err)
{
    const struct json *dtype = json_get(row, "dtype"), *places = json_get(row, "data_offsets");
    struct shape shape;
    int64_t begin, end, type = 0;
    union {
        const char *read;
        void *view;
    } data; /* a view of what is only read */

    while (type < DTYPE_COUNT &&
           !(dtype && dtype->type == JSON_STRING && strcmp(dtype->string, codes[type]) == 0))
        type++;
    if (type == DTYPE_COUNT || !read_shape(json_get(row, "shape"), &shape) || !places ||
        json_count(places) != 2 || !whole_number(json_at(places, 0), &begin) ||
        !whole_number(json_at(places, 1), &end))
        return broken(err, name, "its header is not understood");
    int64_t size = (int64_t)dtype_size((enum dtype)type);
    if (end < begin || (uint64_t)end > length || begin % size != 0 || (end - begin) % size != 0 ||
        (end - begin) / size != shape_count(&shape))
        return broken(err, name, "a tensor lies outside of the file");
    data.read = numbers + begin;
    tensor_file_add(file, row->key, tensor_make(file->arena, (enum dtype)type, shape, data.view));
    return true;
}

bool tensor_file_parse(struct tensor_file *file, const char *name, const char *bytes, size_t length,
                       struct error *err)
{
    uint64_t header_length = 0;
    struct json *header;
    struct error own = {0};

    *file = (struct tensor_file){.arena = file->arena};
    if (length < LENGTH_BYTES)
        return broken(err, name, "it is cut short");
    for (int i = 0; i < LENGTH_BYTES; i++)
        header_length |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    if (header_length > length - LENGTH_BYTES)
        return broken(err, name, "it is cut short");
    const char *text = bytes + LENGTH_BYTES, *place = digest_place(text, header_length);
    if (!json_parse(file->arena, name, text, header_length, &header, &own))
        return broken(err, name, own.sentence);
    file->metadata = json_get(header, "__metadata__");
    if (!place || !file->metadata ||
        memcmp(place, digest_of(file->arena, bytes, length, place), DIGEST_LENGTH) != 0)
        return broken(err, name, "its digest is wrong, so it was changed or not written to its end");
    for (const struct json *row = header->child; row; row = row->next)
        if (row != file->metadata &&
            !read_row(file, row, text + header_length, length - LENGTH_BYTES - header_length, name, err))
            return false;
    return true;
}
