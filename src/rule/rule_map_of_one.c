/* ML168 map-of-one: a convolution over a map of one pixel. */
#include "anatomy.h"

#include <string.h>

/* "16 x 1 x 1" and "16 x 1": behind the channels there is nothing but 1. */
static bool is_one_place(const char *output)
{
    const char *at = output ? strstr(output, " x ") : NULL;

    if (!at)
        return false;
    for (; at; at = strstr(at + 1, " x "))
        if (at[3] != '1' || (at[4] && at[4] != ' '))
            return false;
    return true;
}

static double kernel_of(const struct run *run, size_t layer)
{
    return setting_number(run, arena_print(run->arena, "model[%zu].kernel_size", layer), 0);
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    for (size_t i = 1; i < run->layer_count; i++) {
        const struct layer_record *layer = &run->layers[i], *before = &run->layers[i - 1];

        if (!layer->type || strncmp(layer->type, "conv", 4) != 0 || !is_one_place(before->output) ||
            !is_one_place(layer->output) || !(kernel_of(run, i) >= 2))
            continue;
        struct finding *finding = findings_add(
            findings, rule, "\"%s\" (kernel %s) works on %s: a map of 1 place, where 2 are the least",
            layer->name, text_number(findings->arena, kernel_of(run, i), 3), before->output);
        finding->subject = before->name;
        finding->place = layer->place;
        finding_evidence(finding, "model/places", 1, 2, -1);
        return;
    }
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"maxpool2d\", \"kernel_size\": 8}, {\"type\": \"conv2d\", "
                        "\"kernel_size\": 3, \"out_channels\": 16}]}");
    *run_add_layer(run) = (struct layer_record){.name = "pool", .type = "maxpool2d", .output = "8 x 1 x 1"};
    *run_add_layer(run) = (struct layer_record){.name = "conv", .type = "conv2d", .output = "16 x 1 x 1"};
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"maxpool2d\", \"kernel_size\": 2}, {\"type\": \"conv2d\", "
                        "\"kernel_size\": 3, \"out_channels\": 16}]}");
    *run_add_layer(run) = (struct layer_record){.name = "pool", .type = "maxpool2d", .output = "8 x 4 x 4"};
    *run_add_layer(run) = (struct layer_record){.name = "conv", .type = "conv2d", .output = "16 x 4 x 4"};
}

const struct rule rule_map_of_one = {
    .entry = {"map-of-one", "A convolution over a map of one pixel",
              "What it means\n"
              "  The map was pooled, or strided, until one place was left. A kernel that\n"
              "  reaches over it sees padding, and all that stood where in the image is\n"
              "  gone.\n"
              "\n"
              "How it is decided\n"
              "  A convolution with a kernel of 2 or more, padded, gives a map of 1 in\n"
              "  every direction, and so did the layer before it.\n"
              "\n"
              "Known false alarms\n"
              "  None that matters: a linear layer does the same with fewer weights.\n"},
    .code = "ML168",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_architecture,
    .remedies = (const struct change *const[]){&change_drop_layer, NULL},
    .reads = (const char *const[]){"layers", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML309", NULL},
    .next =
        (const char *const[]){
            "less pooling in front of it",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
