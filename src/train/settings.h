/* The option tables of the config's own parts, shared by the reader and the schema. */
#ifndef MLDBG_TRAIN_SETTINGS_H
#define MLDBG_TRAIN_SETTINGS_H

#include <mldbg/base/option.h>

extern const struct option_table top_table, train_table, overfit_table, target_table;

#endif
