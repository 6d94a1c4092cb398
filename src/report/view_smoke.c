/* What smoke measured, beside what the golden file says. */
#include <mldbg/report.h>

#include <math.h>
#include <string.h>

static void headline(const struct run *run, struct text *out)
{
    const char *golden = run_text(run, "compare/golden");

    text_print(out, "%s · %s · %s lr %s · seed %llu", run->name,
               text_escape(out->arena, golden, strlen(golden), 0), run_text(run, "train/optimizer"),
               text_number(run->arena, run_number(run, "train/rate"), 6), (unsigned long long)run->seed);
}

static const char *number_of(const struct run *run, struct arena *arena, const char *side, const char *name)
{
    const char *path = arena_print(arena, "%s/%s", side, name);
    double value = run_number(run, path);

    if (!run_has(run, path))
        return "";
    if (*run_text(run, path))
        return run_text(run, path);
    return value == floor(value) && fabs(value) < 1e15 ? text_count(arena, (int64_t)value)
                                                       : text_number(arena, value, 6);
}

static void add_row(const struct run *run, struct grid *grid, const char *label, const char *name)
{
    const char *now = number_of(run, grid->arena, "smoke", name),
               *then = number_of(run, grid->arena, "golden", name);

    if (*now || *then)
        grid_row(grid, (const char *[]){label, now, then});
}

static void add_losses(const struct run *run, struct grid *grid, const char *group, const char *words)
{
    const char *pattern = arena_print(grid->arena, "smoke/%s/*", group);
    const struct fact *fact;
    size_t at = 0;

    while ((fact = run_match_fact(run, pattern, &at)) != NULL)
        add_row(run, grid, arena_print(grid->arena, "%s, step %s", words, strrchr(fact->name, '/') + 1),
                fact->name + strlen("smoke/"));
}

static void body(const struct run *run, struct text *out)
{
    struct grid grid;

    grid_init(&grid, out->arena, 3, "lrr");
    grid_row(&grid, (const char *[]){"", "now", run_has(run, "golden/layer_count") ? "golden" : ""});
    add_row(run, &grid, "layers", "layer_count");
    add_row(run, &grid, "parameters", "parameters");
    add_row(run, &grid, "gradients", "results/gradients");
    add_losses(run, &grid, "overfit", "loss on one batch");
    add_row(run, &grid, "memorized at step", "reached");
    add_row(run, &grid, "  least of the seeds", "steps/least");
    add_row(run, &grid, "  median", "steps/median");
    add_row(run, &grid, "  most", "steps/most");
    add_losses(run, &grid, "train", "loss in training");
    grid_print(&grid, out, 2);
}

const struct view view_smoke = {
    .entry = {"smoke", "What was measured, beside the golden file",
              "Shapes, gradients, losses, steps to memorize."},
    .headline = headline,
    .body = body,
};
