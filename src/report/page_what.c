/* The page's parts around a run: what it was, and how to do it again. */
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <mldbg/version.h>

#include "html.h"
#include "page.h"

enum {
    OPEN_LINES_MOST = 40, /* a longer output is folded */
    LONG = 28             /* bytes of a fact that gets two places */
};

static const char *word(const struct json *object, const char *key)
{
    const struct json *value = object ? json_get(object, key) : NULL;
    return value && value->type == JSON_STRING ? value->string : "";
}

/* ---- What it was ---- */

static void add_fact(struct text *out, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    text_print(out, "<div%s><dt>%s</dt><dd>", strlen(value) > LONG ? " class=\"long\"" : "", name);
    html_words(out, value);
    text_add(out, "</dd></div>\n");
}

static const char *number_of(const struct run *run, struct arena *arena, const char *name)
{
    double value = run_number(run, name);
    return isnan(value) ? "" : text_number(arena, value, 6);
}

static const char *epochs_of(const struct run *run, struct arena *arena)
{
    if (!run_has(run, "train/epochs"))
        return "";
    return arena_print(arena, "%s of %s, %s", number_of(run, arena, "train/epochs"),
                       number_of(run, arena, "train/epochs_wanted"),
                       text_plural(arena, run_integer(run, "train/steps"), "step", "steps"));
}

static const char *machine_of(const struct run *run, struct arena *arena)
{
    struct text words;

    text_init(&words, arena);
    text_add(&words, run->device ? run->device : "");
    if (run->dtype && *run->dtype)
        text_print(&words, "%s%s", words.length ? ", " : "", run->dtype);
    if (run->threads > 0)
        text_print(&words, "%s%s", words.length ? ", " : "",
                   text_plural(arena, run->threads, "thread", "threads"));
    return words.at;
}

/* A record that is read says "running" as long as nobody could write another word. */
static const char *status_of(const struct report *report)
{
    const char *status = report->run->status;
    if (!report->manifest || !status)
        return "";
    return strcmp(status, "running") == 0 ? "running, or killed" : status;
}

static const char *seed_of(const struct run *run, struct arena *arena)
{
    return run->config || *run->config_path ? arena_print(arena, "%" PRIu64, run->seed) : "";
}

static void add_facts(const struct report *report, struct text *out)
{
    const struct run *run = report->run;
    const struct json *manifest = report->manifest;
    struct arena *arena = out->arena;
    const char *rate = number_of(run, arena, "train/rate"), *optimizer = run_text(run, "train/optimizer");

    text_add(out, "<dl>\n");
    add_fact(out, "command", run->command);
    add_fact(out, "config", run->config_path);
    add_fact(out, "digest of the config", word(manifest ? json_get(manifest, "digests") : NULL, "config"));
    add_fact(out, "status", status_of(report));
    add_fact(out, "task", run_text(run, "data/task"));
    add_fact(out, "loss", run_text(run, "train/loss"));
    add_fact(out, "optimizer",
             *rate ? arena_print(arena, "%s, learning rate %s", optimizer, rate) : optimizer);
    add_fact(out, "batch", number_of(run, arena, "train/batch_size"));
    add_fact(out, "epochs", epochs_of(run, arena));
    add_fact(out, "parameters",
             run_has(run, "check/parameters") ? text_count(arena, run_integer(run, "check/parameters")) : "");
    add_fact(out, "seed", seed_of(run, arena));
    add_fact(out, "computed on", machine_of(run, arena));
    add_fact(out, "matrix products", run->blas);
    add_fact(out, "began", word(manifest, "started"));
    add_fact(out, "ended", word(manifest, "ended"));
    add_fact(out, "written by",
             *word(manifest, "version") ? arena_print(arena, "mldbg %s", word(manifest, "version")) : "");
    text_add(out, "</dl>\n");
}

static const char *count_or_blank(struct arena *arena, int64_t count)
{
    return count ? text_count(arena, count) : "";
}

static void add_splits(const struct report *report, struct text *out)
{
    struct grid grid;
    static const char align[] = "lrrrrrll";
    const struct run *run = report->run;
    const struct json *digests = report->manifest ? json_get(report->manifest, "digests") : NULL;
    const struct json *data = digests ? json_get(digests, "data") : NULL;
    struct arena *arena = out->arena;

    if (!run->split_count)
        return;
    text_add(out, "<h3>Data</h3>\n");
    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, (const char *[]){"split", "rows", "classes", "repeated", "contradicting",
                                     "shared with train", "file", "digest"});
    for (size_t i = 0; i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];
        const struct json *file = data ? json_get(data, split->name) : NULL;
        const char *name = *word(file, "file") ? word(file, "file") : split->origin ? split->origin : "";
        const char *slash = strrchr(name, '/');

        grid_row(&grid, (const char *[]){split->name, text_count(arena, split->rows),
                                         count_or_blank(arena, split->classes),
                                         count_or_blank(arena, split->duplicate_rows),
                                         count_or_blank(arena, split->conflicting_rows),
                                         count_or_blank(arena, split->shared_rows), slash ? slash + 1 : name,
                                         word(file, "digest")});
    }
    html_grid(out, &grid);
}

static void add_layers(const struct run *run, struct text *out)
{
    struct grid grid;
    static const char align[] = "lllrrr";
    struct arena *arena = out->arena;

    if (!run->layer_count)
        return;
    text_add(out, "<h3>Model</h3>\n");
    grid_init(&grid, arena, strlen(align), align);
    grid_row(&grid, (const char *[]){"layer", "type", "output", "parameters", "memory", "multiply-adds"});
    for (size_t i = 0; i < run->layer_count; i++) {
        const struct layer_record *layer = &run->layers[i];

        grid_row(&grid, (const char *[]){
                            layer->name, layer->type, layer->output, count_or_blank(arena, layer->parameters),
                            text_bytes(arena, layer->bytes), count_or_blank(arena, layer->multiply_adds)});
    }
    html_grid(out, &grid);
}

static void add_text(struct text *out, const char *title, const char *lines, bool open)
{
    text_print(out, "<details%s><summary>%s</summary>\n<pre>", open ? " open" : "", title);
    html_lines(out, lines);
    text_add(out, "</pre>\n</details>\n");
}

static int lines_in(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

void page_what(const struct report *report, const struct figures *figures, struct text *out)
{
    const struct run *run = report->run;

    (void)figures;
    if (!run)
        return;
    add_facts(report, out);
    if (report->body && *report->body && strcmp(run->command, "train") != 0)
        add_text(out, "What it printed", report->body, lines_in(report->body) <= OPEN_LINES_MOST);
    add_splits(report, out);
    add_layers(run, out);
    if (run->config_text && *run->config_text)
        add_text(out, "The config", run->config_text, false);
}

/* ---- Again ---- */

static void add_command(struct text *out, const char *command, const char *file, const char *rest)
{
    text_add(out, "mldbg ");
    html_shell_word(out, command);
    text_add(out, " ");
    html_shell_word(out, file);
    html_words(out, rest);
    text_add(out, "\n");
}

static const char *settings_of(const struct run *run, struct arena *arena)
{
    struct text words;

    text_init(&words, arena);
    text_print(&words, " --seed %" PRIu64, run->seed);
    if (run->threads > 1)
        text_print(&words, " --threads %d", run->threads);
    if (run->dtype && strcmp(run->dtype, "float64") == 0)
        text_add(&words, " --dtype float64");
    return words.at;
}

void page_again(const struct report *report, const struct figures *figures, struct text *out)
{
    const struct run *run = report->run;
    bool ours = run && (run->config || run->config_text) && *run->config_path;
    bool train = ours && strcmp(run->command, "train") == 0;
    struct arena *arena = out->arena;

    (void)figures;
    if (!run || (!ours && !report->folder))
        return;
    if (ours)
        text_add(out, "<p>The same config, data, seed, number of threads and kind of processor give the same "
                      "numbers.</p>\n");
    else
        text_add(out, "<p>The record names no config, so that it cannot be run again from here.</p>\n");
    text_add(out, "<pre>");
    if (ours)
        add_command(out, run->command, run->config_path,
                    arena_print(arena, "%s%s", train ? " -o again" : "", settings_of(run, arena)));
    if (report->folder) {
        add_command(out, "show", report->folder, "");
        if (train)
            add_command(out, "decompose", report->folder, "");
        add_command(out, "report", report->folder, "");
    }
    if (report->findings && report->findings->count)
        add_command(out, "explain", report->findings->at[0].rule->code, "");
    text_add(out, "</pre>\n");
}
