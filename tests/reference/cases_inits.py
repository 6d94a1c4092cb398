"""Cases of inits.json: what moments and bounds an initialization has by PyTorch's formulas.

std and bound are theoretical; torch.nn.init is run on a large tensor to make sure that they are those of PyTorch.
"""

import math

import torch
from torch.nn import init

CUT_STD = 0.8796256610342398  # standard deviation of a normal distribution cut at two standard deviations
NEAR = 0.02                   # relative distance at which a measured moment counts as confirmed


def fans(shape):
    area = math.prod(shape[2:])
    return shape[1] * area, shape[0] * area


def gain(nonlinearity, a=0.01):
    """gelu and silu take relu's, which PyTorch does not name."""
    like_relu = {"gelu": "relu", "silu": "relu", "": "linear"}
    return init.calculate_gain(like_relu.get(nonlinearity, nonlinearity), a)


def confirm(row, fill):
    if fill is None:
        return
    torch.manual_seed(1)
    tensor = torch.empty(row["shape"], dtype=torch.float64)
    fill(tensor)
    assert abs(tensor.std().item() - row["std"]) <= NEAR * row["std"], row
    assert abs(tensor.mean().item() - row["mean"]) <= 5 * row["std"] / math.sqrt(tensor.numel()) + 1e-12, row
    if row["bound"] is not None:
        assert tensor.abs().max().item() <= row["bound"] * (1 + 1e-12), row


def case(name, choice, shape, std=None, bound=None, mean=0.0, fill=None, activation="", role="weight", **extra):
    """bound alone: uniform in +-bound around the mean."""
    fan_in, fan_out = fans(shape) if len(shape) > 1 else extra.pop("fans")
    if std is None:
        std = bound / math.sqrt(3)
    row = {
        "name": name, "init": choice, "shape": shape, "fan_in": fan_in, "fan_out": fan_out, "role": role,
        "activation": activation, "layer": extra.pop("layer", "linear"), "gates": extra.pop("gates", 1),
        "mean": mean, "std": std, "bound": bound, **extra,
    }
    confirm(row, fill)
    return row


def kaiming(shapes):
    rows = []
    for shape in shapes:
        fan_in, fan_out = fans(shape)
        for mode, fan in ("fan_in", fan_in), ("fan_out", fan_out):
            for activation in "relu", "leaky_relu", "selu", "tanh", "linear":
                std = gain(activation) / math.sqrt(fan)
                where = f"{activation} {mode} {shape}"
                rows.append(case(f"kaiming_normal {where}",
                                 {"type": "kaiming_normal", "mode": mode, "nonlinearity": activation}, shape, std,
                                 fill=lambda t: init.kaiming_normal_(t, 0.01, mode, activation)))
                rows.append(case(f"kaiming_uniform {where}",
                                 {"type": "kaiming_uniform", "mode": mode, "nonlinearity": activation}, shape,
                                 bound=math.sqrt(3) * std,
                                 fill=lambda t: init.kaiming_uniform_(t, 0.01, mode, activation)))
    shape = shapes[0]
    fan_in, fan_out = fans(shape)
    for activation in "relu", "selu", "tanh", "":
        rows.append(case(f"kaiming_normal before {activation or 'nothing'}", "kaiming_normal", shape,
                         gain(activation) / math.sqrt(fan_in), activation=activation))
    return rows


def cases():
    shapes = [[120, 200], [48, 24, 5, 5]]
    rows = kaiming(shapes)
    for shape in shapes:
        fan_in, fan_out = fans(shape)
        for times in 1, 2.5:
            std = times * math.sqrt(2 / (fan_in + fan_out))
            settings = {"gain": times} if times != 1 else {}
            rows.append(case(f"xavier_normal {times} {shape}", {"type": "xavier_normal", **settings}, shape, std,
                             fill=lambda t: init.xavier_normal_(t, times)))
            rows.append(case(f"xavier_uniform {times} {shape}", {"type": "xavier_uniform", **settings}, shape,
                             bound=math.sqrt(3) * std, fill=lambda t: init.xavier_uniform_(t, times)))
        std = math.sqrt(1 / fan_in)
        rows.append(case(f"lecun_normal {shape}", "lecun_normal", shape, std,
                         fill=lambda t: init.kaiming_normal_(t, nonlinearity="linear")))
        rows.append(case(f"lecun_uniform {shape}", "lecun_uniform", shape, bound=math.sqrt(3) * std,
                         fill=lambda t: init.kaiming_uniform_(t, nonlinearity="linear")))
    shape = shapes[0]
    rows += [
        case("normal", "normal", shape, 0.05, fill=lambda t: init.normal_(t, 0, 0.05)),
        case("normal with settings", {"type": "normal", "mean": 1.5, "std": 0.25}, shape, 0.25, mean=1.5,
             fill=lambda t: init.normal_(t, 1.5, 0.25)),
        case("truncated_normal", {"type": "truncated_normal", "mean": 0, "std": 0.5}, shape, 0.5 * CUT_STD, 1.0,
             fill=lambda t: init.trunc_normal_(t, 0, 0.5, -1.0, 1.0)),
        case("uniform", "uniform", shape, bound=0.05, fill=lambda t: init.uniform_(t, -0.05, 0.05)),
        case("uniform with settings", {"type": "uniform", "low": 0.5, "high": 1.5}, shape, bound=None,
             std=1 / math.sqrt(12), mean=1.0, fill=lambda t: init.uniform_(t, 0.5, 1.5)),
        case("constant", {"type": "constant", "value": 0.375}, shape, 0.0, 0.375, 0.375),
        case("zeros", "zeros", shape, 0.0, 0.0, 0.0),
        case("ones", "ones", shape, 0.0, 1.0, 1.0),
    ]
    for shape, times in [([60, 100], 1), ([100, 60], 1), ([64, 64], 2.5)]:
        settings = {"type": "orthogonal", "gain": times} if times != 1 else "orthogonal"
        std = times / math.sqrt(max(shape))
        rows.append(case(f"orthogonal {times} {shape}", settings, shape, std, orthogonal=times,
                         fill=lambda t: init.orthogonal_(t, times)))
    shape = [100, 160]
    fan_in, fan_out = fans(shape)
    rows += [
        case("pytorch linear weight", "pytorch", shape, bound=1 / math.sqrt(fan_in),
             fill=lambda t: init.kaiming_uniform_(t, math.sqrt(5))),
        case("pytorch linear bias", "pytorch", [20000], bound=1 / math.sqrt(160), role="bias", fans=(160, 20000)),
        case("pytorch embedding", "pytorch", shape, 1.0, role="embedding", layer="embedding",
             fill=lambda t: init.normal_(t)),
        case("keras linear weight", "keras", shape, bound=math.sqrt(6 / (fan_in + fan_out)),
             fill=init.xavier_uniform_),
        case("keras linear bias", "keras", [50], 0.0, 0.0, role="bias", fans=(160, 50)),
        case("keras embedding", "keras", shape, bound=0.05, role="embedding", layer="embedding"),
    ]
    return rows
