"""What numpy prints: the text of str(array) for arrays of every kind of shape and number."""

import numpy as np
import torch

from golden import Family

family = Family(__file__)


def case(name, values, dtype=np.float32):
    array = np.asarray(values, dtype=dtype)
    family.add(name, "str", {"text": str(array)}, {"x": torch.from_numpy(array.copy())}, {})


random = np.random.default_rng(25)

case("a scalar", 1.5)
case("a whole scalar", -3)
case("an integer scalar", 42, np.int64)
case("a truth scalar", True, np.bool_)
case("an empty vector", [])
case("no rows", np.zeros((0, 3)))
case("whole numbers", [1, 2, 300])
case("one digit and many", [0.5, 1.0, -2.25, 100.125])
case("thirds", np.arange(6) / 3)
case("signed zeros", [0.0, -0.0, 1.0])
case("not finite", [np.nan, np.inf, -np.inf, 1.5])
case("only not finite", [np.nan, -np.inf])
case("large and small", [1e10, 1e-10, 1.0])
case("large", [123456789.0, 1.0])
case("a thousandfold", [0.001, 1.5])
case("more than a thousandfold", [0.001, 1001.5])
case("tiny", [1e-5, 2.5e-5])
case("least normal and largest", [1.1754944e-38, 3.4028235e38])
case("powers of two", 2.0 ** np.arange(-12, 12))
case("a matrix", random.normal(size=(3, 4)))
case("a wide matrix that wraps", random.normal(size=(2, 17)) * 100)
case("a cube", random.normal(size=(2, 3, 2)).round(2))
case("four axes", np.arange(24).reshape(2, 1, 3, 4), np.int64)
case("integers of both signs", [[1, -20], [300, 4]], np.int64)
case("truths", [[True, False], [False, True]], np.bool_)
case("a long vector that wraps", np.arange(40) * 25, np.int64)
case("a thousand and one", np.arange(1001), np.int64)
case("a summary of a matrix", (np.arange(40 * 40) / 8).reshape(40, 40))
case("a summary of one long axis", np.arange(3 * 400).reshape(3, 400), np.int64)
case("a summary with the digits that show", np.where(np.arange(1200) == 500, 1.23456, 2.0))
case("a summary of a cube", (np.arange(1200) % 7 == 0).reshape(12, 10, 10), np.bool_)

for digits in range(1, 6):  # lines that end at every column near the last
    for axes in range(1, 5):
        number = np.full((1,) * (axes - 1) + (50,), int("123456"[:digits]))
        case(f"{axes} axes of numbers with {digits} digits", number, np.int64)
case("negative zero in powers of ten", [-0.0, 1e10])

family.write()
