/*
 * A table as bytes: the head holds its columns, what was counted in them and their words, the body its rows.
 * One walk over the fields serves both ways, so that what is written is what is read.
 */
#include "table_cache.h"

#include <string.h>
#include <sys/stat.h>

#include <mldbg/base/text.h>

/*
 * From a text of this size on a second `mldbg check` takes a tenth less time of the processor, as
 * measured: 5.15 ms, not 5.8. At half of it 0.2 ms are left of 4.5, at an eighth 0.1.
 */
static const off_t TEXT_LEAST = 1 << 19;

/* To be raised when a file would be read differently, or the head changes. */
static const int64_t VERSION = 1;

/* ---- The key ---- */

static void add_number(struct fingerprint *print, int64_t number)
{
    fingerprint_add(print, &number, sizeof number);
}

/* Texts are told apart from each other and from none by their ends. */
static void add_text(struct fingerprint *print, const char *text)
{
    add_number(print, text ? (int64_t)strlen(text) : -1);
    if (text)
        fingerprint_add(print, text, strlen(text));
}

static void add_texts(struct fingerprint *print, const struct texts *texts)
{
    add_number(print, (int64_t)texts->count);
    for (size_t i = 0; i < texts->count; i++)
        add_text(print, texts->at[i]);
}

/* What of a config decides the roles and types of columns, and which rows are left out. */
static void add_spec(struct fingerprint *print, const struct data_spec *spec)
{
    add_number(print, spec->lenient);
    add_number(print, spec->missing);
    add_texts(print, &spec->label);
    add_texts(print, &spec->features);
    add_texts(print, &spec->ignore);
    add_text(print, spec->group);
    add_number(print, (int64_t)spec->category_count);
    for (size_t i = 0; i < spec->category_count; i++) {
        add_text(print, spec->categories[i].column);
        add_number(print, spec->categories[i].index);
    }
    add_number(print, (int64_t)spec->input_count);
    for (size_t i = 0; i < spec->input_count; i++)
        add_texts(print, &spec->inputs[i].columns);
}

/* Columns of the train table, with the words that they know by now. */
static void add_like(struct fingerprint *print, const struct table *like)
{
    add_number(print, (int64_t)like->column_count);
    for (size_t i = 0; i < like->column_count; i++) {
        const struct table_column *column = &like->columns[i];
        add_text(print, column->name);
        add_number(print, column->role);
        add_number(print, column->categorical);
        add_number(print, (int64_t)column->words_of_train);
        add_number(print, column->words ? (int64_t)column->words->count : -1);
        for (size_t k = 0; column->words && k < column->words->count; k++)
            add_text(print, column->words->at[k]);
    }
}

bool table_key(struct arena *arena, const struct table_request *request, struct cache_key *key)
{
    struct fingerprint print = fingerprint_start();
    size_t length = 0;
    struct stat status;
    if (!cache_folder(arena) || stat(request->path, &status) != 0 || status.st_size < TEXT_LEAST ||
        !fingerprint_file(request->path, &key->content, &length))
        return false;
    add_number(&print, VERSION);
    add_number(&print, request->separator);
    add_number(&print, request->header);
    add_number(&print, request->spec != NULL);
    if (request->spec)
        add_spec(&print, request->spec);
    add_number(&print, request->like != NULL);
    if (request->like)
        add_like(&print, request->like);
    key->length = length;
    key->manner = fingerprint_value(&print);
    return true;
}

/* ---- The head ---- */

/* A walk over a table: into text, or out of bytes. */
struct walk {
    struct text *out; /* NULL: reading */
    struct arena *arena;
    const char *at, *end;
    bool good;
};

static bool take(struct walk *walk, void *to, size_t length)
{
    walk->good = walk->good && (size_t)(walk->end - walk->at) >= length;
    if (!walk->good)
        return false;
    memcpy(to, walk->at, length);
    walk->at += length;
    return true;
}

/* The number as it is, or as it was. */
static int64_t number(struct walk *walk, int64_t value)
{
    if (walk->out)
        text_add_bytes(walk->out, (const char *)&value, sizeof value);
    else if (!take(walk, &value, sizeof value))
        return 0;
    return value;
}

/* The same for a text, which may be NULL. */
static const char *words(struct walk *walk, const char *text)
{
    int64_t length = number(walk, text ? (int64_t)strlen(text) : -1);
    if (walk->out) {
        if (text)
            text_add_bytes(walk->out, text, (size_t)length);
        return text;
    }
    walk->good = walk->good && length >= -1 && length <= walk->end - walk->at;
    if (!walk->good || length < 0)
        return NULL;
    text = arena_copy(walk->arena, walk->at, (size_t)length);
    walk->at += length;
    return text;
}

static void walk_counts(struct walk *walk, struct table_column *column)
{
    int64_t *const counts[] = {&column->value_slot,      &column->code_slot,
                               &column->numbers,         &column->texts,
                               &column->missing,         &column->nonfinite,
                               &column->overflow,        &column->underflow,
                               &column->inexact,         &column->odd,
                               &column->padded,          &column->first_missing,
                               &column->first_nonfinite, &column->first_overflow,
                               &column->first_inexact,   &column->first_text,
                               &column->first_odd};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        *counts[i] = number(walk, *counts[i]);
    column->text = words(walk, column->text);
    column->odd_text = words(walk, column->odd_text);
    column->overflow_text = words(walk, column->overflow_text);
    column->looks = (enum looks)number(walk, column->looks);
    column->odd_looks = (enum looks)number(walk, column->odd_looks);
    column->words_of_train = (size_t)number(walk, (int64_t)column->words_of_train);
}

/* All words of a column. Those that it knew before this table was read are part of the key, and held already.
 */
static void walk_words(struct walk *walk, struct table_column *column)
{
    int64_t count = number(walk, column->words ? (int64_t)column->words->count : -1);
    if (!walk->out && count >= 0 && !column->words)
        column->words = arena_alloc(walk->arena, sizeof *column->words);
    for (int64_t i = 0; i < count && walk->good; i++) {
        const char *word = words(walk, walk->out ? column->words->at[i] : NULL);
        if (!walk->out && word)
            words_add(walk->arena, column->words, word, strlen(word), SIZE_MAX);
    }
}

static bool is_slot(const struct table *table, int64_t slot)
{
    return slot >= -1 && slot < (int64_t)table->width;
}

static void walk_column(struct walk *walk, const struct table *table, struct table_column *column)
{
    column->name = words(walk, column->name);
    column->role = (enum role)number(walk, column->role);
    column->categorical = number(walk, column->categorical);
    column->chosen = number(walk, column->chosen);
    walk_counts(walk, column);
    walk->good = walk->good && column->name && is_slot(table, column->value_slot) &&
                 is_slot(table, column->code_slot) && column->looks < LOOKS_COUNT &&
                 column->odd_looks < LOOKS_COUNT && column->role <= ROLE_IGNORED;
}

static void walk_table(struct walk *walk, struct table *table)
{
    table->rows = number(walk, table->rows);
    table->dropped = number(walk, table->dropped);
    table->width = (size_t)number(walk, (int64_t)table->width);
    table->chunk_rows = (size_t)number(walk, (int64_t)table->chunk_rows);
    table->column_count = (size_t)number(walk, (int64_t)table->column_count);
    if (!walk->out) {
        size_t left = (size_t)(walk->end - walk->at);
        walk->good = walk->good && table->rows > 0 && table->width > 0 && table->chunk_rows > 0 &&
                     table->column_count > 0 && table->column_count <= left &&
                     table->width <= 2 * table->column_count + 1;
        if (!walk->good)
            return;
        table->columns = arena_array(table->arena, table->column_count, sizeof *table->columns);
    }
    for (size_t i = 0; i < table->column_count && walk->good; i++)
        walk_column(walk, table, &table->columns[i]);
}

/* ---- The body ---- */

static size_t rows_of_chunk(const struct table *table, size_t chunk)
{
    size_t left = (size_t)table->rows - chunk * table->chunk_rows;
    return left < table->chunk_rows ? left : table->chunk_rows;
}

static bool take_rows(struct table *table, struct cache_entry *entry)
{
    size_t row = table->width * sizeof(double);
    if (entry->body / row != (uint64_t)table->rows || entry->body % row != 0)
        return false;
    for (size_t done = 0; done < (size_t)table->rows; done += table->chunk_rows) {
        size_t rows = rows_of_chunk(table, table->chunk_count);
        double **chunk = arena_append(table->arena, &table->chunks, &table->chunk_count,
                                      &table->chunk_capacity, sizeof *table->chunks);
        *chunk = arena_array(table->arena, rows, row);
        if (!cache_take(entry, *chunk, rows * row))
            return false;
    }
    return true;
}

/* The columns of a held-out table have the names and words of train. */
static bool join(const struct table_request *request, struct table *table)
{
    if (request->like && request->like->column_count != table->column_count)
        return false;
    for (size_t i = 0; request->like && i < table->column_count; i++) {
        table->columns[i].name = request->like->columns[i].name;
        table->columns[i].words = request->like->columns[i].words;
    }
    return true;
}

bool table_find(const struct table_request *request, const struct cache_key *key, struct table *table)
{
    struct cache_entry entry;
    struct bytes head;
    struct table found = {.arena = table->arena, .path = table->path, .name = table->name};
    if (!cache_find(table->arena, key, &entry, &head))
        return false;
    struct walk walk = {.arena = table->arena, .at = head.at, .end = head.at + head.length, .good = true};
    walk_table(&walk, &found);
    bool good = walk.good && take_rows(&found, &entry);
    if (!cache_close(&entry) || !good || !join(request, &found))
        return false;
    /* Last, when nothing else can fail: words are added to those of train. */
    for (size_t i = 0; i < found.column_count; i++)
        walk_words(&walk, &found.columns[i]);
    if (!walk.good || walk.at != walk.end)
        return false;
    *table = found;
    return true;
}

void table_keep(const struct table *table, const struct cache_key *key)
{
    struct arena scratch;
    struct text head;
    struct cache_draft draft;
    struct table walked = *table;
    arena_init(&scratch, "keeping a table");
    text_init(&head, &scratch);
    struct walk walk = {.out = &head, .arena = &scratch, .good = true};
    walk_table(&walk, &walked);
    for (size_t i = 0; i < table->column_count; i++)
        walk_words(&walk, &walked.columns[i]);
    cache_begin(&scratch, key, head.at, head.length, &draft);
    for (size_t i = 0; i < table->chunk_count; i++)
        cache_add(&draft, table->chunks[i], rows_of_chunk(table, i) * table->width * sizeof(double));
    cache_end(&draft, true);
    arena_release(&scratch);
}
