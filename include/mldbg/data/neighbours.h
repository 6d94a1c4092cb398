/*
 * How often the nearest row has another label: a bound of the error that no model can go below (Cover and
 * Hart, "Nearest neighbor pattern classification", 1967).
 */
#ifndef MLDBG_DATA_NEIGHBOURS_H
#define MLDBG_DATA_NEIGHBOURS_H

#include <mldbg/data.h>

struct neighbours {
    int64_t rows;    /* that were asked, each against all others of them */
    int64_t errors;  /* whose nearest row has another label */
    int64_t classes; /* that occur among them */
};

/*
 * Leave-one-out over the scaled inputs of a split, by squared distance; indices are as far apart as they are
 * unequal. Of many or wide rows only some, drawn by the seed, so that it takes less than a second. False
 * where the question makes no sense: numbers instead of classes, fewer than two rows.
 */
bool data_neighbours(const struct data *data, const struct dataset *set, uint64_t seed,
                     struct neighbours *out);

#endif
