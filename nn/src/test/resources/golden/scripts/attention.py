"""Makes ../attention.json: attention that is masked, or looks at another sequence, through torch.nn's own module.

PyTorch keeps the projections of queries, keys and values in one weight; here they are cut as Merapi has them.
"""

import torch
from torch import nn
from torch.func import functional_call

from shared import Family

family = Family(__file__)


def case(name, op, heads, dim, inputs, causal=False):
    draw = family.draw(name)
    module = nn.MultiheadAttention(dim, heads, batch_first=True).double()
    first = {"self": {"projection": 3 * dim}, "cross": {"query": dim, "keyValue": 2 * dim}}[op]
    parameters = {}
    for part, out in {**first, "output": dim}.items():
        parameters[part + ".weight"] = draw.normal(out, dim, scale=0.5)
        parameters[part + ".bias"] = draw.normal(out, scale=0.5)
    given = inputs(draw)

    def run(*values):
        held = dict(zip([*given, *parameters], values))
        context = held.get("context", held["x"])
        hidden = ~held["mask"] if "mask" in held else None
        time = held["x"].shape[1]
        later = torch.ones(time, time, dtype=torch.bool).triu(1) if causal else None
        arguments = (held["x"], context, context)
        options = {"attn_mask": later, "key_padding_mask": hidden, "need_weights": False}
        weights = {
            "in_proj_weight": torch.cat([held[part + ".weight"] for part in first]),
            "in_proj_bias": torch.cat([held[part + ".bias"] for part in first]),
            "out_proj.weight": held["output.weight"],
            "out_proj.bias": held["output.bias"],
        }
        return functional_call(module, weights, arguments, options)[0]

    family.case(name, op, {**given, **parameters}, run, {"heads": heads, "causal": causal})


def mask(*lengths):
    return torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(-1)


case("masked", "self", 2, 6, lambda draw: {"x": draw.normal(3, 5, 6), "mask": mask(5, 2, 1)})
case("masked, causal", "self", 2, 4, lambda draw: {"x": draw.normal(2, 4, 4), "mask": mask(4, 2)}, causal=True)
case("cross", "cross", 2, 6, lambda draw: {"x": draw.normal(2, 3, 6), "context": draw.normal(2, 5, 6)})
case(
    "cross, masked",
    "cross",
    3,
    6,
    lambda draw: {"x": draw.normal(2, 4, 6), "context": draw.normal(2, 3, 6), "mask": mask(3, 1)},
)

family.write()
