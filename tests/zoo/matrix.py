"""Healthy configs of our own, architectures x data x optimizers x seeds: the doctor must raise no error on them.

    matrix.py MLDBG DATASETS [--seeds 1,2] [--keep FOLDER] [--check]

Writes the configs into a temporary folder, asks `mldbg doctor` of each, and prints one row a data set: configs, errors,
and how many did not reach the references (which makes a config doubtful, not healthy). --check ends with 1 when an error
was raised on more than 1 % of them.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

RELU, TANH = {"type": "relu"}, {"type": "tanh"}


def linear(width):
    return {"type": "linear", "out_features": width}


def plain(out):
    return [linear(64), RELU, linear(out)]


def deep(out):
    return [linear(64), RELU, linear(64), RELU, linear(32), RELU, linear(out)]


def tanh(out):
    return [linear(48), TANH, linear(out)]


def normalized(out):
    return [linear(64), {"type": "batchnorm"}, RELU, linear(32), {"type": "batchnorm"}, RELU, linear(out)]


def dropped(out):
    return [linear(96), RELU, {"type": "dropout", "p": 0.2}, linear(out)]


def smooth(out):
    return [linear(64), {"type": "gelu"}, {"type": "layernorm"}, linear(out)]


def convolved(out):
    return [{"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1}, RELU, {"type": "maxpool2d", "kernel_size": 2},
            {"type": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1}, RELU, {"type": "flatten"}, linear(out)]


def recurrent(out):
    return [{"type": "lstm", "hidden_size": 32}, linear(out)]


def gated(out):
    return [{"type": "gru", "hidden_size": 32}, linear(out)]


# Beside each: the factor of its rate in regression, whose gradient grows with the distance.
OPTIMIZERS = [
    ({"type": "adam", "lr": 0.003}, 1),
    ({"type": "adamw", "lr": 0.003, "weight_decay": 0.01}, 1),
    ({"type": "sgd", "lr": 0.05, "momentum": 0.9}, 0.1),
    ({"type": "rmsprop", "lr": 0.002}, 1),
]

TABLE = [plain, deep, tanh, normalized, dropped, smooth]
# name, data, outputs, epochs, architectures
DATA = [
    ("digits", {"train": "digits/digits-train.csv", "val": "digits/digits-val.csv", "label": "digit", "scale": "standard"}, 10, 15,
     [plain, deep, tanh, normalized, dropped, smooth]),
    ("digit-images", {"train": "digits/digits-train.csv", "val": "digits/digits-val.csv", "label": "digit", "scale": "standard",
                      "input_shape": [1, 8, 8]}, 10, 12, [convolved]),
    ("digit-rows", {"train": "digits/digits-train.csv", "val": "digits/digits-val.csv", "label": "digit", "scale": "standard",
                    "input_shape": [8, 8]}, 10, 15, [recurrent, gated]),
    ("iris", {"train": "iris/iris.csv", "split": {"val": 0.2}, "label": "species", "scale": "standard"}, 3, 60, TABLE),
    ("breast-cancer", {"train": "breast-cancer/breast-cancer.csv", "split": {"val": 0.2}, "label": "diagnosis", "scale": "standard"}, 2, 30, TABLE),
    ("wine", {"train": "wine/wine.csv", "split": {"val": 0.2}, "label": "cultivar", "scale": "standard"}, 3, 60, TABLE),
    ("diabetes", {"train": "diabetes/diabetes.csv", "split": {"val": 0.2}, "label": "progression", "scale": "standard",
                  "scale_target": "standard"}, 1, 20, [plain, tanh, dropped]),
    ("spirals", {"train": {"generator": "spirals", "rows": 600, "noise": 0.05}, "split": {"val": 0.2}, "scale": "standard"}, 2, 100,
     [plain, deep, tanh, normalized]),
    ("circles", {"train": {"generator": "circles", "rows": 500}, "split": {"val": 0.2}, "scale": "standard"}, 2, 60, TABLE),
    ("blobs", {"train": {"generator": "blobs", "rows": 500}, "split": {"val": 0.2}, "scale": "standard"}, None, 40, TABLE),
    ("clusters", {"train": {"generator": "clusters", "rows": 500}, "split": {"val": 0.2}, "scale": "standard"}, None, 40, TABLE),
    ("linreg", {"train": {"generator": "linreg", "rows": 400}, "split": {"val": 0.2}, "scale": "standard", "scale_target": "standard"},
     None, 60, [plain, deep, tanh]),
    ("func1d", {"train": {"generator": "func1d", "rows": 400}, "split": {"val": 0.2}, "scale": "standard", "scale_target": "standard"},
     None, 150, [plain, tanh]),
]


def widths(mldbg, datasets, data, folder):
    """Outputs that the data needs: asked of `mldbg check` with a model that any data fits."""
    path = os.path.join(folder, "width.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"data": located(datasets, data), "model": [{"type": "flatten"}, linear(1)], "loss": {"type": "mse", "broadcast": True}}, file)
    done = subprocess.run([mldbg, "check", path, "--json", "--quiet"], capture_output=True, text=True, check=False)
    facts = json.loads(done.stdout).get("run", {}).get("facts", {})
    return int(facts.get("data/classes", 0)) or int(facts.get("data/target_width", 1))


def located(datasets, data):
    return {key: os.path.join(datasets, value) if isinstance(value, str) and value.endswith(".csv") else value for key, value in data.items()}


def configs(options, folder):
    for name, data, outputs, epochs, architectures in DATA:
        outputs = outputs or widths(options.mldbg, options.datasets, data, folder)
        for architecture in architectures:
            for optimizer, factor in OPTIMIZERS:
                if optimizer["type"] == "sgd" and architecture in (recurrent, gated):
                    continue
                path = os.path.join(folder, f"{name}-{architecture.__name__}-{optimizer['type']}.json")
                body = {"name": os.path.basename(path)[:-5], "data": located(options.datasets, data), "model": architecture(outputs),
                        "loss": "mse" if name in ("diabetes", "linreg", "func1d") else "cross_entropy",
                        "optimizer": optimizer, "train": {"batch_size": 32, "epochs": epochs}}
                if body["loss"] == "mse":
                    body["task"] = "regression"
                    body["optimizer"] = dict(optimizer, lr=optimizer["lr"] * factor)
                with open(path, "w", encoding="utf-8") as file:
                    json.dump(body, file, indent=1)
                yield name, path


def ask(mldbg, path, seed):
    done = subprocess.run([mldbg, "doctor", path, "--json", "--quiet", "--seed", str(seed)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return {"trouble": done.stderr.strip() or f"exit code {done.returncode}"}
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mldbg")
    parser.add_argument("datasets")
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--keep")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.datasets = os.path.abspath(options.datasets)
    counts = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        jobs = [(name, path, seed) for name, path in configs(options, folder) for seed in options.seeds.split(",")]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            answers = list(pool.map(lambda job: ask(options.mldbg, job[1], job[2]), jobs))
    for (name, path, seed), answer in zip(jobs, answers):
        counts[name]["configs"] += 1
        if "trouble" in answer:
            counts[name]["refused"] += 1
            print(f"{path}: {answer['trouble']}")
            continue
        counts[name]["below the references"] += answer["run"]["facts"].get("proof/failing", 0)
        if answer["outcome"] == "FAIL":
            counts[name]["errors"] += 1
            print(f"error on {os.path.basename(path)}, seed {seed}: {answer['verdict']}")
    print(f"{'data':16} configs  errors  below the references  refused")
    total = collections.Counter()
    for name, row in counts.items():
        total.update(row)
        print(f"{name:16} {row['configs']:7}  {row['errors']:6}  {row['below the references']:20.0f}  {row['refused']:7}")
    print(f"{'all':16} {total['configs']:7}  {total['errors']:6}  {total['below the references']:20.0f}  {total['refused']:7}")
    return 1 if options.check and (total["errors"] > 0.01 * total["configs"] or total["refused"]) else 0


if __name__ == "__main__":
    sys.exit(main())
