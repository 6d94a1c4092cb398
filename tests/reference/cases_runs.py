"""Cases of runs.json: the losses of 20 updates of whole networks, in float32."""

import torch

import network
import values

STEPS, BATCHES, BATCH = 20, 4, 16

LENET = [
    {"type": "conv2d", "out_channels": 6, "kernel_size": 3, "padding": 1},
    {"type": "relu"},
    {"type": "maxpool2d", "kernel_size": 2},
    {"type": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1},
    {"type": "relu"},
    {"type": "maxpool2d", "kernel_size": 2},
    {"type": "flatten"},
    {"type": "linear", "out_features": 32},
    {"type": "relu"},
    {"type": "linear", "out_features": 10},
]

LSTM = [
    {"type": "lstm", "hidden_size": 16, "return_sequences": True},
    {"type": "lstm", "hidden_size": 12},
    {"type": "linear", "out_features": 4},
]

ENCODER = [
    {"type": "embedding", "num_embeddings": 20, "embedding_dim": 16},
    {"type": "positional", "encoding": "sinusoidal", "name": "embedded"},
    {"type": "layernorm"},
    {"type": "attention", "num_heads": 4, "name": "attended"},
    {"type": "add", "from": ["embedded", "attended"], "name": "middle"},
    {"type": "layernorm"},
    {"type": "linear", "out_features": 32},
    {"type": "gelu"},
    {"type": "linear", "out_features": 16, "name": "fed"},
    {"type": "add", "from": ["middle", "fed"]},
    {"type": "layernorm"},
    {"type": "global_avgpool", "axis": "time"},
    {"type": "linear", "out_features": 5},
]


def optimizer_of(config, parameters):
    settings = {key: value for key, value in config.items() if key not in ("type", "clip_norm", "schedule")}
    kinds = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    optim = kinds[config["type"]](parameters, **settings)
    scheduler = None
    if config.get("schedule") == "cosine":
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optim, STEPS)
    return optim, scheduler


def run(name, model, shape, below, classes, optimizer, loss="cross_entropy"):
    made = {}

    def fill(parameter, sizes, kind):
        fan = sizes[-1] if len(sizes) < 3 else sizes[1] * sizes[2] * sizes[3]
        entry = {"seed": len(made) + 1, "bound": 0.1 if len(sizes) == 1 else (3 / fan) ** 0.5,
                 "add": 1 if kind == "gain" else 0}
        made[parameter] = {"shape": sizes, **entry}
        return values.hashed(sizes, entry["seed"], entry["bound"], entry["add"], dtype=torch.float32)

    config = {"model": model, "loss": loss}
    inputs = [{"name": "input", "shape": shape, "integer": below > 0}]
    net = network.Network(config, inputs, fill)
    draw = values.Draw(name)
    labels = draw.integers([BATCHES, BATCH], classes)
    if below:
        given = draw.integers([BATCHES, BATCH] + shape, below)
    else:
        given = values.hashed([BATCHES, BATCH] + shape, 100, 1.5, dtype=torch.float32)
    with torch.no_grad():
        net.forward([given[0]], True)
    optim, scheduler = optimizer_of(optimizer, list(net.parameters.values()))
    losses = []
    for step in range(STEPS):
        batch = step % BATCHES
        optim.zero_grad()
        value = network.loss(loss, net.forward([given[batch]], True), labels[batch], classes)
        value.backward()
        if "clip_norm" in optimizer:
            torch.nn.utils.clip_grad_norm_(list(net.parameters.values()), optimizer["clip_norm"])
        optim.step()
        if scheduler:
            scheduler.step()
        losses.append(float(format(value.item(), ".9g")))
    return {
        "name": name, "classes": classes, "batch": BATCH, "inputs": inputs, **config, "optimizer": optimizer,
        "parameters": made, "labels": labels,
        **({"input_values": given} if below else {"input": {"seed": 100, "bound": 1.5}}), "losses": losses,
    }


def cases():
    return [
        run("lenet sgd", LENET, [1, 8, 8], 0, 10, {"type": "sgd", "lr": 0.1, "momentum": 0.9}),
        run("lenet adam", LENET, [1, 8, 8], 0, 10, {"type": "adam", "lr": 0.003}),
        run("lstm adam", LSTM, [12, 3], 0, 4, {"type": "adam", "lr": 0.01}),
        run("encoder adamw", ENCODER, [10], 20, 5,
            {"type": "adamw", "lr": 0.005, "clip_norm": 1.0, "schedule": "cosine"}),
    ]
