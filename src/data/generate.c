/* The catalog of generators and what they share. */
#include "generate.h"

#include <string.h>

/* Cells of the coarse grid along an axis, at most: templates are smooth on the scale of a quarter image. */
enum { COARSE_MOST = 4 };

#define GENERATOR(id) &generator_##id.entry,
static const struct entry *const entries[] = {
#include <mldbg/data/generators.def>
};
#undef GENERATOR

const struct catalog generator_catalog = {
    .kind = "generator", .plural = "generators", .at = entries, .count = sizeof entries / sizeof *entries};

struct draw draw_from(uint64_t seed, enum stream stream)
{
    return (struct draw){{seed, PURPOSE_GENERATE}, stream};
}

double draw_uniform(struct draw draw, int64_t index)
{
    return random_uniform(draw.key, draw.stream, (uint64_t)index);
}

double draw_normal(struct draw draw, int64_t index)
{
    return random_normal(draw.key, draw.stream, (uint64_t)index);
}

int64_t draw_below(struct draw draw, int64_t index, int64_t bound)
{
    return (int64_t)random_below(draw.key, draw.stream, (uint64_t)index, (uint64_t)bound);
}

void generated_make(struct arena *arena, struct generated *out, int64_t rows, struct shape shape,
                    int64_t classes, int64_t target_width)
{
    int64_t width = shape_count(&shape);
    if (width < 0)
        out_of_memory(SIZE_MAX, "generator");
    *out = (struct generated){.rows = rows, .shape = shape, .classes = classes, .target_width = target_width};
    out->x = arena_array(arena, (size_t)rows, (size_t)width * sizeof *out->x);
    out->y = arena_array(arena, (size_t)rows, (size_t)(classes > 0 ? 1 : target_width) * sizeof *out->y);
}

bool generated_reshape(struct generated *out, const struct sizes *reshape, struct error *err)
{
    if (reshape->count == 0)
        return true;
    if (reshape->count > RANK_MOST - 1)
        return fail(err, ERROR_REQUEST, "reshape has %d axes, at most %d", reshape->count, RANK_MOST - 1);
    struct shape shape = shape_make(reshape->count, reshape->at);
    if (shape_count(&shape) != shape_count(&out->shape))
        return fail(err, ERROR_REQUEST, "reshape holds %lld numbers, but a row has %lld",
                    (long long)shape_count(&shape), (long long)shape_count(&out->shape));
    out->shape = shape;
    return true;
}

/* A place along an axis of the coarse grid: cell and the share of the next one. */
static int64_t coarse(int64_t at, int64_t size, int64_t cells, double *share)
{
    double position = size > 1 ? (double)at * (double)(cells - 1) / (double)(size - 1) : 0;
    int64_t cell = (int64_t)position;
    if (cell > cells - 2)
        cell = cells - 2 < 0 ? 0 : cells - 2;
    *share = cells > 1 ? position - (double)cell : 0;
    return cell;
}

void smooth_image(uint64_t seed, int64_t image, int64_t height, int64_t width, double *out)
{
    struct draw draw = draw_from(seed, STREAM_STRUCTURE);
    /* A line of pixels gets the cells that its one row lacks. */
    int64_t rows = height < COARSE_MOST ? height : COARSE_MOST;
    int64_t columns = rows == 1 ? COARSE_MOST * COARSE_MOST : COARSE_MOST;
    columns = width < columns ? width : columns;
    enum { CELLS = COARSE_MOST * COARSE_MOST };
    double grid[CELLS];
    for (int64_t i = 0; i < rows * columns; i++)
        grid[i] = draw_uniform(draw, image * CELLS + i);
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++) {
            double down, right;
            const double *at =
                grid + coarse(y, height, rows, &down) * columns + coarse(x, width, columns, &right);
            const double *below = rows > 1 ? at + columns : at;
            int64_t next = columns > 1;
            double top = at[0] * (1 - right) + at[next] * right;
            double bottom = below[0] * (1 - right) + below[next] * right;
            out[y * width + x] = top * (1 - down) + bottom * down;
        }
}
