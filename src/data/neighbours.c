/* Leave-one-out nearest neighbours among the rows of a split. Reads scaled inputs and labels. */
#include <mldbg/data/neighbours.h>

#include <math.h>
#include <string.h>
#include <mldbg/base/random.h>

/* About a second's worth of differences, if none is cut short. */
static const double DIFFERENCES_MOST = 2e9;

enum {
    ROWS_MOST = 2000,
    ROWS_LEAST = 100, /* with rows so wide that even these take longer, it takes longer */
    LANES = 16,       /* rows side by side, one in each lane of a register */
    STRETCH = 32      /* columns between two looks at whether all of them are too far already */
};

struct lanes {
    float of[LANES];
};

/* The chosen rows in blocks of LANES; in a block column k of all its rows is one vector. */
struct cloud {
    int64_t rows, blocks, width;
    struct lanes *at; /* [blocks, width] */
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

/* Into one lane of the block at to. */
static void copy_row(const struct data *data, const struct dataset *set, int64_t row, struct lanes *to,
                     int lane, bool *index)
{
    for (int i = 0; i < data->input_count; i++) {
        const struct tensor *input = &set->inputs[i];
        int64_t width = shape_count(&data->inputs[i].shape);
        for (int64_t k = 0; k < width; k++) {
            index[k] = input->dtype == DTYPE_I32;
            to[k].of[lane] = index[k] ? (float)((const int32_t *)input->data)[row * width + k]
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
    cloud.blocks = (cloud.rows + LANES - 1) / LANES;
    cloud.at = arena_numbers(arena, (size_t)(cloud.blocks * cloud.width + 1) * sizeof *cloud.at);
    cloud.label = arena_array(arena, (size_t)cloud.rows, sizeof *cloud.label);
    cloud.index = arena_array(arena, (size_t)cloud.width + 1, sizeof *cloud.index);
    int64_t *order = arena_array(arena, (size_t)set->rows, sizeof *order);
    random_permutation((struct random){seed, PURPOSE_NEIGHBOURS}, 0, set->rows, order);
    for (int64_t i = 0; i < cloud.rows; i++) {
        int64_t row = cloud.rows < set->rows ? order[i] : i;
        copy_row(data, set, row, cloud.at + i / LANES * cloud.width, (int)(i % LANES), cloud.index);
        cloud.label[i] = set->labels[row];
    }
    return cloud;
}

/*
 * Squared distances of a row from those of a block, or any larger numbers once none is below the largest of
 * enough and its own. Indices are as far apart as 0 and 1. False: none is below.
 */
static bool distances(const struct cloud *cloud, const float *row, const struct lanes *block, float enough,
                      const float *own, struct lanes *out)
{
    bool below = true;
    float sum[LANES] = {0}; /* of its own, so that it stays in registers */

    for (int64_t first = 0; first < cloud->width && below; first += STRETCH) {
        const int64_t end = first + STRETCH < cloud->width ? first + STRETCH : cloud->width;

        for (int64_t k = first; k < end; k++) {
            const float x = row[k], *y = block[k].of;
            if (cloud->index[k])
                for (int lane = 0; lane < LANES; lane++)
                    sum[lane] += x < y[lane] || x > y[lane] ? 1 : 0;
            else
                for (int lane = 0; lane < LANES; lane++)
                    sum[lane] += (x - y[lane]) * (x - y[lane]);
        }
        below = false;
        for (int lane = 0; lane < LANES; lane++)
            below |= (sum[lane] < enough) | (sum[lane] < own[lane]);
    }
    memcpy(out->of, sum, sizeof sum);
    return below;
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

/* The nearest so far of every row, and its label. */
struct nearest {
    float *far;
    int32_t *answer;
};

/* Of two rows that are equally near the earlier one answers. */
static void meet(const struct cloud *cloud, const struct nearest *nearest, int64_t i, int64_t j, float far)
{
    if (far < nearest->far[i]) {
        nearest->far[i] = far;
        nearest->answer[i] = cloud->label[j];
    }
    if (far < nearest->far[j]) {
        nearest->far[j] = far;
        nearest->answer[j] = cloud->label[i];
    }
}

static int64_t count_errors(struct arena *arena, const struct cloud *cloud)
{
    const size_t places = (size_t)(cloud->blocks * LANES);
    const struct nearest nearest = {arena_numbers(arena, places * sizeof(float)),
                                    arena_array(arena, places, sizeof(int32_t))};
    float *row = arena_array(arena, (size_t)cloud->width + 1, sizeof *row);
    int64_t errors = 0;

    for (size_t i = 0; i < places; i++) {
        nearest.far[i] = (float)INFINITY;
        nearest.answer[i] = -1;
    }
    for (int64_t i = 0; i < cloud->rows; i++) {
        for (int64_t k = 0; k < cloud->width; k++)
            row[k] = cloud->at[i / LANES * cloud->width + k].of[i % LANES];
        for (int64_t b = (i + 1) / LANES; b < cloud->blocks; b++) {
            struct lanes far;
            if (!distances(cloud, row, cloud->at + b * cloud->width, nearest.far[i], nearest.far + b * LANES,
                           &far))
                continue;
            for (int64_t j = b * LANES; j < (b + 1) * LANES && j < cloud->rows; j++)
                if (j > i)
                    meet(cloud, &nearest, i, j, far.of[j % LANES]);
        }
    }
    for (int64_t i = 0; i < cloud->rows; i++)
        errors += nearest.answer[i] != cloud->label[i];
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
