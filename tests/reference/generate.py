#!/usr/bin/env python3
"""Writes the reference data of this folder: layers, losses, optimizers, runs, inits. Usage: generate.py [NAME...]

Reads nothing; needs PyTorch (CPU). Each file is {"made_by": ..., "cases": [...]} with one case on a line.
"""

import json
import os
import sys

import torch

import cases_inits
import cases_layers
import cases_losses
import cases_optimizers
import cases_runs

FOLDER = os.path.dirname(os.path.abspath(__file__))
DIGITS = 16  # significant digits of a number that has no shorter exact text


def number(value):
    exact = repr(value)
    if isinstance(value, int) or len(exact) <= DIGITS:
        return exact
    return format(value, f".{DIGITS}g")


def text(value):
    """JSON on one line with short numbers; refuses NaN and infinities."""
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value)
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("not finite")
        return number(value)
    if isinstance(value, torch.Tensor):
        return text(value.detach().flatten().tolist())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {text(item)}" for key, item in value.items()) + "}"
    return "[" + ",".join(text(item) for item in value) + "]"


def write(name, cases):
    made_by = {"pytorch": torch.__version__.split("+")[0], "script": "tests/reference/generate.py"}
    lines = ",\n".join(text(case) for case in cases)
    with open(os.path.join(FOLDER, name + ".json"), "w") as out:
        out.write(f'{{"made_by": {text(made_by)}, "cases": [\n{lines}\n]}}\n')
    print(f"{name}.json: {len(cases)} cases, {os.path.getsize(out.name)} bytes")


FILES = {
    "layers": cases_layers.cases,
    "losses": cases_losses.cases,
    "optimizers": cases_optimizers.cases,
    "runs": cases_runs.cases,
    "inits": cases_inits.cases,
}

if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for name in sys.argv[1:] or FILES:
        write(name, FILES[name]())
