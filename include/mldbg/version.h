/* The version of mldbg, in run records and in `mldbg --version`. */
#ifndef MLDBG_VERSION_H
#define MLDBG_VERSION_H

#define MLDBG_VERSION "0.1.0"

#endif
