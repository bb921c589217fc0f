"""Makes ../attention.json: scaled dot-product attention over (batch, heads, time, dim)."""

import torch
import torch.nn.functional as F

from golden import Family

family = Family(__file__)


def attention(label, batch, heads, kv_heads, time, time_k, dim, causal=False, masked=False, scale=None):
    name = f"attention {label}"
    draw = family.draw(name)
    inputs = {
        "q": draw.normal(batch, heads, time, dim),
        "k": draw.normal(batch, kv_heads, time_k, dim),
        "v": draw.normal(batch, kv_heads, time_k, dim),
    }
    if masked:
        inputs["mask"] = draw.booleans(batch, time_k)
        inputs["mask"][:, 0] = True

    def run(q, k, v, mask=None):
        seen = torch.ones(time, time_k, dtype=torch.bool)
        if causal:
            seen = seen.tril(time_k - time)  # the last query sees all keys
        if mask is not None:
            seen = seen & mask[:, None, None, :]
        return F.scaled_dot_product_attention(q, k, v, seen, scale=scale, enable_gqa=kv_heads != heads)

    attributes = {"causal": causal}
    if scale is not None:
        attributes["scale"] = scale
    family.case(name, "attention", inputs, run, attributes, constant=("mask",))


attention("plain", 2, 2, 2, 5, 5, 4)
attention("causal", 2, 2, 2, 7, 7, 4, causal=True)
attention("causal behind a cache", 1, 2, 2, 2, 9, 3, causal=True)
attention("cross", 1, 2, 2, 3, 17, 5)
attention("masked", 3, 1, 1, 4, 6, 4, masked=True)
attention("causal and masked", 2, 2, 2, 6, 6, 4, causal=True, masked=True)
attention("grouped", 2, 6, 2, 5, 5, 4, causal=True, scale=0.3)
attention("one head for all", 1, 4, 1, 5, 8, 4)

family.write()
