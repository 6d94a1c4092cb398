/* Which rows make a batch, and their copy into the tensors that the network reads. Allocates nothing per
 * batch. */
#include <mldbg/data.h>

#include <math.h>
#include <string.h>

/* order[i] holds the row in its low bits and the tag of its epoch above, so that stale content is noticed. */
enum { TAG_SHIFT = 40 };
static const uint64_t TAG_RANGE = 8388593; /* the largest prime below 2^23 */
static const int64_t ROW_MASK = ((int64_t)1 << TAG_SHIFT) - 1;

static int64_t epoch_tag(const struct dataset *set, uint64_t seed, int64_t epoch)
{
    uint32_t words[4];
    random_block((struct random){seed, PURPOSE_SHUFFLE}, UINT64_MAX, (uint64_t)set->rows, words);
    uint64_t tag = (words[0] % TAG_RANGE + (uint64_t)epoch % TAG_RANGE) % TAG_RANGE + 1;
    return (int64_t)tag;
}

static bool is_tagged(const int64_t *order, int64_t first, int64_t count, int64_t tag)
{
    for (int64_t i = first; i < first + count; i++)
        if (order[i] >> TAG_SHIFT != tag)
            return false;
    return true;
}

int64_t dataset_batch_rows(const struct dataset *set, uint64_t seed, int64_t epoch, int64_t batch,
                           int64_t batch_size, bool shuffle, bool drop_last, int64_t *order, int64_t *rows)
{
    int64_t first;
    if (batch < 0 || batch_size < 1 || __builtin_mul_overflow(batch, batch_size, &first) ||
        first >= set->rows)
        return 0;
    int64_t count = set->rows - first < batch_size ? set->rows - first : batch_size;
    if (drop_last && count < batch_size)
        return 0;
    if (!shuffle) {
        for (int64_t i = 0; i < count; i++)
            rows[i] = first + i;
        return count;
    }
    int64_t tag = epoch_tag(set, seed, epoch);
    if (!is_tagged(order, first, count, tag)) {
        random_permutation((struct random){seed, PURPOSE_SHUFFLE}, (uint64_t)epoch, set->rows, order);
        for (int64_t i = 0; i < set->rows; i++)
            order[i] |= tag << TAG_SHIFT;
    }
    for (int64_t i = 0; i < count; i++)
        rows[i] = order[first + i] & ROW_MASK;
    return count;
}

static void copy_input(const struct tensor *from, const int64_t *rows, int64_t count, struct tensor *to)
{
    int64_t width = shape_span(&from->shape, 1, from->shape.rank);
    size_t bytes = (size_t)width * dtype_size(from->dtype);
    if (shape_count(&to->shape) != count * width)
        BUG("a batch of %lld rows of %lld numbers does not fit a tensor of %lld", (long long)count,
            (long long)width, (long long)shape_count(&to->shape));
    bool plain = to->dtype == from->dtype && tensor_is_contiguous(to);
    for (int64_t i = 0; i < count; i++) {
        if (plain)
            memcpy((char *)to->data + (size_t)i * bytes, (const char *)from->data + (size_t)rows[i] * bytes,
                   bytes);
        for (int64_t k = 0; !plain && k < width; k++)
            tensor_set(to, i * width + k, tensor_get(from, rows[i] * width + k));
    }
}

static void code_class(struct tensor *target, int64_t at, int64_t width, int32_t label, int64_t classes,
                       enum target_coding coding)
{
    bool is_signed = coding == CODING_SIGNED;
    if (width > 1) {
        for (int64_t k = 0; k < width; k++)
            tensor_set(target, at * width + k, k == label ? 1 : is_signed ? -1 : 0);
    } else {
        tensor_set(target, at, is_signed && classes == 2 ? 2.0 * label - 1 : label);
    }
}

static void copy_answers(const struct data *data, const struct dataset *set, const int64_t *rows,
                         int64_t count, struct tensor *target, enum target_coding coding)
{
    int64_t total = shape_count(&target->shape), width = count > 0 ? total / count : 1;
    int64_t wanted = data->classification ? data->classes : data->target_width;
    if (total != count * width || (width != 1 && width != wanted) ||
        (!data->classification && width != wanted))
        BUG("a target of %lld numbers does not fit %lld rows of %lld answers", (long long)total,
            (long long)count, (long long)wanted);
    for (int64_t i = 0; i < count; i++) {
        if (!data->classification) {
            for (int64_t k = 0; k < width; k++)
                tensor_set(target, i * width + k, (double)set->targets[rows[i] * width + k]);
        } else if (target->dtype == DTYPE_I32) {
            tensor_set(target, i, set->labels[rows[i]]);
        } else {
            code_class(target, i, width, set->labels[rows[i]], data->classes, coding);
        }
    }
}

void dataset_batch(const struct data *data, const struct dataset *set, const int64_t *rows, int64_t count,
                   struct tensor *const *inputs, struct tensor *target, enum target_coding coding)
{
    for (int i = 0; i < data->input_count; i++)
        if (inputs[i])
            copy_input(&set->inputs[i], rows, count, inputs[i]);
    if (target)
        copy_answers(data, set, rows, count, target, coding);
}

int64_t dataset_pick(const struct data *data, const struct dataset *set, uint64_t seed, int64_t count,
                     int64_t *rows)
{
    struct arena scratch;
    arena_init(&scratch, "one batch");
    struct random key = {seed, PURPOSE_BATCH};
    int64_t *order = arena_array(&scratch, (size_t)set->rows, sizeof *order);
    random_permutation(key, 0, set->rows, order);
    count = count < set->rows ? count : set->rows;
    if (!data->classification) {
        memcpy(rows, order, (size_t)count * sizeof *rows);
    } else {
        /* One row of each class in turn, until all are taken: rounds over the rows that are left of every
         * class. */
        int64_t *next = arena_array(&scratch, (size_t)data->classes, sizeof *next);
        int64_t *queue = arena_array(&scratch, (size_t)set->rows, sizeof *queue);
        int64_t *left = arena_array(&scratch, (size_t)data->classes, sizeof *left);
        for (int64_t i = 0; i < set->rows; i++)
            left[set->labels[i]]++;
        for (int64_t c = 1; c < data->classes; c++)
            next[c] = next[c - 1] + left[c - 1];
        for (int64_t i = 0; i < set->rows; i++)
            queue[next[set->labels[order[i]]]++] = order[i];
        for (int64_t c = 0; c < data->classes; c++)
            next[c] -= left[c];
        for (int64_t taken = 0, c = 0; taken < count; c = (c + 1) % data->classes)
            if (left[c] > 0) {
                rows[taken++] = queue[next[c]++];
                left[c]--;
            }
    }
    arena_release(&scratch);
    return count;
}
