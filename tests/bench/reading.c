/* Writes a table of numbers and times csv_read on it, the way data is read, down to floats in memory. */
#include "reading.h"

#include <stdio.h>
#include <time.h>

#include <mldbg/base/csv.h>
#include <mldbg/base/random.h>
#include <mldbg/base/text.h>

enum { COLUMNS = 64, BLOCK_ROWS = 4096 };

struct matrix {
    struct arena arena;
    float *block; /* the rows that are being filled */
    int64_t rows;
    double sum;
};

bool reading_make(const char *path, int64_t bytes)
{
    const struct random key = {1, PURPOSE_GENERATE};
    FILE *file = fopen(path, "wb");
    int64_t done = 0;

    if (!file)
        return false;
    for (int i = 0; i < COLUMNS; i++)
        done += fprintf(file, "f%d,", i);
    done += fprintf(file, "label\n");
    for (uint64_t at = 0; done < bytes;) {
        for (int i = 0; i < COLUMNS; i++)
            done += fprintf(file, "%.6f,", random_normal(key, 0, at++));
        done += fprintf(file, "%d\n", (int)(at % 10));
    }
    return fclose(file) == 0;
}

static bool take_row(void *context, const struct csv_cell *cells, size_t count, int64_t line,
                     struct error *err)
{
    struct matrix *matrix = context;

    (void)err;
    if (line == 1)
        return true;
    if (matrix->rows++ % BLOCK_ROWS == 0)
        matrix->block = arena_numbers(&matrix->arena, BLOCK_ROWS * (COLUMNS + 1) * sizeof(float));
    float *row = matrix->block + (matrix->rows - 1) % BLOCK_ROWS * (COLUMNS + 1);
    for (size_t i = 0; i < count && i <= COLUMNS; i++) {
        double number = cells[i].number;
        if (!cells[i].is_number && !text_read_number(cells[i].at, &number))
            return false;
        row[i] = (float)number;
        matrix->sum += number;
    }
    return true;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double reading_measure(const char *path, double *sum)
{
    struct matrix matrix = {.rows = 0};
    struct error err;
    double begin = now();

    arena_init(&matrix.arena, "the table that is measured");
    bool good = csv_read(path, NULL, take_row, &matrix, &err);
    double seconds = now() - begin;
    arena_release(&matrix.arena);
    *sum = matrix.sum;
    return good ? seconds : -1;
}
