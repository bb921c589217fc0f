"""Makes ../norm.json: normalisation over the batch, over the last axes, by groups and by instances.

batch_norm's running statistics move as running = (1 - momentum) * running + momentum * batch, the variance being the unbiased one.
"""

import torch
import torch.nn.functional as F

from golden import Family, f32

family = Family(__file__)


def weights(draw, *shape):
    return {"weight": draw.normal(*shape, scale=0.5, mean=1), "bias": draw.normal(*shape)}


def running(draw, count):
    return {"running_mean": draw.normal(count), "running_var": draw.uniform(0.5, 2, count)}


STATISTICS = ("running_mean", "running_var")

for shape in [(7, 3), (2, 3, 5), (3, 2, 4, 3), (2, 2, 2, 3, 2), (2, 1)]:
    for eps, momentum in [(1e-5, 0.1), (1e-3, 0.3)]:
        if eps != 1e-5 and shape != (3, 2, 4, 3):
            continue
        attributes = {"eps": eps, "momentum": momentum, "training": True}
        name = f"batch_norm {list(shape)} train eps {eps} momentum {momentum}"
        draw = family.draw(name)
        inputs = {"x": draw.normal(*shape, mean=0.5, scale=2), **weights(draw, shape[1]), **running(draw, shape[1])}

        def train(x, weight, bias, running_mean, running_var):
            mean, var = running_mean.clone(), running_var.clone()
            y = F.batch_norm(x, mean, var, weight, bias, True, momentum, eps)
            return {"y": y, "running_mean": mean, "running_var": var}

        family.case(name, "batch_norm", inputs, train, attributes, constant=STATISTICS)
        name = f"batch_norm {list(shape)} evaluation eps {eps}"
        family.case(
            name,
            "batch_norm",
            inputs,
            lambda x, w, b, mean, var: F.batch_norm(x, mean, var, w, b, False, momentum, eps),
            {**attributes, "training": False},
            constant=STATISTICS,
        )

for shape, axes in [((3, 7), 1), ((2, 3, 5), 1), ((2, 3, 5), 2), ((17,), 1), ((1, 33), 1), ((2, 4, 3, 2), 2)]:
    kept = shape[-axes:]
    for eps in [1e-5, 0.1]:
        for affine in [True, False]:
            name = f"layer_norm {list(shape)} last {axes} eps {eps}{'' if affine else ' plain'}"
            if eps == 0.1 and affine:
                continue
            draw = family.draw(name)
            inputs = {"x": draw.normal(*shape, mean=0.5, scale=2), **(weights(draw, *kept) if affine else {})}
            family.case(
                name,
                "layer_norm",
                inputs,
                lambda x, w=None, b=None: F.layer_norm(x, kept, w, b, eps),
                {"axes": axes, "eps": eps},
            )
    for eps in [1e-6, 0.1]:
        name = f"rms_norm {list(shape)} last {axes} eps {eps}"
        draw = family.draw(name)
        inputs = {"x": draw.normal(*shape, scale=2), "weight": draw.normal(*kept, mean=1, scale=0.5)}
        family.case(name, "rms_norm", inputs, lambda x, w: F.rms_norm(x, kept, w, eps), {"axes": axes, "eps": eps})

far = f32(family.draw("far").normal(2, 17) + 500)
family.case(
    "layer_norm far from zero",
    "layer_norm",
    {"x": far},
    lambda x: F.layer_norm(x, (17,), eps=1e-5),
    {"axes": 1, "eps": 1e-5},
)
family.case(
    "layer_norm of equals",
    "layer_norm",
    {"x": f32([[2] * 7])},
    lambda x: F.layer_norm(x, (7,), eps=1e-5),
    {"axes": 1, "eps": 1e-5},
)

for shape, groups in [
    ((2, 4, 5), 2),
    ((2, 6, 3, 2), 3),
    ((3, 4), 2),
    ((1, 3, 7), 1),
    ((2, 3, 2, 3), 3),
    ((1, 4, 2, 2, 3), 2),
]:
    name = f"group_norm {list(shape)} by {groups}"
    draw = family.draw(name)
    inputs = {"x": draw.normal(*shape, mean=0.5, scale=2), **weights(draw, shape[1])}
    family.case(
        name, "group_norm", inputs, lambda x, w, b: F.group_norm(x, groups, w, b, 1e-5), {"groups": groups, "eps": 1e-5}
    )
for shape in [(2, 3, 7), (2, 2, 3, 5), (1, 2, 2, 3, 2)]:
    name = f"instance_norm {list(shape)}"
    draw = family.draw(name)
    inputs = {"x": draw.normal(*shape, mean=0.5, scale=2), **weights(draw, shape[1])}
    family.case(
        name, "instance_norm", inputs, lambda x, w, b: F.instance_norm(x, weight=w, bias=b, eps=1e-5), {"eps": 1e-5}
    )

family.write()
