"""Makes ../softmax.json."""

import torch

from golden import Family, f32

family = Family(__file__)

for op, function in {"softmax": torch.softmax, "log_softmax": torch.log_softmax}.items():
    for shape, axis in [
        ((1,), 0),
        ((17,), 0),
        ((3, 7), 1),
        ((3, 7), 0),
        ((2, 3, 5), -1),
        ((2, 3, 5), 1),
        ((2, 3, 5), 0),
        ((2, 3, 2, 5), -2),
        ((1, 33), 1),
    ]:
        name = f"{op} {list(shape)} along {axis}"
        family.case(
            name, op, {"x": family.draw(name).normal(*shape, scale=2)}, lambda x: function(x, axis), {"axis": axis}
        )
    large = f32(
        [
            [1000, 1001, 999, 1000],
            [-1000, -1001, -999, -1000],
            [0, 90, -90, 89],
            [50, 50, 50, 50],
            [30000, -30000, 0, 1],
        ]
    )
    family.case(f"{op} large", op, {"x": large}, lambda x: function(x, 1), {"axis": 1})
    masked = f32([[0.5, float("-inf"), 1.5, -0.25], [float("-inf"), float("-inf"), 2, float("-inf")]])
    family.case(f"{op} masked", op, {"x": masked}, lambda x: function(x, 1), {"axis": 1}, dy=op == "softmax")

family.write()
