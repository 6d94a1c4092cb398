/* Edits of a config that several changes need. Reads the config of the record and makes patches; changes
 * nothing itself. */
#include "edit.h"

#include <string.h>

const char *const input_operations[] = {"scale_x",         "affine_x",  "standardize_x", "minmax_x",
                                        "double_minmax_x", "unit_rows", "trunc_int_x",   NULL};
const char *const lossy_operations[] = {"unit_rows", "trunc_int_x", NULL};
const char *const target_operations[] = {"standardize_y", "minmax_y", "scale_y", NULL};

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

void draft_begin(struct draft *draft, const struct run *run)
{
    *draft = (struct draft){.run = run, .document = json_object(run->arena)};
    json_add(draft->document, "model", json_copy(run->arena, json_get(run->config, "model")), run->arena);
}

static void apply(struct draft *draft, const struct patch *patch)
{
    if (!patch_apply(draft->run->arena, draft->document, patch, 1, NULL))
        BUG("an edit of the model does not fit: %s", patch->path);
    draft->edits++;
}

static const char *path_of(const struct draft *draft, int layer, const char *key)
{
    return key ? arena_print(draft->run->arena, "model[%d].%s", layer, key)
               : arena_print(draft->run->arena, "model[%d]", layer);
}

void draft_set(struct draft *draft, int layer, const char *key, struct json *value)
{
    apply(draft, &(struct patch){.path = path_of(draft, layer, key), .value = value});
}

void draft_set_number(struct draft *draft, int layer, const char *key, double value)
{
    struct arena *arena = draft->run->arena;

    draft_set(draft, layer, key, json_add_number(json_array(arena), NULL, value, arena));
}

void draft_unset(struct draft *draft, int layer, const char *key)
{
    if (json_get(json_at(json_get(draft->document, "model"), (size_t)layer), key))
        draft_set(draft, layer, key, NULL);
}

void draft_retype(struct draft *draft, const struct part *part, const char *type)
{
    draft_set(draft, part->index, NULL, part_retyped(draft->run, part, type));
}

void draft_insert(struct draft *draft, int before, const char *type)
{
    struct arena *arena = draft->run->arena;
    struct json *layer = json_object(arena);

    json_add_string(layer, "type", type, arena);
    apply(draft, &(struct patch){.path = path_of(draft, before, NULL), .value = layer, .insert = true});
}

void draft_remove(struct draft *draft, int layer)
{
    apply(draft, &(struct patch){.path = path_of(draft, layer, NULL)});
}

bool draft_end(struct draft *draft, struct remedy *out, const char *words)
{
    if (draft->edits == 0)
        return false;
    remedy_set(out, "model", json_get(draft->document, "model"));
    if (words)
        out->words = arena_print(draft->run->arena, "%s (%s)", words,
                                 text_plural(draft->run->arena, draft->edits, "edit", "edits"));
    return true;
}

struct json *part_retyped(const struct run *run, const struct part *part, const char *type)
{
    static const char *const kept[] = {"name", "from", NULL};
    struct json *layer = json_object(run->arena);

    json_add_string(layer, "type", type, run->arena);
    for (int i = 0; kept[i]; i++)
        if (json_get(part->json, kept[i]))
            json_add(layer, kept[i], json_copy(run->arena, json_get(part->json, kept[i])), run->arena);
    return layer;
}

bool part_removable(const struct anatomy *anatomy, const struct part *part)
{
    for (int i = part->index; i < anatomy->count; i++)
        if (json_get(anatomy->part[i].json, "from"))
            return false;
    return anatomy->count > 1;
}

bool is_hidden_activation(const struct anatomy *anatomy, int index)
{
    return index < anatomy->head && anatomy->part[index].activation != NULL;
}

void remedy_retype(const struct run *run, struct remedy *out, const struct part *part, const char *type)
{
    for (const struct json *key = part->json->child; key; key = key->next)
        if (strcmp(key->key, "type") != 0 && strcmp(key->key, "name") != 0 && strcmp(key->key, "from") != 0) {
            remedy_set(out, part_path(run, part, NULL), part_retyped(run, part, type));
            return;
        }
    remedy_set_word(run, out, part_path(run, part, "type"), type);
}

void remedy_loss(const struct run *run, struct remedy *out, const char *type, const char *from)
{
    static const char *const kept[] = {"reduction", "factor", "class_weights", NULL};
    const struct json *old = json_get(run->config, "loss");
    struct json *loss = json_object(run->arena);

    json_add_string(loss, "type", type, run->arena);
    if (from)
        json_add_string(loss, "from", from, run->arena);
    for (int i = 0; kept[i]; i++)
        if (json_get(old, kept[i]))
            json_add(loss, kept[i], json_copy(run->arena, json_get(old, kept[i])), run->arena);
    if (json_count(loss) == 1)
        remedy_set_word(run, out, "loss", type);
    else
        remedy_set(out, "loss", loss);
}

bool remedy_unset(const struct run *run, struct remedy *out, const char *path)
{
    if (!json_find(run->arena, run->config, path))
        return false;
    remedy_remove(out, path);
    return true;
}

void remedy_unprepare(const struct run *run, struct remedy *out, const char *list, const char *const *ops)
{
    const struct json *array = json_find(run->arena, run->config, list);
    size_t count = array && array->type == JSON_ARRAY ? json_count(array) : 0;
    struct json *left = json_array(run->arena);

    for (size_t i = 0; i < count; i++) {
        const struct json *op = json_get(json_at(array, i), "op");

        if (!op || op->type != JSON_STRING || !is_one_of(op->string, ops))
            json_add(left, NULL, json_copy(run->arena, json_at(array, i)), run->arena);
    }
    if (json_count(left) == count)
        return;
    if (json_count(left))
        remedy_set(out, list, left);
    else
        remedy_remove(out, list);
}

const char *last_operation(const struct run *run, const char *list, const char *const *ops)
{
    const struct json *array = json_find(run->arena, run->config, list);
    const char *last = "";

    for (const struct json *at = array ? array->child : NULL; at; at = at->next) {
        const struct json *op = json_get(at, "op");

        if (op && op->type == JSON_STRING && is_one_of(op->string, ops))
            last = op->string;
    }
    return last;
}

bool remedy_scale_rate(const struct run *run, struct remedy *out, double factor)
{
    double rate = setting_number(run, "optimizer.lr", run_number(run, "train/rate"));

    if (!(rate > 0))
        return false;
    /* 0.1 has no exact form, 10 has: 0.001 becomes 0.0001 and not a number beside it. */
    remedy_set_number(run, out, "optimizer.lr", factor < 1 ? rate / (1 / factor) : rate * factor);
    return true;
}
