"""Makes ../movement.json: what moves, repeats, picks or scatters numbers without computing."""

import torch
import torch.nn.functional as F

from golden import Family

family = Family(__file__)


def sliced(x, ranges):
    """numpy's x[start:stop:step, ...] for steps of either sign; None is what the reader left out."""
    for axis, (start, stop, step) in enumerate(ranges):
        kept = list(range(x.shape[axis])[slice(start, stop, step)])
        x = torch.index_select(x, axis, torch.tensor(kept, dtype=torch.int64))
    return x


SLICES = [
    ((17,), [[2, 9, 1]]),
    ((17,), [[None, None, 3]]),
    ((17,), [[-5, None, 1]]),
    ((17,), [[1, -1, 2]]),
    ((17,), [[None, -3, 1]]),
    ((17,), [[None, None, -1]]),
    ((17,), [[12, 2, -3]]),
    ((17,), [[3, 100, 1]]),
    ((7,), [[-100, 4, 1]]),
    ((7,), [[4, 4, 1]]),
    ((3, 7), [[1, 2, 1], [None, None, 2]]),
    ((3, 7), [[None, None, -2], [5, 0, -2]]),
    ((2, 3, 5), [[None, None, 1], [1, None, 1], [None, -1, 3]]),
]
for shape, ranges in SLICES:
    name = f"slice {list(shape)} " + ", ".join(":".join("" if v is None else str(v) for v in r) for r in ranges)
    family.case(name, "slice", {"x": family.draw(name).normal(*shape)}, lambda x: sliced(x, ranges), {"ranges": ranges})

for shape, padding, value in [
    ((7,), [[2, 3]], 0),
    ((3, 5), [[0, 0], [1, 0]], 0),
    ((3, 5), [[2, 1], [0, 3]], -1.5),
    ((2, 1, 3), [[0, 1], [1, 1], [2, 0]], 7),
]:
    name = f"pad {list(shape)} by {padding} with {value}"
    flat = [n for pair in reversed(padding) for n in pair]
    family.case(
        name,
        "pad",
        {"x": family.draw(name).normal(*shape)},
        lambda x: F.pad(x, flat, value=value),
        {"padding": padding, "value": value},
    )

for shapes, axis in [
    ([(3,), (1,), (7,)], 0),
    ([(2, 3), (1, 3)], 0),
    ([(2, 3), (2, 4), (2, 1)], -1),
    ([(2, 3, 2), (2, 1, 2)], 1),
]:
    name = f"concat {[list(s) for s in shapes]} along {axis}"
    draw = family.draw(name)
    inputs = {f"x{i}": draw.normal(*s) for i, s in enumerate(shapes)}
    family.case(name, "concat", inputs, lambda *x: torch.cat(x, axis), {"axis": axis})
for shape, count, axis in [((), 3, 0), ((3,), 2, 0), ((3,), 2, 1), ((2, 3), 3, 1), ((2, 3), 2, -1)]:
    name = f"stack {count} of {list(shape)} along {axis}"
    draw = family.draw(name)
    family.case(
        name,
        "stack",
        {f"x{i}": draw.normal(*shape) for i in range(count)},
        lambda *x: torch.stack(x, axis),
        {"axis": axis},
    )

# gather: y[i, j] = x[i, index[i, j]] for axis 1, index broadcast to nothing: every other axis as long as x's.
for shape, axis, count in [((7,), 0, 4), ((3, 7), 1, 2), ((3, 7), 0, 5), ((2, 3, 5), 1, 4), ((2, 3, 5), -1, 1)]:
    name = f"gather {count} of {list(shape)} along {axis}"
    draw = family.draw(name)
    picked = list(shape)
    picked[axis] = count
    inputs = {"x": draw.normal(*shape), "index": draw.integers(0, shape[axis], *picked)}
    family.case(name, "gather", inputs, lambda x, index: torch.gather(x, axis, index), {"axis": axis})
    source = draw.normal(*picked)
    name = f"scatter_add {count} into {list(shape)} along {axis}"
    family.case(
        name,
        "scatter_add",
        {"x": inputs["x"], "index": inputs["index"], "source": source},
        lambda x, index, source: torch.scatter_add(x, axis, index, source),
        {"axis": axis},
    )
for shape, axis, count in [((7,), 0, 4), ((7,), 0, 1), ((3, 7), 1, 9), ((3, 7), 0, 5), ((2, 3, 5), 1, 4)]:
    name = f"index_select {count} of {list(shape)} along {axis}"
    draw = family.draw(name)
    inputs = {"x": draw.normal(*shape), "index": draw.integers(0, shape[axis], count)}
    family.case(name, "index_select", inputs, lambda x, index: torch.index_select(x, axis, index), {"axis": axis})

for shape, depth in [((), 3), ((7,), 5), ((2, 3), 4), ((3,), 1)]:
    name = f"one_hot {list(shape)} of {depth}"
    x = family.draw(name).integers(0, depth, *shape)
    family.case(name, "one_hot", {"x": x}, lambda x: F.one_hot(x, depth).double(), {"depth": depth})

for shape, order in [((3, 7), [1, 0]), ((2, 3, 5), [2, 0, 1]), ((2, 3, 5), [0, 2, 1]), ((2, 3, 1, 5), [3, 1, 0, 2])]:
    name = f"permute {list(shape)} to {order}"
    family.case(name, "permute", {"x": family.draw(name).normal(*shape)}, lambda x: x.permute(order), {"axes": order})
for shape, axes in [((7,), [0]), ((3, 7), [1]), ((2, 3, 5), [0, 2]), ((2, 3, 5), [-2])]:
    name = f"flip {list(shape)} along {axes}"
    family.case(name, "flip", {"x": family.draw(name).normal(*shape)}, lambda x: torch.flip(x, axes), {"axes": axes})
for shape, sizes in [((6,), [2, 3]), ((3, 4), [12]), ((2, 3, 4), [4, -1]), ((1,), [])]:
    name = f"reshape {list(shape)} to {sizes}"
    family.case(name, "reshape", {"x": family.draw(name).normal(*shape)}, lambda x: x.reshape(sizes), {"shape": sizes})
for shape, axis, sizes in [((12,), 0, [3, 4]), ((2, 12), 1, [2, 3, 2]), ((2, 6, 3), -2, [2, 3])]:
    name = f"unflatten {list(shape)} axis {axis} to {sizes}"
    family.case(
        name,
        "unflatten",
        {"x": family.draw(name).normal(*shape)},
        lambda x: x.unflatten(axis, sizes),
        {"axis": axis, "shape": sizes},
    )
for shape, first, last in [((2, 3, 5), 1, 2), ((2, 3, 5), 0, 1), ((2, 3, 5), 0, -1)]:
    name = f"flatten {list(shape)} axes {first} to {last}"
    family.case(
        name,
        "flatten",
        {"x": family.draw(name).normal(*shape)},
        lambda x: x.flatten(first, last),
        {"first": first, "last": last},
    )
for shape, sizes in [((), [3]), ((1,), [7]), ((7,), [3, 7]), ((3, 1), [2, 3, 5]), ((2, 1, 3), [2, 4, 3])]:
    name = f"broadcast_to {list(shape)} {sizes}"
    family.case(
        name, "broadcast_to", {"x": family.draw(name).normal(*shape)}, lambda x: x.expand(sizes), {"shape": sizes}
    )
for shape, repeats in [((3,), [2]), ((2, 3), [2, 2]), ((2, 1, 3), [1, 4, 2]), ((3,), [2, 2])]:
    name = f"tile {list(shape)} by {repeats}"
    family.case(
        name, "tile", {"x": family.draw(name).normal(*shape)}, lambda x: torch.tile(x, repeats), {"repeats": repeats}
    )
for shape, axis, repeats in [((3,), 0, 2), ((2, 3), 1, 3), ((2, 3), 0, 2)]:
    name = f"repeat_interleave {list(shape)} along {axis} by {repeats}"
    family.case(
        name,
        "repeat_interleave",
        {"x": family.draw(name).normal(*shape)},
        lambda x: torch.repeat_interleave(x, repeats, axis),
        {"axis": axis, "repeats": repeats},
    )
for op, function in {"tril": torch.tril, "triu": torch.triu}.items():
    for shape, diagonal in [((5, 5), 0), ((3, 7), 1), ((2, 4, 3), -1)]:
        name = f"{op} {list(shape)} diagonal {diagonal}"
        family.case(
            name, op, {"x": family.draw(name).normal(*shape)}, lambda x: function(x, diagonal), {"diagonal": diagonal}
        )

family.write()
