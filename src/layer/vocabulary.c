/* From the word in a config to a row of a table, with suggestions for words of other frameworks. */
#include <string.h>

#include "builder.h"

/* Words by which other frameworks, or people, call what stands in our tables. Lower case, without "_". */
static const struct word {
    const char *kind, *word, *meant;
} words[] = {
    {"layer", "dense", "linear"},
    {"layer", "fc", "linear"},
    {"layer", "fullyconnected", "linear"},
    {"layer", "conv", "conv2d"},
    {"layer", "convolution", "conv2d"},
    {"layer", "convolution2d", "conv2d"},
    {"layer", "pool", "maxpool2d"},
    {"layer", "maxpool", "maxpool2d"},
    {"layer", "maxpooling2d", "maxpool2d"},
    {"layer", "maxpooling1d", "maxpool1d"},
    {"layer", "avgpool", "avgpool2d"},
    {"layer", "averagepooling2d", "avgpool2d"},
    {"layer", "averagepooling1d", "avgpool1d"},
    {"layer", "adaptiveavgpool2d", "global_avgpool"},
    {"layer", "globalaveragepooling2d", "global_avgpool"},
    {"layer", "globalaveragepooling1d", "global_avgpool"},
    {"layer", "batchnorm1d", "batchnorm"},
    {"layer", "batchnorm2d", "batchnorm"},
    {"layer", "batchnormalization", "batchnorm"},
    {"layer", "layernormalization", "layernorm"},
    {"layer", "simplernn", "rnn"},
    {"layer", "multiheadattention", "attention"},
    {"layer", "swish", "silu"},
    {"layer", "exp", "exponential"},
    {"layer", "concatenate", "concat"},
    {"layer", "cat", "concat"},
    {"layer", "mul", "multiply"},
    {"layer", "sum", "add"},
    {"loss", "categoricalcrossentropy", "cross_entropy"},
    {"loss", "sparsecategoricalcrossentropy", "cross_entropy"},
    {"loss", "crossentropyloss", "cross_entropy"},
    {"loss", "ce", "cross_entropy"},
    {"loss", "softmax", "cross_entropy"},
    {"loss", "nllloss", "nll"},
    {"loss", "binarycrossentropy", "bce"},
    {"loss", "bceloss", "bce"},
    {"loss", "bcewithlogitsloss", "bce_with_logits"},
    {"loss", "meansquarederror", "mse"},
    {"loss", "mseloss", "mse"},
    {"loss", "l2", "mse"},
    {"loss", "mae", "l1"},
    {"loss", "meanabsoluteerror", "l1"},
    {"loss", "l1loss", "l1"},
    {"loss", "smoothl1", "huber"},
    {"initialization", "henormal", "kaiming_normal"},
    {"initialization", "heuniform", "kaiming_uniform"},
    {"initialization", "he", "kaiming_normal"},
    {"initialization", "kaiming", "kaiming_normal"},
    {"initialization", "xavier", "xavier_uniform"},
    {"initialization", "glorot", "xavier_uniform"},
    {"initialization", "glorotnormal", "xavier_normal"},
    {"initialization", "glorotuniform", "xavier_uniform"},
    {"initialization", "lecun", "lecun_normal"},
    {"initialization", "randomnormal", "normal"},
    {"initialization", "randomuniform", "uniform"},
    {"initialization", "zero", "zeros"},
    {"initialization", "one", "ones"},
    {"initialization", "default", "pytorch"},
    {"initialization", "torch", "pytorch"},
};

/* Lower case without "_", "-" and blanks, so that BatchNorm2d, batch_norm_2d and batch-norm2d are one word.
 */
static void plain(const char *word, char *out, size_t size)
{
    size_t length = 0;
    for (; *word && length + 1 < size; word++)
        if (!strchr("_- ", *word))
            out[length++] = (char)(*word >= 'A' && *word <= 'Z' ? *word - 'A' + 'a' : *word);
    out[length] = '\0';
}

const char *word_meant(const struct catalog *catalog, const char *word)
{
    char given[64], name[64];

    plain(word, given, sizeof given);
    for (size_t i = 0; i < catalog->count; i++) {
        plain(catalog->at[i]->name, name, sizeof name);
        if (strcmp(given, name) == 0)
            return catalog->at[i]->name;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].kind, catalog->kind) == 0 && strcmp(words[i].word, given) == 0)
            return words[i].meant;
    const struct entry *nearest = catalog_nearest(catalog, word);
    return nearest ? nearest->name : NULL;
}

const struct entry *entry_read(struct arena *arena, const struct catalog *catalog, const struct json *value,
                               struct problems *problems)
{
    const struct json *type = value->type == JSON_OBJECT ? json_get(value, "type") : value;
    const char *path = json_path(arena, value);

    if (!type) {
        struct error *err = problems_at(problems, ERROR_REQUEST, "ML100", value->place,
                                        "%s: the key \"type\" is missing; expected the name of a%s %s", path,
                                        strchr("aeiou", catalog->kind[0]) ? "n" : "", catalog->kind);
        fail_hint(err, "mldbg list %s", catalog->plural);
        return NULL;
    }
    if (type->type != JSON_STRING) {
        struct error *err = problems_at(
            problems, ERROR_REQUEST, "ML100", type->place, "%s: expected the name of a%s %s%s, found %s",
            json_path(arena, type), strchr("aeiou", catalog->kind[0]) ? "n" : "", catalog->kind,
            type == value ? ", or an object with \"type\"" : "", json_type_name(type));
        fail_hint(err, "mldbg list %s", catalog->plural);
        return NULL;
    }
    const struct entry *entry = catalog_find(catalog, type->string);
    if (entry)
        return entry;

    const char *meant = word_meant(catalog, type->string);
    const char *shown = text_escape(arena, type->string, strlen(type->string), 40);
    const char *end = meant ? arena_print(arena, "; did you mean \"%s\"?", meant) : "";
    struct error *err = problems_at(problems, ERROR_REQUEST, "ML100", type->place, "%s: unknown %s \"%s\"%s",
                                    json_path(arena, type), catalog->kind, shown, end);
    if (!meant)
        fail_hint(err, "mldbg list %s", catalog->plural);
    return NULL;
}
