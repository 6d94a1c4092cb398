/* Reading a key that names a kind of a catalog and its settings: "adam" or {"type": "adam", "lr": 0.1}. */
#ifndef MLDBG_OPTIM_READ_H
#define MLDBG_OPTIM_READ_H

#include <mldbg/optim.h>

struct kind_reader {
    const struct catalog *catalog;
    const char *key;                   /* of the config, for sentences */
    const struct option_table *common; /* settings that every kind has, "type" among them */
    size_t common_size;
    const struct option_table *(*table)(const struct entry *kind);
    size_t (*size)(const struct entry *kind);
    const struct entry *fallback; /* the kind where none is named */
};

struct kind_read {
    const struct entry *kind; /* never NULL: the fallback after a mistake */
    void *common, *own;
};

/* One pass over the object for both tables. value NULL: all defaults. Returns whether there was no problem.
 */
bool kind_read(const struct kind_reader *reader, struct arena *arena, const struct json *value,
               struct kind_read *out, struct problems *problems);

/* The "schedule" key into the spec, and back. */
bool schedule_read(struct arena *arena, const struct json *value, struct optimizer_spec *out,
                   struct problems *problems);
void schedule_json(struct arena *arena, const struct optimizer_spec *spec, struct json *object);

/* Linear from warmup_start at step 0 to 1 at step warmup_steps, as in torch.optim.lr_scheduler.LinearLR. */
double warmup_factor(const struct optimizer_spec *spec, int64_t step);

#endif
