/* Answers: classes gathered over all splits and put in order, or targets as numbers. */
#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mldbg/base/text.h>
#include "trouble.h"

/* Whole numbers are classes when train has at most this many, or the square root of its rows. */
enum { CLASSES_USUAL = 20 };

/* A label that differs in more than this share of at least so many rows is an id or a measurement. */
static const double OWN_CLASS_SHARE = 0.9;
enum { OWN_CLASS_ROWS = 20 };

/* The answers of a source as they were read: one code or some numbers a row. */
struct answers {
    struct source *source;
    int64_t width;
    int64_t *code; /* into words; NULL unless classes are wanted */
};

struct classing {
    struct loading *loading;
    struct words words; /* of arrays and generators; tables bring their own */
    const struct words *held;
    struct answers answers[SPLIT_COUNT];
};

static struct table_column *label_column(const struct source *source, const struct data_spec *spec,
                                         int64_t which)
{
    for (size_t i = 0; i < source->table.column_count; i++)
        if (strcmp(source->table.columns[i].name, spec->label.at[which]) == 0)
            return &source->table.columns[i];
    BUG("label column \"%s\" went lost", spec->label.at[which]);
}

/* column: of a table, else NULL. */
static double answer_number(const struct source *source, const struct table_column *column, int64_t row,
                            int64_t which)
{
    if (column)
        return table_row(&source->table, row)[column->value_slot];
    if (source->form == FORM_BLOCK)
        return block_value(&source->labels, row, which);
    int64_t width = source->made.classes > 0 ? 1 : source->made.target_width;
    return source->made.y[row * width + which];
}

static int64_t answers_width(const struct source *source, const struct data_spec *spec)
{
    if (source->form == FORM_TABLE)
        return (int64_t)spec->label.count;
    if (source->form == FORM_BLOCK)
        return source->labels.width;
    return source->made.classes > 0 ? 1 : source->made.target_width;
}

/* Whether a label of one column looks like classes. */
static bool looks_like_classes(struct loading *loading)
{
    const struct source *train = &loading->sources[SPLIT_train];
    if (train->form == FORM_MADE)
        return train->made.classes > 0;
    const struct table_column *column =
        train->form == FORM_TABLE ? label_column(train, loading->spec, 0) : NULL;
    if (column && column->categorical)
        return true;
    double most = fmax(CLASSES_USUAL, sqrt((double)train->rows));
    if (column && (double)column->words_of_train > most)
        return false;
    struct words distinct = {0};
    struct arena *arena = loading->scratch;
    double last = (double)NAN;
    for (int64_t row = 0; row < train->rows; row++) {
        double value = answer_number(train, column, row, 0);
        if (value == last)
            continue;
        last = value;
        if (value != floor(value))
            return false;
        if (column)
            continue;
        const char *text = text_double(arena, value);
        if (words_add(arena, &distinct, text, strlen(text), (size_t)most) < 0)
            return false;
    }
    return true;
}

/* One code for each row of a source that is no table. */
static void code_numbers(struct classing *classing, struct answers *answers)
{
    struct arena *arena = classing->loading->scratch;
    const struct source *source = answers->source;
    int64_t code = -1;
    double last = (double)NAN;
    if (source->form == FORM_MADE)
        for (int64_t c = 0; c < source->made.classes; c++) {
            const char *name = arena_print(arena, "%lld", (long long)c);
            words_add(arena, &classing->words, name, strlen(name), LABELS_MOST);
        }
    for (int64_t row = 0; row < source->rows; row++) {
        double value = answer_number(source, NULL, row, 0);
        if (value != last) {
            const char *name = text_double(arena, value);
            code = words_add(arena, &classing->words, name, strlen(name), LABELS_MOST);
            last = value;
        }
        answers->code[row] = code;
    }
}

static void code_table(struct classing *classing, struct answers *answers)
{
    const struct source *source = answers->source;
    const struct table_column *column = label_column(source, classing->loading->spec, 0);
    for (int64_t row = 0; row < source->rows; row++)
        answers->code[row] = (int64_t)table_row(&source->table, row)[column->code_slot];
    classing->held = column->words;
}

struct class
{
    const char *name;
    int64_t code;
    double number;
    bool whole;
};

static int by_name(const void *a, const void *b)
{
    const struct class *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->code > y->code) - (x->code < y->code);
}

static int by_number(const void *a, const void *b)
{
    const struct class *x = a, *y = b;
    int order = (x->number > y->number) - (x->number < y->number);
    return order ? order : by_name(a, b);
}

static bool is_kept(const struct data_spec *spec, const char *name)
{
    return spec->keep_classes.count == 0 || name_in(&spec->keep_classes, name);
}

/* Puts the classes in order; rank[code] is the class, or -1 for one that is left out. Returns how many. */
static int64_t rank_classes(struct classing *classing, int64_t *rank)
{
    struct loading *loading = classing->loading;
    const struct words *words = classing->held;
    struct class *classes = arena_array(loading->scratch, words->count, sizeof *classes);
    size_t count = 0;
    bool whole = true;
    for (size_t i = 0; i < words->count; i++) {
        rank[i] = -1;
        if (!is_kept(loading->spec, words->at[i]))
            continue;
        struct class *class = &classes[count++];
        *class = (struct class){.name = words->at[i], .code = (int64_t)i};
        whole =
            text_read_double(class->name, &class->number) && class->number == floor(class->number) && whole;
    }
    qsort(classes, count, sizeof *classes, whole ? by_number : by_name);
    const char **names = arena_array(loading->arena, count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        rank[classes[i].code] = (int64_t)i;
        names[i] = text_escape(loading->arena, classes[i].name, strlen(classes[i].name), 0);
    }
    loading->out->class_names = names;
    return (int64_t)count;
}

/* Ids of classes for every row; rows of classes that are left out go. */
static void apply_ranks(struct loading *loading, struct answers *answers, const int64_t *rank)
{
    struct source *source = answers->source;
    int64_t rows = 0;
    source->y = arena_array(loading->scratch, (size_t)source->rows, sizeof *source->y);
    source->kept = arena_array(loading->scratch, (size_t)source->rows, sizeof *source->kept);
    for (int64_t row = 0; row < source->rows; row++) {
        int64_t class = rank[answers->code[row]];
        if (class < 0)
            continue;
        source->kept[rows] = row;
        source->y[rows++] = (double)class;
    }
    if (rows == source->rows)
        source->kept = NULL;
    source->rows = rows;
}

/* A class name without what people do not see: case, blanks, and the way a number is written. */
static const char *plain_name(struct arena *arena, const char *name)
{
    while (*name == ' ')
        name++;
    size_t length = strlen(name);
    while (length > 0 && name[length - 1] == ' ')
        length--;
    char *plain = arena_copy(arena, name, length);
    double value;
    if (text_read_double(plain, &value))
        return text_double(arena, value);
    for (char *at = plain; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    return plain;
}

static void find_alike(struct loading *loading)
{
    struct data *data = loading->out;
    struct words words = {0};
    size_t *first = arena_array(loading->scratch, (size_t)data->classes, sizeof *first);
    for (int64_t c = 0; c < data->classes; c++) {
        const char *plain = plain_name(loading->scratch, data->class_names[c]);
        size_t before = words.count;
        int64_t number = words_add(loading->scratch, &words, plain, strlen(plain), SIZE_MAX);
        if (words.count > before) {
            first[number] = (size_t)c;
        } else if (data->alike_classes++ == 0) {
            data->alike_a = data->class_names[first[number]];
            data->alike_b = data->class_names[c];
        }
    }
}

static struct place label_place(const struct loading *loading)
{
    const struct source *train = &loading->sources[SPLIT_train];
    return train->form == FORM_TABLE ? spec_place(loading->spec, "label")
                                     : loading->spec->sources[SPLIT_train].place;
}

/* Distinct classes in train. */
static bool check_classes(struct loading *loading)
{
    const struct source *train = &loading->sources[SPLIT_train];
    const struct data *data = loading->out;
    bool *met = arena_array(loading->scratch, (size_t)data->classes + 1, sizeof *met);
    int64_t distinct = 0, only = 0;
    for (int64_t row = 0; row < train->rows; row++) {
        int64_t class = (int64_t)train->y[row];
        distinct += !met[class];
        only = class;
        met[class] = true;
    }
    struct arena *arena = loading->problems->arena;
    if (distinct == 0) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, "keep_classes"),
                    "no row is of the classes in \"keep_classes\"");
    } else if (distinct == 1 && loading->spec->keep_classes.count > 0) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, "keep_classes"),
                    "\"keep_classes\" leaves one class only, \"%s\"; expected two or more",
                    shown(arena, data->class_names[only]));
    } else if (distinct == 1) {
        struct error *err =
            problems_at(loading->problems, ERROR_REQUEST, "ML200", label_place(loading),
                        "one class only: all %s rows of %s are \"%s\"", text_count(arena, train->rows),
                        train->origin, shown(arena, data->class_names[only]));
        fail_hint(err, "is it the right label column?");
    } else if (train->rows >= OWN_CLASS_ROWS && (double)distinct > OWN_CLASS_SHARE * (double)train->rows) {
        struct error *err =
            problems_at(loading->problems, ERROR_REQUEST, "ML200", label_place(loading),
                        "nearly every row is its own class (%s classes in %s rows): is this a "
                        "regression target or an id?",
                        text_count(arena, distinct), text_count(arena, train->rows));
        fail_hint(err, "\"task\": \"regression\", or another label column");
    } else {
        return true;
    }
    return false;
}

static bool assign_classes(struct loading *loading)
{
    struct classing classing = {.loading = loading};
    classing.held = &classing.words;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        struct answers *answers = &classing.answers[s];
        answers->source = &loading->sources[s];
        if (answers->source->form == FORM_NONE)
            continue;
        answers->code = arena_array(loading->scratch, (size_t)answers->source->rows, sizeof *answers->code);
        if (answers->source->form == FORM_TABLE)
            code_table(&classing, answers);
        else
            code_numbers(&classing, answers);
    }
    if (classing.held->count >= LABELS_MOST) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", label_place(loading),
                    "more than %d classes: is this a regression target or an id?", LABELS_MOST - 1);
        return false;
    }
    int64_t *rank = arena_array(loading->scratch, classing.held->count, sizeof *rank);
    loading->out->classes = rank_classes(&classing, rank);
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (loading->sources[s].form != FORM_NONE)
            apply_ranks(loading, &classing.answers[s], rank);
    find_alike(loading);
    loading->answers = 1;
    return check_classes(loading);
}

static bool assign_targets(struct loading *loading, int64_t width)
{
    struct data *data = loading->out;
    const char **names = arena_array(loading->arena, (size_t)width, sizeof *names);
    bool table = loading->sources[SPLIT_train].form == FORM_TABLE;
    for (int64_t i = 0; i < width; i++)
        names[i] = table ? text_escape(loading->arena, loading->spec->label.at[i],
                                       strlen(loading->spec->label.at[i]), 0)
                         : arena_print(loading->arena, "y%lld", (long long)i);
    data->target_width = loading->answers = width;
    data->target_names = names;
    for (int s = 0; s < SPLIT_COUNT; s++) {
        struct source *source = &loading->sources[s];
        if (source->form == FORM_NONE)
            continue;
        source->y = arena_array(loading->scratch, (size_t)source->rows * (size_t)width, sizeof *source->y);
        for (int64_t i = 0; i < width; i++) {
            const struct table_column *column = table ? label_column(source, loading->spec, i) : NULL;
            if (column && column->texts > 0)
                return data_refuse(loading->problems, source->path, column->first_text,
                                   "\"task\": \"classification\", or another label column",
                                   "label \"%s\": \"%s\" is no number, but the task is regression",
                                   column->name, column->text);
            for (int64_t row = 0; row < source->rows; row++)
                source->y[row * width + i] = answer_number(source, column, row, i);
        }
    }
    return true;
}

/* Labels of arrays: finite numbers, as many in every split. */
static bool check_answers(struct loading *loading, int64_t width)
{
    for (int s = 0; s < SPLIT_COUNT; s++) {
        const struct source *source = &loading->sources[s];
        if (source->form == FORM_NONE)
            continue;
        if (answers_width(source, loading->spec) != width)
            return data_refuse(loading->problems, source->path, 0, NULL,
                               "%s has %lld answers a row, but train has %lld", source->origin,
                               (long long)answers_width(source, loading->spec), (long long)width);
        for (int64_t i = 0; source->form == FORM_BLOCK && i < source->rows * width; i++)
            if (!isfinite(block_value(&source->labels, 0, i)))
                return data_refuse(loading->problems, loading->spec->sources[s].labels_path, 0, NULL,
                                   "the label of row %lld is no finite number", (long long)(i / width));
    }
    return true;
}

bool labels_assign(struct loading *loading, const char *task)
{
    int64_t width = answers_width(&loading->sources[SPLIT_train], loading->spec);
    if (!check_answers(loading, width))
        return false;
    bool classes = task ? strcmp(task, "classification") == 0 : width == 1 && looks_like_classes(loading);
    if (classes && width > 1) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", label_place(loading),
                    "classification has one label, but there are %lld", (long long)width);
        return false;
    }
    if (!classes && loading->spec->keep_classes.count > 0) {
        problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, "keep_classes"),
                    "\"keep_classes\" needs classes, but the task is regression");
        return false;
    }
    if (classes && loading->spec->scale_target_json) {
        struct error *err =
            problems_at(loading->problems, ERROR_REQUEST, "ML200", spec_place(loading->spec, "scale_target"),
                        "\"scale_target\" needs numbers as answers, but the answers are classes");
        return fail_hint(err, "leave it out, or set \"task\": \"regression\"");
    }
    loading->out->classification = classes;
    return classes ? assign_classes(loading) : assign_targets(loading, width);
}
