"""Makes ../layers.json: whole layers with given weights, through torch.nn's own modules."""

import torch
from torch import nn
from torch.func import functional_call

from shared import Family, f32

family = Family(__file__)


def layer(name, op, module, x, attributes=None, scale=0.5):
    """The module's parameters are redrawn and become inputs of the case, under their own names."""
    draw = family.draw(name)
    module = module.double()
    parameters = {k: draw.normal(*p.shape, scale=scale) for k, p in module.named_parameters()}

    def run(x, *values):
        return functional_call(module, dict(zip(parameters, values)), (x,))

    family.case(name, op, {"x": x(draw), **parameters}, run, attributes)


def normal(*shape):
    return lambda draw: draw.normal(*shape)


for rows, columns, shape in [(3, 7, (2, 7)), (1, 1, (1, 1)), (17, 5, (5,)), (4, 7, (2, 3, 7)), (5, 33, (3, 33))]:
    for bias in [True, False]:
        name = f"linear {columns} to {rows}{'' if bias else ', no bias'} {list(shape)}"
        layer(name, "linear", nn.Linear(columns, rows, bias), normal(*shape))

CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSE = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}


def conv(rank, channels, out, kernel, size, **options):
    name = f"conv{rank}d {channels} to {out} kernel {kernel} {options}".replace("'", "")
    layer(
        name,
        f"conv{rank}d",
        CONV[rank](channels, out, kernel, **options),
        normal(2, channels, *size),
        {"kernel": kernel, **spread(rank, options)},
    )


def transpose(rank, channels, out, kernel, size, **options):
    name = f"conv_transpose{rank}d {channels} to {out} kernel {kernel} {options}".replace("'", "")
    layer(
        name,
        f"conv_transpose{rank}d",
        TRANSPOSE[rank](channels, out, kernel, **options),
        normal(2, channels, *size),
        {"kernel": kernel, **spread(rank, {"output_padding": 0, **options})},
    )


def spread(rank, options):
    every = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, **options}
    listed = ("stride", "dilation", "output_padding")
    every = {k: [v] * rank if k in listed else v for k, v in every.items()}
    return {**every, "padding": [[every["padding"]] * 2] * rank}


conv(1, 2, 3, [3], [7])
conv(1, 4, 2, [4], [9], stride=2, padding=1, dilation=2, groups=2, bias=False)
conv(2, 1, 3, [3, 3], [5, 7], padding=1)
conv(2, 4, 4, [2, 3], [5, 6], stride=2, groups=2)
conv(2, 3, 2, [5, 5], [5, 5], bias=False)
conv(3, 2, 2, [2, 2, 2], [3, 4, 3], padding=1, stride=2)
transpose(1, 2, 3, [3], [5], stride=2, output_padding=1)
transpose(2, 3, 2, [4, 4], [3, 2], stride=2, padding=1)
transpose(2, 4, 2, [3, 2], [3, 3], stride=2, groups=2, bias=False)
transpose(3, 2, 1, [2, 2, 2], [2, 3, 2], stride=2)

for count, dim, shape, padding in [
    (5, 3, (7,), None),
    (7, 4, (2, 5), None),
    (7, 4, (2, 5), 0),
    (7, 4, (3, 4), 2),
    (3, 1, (1,), None),
]:
    name = f"embedding {count} by {dim} {list(shape)} padding {padding}"
    layer(
        name,
        "embedding",
        nn.Embedding(count, dim, padding_idx=padding),
        lambda draw: draw.integers(0, count, *shape),
        {} if padding is None else {"padding_index": padding},
    )

# Two training steps on different batches, each fed with the running statistics that the step before left, then evaluation.
for op, make, shapes in [
    ("batch_norm1d", nn.BatchNorm1d, [(7, 3), (5, 3)]),
    ("batch_norm1d", nn.BatchNorm1d, [(2, 3, 5), (3, 3, 4)]),
    ("batch_norm2d", nn.BatchNorm2d, [(2, 3, 4, 3), (3, 3, 2, 2)]),
]:
    for eps, momentum in [(1e-5, 0.1), (1e-3, 0.25)]:
        label = f"{op} {list(shapes[0])} eps {eps} momentum {momentum}"
        mean, var = torch.zeros(3), torch.ones(3)
        draw = family.draw(label)
        weight, bias = draw.normal(3, mean=1, scale=0.5), draw.normal(3)
        for step, training in [("first step", True), ("second step", True), ("evaluation", False)]:
            x = draw.normal(*shapes[step == "second step"], mean=0.5, scale=2)

            def run(x, weight, bias, mean, var):
                module = make(3, eps, momentum).double().train(training)
                module.running_mean.copy_(mean)
                module.running_var.copy_(var)
                y = functional_call(module, {"weight": weight, "bias": bias}, (x,))
                return {"y": y, "running_mean": module.running_mean, "running_var": module.running_var}

            inputs = {"x": x, "weight": weight, "bias": bias, "running_mean": mean, "running_var": var}
            family.case(
                f"{label} {step}",
                op,
                inputs,
                run,
                {"eps": eps, "momentum": momentum, "training": training},
                constant=("running_mean", "running_var"),
            )
            after = family.cases[-1]["outputs"]
            mean, var = (f32([float(v) for v in after[k]["values"]]) for k in ("running_mean", "running_var"))

for shape, kept in [((3, 7), (7,)), ((2, 3, 5), (5,)), ((2, 3, 5), (3, 5))]:
    layer(
        f"layer_norm {list(shape)} last {len(kept)}",
        "layer_norm",
        nn.LayerNorm(kept),
        normal(*shape),
        {"shape": list(kept), "eps": 1e-5},
        scale=1,
    )
    layer(
        f"rms_norm {list(shape)} last {len(kept)}",
        "rms_norm",
        nn.RMSNorm(kept, 1e-6),
        normal(*shape),
        {"shape": list(kept), "eps": 1e-6},
        scale=1,
    )
for groups, channels, shape in [(2, 4, (2, 4, 5)), (3, 6, (2, 6, 2, 3)), (1, 3, (2, 3, 2, 2))]:
    layer(
        f"group_norm {list(shape)} by {groups}",
        "group_norm",
        nn.GroupNorm(groups, channels),
        normal(*shape),
        {"groups": groups, "eps": 1e-5},
        scale=1,
    )

family.write()
