/* The gradient check as a grid: one row a parameter or input. */
#include <mldbg/report.h>

#include <string.h>

static void headline(const struct run *run, struct text *out)
{
    text_print(out, "%s · %.0f rows · double, step 1e-5 · seed %llu", run->name,
               run_number(run, "gradcheck/rows"), (unsigned long long)run->seed);
}

/* The tensor's name if the fact is "gradcheck/<name>/error". */
static const char *checked_name(const struct fact *fact, struct arena *arena)
{
    static const char head[] = "gradcheck/", tail[] = "/error";
    size_t length = strlen(fact->name);

    if (length <= sizeof head + sizeof tail - 2 || strncmp(fact->name, head, sizeof head - 1) != 0 ||
        strcmp(fact->name + length - (sizeof tail - 1), tail) != 0)
        return NULL;
    return arena_copy(arena, fact->name + sizeof head - 1, length - (sizeof head - 1) - (sizeof tail - 1));
}

static int64_t count_of(const struct run *run, struct arena *arena, const char *name, const char *what)
{
    return run_integer(run, arena_print(arena, "gradcheck/%s/%s", name, what));
}

static void body(const struct run *run, struct text *out)
{
    struct arena *arena = out->arena;
    struct grid grid;

    grid_init(&grid, arena, 5, "lrrrr");
    grid_row(&grid, (const char *[]){"gradient by", "checked", "kinks", "error", "float against double"});
    for (size_t i = 0; i < run->fact_count; i++) {
        const char *name = checked_name(&run->facts[i], arena);
        const char *single = name ? arena_print(arena, "gradcheck/float/%s", name) : NULL;
        int64_t kinks;

        if (!name)
            continue;
        kinks = count_of(run, arena, name, "kinks");
        grid_row(&grid, (const char *[]){name, text_count(arena, count_of(run, arena, name, "checked")),
                                         kinks > 0 ? text_count(arena, kinks) : "",
                                         text_number(arena, run->facts[i].number, 2),
                                         run_has(run, single) ? text_number(arena, run_number(run, single), 2)
                                                              : ""});
    }
    grid_print(&grid, out, 2);
}

const struct view view_gradcheck = {
    .entry = {"gradcheck", "The gradient check, tensor by tensor",
              "Norm-relative errors against central differences."},
    .headline = headline,
    .body = body,
};
