/* Commands for copy and paste, as advice names them. */
#include <mldbg/recipe.h>

#include <inttypes.h>

const char *recipe_command(const struct run *run, const char *command)
{
    struct arena *arena = run->arena;

    return arena_print(arena, "mldbg %s %s%s", command, text_shell_word(arena, run->config_path),
                       run->seed_given ? arena_print(arena, " --seed %" PRIu64, run->seed) : "");
}
