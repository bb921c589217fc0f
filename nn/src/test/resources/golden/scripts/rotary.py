"""Makes ../rotary.json: attention with positions of its own, windows, shared and normalised heads, and gated networks,
through transformers' modules of Llama, Mistral, Qwen 3 and Bloom.

The projections of queries, keys and values are put one after another, as Merapi has them. Frequencies are computed in
double and rounded to f32, as Merapi does; transformers itself computes them in f32.
"""

import torch
from torch.func import functional_call
from transformers import LlamaConfig, Qwen3Config
from transformers import modeling_rope_utils as rope
from transformers.models.bloom.modeling_bloom import build_alibi_tensor
from transformers.models.llama.modeling_llama import LlamaAttention, LlamaMLP
from transformers.models.qwen3.modeling_qwen3 import Qwen3Attention

from shared import Family

family = Family(__file__)
SINGLE = torch.float32
torch.float = torch.float32 = torch.float64  # what transformers would compute in single precision, it does in double
BASE = 100.0
CONTEXT = 8


def turned(config, time, dim):
    """cos and sin of a text's places, (1, time, dim)."""
    kind = config.rope_parameters["rope_type"]
    if kind == "default":
        frequencies, magnitude = 1.0 / BASE ** (torch.arange(0, dim, 2).double() / dim), 1.0
    else:
        frequencies, magnitude = rope.ROPE_INIT_FUNCTIONS[kind](config, "cpu", seq_len=time)
    angles = torch.arange(time).double()[:, None] * frequencies.type(SINGLE).double()
    angles = torch.cat([angles, angles], -1)[None]
    return angles.cos() * magnitude, angles.sin() * magnitude


def attention(name, time, scaling=None, heads=4, kv=2, dim=4, width=8, window=None, norms=False, bias=False, mask=None):
    parameters = {"rope_type": "default", "rope_theta": BASE, **(scaling or {})}
    config = (Qwen3Config if norms else LlamaConfig)(
        hidden_size=width,
        num_attention_heads=heads,
        num_key_value_heads=kv,
        head_dim=dim,
        max_position_embeddings=CONTEXT,
        rope_parameters=parameters,
        attention_bias=bias,
        rms_norm_eps=1e-6,
        attn_implementation="eager",
    )
    module = (Qwen3Attention if norms else LlamaAttention)(config, layer_idx=0).double().eval()
    draw = family.draw(name)
    given = {"x": draw.normal(2, time, width)}
    weights = {"projection.weight": draw.normal((heads + 2 * kv) * dim, width, scale=0.5)}
    weights["output.weight"] = draw.normal(width, heads * dim, scale=0.5)
    if bias:
        weights["projection.bias"] = draw.normal((heads + 2 * kv) * dim, scale=0.5)
        weights["output.bias"] = draw.normal(width, scale=0.5)
    if norms:
        weights["norms.query.weight"] = draw.normal(dim, scale=0.3, mean=1)
        weights["norms.key.weight"] = draw.normal(dim, scale=0.3, mean=1)
    if mask:
        given["mask"] = torch.arange(time) < torch.tensor(mask).unsqueeze(-1)

    def run(*values):
        held = dict(zip([*given, *weights], values))
        named = {}
        for part in ("weight", "bias") if bias else ("weight",):
            cut = held[f"projection.{part}"].split([heads * dim, kv * dim, kv * dim])
            named |= {f"{p}_proj.{part}": v for p, v in zip("qkv", cut)}
            named[f"o_proj.{part}"] = held[f"output.{part}"]
        if norms:
            named |= {"q_norm.weight": held["norms.query.weight"], "k_norm.weight": held["norms.key.weight"]}
        behind = torch.arange(time)[:, None] - torch.arange(time)
        seen = (behind >= 0) & (behind < (window or time))
        if mask:
            seen = seen & held["mask"][:, None, None]
        hidden = torch.where(seen, 0.0, -1e30).double().expand(2, 1, time, time)
        return functional_call(module, named, (held["x"], turned(config, time, dim), hidden))[0]

    attributes = {"heads": heads, "kvHeads": kv, "headDim": dim, "context": CONTEXT, **parameters}
    family.case(name, "rotary", {**given, **weights}, run, {**attributes, "window": window or 0})


attention("grouped queries, biases", 5, bias=True)
attention("heads that are not turned far, window", 7, window=3)
attention("window and padding", 6, window=3, mask=(6, 4))
attention("norms of the heads", 5, norms=True)
attention("linear", 6, {"rope_type": "linear", "factor": 4.0})
attention("dynamic, within the context", 6, {"rope_type": "dynamic", "factor": 2.0})
attention("dynamic, beyond the context", 12, {"rope_type": "dynamic", "factor": 2.0})
llama3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
attention("llama3", 9, {**llama3, "original_max_position_embeddings": 32}, heads=2, dim=8)
yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32, "beta_fast": 4.0}
attention("yarn", 9, yarn, heads=2, dim=8)
attention("yarn, a ramp of fractions", 9, {**yarn, "truncate": False, "attention_factor": 1.25}, heads=2, dim=8)


def alibi(name, heads, time, causal):
    draw = family.draw(name)
    dim, width = 2, 4
    given = {"x": draw.normal(1, time, width)}
    weights = {"projection.weight": draw.normal(3 * heads * dim, width), "output.weight": draw.normal(width, heads * dim)}

    def run(x, projection, output):
        q, k, v = (x @ projection.T).unflatten(-1, (3, heads, dim)).permute(2, 0, 3, 1, 4)
        # Bloom's bias is slope · place of the key: of one query, the same up to a constant
        slopes = build_alibi_tensor(torch.ones(1, 2), heads, torch.float64).reshape(heads, 1, 2)[..., 1:]
        behind = torch.arange(time)[:, None] - torch.arange(time)
        scores = q @ k.mT / dim**0.5 - slopes * behind.abs()
        scores = torch.where(behind >= 0, scores, float("-inf")) if causal else scores
        return (scores.softmax(-1) @ v).transpose(1, 2).flatten(2) @ output.T

    family.case(name, "alibi", {**given, **weights}, run, {"heads": heads, "causal": causal})


alibi("ALiBi, causal", 4, 6, True)
alibi("ALiBi, seven heads, both ways", 7, 5, False)


def gated(name):
    draw = family.draw(name)
    module = LlamaMLP(LlamaConfig(hidden_size=3, num_attention_heads=1, intermediate_size=5)).double()
    weights = {"gate": draw.normal(5, 3), "up": draw.normal(5, 3), "down": draw.normal(3, 5)}

    def run(x, gate, up, down):
        named = {"gate_proj.weight": gate, "up_proj.weight": up, "down_proj.weight": down}
        return functional_call(module, named, (x,))

    family.case(name, "gated", {"x": draw.normal(2, 4, 3), **weights}, run)


gated("SwiGLU")
family.write()
