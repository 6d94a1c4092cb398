/* ML162 narrow-hidden: a hidden layer of three units or fewer. */
#include "anatomy.h"

#include <string.h>

/* A network for exclusive or needs 2; most others more. */
enum { MOST = 3 };

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct anatomy anatomy;

    if (!anatomy_read(run, &anatomy))
        return;
    const struct part *narrow = NULL;
    for (int i = 0; i < anatomy.head; i++) {
        const struct part *part = &anatomy.part[i];

        if (part->weighty && part->width > 0 && strcmp(part->type, "embedding") != 0 &&
            (!narrow || part->width < narrow->width))
            narrow = part;
    }
    if (!narrow || narrow->width > MOST)
        return;
    struct finding *finding =
        findings_add(findings, rule, "\"%s\" has %s (suspect up to %d)", narrow->name,
                     text_plural(findings->arena, narrow->width, "unit", "units"), MOST);
    finding_about(finding, narrow);
    finding_evidence(finding, "model/width", (double)narrow->width, MOST, -1);
}

static void sick(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 2}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

static void healthy(struct run *run)
{
    example_config(run, "{\"model\": [{\"type\": \"linear\", \"out_features\": 8}, {\"type\": \"relu\"}, "
                        "{\"type\": \"linear\", \"out_features\": 3}], \"loss\": \"cross_entropy\"}");
    example_classes(run, 3);
}

const struct rule rule_narrow_hidden = {
    .entry = {"narrow-hidden", "A hidden layer of three units or fewer",
              "What it means\n"
              "  All that later layers learn of a row passes through this many numbers. A\n"
              "  rectifier that dies takes a third of it, or all.\n"
              "\n"
              "How it is decided\n"
              "  A hidden layer has 3 or fewer units, channels or states.\n"
              "\n"
              "Known false alarms\n"
              "  Small problems need no more, and the narrow middle of an autoencoder is\n"
              "  meant.\n"},
    .code = "ML162",
    .severity = SEVERITY_NOTE,
    .category = CATEGORY_architecture,
    .remedies = (const struct change *const[]){&change_wider_hidden, NULL},
    .reads = (const char *const[]){"data/task", NULL},
    .check = check,
    .causes = (const char *const[]){"ML303", "ML304", "ML309", NULL},
    .next =
        (const char *const[]){
            "32 units or more in hidden layers",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
