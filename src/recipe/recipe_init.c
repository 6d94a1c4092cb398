/* From a file of data to its first config: inspect, choose, load as training would. Writes no file. */
#include "start.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <mldbg/base/file.h>

/* Fewer rows cannot be learned from and held out as well. */
enum { ROWS_LEAST = 10 };

void start_tell(struct start *start, const char *setting, const char *value, const char *format, ...)
{
    va_list values;
    const char *why, *base = arena_print(start->arena, "init/%" PRId64, ++start->told);

    va_start(values, format);
    why = arena_print_list(start->arena, format, values);
    va_end(values);
    run_set_text(start->run, arena_print(start->arena, "%s/setting", base), "%s", setting);
    run_set_text(start->run, arena_print(start->arena, "%s/value", base), "%s", value);
    run_set_text(start->run, arena_print(start->arena, "%s/why", base), "%s", why);
}

static bool refuse(struct problems *problems, const char *path, const char *hint, const char *sentence)
{
    struct error *err =
        problems_at(problems, ERROR_REQUEST, "", (struct place){.file = path}, "%s", sentence);
    return hint ? fail_hint(err, "%s", hint) : false;
}

/* ---- The label ---- */

static bool find_label(struct start *start, struct problems *problems)
{
    const struct inspection *inspection = &start->inspection;
    const char *wanted = start->options->label, *why = NULL;
    const char **names = arena_array(start->arena, (size_t)inspection->column_count, sizeof *names);
    int64_t at =
        wanted ? inspection_find(inspection, wanted) : inspection_label(inspection, &start->label_why);

    for (int64_t i = 0; i < inspection->column_count; i++)
        names[i] = inspection->columns[i].name;
    if (at < 0 && wanted) {
        const char *nearest = text_nearest(wanted, names, (size_t)inspection->column_count);
        const char *shown = text_escape(start->arena, wanted, strlen(wanted), 60);
        return refuse(
            problems, inspection->path,
            nearest ? arena_print(start->arena, "did you mean \"%s\"?", nearest) : NULL,
            arena_print(start->arena, "no column \"%s\"%s", shown,
                        inspection->header ? "" : "; without a header they are called c0, c1, ..."));
    }
    if (at < 0)
        return refuse(problems, inspection->path, "say which one it is: --label COLUMN",
                      "no column looks like an answer that could be learned");
    start->label = &inspection->columns[at];
    if (!inspection_is_label(start->label, inspection->rows, &why))
        return refuse(
            problems, inspection->path, "give another one with --label COLUMN",
            arena_print(start->arena, "column \"%s\" cannot be the label: %s", start->label->name, why));
    return true;
}

static bool find_task(struct start *start, struct problems *problems)
{
    start->classification = start->options->task >= 0
                                ? start->options->task == 0
                                : inspection_is_class(start->label, start->inspection.rows);
    if (start->classification || start->label->numbers > 0)
        return true;
    return refuse(problems, start->inspection.path, "give another label, or --task classification",
                  arena_print(start->arena, "column \"%s\" holds texts, and a regression needs numbers",
                              start->label->name));
}

/* ---- Columns with a part of their own ---- */

static void find_parts(struct start *start)
{
    for (int64_t i = 0; i < start->inspection.column_count; i++) {
        const struct inspected_column *column = &start->inspection.columns[i];
        if (column == start->label)
            continue;
        if (column->look == LOOK_group && !start->group)
            start->group = column;
        if (column->look == LOOK_moment && (!start->moment || (column->ordered && !start->moment->ordered)))
            start->moment = column;
    }
}

static void find_arrangement(struct start *start)
{
    const struct start_options *options = start->options;
    const struct sizes *sizes = options->image.count ? &options->image : &options->sequence;

    start->arrangement_why = "as asked";
    if (sizes->count > 0) {
        start->arrangement = options->image.count ? ARRANGED_image : ARRANGED_sequence;
        start->shape = shape_make(sizes->count, sizes->at);
    } else if (!options->table) {
        start->arrangement =
            inspection_arrangement(start->arena, &start->inspection, start->label - start->inspection.columns,
                                   &start->shape, &start->arrangement_why, &start->doubt);
    }
}

/* A shape that was asked for must have room for the columns. */
static bool check_features(const struct start *start, struct problems *problems)
{
    int64_t feeding = start_width(start),
            asked = start->arrangement == ARRANGED_table ? -1 : shape_count(&start->shape);

    if (feeding == 0)
        return refuse(problems, start->inspection.path, NULL,
                      arena_print(start->arena, "beside the label \"%s\" no column is left to learn from",
                                  start->label->name));
    if (asked < 0 || asked == feeding)
        return true;
    return refuse(
        problems, start->inspection.path, NULL,
        arena_print(start->arena, "%s = %s, but there are %s beside the label \"%s\"",
                    shape_print(start->arena, &start->shape, true), text_count(start->arena, asked),
                    text_plural(start->arena, feeding, "column to learn from", "columns to learn from"),
                    start->label->name));
}

/* ---- The config ---- */

/* The path of the data as it must stand in the config: relative to the folder of the config where it can be.
 */
static const char *path_in_config(struct arena *arena, const char *path, const char *config)
{
    size_t folder = (size_t)(file_name(config) - config);
    char whole[PATH_MAX];

    if (folder == 0 || *path == '/')
        return path;
    if (strncmp(path, config, folder) == 0)
        return path + folder;
    return realpath(path, whole) ? arena_copy(arena, whole, strlen(whole)) : path;
}

static const char *stem(struct arena *arena, const char *path)
{
    const char *name = file_name(path), *point = strrchr(name, '.');
    size_t length = point && point > name ? (size_t)(point - name) : strlen(name);
    return text_escape(arena, name, length, 60);
}

static void choose(struct start *start, const struct choice *choices)
{
    for (; choices->setting; choices++)
        choices->choose(start, choices->setting);
}

static bool load(struct start *start, struct problems *problems)
{
    const char *task = start->classification ? "classification" : "regression";
    const struct data_spec *spec = data_read(start->arena, start->of_data, start->options->output, problems);

    return problems->count == 0 &&
           data_load(start->arena, spec, start->options->seed, task, &start->data, problems);
}

bool recipe_init(struct arena *arena, const char *path, const struct start_options *options, struct run *run,
                 struct json **config, struct problems *problems)
{
    struct start start = {.arena = arena, .options = options, .run = run};
    struct error err = {0};

    if (!data_inspect(arena, path, &start.inspection, &err))
        return problems_add(problems, &err);
    if (start.inspection.rows < ROWS_LEAST)
        return refuse(problems, path, NULL,
                      arena_print(arena,
                                  "%s: too few to learn from and to hold some out; expected %d or more",
                                  text_plural(arena, start.inspection.rows, "row", "rows"), ROWS_LEAST));
    if (!find_label(&start, problems) || !find_task(&start, problems))
        return false;
    find_parts(&start);
    find_arrangement(&start);
    if (!check_features(&start, problems))
        return false;

    *config = start.config = json_object(arena);
    json_add_string(start.config, "name", stem(arena, path), arena);
    json_add_integer(start.config, "seed", (int64_t)options->seed, arena);
    json_add_string(start.config, "task", start.classification ? "classification" : "regression", arena);
    start.of_data = json_add(start.config, "data", json_object(arena), arena);
    json_add_string(start.of_data, "train", path_in_config(arena, path, options->output), arena);
    choose(&start, choices_of_data);
    if (!load(&start, problems))
        return false;
    choose(&start, choices_of_model);
    run_set_number(run, "init/choices", (double)start.told);
    return true;
}
