"""Faults planted into data that no net gets near zero error on, and healthy configs of the same data.

    harder.py MLDBG DATASETS [--seeds 1,2,3,4,5] [--keep FOLDER] [--only DATA] [--list] [--check]

The data: breast cancer and diabetes as they are, digits with 20 % of the labels drawn anew, a linear regression with as
much noise as signal. Asks `mldbg doctor` of every config and prints one row a data set: healthy configs and the errors on
them; planted faults, how many are flagged, named with the right category, and proved. --check ends with 1 when a healthy
config is called wrong or fewer than 0.7 of the faults are named on some data.
"""
import argparse
import collections
import concurrent.futures
import csv
import json
import os
import random
import subprocess
import sys
import tempfile

GOAL = 0.7
FLIPPED = 0.2
RELU = {"type": "relu"}


def linear(width, **settings):
    return {"type": "linear", "out_features": width, **settings}


def flip(source, target, seed):
    """Gives every fifth row, chosen by chance, another class."""
    chosen = random.Random(seed)
    with open(source, encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for row in rows[1:]:
        if chosen.random() < FLIPPED:
            row[-1] = str((int(row[-1]) + chosen.randint(1, 9)) % 10)
    with open(target, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def data_sets(datasets, folder):
    """name: (data, outputs, epochs)"""
    for part in ("train", "val"):
        flip(os.path.join(datasets, f"digits/digits-{part}.csv"), os.path.join(folder, f"flipped-{part}.csv"), part)
    split = {"val": 0.25, "test": 0.1}
    return {
        "breast-cancer": ({"train": os.path.join(datasets, "breast-cancer/breast-cancer.csv"), "split": split, "label": "diagnosis",
                           "scale": "standard"}, 2, 20),
        "diabetes": ({"train": os.path.join(datasets, "diabetes/diabetes.csv"), "split": split, "label": "progression", "scale": "standard",
                      "scale_target": "standard"}, 1, 30),
        "flipped-digits": ({"train": os.path.join(folder, "flipped-train.csv"), "val": os.path.join(folder, "flipped-val.csv"),
                            "label": "digit", "scale": "standard"}, 10, 8),
        "noisy-regression": ({"train": {"generator": "linreg", "rows": 600, "features": 8, "informative": 4, "noise": 1.0, "seed": 7},
                              "split": split, "scale": "standard", "scale_target": "standard"}, 1, 20),
    }


def base(data, outputs, epochs):
    numbers = "scale_target" in data
    return {"data": json.loads(json.dumps(data)), "model": [linear(32), RELU, linear(outputs)], "loss": "mse" if numbers else "cross_entropy",
            "task": "regression" if numbers else "classification", "optimizer": {"type": "adam", "lr": 0.003},
            "train": {"batch_size": 32, "epochs": epochs}}


def healthy(data, outputs, epochs):
    """Three architectures with two optimizers."""
    numbers = "scale_target" in data
    models = {"plain": [linear(32), RELU, linear(outputs)],
              "deep": [linear(32), RELU, linear(16), RELU, linear(outputs)],
              "tanh": [linear(24), {"type": "tanh"}, {"type": "dropout", "p": 0.1}, linear(outputs)]}
    optimizers = {"adam": {"type": "adam", "lr": 0.003}, "sgd": {"type": "sgd", "lr": 0.01 if numbers else 0.03, "momentum": 0.9}}
    for model, layers in models.items():
        for name, optimizer in optimizers.items():
            yield f"{model}-{name}", {**base(data, outputs, epochs), "model": layers, "optimizer": optimizer}


def faults(data, outputs, epochs):
    """Planted faults: name, config, categories that are right."""
    numbers = "scale_target" in data
    rate = {"learning_rate"}

    def with_(**settings):
        return {**base(data, outputs, epochs), **settings}

    def with_data(**settings):
        config = base(data, outputs, epochs)
        config["data"].update(settings)
        return config

    yield "rate-1000", with_(optimizer={"type": "sgd", "lr": 1000}), rate
    yield "rate-1e-7", with_(optimizer={"type": "adam", "lr": 1e-7}), rate
    yield "zero-init", with_(init="zeros"), {"init"}
    yield "sigmoid-tower", with_(model=[layer for _ in range(12) for layer in (linear(16), {"type": "sigmoid"})] + [linear(outputs)]), \
        {"hidden_activation", "architecture"}
    yield "dropout-0.9", with_(model=[linear(32), RELU, {"type": "dropout", "p": 0.9}, linear(32), RELU, {"type": "dropout", "p": 0.9},
                                      linear(outputs)]), {"regularization"}
    yield "factor--1", with_(loss={"type": base(data, outputs, epochs)["loss"], "factor": -1}), {"gradient", "loss"}
    yield "frozen", with_(model=[layer for _ in range(4) for layer in (linear(4, trainable=False), {"type": "sigmoid"})] + [linear(outputs)]), \
        {"gradient"}
    yield "unpaired", with_(train={"batch_size": 32, "epochs": epochs, "shuffle_labels": True}), {"labels"}
    yield "l2-1", with_(model=[linear(32, l2=1), RELU, linear(outputs, l2=1)]), {"regularization"}
    if numbers:
        yield "relu-head", with_(model=[linear(32), RELU, linear(outputs), RELU]), {"output_activation"}
        yield "raw-targets", {**with_data(scale_target="none", prepare=[{"op": "scale_y", "by": 100}]),
                              "optimizer": {"type": "sgd", "lr": 0.1}}, {"target_scaling", "learning_rate"}
    else:
        yield "softmax", with_(model=[linear(32), RELU, linear(outputs), {"type": "softmax"}], optimizer={"type": "sgd", "lr": 0.03}), \
            {"output_activation"}
        yield "val-apart", with_data(scale={"train": "standard", "val": {"divide": 255}}), {"data"}


def ask(mldbg, path, seed):
    done = subprocess.run([mldbg, "doctor", path, "--json", "--quiet", "--seed", str(seed)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return {"trouble": done.stderr.strip() or f"exit code {done.returncode}"}
    report = json.loads(done.stdout)
    facts = report["run"]["facts"]
    errors = [f for f in report["findings"] if f["severity"] == "error"]
    category = facts.get("proof/category", "") or next((f["category"] for f in errors if "category" in f), "")
    return {"flagged": report["outcome"] == "FAIL", "category": category, "form": facts.get("proof/form", "none"),
            "code": facts.get("proof/cause", "") or facts.get("proof/change", ""), "verdict": report["verdict"],
            "score": facts.get("proof/score", float("nan")), "best": facts.get("proof/reference", float("nan")),
            "certain": bool(errors)}


def jobs_of(options, folder):
    for name, parts in data_sets(options.datasets, folder).items():
        if options.only and name != options.only:
            continue
        listed = [(what, config, set()) for what, config in healthy(*parts)] + list(faults(*parts))
        for what, config, categories in listed:
            path = os.path.join(folder, f"{name}-{what}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(config, file, indent=1)
            for seed in options.seeds.split(","):
                yield name, what, categories, path, seed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mldbg")
    parser.add_argument("datasets")
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--keep")
    parser.add_argument("--only")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    options.datasets = os.path.abspath(options.datasets)
    rows, missed = collections.defaultdict(collections.Counter), collections.Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        os.makedirs(folder, exist_ok=True)
        jobs = list(jobs_of(options, folder))
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            answers = list(pool.map(lambda job: ask(options.mldbg, job[3], job[4]), jobs))
    for (name, what, categories, path, seed), answer in zip(jobs, answers):
        row = rows[name]
        if "trouble" in answer:
            print(f"{path}: {answer['trouble']}")
            row["refused"] += 1
            continue
        row["best"] += answer["best"]
        row["asked"] += 1
        named = answer["flagged"] and answer["category"] in categories
        if options.list:
            print(f"{name:16} {what:16} seed {seed}  {'flagged' if answer['flagged'] else '-':8} {answer['category']:18} {answer['code']:12} "
                  f"{answer['form']:11} {answer['score']:.3f} / {answer['best']:.3f}")
        if not categories:
            row["healthy"] += 1
            row["errors"] += answer["flagged"]
            if answer["flagged"]:
                print(f"error on {name}, {what}, seed {seed}: {answer['verdict']}")
            continue
        row["sick"] += 1
        row["flagged"] += answer["flagged"]
        row["named"] += named
        row["proved"] += named and answer["form"] != "none"
        missed[f"{name} {what}: {answer['category'] or 'silent'}"] += not named
    print(f"{'data':16} reference  healthy  errors  planted  flagged  named  proved  goal")
    bad = False
    for name, row in rows.items():
        sick = max(1, row["sick"])
        bad = bad or row["errors"] > 0 or row["refused"] > 0 or row["named"] < GOAL * sick
        print(f"{name:16} {row['best'] / max(1, row['asked']):9.2f}  {row['healthy']:7}  {row['errors']:6}  {row['sick']:7}  "
              f"{row['flagged'] / sick:7.2f}  {row['named'] / sick:5.2f}  {row['proved'] / sick:6.2f}  {GOAL}")
    for what, count in sorted(missed.items()):
        if count:
            print(f"  not named: {what}, {count} of {len(options.seeds.split(','))} seeds")
    return 1 if options.check and bad else 0


if __name__ == "__main__":
    sys.exit(main())
