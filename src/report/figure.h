/* Figures: which series of a record belong in one picture, and the pictures, drawn by gnuplot in one go. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include <mldbg/run.h>

enum { LINES_MOST = 8 }; /* in a figure: as many as there are colors that can be told apart */

struct line {
    const struct series *series;
    const char *label; /* "val", "conv1/weight" */
    int color;         /* 0: pale, 1 to LINES_MOST */
};

struct figure {
    const char *title; /* "loss", "gradient norm" */
    bool probe;        /* of layers, not of splits */
    bool logarithmic;
    struct line line[LINES_MOST];
    size_t lines;
    size_t left_out;     /* lines that were too many */
    const char *drawing; /* <svg>, or NULL: it could not be drawn */
};

struct figures {
    struct figure *at;
    size_t count, capacity;
    size_t left_out; /* figures that were too many */
    const char *why; /* why nothing was drawn: "is not installed"; NULL: all was */
};

/*
 * Where a series belongs: "train/loss" is the line "train" of the figure "loss", "gradient/fc1/weight/norm"
 * the line "fc1/weight" of the probe "gradient norm", and a name of one part a figure of its own. Sets title,
 * probe and label. False: it is no curve (a clock or a counter).
 */
bool series_place(struct arena *arena, const struct run *run, const char *name, struct figure *figure,
                  struct line *line);

/* Groups the series of a record; the loss comes first, what belongs to layers last. */
void figures_choose(struct figures *figures, const struct run *run, struct arena *arena);

/* Draws all of them. */
void figures_draw(struct figures *figures, struct arena *arena);

/*
 * A number of drawing.c for each color and part that gnuplot is told to use; it comes back as a class, and
 * the style sheet of the page says what it looks like.
 */
enum { PART_AXIS = 16, PART_WORDS, PART_GRID, PART_BROKEN };

/* Makes a picture for the page out of what gnuplot drew; NULL when there is nothing in it. */
const char *drawing_from_svg(struct arena *arena, const char *svg, size_t length, const char *label);
enum { DRAWING_WIDTH = 420, DRAWING_HEIGHT = 236 };

/* The first point that cannot be drawn, as it is no number or beyond all scales; -1: none. */
int64_t series_broken(const struct series *series);
bool value_can_be_drawn(double value);

#endif
