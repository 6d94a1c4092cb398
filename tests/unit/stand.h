/* A training on a small generated data set, for tests of epochs and checkpoints. */
#ifndef MLDBG_TESTS_STAND_H
#define MLDBG_TESTS_STAND_H

#include <stdlib.h>
#include <mldbg/train/epochs.h>

#include "check.h"

struct stand {
    struct arena arena;
    struct problems problems;
    struct config config;
    struct data data;
    const struct backend *backend;
    struct epochs epochs;
    size_t before; /* bytes of the arena before epochs and graphs were made */
};

static inline struct stand *stand_open(const char *text)
{
    struct stand *stand = calloc(1, sizeof *stand);
    struct json *document;
    struct error err = {0};
    bool good;

    arena_init(&stand->arena, "test");
    problems_init(&stand->problems, &stand->arena);
    assert_true(backend_cpu(1, &stand->backend, &err));
    assert_true(json_parse(&stand->arena, "test.json", text, strlen(text), &document, &err));
    good = config_parse(&stand->arena, "test.json", text, document, &stand->config, &stand->problems) &&
           data_load(&stand->arena, stand->config.data, 1, NULL, &stand->data, &stand->problems);
    if (good) {
        config_bind(&stand->config, &stand->data);
        stand->before = stand->arena.used;
        good = epochs_init(&stand->epochs, &stand->arena, &stand->config, &stand->data, stand->backend,
                           DTYPE_F32, 1, &stand->problems);
    }
    for (size_t i = 0; i < stand->problems.count; i++)
        print_error("%s\n", stand->problems.at[i].sentence);
    assert_true(good);
    return stand;
}

static inline void stand_close(struct stand *stand)
{
    arena_release(&stand->arena);
    free(stand);
}

/* One step, or the end of the epoch; true when training is to stop early. */
static inline bool stand_go(struct stand *stand)
{
    struct epochs *epochs = &stand->epochs;
    struct moment moment;

    if (epochs->batch < epochs->batches) {
        epochs_step(epochs, &moment);
        assert_true(moment.finite);
        return false;
    }
    for (int s = 0; s < SPLIT_COUNT; s++)
        if (stand->data.splits[s].rows)
            assert_true(epochs_evaluate(epochs, (enum split)s, NULL, NULL));
    return epochs_end(epochs);
}

/* The checkpoint as bytes. */
struct packed {
    const char *bytes;
    size_t length;
};

static inline struct packed pack(struct stand *stand)
{
    struct tensor_file file;
    struct packed packed;

    tensor_file_init(&file, &stand->arena);
    checkpoint_fill(&stand->epochs, &file);
    tensor_file_compose(&file, &packed.bytes, &packed.length);
    return packed;
}

#endif
