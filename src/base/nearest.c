/* Edit distance and suggestions for misspelt words. */
#include "nearest.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <mldbg/base/text.h>

enum {
    WORD_MOST = 255,  /* longer words are compared for equality alone */
    PREFIX_LEAST = 3, /* letters that make the beginning of a name a suggestion */
    SHORT_WORD = 3    /* up to this length one edit is the limit, else everything resembles everything */
};

/* For suggestions upper and lower case, and the joints of words, are the same. */
static char folded(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c == '-' || c == ' ' || c == '.' ? '_' : c;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, replacements, and swaps of neighbours. */
static int distance(const char *a, const char *b, int limit, bool fold)
{
    size_t m = strlen(a), n = strlen(b);
    int rows[3][WORD_MOST + 1], *before = rows[0], *above = rows[1], *row = rows[2];

    if (strcmp(a, b) == 0)
        return 0;
    if (m > WORD_MOST || n > WORD_MOST || (m > n ? m - n : n - m) > (size_t)(limit < 0 ? 0 : limit))
        return limit + 1;
    for (size_t j = 0; j <= n; j++)
        above[j] = (int)j;
    memcpy(before, above, (n + 1) * sizeof *before);
    for (size_t i = 1; i <= m; i++) {
        int best = row[0] = (int)i;
        for (size_t j = 1; j <= n; j++) {
            char x = fold ? folded(a[i - 1]) : a[i - 1], y = fold ? folded(b[j - 1]) : b[j - 1];
            int cost = least(above[j - 1] + (x != y), 1 + least(above[j], row[j - 1]));
            if (i > 1 && j > 1 && x != y) {
                char p = fold ? folded(a[i - 2]) : a[i - 2], q = fold ? folded(b[j - 2]) : b[j - 2];
                if (x == q && p == y)
                    cost = least(cost, before[j - 2] + 1);
            }
            row[j] = cost;
            best = least(best, cost);
        }
        if (best > limit)
            return limit + 1;
        int *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return least(above[n], limit + 1);
}

int text_distance(const char *a, const char *b, int limit)
{
    return distance(a, b, limit, false);
}

/* Whether the shorter word begins the longer one. */
static bool begins(const char *word, const char *name)
{
    size_t length = 0;
    while (word[length] && name[length] && folded(word[length]) == folded(name[length]))
        length++;
    return length >= PREFIX_LEAST && !word[length];
}

int nearest_score(const char *word, const char *name)
{
    int length = (int)least((int)strnlen(word, WORD_MOST + 1), WORD_MOST + 1);
    int limit = length <= SHORT_WORD ? 1 : length / 3 > 2 ? length / 3 : 2;
    if (limit >= length)
        limit = length - 1;

    /* Of two names that are equally near, the one in the same case wins. */
    int folds = limit < 0 ? limit + 1 : distance(word, name, limit, true);
    if (folds <= limit)
        return 2 * folds + (strcmp(word, name) != 0 && distance(word, name, folds, false) > folds);
    return begins(word, name) ? 2 * WORD_MOST + (int)strnlen(name, WORD_MOST) : -1;
}

const char *text_nearest(const char *word, const char *const *names, size_t count)
{
    const char *best = NULL;
    int lowest = INT_MAX;

    for (size_t i = 0; i < count; i++) {
        int score = nearest_score(word, names[i]);
        if (score >= 0 && score < lowest) {
            lowest = score;
            best = names[i];
        }
    }
    return best;
}
