/* The grid of layers, what a training step takes, and the largest batch that fits. */
#include <mldbg/report.h>

#include <math.h>

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

        grid_row(&grid, (const char *[]){layer->name, layer->type, layer->output,
                                           layer->parameters ? text_count(arena, layer->parameters) : "",
                                           text_bytes(arena, layer->bytes),
                                           layer->multiply_adds ? text_count(arena, layer->multiply_adds) : ""});
    }
    grid_row(&grid, (const char *[]){"all", "", "", text_count(arena, (int64_t)run_number(run, "check/parameters")), "",
                                       text_count(arena, (int64_t)run_number(run, "check/multiply_adds"))});
    grid_print(&grid, out, 2);
}

static const char *bytes(const struct run *run, struct arena *arena, const char *name)
{
    return text_bytes(arena, (int64_t)run_number(run, name));
}

static void data(const struct run *run, struct text *out)
{
    text_add(out, "\n  data    ");
    for (size_t i = 0; i < run->split_count; i++)
        text_print(out, "%s%s %s", i ? ", " : "", run->splits[i].name, text_count(out->arena, run->splits[i].rows));
    text_add(out, " rows");
    if (run_number(run, "data/classes") > 0)
        text_print(out, ", %.0f classes", run_number(run, "data/classes"));
    text_print(out, ", scale %s\n", run_text(run, "data/scale"));
}

static void memory(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;

    text_print(out, "  memory  %s at the peak of a step: parameters %s, gradients %s,\n",
               bytes(run, arena, "check/memory/total"), bytes(run, arena, "check/memory/parameters"),
               bytes(run, arena, "check/memory/gradients"));
    text_print(out, "          optimizer %s, activations %s, their gradients %s,\n",
               bytes(run, arena, "check/memory/optimizer"), bytes(run, arena, "check/memory/activations"),
               bytes(run, arena, "check/memory/activation_gradients"));
    text_print(out, "          batch %s, workspace %s, data %s\n", bytes(run, arena, "check/memory/inputs"),
               bytes(run, arena, "check/memory/workspace"), bytes(run, arena, "check/memory/data"));
    if (run_has(run, "check/largest_batch"))
        text_print(out, "  fits    the largest batch for this machine's free memory is %s\n",
                   text_count(arena, (int64_t)run_number(run, "check/largest_batch")));
}

static void body(const struct run *run, struct text *out)
{
    layers(run, out);
    data(run, out);
    memory(run, out);
}

const struct view view_check = {
    .entry = {"check", "The grid of layers and the memory plan", "Layer by layer, for the batch size of the config."},
    .headline = headline,
    .body = body,
};
