"""Makes ../sequences.json: layers over sequences with given weights, through torch.nn's own modules."""

import torch
from torch import nn
from torch.func import functional_call

from shared import Family

family = Family(__file__)


def case(name, op, module, shape, run, attributes=None):
    draw = family.draw(name)
    module = module.double()
    parameters = {k: draw.normal(*p.shape, scale=0.5) for k, p in module.named_parameters()}

    def call(x, *values):
        return run(module, dict(zip(parameters, values)), x)

    family.case(name, op, {"x": draw.normal(*shape), **parameters}, call, attributes)


def attend(causal):
    def run(module, values, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype) if causal else None
        return functional_call(module, values, (x, x, x), {"attn_mask": mask, "need_weights": False})[0]

    return run


for heads, dim, time, causal in [(1, 4, 3, False), (2, 6, 5, True), (4, 8, 1, True), (3, 12, 17, True)]:
    case(
        f"self_attention {heads} heads of {dim // heads}, {time} times{', causal' if causal else ''}",
        "self_attention",
        nn.MultiheadAttention(dim, heads, batch_first=True),
        (2, time, dim),
        attend(causal),
        {"heads": heads, "causal": causal},
    )

for norm_first in (True, False):
    case(
        f"transformer_block {'pre' if norm_first else 'post'}-norm",
        "transformer_block",
        nn.TransformerEncoderLayer(6, 2, 8, 0, "gelu", batch_first=True, norm_first=norm_first).train(),
        (2, 4, 6),
        lambda module, values, x: functional_call(module, values, (x,)),
        {"heads": 2, "pre_norm": norm_first},
    )

for layers, inside, hidden, batch, time in [(1, 3, 2, 2, 1), (1, 2, 3, 1, 4), (2, 3, 4, 3, 5)]:
    case(
        f"lstm {inside} to {hidden}, {layers} layers, {time} times",
        "lstm",
        nn.LSTM(inside, hidden, layers, batch_first=True),
        (batch, time, inside),
        lambda module, values, x: functional_call(module, values, (x,))[0],
        {"layers": layers},
    )

family.write()
