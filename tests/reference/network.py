"""Interprets the "model" and "loss" of a config with PyTorch, so that its numbers can be compared with mldbg's.

Every layer is computed by torch.nn or torch.nn.functional; parameters are made when a layer first asks for them.
Nothing here is taken from mldbg but the names of layers, settings and parameters.
"""

import torch
import torch.nn.functional as F
from torch.func import functional_call


def pair(value, count):
    return [value] * count if isinstance(value, int) else list(value)


class Network:
    """fill(name, shape, kind) gives a tensor; kind is weight, bias, gain, recurrent, embedding, mean or var."""

    def __init__(self, config, inputs, fill):
        self.config, self.inputs, self.fill = config, inputs, fill
        self.parameters, self.state = {}, {}
        counts = {}
        self.names = []
        for layer in config["model"]:
            counts[layer["type"]] = counts.get(layer["type"], 0) + 1
            self.names.append(layer.get("name", f"{layer['type']}{counts[layer['type']]}"))

    def parameter(self, name, shape, kind):
        if name not in self.parameters:
            self.parameters[name] = self.fill(name, shape, kind).requires_grad_(self.trainable)
        return self.parameters[name]

    def running(self, name, shape, kind):
        if name not in self.state:
            self.state[name] = self.fill(name, shape, kind)
        return self.state[name]

    def forward(self, values, training):
        known = {given["name"]: value for given, value in zip(self.inputs, values)}
        previous = values[0]
        self.training = training
        for name, layer in zip(self.names, self.config["model"]):
            source = layer.get("from")
            sources = [source] if isinstance(source, str) else source
            x = [known[s] for s in sources] if sources else [previous]
            self.trainable = layer.get("trainable", True)
            self.name = name
            previous = known[name] = LAYERS[layer["type"]](self, layer, *x)
        return previous

    def penalty(self):
        total = 0
        for name, layer in zip(self.names, self.config["model"]):
            if "l1" in layer or "l2" in layer:
                weight = self.parameters[name + "/weight"]
                total = total + layer.get("l1", 0) * weight.abs().sum() + layer.get("l2", 0) * (weight**2).sum()
        return total


def linear(net, layer, x):
    weight = net.parameter(net.name + "/weight", [layer["out_features"], x.shape[-1]], "weight")
    bias = net.parameter(net.name + "/bias", [layer["out_features"]], "bias") if layer.get("bias", True) else None
    return F.linear(x, weight, bias)


def convolution(dims, function):
    def run(net, layer, x):
        kernel, groups = pair(layer["kernel_size"], dims), layer.get("groups", 1)
        weight = net.parameter(net.name + "/weight", [layer["out_channels"], x.shape[1] // groups] + kernel, "weight")
        bias = None
        if layer.get("bias", True):
            bias = net.parameter(net.name + "/bias", [layer["out_channels"]], "bias")
        dilation, padding = pair(layer.get("dilation", 1), dims), layer.get("padding", 0)
        if padding == "causal":
            x, padding = F.pad(x, [dilation[0] * (kernel[0] - 1), 0]), 0
        return function(x, weight, bias, layer.get("stride", 1), padding, dilation, groups)

    return run


def same_padding(size, kernel, stride):
    """Sizes before and behind as in TensorFlow, whose pooling knows "same"; PyTorch's does not."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return [total // 2, total - total // 2]


def pooling(dims, function, average):
    def run(net, layer, x):
        kernel = pair(layer["kernel_size"], dims)
        stride = pair(layer.get("stride", kernel), dims)
        padding = layer.get("padding", 0)
        if padding == "same":
            sides = [same_padding(x.shape[2 + i], kernel[i], stride[i]) for i in range(dims)]
            x, padding = F.pad(x, [n for side in reversed(sides) for n in side], value=float("-inf")), 0
        if average:
            return function(x, kernel, stride, padding, count_include_pad=layer.get("count_include_pad", True))
        return function(x, kernel, stride, padding)

    return run


def global_avgpool(net, layer, x):
    return x.mean(1) if layer.get("axis") == "time" else x.flatten(2).mean(2)


def batchnorm(net, layer, x):
    keras = layer.get("defaults") == "keras"
    channels = [x.shape[1]]
    weight = bias = None
    if layer.get("affine", True):
        weight = net.parameter(net.name + "/weight", channels, "gain")
        bias = net.parameter(net.name + "/bias", channels, "bias")
    mean = net.running(net.name + "/running_mean", channels, "mean")
    var = net.running(net.name + "/running_var", channels, "var")
    eps, momentum = layer.get("eps", 1e-3 if keras else 1e-5), layer.get("momentum", 0.01 if keras else 0.1)
    if not net.training or layer.get("frozen"):
        return F.batch_norm(x, mean, var, weight, bias, False, momentum, eps)
    if not keras:
        return F.batch_norm(x, mean, var, weight, bias, True, momentum, eps)
    with torch.no_grad():
        axes = [i for i in range(x.dim()) if i != 1]
        mean.mul_(1 - momentum).add_(x.mean(axes), alpha=momentum)
        var.mul_(1 - momentum).add_(x.var(axes, unbiased=False), alpha=momentum)
    return F.batch_norm(x, None, None, weight, bias, True, momentum, eps)


def layernorm(net, layer, x):
    weight = bias = None
    if layer.get("affine", True):
        weight = net.parameter(net.name + "/weight", [x.shape[-1]], "gain")
        bias = net.parameter(net.name + "/bias", [x.shape[-1]], "bias")
    return F.layer_norm(x, [x.shape[-1]], weight, bias, layer.get("eps", 1e-5))


def embedding(net, layer, x):
    sizes = [layer["num_embeddings"], layer["embedding_dim"]]
    return F.embedding(x, net.parameter(net.name + "/weight", sizes, "embedding"))


def positional(net, layer, x):
    steps, width = x.shape[1:]
    if layer.get("encoding", "learned") == "learned":
        return x + net.parameter(net.name + "/weight", [steps, width], "embedding")
    place = torch.arange(steps, dtype=x.dtype)[:, None]
    column = torch.arange(width)
    angle = place / 10000 ** ((column // 2 * 2).to(x.dtype) / width)
    return x + torch.where(column % 2 == 0, torch.sin(angle), torch.cos(angle))


def recurrent(module, gates):
    def run(net, layer, x):
        hidden = layer["hidden_size"]
        extra = {"nonlinearity": layer.get("nonlinearity", "tanh")} if gates == 1 else {}
        cell = module(x.shape[-1], hidden, bias=layer.get("bias", True), batch_first=True, dtype=x.dtype, **extra)
        given = {
            "weight_ih_l0": net.parameter(net.name + "/weight_ih", [gates * hidden, x.shape[-1]], "weight"),
            "weight_hh_l0": net.parameter(net.name + "/weight_hh", [gates * hidden, hidden], "recurrent"),
        }
        if layer.get("bias", True):
            given["bias_ih_l0"] = net.parameter(net.name + "/bias_ih", [gates * hidden], "bias")
            given["bias_hh_l0"] = net.parameter(net.name + "/bias_hh", [gates * hidden], "bias")
        if layer.get("reverse"):
            x = x.flip(1)
        y = functional_call(cell, given, (x,))[0]
        if not layer.get("return_sequences"):
            return y[:, -1]
        return y.flip(1) if layer.get("reverse") else y

    return run


def attention(net, layer, query, *others):
    key = others[0] if others else query
    value = others[1] if len(others) > 1 else key
    width = query.shape[-1]
    module = torch.nn.MultiheadAttention(
        width, layer["num_heads"], bias=layer.get("bias", True), batch_first=True, dtype=query.dtype
    )
    parts = {}
    for part in "q", "k", "v", "out":
        parts[part] = net.parameter(f"{net.name}/{part}/weight", [width, width], "weight")
        if layer.get("bias", True):
            parts[part + "b"] = net.parameter(f"{net.name}/{part}/bias", [width], "bias")
    given = {"in_proj_weight": torch.cat([parts["q"], parts["k"], parts["v"]]), "out_proj.weight": parts["out"]}
    if layer.get("bias", True):
        given["in_proj_bias"] = torch.cat([parts["qb"], parts["kb"], parts["vb"]])
        given["out_proj.bias"] = parts["outb"]
    mask = None
    if layer.get("causal"):
        mask = torch.ones(query.shape[1], key.shape[1], dtype=torch.bool).triu(1)
    return functional_call(module, given, (query, key, value), {"need_weights": False, "attn_mask": mask})[0]


def concat(net, layer, *x):
    dim = layer.get("dim", 0 if x[0].dim() > 2 else -1)
    return torch.cat(x, dim if dim < 0 else dim + 1)


def multiply(net, layer, *x):
    product = x[0]
    for other in x[1:]:
        product = product * other
    return product


ACTIVATIONS = {
    "identity": lambda x, s: x,
    "relu": lambda x, s: F.relu(x),
    "leaky_relu": lambda x, s: F.leaky_relu(x, s.get("negative_slope", 0.01)),
    "elu": lambda x, s: F.elu(x, s.get("alpha", 1.0)),
    "selu": lambda x, s: F.selu(x),
    "gelu": lambda x, s: F.gelu(x),
    "silu": lambda x, s: F.silu(x),
    "tanh": lambda x, s: torch.tanh(x),
    "sigmoid": lambda x, s: torch.sigmoid(x),
    "hard_sigmoid": lambda x, s: (x / 6 + 0.5).clamp(0, 1),  # F.hardsigmoid holds 1 / 6 in single precision
    "softplus": lambda x, s: F.softplus(x),
    "softsign": lambda x, s: F.softsign(x),
    "exponential": lambda x, s: torch.exp(x),
}

LAYERS = {
    "linear": linear,
    "conv1d": convolution(1, F.conv1d),
    "conv2d": convolution(2, F.conv2d),
    "maxpool1d": pooling(1, F.max_pool1d, False),
    "maxpool2d": pooling(2, F.max_pool2d, False),
    "avgpool1d": pooling(1, F.avg_pool1d, True),
    "avgpool2d": pooling(2, F.avg_pool2d, True),
    "global_avgpool": global_avgpool,
    "flatten": lambda net, layer, x: x.flatten(1),
    "reshape": lambda net, layer, x: x.reshape([x.shape[0]] + layer["shape"]),
    "transpose": lambda net, layer, x: x.transpose(-1, -2),
    "select": lambda net, layer, x: x[:, layer.get("index", -1)],
    "softmax": lambda net, layer, x: F.softmax(x, layer.get("dim", -1)),
    "log_softmax": lambda net, layer, x: F.log_softmax(x, layer.get("dim", -1)),
    "dropout": lambda net, layer, x: F.dropout(x, layer.get("p", 0.5), net.training),
    "batchnorm": batchnorm,
    "layernorm": layernorm,
    "embedding": embedding,
    "positional": positional,
    "rnn": recurrent(torch.nn.RNN, 1),
    "lstm": recurrent(torch.nn.LSTM, 4),
    "gru": recurrent(torch.nn.GRU, 3),
    "attention": attention,
    "add": lambda net, layer, *x: sum(x[1:], x[0]),
    "multiply": multiply,
    "concat": concat,
}
for activation, function in ACTIVATIONS.items():
    LAYERS[activation] = lambda net, layer, x, function=function: function(x, layer)


def keras_cross_entropy(p, target, settings):
    """categorical_crossentropy of Keras 2 on probabilities: renormalize, cut, minus sum of target times log."""
    if settings.get("normalize", True):
        p = p / p.sum(-1, keepdim=True)
    clip = settings.get("clip", 1e-7)
    if clip:
        p = p.clamp(clip, 1 - clip)
    return -(target * p.log()).sum(-1)


def keras_binary(p, target, clip):
    """binary_crossentropy of Keras 2: probabilities are cut to [clip, 1 - clip]."""
    p = p.clamp(clip, 1 - clip)
    return -(target * p.log() + (1 - target) * (1 - p).log())


def dense(output, labels, classes):
    """The real target of class data: one-hot, or the class id as a number for a single output."""
    if output.shape[-1] == 1:
        return labels.to(output.dtype)[:, None]
    return F.one_hot(labels, classes).to(output.dtype)


def loss(config, output, target, classes):
    """target: class ids (int64), or reals of the output's shape."""
    settings = config if isinstance(config, dict) else {"type": config}
    kind, reduction, factor = settings["type"], settings.get("reduction", "mean"), settings.get("factor", 1)
    weights = settings.get("class_weights")
    weights = torch.tensor(weights, dtype=output.dtype) if weights else None
    is_class = target.dtype == torch.int64
    reduce = torch.mean if reduction == "mean" else torch.sum
    if kind in ("cross_entropy", "nll") and settings.get("from", "logits") == "logits":
        logits, labels = output.reshape(-1, output.shape[-1]), target.reshape(-1)
        if kind == "nll":
            return factor * F.nll_loss(logits, labels, weights, reduction=reduction)
        smoothing = settings.get("label_smoothing", 0.0)
        return factor * F.cross_entropy(logits, labels, weights, reduction=reduction, label_smoothing=smoothing)
    if kind == "hinge":
        sign = 2 * target.to(output.dtype).reshape(output.shape) - 1
        return factor * reduce(torch.clamp(1 - sign * output, min=0))
    goal = dense(output, target, classes) if is_class else target
    if settings.get("broadcast"):
        if is_class:
            one_hot = F.one_hot(target, classes).to(output.dtype)
            goal = one_hot if output.shape[-1] == 1 else target.to(output.dtype)[:, None]
        output, goal = torch.broadcast_tensors(output, goal)
    if kind == "cross_entropy":
        return factor * reduce(keras_cross_entropy(output, goal, settings))
    row_weight = weights[target][:, None] if weights is not None else None
    if kind == "bce" and settings.get("clip") is not None:
        return factor * reduce(keras_binary(output, goal, settings["clip"]))
    if kind == "bce":
        return factor * F.binary_cross_entropy(output, goal, row_weight, reduction=reduction)
    if kind == "bce_with_logits":
        return factor * F.binary_cross_entropy_with_logits(output, goal, row_weight, reduction=reduction)
    if kind == "mse":
        return factor * F.mse_loss(output, goal, reduction=reduction)
    if kind == "l1":
        return factor * F.l1_loss(output, goal, reduction=reduction)
    if kind == "huber":
        return factor * F.huber_loss(output, goal, reduction=reduction, delta=settings.get("delta", 1.0))
    raise ValueError(kind)
