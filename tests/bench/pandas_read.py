"""pandas' side of reading a numeric CSV: answers "read FILE" with the seconds that read_csv into float32 takes, the
columns' names read before, and the rows. The last column is taken as whole numbers, as labels are.

usage: pandas_read.py THREADS; with 1 it stays on one core, since it takes a second one where it can."""
import os
import sys
import time

if sys.argv[1] == "1" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

try:
    import numpy as np
    import pandas as pd
except ImportError:
    sys.exit(0)  # nothing to compare with

print("pandas", pd.__version__, flush=True)
for line in sys.stdin:
    path = line.split()[1]
    names = list(pd.read_csv(path, nrows=0).columns)
    kinds = {name: np.float32 for name in names[:-1]} | {names[-1]: np.int32}
    start = time.perf_counter()
    table = pd.read_csv(path, dtype=kinds)
    inputs, labels = table[names[:-1]].to_numpy(), table[names[-1]].to_numpy()
    print(f"{time.perf_counter() - start:.6f} {len(inputs)}", flush=True)
