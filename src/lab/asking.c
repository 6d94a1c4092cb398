/* A trainer of the lab's config with one batch in its graph, for experiments. */
#include "asking.h"

#include <math.h>

bool asking_begin(struct asking *asking, struct lab *lab, struct run *run, enum dtype dtype,
                  const struct patch *patches, size_t count, struct problems *problems)
{
    int64_t rows = lab->data.splits[SPLIT_train].rows;

    *asking = (struct asking){.lab = lab, .run = run, .set = &lab->data.splits[SPLIT_train]};
    arena_init(&asking->arena, "an experiment");
    if (!lab_patched(lab, &asking->arena, patches, count, &asking->config, problems))
        return false;
    asking->count = asking->config.train.batch_size < rows ? asking->config.train.batch_size : rows;
    asking->rows = arena_array(&asking->arena, (size_t)asking->count, sizeof *asking->rows);
    asking->count = dataset_pick(&lab->data, asking->set, lab->seed, asking->count, asking->rows);
    if (!lab_fits(lab, &asking->config, dtype, asking->count, problems) ||
        !trainer_init(&asking->trainer, &asking->arena, &asking->config, &lab->data, lab->backend, dtype,
                      lab->seed, asking->count, problems))
        return false;
    trainer_load(&asking->trainer, asking->set, asking->rows, asking->count);
    return true;
}

void asking_end(struct asking *asking)
{
    arena_release(&asking->arena);
}

bool asking_gradient(struct asking *asking, double *loss)
{
    struct trainer *trainer = &asking->trainer;
    struct graph_step key = {.training = true, .seed = trainer->model.seed, .step = (uint64_t)trainer->step};
    struct moment moment;

    trainer_evaluate(trainer, true, &moment);
    *loss = moment.loss;
    if (!moment.finite)
        return false;
    graph_backward(trainer->graph.graph, &key);
    return trainer->optimizer.kernels->first_nonfinite(trainer->model.parameters.length,
                                                       trainer->model.parameters.gradient) < 0;
}

const struct tensor *asking_output(const struct asking *asking, int64_t *width)
{
    const struct model_graph *graph = &asking->trainer.graph;
    const struct tensor *output = graph_value(graph->graph, graph->output);

    *width = tensor_count(output) / graph->batch;
    return output;
}

bool asking_has(const struct asking *asking, const struct layer_kind *kind)
{
    for (size_t i = 0; i < asking->config.model.layer_count; i++)
        if (asking->config.model.layers[i].kind == kind)
            return true;
    return false;
}

void names_init(struct names *names, struct arena *arena)
{
    names->count = 0;
    text_init(&names->text, arena);
    text_add(&names->text, "");
}

void names_add(struct names *names, const char *name)
{
    if (names->count++ < NAMES_MOST)
        text_print(&names->text, "%s%s", names->text.length ? ", " : "", name);
}

const char *names_text(struct names *names)
{
    if (names->count > NAMES_MOST)
        text_print(&names->text, " and %lld more", (long long)(names->count - NAMES_MOST));
    return names->text.at;
}
