"""PyTorch's side of `mldbg overfit`, a whole process: one batch of 32 digits memorized by a 64-32-10 network with Adam,
until its loss is as small as `mldbg overfit` wants it: one hundredth of the best constant answer's.
run: torch_overfit.py DIGITS.csv"""
import sys

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy
except ImportError:
    sys.exit(0)  # nothing to compare with

table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, max_rows=32)
x = torch.tensor(table[:, :-1] / 16, dtype=torch.float32)
y = torch.tensor(table[:, -1], dtype=torch.long)
shares = torch.bincount(y) / len(y)
chance = -(shares * shares.clamp(min=1e-9).log()).sum().item()

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(2000):
    loss = cross_entropy(model(x), y)
    if loss.item() <= 0.01 * chance:
        break
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f"memorized at step {step}: loss {loss.item():.4f}")
