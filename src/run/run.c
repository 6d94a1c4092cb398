/* The run record in memory: manifest, facts and the tables of layers, splits and columns. Judges nothing. */
#include <mldbg/run.h>

#include <math.h>
#include <string.h>

void run_init(struct run *run, struct arena *arena, const char *command)
{
    *run = (struct run){
        .arena = arena,
        .command = command,
        .name = "",
        .config_path = "",
        .status = "finished",
        .device = "cpu",
        .dtype = "float32",
        .blas = "",
        .threads = 1,
    };
}

static struct fact *find_fact(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->fact_count; i++)
        if (strcmp(run->facts[i].name, name) == 0)
            return &run->facts[i];
    return NULL;
}

static struct fact *make_fact(struct run *run, const char *name)
{
    struct fact *fact = find_fact(run, name);
    if (!fact) {
        fact = arena_append(run->arena, &run->facts, &run->fact_count, &run->fact_capacity, sizeof *fact);
        fact->name = arena_copy(run->arena, name, strlen(name));
    }
    return fact;
}

void run_set_number(struct run *run, const char *name, double number)
{
    struct fact *fact = make_fact(run, name);
    fact->text = NULL;
    fact->number = number;
}

void run_set_text(struct run *run, const char *name, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    const char *text = arena_print_list(run->arena, format, values);
    va_end(values);

    struct fact *fact = make_fact(run, name);
    fact->text = text;
    fact->number = (double)NAN;
}

const struct fact *run_match_fact(const struct run *run, const char *pattern, size_t *at)
{
    while (*at < run->fact_count) {
        const struct fact *fact = &run->facts[(*at)++];
        if (pattern_matches(pattern, fact->name))
            return fact;
    }
    return NULL;
}

static bool has_measured(const struct run *run, const char *pattern)
{
    const struct series *series;
    size_t at = 0;
    while ((series = run_match(run, pattern, &at)) != NULL)
        if (series->count > 0)
            return true;
    return false;
}

bool run_has(const struct run *run, const char *name)
{
    size_t at = 0;
    if (strcmp(name, "layers") == 0)
        return run->layer_count > 0;
    if (strcmp(name, "columns") == 0)
        return run->column_count > 0;
    if (strcmp(name, "splits") == 0)
        return run->split_count > 0;
    return run_match_fact(run, name, &at) || has_measured(run, name);
}

double run_number(const struct run *run, const char *name)
{
    const struct fact *fact = find_fact(run, name);
    return fact ? fact->number : (double)NAN;
}

int64_t run_integer(const struct run *run, const char *name)
{
    double number = run_number(run, name);

    return number > -9.2e18 && number < 9.2e18 ? (int64_t)number : 0;
}

const char *run_text(const struct run *run, const char *name)
{
    const struct fact *fact = find_fact(run, name);
    return fact && fact->text ? fact->text : "";
}

const struct split_record *run_find_split(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->split_count; i++)
        if (strcmp(run->splits[i].name, name) == 0)
            return &run->splits[i];
    return NULL;
}

struct layer_record *run_add_layer(struct run *run)
{
    return arena_append(run->arena, &run->layers, &run->layer_count, &run->layer_capacity,
                        sizeof *run->layers);
}

struct column_record *run_add_column(struct run *run)
{
    return arena_append(run->arena, &run->columns, &run->column_count, &run->column_capacity,
                        sizeof *run->columns);
}

struct split_record *run_add_split(struct run *run)
{
    return arena_append(run->arena, &run->splits, &run->split_count, &run->split_capacity,
                        sizeof *run->splits);
}
