#!/usr/bin/env python3
"""Turns the cases of the zoo into configs of mldbg.

    convert.py [CASES.json [FOLDER]]

A case describes a faulty training and its repair in Keras's words (layer kinds, losses on probabilities, defaults). For
each the folder gets NAME/buggy.json, NAME/fixed.json and NAME/verdict.json: which categories a right diagnosis may
name, whether the repaired training (the control) is healthy, and whether mldbg must refuse the config. Needs nothing
but Python's standard library. A word that it does not know is an error: nothing is left out silently.
"""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATASETS = os.path.join(HERE, "..", "..", "datasets")

CLIP = 1e-7  # Keras's epsilon
HELD_OUT = 0.2  # share of the rows that are held out, where there are enough
FEWEST_TO_SPLIT = 60  # rows

# ---- Data ----

# Sets of real rows: files under datasets/ that are put together, column of the answer, shape of a row.
SETS = {
    "digits8x8": (["digits/digits-train.csv", "digits/digits-val.csv", "digits/digits-testval.csv",
                   "digits/digits-test.csv"], {"label": "digit", "input_shape": [1, 8, 8]}),
    "iris": (["iris/iris.csv"], {"label": "species"}),
    "breast_cancer": (["breast-cancer/breast-cancer.csv"], {"label": "diagnosis"}),
}
PIXEL = 16  # the digits of the cases hold 0..255, those of the file 0..16

# Generators whose name differs here.
GENERATORS = {"const": "constants"}
# What is not a setting of the generator.
OUTSIDE = {"gen", "n", "test_frac", "reshape", "flat", "keep", "leak"}


def data_of(block):
    data = block["data"]
    kind = data["gen"]
    out = {}
    if kind in SETS:
        out["train"] = f"../{kind}.csv"
        out.update(SETS[kind][1])
        if data.get("flat"):
            del out["input_shape"]
        if "keep" in data:
            out["keep_classes"] = [str(label) for label in data["keep"]]
        rows = None
    else:
        source = {"generator": GENERATORS.get(kind, kind)}
        if "n" in data:
            source["rows"] = data["n"]
        source.update((key, value) for key, value in data.items() if key not in OUTSIDE)
        if kind == "const":
            source["shape"] = channels_first(data["shape"], block)
        out["train"] = source
        rows = data.get("n") or len(data.get("x", [])) or FEWEST_TO_SPLIT
        if "reshape" in data:
            out["input_shape"] = channels_first(data["reshape"], block)
    if data.get("leak"):
        out["val"] = dict(out["train"], rows=int(HELD_OUT * rows))
    elif data.get("test_frac") != 0 and (rows is None or rows >= FEWEST_TO_SPLIT):
        out["split"] = {"val": data.get("test_frac", HELD_OUT), "shuffle": not sorted_rows(block)}
    steps = [{"op": "scale_x", "by": PIXEL}] if kind == "digits8x8" else []
    steps += block.get("prep", [])
    for key, value in (("prepare", steps), ("prepare_train", block.get("prep_train")),
                       ("prepare_test", block.get("prep_test"))):
        if value:
            out[key] = value
    return out


def write_sets(target):
    """Puts the files of a set together: one header, all rows."""
    for kind, (names, _) in SETS.items():
        lines = []
        for name in names:
            with open(os.path.join(DATASETS, name), encoding="utf-8") as file:
                header, *rows = file.read().splitlines()
            lines += rows
        with open(os.path.join(target, f"{kind}.csv"), "w", encoding="utf-8") as file:
            file.write("\n".join([header, *lines]) + "\n")


def sorted_rows(block):
    return any(step["op"] == "sort_by_y" for step in block.get("prep", []))


def channels_first(shape, block):
    """[height, width, channels] becomes [channels, height, width]; [time, features] is turned for a convolution."""
    convolves = any(layer["type"] == "conv1d" for layer in block["model"])
    return [shape[-1], *shape[:-1]] if len(shape) == 3 or convolves else list(shape)


# ---- Model ----


def init_of(text):
    kind, _, number = text.partition(":")
    value = float(number) if number else 0.05
    return {
        "uniform": {"type": "uniform", "low": -value, "high": value},
        "normal": {"type": "normal", "std": value},
        "const": {"type": "constant", "value": value},
        "zeros": "zeros",
        "ones": "ones",
        "he_normal": {"type": "kaiming_normal", "nonlinearity": "relu"},
        "he_uniform": {"type": "kaiming_uniform", "nonlinearity": "relu"},
    }[kind]


def weighted(layer, out):
    """What layers with weights have in common."""
    for key in ("init", "bias_init"):
        if key in layer:
            out[key] = init_of(layer[key])
    for key in ("l1", "l2", "bias"):
        if key in layer:
            out[key] = layer[key]
    return out


def window(layer, kind):
    out = {"type": kind, "kernel_size": layer["size"]}
    if "stride" in layer:
        out["stride"] = layer["stride"]
    return out


def convolution(layer, kind):
    out = {"type": kind, "out_channels": layer["filters"], "kernel_size": layer["kernel"],
           "padding": layer.get("padding", "valid")}
    if "stride" in layer:
        out["stride"] = layer["stride"]
    return weighted(layer, out)


LAYERS = {
    "dense": lambda l: weighted(l, {"type": "linear", "out_features": l["units"]}),
    "conv": lambda l: convolution(l, "conv2d"),
    "conv1d": lambda l: convolution(l, "conv1d"),
    "maxpool": lambda l: window(l, "maxpool2d"),
    "maxpool1d": lambda l: window(l, "maxpool1d"),
    "avgpool": lambda l: window(l, "avgpool2d"),
    "flatten": lambda l: {"type": "flatten"},
    "dropout": lambda l: {"type": "dropout", "p": l["rate"]},
    # Keras's averages move by 0.01 a batch; the cases were judged with 0.1, as the small versions have few batches.
    "batchnorm": lambda l: {"type": "batchnorm", "defaults": "keras", "momentum": 0.1},
    "lstm": lambda l: {"type": "lstm", "hidden_size": l["units"], "return_sequences": l.get("return_sequences", False)},
    "gru": lambda l: {"type": "gru", "hidden_size": l["units"], "return_sequences": l.get("return_sequences", False)},
    "embedding": lambda l: {"type": "embedding", "num_embeddings": l["vocab"], "embedding_dim": l["dim"]},
    "activation": lambda l: {"type": l["function"]},
    "global_avgpool": lambda l: {"type": "global_avgpool"},
}


def model_of(block):
    out = []
    for layer in block["model"]:
        made = LAYERS[layer["type"]](layer)
        if layer["type"] == "batchnorm" and block.get("bn_frozen"):
            made["momentum"] = 0  # its averages never move, and evaluation uses them
        out.append(made)
        activation = layer.get("activation", "linear")
        if activation != "linear":
            out.append({"type": activation})
    return out


# ---- Loss and optimizer ----

CROSS_ENTROPY = {"type": "cross_entropy", "from": "probabilities"}
LOSSES = {
    "ce": dict(CROSS_ENTROPY, normalize=True, clip=CLIP),
    "ce_raw": dict(CROSS_ENTROPY, normalize=False, clip=CLIP),
    "ce_nonorm_sum": dict(CROSS_ENTROPY, normalize=False, clip=0, reduction="sum"),
    "ce_axis0": dict(CROSS_ENTROPY, normalize=True, clip=CLIP),
    "bce": {"type": "bce", "clip": CLIP},
    "bce_raw_sum": {"type": "bce", "clip": 0, "reduction": "sum"},
    "mse": {"type": "mse"},
    "mae": {"type": "l1"},
    "hinge": {"type": "hinge"},
    "neglog": dict(CROSS_ENTROPY, normalize=False, clip=CLIP),
}


def loss_of(block):
    out = dict(LOSSES[block["loss"]])
    if block["loss"] == "ce_axis0":
        # Summed over rows and divided by classes, where the mean over rows was meant.
        out["factor"] = block["batch_size"] / block["model"][-1]["units"]
    if "label_encoding" in block or block["task"] == "regression" and outputs_of(block) > targets_of(block) == 1:
        out["broadcast"] = True
    return out


def outputs_of(block):
    return [layer["units"] for layer in block["model"] if "units" in layer][-1]


def targets_of(block):
    data = block["data"]
    return len(data["y"][0]) if data["gen"] == "rows" else data.get("targets", 1)


def optimizer_of(block):
    given = block["optimizer"]
    out = {"type": given["name"], "lr": -given["lr"] if block.get("flip_gradient") else given["lr"], "defaults": "keras"}
    for key, name in (("momentum", "momentum"), ("nesterov", "nesterov"), ("epsilon", "eps")):
        if key in given:
            out[name] = given[key]
    if "decay" in given:
        out["schedule"] = {"type": "inverse_time", "decay": given["decay"]}
    unknown = set(given) - {"name", "lr", "momentum", "nesterov", "epsilon", "decay"}
    if unknown:
        raise KeyError(f"optimizer: {unknown}")
    return out


# ---- Configs ----

KNOWN = {"data", "prep", "prep_train", "prep_test", "model", "loss", "optimizer", "batch_size", "epochs", "task",
         "label_encoding", "flip_gradient", "shuffle_x_only", "bn_frozen"}
TASKS = {"binary": "classification", "multiclass": "classification", "regression": "regression",
         "multilabel": "regression"}


def config_of(name, block):
    unknown = set(block) - KNOWN
    if unknown:
        raise KeyError(f"{name}: {unknown}")
    train = {"batch_size": block["batch_size"], "epochs": block["epochs"]}
    if sorted_rows(block):
        train["shuffle"] = False
    if block.get("shuffle_x_only"):
        train["shuffle_labels"] = True
    return {
        "name": name,
        "seed": 1,
        "task": TASKS[block["task"]],
        "data": data_of(block),
        "init": "keras",
        "model": model_of(block),
        "loss": loss_of(block),
        "optimizer": optimizer_of(block),
        "train": train,
    }


def verdict_of(case):
    sound = case["primary_category"] == "healthy"
    return {
        "id": case["id"],
        "sound": sound,
        "categories": [] if sound else case["categories"],
        "primary": case["primary_category"],
        "refused": bool(case.get("static")),
        "control": case["control"]["program"],
        "control_healthy": case["control"]["ok"],
        "core": case["core"],
        "weak": case["weak"],
        "score": case["score"],
    }


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
        file.write("\n")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "cases.json")
    target = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "configs")
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    count = 0
    os.makedirs(target, exist_ok=True)
    write_sets(target)
    for case in cases:
        folder = os.path.join(target, case["id"])
        os.makedirs(folder, exist_ok=True)
        for which, block in case["small"].items():
            if which in ("buggy", "fixed"):
                write(os.path.join(folder, which + ".json"), config_of(f"{case['id']}-{which}", block))
                count += 1
        write(os.path.join(folder, "verdict.json"), verdict_of(case))
    print(f"{count} configs of {len(cases)} cases in {os.path.relpath(target)}")


if __name__ == "__main__":
    main()
