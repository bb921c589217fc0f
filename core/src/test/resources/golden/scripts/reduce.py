"""Makes ../reduce.json: reductions over any axes, running sums, sorting and where the largest stands."""

import torch

from golden import Family, f32

family = Family(__file__)

# An empty list of axes stands for all of them.
PLACES = [
    ((1,), [0]),
    ((17,), []),
    ((3, 7), [0]),
    ((3, 7), [-1]),
    ((3, 7), [0, 1]),
    ((2, 3, 5), [0, 2]),
    ((2, 3, 5), [1]),
]


def axes_of(axes, shape):
    return list(range(len(shape))) if not axes else axes


def product(x, axes, keep):
    for axis in sorted((a % x.dim() for a in axes), reverse=True):
        x = torch.prod(x, axis, keepdim=keep)
    return x


REDUCTIONS = {
    "sum": lambda x, axes, keep: torch.sum(x, axes, keepdim=keep),
    "mean": lambda x, axes, keep: torch.mean(x, axes, keepdim=keep),
    "max": lambda x, axes, keep: torch.amax(x, axes, keepdim=keep),
    "min": lambda x, axes, keep: torch.amin(x, axes, keepdim=keep),
    "prod": product,
    "logsumexp": lambda x, axes, keep: torch.logsumexp(x, axes, keepdim=keep),
}

for op, function in REDUCTIONS.items():
    for shape, axes in PLACES:
        for keep in [False, True]:
            if keep and len(shape) == 1:
                continue
            name = f"{op} {list(shape)} over {axes}{' kept' if keep else ''}"
            draw = family.draw(name)
            x = draw.distinct(*shape) if op in ("max", "min") else draw.normal(*shape)
            family.case(
                name, op, {"x": x}, lambda x: function(x, axes_of(axes, shape), keep), {"axes": axes, "keep_dim": keep}
            )

for op, function in {"var": torch.var, "std": torch.std}.items():
    for shape, axes in PLACES[1:]:
        for correction in [1, 0]:
            name = f"{op} {list(shape)} over {axes} {'unbiased' if correction else 'biased'}"
            x = family.draw(name).normal(*shape, mean=3)
            attributes = {"axes": axes, "keep_dim": correction == 0, "unbiased": correction == 1}
            family.case(
                name,
                op,
                {"x": x},
                lambda x: function(x, axes_of(axes, shape), correction=correction, keepdim=correction == 0),
                attributes,
            )

for order in [1, 2, 3, float("inf")]:
    for shape, axes in PLACES[1:]:
        name = f"norm {order} {list(shape)} over {axes}"
        x = family.draw(name).distinct(*shape)
        attributes = {"axes": axes, "keep_dim": False, "order": "Infinity" if order == float("inf") else order}
        family.case(
            name, "norm", {"x": x}, lambda x: torch.linalg.vector_norm(x, order, axes_of(axes, shape)), attributes
        )

# The derivative of the Euclidean norm at zero is taken as 0, not 0 / 0.
family.case(
    "norm 2 of zeros",
    "norm",
    {"x": f32([[0, 0, 0], [3, 0, -4]])},
    lambda x: torch.linalg.vector_norm(x, 2, 1),
    {"axes": [1], "keep_dim": False, "order": 2},
)
# Equal ones share the gradient.
equal = f32([[1, 3, 3, 0, 3], [2, 2, 2, 2, 2], [0, 0, -1, -2, -2]])
with_nan = f32([[1, float("nan"), 3], [4, 5, 6]])
for op, function in {"max": torch.amax, "min": torch.amin}.items():
    attributes = {"axes": [1], "keep_dim": False}
    family.case(f"{op} of equals", op, {"x": equal}, lambda x: function(x, 1), attributes)
    family.case(f"{op} with NaN", op, {"x": with_nan}, lambda x: function(x, 1), attributes, dy=False)
# dy * y / x would be NaN here.
family.case(
    "prod with a zero",
    "prod",
    {"x": f32([[2, 0, 3], [1, 2, -4]])},
    lambda x: torch.prod(x, 1),
    {"axes": [1], "keep_dim": False},
)
family.case(
    "prod with two zeros",
    "prod",
    {"x": f32([[0, 0, 3], [1, 0, -4]])},
    lambda x: torch.prod(x, 1),
    {"axes": [1], "keep_dim": False},
)
large = f32([[1000, 1001, 999], [-1000, -1001, -999], [0, 1000, -1000]])
family.case(
    "logsumexp large", "logsumexp", {"x": large}, lambda x: torch.logsumexp(x, 1), {"axes": [1], "keep_dim": False}
)
infinite = f32([[float("-inf"), 0, 1], [float("-inf"), float("-inf"), float("-inf")]])
family.case(
    "logsumexp infinite",
    "logsumexp",
    {"x": infinite},
    lambda x: torch.logsumexp(x, 1),
    {"axes": [1], "keep_dim": False},
    dy=False,
)
# A long sum of equal small numbers on a large base: a single float accumulator loses digits.
far = f32(family.draw("var far").normal(3, 17) + 1000)
family.case(
    "var far from zero",
    "var",
    {"x": far},
    lambda x: torch.var(x, 1, correction=0),
    {"axes": [1], "keep_dim": False, "unbiased": False},
)

for op, function in {"argmax": torch.argmax, "argmin": torch.argmin}.items():
    for shape in [(1,), (17,), (3, 7), (2, 3, 5)]:
        for axis in range(len(shape)):
            name = f"{op} {list(shape)} over {axis}"
            x = family.draw(name).distinct(*shape)
            family.case(name, op, {"x": x}, lambda x: function(x, axis), {"axis": axis, "keep_dim": False}, dy=False)
    x = family.draw(op).distinct(3, 7)
    family.case(
        f"{op} kept", op, {"x": x}, lambda x: function(x, -1, keepdim=True), {"axis": -1, "keep_dim": True}, dy=False
    )
    ties = f32([[1, 3, 3, 0, 0], [2, 2, 2, 2, 2]])
    family.case(
        f"{op} takes the first of equals",
        op,
        {"x": ties},
        lambda x: function(x, 1),
        {"axis": 1, "keep_dim": False},
        dy=False,
    )

for shape, axis in [((1,), 0), ((17,), 0), ((3, 7), 0), ((3, 7), 1), ((2, 3, 5), -2)]:
    name = f"cumsum {list(shape)} along {axis}"
    x = family.draw(name).normal(*shape)
    family.case(name, "cumsum", {"x": x}, lambda x: torch.cumsum(x, axis), {"axis": axis})
    for descending in [False, True]:
        name = f"sort {list(shape)} along {axis} {'down' if descending else 'up'}"
        x = family.draw(name).distinct(*shape)
        family.case(
            name,
            "sort",
            {"x": x},
            lambda x: dict(zip(["values", "indices"], torch.sort(x, dim=axis, descending=descending, stable=True))),
            {"axis": axis, "descending": descending},
        )
ties = f32([[1, 0, 1, 0, 1, -0.5, 0]])
for descending in [False, True]:
    family.case(
        f"sort is stable {'down' if descending else 'up'}",
        "sort",
        {"x": ties},
        lambda x: dict(zip(["values", "indices"], torch.sort(x, dim=1, descending=descending, stable=True))),
        {"axis": 1, "descending": descending},
        dy=False,
    )
for shape, axis, k in [((1,), 0, 1), ((17,), 0, 5), ((3, 7), 1, 3), ((3, 7), 0, 2), ((2, 5, 3), -2, 5)]:
    for largest in [True, False]:
        name = f"topk {k} of {list(shape)} along {axis} {'largest' if largest else 'smallest'}"
        x = family.draw(name).distinct(*shape)
        family.case(
            name,
            "topk",
            {"x": x},
            lambda x: dict(zip(["values", "indices"], torch.topk(x, k, axis, largest=largest))),
            {"k": k, "axis": axis, "largest": largest},
        )

family.write()
