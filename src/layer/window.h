/* Windows that slide over maps and sequences: what convolutions and pools share in settings, sizes and
 * sentences. */
#ifndef MLDBG_SRC_LAYER_WINDOW_H
#define MLDBG_SRC_LAYER_WINDOW_H

#include <mldbg/layer/build.h>

/* Height, width; for sequences the second entry counts, as in the operators. */
struct window {
    int axes; /* 1 or 2 */
    int64_t kernel[2], stride[2], dilation[2], before[2], after[2];
    int64_t in[2], out[2];
};

/* As declared; count 0: the default (dilation 1; stride: the kernel for pools, else 1). */
struct window_settings {
    struct sizes kernel, stride, dilation;
    const struct json *padding;
};

enum window_kind { WINDOW_CONV, WINDOW_POOL };

/* Checks the rank of the input and fits the window on it; false after a refusal. */
bool window_fit(struct layer_build *build, enum window_kind kind, int axes,
                const struct window_settings *settings, struct window *out);

/* [N, channels, out...] */
struct shape window_output(const struct layer_build *build, const struct window *window, int64_t channels);

/* "[1, 8, 8]" when a row of `count` numbers could be a map of so many axes besides the channels, else NULL.
 */
const char *window_map_of(struct layer_build *build, int64_t count, int axes);

/* An option row that reads "padding". */
#define WINDOW_PADDING(owner, words)                                                              \
    {                                                                                             \
        .name = "padding", .type = OPTION_JSON, .offset = offsetof(owner, padding), .help = words \
    }

#endif
