"""Trains, and opens every file of the record with pandas, numpy, json and safetensors; see run."""
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from safetensors import safe_open

ROOT = pathlib.Path(__file__).resolve().parents[2]
passed = failed = 0


def check(what, good):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("failed:", what)


def train(program, work, name, change, dtype="float32"):
    """Trains a changed copy of the digits' MLP; the folder of the record."""
    config = json.loads((ROOT / "datasets" / "digits" / "mlp.json").read_text())
    for split in ("train", "val", "testval", "test"):
        config["data"][split] = str(ROOT / "datasets" / "digits" / config["data"][split])
    config["train"]["epochs"] = 3
    change(config)
    path = work / f"{name}.json"
    path.write_text(json.dumps(config))
    command = [program, "train", str(path), "-o", str(work / name), "--quiet", "--fail-on", "never", "--dtype", dtype]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return work / name


def strict_json(path):
    """NaN and Infinity are no JSON."""

    def refuse(word):
        raise ValueError(f"{path}: {word}")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


def open_json(folder):
    documents = {}
    for name in ("run", "config", "model", "data", "findings"):
        documents[name] = strict_json(folder / f"{name}.json")
        check(f"{name}.json is an object", isinstance(documents[name], dict))
    run = documents["run"]
    check("run.json: versions, times and digests", run["format_version"] == 1 and run["started"] <= run["ended"]
          and all(len(file["digest"]) == 16 for file in run["digests"]["data"].values()))
    check("run.json: times are read by pandas", pd.Timestamp(run["started"]).tz is not None)
    return run


def open_table(path):
    """Every column a number: none is read as text."""
    table = pd.read_csv(path)
    check(f"{path.name}: columns of numbers", all(kind.kind in "if" for kind in table.dtypes))
    check(f"{path.name}: steps grow", table["step"].is_monotonic_increasing and table["step"].dtype == np.int64)
    plain = np.genfromtxt(path, delimiter=",", skip_header=1)
    check(f"{path.name}: numpy reads the same", np.allclose(plain, table.to_numpy(), rtol=1e-12, atol=0, equal_nan=True))
    return table


def open_predictions(folder, run, classes):
    for split, rows in run["rows"].items():
        table = pd.read_csv(folder / "predictions" / f"{split}.csv")
        check(f"{split}.csv: a row each", len(table) == rows)
        check(f"{split}.csv: row numbers differ", table["row"].is_unique)
        check(f"{split}.csv: labels, predictions and losses are numbers",
              all(table[name].dtype.kind in "if" for name in ("label", "prediction", "loss")))
        if not classes:
            continue
        shares = table[[f"p{i}" for i in range(classes)]].to_numpy()
        check(f"{split}.csv: probabilities add up", np.allclose(shares.sum(axis=1), 1, atol=1e-5))
        check(f"{split}.csv: the prediction is the most probable", (shares.argmax(axis=1) == table["prediction"]).all())
        check(f"{split}.csv: the loss is that of the label", np.allclose(
            -np.log(shares[np.arange(rows), table["label"]]), table["loss"], rtol=1e-3, atol=1e-4))
        error = (table["label"] != table["prediction"]).mean()
        check(f"{split}.csv: the accuracy of run.json", np.isclose(1 - error, run["facts"][f"end/{split}/accuracy"]))


def open_checkpoints(folder, dtype):
    paths = sorted(folder.glob("checkpoints/*.safetensors"))
    check("there are checkpoints", len(paths) > 0)
    for path in paths:
        with safe_open(path, "np") as file:
            metadata, names = file.metadata(), list(file.keys())
            check(f"{path.name}: metadata are texts", metadata and all(isinstance(text, str) for text in metadata.values()))
            weights = [name for name in names if name.endswith("fc1/weight")]
            check(f"{path.name}: the weights of fc1", weights and file.get_tensor(weights[0]).shape == (64, 64))
            check(f"{path.name}: weights are {dtype}", weights and file.get_tensor(weights[0]).dtype == np.dtype(dtype))
            check(f"{path.name}: all is finite", all(
                np.isfinite(file.get_tensor(name)).all() for name in names if file.get_tensor(name).dtype.kind == "f"))


def known(folder):
    """A file that nobody opened here is a file that nobody promised to be open."""
    names = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expected = {"run.json", "config.json", "model.json", "data.json", "experiments.json", "findings.json", "metrics.csv", "probes.csv"}
    rest = {name for name in names - expected if not name.startswith(("checkpoints/", "predictions/"))}
    check(f"no other files: {sorted(rest)}", not rest)


def healthy(program, work, dtype):
    folder = train(program, work, f"healthy-{dtype}", lambda config: None, dtype)
    run = open_json(folder)
    metrics, probes = open_table(folder / "metrics.csv"), open_table(folder / "probes.csv")
    check("metrics.csv: one row an epoch", list(metrics["epoch"]) == [1, 2, 3])
    check("metrics.csv: nothing is missing", not metrics.isna().any().any())
    check("probes.csv: the norm of the gradient", (probes["batch/gradient_norm"] > 0).all())
    open_predictions(folder, run, 10)
    open_checkpoints(folder, dtype)
    known(folder)


def words_in(folder):
    return {cell for path in folder.glob("*.csv") for line in path.read_text().splitlines()[1:]
            for cell in line.split(",") if cell and cell.strip("-")[0].isalpha()}


def sick(program, work):
    """A training that blows up, and one where R2 has no meaning: columns stay numbers, words are nan and inf."""

    def blow_up(config):
        config["optimizer"] = {"type": "sgd", "lr": 1e30}

    def no_spread(config):
        config["task"], config["loss"] = "regression", "mse"
        config["model"][-1]["out_features"] = 1
        config["data"]["prepare_test"] = [{"op": "const_y", "value": 3}]

    folder = train(program, work, "sick", blow_up)
    strict_json(folder / "run.json")
    open_table(folder / "probes.csv")
    pd.read_csv(folder / "metrics.csv")
    check("the training that blew up: words in tables", words_in(folder) <= {"nan", "inf", "-inf"})
    folder = train(program, work, "no-spread", no_spread)
    table = open_table(folder / "metrics.csv")
    check("R2 of equal labels is nan", words_in(folder) == {"nan"} and table["val/r2"].isna().all())


def regression(program, work):
    def change(config):
        config["task"], config["loss"] = "regression", "mse"
        config["model"][-1]["out_features"] = 1

    folder = train(program, work, "regression", change)
    run = open_json(folder)
    open_table(folder / "metrics.csv")
    open_predictions(folder, run, 0)
    table = pd.read_csv(folder / "predictions" / "test.csv")
    rmse = np.sqrt(((table["label"] - table["prediction"]) ** 2).mean())
    check("test.csv: the RMSE of run.json", np.isclose(rmse, run["facts"]["end/test/rmse"], rtol=1e-5))


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        healthy(program, work, "float32")
        healthy(program, work, "float64")
        sick(program, work)
        regression(program, work)
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
