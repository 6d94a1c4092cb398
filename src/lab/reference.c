/*
 * The plain reference: what a small net with everything matched to the data reaches in no time. A config that
 * stays far below it has something wrong.
 */
#include <mldbg/lab/trial.h>

#include <string.h>

#include "inside.h"

/* What people do to data before training: the reference takes it as it was read. */
static const char *const prepared[] = {"prepare", "prepare_train", "prepare_test"};

/* Width of an embedding where the input is ids. */
enum { EMBEDDING_WIDTH = 16 };

static const char *const hidden = "{\"type\": \"linear\", \"out_features\": 64}, {\"type\": \"relu\"}, "
                                  "{\"type\": \"linear\", \"out_features\": 64}, {\"type\": \"relu\"}, ";

static struct json *value_of(struct arena *arena, const char *text)
{
    struct json *value;
    struct error err = {0};

    if (!json_parse(arena, "reference", text, strlen(text), &value, &err))
        BUG("the reference cannot be read: %s", err.sentence);
    return value;
}

/* From the data's inputs to one row of numbers: ids embedded, all flattened, side by side. */
static void add_inputs(struct text *text, const struct data *data)
{
    for (int i = 0; i < data->input_count; i++) {
        const struct data_input *input = &data->inputs[i];
        const char *from = arena_print(text->arena, ", \"from\": \"%s\"", input->name);

        if (input->dtype == DTYPE_I32) {
            text_print(text, "{\"type\": \"embedding\", \"num_embeddings\": %lld, \"embedding_dim\": %d%s}, ",
                       (long long)input->index_count, EMBEDDING_WIDTH, from);
            from = "";
        }
        text_print(text, "{\"type\": \"flatten\", \"name\": \"reference%d\"%s}, ", i, from);
    }
    if (data->input_count < 2)
        return;
    text_add(text, "{\"type\": \"concat\", \"from\": [");
    for (int i = 0; i < data->input_count; i++)
        text_print(text, "%s\"reference%d\"", i ? ", " : "", i);
    text_add(text, "]}, ");
}

static struct json *model_of(struct arena *arena, const struct data *data)
{
    struct text text;

    text_init(&text, arena);
    text_add(&text, "[");
    add_inputs(&text, data);
    text_add(&text, hidden);
    text_print(&text, "{\"type\": \"linear\", \"out_features\": %lld}]",
               (long long)(data->classification ? data->classes : data->target_width));
    return value_of(arena, text.at);
}

const struct patch *lab_reference(const struct lab *lab, struct arena *arena, size_t *count)
{
    enum { PATCHES = 10 };
    const struct json *document = lab->config.document, *of_data = json_get(document, "data");
    const struct data *data = &lab->data;
    struct patch *patches = arena_array(arena, PATCHES, sizeof *patches);
    size_t at = 0;

    patches[at++] = (struct patch){.path = "model", .value = model_of(arena, data)};
    patches[at++] = (struct patch){
        .path = "loss", .value = value_of(arena, data->classification ? "\"cross_entropy\"" : "\"mse\"")};
    patches[at++] =
        (struct patch){.path = "optimizer", .value = value_of(arena, "{\"type\": \"adam\", \"lr\": 0.003}")};
    patches[at++] =
        (struct patch){.path = "train", .value = value_of(arena, "{\"batch_size\": 32, \"epochs\": 1}")};
    patches[at++] = (struct patch){.path = "data.scale", .value = value_of(arena, "\"standard\"")};
    if (!data->classification)
        patches[at++] = (struct patch){.path = "data.scale_target", .value = value_of(arena, "\"standard\"")};
    if (json_get(document, "init"))
        patches[at++] = (struct patch){.path = "init"};
    for (size_t i = 0; i < sizeof prepared / sizeof *prepared; i++)
        if (json_get(of_data, prepared[i]))
            patches[at++] = (struct patch){.path = arena_print(arena, "data.%s", prepared[i])};
    *count = at;
    return patches;
}
