/* How a file was cut: one row a split. */
#include <mldbg/report.h>

#include <inttypes.h>
#include <string.h>

static void headline(const struct run *run, struct text *out)
{
    double classes = run_number(run, "split/classes"), groups = run_number(run, "split/groups");

    text_print(out, "%s · %s rows", run->name,
               text_count(out->arena, (int64_t)run_number(run, "split/rows")));
    if (classes > 0)
        text_print(out, " · %s labels in proportion", text_count(out->arena, (int64_t)classes));
    if (groups > 0)
        text_print(out, " · %s groups kept whole", text_count(out->arena, (int64_t)groups));
    if (run_has(run, "split/boundary"))
        text_print(out, " · testval and test from \"%s\" on", run_text(run, "split/boundary"));
    text_print(out, " · seed %" PRIu64, run->seed);
}

static void body(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;
    double all = run_number(run, "split/rows"), repeated = run_number(run, "split/repeated");
    bool groups = run_number(run, "split/groups") > 0;
    struct grid grid;

    grid_init(&grid, arena, groups ? 5 : 4, groups ? "lrrrl" : "lrrl");
    grid_row(&grid, groups ? (const char *[]){"split", "rows", "share", "groups", "file"}
                           : (const char *[]){"split", "rows", "share", "file"});
    for (size_t i = 0; i < run->split_count; i++) {
        const struct split_record *split = &run->splits[i];
        const char *rows = text_count(arena, split->rows);
        const char *share = arena_print(arena, "%.1f %%", 100 * (double)split->rows / all);
        double whole = run_number(run, arena_print(arena, "split/%s/groups", split->name));
        const char *count = text_count(arena, groups ? (int64_t)whole : 0);
        grid_row(&grid, groups ? (const char *[]){split->name, rows, share, count, split->origin}
                               : (const char *[]){split->name, rows, share, split->origin});
    }
    grid_print(&grid, out, 2);
    if (repeated > 0) {
        text_add(out, "\n  note      ");
        text_wrap(out,
                  arena_print(arena,
                              "%s rows equal a row of another split in every cell: errors there look smaller "
                              "than they are. Keep them together with --by, or remove them.",
                              text_count(arena, (int64_t)repeated)),
                  12);
    }
}

const struct view view_split = {
    .entry = {"split", "How a file was cut", "Rows, shares and files, one row a split.\n"},
    .headline = headline,
    .body = body,
};
