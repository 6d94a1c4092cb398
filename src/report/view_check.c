/* The table of layers, what a training step takes, and the largest batch that fits. */
#include <mldbg/report.h>

#include <math.h>
#include <string.h>

static void headline(const struct run *run, struct text *out)
{
    text_print(out, "%s · %s · loss %s · %s lr %s · batch %.0f", run->name, run_text(run, "data/task"),
               run_text(run, "train/loss"), run_text(run, "train/optimizer"),
               text_number(run->arena, run_number(run, "train/rate"), 6), run_number(run, "check/batch"));
}

static void layers(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;
    struct grid grid;

    grid_init(&grid, arena, 6, "llrrrr");
    grid_row(&grid, (const char *[]){"layer", "type", "output", "parameters", "memory", "multiply-adds"});
    for (size_t i = 0; i < run->layer_count; i++) {
        const struct layer_record *layer = &run->layers[i];

        grid_row(&grid,
                 (const char *[]){layer->name, layer->type, layer->output,
                                  layer->parameters ? text_count(arena, layer->parameters) : "",
                                  text_bytes(arena, layer->bytes),
                                  layer->multiply_adds ? text_count(arena, layer->multiply_adds) : ""});
    }
    grid_row(&grid, (const char *[]){"all", "", "", text_count(arena, run_integer(run, "check/parameters")),
                                     "", text_count(arena, run_integer(run, "check/multiply_adds"))});
    grid_print(&grid, out, 2);
}

static const char *bytes(const struct run *run, struct arena *arena, const char *name)
{
    return text_bytes(arena, run_integer(run, name));
}

/* "  label   words", the words wrapped behind the label. */
static void line(struct text *out, const char *label, const struct text *words)
{
    text_print(out, "  %-8s", label);
    text_wrap(out, words->at, 10);
}

static void data(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;
    const char *scale = run_text(run, "data/scale");
    int64_t dropped = 0;
    struct text words;

    text_init(&words, arena);
    for (size_t i = 0; i < run->split_count; i++) {
        text_print(&words, "%s%s %s", i ? ", " : "", run->splits[i].name,
                   text_count(arena, run->splits[i].rows));
        dropped += run->splits[i].dropped;
    }
    text_add(&words, " rows");
    if (dropped > 0)
        text_print(&words, ", %s dropped for a missing cell", text_count(arena, dropped));
    if (run_number(run, "data/classes") > 0)
        text_print(&words, ", %.0f classes", run_number(run, "data/classes"));
    text_print(&words, ", scale %s", text_escape(arena, scale, strlen(scale), 0));
    text_add(out, "\n");
    line(out, "data", &words);
}

static void memory(const struct run *run, struct text *out)
{
    static const struct {
        const char *label, *fact;
    } parts[] = {
        {"parameters", "check/memory/parameters"},
        {"gradients", "check/memory/gradients"},
        {"optimizer", "check/memory/optimizer"},
        {"activations", "check/memory/activations"},
        {"their gradients", "check/memory/activation_gradients"},
        {"batch", "check/memory/inputs"},
        {"workspace", "check/memory/workspace"},
        {"splits and checkpoints", "check/memory/course"},
        {"data", "check/memory/data"},
    };
    struct arena *arena = out->arena;
    struct text words;

    text_init(&words, arena);
    text_print(&words, "%s at the peak of a training:", bytes(run, arena, "check/memory/total"));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        text_print(&words, "%s %s %s", i ? "," : "", parts[i].label, bytes(run, arena, parts[i].fact));
    line(out, "memory", &words);
    if (run_has(run, "check/largest_batch"))
        text_print(out, "  fits    a batch of up to %s in 80 %% of this machine's %s\n",
                   text_count(arena, run_integer(run, "check/largest_batch")),
                   bytes(run, arena, "check/machine"));
}

static void body(const struct run *run, struct text *out)
{
    layers(run, out);
    data(run, out);
    memory(run, out);
}

const struct view view_check = {
    .entry = {"check", "The table of layers and the memory plan",
              "Layer by layer, for the batch size of the config."},
    .headline = headline,
    .body = body,
};
