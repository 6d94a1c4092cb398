"""Cases of optimizers.json: trajectories over 100 updates, and rates over 100 updates of schedules. In float64.

Gradients are hashed (values.hashed): the one of update t, counted from 0, begins at index t * n. PyTorch's rows come
from torch.optim; Keras's from the formulas of Keras 2 (OptimizerV2) written out below.
"""

import math

import torch

import values

COUNT, STEPS = 5, 100
SHOWN = (1, 2, 3, 10, 50, 100)
BOUND = 0.75
SEED = 11


def gradients(seed, bound):
    return [values.hashed([COUNT], seed, bound, first=t * COUNT) for t in range(STEPS)]


def start():
    return torch.tensor([1.0, -0.5, 0.25, -2.0, 0.0], dtype=torch.float64)


def row(name, optimizer, update, bound=BOUND):
    """update(w, gradient, t) changes w in place; t counts from 1."""
    w = start()
    trajectory = []
    for t, gradient in enumerate(gradients(SEED, bound), 1):
        update(w, gradient, t)
        if t in SHOWN:
            trajectory.append(w.detach().clone())
    return {
        "name": name, "optimizer": optimizer, "start": start(), "gradients": {"seed": SEED, "bound": bound},
        "steps": SHOWN, "trajectory": trajectory,
    }


def torch_row(name, optimizer, make, clip=None, bound=BOUND):
    w = start().requires_grad_()
    optim = make([w])

    def update(target, gradient, t):
        w.grad = gradient.clone()
        if clip:
            clip([w])
        optim.step()
        with torch.no_grad():
            target.copy_(w)

    return row(name, optimizer, update, bound)


def torch_rows():
    o = torch.optim
    rows = []

    def add(kind, settings, make, clip=None, bound=BOUND):
        name = " ".join([kind] + [f"{key}={value}" for key, value in settings.items()])
        rows.append(torch_row(name, {"type": kind, **settings}, make, clip, bound))

    add("sgd", {}, lambda p: o.SGD(p, 0.001))
    for settings in [
        {"lr": 0.1}, {"lr": -0.1}, {"lr": 0.1, "weight_decay": 0.1}, {"lr": 0.1, "momentum": 0.9},
        {"lr": 0.1, "momentum": 0.9, "nesterov": True}, {"lr": 0.1, "momentum": 0.9, "dampening": 0.3},
        {"lr": 0.1, "momentum": 0.5, "nesterov": True, "weight_decay": 0.05},
    ]:
        # torch.optim refuses a negative rate, which is the same as a flipped gradient.
        if settings["lr"] < 0:
            def flipped(p):
                return o.SGD(p, -settings["lr"], maximize=True)
            add("sgd", settings, flipped)
        else:
            add("sgd", settings, lambda p: o.SGD(p, **settings))
    add("adam", {}, lambda p: o.Adam(p))
    for settings in [
        {"lr": 0.05}, {"lr": 0.05, "betas": [0.5, 0.9]}, {"lr": 0.05, "eps": 0.01}, {"lr": 0.05, "weight_decay": 0.1},
    ]:
        add("adam", settings, lambda p: o.Adam(p, **settings))
    add("adamw", {}, lambda p: o.AdamW(p))
    add("adamw", {"lr": 0.05, "weight_decay": 0.2}, lambda p: o.AdamW(p, 0.05, weight_decay=0.2))
    add("rmsprop", {}, lambda p: o.RMSprop(p))
    for settings in [
        {"lr": 0.02, "alpha": 0.9}, {"lr": 0.02, "momentum": 0.5}, {"lr": 0.02, "centered": True},
        {"lr": 0.02, "centered": True, "momentum": 0.5, "eps": 0.001}, {"lr": 0.02, "weight_decay": 0.1},
    ]:
        add("rmsprop", settings, lambda p: o.RMSprop(p, **settings))
    add("adagrad", {}, lambda p: o.Adagrad(p))
    for settings in [{"lr": 0.1, "lr_decay": 0.05}, {"lr": 0.1, "initial_accumulator_value": 0.5},
                     {"lr": 0.1, "weight_decay": 0.1, "eps": 0.01}]:
        add("adagrad", settings, lambda p: o.Adagrad(p, **settings))
    add("adadelta", {}, lambda p: o.Adadelta(p))
    for settings in [{"lr": 0.5, "rho": 0.5}, {"eps": 0.001, "weight_decay": 0.1}]:
        add("adadelta", settings, lambda p: o.Adadelta(p, **settings))
    utils = torch.nn.utils
    add("sgd", {"lr": 0.1, "clip_norm": 0.5}, lambda p: o.SGD(p, 0.1), lambda p: utils.clip_grad_norm_(p, 0.5))
    add("sgd", {"lr": 0.1, "clip_value": 0.25}, lambda p: o.SGD(p, 0.1), lambda p: utils.clip_grad_value_(p, 0.25))

    def clip_both(p):
        utils.clip_grad_value_(p, 0.5)
        utils.clip_grad_norm_(p, 0.75)

    add("adam", {"lr": 0.05, "clip_value": 0.5, "clip_norm": 0.75}, lambda p: o.Adam(p, 0.05), clip_both, 2.0)
    return rows


def keras_sgd(lr=0.01, momentum=0.0, nesterov=False, decay=0.0):
    v = torch.zeros(COUNT, dtype=torch.float64)

    def update(w, g, t):
        rate = lr / (1 + decay * (t - 1))
        v.mul_(momentum).sub_(rate * g)
        w.add_(momentum * v - rate * g if nesterov else v)

    return update


def keras_adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
    m, v = torch.zeros(COUNT, dtype=torch.float64), torch.zeros(COUNT, dtype=torch.float64)

    def update(w, g, t):
        m.mul_(beta1).add_((1 - beta1) * g)
        v.mul_(beta2).add_((1 - beta2) * g * g)
        w.sub_(lr * math.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (v.sqrt() + eps))

    return update


def keras_rmsprop(lr=0.001, rho=0.9, eps=1e-7, momentum=0.0, centered=False):
    mean_square, mean, moved = (torch.zeros(COUNT, dtype=torch.float64) for _ in range(3))

    def update(w, g, t):
        mean_square.mul_(rho).add_((1 - rho) * g * g)
        denominator = mean_square
        if centered:
            mean.mul_(rho).add_((1 - rho) * g)
            denominator = mean_square - mean * mean
        if momentum:
            moved.mul_(momentum).add_(lr * g / (denominator + eps).sqrt())
            w.sub_(moved)
        else:
            w.sub_(lr * g / (denominator.sqrt() + eps))

    return update


def keras_adagrad(lr=0.001, accumulator=0.1, eps=1e-7):
    total = torch.full([COUNT], accumulator, dtype=torch.float64)

    def update(w, g, t):
        total.add_(g * g)
        w.sub_(lr * g / (total.sqrt() + eps))

    return update


def keras_adadelta(lr=0.001, rho=0.95, eps=1e-7):
    gradient, moved = torch.zeros(COUNT, dtype=torch.float64), torch.zeros(COUNT, dtype=torch.float64)

    def update(w, g, t):
        gradient.mul_(rho).add_((1 - rho) * g * g)
        delta = (moved + eps).sqrt() / (gradient + eps).sqrt() * g
        moved.mul_(rho).add_((1 - rho) * delta * delta)
        w.sub_(lr * delta)

    return update


def keras_rows():
    keras = {"defaults": "keras"}
    return [
        row("keras sgd", {"type": "sgd", **keras}, keras_sgd()),
        row("keras sgd momentum", {"type": "sgd", "momentum": 0.9, **keras}, keras_sgd(momentum=0.9)),
        row("keras sgd nesterov", {"type": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, **keras},
            keras_sgd(0.1, 0.9, True)),
        row("keras sgd decay", {"type": "sgd", "lr": 0.1, "momentum": 0.9, **keras,
                                "schedule": {"type": "inverse_time", "decay": 0.05}}, keras_sgd(0.1, 0.9, False, 0.05)),
        row("keras sgd nesterov decay", {"type": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True, **keras,
                                         "schedule": {"type": "inverse_time", "decay": 0.05}},
            keras_sgd(0.1, 0.9, True, 0.05)),
        row("keras adam", {"type": "adam", **keras}, keras_adam()),
        row("keras adam eps", {"type": "adam", "lr": 0.05, "eps": 0.01, **keras}, keras_adam(0.05, eps=0.01)),
        row("keras rmsprop", {"type": "rmsprop", **keras}, keras_rmsprop()),
        row("keras rmsprop eps", {"type": "rmsprop", "lr": 0.02, "eps": 0.01, **keras}, keras_rmsprop(0.02, eps=0.01)),
        row("keras rmsprop centered", {"type": "rmsprop", "lr": 0.02, "centered": True, **keras},
            keras_rmsprop(0.02, centered=True)),
        row("keras rmsprop momentum", {"type": "rmsprop", "lr": 0.02, "momentum": 0.5, "eps": 0.01, **keras},
            keras_rmsprop(0.02, eps=0.01, momentum=0.5)),
        row("keras rmsprop momentum centered", {"type": "rmsprop", "lr": 0.02, "momentum": 0.5, "eps": 0.01,
                                                "centered": True, **keras},
            keras_rmsprop(0.02, eps=0.01, momentum=0.5, centered=True)),
        row("keras adagrad", {"type": "adagrad", **keras}, keras_adagrad()),
        row("keras adagrad lr", {"type": "adagrad", "lr": 0.1, **keras}, keras_adagrad(0.1)),
        row("keras adadelta", {"type": "adadelta", **keras}, keras_adadelta()),
        row("keras adadelta lr", {"type": "adadelta", "lr": 1.0, **keras}, keras_adadelta(1.0)),
    ]


PER_EPOCH = 5


def rates(name, schedule, make, epoch_losses=None, lr=0.1):
    """make(optimizer) gives a list of (scheduler, "update" or "epoch")."""
    optim = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr)
    schedulers, rows = make(optim), []
    for t in range(STEPS):
        rows.append(optim.param_groups[0]["lr"])
        optim.step()
        for scheduler, when in schedulers:
            if when == "update":
                scheduler.step()
            elif (t + 1) % PER_EPOCH == 0:
                scheduler.step(*([epoch_losses[t // PER_EPOCH]] if epoch_losses else []))
    return {
        "name": f"rates of {name}", "optimizer": {"type": "sgd", "lr": lr, "schedule": schedule},
        "updates_per_epoch": PER_EPOCH, "epoch_losses": epoch_losses or [1.0] * (STEPS // PER_EPOCH), "rates": rows,
    }


def rate_rows():
    s = torch.optim.lr_scheduler
    falling = [1.0, 0.9, 0.8, 0.8, 0.85, 0.79995, 0.8, 0.8, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    warm = {"warmup_steps": 20, "warmup_start": 0.1}

    def warmup(o):
        return (s.LinearLR(o, 0.1, 1.0, 20), "update")

    return [
        rates("constant", "constant", lambda o: []),
        rates("step", {"type": "step", "step_size": 4}, lambda o: [(s.StepLR(o, 4, 0.1), "epoch")]),
        rates("step gamma", {"type": "step", "step_size": 3, "gamma": 0.5}, lambda o: [(s.StepLR(o, 3, 0.5), "epoch")]),
        rates("exponential", "exponential", lambda o: [(s.ExponentialLR(o, 0.95), "epoch")]),
        rates("cosine", "cosine", lambda o: [(s.CosineAnnealingLR(o, STEPS), "update")]),
        rates("cosine to a tenth", {"type": "cosine", "min_factor": 0.1},
              lambda o: [(s.CosineAnnealingLR(o, STEPS, 0.01), "update")]),
        rates("inverse_time", {"type": "inverse_time", "decay": 0.05},
              lambda o: [(s.LambdaLR(o, lambda t: 1 / (1 + 0.05 * t)), "update")]),
        rates("plateau", {"type": "plateau", "patience": 2, "factor": 0.5},
              lambda o: [(s.ReduceLROnPlateau(o, factor=0.5, patience=2), "epoch")], falling),
        rates("plateau threshold", {"type": "plateau", "patience": 0, "threshold": 0.15, "factor": 0.5},
              lambda o: [(s.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0.15), "epoch")], falling),
        rates("warm-up", {"type": "constant", **warm}, lambda o: [warmup(o)]),
        rates("warm-up and exponential", {"type": "exponential", "gamma": 0.8, **warm},
              lambda o: [warmup(o), (s.ExponentialLR(o, 0.8), "epoch")]),
        rates("warm-up from zero", {"type": "constant", "warmup_steps": 10},
              lambda o: [(s.LambdaLR(o, lambda t: min(t / 10, 1)), "update")]),
    ]


def cases():
    return torch_rows() + keras_rows() + rate_rows()
