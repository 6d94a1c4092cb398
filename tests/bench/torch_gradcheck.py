"""PyTorch's side of `mldbg gradcheck`: torch.autograd.gradcheck of LeNet on 8 x 8, every parameter, 8 rows, one thread.
Only the check itself is timed. run: torch_gradcheck.py DIGITS.csv"""
import sys
import time

try:
    import numpy as np
    import torch
    from torch import nn
    from torch.func import functional_call
    from torch.nn.functional import cross_entropy
except ImportError:
    sys.exit(0)  # nothing to compare with

torch.set_num_threads(1)  # two only slow such small operations down
table = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, max_rows=8)
x = torch.tensor(table[:, :-1] / 16, dtype=torch.float64).reshape(8, 1, 8, 8)
y = torch.tensor(table[:, -1], dtype=torch.long)
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(64, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)).double()
names, values = zip(*[(name, value.detach().clone().requires_grad_()) for name, value in model.named_parameters()])


def loss(*parameters):
    return cross_entropy(functional_call(model, dict(zip(names, parameters)), (x,)), y)


start = time.perf_counter()
right = torch.autograd.gradcheck(loss, values, raise_exception=False)
seconds = time.perf_counter() - start
print(f"{sum(value.numel() for value in values):,} parameters {'right' if right else 'wrong'}")
print(f"seconds {seconds:.3f}")
