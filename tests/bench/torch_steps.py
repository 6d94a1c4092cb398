"""PyTorch's side of bench_steps: answers "WORKLOAD OPTIMIZER SECONDS" with the median time of one training step in
milliseconds. Networks, batch sizes and optimizers are those of the table in workloads.c; one thread."""
import os
import statistics
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

try:
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy
except ImportError:
    sys.exit(0)  # nothing to compare with

WARM_UP, LEAST, MOST = 10, 15, 2000  # steps, as on the other side


class LastState(nn.Module):
    """An LSTM whose last state is classified."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 128, batch_first=True)
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.out(states[:, -1])


class Encoder(nn.Module):
    """Two post-norm transformer layers over embedded tokens with learned positions; the mean over time is classified."""

    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(64, 128)
        self.positions = nn.Parameter(torch.zeros(64, 128))
        layer = nn.TransformerEncoderLayer(128, nhead=4, dim_feedforward=512, dropout=0.0, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers=2, enable_nested_tensor=False)
        self.out = nn.Linear(128, 10)

    def forward(self, x):
        return self.out(self.layers(self.tokens(x) + self.positions).mean(dim=1))


def dense(*widths):
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]


def lenet(kernel, paddings, flat):
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel, padding=paddings[0]), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, kernel, padding=paddings[1]), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), *dense(flat, 120, 84, 10))


def convolutions():
    blocks, before = [], 3
    for channels in (32, 64, 128):
        blocks += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
                   nn.MaxPool2d(2)]
        before = channels
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(128, 10))


NETWORKS = {
    "mlp": (lambda: nn.Sequential(*dense(784, 512, 512, 10)), (784,)),
    "tiny": (lambda: nn.Sequential(*dense(64, 32, 10)), (64,)),
    "lenet8": (lambda: lenet(3, (1, 1), 64), (1, 8, 8)),
    "lenet28": (lambda: lenet(5, (2, 0), 400), (1, 28, 28)),
    "cnn32": (convolutions, (3, 32, 32)),
    "lstm": (LastState, (64, 32)),
    "transformer": (Encoder, (64,)),
}
OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
}


def measure(workload, kind, seconds):
    name, batch = workload.rsplit("_b", 1)
    make, shape = NETWORKS[name]
    torch.manual_seed(0)
    model = make()
    optimizer = OPTIMIZERS[kind](model.parameters())
    size = (int(batch), *shape)
    x = torch.randint(64, size) if name == "transformer" else torch.randn(size)
    y = torch.randint(10, (int(batch),))

    def step():
        optimizer.zero_grad(set_to_none=True)
        cross_entropy(model(x), y).backward()
        optimizer.step()

    for _ in range(WARM_UP):
        step()
    times, begin = [], time.perf_counter()
    while len(times) < MOST and (len(times) < LEAST or time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def main():
    torch.set_num_threads(1)
    print("PyTorch", torch.__version__.split("+")[0], flush=True)
    for line in sys.stdin:
        workload, kind, seconds = line.split()
        print(f"{measure(workload, kind, float(seconds)):.6f}", flush=True)


if __name__ == "__main__":
    main()
