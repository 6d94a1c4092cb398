/*
 * The update of a step. Where an overflow is conceivable, the numbers are kept first and put back when
 * something is lost; where everything is of ordinary size nothing can be, and nothing is copied.
 */
#include "trainer_inside.h"

#include <math.h>
#include <string.h>

/*
 * Below these, an update of finite numbers is finite in single precision: 2^30 x 2^20 / 2^-60 is less than
 * 2^127, and squares of 2^30 are far from it.
 */
static const double LARGE = 0x1p30;      /* gradient's norm, parameters, optimizer state */
static const double RATE_LARGE = 0x1p20; /* learning rate, and its product with the weight decay */
static const double EPS_SMALL = 0x1p-60; /* divisors are at least this */

static const char *const slot_words[UPDATE_SLOTS] = {"optimizer state 0", "optimizer state 1",
                                                     "optimizer state 2"};

static size_t vector_bytes(const struct trainer *trainer)
{
    const struct parameters *p = &trainer->model.parameters;

    return (size_t)p->length * dtype_size(p->dtype);
}

/* Names the first element of a vector of the parameters' layout that is not finite; false: there is none. */
static bool name_first(const struct trainer *trainer, const void *vector, const char *what,
                       struct moment *out)
{
    const struct parameters *p = &trainer->model.parameters;
    int64_t at = trainer->optimizer.kernels->first_nonfinite(p->length, vector);

    for (size_t i = 0; at >= 0 && i < p->count; i++) {
        const struct parameter *row = &p->at[i];
        struct nonfinite *found = &out->nonfinite;

        if (row->state || at < row->offset || at >= row->offset + row->count)
            continue;
        *found = (struct nonfinite){.what = what, .name = row->name, .node = -1, .index = at - row->offset};
        found->tensor = parameter_value(p, (int)i);
        found->tensor.data = (char *)found->tensor.data + ((const char *)vector - (const char *)p->value);
        found->value = tensor_get(&found->tensor, found->index);
    }
    if (at >= 0)
        out->finite = false;
    return at >= 0;
}

static bool name_slot(const struct trainer *trainer, struct moment *out)
{
    const struct optimizer *optimizer = &trainer->optimizer;

    for (int i = 0; i < optimizer->slot_count; i++)
        if (name_first(trainer, optimizer->slots[i], slot_words[i], out))
            return true;
    return false;
}

/* A variance that is centered may round to less than 0, under its root. */
static bool wild(const struct update_settings *s, double rate)
{
    bool divides = s->kind != UPDATE_sgd;

    return !(fabs(rate) < RATE_LARGE && fabs(rate * s->weight_decay) < 1 && s->weight_decay < 1) ||
           s->centered || (divides && !(s->eps > EPS_SMALL));
}

static bool is_large(const struct trainer *trainer, const void *vector)
{
    struct statistics statistics;

    trainer->optimizer.kernels->statistics(trainer->model.parameters.length, vector, &statistics);
    return !(statistics.largest < LARGE);
}

static bool starts_large(const struct trainer *trainer)
{
    bool large = is_large(trainer, trainer->model.parameters.value);

    for (int i = 0; i < trainer->optimizer.slot_count; i++)
        large |= is_large(trainer, trainer->optimizer.slots[i]);
    return large;
}

/* Copies parameters and optimizer state, or puts them back. */
static void keep(struct trainer *trainer, bool back)
{
    const struct optimizer *optimizer = &trainer->optimizer;
    size_t bytes = vector_bytes(trainer);

    for (int i = 0; i <= optimizer->slot_count; i++) {
        void *vector = i < optimizer->slot_count ? optimizer->slots[i] : trainer->model.parameters.value;

        if (!trainer->kept[i])
            trainer->kept[i] = arena_numbers(trainer->arena, bytes);
        memcpy(back ? vector : trainer->kept[i], back ? trainer->kept[i] : vector, bytes);
    }
}

static bool apply(struct trainer *trainer, struct moment *out)
{
    struct optimizer *optimizer = &trainer->optimizer;
    const struct parameters *p = &trainer->model.parameters;

    out->recorded = trainer->recording;
    return trainer->recording
               ? optimizer_update_recorded(optimizer, p->value, p->gradient, trainer->epoch,
                                           trainer->trained_span, trainer->trained_count, trainer->records)
               : optimizer_update(optimizer, p->value, p->gradient, trainer->epoch);
}

bool trainer_update(struct trainer *trainer, struct moment *out)
{
    struct optimizer *optimizer = &trainer->optimizer;
    const struct parameters *p = &trainer->model.parameters;

    out->rate = optimizer_rate(optimizer, trainer->epoch);
    if (trainer->unknown && name_slot(trainer, out))
        return false;
    trainer->wary = trainer->wary || wild(&optimizer->update, out->rate) || !(out->gradient_norm < LARGE) ||
                    (trainer->unknown && starts_large(trainer));
    trainer->unknown = false;
    if (trainer->wary)
        keep(trainer, false);
    trainer->sound = apply(trainer, out);
    if (trainer->sound && !(trainer->wary && name_slot(trainer, out)))
        return true;
    if (out->finite && !name_slot(trainer, out))
        name_first(trainer, p->value, "update", out);
    trainer->sound = false;
    if (trainer->wary) {
        keep(trainer, true);
        optimizer->step--;
    }
    return false;
}
