/* What the rows of a file are: which column is the answer, and whether the others are pixels or steps. */
#include "inspect_inside.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mldbg/base/text.h>

/* Names of answers, those that say classes first. */
static const char *const class_words[] = {"label", "labels", "class",     "category", "species", "cultivar",
                                          "digit", "kind",   "diagnosis", "type",     NULL};
static const char *const answer_words[] = {"target", "y", "outcome", "response", "answer", "result", NULL};

/* Whole numbers are classes up to this many, or the square root of the rows: as in loading. */
enum { CLASSES_USUAL = 20 };

/* With a name that says classes, whole numbers are classes while each has so many rows on average. */
enum { CLASS_ROWS = 5 };

/* Smaller maps leave two convolutions with pooling nothing to look at. */
enum { SIDE_LEAST = 6 };

/* Whole numbers from 0 to one of these limits are intensities; a largest value of 1 to 9 may be flags or
 * counts. */
enum { PIXEL_LEAST = 10, PIXEL_MOST = 255 };

/* Fewer steps are no sequence to remember; fewer numbered columns are not asked about. */
enum { STEPS_LEAST = 8, NUMBERED_LEAST = 16 };

static const char *const pixel_words[] = {"p", "px", "pix", "pixel", "pixels", "img", "image", "im", NULL};
static const char *const step_words[] = {"t", "ts", "time", "step", "lag", "tick", "frame", NULL};

/* ---- The answer ---- */

bool inspection_is_class(const struct inspected_column *column, int64_t rows)
{
    double most = fmax(CLASSES_USUAL, sqrt((double)rows));

    if (column->look == LOOK_category || column->look == LOOK_text ||
        (column->look == LOOK_group && !column->whole))
        return true;
    if (!column->whole)
        return false;
    return (double)column->distinct <= most ||
           (inspect_named(column->name, class_words) && column->distinct * CLASS_ROWS <= rows);
}

bool inspection_is_label(const struct inspected_column *column, int64_t rows, const char **why)
{
    bool words = column->numbers == 0;

    *why = NULL;
    if (column->look == LOOK_empty || column->look == LOOK_constant || column->look == LOOK_broken)
        *why = column->reason;
    else if (column->look == LOOK_moment && words)
        *why = "dates";
    else if (words && column->distinct > 2 && 2 * column->distinct > rows)
        *why = "nearly every row has another text";
    return !*why;
}

static bool can_be_guessed(const struct inspection *inspection, int64_t i)
{
    const struct inspected_column *column = &inspection->columns[i];
    const char *why;
    return inspection_is_label(column, inspection->rows, &why) && column->look != LOOK_identifier &&
           column->look != LOOK_moment && column->look != LOOK_group;
}

int64_t inspection_label(const struct inspection *inspection, const char **why)
{
    static const char *const *const lists[] = {class_words, answer_words};

    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (const char *const *word = lists[l]; inspection->header && *word; word++)
            for (int64_t i = inspection->column_count - 1; i >= 0; i--)
                if (strcasecmp(inspection->columns[i].name, *word) == 0 && can_be_guessed(inspection, i)) {
                    *why = "its name";
                    return i;
                }
    for (int64_t i = inspection->column_count - 1; i >= 0; i--)
        if (can_be_guessed(inspection, i)) {
            *why = i + 1 == inspection->column_count ? "the last column"
                                                     : "the last column that can be an answer";
            return i;
        }
    return -1;
}

/* ---- Names that count ---- */

/* A name in three parts: "pixel_12" is "pixel", 12, ""; "t0_x" is "t", 0, "_x". */
struct numbered {
    size_t head; /* bytes before the number, joints left out */
    int64_t number;
    const char *tail;
};

static bool part_name(const char *name, bool last, struct numbered *out)
{
    size_t length = strlen(name), from = strcspn(name, "0123456789"), to;

    if (last) {
        for (from = length; from > 0 && name[from - 1] >= '0' && name[from - 1] <= '9';)
            from--;
    }
    to = from + strspn(name + from, "0123456789");
    if (to == from || to - from > 9)
        return false;
    out->number = strtol(name + from, NULL, 10);
    out->tail = name + to;
    for (out->head = from; out->head > 0 && strchr("_-. [", name[out->head - 1]);)
        out->head--;
    return true;
}

/* The columns that would be inputs, in order. */
struct features {
    const struct inspected_column **at;
    int64_t count;
};

/* False where a feature is none of numbers. */
static bool collect(struct arena *arena, const struct inspection *inspection, int64_t label,
                    struct features *out)
{
    out->at = arena_array(arena, (size_t)inspection->column_count, sizeof *out->at);
    for (int64_t i = 0; i < inspection->column_count; i++) {
        const struct inspected_column *column = &inspection->columns[i];
        bool numbers = column->numbers > 0 && column->numbers + column->missing == inspection->rows;
        if (i == label || column->look == LOOK_identifier || column->look == LOOK_moment ||
            column->look == LOOK_group)
            continue;
        if (!numbers)
            return false;
        out->at[out->count++] = column;
    }
    return out->count > 0;
}

/* Whether the last numbers of the names count 0, 1, 2 (or from 1), over and over with the period `cycle`. */
static bool counts(const struct features *features, int64_t cycle)
{
    struct numbered first, part;

    if (!part_name(features->at[0]->name, true, &first) || first.number > 1)
        return false;
    for (int64_t i = 1; i < features->count; i++)
        if (!part_name(features->at[i]->name, true, &part) || part.number != first.number + i % cycle ||
            (cycle == features->count &&
             (part.head != first.head ||
              strncmp(features->at[i]->name, features->at[0]->name, part.head) != 0)))
            return false;
    return true;
}

/* Whether the part of a name before its first number is one of some words. */
static bool begins_with(const char *name, const char *const *words)
{
    struct numbered part;
    if (!part_name(name, false, &part))
        return false;
    for (; *words; words++)
        if (strlen(*words) == part.head && strncasecmp(name, *words, part.head) == 0)
            return true;
    return false;
}

/* ---- Pixels and steps ---- */

static int64_t side_of(int64_t count, int64_t *channels)
{
    for (*channels = 1; *channels <= 3; *channels += 2) {
        int64_t side = (int64_t)floor(sqrt((double)count / (double)*channels) + 0.5);
        if (side * side * *channels == count && side >= SIDE_LEAST)
            return side;
    }
    return 0;
}

static bool is_image(struct arena *arena, const struct inspection *inspection,
                     const struct features *features, struct shape *shape, const char **why)
{
    int64_t channels, side = side_of(features->count, &channels);
    double most = 0;
    bool whole = true, named, counted;

    if (!side)
        return false;
    for (int64_t i = 0; i < features->count; i++) {
        if (features->at[i]->min < 0 || features->at[i]->max > PIXEL_MOST)
            return false;
        most = fmax(most, features->at[i]->max);
        whole = whole && features->at[i]->whole;
    }
    counted = !inspection->header || counts(features, features->count) || counts(features, side);
    named = begins_with(features->at[0]->name, pixel_words) || counts(features, side);
    if (!counted || !((whole && most >= PIXEL_LEAST) || named))
        return false;
    *shape = SHAPE(channels, side, side);
    *why = arena_print(arena, "%lld columns on one scale, 0 to %s: %lld x %lld%s", (long long)features->count,
                       text_number(arena, most, 4), (long long)side, (long long)side,
                       channels > 1 ? " in three channels, one behind the other" : "");
    return true;
}

static bool is_sequence(struct arena *arena, const struct features *features, struct shape *shape,
                        const char **why)
{
    struct numbered first, part;
    int64_t width = 1, steps;

    if (!begins_with(features->at[0]->name, step_words) || !part_name(features->at[0]->name, false, &first))
        return false;
    while (width < features->count && part_name(features->at[width]->name, false, &part) &&
           part.number == first.number)
        width++;
    steps = features->count / width;
    if (steps < STEPS_LEAST || steps * width != features->count)
        return false;
    for (int64_t i = 0; i < features->count; i++) {
        struct numbered model;
        if (!part_name(features->at[i]->name, false, &part) ||
            !part_name(features->at[i % width]->name, false, &model) ||
            part.number != first.number + i / width || part.head != first.head ||
            strcmp(part.tail, model.tail) != 0)
            return false;
    }
    *shape = SHAPE(steps, width);
    *why = arena_print(arena, "the names %s to %s count steps", features->at[0]->name,
                       features->at[features->count - 1]->name);
    return true;
}

enum arrangement inspection_arrangement(struct arena *arena, const struct inspection *inspection,
                                        int64_t label, struct shape *shape, const char **why,
                                        const char **doubt)
{
    struct features features = {0};

    *why = "columns of different kinds";
    *doubt = NULL;
    if (!collect(arena, inspection, label, &features))
        return ARRANGED_table;
    if (is_image(arena, inspection, &features, shape, why))
        return ARRANGED_image;
    if (is_sequence(arena, &features, shape, why))
        return ARRANGED_sequence;
    *why = "columns of numbers that are neither pixels nor steps";
    if (inspection->header && features.count >= NUMBERED_LEAST && counts(&features, features.count))
        *doubt = arena_print(arena, "%s to %s", features.at[0]->name, features.at[features.count - 1]->name);
    return ARRANGED_table;
}
