/* Initializations: reading them from a config, and the choice where none is declared. */
#include <math.h>
#include <string.h>

#include "builder.h"
#include "init.h"

#define INIT(id) &init_##id.entry,
static const struct entry *const init_entries[] = {
#include <mldbg/layer/inits.def>
};
#undef INIT
const struct catalog init_catalog = {"initialization", "initializations", init_entries,
                                     sizeof init_entries / sizeof *init_entries};

bool init_read(struct arena *arena, const struct json *value, struct init_choice *out,
               struct problems *problems)
{
    static const char *const skip[] = {"type", NULL};
    const struct init_kind *kind =
        ENTRY_OF(entry_read(arena, &init_catalog, value, problems), struct init_kind);

    *out = (struct init_choice){0};
    if (!kind)
        return false;
    void *settings = arena_alloc(arena, kind->settings_size);
    options_default(arena, &kind->options, settings);
    *out = (struct init_choice){kind, settings};
    if (value->type != JSON_OBJECT)
        return true;
    if (!options_from_json(arena, &kind->options, value, skip, settings, problems))
        return false;
    const struct plain_settings *range = settings;
    if (kind != &init_uniform || range->low <= range->high)
        return true;
    problems_at(problems, ERROR_REQUEST, "ML100", value->place, "%s: low is %s, above high, which is %s",
                json_path(arena, value), text_double(arena, range->low), text_double(arena, range->high));
    return false;
}

bool init_is_framework(const struct init_kind *kind)
{
    return kind == &init_pytorch || kind == &init_keras;
}

struct init_choice init_constant_choice(struct arena *arena, double value)
{
    struct plain_settings *settings = arena_alloc(arena, sizeof *settings);
    settings->value = value;
    return (struct init_choice){&init_constant, settings};
}

/* Spread of a learned table of positions, small against embeddings of spread 1 (BERT, GPT-2). */
#define POSITION_STD 0.02

const struct init_choice *init_automatic(const struct init_target *target)
{
    static const struct variance_settings relu = {FAN_IN, GAIN_RELU, 0, 1},
                                          xavier = {FAN_IN, GAIN_AUTO, 0, 1};
    static const struct plain_settings unit = {.mean = 0, .std = 1},
                                       position = {.mean = 0, .std = POSITION_STD};
    static const struct plain_settings orthogonal = {.gain = 1};
    static const struct init_choice for_role[] = {
        {&init_zeros, NULL},
        {&init_ones, NULL},
        {&init_orthogonal, &orthogonal},
        {&init_normal, &unit},
        {&init_normal, &position},
        {&init_xavier_uniform, &xavier},
        {&init_kaiming_uniform, &relu},
        {&init_lecun_normal, &xavier},
    };
    static const char *const roles[] = {"bias", "gain", "recurrent", "embedding", "position"};
    static const char *const like_relu[] = {"relu", "leaky_relu", "elu", "silu", "gelu", "softplus"};

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(target->role, roles[i]) == 0)
            return &for_role[i];
    for (size_t i = 0; i < sizeof like_relu / sizeof *like_relu; i++)
        if (strcmp(target->activation, like_relu[i]) == 0)
            return &for_role[6];
    return &for_role[strcmp(target->activation, "selu") == 0 ? 7 : 5];
}

/* ---- Draws ---- */

static int64_t count_of(const struct init_target *target)
{
    return shape_count(&target->shape);
}

void fill_value(const struct init_target *target, double value, double *values)
{
    for (int64_t i = 0; i < count_of(target); i++)
        values[i] = value;
}

void fill_uniform(const struct init_target *target, double low, double high, double *values)
{
    for (int64_t i = 0; i < count_of(target); i++)
        values[i] = low + (high - low) * random_uniform(target->key, target->number, (uint64_t)i);
}

void fill_normal(const struct init_target *target, double mean, double std, double *values)
{
    for (int64_t i = 0; i < count_of(target); i++)
        values[i] = mean + std * random_normal(target->key, target->number, (uint64_t)i);
}
