/* The codes of refusals, so that `mldbg explain` knows every code that a message can carry. */
#include <mldbg/rule.h>

#include <string.h>
#include <strings.h>

static const struct refusal refusal_config_key = {
    .entry = {"config-refused", "A key or value of the config is not what it must be",
              "What it means\n"
              "  The config has a key that mldbg does not know, or a value of the wrong type\n"
              "  or out of its range. Nothing was run. Every such mistake is shown in one\n"
              "  pass, with file, line and column.\n"
              "\n"
              "What to try\n"
              "  1. Take the suggestion under the caret, if there is one.\n"
              "  2. mldbg explain NAME lists the settings of a layer, loss or optimizer.\n"
              "  3. mldbg schema > mldbg.schema.json lets an editor check while you type:\n"
              "     put \"$schema\": \"mldbg.schema.json\" into the config.\n"},
    .code = "ML100",
};

static const struct refusal refusal_shape_mismatch = {
    .entry = {"shape-mismatch", "A layer cannot take the shape that reaches it",
              "What it means\n"
              "  The output of one layer does not fit what the next one was told to expect,\n"
              "  or a kernel is larger than its input. The message shows the arithmetic, such\n"
              "  as 256 = 16 x 4 x 4. Layers behind the first mistake are checked as far as\n"
              "  their input can be guessed, so a later message may follow from an earlier.\n"
              "\n"
              "What to try\n"
              "  1. Leave in_features and in_channels out: they are inferred.\n"
              "  2. Check data.input_shape: channels, height, width for images; time,\n"
              "     features for sequences.\n"
              "  3. mldbg check CONFIG prints the shape of every layer.\n"},
    .code = "ML101",
};

static const struct refusal refusal_loss_mismatch = {
    .entry = {"loss-mismatch", "The loss does not fit the model's output or the labels",
              "What it means\n"
              "  The loss needs one output a class, or one a target, and the last layer gives\n"
              "  another number; or the loss is for another kind of target.\n"
              "\n"
              "What to try\n"
              "  1. Let the last layer have as many outputs as there are classes, or targets.\n"
              "  2. Check data.label: is it the column you mean?\n"
              "  3. cross_entropy for classes, mse for numbers, bce_with_logits for one yes\n"
              "     or no.\n"},
    .code = "ML102",
};

static const struct refusal refusal_unread_layer = {
    .entry = {"unread-layer", "A layer or an input has no part in the output",
              "What it means\n"
              "  Nothing reads the layer, or the input of the data, that is named. What it\n"
              "  computes goes nowhere and its parameters would never learn. Often a \"from\"\n"
              "  in a later layer names the wrong layer.\n"
              "\n"
              "What to try\n"
              "  1. Let a later layer read it: \"from\": [\"this\", \"that\"] with add or concat.\n"
              "  2. Take the layer, or the entry of data.inputs, out.\n"},
    .code = "ML103",
};

static const struct refusal refusal_data_unusable = {
    .entry = {"data-refused", "A data file cannot be used as it is",
              "What it means\n"
              "  A row has another number of fields, a cell is not a number, a value is\n"
              "  missing, a column is not there, or a file is empty. The message names file,\n"
              "  line and column. A cell is never repaired in silence.\n"
              "\n"
              "What to try\n"
              "  1. Open the file at the line that is named.\n"
              "  2. data.missing says what to do with missing values: drop, mean or zero.\n"
              "  3. data.categorical says how text columns are coded, data.ignore which\n"
              "     columns are left out.\n"
              "  4. data.separator and data.header describe the file.\n"},
    .code = "ML200",
};

static const struct entry *const entries[] = {
#define REFUSAL(id) &refusal_##id.entry,
#include <mldbg/rule/refusals.def>
#undef REFUSAL
};

const struct catalog refusal_catalog = {"refusal", "refusals", entries, sizeof entries / sizeof *entries};

const struct refusal *refusal_find(const char *code_or_name)
{
    for (size_t i = 0; i < refusal_catalog.count; i++) {
        const struct refusal *refusal = ENTRY_OF(refusal_catalog.at[i], struct refusal);
        if (strcasecmp(refusal->code, code_or_name) == 0 || strcmp(refusal->entry.name, code_or_name) == 0)
            return refusal;
    }
    return NULL;
}
