/* Tables of text cells, and words in lines. Cells may come from files: they are made fit to print. */
#include <mldbg/report.h>

#include <string.h>

enum { GAP_MOST = 3 }; /* blanks between two columns; fewer where the grid would be too wide */

void grid_init(struct grid *grid, struct arena *arena, size_t columns, const char *align)
{
    if (strlen(align) < columns)
        BUG("a grid of %zu columns has the alignment \"%s\"", columns, align);
    *grid = (struct grid){.arena = arena, .columns = columns, .align = align};
}

void grid_row(struct grid *grid, const char *const *cells)
{
    for (size_t i = 0; i < grid->columns; i++) {
        size_t count = grid->rows * grid->columns + i;
        const char **cell = arena_append(grid->arena, &grid->cell, &count, &grid->capacity, sizeof *cell);
        *cell = cells[i] ? text_escape(grid->arena, cells[i], strlen(cells[i]), 0) : "";
    }
    grid->rows++;
}

static const char *cell_at(const struct grid *grid, size_t row, size_t column)
{
    return grid->cell[row * grid->columns + column];
}

static size_t width_of(const struct grid *grid, size_t column)
{
    size_t width = 0;
    for (size_t row = 0; row < grid->rows; row++) {
        size_t columns = text_columns(cell_at(grid, row, column));
        width = columns > width ? columns : width;
    }
    return width;
}

/* Blanks at the end of a line would be noise in a file or a diff. */
static void close_line(struct text *out)
{
    while (out->length > 0 && out->at[out->length - 1] == ' ')
        out->length--;
    out->at[out->length] = '\0';
    text_add(out, "\n");
}

static size_t gap_of(const struct grid *grid, const size_t *width, size_t indent)
{
    size_t all = indent, gap = GAP_MOST;
    for (size_t column = 0; column < grid->columns; column++)
        all += width[column];
    while (gap > 1 && all + gap * (grid->columns - 1) > REPORT_COLUMNS)
        gap--;
    return gap;
}

void grid_print(const struct grid *grid, struct text *out, int indent)
{
    size_t *width = arena_array(grid->arena, grid->columns, sizeof *width);

    for (size_t column = 0; column < grid->columns; column++)
        width[column] = width_of(grid, column);
    size_t gap = gap_of(grid, width, (size_t)indent);
    for (size_t row = 0; row < grid->rows; row++) {
        size_t at = (size_t)indent;
        for (size_t column = 0; column < grid->columns; column++) {
            const char *cell = cell_at(grid, row, column);
            bool right = grid->align[column] == 'r';
            text_pad(out, at + (right ? width[column] - text_columns(cell) : 0));
            text_add(out, cell);
            at += width[column] + gap;
        }
        close_line(out);
    }
}

void text_wrap(struct text *out, const char *words, size_t indent)
{
    size_t start = out->length;
    while (start > 0 && out->at[start - 1] != '\n')
        start--;
    size_t at = text_columns(out->at + start);

    while (*words) {
        size_t length = strcspn(words, " ");
        const char *word = arena_copy(out->arena, words, length);
        size_t columns = text_columns(word), gap = at > indent;
        if (at > indent && at + gap + columns > REPORT_COLUMNS) {
            close_line(out);
            at = gap = 0;
        }
        if (at < indent)
            at = indent;
        text_pad(out, at + gap);
        text_add(out, word);
        at += gap + columns;
        words += length + strspn(words + length, " ");
    }
    close_line(out);
}
