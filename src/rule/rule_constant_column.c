/* ML201 constant-column: columns without information. */
#include "phrases.h"

#include <inttypes.h>

/* Pixels at the border of an image, or steps at the end of a sequence, are often the same in every row. */
static bool has_input_shape(const struct run *run)
{
    const struct json *data = json_get(run->config, "data"), *inputs = json_get(data, "inputs");
    bool shaped = json_get(data, "input_shape") != NULL;

    for (const struct json *input = inputs ? inputs->child : NULL; input; input = input->next)
        shaped = shaped || json_get(input, "shape");
    return shaped;
}

static void check(const struct rule *rule, const struct run *run, struct findings *findings)
{
    struct name_list names;
    int64_t inputs = 0;

    name_list_init(&names, findings->arena);
    for (size_t i = 0; i < run->column_count; i++) {
        const struct column_record *column = &run->columns[i];
        inputs += is_train_input(column);
        if (is_train_input(column) && column->distinct == 1 && column->count > 1)
            name_list_add(&names, column->name);
    }
    if (names.count == 0 || (has_input_shape(run) && 2 * names.count < inputs))
        return;
    const char *list = name_list_text(&names);
    struct finding *finding =
        findings_add(findings, rule, "%" PRId64 " of %s of train %s 1 value where 2 or more are needed: %s",
                     names.count, text_plural(findings->arena, inputs, "input column", "input columns"),
                     names.count == 1 ? "has" : "have", list);
    finding->subject = list;
    finding_evidence(finding, "columns/constant", (double)names.count, 0, -1);
}

static void sick(struct run *run)
{
    example_column(run, "train", "age", 100);
    example_column(run, "train", "version", 100)->distinct = 1;
}

static void healthy(struct run *run)
{
    example_column(run, "train", "age", 100);
    example_column(run, "train", "version", 100)->distinct = 2;
    example_column(run, "val", "age", 100)->distinct = 1;
}

const struct rule rule_constant_column = {
    .entry = {"constant-column", "Input columns with one value in every row",
              "What it means\n"
              "  A column that is the same in every row of train tells the network nothing.\n"
              "  If it differs in other splits, its weights meet values there that they\n"
              "  never learned about. Often the sign of a failed join or a wrong column.\n"
              "\n"
              "How it is decided\n"
              "  An input column of train has 1 distinct value where at least 2 are expected.\n"
              "  In images and sequences (data.input_shape, or a shape in data.inputs) it\n"
              "  takes half of the columns.\n"
              "\n"
              "Known false alarms\n"
              "  Border pixels, padding at the end of sequences, rare flags in small\n"
              "  samples.\n"},
    .code = "ML201",
    .severity = SEVERITY_NOTE,
    .reads = (const char *const[]){"columns", NULL},
    .check = check,
    .next =
        (const char *const[]){
            "look at the column in the file: is it the right one, was it filled?",
            "leave it out: data.ignore",
            "check that val and test have the same value there",
            NULL,
        },
    .sick = sick,
    .healthy = healthy,
};
