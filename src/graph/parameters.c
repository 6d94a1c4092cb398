/*
 * Parameters of a model: rows with names over one vector of values and one of gradients, and a third vector
 * for running statistics, which have no gradient. Optimizers and checkpoints work on the vectors as a whole.
 */
#include <assert.h>
#include <string.h>

#include "structure.h"

enum { OFFSET_STEP = 16 }; /* numbers: 64 bytes in float, so that every parameter starts on a cache line */

void parameters_init(struct parameters *parameters, struct arena *arena, enum dtype dtype)
{
    *parameters = (struct parameters){.arena = arena, .dtype = dtype};
}

int parameters_add(struct parameters *parameters, const char *name, struct shape shape, bool trainable,
                   bool state)
{
    assert(!parameters->value && "parameters_add after parameters_allocate");
    int64_t count = shape_count(&shape);
    if (count < 1 || count > NUMBERS_MOST)
        return -1;
    int64_t *length = state ? &parameters->state_length : &parameters->length;
    struct parameter *row = arena_append(parameters->arena, &parameters->at, &parameters->count,
                                         &parameters->capacity, sizeof(*row));
    *row = (struct parameter){
        .name = arena_copy(parameters->arena, name, strlen(name)),
        .shape = shape,
        .offset = *length,
        .count = count,
        .trainable = trainable && !state,
        .state = state,
    };
    *length += (count + OFFSET_STEP - 1) / OFFSET_STEP * OFFSET_STEP;
    return (int)parameters->count - 1;
}

void parameters_allocate(struct parameters *parameters)
{
    size_t bytes = (size_t)parameters->length * dtype_size(parameters->dtype);
    parameters->value = arena_numbers(parameters->arena, bytes);
    parameters->gradient = arena_numbers(parameters->arena, bytes);
    if (parameters->state_length)
        parameters->state = arena_numbers(parameters->arena,
                                          (size_t)parameters->state_length * dtype_size(parameters->dtype));
}

int parameters_find(const struct parameters *parameters, const char *name)
{
    for (size_t i = 0; i < parameters->count; i++) {
        if (strcmp(parameters->at[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

static struct tensor view_of(const struct parameters *parameters, const struct parameter *row, void *vector)
{
    void *data = (char *)vector + row->offset * (int64_t)dtype_size(parameters->dtype);
    return tensor_make(parameters->arena, parameters->dtype, row->shape, data);
}

struct tensor parameter_value(const struct parameters *parameters, int index)
{
    assert(index >= 0 && (size_t)index < parameters->count && parameters->value);
    const struct parameter *row = &parameters->at[index];
    return view_of(parameters, row, row->state ? parameters->state : parameters->value);
}

struct tensor parameter_gradient(const struct parameters *parameters, int index)
{
    assert(index >= 0 && (size_t)index < parameters->count && parameters->gradient);
    const struct parameter *row = &parameters->at[index];
    assert(!row->state && "a running statistic has no gradient");
    return view_of(parameters, row, parameters->gradient);
}

int64_t parameters_total(const struct parameters *parameters, bool trainable_only)
{
    int64_t total = 0;
    for (size_t i = 0; i < parameters->count; i++) {
        const struct parameter *row = &parameters->at[i];
        if (!row->state && (row->trainable || !trainable_only))
            total += row->count;
    }
    return total;
}
