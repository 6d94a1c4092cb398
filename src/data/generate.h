/* What generators share: streams of numbers, room for rows, and smooth random images. */
#ifndef MLDBG_DATA_GENERATE_H
#define MLDBG_DATA_GENERATE_H

#include <mldbg/data.h>

/* Streams of one generator; a number is told by (seed, stream, index), so rows do not depend on how many
 * there are. */
enum stream { STREAM_STRUCTURE, STREAM_ROW, STREAM_NOISE, STREAM_CHOICE, STREAM_ORDER, STREAM_EXTRA };

struct draw {
    struct random key;
    enum stream stream;
};

struct draw draw_from(uint64_t seed, enum stream stream);
double draw_uniform(struct draw draw, int64_t index);
double draw_normal(struct draw draw, int64_t index);
int64_t draw_below(struct draw draw, int64_t index, int64_t bound);

/* Room for rows of a shape with class ids (classes > 0) or target_width answers. */
void generated_make(struct arena *arena, struct generated *out, int64_t rows, struct shape shape,
                    int64_t classes, int64_t target_width);

/* "reshape": another shape for the rows; false if it holds another number of values. */
bool generated_reshape(struct generated *out, const struct sizes *reshape, struct error *err);

/*
 * Writes a smooth random image of height x width into out: a coarse grid of uniform numbers in 0..1,
 * interpolated bilinearly. image numbers the images of one seed.
 */
void smooth_image(uint64_t seed, int64_t image, int64_t height, int64_t width, double *out);

#endif
