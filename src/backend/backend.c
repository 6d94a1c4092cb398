/* What every back end shares: the names of the activation functions. */
#include <mldbg/backend.h>

const char *unary_name(enum unary kind)
{
    static const char *const names[UNARY_COUNT] = {
#define UNARY(name, ...) [UNARY_##name] = #name,
#include <mldbg/backend/unary.def>
#undef UNARY
    };
    if ((unsigned)kind >= UNARY_COUNT)
        BUG("there is no activation function %d", (int)kind);
    return names[kind];
}
