"""Makes ../architectures.json: whole small models with given weights, as transformers and torch.nn compute them.

The weights go under Merapi's names; what another library calls them is said here.
"""

import re

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F
from transformers import BertConfig, BertForSequenceClassification, GPT2Config, GPT2LMHeadModel

from shared import Family

family = Family(__file__)


def case(name, op, inputs, parameters, run, attributes=None, constant=()):
    """parameters: shapes by Merapi's names; run(inputs, weights) gives the logits."""
    draw = family.draw(name)
    given = inputs(draw)
    norms = lambda k: 1.0 if k.lower().endswith("norm.weight") else 0.0
    drawn = {k: draw.normal(*shape, scale=0.3, mean=norms(k)) for k, shape in parameters.items()}

    def call(*values):
        held = dict(zip([*given, *drawn], values))
        return run({k: held[k] for k in given}, {k: held[k] for k in drawn})

    family.case(name, op, {**given, **drawn}, call, attributes, constant)


def block(i, dim, hidden, bias):
    shapes = {
        f"blocks.{i}.attentionNorm.weight": (dim,),
        f"blocks.{i}.attention.projection.weight": (3 * dim, dim),
        f"blocks.{i}.attention.output.weight": (dim, dim),
        f"blocks.{i}.feedForwardNorm.weight": (dim,),
        f"blocks.{i}.feedForward.up.weight": (hidden, dim),
        f"blocks.{i}.feedForward.down.weight": (dim, hidden),
    }
    return {**shapes, **{k.replace("weight", "bias"): v[:1] for k, v in shapes.items() if bias}}


GPT2 = {
    "tokens": "wte",
    "positions": "wpe",
    "norm": "ln_f",
    "attentionNorm": "ln_1",
    "attention.projection": "attn.c_attn",
    "attention.output": "attn.c_proj",
    "feedForwardNorm": "ln_2",
    "feedForward.up": "mlp.c_fc",
    "feedForward.down": "mlp.c_proj",
}


def gpt(name, heads, dim, layers, time, activation, bias):
    vocabulary, context = 7, 6
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=context,
        n_embd=dim,
        n_layer=layers,
        n_head=heads,
        activation_function={"tanh": "gelu_new", "exact": "gelu"}[activation],
        attn_implementation="eager",
    )
    model = GPT2LMHeadModel(config).double().eval()
    for parameter in model.parameters():
        parameter.data.zero_()

    def run(inputs, weights):
        named = {}
        for key, value in weights.items():
            part, kind = re.sub(r"blocks\.\d+\.", "", key).rsplit(".", 1)
            layer = re.match(r"blocks\.(\d+)\.", key)
            place = f"h.{layer[1]}." if layer else ""
            conv1d = kind == "weight" and GPT2[part].split(".")[-1].startswith("c_")
            named[f"transformer.{place}{GPT2[part]}.{kind}"] = value.T if conv1d else value
        return functional_call(model, named, (inputs["x"],), {"use_cache": False}).logits

    shapes = {"tokens.weight": (vocabulary, dim), "positions.weight": (context, dim), "norm.weight": (dim,)}
    shapes |= {"norm.bias": (dim,)} if bias else {}
    for i in range(layers):
        shapes |= block(i, dim, 4 * dim, bias)
    attributes = {"heads": heads, "layers": layers, "activation": activation, "bias": bias, "context": context}
    case(name, "gpt", lambda draw: {"x": draw.integers(0, vocabulary, 2, time)}, shapes, run, attributes)


gpt("GPT-2", 2, 4, 2, 5, "tanh", True)
gpt("GPT-2 without biases, exact GELU", 3, 6, 1, 6, "exact", False)

BERT = {
    "tokens": "bert.embeddings.word_embeddings",
    "positions": "bert.embeddings.position_embeddings",
    "segments": "bert.embeddings.token_type_embeddings",
    "norm": "bert.embeddings.LayerNorm",
    "pooler": "bert.pooler.dense",
    "head": "classifier",
    "attentionNorm": "attention.output.LayerNorm",
    "attention.output": "attention.output.dense",
    "feedForwardNorm": "output.LayerNorm",
    "feedForward.up": "intermediate.dense",
    "feedForward.down": "output.dense",
}


def bert(name, heads, dim, hidden, layers, lengths, segments):
    vocabulary, context, classes = 7, 6, 3
    config = BertConfig(
        vocab_size=vocabulary,
        max_position_embeddings=context,
        hidden_size=dim,
        intermediate_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_labels=classes,
        layer_norm_eps=1e-5,
        pad_token_id=None,
        attn_implementation="eager",
    )
    model = BertForSequenceClassification(config).double().eval()
    for parameter in model.parameters():
        parameter.data.zero_()
    time = max(lengths)

    def run(inputs, weights):
        named = {}
        for key, value in weights.items():
            part, kind = re.sub(r"blocks\.\d+\.", "", key).rsplit(".", 1)
            layer = re.match(r"blocks\.(\d+)\.", key)
            place = f"bert.encoder.layer.{layer[1]}." if layer else ""
            if part == "attention.projection":
                for third, which in zip(value.chunk(3), ("query", "key", "value")):
                    named[f"{place}attention.self.{which}.{kind}"] = third
            else:
                named[f"{place}{BERT[part]}.{kind}"] = value
        options = {"attention_mask": inputs["mask"].long() if "mask" in inputs else None}
        return functional_call(model, named, (inputs["x"],), {"token_type_ids": inputs.get("segments"), **options}).logits

    shapes = {"tokens.weight": (vocabulary, dim), "positions.weight": (context, dim)}
    shapes |= {"segments.weight": (2, dim)} if segments else {}
    shapes |= {"norm.weight": (dim,), "norm.bias": (dim,)}
    for i in range(layers):
        shapes |= block(i, dim, hidden, True)
    shapes |= {"pooler.weight": (dim, dim), "pooler.bias": (dim,), "head.weight": (classes, dim), "head.bias": (classes,)}

    def inputs(draw):
        given = {"x": draw.integers(0, vocabulary, len(lengths), time)}
        if segments:
            given["segments"] = draw.integers(0, 2, len(lengths), time)
        if min(lengths) < time:
            given["mask"] = torch.arange(time) < torch.tensor(lengths).unsqueeze(-1)
        return given

    attributes = {"heads": heads, "layers": layers, "hidden": hidden, "context": context, "classes": classes}
    case(name, "encoder", inputs, shapes, run, attributes)


bert("BERT", 2, 4, 6, 2, (5, 5), False)
bert("BERT with segments and padding", 2, 4, 6, 1, (6, 3, 1), True)



def linear(name, out, inside):
    return {f"{name}.weight": (out, inside), f"{name}.bias": (out,)}


def attended(ours, theirs, dim, weights, cross):
    """torch keeps queries, keys and values in one weight; Merapi's attention to a context in two."""
    parts = (".query", ".keyValue") if cross else (".projection",)
    named = {}
    for kind in ("weight", "bias"):
        named[f"{theirs}.in_proj_{kind}"] = torch.cat([weights[f"{ours}{part}.{kind}"] for part in parts])
        named[f"{theirs}.out_proj.{kind}"] = weights[f"{ours}.output.{kind}"]
    return named


def pairs(draw, vocabulary, sources, targets):
    """Texts and what they become, of these lengths, filled up with zeros: (batch, 2, time)."""
    time = max(*sources, *targets)
    x = draw.integers(1, vocabulary, len(sources), 2, time)
    return x * (torch.arange(time) < torch.tensor(list(zip(sources, targets))).unsqueeze(-1))


def seq2seq(name, heads, dim, hidden, layers, sources, targets, pre):
    vocabulary, time = 7, max(*sources, *targets)
    model = nn.Transformer(dim, heads, layers, layers, hidden, 0.0, batch_first=True, norm_first=pre).double().eval()
    sides = {"encoder": (False,), "decoder": (False, True)}
    place = torch.arange(time, dtype=torch.float64).unsqueeze(-1) / 10_000 ** (torch.arange(0, dim, 2) / dim)
    positions = torch.stack((place.sin(), place.cos()), -1).flatten(-2)

    def run(inputs, weights):
        named = {}
        for side, crosses in sides.items():
            norms = {"feedForwardNorm": f"norm{len(crosses) + 1}", "attentionNorm": "norm1", "contextNorm": "norm2"}
            for i in range(layers):
                ours, theirs = f"{side}.{i}", f"{side}.layers.{i}"
                for cross in crosses:
                    parts = ("contextAttention", "multihead_attn") if cross else ("attention", "self_attn")
                    named |= attended(f"{ours}.{parts[0]}", f"{theirs}.{parts[1]}", dim, weights, cross)
                for kind in ("weight", "bias"):
                    for norm, torches in norms.items():
                        if f"{ours}.{norm}.{kind}" in weights:
                            named[f"{theirs}.{torches}.{kind}"] = weights[f"{ours}.{norm}.{kind}"]
                    named[f"{theirs}.linear1.{kind}"] = weights[f"{ours}.feedForward.up.{kind}"]
                    named[f"{theirs}.linear2.{kind}"] = weights[f"{ours}.feedForward.down.{kind}"]
            for kind in ("weight", "bias"):
                named[f"{side}.norm.{kind}"] = weights[f"{side}Norm.{kind}"]
        assert named.keys() == dict(model.named_parameters()).keys()
        source, target = inputs["x"].unbind(1)
        embedded = [F.embedding(x, weights["tokens.weight"], 0) * dim**0.5 + positions for x in (source, target)]
        empty = source == 0
        options = {
            "tgt_mask": torch.ones(time, time, dtype=torch.bool).triu(1),
            "src_key_padding_mask": empty,
            "memory_key_padding_mask": empty,
        }
        return functional_call(model, named, tuple(embedded), options) @ weights["tokens.weight"].T

    shapes = {"tokens.weight": (vocabulary, dim)}
    norm = lambda name: {f"{name}.weight": (dim,), f"{name}.bias": (dim,)}
    for side, crosses in sides.items():
        for i in range(layers):
            own = f"{side}.{i}"
            shapes |= norm(f"{own}.attentionNorm") | norm(f"{own}.feedForwardNorm")
            shapes |= linear(f"{own}.attention.projection", 3 * dim, dim) | linear(f"{own}.attention.output", dim, dim)
            shapes |= linear(f"{own}.feedForward.up", hidden, dim) | linear(f"{own}.feedForward.down", dim, hidden)
            if True in crosses:
                cross = f"{own}.contextAttention"
                shapes |= norm(f"{own}.contextNorm") | linear(f"{cross}.query", dim, dim)
                shapes |= linear(f"{cross}.keyValue", 2 * dim, dim) | linear(f"{cross}.output", dim, dim)
        shapes |= norm(f"{side}Norm")

    inputs = lambda draw: {"x": pairs(draw, vocabulary, sources, targets)}
    attributes = {"heads": heads, "layers": layers, "hidden": hidden, "preNorm": pre}
    case(name, "seq2seq", inputs, shapes, run, attributes)


seq2seq("Transformer, pre-norm", 2, 4, 6, 2, (4, 2), (3, 4), True)
seq2seq("Transformer, post-norm", 2, 4, 6, 1, (2, 4, 1), (4, 1, 3), False)


def lstm(inputs, weights):
    module = nn.LSTM(3, 4, 2, batch_first=True).double()
    kinds = {"inputWeight": "weight_ih", "hiddenWeight": "weight_hh", "inputBias": "bias_ih", "hiddenBias": "bias_hh"}
    named = {}
    for i in range(2):
        named |= {f"{torches}_l{i}": weights[f"lstm.layers.{i}.{ours}"] for ours, torches in kinds.items()}
    last = functional_call(module, named, (inputs["x"],))[0][:, -1]
    return F.linear(last, weights["head.weight"], weights["head.bias"])


shapes = {}
for i, inside in enumerate((3, 4)):
    for key, shape in {"inputWeight": (16, inside), "hiddenWeight": (16, 4), "inputBias": (16,), "hiddenBias": (16,)}.items():
        shapes[f"lstm.layers.{i}.{key}"] = shape
shapes |= {"head.weight": (2, 4), "head.bias": (2,)}
case("LSTM, the last output", "lstm", lambda draw: {"x": draw.normal(3, 5, 3)}, shapes, lstm)


class LstmSeq2Seq(nn.Module):
    """An encoder of both directions over packed texts; a decoder of cells, step by step, with Luong's attention."""

    def __init__(self, vocabulary, dim, hidden, layers):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, dim, padding_idx=0)
        self.encoder = nn.LSTM(dim, hidden, layers, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(hidden, 2 * layers * hidden)
        self.decoder = nn.ModuleList(nn.LSTMCell(hidden if i else dim, hidden) for i in range(layers))
        self.score = nn.Linear(hidden, 2 * hidden, bias=False)
        self.output = nn.Linear(3 * hidden, dim, bias=False)

    def forward(self, x):
        embedded = self.tokens(x) * self.tokens.embedding_dim**0.5
        source, target = embedded.unbind(1)
        empty = x[:, 0] == 0
        packed = nn.utils.rnn.pack_padded_sequence(source, (~empty).sum(1), True, enforce_sorted=False)
        states = nn.utils.rnn.pad_packed_sequence(self.encoder(packed)[0], True, total_length=x.shape[2])[0]
        backward = states[:, 0, self.encoder.hidden_size :]
        begins = self.bridge(backward).tanh().chunk(2 * len(self.decoder), 1)
        memory = list(zip(begins[::2], begins[1::2]))
        logits = []
        for h in target.unbind(1):
            for i, cell in enumerate(self.decoder):
                memory[i] = cell(h, memory[i])
                h = memory[i][0]
            scores = torch.bmm(states, self.score(h).unsqueeze(2)).squeeze(2).masked_fill(empty, -torch.inf)
            found = torch.bmm(scores.softmax(1).unsqueeze(1), states).squeeze(1)
            logits.append(self.output(torch.cat((found, h), 1)).tanh() @ self.tokens.weight.T)
        return torch.stack(logits, 1)


def lstm_seq2seq(name, dim, hidden, layers, sources, targets):
    vocabulary = 7
    module = LstmSeq2Seq(vocabulary, dim, hidden, layers).double()
    recurrent = {"inputWeight": "weight_ih", "hiddenWeight": "weight_hh", "inputBias": "bias_ih", "hiddenBias": "bias_hh"}
    theirs = {"tokens.weight": "tokens.weight", "bridge.weight": "bridge.weight", "bridge.bias": "bridge.bias"}
    for i in range(layers):
        for ours, torches in recurrent.items():
            theirs[f"encoder.layers.{i}.forward.{ours}"] = f"encoder.{torches}_l{i}"
            theirs[f"encoder.layers.{i}.backward.{ours}"] = f"encoder.{torches}_l{i}_reverse"
            theirs[f"decoder.layers.{i}.{ours}"] = f"decoder.{i}.{torches}"
    theirs |= {f"attention.{part}.weight": f"{part}.weight" for part in ("score", "output")}
    held = dict(module.named_parameters())
    assert held.keys() == set(theirs.values())

    def run(inputs, weights):
        return functional_call(module, {theirs[k]: v for k, v in weights.items()}, (inputs["x"],))

    inputs = lambda draw: {"x": pairs(draw, vocabulary, sources, targets)}
    attributes = {"hidden": hidden, "layers": layers}
    case(name, "lstm-seq2seq", inputs, {k: held[v].shape for k, v in theirs.items()}, run, attributes)


lstm_seq2seq("LSTM with attention", 4, 3, 1, (4, 2, 1), (3, 4, 2))
lstm_seq2seq("LSTM with attention, two layers", 3, 2, 2, (2, 4), (4, 1))


def convolved(name, out, inside, kernel):
    return {f"{name}.conv.weight": (out, inside, kernel, kernel), f"{name}.norm.weight": (out,), f"{name}.norm.bias": (out,)}


def resnet(inputs, weights):
    def conv(name, x, stride=1):
        kernel = weights[f"{name}.conv.weight"]
        y = F.conv2d(x, kernel, stride=stride, padding=kernel.shape[-1] // 2)
        return F.batch_norm(y, None, None, weights[f"{name}.norm.weight"], weights[f"{name}.norm.bias"], training=True)

    h = conv("stem", inputs["x"]).relu()
    h = (conv("blocks.0.second", conv("blocks.0.first", h).relu()) + h).relu()
    shortcut = conv("blocks.1.shortcut", h, 2)
    h = (conv("blocks.1.second", conv("blocks.1.first", h, 2).relu()) + shortcut).relu()
    return F.linear(h.mean((2, 3)), weights["head.weight"], weights["head.bias"])


shapes = convolved("stem", 2, 3, 3)
shapes |= convolved("blocks.0.first", 2, 2, 3) | convolved("blocks.0.second", 2, 2, 3)
shapes |= convolved("blocks.1.first", 3, 2, 3) | convolved("blocks.1.second", 3, 3, 3)
shapes |= convolved("blocks.1.shortcut", 3, 2, 1) | {"head.weight": (4, 3), "head.bias": (4,)}
case("ResNet of two blocks, in training", "resnet", lambda draw: {"x": draw.normal(2, 3, 6, 6)}, shapes, resnet)

family.write()
