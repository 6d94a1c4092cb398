/*
 * Reads the key "data" of a config: sources, splits, columns, scaling, preparations. Checks all that can be
 * checked without opening a file.
 */
#include "spec.h"

#include <math.h>
#include <string.h>

#include <mldbg/base/file.h>
#include <mldbg/base/text.h>
#include "trouble.h"

static const char *const split_names[SPLIT_COUNT] = {"train", "val", "testval", "test"};
static const char *const missing_choices[] = {"refuse", "drop", "mean", "zero", NULL};
static const char *const scale_choices[] = {"none", "standard", "minmax", NULL};
static const char *const category_choices[] = {"one_hot", "index", NULL};

const char *split_name(enum split split)
{
    return split_names[split];
}

#define FIELD(member) .offset = offsetof(struct data_spec, member)

static const struct option data_rows[] = {
    {"train", OPTION_JSON, FIELD(source_json[SPLIT_train]), .required = true, .value = "the name of a file",
     .help = "file (CSV, npy or idx), or {\"generator\": name, \"rows\": n, \"seed\": s, settings}"},
    {"val", OPTION_JSON, FIELD(source_json[SPLIT_val]), .help = "the same, for choosing and stopping"},
    {"testval", OPTION_JSON, FIELD(source_json[SPLIT_testval]), .help = "the same, distributed like test"},
    {"test", OPTION_JSON, FIELD(source_json[SPLIT_test]), .help = "the same, for the last answer"},
    {"train_labels", OPTION_TEXT, FIELD(labels[SPLIT_train]), .value = "FILE",
     .help = "labels of an npy or idx file"},
    {"val_labels", OPTION_TEXT, FIELD(labels[SPLIT_val]), .value = "FILE",
     .help = "labels of an npy or idx file"},
    {"testval_labels", OPTION_TEXT, FIELD(labels[SPLIT_testval]), .value = "FILE",
     .help = "labels of an npy or idx file"},
    {"test_labels", OPTION_TEXT, FIELD(labels[SPLIT_test]), .value = "FILE",
     .help = "labels of an npy or idx file"},
    {"split", OPTION_JSON, FIELD(split_json),
     .help = "parts of train: {\"val\": 0.2, \"testval\": 0, \"test\": 0.2, \"stratify\": true, \"shuffle\": "
             "true}"},
    {"label", OPTION_TEXTS, FIELD(label), .value = "COLUMN",
     .help = "column of the answer; several: regression targets"},
    {"features", OPTION_TEXTS, FIELD(features), .value = "COLUMN",
     .help = "columns that go in, * at the end matches any rest (default: all others)"},
    {"ignore", OPTION_TEXTS, FIELD(ignore), .value = "COLUMN", .help = "columns to leave out"},
    {"group", OPTION_TEXT, FIELD(group), .value = "COLUMN", .help = "rows of one group stay in one split"},
    {"keep_classes", OPTION_TEXTS, FIELD(keep_classes), .value = "CLASS",
     .help = "only rows of these classes"},
    {"input_shape", OPTION_SIZES, FIELD(input_shape), .min = 1, .max = 1e9, .value = "SIZES",
     .help = "shape of one row, without batch: [channels, height, width]"},
    {"scale", OPTION_JSON, FIELD(scale_json),
     .help = "none, standard, minmax, {\"divide\": 255}, or one of these per split; fitted on train"},
    {"scale_target", OPTION_JSON, FIELD(scale_target_json),
     .help = "the same for the targets of a regression"},
    {"categorical", OPTION_JSON, FIELD(categorical_json), .help = "{\"column\": \"one_hot\" or \"index\"}"},
    {"missing", OPTION_CHOICE, FIELD(missing), .fallback = "refuse", .choices = missing_choices,
     .help = "what to do with missing cells"},
    {"separator", OPTION_TEXT, FIELD(separator_text), .value = "C",
     .help = "between cells (default: comma; tab in .tsv)"},
    {"header", OPTION_BOOL, FIELD(header), .fallback = "true",
     .help = "the first row holds names; false: c0, c1, ..."},
    {"lenient", OPTION_BOOL, FIELD(lenient), .fallback = "false",
     .help = "accept quotes inside unquoted cells"},
    {"inputs", OPTION_JSON, FIELD(inputs_json),
     .help = "several inputs: [{\"name\": n, \"columns\": [..], \"shape\": [..]}]"},
    {"prepare", OPTION_JSON, FIELD(prepare_json),
     .help = "operations on all rows, before the split: [{\"op\": name}]"},
    {"prepare_train", OPTION_JSON, FIELD(prepare_train_json), .help = "operations on train alone"},
    {"prepare_test", OPTION_JSON, FIELD(prepare_test_json), .help = "operations on all splits but train"},
};

const struct option_table data_options = OPTION_TABLE(data_rows);

/* An item of "prepare" has one key more than its own settings. */
static const char *const prepare_keys[] = {"op", NULL};
static const char *const generator_keys[] = {"generator", "rows", "seed", NULL};

struct common {
    int64_t rows;
    uint64_t seed;
};

static const struct option common_rows[] = {
    {"rows", OPTION_INTEGER, offsetof(struct common, rows), .min = 1, .max = 1e9, .help = "how many"},
    {"seed", OPTION_SEED, offsetof(struct common, seed), .help = "default: the seed of the config"},
};

struct reader {
    struct arena *arena;
    struct problems *problems;
    struct data_spec *spec;
};

static void refuse(struct reader *reader, const struct json *value, const char *hint, const char *sentence)
{
    struct error *err = problems_at(reader->problems, ERROR_REQUEST, "ML100", value->place, "%s", sentence);
    if (hint)
        fail_hint(err, "%s", hint);
}

static const char *did_you_mean(struct reader *reader, const char *nearest)
{
    return nearest ? arena_print(reader->arena, "did you mean \"%s\"?", nearest) : NULL;
}

static void refuse_name(struct reader *reader, const struct json *value, const struct catalog *catalog)
{
    const struct entry *nearest = catalog_nearest(catalog, value->string);
    refuse(reader, value, did_you_mean(reader, nearest ? nearest->name : NULL),
           arena_print(reader->arena, "%s: unknown %s \"%s\"; `mldbg list %s` shows what there is",
                       json_path(reader->arena, value), catalog->kind, shown(reader->arena, value->string),
                       catalog->plural));
}

/* What stands there: a number or a text as it is, else its type. */
static const char *found(struct reader *reader, const struct json *value)
{
    if (value->type == JSON_NUMBER)
        return value->raw ? shown(reader->arena, value->raw) : text_double(reader->arena, value->number);
    if (value->type == JSON_STRING)
        return arena_print(reader->arena, "\"%s\"", shown(reader->arena, value->string));
    return json_type_name(value);
}

static void refuse_type(struct reader *reader, const struct json *value, const char *expected)
{
    refuse(reader, value, NULL,
           arena_print(reader->arena, "%s is %s, expected %s", json_path(reader->arena, value),
                       found(reader, value), expected));
}

/* One of a list of words, by its number; -1 after a problem. */
static int read_word(struct reader *reader, const struct json *value, const char *const *words,
                     const char *expected)
{
    if (value->type != JSON_STRING) {
        refuse_type(reader, value, expected);
        return -1;
    }
    size_t count = 0;
    for (; words[count]; count++)
        if (strcmp(words[count], value->string) == 0)
            return (int)count;
    refuse(reader, value, did_you_mean(reader, text_nearest(value->string, words, count)),
           arena_print(reader->arena, "%s is \"%s\", expected %s", json_path(reader->arena, value),
                       shown(reader->arena, value->string), expected));
    return -1;
}

static void read_generator(struct reader *reader, const struct json *value, struct source_spec *source)
{
    const struct json *name = json_get(value, "generator");
    if (!name || name->type != JSON_STRING) {
        refuse(reader, name ? name : value, NULL,
               arena_print(reader->arena, "%s: expected \"generator\": the name of a generator",
                           json_path(reader->arena, value)));
        return;
    }
    int index = catalog_index(&generator_catalog, name->string);
    if (index < 0) {
        refuse_name(reader, name, &generator_catalog);
        return;
    }
    const struct generator *generator = ENTRY_OF(generator_catalog.at[index], struct generator);
    source->kind = SOURCE_GENERATOR;
    source->generator = generator;
    source->written = generator->entry.name;
    source->settings = arena_alloc(reader->arena, generator->settings_size);
    options_default(reader->arena, &generator->options, source->settings);
    options_from_json(reader->arena, &generator->options, value, generator_keys, source->settings,
                      reader->problems);

    struct common common = {.rows = generator->rows};
    const struct json *rows = json_get(value, "rows"), *seed = json_get(value, "seed");
    if (rows)
        option_set_json(reader->arena, &common_rows[0], rows, &common, reader->problems);
    if (seed)
        source->has_seed = option_set_json(reader->arena, &common_rows[1], seed, &common, reader->problems);
    source->rows = common.rows;
    source->seed = common.seed;
}

static void read_source(struct reader *reader, enum split split)
{
    const struct json *value = reader->spec->source_json[split];
    struct source_spec *source = &reader->spec->sources[split];
    const char *labels = reader->spec->labels[split];
    if (labels) {
        source->labels_written = labels;
        source->labels_path = file_beside(reader->arena, reader->spec->path, labels);
    }
    if (!value) {
        if (labels)
            refuse(
                reader,
                json_get(reader->spec->json, arena_print(reader->arena, "%s_labels", split_names[split])),
                NULL,
                arena_print(reader->arena, "labels are given for \"%s\", but no data", split_names[split]));
        return;
    }
    source->place = value->place;
    if (value->type == JSON_OBJECT) {
        read_generator(reader, value, source);
    } else if (value->type == JSON_STRING && *value->string) {
        source->kind = SOURCE_FILE;
        source->written = value->string;
        source->path = file_beside(reader->arena, reader->spec->path, value->string);
    } else {
        refuse_type(reader, value, "the name of a file or {\"generator\": ...}");
    }
}

#define SHARE(split) offsetof(struct split_spec, share[SPLIT_##split])

static const struct option split_rows_of[] = {
    {"val", OPTION_REAL, SHARE(val), .fallback = "0", .min = 0, .max = 1, .help = "share of train"},
    {"testval", OPTION_REAL, SHARE(testval), .fallback = "0", .min = 0, .max = 1, .help = "share of train"},
    {"test", OPTION_REAL, SHARE(test), .fallback = "0", .min = 0, .max = 1, .help = "share of train"},
    {"stratify", OPTION_BOOL, offsetof(struct split_spec, stratify), .fallback = "true",
     .help = "every class in every part"},
    {"shuffle", OPTION_BOOL, offsetof(struct split_spec, shuffle), .fallback = "true",
     .help = "false: parts are cut off the end in order"},
};
const struct option_table split_options = OPTION_TABLE(split_rows_of);

static void read_split(struct reader *reader)
{
    struct data_spec *spec = reader->spec;
    options_default(reader->arena, &split_options, &spec->split);
    if (!spec->split_json)
        return;
    if (spec->split_json->type != JSON_OBJECT) {
        refuse_type(reader, spec->split_json, "an object such as {\"val\": 0.2}");
        return;
    }
    spec->split.given = true;
    if (!options_from_json(reader->arena, &split_options, spec->split_json, NULL, &spec->split,
                           reader->problems))
        return;
    double sum = 0;
    for (int s = SPLIT_val; s < SPLIT_COUNT; s++) {
        sum += spec->split.share[s];
        if (spec->split.share[s] > 0 && spec->source_json[s])
            refuse(reader, json_get(spec->split_json, split_names[s]), "leave one of the two out",
                   arena_print(reader->arena, "\"%s\" is both a source of its own and a share of train",
                               split_names[s]));
    }
    if (sum >= 1)
        refuse(reader, spec->split_json, NULL,
               arena_print(reader->arena, "the shares add up to %s, which leaves nothing to train",
                           text_number(reader->arena, sum, 4)));
}

static const char scale_expected[] = "\"none\", \"standard\", \"minmax\" or {\"divide\": number}";

static void read_scale_kind(struct reader *reader, const struct json *value, struct scale_spec *scale)
{
    const struct json *divide = value->type == JSON_OBJECT ? json_get(value, "divide") : NULL;
    if (divide && json_count(value) == 1) {
        if (divide->type != JSON_NUMBER || divide->number == 0 || !isfinite(divide->number))
            refuse_type(reader, divide, "a number other than 0");
        *scale = (struct scale_spec){SCALE_DIVIDE, divide->number};
        return;
    }
    int kind = read_word(reader, value, scale_choices, scale_expected);
    if (kind >= 0)
        *scale = (struct scale_spec){.kind = (enum scale_kind)kind};
}

static void read_scale(struct reader *reader, const struct json *value, struct scale_spec *scale)
{
    if (!value)
        return;
    if (value->type != JSON_OBJECT || json_get(value, "divide")) {
        read_scale_kind(reader, value, &scale[0]);
        for (int s = 1; s < SPLIT_COUNT; s++)
            scale[s] = scale[0];
        return;
    }
    for (const struct json *member = value->child; member; member = member->next) {
        int split = 0;
        while (split < SPLIT_COUNT && strcmp(member->key, split_names[split]) != 0)
            split++;
        if (split == SPLIT_COUNT)
            refuse(reader, member, did_you_mean(reader, text_nearest(member->key, split_names, SPLIT_COUNT)),
                   arena_print(reader->arena, "\"%s\" is no split; expected train, val, testval or test",
                               shown(reader->arena, member->key)));
        else
            read_scale_kind(reader, member, &scale[split]);
    }
}

static void read_categories(struct reader *reader)
{
    const struct json *value = reader->spec->categorical_json;
    if (!value)
        return;
    if (value->type != JSON_OBJECT) {
        refuse_type(reader, value, "an object such as {\"column\": \"one_hot\"}");
        return;
    }
    struct category_spec *categories = arena_array(reader->arena, json_count(value), sizeof *categories);
    size_t count = 0;
    for (const struct json *member = value->child; member; member = member->next) {
        int kind = read_word(reader, member, category_choices, "\"one_hot\" or \"index\"");
        categories[count++] =
            (struct category_spec){.column = member->key, .index = kind == 1, .place = member->key_place};
    }
    reader->spec->categories = categories;
    reader->spec->category_count = count;
}

static void read_inputs(struct reader *reader)
{
    static const struct option rows[] = {
        {"name", OPTION_TEXT, offsetof(struct input_spec, name), .required = true,
         .help = "name for \"from\""},
        {"columns", OPTION_TEXTS, offsetof(struct input_spec, columns), .required = true,
         .help = "columns or patterns"},
        {"shape", OPTION_SIZES, offsetof(struct input_spec, shape), .min = 1, .max = 1e9,
         .help = "shape of one row"},
    };
    static const struct option_table table = OPTION_TABLE(rows);
    const struct json *value = reader->spec->inputs_json;
    if (!value)
        return;
    size_t count = json_count(value);
    if (value->type != JSON_ARRAY || count == 0 || count > DATA_INPUTS_MOST) {
        refuse_type(reader, value, arena_print(reader->arena, "a list of 1 to %d inputs", DATA_INPUTS_MOST));
        return;
    }
    struct input_spec *inputs = arena_array(reader->arena, count, sizeof *inputs);
    size_t at = 0, before = reader->problems->count + reader->problems->dropped;
    for (const struct json *item = value->child; item; item = item->next, at++) {
        if (item->type != JSON_OBJECT) {
            refuse_type(reader, item, "an object with name, columns and shape");
            continue;
        }
        inputs[at].place = item->place;
        options_default(reader->arena, &table, &inputs[at]);
        options_from_json(reader->arena, &table, item, NULL, &inputs[at], reader->problems);
        if (inputs[at].name && !text_is_name(inputs[at].name))
            refuse(reader, json_get(item, "name"), TEXT_NAME_RULE,
                   arena_print(reader->arena, "\"%s\" cannot be the name of an input",
                               shown(reader->arena, inputs[at].name)));
        for (size_t i = 0; i < at; i++)
            if (inputs[at].name && inputs[i].name && strcmp(inputs[i].name, inputs[at].name) == 0)
                refuse(reader, item, NULL,
                       arena_print(reader->arena, "two inputs have the name \"%s\"", inputs[at].name));
    }
    reader->spec->inputs = inputs;
    reader->spec->input_count = count;
    reader->spec->refused = reader->problems->count + reader->problems->dropped > before;
    if (reader->spec->input_shape.count > 0)
        refuse(reader, json_get(reader->spec->json, "input_shape"), "give each input its own \"shape\"",
               "\"input_shape\" does not go together with \"inputs\"");
}

static void read_prepare(struct reader *reader, const struct json *value, struct prepare_list *list)
{
    if (!value)
        return;
    if (value->type != JSON_ARRAY) {
        refuse_type(reader, value, "a list of operations such as [{\"op\": \"standardize_x\"}]");
        return;
    }
    struct prepare_step *steps = arena_array(reader->arena, json_count(value), sizeof *steps);
    list->at = steps;
    for (const struct json *item = value->child; item; item = item->next) {
        const struct json *op = item->type == JSON_OBJECT ? json_get(item, "op") : NULL;
        if (!op || op->type != JSON_STRING) {
            refuse_type(reader, item, "an object with the key \"op\"");
            continue;
        }
        int index = catalog_index(&preparation_catalog, op->string);
        if (index < 0) {
            refuse_name(reader, op, &preparation_catalog);
            continue;
        }
        const struct preparation *kind = ENTRY_OF(preparation_catalog.at[index], struct preparation);
        struct prepare_step *step = &steps[list->count++];
        step->kind = kind;
        step->settings = arena_alloc(reader->arena, kind->settings_size);
        options_default(reader->arena, &kind->options, step->settings);
        options_from_json(reader->arena, &kind->options, item, prepare_keys, step->settings,
                          reader->problems);
    }
}

static void read_separator(struct reader *reader)
{
    const char *text = reader->spec->separator_text;
    if (!text)
        return;
    const struct json *value = json_get(reader->spec->json, "separator");
    if (strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        text = "\t";
    /* What stands in numbers or ends lines can separate nothing. */
    if (strlen(text) != 1 || strchr("\"\n\r.+-0123456789eE", *text) || (unsigned char)*text > 127)
        refuse(reader, value, NULL,
               arena_print(reader->arena,
                           "separator is \"%s\", expected one character such as \",\", \";\" or \"tab\"",
                           shown(reader->arena, text)));
    else
        reader->spec->separator = *text;
}

/* One column in two parts that exclude each other; list is the key that names it a second time. */
static void refuse_twice(struct reader *reader, const struct json *list, const char *name, const char *part)
{
    const struct json *value = list;
    for (const struct json *item = list->type == JSON_ARRAY ? list->child : NULL; item; item = item->next)
        if (item->type == JSON_STRING && strcmp(item->string, name) == 0)
            value = item;
    refuse(reader, value, NULL,
           arena_print(reader->arena, "%s names \"%s\", which is %s already", json_path(reader->arena, list),
                       shown(reader->arena, name), part));
}

static bool names(const struct texts *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], name) == 0)
            return true;
    return false;
}

/* A label that is a feature, too, would be the answer among the questions. Patterns may cover it. */
static void check_label(struct reader *reader, const char *label)
{
    const struct data_spec *spec = reader->spec;
    if (names(&spec->features, label))
        refuse_twice(reader, json_get(spec->json, "features"), label, "the label");
    if (names(&spec->ignore, label))
        refuse_twice(reader, json_get(spec->json, "ignore"), label, "the label");
    if (spec->group && strcmp(spec->group, label) == 0) {
        refuse_twice(reader, json_get(spec->json, "group"), label, "the label");
        reader->spec->group = NULL; /* the data is read all the same, for its own mistakes */
    }
    for (size_t i = 0; i < spec->input_count; i++)
        if (names(&spec->inputs[i].columns, label))
            refuse_twice(reader, json_get(json_at(spec->inputs_json, i), "columns"), label, "the label");
}

/* Columns with two parts, and lists that name nothing. */
static void check_columns(struct reader *reader)
{
    const struct data_spec *spec = reader->spec;
    for (size_t i = 0; i < spec->label.count; i++) {
        check_label(reader, spec->label.at[i]);
        for (size_t k = 0; k < i; k++)
            if (strcmp(spec->label.at[k], spec->label.at[i]) == 0)
                refuse_twice(reader, json_get(spec->json, "label"), spec->label.at[i], "a label");
    }
    if (spec->group && names(&spec->features, spec->group))
        refuse_twice(reader, json_get(spec->json, "features"), spec->group, "the group");
    static const char *const lists[] = {"features", "keep_classes"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct json *list = json_get(spec->json, lists[i]);
        if (list && list->type == JSON_ARRAY && !list->child)
            refuse(reader, list, "leave it out to take all",
                   arena_print(reader->arena, "%s is an empty list", json_path(reader->arena, list)));
    }
}

const struct data_spec *data_read(struct arena *arena, const struct json *value, const char *path,
                                  struct problems *problems)
{
    struct data_spec *spec = arena_alloc(arena, sizeof *spec);
    struct reader reader = {arena, problems, spec};
    spec->json = value;
    spec->path = path;
    options_default(arena, &data_options, spec);
    if (value->type != JSON_OBJECT) {
        refuse_type(&reader, value, "an object with the key \"train\"");
        return spec;
    }
    options_from_json(arena, &data_options, value, NULL, spec, problems);
    for (int s = 0; s < SPLIT_COUNT; s++)
        read_source(&reader, (enum split)s);
    read_split(&reader);
    read_scale(&reader, spec->scale_json, spec->scale);
    read_scale(&reader, spec->scale_target_json, spec->scale_target);
    read_categories(&reader);
    read_inputs(&reader);
    read_prepare(&reader, spec->prepare_json, &spec->prepare);
    read_prepare(&reader, spec->prepare_train_json, &spec->prepare_train);
    read_prepare(&reader, spec->prepare_test_json, &spec->prepare_test);
    read_separator(&reader);
    check_columns(&reader);
    return spec;
}

const char *data_file(const struct data_spec *spec, enum split split)
{
    return spec->sources[split].path;
}

struct place spec_place(const struct data_spec *spec, const char *key)
{
    const struct json *value = json_get(spec->json, key);
    return value ? value->place : spec->json->place;
}

const struct category_spec *spec_category(const struct data_spec *spec, const char *column)
{
    for (size_t i = 0; i < spec->category_count; i++)
        if (name_matches(spec->categories[i].column, column))
            return &spec->categories[i];
    return NULL;
}
