"""Makes ../elementwise.json: functions of single numbers, with broadcasting."""

import torch

from golden import Family, f32

family = Family(__file__)

NAN, INF = float("nan"), float("inf")

ROUNDED = {"floor": torch.floor, "ceil": torch.ceil, "round": torch.round}
UNARY = {
    "neg": (torch.neg, -3, 3),
    "exp": (torch.exp, -6, 6),
    "log": (torch.log, 0.05, 9),
    "log1p": (torch.log1p, -0.9, 9),
    "expm1": (torch.expm1, -4, 4),
    "sqrt": (torch.sqrt, 0.05, 9),
    "rsqrt": (torch.rsqrt, 0.05, 9),
    "reciprocal": (torch.reciprocal, 0.2, 5),
    "square": (torch.square, -3, 3),
    "sin": (torch.sin, -9, 9),
    "cos": (torch.cos, -9, 9),
    "tanh": (torch.tanh, -4, 4),
    "erf": (torch.erf, -3, 3),
    "abs": (torch.abs, -3, 3),
    "sign": (torch.sign, -3, 3),
    "sigmoid": (torch.sigmoid, -8, 8),
    "relu": (torch.relu, -3, 3),
}

for op, (function, low, high) in UNARY.items():
    for shape in [(), (1,), (3, 7), (2, 1, 17)]:
        name = f"{op} {list(shape)}"
        x = family.draw(name).uniform(low, high, *shape)
        family.case(name, op, {"x": x}, function)

for op, function in ROUNDED.items():
    for shape in [(1,), (17,), (3, 7)]:
        name = f"{op} {list(shape)}"
        x = family.draw(name).off_integers(-5, 5, *shape)
        family.case(name, op, {"x": x}, function)
    halves = f32([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, -3, 3, 0.0, 8388608, -8388609, 1e20])
    family.case(f"{op} halves to even, large", op, {"x": halves}, function, dy=False)

# Tiny arguments are where log1p and expm1 earn their keep.
tiny = f32([1e-7, -1e-7, 1e-5, -1e-5, 3e-4, -3e-4, 0.0])
for op in ["log1p", "expm1", "tanh", "erf", "sin"]:
    family.case(f"{op} tiny", op, {"x": tiny}, UNARY[op][0])

SPECIAL = {
    "exp": [0, -0.0, -INF, INF, NAN, 80, -80, -120],
    "log": [0, 1, INF, -1, NAN, 1e-30, 1e30],
    "log1p": [0, -1, INF, -2, NAN],
    "expm1": [0, -INF, INF, NAN, -50],
    "sqrt": [0, 1, INF, -1, NAN, 1e-30, 1e30],
    "tanh": [0, INF, -INF, NAN, 20, -20, 100],
    "erf": [0, INF, -INF, NAN, 5, -5],
    "sigmoid": [0, INF, -INF, NAN, 30, -30, 100, -85],
    "abs": [0, -0.0, INF, -INF, NAN],
    "relu": [0, INF, -INF, NAN, -0.5],
    "floor": [INF, -INF, NAN],
    "sin": [0, 1000, -1000, 30000, NAN],
    "cos": [0, 1000, -1000, 30000, NAN],
}
for op, values in SPECIAL.items():
    function = UNARY[op][0] if op in UNARY else ROUNDED[op]
    family.case(f"{op} special values", op, {"x": f32(values)}, function, dy=False)

# The chosen derivative at the kink is 0.
for op in ["relu", "abs", "sign"]:
    family.case(f"{op} at zero", op, {"x": f32([0, -1, 1])}, UNARY[op][0])

SHAPES = [
    ((), (7,)),
    ((7,), (1,)),
    ((3, 7), (7,)),
    ((3, 1), (1, 7)),
    ((2, 3, 5), (3, 1)),
    ((2, 1, 5), (4, 1)),
    ((17,), (17,)),
]


def pairs(op, draw_x, draw_y, function, **options):
    for left, right in SHAPES:
        name = f"{op} {list(left)} {list(right)}"
        draw = family.draw(name)
        inputs = {"a": draw_x(draw, left), "b": draw_y(draw, right)}
        family.case(name, op, inputs, function, **options)


def normal(draw, shape):
    return draw.normal(*shape)


def positive(draw, shape):
    return draw.uniform(0.2, 3, *shape)


def away_from_zero(draw, shape):
    return f32(draw.uniform(0.5, 3, *shape) * draw.sign(*shape))


pairs("add", normal, normal, lambda a, b: a + b)
pairs("sub", normal, normal, lambda a, b: a - b)
pairs("mul", normal, normal, lambda a, b: a * b)
pairs("div", normal, away_from_zero, lambda a, b: a / b)
pairs("pow", positive, normal, torch.pow)
pairs("max", normal, normal, torch.maximum)
pairs("min", normal, normal, torch.minimum)

for left, right in SHAPES:
    # The quotient stays off the integers, so that no rounding decides which side of the jump it falls on.
    name = f"remainder {list(left)} {list(right)}"
    draw = family.draw(name)
    divisor = away_from_zero(draw, right)
    whole = torch.tensor(draw.random.integers(-4, 4, left))
    dividend = f32((whole + 0.3) * 1.7) if not left else draw.normal(*left, scale=3)
    quotient = dividend.double() / divisor.double()
    assert ((quotient - quotient.round()).abs() > 1e-4).all()
    family.case(name, "remainder", {"a": dividend, "b": divisor}, torch.remainder)

family.case(
    "remainder signs",
    "remainder",
    {"a": f32([7, -7, 7, -7, 6, -6, 5.5, -5.5]), "b": f32([3, 3, -3, -3, 3, -3, 2, -2])},
    torch.remainder,
    dy=False,
)
family.case(
    "div special values",
    "div",
    {"a": f32([1, -1, 0, INF, INF, NAN, 1]), "b": f32([0, 0, 0, 2, INF, 1, INF])},
    torch.div,
    dy=False,
)
family.case(
    "max special values", "max", {"a": f32([NAN, 1, INF, -INF]), "b": f32([1, NAN, 1, 1])}, torch.maximum, dy=False
)
family.case(
    "min special values", "min", {"a": f32([NAN, 1, INF, -INF]), "b": f32([1, NAN, 1, 1])}, torch.minimum, dy=False
)
family.case(
    "pow special values",
    "pow",
    {"a": f32([0, 0, 2, -2, -2, 0.5, NAN, 4]), "b": f32([0, 2, -1, 3, 2, 10, 0, 0.5])},
    torch.pow,
    dy=False,
)
# Equal ones share the gradient.
for op, function in {"max": torch.maximum, "min": torch.minimum}.items():
    family.case(f"{op} of equals", op, {"a": f32([1, 2, 3]), "b": f32([1, 3, 2])}, function)
for exponent in [2, 3, 0.5, -1, -2, 0, 1]:
    name = f"pow scalar {exponent}"
    x = family.draw(name).uniform(0.2, 3, 3, 7)
    if exponent in (2, 3, -1, -2, 0, 1):
        x = f32(x * family.draw(name).sign(3, 7))
    family.case(name, "pow_scalar", {"x": x}, lambda x, e=exponent: torch.pow(x, e), {"exponent": exponent})

family.case("pow of zero", "pow_scalar", {"x": f32([0, 1, -1])}, lambda x: torch.pow(x, 3), {"exponent": 3})

for condition, left, right in [
    ((7,), (7,), (7,)),
    ((3, 1), (7,), ()),
    ((2, 1, 5), (4, 1), (2, 4, 5)),
    ((), (3,), (2, 1)),
]:
    name = f"where {list(condition)} {list(left)} {list(right)}"
    draw = family.draw(name)
    inputs = {"condition": draw.booleans(*condition), "a": draw.normal(*left), "b": draw.normal(*right)}
    family.case(name, "where", inputs, torch.where)

COMPARE = {"eq": torch.eq, "ne": torch.ne, "lt": torch.lt, "le": torch.le, "gt": torch.gt, "ge": torch.ge}
for op, function in COMPARE.items():
    a, b = f32([[1, 2, 3, NAN], [3, 2, 1, NAN]]), f32([1, 2, 2, NAN])
    family.case(f"{op} broadcast", op, {"a": a, "b": b}, function, dy=False)

family.write()
