"""pandas' side of reading a numeric CSV: answers "read FILE" with the seconds that read_csv into float32 takes, the
columns' names read before, and the rows. The last column is taken as whole numbers, as labels are."""
import sys
import time

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
