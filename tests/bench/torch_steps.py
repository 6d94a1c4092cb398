"""PyTorch's side of the training steps: answers "step WORKLOAD OPTIMIZER SECONDS" with the median time of one step in
milliseconds and how it was set up. Networks, batch sizes and optimizers are those of the table in workloads.c.
run: torch_steps.py THREADS stock|tuned      (tuned: the faster of foreach and fused optimizers)"""
import os
import re
import statistics
import sys
import time

THREADS, SETUP = int(sys.argv[1]), sys.argv[2]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(THREADS)

try:
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy
except ImportError:
    sys.exit(0)  # nothing to compare with

WARM_UP, WARM_SECONDS, WARM_LEAST, LEAST, MOST = 10, 0.1, 3, 7, 2000  # steps, as on the other side


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
    "sgd": lambda parameters, **how: torch.optim.SGD(parameters, lr=1e-3, momentum=0.9, **how),
    "adam": lambda parameters, **how: torch.optim.Adam(parameters, lr=1e-3, **how),
}
WAYS = {"stock": {"stock": {}}, "tuned": {"foreach": {"foreach": True}, "fused": {"fused": True}}}[SETUP]
chosen = {}  # by workload and optimizer: the way that was faster when first asked


def measure(workload, kind, seconds, how):
    name, batch = workload.rsplit("_b", 1)
    make, shape = NETWORKS[name]
    torch.manual_seed(0)
    model = make()
    optimizer = OPTIMIZERS[kind](model.parameters(), **how)
    size = (int(batch), *shape)
    x = torch.randint(64, size) if name == "transformer" else torch.randn(size)
    y = torch.randint(10, (int(batch),))

    def step():
        optimizer.zero_grad(set_to_none=True)
        cross_entropy(model(x), y).backward()
        optimizer.step()

    begin = time.perf_counter()
    for i in range(WARM_UP):
        if i >= WARM_LEAST and time.perf_counter() - begin > WARM_SECONDS:
            break
        step()
    times, begin = [], time.perf_counter()
    while len(times) < MOST and (len(times) < LEAST or time.perf_counter() - begin < seconds):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def answer(workload, kind, seconds):
    if (workload, kind) not in chosen:
        times = {} if len(WAYS) == 1 else {way: measure(workload, kind, seconds, how) for way, how in WAYS.items()}
        chosen[workload, kind] = min(WAYS, key=lambda way: times.get(way, 0))
    way = chosen[workload, kind]
    return measure(workload, kind, seconds, WAYS[way]), way


def libraries():
    """The BLAS and the convolutions that PyTorch was built with, as it tells."""
    told = torch.__config__.show()
    found = [re.search(r"BLAS_INFO=(\w+)", told), re.search(r"MKL-DNN v([\d.]+)", told)]
    words = {"mkl": "MKL", "open": "OpenBLAS"}
    names = [words.get(found[0][1], found[0][1]) if found[0] else "", "oneDNN " + found[1][1] if found[1] else ""]
    return ", ".join(name for name in names if name)


def main():
    torch.set_num_threads(THREADS)
    version = torch.__version__.split("+")[0]
    print(f"PyTorch {version} ({libraries()}; {torch.get_num_threads()} of its threads)", flush=True)
    for line in sys.stdin:
        _, workload, kind, seconds = line.split()
        print("%.6f %s" % answer(workload, kind, float(seconds)), flush=True)


if __name__ == "__main__":
    main()
