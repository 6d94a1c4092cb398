/* Leave-one-out nearest neighbours among the rows of a split. Reads scaled inputs and labels. */
#include <mldbg/data/neighbours.h>

#include <math.h>
#include <mldbg/base/random.h>

/* About a second's worth of differences, if none is cut short. */
static const double DIFFERENCES_MOST = 2e9;

enum {
    ROWS_MOST = 2000,
    ROWS_LEAST = 100, /* with rows so wide that even these take longer, it takes longer */
    LANES = 8,        /* sums side by side, in registers; rows are padded with zeros to a multiple of them */
    STRETCH = 4       /* steps of so many lanes between two looks at whether a sum is large enough */
};

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

/* The chosen rows, all inputs of each side by side. */
struct cloud {
    int64_t rows, width;
    int64_t stride; /* width, rounded up to LANES */
    float *at;
    int32_t *label;
    bool *index; /* of each column: an index, not a number */
};

static int64_t width_of(const struct data *data)
{
    int64_t width = 0;
    for (int i = 0; i < data->input_count; i++)
        width += shape_count(&data->inputs[i].shape);
    return width;
}

static void copy_row(const struct data *data, const struct dataset *set, int64_t row, float *to, bool *index)
{
    for (int i = 0; i < data->input_count; i++) {
        const struct tensor *input = &set->inputs[i];
        int64_t width = shape_count(&data->inputs[i].shape);
        for (int64_t k = 0; k < width; k++) {
            index[k] = input->dtype == DTYPE_I32;
            to[k] = index[k] ? (float)((const int32_t *)input->data)[row * width + k]
                             : ((const float *)input->data)[row * width + k];
        }
        to += width;
        index += width;
    }
}

static struct cloud gather(struct arena *arena, const struct data *data, const struct dataset *set,
                           uint64_t seed)
{
    struct cloud cloud = {.width = width_of(data)};
    double affordable = sqrt(2 * DIFFERENCES_MOST / fmax(1, (double)cloud.width));
    int64_t most = affordable < ROWS_LEAST  ? ROWS_LEAST
                   : affordable > ROWS_MOST ? ROWS_MOST
                                            : (int64_t)affordable;

    cloud.rows = set->rows < most ? set->rows : most;
    cloud.stride = (cloud.width + LANES - 1) / LANES * LANES;
    cloud.at = arena_numbers(arena, (size_t)(cloud.rows * cloud.stride + 1) * sizeof *cloud.at);
    cloud.label = arena_array(arena, (size_t)cloud.rows, sizeof *cloud.label);
    cloud.index = arena_array(arena, (size_t)cloud.width + 1, sizeof *cloud.index);
    int64_t *order = arena_array(arena, (size_t)set->rows, sizeof *order);
    random_permutation((struct random){seed, PURPOSE_NEIGHBOURS}, 0, set->rows, order);
    for (int64_t i = 0; i < cloud.rows; i++) {
        int64_t row = cloud.rows < set->rows ? order[i] : i;
        copy_row(data, set, row, cloud.at + i * cloud.stride, cloud.index);
        cloud.label[i] = set->labels[row];
    }
    return cloud;
}

/* Squared distance, or any larger number once it is at least `enough`; indices are as far apart as 0 and 1.
 */
static float mixed_distance(const struct cloud *cloud, const float *x, const float *y, float enough)
{
    float sum = 0;

    for (int64_t k = 0; k < cloud->width && !(sum >= enough); k++) {
        float difference = cloud->index[k] ? (x[k] < y[k] || x[k] > y[k] ? 1 : 0) : x[k] - y[k];
        sum += difference * difference;
    }
    return sum;
}

/* The same where all are numbers. */
static float distance(const struct cloud *cloud, const float *x, const float *y, float enough)
{
    const lanes *a = (const lanes *)(const void *)x, *b = (const lanes *)(const void *)y;
    const int64_t count = cloud->stride / LANES;
    float sum = 0;

    for (int64_t first = 0; first < count && !(sum >= enough); first += STRETCH) {
        const int64_t end = first + STRETCH < count ? first + STRETCH : count;
        lanes part = {0};

        for (int64_t k = first; k < end; k++)
            part += (a[k] - b[k]) * (a[k] - b[k]);
        sum += ((part[0] + part[4]) + (part[1] + part[5])) + ((part[2] + part[6]) + (part[3] + part[7]));
    }
    return sum;
}

static int64_t count_classes(struct arena *arena, const struct cloud *cloud, int64_t classes)
{
    bool *seen = arena_array(arena, (size_t)classes, sizeof *seen);
    int64_t count = 0;
    for (int64_t i = 0; i < cloud->rows; i++) {
        count += !seen[cloud->label[i]];
        seen[cloud->label[i]] = true;
    }
    return count;
}

/* Of two rows that are equally near the earlier one answers. */
static int64_t count_errors(struct arena *arena, const struct cloud *cloud)
{
    float *nearest = arena_array(arena, (size_t)cloud->rows, sizeof *nearest);
    int32_t *answer = arena_array(arena, (size_t)cloud->rows, sizeof *answer);
    int64_t errors = 0;
    bool indices = false;

    for (int64_t k = 0; k < cloud->width; k++)
        indices = indices || cloud->index[k];
    for (int64_t i = 0; i < cloud->rows; i++) {
        nearest[i] = (float)INFINITY;
        answer[i] = -1;
    }
    for (int64_t i = 0; i < cloud->rows; i++)
        for (int64_t j = i + 1; j < cloud->rows; j++) {
            const float *x = cloud->at + i * cloud->stride, *y = cloud->at + j * cloud->stride;
            float enough = nearest[i] > nearest[j] ? nearest[i] : nearest[j];
            float far = (indices ? mixed_distance : distance)(cloud, x, y, enough);
            if (far < nearest[i]) {
                nearest[i] = far;
                answer[i] = cloud->label[j];
            }
            if (far < nearest[j]) {
                nearest[j] = far;
                answer[j] = cloud->label[i];
            }
        }
    for (int64_t i = 0; i < cloud->rows; i++)
        errors += answer[i] != cloud->label[i];
    return errors;
}

bool data_neighbours(const struct data *data, const struct dataset *set, uint64_t seed,
                     struct neighbours *out)
{
    struct arena scratch;

    *out = (struct neighbours){0};
    if (!data->classification || set->rows < 2)
        return false;
    arena_init(&scratch, "nearest neighbours");
    struct cloud cloud = gather(&scratch, data, set, seed);
    *out = (struct neighbours){cloud.rows, count_errors(&scratch, &cloud),
                               count_classes(&scratch, &cloud, data->classes)};
    arena_release(&scratch);
    return true;
}
