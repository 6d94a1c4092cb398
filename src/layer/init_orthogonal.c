/*
 * Orthogonal matrices (Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
 * neural networks", 2014): normal numbers, made orthonormal by Gram and Schmidt's process. Dividing by
 * positive norms gives the uniform distribution over orthogonal matrices, as the sign correction of a QR
 * decomposition does.
 */
#include <math.h>

#include "init.h"

/* A vector that lost more than this share of its length is projected once more ("twice is enough", Kahan). */
#define LOSS_OF_LENGTH 0.7
/* Partial sums, so that the loop needs no order of additions and can use vector units. */
enum { LANES = 8 };

static const struct option orthogonal_options[] = {
    {.name = "gain",
     .type = OPTION_REAL,
     .offset = offsetof(struct plain_settings, gain),
     .fallback = "1",
     .help = "the values are multiplied by it"},
};

static double dot(const double *a, const double *b, int64_t n)
{
    double lane[LANES] = {0}, sum = 0;
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += a[i + j] * b[i + j];
    for (; i < n; i++)
        sum += a[i] * b[i];
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

/* rows vectors of n numbers, rows <= n, made orthonormal. */
static void orthonormalize(double *at, int64_t rows, int64_t n)
{
    for (int64_t r = 0; r < rows; r++) {
        double *v = at + r * n;
        for (int pass = 0; pass < 2; pass++) {
            double before = sqrt(dot(v, v, n));
            for (int64_t other = 0; other < r; other++) {
                const double *u = at + other * n;
                double along = dot(u, v, n);
                for (int64_t i = 0; i < n; i++)
                    v[i] -= along * u[i];
            }
            if (sqrt(dot(v, v, n)) > LOSS_OF_LENGTH * before)
                break;
        }
        double length = sqrt(dot(v, v, n));
        for (int64_t i = 0; i < n; i++)
            v[i] /= length;
    }
}

void fill_orthogonal(const struct init_target *target, int64_t blocks, double gain, double *values)
{
    int64_t count = shape_count(&target->shape), all = target->shape.rank ? target->shape.size[0] : 1;
    int64_t columns = count / all, rows = all / blocks, fewer = rows < columns ? rows : columns;
    int64_t longer = rows < columns ? columns : rows;
    struct arena scratch;

    arena_init(&scratch, "orthogonal initialization");
    double *basis = arena_numbers(&scratch, (size_t)(rows * columns) * sizeof *basis);
    for (int64_t block = 0; block < blocks; block++) {
        double *out = values + block * rows * columns;
        for (int64_t i = 0; i < rows * columns; i++)
            basis[i] = random_normal(target->key, target->number, (uint64_t)(block * rows * columns + i));
        orthonormalize(basis, fewer, longer);
        for (int64_t r = 0; r < rows; r++)
            for (int64_t c = 0; c < columns; c++)
                out[r * columns + c] =
                    gain * (rows < columns ? basis[r * longer + c] : basis[c * longer + r]);
    }
    arena_release(&scratch);
}

static void fill(const void *at, const struct init_target *target, double *values)
{
    const struct plain_settings *settings = at;
    int64_t gates = target->gates > 1 && target->shape.size[0] % target->gates == 0 ? target->gates : 1;
    fill_orthogonal(target, gates, settings->gain, values);
}

const struct init_kind init_orthogonal = {
    .entry = {"orthogonal", "Orthonormal rows or columns (Saxe et al. 2014)",
              "A random orthogonal matrix: it neither stretches nor shrinks what passes\n"
              "through it. The default of recurrent weights, one matrix per gate. Kernels of\n"
              "convolutions are taken as matrices of out_channels rows. gain multiplies."},
    .options = OPTION_TABLE(orthogonal_options),
    .settings_size = sizeof(struct plain_settings),
    .fill = fill,
};
