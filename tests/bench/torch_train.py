"""PyTorch's side of `mldbg train`, a whole process: 20 epochs of a 64-32-10 network, Adam, batches of 32 cut by hand.
run: torch_train.py FOLDER      (it holds train.csv and test.csv)"""
import sys

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy
except ImportError:
    sys.exit(0)  # nothing to compare with


def read(name):
    table = np.loadtxt(f"{sys.argv[1]}/{name}", delimiter=",", skiprows=1)
    return torch.tensor(table[:, :-1] / 16, dtype=torch.float32), torch.tensor(table[:, -1], dtype=torch.long)


(x, y), (test_x, test_y) = read("train.csv"), read("test.csv")
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(20):
    for rows in torch.randperm(len(x)).split(32):
        optimizer.zero_grad()
        cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
right = (model(test_x).argmax(1) == test_y).float().mean().item()
print(f"test {len(test_x)} rows, accuracy {100 * right:.2f} %")
