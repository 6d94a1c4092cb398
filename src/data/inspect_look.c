/* What a column looks like, judged from its tally and its name. Looks at no cell again. */
#include "inspect_inside.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include <mldbg/base/text.h>

/* A column with at least this share of numbers is one of numbers whose other cells are broken: as in loading.
 */
static const double NUMBERS_SHARE = 0.9;

/* Cells that must be dates before the others are taken for slips. */
static const double DATES_SHARE = 0.99;

/* A column of which more is missing tells too little to be guessed at. */
static const double MISSING_SHARE = 0.5;

/* Texts of more kinds are names or sentences: one input each would cost more than they tell. */
enum { CATEGORIES_MOST = 50 };

/* Fewer groups than this cannot be dealt to three splits in fair shares. */
enum { GROUPS_LEAST = 10 };

/* Every value another one says something only where there are some rows. */
enum { DISTINCT_ROWS = 10 };

/* Names of what several rows belong to; rows of one must not stand in two splits. */
static const char *const group_words[] = {"patient",     "subject", "user",    "customer", "client",
                                          "participant", "person",  "session", "member",   "household",
                                          "family",      "speaker", "writer",  "author",   "device",
                                          "group",       "account", "player",  NULL};
static const char *const time_words[] = {"date",  "time", "timestamp", "datetime", "day",
                                         "month", "year", "week",      NULL};
static const char *const id_words[] = {"id", "uuid", "guid", "key", "rowid", NULL};
/* Behind the name of a group: "patient_no". */
static const char *const endings[] = {"id", "ids", "key", "no", "nr", "number", "name", NULL};

static bool is_joint(char c)
{
    return c == '_' || c == '-' || c == ' ' || c == '.' || c == ':';
}

/* The last word of a name, an ending of capitals included: "user_id", "user.id" and "userID" end in id. */
static const char *last_word(const char *name)
{
    const char *word = name;
    for (const char *at = name; *at; at++)
        if (is_joint(*at) || (at > name && *at >= 'A' && *at <= 'Z' && at[-1] >= 'a' && at[-1] <= 'z'))
            word = is_joint(*at) ? at + 1 : at;
    return word;
}

static bool is_among(const char *name, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && strncasecmp(name, *words, length) == 0)
            return true;
    return false;
}

bool inspect_named(const char *name, const char *const *words)
{
    const char *last = last_word(name);
    size_t length = (size_t)(last - name);

    if (is_among(name, strlen(name), words) || is_among(last, strlen(last), words))
        return true;
    while (length > 0 && is_joint(name[length - 1]))
        length--;
    return length > 0 && is_among(last, strlen(last), endings) && is_among(name, length, words);
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

bool inspect_is_iso(const char *text)
{
    return digits(text) == 4 && text[4] == '-' && digits(text + 5) == 2 && text[7] == '-' &&
           digits(text + 8) == 2 && (text[10] == '\0' || text[10] == 'T' || text[10] == ' ');
}

bool inspect_is_date(const char *text)
{
    size_t first = digits(text);
    if (first < 1 || first > 4 || !text[first] || !strchr("./- ", text[first]))
        return false;
    const char *second = text + first + 1;
    size_t length = digits(second);
    if (length == 0)
        length = strspn(second, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 ? 3 : 0;
    if (length < 1 || length > 3 || second[length] != text[first])
        return false;
    const char *third = second + length + 1;
    length = digits(third);
    /* 1.2.3 is the number of a version. */
    return length >= 1 && length <= 4 && first + length > 2 &&
           (third[length] == '\0' || third[length] == ' ');
}

/* ---- Looks in the order in which they are asked; each sets the reason where it holds ---- */

struct judging {
    struct arena *arena;
    const struct tally *tally;
    int64_t rows;
    struct inspected_column *column;
};

static const char *share_of(const struct judging *judging, int64_t count)
{
    return arena_print(judging->arena, "%s of %s cells", text_count(judging->arena, count),
                       text_count(judging->arena, judging->rows));
}

static bool is_empty(const struct judging *judging)
{
    judging->column->reason =
        arena_print(judging->arena, "%s are missing", share_of(judging, judging->tally->missing));
    return judging->tally->cells == 0 ||
           (double)judging->tally->missing > MISSING_SHARE * (double)judging->rows;
}

static bool is_constant(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    judging->column->reason = "the same value in every row";
    return tally->texts == 0 && tally->infinite == 0 ? tally->min == tally->max
                                                     : tally->counting && tally->words.count == 1;
}

static bool is_moment(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    if (tally->numbers == 0) {
        judging->column->reason = tally->ordinals == tally->texts ? "dates" : "dates, but not in ISO form";
        return (double)tally->dates >= DATES_SHARE * (double)tally->cells;
    }
    judging->column->reason = "its name, and its values never fall from row to row";
    return tally->texts == 0 && tally->ordered && judging->rows >= DISTINCT_ROWS &&
           inspect_named(judging->column->name, time_words);
}

static const char *not_numbers(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    const char *cells = tally->texts == 1 ? "one cell is"
                                          : arena_print(judging->arena, "%s cells are",
                                                        text_count(judging->arena, tally->texts));
    enum looks looks = cell_looks(tally->odd_text);

    return arena_print(judging->arena, "%s no number: \"%s\" in line %s%s%s", cells, tally->odd_text,
                       text_count(judging->arena, tally->odd_line),
                       looks == LOOKS_TEXT ? "" : ", which looks like ",
                       looks == LOOKS_TEXT ? "" : looks_name(looks));
}

static bool is_broken(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    struct arena *arena = judging->arena;
    double known = (double)(tally->numbers + tally->texts);

    if (tally->infinite > 0 && tally->numbers > 0)
        judging->column->reason =
            arena_print(arena, "an infinity in line %s", text_count(arena, tally->infinite_line));
    else if (tally->overflow > 0)
        judging->column->reason =
            arena_print(arena, "too large for float32 in line %s", text_count(arena, tally->overflow_line));
    else if (tally->odd_text)
        judging->column->reason = not_numbers(judging);
    return (tally->infinite > 0 && tally->numbers > 0) || tally->overflow > 0 ||
           (tally->texts > 0 &&
            ((double)tally->numbers >= NUMBERS_SHARE * known ||
             (tally->odd > 0 && (double)(tally->numbers + tally->odd) >= NUMBERS_SHARE * known)));
}

static bool is_identifier(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    bool named = inspect_named(judging->column->name, id_words);

    judging->column->reason = "another value in every row";
    if (tally->repeats || tally->cells < DISTINCT_ROWS)
        return false;
    return tally->texts > 0 || (tally->whole && (tally->stepping || named));
}

static bool is_group(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    int64_t distinct = (int64_t)tally->words.count;

    judging->column->reason =
        arena_print(judging->arena, "its name, and %s different values in %s rows",
                    text_count(judging->arena, distinct), text_count(judging->arena, judging->rows));
    return tally->counting && (tally->whole || tally->texts > 0) && distinct >= GROUPS_LEAST &&
           2 * distinct <= judging->rows && inspect_named(judging->column->name, group_words);
}

static bool is_category(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    judging->column->reason = arena_print(judging->arena, "%zu different texts", tally->words.count);
    return tally->texts > 0 && tally->counting && tally->words.count <= CATEGORIES_MOST &&
           (tally->words.count <= 2 || 2 * (int64_t)tally->words.count <= tally->cells);
}

static bool is_text(const struct judging *judging)
{
    const struct tally *tally = judging->tally;
    judging->column->reason =
        arena_print(judging->arena, "%s%s different texts", tally->counting ? "" : "more than ",
                    text_count(judging->arena, (int64_t)tally->words.count));
    return tally->texts > 0;
}

static bool is_number(const struct judging *judging)
{
    judging->column->reason = "numbers";
    return true;
}

static const struct {
    enum look look;
    bool (*holds)(const struct judging *judging);
} looks[] = {
    {LOOK_empty, is_empty},       {LOOK_constant, is_constant}, {LOOK_moment, is_moment},
    {LOOK_broken, is_broken},     {LOOK_group, is_group},       {LOOK_identifier, is_identifier},
    {LOOK_category, is_category}, {LOOK_text, is_text},         {LOOK_number, is_number},
};

void inspect_judge(struct arena *arena, const struct tally *tally, int64_t rows, size_t words_most,
                   struct inspected_column *column)
{
    const struct judging judging = {arena, tally, rows, column};
    bool counted = tally->counting && (tally->whole || tally->texts > 0);
    size_t which = 0;

    column->numbers = tally->numbers;
    column->missing = tally->missing;
    column->distinct = counted ? (int64_t)tally->words.count : (int64_t)words_most + 1;
    column->whole = tally->whole && tally->numbers > 0;
    column->ordered = tally->ordered && (tally->numbers == tally->cells || tally->ordinals == tally->cells);
    column->min = tally->numbers > 0 ? tally->min : (double)NAN;
    column->max = tally->numbers > 0 ? tally->max : (double)NAN;
    for (size_t i = 0; counted && i < tally->words.count; i++)
        if (i == 0 || tally->count[i] < column->rarest)
            column->rarest = tally->count[i];
    while (!looks[which].holds(&judging))
        which++;
    column->look = looks[which].look;
}
