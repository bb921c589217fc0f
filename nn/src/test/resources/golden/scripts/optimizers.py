"""Makes ../optimizers.json: where each optimizer has taken two parameters after 1, 2, 5 and 20 steps of given gradients.

The gradients do not depend on the parameters, so one wrong step cannot hide behind the next. Parameter a is (3, 2), b is (4);
b[3] never gets a gradient, b[2] only at every third step, and the gradients of a grow.
"""

import inspect

import numpy as np
import torch

from shared import Family, f32

family = Family(__file__)

STEPS = 20
KEPT = [1, 2, 5, 20]

draw = family.draw("gradients")
A = draw.normal(3, 2)
B = draw.normal(4)
GRADIENTS_A = f32((draw.normal(STEPS, 3, 2).numpy() * np.linspace(0.2, 3, STEPS)[:, None, None]).round(3))
GRADIENTS_B = draw.normal(STEPS, 4)
GRADIENTS_B[:, 3] = 0
GRADIENTS_B[[i for i in range(STEPS) if i % 3 != 0], 2] = 0
INPUTS = {"a": A, "b": B, "gradients_a": GRADIENTS_A, "gradients_b": GRADIENTS_B}


def record(name, op, attributes, trajectory):
    kept = {key: torch.stack([trajectory[step - 1][i] for step in KEPT]) for i, key in enumerate("ab")}
    family.add(name, op, {**attributes, "steps": KEPT}, INPUTS, kept)


def optimizer(op, make, label="defaults", **options):
    """Options left out are written into the attributes with PyTorch's defaults."""
    a, b = (torch.nn.Parameter(p.double().clone()) for p in (A, B))
    made = make([a, b], foreach=False, **options)
    trajectory = []
    for step in range(STEPS):
        a.grad, b.grad = GRADIENTS_A[step].double(), GRADIENTS_B[step].double()
        made.step()
        trajectory.append((a.detach().clone(), b.detach().clone()))
    known = {
        "lr",
        "momentum",
        "dampening",
        "weight_decay",
        "nesterov",
        "maximize",
        "lr_decay",
        "initial_accumulator_value",
        "eps",
        "alpha",
        "centered",
        "betas",
        "amsgrad",
    }
    attributes = {k: list(v) if isinstance(v, tuple) else v for k, v in made.defaults.items() if k in known}
    assert all(k in inspect.signature(make).parameters for k in attributes)
    record(f"{op} {label}", op, attributes, trajectory)


SGD = torch.optim.SGD
optimizer("sgd", SGD, "plain", lr=0.1)
optimizer("sgd", SGD, "momentum", lr=0.03, momentum=0.9)
optimizer("sgd", SGD, "nesterov", lr=0.02, momentum=0.8, nesterov=True)
optimizer("sgd", SGD, "dampening", lr=0.05, momentum=0.9, dampening=0.3)
optimizer("sgd", SGD, "weight decay", lr=0.1, weight_decay=0.05)
optimizer("sgd", SGD, "momentum, weight decay", lr=0.01, momentum=0.9, weight_decay=0.1)
optimizer("sgd", SGD, "nesterov, weight decay", lr=0.04, momentum=0.7, nesterov=True, weight_decay=0.02)
optimizer(
    "sgd",
    SGD,
    "momentum, dampening, weight decay, maximize",
    lr=0.02,
    momentum=0.85,
    dampening=0.1,
    weight_decay=0.03,
    maximize=True,
)
optimizer("sgd", SGD, "maximize", lr=0.07, maximize=True)

Adagrad = torch.optim.Adagrad
optimizer("adagrad", Adagrad)
optimizer("adagrad", Adagrad, "lr", lr=0.3)
optimizer("adagrad", Adagrad, "lr decay", lr=0.2, lr_decay=0.1)
optimizer("adagrad", Adagrad, "weight decay", lr=0.1, weight_decay=0.1)
optimizer("adagrad", Adagrad, "initial accumulator", lr=0.15, initial_accumulator_value=0.5)
optimizer("adagrad", Adagrad, "eps", lr=0.25, eps=0.1)
optimizer("adagrad", Adagrad, "all", lr=0.2, lr_decay=0.05, weight_decay=0.02, initial_accumulator_value=0.1, eps=1e-3)

RMSprop = torch.optim.RMSprop
optimizer("rmsprop", RMSprop)
optimizer("rmsprop", RMSprop, "lr, alpha", lr=0.003, alpha=0.9)
optimizer("rmsprop", RMSprop, "eps", lr=0.02, eps=0.1)
optimizer("rmsprop", RMSprop, "centered", lr=0.005, alpha=0.95, centered=True)
optimizer("rmsprop", RMSprop, "momentum", lr=0.004, momentum=0.9)
optimizer("rmsprop", RMSprop, "centered, momentum", lr=0.002, alpha=0.9, centered=True, momentum=0.8)
optimizer("rmsprop", RMSprop, "weight decay", lr=0.006, weight_decay=0.1)
optimizer("rmsprop", RMSprop, "all", lr=0.002, alpha=0.97, eps=1e-4, centered=True, momentum=0.5, weight_decay=0.05)

Adam = torch.optim.Adam
optimizer("adam", Adam)
optimizer("adam", Adam, "lr", lr=0.02)
optimizer("adam", Adam, "betas", lr=0.01, betas=(0.5, 0.9))
optimizer("adam", Adam, "eps", lr=0.03, eps=0.1)
optimizer("adam", Adam, "weight decay", lr=0.005, weight_decay=0.1)
optimizer("adam", Adam, "amsgrad", lr=0.01, betas=(0.9, 0.5), amsgrad=True)
optimizer("adam", Adam, "amsgrad, weight decay", lr=0.02, betas=(0.8, 0.6), amsgrad=True, weight_decay=0.05)
optimizer("adam", Adam, "maximize", lr=0.01, maximize=True)

AdamW = torch.optim.AdamW
optimizer("adamw", AdamW)
optimizer("adamw", AdamW, "weight decay", lr=0.01, weight_decay=0.3)
optimizer("adamw", AdamW, "no weight decay", lr=0.02, weight_decay=0.0)
optimizer("adamw", AdamW, "amsgrad", lr=0.01, betas=(0.9, 0.5), amsgrad=True, weight_decay=0.1)
optimizer("adamw", AdamW, "betas, eps", lr=0.03, betas=(0.8, 0.95), eps=1e-3)


def lion(label, lr, betas=(0.9, 0.99), weight_decay=0.0):
    """Chen et al., Symbolic Discovery of Optimization Algorithms (arXiv:2302.06675), algorithm 2; PyTorch has none."""
    beta1, beta2 = betas
    parameters = [A.double().numpy().copy(), B.double().numpy().copy()]
    momenta = [np.zeros_like(p) for p in parameters]
    trajectory = []
    for step in range(STEPS):
        for i, gradients in enumerate([GRADIENTS_A, GRADIENTS_B]):
            g = gradients[step].double().numpy()
            c = beta1 * momenta[i] + (1 - beta1) * g
            assert ((abs(c) > 1e-5) | (c == 0)).all(), "a sign that rounding could turn"
            parameters[i] = parameters[i] - lr * (np.sign(c) + weight_decay * parameters[i])
            momenta[i] = beta2 * momenta[i] + (1 - beta2) * g
        trajectory.append(tuple(torch.tensor(p) for p in parameters))
    record(f"lion {label}", "lion", {"lr": lr, "betas": list(betas), "weight_decay": weight_decay}, trajectory)


lion("defaults", 1e-4)
lion("lr", 0.01)
lion("betas", 0.02, betas=(0.8, 0.95))
lion("weight decay", 0.03, weight_decay=0.1)


def clip(op, label, scale, function, **attributes):
    gradients = {"a": f32(GRADIENTS_A[7] * scale), "b": f32(GRADIENTS_B[7] * scale)}
    held = [torch.nn.Parameter(torch.zeros_like(g).double()) for g in gradients.values()]
    for parameter, gradient in zip(held, gradients.values()):
        parameter.grad = gradient.double()
    total = function(held)
    outputs = {k: p.grad for k, p in zip(gradients, held)}
    if total is not None:
        outputs["norm"] = total
    family.add(f"{op} {label}", op, attributes, gradients, outputs)


norm, value = torch.nn.utils.clip_grad_norm_, torch.nn.utils.clip_grad_value_
clip("clip_norm", "above", 3, lambda p: norm(p, 1.5), max_norm=1.5)
clip("clip_norm", "below", 0.01, lambda p: norm(p, 1.0), max_norm=1.0)
clip("clip_norm", "zero", 0, lambda p: norm(p, 1.0), max_norm=1.0)
clip("clip_norm", "small", 1, lambda p: norm(p, 0.001), max_norm=0.001)
clip("clip_value", "above", 3, lambda p: value(p, 0.5), max_value=0.5)
clip("clip_value", "below", 0.01, lambda p: value(p, 1.0), max_value=1.0)

family.write()
