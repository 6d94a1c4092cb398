"""Cases of layers.json: small models, their outputs, losses and gradients, computed in float64."""

import torch

import network
import values

BATCH = 3


def compute(case, draw, labels=None, target_bound=1.0):
    """Fills in parameters, inputs, targets and what is expected; case has name, inputs, model, loss, training."""

    def fill(name, shape, kind):
        if kind == "gain":
            return 1 + draw.reals(shape, 0.5)
        if kind == "var":
            return 0.5 + draw.reals(shape, 1, positive=True)
        return draw.reals(shape, 1.5 if kind == "embedding" else 0.75)

    net = network.Network(case, case["inputs"], fill)
    given = []
    for one in case["inputs"]:
        shape = [case["batch"]] + one["shape"]
        bound = case.pop("input_bound", 1.5) if not one["integer"] else 0
        if "values" in one:
            given.append(torch.tensor(one.pop("values"), dtype=torch.float64).reshape(shape))
        elif one["integer"]:
            given.append(draw.integers(shape, one.pop("below")))
        else:
            given.append(draw.reals(shape, bound, one.pop("positive", False)))
    for one, value in zip(case["inputs"], given):
        value.requires_grad_(not one["integer"])
    with torch.no_grad():
        shape = net.forward(given, False).shape
    state_before = {name: value.clone() for name, value in net.state.items()}
    output = net.forward(given, case["training"])
    if labels is not None:
        target = torch.tensor(labels)
        case["labels"] = target
    else:
        columns = case.get("label_columns")
        target = draw.reals([shape[0], columns] if columns else list(shape), target_bound)
        case["targets"] = target
    data_loss = network.loss(case["loss"], output, target, case["classes"])
    loss = data_loss + net.penalty()
    loss.backward()
    case["parameters"] = {
        name: {"shape": list(value.shape), "values": value}
        for name, value in list(net.parameters.items()) + list(state_before.items())
    }
    case["input_values"] = given
    case["expected"] = {
        "output": output,
        "data_loss": data_loss.item(),
        "loss": loss.item(),
        "gradients": {name: p.grad for name, p in net.parameters.items() if p.requires_grad},
        "input_gradients": [[] if one["integer"] else v.grad for one, v in zip(case["inputs"], given)],
        "state_after": net.state,
    }
    return case


def one(name, shape, layers, training=True, **extra):
    """A case with one real input, mean squared error on the flattened output."""
    shapes = shape if isinstance(shape[0], list) else [shape]
    names = ["input"] if len(shapes) == 1 else [f"input{i + 1}" for i in range(len(shapes))]
    model = layers if isinstance(layers, list) else [layers]
    case = {
        "name": name,
        "classes": 0,
        "batch": BATCH,
        "training": training,
        "inputs": [{"name": n, "shape": s, "integer": False} for n, s in zip(names, shapes)],
        "model": model + [{"type": "flatten"}],
        "loss": {"type": "mse"},
        **extra,
    }
    return compute(case, values.Draw(name))


def activations():
    rows = [one(kind, [7], [{"type": kind}], input_bound=4.0) for kind in network.ACTIVATIONS]
    rows.append(one("leaky_relu slope", [7], [{"type": "leaky_relu", "negative_slope": 0.25}]))
    rows.append(one("elu alpha", [7], [{"type": "elu", "alpha": 0.5}]))
    # Behind 20 PyTorch's derivative is exactly 1, which differs from the sigmoid by up to 2e-9.
    rows.append(one("softplus large", [7], [{"type": "softplus"}], input_bound=30.0, relative=1e-8))
    rows.append(one("softmax", [7], [{"type": "softmax"}], input_bound=4.0))
    rows.append(one("log_softmax", [7], [{"type": "log_softmax"}], input_bound=4.0))
    rows.append(one("softmax of a sequence", [3, 4], [{"type": "softmax"}]))
    rows.append(one("log_softmax of a sequence", [3, 4], [{"type": "log_softmax"}]))
    rows.append(one("softmax of large logits", [5], [{"type": "softmax"}], input_bound=200.0))
    return rows


def dense():
    rows = [
        one("linear", [5], {"type": "linear", "out_features": 4}),
        one("linear without bias", [5], {"type": "linear", "out_features": 4, "bias": False}),
        one("linear on a sequence", [4, 5], {"type": "linear", "out_features": 3}),
        one("linear frozen", [5], [{"type": "linear", "out_features": 4, "trainable": False},
                                   {"type": "tanh"}, {"type": "linear", "out_features": 2}]),
        one("linear with penalties", [5], [{"type": "linear", "out_features": 4, "l1": 0.01, "l2": 0.02},
                                           {"type": "tanh"}, {"type": "linear", "out_features": 2, "l2": 0.1}]),
        one("dropout when evaluating", [6], [{"type": "linear", "out_features": 4}, {"type": "dropout", "p": 0.5}],
            training=False),
        one("dropout of 0", [6], [{"type": "dropout", "p": 0}]),
        one("flatten", [2, 3, 4], [{"type": "flatten"}, {"type": "linear", "out_features": 3}]),
        one("reshape", [12], [{"type": "reshape", "shape": [2, -1]}, {"type": "linear", "out_features": 3}]),
        one("transpose", [4, 3], [{"type": "transpose"}, {"type": "linear", "out_features": 2}]),
        one("select last", [4, 3], [{"type": "select"}]),
        one("select first", [4, 3], [{"type": "select", "index": 0}, {"type": "linear", "out_features": 2}]),
    ]
    return rows


def convolutions():
    image = [3, 6, 5]
    settings = {
        "plain": {"kernel_size": 3},
        "1x1": {"kernel_size": 1},
        "stride": {"kernel_size": 3, "stride": 2},
        "stride and padding": {"kernel_size": 3, "stride": 2, "padding": 1},
        "uneven": {"kernel_size": [2, 3], "stride": [1, 2], "padding": [1, 0]},
        "dilation": {"kernel_size": 2, "dilation": 2},
        "dilation and padding": {"kernel_size": 3, "dilation": [2, 1], "padding": [2, 1]},
        "same": {"kernel_size": 3, "padding": "same"},
        "same with an even kernel": {"kernel_size": 4, "padding": "same"},
        "same with dilation": {"kernel_size": 3, "padding": "same", "dilation": 2},
        "valid": {"kernel_size": [3, 2], "padding": "valid"},
        "no bias": {"kernel_size": 3, "bias": False},
        "wide padding": {"kernel_size": 2, "padding": 2, "stride": 3},
    }
    rows = [one(f"conv2d {what}", image, {"type": "conv2d", "out_channels": 4, **s}) for what, s in settings.items()]
    rows.append(one("conv2d groups", [4, 5, 5], {"type": "conv2d", "out_channels": 6, "kernel_size": 3, "groups": 2,
                                                 "padding": 1}))
    rows.append(one("conv2d depthwise", [4, 5, 4], {"type": "conv2d", "out_channels": 4, "kernel_size": 3,
                                                    "groups": 4, "stride": 2}))
    rows.append(one("conv2d twice", image, [{"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1},
                                            {"type": "relu"},
                                            {"type": "conv2d", "out_channels": 2, "kernel_size": 3}]))
    settings = {
        "plain": {"kernel_size": 3},
        "causal": {"kernel_size": 3, "padding": "causal"},
        "causal and dilation": {"kernel_size": 2, "padding": "causal", "dilation": 4},
        "dilation": {"kernel_size": 3, "dilation": 2, "padding": 1},
        "stride": {"kernel_size": 4, "stride": 3, "padding": 2},
        "same": {"kernel_size": 5, "padding": "same"},
        "same with an even kernel": {"kernel_size": 2, "padding": "same"},
    }
    rows += [one(f"conv1d {what}", [3, 9], {"type": "conv1d", "out_channels": 4, **s}) for what, s in settings.items()]
    rows.append(one("conv1d groups", [4, 7], {"type": "conv1d", "out_channels": 4, "kernel_size": 3, "groups": 2}))
    return rows


def pools():
    rows = []
    for kind in "maxpool", "avgpool":
        rows += [
            one(f"{kind}2d", [2, 6, 4], {"type": f"{kind}2d", "kernel_size": 2}),
            one(f"{kind}2d cut", [2, 7, 5], {"type": f"{kind}2d", "kernel_size": 2}),
            one(f"{kind}2d overlap", [2, 6, 5], {"type": f"{kind}2d", "kernel_size": 3, "stride": 1}),
            one(f"{kind}2d padding", [2, 6, 5], {"type": f"{kind}2d", "kernel_size": 3, "stride": 2, "padding": 1}),
            one(f"{kind}2d uneven", [2, 6, 6], {"type": f"{kind}2d", "kernel_size": [3, 2], "stride": [2, 3]}),
            one(f"{kind}1d", [2, 8], {"type": f"{kind}1d", "kernel_size": 2}),
            one(f"{kind}1d padding", [2, 7], {"type": f"{kind}1d", "kernel_size": 3, "stride": 2, "padding": 1}),
        ]
    rows.append(one("maxpool2d same", [2, 5, 6], {"type": "maxpool2d", "kernel_size": 3, "stride": 2,
                                                  "padding": "same"}))
    rows.append(one("maxpool2d of negatives with padding", [1, 3, 3],
                    [{"type": "relu"}, {"type": "exponential"}, {"type": "softsign"},
                     {"type": "maxpool2d", "kernel_size": 2, "stride": 1, "padding": 1}]))
    rows.append(one("avgpool2d without the padding", [2, 6, 5], {"type": "avgpool2d", "kernel_size": 3, "stride": 2,
                                                                 "padding": 1, "count_include_pad": False}))
    rows.append(one("avgpool1d without the padding", [2, 7], {"type": "avgpool1d", "kernel_size": 3, "padding": 1,
                                                              "count_include_pad": False}))
    rows.append(one("global_avgpool of an image", [3, 4, 5], {"type": "global_avgpool"}))
    rows.append(one("global_avgpool of a signal", [3, 5], {"type": "global_avgpool"}))
    rows.append(one("global_avgpool over time", [5, 3], {"type": "global_avgpool", "axis": "time"}))
    return rows


def norms():
    rows = []
    for what, shape in {"rows": [5], "images": [3, 4, 3], "signals": [3, 6]}.items():
        for training in True, False:
            phase = "training" if training else "evaluating"
            rows.append(one(f"batchnorm of {what} {phase}", shape, {"type": "batchnorm"}, training))
    rows += [
        one("batchnorm eps and momentum", [5], {"type": "batchnorm", "eps": 0.01, "momentum": 0.3}),
        one("batchnorm without affine", [3, 4, 3], {"type": "batchnorm", "affine": False}),
        one("batchnorm frozen", [3, 4, 3], {"type": "batchnorm", "frozen": True}),
        one("batchnorm of keras", [3, 4, 3], {"type": "batchnorm", "defaults": "keras"}),
        one("batchnorm of keras evaluating", [5], {"type": "batchnorm", "defaults": "keras"}, False),
        one("batchnorm between layers", [5], [{"type": "linear", "out_features": 4, "bias": False},
                                              {"type": "batchnorm"}, {"type": "relu"},
                                              {"type": "linear", "out_features": 2}]),
        one("layernorm", [6], {"type": "layernorm"}),
        one("layernorm of a sequence", [4, 6], {"type": "layernorm", "eps": 0.001}),
        one("layernorm without affine", [6], {"type": "layernorm", "affine": False}),
    ]
    return rows


def sequences():
    rows = []
    variants = {
        "": {},
        " returning sequences": {"return_sequences": True},
        " without bias": {"bias": False},
        " reverse": {"reverse": True},
        " reverse returning sequences": {"reverse": True, "return_sequences": True},
    }
    for kind, extra in [("rnn", {}), ("rnn", {"nonlinearity": "relu"}), ("lstm", {}), ("gru", {})]:
        for what, more in variants.items():
            label = f"{kind}{' of relu' if extra else ''}{what}"
            rows.append(one(label, [5, 3], {"type": kind, "hidden_size": 4, **extra, **more}))
    for kind in "lstm", "gru":
        rows.append(one(f"{kind} twice", [4, 2], [{"type": kind, "hidden_size": 3, "return_sequences": True},
                                                  {"type": kind, "hidden_size": 2}]))
    for heads in 1, 4:
        for causal in False, True:
            rows.append(one(f"attention of {heads}{' causal' if causal else ''}", [5, 8],
                            {"type": "attention", "num_heads": heads, "causal": causal}))
    rows += [
        one("attention without bias", [4, 4], {"type": "attention", "num_heads": 2, "bias": False}),
        one("attention across two inputs", [[4, 8], [4, 8]],
            {"type": "attention", "num_heads": 2, "from": ["input1", "input2"]}),
        one("attention across three inputs", [[4, 4], [4, 4], [4, 4]],
            {"type": "attention", "num_heads": 2, "from": ["input1", "input2", "input3"]}),
        one("positional sinusoidal", [5, 6], {"type": "positional", "encoding": "sinusoidal"}),
        one("positional learned", [5, 6], {"type": "positional", "encoding": "learned"}),
    ]
    return rows


def embeddings():
    rows = []
    for name, shape, after in [
        ("embedding", [4], []),
        ("embedding of one index", [1], [{"type": "flatten"}]),
        ("embedding before lstm", [4], [{"type": "lstm", "hidden_size": 3}]),
    ]:
        case = {
            "name": name,
            "classes": 0,
            "batch": BATCH,
            "training": True,
            "inputs": [{"name": "input", "shape": shape, "integer": True, "below": 6}],
            "model": [{"type": "embedding", "num_embeddings": 6, "embedding_dim": 3}] + after + [{"type": "flatten"}],
            "loss": {"type": "mse"},
        }
        rows.append(compute(case, values.Draw(name)))
    return rows


def branches():
    two = [[5], [5]]
    return [
        one("add of two inputs", two, {"type": "add", "from": ["input1", "input2"]}),
        one("multiply of two inputs", two, {"type": "multiply", "from": ["input1", "input2"]}),
        one("concat of two inputs", [[5], [3]], {"type": "concat", "from": ["input1", "input2"]}),
        one("concat of images", [[2, 3, 3], [1, 3, 3]], {"type": "concat", "from": ["input1", "input2"], "dim": 0}),
        one("concat of sequences", [[3, 2], [3, 4]], {"type": "concat", "from": ["input1", "input2"], "dim": -1}),
        one("residual", [4], [{"type": "linear", "out_features": 4, "name": "inner"}, {"type": "tanh"},
                              {"type": "linear", "out_features": 4, "name": "outer"},
                              {"type": "add", "from": ["inner", "outer"]}]),
        one("gated", [4], [{"type": "linear", "out_features": 3, "name": "a"}, {"type": "tanh", "name": "t"},
                           {"type": "linear", "out_features": 3, "name": "b", "from": "input"},
                           {"type": "sigmoid", "name": "s"}, {"type": "multiply", "from": ["t", "s"]}]),
        one("one layer read three times", [4], [{"type": "linear", "out_features": 3, "name": "a"},
                                                {"type": "tanh", "name": "b"},
                                                {"type": "add", "from": ["a", "b", "a"]}]),
        one("lenet", [1, 8, 8], [{"type": "conv2d", "out_channels": 3, "kernel_size": 3, "padding": 1},
                                 {"type": "relu"}, {"type": "maxpool2d", "kernel_size": 2},
                                 {"type": "conv2d", "out_channels": 4, "kernel_size": 3}, {"type": "relu"},
                                 {"type": "maxpool2d", "kernel_size": 2}, {"type": "flatten"},
                                 {"type": "linear", "out_features": 5}]),
        one("encoder block", [4, 8], [{"type": "positional", "encoding": "sinusoidal", "name": "p"},
                                      {"type": "attention", "num_heads": 2, "name": "a"},
                                      {"type": "add", "from": ["p", "a"]}, {"type": "layernorm", "name": "n"},
                                      {"type": "linear", "out_features": 6}, {"type": "gelu"},
                                      {"type": "linear", "out_features": 8, "name": "f"},
                                      {"type": "add", "from": ["n", "f"]}, {"type": "layernorm"},
                                      {"type": "global_avgpool", "axis": "time"}]),
    ]


def cases():
    return activations() + dense() + convolutions() + pools() + norms() + sequences() + embeddings() + branches()
