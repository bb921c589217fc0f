"""Makes ../pool.json: largest and mean of windows, fixed or adaptive. x is (batch, channels, …)."""

import torch.nn.functional as F

from golden import Family, f32

family = Family(__file__)

LARGEST = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
MEAN = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
ADAPTIVE_MEAN = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
ADAPTIVE_LARGEST = {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d}

# shape, window, stride, padding, dilation
WINDOWS = [
    ([2, 3, 7], [2], [2], [0], [1]),
    ([1, 1, 1], [1], [1], [0], [1]),
    ([2, 2, 17], [3], [2], [1], [1]),
    ([1, 2, 9], [3], [1], [0], [1]),
    ([1, 2, 9], [2], [3], [0], [1]),
    ([1, 2, 13], [3], [2], [1], [3]),
    ([2, 2, 6, 4], [2, 2], [2, 2], [0, 0], [1, 1]),
    ([2, 2, 7, 7], [2, 2], [2, 2], [0, 0], [1, 1]),
    ([1, 3, 7, 5], [3, 3], [2, 2], [1, 1], [1, 1]),
    ([1, 2, 5, 6], [3, 2], [1, 2], [1, 0], [1, 1]),
    ([1, 2, 7, 6], [2, 3], [1, 1], [0, 0], [2, 1]),
    ([2, 1, 5, 5], [5, 5], [5, 5], [0, 0], [1, 1]),
    ([1, 2, 4, 4, 6], [2, 2, 2], [2, 2, 2], [0, 0, 0], [1, 1, 1]),
    ([2, 1, 3, 5, 4], [2, 3, 2], [1, 2, 2], [1, 1, 0], [1, 1, 1]),
    ([1, 1, 5, 4, 5], [2, 2, 2], [2, 1, 1], [0, 1, 0], [2, 1, 3]),
]

for shape, window, stride, padding, dilation in WINDOWS:
    rank = len(window)
    label = f"{shape} window {window} stride {stride} padding {padding}"
    attributes = {"window": window, "stride": stride, "padding": [[p, p] for p in padding], "dilation": dilation}
    name = f"max_pool{rank}d {label} dilation {dilation}"
    x = family.draw(name).distinct(*shape)
    family.case(
        name, f"max_pool{rank}d", {"x": x}, lambda x: LARGEST[rank](x, window, stride, padding, dilation), attributes
    )
    if max(dilation) > 1:
        continue
    for counted in [True, False] if max(padding) > 0 else [True]:
        name = f"avg_pool{rank}d {label}{'' if counted else ' padding not counted'}"
        x = family.draw(name).normal(*shape)
        family.case(
            name,
            f"avg_pool{rank}d",
            {"x": x},
            lambda x: MEAN[rank](x, window, stride, padding, False, counted),
            {**attributes, "count_include_pad": counted},
        )

# Everywhere below zero: padding must not win.
negative = family.draw("negative").uniform(-3, -1, 1, 2, 5, 5)
family.case(
    "max_pool2d of negatives, padded",
    "max_pool2d",
    {"x": negative},
    lambda x: F.max_pool2d(x, 3, 2, 1),
    {"window": [3, 3], "stride": [2, 2], "padding": [[1, 1], [1, 1]], "dilation": [1, 1]},
)

# What stood before a ReLU is mostly zeros: the first of the equals takes the gradient.
equal = f32([[[[0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 0, 0], [2, 2, 0, 0]]]])
attributes = {"window": [2, 2], "stride": [2, 2], "padding": [[0, 0], [0, 0]], "dilation": [1, 1]}
family.case("max_pool2d of equals", "max_pool2d", {"x": equal}, lambda x: F.max_pool2d(x, 2), attributes)

SIZES = [
    ([2, 3, 7], [3]),
    ([1, 2, 5], [5]),
    ([2, 1, 4], [1]),
    ([2, 2, 7, 5], [3, 2]),
    ([1, 3, 4, 6], [1, 1]),
    ([1, 2, 6, 9], [2, 3]),
    ([1, 1, 3, 4], [5, 6]),
    ([1, 2, 5, 4, 7], [2, 4, 3]),
    ([2, 1, 3, 3, 3], [1, 1, 1]),
]
for shape, size in SIZES:
    rank = len(size)
    name = f"adaptive_avg_pool{rank}d {shape} to {size}"
    family.case(
        name,
        f"adaptive_avg_pool{rank}d",
        {"x": family.draw(name).normal(*shape)},
        lambda x: ADAPTIVE_MEAN[rank](x, size),
        {"size": size},
    )
    name = f"adaptive_max_pool{rank}d {shape} to {size}"
    family.case(
        name,
        f"adaptive_max_pool{rank}d",
        {"x": family.draw(name).distinct(*shape)},
        lambda x: ADAPTIVE_LARGEST[rank](x, size),
        {"size": size},
    )

family.write()
