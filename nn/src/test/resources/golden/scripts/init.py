"""Makes ../init.json: no draws, but the bounds and deviations that hold for them, checked here against PyTorch's own draws.

A uniform draw has a "bound" and both have a "std". Shapes are those of weights: (out, in / groups, …) for linear and convolution.
"""

import math

import torch
from torch import nn

from shared import Family

family = Family(__file__)
torch.manual_seed(1)


def statistics(name, op, attributes, draw, std=None, bound=None, shape=None):
    """The draw is repeated until there are enough numbers to tell a wrong formula from chance."""
    values = torch.cat([draw().detach().double().flatten() for _ in range(40)])
    while values.numel() < 20000:
        values = torch.cat([values, draw().detach().double().flatten()])
    if bound is not None:
        std = bound / math.sqrt(3)
        assert values.abs().max() <= bound * (1 + 1e-6) and values.abs().max() > 0.99 * bound, name
    assert abs(values.std() / std - 1) < 0.03 and abs(values.mean()) < 0.05 * std, (name, values.std(), std)
    outputs = {"std": torch.tensor(std, dtype=torch.float64)}
    if bound is not None:
        outputs["bound"] = torch.tensor(bound, dtype=torch.float64)
    family.add(name, op, attributes, {}, outputs)


GAINS = [
    ("linear", None),
    ("sigmoid", None),
    ("tanh", None),
    ("relu", None),
    ("leaky_relu", 0.01),
    ("leaky_relu", 0.2),
    ("leaky_relu", math.sqrt(5)),
    ("selu", None),
]
for nonlinearity, parameter in GAINS:
    gain = nn.init.calculate_gain(nonlinearity, parameter)
    attributes = (
        {"nonlinearity": nonlinearity} if parameter is None else {"nonlinearity": nonlinearity, "parameter": parameter}
    )
    name = f"gain {nonlinearity}" + ("" if parameter is None else f" {parameter:.3g}")
    family.add(name, "gain", attributes, {}, {"gain": torch.tensor(float(gain), dtype=torch.float64)})

SHAPES = [[30, 50], [7, 90], [16, 5, 3], [12, 8, 3, 3], [6, 4, 2, 3, 2]]
for shape in SHAPES:
    field = math.prod(shape[2:])
    fan_in, fan_out = shape[1] * field, shape[0] * field
    for gain in [1.0, math.sqrt(2)]:
        std = gain * math.sqrt(2 / (fan_in + fan_out))
        attributes = {"shape": shape, "gain": gain}
        label = f"{shape} gain {gain:.3g}"
        statistics(
            f"xavier_uniform {label}",
            "xavier_uniform",
            attributes,
            lambda: nn.init.xavier_uniform_(torch.empty(shape), gain),
            bound=std * math.sqrt(3),
        )
        statistics(
            f"xavier_normal {label}",
            "xavier_normal",
            attributes,
            lambda: nn.init.xavier_normal_(torch.empty(shape), gain),
            std=std,
        )
    for mode, fan in [("fan_in", fan_in), ("fan_out", fan_out)]:
        for nonlinearity, slope in [("relu", 0), ("leaky_relu", 0.2), ("leaky_relu", math.sqrt(5)), ("linear", 0)]:
            std = nn.init.calculate_gain(nonlinearity, slope) / math.sqrt(fan)
            attributes = {"shape": shape, "mode": mode, "nonlinearity": nonlinearity, "slope": slope}
            label = f"{shape} {mode} {nonlinearity} {slope:.3g}"
            arguments = {"a": slope, "mode": mode, "nonlinearity": nonlinearity}
            statistics(
                f"kaiming_uniform {label}",
                "kaiming_uniform",
                attributes,
                lambda: nn.init.kaiming_uniform_(torch.empty(shape), **arguments),
                bound=std * math.sqrt(3),
            )
            statistics(
                f"kaiming_normal {label}",
                "kaiming_normal",
                attributes,
                lambda: nn.init.kaiming_normal_(torch.empty(shape), **arguments),
                std=std,
            )

# A normal cut at two deviations is narrower than its name says.
density = math.exp(-2) / math.sqrt(2 * math.pi)
inside = math.erf(math.sqrt(2))
narrow = math.sqrt(1 - 2 * 2 * density / inside)
for std in [1.0, 0.02]:
    statistics(
        f"truncated_normal {std} cut at two",
        "truncated_normal",
        {"std": std, "cut": 2},
        lambda: nn.init.trunc_normal_(torch.empty(50, 20), 0, std, -2 * std, 2 * std),
        std=std * narrow,
    )

# What layers start with: weight and bias U(-1/√fan_in, 1/√fan_in), embeddings N(0, 1).
LAYERS = [
    ("linear", nn.Linear, {"in": 50, "out": 30}, (50, 30), 50),
    ("conv1d", nn.Conv1d, {"in": 6, "out": 8, "kernel": [5]}, (6, 8, 5), 30),
    ("conv2d", nn.Conv2d, {"in": 4, "out": 6, "kernel": [3, 2]}, (4, 6, (3, 2)), 24),
    ("conv3d", nn.Conv3d, {"in": 2, "out": 6, "kernel": [2, 3, 2]}, (2, 6, (2, 3, 2)), 24),
    # PyTorch takes the second axis of the weight for the fan, which here is the outgoing one.
    ("conv_transpose2d", nn.ConvTranspose2d, {"in": 4, "out": 6, "kernel": [3, 2]}, (4, 6, (3, 2)), 36),
]
for op, make, attributes, arguments, fan in LAYERS:
    for parameter in ["weight", "bias"]:
        statistics(
            f"default {op} {parameter}",
            "default",
            {"layer": op, "parameter": parameter, **attributes},
            lambda: getattr(make(*arguments), parameter),
            bound=1 / math.sqrt(fan),
        )
statistics(
    "default embedding weight",
    "default",
    {"layer": "embedding", "parameter": "weight", "count": 50, "dim": 20},
    lambda: nn.Embedding(50, 20).weight,
    std=1.0,
)

family.write()
