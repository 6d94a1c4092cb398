"""Cases of losses.json, in the form of layers.json: the prediction is the input itself, or a small model of it."""

import cases_layers
import values


def case(name, shape, loss, labels=None, classes=0, model=None, bound=1.5, positive=False, given=None,
         **extra):
    entry = {"name": "input", "shape": shape, "integer": False, "positive": positive}
    if given:
        entry["values"] = given
    row = {
        "name": name,
        "classes": classes,
        "batch": len(labels) if labels else 4,
        "training": True,
        "inputs": [entry],
        "input_bound": bound,
        "model": model or [{"type": "identity"}],
        "loss": loss,
        **extra,
    }
    row = cases_layers.compute(row, values.Draw(name), labels)
    row["inputs"][0].pop("positive", None)
    return row


def both(name, shape, loss, **extra):
    """A case for each reduction, and one for a factor."""
    return [
        case(f"{name} mean", shape, {**loss, "reduction": "mean"}, **extra),
        case(f"{name} sum", shape, {**loss, "reduction": "sum"}, **extra),
        case(f"{name} factor", shape, {**loss, "factor": 0.25}, **extra),
    ]


def cases():
    three = {"labels": [0, 2, 1, 2, 2], "classes": 3}
    binary = {"labels": [0, 1, 1, 0, 1], "classes": 2}
    weights = {"class_weights": [0.5, 1, 2]}
    linear = [{"type": "linear", "out_features": 3}]
    probabilities = {"type": "cross_entropy", "from": "probabilities"}
    extreme = [0.5, 0.25, 0.25, 1, 0, 0, 0, 0, 1, 0.25, 0.5, 0.75, 1e-9, 0.5, 0.5]
    rows = both("cross_entropy", [3], {"type": "cross_entropy"}, bound=4.0, **three)
    rows += both("cross_entropy weights", [3], {"type": "cross_entropy", **weights}, **three)
    rows += both("cross_entropy smoothing", [3], {"type": "cross_entropy", "label_smoothing": 0.1}, **three)
    rows += both("cross_entropy smoothing and weights", [3],
                 {"type": "cross_entropy", "label_smoothing": 0.2, **weights}, **three)
    rows += both("nll", [3], {"type": "nll"}, model=[{"type": "log_softmax"}], **three)
    rows += both("nll weights", [3], {"type": "nll", **weights}, model=[{"type": "log_softmax"}], **three)
    rows += both("cross_entropy probabilities", [3], probabilities, model=[{"type": "softmax"}], **three)
    rows += both("mse", [3], {"type": "mse"})
    rows += both("l1", [3], {"type": "l1"})
    rows += both("huber", [3], {"type": "huber"}, bound=3.0)
    rows += both("hinge", [1], {"type": "hinge"}, **binary)
    rows += both("bce", [1], {"type": "bce"}, model=[{"type": "sigmoid"}], **binary)
    rows += both("bce_with_logits", [1], {"type": "bce_with_logits"}, bound=6.0, **binary)
    rows += [
        case("cross_entropy as a word", [5], "cross_entropy", model=linear, **three),
        case("cross_entropy of sequences", [2, 3], "cross_entropy", labels=[[0, 2], [1, 1], [2, 0], [2, 1]], classes=3),
        case("cross_entropy of sequences with weights", [2, 3], {"type": "cross_entropy", **weights},
             labels=[[0, 2], [1, 1], [2, 0], [2, 1]], classes=3),
        case("cross_entropy of large logits", [3], "cross_entropy", bound=100.0, **three),
        case("probabilities that do not add up", [3], probabilities, positive=True, **three),
        case("probabilities left as they are", [3], {**probabilities, "normalize": False}, positive=True, bound=0.9,
             **three),
        case("probabilities cut", [3], {**probabilities, "normalize": False}, given=extreme, **three),
        case("probabilities cut wide", [3], {**probabilities, "clip": 0.125}, given=extreme, **three),
        case("probabilities not cut", [3], {**probabilities, "clip": 0}, positive=True, bound=0.9, **three),
        case("softmax before cross_entropy", [3], "cross_entropy", model=[{"type": "softmax"}], **three),
        case("huber delta", [3], {"type": "huber", "delta": 0.25}),
        case("mse of one column", [5], {"type": "mse"}, model=[{"type": "linear", "out_features": 1}]),
        case("mse on classes", [3], {"type": "mse"}, **three),
        case("mse on class ids", [5], {"type": "mse"}, model=[{"type": "linear", "out_features": 1}], **three),
        case("l1 on classes", [3], {"type": "l1"}, **three),
        case("bce on classes", [3], {"type": "bce"}, model=[{"type": "sigmoid"}], **three),
        case("bce_with_logits on classes", [3], {"type": "bce_with_logits"}, **three),
        case("bce clamp at the ends", [1], {"type": "bce"}, given=[0, 1, 0.5, 0, 1], **binary),
        case("bce cut", [1], {"type": "bce", "clip": 1e-7}, given=[0.5, 0.25, 0.75, 1e-9, 0.125], **binary),
        case("bce cut wide", [1], {"type": "bce", "clip": 0.25}, given=[0.5, 0.125, 0.6875, 0.9375, 0.375], **binary),
        case("bce not cut", [1], {"type": "bce", "clip": 0}, given=[0.5, 0.25, 0.75, 0.875, 0.125], **binary),
        case("bce_with_logits far out", [1], {"type": "bce_with_logits"}, bound=60.0, **binary),
        case("mse of three outputs against one column", [3], {"type": "mse", "broadcast": True}, label_columns=1),
        case("mse of three outputs against class ids", [3], {"type": "mse", "broadcast": True}, **three),
        case("mse of one output against one-hot rows", [1], {"type": "mse", "broadcast": True}, **three),
        case("l1 of one output against one-hot rows", [1], {"type": "l1", "broadcast": True, "reduction": "sum"},
             **three),
        case("probabilities against class ids", [3], {**probabilities, "broadcast": True},
             model=[{"type": "softmax"}], **three),
    ]
    return rows
