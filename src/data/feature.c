/*
 * The plan by which columns become inputs of the network: which columns, in which order, one-hot or as an
 * index, in which shape. Made from train and applied to every split.
 */
#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mldbg/base/text.h>
#include "trouble.h"

/* A text column with more categories is an id, a date or a sentence, and would make as many columns of zeros.
 */
enum { ONE_HOT_MOST = 1000 };

struct builder {
    struct loading *loading;
    const struct source *train;
    size_t count, capacity;
};

static struct feature *add(struct builder *builder, int64_t column, const char *name)
{
    struct plan *plan = &builder->loading->plan;
    struct feature *feature = arena_append(builder->loading->scratch, &plan->features, &builder->count,
                                           &builder->capacity, sizeof *plan->features);
    *feature = (struct feature){.name = name, .column = column, .category = -1, .known = -1};
    for (int s = 0; s < SPLIT_COUNT; s++)
        feature->divisor[s] = 1;
    return feature;
}

struct category {
    const char *name;
    int64_t code;
    double number;
    bool is_number;
};

static int by_name(const void *a, const void *b)
{
    const struct category *x = a, *y = b;
    if (x->is_number && y->is_number && x->number != y->number)
        return x->number < y->number ? -1 : 1;
    if (x->is_number != y->is_number)
        return x->is_number ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool add_one_hot(struct builder *builder, int64_t column, const struct table_column *held)
{
    struct loading *loading = builder->loading;
    size_t count = held->words_of_train;
    if (count > ONE_HOT_MOST)
        return data_refuse(loading->problems, builder->train->path, 0,
                           arena_print(loading->problems->arena,
                                       "\"ignore\": [\"%s\"], or \"categorical\": {\"%s\": \"index\"}",
                                       shown(loading->problems->arena, held->name),
                                       shown(loading->problems->arena, held->name)),
                           "column \"%s\" holds %zu different texts; one-hot columns are made for at most %d",
                           shown(loading->problems->arena, held->name), count, ONE_HOT_MOST);
    struct category *order = arena_array(loading->scratch, count + 1, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        order[i] = (struct category){.name = held->words->at[i], .code = (int64_t)i};
        order[i].is_number = text_read_double(order[i].name, &order[i].number);
    }
    qsort(order, count, sizeof *order, by_name);
    for (size_t i = 0; i < count; i++)
        add(builder, column, arena_print(loading->scratch, "%s=%s", held->name, order[i].name))->category =
            order[i].code;
    return true;
}

static bool add_column(struct builder *builder, int64_t column)
{
    const struct source *train = builder->train;
    const struct table_column *held = source_column(train, column);
    const char *name = source_column_name(builder->loading->scratch, train, column);
    const struct category_spec *category = spec_category(builder->loading->spec, name);
    if (held && held->categorical && !(category && category->index))
        return add_one_hot(builder, column, held);
    struct feature *feature = add(builder, column, name);
    feature->index = (category && category->index) || (train->form == FORM_MADE && train->made.integer);
    if (held && held->categorical)
        feature->known = (int64_t)held->words_of_train;
    return true;
}

/* Columns of arrays and generators are chosen here; those of tables have their roles already. */
static bool is_wanted(const struct builder *builder, const struct texts *patterns, int64_t column)
{
    const struct data_spec *spec = builder->loading->spec;
    if (patterns->count == 0 && spec->ignore.count == 0)
        return true;
    const char *name = source_column_name(builder->loading->scratch, builder->train, column);
    if (builder->train->form != FORM_TABLE && name_in(&spec->ignore, name))
        return false;
    return patterns->count == 0 || name_in(patterns, name);
}

static bool add_input(struct builder *builder, int input, const struct texts *patterns)
{
    struct plan *plan = &builder->loading->plan;
    bool good = true;
    plan->first[input] = (int64_t)builder->count;
    for (int64_t i = 0; i < builder->train->columns; i++)
        if (is_wanted(builder, patterns, i))
            good = add_column(builder, i) && good;
    plan->first[input + 1] = plan->width = (int64_t)builder->count;
    return good;
}

static struct place shape_place(const struct loading *loading, int input)
{
    return loading->spec->input_count > 0 ? loading->spec->inputs[input].place
                                          : spec_place(loading->spec, "input_shape");
}

/* The declared shape if it fits, the natural one else. */
static bool set_shape(struct loading *loading, int input, const struct sizes *wanted)
{
    struct data_input *out = &loading->out->inputs[input];
    const struct source *train = &loading->sources[SPLIT_train];
    struct arena *arena = loading->problems->arena;
    int64_t width = loading->plan.first[input + 1] - loading->plan.first[input];
    if (width == 0) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", shape_place(loading, input),
                    "no column is left for the input \"%s\"", out->name);
        return false;
    }
    if (wanted->count == 0) {
        out->shape = shape_count(&train->shape) == width && loading->spec->input_count == 0 ? train->shape
                                                                                            : SHAPE(width);
        return true;
    }
    if (wanted->count > RANK_MOST - 1) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", shape_place(loading, input),
                    "a row has at most %d axes", RANK_MOST - 1);
        return false;
    }
    out->shape = shape_make(wanted->count, wanted->at);
    int64_t count = shape_count(&out->shape);
    if (count == width)
        return true;
    const char *numbers =
        count < 0 ? "more numbers than can be counted" : text_plural(arena, count, "number", "numbers");
    struct error *err = problems_at(loading->problems, ERROR_REQUEST, "ML200", shape_place(loading, input),
                                    "the shape of \"%s\" is %s = %s, but %s gives %s", out->name,
                                    shape_print(arena, &out->shape, true), numbers, train->origin,
                                    text_plural(arena, width, "feature column", "feature columns"));
    if (count >= 0 && width == count + 1)
        fail_hint(err, "is a column among them that should be in \"ignore\"?");
    return false;
}

static bool set_type(struct loading *loading, int input)
{
    const struct plan *plan = &loading->plan;
    struct data_input *out = &loading->out->inputs[input];
    int64_t indices = 0, width = plan->first[input + 1] - plan->first[input];
    for (int64_t i = plan->first[input]; i < plan->first[input + 1]; i++)
        indices += plan->features[i].index;
    out->dtype = indices > 0 ? DTYPE_I32 : DTYPE_F32;
    out->index_count = indices > 0 ? loading->sources[SPLIT_train].made.index_count : 0;
    if (indices == 0 || indices == width)
        return true;
    struct error *err =
        problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, "categorical"),
                    "the input \"%s\" mixes %lld index columns with %lld columns of numbers; an input is one "
                    "or the other",
                    out->name, (long long)indices, (long long)(width - indices));
    fail_hint(err, "give the index columns an input of their own in \"inputs\"");
    return false;
}

bool plan_make(struct loading *loading)
{
    const struct data_spec *spec = loading->spec;
    struct builder builder = {.loading = loading, .train = &loading->sources[SPLIT_train]};
    int inputs = spec->input_count > 0 ? (int)spec->input_count : 1;
    bool good = true;
    /* Most data has one feature a column: room for that spares growing. */
    builder.capacity = (size_t)builder.train->columns;
    loading->plan.features = arena_array(loading->scratch, builder.capacity, sizeof *loading->plan.features);
    for (int i = 0; i < inputs; i++) {
        bool named = spec->input_count > 0;
        loading->out->inputs[i].name = named ? spec->inputs[i].name : "input";
        good = add_input(&builder, i, named ? &spec->inputs[i].columns : &spec->features) && good;
        good = good && set_shape(loading, i, named ? &spec->inputs[i].shape : &spec->input_shape);
        good = good && set_type(loading, i);
    }
    loading->out->input_count = inputs;
    loading->plan.plain = true;
    for (int64_t i = 0; i < loading->plan.width; i++) {
        const struct feature *feature = &loading->plan.features[i];
        loading->plan.plain =
            loading->plan.plain && feature->column == i && feature->category < 0 && feature->known < 0;
    }
    return good;
}

void plan_fill(struct loading *loading, const struct source *source, const int64_t *rows, int64_t count)
{
    struct plan *plan = &loading->plan;
    if (source->form != FORM_TABLE)
        return;
    for (int64_t i = 0; i < plan->width; i++) {
        struct feature *feature = &plan->features[i];
        double sum = 0;
        int64_t present = 0;
        feature->fill = feature->known >= 0 ? (double)feature->known : 0;
        if (loading->spec->missing != MISSING_MEAN || feature->category >= 0 || feature->index)
            continue;
        for (int64_t row = 0; row < count; row++) {
            double value = source_cell(source, rows ? rows[row] : row, feature->column);
            if (!isnan(value)) {
                sum += value;
                present++;
            }
        }
        feature->fill = present > 0 ? sum / (double)present : 0;
    }
}

/* The largest index of a feature among rows; -1 after a problem. */
static int64_t largest_index(struct loading *loading, const struct part *part, int64_t at)
{
    const struct feature *feature = &loading->plan.features[at];
    const struct source *source = part->source;
    int64_t largest = feature->known - 1;
    for (int64_t i = 0; i < part->count; i++) {
        double value = source_cell(source, part->rows[i], source->expanded ? at : feature->column);
        if (isnan(value) || (feature->known >= 0 && value > (double)feature->known))
            value = feature->fill;
        if (!(value >= 0 && value < (double)INT32_MAX && value == floor(value))) {
            data_refuse(loading->problems, source->path, source_line(source, part->rows[i]), NULL,
                        "column \"%s\" is an index, but holds %s; expected a whole number from 0 up",
                        shown(loading->problems->arena, feature->name),
                        text_double(loading->problems->arena, value));
            return -1;
        }
        largest = (int64_t)value > largest ? (int64_t)value : largest;
    }
    return largest < 0 ? 0 : largest;
}

void plan_unseen(struct loading *loading, const struct source *source)
{
    for (int64_t i = 0; i < source->columns; i++) {
        const struct table_column *column = source_column(source, i);
        if (!column || !column->categorical || column->words->count == column->words_of_train)
            continue;
        for (int64_t row = 0; row < source->rows; row++)
            loading->out->unseen_categories += source_cell(source, row, i) >= (double)column->words_of_train;
    }
}

bool plan_indices(struct loading *loading, const struct part *part)
{
    struct data *data = loading->out;
    for (int input = 0; input < data->input_count; input++) {
        int64_t *count = &data->inputs[input].index_count;
        if (data->inputs[input].dtype != DTYPE_I32)
            continue;
        for (int64_t i = loading->plan.first[input]; i < loading->plan.first[input + 1]; i++) {
            int64_t largest = largest_index(loading, part, i);
            if (largest < 0)
                return false;
            *count = largest + 1 > *count ? largest + 1 : *count;
        }
    }
    return true;
}
