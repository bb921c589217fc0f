"""Makes ../conv.json: convolutions of one, two and three axes and their transposes.

x is (batch, channels, …), weight (out, in / groups, …) and for the transposes (in, out / groups, …).
The attributes "stride", "dilation" and "output_padding" have a number for each spatial axis, "padding" a pair [before, after].
"""

import torch.nn.functional as F

from golden import Family

family = Family(__file__)

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def listed(value, rank):
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank


def pairs(padding, rank):
    return [list(p) if isinstance(p, (list, tuple)) else [p, p] for p in listed(padding, rank)]


def conv(label, batch, channels, size, out, kernel, stride=1, padding=0, dilation=1, groups=1, bias=False):
    rank = len(size)
    name = f"conv{rank}d {label}"
    draw = family.draw(name)
    attributes = {
        "stride": listed(stride, rank),
        "padding": pairs(padding, rank),
        "dilation": listed(dilation, rank),
        "groups": groups,
    }
    inputs = {"x": draw.normal(batch, channels, *size), "weight": draw.normal(out, channels // groups, *kernel)}
    if bias:
        inputs["bias"] = draw.normal(out)
    edges = [n for pair in reversed(attributes["padding"]) for n in pair]

    def run(x, weight, bias=None):
        return CONV[rank](F.pad(x, edges), weight, bias, attributes["stride"], 0, attributes["dilation"], groups)

    family.case(name, f"conv{rank}d", inputs, run, attributes)


def transpose(
    label, batch, channels, size, out, kernel, stride=1, padding=0, output_padding=0, dilation=1, groups=1, bias=False
):
    rank = len(size)
    name = f"conv_transpose{rank}d {label}"
    draw = family.draw(name)
    attributes = {
        "stride": listed(stride, rank),
        "padding": pairs(padding, rank),
        "output_padding": listed(output_padding, rank),
        "dilation": listed(dilation, rank),
        "groups": groups,
    }
    inputs = {"x": draw.normal(batch, channels, *size), "weight": draw.normal(channels, out // groups, *kernel)}
    if bias:
        inputs["bias"] = draw.normal(out)
    before = [pair[0] for pair in attributes["padding"]]

    def run(x, weight, bias=None):
        return TRANSPOSE[rank](
            x, weight, bias, attributes["stride"], before, attributes["output_padding"], groups, attributes["dilation"]
        )

    family.case(name, f"conv_transpose{rank}d", inputs, run, attributes)


conv("plain", 2, 3, [9], 4, [3])
conv("one by one", 1, 1, [1], 1, [1])
conv("pointwise, bias", 3, 5, [7], 2, [1], bias=True)
conv("same, bias", 2, 3, [17], 2, [5], padding=2, bias=True)
conv("stride 2", 2, 2, [11], 3, [3], stride=2)
conv("stride leaves a rest", 1, 2, [12], 3, [4], stride=3)
conv("stride over the kernel", 1, 2, [13], 2, [2], stride=4)
conv("dilation 3", 2, 2, [13], 2, [3], dilation=3)
conv("causal", 2, 2, [7], 3, [3], padding=[[4, 0]], dilation=2)
conv("groups 2", 2, 4, [7], 6, [3], groups=2, padding=1)
conv("depthwise, bias", 2, 5, [7], 5, [3], groups=5, padding=1, bias=True)
conv("depthwise, two out each", 1, 3, [7], 6, [3], groups=3)
conv("all at once", 2, 4, [17], 6, [3], stride=2, padding=[[1, 3]], dilation=2, groups=2, bias=True)
conv("kernel as long as x", 2, 3, [5], 4, [5])
conv("padding over the kernel", 1, 1, [3], 1, [2], padding=3)

conv("plain", 2, 3, [6, 5], 4, [3, 3])
conv("one by one", 1, 1, [1, 1], 1, [1, 1])
conv("pointwise, bias", 2, 3, [4, 5], 5, [1, 1], bias=True)
conv("pointwise, stride 2", 2, 3, [5, 7], 4, [1, 1], stride=2)
conv("same, bias", 2, 2, [5, 7], 3, [3, 3], padding=1, bias=True)
conv("kernel 1 by 5", 1, 2, [3, 9], 3, [1, 5], padding=[0, 2])
conv("kernel 2 by 4", 2, 2, [5, 6], 3, [2, 4])
conv("stride 2", 2, 2, [7, 7], 3, [3, 3], stride=2, padding=1)
conv("stride 2 and 3", 1, 2, [8, 11], 2, [3, 2], stride=[2, 3])
conv("dilation 2", 1, 2, [9, 7], 2, [3, 3], dilation=2)
conv("dilation 1 and 3", 2, 1, [4, 9], 2, [2, 3], dilation=[1, 3], padding=[0, 1])
conv("asymmetric padding", 2, 2, [5, 4], 2, [3, 3], padding=[[0, 1], [2, 1]])
conv("groups 2", 2, 4, [5, 4], 6, [3, 3], groups=2)
conv("groups 3, bias", 1, 6, [4, 5], 3, [2, 2], groups=3, bias=True)
conv("depthwise", 2, 3, [6, 5], 3, [3, 3], groups=3, padding=1)
conv("depthwise, stride 2, bias", 1, 3, [7, 6], 3, [3, 3], groups=3, stride=2, padding=1, bias=True)
conv("depthwise, two out each", 1, 2, [5, 5], 4, [3, 3], groups=2)
conv("depthwise, dilation 2", 1, 3, [7, 7], 3, [3, 3], groups=3, dilation=2, padding=2)
conv(
    "all at once",
    2,
    4,
    [9, 8],
    6,
    [3, 2],
    stride=[2, 3],
    padding=[[1, 2], [0, 3]],
    dilation=[2, 1],
    groups=2,
    bias=True,
)
conv("seven by seven, stride 2", 1, 1, [13, 11], 2, [7, 7], stride=2, padding=3)
conv("9 to 17 channels", 1, 9, [4, 3], 17, [2, 2])
conv("kernel as large as x", 2, 2, [4, 5], 5, [4, 5], bias=True)

conv("plain", 1, 2, [4, 5, 4], 3, [2, 3, 2])
conv("same, bias", 2, 2, [3, 4, 3], 2, [3, 3, 3], padding=1, bias=True)
conv("stride 1, 2 and 2", 1, 2, [3, 5, 6], 2, [2, 2, 3], stride=[1, 2, 2], padding=[1, 0, 1])
conv("dilation", 1, 1, [5, 4, 6], 2, [2, 2, 3], dilation=[3, 1, 2])
conv("asymmetric padding", 1, 1, [2, 3, 3], 2, [2, 2, 2], padding=[[1, 0], [0, 1], [2, 0]])
conv("groups 2", 2, 4, [3, 3, 2], 2, [2, 2, 2], groups=2)
conv("depthwise, bias", 1, 3, [3, 4, 3], 3, [2, 3, 2], groups=3, bias=True)
conv("all at once", 1, 2, [5, 6, 5], 4, [2, 2, 2], stride=[2, 1, 2], padding=1, dilation=[1, 2, 2], groups=2, bias=True)

transpose("plain", 2, 3, [5], 2, [3])
transpose("one by one", 1, 1, [1], 1, [1])
transpose("stride 2, bias", 2, 2, [5], 3, [4], stride=2, padding=1, bias=True)
transpose("stride 3, output padding 2", 1, 2, [4], 2, [3], stride=3, padding=1, output_padding=2)
transpose("stride over the kernel", 1, 2, [3], 2, [2], stride=4)
transpose("dilation 2, output padding 1", 1, 2, [4], 2, [3], dilation=2, output_padding=1)
transpose("groups 2, bias", 2, 4, [5], 6, [3], groups=2, padding=1, bias=True)
transpose("depthwise", 1, 3, [5], 3, [3], groups=3, stride=2)
transpose("all at once", 2, 4, [5], 2, [3], stride=3, padding=2, output_padding=1, dilation=2, groups=2, bias=True)

transpose("plain", 2, 2, [3, 4], 3, [3, 3])
transpose("twice as large", 1, 3, [3, 4], 2, [4, 4], stride=2, padding=1, bias=True)
transpose("twice as large by two", 1, 3, [3, 2], 2, [2, 2], stride=2)
transpose("output padding", 2, 2, [3, 3], 2, [3, 3], stride=2, padding=1, output_padding=1)
transpose("uneven", 1, 2, [3, 4], 2, [2, 3], stride=[3, 2], padding=[0, 1], output_padding=[1, 0])
transpose("dilation", 1, 2, [3, 4], 2, [2, 3], dilation=[2, 3])
transpose("groups 2", 2, 4, [3, 2], 6, [2, 3], groups=2, bias=True)
transpose("depthwise", 1, 3, [3, 3], 3, [3, 3], groups=3, stride=2, padding=1, output_padding=1)
transpose(
    "all at once",
    1,
    4,
    [3, 4],
    4,
    [3, 2],
    stride=[2, 3],
    padding=[1, 2],
    output_padding=[1, 0],
    dilation=[2, 2],
    groups=2,
    bias=True,
)

transpose("plain", 1, 2, [2, 3, 2], 2, [2, 2, 3])
transpose(
    "stride 2, output padding, bias",
    1,
    2,
    [2, 2, 3],
    2,
    [3, 2, 3],
    stride=2,
    padding=[1, 0, 1],
    output_padding=[1, 0, 1],
    bias=True,
)
transpose("groups, dilation", 2, 2, [2, 2, 2], 4, [2, 2, 2], dilation=[1, 2, 1], groups=2)

family.write()
